"""Audit rules of group C: recognised without ground, or in the wrong category (错纳、类别不符).

Read on the newest recognition of each household, where it is open at the as_of; all five columns of causes count.
"""

from __future__ import annotations

import numpy as np

from relapse.core.facts import Facts, Floats
from relapse.core.guarantees import SCHOOLS
from relapse.county.audits.cells import Check, Limits, blank, holds, number
from relapse.county.audits.circumstances import (
    CAUSES,
    cases,
    equals,
    flag,
    has_cause,
    line_at,
    nobody,
    out_of_school,
    someone_uninsured,
    without_labour,
)
from relapse.county.audits.members import ABLE, SOME_ABILITY, grade_of_disability
from relapse.county.audits.snapshot import Hits, Mask, Snapshot

UNMET = ("recognised_dropout", "recognised_house_damaged", "recognised_uninsured", "recognised_water_damaged")
ASKED = (
    "recognised_wage_income", "recognised_business_income", "recognised_property_income", "recognised_transfer_income",
    "recognised_business_cost", "recognised_net_income", "recognised_net_income_pc", *UNMET,
)  # fmt: skip


def rich_at_recognition(county: Snapshot, limits: Limits) -> Hits:
    """C01: income per person at the recognition was far above any line."""
    facts, open_ = cases(county)
    income = facts.number("recognised_net_income_pc")
    found = open_ & (income > limits["income_yuan"])
    return county.rows_where(facts, found, "recognised_net_income_pc", income=income)


def wrong_kind(county: Snapshot, _limits: Limits) -> Hits:
    """C02: unstable, but never an exited household; on the edge, but one of them."""
    facts = county.last_recognition
    exited = county.state_is("type", "exited")[facts.household]
    other = county.state_is("type", "ordinary", "not_exited")[facts.household]
    found = (holds(facts, "category", "unstable") & other) | (holds(facts, "category", "edge") & exited)
    return county.rows_where(facts, found, "category")


def above_line_without_reason(county: Snapshot, _limits: Limits) -> Hits:
    """C03: unstable or on the edge, with income above the line at the recognition and no guarantee unmet."""
    facts, open_ = cases(county)
    income, line = facts.number("recognised_net_income_pc"), line_at(county, facts, facts.happened)
    unmet = np.logical_or.reduce([equals(facts, column, 1) for column in UNMET])
    found = open_ & holds(facts, "category", "unstable", "edge") & (income > line) & ~unmet
    return county.rows_where(facts, found, "recognised_net_income_pc", income=income, line=line)


def sudden_without_event(county: Snapshot, limits: Limits) -> Hits:
    """C04: sudden hardship with no event, no own medical cost and no fall of income in the year before."""
    facts, open_ = cases(county)
    sudden = facts.take(open_ & holds(facts, "category", "sudden"))
    span = int(limits["months"])
    nothing = ~(number(sudden, "recognised_own_cost") > 0)
    nothing &= ~_before(county, sudden, "events", span)
    if county.has("claims", "own_cost"):
        nothing &= ~_before(county, sudden, "claims", span, county.table("claims").number("own_cost") > 0)
    now, earlier = _incomes(county, sudden, span)
    return county.rows_where(sudden, nothing & (now >= earlier), "category")


def no_cause(county: Snapshot, _limits: Limits) -> Hits:
    """C05: no cause stands in any of the five columns."""
    facts, open_ = cases(county)
    return county.rows_where(facts, open_ & _no_cause(facts), "cause_1")


def bare_recognition(county: Snapshot, _limits: Limits) -> Hits:
    """C06: causes, incomes or guarantees at the recognition are blank."""
    facts, open_ = cases(county)
    bare = [blank(facts, column) for column in ASKED if column in facts]
    count = np.sum([_no_cause(facts), *bare], axis=0).astype(np.float64)
    return county.rows_where(facts, open_ & (count > 0), "recognised_net_income", fields=count)


