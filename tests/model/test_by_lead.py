"""Maps from scores to chances: strictly increasing, level where it should be, drawn together where events are few."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from scipy.special import expit, logit

from relapse.model.calibration.by_lead import ByLead, LeadMaps

LEADS = np.array([1, 2], np.int32)


def sample(seed: int, rows: int, level: float, slope: float, lead: int = 1):
    rng = np.random.default_rng(seed)
    margin = rng.normal(-1, 1.5, rows)
    event = (rng.random(rows) < expit(level + slope * margin)).astype(np.float64)
    return margin, event, np.ones(rows), np.full(rows, lead, np.int32)


def joined(*parts):
    return tuple(np.concatenate(column) for column in zip(*parts, strict=True))


def test_fit__finds_the_map_by_which_the_events_were_drawn():
    maps = ByLead(prior_events=20).fit(*joined(sample(1, 30_000, -1, 0.7, 1), sample(2, 30_000, 0.5, 1.4, 2)), LEADS)
    np.testing.assert_allclose(maps.level, [-1, 0.5], atol=0.1)
    np.testing.assert_allclose(maps.slope, [0.7, 1.4], atol=0.08)


def test_fit__the_mean_chance_is_the_share_of_events():
    margin, event, weight, lead = sample(3, 20_000, -2, 0.8)
    maps = ByLead(prior_events=20).fit(margin, event, weight, lead, LEADS)
    assert maps.chance(margin[:, None] * np.ones(2))[:, 0].mean() == pytest.approx(event.mean(), rel=0.02)


def test_fit__a_lead_without_rows_gets_the_common_map():
    maps = ByLead(prior_events=20).fit(*sample(4, 2000, -1, 1, 1), LEADS)
    np.testing.assert_allclose(maps.level[1], maps.level[0], atol=0.01)
    np.testing.assert_allclose(maps.slope[1], maps.slope[0], rtol=0.01)


def test_fit__few_events_of_a_lead_hardly_move_it_from_the_others():
    many, few = sample(5, 20_000, -1, 1, 1), sample(6, 40, 2, 0.1, 2)
    weak, strong = (ByLead(prior_events=prior).fit(*joined(many, few), LEADS) for prior in (1, 500))
    assert abs(strong.slope[1] - strong.slope[0]) < abs(weak.slope[1] - weak.slope[0])
    assert abs(strong.slope[1] - strong.slope[0]) < 0.1


@pytest.mark.parametrize(("kept", "common"), [(1.0, 0.25), (0.5, 0.5), (0.0, 1.0)])
def test_steepened__the_common_slope_is_taken_to_a_power_and_leads_keep_their_differences_and_their_level(kept, common):
    rng = np.random.default_rng(8)
    margin, weight = rng.normal([-5.0, -3.0], 1.5, (500, 2)), rng.uniform(1, 3, 500)
    maps = LeadMaps(LEADS, np.array([-1.0, 0.5]), np.array([0.125, 0.5]))
    steep = maps.steepened(kept, margin, weight)
    assert np.sqrt(steep.slope.prod()) == pytest.approx(common)
    assert steep.slope[1] / steep.slope[0] == pytest.approx(4)
    np.testing.assert_allclose(weight @ steep.chance(margin), weight @ maps.chance(margin))


def test_fit__sampled_rows_count_by_their_weight():
    margin, event, weight, lead = sample(7, 40_000, -2, 1)
    kept = (event == 1) | (np.random.default_rng(1).random(len(event)) < 0.25)
    weighted = np.where(event == 1, 1.0, 4.0)
    part = ByLead(prior_events=20).fit(margin[kept], event[kept], weighted[kept], lead[kept], LEADS)
    whole = ByLead(prior_events=20).fit(margin, event, weight, lead, LEADS)
    np.testing.assert_allclose(part.level[0], whole.level[0], atol=0.1)


@settings(deadline=None, max_examples=40)
@given(
    seed=st.integers(0, 99),
    slope=st.floats(-2, 2),
    level=st.floats(-4, 1),
    scale=st.floats(1e-3, 1e3),
    lead=st.sampled_from([1, 2]),
)
def test_maps__always_rise_even_where_the_events_say_otherwise(seed, slope, level, scale, lead):
    """A score that ranks the wrong way round is still never turned: order is what the list is made of."""
    margin, event, weight, leads = sample(seed, 300, level, slope, lead)
    maps = ByLead(prior_events=20).fit(margin * scale, event, weight, leads, LEADS)
    assert (maps.slope > 0).all()
    assert np.isfinite([*maps.level, *maps.slope]).all()
    order = np.sort(margin * scale)
    assert (np.diff(maps.log_odds(order[:, None] * np.ones(2)), axis=0) >= 0).all()


@pytest.mark.parametrize("event", [0.0, 1.0])
def test_fit__of_one_kind_of_outcome_only_stays_finite(event):
    margin, _, weight, lead = sample(8, 50, 0, 1)
    maps = ByLead(prior_events=20).fit(margin, np.full(50, event), weight, lead, LEADS)
    assert np.isfinite(maps.chance(margin[:, None] * np.ones(2))).all()


def test_fit__of_equal_scores_is_the_share_of_events():
    event = np.array([1.0, 0, 0, 0] * 50)
    maps = ByLead(prior_events=20).fit(np.zeros(200), event, np.ones(200), np.ones(200, np.int32), LEADS)
    assert maps.chance(np.zeros((1, 2)))[0, 0] == pytest.approx(0.25, abs=0.01)


def test_dump__is_read_back_bit_for_bit():
    maps = LeadMaps(LEADS, np.array([logit(0.1), 1 / 3]), np.array([0.1 + 0.2, 7.0]))
    again = LeadMaps.restore(maps.dump())
    for name in ("leads", "level", "slope"):
        np.testing.assert_array_equal(getattr(again, name), getattr(maps, name))
