"""A county's and its townships' workbooks: their sheets, heads and locks, and whose names stand in which."""

from __future__ import annotations

import io
import re
import shutil
import subprocess
from dataclasses import replace
from functools import cache
from pathlib import Path

import numpy as np
import openpyxl
import pandas as pd
import pytest
from test_clue_list import HEADERS, IDS, county_list

from relapse.core.heads import Head
from relapse.core.results import RiskList
from relapse.core.row_sums import row_sum
from relapse.core.supplement import Came, Supplement, Tried
from relapse.county.reports import beside_sheets, list_xlsx, office_html, township_files
from relapse.county.reports.meta_sheet import ROW_HEADS, ROWS_AT

SHEETS = ["说明", "风险线索清单", "乡镇汇总", "村级汇总", "部门预警对照", "数据疑点", "上月回填结果", "代码表", "_meta"]
ELSEWHERE = "990101000009"  # triggered, and not on the list
HEADS = {
    IDS[0]: Head("王某某", "123X"), IDS[1]: Head("诸葛甲乙", "0027"), IDS[2]: Head("欧阳某某", "0012"),
    IDS[3]: Head("赵丙", "0044"), ELSEWHERE: Head("钱丁戊", "0099"),
}  # fmt: skip
OF_TWO = ("诸葛甲乙", "0027")  # the only household of 二镇
HEADS_OF = {
    "乡镇汇总": ["乡镇", "应评户数", "本月必访", "次月轮访", "电话问询", "随机抽查", "上月必访", "上月已核查", "核查率", "确认存在风险", "命中率(1个月/6个月)", "基准率", "超时未反馈",
                 "超出能力未安排"],
    "村级汇总": ["乡镇", "行政村", "应评户数", "本月必访", "原因分布", "疑点条数"],
    "部门预警对照": ["乡镇", "村", "户编号", "户主姓名", "预警部门", "预警事项", "触发值", "触发标准", "是否同时在清单", "清单等级"],
    "数据疑点": ["序号", "乡镇", "村", "户编号", "户主(脱敏)", "疑点编号", "疑点内容", "涉及字段", "系统现值", "严重程度", "核实结果", "修改后值", "核实人", "核实日期"],
    "上月回填结果": ["线索编号", "乡镇", "行政村", "户编号", "户主姓名", "走访等级", "线索来源", "核查日期", "核查方式", "核查结论", "实际原因", "处置意见", "未纳入原因", "是否已核查",
                     "已识别"],
}  # fmt: skip
TRIED = (
    Tried(1, (0.06, 0.04, 0.08), None, 0.004, 0.1),
    Tried(6, (0.234, 0.19, 0.27), (0.12, 0.1, 0.15), 0.0123, 0.4),
)


