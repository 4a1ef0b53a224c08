"""What befell a household; a county of 1,000 yuan a month for one person, so 12,000 a year, at the end of 2023-12."""

from __future__ import annotations

from typing import Any

import numpy as np

from panels import read, table, values
from relapse import config
from relapse.core.texts import text
from snapshots import county_of

BLOCK = config.option("features", "events")


def event(household: str, kind: str, when: str, **more: Any) -> dict[str, Any]:
    return {"household_id": household, "kind": kind, "happened_at": when, "loss": None, "payout": None, **more}


def of(*events: dict[str, Any], households: str = "abc") -> dict[str, list[Any]]:
    homes = [{"household_id": each} for each in households]
    told = [event("z", "other", "2010-01"), *events]  # z is no household of the county
    return values(BLOCK, county_of(households=homes, events=told).known.everyone)


def test_events__months_since_the_newest_and_how_many_of_a_cause():
    made = of(
        event("a", "disaster", "2022-11"), event("a", "fire", "2023-10"), event("a", "crop_loss", "2023-12"),
        event("b", "disaster", "2022-12"), event("b", "traffic", "2023-01"), event("b", "illness", "2023-11"),
    )  # fmt: skip
    assert made["events__disaster_months_since"][:2] == [0, 12]
    assert np.isnan(made["events__disaster_months_since"][2])
    assert made["events__disaster_count_12m"] == [2, 0, 0]  # of a year: 2023-01 to 2023-12
    assert made["events__accident_count_12m"] == [0, 1, 0]
    assert made["events__accident_months_since"][1] == 11
    assert made["events__count_12m"] == [2, 1, 0]  # an illness is none of these


def test_events__first_ever_only_where_nothing_was_before():
    made = of(event("a", "death", "2023-05"), event("b", "death", "2023-05"), event("b", "fire", "2019-05"))
    assert made["events__first_ever"] == [1, 0, 0]


def test_events__loss_less_payout_over_income():
    made = of(
        event("a", "crop_loss", "2023-06", loss=3000.0, payout=600.0), event("a", "traffic", "2023-07", loss=1200.0),
        event("b", "crop_loss", "2023-06", loss=500.0, payout=900.0), event("c", "crop_loss", "2022-06", loss=9000.0),
    )  # fmt: skip
    assert np.allclose(made["events__net_loss_share_12m"], [0.3, 0, 0])  # (3,000 + 1,200 - 600) / 12,000
    assert made["events__disaster_loss_12m"] == [3000, 500, 0]
    assert made["events__disaster_payout_12m"] == [600, 900, 0]
    assert made["events__disaster_month"][:2] == [6, 6]


def test_events__sentence_of_a_disaster_has_its_own_numbers_and_only_where_something_was_lost():
    entry = next(
        each
        for each in BLOCK.table(
            county_of(households=[{"household_id": "a"}], events=[event("a", "fire", "2023-06")]).known.everyone,
            np.array([1], np.int32),
        ).entries
        if each.wording == "reason.disaster"
    )
    assert (entry.true_of, entry.true_above) == ("events__disaster_loss_12m", 0.5)
    said = text(
        entry.wording, "zh", money="元", events__disaster_loss_12m="3,000", events__disaster_payout_12m="600",
        events__disaster_month="6",
    )  # fmt: skip
    assert said == "近一年受灾报损3,000元，理赔600元（6月）。"


def test_events__schooling_is_of_minors():
    made = BLOCK.table(county_of(households=[{"household_id": "a"}]).known.everyone, np.array([1], np.int32))
    assert {entry.name for entry in made.entries if entry.sensitive == "minors"} == {
        "events__schooling_months_since",
        "events__schooling_count_12m",
    }


def test_events__missing_without_the_table__and_no_features_without_a_county():
    made = values(BLOCK, county_of(households=[{"household_id": "a"}]).known.everyone)
    assert len(made) == 22
    assert all(np.isnan(each).all() for each in made.values())
    assert values(BLOCK, read(table({"a": [1, 2]})).as_of(2001).everyone) == {}
