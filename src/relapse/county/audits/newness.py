"""What is new about a household or person at an as_of, whose a row is, and how many days lie between two dates."""

from __future__ import annotations

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from relapse.core.facts import Facts, Floats
from relapse.county.audits.cells import blank, holds, month_words, number
from relapse.county.audits.circumstances import unmonitored, within
from relapse.county.audits.snapshot import Hits, Mask, Snapshot

_WHO = ("person_same", "id_same")
_DAYS = 31  # a date is its month and (day - 1) / 31


def of_unmonitored(county: Snapshot, facts: Facts) -> Mask:
    """(rows,) rows of households that can be monitored and are not now; never of a row without a household."""
    return (facts.household >= 0) & unmonitored(county)[facts.household]


def dated(county: Snapshot, facts: Facts, mask: Mask, column: str, **numbers: Floats) -> Hits:
    """Hits in rows that tell their month; `mask` and numbers are (rows,)."""
    hits = county.rows_where(facts, mask, column, **numbers)
    months = month_words(facts.happened[hits.rows].astype(np.float64))
    return Hits(facts, hits.rows, column, hits.numbers, {"month": months})


def became(facts: Facts, newest: Facts, told: Mask, wanted: Mask) -> Floats:
    """Since when something is so that was told otherwise before.

    A state that does not tell it says neither yes nor no, so the first state that tells it is no change.

    Args:
        facts: all believed states.
        newest: the newest state of some of the subjects.
        told: (rows of `facts`,) whether the state tells it.
        wanted: (rows of `facts`,) whether it is so.

    Returns:
        (rows of `newest`,) the month of the last change; NaN where it is not so, or was so from the first on.
    """
    rows = np.flatnonzero(told)
    is_so, subject = wanted[rows], facts.subject[rows]
    same = subject[1:] == subject[:-1]
    begins = np.r_[False, same & is_so[1:] & ~is_so[:-1]][: len(rows)]
    last = np.r_[~same, True][: len(rows)]
    still = is_so[last][np.cumsum(last) - last]
    change = rows[begins & still]
    when = pd.Series(facts.happened[change].astype(np.float64), index=facts.subject[change])
    return np.asarray(when[~when.index.duplicated(keep="last")].reindex(newest.subject), dtype=np.float64)


def newly(county: Snapshot, column: str, months: float, *codes: str) -> Mask:
    """(persons,) persons of whom a column came to hold one of these codes in the last months."""
    facts = county.table("persons")
    when = became(facts, county.persons, ~blank(facts, column), holds(facts, column, *codes))
    return within(county.as_of, when, months)


def newly_flagged(county: Snapshot, column: str, months: float) -> Mask:
    """(persons,) persons of whom a flag turned from no to yes in the last months."""
    facts = county.table("persons")
    when = became(facts, county.persons, ~blank(facts, column), number(facts, column) == 1)
    return within(county.as_of, when, months)


def newly_disabled(county: Snapshot, months: float) -> Mask:
    """(persons,) persons with a certificate of the last months."""
    return within(county.as_of, number(county.persons, "disability_certified_at"), months)


def persons_of(facts: Facts) -> NDArray[np.int64]:
    """(rows,) a number for the person of each row, from 0; rows of a household that tell no person are one's."""
    who = next((facts.number(column) for column in _WHO if column in facts), np.full(len(facts), np.nan))
    code = pd.factorize(who)[0].astype(np.int64) + 1
    key = facts.household.astype(np.int64) * (code.max(initial=0) + 1) + code
    return np.asarray(pd.factorize(key)[0], dtype=np.int64)


def tell_persons(facts: Facts) -> bool:
    """Whether a table tells whose its rows are."""
    return any(column in facts for column in _WHO)


def added(facts: Facts, mask: Mask, column: str, monthly: bool = False) -> tuple[Mask, Floats]:
    """A column added up by person, over rows of a mask.

    Args:
        facts: a believed table.
        mask: (rows,)
        column: of numbers.
        monthly: whether each month is added up by itself.

    Returns:
        (rows,) the last row of each sum, and (rows,) the sum that each row of the mask is part of, NaN elsewhere.
    """
    rows, last, told = np.flatnonzero(mask), np.zeros(len(facts), dtype=bool), np.full(len(facts), np.nan)
    some = facts.take(rows)
    group = persons_of(some)
    if monthly:
        group = pd.factorize(group * 10**6 + some.happened)[0].astype(np.int64)
    told[rows] = cents(np.bincount(group, weights=np.nan_to_num(some.number(column))).astype(np.float64))[group]
    place = np.zeros(int(group.max(initial=-1)) + 1, dtype=np.int64)
    np.maximum.at(place, group, rows)
    last[place] = True
    return last, told


def cents(yuan: Floats) -> Floats:
    """Money to the cent, so that what equals a limit is neither above nor below it."""
    return np.round(yuan, 2)


def days_between(earlier: Floats, later: Floats) -> Floats:
    """(rows,) days from one date to another by the calendar, NaN where one is not told."""
    return _day(later) - _day(earlier)


def _day(dates: Floats) -> Floats:
    """(rows,) days since 1970 of dates that count months from year 0."""
    told = ~np.isnan(dates)
    month = np.floor(np.where(told, dates, 0))
    first = (month.astype(np.int64) - 1970 * 12).astype("datetime64[M]").astype("datetime64[D]")
    day = np.round((np.where(told, dates, 0) - month) * _DAYS)
    return np.where(told, first.astype(np.int64) + day, np.nan)
