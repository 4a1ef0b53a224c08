"""Two no-worries, three guarantees and water: unmet, met or not told, and since when."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
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


def test_since__a_blank_cell_between_is_no_break():
    steps = [("2019-01", 1.0), ("2020-01", 0.0), ("2021-01", None), ("2022-01", 0.0)]
    found = told([{"household_id": "a", "safe_water": value, "as_of": when} for when, value in steps])
    assert months(found.since["water"]) == ["2020-01"]


def test_since__is_that_of_the_member_who_lacks_it_longest_and_still_does():
    """b1 was uninsured from 2019-01 to 2020-12, b2 is since 2021-02, b3 since 2022-07."""
    steps = [
        ("b1", "2019-01", 0),
        ("b1", "2021-01", 1),
        ("b2", "2021-02", 0),
        ("b3", "2020-01", 1),
        ("b3", "2022-07", 0),
    ]
    persons = [
        {"household_id": "b", "person_id": who, "birth_month": "1980-01", "as_of": when, "insured_basic": float(value)}
        for who, when, value in steps
    ]
    assert months(told([{"household_id": "b"}], persons=persons).since["medical"]) == ["2021-02"]


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


@pytest.mark.parametrize(
    ("birth", "begins"),
    [("2017-08", "2023-09"), ("2017-09", "2024-09"), ("2017-10", "2024-09"), ("2012-08", "2018-09")],
)
def test_school_age__begins_with_the_first_school_year_at_that_age(birth, begins):
    months_of_birth = np.array([float(MONTHLY.parse(birth))])
    begin = AGE.begins(months_of_birth)
    assert months(begin) == [begins]
    assert AGE.holds(int(begin[0]), months_of_birth).tolist() == [True]
    assert AGE.holds(int(begin[0]) - 1, months_of_birth).tolist() == [False]


def test_schooling__nothing_was_lacking_before_the_child_had_to_go():
    """At home since 2019, of age on 1 September 2021: out of school since then, not since 2019."""
    child = {"household_id": "a", "person_id": "1", "birth_month": "2015-05", "school_status": "not_in_school"}
    found = told([{"household_id": "a"}], persons=[{**child, "as_of": "2019-02"}])
    assert months(found.since["schooling"]) == ["2021-09"]


def test_schooling__a_file_without_the_column_does_not_say_that_a_child_is_out_of_school():
    """The second list has no school column: what the first told still holds, and of c nothing was ever told."""
    child = {"birth_month": "2013-01", "as_of": "2023-01"}
    persons = [
        {"household_id": "a", "person_id": "a1", **child, "school_status": "primary"},
        {"household_id": "a", "person_id": "a1", **child, "school_status": None, "as_of": "2023-06"},
        {"household_id": "b", "person_id": "b1", **child, "school_status": "not_in_school"},
        {"household_id": "b", "person_id": "b1", **child, "school_status": None, "as_of": "2023-06"},
        {"household_id": "c", "person_id": "c1", **child, "school_status": None, "as_of": "2023-06"},
    ]
    panel = county_of(households=[{"household_id": who} for who in "abc"], persons=persons).known.panel
    facts = panel.tables["persons"]
    later = facts.happened == MONTHLY.parse("2023-06")
    tables = {**panel.tables, "persons": replace(facts, absent={"school_status": later})}
    found = guarantees(replace(panel, tables=tables).as_of(MONTHLY.parse("2023-12")), AGE)
    assert np.array_equal(found.unmet["schooling"], [0, 1, NAN], equal_nan=True)
    assert months(found.since["schooling"]) == ["", "2023-01", ""]


def test_persons_of_no_household__say_nothing_of_the_last_one():
    """A row that names an unknown household has no place; once its place -1 was the last household's."""
    stranger = {"household_id": "z", "person_id": "1", "birth_month": "1980-01", "insured_basic": 0.0}
    found = told([{"household_id": "a"}, {"household_id": "b"}], persons=[{**stranger, "as_of": "2020-01"}])
    assert np.isnan(found.unmet["medical"]).all()


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
