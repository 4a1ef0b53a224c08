"""Cards of listed households: income as known then, what happened in words, and no word that tells more than its tone."""

from __future__ import annotations

import re

import numpy as np
import pandas as pd
import pytest

import county_poison
from relapse.core.cards import WORDS, Cards
from relapse.core.panel import Panel
from relapse.core.results import Finding
from relapse.county.risk_list.measures import read_advice
from relapse.explanation.reasons import Reason
from relapse.flows.cards import MONTHS, make_cards
from relapse.flows.county_rows import Listed, Settled, objects
from snapshots import AS_OF, county_of

COST = Finding("T01", "note", "claims", details={"amount": "43,285"})
DISASTER = Finding("T24", "note", "events", details={"month": "2023-07", "amount": "8,250", "trigger": "5,000"})
ILL = Reason(
    "illness", "reason.illness", "看病自付43,285元。", {"page": "看病自付约4.3万元。", "paper": "请先听本人讲。"}
)
NEAR = Reason(
    "distance", "reason.close", "只比监测线高520元。", {"page": "只比监测线高520元。", "paper": "只比监测线高约500元。"}
)


def cards_of(panel: Panel, as_of: str, ids: list[str], said=(), leads=(), changed=(), tier="visit") -> Cards:
    known = panel.as_of(panel.calendar.parse(as_of))
    members = np.searchsorted(panel.household_ids, np.array(ids, dtype=object)).astype(np.int32)
    nothing, count = [()] * len(ids), len(ids)
    nobody = np.zeros(count, dtype=bool)
    settled = Settled(
        np.full(count, tier, dtype=object), objects(nothing), leads or nothing, nobody, np.full(count, "", dtype=object),
        [None] * count, np.full(count, np.nan), nobody,
    )  # fmt: skip
    rows = Listed(settled, said or nothing, nothing)
    return make_cards(known, members, rows, changed or nothing, read_advice("national"), "zh")


def made(**tables) -> Panel:
    return county_of(households=[{"household_id": "a"}, {"household_id": "b"}], **tables).known.panel


def test_cards__have_the_columns_that_are_promised_and_months_oldest_first():
    told = cards_of(made(), AS_OF, ["b", "a"])
    assert list(told.words.columns) == list(WORDS)
    assert list(told.words.index) == ["b", "a"]
    assert (told.months[0], told.months[-1], len(told.months)) == ("2021-01", AS_OF, MONTHS)
    assert told.income.shape == told.line.shape == (2, MONTHS)
    assert told.income[0, -1] == 12_000
    assert np.isnan(told.income[0, :6]).all()  # three years of reports: the first windows are not whole
    assert set(told.line[0]) == {7300}


def test_events__newest_first_within_three_years_and_only_those_that_have_words():
    events = [
        {"household_id": "a", "kind": kind, "happened_at": month}
        for kind, month in (
            ("crop_loss", "2023-07"), ("crop_loss", "2023-07"), ("job_loss", "2023-11"), ("doctor_visit", "2023-12"),
            ("death", "2020-12"),
        )
    ]  # fmt: skip
    measures = [
        {"household_id": "a", "kind": "public_post", "from": "2022-01", "to": "2022-12"},
        {"household_id": "a", "kind": "job", "from": "2019-01", "to": "2024-05"},
    ]
    told = cards_of(made(events=events, measures=measures), AS_OF, ["a", "b"])
    assert told.words.loc["a", "events"] == (
        "2023-11 失业或返乡", "2023-07 庄稼受灾", "2022-12 公益岗位到期", "2022-01 公益岗位开始",
    )  # fmt: skip
    assert told.words.loc["a", "ticks"] == (34, 30, 23, 12)
    assert told.words.loc["b", "events"] == ()


def test_recognitions_that_are_over__stand_among_what_happened():
    rows = [
        {"household_id": "a", "recognised_at": "2022-01", "removed": 1.0, "removed_at": "2023-01", "reopened_at": None}
    ]
    told = cards_of(made(recognitions=rows), AS_OF, ["a"])
    assert told.words.loc["a", "events"] == ("2023-01 风险消除", "2022-01 识别为监测对象")


def test_words__of_a_page_tell_no_medical_cost_to_the_yuan_and_those_on_paper_nothing_of_illness():
    changed = [
        ("新增预警：医保 今年自付43,285元", "新出现的原因：看病自付43,285元。", "走访等级由次月轮访变为本月必访")
    ]
    told = cards_of(made(), AS_OF, ["a"], said=[(ILL, NEAR)], leads=[(COST, DISASTER)], changed=changed).words.loc["a"]
    assert told["reasons"] == ("看病自付约4.3万元。", "只比监测线高520元。")
    assert told["triggers"] == ("医保 今年自付约4.3万元", "应急 2023-07受灾损失8,250元")
    assert told["changed"] == ("新增预警：医保 今年自付约4.3万元", "新出现的原因：看病自付约4.3万元。", changed[0][2])
    assert told["causes"] == ("illness", "distance", "disaster")
    assert told["why"] == ("家中有较大医疗支出，请先听本人讲。",)
    assert told["look"] == ("问有什么难处，开支能否承受", "看地块房屋，保险是否报案")


@pytest.mark.parametrize(
    ("tier", "said", "leads", "why"),
    [
        ("visit", (NEAR,), (), "只比监测线高约500元。"),
        ("visit", (NEAR,), (DISASTER,), "部门线索：应急 2023-07受灾损失约8,300元。"),
        ("visit", (ILL, NEAR), (), "请先听本人讲。"),
        ("random", (ILL, NEAR), (COST,), "随机抽查，了解近况有无变化。"),
        ("phone", (), (), "收入和家庭情况需要当面了解。"),
    ],
)
def test_why__is_one_sentence_for_paper(tier, said, leads, why):
    told = cards_of(made(), AS_OF, ["a"], said=[said], leads=[leads], tier=tier)
    assert told.words.loc["a", "why"] == (why,)
    assert told.words.loc["a", "look"]


def test_a_future_that_is_another__changes_no_card():
    as_of, tables = "2022-06", county_poison.told()
    panels = [county_poison.read(each) for each in (tables, county_poison.poisoned(tables, as_of))]
    listed = sorted(tables["农户信息"][county_poison.HOUSEHOLD].unique())
    here = [str(each) for each in panels[0].household_ids[panels[0].as_of(panels[0].calendar.parse(as_of)).observed]]
    assert set(here) == set(listed)
    one, other = (cards_of(panel, as_of, here) for panel in panels)
    np.testing.assert_array_equal(one.income, other.income)
    np.testing.assert_array_equal(one.line, other.line)
    pd.testing.assert_frame_equal(one.words, other.words)
    assert sum(len(each) for each in one.words["events"]) > 20
    assert max(re.findall(r"\d{4}-\d{2}", " ".join(sum(one.words["events"], ())))) <= as_of


def test_cards__at_the_end_of_the_data_differ_from_those_before():
    """The test above can fail: there is something to be poisoned."""
    panel = county_poison.read(county_poison.told())
    ids = [str(each) for each in panel.household_ids[:20]]
    early, late = (cards_of(panel, as_of, ids) for as_of in ("2022-06", "2023-06"))
    assert not early.words["events"].equals(late.words["events"])
