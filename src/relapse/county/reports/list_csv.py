"""The list as a CSV file: a `RiskList` comes in, bytes go out."""

from __future__ import annotations

from relapse.core.results import RiskList
from relapse.core.texts import text
from relapse.county.reports.csv_cells import number, safe_text, to_bytes
from relapse.county.reports.list_columns import Cell, Kind
from relapse.county.reports.list_layout import layout

_DECIMALS: dict[Kind, int] = {"count": 0, "rank": 0, "money": 2, "signed": 2, "chance": 6}


def render(risk_list: RiskList) -> bytes:
    """The list in UTF-8 with BOM, one row a household in the order of the list.

    Text that begins like a formula gets a leading apostrophe, numbers never; money has at most two decimals, chances
    (0-1) six; hand-back columns are empty. No name of a person and no number of a document is in it.
    """
    joint = text("word.between", risk_list.head.language)
    shown = [(column, values) for column, values in layout(risk_list, joint, aside=True) if column.kind != "head"]
    written = [[_cell(value, column.kind) for value in values] for column, values in shown]
    return to_bytes([safe_text(column.header) for column, _ in shown], zip(*written, strict=True))


def _cell(value: Cell, kind: Kind) -> str:
    if value is None:
        return ""
    return safe_text(value) if isinstance(value, str) else number(value, _DECIMALS[kind])
