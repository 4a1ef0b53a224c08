"""The first sheet of a county's or township's workbook: what this is and how far to trust it, then how to use it."""

from __future__ import annotations

from typing import Any

from relapse.core.results import ListHead, RiskList
from relapse.core.supplement import Figure
from relapse.core.texts import outcome_text, percent, periods, text
from relapse.county.reports.list_columns import column_version
from relapse.county.reports.list_words import facts, horizon_words, subtitle, tier_word, tiers, warning
from relapse.county.reports.sheet_styles import Styles, lines_of, protect, set_page

_LABEL, _PART, _PARTS = 15, 15.5, 5  # widths in digits: a label, and parts that a fact runs over
_FACT = _PART * _PARTS
_SCALE = 78  # percent, at which the page is no wider than A4 in any office program: own page breaks forbid fitting
_SMALL = 15.5  # points a line
_DIGEST = 16  # signs of a digest that are enough to tell two apart; the whole one is in `_meta`
_STEPS = range(1, 8)


def write_cover(sheet: Any, risk_list: RiskList, styles: Styles, *, named: bool, township: str = "") -> None:
    """Write the cover.

    Args:
        sheet: an empty sheet.
        risk_list: of the county, or its part that is one township's.
        styles: of the same workbook.
        named: whether the workbook holds names.
        township: whose workbook it is, empty for the county's.
    """
    head = risk_list.head
    sheet.set_column(0, 0, _LABEL)
    sheet.set_column(1, _PARTS, _PART)
    sheet.merge_range(0, 0, 0, _PARTS, outcome_text("list.title", head.outcome, head.language), styles.title)
    sheet.set_row(0, 30)
    sheet.merge_range(1, 0, 1, _PARTS, subtitle(risk_list), styles.plain)
    sheet.merge_range(2, 0, 2, _PARTS, warning(head), styles.warning)
    sheet.set_row(2, 22)
    row = _write_facts(sheet, 4, _first_facts(risk_list, named, township), styles)
    row = _write_tried(sheet, row, risk_list, styles)
    row = _write_facts(sheet, row, _last_facts(risk_list), styles)
    sheet.set_h_pagebreaks([row])
    last = _write_departments(sheet, _write_use(sheet, row, head, styles, township), risk_list, styles)
    sheet.print_area(0, 0, last, _PARTS)
    set_page(sheet, warning(head), head.language, landscape=False, scale=_SCALE)
    protect(sheet)


def _first_facts(risk_list: RiskList, named: bool, township: str) -> list[tuple[str, str]]:
    head = risk_list.head
    language = head.language
    for_whom = "fact.private.township" if township else "fact.private.value"
    private = [(text("fact.private", language), text(for_whom, language))] if named else []
    place = [(text("cover.county", language), head.place)]
    place += [(text("cover.township", language), township)] if township else []
    usual = dict(facts(risk_list))
    keys = ("fact.what", "fact.status", "fact.horizon")
    told = [(text(key, language), usual[text(key, language)]) for key in keys]
    counts = [(text("cover.at_risk", language), _at_risk(risk_list, township))]
    return [*private, *place, *told, (text("cover.feeds", language), _feeds(head)), *counts, *_counts(risk_list)]


def _at_risk(risk_list: RiskList, township: str) -> str:
    told = risk_list.townships
    return f"{int(told['eligible'].sum()):,}" if township and len(told) else f"{risk_list.head.at_risk:,}"


def _feeds(head: ListHead) -> str:
    """The newest month of each table that tells something, late ones marked."""
    told = []
    for feed in head.feeds:
        key = "cover.feed.late" if feed.late else "cover.feed" if feed.newest else "cover.feed.never"
        title = feed.called(head.language)
        told.append(text(key, head.language, title=title, newest=feed.newest, late=feed.late))
    return text("word.gap", head.language).join(told) or head.as_of


def _counts(risk_list: RiskList) -> list[tuple[str, str]]:
    head, counted = risk_list.head, risk_list.rows["tier"].value_counts()
    parts = [
        text("cover.tier", head.language, tier=tier_word(tier, head), count=f"{counted[tier]:,}")
        for tier in tiers(head)
        if counted.get(tier)
    ]
    told = {"count": f"{len(risk_list.rows):,}", "tiers": text("cell.and", head.language).join(parts)}
    lines = [(text("cover.listed", head.language), text("cover.listed.value", head.language, **told))]
    townships = risk_list.townships
    if len(townships):
        sums = {key: f"{int(townships[key].sum()):,}" for key in ("capacity", "beyond")}
        said = text("cover.capacity.value", head.language, **sums)
        lines.append((text("cover.capacity", head.language), said))
    return lines


def _write_facts(sheet: Any, row: int, told: list[tuple[str, str]], styles: Styles) -> int:
    """Label and text, a row each; gives the row behind them."""
    for label, fact in told:
        sheet.write_string(row, 0, label, styles.label)
        sheet.merge_range(row, 1, row, _PARTS, fact, styles.fact)
        sheet.set_row(row, _SMALL * max(lines_of(fact, _FACT), lines_of(label, _LABEL)) + 4)
        row += 1
    return row


