"""Who comes before the forecast's order and who rests, on the hand-made county: what was known, and nothing later."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
import pytest

import tiny_county
from relapse import config
from relapse.core.panel import PanelView
from relapse.core.periods import Calendar
from relapse.county.audits.audits import Audits
from relapse.county.risk_list.previous import PastDraw
from relapse.flows.urgency import checks_of, resting, rules_hit, urgency, visited

AS_OF = Calendar("monthly").parse("2022-07")
MONTHS = 3


@pytest.fixture(scope="module")
def audits() -> Audits:
    made: Audits = config.option("audits", "national")
    return made


def visit(household: str, day: str, verdict: str, known: str = "", clue: str = "") -> dict:
    row = {"户编号": household, "核查日期": day, "核查结论": verdict, "知晓日期": known or day}
    return {**row, "线索编号": clue}


def claim(household: str, month: str, cost: float, known: str) -> dict:
    return {"户编号": household, "结算月份": month, "合规自付支出": cost, "医疗类别": "门诊", "知晓日期": known}


def event(household: str, kind: str, day: str, known: str) -> dict:
    return {"户编号": household, "事件类型": kind, "发生日期": day, "知晓日期": known}


def known_of(tmp_path, as_of: int = AS_OF, **tables: Sequence[dict]) -> PanelView:
    names = {"visits": "走访核查", "claims": "医疗费用", "events": "突发事件"}
    return tiny_county.read(tmp_path, {names[name]: rows for name, rows in tables.items()}).as_of(as_of)


def rests(known: PanelView, audits: Audits) -> list[str]:
    rules = rules_hit(known, audits, ("B01", "B05"), MONTHS)
    found = resting(known, visited(known, MONTHS), rules, 500)
    return known.panel.household_ids[found].tolist()


def test_visited__the_newest_verdict_as_known(tmp_path):
    rows = [
        visit("a1", "2022-04-10", "不存在风险"), visit("a1", "2022-06-10", "暂不能确定"),
        visit("a2", "2022-06-10", "存在风险", known="2022-08-01"), visit("a4", "2022-07-31", "未见到人"),
    ]  # fmt: skip
    known = known_of(tmp_path, visits=rows)
    told = dict(zip(known.panel.household_ids.tolist(), visited(known, MONTHS).verdict.tolist(), strict=True))
    assert (told["a1"], told["a2"], told["a4"], told["a5"]) == ("unclear", "", "not_met", "")


def test_visited__nobody_met_twice_running(tmp_path):
    rows = [
        visit("a1", "2022-06-10", "未见到人"), visit("a1", "2022-07-10", "未见到人"),
        visit("a2", "2022-06-10", "未见到人"), visit("a4", "2022-06-10", "未见到人"),
        visit("a4", "2022-07-10", "不存在风险"), visit("a5", "2022-07-10", "未见到人"),
        visit("a6", "2021-06-10", "未见到人"), visit("a6", "2021-07-10", "未见到人"),
    ]  # fmt: skip
    known = known_of(tmp_path, visits=rows)
    assert known.panel.household_ids[visited(known, MONTHS).not_met].tolist() == ["a1"]


@pytest.mark.parametrize(
    ("rows", "expected"),
    [
        ([visit("a1", "2022-06-10", "不存在风险")], ["a1"]),
        ([visit("a1", "2022-05-01", "不存在风险")], ["a1"]),
        ([visit("a1", "2022-04-30", "不存在风险")], []),  # three months are over
        ([visit("a1", "2022-06-10", "不存在风险", known="2022-08-02")], []),  # not known yet
        ([visit("a1", "2022-08-01", "不存在风险", known="2022-08-02")], []),  # not so yet
        ([visit("a1", "2022-06-10", "存在风险")], []),
        ([visit("a1", "2022-06-10", "信息有误")], []),
        ([visit("a1", "2022-05-10", "不存在风险"), visit("a1", "2022-06-10", "存在风险")], []),
        ([visit("a1", "2022-05-10", "不存在风险"), visit("a1", "2022-06-10", "暂不能确定")], ["a1"]),
    ],
)
def test_resting__after_a_clean_finding__for_three_months(rows, expected, tmp_path, audits):
    assert rests(known_of(tmp_path, visits=rows), audits) == expected


CLEAN = visit("a1", "2022-06-10", "不存在风险")


@pytest.mark.parametrize(
    ("tables", "expected"),
    [
        ({"claims": [claim("a1", "2022-05", 3000, "2022-07-20")]}, []),
        ({"claims": [claim("a1", "2022-05", 300, "2022-07-20")]}, ["a1"]),  # a usual claim
        ({"claims": [claim("a1", "2022-05", 3000, "2022-05-20")]}, ["a1"]),  # known before
        ({"claims": [claim("a1", "2022-07", 3000, "2022-08-20")]}, ["a1"]),  # not known yet
        ({"claims": [claim("a2", "2022-05", 3000, "2022-07-20")]}, ["a1"]),  # another household's
        ({"events": [event("a1", "失业", "2022-07-02", "2022-07-20")]}, []),
        (
            {"events": [event("a1", "失业", "2022-06-20", "2022-06-25")]},
            [],
        ),  # in its month: nobody knows which came first
        ({"events": [event("a1", "往诊", "2022-07-02", "2022-07-20")]}, ["a1"]),  # a doctor's visit is help
    ],
)
def test_resting__unless_something_new_is_known_since(tables, expected, tmp_path, audits):
    assert rests(known_of(tmp_path, visits=[CLEAN], **tables), audits) == expected


def test_resting__a_visit_for_a_list_was_made_with_all_of_that_lists_month(tmp_path, audits):
    told = event("a1", "失业", "2022-06-02", "2022-06-05")
    of_june = visit("a1", "2022-06-30", "不存在风险", clue="202206-123456-001")
    assert rests(known_of(tmp_path / "june", visits=[of_june], events=[told]), audits) == ["a1"]
    of_may = visit("a1", "2022-06-30", "不存在风险", clue="202205-123456-001")
    assert rests(known_of(tmp_path / "may", visits=[of_may], events=[told]), audits) == []
    mistyped = visit("a1", "2022-06-30", "不存在风险", clue="20229-1")
    assert rests(known_of(tmp_path / "typed", visits=[mistyped], events=[told]), audits) == []


def test_resting__a_rule_that_is_hit_since_wakes__one_that_was_hit_already_does_not(tmp_path, audits):
    """b3's house is dangerous as known from 2022-04 on; a6 hits no rule when visited, and a costly claim makes it."""
    standing = [visit("b3", "2022-06-10", "不存在风险")]
    assert rests(known_of(tmp_path / "standing", visits=standing), audits) == ["b3"]
    new = [visit("b3", "2022-03-20", "不存在风险")]
    known = known_of(tmp_path / "new", AS_OF - 2, visits=new)  # at 2022-05: known in 04, after the visit
    assert rests(known, audits) == []
    before = known_of(tmp_path / "before", AS_OF - 4, visits=new)  # at 2022-03 nobody knew of the house
    assert rests(before, audits) == ["b3"]


