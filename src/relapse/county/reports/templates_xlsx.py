"""An empty workbook to be filled in, one a table of the contract: a `Table` comes in, bytes go out.

The first sheet has the headers alone and is what is read back; a second one says how each column is filled in; a hidden
third one holds the allowed values to which the drop-downs point.
"""

from __future__ import annotations

import datetime
import io
from collections.abc import Mapping, Sequence
from typing import Any

from relapse.core.contract import Field, Table
from relapse.core.results import Language
from relapse.core.texts import text
from relapse.county.reports.sheet_styles import lines_of, width_of
from relapse.county.reports.template_notes import HEADS, field_notes, rules

_CREATED = datetime.datetime(2000, 1, 1)  # a workbook's date is none of its content: equal contracts, equal bytes
_AS_THEY_STAND = {
    "in_memory": True,
    "strings_to_formulas": False,
    "strings_to_urls": False,
    "strings_to_numbers": False,
}
_FILLED = 20_000  # rows that have drop-downs
_FORMATS = {
    "id": "@", "text": "@", "choice": "@", "flag": "@", "month": "@",  # a program would make a day of 2025-09
    "date": "yyyy-mm-dd", "money": "#,##0.00", "number": "General", "count": "0",
}  # fmt: skip
_NEEDED, _USUAL, _IDENTITY, _BORDER = "#FFD966", "#D9D9D9", "#F2F2F2", "#7F7F7F"
_NOTE_WIDTHS = (24, 7, 22, 8, 44, 34, 40, 24)
_LINE_HEIGHT = 15.5


def file_name(name: str, table: Table, language: Language) -> str:
    """Name of the workbook, by which it is known again when it is read."""
    return f"{table.zh[0] if language == 'zh' else name}.xlsx"


def headers(table: Table, language: Language) -> list[str]:
    """Headers of a template, in the order of the contract."""
    return [field.zh[0] if language == "zh" else name for name, field in table.fields.items()]


def options(field: Field, language: Language) -> list[str]:
    """What may be chosen in a column; nothing where anything may stand there."""
    if field.kind == "flag":
        return ["是", "否"] if language == "zh" else ["yes", "no"]
    return [told[0] if language == "zh" and told else code for code, told in field.choices.items()]


def render(name: str, table: Table, language: Language) -> bytes:
    """The workbook of a table."""
    import xlsxwriter

    out = io.BytesIO()
    book = xlsxwriter.Workbook(out, _AS_THEY_STAND)
    title = table.zh[0] if language == "zh" else name
    book.set_properties({"title": title, "created": _CREATED})
    formats = _Formats(book, language)
    choices = {key: told for key, field in table.fields.items() if (told := options(field, language))}
    sheets = [title, *(text(f"template.sheet.{each}", language) for each in ("notes", "choices"))]
    data, notes, hidden = (book.add_worksheet(each) for each in sheets)
    _write_headers(data, table, language, formats)
    _write_checks(data, list(table.fields), choices, sheets[2], language)
    _write_notes(notes, name, table, choices, language, formats)
    for place, told in enumerate(choices.values()):
        hidden.write_column(0, place, told)
    hidden.hide()
    data.activate()
    book.close()
    return out.getvalue()


class _Formats:
    """Formats of one workbook."""

    def __init__(self, book: Any, language: Language) -> None:
        body, head = text("font.body", language), text("font.head", language)

        def made(**settings: Any) -> Any:
            return book.add_format({"font_name": body, "font_size": 11, **settings})

        wrapped = {"text_wrap": True, "valign": "top"}
        grid = {"border": 1, "border_color": _BORDER}
        heading = {**grid, "font_name": head, "text_wrap": True, "valign": "vcenter", "align": "center"}
        self.needed = made(**heading, bold=True, bg_color=_NEEDED)
        self.usual = made(**heading, bg_color=_USUAL)
        self.identity = made(**heading, italic=True, bg_color=_IDENTITY)
        self.title = made(font_name=head, font_size=16, bold=True, valign="vcenter")
        self.rule = made(**wrapped)
        self.note = made(**grid, **wrapped)
        self.note_bold = made(**grid, **wrapped, bold=True)
        self.columns = {kind: made(num_format=code) for kind, code in _FORMATS.items()}

    def header(self, field: Field) -> Any:
        """By whether the column is needed, or may be left out for privacy."""
        if field.required:
            return self.needed
        return self.identity if field.access == "identity" else self.usual


