"""Days of visits as people type them → days of one window; what cannot be one of it is told, never guessed."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date

import numpy as np
import pyarrow as pa

from relapse.data.cell_dates import dates

_DIGITS = {sign: str(place) for place, sign in enumerate("零一二三四五六七八九")} | {"〇": "0", "元": "1", "两": "2"}
_TENS = re.compile(r"([一二三四五六七八九]?)十([一二三四五六七八九]?)")
_DAY_TIME = re.compile(r"(?:上午|下午|早上|晚上|中午|am|pm).*$", re.IGNORECASE)
_WEEKDAY = re.compile(r"[(]?(?:星期|周|礼拜)[一二三四五六日天][)]?")
_SIGN = r"[-/.、,月]"
_YEARLESS = re.compile(rf"(\d{{1,2}}){_SIGN}(\d{{1,2}})[日号]?")
_SHORT_YEAR = re.compile(rf"(\d{{2}})(?:年|{_SIGN})(\d{{1,2}}){_SIGN}(\d{{1,2}})[日号]?")
_WHOLE = re.compile(rf"(\d{{4}})(?:年|{_SIGN})(\d{{1,2}}){_SIGN}(\d{{1,2}})[日号]?")
_MONTH_ALONE = re.compile(r"\d{4}(?:年|[-/.])?\d{1,2}月?(?:份)?")
_LOST_ZERO = re.compile(r"\d{1,2}\.[123]")  # as a number, the 10th, 20th and 30th have lost their zero
_RUN_OF_DAY = re.compile(r"\d{8}|\d{5}(?:\.\d+)?")


@dataclass(frozen=True)
class Day:
    """One cell.

    Args:
        day: the day, None where there is none.
        wrong: why there is none: `not_a_date`, `no_day` (a month alone), `outside` (of the window); else empty.
    """

    day: date | None
    wrong: str = ""


def visit_days(texts: Sequence[str], first: date, last: date) -> list[Day]:
    """The day that each text means.

    Understood are 2024-3-5, 2024.3.5, 2024/3/5, 2024年3月5日, 20240305, 24.3.5, 3月5日, 3.5, 三月五日, a workbook's own
    numbers of days, full-width signs, a time of day or a weekday behind. Where no year is told, it is the one that puts
    the day into the window.

    Args:
        texts: of cells, none empty.
        first: day of the window.
        last: day of the window; it belongs to it.

    Example:
        >>> [each.day.isoformat() for each in visit_days(["12月30日", "24.1.5"], date(2023, 12, 1), date(2024, 2, 1))]
        ['2023-12-30', '2024-01-05']
    """
    plain = [_plain(text) for text in texts]
    whole, _ = dates(pa.chunked_array([pa.array([_with_dashes(text) for text in plain], type=pa.string())]))
    return [_day(text, told, first, last) for text, told in zip(plain, whole, strict=True)]


def _day(text: str, told: np.datetime64, first: date, last: date) -> Day:
    days = _yearless(text, first, last)
    if not days and _MONTH_ALONE.fullmatch(text) and not _RUN_OF_DAY.fullmatch(text):
        return Day(None, "no_day")
    if not days and not np.isnat(told):
        days = [told.astype("datetime64[D]").item()]
    if not days:
        return Day(None, "not_a_date")
    fitting = [day for day in days if first <= day <= last]
    return Day(fitting[0]) if len(fitting) == 1 else Day(None, "outside")


def _yearless(text: str, first: date, last: date) -> list[date]:
    """The days that a text without a year may mean, one a year of the window; none where it has one."""
    found = _YEARLESS.fullmatch(text)
    if not found or _LOST_ZERO.fullmatch(text):
        return []
    told = [_made(year, int(found[1]), int(found[2])) for year in range(first.year, last.year + 1)]
    return [day for day in told if day is not None]


def _made(year: int, month: int, day: int) -> date | None:
    try:
        return date(year, month, day)
    except ValueError:
        return None


def _with_dashes(text: str) -> str:
    """A date with its year as it is read everywhere."""
    short, whole = _SHORT_YEAR.fullmatch(text), _WHOLE.fullmatch(text)
    if whole:
        return "-".join(whole.groups())
    return f"20{short[1]}-{short[2]}-{short[3]}" if short else text


def _plain(text: str) -> str:
    """Without spaces, time of day and weekday; signs of Chinese numbers as digits."""
    plain = unicodedata.normalize("NFKC", text).strip().strip("。.,、;'\"`")
    plain = _WEEKDAY.sub("", _DAY_TIME.sub("", plain)).strip()
    plain = re.sub(r"[T\s]+\d{1,2}[:时点]\d{1,2}.*$", "", plain)
    plain = "".join(plain.split()).replace("—", "-").replace("–", "-").replace("~", "-").replace("\\", "/")
    if any(sign in plain for sign in "年月") and not any(sign.isdigit() for sign in plain):
        plain = _TENS.sub(lambda told: f"{_DIGITS.get(told[1], '1')}{_DIGITS.get(told[2], '0')}", plain)
        plain = "".join(_DIGITS.get(sign, sign) for sign in plain)
    return plain
