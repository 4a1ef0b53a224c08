"""A county's list (风险线索清单): its columns in order, names where they belong and nowhere else, text that stays text."""

from __future__ import annotations

import csv
import html
import io
import re
import time
from dataclasses import replace

import numpy as np
import openpyxl
import pandas as pd
import pytest

from relapse.core.contract import Contract
from relapse.core.heads import Head
from relapse.core.results import ListHead, RiskList
from relapse.core.texts import TEXTS, text
from relapse.county.reports import list_csv, list_html, list_xlsx
from relapse.county.reports.list_columns import COUNTY_CHOICES
from relapse.county.risk_list.clues import COUNTY_COLUMNS
from relapse.county.risk_list.measures import read_advice
from relapse.data.contract_file import read_contract

HEADERS = [
    "序号", "线索编号", "乡镇", "行政村", "自然村(组)", "户编号", "户主姓名", "证件号码后四位", "家庭人口", "户类型", "走访等级", "线索来源", "预测类别",
    "预测期", "县内位次", "同档预计", "近12个月人均纯收入(元)", "本年监测线(元)", "高于/低于监测线(元)", "较上年同期(元)", "近12个月合规自付(元)",
    "扣除自付后人均(元)", "务工月数(近6个月/上年同期)", "三保障及饮水", "主要原因", "部门预警", "建议核实要点", "数据可信度", "连续上榜月数", "反馈时限", "核查日期", "核查方式",
    "核查结论", "实际原因", "处置意见", "未纳入原因", "核实后人均纯收入(元)", "转办部门", "核查人", "备注",
]  # fmt: skip
KEYS = [
    "number", "clue_id", "township", "village", "village_group", "household_id", "size", "type", "tier", "source",
    "category", "horizon", "rank", "tier_rate", "income_12m", "line", "above_line", "change_1y", "own_cost_12m",
    "after_own_cost", "work_months", "guarantees", "reasons", "triggers", "checks", "credibility", "months_listed", "due",
    "visit_date",
    "visit_way", "verdict", "cause_found", "action", "not_included", "income_found", "referred_to", "visitor", "remark",
]  # fmt: skip
ASIDE = ["较上月变化", "有利因素", "可考虑的帮扶", "上次核查结论", "抽查分层", "抽中概率"]
ASIDE_KEYS = ["changed", "protects", "measures", "last_verdict", "stratum", "listing_probability"]
IDS = ["990101000001", "=1+1", "990101000003", "990101000004"]
NAMES = ["王某某", "=HYPERLINK(0)", "欧阳某某", ""]
HEADS = {
    household: Head(name, digits)
    for household, name, digits in zip(IDS, NAMES, ["123X", "+862", "0012", ""], strict=True)
}


def head(**changes) -> ListHead:
    settled = {
        "panel": "某县", "as_of": "2025-09", "horizon": 6, "horizons": (1, 6), "frequency": "monthly",
        "model": "lgbm_hazard", "fell_back": "", "version": "3", "digest": "7f3a9c", "data_digest": "b1946a",
        "reviewed": False, "simulated": True, "at_risk": 20411, "money": "yuan", "hit_rate": (0.234, 0.19, 0.27),
        "rule_hit_rate": (0.18, 0.15, 0.21), "base_rate": 0.0123, "best_hit_rate": 0.246, "rank_agreement": 0.997,
        "assumed": (), "language": "zh", "outcome": "any", "county": True, "reply_days": 15, "trigger_reply_days": 4,
    }  # fmt: skip
    return ListHead(**{**settled, **changes})


def tuples(*values: tuple[str, ...]) -> np.ndarray:
    made = np.empty(len(values), dtype=object)
    made[:] = values
    return made


