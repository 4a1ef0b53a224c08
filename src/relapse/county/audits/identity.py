"""Audit rules of group A: identity and structure (证件、户与人).

Numbers of documents and telephones never come here: only what the reading says of them.
"""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from relapse.core.facts import Floats
from relapse.county.audits.cells import Check, Limits, blank, holds, number
from relapse.county.audits.circumstances import equals
from relapse.county.audits.snapshot import Hits, Mask, Snapshot

MEN = (
    "husband", "son", "son_in_law", "grandson", "great_grandson", "father", "father_in_law", "grandfather", "brother",
    "nephew",
)  # fmt: skip
WOMEN = (
    "wife", "daughter", "daughter_in_law", "granddaughter", "great_granddaughter", "mother", "mother_in_law",
    "grandmother", "sister", "niece",
)  # fmt: skip


def exited_twice(county: Snapshot, _limits: Limits) -> Hits:
    """A01: the same number occurs twice among people of exited households."""
    exited = county.state_is("type", "exited")[county.persons.household]
    return county.persons_where(_repeated(county, "A01", exited & _own_number(county)), "id_number")


def monitored_twice(county: Snapshot, _limits: Limits) -> Hits:
    """A02: the same number occurs twice among people of monitored households."""
    mine = county.monitored()[county.persons.household]
    return county.persons_where(_repeated(county, "A02", mine & _own_number(county)), "id_number")


def odd_length(county: Snapshot, limits: Limits) -> Hits:
    """A03: the number is as long as no document is."""
    length = county.persons.number("id_length")
    odd = (length > 0) & ~np.isin(length, [limits["card"], limits["certificate"], limits["reissued"]])
    return county.persons_where(odd & _own_number(county), "id_number", length=length)


def wrong_check_digit(county: Snapshot, limits: Limits) -> Hits:
    """A04: the last digit of an identity card does not fit the others."""
    persons = county.persons
    wrong = equals(persons, "id_length", limits["card"]) & equals(persons, "id_valid", 0)
    return county.persons_where(wrong & _own_number(county), "id_number")


def wrong_certificate(county: Snapshot, limits: Limits) -> Hits:
    """A05: the number of a disability certificate has a wrong check digit, kind or grade."""
    persons = county.persons
    certificate = np.isin(persons.number("id_length"), [limits["certificate"], limits["reissued"]])
    kind, grade = persons.number("id_certificate_kind"), persons.number("id_certificate_grade")
    right = (kind >= 1) & (kind <= limits["kinds"]) & (grade >= 1) & (grade <= limits["grades"])
    wrong = certificate & (equals(persons, "id_valid", 0) | ~right)
    return county.persons_where(wrong & _own_number(county), "id_number")


def placeholder(county: Snapshot, _limits: Limits) -> Hits:
    """A06: the number is empty or a placeholder."""
    return county.persons_where(blank(county.persons, "id_same") | ~_own_number(county), "id_number")


def not_one_head(county: Snapshot, _limits: Limits) -> Hits:
    """A07: a household with members has no head, or more than one."""
    heads = county.members(holds(county.persons, "relation", "head"))
    return county.households_where((county.members() > 0) & (heads != 1), "relation", heads=heads)


def no_relation(county: Snapshot, _limits: Limits) -> Hits:
    """A08: the relation to the head is blank."""
    return county.persons_where(blank(county.persons, "relation"), "relation")


def sex_against_relation(county: Snapshot, _limits: Limits) -> Hits:
    """A09: head and spouse have the same sex, or a member's relation and sex contradict each other."""
    persons = county.persons
    man, woman = holds(persons, "sex", "male"), holds(persons, "sex", "female")
    wrong = (holds(persons, "relation", *MEN) & woman) | (holds(persons, "relation", *WOMEN) & man)
    head, spouse = holds(persons, "relation", "head"), holds(persons, "relation", "spouse", "husband", "wife")
    found = county.any_member(wrong)
    for sex in (man, woman):
        found |= county.any_member(head & sex) & county.any_member(spouse & sex)
    return county.households_where(found, "sex")


def wrong_birth(county: Snapshot, limits: Limits) -> Hits:
    """A10: the month of birth is not that of the number, or makes an age that nobody has."""
    persons, age = county.persons, county.age
    born, in_number = persons.number("birth_month"), number(persons, "id_born")
    differs = ~np.isnan(born) & ~np.isnan(in_number) & (born != in_number) & _own_number(county)
    return county.persons_where(differs | (age < limits["youngest"]) | (age > limits["oldest"]), "birth_month", age=age)


def wrong_size(county: Snapshot, _limits: Limits) -> Hits:
    """A11: the size of the household is not the number of its members."""
    size, members = county.state("size"), county.members()
    wrong = (members > 0) & ~np.isnan(size) & (size != members)
    return county.households_where(wrong, "size", size=size, members=members)


def bare_person(county: Snapshot, _limits: Limits) -> Hits:
    """A12: ethnicity, health or ability to work is blank."""
    persons = county.persons
    bare = blank(persons, "ethnicity") | blank(persons, "health") | blank(persons, "labour")
    return county.persons_where(bare, "health")


def no_phone(county: Snapshot, _limits: Limits) -> Hits:
    """A13: the telephone is blank or no number of a mobile."""
    return county.persons_where(~equals(county.persons, "phone_valid", 1), "phone")