def illness_nobody_ill(county: Snapshot, _limits: Limits) -> Hits:
    """C07: the cause is illness, but no member is seriously or chronically ill."""
    return _cases_with(county, "illness", nobody(county, "health", "chronic", "serious"))


def illness_without_cost(county: Snapshot, _limits: Limits) -> Hits:
    """C08: the cause is illness, but own medical cost at the recognition is zero or blank."""
    facts, open_ = cases(county)
    found = open_ & has_cause(facts, "illness") & ~(facts.number("recognised_own_cost") > 0)
    return county.rows_where(facts, found, "recognised_own_cost")


def disability_nobody_disabled(county: Snapshot, _limits: Limits) -> Hits:
    """C09: the cause is disability, but nobody is disabled or holds a certificate."""
    certified = county.any_member(~np.isnan(grade_of_disability(county)) | ~blank(county.persons, "disability_kind"))
    return _cases_with(county, "disability", nobody(county, "health", "disabled") & ~certified)


def no_labour_all_able(county: Snapshot, _limits: Limits) -> Hits:
    """C10: the cause is lack of labour, but every member has some ability to work."""
    able = county.members(holds(county.persons, "labour", *SOME_ABILITY))
    return _cases_with(county, "no_labour", (able > 0) & (able == county.members()), persons=able)


def no_labour_half_able(county: Snapshot, limits: Limits) -> Hits:
    """C11: the cause is lack of labour, but of a larger household at least half are ordinary or skilled labour."""
    able, members = _able(county), county.members()
    found = (members >= limits["members"]) & (able >= limits["share"] * members)
    return _cases_with(county, "no_labour", found, persons=able, members=members)


def no_labour_quarter_able(county: Snapshot, limits: Limits) -> Hits:
    """C12: the cause is lack of labour, but more than a quarter of the members are ordinary or skilled labour."""
    able, members = _able(county), county.members()
    return _cases_with(county, "no_labour", able > limits["share"] * members, persons=able, members=members)


def job_nobody_able(county: Snapshot, limits: Limits) -> Hits:
    """C13: the cause is unstable work, but nobody can work."""
    return _cases_with(county, "job", without_labour(county, limits))


def job_nobody_works(county: Snapshot, _limits: Limits) -> Hits:
    """C14: the cause is unstable work, but nobody has a record of work."""
    worked = county.has_row("work")
    if county.has("persons", "work_months"):
        worked |= county.any_member(county.persons.number("work_months") > 0)
    return _cases_with(county, "job", ~worked)


def cause_without_words(county: Snapshot, _limits: Limits) -> Hits:
    """C15: the cause is a disaster of no kind, or another one without a remark."""
    facts, open_ = cases(county)
    disaster = has_cause(facts, "disaster") & blank(facts, "disaster_kind")
    other = has_cause(facts, "other") & blank(facts, "cause_remark")
    return county.rows_where(facts, open_ & (disaster | other), "disaster_kind")


def water_not_a_cause(county: Snapshot, _limits: Limits) -> Hits:
    """C16: water is unsafe, but it is no cause."""
    return _cases_without(county, "water", flag(county, "safe_water", 0))


def uninsured_no_illness(county: Snapshot, _limits: Limits) -> Hits:
    """C17: a member is uninsured, but illness is no cause."""
    return _cases_without(county, "illness", someone_uninsured(county))


def dropout_nobody_out(county: Snapshot, limits: Limits) -> Hits:
    """C18: a child is said to have dropped out, but none of compulsory age is out of school."""
    out = county.any_member(out_of_school(county, limits))
    found = county.monitored() & flag(county, "dropout_child", 1) & (county.members() > 0) & ~out
    return county.households_where(found, "dropout_child")


def schooling_nobody_learns(county: Snapshot, _limits: Limits) -> Hits:
    """C19: the cause is schooling, but nobody is in school."""
    learns = county.any_member(holds(county.persons, "school_status", *SCHOOLS))
    return _cases_with(county, "schooling", (county.members() > 0) & ~learns)


