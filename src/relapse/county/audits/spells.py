"""Spells of work and whose they are: months worked in a window by overlaps, never by a loop over persons."""

from __future__ import annotations

from dataclasses import dataclass
from weakref import WeakKeyDictionary

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from relapse.core.facts import Facts, Floats
from relapse.county.audits.cells import holds, number
from relapse.county.audits.snapshot import Mask, Snapshot

WORK, PERSON = "work", "person_same"
OUTSIDE = ("prefecture", "province", "outside", "abroad")
_OPEN = 1e6  # a month later than all others: the spell lasts
_MADE: WeakKeyDictionary[Snapshot, Spells] = WeakKeyDictionary()  # matching persons costs; gone with its snapshot


@dataclass(frozen=True, eq=False)
class Spells:
    """All believed spells of work, (spells,) each.

    Args:
        facts: the table `work`.
        person: place in the snapshot's `persons`, -1 where no such person is in the household.
        start: first month, NaN where not told.
        end: last month; far in the future where not told.
        runs: whether the spell covers the as_of and nothing says that the person does not work.
    """

    facts: Facts
    person: NDArray[np.intp]
    start: Floats
    end: Floats
    runs: Mask

    def overlap(self, first: float | Floats, last: float | Floats) -> Floats:
        """(spells,) months that lie in a span, both ends included; none where the start is not told."""
        months = np.minimum(self.end, last) - np.maximum(self.start, first) + 1
        return np.asarray(np.nan_to_num(np.clip(months, 0, None)))

    def by_person(self, values: Floats | Mask, persons: int) -> Floats:
        """(persons,) sums over each person's spells."""
        known = self.person >= 0
        weights = values[known].astype(np.float64)
        return np.bincount(self.person[known], weights=weights, minlength=persons).astype(np.float64)


def spells_of(county: Snapshot) -> Spells:
    """The spells of a county's table `work`."""
    if county not in _MADE:
        facts = county.table(WORK)
        until = number(facts, "to")
        start, end = number(facts, "from"), np.where(np.isnan(until), _OPEN, until)
        runs = ~(start > county.as_of) & (end >= county.as_of) & (number(facts, "is_working") != 0)
        _MADE[county] = Spells(facts, _person(county, facts), start, end, runs)
    return _MADE[county]


def works(county: Snapshot) -> Mask:
    """(persons,) whether a spell runs at the as_of."""
    return county_sum(county, spells_of(county).runs) > 0


def county_sum(county: Snapshot, values: Floats | Mask) -> Floats:
    """(persons,) sums of something over each person's spells."""
    return spells_of(county).by_person(values, len(county.persons))


def months_worked(county: Snapshot, first: float, last: float) -> Floats:
    """(persons,) months worked in a span, no month counted twice over its length."""
    return np.minimum(county_sum(county, spells_of(county).overlap(first, last)), last - first + 1)


def away(county: Snapshot) -> Mask:
    """(spells,) whether the work lies outside the county."""
    return holds(spells_of(county).facts, "place", *OUTSIDE)


def order_by_person(spells: Spells) -> tuple[NDArray[np.intp], NDArray[np.int64]]:
    """Order of the spells by household, person and start (a missing one first), and the number of each one's person."""
    facts = spells.facts
    person = number(facts, PERSON)
    start = np.where(np.isnan(spells.start), -1, spells.start)
    order = np.lexsort((start, person, facts.household))
    same = (np.diff(facts.household[order]) == 0) & (np.diff(person[order]) == 0)
    return order, np.cumsum(np.r_[True, ~same][: len(order)])


def of_persons(county: Snapshot, values: Floats) -> Floats:
    """(spells,) a number of each spell's person, NaN where there is no such person."""
    person = spells_of(county).person
    return np.where(person >= 0, np.append(values, np.nan)[person], np.nan)


def _person(county: Snapshot, facts: Facts) -> NDArray[np.intp]:
    """(spells,) place of each spell's person in `persons`."""
    if not county.has("persons", PERSON) or PERSON not in facts:
        return np.full(len(facts), -1, dtype=np.intp)
    persons = county.persons
    both = np.concatenate([number(persons, PERSON), number(facts, PERSON)])
    code = pd.factorize(both)[0].astype(np.int64)
    key = np.where(code >= 0, np.r_[persons.household, facts.household] * (code.max(initial=0) + 1) + code, -1)
    mine, theirs = key[: len(persons)], key[len(persons) :]
    order = np.argsort(mine, kind="stable")
    place = np.searchsorted(mine[order], theirs)
    found = np.append(order, -1)[place]
    return np.where((theirs >= 0) & (np.append(mine, -2)[found] == theirs), found, -1)
