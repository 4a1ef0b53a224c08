"""Two no-worries, three guarantees and drinking water (两不愁三保障): which of them a household lacks, and since when.

What audits, features and lists share. A column that a county does not have, and a blank cell, say nothing: neither that
a guarantee is met nor that it is not.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace

import numpy as np
from numpy.typing import NDArray

from relapse.core.facts import NO_MONTH, Facts, Floats
from relapse.core.panel import HOUSEHOLDS, PanelView

GUARANTEES = ("food_clothing", "schooling", "medical", "housing", "water")
SCHOOLS = ("preschool", "primary", "junior", "senior", "vocational", "college", "bachelor", "postgraduate")
PERSONS = "persons"
_UNSAFE = ("c", "d")  # grades of a house's safety
_INSURANCES = ("insured_resident", "insured_employee", "insured_basic")


@dataclass(frozen=True)
class SchoolAge:
    """Compulsory school age (the compulsory education law): who by the begin of the school year is so old.

    Args:
        first_age: a child of this age at the begin of the school year has to be in school.
        last_age: one of this age has not any more.
        term_month: month in which the school year begins, 1 to 12.
    """

    first_age: float
    last_age: float
    term_month: float

    def holds(self, as_of: int, birth_month: Floats) -> NDArray[np.bool_]:
        """(persons,) who is of that age in the school year of a month."""
        year, month = divmod(as_of, 12)
        start = (year if month + 1 >= self.term_month else year - 1) * 12 + self.term_month - 1
        return np.asarray((birth_month < start - self.first_age * 12) & (birth_month >= start - self.last_age * 12))

    def begins(self, birth_month: Floats) -> Floats:
        """(persons,) the month in which their first school year of that age begins."""
        term = self.term_month - 1
        return np.asarray((np.floor((birth_month + self.first_age * 12 - term) / 12) + 1) * 12 + term)


@dataclass(frozen=True, eq=False)
class Guarantees:
    """All households of a panel at an as_of, (households,) each.

    Args:
        unmet: by guarantee, 1 where it is not met, 0 where it is, NaN where nothing tells.
        since: by guarantee, the month since which it has not been met without a break (a blank cell between is none);
            NaN where it is met, or where nothing tells since when.
    """

    unmet: Mapping[str, Floats]
    since: Mapping[str, Floats]

    def count(self) -> Floats:
        """(households,) how many are not met, as far as told."""
        return np.asarray(np.nansum(list(self.unmet.values()), axis=0))


def guarantees(known: PanelView, age: SchoolAge) -> Guarantees:
    """What each household lacks, and since when.

    Food and clothing, the house and the water are told by the household's state; insurance and school by that and by
    its members: one without basic insurance, or a child of compulsory age in no school for which no reason is told.

    Args:
        known: what was known by the end of the as_of, of a panel with the table of households.
        age: compulsory school age.
    """
    count = len(known.panel.household_ids)
    homes = known.table(HOUSEHOLDS)
    told = {name: _of_states(homes, values, count) for name, values in _household_flags(homes).items()}
    if PERSONS in known.panel.tables:
        persons = known.table(PERSONS)
        there = np.zeros(count, dtype=bool)
        there[homes.household] = True
        persons = persons.take((persons.household >= 0) & there[persons.household])
        told["medical"] = _either(told["medical"], _of_states(persons, uninsured(persons), count))
        if "school_status" in persons:
            birth = _filled(persons, "birth_month")
            out = np.where(age.holds(known.as_of, birth), _out_of_school(persons), np.nan)
            told["schooling"] = _either(told["schooling"], _of_states(persons, out, count, age.begins(birth)))
    return Guarantees({name: told[name][0] for name in GUARANTEES}, {name: told[name][1] for name in GUARANTEES})


Told = tuple[Floats, Floats]  # (households,) unmet and since


def _household_flags(homes: Facts) -> dict[str, Floats]:
    """(rows,) of all states: 1 where a guarantee is not met."""
    house = _worse(_is(homes, "dangerous_house", 1), _holds(homes, "house_grade", _UNSAFE))
    return {
        "food_clothing": _is(homes, "food_clothing", 0),
        "schooling": _is(homes, "dropout_child", 1),
        "medical": _is(homes, "all_insured", 0),
        "housing": house,
        "water": _is(homes, "safe_water", 0),
    }


def _out_of_school(persons: Facts) -> Floats:
    """(rows,) 1 in no school and without a reason; a blank cell is no school, a file without the column nothing."""
    rows = persons.telling("school_status")
    found = ~persons.text("school_status").take(rows).holds(*SCHOOLS)
    if "not_in_school_reason" in persons:
        found &= persons.text("not_in_school_reason").take(persons.telling("not_in_school_reason")).codes < 0
    untold = persons.absent.get("school_status", np.zeros(len(persons), dtype=bool))[rows]
    return np.where(untold, np.nan, found.astype(np.float64))


def uninsured(persons: Facts) -> Floats:
    """(rows,) 1 where basic medical insurance is denied in some column and affirmed in none, NaN where blank."""
    told = [_is(persons, column, 0) for column in _INSURANCES]
    denied, affirmed = np.any(np.equal(told, 1), axis=0), np.any(np.equal(told, 0), axis=0)
    return np.where(affirmed, 0.0, np.where(denied, 1.0, np.nan))


def _of_states(states: Facts, values: Floats, count: int, earliest: Floats | None = None) -> Told:
    """The newest value of each subject by household, the worst of them, and since when it has been so.

    Args:
        states: all states of households or persons.
        values: (rows,) 1 where a guarantee is not met.
        count: number of households.
        earliest: (rows,) the month before which it was nothing to lack.
    """
    begins = np.full(len(states), -np.inf) if earliest is None else earliest
    flagged = replace(states, columns={"unmet": values, "begins": begins}, absent={})
    newest = flagged.newest
    mine = newest.number("unmet")
    unmet, first = np.full(count, np.nan), np.full(count, np.inf)
    np.fmax.at(unmet, newest.household, mine)
    told = flagged.take(~np.isnan(values) & np.isin(flagged.subject, newest.subject[mine == 1]))
    since = told.since("unmet").astype(np.float64)
    since = np.where(since == NO_MONTH, np.inf, np.maximum(since, told.newest.number("begins")))
    np.minimum.at(first, told.newest.household, since)
    return unmet, np.where(np.isfinite(first), first, np.nan)


def _either(one: Told, other: Told) -> Told:
    """Not met where either says so."""
    return _worse(one[0], other[0]), np.fmin(one[1], other[1])


def _worse(one: Floats, other: Floats) -> Floats:
    return np.asarray(np.fmax(one, other))


def _is(facts: Facts, column: str, wanted: float) -> Floats:
    """(rows,) 1 where a flag has a value, 0 where it has the other, NaN where it is not told."""
    if column not in facts:
        return np.full(len(facts), np.nan)
    values = _filled(facts, column)
    return np.where(np.isnan(values), np.nan, values == wanted)


def _holds(facts: Facts, column: str, codes: tuple[str, ...]) -> Floats:
    if column not in facts:
        return np.full(len(facts), np.nan)
    told = facts.text(column).take(facts.telling(column))
    return np.where(told.codes < 0, np.nan, told.holds(*codes))


def _filled(facts: Facts, column: str) -> Floats:
    """(rows,) a flag, where a file has no such column as the state before told it."""
    return facts.number(column)[facts.telling(column)]
