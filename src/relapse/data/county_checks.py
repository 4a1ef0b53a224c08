"""Faults of a county's tables that no single cell shows: rows without a household, dates out of order, gaps."""

from __future__ import annotations

from collections.abc import Mapping

import numpy as np
from numpy.typing import NDArray

from relapse.core.contract import Severity, Table
from relapse.core.facts import Category, Facts, Ints
from relapse.core.panel import HOUSEHOLDS
from relapse.core.periods import Calendar
from relapse.core.results import Finding
from relapse.data.county_facts import HOUSEHOLD, Rows, codes_of
from relapse.data.schemas import breaches

MOST = 1000  # findings of one rule that are told one by one
PLANNED = ("dividends", "measures", "lines", "project_members", "persons")  # may be known before they happen
_LEAST_SHARE = 0.25  # of the usual number of a month's reports for it to count as reported
_MANY_DIGITS = 12  # household numbers that begin with an administrative code are at least so long
CALENDAR = Calendar("monthly")


def within_table(
    name: str, table: Table, rows: Rows, household: Ints, absurd_above: float, newest: float
) -> tuple[NDArray[np.bool_], list[Finding]]:
    """Faults of the rows of one table.

    Args:
        name: of the table.
        table: of the contract.
        rows: of all its files.
        household: (rows,) places, -1 where the household is not in the table households.
        absurd_above: amounts beyond this are taken for mistakes.
        newest: the newest reported month, NaN where that is not known; nothing can be known after it.

    Returns:
        (rows,) which rows can be used, and the findings.
    """
    usable = np.ones(len(rows.row), dtype=bool)
    findings: list[Finding] = []

    def tell(rule: str, severity: Severity, mask: NDArray[np.bool_], column: str, leave_out: bool) -> None:
        nonlocal usable
        findings.extend(told_rows(rule, severity, rows, mask, column))
        if leave_out:
            usable &= ~mask

    for (field, what), mask in breaches(name, table, rows.columns).items():
        needed = field in table.required
        severity: Severity = "fix" if needed else table.fields[field].severity
        tell(
            "value_missing" if what == "missing" else "out_of_range",
            severity,
            mask,
            field,
            needed and what == "missing",
        )
    if HOUSEHOLD in table.fields and name != HOUSEHOLDS:
        ids = rows.columns.get(HOUSEHOLD)
        told = ids.codes >= 0 if isinstance(ids, Category) else np.zeros(len(usable), dtype=bool)
        tell("household_unknown", "fix", told & (household < 0), HOUSEHOLD, leave_out=True)
        usable &= household >= 0
    amounts = [key for key, field in table.fields.items() if field.kind == "money" and key in rows.columns]
    for key in amounts:
        values = rows.columns[key]
        assert not isinstance(values, Category)
        tell("absurd_amount", "fix", np.abs(values) > absurd_above, key, leave_out=True)
    if name not in PLANNED:
        early = np.floor(rows.known) < np.floor(rows.happened)
        tell("known_before_happened", "fix", early, table.happened or "", leave_out=True)
    late = np.floor(rows.known) > newest
    late |= (np.floor(rows.happened) > newest) & (name not in PLANNED)
    tell("in_the_future", "fix", late, table.happened or "", leave_out=True)
    tell("told_twice", "check", _twice(table, rows, household), table.key[-1], leave_out=False)
    return usable, findings


def between_tables(facts: Mapping[str, Facts], ids: NDArray[np.object_]) -> list[Finding]:
    """Faults that show only between tables, or over time."""
    return [*_two_counties(facts, ids), *_silent_townships(facts)]


def told_rows(rule: str, severity: Severity, rows: Rows, mask: NDArray[np.bool_], column: str) -> list[Finding]:
    """A finding for each row of a mask, the first ones each by itself; values are not told, they may name somebody."""
    places = np.flatnonzero(mask)
    findings = []
    for place in places[:MOST]:
        file = rows.file.levels[rows.file.codes[place]]
        shown = _shown(rows, column, int(place))
        findings.append(Finding(rule, severity, file, int(rows.row[place]), column, shown, {}, _id(rows, int(place))))
    if len(places) > MOST:
        more = {"count": f"{len(places) - MOST:,}", "broken": rule}
        findings.append(Finding("and_more", severity, rows.file.levels[0], column=column, details=more))
    return findings


