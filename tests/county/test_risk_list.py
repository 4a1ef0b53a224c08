"""How long the list is, and in what order it stands."""

from __future__ import annotations

import numpy as np
import pytest

from relapse import config
from relapse.core.errors import InputError
from relapse.county.risk_list.build import ListSettings, list_length, list_rows


def settings(**changes) -> ListSettings:
    made: ListSettings = config.option("risk_list", "default", **changes)
    return made


@pytest.mark.parametrize(
    ("key", "households", "length"),
    [("300", 467, 300), ("5pct", 467, 24), ("5pct", 460, 23), ("1pct", 99, 1), ("0.5pct", 1000, 5), ("100pct", 7, 7),
     ("3pct", 100, 3), ("7pct", 100, 7), ("300", 10, 300)],
)  # fmt: skip
def test_list_length__a_count__or_a_share_rounded_up(key, households, length):
    assert list_length(key, households) == length


@pytest.mark.parametrize(
    "key", ["0", "-5", "0pct", "101pct", "2.5", "many", "5 %", "", "nan", "inf", "nanpct", "infpct"]
)
def test_list_length__refuses_what_is_neither(key):
    with pytest.raises(InputError, match="write a count such as 300 or a share such as 5pct"):
        list_length(key, 100)


@pytest.mark.parametrize(
    ("length", "next_tier", "households", "tiers"),
    [(10, 1.0, 100, (10, 10)), (10, 0.5, 100, (10, 5)), (3, 0.5, 100, (3, 2)), (60, 1.0, 100, (60, 40)),
     (200, 1.0, 100, (100, 0)), ("5pct", 0, 100, (5, 0)), (None, 1.0, 100, (7, 7)), (10, 1.0, 0, (0, 0))],
)  # fmt: skip
def test_tiers__together_are_never_more_than_there_are(length, next_tier, households, tiers):
    assert settings(length=length, next_tier=next_tier).tiers(households, otherwise="7pct") == tiers


def test_horizon__the_longest_unless_said__and_one_that_the_version_has():
    assert settings().chosen_horizon((1, 4)) == 4
    assert settings(horizon=1).chosen_horizon((1, 4)) == 1
    with pytest.raises(InputError, match=r"risk_list.horizon=2: the forecast is for \[1, 4\]"):
        settings(horizon=2).chosen_horizon((1, 4))


def test_rows__stand_in_the_order_of_their_ranks_with_their_tier():
    place = np.array([3, 1, 4, 2, 5], np.int32)
    rows = list_rows(place, (2, 1), {"household_id": np.array(list("abcde"), dtype=object), "gap": np.arange(5.0)})
    assert rows.to_dict("list") == {
        "rank": [1, 2, 3],
        "household_id": ["b", "d", "a"],
        "gap": [1.0, 3.0, 0.0],
        "tier": ["visit", "visit", "next"],
    }


def test_rows__of_an_empty_list():
    rows = list_rows(np.empty(0, np.int32), (0, 0), {"household_id": np.empty(0, dtype=object)})
    assert rows.empty
    assert list(rows.columns) == ["rank", "household_id", "tier"]
