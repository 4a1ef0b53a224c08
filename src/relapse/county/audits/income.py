"""Audit rules of group E: the arithmetic of incomes, and whether they can be true (收入核算与合理性)."""

from __future__ import annotations

import numpy as np

from relapse.core.facts import Facts, Floats, per_household
from relapse.core.recognitions import RECOGNITIONS
from relapse.county.audits.cells import Check, Limits, blank, holds, number
from relapse.county.audits.circumstances import months_worked, within, yearly
from relapse.county.audits.snapshot import Hits, Mask, Snapshot
from relapse.county.audits.village_incomes import bunched, heaped

ADDED = ("wage", "business", "property", "transfer")
COST = "business_cost"


def wrong_sum(county: Snapshot, limits: Limits) -> Hits:
    """E01: net income of the household is not the sum of its four sources less business cost."""
    told, right = np.full(county.count, np.nan), np.full(county.count, np.nan)
    for net, total in _sums(county):
        wrong = np.isnan(told) & (np.abs(net - total) > limits["yuan"])
        told, right = np.where(wrong, net, told), np.where(wrong, total, right)
    return county.households_where(~np.isnan(told), "net_income", told=told, sum=right)


def wrong_division(county: Snapshot, limits: Limits) -> Hits:
    """E02: net income per person times the persons is not the household's net income."""
    net, each, size = (county.state(column) for column in ("net_income", "net_income_pc", "size"))
    wrong = np.abs(each * size - net) > limits["yuan"] * size
    return county.households_where(wrong, "net_income_pc", net=net, each=each, size=size)


def very_low(county: Snapshot, limits: Limits) -> Hits:
    """E03: income per person is below the old absolute line."""
    return county.households_where(county.income < limits["income_yuan"], "net_income_pc", income=county.income)


def tiny_wage(county: Snapshot, limits: Limits) -> Hits:
    """E04: the wage income of a year is a few yuan."""
    wage = yearly(county, "wage")
    return county.households_where((wage > 0) & (wage < limits["wage_yuan"]), "wage", wage=wage)


def odd_wage(county: Snapshot, limits: Limits) -> Hits:
    """E05: the monthly wage of a migrant worker is too low or too high to be one."""
    work = county.table("work")
    wage = work.number("monthly_wage")
    odd = (wage < limits["low_yuan"]) | (wage > limits["high_yuan"])
    return county.rows_where(work, odd, "monthly_wage", wage=wage)


def low_wage(county: Snapshot, limits: Limits) -> Hits:
    """E06: the monthly wage is very low."""
    work = county.table("work")
    wage = work.number("monthly_wage")
    return county.rows_where(work, wage < limits["low_yuan"], "monthly_wage", wage=wage)


def negative_part(county: Snapshot, _limits: Limits) -> Hits:
    """E07: a source of income or the business cost is negative; business income may be, where it comes without cost."""
    income = county.table("income")
    amount, cost = income.number("amount"), holds(income, "source", COST)
    net_business = holds(income, "source", "business") & ~county.has_row("income", cost)[income.household]
    return county.rows_where(income, (amount < 0) & ~net_business, "amount", amount=amount)


def very_high(county: Snapshot, limits: Limits) -> Hits:
    """E08: income per person is above any usual one, or among the highest of a county large enough to tell."""
    income = county.income

    def bound(told: Floats) -> Floats:
        highest = [limits["income_yuan"]]
        if len(told) >= limits["least_households"]:
            highest.append(float(np.quantile(told, limits["quantile"])))
        return np.array([min(highest)])

    usual = county.of_everybody("E08", lambda: income[~np.isnan(income)], bound)
    return county.households_where(income > usual, "net_income_pc", income=income)


def fallen(county: Snapshot, limits: Limits) -> Hits:
    """E09: income per person fell steeply against the same months a year earlier (收入骤减)."""
    income, before = county.income, _year_before(county)
    fall = before - income
    share = _share(fall, before)
    found = share >= limits["share"]
    return county.households_where(found, "net_income_pc", income=income, fall=fall, percent=np.round(share * 100))


def risen(county: Snapshot, limits: Limits) -> Hits:
    """E10: income per person doubled in a year with no new earner, job measure or sale."""
    income, before = county.income, _year_before(county)
    work, measures = county.table("work"), county.table("measures")
    earner = county.has_row("work", within(county.as_of, work.number("from"), 12))
    job = holds(measures, "kind", "job", "public_post") & within(county.as_of, measures.happened, 12)
    sold = np.nan_to_num(yearly(county, "business")) > np.nan_to_num(yearly(county, "business", 1))
    rise = _share(income - before, before)
    found = (rise >= limits["share"]) & ~earner & ~county.has_row("measures", job) & ~sold
    return county.households_where(found, "net_income_pc", income=income, before=before)


def wage_against_work(county: Snapshot, _limits: Limits) -> Hits:
    """E11: wage income without any record of work in the year, or work without wage income."""
    wage = yearly(county, "wage")
    spells = county.has_row("work", months_worked(county, county.as_of - 11, county.as_of) > 0)
    works = spells.copy()
    if county.has("persons"):
        persons = county.persons
        post = ~blank(persons, "public_post") & ~holds(persons, "public_post", "no_post")
        works |= county.any_member((number(persons, "work_months") > 0) | post)
    unpaid = spells & ~np.isnan(county.income) & ~(wage > 0)
    return county.households_where(((wage > 0) & ~works) | unpaid, "wage", wage=np.nan_to_num(wage))


