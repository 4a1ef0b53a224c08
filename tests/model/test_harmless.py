"""An outcome that does no harm, such as a removal of risk: rules count backward, and no expected direction binds."""

from __future__ import annotations

import numpy as np
import pytest

from relapse import config
from relapse.core.catalogue import Feature, FeatureTable
from relapse.core.ranking import rank, towards
from relapse.core.rows import TrainingRows, Unit

LEADS = np.array([1], np.int32)
DISTANCE = Feature("income__log_ratio_now", "log_ratio", "distance", "distance")
ILLNESS = Feature("people__serious_count", "count", "illness", "illness", direction=1)


def rows(likelier: int, harmful: bool) -> TrainingRows:
    """The event is likelier with a higher (1) or a lower (-1) distance and number of the ill."""
    values = np.random.default_rng(1).normal(size=(4000, 2)).astype(np.float32)
    chance = 1 / (1 + np.exp(2 - likelier * values.sum(axis=1)))
    event = (np.random.default_rng(2).random(4000) < chance).astype(np.float64)
    lead, some = np.ones(4000, np.int32), int(event.sum())
    ones, counts = np.ones(4000), (some, 4000, (0,))
    return TrainingRows((DISTANCE, ILLNESS), values, event, ones, lead, LEADS, *counts, True, lambda: ones, harmful)


def asked(*values: tuple[float, float]) -> Unit:
    places = np.arange(len(values), dtype=np.int32)
    table = FeatureTable((DISTANCE, ILLNESS), np.array(values, np.float32))
    return Unit(0, places, places.astype(object), places, LEADS, table)


@pytest.mark.parametrize(("harmful", "likelier"), [(True, -1), (False, 1)])
def test_the_rule__orders_by_what_the_outcome_is_and_is_restored_so(harmful, likelier):
    recipe = config.option("model", "distance_to_line")
    fitted = recipe.fit(rows(likelier, harmful), np.random.default_rng(1))
    unit = asked((-1, 0), (1, 0), (np.nan, 0))
    near, far, unknown = fitted.margin(unit)[:, 0]
    assert (near > far) == harmful
    assert unknown < max(near, far)
    assert np.exp(fitted.maps.slope) > 1  # the maps keep the order
    np.testing.assert_array_equal(recipe.restore(fitted.dump()).margin(unit), fitted.margin(unit))


def test_expected_directions__do_not_bind_where_nothing_harmful_is_forecast():
    recipe = config.option("model", "lgbm_hazard", trees=30, seeds=1, monotone=True)
    sick, well = asked((0, 2), (0, -2)), {}
    for harmful in (True, False):
        well[harmful] = np.diff(recipe.fit(rows(-1, harmful), np.random.default_rng(1)).margin(sick)[:, 0])[0]
    assert well[False] > 0.1  # the well are likelier to have their risk removed
    assert well[True] <= 1e-6  # bound: illness must not lower the risk


def test_ties__go_to_the_farthest_above_the_line_where_nothing_harmful_is_forecast():
    ids, distance, tied = np.array(["a", "b"], dtype=object), np.array([0.1, 0.9]), np.zeros(2)
    assert rank(tied, towards(distance, True), ids, 1).tolist() == [1, 2]
    assert rank(tied, towards(distance, False), ids, 1).tolist() == [2, 1]
