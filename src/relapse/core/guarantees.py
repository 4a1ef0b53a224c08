"""Two no-worries, three guarantees and drinking water (两不愁三保障): which of them a household lacks, and since when.

What audits, features and lists share. A column that a county does not have, and a blank cell, say nothing: neither that
a guarantee is met nor that it is not.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace

import numpy as np
from numpy.typing import NDArray

from relapse.core.facts import Category, Facts, Floats
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


@dataclass(frozen=True, eq=False)
class Guarantees:
    """All households of a panel at an as_of, (households,) each.

    Args:
        unmet: by guarantee, 1 where it is not met, 0 where it is, NaN where nothing tells.
        since: by guarantee, the month since which it has not been met without a break; NaN where it is met.
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
        persons = persons.take(there[persons.household])
        for name, values in _person_flags(persons, known.as_of, age).items():
            told[name] = _either(told[name], _of_states(persons, values, count))
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


def _person_flags(persons: Facts, as_of: int, age: SchoolAge) -> dict[str, Floats]:
    """(rows,) of all states of persons."""
    flags = {"medical": _uninsured(persons)}
    if "school_status" in persons:
        of_age = age.holds(as_of, persons.number("birth_month"))
        in_school = persons.text("school_status").holds(*SCHOOLS)
        explained = np.zeros(len(persons), dtype=bool)
        if "not_in_school_reason" in persons:
            explained = persons.text("not_in_school_reason").codes >= 0
        flags["schooling"] = np.where(of_age, (~in_school & ~explained).astype(np.float64), np.nan)
    return flags


def _uninsured(persons: Facts) -> Floats:
    """(rows,) 1 where basic insurance is denied in some column and affirmed in none."""
    told = [_is(persons, column, 0) for column in _INSURANCES]
    denied, affirmed = np.any(np.equal(told, 1), axis=0), np.any(np.equal(told, 0), axis=0)
    return np.where(affirmed, 0.0, np.where(denied, 1.0, np.nan))


def _of_states(states: Facts, values: Floats, count: int) -> Told:
    """The newest value of each subject by household, the worst of them, and since when it has been so."""
    flagged = replace(states, columns={"unmet": values}, access={"unmet": "known"}, absent={})
    newest, since = flagged.newest, flagged.since("unmet").astype(np.float64)
    mine = newest.number("unmet")
    unmet, first = np.full(count, np.nan), np.full(count, np.inf)
    np.fmax.at(unmet, newest.household, mine)
    lacking = mine == 1
    np.minimum.at(first, newest.household[lacking], since[lacking])
    return unmet, np.where(unmet == 1, first, np.nan)


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
    values = facts.text(column)
    rows = facts.telling(column)
    told: Category = values.take(rows)
    return np.where(told.codes < 0, np.nan, told.holds(*codes))


def _filled(facts: Facts, column: str) -> Floats:
    """(rows,) a flag, where a file has no such column as the state before told it."""
    return facts.number(column)[facts.telling(column)]
