"""The closed form against a simulation of the very process, and by hand."""

from __future__ import annotations

import numpy as np
import pytest
from scipy.special import expit, ndtr
from scipy.stats import multivariate_normal

from relapse.core.crossing import FURTHEST, Ahead, both_below, log_odds_below, log_odds_first

DRAWS = 200_000
BANKED = 0.9  # periods' worth of the line that each period of the past brought


def simulated(window, ends, level, doubt, passing, drift, season, missing=()):
    """Shares of drawn incomes below, and below where the window before is not.

    Args:
        missing: lags of the past of which nothing was reported: these incomes are drawn too.
    """
    rng = np.random.default_rng(4)
    noise = np.log1p(passing)

    def passes():
        return np.exp(rng.normal(-noise / 2, np.sqrt(noise), DRAWS))

    lasting = rng.normal(-doubt / 2, np.sqrt(doubt), DRAWS)
    past = [level * np.exp(lasting) * passes() if lag in missing else np.full(DRAWS, BANKED) for lag in range(window)]
    incomes = past[::-1]
    for k in range(max(ends)):
        lasting = lasting + rng.normal(0, np.sqrt(drift), DRAWS)
        incomes.append(level * season[k % len(season)] * np.exp(lasting) * passes())
    sums = np.cumsum(np.array([np.zeros(DRAWS), *incomes]), axis=0)
    below = {end: sums[window + end] - sums[end] < window for end in (*ends, *(end - 1 for end in ends))}
    first = [(below[end] & ~below[end - 1]).mean() for end in ends]
    return np.array([below[end].mean() for end in ends]), np.array(first)


def ahead(window, ends, level, doubt, passing, drift, season, missing=()):
    """The same by closed form."""
    factors = np.array([season[k % len(season)] * np.exp(drift * (k + 1) / 2) for k in range(max(ends))])
    begins = tuple(max(end - window, 0) + 1 for end in ends)
    kept = [range(max(window - end, 0)) for end in ends]
    past = np.array([[sum(lag in missing for lag in lags) for lags in kept]], float)
    need = window - np.array([[BANKED * sum(lag not in missing for lag in lags) for lags in kept]])
    coming = np.array([[factors[begin - 1 : end].sum() for begin, end in zip(begins, ends, strict=True)]])
    told = (np.array([each]) for each in (level, doubt, passing))
    return Ahead(need, *told, drift, tuple(ends), begins, factors, coming, past, past)


PROCESSES = {
    "one period": (1, (1, 2, 3, 5), 1.3, 0.05, 0.2, 0.02, [1.0]),
    "one period, steady": (1, (1, 2, 6), 1.1, 0.0, 0.01, 0.01, [1.0]),
    "four periods": (4, (1, 2, 4, 6), 1.15, 0.03, 0.15, 0.01, [0.7, 1.3, 1.2, 0.8]),
    "twelve periods": (12, (1, 3, 6, 12, 14), 1.1, 0.02, 0.4, 0.002, [1.0, 0.5, 2.0]),
    "twelve periods, late reports": (12, (1, 2, 6, 12), 1.1, 0.02, 0.3, 0.002, [1.0], (0, 1, 4)),
    "nothing but doubt": (4, (1, 4, 5), 1.2, 0.2, 0.0025, 0.0, [1.0]),
}


@pytest.mark.parametrize("name", PROCESSES)
def test_closed_form__agrees_with_a_simulation_of_the_very_process(name):
    window, ends, *process = PROCESSES[name]
    both = tuple(sorted({end for each in ends for end in (each - 1, each) if end >= 1}))
    made, places = ahead(window, both, *process), [both.index(end) for end in ends]
    standing = made.standing()
    below, first = simulated(window, ends, *process)
    np.testing.assert_allclose(expit(log_odds_below(standing))[0, places], below, atol=0.02)
    for lead, place, drawn in zip(ends, places, first, strict=True):
        if lead > 1:
            odds = log_odds_first(standing[:, place - 1], standing[:, place], made.correlation(place - 1, place))
            above = ndtr(-standing[0, place - 1])
            assert expit(odds)[0] * above == pytest.approx(drawn, abs=0.02)


def test_closed_form__of_one_period_is_the_normal_distribution_of_its_logarithm():
    # ln income ~ N(ln 1.5 - (0.04 + 0.06) / 2, 0.04 + 0.06 + 3 * 0.01) with the mean of the walk's steps taken out
    made = ahead(1, (3,), 1.5, 0.04, np.expm1(0.06), 0.01, [1.0])
    expected = (-np.log(1.5) + 0.05) / np.sqrt(0.13)
    np.testing.assert_allclose(made.standing(), [[expected]], rtol=1e-12)
    np.testing.assert_allclose(expit(log_odds_below(made.standing())), ndtr([[expected]]), rtol=1e-9)


def test_closed_form__of_a_window_with_banked_periods_by_hand():
    # three of four periods are banked at 0.9, so 4 - 2.7 = 1.3 must come in where 1 is expected, its variance
    # (1 + 0.1) e^0.02 - 1 = 0.12222: the logarithm has variance ln 1.12222 = 0.115310 and mean -0.057655
    made = ahead(4, (1,), 1.0, 0.02, 0.1, 0.0, [1.0])
    assert made.need[0, 0] == pytest.approx(1.3)
    np.testing.assert_allclose(made.standing(), [[(0.2623643 + 0.0576551) / 0.3395735]], rtol=1e-6)


def test_nothing_more_needed__is_as_far_above_as_can_be_told_and_finite():
    made = ahead(4, (1, 2), 5.0, 0.02, 0.1, 0.0, [1.0])
    sure = Ahead(made.need - 10, *(getattr(made, name) for name in list(made.__dataclass_fields__)[1:]))
    assert (sure.standing() == -FURTHEST).all()
    odds = log_odds_first(*sure.standing().T, sure.correlation(0, 1))
    assert np.isfinite([*odds, *log_odds_below(sure.standing()).ravel()]).all()


@pytest.mark.parametrize("tie", [-0.9, 0.0, 0.4, 0.999])
def test_both_below__is_the_bivariate_normal_distribution(tie):
    points = [(-1.0, 0.5), (0.3, 0.2), (-2.0, -1.5), (0.0, 1.0), (1.0, 0.0), (-0.5, 0.5)]
    exact = [multivariate_normal([0, 0], [[1, tie], [tie, 1]]).cdf(point) for point in points]
    np.testing.assert_allclose(both_below(*np.array(points).T, np.full(len(points), tie)), exact, atol=1e-6)
