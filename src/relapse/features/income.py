"""How far income is from the line, how it got there and how much it moves."""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from typing import Annotated

import numpy as np
from numpy.typing import NDArray
from pydantic import Field
from pydantic.dataclasses import dataclass

from relapse.core.catalogue import Feature, FeatureTable
from relapse.core.panel import Floats, Histories, over_lags
from relapse.core.periods import Frequency
from relapse.core.recipe import STRICT

COST = "own_cost"  # amount of a county's panel: compliant own medical cost
_TELLING = 0.1  # our choice: own cost of a smaller share of the line is no reason beside an income below it
Lag = Annotated[int, Field(ge=1)]


@dataclass(frozen=True, config=STRICT)
class Income:
    """Distance to the line now and before, its mean, lowest, spread and slope.

    Args:
        lags: by frequency, the earlier periods whose distance is a feature of its own.
        half_life_years: weight of older windows in the weighted mean halves in this time.
        least_for_spread: known windows needed for a spread or a slope.
    """

    lags: Mapping[Frequency, Sequence[Lag]]
    half_life_years: Annotated[float, Field(gt=0)]
    least_for_spread: Annotated[int, Field(ge=2)]

    def table(self, known: Histories, leads: NDArray[np.int32]) -> FeatureTable:
        """Income features of one unit.

        Args:
            known: histories of (n,) members as known at as_of.
            leads: not used; distance does not differ by lead.

        Returns:
            (n, features): log ratios of income to line, and amounts in money per person for the wording.
        """
        ratio = known.log_ratio
        now = known.newest(ratio)
        columns = [(_NOW, now), *self._earlier(known, ratio), *self._past(known, ratio, now), *_amounts(known, ratio)]
        columns += _after_payouts_and_cost(known)
        return FeatureTable.of(columns, len(known.members))

    def _earlier(self, known: Histories, ratio: Floats) -> list[tuple[Feature, Floats]]:
        calendar = known.view.panel.calendar
        lags = [lag for lag in self.lags[calendar.frequency] if lag < ratio.shape[1]]
        return [(_lagged(lag), ratio[:, lag]) for lag in lags]

    def _past(self, known: Histories, ratio: Floats, now: Floats) -> list[tuple[Feature, Floats]]:
        per_year = known.view.panel.calendar.per_year
        seen = ~np.isnan(ratio)
        told = np.where(seen, ratio, 0.0)
        count = over_lags(seen)
        mean = _over(over_lags(told), count)
        weight = 0.5 ** (np.arange(ratio.shape[1]) / (self.half_life_years * per_year))
        apart = np.where(seen, told - np.where(count > 0, mean, 0)[:, None], 0.0)  # from the mean
        enough = count >= self.least_for_spread
        spread = np.where(enough, np.sqrt(over_lags(apart * apart) / np.maximum(count - 1, 1)), np.nan)
        recent = 3 + known.view.panel.max_age  # three windows, where reports come late
        return [
            (_MEAN, mean),
            (_WEIGHTED, _over(over_lags(told, weight), over_lags(seen, weight))),
            (_LOWEST, _lowest(ratio)),
            (_RECENT_LOWEST, _lowest(ratio[:, :recent])),
            (_SPREAD, spread),
            (_IN_SPREADS, mean / np.maximum(spread, 0.05)),
            (_SLOPE, np.where(enough, _slope(apart, seen, count) * per_year, np.nan)),
            (_CHANGE, now - known.before_newest(ratio, per_year)),
        ]


