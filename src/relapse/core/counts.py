"""To how many of some households an event will come, as a range: chances of each, and a level not known exactly."""

from __future__ import annotations

import math

import numpy as np
from numpy.typing import NDArray

COVERAGE = 0.9  # our choice: nine times of ten the count is within the range


def count_range(chance: NDArray[np.float64], level_spread: float, coverage: float = COVERAGE) -> tuple[int, int]:
    """The range in which the number of events lies with a given probability.

    Given the level, events come or not one by one (variance: sum of p (1 - p)). The level itself, common to all, is
    known up to a relative standard deviation. A negative binomial count has this mean and variance (Poisson counts
    whose level is gamma distributed: Greenwood and Yule 1920, Journal of the Royal Statistical Society 83); where the
    variance is no larger than the mean, a binomial one.

    Args:
        chance: (n,) of each household.
        level_spread: relative standard deviation of the level.
        coverage: probability of the range, as much outside on either side.

    Returns:
        Lowest and highest count, between 0 and n.

    Example:
        >>> count_range(np.full(300, 0.1), 0.0), count_range(np.full(300, 0.1), 0.25)
        ((22, 39), (16, 46))
    """
    return range_of(float(chance.sum()), float((chance * (1 - chance)).sum()), level_spread, len(chance), coverage)


def range_of(
    mean: float, own_variance: float, level_spread: float, most: int, coverage: float = COVERAGE
) -> tuple[int, int]:
    """The same from the sum of chances, and the variance of a count whose level is known exactly.

    Args:
        mean: sum of p.
        own_variance: sum of p (1 - p).
        level_spread: see `count_range`.
        most: households.
        coverage: see `count_range`.
    """
    from scipy import stats

    if mean <= 0:
        return 0, 0
    variance = own_variance + (level_spread * mean) ** 2
    if variance > mean * (1 + 1e-9):
        size = mean**2 / (variance - mean)
        counts = stats.nbinom(size, size / (size + mean))
    else:
        trials = max(math.ceil(mean), min(most, math.ceil(mean**2 / max(mean - variance, 1e-12))))
        counts = stats.binom(trials, mean / trials)
    outside = (1 - coverage) / 2
    low, high = (min(int(counts.ppf(share)), most) for share in (outside, 1 - outside))
    return low, high
