"""Months and days as people write them, and those of other calendars, which are nobody's guess."""

from __future__ import annotations

from datetime import date, datetime

import numpy as np
import pyarrow as pa
import pytest

from relapse.core.facts import NO_MONTH
from relapse.data.cell_dates import dates, months


def cells(*texts: object, kind: pa.DataType | None = None) -> pa.ChunkedArray:
    return pa.chunked_array([pa.array(texts, type=kind)])


def month(*texts: object, year_alone: int = 0) -> list[str]:
    told, wrong = months(cells(*texts), year_alone, ("/",))
    return [
        "wrong" if bad else "" if m == NO_MONTH else f"{m // 12}-{m % 12 + 1:02d}"
        for m, bad in zip(told, wrong, strict=True)
    ]


def day(*texts: object) -> list[str]:
    told, wrong = dates(cells(*texts), ("/",))
    return ["wrong" if bad else "" if np.isnat(d) else str(d) for d, bad in zip(told, wrong, strict=True)]


@pytest.mark.parametrize(
    "text",
    [
        "202005", "2020-05", "2020-5", "2020/05", "2020/5", "2020.05", "2020.5", "2020年5月", "2020年05月", "2020年5月份",
        " 2020 年 5 月 ", "２０２０年５月", "20200517", "2020-05-17", "2020/5/17", "2020.5.17", "2020年5月17日", "2020年5月17号", "2020年5月17",
        "2020-05-17 08:30:00", "2020-05-17T08:30:00Z", "2020-05-17T08:30:00.123+08:00", "2020/5/17 8:30",
        "43968",  # a workbook's count: 2020-05-17
        "43968.35", "202005.0", "20200517.0",
    ],
)  # fmt: skip
def test_months__of_every_form(text):
    assert month(text) == ["2020-05"]


@pytest.mark.parametrize(
    "text",
    [
        "民国109年5月", "109-05", "1399-02", "1399年2月", "2563-05", "2563年5月17日",  # other calendars
        "2020-13", "2020-00", "202013", "2020-5-32", "2021-02-29", "20200230", "2020", "2020年", "05-2020", "17.5.2020",
        "昨天", "1849-12", "2201-01", "19999", "61000",
    ],
)  # fmt: skip
def test_months__what_is_none_of_our_calendar_is_wrong(text):
    assert month(text) == ["wrong"]


def test_months__nothing_is_not_wrong():
    assert month("/", "", None, "2020-05") == ["", "", "", "2020-05"]


def test_months__a_year_alone_stands_for_the_month_that_is_asked_for():
    assert month("2020", "2020年", "2020年度", year_alone=12) == ["2020-12"] * 3


def test_months__october_that_may_have_lost_its_zero_is_wrong():
    assert month("2020.1") == ["wrong"]  # January, or October saved as a number
    assert month("2020.1", "2019.10") == ["2020-01", "2019-10"]  # here October keeps its zero
    assert month("2020.11", "2020.01") == ["2020-11", "2020-01"]


def test_months__of_typed_columns():
    assert month(date(2020, 5, 17), None) == ["2020-05", ""]
    assert month(datetime(2020, 5, 31, 23, 59), None) == ["2020-05", ""]
    assert month(202005, 43968) == ["2020-05", "2020-05"]
    assert month(date(1399, 2, 1)) == ["wrong"]


def test_months__a_time_is_read_in_its_own_zone():
    utc = datetime(2020, 4, 30, 17, 0)  # in Shanghai it is May already
    told = pa.chunked_array([pa.array([utc], type=pa.timestamp("s", tz="Asia/Shanghai"))])
    assert months(told)[0].tolist() == [2020 * 12 + 4]


def test_dates__a_month_without_a_day_is_its_last_day():
    assert day("2020年2月", "2021-02", "202012") == ["2020-02-29", "2021-02-28", "2020-12-31"]


def test_dates__keep_the_day():
    assert day("2020年5月7日", "20200507", "2020-05-07 10:00", "43958", "/", None) == ["2020-05-07"] * 4 + ["", ""]
    assert day("民国109年5月7日", "1399-02-18", "2563-05-07") == ["wrong"] * 3