def full_list(**changes) -> RiskList:
    """The list of `test_clue_list` with everything beside it."""
    told = county_list(county_name="某某县", **changes)
    rows = told.rows.assign(tier=["visit", "visit", "random", "beyond"], stratum=[0.0, 0, 2, 0],
                            listing_probability=[1.0, 1, 0.125, 1], source=["model", "both", "random", "rule"])  # fmt: skip
    triggered = pd.DataFrame({
        "household_id": [IDS[1], ELSEWHERE], "township": ["二镇", "一镇"], "village": "甲村",
        "department": ["医保", "应纳未纳"], "item": ["今年自付12,400元", "=现住危房"], "value": [12400.0, np.nan],
        "limit": [10846.0, 7.0], "on_list": [True, False], "tier": ["visit", ""],
    })  # fmt: skip
    townships = pd.DataFrame({
        "township": ["一镇", "二镇", ""], "eligible": [900, 40, 940], "visit": ["<5", "*", 12], "next": [0, 0, 0],
        "phone": [6, 8, 14], "random": ["<5", "<5", 7], "beyond": [9, 0, 9], "listed_before": [30, 25, 55],
        "verified": [24, 25, 49], "verified_share": [0.8, 1.0, 49 / 55], "confirmed": [0, 0, 0], "overdue": [6, 0, 6],
        "hit_1": [None, None, 0.1], "hit_6": [0.25, None, 0.3], "base_rate": [0.012, None, 0.011],
    })  # fmt: skip
    villages = pd.DataFrame({
        "township": ["一镇", "二镇"], "village": ["甲村、乙村", "丙村"], "eligible": [900, 40], "visit": ["<5", "*"],
        "causes": ["看病负担6户", ""], "doubts": [12, "<5"],
    })  # fmt: skip
    doubts = pd.DataFrame({
        "household_id": [IDS[0], IDS[1]], "township": ["一镇", "二镇"], "village": "甲村", "rule": ["A07", "E11"],
        "sentence": ["本户登记了2名户主，应为1名，请更正。", "=工资不符"], "column": ["与户主关系", "工资性收入"], "value": "",
        "severity": ["fix", "check"],
    })  # fmt: skip
    answered = pd.DataFrame({
        "clue_id": ["202508-123456-001"], "household_id": IDS[1], "township": "二镇", "village": "丙村", "tier": "visit",
        "source": "model", "visited_at": "2025-09-11", "way": "house", "verdict": "no_risk",
        "causes": "illness|job", "action": "nothing", "not_included": "income", "verified": True, "recognised": "",
    })  # fmt: skip
    beside = Supplement(
        region="990101", codes={"一镇": "101", "二镇": "102"}, lines=("地区990101，自2025-01-01起7,260元",),
        tried=TRIED, tried_length=300, changed=("这是第一期清单。",), last_month="2025-08", townships=townships,
        villages=villages, doubts=doubts, doubts_elsewhere=7, answered=answered,
    )  # fmt: skip
    plan = pd.DataFrame({"township": ["一镇", "二镇"], "eligible": [900, 40], "villages": 3, "capacity": [10, 12],
                         "visit": [3, 9], "next": 0, "phone": 7, "random": 3, "beyond": 4})  # fmt: skip
    return replace(told, rows=rows, triggered=triggered, townships=plan, supplement=beside)


@cache
def book(content: bytes):
    return openpyxl.load_workbook(io.BytesIO(content))


def words(content: bytes) -> str:
    """All that stands in a workbook, hidden sheets and notes of cells too."""
    return "\n".join(
        str(cell.value)
        for sheet in book(content)
        for row in sheet.iter_rows()
        for cell in row
        if cell.value is not None
    )


@pytest.fixture(scope="module")
def county() -> bytes:
    return list_xlsx.render(full_list(), HEADS)


@pytest.fixture(scope="module")
def townships() -> dict[str, bytes]:
    return township_files.render(full_list(), HEADS)


def test_county__has_its_sheets_in_order_with_their_exact_heads(county):
    told = book(county)
    assert told.sheetnames == SHEETS
    assert told["_meta"].sheet_state == "hidden"
    assert told.active.title == "说明"
    assert [cell.value for cell in told["风险线索清单"][4]] == HEADERS
    for name, heads in HEADS_OF.items():
        assert [cell.value for cell in told[name][3]] == heads, name


@pytest.mark.parametrize("name", SHEETS[:-1])
def test_every_sheet__is_locked_carries_the_notice_and_prints_on_one_a4_width(county, townships, name):
    for content in (county, townships["townships/990101_102_走访线索_202509_v3.xlsx"]):
        if name in (told := book(content)):
            sheet = told[name]
            assert sheet.protection.sheet
            assert sheet.page_setup.paperSize in ("9", 9)
            for mark in ("试运行", "模拟数据", "线索，不作认定依据。"):
                assert mark in sheet.oddHeader.right.text
                assert mark in sheet.oddFooter.left.text
            if name != "说明":
                assert (sheet.page_setup.fitToWidth or 1, sheet.page_setup.fitToHeight) == (1, 0)
                assert sheet.page_setup.orientation == "landscape"
            if name not in ("说明", "代码表"):
                assert sheet.print_title_rows


