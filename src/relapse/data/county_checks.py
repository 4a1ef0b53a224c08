"""Faults of a county's tables that no single cell shows: rows without a household, dates out of order, gaps."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from itertools import pairwise

import numpy as np
from numpy.typing import NDArray

from relapse.core.broken import MOST, Broken
from relapse.core.contract import Severity, Table
from relapse.core.facts import Category, Facts, Floats, Ints
from relapse.core.panel import HOUSEHOLDS
from relapse.core.periods import Calendar
from relapse.core.results import Finding
from relapse.data.county_facts import HOUSEHOLD, KNOWN_AT, Rows, codes_of
from relapse.data.county_files import VISITS
from relapse.data.county_typed import Typed
from relapse.data.hidden_names import without_words
from relapse.data.identity_numbers import identity_facts
from relapse.data.panel_checks import masked
from relapse.data.schemas import breaches

PLANNED = ("dividends", "measures", "lines", "project_members", "persons")  # may be known before they happen
_LEAST_SHARE = 0.25  # of the usual number of a month's reports for it to count as reported
_MANY_DIGITS = 12  # household numbers that begin with an administrative code are at least so long
INCOME, LINES = "income", "lines"
_VISITS_AHEAD = 3  # months: a list's visits are handed back before the reports of their months come in
_OWN_DAYS = ("known_at", "updated_on", "as_of")  # what tells of which day a row of a snapshot is
_LONG = 1e10  # an amount of so many digits may be a telephone, a card or a person's number: its size alone is told
CALENDAR = Calendar("monthly")
Counts = NDArray[np.int64]
Order = tuple[int, str, str]  # of the rules of a table: those of its schema, by field, come first


@dataclass(frozen=True, eq=False)
class Checked:
    """The rows of one table, looked through.

    Args:
        rows: without values that cannot be meant.
        usable: (rows,) which rows can be used.
        doubted: (rows,) which rows must be corrected, whether they can be used or not.
        faults: by their order, rules that were asked, with their findings.
    """

    rows: Rows
    usable: NDArray[np.bool_]
    doubted: NDArray[np.bool_]
    faults: dict[Order, Broken]


def within_table(
    name: str, table: Table, rows: Rows, household: Ints, absurd_above: float, longest_span: int, newest: float
) -> Checked:
    """Faults of the rows of one table.

    A row that must be corrected is left out. Only the state of a household or person stays, without the value, so that
    the household stays on the list; its records are in doubt.

    Args:
        name: of the table.
        table: of the contract.
        rows: of all its files.
        household: (rows,) places, -1 where the household is not in the table households.
        absurd_above: amounts beyond this are taken for mistakes.
        longest_span: an income of more months is taken for a mistake.
        newest: the newest reported month, NaN where that is not known; nothing can be known after it.
    """
    faults: dict[Order, Broken] = {}
    none, doubted = np.zeros(len(rows.row), dtype=bool), np.zeros(len(rows.row), dtype=bool)

    def tell(rule: str, severity: Severity, mask: NDArray[np.bool_], column: str, order: Order | None = None) -> None:
        place = 1 + sum(each[0] > 0 for each in faults)  # the others are asked of whatever rows
        faults[order or (place, "", "")] = told_rows(rule, severity, table, rows, mask, column)
        if severity == "fix":
            np.logical_or(doubted, mask, out=doubted)

    for mask in rows.wrong.values():  # told where the cells were read
        doubted |= mask
    for (key, what), mask in breaches(name, table, rows.columns).items():
        if what == "missing":
            tell("value_missing", "fix", mask & ~rows.wrong.get(key, none), key, (0, key, what))
            doubted |= mask
        else:
            tell("out_of_range", table.fields[key].severity, mask, key, (0, key, what))
    if name == INCOME:
        backward, long = _spans(rows, longest_span)
        tell("ends_before_begin", "fix", backward, "to")
        tell("span_too_long", "fix", long, "from")
    unusable = _no_lines(rows) if name == LINES else {}
    for key, mask in unusable.items():
        tell("not_a_line", "stop", mask, key)
        doubted |= mask
    early = np.floor(rows.known) < np.floor(rows.happened) if name not in PLANNED else none
    tell("known_before_happened", "fix", early, KNOWN_AT)
    amounts = _amounts(table, rows)
    absurd = {key: np.abs(values) > absurd_above for key, values in amounts.items()}
    for key, mask in absurd.items():
        tell("absurd_amount", "fix", mask, key)
    out = doubted.copy()
    if table.gone == "ended":
        rows, out = _without(rows, amounts, absurd, early), none
    nobody = (household < 0) & (HOUSEHOLD in table.fields)
    tell("household_unknown", "fix", nobody & _told(rows), HOUSEHOLD)
    ahead = (rows.happened > newest) & (name not in PLANNED)
    late = (np.floor(rows.known) > newest) & ~ahead & (name != LINES)  # a line is announced when it is
    waiting = (name == VISITS) & (np.fmax(rows.happened, rows.known) <= newest + _VISITS_AHEAD)  # used when it comes
    tell("in_the_future", "fix", ahead & ~waiting, table.happened or "")
    tell("in_the_future", "fix", late & ~waiting, KNOWN_AT)
    tell("told_twice", "check", _twice(table, rows, household), table.key[-1])
    return Checked(rows, ~(out | nobody | ahead | late | _without_key(table, rows)), doubted, faults)


def _spans(rows: Rows, longest: int) -> tuple[NDArray[np.bool_], NDArray[np.bool_]]:
    """(rows,) reports of income whose last month lies before the first, and those of too many months."""
    first, last = (np.asarray(rows.columns[name], dtype=np.float64) for name in ("from", "to"))
    return last < first, last - first >= longest


def _no_lines(rows: Rows) -> dict[str, NDArray[np.bool_]]:
    """By field, (rows,) announcements for no region, or of no amount; missing ones are told elsewhere."""
    codes, line = rows.columns["region_code"], np.asarray(rows.columns["line"], dtype=np.float64)
    assert isinstance(codes, Category)
    wrong = [re.fullmatch(r"\d{2}|\d{4}|\d{6}", code) is None for code in codes.levels]
    return {"region_code": np.array([*wrong, False], dtype=bool)[codes.codes], "line": line <= 0}


def _amounts(table: Table, rows: Rows) -> dict[str, Floats]:
    """Columns of money."""
    names = [key for key, field in table.fields.items() if field.kind == "money" and key in rows.columns]
    return {key: np.asarray(rows.columns[key], dtype=np.float64) for key in names}


def _without(
    rows: Rows, amounts: Mapping[str, Floats], absurd: Mapping[str, NDArray[np.bool_]], early: NDArray[np.bool_]
) -> Rows:
    """States without amounts beyond reason; one known before its day holds since it was known."""
    blank = {key: np.where(mask, np.nan, amounts[key]) for key, mask in absurd.items() if mask.any()}
    if early.any():
        day = np.where(early, rows.known, rows.day)
        rows = replace(rows, day=day, happened=np.where(early, np.floor(rows.known), rows.happened))
    return replace(rows, columns={**rows.columns, **blank})


def _told(rows: Rows) -> NDArray[np.bool_]:
    """(rows,) whether a household is told."""
    ids = rows.columns.get(HOUSEHOLD)
    return ids.codes >= 0 if isinstance(ids, Category) else np.zeros(len(rows.row), dtype=bool)


def _without_key(table: Table, rows: Rows) -> NDArray[np.bool_]:
    """(rows,) that do not tell whom or what they speak of."""
    lacking = np.zeros(len(rows.row), dtype=bool)
    for key in table.key:
        values = rows.columns.get(key)
        if table.fields[key].required and isinstance(values, Category):
            lacking |= values.codes < 0
    return lacking


def between_tables(facts: Mapping[str, Facts], ids: NDArray[np.object_]) -> list[Finding]:
    """Faults that show only between tables, or over time."""
    return [*two_counties(facts, ids), *silent_townships(township_months(facts))]


@dataclass(eq=False)
class OwnDays:
    """The latest day that each dated export tells as that of its data, and in which file, by series and date."""

    newest: dict[tuple[str, float], tuple[float, str]] = field(default_factory=dict)

    def add(self, part: Typed) -> None:
        """Take in the rows of a file, or of a piece of one."""
        if part.date is not None and not np.isnan(day := _own_day(part)):
            key = (part.series, part.date)
            self.newest[key] = max(self.newest.get(key, (day, "")), (day, part.file.levels[0]))


def older_snapshots(days: OwnDays) -> list[Finding]:
    """Dated exports that tell of no day as late as the one before does, though they are dated later.

    Args:
        days: of all files; dated ones of one series are compared.
    """
    newest = days.newest
    findings = dict[str, Finding]()
    for (one, (before, _)), (other, (day, file)) in pairwise(sorted(newest.items())):
        if one[0] == other[0] and day < before:
            told = _day(day)
            findings.setdefault(
                file, Finding("snapshot_older", "check", file, value=told, details={"before": _day(before)})
            )
    return list(findings.values())


def _own_day(part: Typed) -> float:
    """The latest day that a file's own columns tell as that of its data, NaN where they tell none."""
    days = [np.asarray(part.columns[name], dtype=np.float64) for name in _OWN_DAYS if name in part.columns]
    return float(max((np.nanmax(each) for each in days if not np.isnan(each).all()), default=np.nan))


