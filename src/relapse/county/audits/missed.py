"""Audit rules of group B: households that are not monitored, but might have to be (应纳未纳).

A hit is a reason to visit today; it is no part of any score.
"""

from __future__ import annotations

import numpy as np

from relapse.core.facts import Floats, per_household
from relapse.core.guarantees import guarantees
from relapse.core.recognitions import removed
from relapse.county.audits.cells import Check, Limits, blank, holds
from relapse.county.audits.circumstances import (
    DAYS,
    HIGHER_SCHOOLS,
    equals,
    ever_recognised,
    flag,
    last_verified,
    months_worked,
    on_allowance_or_supported,
    out_of_school,
    school_age,
    unmonitored,
    with_words,
    within,
    without_labour,
)
from relapse.county.audits.members import uninsured
from relapse.county.audits.snapshot import Hits, Mask, Snapshot

HARMS = ("hurt", "grave", "disabled", "dead")


def dangerous_house(county: Snapshot, _limits: Limits) -> Hits:
    """B01: the household lives in a dangerous house."""
    found = unmonitored(county) & flag(county, "dangerous_house", 1)
    return county.households_where(found, "dangerous_house")


def unsafe_water(county: Snapshot, _limits: Limits) -> Hits:
    """B02: safe drinking water is not settled."""
    return county.households_where(unmonitored(county) & flag(county, "safe_water", 0), "safe_water")


def uninsured_member(county: Snapshot, _limits: Limits) -> Hits:
    """B03: a member has no basic medical insurance, or no critical-illness insurance."""
    without = county.members(uninsured(county) | equals(county.persons, "insured_critical", 0))
    return county.households_where(unmonitored(county) & (without > 0), "insured_resident", persons=without)


def child_out_of_school(county: Snapshot, limits: Limits) -> Hits:
    """B04: a child of compulsory school age is in no school, and no reason is recorded."""
    children = county.members(_unexplained(county, limits))
    return county.households_where(unmonitored(county) & (children > 0), "school_status", children=children)