def test_cover__says_what_it_is_how_far_to_trust_it_and_how_to_use_it(county):
    sheet = book(county)["说明"]
    said = "\n".join(str(cell.value) for row in sheet.iter_rows() for cell in row if cell.value)
    for told in (
        "某某县", "未来6个月", "20,411", "本月必访2户", "超出本月走访能力，未安排1户", "6.0%\n（4.0%～8.0%）", "23%\n（19%～27%）", "12%\n（10%～15%）",
        "1.2%", "每期清单300户", "本月能走访22户，超出能力、未安排的8户", "本清单根据历史数据推算", "您有权了解", "本月怎么用这张清单", "不能排序", "15天", "这是第一期清单",
    ):  # fmt: skip
        assert told in said, told
    assert len(sheet.row_breaks.brk) == 1  # the page that says how to use it is one of its own
    assert not [name for head in HEADS.values() for name in (head.name,) if name in said]


def test_cover__of_a_township_says_for_whom_it_is_and_what_its_officer_asks_first(county, townships):
    """A township was told that its own file is for the county alone."""
    cover = {
        name: "\n".join(str(cell.value) for row in book(content)["说明"].iter_rows() for cell in row if cell.value)
        for name, content in (
            ("county", county),
            ("township", townships["townships/990101_102_走访线索_202509_v3.xlsx"]),
        )
    }
    assert "只限县级工作使用" in cover["county"]
    assert "只限县里和本乡镇工作使用" in cover["township"]
    assert "只限县级" not in cover["township"]
    for said in ("序号越小越先走", "原因和部门预警都空着的"):
        assert said in cover["township"]


def test_summaries__show_few_and_held_back_as_they_are_and_shares_as_shares(county):
    rows = [[cell.value for cell in row] for row in book(county)["乡镇汇总"].iter_rows(min_row=4)]
    assert [row[0] for row in rows] == ["一镇", "二镇", "全县"]
    assert rows[0][:6] == ["一镇", 900, "<5", 0, 6, "<5"]
    assert rows[2][10] == "10% / 30%"
    assert rows[0][10] == "– / 25%"
    assert rows[1][11] is None


def test_doubts__are_masked_and_have_open_cells_with_choices(county):
    told = book(county)
    sheet = told["数据疑点"]
    assert [cell.value for cell in sheet[4]][:6] == [1, "一镇", "甲村", IDS[0], "王**", "A07"]
    assert [cell.protection.locked for cell in sheet[4]] == [True] * 10 + [False] * 4
    (check,) = sheet.data_validations.dataValidation
    place = re.fullmatch(r"'代码表'!\$(\w)\$2:\$\1\$5", check.formula1)[1]
    assert [cell.value for cell in told["代码表"][place]][:5] == [
        "核实结果",
        "属实已改",
        "属实暂不能改",
        "不属实",
        "未核实",
    ]
    assert "其余7条" in sheet["A2"].value


def test_township__is_told_of_no_command_and_of_no_other_township(townships):
    """Its officer has no program to call, and its drop-downs ask for no code of a township."""
    for name, content in townships.items():
        if name.endswith(".xlsx"):
            told = book(content)
            seen = [cell.value for sheet in told if sheet.title != "_meta" for row in sheet.iter_rows() for cell in row]
            assert not [value for value in seen if isinstance(value, str) and "relapse" in value]
            assert "涉及不在清单上的户，由县里掌握" in told["数据疑点"]["A2"].value
            heads = [cell.value for cell in told["代码表"][1]]
            assert heads == ["核查方式", "核查结论", "处置意见", "实际原因", "未纳入原因", "转办部门", "核实结果"]
            checks = [check.formula1 for check in told["数据疑点"].data_validations.dataValidation]
            assert checks == ["'代码表'!$G$2:$G$5"]
    one = townships["townships/990101_101_走访线索_202509_v3.xlsx"]
    assert "二镇" not in "".join(str(cell.value) for row in book(one)["代码表"].iter_rows() for cell in row)


