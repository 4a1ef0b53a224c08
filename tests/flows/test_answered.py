"""Last month's list with what visits found: worked out by hand, and nothing that became known later stands in it."""

from __future__ import annotations

import pandas as pd

import tiny_county
from folders import month
from relapse.core.parts import Whole
from relapse.flows.answered import answered, by_township

AS_OF = "2022-07"
LIST = "2022-06"
FIELDS = {"核查方式": "入户", "处置意见": "不需处理", "未纳入原因": "收入稳定高于监测线", "是否已核查": "是"}


def listed() -> pd.DataFrame:
    """Six rows of June's list; a4 is recognised in September, a3 was in June itself."""
    names = ["a1", "a3", "a4", "a5", "b2", "b3"]
    return pd.DataFrame({
        "clue_id": [f"202206-100000-00{place}" for place in range(1, 7)], "household_id": names, "township": "一镇",
        "village": ["一村"] * 4 + ["二村"] * 2, "tier": ["visit"] * 4 + ["phone", "random"], "source": "model",
    })  # fmt: skip


def visit(row: int, household: str, verdict: str, day: str = "2022-07-08", known: str = "2022-07-20", **more: str):
    return {
        "户编号": household, "线索编号": f"202206-100000-00{row}", "核查日期": day, "核查结论": verdict, "知晓日期": known, **FIELDS, **more,
    }  # fmt: skip


VISITS = [
    visit(1, "a1", "不存在风险", day="2022-07-04", known="2022-07-10"),
    visit(1, "a1", "存在风险", day="2022-07-19", 实际原因="因病", 处置意见="启动识别程序"),  # a second visit holds
    visit(2, "a3", "未见到人", 是否已核查="否"),
    visit(3, "a5", "存在风险"),  # a row of another household: not this row's answer
    visit(5, "b2", "不存在风险"),
]


def told(folder, visits) -> pd.DataFrame:
    return answered(Whole(tiny_county.read(folder, {"走访核查": visits})), month(AS_OF), listed(), month(LIST))


def test_answered__is_the_newest_visit_of_the_same_row_and_household(tmp_path):
    rows = told(tmp_path, VISITS).set_index("household_id")
    assert rows["verdict"].to_dict() == {
        "a1": "at_risk",
        "a3": "not_met",
        "a4": "",
        "a5": "",
        "b2": "no_risk",
        "b3": "",
    }
    assert rows.loc["a1", ["visited_at", "causes", "action"]].tolist() == ["2022-07-19", "illness", "start"]
    assert rows["verified"].to_dict() == {"a1": True, "a3": False, "a4": False, "a5": False, "b2": True, "b3": False}
    assert set(rows["recognised"]) == {""}  # a4 comes in September


def test_by_township__counts_rows_to_visit_alone(tmp_path):
    counted = by_township(told(tmp_path, VISITS))
    assert counted.loc["一镇"].to_dict() == {"listed_before": 4, "verified": 1, "confirmed": 1, "overdue": 3}


def test_answered__what_becomes_known_later_changes_nothing(tmp_path):
    late = [
        visit(row, who, "存在风险", known="2022-08-01", 是否已核查="是")
        for row, who in enumerate(listed()["household_id"], start=1)
    ]
    recognised = [
        {"户编号": who, "监测对象类别": "突发严重困难户", "识别监测时间": "202207", "知晓日期": "2022-08-03"}
        for who in listed()["household_id"]
    ]
    now = Whole(tiny_county.read(tmp_path / "one", {"走访核查": VISITS}))
    other = Whole(tiny_county.read(
        tmp_path / "other",
        {"走访核查": [*VISITS, *late], "识别记录": [*tiny_county.tables()["识别记录"], *recognised]},
    ))  # fmt: skip
    pd.testing.assert_frame_equal(
        answered(now, month(AS_OF), listed(), month(LIST)), answered(other, month(AS_OF), listed(), month(LIST))
    )
    later = answered(other, month("2022-08"), listed(), month(LIST))
    assert later["verified"].all()  # in August it is known
    assert set(later["recognised"]) == {"2022-07"}


def test_answered__of_no_list_is_empty(tmp_path):
    county, as_of = Whole(tiny_county.read(tmp_path)), month(AS_OF)
    assert answered(county, as_of, listed().iloc[:0], month(LIST)).empty
    assert by_township(answered(county, as_of, listed(), month(LIST)))["overdue"].tolist() == [4]
