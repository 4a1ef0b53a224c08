"""The list as a workbook for Excel, WPS and LibreOffice: a `RiskList` comes in, bytes go out.

Cover, list, codes and a hidden sheet by which a handed-back file is known again. No charts, no macros, no formulas;
only the cells to be filled in after a visit are open.
"""

from __future__ import annotations

import datetime
import io
from typing import Any

from relapse.core.heads import NOBODY, Heads
from relapse.core.results import ListHead, RiskList
from relapse.core.texts import TEXTS, outcome_text, text
from relapse.county.reports.list_columns import choices, column_version
from relapse.county.reports.list_sheet import write_list
from relapse.county.reports.list_words import facts, marks, subtitle, tier_word, tiers, warning
from relapse.county.reports.sheet_styles import Styles, lines_of, protect, set_page, width_of

_CREATED = datetime.datetime(2000, 1, 1)  # a workbook's date is none of its content: equal lists, equal bytes
_AS_THEY_STAND = {
    "in_memory": True,
    "strings_to_formulas": False,
    "strings_to_urls": False,
    "strings_to_numbers": False,
}
_LABEL_WIDTH, _FACT_WIDTH, _CODE_WIDTH = 22, 84, 20
_SMALL = 10  # points of a county's many columns


def render(risk_list: RiskList, heads: Heads = NOBODY) -> bytes:
    """The workbook; text is written as text whatever it begins with, numbers as numbers.

    Args:
        risk_list: what is written.
        heads: who heads the households of a county: their names and the last digits stand in its list alone.
    """
    import xlsxwriter

    out = io.BytesIO()
    book = xlsxwriter.Workbook(out, _AS_THEY_STAND)
    head = risk_list.head
    book.set_properties({"title": outcome_text("list.title", head.outcome, head.language), "created": _CREATED})
    styles = Styles.of(book, head.language)
    small = Styles.of(book, head.language, _SMALL) if head.county else styles
    names = {name: outcome_text(f"sheet.{name}", head.outcome, head.language) for name in ("cover", "list", "codes")}
    sheets = {name: book.add_worksheet(title) for name, title in names.items()}
    _write_cover(sheets["cover"], risk_list, styles, named=bool(heads))
    write_list(sheets["list"], risk_list, small, names["codes"], heads)
    _write_codes(sheets["codes"], head, styles)
    _write_meta(book.add_worksheet("_meta"), risk_list)
    sheets["list"].activate()
    book.close()
    return out.getvalue()


def _write_cover(sheet: Any, risk_list: RiskList, styles: Styles, *, named: bool) -> None:
    head = risk_list.head
    sheet.set_column(0, 0, _LABEL_WIDTH)
    sheet.set_column(1, 1, _FACT_WIDTH)
    sheet.merge_range(0, 0, 0, 1, outcome_text("list.title", head.outcome, head.language), styles.title)
    sheet.set_row(0, 30)
    sheet.merge_range(1, 0, 1, 1, subtitle(risk_list), styles.plain)
    sheet.merge_range(2, 0, 2, 1, warning(head), styles.warning)
    sheet.set_row(2, 22)
    row = 4
    for label, fact in [*_private(head, named), *facts(risk_list), *_of_county(head), _how_to_fill(head)]:
        sheet.write_string(row, 0, label, styles.label)
        sheet.write_string(row, 1, fact, styles.fact)
        sheet.set_row(row, 17 * max(lines_of(fact, _FACT_WIDTH), lines_of(label, _LABEL_WIDTH)) + 6)
        row += 1
    set_page(sheet, warning(head), head.language, landscape=False)
    protect(sheet)


def _private(head: ListHead, named: bool) -> list[tuple[str, str]]:
    """What to mind in a file that holds names."""
    return [(text("fact.private", head.language), text("fact.private.value", head.language))] if named else []


def _of_county(head: ListHead) -> list[tuple[str, str]]:
    """How the columns of a county's list are to be read."""
    if not head.county:
        return []
    days = {"days": head.reply_days, "working": head.trigger_reply_days}
    return [(text("fact.columns", head.language), text("fact.columns.value", head.language, **days))]


def _how_to_fill(head: ListHead) -> tuple[str, str]:
    keys = [f"fact.fill.{step}" for step in (1, 2, 3, 4)]
    own = [f"{key}.county" if head.county and f"{key}.county" in TEXTS else key for key in keys]
    return text("fact.fill", head.language), "\n".join(text(key, head.language) for key in own)


def _write_codes(sheet: Any, head: ListHead, styles: Styles) -> None:
    """Allowed values, a column each in the order of `choices`: the drop-downs point here."""
    told = [*choices(head).items(), ("tier", [tier_word(tier, head) for tier in tiers(head)])]
    for place, (key, values) in enumerate(told):
        widest = max(width_of(value) for value in values) + 2 if head.county else 0
        sheet.set_column(place, place, max(_CODE_WIDTH, widest))
        sheet.write_string(0, place, text(f"{'clue' if head.county else 'column'}.{key}", head.language), styles.header)
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
        "column_version": column_version(head),
    }
    for row, (name, value) in enumerate(told.items()):
        sheet.write_string(row, 0, name)
        sheet.write_string(row, 1, value)
    protect(sheet)
    sheet.hide()