def below_line(county: Snapshot, _limits: Limits) -> Hits:
    """B05: income per person is below the line of the county and year."""
    found = unmonitored(county) & (county.income < county.line)
    hits = county.households_where(found, "net_income_pc", income=county.income, line=county.line)
    return with_words(hits, year=str(county.as_of // 12))


def below_after_costs(county: Snapshot, _limits: Limits) -> Hits:
    """B06: income is at or above the line, but below it with payouts and without own medical cost."""
    reference = county.reference_income
    found = unmonitored(county) & (county.income >= county.line) & (reference < county.line)
    return county.households_where(found, "ref_income_pc", income=county.income, reference=reference, line=county.line)


def guarantee_unmet(county: Snapshot, limits: Limits) -> Hits:
    """B07: one of the three guarantees, or safe water, is unmet."""
    unmet = _unmet(county, limits)
    return county.households_where(unmonitored(county) & (unmet > 0), "dangerous_house", unmet=unmet)


def no_labour_no_allowance(county: Snapshot, limits: Limits) -> Hits:
    """B08: nobody in the household can work, and nobody has the living allowance or the support of extreme hardship."""
    found = unmonitored(county) & without_labour(county, limits) & ~county.any_member(on_allowance_or_supported(county))
    return county.households_where(found, "labour", members=county.members())


def no_labour_not_marked(county: Snapshot, limits: Limits) -> Hits:
    """B09: nobody can work, somebody has the allowance or the support, but the household is not marked as such."""
    supported = county.any_member(on_allowance_or_supported(county))
    found = without_labour(county, limits) & supported & ~flag(county, "lacks_labour", 1)
    return county.households_where(found, "lacks_labour")


def costly_illness(county: Snapshot, limits: Limits) -> Hits:
    """B10: own medical cost of the calendar year is over what the insurers push at."""
    claims = county.table("claims")
    this_year = (claims.happened >= county.as_of // 12 * 12) & (claims.happened <= county.as_of)
    cost = county.total("claims", "own_cost", this_year)
    trigger = np.where(county.state_is("type", "exited"), limits["exited"], limits["ordinary"])
    return county.households_where(unmonitored(county) & (cost >= trigger), "own_cost", cost=cost, trigger=trigger)


def new_disability(county: Snapshot, limits: Limits) -> Hits:
    """B11: a member got a certificate of the first or second grade in the last months."""
    persons = county.persons
    recent = within(county.as_of, persons.number("disability_certified_at"), limits["months"])
    new = recent & holds(persons, "disability_grade", "grade_1", "grade_2")
    return county.households_where(unmonitored(county) & county.any_member(new), "disability_certified_at")


def work_ended(county: Snapshot, limits: Limits) -> Hits:
    """B12: the household worked in the half year before the last one, and nobody does since."""
    household, span = county.table("work").household, int(limits["months"])
    before, now = (
        per_household(
            household, county.count, months_worked(county, county.as_of - back - span + 1, county.as_of - back)
        )
        for back in (span, 0)
    )
    return county.households_where(unmonitored(county) & (before > 0) & (now == 0), "work_months", months=before)


def clue_not_verified(county: Snapshot, limits: Limits) -> Hits:
    """B13: a department's push of the last months has no verification after so many days."""
    clues = county.table("clues")
    pushed = clues.number("pushed_at")
    days = np.floor((county.as_of + 1 - pushed) * DAYS)
    recent = within(county.as_of, pushed, limits["months"]) & (days > limits["days"])
    open_ = np.isnan(clues.number("verified_at")) | (clues.number("verified_at") >= county.as_of + 1)
    visited = last_verified(county)[clues.household] >= pushed
    found = recent & open_ & ~visited & unmonitored(county)[clues.household]
    return county.rows_where(clues, found, "verified_at", days=days)


def to_reopen(county: Snapshot, limits: Limits) -> Hits:
    """B14: the risk was removed, and a reason of the rules B01 to B06 is there again."""
    facts = county.last_recognition
    gone = np.zeros(county.count, dtype=bool)
    gone[facts.household[removed(facts, county.as_of)]] = True
    reasons = _unmet(county, limits) + (np.fmin(county.income, county.reference_income) < county.line)
    return county.households_where(unmonitored(county) & gone & (reasons > 0), "removed_at", reasons=reasons)


def costly_schooling(county: Snapshot, limits: Limits) -> Hits:
    """B15: several members learn beyond compulsory school, and income is within one and a half lines."""
    learners = county.members(holds(county.persons, "school_status", *HIGHER_SCHOOLS))
    found = unmonitored(county) & (learners >= limits["learners"]) & (county.income <= limits["lines"] * county.line)
    return county.households_where(found, "school_status", learners=learners, income=county.income)


def helped_outside(county: Snapshot, limits: Limits) -> Hits:
    """B16: relief or help was given of late, and nobody ever verified the household as a case (体外循环)."""
    measures = county.table("measures")
    relief = holds(measures, "item", "allowance", "extreme_support", "medical_relief")
    relief |= holds(measures, "item", "temporary_relief") & (measures.number("amount") >= limits["large_relief_yuan"])
    ordinary = county.state_is("type", "ordinary")[measures.household]  # an exited household has measures anyway
    recent = within(county.as_of, measures.happened, limits["months"])
    helped = county.has_row("measures", recent & (relief | ordinary))
    verified = ever_recognised(county) | (last_verified(county) > county.as_of - limits["months"] + 1)
    return county.households_where(unmonitored(county) & helped & ~verified, "measures")


def low_and_falling(county: Snapshot, limits: Limits) -> Hits:
    """B17: an exited household of the province's low-income group, whose income falls."""
    before = county.window(county.known.everyone.window_income, 12)
    low = (county.income < limits["low_income_yuan"]) & (county.income < before)
    found = unmonitored(county) & county.state_is("type", "exited") & low
    return county.households_where(found, "net_income_pc", income=county.income, before=before)


def harmed(county: Snapshot, limits: Limits) -> Hits:
    """B18: somebody was hurt, disabled or killed in traffic or by a crime, and the household was not verified since."""
    events = county.table("events")
    when = events.number("happened_at")
    harm = holds(events, "kind", "traffic", "crime") & holds(events, "injury", *HARMS)
    seen = last_verified(county)[events.household] >= when
    found = harm & within(county.as_of, when, limits["months"]) & ~seen & unmonitored(county)[events.household]
    return county.rows_where(events, found, "injury")


def _unexplained(county: Snapshot, limits: Limits) -> Mask:
    """(persons,) children out of school for whom no reason is told."""
    return out_of_school(county, limits) & blank(county.persons, "not_in_school_reason")


def _unmet(county: Snapshot, limits: Limits) -> Floats:
    """(n,) how many of house, water, insurance and schooling are unmet."""
    told = guarantees(county.known, school_age(limits)).unmet
    return np.asarray(np.nansum([told[name] for name in ("housing", "water", "medical", "schooling")], axis=0))


RULES: dict[str, Check] = {
    "B01": dangerous_house,
    "B02": unsafe_water,
    "B03": uninsured_member,
    "B04": child_out_of_school,
    "B05": below_line,
    "B06": below_after_costs,
    "B07": guarantee_unmet,
    "B08": no_labour_no_allowance,
    "B09": no_labour_not_marked,
    "B10": costly_illness,
    "B11": new_disability,
    "B12": work_ended,
    "B13": clue_not_verified,
    "B14": to_reopen,
    "B15": costly_schooling,
    "B16": helped_outside,
    "B17": low_and_falling,
    "B18": harmed,
}
