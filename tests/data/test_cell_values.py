"""Cells as offices fill them in: amounts, yes and no, choices, numbers that are names."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
import pyarrow as pa
import pytest

from relapse.data.cell_values import choices, flags, header_factor, ids, money, normal_header

HEALTH = {"healthy": ("健康",), "chronic": ("长期慢性病", "慢性病"), "disabled": ("残疾",)}
HOUSE = {"a": ("A级",), "road": ("企业/能人带动",)}


def cells(*texts: object, kind: pa.DataType | None = None) -> pa.ChunkedArray:
    return pa.chunked_array([pa.array(texts, type=kind)])


def yuan(
    *texts: str | None, factor: float = 1.0, blanks: Sequence[str] = ("/", "-", "无数据")
) -> list[float | str | None]:
    """Amounts; None where nothing is told, `wrong` where the text is none."""
    values, wrong = money(cells(*texts), factor, blanks)
    told = zip(values.tolist(), wrong.tolist(), strict=True)
    return ["wrong" if bad else None if np.isnan(value) else value for value, bad in told]


# ---- amounts -----------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("text", "meant"),
    [
        ("1234", 1234),
        ("1234.5", 1234.5),
        ("1,234,567.80", 1234567.8),
        ("1，234", 1234),  # full-width comma
        ("１２３４．５", 1234.5),
        (" 1 234 ", 1234),  # stray spaces
        ("1234元", 1234),
        ("1.2万元", 12000),
        ("1.2 万", 12000),
        ("3千元", 3000),
        ("¥1,200.00", 1200),
        ("￥1200", 1200),
        ("1200元整", 1200),
        ("-1200", -1200),
        ("－1200", -1200),
        ("(1,200)", -1200),  # as accountants write a negative amount
        ("（1200元）", -1200),
        ("-¥50", -50),
        ("1.2e4", 12000),
        (".5", 0.5),
        ("0", 0),
    ],
)
def test_money__reads_what_people_write(text, meant):
    assert yuan(text) == [pytest.approx(meant)]


@pytest.mark.parametrize(
    "text", ["一千", "1,23", "12,34,567", "1.2.3", "12 元/月", "(-5)", "--5", "1234斤", "约3000", "1e", "inf", "nan"]
)
def test_money__marks_what_is_no_amount(text):
    assert yuan(text) == ["wrong"]


def test_money__blank_words_and_empty_cells_are_nothing_and_not_wrong():
    assert yuan("/", "-", " 无数据 ", None, "") == [None] * 5


def test_money__the_cells_own_unit_comes_before_the_headers():
    assert yuan("1.5", "1.5万元", "1.5元", "15000 元", factor=10_000.0) == [15000, 15000, 1.5, 15000]


def test_money__is_the_same_number_in_every_unit():
    assert yuan("1.2301万元", "12301", "12.301千元") == [12301] * 3
    assert yuan("0.0007", "7元", factor=10_000.0) == [7, 7]


def test_money__typed_columns_get_the_headers_factor():
    values, wrong = money(cells(1.5, None, 2.0), 10_000.0)
    assert values[[0, 2]].tolist() == [15000, 20000]
    assert np.isnan(values[1])
    assert not wrong.any()


@pytest.mark.parametrize(
    ("header", "factor"),
    [
        ("金额", 1),
        ("金额(元)", 1),
        ("金额（万元）", 10_000),
        ("金额(千元)", 1000),
        ("金额(单位:万元)", 10_000),
        ("金额（单位：万元）", 10_000),
        ("金额(万元/年)", 10_000),
        ("近一年收入(元)/合规自付支出(万元)", 10_000),  # the last one counts
        ("近一年收入(万元)/工资性收入(元)", 1),
        ("万元户", 1),  # no unit
    ],
)
def test_header_factor__is_of_the_last_unit_in_brackets(header, factor):
    assert header_factor(header) == factor


@pytest.mark.parametrize(
    ("header", "plain"),
    [
        (" 人均 纯收入（元） ", "人均纯收入"),
        ("姓\n名", "姓名"),
        ("耕地面积(亩)", "耕地面积"),
        ("住房面积（m²）", "住房面积"),
        ("务工时间(月)", "务工时间"),
        ("公益性岗位（月数）", "公益性岗位(月数)"),  # part of the name
        ("性别（1男2女）", "性别(1男2女)"),
        ("乡(镇)", "乡(镇)"),
        ("Household_ID", "household_id"),
    ],
)
def test_normal_header__drops_units_and_spaces_and_keeps_names(header, plain):
    assert normal_header(header) == plain


# ---- yes and no --------------------------------------------------------------------------------------------------------


def said(*texts: object) -> list[float | str | None]:
    values, wrong = flags(cells(*texts), ("是", "√", "yes", "1", "true"), ("否", "no", "0", "false"), ("/",))
    told = zip(values.tolist(), wrong.tolist(), strict=True)
    return ["wrong" if bad else None if np.isnan(value) else value for value, bad in told]


def test_flags__read_words_signs_and_numbers():
    assert said(" 是", "√", "YES", "１", "否 ", "No", "0", "/", None) == [1, 1, 1, 1, 0, 0, 0, None, None]


def test_flags__what_is_neither_is_wrong():
    assert said("是否", "2", "不详") == ["wrong"] * 3


def test_flags__typed_columns_are_read_too():
    assert said(True, False, None) == [1, 0, None]
    assert said(1, 0, 2) == [1, 0, "wrong"]


def test_flags__a_whole_number_may_bear_a_decimal_point():
    assert said("1.0", "0.0", "1.5") == [1, 0, "wrong"]


# ---- choices -----------------------------------------------------------------------------------------------------------


def chosen(*texts: object, several: bool = False) -> list[str]:
    told, wrong = choices(cells(*texts), HEALTH, several, ("/",))
    return [text + ("!" if bad else "") for text, bad in zip(told.texts(), wrong, strict=True)]


def test_choices__texts_and_codes_stand_for_the_code():
    assert chosen("健康", " 慢性病", "chronic", "CHRONIC", "残 疾", "（残疾）", "/", None) == [
        "healthy", "chronic", "chronic", "chronic", "disabled", "disabled", "", "",
    ]  # fmt: skip


def test_choices__what_is_in_no_list_is_wrong():
    assert chosen("好", "健康,残疾") == ["!", "!"]


@pytest.mark.parametrize("sign", ["、", ",", "，", "；", ";", "/", "|", " ", "、 "])
def test_choices__several_in_a_cell_are_joined_in_the_order_of_the_list(sign):
    assert chosen(f"残疾{sign}长期慢性病", several=True) == ["chronic|disabled"]


def test_choices__of_several_the_known_ones_are_kept_and_the_cell_is_wrong():
    assert chosen("残疾、会飞", "残疾,,慢性病,残疾", several=True) == ["disabled!", "chronic|disabled"]


def test_choices__a_whole_number_may_bear_a_decimal_point():
    told, wrong = choices(cells("1.0", "2.00", "12.0"), {"male": ("1",), "female": ("2",)})
    assert told.texts().tolist() == ["male", "female", ""]
    assert wrong.tolist() == [False, False, True]


def test_choices__levels_are_the_same_whatever_the_order_of_rows():
    told = [choices(cells(*texts), HEALTH)[0].levels for texts in (("残疾", "健康"), ("健康", "残疾"))]
    assert told[0] == told[1] == ("healthy", "disabled")


def test_choices__a_sign_inside_a_choice_is_no_separator():
    told, wrong = choices(cells("企业/能人带动"), HOUSE, several=True)
    assert told.texts().tolist() == ["road"]
    assert not wrong.any()


# ---- numbers that are names --------------------------------------------------------------------------------------------


def named(*texts: object, kind: pa.DataType | None = None) -> list[str]:
    told, wrong = ids(cells(*texts, kind=kind))
    return [text + ("!" if bad else "") for text, bad in zip(told.texts(), wrong, strict=True)]


@pytest.mark.parametrize(
    ("text", "meant"),
    [
        ("0012", "0012"),
        ("123.0", "123"),
        ("'0012", "0012"),
        ("‘0012", "0012"),
        ('="0012"', "0012"),
        ("００１２", "0012"),
        (" 00 12\t", "0012"),
        ("G990101198001011231", "990101198001011231"),  # a student's number
        ("g990101198001011231", "990101198001011231"),
        ("G123", "G123"),
        ("99010119800101001x", "99010119800101001X"),
        ("99010119800101001X", "99010119800101001X"),
        ("a-1", "a-1"),
        ("-", ""),
        ("", ""),
    ],
)
def test_ids__are_texts_without_traces_of_spreadsheets(text, meant):
    assert named(text) == [meant]
    assert named(text, "0012") == [meant, "0012"]


def test_ids__lost_digits_are_wrong_and_missing():
    assert named("2.10727E+17", "2.10727e+17", "0012") == ["!", "!", "0012"]


def test_ids__numbers_that_floating_point_cannot_hold_are_wrong():
    assert named(123.0, 2.0**60, 0.5) == ["123", "!", "!"]
    assert named(990101198001011231, kind=pa.int64()) == ["990101198001011231"]


def test_ids__levels_stand_in_the_order_of_their_characters():
    assert ids(cells("b", "a", "10", "9"))[0].levels == ("10", "9", "a", "b")
