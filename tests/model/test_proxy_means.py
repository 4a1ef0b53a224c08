"""Proxy means by quantile regression: incomes whose low quantile is known, learned from proxies and not from income."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest

from relapse import config
from relapse.core.catalogue import Feature
from relapse.core.errors import InputError
from relapse.core.rows import LEAD, TrainingRows
from relapse.flows.rows import Task, stack

ENTRIES = (
    Feature("covariates__rooms_now", "own", "meaning", "covariates"),
    Feature("income__log_ratio_now", "log_ratio", "meaning", "distance"),
    LEAD,
)


def rows(later, rooms, lead=None) -> TrainingRows:
    count = len(later)
    lead = np.ones(count, np.int32) if lead is None else lead
    matrix = np.stack([rooms, later, lead], axis=1).astype(np.float32)
    event = (np.array(later) < 0).astype(np.float64)
    leads, ones = np.unique(lead).astype(np.int32), np.ones(count)
    told = lambda: np.array(later)  # noqa: E731
    return TrainingRows(ENTRIES, matrix, event, ones, lead, leads, int(event.sum()), count, (0,), True, told)


def fit(told, **changes):
    return config.option("model", "proxy_means", penalty=1e6, iterations=5000, **changes).fit(told, None)


def line_of(fitted, rooms):
    """The quantile that is said of a household with so many rooms."""
    values, _ = fitted.standard.parts(np.array([[rooms]], np.float32))
    return float(values[0, 0] * fitted.weight[0] + fitted.quantile)


def test_quantile__of_each_group_is_that_of_its_own_incomes():
    # with one room incomes are 0.01 … 1.00 over the line, with three rooms 1.01 … 2.00: the lowest quarter lies below
    # 0.255 and 1.255; nobody is below the line, so tau is 0.25
    low = np.arange(1, 101) / 100
    fitted = fit(rows([*low, *(low + 1)], [1.0] * 100 + [3.0] * 100))
    assert fitted.tau == 0.25
    assert line_of(fitted, 1) == pytest.approx(0.255, abs=0.02)
    assert line_of(fitted, 3) == pytest.approx(1.255, abs=0.02)


@pytest.mark.parametrize(("below", "tau"), [(1, 0.25), (5, 0.05), (8, 0.08), (20, 0.25)])
def test_tau__is_the_share_below_the_line_where_that_is_between_2_and_8_per_cent(below, tau):
    later = np.where(np.arange(100) < below, -0.1, 0.5)
    assert fit(rows(later, np.arange(100) % 4)).tau == pytest.approx(tau)


def test_quantile__is_that_of_a_linear_programme():
    """scikit-learn's QuantileRegressor minimises the check loss itself; ours a smooth one next to it."""
    from sklearn.linear_model import QuantileRegressor

    rng = np.random.default_rng(3)
    rooms = rng.integers(1, 6, 600).astype(float)
    later = 0.2 * rooms + rng.gamma(2, 0.2 * rooms)
    fitted = fit(rows(later, rooms))
    exact = QuantileRegressor(quantile=0.25, alpha=0).fit(rooms[:, None], later)
    for each in (1, 3, 5):
        assert line_of(fitted, each) == pytest.approx(exact.predict([[each]])[0], abs=0.02)


def test_regression__reads_no_income_and_no_household_twice():
    rng = np.random.default_rng(4)
    later, rooms = rng.normal(0.5, 0.5, 300), rng.integers(1, 6, 300).astype(float)
    once = fit(rows(later, rooms))
    assert once.standard.names == ("covariates__rooms_now",)
    lead = np.repeat([1, 2], 300).astype(np.int32)
    twice = fit(rows(np.tile(later, 2), np.tile(rooms, 2), lead))
    np.testing.assert_allclose(twice.weight, once.weight, atol=1e-6)


def test_without_proxies__it_says_so():
    told = rows([0.1, 0.2], [np.nan, np.nan])
    with pytest.raises(InputError, match=r"proxy_means needs a proxy from the blocks covariates"):
        fit(told)
    with pytest.raises(InputError, match=r"proxy_means needs an income of a year later"):
        fit(replace(rows([0.1, 0.2], [1.0, 2.0]), year_on=lambda: np.full(2, np.nan)))


def test_incomes_of_a_year_on__are_those_known_when_the_labels_were(signal_task: Task):
    """Four quarters after each origin; what lies beyond the as_of is not known."""
    as_of = signal_task.panel.last - 4
    told = stack(signal_task, as_of, None)
    later = told.year_on()
    assert later.shape == told.event.shape
    known = signal_task.panel.as_of(as_of)
    begin = 0
    for origin, event in signal_task.training_events(as_of).items():
        unit = signal_task.unit(origin)
        first = int((~np.isnan(event[:, 0])).sum())
        expected = known.histories(unit.members, end=origin + 4, lags=1).log_ratio[:, 0]
        np.testing.assert_array_equal(later[begin : begin + first], expected[~np.isnan(event[:, 0])])
        assert np.isnan(expected).all() == (origin + 4 > as_of)
        begin += int((~np.isnan(event)).sum())
    assert begin == len(later)
