"""Who lives in the household; a county of 1,000 yuan a month for one person, at the end of 2023-12 unless said otherwise."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest

from panels import read, table, values
from relapse import config
from relapse.core.texts import TEXTS, text
from snapshots import county_of

BLOCK = config.option("features", "people")
BLANK = {
    "labour": None, "health": "healthy", "school_status": None, "resident": "home", "left_behind": "not_left",
    "disability_grade": None, "disability_certified_at": None, "graduation_year": None, "pension": None,
    "allowance": None, "support": None,
}  # fmt: skip


def person(who: str, born: str, **more: Any) -> dict[str, Any]:
    return {"household_id": who[0], "person_id": who, "birth_month": born, "as_of": "2020-01", **BLANK, **more}


FILLER = person(  # of no household of the county: it makes columns of texts of those that are empty otherwise
    "z0", "1980-01", labour="ordinary", school_status="senior", disability_grade="grade_4", allowance="rural",
    support="supported",
)  # fmt: skip


def of(*persons: dict[str, Any], households: str = "ab", as_of: str = "2023-12", **more: Any) -> dict[str, list[Any]]:
    homes = [{"household_id": each} for each in households]
    made = values(BLOCK, county_of(households=homes, persons=[FILLER, *persons], as_of=as_of, **more).known.everyone)
    return {name.removeprefix("people__"): each for name, each in made.items()}


def test_people__by_age():
    made = of(
        person("a1", "2008-01"), person("a2", "2007-12"),  # 15 and 16 years old
        person("a3", "1963-12"), person("a4", "1964-01"), person("a5", "2018-01"),  # 60, 59 and 5
        person("b1", "1950-01"),
        households="abc",
    )  # fmt: skip
    assert made["members_count"][:2] == [5, 1]
    assert made["under_16_count"][:2] == [2, 0]
    assert made["under_14_count"][:2] == [1, 0]
    assert made["preschool_count"][:2] == [1, 0]
    assert made["elderly_count"][:2] == [1, 1]
    assert made["working_age_count"][:2] == [2, 0]
    assert np.allclose(made["dependants_share"][:2], [0.6, 1])
    assert made["single_person"][:2] == [0, 1]
    assert made["all_elderly"][:2] == [0, 1]
    assert np.isnan([each[2] for name, each in made.items() if name not in ("size_change_12m",)]).all()


def test_people__of_one_person_the_newest_state_holds__and_what_is_told_later_does_not():
    made = of(
        person("a1", "1980-01", labour="ordinary"),
        person("a1", "1980-01", labour="unable", **{"as_of": "2023-10", "known_at": "2023-11"}),
        person("b1", "1980-01", labour="ordinary"),
        person("b1", "1980-01", labour="unable", **{"as_of": "2023-10", "known_at": "2024-01"}),
        person("b2", "1980-01", labour="ordinary", known_at="2024-01"),
    )
    assert made["members_count"] == [1, 1]
    assert made["able_count"] == [0, 1]
    assert made["no_labour"] == [1, 0]


def test_people__no_labour_only_where_that_is_told_of_all_of_working_age():
    made = of(
        person("a1", "1980-01", labour="lost"), person("a2", "2015-01"), person("b1", "1980-01", labour="lost"),
        person("b2", "1981-01"), person("c1", "1980-01", labour="weak"), person("d1", "1980-01"),
        households="abcd",
    )  # fmt: skip
    assert made["no_labour"][:3] == [1, 0, 0]
    assert made["weak_count"][:3] == [0, 0, 1]
    assert made["unable_count"][:3] == [1, 1, 0]
    assert np.isnan([made[name][3] for name in ("no_labour", "able_count")]).all()
    assert made["no_labour_income_yuan_pp"][0] == 12_000
    assert np.isnan(made["no_labour_income_yuan_pp"][1:3]).all()


def test_people__left_behind_where_all_adults_are_away():
    made = of(
        person("a1", "1985-01", resident="away"), person("a2", "2015-01"), person("a3", "1950-01"),
        person("b1", "1985-01", resident="away"), person("b2", "1986-01"), person("b3", "2015-01"),
        person("c1", "1950-01"), person("d1", "1986-01"), person("d2", "2015-01", left_behind="child"),
        households="abcd",
    )  # fmt: skip
    assert made["left_behind_children"] == [1, 0, 0, 1]
    assert made["left_behind_elderly"] == [1, 0, 0, 0]  # c has no adult who could have left
    assert made["elderly_without_adult_count"] == [1, 0, 1, 0]


def test_people__at_school_and_soon_out_of_it():
    persons = [
        person("a1", "2005-08", school_status="senior"),  # 18 by September 2023: out in June 2023; still told: in 2024
        person("a2", "2006-10", school_status="vocational"),  # 17 in September 2024
        person("b1", "2006-01", school_status="senior"),  # 18 by September 2024
        person("b2", "2012-01", school_status="primary"),
    ]
    made = of(*persons)
    assert made["higher_students_count"] == [2, 1]
    assert made["leaves_school_count_6m"] == [1, 1]
    assert of(*persons, as_of="2023-11")["leaves_school_count_6m"] == [0, 0]  # June is seven months away
    told = [
        persons[0] | {"graduation_year": 2024.0},
        person("b1", "2010-01", school_status="senior", graduation_year=2024.0),
    ]
    assert of(*told)["leaves_school_count_6m"] == [1, 1]


def spell(who: str, begin: str, end: str | None = None, **more: Any) -> dict[str, Any]:
    return {"household_id": who, "from": begin, "to": end, **more}


def test_people__idle_young_and_graduates__less_all_who_have_a_job():
    young = {"labour": "ordinary", "graduation_year": 2022.0}
    made = of(
        person("a1", "2000-01", **young), person("a2", "2001-01", **young), person("a3", "1980-01", labour="ordinary"),
        person("b1", "2000-01", labour="ordinary", school_status="bachelor"), person("b2", "1980-01", labour="ordinary"),
        person("c1", "2000-01", **young | {"graduation_year": 2021.0}),
        work=[spell("a", "2023-01"), spell("c", "2023-01", "2023-11")], households="abc",
    )  # fmt: skip
    assert made["idle_young_count"] == [1, 0, 1]
    assert made["idle_graduates_count"] == [1, 0, 0]  # June 2021 is more than two years ago
    assert made["single_earner"] == [1, 0, 0]


def test_people__wages_of_a_single_earner():
    wages = {"wage": {"a": [800.0] * 12, "b": [800.0] * 12}}
    work = [spell("a", "2023-01"), spell("b", "2023-01"), spell("b", "2023-02")]
    both = [person(f"{who}{place}", "1980-01") for who in "ab" for place in (1, 2)]
    made = of(*both, work=work, sources=wages)
    assert made["single_earner"] == [1, 0]
    assert made["single_earner_wage_share"][0] == pytest.approx(0.8)  # 800 of 1,000 a month
    assert np.isnan(made["single_earner_wage_share"][1])


def test_people__share_of_wages__is_of_the_reported_months_as_income_is():
    gaps = [None, None, *[1000.0] * 10]  # two months of the newest window were not reported: its income is scaled
    made = of(
        person("a1", "1980-01"), person("a2", "1980-01"), work=[spell("a", "2023-01")], households="a",
        income={"a": gaps}, sources={"wage": {"a": [None, None, *[800.0] * 10]}},
    )  # fmt: skip
    assert made["single_earner_wage_share"] == [pytest.approx(0.8)]


def test_people__health_and_disability():
    made = of(
        person("a1", "1980-01", health="chronic|disabled", disability_grade="grade_2", disability_certified_at="2023-05"),
        person("a2", "1980-01", health="serious", disability_grade="grade_1", disability_certified_at="2019-05"),
        person("b1", "1980-01", health="disabled"),
        person("b2", "1980-01", disability_certified_at="2023-03"), person("c1", "1980-01", health=None),
        households="abc",
    )  # fmt: skip
    assert made["chronic_count"][:2] == [1, 0]
    assert made["serious_count"][:2] == [1, 0]
    assert np.isnan(made["chronic_count"][2])
    assert made["disabled_count"] == [2, 2, 0]
    assert made["disability_grade"][0] == 1
    assert np.isnan(made["disability_grade"][1])
    assert made["new_disability_12m"] == [1, 1, 0]
    assert made["new_disability_grade"][0] == 2
    assert made["new_disability_graded"] == [1, 0, 0]  # the sentence is printed where its grade is told


def test_people__pension_and_allowances():
    made = of(
        person("a1", "1980-01", pension=0.0, allowance="rural"), person("a2", "2015-01", pension=0.0, allowance="rural"),
        person("b1", "1980-01", pension=1.0, allowance="not_covered", support="central"),
    )  # fmt: skip
    assert made["without_pension_count"] == [1, 0]
    assert made["allowance_count"] == [2, 0]
    assert made["support_count"] == [0, 1]


def test_people__births_deaths_and_change_of_size():
    homes = [
        {"household_id": "a", "size": 4.0}, {"household_id": "b", "size": 1.0},
        {"household_id": "a", "size": 3.0, "as_of": "2023-06"},
    ]  # fmt: skip
    told = county_of(
        households=homes, persons=[FILLER, person("a1", "2023-01"), person("a2", "2022-12"), person("b1", "1980-01")],
        events=[{"household_id": "a", "kind": kind, "happened_at": when}
                for kind, when in (("death", "2023-05"), ("death", "2022-05"), ("fire", "2023-05"))],
    )  # fmt: skip
    made = values(BLOCK, told.known.everyone)
    assert made["people__births_12m"] == [1, 0]
    assert made["people__deaths_12m"] == [1, 0]
    assert made["people__size_change_12m"] == [-1, 0]


def test_people__missing_columns_are_missing__and_no_features_without_a_county():
    persons = [{"household_id": "a", "person_id": "a1", "birth_month": "1980-01", "as_of": "2020-01"}]
    made = values(BLOCK, county_of(households=[{"household_id": "a"}], persons=persons).known.everyone)
    told = {name for name, each in made.items() if not np.isnan(each).any()}
    assert told == {
        f"people__{name}" for name in (
            "members_count", "under_16_count", "under_14_count", "preschool_count", "elderly_count", "working_age_count",
            "dependants_share", "single_person", "all_elderly", "elderly_without_adult_count", "births_12m",
            "size_change_12m",
        )
    }  # fmt: skip
    bare = values(BLOCK, county_of(households=[{"household_id": "a"}]).known.everyone)
    assert set(bare) == set(made)
    assert {name for name, each in bare.items() if not np.isnan(each).all()} == {"people__size_change_12m"}
    assert values(BLOCK, read(table({"a": [1, 2]})).as_of(2001).everyone) == {}


def entries() -> dict[str, Any]:
    made = BLOCK.table(county_of(households=[{"household_id": "a"}]).known.everyone, np.array([1], np.int32))
    return {entry.name.removeprefix("people__"): entry for entry in made.entries}


def test_people__sensitive_data_are_marked():
    marked = {name: entry.sensitive for name, entry in entries().items()}
    assert {marked[name] for name in ("chronic_count", "serious_count", "needs_care_count")} == {"health"}
    assert {marked[name] for name in marked if "disab" in name} == {"disability"}
    assert {marked[name] for name in ("under_14_count", "preschool_count", "left_behind_children", "births_12m")} == {
        "minors"
    }


def test_people__sentences():
    assert text(
        "reason.single_earner", "zh", people__members_count="4", value="80%"
    ) == "全家4口人，只有1人务工，工资占收入80%。"  # fmt: skip
    assert text("reason.new_disability", "zh", value="1", people__new_disability_grade="2").startswith("近12个月有1名")
    for entry in entries().values():
        assert not entry.wording or (entry.true_above is not None and TEXTS[entry.wording])
