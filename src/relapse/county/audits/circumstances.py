"""What several audit rules ask of a household: who is monitored, insured, able to work, in school, and since when.

A column that a county does not have, and a blank cell, say nothing: neither yes nor no.
"""

from __future__ import annotations

from dataclasses import replace

import numpy as np

from relapse.core.facts import Facts, Floats, Ints
from relapse.core.guarantees import SCHOOLS, SchoolAge
from relapse.core.recognitions import RECOGNITIONS, removed
from relapse.county.audits.cells import Limits, blank, holds, number, of_household
from relapse.county.audits.members import UNABLE, on_allowance, supported, uninsured
from relapse.county.audits.snapshot import Hits, Mask, Snapshot

CAUSES = tuple(f"cause_{place}" for place in range(1, 6))
HIGHER_SCHOOLS = ("senior", "vocational", "college", "bachelor", "postgraduate")
DAYS = 31  # days of a month as dates count them: a date is its month and (day - 1) / 31


# ---- rows --------------------------------------------------------------------------------------------------------


def equals(facts: Facts, column: str, value: float) -> Mask:
    """(rows,) where a number stands; nowhere where the table has no such column."""
    return np.asarray(number(facts, column) == value)


def within(as_of: int, when: Floats | Ints, months: float) -> Mask:
    """(rows,) whether a month or date lies in so many months that end with the as_of."""
    ago = as_of - np.floor(np.asarray(when, dtype=np.float64))
    return np.asarray((ago >= 0) & (ago < months))


def with_words(hits: Hits, **words: str) -> Hits:
    """Hits that all say the same words."""
    return replace(hits, words={key: np.full(len(hits.rows), word, dtype=object) for key, word in words.items()})


# ---- households --------------------------------------------------------------------------------------------------


def unmonitored(county: Snapshot) -> Mask:
    """(n,) exited and ordinary households that are not monitored now."""
    return county.there & ~county.monitored() & county.state_is("type", "exited", "ordinary")


def flag(county: Snapshot, column: str, value: float) -> Mask:
    """(n,) whether the newest state of a flag is this; nobody where the county has no such column."""
    return np.asarray(of_household(county, column) == value)


def nobody(county: Snapshot, column: str, *codes: str) -> Mask:
    """(n,) households with members, of all of whom the column is told, and for none of whom one of the codes."""
    possible = holds(county.persons, column, *codes) | blank(county.persons, column)
    return (county.members() > 0) & ~county.any_member(possible)


def someone_uninsured(county: Snapshot) -> Mask:
    """(n,) households in which a member has no basic medical insurance."""
    found = flag(county, "all_insured", 0)
    return found | county.any_member(uninsured(county)) if county.has("persons") else found


def of_school_age(county: Snapshot, limits: Limits) -> Mask:
    """(persons,) of compulsory school age: by the September of the school year `first_age`, and not yet `last_age`."""
    return school_age(limits).holds(county.as_of, county.persons.number("birth_month"))


def school_age(limits: Limits) -> SchoolAge:
    """Compulsory school age as a rule's limits have it."""
    return SchoolAge(limits["first_age"], limits["last_age"], limits["term_month"])


def out_of_school(county: Snapshot, limits: Limits) -> Mask:
    """(persons,) of compulsory school age who are in no school."""
    in_school = holds(county.persons, "school_status", *SCHOOLS)
    return of_school_age(county, limits) & ~in_school


def without_labour(county: Snapshot, limits: Limits) -> Mask:
    """(n,) households with members of whom none can work; below `working_age` a blank says that too."""
    persons = county.persons
    unable = holds(persons, "labour", *UNABLE) | (blank(persons, "labour") & (county.age < limits["working_age"]))
    members = county.members()
    return np.asarray((members > 0) & (county.members(unable) == members))


def on_allowance_or_supported(county: Snapshot) -> Mask:
    """(persons,) who have the minimum living allowance or the support of those in extreme hardship."""
    return on_allowance(county) | supported(county)


