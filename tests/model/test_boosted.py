"""Boosted trees: where they begin, when they end, and how much old origins count."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest
from scipy.special import expit

from panels import signal_case, task_of
from relapse import config
from relapse.core.catalogue import Feature, FeatureTable
from relapse.core.rows import LEAD, TrainingRows, Unit
from relapse.flows.fit import fit_hazard
from relapse.model.structural import FIRST

LEADS = np.array([1, 2], np.int32)
DEBT = Feature("own__debt", "money", "debt", "distance")
FORECAST = Feature(FIRST, "log_ratio", "closed form", "distance")
COUNT = 12_000


def rows(slope: float = 1.0, seed: int = 1, first_slope: float = 1.0) -> TrainingRows:
    """Events by what the closed form says, and by a debt of which it knows nothing."""
    rng = np.random.default_rng(seed)
    debt, first = rng.normal(size=COUNT), rng.normal(-2, 1, COUNT)
    event = (rng.random(COUNT) < expit(first_slope * first + slope * debt)).astype(np.float64)
    lead = (1 + np.arange(COUNT) % 2).astype(np.int32)
    matrix = np.stack([debt, first, lead], axis=1).astype(np.float32)
    ones = np.ones(COUNT)
    return TrainingRows(
        (DEBT, FORECAST, LEAD), matrix, event, ones, lead, LEADS, int(event.sum()), COUNT, (0,), True, lambda: ones
    )


def asked(*values: tuple[float, float]) -> Unit:
    """Households with a debt and what the closed form says, the same at both leads."""
    debt, first = np.array(values, np.float32).T
    places = np.arange(len(debt), dtype=np.int32)
    by_lead = np.repeat(first[:, None, None], 2, axis=1)
    table = FeatureTable((DEBT,), debt[:, None], (FORECAST,), by_lead)
    return Unit(0, places, places.astype(object), places, LEADS, table)


def rng() -> np.random.Generator:
    return np.random.default_rng(3)


def test_growth__ends_where_later_origins_show_no_gain_but_not_before_the_floor():
    recipe = config.option(
        "model", "lgbm_hazard", trees=300, patience=10, least_trees=7, rows_per_leaf=5, learning_rate=0.3, l2=1
    )
    learned = rows(seed=1)
    of_noise = replace(learned, event=np.random.default_rng(5).permutation(learned.event))
    assert recipe.stopped(of_noise, rows(seed=2), rng()).trees == 7
    found = recipe.stopped(learned, rows(seed=2), rng())
    assert 7 < found.trees < 300
    assert not found.stops_early
    assert found.fit_trees(learned, rng()).boosters[0].num_trees() == found.trees


def test_a_backtest__fits_with_as_many_trees_as_later_origins_bear_out(rule, calibration):
    task = task_of(signal_case(households=600).panel(), [1, 4])
    recipe = config.option("model", "lgbm_hazard", trees=150, patience=5, least_trees=3, learning_rate=0.5)
    fit = fit_hazard(task, recipe, rule, calibration, task.panel.last)
    model = fit.hazard.model
    assert model is not None
    assert 3 <= model.trees.boosters[0].num_trees() < 150


def test_old_origins__count_for_less_the_shorter_the_half_life():
    """Debt did harm long ago, and protects today."""
    old, new = rows(1.5, seed=1), rows(-1.5, seed=2)
    both = replace(
        old,
        **{
            name: np.concatenate([getattr(old, name), getattr(new, name)])
            for name in ("matrix", "event", "weight", "lead")
        },
        age=np.repeat([8.0, 1.0], COUNT),
    )
    well, deep = asked((-2, -2), (2, -2)), {}
    for half_life in (None, 1):
        recipe = config.option("model", "lgbm_hazard", trees=60, half_life_years=half_life)
        low, high = recipe.fit(both, rng()).margin(well)[:, 0]
        deep[half_life] = high - low
    assert deep[1] < -2  # as of today: 4 * -1.5 where nothing were shrunk
    assert abs(deep[None]) < 1


def test_trees_on_top__begin_from_the_forecaster_and_are_restored_so():
    recipe = config.option("model", "lgbm_structural")
    learned, unit = rows(), asked((-1, -3), (2, -3), (0, -1))
    fitted = recipe.fit(learned, rng())
    alone = recipe.structural.fit(learned, rng()).margin(unit)
    np.testing.assert_allclose(fitted.margin(unit) - fitted.boosted.margin(unit), alone)
    assert fitted.boosted.margin(unit)[1, 0] - fitted.boosted.margin(unit)[0, 0] > 1  # debt, of which it knew nothing
    np.testing.assert_array_equal(recipe.restore(fitted.dump()).margin(unit), fitted.margin(unit))
    shares = fitted.contributions(unit, np.array([0, 1]))
    np.testing.assert_allclose(shares.sum(axis=1), fitted.margin(unit).mean(axis=1), atol=1e-6)


def test_trees_on_top__have_little_to_add_where_the_forecaster_says_all():
    recipe = config.option("model", "lgbm_structural")
    added = recipe.fit(rows(slope=0.0), rng()).boosted.margin(asked((0, -3), (0, -2), (0, -1)))
    plain = config.option("model", "lgbm_hazard").fit(rows(slope=0.0), rng()).margin(asked((0, -3), (0, -2), (0, -1)))
    assert np.ptp(added) < 0.5 < np.ptp(plain)


def test_the_start_of_a_row__is_the_forecasters_margin_at_its_lead():
    learned = rows()
    fitted = config.option("model", "structural").fit(learned, rng())
    first = learned.matrix[:4, 1]
    unit = asked(*((0.0, value) for value in first))
    expected = fitted.margin(unit)[np.arange(4), learned.lead[:4] - 1]
    np.testing.assert_allclose(fitted.margin_of_rows(learned)[:4], expected, rtol=1e-6)


def test_without_the_block__the_model_says_what_it_lacks():
    recipe = config.option("model", "lgbm_structural")
    assert recipe.lacking([DEBT]) == recipe.structural.needs


@pytest.mark.parametrize("setting", [{"half_life_years": 0}, {"patience": 0}, {"least_trees": 0}])
def test_settings__out_of_range_are_refused(setting):
    with pytest.raises(Exception, match=next(iter(setting))):
        config.option("model", "lgbm_hazard", **setting)
