"""Spells of work at the end of 2023-12, line 7,300."""

from __future__ import annotations

from typing import Any

import numpy as np

from panels import read, table, values
from relapse import config
from relapse.core.texts import text
from snapshots import county_of

BLOCK = config.option("features", "work")


def spell(who: str, begin: str, end: str | None = None, **more: Any) -> dict[str, Any]:
    told = {"place": "county", "channel": "own", "monthly_wage": 3000.0, "is_working": None}
    return {"household_id": who, "from": begin, "to": end, **told, **more}


def of(*spells: dict[str, Any], households: str = "ab", as_of: str = "2023-12") -> dict[str, list[Any]]:
    homes = [{"household_id": each} for each in households]
    rows = [spell("z", "2010-01", "2010-02"), *spells]  # z is no household of the county
    made = values(BLOCK, county_of(households=homes, work=rows, as_of=as_of).known.everyone)
    return {name.removeprefix("work__"): each for name, each in made.items()}


def test_work__months_of_all_members_now_and_a_year_ago():
    made = of(
        spell("a", "2022-09", "2023-10"), spell("a", "2023-08", "2023-09"),  # 7 to 10 and 8 to 9 of this half-year
        spell("b", "2023-12"),
    )  # fmt: skip
    assert made["months_3m"] == [1, 1]
    assert made["months_6m"] == [6, 1]
    assert made["months_12m"] == [12, 1]
    assert made["months_6m_year_ago"] == [4, 0]  # 2022-09 to 2022-12
    assert made["months_6m_change"] == [2, 1]


def test_work__a_spell_without_an_end_or_with_a_later_one_runs():
    made = of(
        spell("a", "2023-01"), spell("a", "2023-01", "2024-05"), spell("a", "2023-01", "2023-12"),
        spell("b", "2023-01", "2023-11"), spell("b", "2024-01"), spell("c", "2020-01", "2020-06"),
        households="abcd",
    )  # fmt: skip
    assert made["running_count"] == [3, 0, 0, 0]
    assert made["ending_count_6m"] == [2, 0, 0, 0]
    assert made["ended_count_3m"] == [0, 1, 0, 0]
    assert made["since_last_months"][1:3] == [1, 42]
    assert np.isnan([made["since_last_months"][0], made["since_last_months"][3]]).all()
    assert made["months_12m"][3] == 0


def test_work__one_who_is_told_not_to_work_any_more_does_not():
    made = of(
        spell("a", "2023-01", is_working=0.0, known_at="2023-07"), spell("b", "2023-01", is_working=1.0, known_at="2023-07")
    )  # fmt: skip
    assert made["running_count"] == [0, 1]
    assert made["months_12m"] == [6, 12]  # until the month before it was told


def test_work__what_is_told_later_does_not_count():
    early = of(spell("a", "2023-01", "2023-06"))
    later = of(spell("a", "2023-01", "2023-06"), spell("a", "2023-07", known_at="2024-01"))
    assert all(np.array_equal(early[name], told, equal_nan=True) for name, told in later.items())


def test_work__by_place_and_channel():
    made = of(
        spell("a", "2023-01", "2023-04", place="outside"), spell("a", "2023-11", place="village", channel="public_post"),
        spell("a", "2023-12", place=None, channel="park"), spell("b", "2023-10", place="prefecture", channel="workshop"),
    )  # fmt: skip
    assert made["away_months_12m"] == [4, 3]
    assert made["home_months_12m"] == [2, 0]
    assert made["post_months_12m"] == [2, 0]
    assert made["park_months_12m"] == [1, 0]
    assert made["workshop_months_12m"] == [0, 3]
    assert made["relief_months_12m"] == [0, 0]
    assert made["running_away_count"] == [0, 1]


def test_work__wages_now_and_a_year_ago():
    made = of(
        spell("a", "2022-01", "2023-05", monthly_wage=4000.0), spell("a", "2023-06", monthly_wage=1000.0),
        spell("b", "2023-06", monthly_wage=None), spell("c", "2023-06", monthly_wage=2000.0), spell("c", "2023-06"),
        households="abcd",
    )  # fmt: skip
    assert [made["wage_yuan_month"][place] for place in (0, 2, 3)] == [1000, 5000, 0]
    assert np.isnan(made["wage_yuan_month"][1])
    assert np.allclose([made["wage_line_share"][0], made["wage_line_share_change"][0]], [12_000 / 7300, -36_000 / 7300])


def test_work__months_in_which_anyone_worked():
    made = of(
        spell("a", "2022-01", "2022-12"), spell("a", "2023-02", "2023-08"), spell("a", "2023-07", "2023-07"),
        spell("b", "2022-10", "2022-11"), spell("b", "2023-05"),
    )  # fmt: skip
    assert made["anyone_months_6m"] == [2, 6]
    assert made["anyone_months_6m_year_ago"] == [6, 2]
    assert made["anyone_months_lost_6m"] == [4, -4]
    said = text("reason.job_loss", "zh", work__anyone_months_6m="2", work__anyone_months_6m_year_ago="6")
    assert said == "近6个月有人务工的只有2个月，上年同期6个月。"


def test_work__months_lost_by_the_epidemic_and_only_then():
    spells = [spell("a", "2018-01", "2020-01"), spell("a", "2020-06"), spell("b", "2020-01")]
    assert of(*spells, as_of="2020-01")["epidemic_months_lost"] == [0, 0]
    assert of(*spells, as_of="2020-07")["epidemic_months_lost"] == [4, 0]  # 2020-02 to 05; b worked more than in 2019
    assert of(*spells, as_of="2021-06")["epidemic_months_lost"] == [4, 0]
    assert of(*spells, as_of="2021-07")["epidemic_months_lost"] == [0, 0]


def test_work__missing_without_the_table__and_no_features_without_a_county():
    made = values(BLOCK, county_of(households=[{"household_id": "a"}]).known.everyone)
    assert len(made) == len(of())
    assert all(np.isnan(each).all() for each in made.values())
    assert values(BLOCK, read(table({"a": [1, 2]})).as_of(2001).everyone) == {}