def test_triggered__are_all_there_listed_or_not__and_text_stays_text(county):
    rows = list(book(county)["部门预警对照"].iter_rows(min_row=4))
    assert [[cell.value for cell in row][3:] for row in rows] == [
        ["诸葛甲乙", "医保", "今年自付12,400元", 12400, 10846, "是", "本月必访"],
        ["钱丁戊", "应纳未纳", "=现住危房", None, None, "否", ""],
    ]
    assert rows[1][5].data_type == "s"


def test_triggered__print_those_whom_nobody_visits_this_month_and_keep_all_on_the_sheet():
    """The sheet took more pages than the list, most of them of households that are visited or were verified lately."""
    told = full_list()
    one = told.triggered.iloc[[0]]
    tiers = ["visit", "", "beyond", "next", "phone", "random", "beyond"]
    several = pd.concat([one.assign(household_id=f"{n}", tier=tier) for n, tier in enumerate(tiers)], ignore_index=True)
    several["on_list"] = [True, False, True, True, True, True, False]  # the last was not listed either
    sheet = book(list_xlsx.render(replace(told, triggered=several), HEADS))["部门预警对照"]
    assert [row[2] for row in sheet.iter_rows(min_row=4, values_only=True)] == ["2", "3", "4", "0", "1", "5", "6"]
    assert sheet.print_area.endswith("$A$1:$J$6")  # heads and three rows
    none = replace(told, triggered=several[several["tier"] == "visit"])
    assert book(list_xlsx.render(none, HEADS))["部门预警对照"].print_area.endswith("$A$1:$J$3")
    assert "打印只印这些" in sheet["A2"].value


def test_long_sheets__of_the_county_end_and_say_so__a_townships_holds_all(monkeypatch):
    monkeypatch.setattr(beside_sheets, "MOST_ROWS", 1)
    told = full_list()
    short, mine = book(list_xlsx.render(told)), book(list_xlsx.render(told, township="一镇"))
    for name in ("部门预警对照", "数据疑点"):
        assert len(list(short[name].iter_rows(min_row=4))) == 1
        assert "只列前1条，共2条；全部各条见各乡镇的工作簿" in short[name]["A2"].value
        assert len(list(mine[name].iter_rows(min_row=4))) == 2
        assert "只列前" not in mine[name]["A2"].value
    english = book(list_xlsx.render(replace(told, head=replace(told.head, language="en"))))
    assert "Of 2 rows the first 1 stand here" in english["Doubts"]["A2"].value


def test_long_sheets__a_township_without_a_row_on_the_list_gets_files_for_what_the_county_does_not_tell(monkeypatch):
    told = full_list()
    listed = replace(told, rows=told.rows[told.rows["township"] == "二镇"].reset_index(drop=True))
    assert len(listed.rows) < len(told.rows)
    assert [name for name in township_files.render(listed, {}) if "_101_" in name] == []
    monkeypatch.setattr(beside_sheets, "MOST_ROWS", 1)
    files = township_files.render(listed, {})
    workbook, page = (
        next(name for name in files if "_101_" in name and name.endswith(end)) for end in ("xlsx", "html")
    )
    hits = list(book(files[workbook])["部门预警对照"].iter_rows(min_row=4, values_only=True))
    assert [row[2] for row in hits] == [ELSEWHERE]
    assert files[page].decode().startswith("<!doctype html>") or "<html" in files[page].decode()[:200]


def test_answered__in_the_words_of_the_list__and_a_sentence_where_nothing_came_back(county):
    row = [cell.value for cell in book(county)["上月回填结果"][4]]
    assert row == [
        "202508-123456-001", "二镇", "丙村", IDS[1], "诸葛甲乙", "本月必访", "模型", "2025-09-11", "入户", "不存在风险", "因病、因务工就业不稳", "不需处理",
        "收入稳定高于监测线", "是", "",
    ]  # fmt: skip
    told = full_list()
    bare = replace(told, supplement=replace(told.supplement, answered=pd.DataFrame(), last_month=""))
    assert "由县里读入后" in book(list_xlsx.render(bare))["上月回填结果"]["A4"].value


