"""Trees with a regression beside them: one margin, whose contributions add up and whose directions hold."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest
from scipy.special import expit

from panels import signal_case, task_of
from relapse import config
from relapse.core.catalogue import Feature
from relapse.core.rows import LEAD, TrainingRows
from relapse.flows.rows import stack

DISTANCE = Feature("income__log_ratio_now", "log_ratio", "distance", "distance", -1)
COST = Feature("own__cost", "money", "cost", "health", 1)
COUNT = 20_000


@pytest.fixture(scope="module")
def task():
    return task_of(signal_case(households=600).panel(), [1, 4])


def test_mixture__is_the_weighted_mean_of_its_parts_and_its_contributions_add_up(task):
    model = config.option("model", "lgbm_hazard", trees=30, trees_share=0.7)
    unit = task.unit(task.panel.last)
    fitted = model.fit(stack(task, task.panel.last), np.random.default_rng(1))
    margin = fitted.margin(unit)
    np.testing.assert_allclose(margin, 0.7 * fitted.trees.margin(unit) + 0.3 * fitted.regression.margin(unit))
    assert np.abs(fitted.trees.margin(unit) - fitted.regression.margin(unit)).max() > 0.1
    places = np.arange(len(unit.leads))
    contributions = fitted.contributions(unit, places)
    np.testing.assert_allclose(contributions.sum(axis=1), margin.mean(axis=1), atol=1e-6)
    restored = model.restore(fitted.dump())
    np.testing.assert_allclose(restored.margin(unit), margin)


def test_margin__asks_each_tree_as_the_whole_booster_would(task):
    trees = config.option("model", "lgbm_hazard", trees=30).fit_trees(
        stack(task, task.panel.last), np.random.default_rng(1)
    )
    unit = task.unit(task.panel.last)
    names = [entry.name for entry in unit.entries]
    columns = [names.index(name) for name in trees.names]
    whole = [
        trees.boosters[0].predict(unit.matrix(place)[:, columns], raw_score=True) for place in range(len(unit.leads))
    ]
    np.testing.assert_allclose(trees.margin(unit), np.stack(whole, axis=1), atol=1e-9)
    assert len(np.unique(np.ptp(trees.margin(unit), axis=1))) > 1  # the leads do differ


def test_trees_alone__are_restored_alone(task):
    model = config.option("model", "lgbm_hazard", trees=10, regression=None)
    fitted = model.fit(stack(task, task.panel.last), np.random.default_rng(1))
    restored, unit = model.restore(fitted.dump()), task.unit(task.panel.last)
    np.testing.assert_array_equal(restored.margin(unit), fitted.margin(unit))
    with pytest.raises(KeyError):
        config.option("model", "lgbm_hazard").restore(fitted.dump())


def against_the_grain() -> TrainingRows:
    """The poor fall less, and those with cost too, against what the catalogue expects."""
    rng = np.random.default_rng(4)
    distance, cost = rng.normal(size=COUNT), rng.normal(size=COUNT)
    event = (rng.random(COUNT) < expit(-2 + distance - cost)).astype(np.float64)
    matrix = np.stack([distance, cost, np.ones(COUNT)], axis=1).astype(np.float32)
    leads = np.array([1], np.int32)
    return TrainingRows(
        (DISTANCE, COST, LEAD), matrix, event, np.ones(COUNT), np.ones(COUNT, np.int32), leads, int(event.sum()),
        COUNT, (0,), True, lambda: np.ones(COUNT),
    )  # fmt: skip


@pytest.mark.parametrize("harmful", [True, False])
def test_bound_regression__leaves_out_what_runs_against_its_direction(harmful):
    rows = replace(against_the_grain(), harmful=harmful)
    free, bound = (
        config.option("model", "logit", bound=flag).fit(rows, np.random.default_rng(1)) for flag in (False, True)
    )
    assert free.against(rows.entries).any()
    assert (free.weight[:2] * [1, -1] > 0.5).all()
    assert bound.against(rows.entries).any() == (not harmful)
    assert (bound.weight[:2] == 0).all() == harmful


def test_thinned__keeps_events_and_what_the_others_weigh():
    rows = against_the_grain()
    thin = rows.thinned(8_000, np.random.default_rng(1))
    assert thin.event.sum() == rows.event.sum()
    assert len(thin.event) == pytest.approx(8_000, rel=0.05)
    assert thin.weight.sum() == pytest.approx(rows.weight.sum(), rel=0.03)
    assert len(thin.year_on()) == len(thin.event)
    assert rows.thinned(COUNT, np.random.default_rng(1)) is rows