def _day(when: float) -> str:
    """A day as people write it."""
    return f"{CALENDAR.label(int(when))}-{round(when % 1 * 31) + 1:02d}"


def told_rows(rule: str, severity: Severity, table: Table, rows: Rows, mask: NDArray[np.bool_], column: str) -> Broken:
    """A finding for each row of a mask in the order of files and rows; values that name somebody are masked."""
    places = np.flatnonzero(mask)
    places = places[np.lexsort((rows.row[places], rows.file.codes[places]))]
    findings = []
    zh = {"column": table.fields[column].zh[0]} if column in table.fields else {}
    files = tuple(rows.file.levels)
    for place in places[:MOST].tolist():
        file = rows.file.levels[rows.file.codes[place]]
        shown = _shown(table, rows, column, place)
        findings.append(Finding(rule, severity, file, int(rows.row[place]), column, shown, {}, _id(rows, place), zh))
    return Broken(rule, severity, files[0] if files else "", column, len(places), tuple(findings), zh, files)


def _shown(table: Table, rows: Rows, column: str, place: int) -> str:
    """The value as people write it; nothing of a household's number, which stands beside it, or a person's."""
    values = rows.columns.get(column, {table.happened: rows.day, KNOWN_AT: rows.known}.get(column))
    if values is None or column == HOUSEHOLD or table.fields[column].access == "identity":
        return ""
    if isinstance(values, Category):
        code = values.codes[place]
        text = values.levels[code] if code >= 0 else ""
        return masked(text if table.fields[column].kind in ("text", "choice") else without_words(text, ()))
    if np.isnan(values[place]):
        return ""
    if table.fields[column].kind not in ("month", "date"):
        told = float(values[place])
        return f"{told:,.2f}".removesuffix(".00") if abs(told) < _LONG else f"{told:.1e}"
    return CALENDAR.label(int(values[place])) if table.fields[column].kind == "month" else _day(values[place])


