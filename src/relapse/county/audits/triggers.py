"""Triggers T01 to T16 of departments (部门筛查预警) that read claims, persons and measures.

A hit is a reason to visit, no finding and no part of any score. Money triggers tell `amount` and `trigger`.
"""

from __future__ import annotations

from collections.abc import Mapping

import numpy as np

from relapse.core.facts import Facts, Floats
from relapse.county.audits.cells import Check, Limits, holds, number
from relapse.county.audits.circumstances import equals, out_of_school, within
from relapse.county.audits.members import ALLOWANCES, SUPPORTS
from relapse.county.audits.newness import (
    added,
    cents,
    dated,
    newly,
    newly_disabled,
    newly_flagged,
    of_unmonitored,
    persons_of,
)
from relapse.county.audits.snapshot import Hits, Mask, Snapshot

CLAIMS, MEASURES, PERSONS = "claims", "measures", "persons"
GRAVE = ("grade_1", "grade_2")
_SCHOOLED = ("home_teaching", "finished")  # taught at home, or done with compulsory school
_INCOME = "income_"


# ---- medical insurance -------------------------------------------------------------------------------------------


def cost_of_year(county: Snapshot, limits: Limits) -> Hits:
    """T01: own cost of a person in the calendar year is above a share of last year's rural income per head."""
    share = _by_type(county, limits)
    return _cost_of_year(county, cents(share * last_years_income(county.as_of, limits)), (), at_least=False)


def inpatient_cost_of_year(county: Snapshot, limits: Limits) -> Hits:
    """T02: own cost of a person in hospital in the calendar year is as high as the insurers push at."""
    return _cost_of_year(county, _by_type(county, limits), ("inpatient",), at_least=True)


def outpatient_cost_of_month(county: Snapshot, limits: Limits) -> Hits:
    """T03: own cost of a person's outpatient and special care in one of the last months is high."""
    claims = county.table(CLAIMS)
    recent = within(county.as_of, claims.happened, limits["months"]) & holds(claims, "care", "outpatient", "special")
    last, cost = added(claims, recent & of_unmonitored(county, claims), "own_cost", monthly=True)
    trigger = np.full(len(claims), limits["month_yuan"])
    return _money(county, claims, last & (cost >= trigger), "own_cost", cost, trigger)


def costly_stay(county: Snapshot, limits: Limits) -> Hits:
    """T04: one stay in hospital of the last months made a high own cost."""
    claims, trigger = county.table(CLAIMS), _by_type(county, limits)
    cost, trigger = number(claims, "own_cost"), trigger[claims.household]
    found = within(county.as_of, claims.happened, limits["months"]) & holds(claims, "care", "inpatient")
    return _money(county, claims, found & of_unmonitored(county, claims) & (cost > trigger), "own_cost", cost, trigger)


