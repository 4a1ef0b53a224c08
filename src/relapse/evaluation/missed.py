"""What a list misses, from households drawn at random among those not on it: an estimate, and when it could speak.

Each household drawn stands for 1 / probability others. Months are pooled: in one alone hardly anybody is found.
"""

from __future__ import annotations

import math
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

LEVEL = 0.9  # of intervals, as everywhere


@dataclass(frozen=True)
class Missed:
    """What is estimated of the households that were not listed, over several months.

    Args:
        months: with somebody whose check is known.
        drawn: households drawn whose check is known, each once a month.
        found: of these with a risk.
        not_known: drawn whose check is not known; they are taken for like the others.
        rate: weighted share with a risk (Hájek), and its interval.
        low, high: of the rate.
        households: not listed in a month, on average, as the weights have it (Horvitz and Thompson).
    """

    months: int
    drawn: int
    found: int
    not_known: int
    rate: float
    low: float
    high: float
    households: float


def missed(
    month: NDArray[np.integer], probability: NDArray[np.float64], found: NDArray[np.float64], level: float = LEVEL
) -> Missed | None:
    """Share of those not listed who have a risk, pooled over months.

    The interval is that of Clopper and Pearson at the effective number of draws, as Korn and Graubard have it for
    shares near 0 in surveys; of the effective numbers by weights alone and by the estimated variance the smaller holds.

    Args:
        month: (k,) of the list.
        probability: (k,) that the household was drawn, above 0.
        found: (k,) 1 where its check found a risk, 0 where none, NaN where it is not known.
        level: of the interval.

    Returns:
        None where no check is known.

    Source:
        Korn, E. L., & Graubard, B. I. (1998). Confidence intervals for proportions with small expected number of
        positive counts estimated from survey data. Survey Methodology, 24(2), 193-201.

    Example:
        >>> told = missed(np.array([1, 1, 2]), np.array([0.5, 0.1, 0.1]), np.array([1.0, 0.0, 0.0]))
        >>> round(told.rate, 3), told.months, told.households
        (0.091, 2, 11.0)
    """
    from scipy.stats import beta

    known = ~np.isnan(found)
    if not known.any():
        return None
    weight, hit = 1 / probability[known], found[known]
    rate = float((weight * hit).sum() / weight.sum())
    count = effective(weight)
    if 0 < rate < 1:
        variance = float((weight**2 * (hit - rate) ** 2).sum() / weight.sum() ** 2)
        count = min(count, rate * (1 - rate) / variance)
    positive, tail = rate * count, (1 - level) / 2
    low = float(beta.ppf(tail, positive, count - positive + 1)) if positive > 0 else 0.0
    high = float(beta.ppf(1 - tail, positive + 1, count - positive)) if positive < count else 1.0
    months = len(np.unique(month[known]))
    return Missed(
        months,
        int(known.sum()),
        int(hit.sum()),
        int((~known).sum()),
        rate,
        low,
        high,
        float((1 / probability).sum() / len(np.unique(month))),
    )


def effective(weight: NDArray[np.float64]) -> float:
    """How many draws of equal weight these are worth (Kish).

    Example:
        >>> effective(np.array([2.0, 2.0, 2.0])), effective(np.array([1.0, 3.0]))
        (3.0, 1.6)
    """
    return float(weight.sum() ** 2 / (weight**2).sum())


def months_until_noticed(rate: float, draws: float, power: float) -> int:
    """Months of as many draws after which a rate would have been met once at least, with so much power.

    Args:
        rate: of the households not listed that have a risk, above 0 and below 1.
        draws: a month, of equal weight.
        power: chance that one at least is drawn.

    Example:
        >>> months_until_noticed(0.01, 45, 0.9), months_until_noticed(0.002, 45, 0.9)
        (6, 26)
    """
    return math.ceil(math.log(1 - power) / math.log(1 - rate) / draws - 1e-9)
