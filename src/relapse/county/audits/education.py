"""Rules G: schooling against age, health, labour ability and the grants for vocational pupils."""

from __future__ import annotations

from collections.abc import Mapping

import numpy as np

from relapse.county.audits.cells import Check, Limits, blank, holds
from relapse.county.audits.help_given import MEASURES, item_of, lasting, monitored_now, recent
from relapse.county.audits.members import PUPIL, SOME_ABILITY, healthy, pupil
from relapse.county.audits.snapshot import Hits, Snapshot

_STAGES = {"primary": ("primary",), "junior": ("junior",), "senior": ("senior", "vocational")}


def schooling_blank(county: Snapshot, _limits: Limits) -> Hits:
    """Schooling, school status and the reason for not being in school are all blank."""
    columns = ("education", "school_status", "not_in_school_reason")
    return county.persons_where(np.all([blank(county.persons, each) for each in columns], axis=0), "education")


def schooling_told_twice(county: Snapshot, _limits: Limits) -> Hits:
    """A finished schooling and a present school are both told."""
    in_school = holds(county.persons, "school_status", "preschool", *PUPIL)
    return county.persons_where(~blank(county.persons, "education") & in_school, "education")


def late_in_preschool(county: Snapshot, limits: Limits) -> Hits:
    """A healthy child old enough for school is still in pre-school."""
    late = (county.age >= limits["age_least"]) & holds(county.persons, "school_status", "preschool")
    return county.persons_where(late & healthy(county), "school_status", age=county.age)


def odd_age_for_stage(county: Snapshot, limits: Limits) -> Hits:
    """A pupil is too young or too old for the stage of school."""
    age, odd = county.age, np.zeros(len(county.persons), dtype=bool)
    for stage, codes in _STAGES.items():
        outside = (age < limits[f"{stage}_least"]) | (age > limits[f"{stage}_most"])
        odd |= outside & holds(county.persons, "school_status", *codes)
    return county.persons_where(odd, "school_status", age=age)


def too_young_for_college(county: Snapshot, limits: Limits) -> Hits:
    """A person has or gets tertiary or postgraduate education at too low an age."""
    persons, age = county.persons, county.age
    tertiary = holds(persons, "school_status", "college", "bachelor") | holds(
        persons, "education", "college", "bachelor"
    )
    postgraduate = holds(persons, "school_status", "postgraduate")
    young = (tertiary & (age < limits["tertiary_least"])) | (postgraduate & (age < limits["postgraduate_least"]))
    return county.persons_where(young, "school_status", age=age)


def left_school_early(county: Snapshot, limits: Limits) -> Hits:
    """A young person out of school has primary schooling or less."""
    young = (county.age >= limits["age_least"]) & (county.age <= limits["age_most"])
    little = holds(county.persons, "education", "illiterate", "primary")
    return county.persons_where(young & little & ~pupil(county), "education", age=county.age)


def vocational_grant_odd(county: Snapshot, limits: Limits) -> Hits:
    """A household has the vocational grant without such a pupil, or is monitored and has such a pupil without it."""
    grant = item_of(county, "rain_dew")
    newly = county.has_row(MEASURES, grant & recent(county, limits["given_months"]))
    ever = county.has_row(MEASURES, grant & lasting(county, county.as_of - limits["school_months"]))
    entitled = county.members(holds(county.persons, "school_status", "vocational", "college"))
    pupils = county.members(holds(county.persons, "school_status", "vocational"))
    odd = (newly & (entitled == 0)) | (monitored_now(county) & (pupils > 0) & ~ever)
    grants = np.bincount(county.table(MEASURES).household[grant], minlength=county.count).astype(np.float64)
    return county.households_where(odd, "item", grants=grants, pupils=pupils)


def pupil_as_labour(county: Snapshot, _limits: Limits) -> Hits:
    """A pupil or student is recorded as labour."""
    return county.persons_where(
        pupil(county) & holds(county.persons, "labour", *SOME_ABILITY), "labour", age=county.age
    )


RULES: Mapping[str, Check] = {
    "G01": schooling_blank,
    "G02": schooling_told_twice,
    "G03": late_in_preschool,
    "G04": odd_age_for_stage,
    "G05": too_young_for_college,
    "G06": left_school_early,
    "G07": vocational_grant_odd,
    "G08": pupil_as_labour,
}
