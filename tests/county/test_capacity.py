"""What townships can do in a month: as told, or shared out of the county's, with a floor for each."""

from __future__ import annotations

from dataclasses import replace
from functools import cache

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from relapse import config
from relapse.core.errors import InputError
from relapse.county.risk_list.capacity import Capacity, TownshipCapacity, share_out

NAMES = ("一镇", "二镇", "三乡")


@cache
def shipped() -> Capacity:
    made: Capacity = config.option("risk_list", "default").capacity
    return made


def capacity(**changes) -> Capacity:
    return replace(shipped(), **changes)


def counts(*values: int) -> np.ndarray:
    return np.array(values, dtype=np.int64)


def test_limits__are_a_townships_own_before_so_many_a_village__and_none_where_nothing_is_told():
    villages = counts(5, 7, 2)
    assert capacity().limits(NAMES, villages, {}) is None
    assert capacity(a_village=1.5).limits(NAMES, villages, {}).tolist() == [8, 11, 3]
    told = {name: TownshipCapacity(9) for name in NAMES}
    assert capacity(a_village=1.5).limits(NAMES, villages, told).tolist() == [9, 9, 9]
    own = capacity(townships={"二镇": TownshipCapacity(4, 20)})
    assert own.limits(NAMES, villages, told).tolist() == [9, 4, 9]
    assert own.phone(NAMES, counts(9, 4, 9), told).tolist() == [9, 20, 9]


@pytest.mark.parametrize(
    ("townships", "said"),
    [
        ({"一镇": 3, "二镇": 3}, "says nothing of the township '三乡'; add it, with 0 where nobody can visit"),
        ({"一镇": 3, "二镇": 3, "三镇": 3}, "says nothing of the township '三乡'.*did you mean '三镇'"),
        ({"一镇": 3, "二镇": 3, "三乡": 3, "四乡": 1}, "names a township that the data do not have: '四乡'"),
    ],
)
def test_limits__fit_the_townships_of_the_data(townships, said):
    with pytest.raises(InputError, match=said):
        capacity(townships=townships).limits(NAMES, counts(1, 1, 1), {})


def test_limits__a_household_without_a_township_is_visited_by_nobody():
    told = capacity(townships={"一镇": 3})
    assert told.limits(("", "一镇"), counts(1, 1), {}).tolist() == [0, 3]
    assert told.phone(("", "一镇"), counts(0, 3), {}).tolist() == [0, 3]


def test_config__a_township_is_a_number_of_visits_or_tells_its_calls():
    words = {"townships": {"一镇": 12, "二镇": {"visits": 8, "calls": 30}}}
    made = config.option("risk_list", "default", capacity=words).capacity
    assert made.table({}) == {"一镇": TownshipCapacity(12), "二镇": TownshipCapacity(8, 30)}


def test_drawn__a_twentieth_and_three_at_least__but_never_all_visits():
    assert capacity().drawn(counts(0, 1, 3, 4, 10, 60, 61, 100)).tolist() == [0, 0, 2, 3, 3, 3, 4, 5]
    assert capacity(random_share=0.0).drawn(counts(4, 100)).tolist() == [0, 0]


def test_share_out__the_countys_order_decides__and_its_last_make_room_for_floors():
    township = counts(0, 0, 0, 0, 0, 1, 2, 2)
    order, limits = np.arange(8), counts(5, 1, 2)
    assert share_out(order, township, limits, 5, 0, True).tolist() == [5, 0, 0]
    assert share_out(order, township, limits, 5, 1, True).tolist() == [3, 1, 1]
    assert share_out(order, township, limits, 5, 9, True).tolist() == [3, 1, 1]  # five visits give three floors of one
    assert share_out(order, township, limits, 8, 0, True).tolist() == [5, 1, 2]


def test_share_out__by_households_at_risk():
    township = np.repeat([0, 1], [60, 40])
    assert share_out(np.arange(100), township, counts(60, 40), 10, 0, False).tolist() == [6, 4]
    assert share_out(np.arange(100), township, counts(60, 40), 11, 5, False).tolist() == [6, 5]


@settings(max_examples=150, deadline=None)
@given(
    limits=st.lists(st.integers(0, 30), min_size=1, max_size=6),
    total=st.integers(0, 120),
    floor=st.integers(0, 12),
    by_county=st.booleans(),
    seed=st.integers(0, 10**6),
)
def test_share_out__is_the_countys_visits_to_the_last__within_limits_and_floors(limits, total, floor, by_county, seed):
    township = np.repeat(np.arange(len(limits)), limits)
    order = np.random.default_rng(seed).permutation(len(township))
    told = np.array(limits, dtype=np.int64)
    visits = share_out(order, township, told, total, floor, by_county)
    assert visits.sum() == min(total, told.sum())
    assert (visits <= told).all()
    some = max(np.count_nonzero(told), 1)
    assert (visits >= np.minimum(told, min(floor, total // some))).all()
