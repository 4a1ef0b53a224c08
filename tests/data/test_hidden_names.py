"""Names in the wrong cells: what findings show of them, and what they go on to show."""

from __future__ import annotations

import pyarrow as pa
import pytest

from relapse.core.contract import Field, Kind
from relapse.core.results import Finding
from relapse.data.contract_file import read_contract
from relapse.data.hidden_names import Named, hide, shown_cell, without_headers, without_words

CONTRACT = read_contract("national")
CHOICE = CONTRACT.tables["persons"].fields["sex"]


def field(kind: Kind) -> Field:
    return CHOICE if kind == "choice" else Field(kind, "known", "Made up.", ("虚构",))


@pytest.mark.parametrize("kind", ["id", "month", "date", "money", "number", "count", "flag"])
@pytest.mark.parametrize(
    ("text", "shown"),
    [
        ("虚拟某", "虚**"),  # whatever the surname
        ("虚拟 某某", "虚**"),
        ("虚拟·某某", "虚**"),
        ("户主虚拟某", "户**"),
        ("虚拟某3000", "虚**3000"),
        ("𠮷田某", "𠮷**"),
        ("990101198001010011", "990" + "*" * 15),
        ("13900000000", "139********"),
        ("未知", "未知"),
        ("是", "是"),
        ("约3000元", "约3000元"),
        ("3万元", "3万元"),
        ("民国112年5月", "民国112年5月"),
        ("2023-13", "2023-13"),
        (12.5, "12.5"),
        (None, ""),
    ],
)
def test_cell__where_no_words_belong_shows_the_begin_of_words(kind, text, shown):
    assert shown_cell(text, field(kind), CONTRACT.words) == shown


@pytest.mark.parametrize("kind", ["text", "choice"])
def test_cell__of_words_shows_them_but_what_may_be_a_name(kind):
    assert shown_cell("未知单位", field(kind), CONTRACT.words) == "未知单位"
    assert shown_cell("王某某", field(kind), CONTRACT.words) == "王**"


def test_cell__of_a_passport_or_a_long_number_shows_its_begin_where_no_number_is_so_long():
    assert shown_cell("E12345678", field("money"), CONTRACT.words) == "E12******"
    assert shown_cell("123456789012", field("date"), CONTRACT.words) == "123*********"
    assert shown_cell("123456789012", field("id"), CONTRACT.words) == "123456789012"  # a household's own number


def test_words__of_the_contract_and_units_stay():
    assert without_words("享受低保", {"享受低保"}) == "享受低保"
    assert without_words("3个月", ()) == "3个月"


def named(*persons: str, others: tuple[str, ...] = ()) -> Named:
    return Named([pa.array(persons, pa.string())], [pa.array(others, pa.string())])


def test_findings__hide_what_another_file_names_a_person_by():
    told = [
        Finding("not_a_choice", "check", "收入.csv", 2, "收入来源", "虚拟甲"),
        Finding("not_a_choice", "check", "收入.csv", 3, "收入来源", "虚拟甲之妻"),
        Finding("not_a_choice", "check", "收入.csv", 4, "收入来源", "Nobody Made Up"),
        Finding("not_a_choice", "check", "收入.csv", 5, "收入来源", "石桥村三组某屋"),
        Finding("not_a_choice", "check", "收入.csv", 6, "收入来源", "未知单位"),
        Finding("township_silent", "check", "income", details={"township": "虚拟甲镇"}, household_id="虚拟 甲7"),
    ]
    folder = [named("虚拟 甲", "Nobody Made Up", "王五"), named(others=("石桥村三组某屋",))]
    found = hide(told, folder, CONTRACT)
    assert [each.value for each in found] == ["***", "虚**之妻", "***", "***", "未知单位", ""]
    assert (found[-1].details, found[-1].household_id) == ({"township": "虚**镇"}, "虚**7")
    assert [(each.rule, each.row, each.column) for each in found] == [
        (each.rule, each.row, each.column) for each in told
    ]


def test_findings__hide_a_long_text_that_is_cut():
    long = "某地" * 40
    (found,) = hide([Finding("x", "check", "t", 2, "c", f"{long[:39]}…")], [named(others=(long,))], CONTRACT)
    assert found.value == "***"


def test_findings__keep_a_contracts_own_words_whoever_is_called_so():
    told = [Finding("not_a_choice", "check", "t", 2, "性别", "户主")]
    assert hide(told, [named("户主")], CONTRACT) == told
    assert hide(told, [], CONTRACT) == told


def test_header__that_is_a_row_of_data_is_shown_as_cells_are():
    told = [Finding("columns_ignored", "note", "t", details={"names": "虚拟甲, 990101198001010011, 户编号"})]
    headers = ["虚拟甲", "990101198001010011", "户编号"]
    (found,) = without_headers(told, headers, {"户编号"})
    assert found.details["names"] == f"虚**, 990{'*' * 15}, 户编号"
    told = [Finding("columns_ignored", "note", "t", details={"names": "虚拟列, 户编号"})]
    assert without_headers(told, ["虚拟列", "户编号"], {"户编号"}) == told
