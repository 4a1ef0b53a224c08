"""A sheet of a workbook that holds one table: title, notice, heads that stay in sight, rows, and how it prints."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any, Literal

from relapse.core.results import ListHead
from relapse.core.texts import text
from relapse.county.reports.list_words import warning
from relapse.county.reports.sheet_styles import Styles, lines_of, protect, set_page

Kind = Literal["text", "count", "share", "number", "open", "open_date"]
TableCell = str | float | None
_TITLE, _ABOUT, _HEADER, _FIRST = range(4)  # rows from the top
_LINE_HEIGHT, _USUAL_SIZE = 15.0, 11.0  # points


@dataclass(frozen=True)
class Field:
    """One column of a table.

    Args:
        header: what stands above it.
        kind: how its cells are written; `open` ones are empty and filled in by an office.
        width: in digits of the usual font.
        choices: address of the allowed values of an open column, empty where there are none.
    """

    header: str
    kind: Kind
    width: float
    choices: str = ""


@dataclass(frozen=True)
class Table:
    """What stands on a sheet.

    Args:
        title: first line.
        about: second line, how it is to be read.
        fields: columns.
        rows: cells of each row, in the order of the columns.
        empty: what is said where there is no row.
        last_is_total: whether the last row is a sum, and stands out.
        frozen: columns that stay in sight.
        printed: first rows that are printed, all by default; the others stay on the sheet.
    """

    title: str
    about: str
    fields: Sequence[Field]
    rows: Sequence[Sequence[TableCell]]
    empty: str
    last_is_total: bool = False
    frozen: int = 2
    printed: int | None = None


def write_table(sheet: Any, table: Table, head: ListHead, styles: Styles) -> None:
    """Write a table and set its sheet up: locked but for open columns, one A4 page wide, heads on every page.

    Args:
        sheet: an empty sheet.
        table: what stands on it.
        head: of the list, for language and marks.
        styles: of the same workbook.
    """
    last = len(table.fields) - 1
    width = sum(each.width for each in table.fields)
    for place, each in enumerate(table.fields):
        sheet.set_column(place, place, each.width)
    notice = text("word.gap", head.language).join((warning(head), table.about))
    sheet.merge_range(_TITLE, 0, _TITLE, last, table.title, styles.label)
    sheet.merge_range(_ABOUT, 0, _ABOUT, last, notice, styles.fact)
    sheet.set_row(_TITLE, 20)
    sheet.set_row(_ABOUT, 16 * lines_of(notice, width) + 4)
    sheet.set_row(_HEADER, _LINE_HEIGHT * max(lines_of(each.header, each.width) for each in table.fields) + 6)
    for place, each in enumerate(table.fields):
        sheet.write_string(_HEADER, place, each.header, styles.header_open if _is_open(each) else styles.header)
    _write_rows(sheet, table, styles)
    bottom = max(_FIRST + len(table.rows) - 1, _FIRST)
    if not table.rows:
        sheet.merge_range(_FIRST, 0, _FIRST, last, table.empty, styles.cell)
        sheet.set_row(_FIRST, 24)
    else:
        _check_open(sheet, table, head, bottom)
        sheet.autofilter(_HEADER, 0, bottom - table.last_is_total, last)
    sheet.freeze_panes(_FIRST, table.frozen if table.rows else 0)
    sheet.repeat_rows(_TITLE, _HEADER)
    printed = bottom if table.printed is None else min(max(_FIRST + table.printed - 1, _HEADER), bottom)
    sheet.print_area(0, 0, printed, last)
    set_page(sheet, warning(head), head.language, landscape=True)
    protect(sheet)


def _write_rows(sheet: Any, table: Table, styles: Styles) -> None:
    scale = styles.size / _USUAL_SIZE
    wrapped = [(place, each.width / scale) for place, each in enumerate(table.fields) if each.kind == "text"]
    for number, row in enumerate(table.rows):
        total = table.last_is_total and number == len(table.rows) - 1
        lines = max((lines_of(str(row[place] or ""), width) for place, width in wrapped), default=1)
        sheet.set_row(_FIRST + number, _LINE_HEIGHT * lines + 4)
        for place, (value, each) in enumerate(zip(row, table.fields, strict=True)):
            style = _style(each, value, styles, total=total)
            if value is None:
                sheet.write_blank(_FIRST + number, place, None, style)
            elif isinstance(value, str):
                sheet.write_string(_FIRST + number, place, value, style)
            else:
                sheet.write_number(_FIRST + number, place, value, style)


def _style(field: Field, value: TableCell, styles: Styles, *, total: bool) -> Any:
    if field.kind == "open":
        return styles.open_text
    if field.kind == "open_date":
        return styles.open_date
    if field.kind == "text":
        return styles.cell_bold if total else styles.cell
    if isinstance(value, str):  # a count that is not shown
        return styles.total_count if total else styles.count
    by_kind = {"share": styles.share, "number": styles.money[0]}
    return by_kind.get(field.kind, styles.total_count if total else styles.count)


def _check_open(sheet: Any, table: Table, head: ListHead, bottom: int) -> None:
    for place, each in enumerate(table.fields):
        if each.choices:
            check = {
                "validate": "list", "source": each.choices,
                "input_message": text("hint.choose", head.language),
                "error_message": text("hint.choose_wrong", head.language),
            }  # fmt: skip
            sheet.data_validation(_FIRST, place, bottom, place, check)


def _is_open(field: Field) -> bool:
    return field.kind in ("open", "open_date")