def _write_headers(sheet: Any, table: Table, language: Language, formats: _Formats) -> None:
    names = headers(table, language)
    widths = [_width(name, field, language) for name, field in zip(names, table.fields.values(), strict=True)]
    for place, (name, field, width) in enumerate(zip(names, table.fields.values(), widths, strict=True)):
        sheet.set_column(place, place, width, formats.columns[field.kind])
        sheet.write_string(0, place, name, formats.header(field))
    lines = max(lines_of(name, width - 1) for name, width in zip(names, widths, strict=True))
    sheet.set_row(0, _LINE_HEIGHT * lines + 8)
    sheet.freeze_panes(1, 1)
    sheet.repeat_rows(0)
    sheet.set_paper(9)
    sheet.set_landscape()


def _width(name: str, field: Field, language: Language) -> float:
    """Wide enough for what stands there; long headers are wrapped."""
    least = {"id": 22.0, "date": 12.0, "month": 10.0, "money": 13.0}.get(field.kind, 9.0)
    longest = max((width_of(each) for each in options(field, language)), default=0) + 4
    return max(least, min(longest, 24), min(width_of(name) + 3, 20) if language == "zh" else width_of(name) + 3)


def _write_checks(
    sheet: Any, fields: Sequence[str], choices: Mapping[str, Sequence[str]], hidden: str, language: Language
) -> None:
    """Drop-downs; what is not among them is asked about, not refused, since files may use other words."""
    from xlsxwriter.utility import xl_rowcol_to_cell

    for place, (field, told) in enumerate(choices.items()):
        ends = [xl_rowcol_to_cell(row, place, row_abs=True, col_abs=True) for row in (0, len(told) - 1)]
        column = fields.index(field)
        sheet.data_validation(
            1, column, _FILLED, column,
            {
                "validate": "list", "source": f"='{hidden}'!{ends[0]}:{ends[1]}", "error_type": "warning",
                "input_message": text("template.hint.choice", language),
                "error_message": text("template.hint.wrong", language),
            },
        )  # fmt: skip


def _write_notes(
    sheet: Any, name: str, table: Table, choices: Mapping[str, Sequence[str]], language: Language, formats: _Formats
) -> None:
    for place, width in enumerate(_NOTE_WIDTHS):
        sheet.set_column(place, place, width)
    last = len(_NOTE_WIDTHS) - 1
    title = text("template.title", language, name=table.zh[0] if language == "zh" else name)
    sheet.merge_range(0, 0, 0, last, title, formats.title)
    sheet.set_row(0, 26)
    row = 1
    for rule in rules(table, language):
        sheet.merge_range(row, 0, row, last, rule, formats.rule)
        sheet.set_row(row, _LINE_HEIGHT * lines_of(rule, sum(_NOTE_WIDTHS) * 0.9) + 3)
        row += 1
    for place, head in enumerate(HEADS):
        sheet.write_string(row, place, text(f"template.head.{head}", language), formats.usual)
    sheet.set_row(row, 20)
    sheet.freeze_panes(row + 1, 1)
    sheet.repeat_rows(row)
    for key, field in table.fields.items():
        row += 1
        cells = field_notes(key, field, choices.get(key, ()), language)
        for place, cell in enumerate(cells):
            sheet.write_string(row, place, cell, formats.note_bold if field.required and not place else formats.note)
        lines = max(lines_of(cell, width * 0.9) for cell, width in zip(cells, _NOTE_WIDTHS, strict=True))
        sheet.set_row(row, min(_LINE_HEIGHT * lines + 3, 400))
    sheet.set_paper(9)
    sheet.set_landscape()
    sheet.fit_to_pages(1, 0)
