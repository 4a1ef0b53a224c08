"""Tiers: no more visits than can be made, rules first and never lost, villages in turn, no coming and going."""

from __future__ import annotations

from dataclasses import replace
from functools import cache

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from relapse import config
from relapse.core.results import COUNTY_TIERS
from relapse.county.risk_list.capacity import Capacity, TownshipCapacity
from relapse.county.risk_list.tiers import (
    BEYOND,
    NEXT,
    NO_TIER,
    PHONE,
    RANDOM,
    VISIT,
    Assigned,
    Candidates,
    Plan,
    assign,
    plan_of,
)


@cache
def shipped() -> Capacity:
    made: Capacity = config.option("risk_list", "default").capacity
    return made


def capacity(**changes) -> Capacity:
    return replace(shipped(), **changes)


def county(count: int, townships: int = 1, seed: int = 0, **changes) -> Candidates:
    """Households in the order of their places, villages of five."""
    rng = np.random.default_rng(seed)
    township = rng.integers(0, townships, count) if townships > 1 else np.zeros(count, np.int64)
    made = Candidates(
        township=township.astype(np.int64),
        village=(township * 1000 + np.arange(count) % 5).astype(np.int64),
        place=np.arange(1, count + 1),
        stay=np.zeros(count),
        urgency=np.zeros(count, dtype=np.int64),
        resting=np.zeros(count, dtype=bool),
        by_phone=np.zeros(count, dtype=bool),
        in_turn=np.zeros(count, dtype=bool),
    )
    return replace(made, **changes)


def mark(count: int, *places: int) -> np.ndarray:
    """A mask of places on the order, from 1."""
    return np.isin(np.arange(1, count + 1), places)


def order(count: int, *places: int) -> np.ndarray:
    """Who hit a rule, the most urgent first, by place on the order from 1."""
    made = np.zeros(count, dtype=np.int64)
    made[np.array(places) - 1] = np.arange(1, len(places) + 1)
    return made


def planned(some: Candidates, length: int, told: dict[str, TownshipCapacity] | None = None, **changes) -> Plan:
    names = tuple(f"t{number}" for number in range(int(some.township.max(initial=0)) + 1))
    villages = np.full(len(names), 5)
    return plan_of(some, names, villages, capacity(**changes), told or {}, length, cut=False, next_tier=1.0)


def tiers(some: Candidates, length: int, seed: int = 1, **changes) -> tuple[Assigned, Plan]:
    plan = planned(some, length, **changes)
    return assign(some, plan, (seed, 24_000)), plan


def who(made: Assigned, tier: int) -> list[int]:
    """Places on the order, from 1, of a tier."""
    return (np.flatnonzero(made.tier == tier) + 1).tolist()


def test_assign__the_forecasts_order__a_few_at_random__and_the_rest_is_not_listed():
    made, plan = tiers(county(100), 20)
    assert (plan.visits.tolist(), plan.drawn.tolist()) == ([20], [3])
    assert who(made, VISIT) == list(range(1, 18))
    assert who(made, NEXT) == list(range(18, 38))
    assert who(made, PHONE) == list(range(38, 58))
    assert len(who(made, RANDOM)) == 3
    assert min(who(made, RANDOM)) > 57
    assert not who(made, BEYOND)
    assert (made.tier == NO_TIER).sum() == 40


def test_assign__rules_come_first_up_to_their_share__the_others_are_asked_by_phone__and_none_is_lost():
    hit = order(100, *range(90, 50, -1))  # forty who are far down on the order, the last of them the most urgent
    some = county(100, urgency=hit)
    made, _ = tiers(some, 20)
    assert [place for place in who(made, VISIT) if place > 50] == list(range(83, 91))  # 40 % of 20
    assert [place for place in who(made, VISIT) if place <= 50] == list(range(1, 10))
    assert who(made, PHONE) == list(range(63, 83))
    assert who(made, BEYOND) == list(range(51, 63))
    rows = made.rows(some, 100)
    assert (rows[:8] + 1).tolist() == list(range(90, 82, -1))  # by rule, the most urgent first
    assert set(np.flatnonzero(hit)) <= set(rows)
    few = made.rows(some, 5)
    assert len(rows) - len(few) == 7
    assert (few[-5:] + 1).tolist() == list(range(62, 57, -1))  # of those beyond, the most urgent have a row


def test_assign__who_hit_a_rule_and_comes_high_on_the_order_is_visited_beside_the_rules_share():
    made, _ = tiers(county(100, urgency=order(100, *range(99, 60, -1), 2)), 20)
    assert 2 in who(made, VISIT)
    assert not made.by_rule[1]


def test_assign__visits_that_the_forecast_leaves_are_for_rules():
    resting = ~mark(30, *range(1, 21))
    made, _ = tiers(county(30, urgency=order(30, *range(1, 21)), resting=resting), 20)
    assert len(who(made, VISIT)) + len(who(made, RANDOM)) == 20


