"""To how many an event will come: ranges against counts that are drawn."""

from __future__ import annotations

import numpy as np
import pytest
from scipy import stats

from relapse.core.counts import count_range
from relapse.core.forecast import HazardForecast


@pytest.mark.parametrize("spread", [0.0, 0.2, 0.5])
@pytest.mark.parametrize("households", [60, 300])
def test_nine_of_ten_counts__lie_within_the_range(spread, households):
    rng = np.random.default_rng(4)
    chance = rng.beta(0.5, 5, households)
    level = rng.gamma(1 / spread**2, spread**2, (20_000, 1)) if spread else np.ones((20_000, 1))
    counts = (rng.random((20_000, households)) < np.minimum(chance * level, 1)).sum(axis=1)
    low, high = count_range(chance, spread)
    assert 0.87 <= ((counts >= low) & (counts <= high)).mean() <= 0.96
    assert max((counts < low).mean(), (counts > high).mean()) < 0.09  # on neither side much more than five of a hundred


def test_a_level_known_exactly__gives_the_binomial_range():
    low, high = stats.binom(300, 0.1).ppf([0.05, 0.95])
    assert count_range(np.full(300, 0.1), 0.0) == (int(low), int(high))


def test_ends__nobody_can_be_counted_twice_or_less_than_not_at_all():
    assert count_range(np.zeros(5), 0.3) == (0, 0)
    assert count_range(np.array([]), 0.3) == (0, 0)
    assert count_range(np.ones(4), 0.0) == (4, 4)
    assert count_range(np.full(3, 0.9), 0.9)[1] <= 3


def test_a_forecast__counts_those_that_are_asked_for():
    hazard = np.array([[0.5], [0.0], [0.5], [0.5]])
    forecast = HazardForecast(np.array([1], np.int32), hazard, hazard, True, level_spread=0.1)
    assert forecast.count_range(1, np.array([1])) == (0, 0)
    assert forecast.count_range(1) == count_range(np.array([0.5, 0.0, 0.5, 0.5]), 0.1)
