"""What a table told of each household, in whole columns."""

from __future__ import annotations

import numpy as np
import pytest

from relapse.core import told
from relapse.core.facts import NO_MONTH
from snapshots import county_of

HOMES = [{"household_id": each} for each in "abc"]
EVENTS = [
    {"household_id": "a", "kind": "fire", "happened_at": "2023-02", "loss": 5.0},
    {"household_id": "a", "kind": "death", "happened_at": "2023-09", "loss": None},
    {"household_id": "b", "kind": "fire", "happened_at": "2024-02", "loss": 7.0},
    {"household_id": "b", "kind": "fire", "happened_at": None, "loss": 1.0},
    {"household_id": "z", "kind": "fire", "happened_at": "2023-02", "loss": 9.0},
]


@pytest.fixture
def known():
    return county_of(households=HOMES, events=EVENTS).known


def test_past__of_a_household_and_not_after_the_as_of(known):
    events = known.table("events")
    rows = told.past(events, known.as_of)
    assert events.household[rows].tolist() == [0, 0]
    assert (events.happened[rows] > NO_MONTH).all()


def test_counts_sums_and_newest(known):
    events = known.table("events")
    rows = told.past(events, known.as_of)
    assert told.counts(events, rows, 3).tolist() == [2, 0, 0]
    assert told.counts(events, rows & told.kinds(events, "kind", "fire"), 3).tolist() == [1, 0, 0]
    assert told.sums(events, rows, 3, events.number("loss")).tolist() == [5, 0, 0]
    newest = told.newest(events, rows, 3)
    assert newest[0] == 2023 * 12 + 8
    assert np.isnan(newest[1:]).all()
    assert told.season(newest)[0] == 9


def test_a_column_or_table_that_is_not_there__tells_nothing(known):
    events = known.table("events")
    assert np.isnan(told.number(events, "payout")).all()
    assert not told.kinds(events, "department", "labour").any()
    assert told.has(known, "events", "kind")
    assert not told.has(known, "events", "payout")
    assert not told.has(known, "work")


def test_largest_and_smallest__of_groups():
    group, values = np.array([0, 0, 2, 2]), np.array([1.0, 3.0, np.nan, -2.0])
    np.testing.assert_array_equal(told.largest(group, values, 4), [3, np.nan, -2, np.nan])
    np.testing.assert_array_equal(told.smallest(group, values, 4), [1, np.nan, -2, np.nan])


def test_shares__of_income_and_of_the_line():
    homes = [{"household_id": "a", "size": 2.0}, {"household_id": "b"}]
    poor = {"a": [2000.0] * 36, "b": [0.0] * 36}
    everyone = county_of(poor, households=homes, line=6000.0).known.everyone
    yuan = np.array([600.0, 600.0])
    assert np.allclose(told.per_person(everyone, yuan), [300, 600])
    assert np.allclose(told.share_of_line(everyone, yuan), [0.05, 0.1])
    assert np.allclose(
        told.share_of_income(everyone, yuan), [300 / 12000, 600 / 60]
    )  # at least a hundredth of the line
    assert np.isnan(told.over(np.array([1.0]), np.array([0.0]))).all()
    silent = county_of({"a": [2000.0] * 36, "b": [2000.0] * 36, "c": []}, households=[*homes, {"household_id": "c"}])
    assert told.share_of_income(silent.known.everyone, np.zeros(3)).tolist() == [0, 0, 0]
    assert np.isnan(told.share_of_income(silent.known.everyone, np.ones(3))[2])