def _shown(rows: Rows, column: str, place: int) -> str:
    values = rows.columns.get(column)
    if values is None or column == HOUSEHOLD:
        return ""
    if isinstance(values, Category):
        code = values.codes[place]
        return values.levels[code] if code >= 0 else ""
    return "" if np.isnan(values[place]) else f"{values[place]:,.6g}"


def _id(rows: Rows, place: int) -> str:
    ids = rows.columns.get(HOUSEHOLD)
    return ids.levels[ids.codes[place]] if isinstance(ids, Category) and ids.codes[place] >= 0 else ""


def _twice(table: Table, rows: Rows, household: Ints) -> NDArray[np.bool_]:
    """(rows,) rows that tell a fact which another row of the same file and date tells already."""
    keys = [key for key in table.key if key != HOUSEHOLD and key in rows.columns]
    own = {**rows.columns, "·happened": rows.happened, "·known": rows.known, "·series": rows.series}
    when = [] if table.happened in keys else ["·happened"]
    code = codes_of(own, [*keys, *when, "·known", "·series"], household)
    order = np.argsort(code, kind="stable")
    code = code[order]
    again = np.zeros(len(code), dtype=bool)
    again[order[1:]] = code[1:] == code[:-1]
    return again & ~rows.withdrawn


def newest_reported(tables: Mapping[str, Rows]) -> float:
    """The newest month in which about as many reports of income became known as usual; NaN without income."""
    income = tables.get("income")
    if income is None or np.isnan(income.known).all():
        return float("nan")
    months, counts = np.unique(np.floor(income.known[~np.isnan(income.known)]), return_counts=True)
    enough = months[counts >= _LEAST_SHARE * np.median(counts)]
    return float(enough.max())


def _two_counties(facts: Mapping[str, Facts], ids: NDArray[np.object_]) -> list[Finding]:
    """Two administrative codes in one folder: in the column for it, else at the beginning of household numbers."""
    told: set[str] = set()
    if HOUSEHOLDS in facts and "region_code" in facts[HOUSEHOLDS]:
        told = {level[:6] for level in facts[HOUSEHOLDS].text("region_code").levels}
    if (
        not told
        and len(ids)
        and all(len(each) >= _MANY_DIGITS and each.isdigit() for each in ids[:: max(1, len(ids) // 500)])
    ):
        told = {str(each)[:6] for each in ids}
    if len(told) < 2:
        return []
    return [Finding("two_counties", "stop", HOUSEHOLDS, details={"codes": ", ".join(sorted(told)[:5])})]


def _silent_townships(facts: Mapping[str, Facts]) -> list[Finding]:
    """Months in which a township reported no income at all, while it did before and after."""
    if "income" not in facts or HOUSEHOLDS not in facts or not len(facts["income"]):
        return []
    income, homes = facts["income"], facts[HOUSEHOLDS].newest
    town = homes.text("township")
    count = int(max(homes.household.max(initial=0), income.household.max(initial=0))) + 1
    where = np.full(count, -1, np.int64)
    where[homes.household] = town.codes
    first, last = int(income.happened.min()), int(np.nanmax(income.number("to")))
    width = last - first + 2
    place = where[income.household]
    there = place >= 0
    until = np.maximum(income.number("to").astype(np.int64), income.happened) - first + 1
    begun, over = (
        np.bincount((place * width + month)[there], minlength=len(town.levels) * width).reshape(-1, width)
        for month in (income.happened - first, until)
    )
    covered = np.cumsum(begun - over, axis=1)[:, :-1] > 0
    before = np.maximum.accumulate(covered, axis=1)
    after = np.maximum.accumulate(covered[:, ::-1], axis=1)[:, ::-1]
    return [
        Finding(
            "township_silent", "check", "income", column="from", value=CALENDAR.label(first + int(month)),
            details={"township": town.levels[place_]},
        )
        for place_, month in np.argwhere(~covered & before & after)[:MOST]
    ]  # fmt: skip
