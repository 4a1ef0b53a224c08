"""Rules I: public-welfare posts against months, age, ability, place of work and wages."""

from __future__ import annotations

from collections.abc import Mapping

import numpy as np

from relapse.county.audits.cells import Check, Limits, holds, number
from relapse.county.audits.members import holds_post, posts, unable
from relapse.county.audits.snapshot import Hits, Snapshot
from relapse.county.audits.sources import source_year
from relapse.county.audits.spells import away, county_sum, spells_of


def post_and_months_differ(county: Snapshot, _limits: Limits) -> Hits:
    """A post is recorded and its months are blank, or months and no post; zero months of a post are told."""
    months = number(county.persons, "public_post_months")
    odd = (holds_post(county) & np.isnan(months)) | (~holds_post(county) & (months > 0))
    return county.persons_where(odd, "public_post_months", kinds=posts(county), months=months)


def many_posts(county: Snapshot, limits: Limits) -> Hits:
    """A person holds several kinds of post at once."""
    kinds = posts(county)
    return county.persons_where(kinds >= limits["kinds_least"], "public_post", kinds=kinds)


def child_in_post(county: Snapshot, limits: Limits) -> Hits:
    """A person holds a post and is too young for work."""
    young = county.age < limits["age_least"]
    return county.persons_where(holds_post(county) & young, "public_post", age=county.age)


def old_in_post(county: Snapshot, limits: Limits) -> Hits:
    """A person holds a post and is very old."""
    return county.persons_where(holds_post(county) & (county.age >= limits["age_least"]), "public_post", age=county.age)


def unable_in_post(county: Snapshot, _limits: Limits) -> Hits:
    """A person holds a post and has no labour ability."""
    return county.persons_where(holds_post(county) & unable(county), "public_post")


def post_and_away(county: Snapshot, _limits: Limits) -> Hits:
    """A person works outside the county and holds a post, or a job in a workshop of the county."""
    spells = spells_of(county)
    outside = spells.runs & away(county)
    local = spells.runs & holds(spells.facts, "channel", "public_post", "workshop")
    here = holds_post(county) | (county_sum(county, local) > 0)
    return county.persons_where((county_sum(county, outside) > 0) & here, "public_post")


def post_held_long(county: Snapshot, limits: Limits) -> Hits:
    """A post has been held longer than provinces allow."""
    months = county.as_of - np.floor(number(county.persons, "public_post_since"))
    long = holds_post(county) & (months > limits["months_most"])
    return county.persons_where(long, "public_post_since", months=months)


def post_without_wage(county: Snapshot, limits: Limits) -> Hits:
    """Somebody has held a post for months of the year, and the household has no wage income."""
    months = number(county.persons, "public_post_months")
    paid = holds_post(county) & (months >= limits["months_least"])
    nothing = source_year(county, "wage") == 0
    return county.households_where(county.any_member(paid) & nothing, "public_post", holders=county.members(paid))


RULES: Mapping[str, Check] = {
    "I01": post_and_months_differ,
    "I02": many_posts,
    "I03": child_in_post,
    "I04": old_in_post,
    "I05": unable_in_post,
    "I06": post_and_away,
    "I07": post_held_long,
    "I08": post_without_wage,
}