def county_list(**changes) -> RiskList:
    income = np.array([7780.0, 7041.126, np.nan, 9000.0])
    rows = pd.DataFrame(
        {
            "rank": range(1, 5), "household_id": IDS, "township": ["一镇", "二镇", "一镇", "一镇"], "village": "@村",
            "tier": ["visit", "visit", "next", "next"], "income": income, "line": 7260.0, "gap": income - 7260.0,
            "chance_1": 0.0123, "chance_6": 0.0987, "credibility": ["high", "low", "medium", "high"],
            "reasons": [("第一条。", "第二条。"), ("第一条。",), (), ("第一条。",)], "number": [1.0, 1, 2, 3],
            "clue_id": [f"202509-123456-{place:03d}" for place in range(4)], "village_group": ["=组", "", "", ""],
            "size": [3, np.nan, 1, 2], "type": ["exited", "ordinary", "", "exited"],
            "source": ["model", "both", "model", "model"],
            "category": tuples(("unstable", "sudden"), ("edge", "sudden"), (), ("unstable", "sudden")),
            "change_1y": [-615.0, 0.0, np.nan, 20.5], "own_cost": [0.0, 12_400, 0, 0],
            "after_own_cost": [7780.0, 2000, np.nan, 9000], "work_now": [3.0, np.nan, 0, 6],
            "work_before": [9.0, np.nan, 0, 6],
            "unmet": tuples(("none",), ("housing", "water"), ("unknown",), ("none",)),
            "triggers": tuples((), ("医保 今年自付12,400元", "人社 2025-08结束务工"), (), ()),
            "checks": tuples(("看票据",), ("看现场", "问清缘由"), ("核对收入",), ("核对收入",)),
            "measures": tuples(("往诊", "医疗救助"), ("危房改造",), (), ()),
            "protects": tuples(("家中有2名劳动力。",), (), (), ()),
            "months_listed": [1.0, 3, 1, 1], "changed": tuples(("上月不在清单上",), (), (), ("新增预警：人社",)),
            "last_verdict": ["", "unclear", "", ""], "stratum": [0.0, 0, 0, 0], "listing_probability": 1.0,
            "due": ["2025-10-15", "2025-10-06", "2025-10-15", "2025-10-15"],
        }
    )  # fmt: skip
    return RiskList(head(**changes), rows)


def sheet_of(data: bytes, name: str = "风险线索清单"):
    return openpyxl.load_workbook(io.BytesIO(data))[name]


def cells(data: bytes) -> dict[str, list]:
    """By header, the cells of the rows."""
    sheet = sheet_of(data)
    return {sheet.cell(4, place).value: [sheet.cell(row, place) for row in range(5, 9)] for place in range(1, 41)}


def lines(data: bytes) -> list[dict[str, str]]:
    return list(csv.DictReader(io.StringIO(data.decode("utf-8-sig"), newline="")))


def test_the_columns_of_a_countys_rows_are_those_that_are_promised():
    assert set(COUNTY_COLUMNS) <= set(county_list().rows.columns)


def test_xlsx__has_the_headers_of_the_list_in_their_order():
    sheet = sheet_of(list_xlsx.render(county_list(), HEADS))
    assert [cell.value for cell in sheet[4]] == HEADERS
    assert sheet.freeze_panes == "H5"  # who it is stays in sight
    assert sheet.print_title_rows == "$1:$4"
    assert sheet.page_setup.fitToHeight == 0


def test_xlsx__names_are_whole_in_the_countys_file_and_numbers_are_their_last_four_signs_as_text():
    told = cells(list_xlsx.render(county_list(), HEADS))
    assert [cell.value or "" for cell in told["户主姓名"]] == NAMES
    assert [cell.value or "" for cell in told["证件号码后四位"]] == ["123X", "+862", "0012", ""]
    assert {cell.data_type for key in ("户主姓名", "证件号码后四位", "户编号", "自然村(组)") for cell in told[key]} <= {
        "s",
        "n",
    }
    assert not [cell for row in told.values() for cell in row if cell.data_type == "f"]
    assert told["户主姓名"][1].data_type == told["户编号"][1].data_type == "s"