_NOW = Feature(
    "income__log_ratio_now",
    "log_ratio",
    "ln of income per person over the line, newest window",
    "distance",
    -1,
    wording="reason.close",
    true_above=-1e-9,
    true_below=math.log(1.5),  # a state of the file's own may disagree
)
_MEAN = Feature("income__log_ratio_mean", "log_ratio", "mean of the known windows of the lookback", "distance", -1)
_WEIGHTED = Feature(
    "income__log_ratio_weighted", "log_ratio", "mean of the known windows, newer ones weighing more", "distance", -1
)
_LOWEST = Feature(
    "income__log_ratio_lowest",
    "log_ratio",
    "lowest known window of the lookback",
    "volatility",
    -1,
    wording="reason.lowest_near",
    true_below=math.log(1.1),
)
_RECENT_LOWEST = Feature(
    "income__log_ratio_lowest_recent",
    "log_ratio",
    "lowest of the last three windows (persistence rule)",
    "distance",
    -1,
    modelled=False,
)
_SPREAD = Feature(
    "income__log_ratio_spread",
    "log_ratio",
    "standard deviation of the known windows",
    "volatility",
    wording="reason.volatile",
    true_above=0.3,
)
_IN_SPREADS = Feature(
    "income__log_ratio_mean_in_spreads",
    "log_ratio",
    "mean distance in standard deviations of the own windows",
    "volatility",
)
_SLOPE = Feature("income__log_ratio_slope_year", "log_ratio", "slope of the known windows a year", "trend")
_CHANGE = Feature(
    "income__log_ratio_change_1y",
    "log_ratio",
    "change of the distance against a year ago",
    "trend",
    wording="reason.drop",
    true_of="income__fall_share_1y",
    true_above=0.05,
)
_REFERENCE = Feature(
    "income__reference_log_ratio_now",
    "log_ratio",
    "ln of the reference income (net, with payouts, less own medical cost) over the line",
    "illness",
    -1,
    wording="reason.after_own_cost",
    true_of="income__own_cost_when_below",
    true_above=0.5,  # less is written as 0
    sensitive="health",
)
_OWN_COST = Feature(
    "income__own_cost_when_below",
    "money",
    "own medical cost per person in the newest window, where it brings income below the line or weighs there",
    "illness",
    modelled=False,
    sensitive="health",
)
_PER_PERSON = Feature(
    "income__per_person", "money", "income per person of the newest window", "distance", modelled=False
)
_ABOVE = Feature("income__above_line", "money", "income per person above the line", "distance", modelled=False)
_LINE = Feature("income__line", "money", "the line of the newest window", "distance", modelled=False)
_FALL = Feature("income__fall_1y", "money", "income per person lost against a year ago", "trend", modelled=False)
_RISE = Feature("income__rise_1y", "money", "income per person gained against a year ago", "trend", modelled=False)
_FALL_SHARE = Feature("income__fall_share_1y", "share", "the same as a share of a year ago", "trend", modelled=False)
_LOWEST_MONEY = Feature("income__lowest", "money", "lowest income per person of a window", "volatility", modelled=False)
_AT_LOWEST = Feature(
    "income__at_lowest_ratio",
    "money",
    "income per person of the window that was lowest against its own line",
    "volatility",
    modelled=False,
)


def _lagged(lag: int) -> Feature:
    return Feature(f"income__log_ratio_{lag}_ago", "log_ratio", f"distance to the line {lag} periods ago", "trend", -1)


def _amounts(known: Histories, ratio: Floats) -> list[tuple[Feature, Floats]]:
    """Amounts that the sentences print: never in a model, since money of different years does not compare."""
    income = known.window_income
    newest = known.newest(income)
    line = known.newest(np.broadcast_to(known.line, income.shape))
    earlier = known.before_newest(income, known.view.panel.calendar.per_year)
    fall = earlier - newest
    return [
        (_PER_PERSON, newest),
        (_LINE, line),
        (_ABOVE, newest - line),
        (_FALL, fall),
        (_RISE, -fall),
        (_FALL_SHARE, fall / np.where(earlier > 0, earlier, np.nan)),
        (_LOWEST_MONEY, _lowest(income)),
        (_AT_LOWEST, _at_lowest(income, ratio)),
    ]


def _after_payouts_and_cost(known: Histories) -> list[tuple[Feature, Floats]]:
    """The reference income (监测参考收入): with payouts, less own medical cost; only where the panel has these."""
    panel = known.view.panel
    if not panel.references.keys() & panel.amounts.keys():
        return []
    lags = min(panel.max_age + 1, known.lags)
    income = known.reference(lags)
    line = np.broadcast_to(known.line[:, :lags], income.shape)
    ratio = np.log(np.maximum(known.newest(income / np.where(line > 0, line, np.nan)), 0.01))
    cost = known.amount(COST, lags) if COST in panel.amounts else np.zeros_like(income)
    tells = (income < line) & ((income + cost >= line) | (cost >= _TELLING * line))
    below = known.newest(np.where(np.isnan(income), np.nan, np.where(tells, cost, 0)))
    return [(_REFERENCE, ratio), (_OWN_COST, np.where(below > 0, below, np.nan))]


def _lowest(values: Floats) -> Floats:
    """(n,): the lowest known value, NaN where none is known."""
    lowest = np.full(len(values), np.nan)
    for lag in range(values.shape[1]):
        np.fmin(lowest, values[:, lag], out=lowest)
    return lowest


def _at_lowest(income: Floats, ratio: Floats) -> Floats:
    """(n,): the income of the newest of the windows that were lowest against their own line."""
    lowest, found = np.full(len(ratio), np.inf), income[:, 0].copy()
    for lag in range(ratio.shape[1]):
        lower = ratio[:, lag] < lowest
        np.copyto(lowest, ratio[:, lag], where=lower)
        np.copyto(found, income[:, lag], where=lower)
    return found


def _over(total: Floats, count: Floats) -> Floats:
    """(n,): a mean; NaN where nothing was counted."""
    return np.asarray(np.divide(total, count, out=np.full(len(total), np.nan), where=count > 0))


def _slope(apart: Floats, seen: NDArray[np.bool_], count: Floats) -> Floats:
    """(n,): least-squares slope per period, forward in time.

    Args:
        apart: (n, lags) from the mean of what was seen, 0 where nothing was.
        seen: (n, lags)
        count: (n,) how often.
    """
    time = -np.arange(apart.shape[1], dtype=np.float64)
    squares = over_lags(seen, time**2) - over_lags(seen, time) ** 2 / np.maximum(count, 1)
    return _over(over_lags(apart, time), np.where(count > 1, squares, 0))
