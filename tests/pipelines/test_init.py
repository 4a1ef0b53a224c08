"""`relapse init`: a county's folder, a proposal for the files of a county, or one for a panel."""

from __future__ import annotations

import csv
from pathlib import Path
from typing import Any

import openpyxl
import pandas as pd
import pytest
from calls import Called, call, files, plain

from counties import made_county
from exports import exited_roll, three_rolls, write_gbk_csv, write_xlsx
from relapse import config
from relapse.data.contract_file import read_contract

CONTRACT = read_contract("national")


def own(folder: Path, name: str = "mycounty", *more: str, region: str = "522727") -> Any:
    """The data that a written config makes."""
    words = [f"data={name}", *([f"data.region='{region}'"] if region else []), *more]
    composed = config.compose("validate", words, folder / "conf")
    return config.instantiate(composed["data"])


def stops(data: Any) -> list[tuple[str, str, str]]:
    return [(each.rule, each.table, each.column) for each in data.draft().findings if each.severity == "stop"]


def refused(called: Called, folder: Path) -> str:
    """The message, one line, nothing written."""
    assert called.status == 2
    assert "Traceback" not in called.err
    assert not folder.exists()
    return called.told


# A folder with templates


@pytest.mark.parametrize(("language", "some"), [("zh", "农户信息.xlsx"), ("en", "households.xlsx")])
def test_init__makes_config_templates_and_guide(tmp_path, language, some):
    called = call("init", "d", f"language={language}", cwd=tmp_path)
    assert called.status == 0, called.err
    made = files(tmp_path / "d")
    assert len([name for name in made if name.startswith("tables/")]) == len(CONTRACT.tables)
    assert {"README.md", "conf/data/mycounty.yaml", f"tables/{some}"} <= set(made)
    words = made["README.md"].decode() + made["conf/data/mycounty.yaml"].decode()
    assert ("线索" in words) == (language == "zh")
    assert "lead" in words or language == "zh"
    data = own(tmp_path / "d")
    assert (data.panel_name, data.path) == ("mycounty", str((tmp_path / "d" / "tables").resolve()))


def test_init__untouched_folder_is_told_by_validate(tmp_path):
    call("init", "d", cwd=tmp_path)
    words = ("validate", "--config-dir", "d/conf", "data=mycounty")
    called = call(*words, cwd=tmp_path)
    assert called.status == 2
    assert "no administrative code of 2, 4 or 6 digits" in called.told

    called = call(*words, "data.region=522727", cwd=tmp_path)
    assert called.status == 2
    assert called.told.startswith("2 faults stop the work")
    with (tmp_path / "outputs" / "quality" / "findings.csv").open(encoding="utf-8-sig") as file:
        told = [(row[0], row[1]) for row in csv.reader(file)][1:]
    assert told.count(("table_missing", "stop")) == 2
    assert told.count(("table_empty", "note")) == len(CONTRACT.tables)


def test_init__writes_equal_bytes_and_overwrites_nothing(tmp_path):
    call("init", "d", cwd=tmp_path)
    call("init", "e/../d2", cwd=tmp_path)
    one, two = files(tmp_path / "d"), files(tmp_path / "d2")
    with_paths = {"README.md", "conf/data/mycounty.yaml", "计划任务.xml", "定时任务.txt", "交接清单.html"}
    assert {name for name in one if one[name] != two[name]} == with_paths
    (tmp_path / "d" / "tables" / "收入.xlsx").write_bytes(b"mine")
    (tmp_path / "d" / "README.md").unlink()
    (tmp_path / "d" / "conf" / "data" / "mycounty.yaml").unlink()
    before = files(tmp_path / "d")
    called = call("init", "d", cwd=tmp_path)
    assert (called.status, "is there already" in called.told) == (2, True)
    assert files(tmp_path / "d") == before


@pytest.mark.parametrize("name", ["a/b", "../x", "county", "x y", "-", "示例县"])
def test_init__refuses_a_name_that_can_be_no_file(tmp_path, name):
    assert "name=" in refused(call("init", "d", f"name='{name}'", cwd=tmp_path), tmp_path / "d")


