"""The chance that a rolling sum of incomes lies below a line, and that it is the first time: in closed form.

The process: the income of a period is (own level) x (season) x (permanent part) x (passing part). The logarithm of the
permanent part is a random walk, the passing part is independent from period to period with mean 1. A sum of such
incomes is taken as lognormal with its true mean and variance (Fenton 1960, IRE Transactions on Communications Systems
8(1); exact for one period), two neighbouring sums as jointly lognormal with their true covariance.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from scipy.special import log_ndtr, ndtr, owens_t

from relapse.core.facts import Floats

FURTHEST = 8.0  # standard deviations; beyond them chances are no longer told apart
_LEAST = 1e-10  # chance of a first crossing, for the same reason


@dataclass(frozen=True, eq=False)
class Ahead:
    """What of the windows that end some periods ahead is still random.

    Args:
        need: (n, ends) what must still come in for the sum to reach the line.
        level: (n,) mean income of a period with season 1, in the unit of `need`.
        doubt: (n,) variance of the logarithm of the level, of which little is known where little was reported.
        passing: (n,) variance of the passing part.
        drift: variance that the logarithm of the permanent part gains in a period.
        ends: (ends,) ascending; periods ahead, at least 1.
        begins: (ends,) the first period ahead that counts in the window.
        season: (periods ahead,) what a period has in the mean of all households, where the level has 1.
        coming: (n, ends) sum of the household's own season factors of the periods ahead that count.
        past: (n, ends) the same of periods that lie behind and were not reported.
        past_squares: (n, ends) sum of the squares of these.
    """

    need: Floats
    level: Floats
    doubt: Floats
    passing: Floats
    drift: float
    ends: tuple[int, ...]
    begins: tuple[int, ...]
    season: Floats
    coming: Floats
    past: Floats
    past_squares: Floats

    def standing(self) -> Floats:
        """(n, ends): how many standard deviations the line lies above what is expected, on the scale of logarithms.

        The normal distribution function of it is the chance that the sum lies below the line.
        """
        spread = np.sqrt(np.stack([self._log_covariance(k, k) for k in range(len(self.ends))], axis=1))
        mean = self.level[:, None] * (self.coming + self.past)
        with np.errstate(divide="ignore", invalid="ignore"):
            scores = (np.log(np.maximum(self.need, 0)) - np.log(mean)) / spread + spread / 2
        return np.clip(scores, -FURTHEST, FURTHEST)

    def correlation(self, one: int, other: int) -> Floats:
        """(n,): of the logarithms of two of the sums, by their places in `ends`."""
        both = self._log_covariance(one, other)
        return np.asarray(both / np.sqrt(self._log_covariance(one, one) * self._log_covariance(other, other)))

    def _log_covariance(self, one: int, other: int) -> Floats:
        """(n,): covariance of the logarithms of two sums that are jointly lognormal."""
        permanent, passing = self._shared(one, other)
        ours, theirs = self.coming[:, one], self.coming[:, other]
        late, later = self.past[:, one], self.past[:, other]
        squares = np.minimum(self.past_squares[:, one], self.past_squares[:, other])  # of the periods in both sums
        product = ours * theirs * permanent + ours * later + late * theirs + late * later
        product += self.passing * (ours * theirs * passing + squares)
        return np.asarray(self.doubt + np.log(product / ((ours + late) * (theirs + later))))

    def _shared(self, one: int, other: int) -> tuple[float, float]:
        """Mean product of the permanent parts of the periods of two sums, and the weight of those in both."""
        mine, theirs = (np.arange(self.begins[k], self.ends[k] + 1) for k in (one, other))
        weights = [self.season[span - 1] / self.season[span - 1].sum() for span in (mine, theirs)]
        # the first of two periods is common to both walks: E P_i P_j / (E P_i E P_j) = exp(drift * min(i, j))
        permanent = np.exp(self.drift * np.minimum(mine[:, None], theirs))
        both = weights[0][:, None] * weights[1] * permanent
        return float(both.sum()), float((both * (mine[:, None] == theirs)).sum())


def log_odds_below(standing: Floats) -> Floats:
    """Log-odds that a sum lies below the line."""
    return np.asarray(log_ndtr(standing) - log_ndtr(-standing))


def log_odds_first(before: Floats, now: Floats, correlation: Floats) -> Floats:
    """Log-odds that a sum lies below the line, given that the one before it does not.

    Args:
        before: (n,) see `Ahead.standing`.
        now: (n,) the same of the sum one period later.
        correlation: (n,) of both.
    """
    joint = ndtr(now) - both_below(before, now, correlation)
    chance = np.clip(joint / ndtr(-before), _LEAST, 1 - _LEAST)
    return np.asarray(np.log(chance) - np.log1p(-chance))


def both_below(one: Floats, other: Floats, correlation: Floats) -> Floats:
    """The distribution function of two standard normal variables at (one, other).

    Source:
        Owen (1956), Annals of Mathematical Statistics 27(4):1075-1090.

    Example:
        >>> both_below(np.array([1e-12]), np.array([1e-12]), np.array([0.5])).round(6)
        array([0.333333])
    """
    tie = np.clip(correlation, -1 + 1e-9, 1 - 1e-9)
    first, second = (np.where(np.abs(each) < 1e-10, 1e-10, each) for each in (one, other))
    across = np.sqrt(1 - tie**2)
    parts = owens_t(first, (second / first - tie) / across) + owens_t(second, (first / second - tie) / across)
    return np.asarray((ndtr(first) + ndtr(second)) / 2 - parts - np.where(first * second > 0, 0, 0.5))
