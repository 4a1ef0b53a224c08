"""Rules F: medical insurance, health, disability and labour ability, by person."""

from __future__ import annotations

from collections.abc import Mapping

from relapse.county.audits.cells import Check, Limits, blank, holds, number
from relapse.county.audits.members import (
    SOME_ABILITY,
    able,
    aged,
    certified,
    grade_of_disability,
    healthy,
    not_healthy,
    pupil,
    uninsured,
)
from relapse.county.audits.snapshot import Hits, Snapshot


def without_insurance(county: Snapshot, _limits: Limits) -> Hits:
    """A person has neither residents' nor employees' basic medical insurance."""
    return county.persons_where(uninsured(county), "insured_resident")


def insured_twice(county: Snapshot, _limits: Limits) -> Hits:
    """A person has residents' and employees' basic medical insurance at once."""
    persons = county.persons
    both = (number(persons, "insured_resident") == 1) & (number(persons, "insured_employee") == 1)
    return county.persons_where(both, "insured_employee")


def critical_insurance_blank(county: Snapshot, _limits: Limits) -> Hits:
    """Nothing is told of a person's critical-illness insurance."""
    return county.persons_where(blank(county.persons, "insured_critical"), "insured_critical")


def relief_without_insurance(county: Snapshot, _limits: Limits) -> Hits:
    """A person without basic medical insurance is said to have had medical relief."""
    relief = number(county.persons, "medical_relief") == 1
    return county.persons_where(uninsured(county) & relief, "medical_relief")


def disabled_without_certificate(county: Snapshot, _limits: Limits) -> Hits:
    """A person is said to be disabled, and no disability certificate is on record."""
    return county.persons_where(holds(county.persons, "health", "disabled") & ~certified(county), "health")


def gravely_disabled_as_labour(county: Snapshot, limits: Limits) -> Hits:
    """A person with a physical disability of the gravest grades is recorded as ordinary labour."""
    persons, grade = county.persons, grade_of_disability(county)
    kind = number(persons, "id_certificate_kind")
    physical = (kind == limits["physical"]) | (~(kind > 0) & holds(persons, "disability_kind", "physical"))
    grave = physical & (grade <= limits["grade_most"])
    return county.persons_where(grave & holds(persons, "labour", "ordinary"), "labour", grade=grade)


def healthy_without_ability(county: Snapshot, limits: Limits) -> Hits:
    """A healthy person of working age who is not in school is recorded as without full labour ability."""
    little = holds(county.persons, "labour", "weak", "lost", "unable")
    of_age = aged(county, limits["age_least"], limits["age_most"])
    return county.persons_where(of_age & healthy(county) & ~pupil(county) & little, "labour", age=county.age)


def ill_with_full_ability(county: Snapshot, limits: Limits) -> Hits:
    """A person of working age who is not in school and not healthy is recorded as ordinary or skilled labour."""
    of_age = aged(county, limits["age_least"], limits["age_most"])
    full = of_age & not_healthy(county) & ~pupil(county) & able(county)
    return county.persons_where(full, "labour", age=county.age)


def child_with_ability(county: Snapshot, limits: Limits) -> Hits:
    """A child is recorded as having labour ability."""
    child = county.age < limits["age_least"]
    return county.persons_where(child & holds(county.persons, "labour", *SOME_ABILITY), "labour", age=county.age)


def old_with_wrong_ability(county: Snapshot, limits: Limits) -> Hits:
    """An old person is recorded as ordinary, skilled or lost labour, where none or weak is meant."""
    odd = holds(county.persons, "labour", "ordinary", "skilled", "lost")
    return county.persons_where((county.age >= limits["age_least"]) & odd, "labour", age=county.age)


def healthy_but_ill_for_school(county: Snapshot, _limits: Limits) -> Hits:
    """A child is out of school for illness or disability, and is recorded as healthy."""
    reason = holds(county.persons, "not_in_school_reason", "illness", "disability")
    return county.persons_where(reason & healthy(county), "health")


def pension_blank(county: Snapshot, limits: Limits) -> Hits:
    """Nothing is told of the pension insurance of a person who is old enough for one."""
    persons = county.persons
    silent = blank(persons, "pension") & blank(persons, "pension_employee")
    return county.persons_where(silent & ~(county.age < limits["age_least"]), "pension", age=county.age)


RULES: Mapping[str, Check] = {
    "F01": without_insurance,
    "F02": insured_twice,
    "F03": critical_insurance_blank,
    "F04": relief_without_insurance,
    "F05": disabled_without_certificate,
    "F06": gravely_disabled_as_labour,
    "F07": healthy_without_ability,
    "F08": ill_with_full_ability,
    "F09": child_with_ability,
    "F10": old_with_wrong_ability,
    "F11": healthy_but_ill_for_school,
    "F12": pension_blank,
}