def test_xlsx__what_is_worked_out():
    told = {key: [cell.value for cell in row] for key, row in cells(list_xlsx.render(county_list())).items()}
    assert told["序号"] == [1, 1, 2, 3]
    assert told["走访等级"] == ["本月必访", "本月必访", "次月轮访", "次月轮访"]
    assert told["线索来源"] == ["模型", "模型+部门预警", "模型", "模型"]
    assert told["预测类别"][:2] == ["可能为：脱贫不稳定或突发严重困难", "可能为：边缘易致贫或突发严重困难"]
    assert told["预测期"][0] == "未来6个月"
    assert told["同档预计"][:1] == ["每100户约23户"]
    assert not any(told["同档预计"][2:])  # the second tier was not tried out
    assert told["高于/低于监测线(元)"] == [520, -219, None, 1740]
    assert told["务工月数(近6个月/上年同期)"][0] == "3个月/9个月"
    assert told["三保障及饮水"] == ["无问题", "住房、饮水", "未知", "无问题"]
    assert told["主要原因"][0] == "①第一条。\n②第二条。"
    assert told["部门预警"][1] == "医保 今年自付12,400元\n人社 2025-08结束务工"
    assert told["建议核实要点"][1] == "①看现场\n②问清缘由"
    assert told["反馈时限"] == ["2025-10-15", "2025-10-06", "2025-10-15", "2025-10-15"]


def test_xlsx__money_is_the_whole_yuan_that_the_sentences_say():
    told = county_list()
    half = replace(told, rows=told.rows.assign(income=7844.499, gap=544.499))
    found = cells(list_xlsx.render(half))
    assert [found[key][0].value for key in ("近12个月人均纯收入(元)", "高于/低于监测线(元)")] == [7844, 544]
    assert lines(list_csv.render(half))[0]["近12个月人均纯收入(元)"] == "7844.5"


def test_xlsx__the_rank_is_a_number_that_shows_of_how_many():
    rank = cells(list_xlsx.render(county_list()))["县内位次"][1]
    assert (rank.value, rank.number_format) == (2, '0"/20411"')


def test_xlsx__shows_no_households_percentage():
    said = "\n".join(str(cell.value) for row in sheet_of(list_xlsx.render(county_list())).iter_rows() for cell in row)
    assert "0.0987" not in said
    assert "9.9%" not in said


def folded(data: bytes) -> set[str]:
    sheet = sheet_of(data)
    away: set[str] = set()
    for dimension in sheet.column_dimensions.values():
        if dimension.hidden:
            away |= {sheet.cell(4, place).value for place in range(dimension.min, dimension.max + 1)}
    return away


def test_xlsx__columns_that_are_looked_up_now_and_then_are_folded__and_those_that_nothing_fills():
    seen = [header for header in HEADERS if header not in folded(list_xlsx.render(county_list(), HEADS))]
    assert seen[:16] == [
        "序号", "线索编号", "乡镇", "行政村", "户编号", "户主姓名", "家庭人口", "走访等级", "县内位次", "近12个月人均纯收入(元)", "高于/低于监测线(元)",
        "主要原因", "部门预警", "建议核实要点", "数据可信度", "反馈时限",
    ]  # fmt: skip
    assert seen[16:] == HEADERS[30:]
    told = county_list()
    quiet = replace(told, rows=told.rows.assign(triggers=tuples((), (), (), ())))
    assert {"户主姓名", "部门预警"} <= folded(list_xlsx.render(quiet))


def test_xlsx__only_hand_back_cells_are_open_and_every_choice_points_at_its_codes():
    book = openpyxl.load_workbook(io.BytesIO(list_xlsx.render(county_list(), HEADS)))
    sheet, codes = book["风险线索清单"], book["代码表"]
    assert [cell.protection.locked for cell in sheet[5]] == [place < 30 for place in range(40)]
    checks = [check for check in sheet.data_validations.dataValidation if check.type == "list"]
    assert len(checks) == 6
    for check in checks:
        column = re.fullmatch(r"'代码表'!\$(\w)\$2:\$\1\$(\d+)", check.formula1)
        title = HEADERS[openpyxl.utils.column_index_from_string(re.match("[A-Z]+", str(check.sqref))[0]) - 1]
        assert codes[f"{column[1]}1"].value == title
        assert all(codes[f"{column[1]}{row}"].value for row in range(2, int(column[2]) + 1))
    assert {row[0]: row[1] for row in book["_meta"].values}["column_version"] == "3"
    assert "本月必访" in [cell.value for row in codes.iter_rows() for cell in row]


