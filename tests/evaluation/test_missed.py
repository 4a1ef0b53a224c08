"""What a list misses: the estimate from random checks, its interval, and from when on it can speak."""

from __future__ import annotations

import numpy as np
import pytest

from relapse.evaluation.missed import effective, missed, months_until_noticed


def test_missed__by_hand():
    """Ten households in two months: one of two drawn with 1/2 found, one of one with 1/6 not, two of 1/1 not known."""
    month, probability = np.array([5, 5, 6, 6]), np.array([0.5, 0.5, 1 / 6, 0.5])
    told = missed(month, probability, np.array([1.0, 0.0, 0.0, np.nan]))
    assert told is not None
    assert (told.months, told.drawn, told.found, told.not_known) == (2, 3, 1, 1)
    assert told.rate == pytest.approx(2 / 10)
    assert told.households == pytest.approx(12 / 2)
    assert 0 < told.low < told.rate < told.high < 1


def test_missed__of_nobody_found__the_bound_is_that_of_the_rule_of_three():
    told = missed(np.arange(100) % 12, np.full(100, 0.1), np.zeros(100), level=0.9)
    assert told is not None
    assert (told.rate, told.low) == (0, 0)
    assert told.high == pytest.approx(1 - 0.05 ** (1 / 100))


def test_missed__says_nothing_where_no_check_is_known():
    assert missed(np.array([1]), np.array([0.5]), np.array([np.nan])) is None
    assert missed(np.empty(0, int), np.empty(0), np.empty(0)) is None


def test_missed__all_found():
    told = missed(np.array([1, 2]), np.array([0.5, 0.1]), np.ones(2))
    assert told is not None
    assert (told.rate, told.high) == (pytest.approx(1), 1)


@pytest.mark.parametrize("steep", [0.0, 2.0, 4.0])
def test_missed__is_unbiased_and_its_interval_holds_the_truth(steep):
    """Twelve months of three draws in each of ten townships, by strata; the risk falls with the place, or does not."""
    rng = np.random.default_rng(7)
    shares = np.repeat([0.2, 0.3, 0.5], [60, 90, 150])  # stratum of each of 300 households
    probability = 1 / (300 * shares)
    chance = np.exp(-steep * np.linspace(0, 1, 300)) * 0.05
    rates, held, times = [], 0, 400
    for _ in range(times):
        y = rng.random((120, 300)) < chance
        rows = np.stack([rng.integers(low, high, 120) for low, high in ((0, 60), (60, 150), (150, 300))], axis=1)
        found = np.take_along_axis(y, rows, axis=1).astype(float).ravel()
        told = missed(np.repeat(np.arange(120) // 10, 3), probability[rows].ravel(), found)
        assert told is not None
        rates.append(told.rate)
        held += told.low <= chance.mean() <= told.high
    assert np.mean(rates) == pytest.approx(chance.mean(), rel=0.06)
    assert held / times >= 0.88


def test_months_until_noticed__as_drawn():
    """After so many months one at risk was drawn nine times of ten, and a month earlier more seldom."""
    months = months_until_noticed(0.02, 12, 0.9)
    assert 1 - 0.98 ** (12 * months) >= 0.9 > 1 - 0.98 ** (12 * (months - 1))
    assert months_until_noticed(0.002, 12, 0.9) > months


def test_effective__is_the_number_of_equal_weights():
    assert effective(np.full(7, 3.0)) == pytest.approx(7)
    assert 1 < effective(np.array([1.0, 1.0, 10.0])) < 3