@pytest.mark.parametrize("folder", ["a b/it's", "${x}", "贫困县", "a,b", "c\\d", "x #y: z"])
def test_init__config_holds_for_any_folder(tmp_path, folder):
    assert call("init", folder, cwd=tmp_path).status == 0
    assert own(tmp_path / folder).path == str((tmp_path / folder / "tables").resolve())


def test_init__panel_keeps_its_own_form(tmp_path):
    assert call("init", "d", "kind=panel", cwd=tmp_path).status == 0
    assert set(files(tmp_path / "d")) == {"README.md", "conf/data/mypanel.yaml", "mypanel.csv"}
    assert own(tmp_path / "d", "mypanel", region="").columns.income == "income"


# Proposals


def test_from__exports_of_a_folder_are_known_by_their_names(tmp_path):
    there = tmp_path / "there"
    there.mkdir()
    for roll in three_rolls(30):
        write_gbk_csv(roll, there / f"脱贫户信息_{roll.date}.csv")
    before = files(there)
    assert call("init", "d", "from=there", cwd=tmp_path).status == 0
    assert files(there) == before
    assert not (tmp_path / "d" / "tables").exists()
    said = (tmp_path / "d" / "conf" / "data" / "mycounty.yaml").read_text()
    assert "#   户编号 → households.household_id" in said
    assert "同名较早的导出 2 个" in said
    assert "将忽略的列（" in said
    assert "农机台数" in said
    assert stops(own(tmp_path / "d")) == []


def test_from__one_export_of_any_name_is_known_by_its_headers(tmp_path):
    there = tmp_path / "there"
    there.mkdir()
    book = write_xlsx(exited_roll(20), there / "下载 (1).xlsx")
    called = call("init", "d", "from='there/下载 (1).xlsx'", cwd=tmp_path)
    assert called.status == 0, called.err
    assert "脱贫户信息_YYYYMMDD.xlsx" in (tmp_path / "d" / "conf" / "data" / "mycounty.yaml").read_text()
    book.rename(there / "脱贫户信息_20240902.xlsx")  # as it is told
    assert stops(own(tmp_path / "d")) == []


def test_from__headers_that_were_renamed_are_proposed_and_then_read(tmp_path):
    there = made_county(tmp_path / "there", 40)
    homes = pd.read_csv(there / "农户信息.csv", dtype=str, encoding="gb18030")
    homes = homes.rename(columns={"户编号": "我县户号", "户类型": "属性"})
    homes.to_csv(there / "农户信息.csv", index=False, encoding="gb18030")
    income = pd.read_csv(there / "收入.csv", dtype=str).rename(columns={"金额(元)": "收入金额合计(元)"})
    income.to_csv(there / "收入.csv", index=False)
    assert call("init", "d", "from=there", cwd=tmp_path).status == 0
    said = (tmp_path / "d" / "conf" / "data" / "mycounty.yaml").read_text()
    assert "    household_id: '我县户号'  # 请核对" in said
    data = own(tmp_path / "d")
    assert data.columns == {
        "households": {"household_id": "我县户号", "type": "属性"},
        "income": {"amount": "收入金额合计(元)"},
    }
    assert stops(data) == []
    assert len(data.draft().household_ids) == 40


def test_from__an_export_with_a_renamed_id_column(tmp_path):
    there = tmp_path / "there"
    there.mkdir()
    roll = exited_roll(20)
    path = write_gbk_csv(roll, there / "脱贫户信息_20240902.csv")
    path.write_bytes(path.read_bytes().replace(" 户 编号\u3000".encode("gb18030"), "农户序号".encode("gb18030")))
    assert call("init", "d", "from=there", cwd=tmp_path).status == 0
    assert own(tmp_path / "d").columns["households"]["household_id"] == "农户序号"
    data = own(tmp_path / "d")
    assert stops(data) == []
    assert len(data.draft().household_ids) == 20


def test_from__english(tmp_path):
    there = made_county(tmp_path / "there", 10)
    (there / "家庭成员信息.csv").rename(there / "people.csv")
    assert call("init", "d", "from=there", "language=en", cwd=tmp_path).status == 0
    said = (tmp_path / "d" / "conf" / "data" / "mycounty.yaml").read_text()
    assert "Rename it first: people.csv to 家庭成员信息.csv" in said
    assert "The household's number in the national system." in said


