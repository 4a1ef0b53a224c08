"""The list as a workbook for Excel, WPS and LibreOffice: a `RiskList` comes in, bytes go out.

Cover, list, codes and a hidden sheet by which a handed-back file is known again. No charts, no macros, no formulas;
only the cells to be filled in after a visit are open.
"""

from __future__ import annotations

import datetime
import io
from typing import Any

from relapse.core.results import Language, ListHead, RiskList
from relapse.core.texts import text
from relapse.county.reports.list_columns import CHOICES, COLUMN_VERSION, choices
from relapse.county.reports.list_sheet import write_list
from relapse.county.reports.list_words import facts, marks, subtitle, warning
from relapse.county.reports.sheet_styles import Styles, lines_of, protect, set_page

_CREATED = datetime.datetime(2000, 1, 1)  # a workbook's date is none of its content: equal lists, equal bytes
_AS_THEY_STAND = {
    "in_memory": True,
    "strings_to_formulas": False,
    "strings_to_urls": False,
    "strings_to_numbers": False,
}
_LABEL_WIDTH, _FACT_WIDTH = 22, 84


def render(risk_list: RiskList) -> bytes:
    """The workbook; text is written as text whatever it begins with, numbers as numbers."""
    import xlsxwriter

    out = io.BytesIO()
    book = xlsxwriter.Workbook(out, _AS_THEY_STAND)
    head = risk_list.head
    book.set_properties({"title": text("list.title", head.language), "created": _CREATED})
    styles = Styles.of(book, head.language)
    names = {name: text(f"sheet.{name}", head.language) for name in ("cover", "list", "codes")}
    sheets = {name: book.add_worksheet(title) for name, title in names.items()}
    _write_cover(sheets["cover"], risk_list, styles)
    write_list(sheets["list"], risk_list, styles, codes_sheet=names["codes"])
    _write_codes(sheets["codes"], head, styles)
    _write_meta(book.add_worksheet("_meta"), risk_list)
    sheets["list"].activate()
    book.close()
    return out.getvalue()


def _write_cover(sheet: Any, risk_list: RiskList, styles: Styles) -> None:
    head = risk_list.head
    sheet.set_column(0, 0, _LABEL_WIDTH)
    sheet.set_column(1, 1, _FACT_WIDTH)
    sheet.merge_range(0, 0, 0, 1, text("list.title", head.language), styles.title)
    sheet.set_row(0, 30)
    sheet.merge_range(1, 0, 1, 1, subtitle(risk_list), styles.plain)
    sheet.merge_range(2, 0, 2, 1, warning(head), styles.warning)
    sheet.set_row(2, 22)
    row = 4
    for label, fact in [*facts(risk_list), _how_to_fill(head.language)]:
        sheet.write_string(row, 0, label, styles.label)
        sheet.write_string(row, 1, fact, styles.fact)
        sheet.set_row(row, 17 * max(lines_of(fact, _FACT_WIDTH), lines_of(label, _LABEL_WIDTH)) + 6)
        row += 1
    set_page(sheet, warning(head), head.language, landscape=False)
    protect(sheet)


def _how_to_fill(language: Language) -> tuple[str, str]:
    steps = [text(f"fact.fill.{step}", language) for step in (1, 2, 3, 4)]
    return text("fact.fill", language), "\n".join(steps)


def _write_codes(sheet: Any, head: ListHead, styles: Styles) -> None:
    """Allowed values, a column each in the order of `CHOICES`: the drop-downs point here."""
    sheet.set_column(0, len(CHOICES), 20)
    tiers = [text(f"tier.{tier}", head.language) for tier in ("visit", "next")]
    told = [(key, choices(key, head.language)) for key in CHOICES] + [("tier", tiers)]
    for place, (key, values) in enumerate(told):
        sheet.write_string(0, place, text(f"column.{key}", head.language), styles.header)
        for row, value in enumerate(values, start=1):
            sheet.write_string(row, place, value, styles.cell)
    set_page(sheet, warning(head), head.language, landscape=False)
    protect(sheet)


def _write_meta(sheet: Any, risk_list: RiskList) -> None:
    """What a handed-back file is known by: name and value, all text."""
    head = risk_list.head
    told = {
        "digest": head.digest,
        "data_digest": head.data_digest,
        "panel": head.panel,
        "version": head.version,
        "as_of": head.as_of,
        "horizon": str(head.horizon),
        "frequency": head.frequency,
        "rows": str(len(risk_list.rows)),
        "marks": " ".join(marks(head)),
        "language": head.language,
        "column_version": COLUMN_VERSION,
    }
    for row, (name, value) in enumerate(told.items()):
        sheet.write_string(row, 0, name)
        sheet.write_string(row, 1, value)
    protect(sheet)
    sheet.hide()
