"""The hand-back in the form of the county's own ledger (县级反馈风险信息台账), so that nobody writes twice.

Source:
    The columns of a ledger that a county sent to a town in 2023, of a county system's table of clues, and of its
    record of verification (our policy notes, layouts seen in use).
"""

from __future__ import annotations

import io
from collections.abc import Mapping, Sequence
from typing import Any

import pandas as pd

from relapse.core.handback import Came
from relapse.core.heads import Head, Heads
from relapse.core.texts import text
from relapse.county.reports.feedback_words import word
from relapse.county.reports.sheet_styles import Styles, lines_of, set_page

_WIDTHS = {
    "number": 5, "township": 10, "village": 10, "head_name": 9, "id_number": 18, "origin": 14, "clue_id": 18,
    "household_id": 19, "found_at": 10, "kind": 14, "described": 32, "state": 8, "due": 11, "visitor": 9,
    "visited_at": 11, "verdict": 12, "remark": 26, "action": 14,
}  # fmt: skip
_TITLE, _HEADER, _FIRST = range(3)
_HIDDEN = "*" * 14  # of a number of 18 signs: the list knows its last four
_ORIGINS = {"rule": "department", "both": "department", "random": "random"}
_AS_THEY_STAND = {
    "in_memory": True,
    "strings_to_formulas": False,
    "strings_to_urls": False,
    "strings_to_numbers": False,
}


def render(came: Came, heads: Heads) -> bytes:
    """The ledger: one row an answer, as it was told, with the head's name. It stays with the office.

    Args:
        came: what came back; visitors and remarks stand here as they were written.
        heads: who heads the households.
    """
    import xlsxwriter

    out = io.BytesIO()
    book = xlsxwriter.Workbook(out, _AS_THEY_STAND)
    book.set_properties({"title": text("ledger.title", came.language), "created": pd.Timestamp("2000-01-01")})
    sheet, styles = book.add_worksheet(text("sheet.ledger", came.language)), Styles.of(book, came.language, 10)
    columns = _columns(came, heads)
    sheet.merge_range(_TITLE, 0, _TITLE, len(_WIDTHS) - 1, text("ledger.title", came.language), styles.title)
    sheet.set_row(_TITLE, 26)
    for place, (name, width) in enumerate(_WIDTHS.items()):
        sheet.set_column(place, place, width)
        sheet.write_string(_HEADER, place, text(f"ledger.{name}", came.language), styles.header)
        for row, value in enumerate(columns[name], start=_FIRST):
            sheet.write_string(row, place, value, styles.cell)
    _set_heights(sheet, columns)
    sheet.freeze_panes(_FIRST, 4)
    sheet.repeat_rows(_TITLE, _HEADER)
    set_page(sheet, text("notice.short", came.language), came.language, landscape=True)
    book.close()
    return out.getvalue()


def _columns(came: Came, heads: Heads) -> Mapping[str, Sequence[str]]:
    language, rows = came.language, came.rows
    named = [heads.get(str(household), Head()) for household in rows["household_id"]]
    state = {True: text("ledger.state.done", language), False: text("ledger.state.open", language)}
    origin = {code: text(f"ledger.origin.{kind}", language) for code, kind in _ORIGINS.items()}
    described = [_joined(cells) for cells in zip(rows["reasons"], rows["triggers"], strict=True)]
    return {
        "number": [str(place) for place in range(1, len(rows) + 1)],
        **{name: rows[name].astype(str).tolist() for name in ("township", "village", "clue_id", "household_id")},
        "head_name": [head.name for head in named],
        "id_number": [f"{_HIDDEN}{head.id_last_four}" if head.id_last_four else "" for head in named],
        "origin": [origin.get(code, text("ledger.origin.system", language)) for code in rows["source"]],
        "found_at": rows["month"].astype(str).tolist(),
        "kind": [word("cause_found", code, language) for code in rows["cause_found"]],
        "described": described,
        "state": [state[bool(done)] for done in rows["verified"]],
        "due": rows["due"].astype(str).tolist(),
        "visitor": rows["who"].astype(str).tolist(),
        "visited_at": rows["visited_at"].astype(str).tolist(),
        "verdict": [word("verdict", code, language) for code in rows["verdict"]],
        "remark": rows["remark"].astype(str).tolist(),
        "action": [word("action", code, language) for code in rows["action"]],
    }


def _joined(cells: Sequence[str]) -> str:
    return "\n".join(cell for cell in cells if cell)


def _set_heights(sheet: Any, columns: Mapping[str, Sequence[str]]) -> None:
    """Rows as high as their longest wrapped text."""
    for row, cells in enumerate(zip(*(columns[name] for name in _WIDTHS), strict=True), start=_FIRST):
        lines = max(lines_of(cell, width) for cell, width in zip(cells, _WIDTHS.values(), strict=True))
        sheet.set_row(row, 14.0 * lines + 4)