def shared_phone(county: Snapshot, _limits: Limits) -> Hits:
    """A14: one telephone stands in the records of work of two households."""
    work = county.table("work")
    return county.rows_where(work, _shared(county, "A14", work.number("phone_same"), work.household), "phone")


def phone_in_two_counties(county: Snapshot, _limits: Limits) -> Hits:
    """A15: members of one household work in different counties at the as_of under one telephone."""
    work = county.table("work")
    place = work.text("county").codes
    now = (work.number("from") <= county.as_of) & ~(number(work, "to") < county.as_of) & (place >= 0)
    phone = work.number("phone_same")
    key = work.household * (np.nanmax(phone, initial=0) + 1) + phone
    found = np.zeros(county.count, dtype=bool)
    key = np.where(now, key, np.nan)
    found[work.household[_among(key, _twice(_in_groups(key, place)))]] = True
    return county.households_where(found, "phone")


def in_two_places(county: Snapshot, _limits: Limits) -> Hits:
    """A16: a household stands in two villages in one month, or a person in two households."""
    homes = county.known.panel.tables["households"].until(county.as_of)
    village = homes.text("village").codes
    same = [values[1:] == values[:-1] for values in (homes.household, homes.happened, homes.known)]
    there = (village >= 0) & ~homes.withdrawn
    twice = np.logical_and.reduce([*same, village[1:] != village[:-1], there[1:], there[:-1]])
    found = np.zeros(county.count, dtype=bool)
    found[homes.household[1:][twice]] = True
    if county.has("persons", "id_same"):
        number_ = np.where(_own_number(county), county.persons.number("id_same"), np.nan)
        found |= county.any_member(_shared(county, "A16", number_, county.persons.household))
    return county.households_where(found, "village")


def flicker(county: Snapshot, limits: Limits) -> Hits:
    """A17: a household is there in one month alone, or its size leaps within a month."""
    everyone = county.known.everyone
    told = np.asarray(~np.isnan(everyone.income))
    somebody = county.of_everybody("A17", lambda: _as_row(told), _any) > 0
    alone = told[:, 1:-1] & ~told[:, :-2] & ~told[:, 2:] & somebody[:-2] & somebody[2:]
    found = np.zeros(county.count, dtype=bool)
    found[everyone.members] = alone.any(axis=1)
    homes = county.table("households")
    months = np.diff(homes.happened.astype(np.float64))
    same = (homes.household[1:] == homes.household[:-1]) & (months <= limits["months"])
    leap = np.abs(np.diff(homes.number("size"))) >= limits["persons"]
    found[homes.household[1:][same & leap]] = True
    return county.households_where(found, "size")


def _own_number(county: Snapshot) -> Mask:
    """(persons,) whose number is no placeholder."""
    return np.asarray(~equals(county.persons, "id_placeholder", 1))


def _repeated(county: Snapshot, rule: str, among: Mask) -> Mask:
    """(persons,) of a mask whose number another one of it has too, wherever in the county."""
    numbers = np.where(among, county.persons.number("id_same"), np.nan)
    return _among(numbers, county.of_everybody(rule, lambda: numbers[~np.isnan(numbers)], _twice))


def _shared(county: Snapshot, rule: str, values: Floats, household: NDArray[np.integer]) -> Mask:
    """(rows,) whose value occurs in more than one household of the county."""
    return _among(values, county.of_everybody(rule, lambda: _in_groups(values, household), _twice))


def _in_groups(values: Floats, groups: NDArray[np.integer]) -> Floats:
    """Values, each as often as there are groups in which it occurs."""
    rows = np.flatnonzero(~np.isnan(values))
    order = rows[np.lexsort((groups[rows], values[rows]))]
    ordered, group = values[order], groups[order]
    new = np.ones(len(order), dtype=bool)
    new[1:] = (ordered[1:] != ordered[:-1]) | (group[1:] != group[:-1])
    return ordered[new]


def _twice(values: Floats) -> Floats:
    """The values that occur more than once, ascending."""
    ordered = np.sort(values)
    return np.unique(ordered[1:][ordered[1:] == ordered[:-1]])


def _among(values: Floats, wanted: Floats) -> Mask:
    """(rows,) whose value is one of some; a missing one is none."""
    return np.isin(values, wanted)


def _as_row(told: Mask) -> Floats:
    """(1, lags) 1 where somebody has an income."""
    return np.asarray(told.any(axis=0, keepdims=True), dtype=np.float64)


def _any(told: Floats) -> Floats:
    """(lags,) 1 where one of the parts tells something."""
    return np.asarray(told.max(axis=0), dtype=np.float64)


RULES: dict[str, Check] = {
    "A01": exited_twice,
    "A02": monitored_twice,
    "A03": odd_length,
    "A04": wrong_check_digit,
    "A05": wrong_certificate,
    "A06": placeholder,
    "A07": not_one_head,
    "A08": no_relation,
    "A09": sex_against_relation,
    "A10": wrong_birth,
    "A11": wrong_size,
    "A12": bare_person,
    "A13": no_phone,
    "A14": shared_phone,
    "A15": phone_in_two_counties,
    "A16": in_two_places,
    "A17": flicker,
}
