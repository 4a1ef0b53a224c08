"""Income as it has been over some years: its weighted mean, its middle, its variance and that of the village.

All of it is there for the baseline of Zhang and Wan (`model.zhang_wan`) and in no other model.
"""

from __future__ import annotations

from typing import Annotated

import numpy as np
from numpy.typing import NDArray
from pydantic import Field
from pydantic.dataclasses import dataclass

from relapse.core.catalogue import Feature, FeatureTable
from relapse.core.panel import Floats, Histories, Panel
from relapse.core.recipe import STRICT
from relapse.core.tallies import Sums, counts_of, means, tally

MAD_TO_SPREAD = 1.4826  # of a normal distribution: its standard deviation over its median absolute deviation


@dataclass(frozen=True, config=STRICT)
class Permanent:
    """Past incomes a year apart, each held against the line of its own period, which stands for its prices.

    Args:
        years: incomes looked at: the newest known one, the one a year before, and so on.
        older_weight: weight of an income against that of the year after it; 1 is the plain mean.

    Source:
        Zhang and Wan (2009), Oxford Development Studies 37(3): a weighted past average stands for permanent income.
    """

    years: Annotated[int, Field(ge=2)]
    older_weight: Annotated[float, Field(gt=0, le=1)]

    def table(self, known: Histories, leads: NDArray[np.int32]) -> FeatureTable:
        """Features of one unit.

        Args:
            known: histories of (n,) members as known at as_of.
            leads: not used.

        Returns:
            (n, features): log ratios of income to line, their squares and numbers of years.
        """
        return self.table_among(known, leads, self.tally(known.view.everyone))

    def reach(self, panel: Panel) -> int:
        """Periods of everybody's history that the villages' variances are made of."""
        return (self.years - 1) * panel.calendar.per_year + 1 + panel.max_age

    def tally(self, everyone: Histories) -> Sums:
        """Sums of the variances by village, over everyone observed.

        Args:
            everyone: histories of them, over `reach` periods at least.
        """
        home = everyone.home("village")
        codes = np.zeros(len(everyone.members), np.int32) if home is None else home.codes
        _, variance = weighted(self._past(everyone), self.older_weight)
        return {"variance": tally(codes, 1 if home is None else len(home.levels), variance)}

    def table_among(self, known: Histories, leads: NDArray[np.int32], sums: Sums) -> FeatureTable:
        """The same features, of a part of the households.

        Args:
            known: histories of (n,) members as known at as_of.
            leads: not used.
            sums: of everyone, see `tally`.
        """
        past, home = self._past(known), known.home("village")
        mean, variance = weighted(past, self.older_weight)
        middle, spread = middle_and_spread(past)
        mine = np.zeros(len(past), np.int32) if home is None else home.codes
        columns = [
            (_MEAN, mean),
            (_VARIANCE, variance),
            (_MEDIAN, middle),
            (_SPREAD, spread),
            (_KNOWN, (~np.isnan(past)).sum(axis=1).astype(np.float64)),
            (_VILLAGE, _by_village(sums["variance"], mine)),
        ]
        return FeatureTable.of(columns, len(known.members))

    def _past(self, known: Histories) -> Floats:
        """(n, years): log ratios of income to line, the newest known one and those years before; NaN where unknown."""
        ratio, step = known.log_ratio, known.view.panel.calendar.per_year
        earlier = [known.before_newest(ratio, back * step) for back in range(1, self.years)]
        return np.stack([known.newest(ratio), *earlier], axis=1)


def weighted(past: Floats, older_weight: float) -> tuple[Floats, Floats]:
    """Mean and variance with weights w_k that fall by `older_weight` a year, over the years that are known.

    Args:
        past: (n, years) newest first, NaN where unknown.
        older_weight: of a year against the one after it.

    Returns:
        (n,) sum of w_k x_k, NaN where nothing is known; (n,) sum of w_k (x_k - mean)^2 over 1 - sum of w_k^2, NaN where
        fewer than two years are known.

    Example:
        >>> mean, variance = weighted(np.array([[1.0, 3.0]]), 1.0)
        >>> float(mean[0]), float(variance[0])
        (2.0, 2.0)
    """
    seen = ~np.isnan(past)
    weight = np.where(seen, older_weight ** np.arange(past.shape[1]), 0.0)
    whole = weight.sum(axis=1, keepdims=True)
    weight = np.divide(weight, whole, out=np.full_like(weight, np.nan), where=whole > 0)
    told = np.where(seen, past, 0.0)
    mean = (weight * told).sum(axis=1)
    squares = (weight * (told - mean[:, None]) ** 2).sum(axis=1)
    several = seen.sum(axis=1) > 1
    free = np.where(several, 1 - (weight**2).sum(axis=1), np.nan)
    return mean, squares / free


def middle_and_spread(past: Floats) -> tuple[Floats, Floats]:
    """Median, and 1.4826 times the median absolute deviation, over the years that are known.

    Args:
        past: (n, years) NaN where unknown.

    Returns:
        (n,) each; NaN where nothing is known, the spread also where fewer than two years are.
    """
    middle = _median(past)
    spread = MAD_TO_SPREAD * _median(np.abs(past - middle[:, None]))
    return middle, np.where((~np.isnan(past)).sum(axis=1) > 1, spread, np.nan)


def _median(values: Floats) -> Floats:
    """(n,): median of the known values of each row, NaN where there are none."""
    ordered = np.sort(values, axis=1)  # unknown ones come last
    count = (~np.isnan(values)).sum(axis=1)
    rows = np.arange(len(values))
    low, high = np.maximum(count - 1, 0) // 2, count // 2
    return np.asarray((ordered[rows, low] + ordered[rows, np.minimum(high, values.shape[1] - 1)]) / 2)


def _by_village(told: Floats, mine: NDArray[np.int32]) -> Floats:
    """(n,): mean variance of the village, everybody's where the village is unknown or tells none."""
    counted = np.append(counts_of(told), 0.0)[mine]
    everybody = means(told.sum(axis=1, keepdims=True), np.zeros(len(mine), np.int32), 0.0)
    return np.where(counted > 0, means(told, mine, 0.0), everybody)


_MEAN = Feature(
    "permanent__log_ratio_mean",
    "log_ratio",
    "mean of the past years' distances, older ones weighing less (Zhang and Wan)",
    "distance",
    -1,
    modelled=False,
)
_VARIANCE = Feature(
    "permanent__log_ratio_variance",
    "own",
    "variance of the past years' distances, older ones weighing less",
    "volatility",
    modelled=False,
)
_MEDIAN = Feature(
    "permanent__log_ratio_median", "log_ratio", "median of the past years' distances", "distance", -1, modelled=False
)
_SPREAD = Feature(
    "permanent__log_ratio_mad",
    "log_ratio",
    "1.4826 times the median absolute deviation of the past years' distances",
    "volatility",
    modelled=False,
)
_KNOWN = Feature("permanent__years_known", "count", "past years whose income is known", "data", modelled=False)
_VILLAGE = Feature(
    "permanent__village_variance",
    "own",
    "mean variance of the past years' distances in the village, or of everybody",
    "volatility",
    modelled=False,
)