def test_xlsx__the_cover_says_how_to_read_it_and_what_to_mind():
    named, plain = (sheet_of(list_xlsx.render(county_list(), heads), "说明") for heads in (HEADS, {}))
    said, without = ("\n".join(str(cell.value) for row in each.iter_rows() for cell in row) for each in (named, plain))
    assert "本文件含户主姓名" in said
    assert "本文件含户主姓名" not in without
    for page in (said, without):
        assert "连续上榜月数" in page
        assert "15天" in page
        assert "本月必访" in page
        assert "本期必访" not in page
    assert "王某某" not in said


@pytest.mark.parametrize("heads", [{}, HEADS])
def test_html__shows_a_surname_and_signs_and_no_digit(heads):
    page = html.unescape(re.sub("<[^>]+>", "", list_html.render(county_list(), heads).decode()))
    assert ("王**" in page, "欧阳**" in page, "=**" in page) == ((True,) * 3 if heads else (False,) * 3)
    for secret in ("王某某", "欧阳某某", "HYPERLINK", "123X", "+862", "0012", "12,400"):
        assert secret not in page
    for told in (
        "本月必访",
        "看现场",
        "2025-10-06",
        "模拟数据",
        "试运行",
    ):
        assert told in page
    assert "9.9%" not in page


def test_csv__has_the_same_columns_but_those_that_name_a_person():
    header = list(lines(list_csv.render(county_list()))[0])
    assert header == [each for each in HEADERS if each not in ("户主姓名", "证件号码后四位")] + ASIDE
    assert list(lines(list_csv.render(county_list(language="en")))[0]) == KEYS + ASIDE_KEYS


def test_csv__text_is_text_and_numbers_are_numbers():
    told = lines(list_csv.render(county_list(language="en")))
    assert [line["household_id"] for line in told[:2]] == ["990101000001", "'=1+1"]
    assert (told[0]["village"], told[0]["village_group"]) == ("'@村", "'=组")
    assert [line["rank"] for line in told] == ["1", "2", "3", "4"]
    assert [line["above_line"] for line in told] == ["520", "-218.87", "", "1740"]
    assert told[1]["triggers"] == "医保 今年自付12,400元, 人社 2025-08结束务工"
    assert told[0]["work_months"] == "3 months/9 months"  # 3/9 alone would be opened as a date
    assert told[0]["tier_rate"] == "about 23 in 100"


@pytest.mark.parametrize("language", ["zh", "en"])
@pytest.mark.parametrize("render", [list_csv.render, list_html.render, list_xlsx.render])
def test_lists__may_be_empty__lack_a_backtest__and_are_the_same_bytes_twice(render, language):
    told = county_list(language=language, hit_rate=None, rule_hit_rate=None, base_rate=None, best_hit_rate=None)
    assert render(RiskList(told.head, told.rows.iloc[:0]))
    first = render(told)
    time.sleep(0.01)
    assert render(told) == first


def test_codes__of_causes_and_of_departments_are_the_countys_own():
    contract: Contract = read_contract("national")
    causes = contract.tables["recognitions"].fields["cause_1"].choices
    written = [text(key, "zh") for key in COUNTY_CHOICES["cause_found"]]
    assert written == [*(words[0] for words in causes.values()), "无"]
    departments = contract.tables["clues"].fields["department"].choices
    for key in COUNTY_CHOICES["referred_to"]:
        assert text(key, "zh") in departments[key.partition(".")[2]], key


def test_every_group_of_reasons__has_something_to_look_at():
    groups = {key.removeprefix("group.") for key in TEXTS if key.startswith("group.")} - {"season"}
    assert not groups - read_advice("national").causes.keys()
