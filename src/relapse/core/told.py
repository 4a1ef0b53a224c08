"""What a county's table told of each household: newest months, counts and sums, in whole columns.

Rows of a believed table come sorted by household and, within it, by when they happened: of equal places the newest is
assigned last and stays.
"""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
from numpy.typing import NDArray

from relapse.core.catalogue import Feature
from relapse.core.facts import NO_MONTH, Facts, Floats, Ints, per_household, places_of
from relapse.core.panel import Histories, PanelView, told_or_0, window_sums

Mask = NDArray[np.bool_]


def has(known: PanelView, table: str, *columns: str) -> bool:
    """Whether the county has a table, with such columns."""
    return table in known.panel.tables and all(column in known.table(table) for column in columns)


def past(facts: Facts, as_of: int) -> Mask:
    """(rows,) of a household, and so by the end of a month."""
    return (facts.household >= 0) & (facts.happened > NO_MONTH) & (facts.happened <= as_of)


def kinds(facts: Facts, column: str, *wanted: str) -> Mask:
    """(rows,) of one of the kinds; none where the county has no such column."""
    return facts.text(column).holds(*wanted) if column in facts else np.zeros(len(facts), dtype=bool)


def number(facts: Facts, column: str) -> Floats:
    """(rows,) a column of numbers, NaN where the county has none."""
    return facts.number(column) if column in facts else np.full(len(facts), np.nan)


def month(facts: Facts, column: str) -> Floats:
    """(rows,) a month, or the month of a date; NaN where the county has none."""
    return np.floor(number(facts, column))


def filled(facts: Facts, column: str) -> Floats:
    """(subjects,) a number of the newest states, NaN where the county has no such column."""
    return number(facts.newest, column)


def counts(facts: Facts, rows: Mask, households: int) -> Floats:
    """(households,) how many of the rows."""
    return per_household(facts.household.take(places_of(rows)), households)


def sums(facts: Facts, rows: Mask, households: int, values: Floats) -> Floats:
    """(households,) sums of (rows,) values over some rows; what is missing counts as nothing."""
    places = places_of(rows)
    return per_household(facts.household.take(places), households, values.take(places))


def newest(facts: Facts, rows: Mask, households: int, values: Floats | Ints | None = None) -> Floats:
    """(households,) of the newest of the rows: a value, by default its month; NaN where there is none."""
    told, places = np.full(households, np.nan), places_of(rows)
    whose = facts.household.take(places)
    last = np.ones(len(places), dtype=bool)
    last[:-1] = whose[1:] != whose[:-1]
    told[whose[last]] = (facts.happened if values is None else values)[places[last]]
    return told


def of_subjects(facts: Facts, values: Floats, households: int) -> Floats:
    """(households,) a value of each household's newest state; NaN where there is no state."""
    told, states = np.full(households, np.nan), facts.newest
    told[states.household] = values
    return told


def largest(group: NDArray[np.integer], values: Floats, groups: int) -> Floats:
    """(groups,) the largest value of each, NaN where there is none."""
    most = np.full(groups, -np.inf)
    np.maximum.at(most, group, np.where(np.isnan(values), -np.inf, values))
    return np.where(np.isfinite(most), most, np.nan)


def smallest(group: NDArray[np.integer], values: Floats, groups: int) -> Floats:
    """(groups,) the smallest value of each, NaN where there is none."""
    return -largest(group, -values, groups)


def season(months: Floats) -> Floats:
    """Months from year 0 as months of the year, 1 to 12."""
    season, told = np.full(len(months), np.nan), np.flatnonzero(~np.isnan(months))  # few: a remainder costs much
    season[told] = months[told] % 12 + 1
    return season


def over(part: NDArray[np.floating], whole: NDArray[np.floating]) -> Floats:
    """Part over whole; NaN where the whole is nothing."""
    return np.asarray(part / np.where(whole > 0, whole, np.nan))


def per_person(known: Histories, yuan: Floats) -> Floats:
    """(n,) money of the household over its size at the as_of, as known."""
    return known.per_person(yuan[:, None])[:, 0]


def newest_line(known: Histories) -> Floats:
    """(n,) the line of the newest known window."""
    return known.newest(np.broadcast_to(known.line, known.window_income.shape))


def of_newest_window(known: Histories, source: str) -> Floats:
    """(n,) money of the household from a source of income in the newest window whose income is known, see `window_sum`.

    A county's ledger has no row for nothing: a reported month without the source brought nothing of it.
    """
    return window_sum(known, _of_source(known, source))


def per_person_of_newest_window(known: Histories, source: str) -> Floats:
    """(n,) the same per person, by the size of each month."""
    return window_sum(known, known.per_person(_of_source(known, source)))


def told_in_newest_window(known: Histories, source: str) -> Mask:
    """(n,) whether a source of income was told of in that window."""
    return np.asarray(window_sum(known, (~np.isnan(_of_source(known, source))).astype(np.float64)) > 0)


def window_sum(known: Histories, values: Floats) -> Floats:
    """(n,) sum over the newest window whose income is known, NaN where there is none.

    It is scaled to the whole window as the window's income is, where periods were not reported: it is set against that.

    Args:
        known: histories of (n,) members.
        values: (n, lags + window - 1), of the newest lags; what is missing counts as nothing.
    """
    window = known.view.panel.window
    summed = window_sums(told_or_0(values), window)
    lags = summed.shape[1]
    there = ~np.isnan(known.window_income[:, :lags])
    return known.newest(np.divide(summed, known.reported[:, :lags], out=np.full_like(summed, np.nan), where=there))


def _of_source(known: Histories, source: str) -> Floats:
    """(n, periods) a source of income in those windows that may be the newest."""
    panel = known.view.panel
    return known.column(source, min(panel.max_age + 1, known.lags) + panel.window - 1)


def share_of_income(known: Histories, yuan: Floats) -> Floats:
    """(n,) money of the household over its newest window income; NaN where that is not known, 0 where there is none.

    Income counts as at least a hundredth of the line, as in the distance to it.
    """
    income, line = known.newest(known.window_income), newest_line(known)
    return np.where(yuan == 0, 0.0, over(per_person(known, yuan), np.maximum(income, 0.01 * line)))


def share_of_line(known: Histories, yuan: Floats) -> Floats:
    """(n,) money of the household per person over the line, so that years compare."""
    return over(per_person(known, yuan), newest_line(known))


def untold(entries: Sequence[Feature], members: int) -> list[tuple[Feature, Floats]]:
    """Features of which the county tells nothing, each with (members,) NaN."""
    return [(entry, np.full(members, np.nan)) for entry in entries]
