"""Audit rules of group D: risks that count as removed (风险消除); written after the label, read to audit it alone."""

from __future__ import annotations

import numpy as np

from relapse.core.recognitions import RECOGNITIONS
from relapse.county.audits.cells import Check, Limits, blank, holds, number
from relapse.county.audits.circumstances import equals, line_at, removals, without_labour
from relapse.county.audits.members import ALLOWANCES, SUPPORTS
from relapse.county.audits.snapshot import Hits, Mask, Snapshot
from relapse.county.audits.wholes import wholes

FLAGS = ("removed_dropout", "removed_house_damaged", "removed_uninsured", "removed_water_damaged")
ASKED = (
    "removed_wage_income", "removed_business_income", "removed_property_income", "removed_transfer_income",
    "removed_business_cost", "removed_payout", "removed_net_income", "removed_net_income_pc", "removed_own_cost",
    *FLAGS,
)  # fmt: skip
AFTER = ("removed", "reopened", "development_status")  # how names of what is written after the label begin


def bare_removal(county: Snapshot, _limits: Limits) -> Hits:
    """D01: the risk is removed, but an income, a cost or a guarantee after it is blank."""
    facts, gone = removals(county)
    bare = [blank(facts, column) for column in ASKED if column in facts]
    count = np.sum([np.zeros(len(facts)), *bare], axis=0).astype(np.float64)
    return county.rows_where(facts, gone & (count > 0), "removed_net_income", fields=count)


def removed_with_need(county: Snapshot, _limits: Limits) -> Hits:
    """D02: the risk is removed, but a guarantee, the insurance or the water is still unmet."""
    facts, gone = removals(county)
    unmet = np.sum([equals(facts, column, 1) for column in FLAGS], axis=0).astype(np.float64)
    return county.rows_where(facts, gone & (unmet > 0), "removed_dropout", unmet=unmet)


def removed_below_line(county: Snapshot, _limits: Limits) -> Hits:
    """D03: removed by help, with income per person below the line of then."""
    facts, gone = removals(county)
    income, line = facts.number("removed_net_income_pc"), line_at(county, facts, facts.number("removed_at"))
    found = gone & holds(facts, "removed_how", "helped") & (income < line)
    return county.rows_where(facts, found, "removed_net_income_pc", income=income, line=line)


def removed_too_soon(county: Snapshot, limits: Limits) -> Hits:
    """D04: removed only a few months after the recognition, since the rule of half a year holds."""
    facts, gone = removals(county)
    removed_at = facts.number("removed_at")
    months = removed_at - facts.happened
    ruled = removed_at >= limits["from_year"] * 12 + limits["from_month"] - 1
    found = gone & ruled & (months >= 0) & (months < limits["months"])
    return county.rows_where(facts, found, "removed_at", months=months)


def removed_at_once(county: Snapshot, limits: Limits) -> Hits:
    """D05: removed by help in the month of the recognition or the next."""
    facts, gone = removals(county)
    months = facts.number("removed_at") - facts.happened
    found = gone & holds(facts, "removed_how", "helped") & (months >= 0) & (months <= limits["months"])
    return county.rows_where(facts, found, "removed_at", months=months)


def removed_without_measure(county: Snapshot, _limits: Limits) -> Hits:
    """D06: removed by help, but no measure of any kind is recorded."""
    facts, gone = removals(county)
    found = gone & holds(facts, "removed_how", "helped") & ~county.has_row("measures")[facts.household]
    return county.rows_where(facts, found, "removed_how")


def removed_without_labour(county: Snapshot, limits: Limits) -> Hits:
    """D07: the risk of a household in which nobody can work is removed."""
    facts, gone = removals(county)
    return county.rows_where(facts, gone & without_labour(county, limits)[facts.household], "removed_at")


def job_without_wage(county: Snapshot, _limits: Limits) -> Hits:
    """D08: removed while a job measure ran, and no wage income afterwards."""
    measures = county.table("measures")
    return _without_income(county, holds(measures, "kind", "job", "public_post"), "removed_wage_income")


def support_without_transfer(county: Snapshot, _limits: Limits) -> Hits:
    """D09: removed while on the allowance, the support or a subsidy, and no transfer income afterwards."""
    measures, persons = county.table("measures"), county.persons
    held = holds(measures, "item", "allowance", "extreme_support", "disability_subsidy")
    on_roll = holds(persons, "allowance", *ALLOWANCES) | holds(persons, "support", *SUPPORTS)
    on_roll |= equals(persons, "disability_subsidy", 1)
    return _without_income(county, held, "removed_transfer_income", county.any_member(on_roll))


def industry_without_business(county: Snapshot, _limits: Limits) -> Hits:
    """D10: removed while an industry measure ran, and no business income afterwards."""
    measures = county.table("measures")
    return _without_income(county, holds(measures, "kind", "industry"), "removed_business_income")


def odd_dates(county: Snapshot, _limits: Limits) -> Hits:
    """D12: removed before it was recognised, or one of both lies after the as_of."""
    facts = county.table(RECOGNITIONS)
    removed_at = number(facts, "removed_at")
    odd = (removed_at < facts.happened) | (facts.happened > county.as_of) | (removed_at > county.as_of)
    return county.rows_where(facts, odd, "removed_at")


def after_label_in_features(county: Snapshot, _limits: Limits) -> Hits:
    """D13: what is written after the label stands where features could read it."""
    panel = county.known.panel
    tables = {name for facts in panel.tables.values() for name, access in facts.access.items() if access == "known"}
    open_ = tables | {*panel.sources, *panel.covariates, *panel.categories, *panel.amounts}
    late = np.array(sorted(name for name in open_ if name.startswith(AFTER)), dtype=object)
    return wholes(RECOGNITIONS, len(late), "", {}, {"name": late})


def _without_income(county: Snapshot, held: Mask, column: str, on_roll: Mask | None = None) -> Hits:
    """Removals with a measure that ran then (of a mask over `measures`, or (n,) a roll), and an income of zero."""
    facts, gone = removals(county)
    measures = county.table("measures")
    removed_at = np.full(county.count, np.nan)
    removed_at[facts.household] = number(facts, "removed_at")
    then = removed_at[measures.household]
    running = held & (measures.happened <= then) & ~(number(measures, "to") < then)
    holding = county.has_row("measures", running)
    if on_roll is not None:
        holding |= on_roll
    return county.rows_where(facts, gone & holding[facts.household] & equals(facts, column, 0), column)


RULES: dict[str, Check] = {
    "D01": bare_removal,
    "D02": removed_with_need,
    "D03": removed_below_line,
    "D04": removed_too_soon,
    "D05": removed_at_once,
    "D06": removed_without_measure,
    "D07": removed_without_labour,
    "D08": job_without_wage,
    "D09": support_without_transfer,
    "D10": industry_without_business,
    "D12": odd_dates,
    "D13": after_label_in_features,
}
