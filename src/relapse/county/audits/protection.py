"""Rules K: measures of support against the rolls of allowance, extreme hardship and disability."""

from __future__ import annotations

from collections.abc import Mapping

from relapse.county.audits.cells import Check, Limits, number
from relapse.county.audits.help_given import MEASURES, caused_by, item_of, lasting, monitored_now
from relapse.county.audits.members import (
    aged,
    certified,
    grade_of_disability,
    healthy,
    on_allowance,
    pupil,
    supported,
)
from relapse.county.audits.snapshot import Hits, Mask, Snapshot


def measure_without_roll(county: Snapshot, _limits: Limits) -> Hits:
    """Allowance or support of extreme hardship is recorded as a measure, and no member is on that roll."""
    allowance = _has(county, "allowance") & ~county.any_member(on_allowance(county))
    support = _has(county, "extreme_support") & ~county.any_member(supported(county))
    return county.households_where(allowance | support, "item")


def roll_without_measure(county: Snapshot, _limits: Limits) -> Hits:
    """A member of a monitored household is on a roll, and the measure is not recorded."""
    allowance = county.any_member(on_allowance(county)) & ~_has(county, "allowance")
    support = county.any_member(supported(county)) & ~_has(county, "extreme_support")
    persons = county.members(on_allowance(county) | supported(county))
    return county.households_where(monitored_now(county) & (allowance | support), "item", persons=persons)


def subsidy_without_certificate(county: Snapshot, _limits: Limits) -> Hits:
    """A subsidy for the disabled is recorded, and no member holds a certificate."""
    nobody = ~county.any_member(certified(county))
    return county.households_where(_has(county, "disability_subsidy") & nobody, "item")


def grave_disability_without_subsidy(county: Snapshot, limits: Limits) -> Hits:
    """A household recognised for disability has a gravely disabled member and no subsidy for the disabled."""
    grave = grade_of_disability(county) <= limits["grade_most"]
    paid = _has(county, "disability_subsidy") | county.any_member(number(county.persons, "disability_subsidy") == 1)
    lacking = monitored_now(county) & caused_by(county, "disability") & county.any_member(grave) & ~paid
    return county.households_where(lacking, "item", persons=county.members(grave))


def able_on_support(county: Snapshot, limits: Limits) -> Hits:
    """A healthy person of working age who is not in school gets the support of those in extreme hardship."""
    of_age = aged(county, limits["age_least"], limits["age_most"])
    return county.persons_where(
        supported(county) & of_age & healthy(county) & ~pupil(county), "support", age=county.age
    )


def _has(county: Snapshot, item: str) -> Mask:
    """(n,) whether a measure with this content is in force at the as_of."""
    return county.has_row(MEASURES, lasting(county, county.as_of) & item_of(county, item))


RULES: Mapping[str, Check] = {
    "K01": measure_without_roll,
    "K02": roll_without_measure,
    "K03": subsidy_without_certificate,
    "K04": grave_disability_without_subsidy,
    "K05": able_on_support,
}
