"""How fresh what is known is, at the end of 2023-12."""

from __future__ import annotations

from typing import Any

import numpy as np

from panels import read, table, values
from relapse import config
from snapshots import county_of

BLOCK = config.option("features", "feeds")


def of(**tables: Any) -> dict[str, list[Any]]:
    return values(BLOCK, county_of(households=[{"household_id": "a"}, {"household_id": "b"}], **tables).known.everyone)


def claims(last: int, delay: int) -> list[dict[str, Any]]:
    """A claim a month from 2023-01 to the so many-th month of 2023, each known so many months later."""
    return [
        {"household_id": "a", "month": f"2023-{month:02d}", "own_cost": 1.0, "known_at": f"{2023 + (month + delay - 1) // 12}-"
         f"{(month + delay - 1) % 12 + 1:02d}"}
        for month in range(1, last + 1)
    ]  # fmt: skip


def test_feeds__a_feed_that_fell_silent():
    made = of(claims=claims(11, 1))
    assert made["feeds__claims_county_months"] == [0, 0]
    assert made["feeds__claims_is_late"] == [0, 0]
    made = of(claims=claims(8, 1))  # the newest, of August, came in September
    assert made["feeds__claims_county_months"] == [3, 3]
    assert made["feeds__claims_is_late"] == [1, 1]
    made = of(claims=claims(8, 4))  # always four months late: the newest, of August, came in December
    assert made["feeds__claims_county_months"] == [0, 0]
    assert made["feeds__claims_is_late"] == [0, 0]
    assert np.isnan(made["feeds__work_is_late"]).all()


def test_feeds__months_since_the_household_was_told_of():
    made = of(
        income={"a": [1000.0] * 36, "b": [1000.0] * 34 + [None, None]},
        work=[{"household_id": "a", "from": "2023-01", "known_at": "2023-08"},
              {"household_id": "a", "from": "2022-01", "known_at": "2023-10"}],
    )  # fmt: skip
    assert made["feeds__work_own_months"][0] == 2
    assert np.isnan(made["feeds__work_own_months"][1])
    assert np.isnan(made["feeds__income_own_months"]).all()  # no table of reports here


def test_feeds__no_features_without_a_county():
    assert values(BLOCK, read(table({"a": [1, 2]})).as_of(2001).everyone) == {}
