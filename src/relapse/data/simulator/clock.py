"""Months, dates and seasons of a simulated county; a month is a whole number counted from year 0."""

from __future__ import annotations

import datetime

import numpy as np
from numpy.typing import NDArray

from relapse.data.simulator.settings import World

NEVER = np.int32(10**6)  # a month far ahead
LONG_AGO = np.int32(-(10**6))
_REST_BEFORE, _REST_AFTER = 8, 12  # days around the Spring Festival on which nobody works away, our assumption
_DAYS = 30.4


def month_of_date(date: str) -> int:
    """The month of a date as 2020-03-06."""
    day = datetime.date.fromisoformat(date)
    return day.year * 12 + day.month - 1


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


def worked_share(world: World) -> NDArray[np.float64]:
    """(months,) share of each month in which those away work: the Spring Festival's days are off."""
    months = np.arange(world.begin, world.end + 1)
    share = np.ones(len(months))
    for date in world.festivals:
        day = datetime.date.fromisoformat(date)
        for away in range(-_REST_BEFORE, _REST_AFTER):
            each = day + datetime.timedelta(days=away)
            place = each.year * 12 + each.month - 1 - world.begin
            if 0 <= place < len(share):
                share[place] -= 1 / _DAYS
    return share


def festival_months(world: World) -> frozenset[int]:
    """Months in which migrants come home: that of the day ten days before the Spring Festival."""
    days = [datetime.date.fromisoformat(date) - datetime.timedelta(days=10) for date in world.festivals]
    return frozenset(day.year * 12 + day.month - 1 for day in days)
