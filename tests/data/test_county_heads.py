"""Who heads a household: read when a list is written, by the newest row, and of the households asked for alone."""

from __future__ import annotations

from functools import partial

import pandas as pd
import pytest

import tiny_county
from relapse import config
from relapse.core.heads import NamesHeads
from relapse.data import county_heads

NUMBER = "99010119800101123X"


def person(household: str, relation: str, name: str, number: str = NUMBER, known: str = "2020-12-31") -> dict:
    return {
        "户编号": household, "人编号": f"{household}-{name}", "姓名": name, "证件类型": "居民身份证", "证件号码": number,
        "出生日期": "1980-05", "与户主关系": relation, "截至日期": known, "知晓日期": known,
    }  # fmt: skip


def heads(folder, persons, *wanted, homes=None):
    changed = {"家庭成员信息": persons, **({"农户信息": homes} if homes else {})}
    return tiny_county.county(tiny_county.write(folder, changed)).heads(wanted)


def told(found) -> dict[str, tuple[str, str]]:
    return {household: (head.name, head.id_last_four) for household, head in found.items()}


def test_heads__are_those_asked_for_with_the_last_four_signs_of_their_number(tmp_path):
    persons = [person("a1", "户主", "王某某"), person("a1", "配偶", "李某"), person("a2", "户主", "赵 某", "")]
    assert told(heads(tmp_path, persons, "a1")) == {"a1": ("王某某", "123X")}
    assert told(heads(tmp_path, persons, "a1", "a2", "nobody")) == {"a1": ("王某某", "123X"), "a2": ("赵某", "")}
    assert heads(tmp_path, persons) == {}


def test_heads__the_newest_row_holds_and_a_short_number_is_not_told_as_a_whole(tmp_path):
    persons = [
        person("a1", "户主", "新某某", "123456", known="2022-05-01"),
        person("a1", "本人或户主", "旧某某", known="2020-12-31"),
    ]
    assert told(heads(tmp_path, persons, "a1")) == {"a1": ("新某某", "")}


def test_heads__the_households_own_row_where_no_person_is_told(tmp_path):
    homes = [{**tiny_county.home(name), "户主姓名": f"{name}某某"} for name in ("a1", "a2")]
    found = heads(tmp_path, [person("a1", "户主", "王某某")], "a1", "a2", homes=homes)
    assert told(found) == {"a1": ("王某某", "123X"), "a2": ("a2某某", "")}


@pytest.mark.parametrize("rows", [1, 2, 100])
def test_heads__of_a_large_file_are_looked_for_piece_by_piece(tmp_path, monkeypatch, rows):
    persons = [
        person(name, "户主", f"王{name}", known=known)
        for known in ("2020-12-31", "2022-01-01")
        for name in ("a1", "a2")
    ]
    persons[2] = person("a1", "户主", "新某某", known="2022-01-01")
    folder = tiny_county.write(tmp_path, {"家庭成员信息": persons})
    (folder / "家庭成员信息.csv").unlink()
    pd.DataFrame(persons).to_parquet(folder / "家庭成员信息.parquet")
    monkeypatch.setattr(county_heads, "sheets_of", partial(county_heads.sheets_of, rows=rows))
    assert told(tiny_county.county(folder).heads(["a1", "a2"])) == {"a1": ("新某某", "123X"), "a2": ("王a2", "123X")}


def test_heads__of_dated_exports_the_last_one(tmp_path):
    folder = tiny_county.write(tmp_path)
    columns = ["户编号", "人编号", "姓名", "证件号码", "与户主关系", "户类型", "乡镇", "行政村", "出生日期"]
    for date, name in (("20210102", "早某某"), ("20220102", "晚某某")):
        row = ["a1", "a1-1", name, NUMBER, "户主", "脱贫户", "一镇", "一村", "1980-05"]
        pd.DataFrame([row], columns=columns).to_csv(folder / f"脱贫户信息_{date}.csv", index=False)
    assert told(tiny_county.county(folder).heads(["a1"])) == {"a1": ("晚某某", "123X")}


def test_heads__hostile_names_are_the_text_that_they_are(tmp_path):
    odd = ["=cmd|'/c calc'!A1", "<script>alert(1)</script>", "+86"]
    persons = [person(f"a{place}", "户主", name) for place, name in enumerate(odd, start=1)]
    found = heads(tmp_path, persons, "a1", "a2", "a3")
    assert [found[f"a{place}"].name for place in (1, 2, 3)] == ["=cmd|'/ccalc'!A1", odd[1], odd[2]]


@pytest.mark.parametrize("name", ["wage_panel", "county"])
def test_only_data_of_a_county_can_tell_heads(name, tmp_path):
    settings = {"path": str(tmp_path)} if name == "county" else {}
    assert isinstance(config.option("data", name, **settings), NamesHeads) == (name == "county")


def test_no_name_is_in_the_panel(tmp_path):
    panel = tiny_county.read(tmp_path, {"家庭成员信息": [person("a1", "户主", "王某某")]})
    held = [column for table in panel.tables.values() for column in table.columns.values() if hasattr(column, "levels")]
    assert "王某某" not in {level for column in held for level in column.levels}