def wage_above_work(county: Snapshot, limits: Limits) -> Hits:
    """E12: wage income is far above the months worked at their wages."""
    work, wage = county.table("work"), yearly(county, "wage")
    months = months_worked(county, county.as_of - 11, county.as_of)
    earned = months * work.number("monthly_wage")
    total = per_household(work.household, county.count, earned)
    unknown = county.has_row("work", (months > 0) & np.isnan(earned))
    found = county.has_row("work", months > 0) & ~unknown & (wage > limits["times"] * total)
    return county.households_where(found, "wage", wage=wage, earned=total)


def losing_business(county: Snapshot, _limits: Limits) -> Hits:
    """E13: business cost is above business income two years running."""
    now, before = (yearly(county, COST, back) - yearly(county, "business", back) for back in (0, 1))
    return county.households_where((now > 0) & (before > 0), COST, loss=now, before=before)


def costly_illness(county: Snapshot, limits: Limits) -> Hits:
    """E14: own medical cost of the year is above half of net income, or all of it."""
    everyone, income = county.known.everyone, county.income
    cost = np.full(county.count, np.nan)
    if "own_cost" in county.known.panel.amounts:
        known = np.isnan(everyone.window_income)
        cost = county.window(np.where(known, np.nan, everyone.amount("own_cost")))
    found = (cost > 0) & (cost > limits["share"] * income)
    share = np.round(_share(cost, income) * 100)
    return county.households_where(found, "own_cost", cost=cost, income=income, percent=share)


def payout_above_damage(county: Snapshot, _limits: Limits) -> Hits:
    """E15: an event brought more payouts than own cost and damage together."""
    events = county.table("events")
    cost, loss, payout = events.number("own_cost"), events.number("loss"), events.number("payout")
    damage = np.nan_to_num(cost) + np.nan_to_num(loss)
    told = ~np.isnan(cost) | ~np.isnan(loss)
    return county.rows_where(events, told & (payout > damage), "payout", payout=payout, damage=damage)


def one_off_in_transfers(county: Snapshot, limits: Limits) -> Hits:
    """E16: one-off relief or a grant stands among transfers; the limits name the words that tell it."""
    income = county.table("income")
    item = income.text("item")
    found = [any(word in level for word in limits) for level in item.levels]
    one_off = np.array([*found, False])[item.codes] & (income.number("amount") > 0)
    found_rows = one_off & holds(income, "source", "transfer")
    hits = county.rows_where(income, found_rows, "item", amount=income.number("amount"))
    return Hits(income, hits.rows, "item", hits.numbers, {"item": item.take(hits.rows).texts()})


def copied_forward(county: Snapshot, _limits: Limits) -> Hits:
    """E18: income is the same to the yuan in two successive years."""
    income = np.round(county.income)
    found = (income == np.round(_year_before(county))) & (income != 0)
    return county.households_where(found, "net_income_pc", income=income)


def _year_before(county: Snapshot) -> Floats:
    """(n,) income per person of the same twelve months a year earlier."""
    return county.window(county.known.everyone.window_income, 12)


def _share(part: Floats, whole: Floats) -> Floats:
    """(n,) part of a whole above zero, NaN elsewhere."""
    return np.asarray(part / np.where(whole > 0, whole, np.nan))


def _sums(county: Snapshot) -> list[tuple[Floats, Floats]]:
    """Pairs of (n,) net income as told and as its parts add up: of the year asked about, at recognition, at removal."""
    pairs = []
    if county.has("households", "net_income"):
        pairs.append((county.state("net_income"), _year_of_parts(county)))
    if county.has(RECOGNITIONS):
        facts = county.last_recognition
        for stage in ("recognised", "removed"):
            parts = [number(facts, f"{stage}_{source}_income") for source in ADDED]
            total = np.sum(parts, axis=0) - number(facts, f"{stage}_{COST}")
            net = number(facts, f"{stage}_net_income")
            pairs.append((_spread(county, facts, net), _spread(county, facts, total)))
    return pairs


def _spread(county: Snapshot, facts: Facts, values: Floats) -> Floats:
    """(n,) values of rows of which a household has one at most."""
    told = np.full(county.count, np.nan)
    told[facts.household] = values
    return told


def _year_of_parts(county: Snapshot) -> Floats:
    """(n,) net income of the newest year's reports before the household's state; NaN unless all five parts are told."""
    income = county.table("income")
    last = income.number("to")
    asked = _spread(county, county.households, county.households.happened.astype(np.float64))[income.household]
    fits = (last - income.number("from") == 11) & (last <= asked) & (last > asked - 12)
    newest = np.full(county.count, -np.inf)
    np.maximum.at(newest, income.household[fits], last[fits])
    chosen = fits & (last == newest[income.household])
    added = np.sum([_part(county, income, chosen, source) for source in ADDED], axis=0)
    return np.asarray(added - _part(county, income, chosen, COST))


def _part(county: Snapshot, income: Facts, chosen: Mask, source: str) -> Floats:
    """(n,) sum of a source over chosen rows, NaN where there is none."""
    rows = chosen & holds(income, "source", source)
    total = county.total("income", "amount", rows)
    return np.where(county.has_row("income", rows), total, np.nan)


RULES: dict[str, Check] = {
    "E01": wrong_sum,
    "E02": wrong_division,
    "E03": very_low,
    "E04": tiny_wage,
    "E05": odd_wage,
    "E06": low_wage,
    "E07": negative_part,
    "E08": very_high,
    "E09": fallen,
    "E10": risen,
    "E11": wage_against_work,
    "E12": wage_above_work,
    "E13": losing_business,
    "E14": costly_illness,
    "E15": payout_above_damage,
    "E16": one_off_in_transfers,
    "E18": copied_forward,
    "E19": heaped,
    "E20": bunched,
}
