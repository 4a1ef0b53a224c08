"""`relapse feedback` at the command line, as an office would call it."""

from __future__ import annotations

import io
import json
import re
import shutil
from collections.abc import Callable
from pathlib import Path

import openpyxl
import pandas as pd
import pytest
from calls import Called, call, start

from counties import made_county
from handbacks import (
    COUNTY,
    GOOD,
    MONTH,
    NAMES,
    SHEET,
    filled,
    first_of,
    heads,
    household,
    issue,
    places,
    risk_list,
    saved,
)
from relapse.core.texts import TEXTS

WORDS = ("data=county", f"data.path={COUNTY}", f"data.name={COUNTY}")
COUNT = 12
SECRET = ("虚甲乙", "13900000000", "家中困难请尽快帮扶")  # who went, and what stands in remarks


@pytest.fixture(scope="module")
def template(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A county of its own, one list that was issued, and its workbook."""
    folder = tmp_path_factory.mktemp("office")
    made_county(folder / COUNTY, households=30)
    whole = risk_list(COUNT, sources=("model", "rule", "both", "random"))
    (folder / "list.xlsx").write_bytes(issue(folder / "outputs" / "lists" / COUNTY, whole))
    homes = {"户编号": [household(each) for each in range(COUNT)], "户主姓名": [heads(COUNT)[household(each)].name for each in range(COUNT)]}  # fmt: skip
    shared = pd.read_csv(folder / COUNTY / "农户信息.csv", dtype=str, encoding="gb18030").head(COUNT)
    shared.assign(**homes).to_csv(folder / COUNTY / "农户信息_20231201.csv", index=False)
    (folder / COUNTY / "农户信息.csv").unlink()
    return folder


@pytest.fixture
def office(template: Path, tmp_path: Path) -> Path:
    return Path(shutil.copytree(template, tmp_path / "office"))


def hand_in(office: Path, name: str, answers: Callable[[int], dict[str, object]], county: bool = False) -> Path:
    book = filled((office / "list.xlsx").read_bytes(), answers)
    file = office / "inbox" / name
    file.parent.mkdir(exist_ok=True)
    file.write_bytes(saved(book))
    return file


def feedback(office: Path, *words: str) -> Called:
    return call("feedback", *WORDS, *words, cwd=office)


def files(folder: Path) -> dict[str, bytes]:
    return {
        path.relative_to(folder).as_posix(): path.read_bytes()
        for path in sorted(folder.rglob("*"))
        if path.is_file() and path.name != ".relapse.lock"
    }


def table(office: Path, name: str) -> pd.DataFrame:
    data = (office / "outputs" / "feedback" / name).read_bytes()
    return pd.read_csv(io.BytesIO(data), dtype=str, keep_default_na=False)


def test_feedback__takes_two_townships_at_once_and_says_what_is_to_be_done(office):
    hand_in(office, "东镇.xlsx", lambda row: GOOD if row % 2 == 0 else {})
    hand_in(
        office, "西乡.xlsx", lambda row: {**GOOD, "核查结论": "可能吧" if row == 1 else "存在风险"} if row % 2 else {}
    )
    (office / "inbox" / "说明.docx").write_bytes(b"PK")
    (office / "inbox" / "~$东镇.xlsx").write_bytes(b"a lock of Excel")
    done = feedback(office)
    assert done.status == 0, done.err
    assert "12 answers from 2 files, 11 of them verified; 12 not known before" in done.err
    assert "refused: 说明.docx" in done.err
    rows = table(office, "rows.csv")
    assert len(rows) == COUNT
    assert set(rows["文件"]) == {"东镇.xlsx", "西乡.xlsx"}
    assert table(office, "unmatched.csv")["说明"].tolist() == [
        "整个文件未读入：不是表格文件，请交填好的.xlsx或.csv（压缩包先解压）。"
    ]
    cells = table(office, "cells.csv")
    sheet = openpyxl.load_workbook(office / "list.xlsx")[SHEET]
    cell = sheet.cell(first_of(sheet) + 1, places(sheet)["核查结论"]).coordinate
    assert cells["单元格"].tolist() == [cell, cell]  # what stands there, and that it is missing therefore
    assert cells["代号"].tolist() == ["not_a_choice", "incomplete"]
    summary = json.loads((office / "outputs" / "feedback" / "summary.json").read_text())
    assert (summary["rows"], summary["verified"], summary["refused"], summary["blank"]) == (12, 11, 1, 12)
    page = (office / "outputs" / "feedback" / "report.html").read_text()
    assert "可能吧" in page
    assert not re.search(r"\{\w+\}", page)
    visits = pd.read_parquet(office / COUNTY / "feedback" / "visits.parquet")
    assert len(visits) == 11
    assert set(visits["verdict"]) == {"no_risk", "at_risk"}


def test_feedback__twice_gives_the_same_bytes_everywhere(office):
    hand_in(office, "a.xlsx", lambda row: GOOD)
    assert feedback(office).status == 0
    before = files(office)
    again = feedback(office)
    assert "0 not known before" in again.err
    assert files(office) == before


def test_feedback__leaves_the_inbox_alone_and_keeps_the_files_under_their_digest(office):
    file = hand_in(office, "张三交.xlsx", lambda row: GOOD)
    before = file.read_bytes()
    assert feedback(office).status == 0
    assert file.read_bytes() == before
    kept = list((office / COUNTY / "feedback" / "received" / MONTH).iterdir())
    assert [each.read_bytes() for each in kept] == [before]
    assert "张三" not in kept[0].name


def test_feedback__names_nobody_but_in_the_files_as_they_came_and_in_the_ledger(office):
    remark = f"{SECRET[2]}，电话{SECRET[1]}"
    hand_in(office, "a.xlsx", lambda row: {**GOOD, "核查人": SECRET[0], "备注": remark, "核查结论": SECRET[0] if row == 3 else "存在风险", "行政村": f"{SECRET[0]}家" if row == 4 else "1村"})  # fmt: skip
    done = feedback(office, "ledger=true")
    assert done.status == 0, done.err
    left = files(office / "outputs" / "feedback") | files(office / COUNTY / "feedback")
    ledger = left.pop("ledger.xlsx")
    for name, content in left.items():
        if not name.startswith("received/"):
            text = pd.read_parquet(io.BytesIO(content)).to_string() if name.endswith(".parquet") else content.decode()
            assert not [word for word in SECRET if word in text], name
    assert not [word for word in SECRET if word in done.err + done.out]
    told = [[cell.value for cell in row] for row in openpyxl.load_workbook(io.BytesIO(ledger)).active]
    assert told[1][:6] == ["序号", "乡镇(街道)", "村", "风险线索人员", "身份证号码", "风险线索来源"]
    assert len(told) == 2 + COUNT
    assert {row[3] for row in told[2:]} <= set(NAMES)
    assert {row[13] for row in told[2:]} == {SECRET[0]}


def test_feedback__reads_the_ledger_that_it_prints_and_finds_nothing_new(office):
    hand_in(
        office, "a.xlsx", lambda row: {**GOOD, "核查结论": "存在风险", "处置意见": "启动识别程序", "实际原因": "因病"}
    )
    assert feedback(office, "ledger=true").status == 0
    before = files(office / COUNTY / "feedback")
    ledger = office / "outputs" / "feedback" / "ledger.xlsx"
    told = feedback(office, f"inbox={ledger}")
    assert told.status == 0, told.err
    assert table(office, "unmatched.csv").empty
    assert set(table(office, "rows.csv")["核查结论"]) == {"存在风险"}
    visits = pd.read_parquet(office / COUNTY / "feedback" / "visits.parquet")
    assert visits["verified"].all()  # a ledger does not tell how one went: the whole answer holds
    assert set(before) < set(files(office / COUNTY / "feedback"))


def test_feedback__knows_the_rows_of_a_countys_own_ledger_by_village_and_name(office):
    book = openpyxl.Workbook()
    book.active.append(["序号", "乡镇(街道)", "村", "风险线索人员", "身份证号码", "风险线索来源", "核实人", "实际核实日期", "核实结论", "详细情况说明", "后续处置建议"])  # fmt: skip
    for name, village in ((NAMES[0], "1村"), (NAMES[1], "2村"), ("不在册", "1村"), (NAMES[1], "3村")):
        book.active.append([1, "东镇" if village == "1村" else "西乡", village, name, "", "医保局", "A012", "2024.1.9", "经核实，该户不存在风险。", "", "继续关注"])  # fmt: skip
    (office / "inbox").mkdir()
    book.save(office / "inbox" / "台账.xlsx")
    done = feedback(office)
    assert done.status == 0, done.err
    rows = table(office, "rows.csv")
    assert rows[["户编号", "核查结论", "处置意见", "核查日期"]].values.tolist() == [
        [household(0), "不存在风险", "继续关注", "2024-01-09"], [household(1), "不存在风险", "继续关注", "2024-01-09"],
    ]  # fmt: skip
    assert set(rows["对应方式"]) == {"村和户主"}
    assert table(office, "unmatched.csv")["代号"].tolist() == ["name_unknown", "name_unknown"]


@pytest.mark.parametrize(
    ("words", "told"),
    [
        (("inbox=nowhere",), "nowhere: no such file or folder"),
        (("received_on=soon",), "received_on"),
        (("paths.outputs=elsewhere",), "no list of this county lies in"),
        (("handback.most_a_day=0",), "most_a_day"),
    ],
)
def test_feedback__wrong_use_is_told_and_nothing_is_written(office, words, told):
    hand_in(office, "a.xlsx", lambda row: GOOD)
    done = feedback(office, *words)
    assert done.status == 2
    assert told in done.told
    assert not (office / COUNTY / "feedback").exists()
    assert not (office / "outputs" / "feedback").exists()


def test_feedback__of_files_of_which_none_can_be_read_writes_nothing(office):
    (office / "inbox").mkdir()
    (office / "inbox" / "a.xls").write_bytes(b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1")
    (office / "inbox" / "b.xlsx").write_bytes(b"PK\x03\x04")
    done = feedback(office)
    assert done.status == 2
    assert "a.xls: " in done.told
    assert "b.xlsx: " in done.told
    assert not (office / COUNTY / "feedback").exists()


def test_feedback__of_a_plain_panel_says_that_it_needs_a_county(office):
    hand_in(office, "a.xlsx", lambda row: GOOD)
    done = call("feedback", "data=wage_panel", cwd=office)
    assert done.status == 2
    assert "feedback is kept in a county's folder" in done.told


def test_feedback__killed_when_the_answers_are_kept_and_the_report_is_not_gives_the_same_in_the_end(office):
    hand_in(office, "a.xlsx", lambda row: GOOD)
    untouched = files(office / COUNTY)
    process = start("feedback", *WORDS, cwd=office)
    assert process.stderr is not None
    for line in process.stderr:
        if line.startswith("keep "):
            process.kill()
            break
    process.communicate()
    assert {name: data for name, data in files(office / COUNTY).items() if name in untouched} == untouched
    assert feedback(office).status == 0
    ended = files(office / COUNTY), files(office / "outputs")
    shutil.rmtree(office / COUNTY / "feedback")
    shutil.rmtree(office / "outputs" / "feedback")
    assert feedback(office).status == 0
    assert (files(office / COUNTY), files(office / "outputs")) == ended


def test_feedback__in_english_speaks_english(office):
    english = risk_list(COUNT, "2023-11", language="en")
    workbook = issue(office / "outputs" / "lists" / COUNTY, english)
    book = openpyxl.load_workbook(io.BytesIO(workbook))
    sheet = book[TEXTS["sheet.list"][1]]
    told = {"visit_date": "2023-12-08", "visit_way": "phone", "verdict": "nobody met", "action": "keep watching",
            "not_included": "other", "visitor": "A012"}  # fmt: skip
    for row in (first_of(sheet), first_of(sheet) + 1):
        for header, value in told.items():
            sheet.cell(row, places(sheet)[header]).value = value
    (office / "inbox").mkdir()
    book.save(office / "inbox" / "list.xlsx")
    done = feedback(office, "language=en")
    assert done.status == 0, done.err
    rows = table(office, "rows.csv")
    assert rows["verdict"].tolist() == ["nobody met", "nobody met"]
    assert set(rows["verified"]) == {"yes"}
    page = (office / "outputs" / "feedback" / "report.html").read_text()
    assert not re.search("[\u4e00-\u9fff]", re.sub(r"东镇|西乡|<style>.*?</style>", "", page, flags=re.DOTALL))
    assert SHEET not in page
