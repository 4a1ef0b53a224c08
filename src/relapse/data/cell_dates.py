"""Months and days as people write them. What cannot be a date of our calendar is marked wrong, never guessed."""

from __future__ import annotations

import re
import unicodedata
from calendar import monthrange
from collections.abc import Collection

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc
from numpy.typing import NDArray

from relapse.core.facts import NO_MONTH
from relapse.data.table_columns import levels, plain_text

Date = tuple[int, int, int]  # year, month, day (0 where only the month is told)
_NONE: Date = (0, 0, 0)
_FIRST_YEAR, _LAST_YEAR = 1850, 2200  # beyond them lie other calendars and slips of the pen
_TIME = re.compile(r"[T\s]\s*\d{1,2}:\d{2}(?::\d{2}(?:\.\d+)?)?\s*(?:Z|[+-]\d{2}:?\d{2})?$")
_WRITTEN = re.compile(r"(\d{4})[-/.年](\d{1,2})(?:月份?|[-/.月](\d{1,2})[日号]?)?")
_RUN = re.compile(r"(\d{4})(\d{2})(\d{2})?")
_SERIAL = re.compile(r"(\d{5})(?:\.\d+)?")
_YEAR = re.compile(r"(\d{4})年?度?")
_SERIALS = (20_000, 60_000)  # days since 1899-12-30 in a workbook: 1954 to 2064
_SERIAL_ORIGIN = np.datetime64("1899-12-30", "D")
_POINT_ZERO = re.compile(r"(?<=^\d{6})\.0+$|(?<=^\d{8})\.0+$")  # saved as a number with a decimal point
_ONE_DIGIT = re.compile(r"\d{4}\.1")
_TWO_DIGITS = re.compile(r"\d{4}\.10")


def months(
    column: pa.ChunkedArray, year_alone: int = 0, blanks: Collection[str] = ()
) -> tuple[NDArray[np.int32], NDArray[np.bool_]]:
    """Months, counted from year 0 (year * 12 + month - 1).

    Understood are 202005, 2020-05, 2020/5, 2020.5, 2020年5月, the same with a day, 20200517, ISO times, full-width
    digits, days as a workbook counts them (20000 to 60000), and columns of dates. `2020.1` is read as January only
    where the column also holds a `.10`: as a number, October has lost its zero.

    Args:
        column: (rows,)
        year_alone: the month, 1 to 12, that a year alone stands for; 0: a year alone is wrong.
        blanks: texts that stand for nothing.

    Returns:
        (rows,) months, `NO_MONTH` where missing or wrong; and where there is something that is no month. Years before
        1850 and after 2200 are wrong: they are of other calendars (民国109年, 1399, 2563) or slips.
    """
    if pa.types.is_temporal(column.type):
        days, wrong = _typed(column)
        return _month_index(days), wrong
    codes, parts, wrong = _parsed(column, year_alone, blanks)
    values = parts[:, 0] * 12 + parts[:, 1] - 1
    return np.where(parts[:, 1] > 0, values, NO_MONTH).astype(np.int32)[codes], wrong[codes]


def dates(column: pa.ChunkedArray, blanks: Collection[str] = ()) -> tuple[NDArray[np.datetime64], NDArray[np.bool_]]:
    """Days; a month without a day stands for its last day. See `months` for what is understood.

    Args:
        column: (rows,)
        blanks: texts that stand for nothing.

    Returns:
        (rows,) datetime64[D], NaT where missing or wrong; and where there is something that is no date.
    """
    if pa.types.is_temporal(column.type):
        return _typed(column)
    codes, parts, wrong = _parsed(column, 0, blanks)
    month = (parts[:, 0] * 12 + parts[:, 1] - 1 - 1970 * 12).astype("datetime64[M]")
    last = (month + 1).astype("datetime64[D]") - np.timedelta64(1, "D")
    days = np.where(parts[:, 2] > 0, month.astype("datetime64[D]") + (parts[:, 2] - 1).astype("timedelta64[D]"), last)
    days[parts[:, 1] == 0] = np.datetime64("NaT")
    return days[codes], wrong[codes]


def _parsed(
    column: pa.ChunkedArray, year_alone: int, blanks: Collection[str]
) -> tuple[NDArray[np.int32], NDArray[np.int64], NDArray[np.bool_]]:
    """(rows,) codes, and by code (codes + 1,) year, month, day and what is wrong; the last code is of missing cells."""
    codes, found = levels(column)
    texts = [_plain(plain_text(level)) for level in found]
    keeps_zeros = any(_TWO_DIGITS.fullmatch(text) for text in texts)
    nothing = {"", *(_plain(blank) for blank in blanks)}
    parts = np.zeros((len(texts) + 1, 3), dtype=np.int64)
    wrong = np.zeros(len(texts) + 1, dtype=bool)
    for place, text in enumerate(texts):
        told = _NONE if _ONE_DIGIT.fullmatch(text) and not keeps_zeros else _date(text, year_alone)
        parts[place] = told
        wrong[place] = told == _NONE and text not in nothing
    return codes, parts, wrong


def _plain(text: str) -> str:
    """Without the time of day, full-width signs and spaces."""
    text = unicodedata.normalize("NFKC", text).strip()
    return _POINT_ZERO.sub("", "".join(_TIME.sub("", text).split())).lower()


def _date(text: str, year_alone: int) -> Date:
    serial = _SERIAL.fullmatch(text)
    if serial:
        return _of_serial(int(serial[1]))
    year = _YEAR.fullmatch(text)
    if year:
        return _checked(int(year[1]), year_alone, 0) if year_alone else _NONE
    found = _WRITTEN.fullmatch(text) or _RUN.fullmatch(text)
    if not found:
        return _NONE
    day = int(found[3]) if found[3] else 0
    return _NONE if found[3] and not day else _checked(int(found[1]), int(found[2]), day)


def _checked(year: int, month: int, day: int) -> Date:
    if not (_FIRST_YEAR <= year <= _LAST_YEAR and 1 <= month <= 12) or day > monthrange(year, month)[1]:
        return _NONE
    return year, month, day


def _of_serial(serial: int) -> Date:
    if not _SERIALS[0] <= serial <= _SERIALS[1]:
        return _NONE
    day = (_SERIAL_ORIGIN + np.timedelta64(serial, "D")).item()
    return day.year, day.month, day.day


def _typed(column: pa.ChunkedArray) -> tuple[NDArray[np.datetime64], NDArray[np.bool_]]:
    """(rows,) days of a column of dates or times (in their own time zone), NaT where missing or of no year of ours."""
    told = pc.is_valid(column).to_numpy()
    if pa.types.is_time(column.type) or pa.types.is_duration(column.type):
        return np.full(len(column), np.datetime64("NaT"), dtype="datetime64[D]"), told
    if pa.types.is_timestamp(column.type) and column.type.tz:
        column = pc.local_timestamp(column)
    days = column.cast(pa.date32(), safe=False).to_numpy().astype("datetime64[D]")
    years = days.astype("datetime64[Y]").astype(np.int64) + 1970
    wrong = told & ((years < _FIRST_YEAR) | (years > _LAST_YEAR))
    return np.where(wrong, np.datetime64("NaT", "D"), days), wrong


def _month_index(days: NDArray[np.datetime64]) -> NDArray[np.int32]:
    index = days.astype("datetime64[M]").astype(np.int64) + 1970 * 12
    return np.where(np.isnat(days), NO_MONTH, index).astype(np.int32)
