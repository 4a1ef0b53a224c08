"""A model beside the rule: margins mixed, contributions mixed alike, files apart."""

from __future__ import annotations

import numpy as np
import pytest
from scipy.special import expit

from relapse.core.catalogue import Feature, FeatureTable
from relapse.core.rows import Unit
from relapse.model.blend import Blend, restore_blend
from relapse.model.calibration.by_lead import LeadMaps

LEADS = np.array([1, 2, 3], np.int32)


class Fixed:
    """A model whose margins are written down: constant by household, plus what the lead adds."""

    def __init__(self, level, by_lead=(0.0, 0.0, 0.0)) -> None:
        self.level, self.by_lead = np.array(level, float), np.array(by_lead, float)

    def margin(self, unit):
        return self.level[:, None] + self.by_lead

    def contributions(self, unit, places):
        out = np.zeros((len(self.level), 3))
        out[:, 0], out[:, -1] = self.level, self.by_lead[places].mean()
        return out

    def dump(self):
        return {"fixed.json": b"{}"}

    def restore(self, files):
        assert set(files) == {"fixed.json"}
        return self


@pytest.fixture
def unit() -> Unit:
    table = FeatureTable((Feature("a__b", "share", "meaning", "group"),), np.zeros((2, 1), np.float32))
    return Unit(0, np.arange(2), np.array(["x", "y"], dtype=object), np.arange(2), LEADS, table)


MODEL, RULE = Fixed([1.0, -1.0], (0, 1, 2)), Fixed([-3.0, 5.0])


@pytest.mark.parametrize(("share", "expected"), [(0.25, [-2.0, 3.5]), (0.5, [-1.0, 2.0])])
def test_blend__mixes_margins_by_its_share(unit, share, expected):
    forecast = Blend(MODEL, RULE, share, None, True).forecast(unit)
    np.testing.assert_allclose(forecast.margin[:, 0], expected)
    np.testing.assert_allclose(forecast.margin[:, 2], np.array(expected) + 2 * share)
    np.testing.assert_allclose(forecast.chance, expit(forecast.margin))


def test_blend__of_share_0_is_the_rule_and_of_1_the_model_alone(unit):
    np.testing.assert_array_equal(Blend(MODEL, RULE, 0.0, None, True).forecast(unit).margin, RULE.margin(unit))
    np.testing.assert_array_equal(Blend(MODEL, RULE, 1.0, None, True).forecast(unit).margin, MODEL.margin(unit))
    np.testing.assert_array_equal(Blend(None, RULE, 0.0, None, True).forecast(unit).margin, RULE.margin(unit))


def test_blend__is_calibrated_by_its_maps_while_the_margins_stay(unit):
    maps = LeadMaps(LEADS, np.array([-1.0, 0, 1]), np.array([2.0, 1, 1]))
    forecast = Blend(MODEL, None, 1.0, maps, True).forecast(unit)
    np.testing.assert_array_equal(forecast.margin, MODEL.margin(unit))
    np.testing.assert_allclose(forecast.chance[0], expit([1.0, 2.0, 4.0]))


@pytest.mark.parametrize("cumulative", [True, False])
@pytest.mark.parametrize("horizon", [1, 3])
def test_contributions__are_of_the_leads_that_make_the_score(unit, cumulative, horizon):
    blend = Blend(MODEL, RULE, 0.25, None, cumulative)
    score = blend.forecast(unit).score(horizon)
    np.testing.assert_allclose(blend.contributions(unit, horizon).sum(axis=1), score, atol=1e-12)


def test_files__of_model_and_rule_lie_apart(unit):
    blend = Blend(MODEL, RULE, 0.25, LeadMaps(LEADS, np.zeros(3), np.ones(3)), False)
    assert set(blend.dump()) == {"blend.json", "model/fixed.json", "rule/fixed.json", "calibration.json"}
    again = restore_blend(blend.dump(), MODEL, RULE)
    assert (again.share, again.cumulative, again.model, again.rule) == (0.25, False, MODEL, RULE)
    np.testing.assert_array_equal(again.forecast(unit).chance, blend.forecast(unit).chance)


def test_files__of_what_fell_back_to_the_rule_hold_no_model():
    blend = Blend(None, RULE, 0.0, None, True)
    assert set(blend.dump()) == {"blend.json", "rule/fixed.json"}
    assert restore_blend(blend.dump(), MODEL, RULE).model is None


def test_the_spread_of_the_level__goes_with_the_files_and_the_forecast(unit):
    kept = restore_blend(Blend(MODEL, None, 1.0, None, True, level_spread=0.2).dump(), MODEL, RULE)
    assert kept.level_spread == kept.forecast(unit).level_spread == 0.2