def test_assign__who_rests_has_no_tier__whatever_rule_it_hit():
    some = county(60, resting=mark(60, 1, 2), urgency=order(60, 2, 3))
    made, _ = tiers(some, 20)
    assert made.tier[:2].tolist() == [NO_TIER, NO_TIER]
    assert made.tier[2] == VISIT
    for seed in range(20):  # nor is it drawn
        assert made.tier[0] == tiers(some, 20, seed)[0].tier[0] == NO_TIER


def test_assign__nobody_met_twice_is_asked_by_phone():
    made, _ = tiers(county(100, by_phone=mark(100, 1, 30)), 20)
    assert made.tier[[0, 29]].tolist() == [PHONE, PHONE]
    assert len(who(made, VISIT)) == 17


def test_assign__a_village_whose_turn_it_is_is_visited_once():
    village = np.where(np.arange(100) < 80, 0, 1 + np.arange(100) // 90)
    some = county(100, village=village, in_turn=village > 0)
    made, _ = tiers(some, 20)
    assert {81, 91} <= set(who(made, VISIT))  # the first of each
    assert len(who(made, VISIT)) == 17
    made, _ = tiers(replace(some, urgency=order(100, 85)), 20)
    assert {85, 91} <= set(who(made, VISIT))  # a rule's visit is one as well
    assert 81 not in who(made, VISIT)


def test_assign__what_a_township_cannot_do_is_beyond__not_somebodys_debt():
    told = {"t0": TownshipCapacity(4, 2), "t1": TownshipCapacity(30, 30)}
    township = (np.arange(60) >= 20).astype(np.int64)  # the worst twenty live where four visits can be made
    some = county(60, township=township, village=np.arange(60))
    plan = plan_of(some, ("t0", "t1"), np.array([20, 40]), capacity(), told, 20, cut=False, next_tier=1.0)
    made = assign(some, plan, (1, 1))
    assert plan.visits.tolist() == [4, 30]
    in_the_first = {tier: [place for place in who(made, tier) if place <= 20] for tier in range(5)}
    assert in_the_first == {
        VISIT: [1, 2, 3, 4],
        NEXT: [5, 6, 7, 8],
        PHONE: [9, 10],
        RANDOM: [],
        BEYOND: [*range(11, 21)],
    }
    cut = plan_of(some, ("t0", "t1"), np.array([20, 40]), capacity(), told, 20, cut=True, next_tier=1.0)
    assert cut.visits.sum() == 20
    assert (cut.visits <= [4, 30]).all()


def test_assign__nobody_can_visit__then_rules_are_told_as_beyond():
    made, plan = tiers(county(10, urgency=order(10, 3)), 5, townships={"t0": 0})
    assert plan.visits.tolist() == [0]
    assert who(made, BEYOND) == [1, 2, 3, 4, 5]
    assert not who(made, VISIT) + who(made, RANDOM) + who(made, PHONE)


def test_assign__where_all_can_be_visited_nobody_waits():
    made, plan = tiers(county(8), 20)
    assert plan.visits.tolist() == [8]
    assert who(made, VISIT) == list(range(1, 9))


def test_assign__of_no_household():
    some = county(0)
    made = assign(some, planned(some, 20), (1, 1))
    assert made.rows(some, 10).tolist() == []


def coming_and_going(stay: float) -> int:
    """How often households near the cut change between being listed and not, over a year of noise."""
    rng, count = np.random.default_rng(5), 300
    level, before, changes = np.arange(count, dtype=float), None, 0
    for month in range(12):
        place = np.argsort(np.argsort(level + rng.normal(0, 6, count))) + 1
        held = np.zeros(count) if before is None else np.select([before <= NEXT, before == PHONE], [stay, stay / 2])
        held = held if before is None else np.where(before == NO_TIER, 0, held)
        made, _ = tiers(county(count, place=place, stay=held), 40, seed=month, random_share=0.0)
        if before is not None:
            changes += int(((made.tier == NO_TIER) != (before == NO_TIER)).sum())
        before = made.tier
    return changes


def test_assign__a_household_near_the_cut_does_not_come_and_go():
    assert coming_and_going(0.2) < coming_and_going(0.0) / 3


def test_key__a_planted_pair_of_months():
    """Place 17 is visited, 18 is next. What was listed keeps its place against a little better ones, not against all."""
    stay = np.where(mark(60, 18), 0.2, 0.0)
    made, _ = tiers(county(60, stay=stay), 20)
    assert made.tier[[16, 17]].tolist() == [NEXT, VISIT]  # 18 less a fifth comes before 15
    far = np.where(mark(60, 25), 0.2, 0.0)
    made, _ = tiers(county(60, stay=far), 20)
    assert made.tier[24] == NEXT  # 25 less a fifth is still behind 17


@settings(max_examples=80, deadline=None)
@given(
    count=st.integers(1, 250),
    townships=st.integers(1, 6),
    length=st.integers(1, 120),
    hits=st.floats(0, 1),
    rests=st.floats(0, 0.6),
    table=st.one_of(st.none(), st.lists(st.tuples(st.integers(0, 25), st.integers(0, 25)), min_size=6, max_size=6)),
    by=st.sampled_from(["county", "township"]),
    seed=st.integers(0, 10**6),
)
def test_assign__whatever_the_county(count, townships, length, hits, rests, table, by, seed):
    """Capacities hold, floors are kept, rules are never lost, who rests rests, and the same gives the same."""
    rng = np.random.default_rng(seed)
    hit = rng.random(count) < hits
    urgency = np.zeros(count, dtype=np.int64)
    urgency[hit] = rng.permutation(hit.sum()) + 1
    some = county(
        count, townships, seed, urgency=urgency, resting=rng.random(count) < rests, by_phone=rng.random(count) < 0.05,
        in_turn=rng.random(5)[np.arange(count) % 5] < 0.4, stay=rng.choice([0, 0.1, 0.2], count),
    )  # fmt: skip
    names = tuple(f"t{number}" for number in range(townships))
    told = {} if table is None else {name: TownshipCapacity(*each) for name, each in zip(names, table, strict=False)}
    plan = plan_of(some, names, np.full(townships, 5), capacity(allocation=by), told, length, cut=False, next_tier=1.0)
    made = assign(some, plan, (seed, 1))

    def by_township(*codes: int) -> np.ndarray:
        return np.bincount(some.township[np.isin(made.tier, codes)], minlength=townships)

    assert (by_township(VISIT, RANDOM) <= plan.visits).all()
    assert (by_township(NEXT) <= plan.later).all()
    assert (by_township(PHONE) <= plan.calls).all()
    assert (by_township(RANDOM) <= plan.drawn).all()
    assert plan.visits.sum() <= max(length, sum(each.visits for each in told.values()))
    awake = np.bincount(some.township[~some.resting], minlength=townships)
    at_home = np.bincount(some.township[~some.resting & ~some.by_phone], minlength=townships)
    assert (by_township(VISIT, RANDOM) >= np.minimum(plan.visits, at_home)).all()  # no visit is wasted while one waits
    if not told:
        least = min(capacity().floor, min(length, awake.sum()) // max(np.count_nonzero(awake), 1))
        assert (plan.visits >= np.minimum(awake, least)).all()
    assert (made.tier[some.resting] == NO_TIER).all()
    assert (made.tier[hit & ~some.resting] != NO_TIER).all()
    assert not np.isin(made.tier[some.by_phone], (VISIT, NEXT)).any()
    assert ((made.stratum > 0) == (made.tier == RANDOM)).all()
    assert (made.probability[made.tier != RANDOM] == 1).all()
    rows = made.rows(some, count)
    assert sorted(rows.tolist()) == np.flatnonzero(made.tier != NO_TIER).tolist()
    assert (np.diff(made.tier[rows]) >= 0).all()
    again = assign(some, plan, (seed, 1))
    assert (again.tier == made.tier).all()


def test_assign__draws_of_a_township_do_not_hang_on_the_others():
    some = county(200, 2)
    mine = some.township == 0
    alone = Candidates(**{name: values[mine] for name, values in vars(some).items()})
    told = {"t0": TownshipCapacity(20), "t1": TownshipCapacity(20)}
    both, one = (
        assign(each, plan_of(each, names, np.full(len(names), 5), capacity(), told if len(names) > 1 else
               {"t0": told["t0"]}, 0, cut=False, next_tier=1.0), (1, 1))
        for each, names in ((some, ("t0", "t1")), (alone, ("t0",)))
    )  # fmt: skip
    assert (both.tier[mine] == one.tier).all()


@pytest.mark.parametrize("wanted", [1, 3])
def test_assign__probabilities_are_how_often_each_is_drawn(wanted):
    some, times = county(70), 1500
    plan = planned(some, 20, random_least=wanted)
    often, stored = np.zeros(70), np.zeros(70)
    for seed in range(times):
        made = assign(some, plan, (seed, 1))
        drawn = made.tier == RANDOM
        often += drawn
        stored[drawn] = made.probability[drawn]
    spread = np.sqrt(stored * (1 - stored) / times)
    assert (np.abs(often / times - stored) <= 5 * spread + 1e-12).all()
    assert (stored > 0).sum() == 70 - (20 - wanted) - 40


def test_tiers__are_those_that_lists_and_books_know():
    assert [COUNTY_TIERS[code] for code in (VISIT, NEXT, PHONE, RANDOM, BEYOND)] == list(COUNTY_TIERS)
