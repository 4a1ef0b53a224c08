"""The sheet of a workbook that holds the list itself: of a plain panel, or a county's 风险线索清单."""

from __future__ import annotations

import datetime
from collections.abc import Collection, Sequence
from typing import Any

from relapse.core.heads import NOBODY, Heads
from relapse.core.results import ListHead, RiskList
from relapse.core.texts import outcome_text, text
from relapse.county.reports.list_columns import Cell, Column, choices
from relapse.county.reports.list_layout import layout
from relapse.county.reports.list_words import money_decimals, subtitle, warning
from relapse.county.reports.sheet_styles import Styles, lines_of, protect, set_page, width_of

_TITLE, _WARNING, _BAND, _HEADER, _FIRST = range(5)  # rows from the top
_WIDTHS = {
    "rank": 5, "tier": 8.5, "income": 8, "line": 7, "above_line": 8, "reasons": 42, "credibility": 7,
    "visit_date": 10.5, "visit_way": 8.5, "verdict": 10, "cause_found": 9.5, "action": 11, "visitor": 8, "remark": 11,
}  # fmt: skip
_CHANCE_WIDTH = 6.8
_LINE_HEIGHT, _USUAL_SIZE = 16.0, 11.0  # points; fonts that stand in for 宋体 are taller than it
_ABOUT = ("no_sorting", "unfold")
# What a township need not have in sight: it knows itself, and looks the rest up.
_TOWNSHIP_FOLDED = (
    "clue_id", "township", "household_id", "rank", "income", "credibility", "income_found", "referred_to",
)  # fmt: skip
_LAST_FROZEN = "head_name"  # of a county: who it is stays in sight


def write_list(
    sheet: Any,
    risk_list: RiskList,
    styles: Styles,
    codes_sheet: str,
    heads: Heads = NOBODY,
    township: str = "",
) -> list[tuple[Column, Sequence[Cell]]]:
    """Writes title, notice, heads, rows and checks, and sets the sheet up for print.

    Args:
        sheet: an empty sheet.
        risk_list: what is written; columns of place are left out where no place is known.
        styles: of the same workbook.
        codes_sheet: name of the sheet that holds the allowed values.
        heads: who heads the households of a county.
        township: whose part of a county's list it is, empty for a whole list; more columns are folded away then.

    Returns:
        Columns and cells as they were written.
    """
    head = risk_list.head
    shown = layout(risk_list, "\n", heads)
    if not head.county:
        shown = [told for told in shown if told[0].key not in ("township", "village") or any(told[1])]
    scale = styles.size / _USUAL_SIZE
    widths = [_width(column, values, head, scale) for column, values in shown]
    more = _TOWNSHIP_FOLDED if township else ()
    folded = [head.county and _is_folded(column, values, more) for column, values in shown]
    last = _FIRST + len(risk_list.rows) - 1
    decimals = money_decimals(risk_list)
    _set_columns(sheet, widths, folded)
    notice = f"{warning(head)}  {outcome_text('notice.long', head.outcome, head.language)}"
    _write_top(sheet, risk_list, [column for column, _ in shown], notice, styles, township)
    seen = [(*told, width) for told, width, away in zip(shown, widths, folded, strict=True) if not away]
    _set_heights(sheet, seen, notice, scale)
    written_as = []
    for place, (column, values) in enumerate(shown):
        whole = head.county and column.kind in ("money", "signed")
        written = _rounded(values, decimals) if whole else values
        written_as.append((column, written))
        _write_column(sheet, place, written, _style(column, head, styles, decimals))
        if column.kind == "hand_back" and last >= _FIRST:
            sheet.data_validation(_FIRST, place, last, place, _check(column, head, codes_sheet))
    frozen = [column.key for column, _ in shown].index(_LAST_FROZEN) + 1 if head.county else 2
    _set_up(sheet, head, max(last, _HEADER), len(shown) - 1, frozen)
    return written_as


def _rounded(values: Sequence[Cell], decimals: int) -> list[Cell]:
    """Money as it is shown and as the sentences say it: a spreadsheet rounds halves another way."""
    return [round(value, decimals) if isinstance(value, float) else value for value in values]


def _is_folded(column: Column, values: Sequence[Cell], too: Collection[str]) -> bool:
    """What is looked up now and then, and what the data do not tell at all."""
    return column.folded or column.key in too or (column.kind != "hand_back" and not any(values))


def _set_columns(sheet: Any, widths: Sequence[float], folded: Sequence[bool]) -> None:
    """Folded columns are hidden in a group; the column behind it bears its mark."""
    for place, (width, away) in enumerate(zip(widths, folded, strict=True)):
        ends = place > 0 and folded[place - 1] and not away
        options = {"level": 1, "hidden": True} if away else {"collapsed": True} if ends else {}
        sheet.set_column(place, place, width, None, options)


def _width(column: Column, values: Sequence[Cell], head: ListHead, scale: float) -> float:
    """Fixed where we know what stands there; a header of Latin letters is never broken inside a word."""
    least = max(map(len, column.header.split())) + 2.5 if column.header.isascii() else 0
    if column.kind == "rank":  # a number is not wrapped: too narrow a column shows ###
        return max(column.width, width_of(f"{head.at_risk}/{head.at_risk}") * scale + 1)
    if column.width:
        return max(column.width, least * 0.8)
    if column.kind == "chance" or column.key in _WIDTHS:
        return max(_WIDTHS.get(column.key, _CHANCE_WIDTH), least)
    longest = max((width_of(str(value)) for value in values), default=0)
    return float(min(max(longest + 2, width_of(column.header) + 2), 20))


