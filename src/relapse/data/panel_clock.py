"""Both clocks of a table's rows: the period each speaks of, and the one in which it became known."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from relapse.core.assumptions import Assumption
from relapse.core.errors import InputError
from relapse.core.panel import Ints
from relapse.data.panel_checks import Faults
from relapse.data.panel_settings import PanelSettings
from relapse.data.table_columns import numbers

_FIRST_YEAR, _LAST_YEAR = 1800, 2200


@dataclass(frozen=True, eq=False)
class Clock:
    """Both clocks of (rows,) rows.

    Args:
        period: each row speaks of.
        known: period in which each became known.
        within: order of reports that became known in the same period.
        max_age: periods by which the newest known state may lag behind an `as_of`.
        assumed: what had to be assumed.
    """

    period: Ints
    known: Ints
    within: NDArray[np.int64]
    max_age: int
    assumed: tuple[Assumption, ...]


def read_clock(faults: Faults, settings: PanelSettings, household: Ints) -> Clock:
    """Read the clocks and look for rows that have none, or stand there twice.

    Args:
        faults: of the table.
        settings: names the columns.
        household: (rows,) codes, -1 where the id is missing.
    """
    names = settings.columns
    period, wrong = _periods(faults, settings)
    _look_at_span(faults, settings, period[~wrong])
    known, within, assumed = _known(faults, settings, period, wrong)
    _look_for_twice(faults, names.time or names.period, (within, period, household), ~wrong & (household >= 0))
    delays = (known - period)[~wrong]
    max_age, said = _max_age(settings, delays)
    return Clock(period, known, within, max_age, (*assumed, *said))


def _periods(faults: Faults, settings: PanelSettings) -> tuple[Ints, NDArray[np.bool_]]:
    names = settings.columns
    if names.time and settings.frequency == "wave":
        years, no_number = numbers(faults.table.columns[names.time])
        wrong = no_number | np.isnan(years) | (np.nan_to_num(years) % 1 != 0)
        faults.rows("time_wrong", "stop", wrong, names.time)
        period, column = np.where(wrong, 0, years).astype(np.int32), names.time
    elif names.time:
        raise InputError(f"data.columns.time is for data.frequency=wave; a {settings.frequency} panel needs no time")
    else:
        column = names.period
        period, wrong = settings.calendar.parse_all(faults.table.columns[column].to_pandas())
        faults.rows("period_wrong", "stop", wrong, column, frequency=settings.frequency)
    if settings.frequency != "wave" or names.time:
        year = period // settings.calendar.per_year
        absurd = ~wrong & ((year < _FIRST_YEAR) | (year > _LAST_YEAR))
        faults.rows("period_absurd", "stop", absurd, column)
        wrong = wrong | absurd
    return period, wrong


def _look_at_span(faults: Faults, settings: PanelSettings, periods: Ints) -> None:
    if len(periods) and periods.min() == periods.max():
        column = settings.columns.time or settings.columns.period
        faults.whole("one_period", "stop", column, settings.calendar.label(int(periods[0])))


def _known(
    faults: Faults, settings: PanelSettings, period: Ints, wrong: NDArray[np.bool_]
) -> tuple[Ints, NDArray[np.int64], tuple[Assumption, ...]]:
    """Known periods, the order of reports within one, and what was assumed."""
    name, delay = settings.columns.known_at, settings.delay
    if not name:
        said = _assumption("no_known_at", delay=delay)
        return period + np.int32(delay), np.zeros(len(period), dtype=np.int64), (said,)
    dates = faults.table.columns[name].to_pandas()
    empty = (dates.isna() | (dates.astype(str).str.strip() == "")).to_numpy()
    known, no_date = settings.calendar.known_in(dates)
    no_date &= ~empty
    faults.rows("known_at_wrong", "stop", no_date, name)
    known = np.where(empty | no_date, period + delay, known).astype(np.int32)
    _same_axis(settings, known, period)
    faults.rows("known_before_happened", "stop", (known < period) & ~wrong, name)
    said_of_empty = _assumption("empty_known_at", f"{int(empty.sum()):,}", delay=delay)
    return known, _within(dates), (said_of_empty,) if empty.any() else ()


def _within(dates: pd.Series) -> NDArray[np.int64]:
    """(rows,) rank of each date among all dates of the column; equal for a day that is written in two ways."""
    codes, uniques = pd.factorize(dates.astype(str).str.strip())
    written = pd.Series(uniques, dtype="str")
    days = pd.to_datetime(written, errors="coerce", format="mixed").dt.strftime("%Y-%m-%d %H:%M:%S")
    _, rank = np.unique(days.fillna(written).to_numpy(dtype=str), return_inverse=True)
    return rank[codes].astype(np.int64)


def _same_axis(settings: PanelSettings, known: Ints, period: Ints) -> None:
    if settings.frequency == "wave" and not settings.columns.time and known.max() > _FIRST_YEAR > period.max():
        raise InputError(
            "known_at has dates but the waves are numbers: name the column with each wave's year, "
            "data.columns.time=COLUMN"
        )


def _look_for_twice(
    faults: Faults, column: str, keys: tuple[NDArray[np.int64], Ints, Ints], usable: NDArray[np.bool_]
) -> None:
    """The same household and period twice, unless known at different dates (then the later corrects the earlier)."""
    order = np.lexsort(keys)
    same = np.ones(len(order), dtype=bool)
    same[0] = False
    for values in keys:
        same[1:] &= values[order][1:] == values[order][:-1]
    begins = np.maximum.accumulate(np.where(same, 0, np.arange(len(order))))
    twice, first = np.zeros(len(order), dtype=bool), np.zeros(len(order), dtype=np.int64)
    twice[order] = same
    first[order] = faults.table.rows[order[begins]]
    faults.rows("period_twice", "stop", twice & usable, column, first=first)


def _max_age(settings: PanelSettings, delays: Ints) -> tuple[int, tuple[Assumption, ...]]:
    """As set; else the delay, or with `known_at` the usual delay (the median, rounded up)."""
    if settings.max_age is not None:
        return settings.max_age, ()
    if not settings.columns.known_at or not len(delays):
        return settings.delay, ()
    usual = int(np.ceil(np.median(delays)))
    return usual, (_assumption("max_age", age=usual),)


def _assumption(key: str, rows: str = "", **periods: int) -> Assumption:
    """An assumption about a number of periods."""
    counted = {name: f"{count} period" if count == 1 else f"{count} periods" for name, count in periods.items()}
    return Assumption(key, {"rows": rows, **counted}, {name: str(count) for name, count in periods.items()})