def last_years_income(as_of: int, limits: Limits) -> float:
    """Rural disposable income per head of the year before, or of the newest earlier year that is told; else NaN."""
    years = {int(name.removeprefix(_INCOME)): value for name, value in limits.items() if name.startswith(_INCOME)}
    told = [year for year in years if year < as_of // 12]
    return years[max(told)] if told else float("nan")


def _cost_of_year(county: Snapshot, trigger: Floats, care: tuple[str, ...], at_least: bool) -> Hits:
    claims = county.table(CLAIMS)
    this_year = (claims.happened >= county.as_of // 12 * 12) & (claims.happened <= county.as_of)
    counted = this_year & of_unmonitored(county, claims)
    last, cost = added(claims, counted & holds(claims, "care", *care) if care else counted, "own_cost")
    bound = trigger[claims.household]
    over = cost >= bound if at_least else cost > bound
    return _money(county, claims, last & over, "own_cost", cost, bound)


def _by_type(county: Snapshot, limits: Limits) -> Floats:
    """(n,) the limit of exited households, or that of the others."""
    return np.where(county.state_is("type", "exited"), limits["exited"], limits["ordinary"])


def _money(county: Snapshot, facts: Facts, mask: Mask, column: str, amount: Floats, trigger: Floats) -> Hits:
    return county.rows_where(facts, mask, column, amount=amount, trigger=trigger)


# ---- health, education -------------------------------------------------------------------------------------------


def serious_disease(county: Snapshot, limits: Limits) -> Hits:
    """T05: a person has the first claim for a disease of the list of serious ones."""
    claims = county.table(CLAIMS)
    rows = np.flatnonzero(equals(claims, "serious_disease", 1) & (claims.happened <= county.as_of))
    _, first = np.unique(persons_of(claims.take(rows)), return_index=True)  # rows lie in order of time
    new = np.zeros(len(claims), dtype=bool)
    new[rows[first]] = True
    new &= within(county.as_of, claims.happened, limits["months"]) & of_unmonitored(county, claims)
    return dated(county, claims, new, "serious_disease")


def child_out_of_school(county: Snapshot, limits: Limits) -> Hits:
    """T07: a child of compulsory school age is in no school and not taught at home."""
    taught = holds(county.persons, "not_in_school_reason", *_SCHOOLED)
    return _persons(county, out_of_school(county, limits) & ~taught, "school_status", age=county.age)


# ---- disability, rolls of civil affairs --------------------------------------------------------------------------


def new_certificate(county: Snapshot, limits: Limits) -> Hits:
    """T10: a person got a disability certificate."""
    return _persons(county, newly_disabled(county, limits["months"]), "disability_certified_at")


def newly_grave_disability(county: Snapshot, limits: Limits) -> Hits:
    """T11: a person's disability came to be of grade 1 or 2, by a new certificate or a new grade."""
    new = newly_disabled(county, limits["months"]) & holds(county.persons, "disability_grade", *GRAVE)
    return _persons(county, new | newly(county, "disability_grade", limits["months"], *GRAVE), "disability_grade")


def new_allowance(county: Snapshot, limits: Limits) -> Hits:
    """T12: a person came on the roll of the minimum living allowance."""
    return _persons(county, newly(county, "allowance", limits["months"], *ALLOWANCES), "allowance")


def new_support(county: Snapshot, limits: Limits) -> Hits:
    """T13: a person came on the roll of those in extreme hardship."""
    return _persons(county, newly(county, "support", limits["months"], *SUPPORTS), "support")


def new_allowance_given(county: Snapshot, limits: Limits) -> Hits:
    """T14: allowance or support of extreme hardship began as a measure, and the household had none before."""
    measures = county.table(MEASURES)
    given = holds(measures, "item", "allowance", "extreme_support")
    recent = within(county.as_of, measures.happened, limits["months"])
    before = county.has_row(MEASURES, given & (measures.happened <= county.as_of - limits["months"]))
    new = given & recent & of_unmonitored(county, measures) & ~before[measures.household]
    return dated(county, measures, new, "item")


def relief_given(county: Snapshot, limits: Limits) -> Hits:
    """T15: temporary relief was given."""
    measures = county.table(MEASURES)
    recent = within(county.as_of, measures.happened, limits["months"]) & of_unmonitored(county, measures)
    return dated(county, measures, recent & holds(measures, "item", "temporary_relief"), "item")


def new_orphan(county: Snapshot, limits: Limits) -> Hits:
    """T16: a person came to be recorded as an orphan."""
    return _persons(county, newly_flagged(county, "orphan", limits["months"]), "orphan", age=county.age)


def _persons(county: Snapshot, mask: Mask, column: str, **numbers: Floats) -> Hits:
    """Hits in persons of households that can be monitored."""
    return county.persons_where(mask & of_unmonitored(county, county.persons), column, **numbers)


RULES: Mapping[str, Check] = {
    "T01": cost_of_year,
    "T02": inpatient_cost_of_year,
    "T03": outpatient_cost_of_month,
    "T04": costly_stay,
    "T05": serious_disease,
    "T07": child_out_of_school,
    "T10": new_certificate,
    "T11": newly_grave_disability,
    "T12": new_allowance,
    "T13": new_support,
    "T14": new_allowance_given,
    "T15": relief_given,
    "T16": new_orphan,
}