def _write_top(
    sheet: Any, risk_list: RiskList, shown: list[Column], notice: str, styles: Styles, township: str
) -> None:
    head = risk_list.head
    last = len(shown) - 1
    called = (outcome_text("list.title", head.outcome, head.language), township, subtitle(risk_list))
    title = "  ".join(word for word in called if word)
    own = sum(column.kind != "hand_back" for column in shown)
    sheet.merge_range(_TITLE, 0, _TITLE, last, title, styles.label)
    sheet.merge_range(_WARNING, 0, _WARNING, last, notice, styles.fact)
    said = text("list.by_office", head.language)
    if head.county:
        said = text("word.gap", head.language).join((said, *(text(f"list.{key}", head.language) for key in _ABOUT)))
    sheet.merge_range(_BAND, 0, _BAND, own - 1, said, styles.header)
    sheet.merge_range(_BAND, own, _BAND, last, text("list.by_visitor", head.language), styles.header_open)
    for place, column in enumerate(shown):
        style = styles.header_open if column.kind == "hand_back" else styles.header
        sheet.write_string(_HEADER, place, column.header, style)


def _set_heights(sheet: Any, seen: Sequence[tuple[Column, Sequence[Cell], float]], notice: str, scale: float) -> None:
    """Rows as high as their longest wrapped text: offices' programs do not widen them by themselves.

    Args:
        sheet: of the list.
        seen: columns in sight with cells and width.
        notice: above them.
        scale: of letters, by the usual ones.
    """
    sheet.set_row(_TITLE, 20)
    sheet.set_row(_WARNING, 16 * lines_of(notice, sum(width for *_, width in seen) / scale) + 4)
    sheet.set_row(_BAND, 18)
    header = max(lines_of(column.header, width / scale) for column, _, width in seen)
    sheet.set_row(_HEADER, _LINE_HEIGHT * scale * header + 5)
    texts = [(values, width / scale) for column, values, width in seen if _wraps(column)]
    for row in range(len(seen[0][1])):
        lines = max((lines_of(str(values[row]), width) for values, width in texts), default=1)
        sheet.set_row(_FIRST + row, _LINE_HEIGHT * scale * lines + 4)


def _wraps(column: Column) -> bool:
    return column.kind in ("text", "reasons", "sentences", "head")


def _style(column: Column, head: ListHead, styles: Styles, decimals: int) -> Any:
    if column.kind == "rank":
        return styles.rank(head.at_risk)
    opened = {"visit_date": styles.open_date, "income_found": styles.open_number}
    by_kind = {
        "count": styles.count,
        "money": styles.money[decimals],
        "signed": styles.signed[decimals],
        "chance": styles.chance,
        "hand_back": opened.get(column.key, styles.open_text),
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


def _check(column: Column, head: ListHead, codes_sheet: str) -> dict[str, object]:
    """What may be written in a hand-back column; a date or a remark that does not fit is asked about, not refused."""
    language, offered = head.language, choices(head)
    if column.key == "visit_date":
        return {
            "validate": "date", "criteria": ">=", "value": datetime.date(2000, 1, 1), "error_type": "warning",
            "input_message": text("hint.date", language), "error_message": text("hint.date_wrong", language),
        }  # fmt: skip
    if column.key in offered:
        letter = "ABCDEFGH"[list(offered).index(column.key)]
        several = column.key == "cause_found"  # two or three may be written in one cell
        hint = {"cause_found": "hint.cause_list", "not_included": "hint.not_included"}.get(column.key, "hint.choose")
        return {
            "validate": "list", "source": f"='{codes_sheet}'!${letter}$2:${letter}${len(offered[column.key]) + 1}",
            "input_message": text(hint, language), "error_message": text("hint.choose_wrong", language),
            **({"error_type": "information"} if several else {}),
        }  # fmt: skip
    if column.key == "income_found":
        return {
            "validate": "decimal", "criteria": ">=", "value": -1_000_000, "error_type": "warning",
            "input_message": text("hint.income_found", language), "error_message": text("hint.income_found", language),
        }  # fmt: skip
    if column.key == "remark":
        return {
            "validate": "length", "criteria": "<=", "value": 100, "error_type": "warning",
            "input_message": text("hint.remark", language), "error_message": text("hint.remark", language),
        }  # fmt: skip
    shown = {"input_message": text("hint.cause", language)} if column.key == "cause_found" else {}
    return {"validate": "any", **shown}


def _set_up(sheet: Any, head: ListHead, last_row: int, last_column: int, frozen: int) -> None:
    sheet.freeze_panes(_FIRST, frozen)
    sheet.repeat_rows(_TITLE, _HEADER)
    sheet.autofilter(_HEADER, 0, last_row, last_column)
    sheet.print_area(0, 0, last_row, last_column)
    set_page(sheet, warning(head), head.language, landscape=True)
    sheet.set_zoom(90)
    protect(sheet)