def _id(rows: Rows, place: int) -> str:
    """The household's number; masked where it is one of a person, as in columns that are shifted."""
    ids = rows.columns.get(HOUSEHOLD)
    if not isinstance(ids, Category) or ids.codes[place] < 0:
        return ""
    number = ids.levels[ids.codes[place]]
    told = identity_facts(Category(np.zeros(1, np.int32), (number,)))
    named = not any(sign.isdigit() for sign in number)  # maybe a name, where columns are shifted
    if named:
        return str(number[0]) + "*" * (len(number) - 1)
    return masked(number) if told.valid[0] and told.born[0] >= 0 else number


def _twice(table: Table, rows: Rows, household: Ints) -> NDArray[np.bool_]:
    """(rows,) rows that tell a fact which another row of the same file and date tells already."""
    keys = [key for key in table.key if key != HOUSEHOLD and key in rows.columns]
    own = {**rows.columns, "·happened": rows.day, "·known": rows.known, "·series": rows.series}
    when = [] if table.happened in keys else ["·happened"]
    code = codes_of(own, [*keys, *when, "·known", "·series"], household)
    order = np.argsort(code, kind="stable")
    code = code[order]
    again = np.zeros(len(code), dtype=bool)
    again[order[1:]] = code[1:] == code[:-1]
    return again & ~rows.withdrawn


