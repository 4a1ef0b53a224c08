"""The sheet of a workbook that holds the list itself."""

from __future__ import annotations

import datetime
from collections.abc import Sequence
from typing import Any

from relapse.core.results import Language, RiskList
from relapse.core.texts import text
from relapse.county.reports.list_columns import CHOICES, Cell, Column, cells, columns
from relapse.county.reports.list_words import money_decimals, subtitle, warning
from relapse.county.reports.sheet_styles import Styles, lines_of, protect, set_page, width_of

_TITLE, _WARNING, _BAND, _HEADER, _FIRST = range(5)  # rows from the top
_WIDTHS = {
    "rank": 5, "tier": 8.5, "income": 8, "line": 7, "above_line": 8, "reasons": 42, "credibility": 7,
    "visit_date": 10.5, "visit_way": 8.5, "verdict": 10, "cause_found": 9.5, "action": 11, "visitor": 8, "remark": 11,
}  # fmt: skip
_CHANCE_WIDTH = 6.8
_LINE_HEIGHT = 15.5


def write_list(sheet: Any, risk_list: RiskList, styles: Styles, codes_sheet: str) -> None:
    """Writes title, notice, heads, rows and checks, and sets the sheet up for print.

    Args:
        sheet: an empty sheet.
        risk_list: what is written; columns of place are left out where no place is known.
        styles: of the same workbook.
        codes_sheet: name of the sheet that holds the allowed values.
    """
    language = risk_list.head.language
    shown = [(column, cells(risk_list.rows, column, language, "\n")) for column in columns(risk_list.head)]
    shown = [(column, values) for column, values in shown if column.key not in ("township", "village") or any(values)]
    widths = [_width(column, values) for column, values in shown]
    last = _FIRST + len(risk_list.rows) - 1
    decimals = money_decimals(risk_list)
    for place, width in enumerate(widths):
        sheet.set_column(place, place, width)
    notice = f"{warning(risk_list.head)}  {text('notice.long', language)}"
    _write_top(sheet, risk_list, [column for column, _ in shown], notice, styles)
    _set_heights(sheet, shown, widths, notice)
    for place, (column, values) in enumerate(shown):
        _write_column(sheet, place, values, _style(column, styles, decimals))
        if column.kind == "hand_back" and last >= _FIRST:
            sheet.data_validation(_FIRST, place, last, place, _check(column, language, codes_sheet))
    _set_up(sheet, risk_list, max(last, _HEADER), len(shown) - 1)


def _width(column: Column, values: Sequence[Cell]) -> float:
    """Fixed where we know what stands there; a header of Latin letters is never broken inside a word."""
    least = max(map(len, column.header.split())) + 2.5 if column.header.isascii() else 0
    if column.kind == "chance" or column.key in _WIDTHS:
        return max(_WIDTHS.get(column.key, _CHANCE_WIDTH), least)
    longest = max((width_of(str(value)) for value in values), default=0)
    return float(min(max(longest + 2, width_of(column.header) + 2), 20))


def _write_top(sheet: Any, risk_list: RiskList, shown: list[Column], notice: str, styles: Styles) -> None:
    head = risk_list.head
    last = len(shown) - 1
    title = f"{text('list.title', head.language)}  {subtitle(risk_list)}"
    own = sum(column.kind != "hand_back" for column in shown)
    sheet.merge_range(_TITLE, 0, _TITLE, last, title, styles.label)
    sheet.merge_range(_WARNING, 0, _WARNING, last, notice, styles.fact)
    sheet.merge_range(_BAND, 0, _BAND, own - 1, text("list.by_office", head.language), styles.header)
    sheet.merge_range(_BAND, own, _BAND, last, text("list.by_visitor", head.language), styles.header_open)
    for place, column in enumerate(shown):
        style = styles.header_open if column.kind == "hand_back" else styles.header
        sheet.write_string(_HEADER, place, column.header, style)


def _set_heights(sheet: Any, shown: list[tuple[Column, Sequence[Cell]]], widths: list[float], notice: str) -> None:
    """Rows as high as their longest wrapped text: offices' programs do not widen them by themselves."""
    sheet.set_row(_TITLE, 20)
    sheet.set_row(_WARNING, 16 * lines_of(notice, sum(widths)) + 4)
    sheet.set_row(_BAND, 18)
    header = max(lines_of(column.header, width) for (column, _), width in zip(shown, widths, strict=True))
    sheet.set_row(_HEADER, _LINE_HEIGHT * header + 5)
    texts = [(values, width) for (column, values), width in zip(shown, widths, strict=True) if _wraps(column)]
    for row in range(len(shown[0][1])):
        lines = max((lines_of(str(values[row]), width) for values, width in texts), default=1)
        sheet.set_row(_FIRST + row, _LINE_HEIGHT * lines + 4)


def _wraps(column: Column) -> bool:
    return column.kind in ("text", "reasons")


def _style(column: Column, styles: Styles, decimals: int) -> Any:
    by_kind = {
        "count": styles.count,
        "money": styles.money[decimals],
        "chance": styles.chance,
        "hand_back": styles.open_date if column.key == "visit_date" else styles.open_text,
    }
    return by_kind.get(column.kind, styles.cell_bold if column.key == "tier" else styles.cell)


def _write_column(sheet: Any, place: int, values: Sequence[Cell], style: Any) -> None:
    for row, value in enumerate(values, start=_FIRST):
        if value is None:
            sheet.write_blank(row, place, None, style)
        elif isinstance(value, str):
            sheet.write_string(row, place, value, style)
        else:
            sheet.write_number(row, place, value, style)


def _check(column: Column, language: Language, codes_sheet: str) -> dict[str, object]:
    """What may be written in a hand-back column; a date or a remark that does not fit is asked about, not refused."""
    if column.key == "visit_date":
        return {
            "validate": "date", "criteria": ">=", "value": datetime.date(2000, 1, 1), "error_type": "warning",
            "input_message": text("hint.date", language), "error_message": text("hint.date_wrong", language),
        }  # fmt: skip
    if column.key in CHOICES:
        letter = "ABCDEFGH"[list(CHOICES).index(column.key)]
        return {
            "validate": "list", "source": f"='{codes_sheet}'!${letter}$2:${letter}${len(CHOICES[column.key]) + 1}",
            "input_message": text("hint.choose", language), "error_message": text("hint.choose_wrong", language),
        }  # fmt: skip
    if column.key == "remark":
        return {
            "validate": "length", "criteria": "<=", "value": 100, "error_type": "warning",
            "input_message": text("hint.remark", language), "error_message": text("hint.remark", language),
        }  # fmt: skip
    shown = {"input_message": text("hint.cause", language)} if column.key == "cause_found" else {}
    return {"validate": "any", **shown}


def _set_up(sheet: Any, risk_list: RiskList, last_row: int, last_column: int) -> None:
    head = risk_list.head
    sheet.freeze_panes(_FIRST, 2)
    sheet.repeat_rows(_TITLE, _HEADER)
    sheet.autofilter(_HEADER, 0, last_row, last_column)
    sheet.print_area(0, 0, last_row, last_column)
    set_page(sheet, warning(head), head.language, landscape=True)
    sheet.set_zoom(90)
    protect(sheet)