def _write_tried(sheet: Any, row: int, risk_list: RiskList, styles: Styles) -> int:
    """The table of what lists of this length found in the backtest; gives the row behind it."""
    head = risk_list.head
    told = [each for each in risk_list.supplement.tried if each.hit_rate is not None]
    sheet.merge_range(row, 0, row, _PARTS, text("cover.tried", head.language), styles.label)
    if not told:
        sheet.merge_range(row + 1, 0, row + 1, _PARTS, text("cover.tried.none", head.language), styles.fact)
        return row + 2
    heads = [text(f"cover.tried.{key}", head.language) for key in ("horizon", "list", "rule", "base", "best")]
    sheet.set_row(row + 1, _SMALL * max(lines_of(each, _PART) for each in heads) + 4)
    for place, each in enumerate(heads):
        sheet.write_string(row + 1, place, each, styles.header)
    for at, tried in enumerate(told, start=row + 2):
        cells = [
            periods(tried.horizon, head.frequency, head.language),
            _range(tried.hit_rate, head),
            _range(tried.rule_hit_rate, head),
            percent(tried.base_rate),
            percent(tried.best_hit_rate),
        ]
        sheet.set_row(at, 2 * _SMALL + 4)
        for place, cell in enumerate(cells):
            sheet.write_string(at, place, cell, styles.figure)
    note = text("cover.tried.note", head.language, length=f"{risk_list.supplement.tried_length:,}")
    row += 2 + len(told)
    sheet.merge_range(row, 0, row, _PARTS, note, styles.fact)
    sheet.set_row(row, _SMALL * lines_of(note, _LABEL + _FACT) + 4)
    return row + 1


def _write_departments(sheet: Any, row: int, risk_list: RiskList, styles: Styles) -> int:
    """The table of how many households each department tells of, and what was planned.

    Args:
        sheet: of the cover.
        row: the last one written.
        risk_list: of the county; a township's part has no such table.
        styles: of the same workbook.

    Returns:
        The last row.
    """
    language, told = risk_list.head.language, risk_list.supplement.departments
    if not len(told):
        return row
    row += 2
    sheet.merge_range(row, 0, row, _PARTS, text("cover.departments", language), styles.label)
    heads = [text(f"cover.departments.{key}", language) for key in told.columns]
    sheet.set_row(row + 1, _SMALL * max(lines_of(each, _PART) for each in heads) + 4)
    for place, each in enumerate(heads):
        sheet.write_string(row + 1, place, each, styles.header)
    for at, (name, *counts) in enumerate(told.itertuples(index=False), start=row + 2):
        sheet.write_string(at, 0, name or text("cover.departments.all", language), styles.cell)
        for place, count in enumerate(counts, start=1):
            write = sheet.write_string if isinstance(count, str) else sheet.write_number
            write(at, place, count, styles.count)
    row += 2 + len(told)
    note = text("cover.departments.note", language)
    sheet.merge_range(row, 0, row, _PARTS, note, styles.fact)
    sheet.set_row(row, _SMALL * lines_of(note, _LABEL + _FACT) + 4)
    return row


def _range(figure: Figure | None, head: ListHead) -> str:
    if figure is None:
        return percent(None)
    if not figure[2]:
        return text("cover.interval.none", head.language)
    value, low, high = (percent(part) for part in figure)
    return text("cover.interval", head.language, value=value, low=low, high=high)


def _last_facts(risk_list: RiskList) -> list[tuple[str, str]]:
    head, beside = risk_list.head, risk_list.supplement
    language, usual = head.language, dict(facts(risk_list))
    keys = ("fact.expected", "fact.order", "fact.assumed")
    told = [(text(key, language), usual[text(key, language)]) for key in keys if text(key, language) in usual]
    expected = text("fact.expected", language)  # of the county, on the cover of a township as well
    told = [(text("cover.expected", language) if label == expected else label, fact) for label, fact in told]
    told.append((text("cover.since", language), "\n".join(beside.changed)))
    told.append((text("cover.lines", language), "\n".join(beside.lines)))
    told.append((text("cover.notice", language), outcome_text("notice.long", head.outcome, language)))
    told.append((text("cover.rights", language), text("notice.rights", language)))
    version = {
        "version": head.version or "–", "digest": head.digest[:_DIGEST], "data": head.data_digest[:_DIGEST],
        "columns": column_version(head),
    }  # fmt: skip
    told.append((text("cover.version", language), text("cover.version.value", language, **version)))
    return [(label, value) for label, value in told if value]


def _write_use(sheet: Any, row: int, head: ListHead, styles: Styles, township: str) -> int:
    """The page that says how to use the list; gives its last row."""
    sheet.merge_range(row, 0, row, _PARTS, text("use.title", head.language), styles.title)
    sheet.set_row(row, 30)
    days = {"days": head.reply_days, "working": head.trigger_reply_days, "horizon": horizon_words(head)}
    steps = [f"use.{step}" for step in _STEPS]
    told = [f"{step}.township" if township and step == "use.7" else step for step in steps]
    said = [text(key, head.language, **days) for key in told]
    said.append(text("fact.columns.value", head.language, **days))
    for at, each in enumerate(said, start=row + 1):
        sheet.merge_range(at, 0, at, _PARTS, each, styles.fact)
        sheet.set_row(at, (_SMALL + 1) * lines_of(each, _LABEL + _FACT) + 10)
    return row + len(said)