def test_from__hostile_headers_and_names_stay_text(tmp_path):
    there = made_county(tmp_path / "there", 10)
    evil = there / "x\n_target_: os.system #'$.csv"
    evil.write_text("a,b\n1,2\n")
    homes = pd.read_csv(there / "农户信息.csv", dtype=str, encoding="gb18030")
    homes.rename(columns={"户类型": "户类型'${x}: #\t\x07", "家庭人口": "人口\x0bq\nregion: '1'"}).to_csv(
        there / "农户信息.csv", index=False
    )
    assert call("init", "d", "from=there", cwd=tmp_path).status == 0
    data = own(tmp_path / "d")
    assert data.region == "522727"
    assert stops(data) == []


def test_from__a_plain_long_file_stays_a_panel(tmp_path):
    plain(20).to_csv(tmp_path / "incomes.csv", index=False)
    called = call("init", "d", "from=incomes.csv", cwd=tmp_path)
    assert called.status == 0
    data = own(tmp_path / "d", "mypanel", region="")
    assert (data.columns.household_id, data.columns.period, data.columns.income) == ("hhid", "year", "income_pc")
    assert data.path == str((tmp_path / "incomes.csv").resolve())


def test_from__doubt_is_told_with_the_other_way(tmp_path):
    homes = pd.DataFrame({"户编号": ["1", "2"], "乡镇": "甲", "行政村": "乙", "户类型": "脱贫户", "年月": "2024-01",
                          "人均纯收入": ["7000", "8000"]})  # fmt: skip
    homes.to_csv(tmp_path / "表.csv", index=False)
    called = call("init", "d", "from=表.csv", cwd=tmp_path)
    assert "taken as panel" in called.err
    assert "kind=county" in called.err
    assert (tmp_path / "d" / "conf" / "data" / "mypanel.yaml").exists()
    assert call("init", "e", "from=表.csv", "kind=county", cwd=tmp_path).status == 0
    homes.to_csv(tmp_path / "农户信息.csv", index=False)
    called = call("init", "f", "from=农户信息.csv", cwd=tmp_path)
    assert "taken as county" in called.err
    assert "kind=panel" in called.err


def locked_book(path: Path) -> None:
    path.write_bytes(b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + bytes(600))


def header_only(path: Path) -> None:
    book = openpyxl.Workbook()
    book.worksheets[0].append(["户编号", "乡镇", "行政村", "户类型"])
    book.save(path)


WRONG = {
    "password": (locked_book, "protected by a password"),
    "no bytes": (lambda path: path.write_bytes(b""), "is empty"),
    "header only": (header_only, "a header and no rows"),
    "no workbook": (lambda path: path.write_bytes(b"PK\x03\x04 cut off"), "no whole workbook"),
}


@pytest.mark.parametrize("kind", ["auto", "county"])
@pytest.mark.parametrize("what", WRONG)
def test_from__a_file_that_cannot_be_read_is_one_message(tmp_path, what, kind):
    make, told = WRONG[what]
    make(tmp_path / "农户信息.xlsx")
    words = ("init", "d", "from=农户信息.xlsx", f"kind={kind}")
    assert told in refused(call(*words, cwd=tmp_path), tmp_path / "d")


def test_from__a_folder_with_a_file_that_cannot_be_read_is_one_message(tmp_path):
    there = made_county(tmp_path / "there", 10)
    locked_book(there / "务工信息.xlsx")
    assert "务工信息.xlsx is protected" in refused(call("init", "d", "from=there", cwd=tmp_path), tmp_path / "d")


def test_from__nothing_there_is_one_message(tmp_path):
    (tmp_path / "none").mkdir()
    assert "no file that resembles" in refused(call("init", "d", "from=none", cwd=tmp_path), tmp_path / "d")
    assert "nope.csv" in refused(call("init", "d", "from=nope.csv", cwd=tmp_path), tmp_path / "d")
    assert "nope.csv" in refused(call("init", "d", "from=nope.csv", "kind=county", cwd=tmp_path), tmp_path / "d")
