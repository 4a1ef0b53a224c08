"""Two no-worries, three guarantees and water: unmet, met or not told, and since when."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import numpy as np
import pytest

from relapse.core.guarantees import GUARANTEES, Guarantees, SchoolAge, guarantees
from snapshots import MONTHLY, county_of

AGE = SchoolAge(first_age=6, last_age=16, term_month=9)
NAN = float("nan")


def told(homes: list[dict[str, Any]], as_of: str = "2023-12", **tables: Any) -> Guarantees:
    return guarantees(county_of(households=homes, as_of=as_of, **tables).known, AGE)


def months(values: np.ndarray) -> list[str]:
    return ["" if np.isnan(month) else MONTHLY.label(int(month)) for month in values]


FLAGS: Mapping[str, tuple[str, float]] = {
    "food_clothing": ("food_clothing", 0.0), "schooling": ("dropout_child", 1.0), "medical": ("all_insured", 0.0),
    "housing": ("dangerous_house", 1.0), "water": ("safe_water", 0.0),
}  # fmt: skip


@pytest.mark.parametrize("name", GUARANTEES)
def test_a_flag_of_the_household__says_unmet_met_or_nothing(name):
    column, bad = FLAGS[name]
    states = [("a", bad), ("b", 1 - bad), ("c", None)]
    found = told([{"household_id": who, column: value} for who, value in states])
    assert np.array_equal(found.unmet[name], [1, 0, NAN], equal_nan=True)
    assert months(found.since[name]) == ["2015-01", "", ""]
    assert found.count().tolist() == [1, 0, 0]


def test_since__is_the_month_from_which_it_has_been_so_without_a_break():
    """a: unmet from 2020-05 on; b: unmet, met in 2021-01, unmet again from 2022-03; c: repaired."""
    steps = {"a": [("2019-01", 0), ("2020-05", 1), ("2022-01", 1)], "b": [("2019-01", 1), ("2021-01", 0), ("2022-03", 1)],
             "c": [("2019-01", 1), ("2021-06", 0)]}  # fmt: skip
    homes = [
        {"household_id": who, "dangerous_house": float(bad), "as_of": when}
        for who, rows in steps.items()
        for when, bad in rows
    ]
    found = told(homes)
    assert found.unmet["housing"].tolist() == [1, 1, 0]
    assert months(found.since["housing"]) == ["2020-05", "2022-03", ""]


def test_guarantees__are_those_that_were_known():
    homes = [
        {"household_id": "a", "safe_water": 1.0},
        {"household_id": "a", "safe_water": 0.0, "as_of": "2023-05", "known_at": "2023-08"},
    ]
    assert told(homes, as_of="2023-07").unmet["water"].tolist() == [0]
    late = told(homes, as_of="2023-08")
    assert late.unmet["water"].tolist() == [1]
    assert months(late.since["water"]) == ["2023-05"]


def test_housing__a_grade_c_or_d_is_unsafe_whatever_the_flag_says():
    homes = [
        {"household_id": who, "dangerous_house": 0.0, "house_grade": grade}
        for who, grade in zip("abcd", "abcd", strict=True)
    ]
    assert told(homes).unmet["housing"].tolist() == [0, 0, 1, 1]


def test_medical__one_member_without_any_basic_insurance_is_enough():
    persons = [
        {"household_id": "a", "person_id": "1", "insured_resident": 1.0, "insured_employee": 0.0},
        {"household_id": "b", "person_id": "1", "insured_resident": 1.0, "insured_employee": None},
        {"household_id": "b", "person_id": "2", "insured_resident": 0.0, "insured_employee": None, "as_of": "2021-02"},
        {"household_id": "c", "person_id": "1", "insured_resident": None, "insured_employee": None},
    ]
    persons = [
        {"birth_month": "1980-01", "as_of": "2020-01", **row, "person_id": f"{row['household_id']}{n}"}
        for n, row in enumerate(persons)
    ]
    found = told([{"household_id": who} for who in "abc"], persons=persons)
    assert np.array_equal(found.unmet["medical"], [0, 1, NAN], equal_nan=True)
    assert months(found.since["medical"]) == ["", "2021-02", ""]


@pytest.mark.parametrize(
    ("birth", "as_of", "unmet"),
    [
        ("2017-08", "2023-09", 1),  # six years old on 1 September 2023
        ("2017-08", "2023-08", NAN),  # the school year of 2022 still runs: not of age in it
        ("2017-09", "2023-12", NAN),  # six after the begin
        ("2007-09", "2023-09", 1),  # not yet sixteen at the begin
        ("2007-08", "2023-09", NAN),
    ],
)
def test_schooling__is_judged_at_the_begin_of_the_school_year(birth, as_of, unmet):
    child = {
        "household_id": "a",
        "person_id": "1",
        "birth_month": birth,
        "school_status": "not_in_school",
        "as_of": "2023-01",
    }
    found = told([{"household_id": "a"}], as_of=as_of, persons=[child])
    assert np.array_equal(found.unmet["schooling"], [unmet], equal_nan=True)


def test_schooling__a_child_in_school_or_with_a_reason_is_no_fault():
    child = {"birth_month": "2013-01", "as_of": "2023-01", "school_status": None, "not_in_school_reason": None}
    persons = [
        {"household_id": "a", "person_id": "a1", **child, "school_status": "primary"},
        {"household_id": "b", "person_id": "b1", **child, "not_in_school_reason": "home_teaching"},
        {"household_id": "c", "person_id": "c1", **child},
    ]
    assert told([{"household_id": who} for who in "abc"], persons=persons).unmet["schooling"].tolist() == [0, 0, 1]


def test_guarantees__of_households_that_are_gone_say_nothing():
    found = told(
        [{"household_id": "a", "safe_water": 0.0}, {"household_id": "b", "safe_water": 0.0, "known_at": "2024-05"}]
    )
    assert np.array_equal(found.unmet["water"], [1, NAN], equal_nan=True)
