"""Numbers of leads, places in the township, days of reply: the same whoever is listed, and on no clock."""

from __future__ import annotations

import re

import numpy as np

from relapse.county.risk_list.clues import clue_ids, due_days, numbers_within, village_codes


def texts(*words: str) -> np.ndarray:
    return np.array(words, dtype=object)


def test_village_codes__follow_from_the_names_alone():
    few = village_codes(texts("一镇", "一镇", "二镇"), texts("一村", "二村", "一村"))
    assert len(set(few)) == 3  # villages of one name in two townships are two
    assert all(re.fullmatch(r"\d{6}", code) for code in few)
    more = village_codes(texts("〇镇", "二镇", "一镇", "一镇"), texts("甲村", "一村", "二村", "一村"))
    assert more.tolist()[1:] == few.tolist()[::-1]  # a village more changes nothing for the others
    assert village_codes(texts(), texts()).tolist() == []


def test_clue_ids__number_the_households_of_a_village_whoever_is_listed():
    told = clue_ids("2023-12", texts("000007", "123456", "000007"))
    assert told.tolist() == ["202312-000007-001", "202312-123456-001", "202312-000007-002"]


def test_clue_ids__are_never_met_twice_even_where_two_villages_share_a_code():
    codes = texts(*["000007"] * 1200)
    assert len(set(clue_ids("2023-12", codes))) == 1200


def test_numbers_within__count_by_township_in_the_order_of_the_list():
    assert numbers_within(["乙镇", "甲镇", "乙镇", "", "乙镇"]).tolist() == [1, 1, 2, 1, 3]


def test_due_days__from_the_end_of_the_month__working_days_where_a_department_gave_a_trigger():
    hit, tier = np.array([False, True]), texts("visit", "phone")
    assert due_days(2023 * 12 + 11, tier, hit, 15, 4).tolist() == ["2024-01-15", "2024-01-04"]  # 31 December: a Sunday
    assert due_days(2024 * 12 + 1, tier, hit, 15, 4).tolist() == ["2024-03-15", "2024-03-06"]  # 29 February: a Thursday
    assert due_days(2024 * 12 + 1, tier[:0], hit[:0], 15, 4).tolist() == []


def test_due_days__of_a_visit_next_month_are_a_month_later__and_nobody_answers_for_what_nobody_can_do():
    told = due_days(2023 * 12 + 10, texts("next", "beyond", "random"), np.array([True, True, False]), 15, 4)
    assert told.tolist() == ["2024-01-15", "", "2023-12-15"]