def test_rules_hit__for_how_long_in_a_row(tmp_path, audits):
    for as_of, waiting in ((AS_OF - 3, 1), (AS_OF - 2, 2), (AS_OF, 4), (AS_OF + 2, 4)):  # known from 2022-04 on
        rules = rules_hit(known_of(tmp_path / str(as_of), as_of), audits, ("B01",), MONTHS)
        mine = rules.raised.rule == "B01"
        assert rules.raised.findings[int(np.flatnonzero(mine)[0])].household_id == "b3"
        assert rules.waiting[mine].tolist() == [waiting]


def test_urgency__the_longest_waiting_and_gravest__then_the_forecasts_order(tmp_path, audits):
    """b3 waits for 4 months at its limit: 4. One stay of 30,000 is 3 times a4's, 12,000 in hospital 2.4 times a1's."""
    costs = (("a1", 12_000), ("a4", 30_000), ("a5", 12_000))
    claims = [{**claim(name, "2022-06", cost, "2022-07-05"), "医疗类别": "住院"} for name, cost in costs]
    known = known_of(tmp_path, claims=claims)
    rules = rules_hit(known, audits, ("B01",), MONTHS)
    names = np.array(["a1", "a4", "a5", "b3", "c1"], dtype=object)
    members = np.searchsorted(known.panel.household_ids, names).astype(np.int32)
    place = np.array([4, 5, 3, 2, 1], np.int32)
    made = urgency(rules, members, place, np.zeros(5))
    assert dict(zip(names.tolist(), made.tolist(), strict=True)) == {"b3": 1, "a4": 2, "a5": 3, "a1": 4, "c1": 0}
    held = urgency(rules, members, place, np.array([0, 0.3, 0, 0, 0]))  # a4 was listed last month
    assert dict(zip(names.tolist(), held.tolist(), strict=True)) == {"a4": 1, "b3": 2, "a5": 3, "a1": 4, "c1": 0}


def test_rules_hit__what_becomes_known_later_changes_nothing(tmp_path, audits):
    plain = rules_hit(known_of(tmp_path / "plain"), audits, ("B01", "B05"), MONTHS)
    late = known_of(
        tmp_path / "late",
        claims=[claim("a1", "2022-06", 90_000, "2022-08-01"), *tiny_county.tables()["医疗费用"]],
        events=[event("a2", "失业", "2022-07-01", "2022-08-01")],
        visits=[visit("b3", "2022-07-01", "不存在风险", known="2022-08-01")],
    )
    told = rules_hit(late, audits, ("B01", "B05"), MONTHS)
    assert told.raised.household.tolist() == plain.raised.household.tolist()
    assert told.waiting.tolist() == plain.waiting.tolist()
    assert not resting(late, visited(late, MONTHS), told, 500).any()


def test_a_county_without_visits_or_rules(tmp_path, audits):
    known = known_of(tmp_path)
    assert visited(known, MONTHS).verdict.tolist() == [""] * 14
    nothing = Audits(audits.tables, {}, {}, tuple(audits.rules))
    rules = rules_hit(known, nothing, ("B01",), MONTHS)
    assert len(rules.raised.household) == 0
    assert urgency(rules, np.array([0, 1], np.int32), np.array([1, 2], np.int32), np.zeros(2)).tolist() == [0, 0]
    assert not resting(known, visited(known, MONTHS), rules, 500).any()


def test_checks__the_first_verdict_within_two_months_of_the_list(tmp_path):
    rows = [
        visit("a1", "2022-05-10", "暂不能确定"), visit("a1", "2022-06-10", "存在风险"), visit("a1", "2022-07-01", "不存在风险"),
        visit("a2", "2022-07-10", "不存在风险"), visit("a4", "2022-07-20", "存在风险"),
        visit("a5", "2022-06-20", "存在风险", known="2022-08-01"),
    ]  # fmt: skip
    known, april = known_of(tmp_path, visits=rows), AS_OF - 3
    draws = [PastDraw(april, "a1", 0.1), PastDraw(april + 1, "a2", 0.1), PastDraw(april, "a4", 0.1),
             PastDraw(april, "a5", 0.1), PastDraw(april, "gone", 0.1)]  # fmt: skip
    found = checks_of(known, draws)
    np.testing.assert_array_equal(found, [1, 0, np.nan, np.nan, np.nan])
    np.testing.assert_array_equal(checks_of(known_of(tmp_path / "none"), draws), np.full(5, np.nan))
