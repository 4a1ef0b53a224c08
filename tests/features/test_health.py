"""What illness costs: a county of 1,000 yuan a month for one person, so 12,000 a year, at the end of 2023-12."""

from __future__ import annotations

from typing import Any

import numpy as np

from panels import read, table, values
from relapse import config
from relapse.core.texts import text
from snapshots import county_of

BLOCK = config.option("features", "health")


def claim(
    who: str, month: str, cost: float, care: str = "outpatient", serious: float = 0.0, **more: Any
) -> dict[str, Any]:
    return {"household_id": who, "month": month, "own_cost": cost, "care": care, "serious_disease": serious, **more}


def event(who: str, kind: str, when: str) -> dict[str, Any]:
    return {"household_id": who, "kind": kind, "happened_at": when}


def person(who: str, health: str | None) -> dict[str, Any]:
    return {"household_id": who[0], "person_id": who, "birth_month": "1980-01", "as_of": "2020-01", "health": health}


def of(households: str = "ab", **tables: list[dict[str, Any]]) -> dict[str, list[Any]]:
    homes = [{"household_id": each} for each in households]
    made = values(BLOCK, county_of(households=homes, **tables).known.everyone)
    return {name.removeprefix("health__"): each for name, each in made.items()}


def test_health__own_cost_by_window_and_over_income():
    made = of(claims=[
        claim("a", "2023-12", 600), claim("a", "2023-08", 1200), claim("a", "2023-01", 600), claim("a", "2022-12", 1200),
        claim("a", "2023-11", 9999, known_at="2024-01"), claim("z", "2023-12", 77),
    ])  # fmt: skip
    assert made["own_cost_yuan_3m"] == [600, 0]
    assert made["own_cost_yuan_6m"] == [1800, 0]
    assert made["own_cost_yuan_12m"] == [2400, 0]
    assert np.allclose(made["own_cost_share_12m"], [0.2, 0])
    assert np.allclose(made["own_cost_line_share_12m"], [2400 / 7300, 0])
    assert np.allclose(made["own_cost_share_before"], [0.1, 0])
    assert np.allclose(made["own_cost_share_change"], [0.1, 0])
    assert np.allclose(made["largest_claim_share_12m"], [0.1, 0])
    assert made["claim_since_months"][0] == 0
    assert np.isnan(made["claim_since_months"][1])
    said = text("reason.illness", "zh", health__own_cost_yuan_12m="2,400", money="元", value="20%")
    assert said == "近12个月看病自付2,400元，占家庭年收入的20%。"


def test_health__the_first_grave_illness_is_told_from_repeated_ones():
    made = of(
        "abcd",
        claims=[
            claim("a", "2023-07", 900, "inpatient"), claim("b", "2023-07", 900, "inpatient"),
            claim("b", "2021-07", 900, "outpatient", 1.0), claim("d", "2023-06", 100, "inpatient"),
        ],
        events=[event("c", "illness", "2023-10"), event("b", "illness", "2020-10"), event("b", "fire", "2023-10")],
    )  # fmt: skip
    assert made["first_grave_6m"] == [1, 0, 1, 0]
    assert made["grave_before_count"] == [0, 2, 0, 1]
    assert made["first_grave_own_cost_yuan"] == [900, 0, 0, 0]  # c has no claim: nothing to print
    assert made["inpatient_count_12m"] == [1, 1, 0, 1]
    assert made["serious_disease_count_12m"] == [0, 0, 0, 0]
    assert made["illness_events_12m"] == [0, 0, 1, 0]


def test_health__chronic_members_without_a_visit():
    made = of(
        "abcd",
        persons=[person("a1", "chronic"), person("a2", "chronic|disabled"), person("b1", "chronic"), person("c1", "healthy")],
        events=[event("b", "doctor_visit", "2023-10"), event("a", "doctor_visit", "2023-09")],
    )  # fmt: skip
    assert made["chronic_unvisited_count"][:3] == [2, 0, 0]
    assert np.isnan(made["chronic_unvisited_count"][3])  # of d no person is told
    assert made["visit_since_months"][:2] == [3, 2]
    assert np.isnan(made["own_cost_share_12m"]).all()  # the county tells no claims


def test_health__columns_that_a_county_lacks_are_missing():
    made = of(claims=[{"household_id": "a", "month": "2023-12", "own_cost": 600.0}])
    for name in ("inpatient_count_12m", "serious_disease_count_12m", "first_grave_6m", "visit_since_months"):
        assert np.isnan(made[name]).all()
    assert made["own_cost_yuan_12m"] == [600, 0]


def test_health__is_sensitive_and_missing_without_tables__and_no_features_without_a_county():
    known = county_of(households=[{"household_id": "a"}]).known.everyone
    made = BLOCK.table(known, np.array([1], np.int32))
    assert {entry.sensitive for entry in made.entries} == {"health", "disability"}
    assert np.isnan(made.values).all()
    assert values(BLOCK, read(table({"a": [1, 2]})).as_of(2001).everyone) == {}
