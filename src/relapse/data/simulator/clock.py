"""Months, dates and seasons of a simulated county; a month is a whole number counted from year 0."""

from __future__ import annotations

import datetime
from functools import cache

import numpy as np

from relapse.data.simulator.settings import World

NEVER = np.int32(10**6)  # a month far ahead
LONG_AGO = np.int32(-(10**6))


@cache
def month_of_date(date: str) -> int:
    """The month of a date as 2020-03-06."""
    day = datetime.date.fromisoformat(date)
    return day.year * 12 + day.month - 1


@cache
def fraction_of_date(date: str) -> float:
    """A date as months from year 0 with the part of the month that is over."""
    day = datetime.date.fromisoformat(date)
    return day.year * 12 + day.month - 1 + (day.day - 1) / 31


def season(month: int) -> int:
    """0 for January … 11 for December."""
    return month % 12


def growth(yearly: float, month: int) -> float:
    """What an amount of 2019 has grown to."""
    return float((1 + yearly) ** ((month - (2019 * 12 + 6)) / 12))


def festival_months(world: World) -> frozenset[int]:
    """Months in which migrants come home: that of the day ten days before the Spring Festival."""
    return _festival_months(world.festivals)


@cache
def _festival_months(dates: tuple[str, ...]) -> frozenset[int]:
    days = [datetime.date.fromisoformat(date) - datetime.timedelta(days=10) for date in dates]
    return frozenset(day.year * 12 + day.month - 1 for day in days)
