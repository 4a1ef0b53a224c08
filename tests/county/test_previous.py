"""Against last month's list: for how long, and what is new."""

from __future__ import annotations

from dataclasses import replace

import pytest

from relapse.county.risk_list.previous import Previous, PreviousRow, months_listed, what_changed

ROW = PreviousRow(
    "next", 2, 9000.0, "人均收入9,000元，只比监测线高500元。", "医保 今年自付12,400元、人社 2025-08结束务工"
)


def test_months_listed__in_a_row__and_random_checks_count_for_nothing():
    assert months_listed("visit", None) == 1
    assert months_listed("visit", ROW) == 3
    assert months_listed("random", ROW) == 1
    last = Previous("2025-08", "x", {"h1": ROW, "h2": replace(ROW, tier="random")})
    assert last.of("h1") == ROW
    assert last.of("h2") is None
    assert last.of("h3") is None
    assert Previous().of("h1") is None


def test_what_changed__nothing():
    moved_numbers = replace(
        ROW,
        income=9050.0,
        reasons="人均收入9,050元，只比监测线高550元。",
        triggers="医保 今年自付12,900元\n人社 2025-08结束务工",
    )
    assert what_changed(moved_numbers, ROW, "zh") == ()


@pytest.mark.parametrize(
    ("change", "said"),
    [
        ({"tier": "visit"}, "走访等级由次月轮访变为本月必访"),
        ({"income": 8000.0}, "人均收入比上月清单少1,000元"),
        ({"income": 9600.4}, "人均收入比上月清单多600元"),
        ({"triggers": "残联 新办残疾证"}, "新增预警：残联 新办残疾证"),
        ({"reasons": "家中有2人在读高中、中职或大学。"}, "新出现的原因：家中有2人在读高中、中职或大学。"),
    ],
)
def test_what_changed__is_told_in_words(change, said):
    assert what_changed(replace(ROW, **change), ROW, "zh") == (said,)


def test_what_changed__new__random__and_another_language():
    assert what_changed(ROW, None, "zh") == ("上月不在清单上",)
    assert what_changed(replace(ROW, tier="random"), ROW, "zh") == ()
    other = replace(ROW, reasons=None, triggers=None)
    assert what_changed(replace(ROW, reasons="x.", triggers="y"), other, "en") == ()


def test_what_changed__three_at_most():
    now = PreviousRow("visit", 1, 1.0, "一。\n二。\n三。", "甲\n乙")
    assert len(what_changed(now, ROW, "zh")) == 3