def industry_without_business(county: Snapshot, limits: Limits) -> Hits:
    """C20: the cause is a failed project, but there was no business income in the two years before."""
    facts, open_ = cases(county)
    failed = facts.take(open_ & has_cause(facts, "industry"))
    if not len(failed) or "business" not in county.known.panel.sources:
        return county.rows_where(failed, np.zeros(len(failed), dtype=bool), "cause_1")
    span = int(limits["months"])
    ago = county.as_of - failed.happened.astype(np.int64)
    everyone = county.known.histories(failed.household, lags=int(ago.max()) + span + 1)
    lags = ago[:, None] + 1 + np.arange(span)
    business = np.take_along_axis(everyone.column("business"), lags, axis=1)
    told = np.take_along_axis(~np.isnan(everyone.income), lags, axis=1).any(axis=1)
    return county.rows_where(failed, told & (np.nansum(business, axis=1) == 0), "cause_1")


def _able(county: Snapshot) -> Floats:
    """(n,) members of ordinary or skilled labour."""
    return county.members(holds(county.persons, "labour", *ABLE))


def _no_cause(facts: Facts) -> Mask:
    """(rows,) recognitions none of whose causes is told."""
    return np.asarray(np.logical_and.reduce([blank(facts, column) for column in CAUSES]))


def _cases_with(county: Snapshot, cause: str, mask: Mask, **numbers: Floats) -> Hits:
    """Open cases with a cause, of the households of a mask; mask and numbers are (n,)."""
    facts, open_ = cases(county)
    told = {name: values[facts.household] for name, values in numbers.items()}
    return county.rows_where(facts, open_ & has_cause(facts, cause) & mask[facts.household], "cause_1", **told)


def _cases_without(county: Snapshot, cause: str, mask: Mask) -> Hits:
    """Open cases without a cause, of the households of a mask (n,)."""
    facts, open_ = cases(county)
    return county.rows_where(facts, open_ & ~has_cause(facts, cause) & mask[facts.household], "cause_1")


def _before(county: Snapshot, facts: Facts, table: str, months: int, mask: Mask | None = None) -> Mask:
    """(rows,) whether the household has a row of a table in the months up to and with each recognition."""
    told = county.table(table) if mask is None else county.table(table).take(mask)
    recognised = np.full(county.count, np.nan)
    recognised[facts.household] = facts.happened
    ago = recognised[told.household] - told.happened
    found = np.zeros(county.count, dtype=bool)
    found[told.household[(ago >= 0) & (ago <= months)]] = True
    return found[facts.household]


def _incomes(county: Snapshot, facts: Facts, months: int) -> tuple[Floats, Floats]:
    """(rows,) window income of the month before each recognition, and so many months earlier."""
    if not len(facts):
        return np.zeros(0), np.zeros(0)
    ago = county.as_of - facts.happened.astype(np.int64) + 1
    income = county.known.histories(facts.household, lags=int(ago.max()) + months + 1).window_income
    here = np.arange(len(facts))
    return income[here, ago], income[here, ago + months]


RULES: dict[str, Check] = {
    "C01": rich_at_recognition,
    "C02": wrong_kind,
    "C03": above_line_without_reason,
    "C04": sudden_without_event,
    "C05": no_cause,
    "C06": bare_recognition,
    "C07": illness_nobody_ill,
    "C08": illness_without_cost,
    "C09": disability_nobody_disabled,
    "C10": no_labour_all_able,
    "C11": no_labour_half_able,
    "C12": no_labour_quarter_able,
    "C13": job_nobody_able,
    "C14": job_nobody_works,
    "C15": cause_without_words,
    "C16": water_not_a_cause,
    "C17": uninsured_no_illness,
    "C18": dropout_nobody_out,
    "C19": schooling_nobody_learns,
    "C20": industry_without_business,
}
