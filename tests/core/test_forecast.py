"""From hazards by lead to the chance within a horizon."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from hypothesis.extra import numpy as hnp

from relapse.core.forecast import HazardForecast

LEADS = np.array([1, 2, 3], np.int32)


def test_risk__is_one_minus_the_chance_to_stay_above_through_every_lead():
    # stays above with 0.9, then 0.8, then 0.5: falls within 1, 2, 3 with 0.1, 1 - 0.72, 1 - 0.36
    forecast = HazardForecast(LEADS, np.zeros((1, 3)), np.array([[0.1, 0.2, 0.5]]), cumulative=True)
    assert [forecast.risk(h)[0] for h in (1, 2, 3)] == pytest.approx([0.1, 0.28, 0.64])


def test_score__is_the_mean_margin_up_to_the_horizon():
    forecast = HazardForecast(LEADS, np.array([[-3.0, -1.0, 4.0]]), np.zeros((1, 3)), cumulative=True)
    assert [forecast.score(h)[0] for h in (1, 2, 3)] == pytest.approx([-3, -2, 0])


def test_at_horizon__each_horizon_stands_alone():
    leads = np.array([1, 4], np.int32)
    forecast = HazardForecast(leads, np.array([[-2.0, -1.0]]), np.array([[0.3, 0.2]]), cumulative=False)
    assert (forecast.risk(1)[0], forecast.risk(4)[0]) == (0.3, 0.2)
    assert (forecast.score(1)[0], forecast.score(4)[0]) == (-2, -1)


@given(hnp.arrays(np.float64, (4, 3), elements=st.floats(0, 1)))
def test_risk__never_falls_with_the_horizon_and_stays_a_chance(hazards):
    forecast = HazardForecast(LEADS, hazards, hazards, cumulative=True)
    risks = np.stack([forecast.risk(h) for h in (1, 2, 3)])
    assert (np.diff(risks, axis=0) >= 0).all()
    assert ((risks >= 0) & (risks <= 1)).all()