def test_meta__has_a_digest_of_each_row_that_a_changed_cell_breaks_and_the_chances_of_those_drawn(county):
    told = book(county)
    meta = [list(row) for row in told["_meta"].values]
    named = {row[0]: row[1] for row in meta if row[0]}
    assert (named["column_version"], named["region"], named["horizon"]) == ("3", "990101", "6")
    assert "7,260" in named["lines"]
    assert tuple(meta[0][ROWS_AT:]) == ROW_HEADS
    rows = [row[ROWS_AT:] for row in meta[1:] if row[ROWS_AT]]
    assert [row[5] for row in rows] == [1, 1, 0.125, 1]
    assert [row[4] for row in rows] == [0, 0, 2, 0]
    own = [[cell.value for cell in row][:30] for row in told["风险线索清单"].iter_rows(min_row=5)]
    assert [row[2] for row in rows] == [row_sum(cells) for cells in own]  # as a program reads them back
    changed = [*own[0][:16], (own[0][16] or 0) + 1, *own[0][17:]]
    assert row_sum(changed) != rows[0][2]


def test_townships__have_a_file_each_with_their_own_rows_and_names_alone(townships):
    assert sorted(townships) == [
        f"townships/990101_{code}_走访线索_202509_v3.{kind}" for code in ("101", "102") for kind in ("html", "xlsx")
    ]
    one, two = (townships[f"townships/990101_{code}_走访线索_202509_v3.xlsx"] for code in ("101", "102"))
    assert book(one).sheetnames == [name for name in SHEETS if name != "乡镇汇总"]
    mine = [row[5].value for row in book(one)["风险线索清单"].iter_rows(min_row=5)]
    assert sorted(mine) == sorted([IDS[0], IDS[2], IDS[3]])
    for name in OF_TWO:
        assert name not in words(one)
        assert name in words(two)
    others = [head.name for household, head in HEADS.items() if household != IDS[1]]
    assert not [name for name in others if name in words(two)]
    for content in (townships[name] for name in townships if name.endswith(".html")):
        assert not [head.name for head in HEADS.values() if head.name in content.decode()]


def test_townships__show_about_sixteen_columns_and_fold_the_rest(townships):
    sheet = book(townships["townships/990101_101_走访线索_202509_v3.xlsx"])["风险线索清单"]
    away = set()
    for dimension in sheet.column_dimensions.values():
        if dimension.hidden:
            away |= {sheet.cell(4, place).value for place in range(dimension.min, dimension.max + 1)}
    seen = [header for header in HEADERS if header not in away]
    assert seen == [
        "序号", "行政村", "户主姓名", "家庭人口", "走访等级", "高于/低于监测线(元)", "主要原因", "建议核实要点", "反馈时限", "核查日期", "核查方式", "核查结论", "实际原因", "处置意见",
        "未纳入原因", "核查人", "备注",
    ]  # fmt: skip
    assert "不能排序" in sheet["A3"].value
    assert "一镇" in sheet["A1"].value
    assert sheet.auto_filter.ref
    assert not sheet.protection.autoFilter  # False: filters are allowed
    assert sheet.protection.sort


def test_files__are_the_same_bytes_twice(county, townships):
    assert list_xlsx.render(full_list(), HEADS) == county
    assert township_files.render(full_list(), HEADS) == townships


@pytest.mark.parametrize("language", ["zh", "en"])
def test_files__of_a_list_without_rows_or_anything_beside_it_are_made(language):
    told = full_list(language=language)
    assert list_xlsx.render(RiskList(told.head, told.rows.iloc[:0]))
    assert township_files.render(RiskList(told.head, told.rows.iloc[:0]), {}) == {}
    assert office_html.render(RiskList(told.head, told.rows.iloc[:0]))
    assert list_xlsx.render(told, HEADS)


