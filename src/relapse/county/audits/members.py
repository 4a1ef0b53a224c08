"""Who learns, can work, is insured or supported: what rules of several themes ask of persons, (persons,) each."""

from __future__ import annotations

import numpy as np

from relapse.core import guarantees
from relapse.core.facts import Category, Floats
from relapse.county.audits.cells import blank, holds, number
from relapse.county.audits.snapshot import Mask, Snapshot

PUPIL = ("primary", "junior", "senior", "vocational", "college", "bachelor", "postgraduate")
ABLE = ("ordinary", "skilled")
SOME_ABILITY = (*ABLE, "weak")
UNABLE = ("lost", "unable")
NOT_HEALTHY = ("chronic", "serious", "disabled")
ALLOWANCES = ("rural", "urban")
SUPPORTS = ("supported", "dispersed", "central")
_CERTIFICATE_LENGTHS = (20, 22)
_GRADES = ("grade_1", "grade_2", "grade_3", "grade_4")


def pupil(county: Snapshot) -> Mask:
    """In school; pre-school does not count, and a blank means out of school, as the export leaves it for adults."""
    return holds(county.persons, "school_status", *PUPIL)


def able(county: Snapshot) -> Mask:
    """Ordinary or skilled labour."""
    return holds(county.persons, "labour", *ABLE)


def unable(county: Snapshot) -> Mask:
    """Without labour ability, or lost it."""
    return holds(county.persons, "labour", *UNABLE)


def healthy(county: Snapshot) -> Mask:
    """Said to be healthy, and nothing else beside it."""
    return holds(county.persons, "health", "healthy") & ~not_healthy(county)


def not_healthy(county: Snapshot) -> Mask:
    """Chronically or seriously ill, or disabled; a blank is neither this nor healthy."""
    return holds(county.persons, "health", *NOT_HEALTHY)


def aged(county: Snapshot, low: float, high: float) -> Mask:
    """Of an age from `low` to `high` years, both included, at the as_of."""
    return (county.age >= low) & (county.age <= high)


def uninsured(county: Snapshot) -> Mask:
    """Basic medical insurance denied in some column and affirmed in none; all blank is unknown, not uninsured."""
    return np.asarray(guarantees.uninsured(county.persons) == 1)


def grade_of_disability(county: Snapshot) -> Floats:
    """From 1, the gravest, to 4, by the certificate's number, else by its own column; NaN without either."""
    persons = county.persons
    grade = number(persons, "id_certificate_grade")
    grade = np.where(grade > 0, grade, np.nan)
    for place, code in enumerate(_GRADES, start=1):
        grade = np.where(np.isnan(grade) & holds(persons, "disability_grade", code), place, grade)
    return grade


def certified(county: Snapshot) -> Mask:
    """Holds a disability certificate: the number is one, or its grade or date is told."""
    persons = county.persons
    by_number = np.isin(number(persons, "id_length"), _CERTIFICATE_LENGTHS)
    return by_number | ~np.isnan(grade_of_disability(county)) | ~blank(persons, "disability_certified_at")


def supported(county: Snapshot) -> Mask:
    """Gets the support of those in extreme hardship."""
    return holds(county.persons, "support", *SUPPORTS)


def on_allowance(county: Snapshot) -> Mask:
    """Gets the minimum living allowance."""
    return holds(county.persons, "allowance", *ALLOWANCES)


def posts(county: Snapshot) -> Floats:
    """How many kinds of public-welfare post each person holds."""
    values = county.persons.columns.get("public_post")
    if not isinstance(values, Category):
        return np.zeros(len(county.persons))
    kinds = [float(len(set(level.split("|")) - {"no_post", ""})) for level in values.levels]
    return np.array([*kinds, 0.0])[values.codes]


def holds_post(county: Snapshot) -> Mask:
    """Holds a public-welfare post."""
    return posts(county) > 0