def newest_reported(tables: Mapping[str, Rows], exports: Sequence[float]) -> float:
    """The newest reported month: of the dated exports, and in which about as many incomes were told as usual.

    Args:
        tables: all rows.
        exports: dates of the dated exports, as months; an export tells anew only what changed.

    Returns:
        A month, NaN without any income or export.
    """
    return newest_of(months_known(tables["income"]) if "income" in tables else Counter(), exports)


def months_known(rows: Rows) -> Counter[int]:
    """How many rows became known in each month."""
    months, counts = np.unique(np.floor(rows.known[~np.isnan(rows.known)]).astype(np.int64), return_counts=True)
    return Counter(dict(zip(months.tolist(), counts.tolist(), strict=True)))


def newest_of(known: Mapping[int, int], exports: Sequence[float]) -> float:
    """The same from how many reports of income became known in each month."""
    newest = np.floor(max(exports)) if exports else np.nan
    if known:
        months, counts = (np.array(list(each), dtype=np.int64) for each in (known.keys(), known.values()))
        enough = months[counts >= max(1, _LEAST_SHARE * np.median(counts))]
        newest = np.fmax(newest, float(enough.max()))
    return float(newest)


def two_counties(facts: Mapping[str, Facts], ids: NDArray[np.object_]) -> list[Finding]:
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


@dataclass(frozen=True, eq=False)
class TownshipMonths:
    """How many reports of income begin, and are over, in each month, by township.

    Args:
        townships: names.
        first: the month of the first column.
        begun, over: (townships, months)
    """

    townships: tuple[str, ...]
    first: int
    begun: Counts
    over: Counts

    def __add__(self, other: TownshipMonths) -> TownshipMonths:
        """The same of the households of both parts of a county."""
        names = tuple(dict.fromkeys((*self.townships, *other.townships)))
        first = min(self.first, other.first)
        width = max(each.first + each.begun.shape[1] for each in (self, other)) - first
        begun, over = np.zeros((2, len(names), width), dtype=np.int64)
        for each in (self, other):
            rows = np.array([names.index(name) for name in each.townships], dtype=np.intp)
            months = slice(each.first - first, each.first - first + each.begun.shape[1])
            begun[rows, months] += each.begun
            over[rows, months] += each.over
        return TownshipMonths(names, first, begun, over)


def township_months(facts: Mapping[str, Facts]) -> TownshipMonths | None:
    """The reports of income by township and month; None where there is none, or no table tells of townships."""
    if "income" not in facts or HOUSEHOLDS not in facts or not len(facts["income"]):
        return None
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
    return TownshipMonths(town.levels, first, begun, over)


def silent_townships(told: TownshipMonths | None) -> list[Finding]:
    """Months in which a township reported no income at all, while it did before, and later it or most others did."""
    if told is None:
        return []
    covered = np.cumsum(told.begun - told.over, axis=1)[:, :-1] > 0
    before = np.maximum.accumulate(covered, axis=1)
    usual = 2 * covered.sum(axis=0) >= len(covered)
    after = np.maximum.accumulate((covered | usual)[:, ::-1], axis=1)[:, ::-1]
    return [
        Finding(
            "township_silent", "check", "income", column="from", value=CALENDAR.label(told.first + int(month)),
            details={"township": told.townships[place_]},
        )
        for place_, month in np.argwhere(~covered & before & after)[:MOST]
    ]  # fmt: skip