def test_office__says_where_the_list_wins_and_where_it_does_not():
    said = office_html.render(full_list()).decode()
    assert "1个月内，涉及户数太少" in said
    assert (
        "6个月内，清单好于现在用的办法（只看离监测线远近）：按过去数据的回头检验，每走100户，清单找到23户，现在的办法找到12户"
        in said
    )
    assert "还没有期限已满的清单" in said
    assert "77户没有被识别" in said
    assert "必访55户，已核查49户，确认存在风险0户，超时未反馈6户" in said
    assert not [name for head in HEADS.values() for name in (head.name,) if name in said]
    told = full_list()
    came = (Came(6, ("2025-01", "2025-02"), 600, 60, (0.1, 0.08, 0.12), 120, (0.2, 0.17, 0.23), 0.01),)
    behind = office_html.render(replace(told, supplement=replace(told.supplement, came=came))).decode()
    assert (
        "6个月内，清单不如现在用的办法（只看离监测线远近）：按已发清单的实际结果，每走100户，清单找到10户，现在的办法找到20户"
        in behind
    )
    assert "2025-01至2025-02" in behind
    few = (replace(came[0], hits=3, rate=None, rule_hits=2, rule_rate=None),)
    hidden = office_html.render(replace(told, supplement=replace(told.supplement, came=few))).decode()
    assert "&lt;5" in hidden
    assert "回头检验，每走100户" in hidden  # too few: the backtest speaks


def test_office__where_nobody_came_says_how_many_can_be_and_no_range_without_width():
    told = full_list()
    none = Came(1, ("2025-07",), 324, 0, (0.0, 0.0, 0.00925), 0, (0.0, 0.0, 0.00925), 0.002)
    tried = (Tried(6, (0.0, 0.0, 0.0), (0.0, 0.0, 0.0), 0.001, 0.01),)
    beside = replace(told.supplement, came=(none,), tried=tried)
    said = office_html.render(replace(told, supplement=beside)).decode()
    assert "0（至多0.9）" in said
    assert "0（没有一户）" in said
    assert "0.0" not in said
    assert "清单上的户和现在的办法取的户，都还没有一户被识别" in said
    cover = book(list_xlsx.render(replace(told, supplement=beside)))["说明"]
    assert "0%\n（没有一户）" in [cell.value for row in cover.iter_rows() for cell in row]


def test_office__says_that_few_can_be_found_at_the_longest_horizon_where_few_can():
    told = full_list()
    short, long = told.supplement.tried
    assert "每走100户6个月内最多也只有40户" in office_html.render(told).decode()
    many = replace(told.supplement, tried=(short, replace(long, best_hit_rate=0.94)))
    assert "每走100户1个月内最多也只有10户" in office_html.render(replace(told, supplement=many)).decode()
    plenty = replace(told.supplement, tried=(replace(long, best_hit_rate=0.94),))
    assert "最多也只有" not in office_html.render(replace(told, supplement=plenty)).decode()


def test_office__that_goes_by_the_rule_does_not_offer_to_go_back_to_it():
    told = full_list()
    ruled = replace(told, head=replace(told.head, model="distance_to_line", fell_back="太少。"))
    assert "就改回现在的办法" in office_html.render(told).decode()
    assert "就改回现在的办法" not in office_html.render(ruled).decode()


def program(name: str) -> str:
    found = shutil.which(name)
    if found is None:
        pytest.skip(f"{name} is not installed")
    return found


def test_workbooks__open_in_libreoffice_and_keep_every_row(tmp_path, townships):
    name = "townships/990101_101_走访线索_202509_v3.xlsx"
    path = tmp_path / Path(name).name
    path.write_bytes(townships[name])
    profile = f"-env:UserInstallation={(tmp_path / 'profile').as_uri()}"
    command = [program("soffice"), profile, "--headless", "--convert-to", "pdf", "--outdir", str(tmp_path), str(path)]
    done = subprocess.run(command, capture_output=True, text=True, timeout=180, check=True)
    said = [line for line in done.stderr.splitlines() if "javaldx" not in line]  # that there is no Java on the machine
    assert not said
    pdf = path.with_suffix(".pdf")
    text = subprocess.run([program("pdftotext"), str(pdf), "-"], capture_output=True, text=True, check=True).stdout
    assert "王某某" in text
    assert "赵丙" in text
