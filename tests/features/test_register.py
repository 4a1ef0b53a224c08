"""What the register says, at the end of 2023-12."""

from __future__ import annotations

from typing import Any

import numpy as np

from panels import read, table, values
from relapse import config
from snapshots import county_of

BLOCK = config.option("features", "register")


def of(*homes: dict[str, Any], **tables: Any) -> dict[str, list[Any]]:
    return values(BLOCK, county_of(households=homes, **tables).known.everyone)


def test_register__exit_type_and_plain_states():
    made = of(
        {"household_id": "a", "exit_year": 2018.0, "arable": 6.0, "size": 4.0, "relocated": 1.0, "microloan": 14600.0},
        {"household_id": "b", "type": "ordinary"}, {"household_id": "c", "type": "not_exited"},
    )  # fmt: skip
    assert made["register__exit_months"][0] == 60  # December 2018 to December 2023
    assert made["register__exit_cohort"][0] == 2018
    assert np.isnan(made["register__exit_months"][1:]).all()
    assert made["register__type"][:2] == [0, 1]
    assert np.isnan(made["register__type"][2])
    assert made["register__arable_pp"][0] == 1.5
    assert made["register__relocated"][0] == 1
    assert made["register__microloan_share"][0] == 0.5  # 14,600 / 4 persons / 7,300
    assert np.isnan(made["register__house_area"]).all()  # no such column here


def test_register__months_since_the_record_was_changed():
    made = of(
        {"household_id": "a", "known_at": "2023-03", "updated_on": "2021-12"},
        {"household_id": "b", "known_at": "2023-03"},
        {"household_id": "c", "known_at": "2023-03", "updated_on": "2024-05"},  # a slip of the pen
    )
    assert made["register__updated_months"] == [24, 9, 9]


def spell(household: str, begun: str, **more: Any) -> dict[str, Any]:
    return {
        "household_id": household, "recognised_at": begun, "removed": None, "removed_at": None, "reopened_at": None, **more,
    }  # fmt: skip


def test_register__earlier_times_as_a_monitored_household():
    made = of(
        *({"household_id": each} for each in "abcdefg"),
        recognitions=[
            spell("a", "2020-01", removed=1.0, removed_at="2020-11"), spell("a", "2022-01", removed=1.0, removed_at="2022-07"),
            spell("b", "2020-01"),  # monitored now
            spell("c", "2020-01", removed=1.0),  # nobody told when
            spell("d", "2020-01", removed=1.0, removed_at="2021-01", reopened_at="2021-06"),  # monitored again
            spell("e", "2020-01", removed=1.0, removed_at="2024-03"),  # after the as_of
            spell("f", "2020-01", removed=1.0, removed_at="2022-01", reopened_at="2021-06"),  # and removed again
            spell("g", "2024-02"),
        ],
    )  # fmt: skip
    assert made["register__earlier_spells"] == [2, 0, 1, 1, 0, 1, 0]
    assert made["register__earlier_reopened"] == [0, 0, 0, 1, 0, 1, 0]
    assert made["register__earlier_months"] == [16, 0, 0, 0, 0, 24, 0]
    assert made["register__removed_months"][0] == 17
    assert made["register__removed_months"][5] == 23
    assert np.isnan(np.delete(made["register__removed_months"], [0, 5])).all()


def test_register__a_removal_that_was_told_later_is_not_there():
    rows = [spell("a", "2020-01", removed=1.0, removed_at="2023-05", known_at="2024-01")]
    made = of({"household_id": "a"}, recognitions=rows)
    assert made["register__earlier_spells"] == [0]


def test_register__no_features_without_a_county():
    assert values(BLOCK, read(table({"a": [1, 2]})).as_of(2001).everyone) == {}
