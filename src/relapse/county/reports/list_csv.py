"""The list as a CSV file: a `RiskList` comes in, bytes go out."""

from __future__ import annotations

from relapse.core.results import RiskList
from relapse.core.texts import text
from relapse.county.reports.csv_cells import number, safe_text, to_bytes
from relapse.county.reports.list_columns import Cell, Kind, cells, columns

_DECIMALS: dict[Kind, int] = {"count": 0, "money": 2, "chance": 6}


def render(risk_list: RiskList) -> bytes:
    """The list in UTF-8 with BOM, one row a household in the order of the list.

    Text that begins like a formula gets a leading apostrophe, numbers never; money has at most two decimals, chances
    (0-1) six; hand-back columns are empty.
    """
    head = risk_list.head
    shown = columns(head)
    joint = text("word.between", head.language)
    written = [
        [_cell(value, column.kind) for value in cells(risk_list.rows, column, head.language, joint)] for column in shown
    ]
    return to_bytes([safe_text(column.header) for column in shown], zip(*written, strict=True))


def _cell(value: Cell, kind: Kind) -> str:
    if value is None:
        return ""
    return safe_text(value) if isinstance(value, str) else number(value, _DECIMALS[kind])
