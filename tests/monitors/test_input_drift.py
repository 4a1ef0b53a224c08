"""The population stability index against a sum worked out by hand, and columns that have not moved."""

from __future__ import annotations

import numpy as np
import pytest

from relapse.monitors.input_drift import population_stability


def test_psi__of_two_bins_is_the_sum_by_hand():
    before = np.array([0.0] * 50 + [1.0] * 50)[:, None]
    now = np.array([0.0] * 80 + [1.0] * 20)[:, None]
    found = population_stability(before, now).iloc[0]
    assert found["psi"] == pytest.approx((0.8 - 0.5) * np.log(0.8 / 0.5) + (0.2 - 0.5) * np.log(0.2 / 0.5))


def test_psi__unmoved_columns_stay_below_what_comes_by_chance_19_times_of_20():
    rng = np.random.default_rng(3)
    told = population_stability(rng.normal(size=(2000, 300)), rng.normal(size=(1500, 300)))
    assert 0.90 < (told["psi"] < told["by_chance"]).mean() <= 0.99


def test_psi__a_value_that_is_no_longer_told_is_a_move():
    before, now = np.arange(1000.0)[:, None], np.full((1000, 1), np.nan)
    found = population_stability(before, now).iloc[0]
    assert found["psi"] > 1
    assert (found["missing_before"], found["missing_now"]) == (0, 1)
    assert np.isnan(found["median_now"])