# ---- recognitions ------------------------------------------------------------------------------------------------


def cases(county: Snapshot) -> tuple[Facts, Mask]:
    """The newest recognition of each household, and which of them are open at the as_of."""
    facts = county.last_recognition
    return facts, (facts.happened <= county.as_of) & ~removed(facts, county.as_of) & county.there[facts.household]


def removals(county: Snapshot) -> tuple[Facts, Mask]:
    """The newest recognition of each household, and which of them have their risk removed."""
    facts = county.last_recognition
    return facts, removed(facts, county.as_of) & county.there[facts.household]


def has_cause(facts: Facts, *codes: str) -> Mask:
    """(rows,) whether one of the five cause columns holds one of the codes."""
    return np.asarray(np.logical_or.reduce([holds(facts, column, *codes) for column in CAUSES]))


def line_at(county: Snapshot, facts: Facts, months: Floats | Ints) -> Floats:
    """(rows,) the line of each row's household in a month, as known; NaN where the month is not told."""
    ago = county.as_of - np.asarray(months, dtype=np.float64)
    valid = ago >= 0
    if not valid.any():
        return np.full(len(facts), np.nan)
    places, mine = np.unique(facts.household, return_inverse=True)
    line = county.known.histories(places, lags=int(ago[valid].max()) + 1).line
    lag = np.minimum(np.where(valid, ago, 0).astype(np.int64), line.shape[1] - 1)
    return np.asarray(np.where(valid, line[np.minimum(mine, len(line) - 1), lag], np.nan))


def ever_recognised(county: Snapshot) -> Mask:
    """(n,) households that were recognised at any time."""
    return county.has_row(RECOGNITIONS)


def last_verified(county: Snapshot) -> Floats:
    """(n,) when a clue or a visit was last verified at the house, as a date; minus infinity where never."""
    last = np.full(county.count, -np.inf)
    for table, column in (("clues", "verified_at"), ("visits", "visited_at")):
        if county.has(table, column):
            facts, when = county.table(table), county.table(table).number(column)
            past = when < county.as_of + 1
            np.maximum.at(last, facts.household[past], when[past])
    return last


# ---- work and income ---------------------------------------------------------------------------------------------


def months_worked(county: Snapshot, first: int, last: int) -> Floats:
    """(rows of `work`,) months of each spell from one month to another, both inclusive; an open spell lasts."""
    work = county.table("work")
    end = np.floor(number(work, "to"))
    end = np.minimum(np.where(np.isnan(end), last, end), last)
    return np.asarray(np.nan_to_num(np.maximum(end - np.maximum(work.number("from"), first) + 1, 0)))


def yearly(county: Snapshot, source: str, years_before: int = 0) -> Floats:
    """(n,) yuan of a source of income of the household, in the newest known twelve months or so many years before.

    NaN where the county does not report the source, the household told nothing of it in that year, or too few months of
    its income are known.
    """
    everyone, panel = county.known.everyone, county.known.panel
    told = np.full(county.count, np.nan)
    if source not in panel.sources:
        return told
    reach = panel.max_age + 1
    known = ~np.isnan(everyone.window_income[:, :reach])
    start = known.argmax(axis=1) + 12 * years_before
    width = min(reach + 12 * (years_before + 1), everyone.width)
    months = np.minimum(start[:, None] + np.arange(12), width - 1)
    values = np.take_along_axis(everyone.column(source, width), months, axis=1)
    reported = everyone.reported[np.arange(len(start)), np.minimum(start, everyone.lags - 1)]
    enough = known.any(axis=1) & (start + 12 <= width) & (reported >= panel.reported_share - 1e-9)
    somewhere = ~np.isnan(values).all(axis=1)
    told[everyone.members] = np.where(enough & somewhere, np.nansum(values, axis=1), np.nan)
    return told
