"""The list as a workbook for Excel, WPS and LibreOffice: a `RiskList` comes in, bytes go out.

Cover, list, codes and a hidden sheet by which a handed-back file is known again; of a county, or of one of its
townships, also summaries, departments' triggers, doubts about records and last month's results. No charts, no macros,
no formulas; only the cells to be filled in after a visit are open.
"""

from __future__ import annotations

import datetime
import io
from typing import Any

from relapse.core.heads import NOBODY, Heads
from relapse.core.results import ListHead, RiskList
from relapse.core.texts import outcome_text, text
from relapse.county.reports import beside_sheets
from relapse.county.reports.beside_sheets import COUNTY_SHEETS, OUTCOMES, TOWNSHIP_SHEETS, beside_table
from relapse.county.reports.cover_sheet import write_cover
from relapse.county.reports.list_columns import choices
from relapse.county.reports.list_sheet import write_list
from relapse.county.reports.list_words import facts, subtitle, tier_word, tiers, warning
from relapse.county.reports.meta_sheet import write_meta
from relapse.county.reports.sheet_styles import Styles, lines_of, protect, set_page, width_of
from relapse.county.reports.table_sheet import write_table

_CREATED = datetime.datetime(2000, 1, 1)  # a workbook's date is none of its content: equal lists, equal bytes
_AS_THEY_STAND = {
    "in_memory": True,
    "strings_to_formulas": False,
    "strings_to_urls": False,
    "strings_to_numbers": False,
}
_LABEL_WIDTH, _FACT_WIDTH, _CODE_WIDTH = 22, 84, 20
_SMALL = 10  # points of a county's many columns
_OUTCOMES_AT = "$G$2:$G$5"  # of a doubt, in the sheet of codes: behind the six choices of a row


def render(risk_list: RiskList, heads: Heads = NOBODY, township: str = "") -> bytes:
    """The workbook; text is written as text whatever it begins with, numbers as numbers.

    Args:
        risk_list: what is written: a whole list, or of a county the part that is one township's.
        heads: who heads the households of a county: their names and the last digits stand in its workbooks alone.
        township: whose workbook it is, empty for the whole list.
    """
    import xlsxwriter

    out = io.BytesIO()
    book = xlsxwriter.Workbook(out, _AS_THEY_STAND)
    head = risk_list.head
    book.set_properties({"title": outcome_text("list.title", head.outcome, head.language), "created": _CREATED})
    styles = Styles.of(book, head.language)
    if head.county:
        _write_county(book, risk_list, styles, heads, township)
    else:
        _write_plain(book, risk_list, styles)
    book.close()
    return out.getvalue()


def _write_plain(book: Any, risk_list: RiskList, styles: Styles) -> None:
    """Cover, list and codes of a plain panel."""
    head = risk_list.head
    sheets = {name: book.add_worksheet(_title(name, head)) for name in ("cover", "list", "codes")}
    _write_cover(sheets["cover"], risk_list, styles)
    shown = write_list(sheets["list"], risk_list, styles, _title("codes", head))
    _write_codes(sheets["codes"], risk_list, styles)
    write_meta(book.add_worksheet("_meta"), risk_list, shown)
    sheets["list"].activate()


def _write_county(book: Any, risk_list: RiskList, styles: Styles, heads: Heads, township: str) -> None:
    """Cover, list, what stands beside it, and codes: of a county, or of one township."""
    head = risk_list.head
    beside = TOWNSHIP_SHEETS if township else COUNTY_SHEETS
    order = ("cover", "list", *beside, "codes")
    sheets = {name: book.add_worksheet(_title(name, head)) for name in order}
    small = Styles.of(book, head.language, _SMALL)
    codes = _title("codes", head)
    write_cover(sheets["cover"], risk_list, styles, named=bool(heads), township=township)
    shown = write_list(sheets["list"], risk_list, small, codes, heads, township)
    for name in beside:
        most = None if township else beside_sheets.MOST_ROWS  # a township's workbook has all of its own
        table = beside_table(name, risk_list, heads, f"='{codes}'!{_OUTCOMES_AT}", most)
        write_table(sheets[name], table, head, small)
    _write_codes(sheets["codes"], risk_list, styles, township)
    write_meta(book.add_worksheet("_meta"), risk_list, shown, township)
    sheets["list" if township else "cover"].activate()


def _title(name: str, head: ListHead) -> str:
    return outcome_text(f"sheet.{name}", head.outcome, head.language)


def _write_cover(sheet: Any, risk_list: RiskList, styles: Styles) -> None:
    head = risk_list.head
    sheet.set_column(0, 0, _LABEL_WIDTH)
    sheet.set_column(1, 1, _FACT_WIDTH)
    sheet.merge_range(0, 0, 0, 1, outcome_text("list.title", head.outcome, head.language), styles.title)
    sheet.set_row(0, 30)
    sheet.merge_range(1, 0, 1, 1, subtitle(risk_list), styles.plain)
    sheet.merge_range(2, 0, 2, 1, warning(head), styles.warning)
    sheet.set_row(2, 22)
    row = 4
    for label, fact in [*facts(risk_list), _how_to_fill(head)]:
        sheet.write_string(row, 0, label, styles.label)
        sheet.write_string(row, 1, fact, styles.fact)
        sheet.set_row(row, 17 * max(lines_of(fact, _FACT_WIDTH), lines_of(label, _LABEL_WIDTH)) + 6)
        row += 1
    set_page(sheet, warning(head), head.language, landscape=False)
    protect(sheet)


def _how_to_fill(head: ListHead) -> tuple[str, str]:
    steps = [text(f"fact.fill.{step}", head.language) for step in (1, 2, 3, 4)]
    return text("fact.fill", head.language), "\n".join(steps)


def _write_codes(sheet: Any, risk_list: RiskList, styles: Styles, township: str = "") -> None:
    """Allowed values, a column each in the order of `choices`: the drop-downs point here.

    A township's sheet has what its drop-downs need alone: no other township stands on it.
    """
    head = risk_list.head
    prefix = "clue" if head.county else "column"
    told = [(text(f"{prefix}.{key}", head.language), values) for key, values in choices(head).items()]
    if head.county:
        outcomes = [text(f"doubts.outcome.{each}", head.language) for each in OUTCOMES]
        told.append((text("doubts.outcome", head.language), outcomes))
    if not township:
        told.append((text(f"{prefix}.tier", head.language), [tier_word(tier, head) for tier in tiers(head)]))
    if head.county and not township:
        codes = [f"{name} {code}" for name, code in risk_list.supplement.codes.items()]
        told.append((text("codes.township_code", head.language), codes))
    for place, (title, values) in enumerate(told):
        widest = max((width_of(value) for value in (title, *values)), default=0) + 2 if head.county else 0
        sheet.set_column(place, place, max(_CODE_WIDTH, widest))
        sheet.write_string(0, place, title, styles.header)
        for row, value in enumerate(values, start=1):
            sheet.write_string(row, place, value, styles.cell)
    set_page(sheet, warning(head), head.language, landscape=head.county)
    protect(sheet)
