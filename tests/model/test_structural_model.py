"""The structural forecaster: by lead, what the closed form says; a surely banked month decides no list."""

from __future__ import annotations

import numpy as np
import pytest
from scipy.special import expit, logit

from relapse import config
from relapse.core.catalogue import Feature, FeatureTable
from relapse.core.forecast import HazardForecast
from relapse.core.rows import LEAD, TrainingRows, Unit
from relapse.model.structural import BELOW, FIRST, FittedStructural

ENTRIES = tuple(Feature(name, "log_ratio", "meaning", "distance", 1) for name in (BELOW, FIRST))
LEADS = np.array([1, 2], np.int32)


def rows(cumulative: bool) -> TrainingRows:
    """Of 20,000 households the chances that the closed form gives, and events drawn by them."""
    rng = np.random.default_rng(2)
    count = 20_000
    first = rng.normal(-3, 1.5, count)
    event = (rng.random(count) < expit(first)).astype(np.float64)
    lead = (1 + np.arange(count) % 2).astype(np.int32)
    matrix = np.stack([-first, first, lead], axis=1).astype(np.float32)
    counts, ones = (int(event.sum()), count, (0,)), np.ones(count)
    return TrainingRows((*ENTRIES, LEAD), matrix, event, ones, lead, LEADS, *counts, cumulative, lambda: ones)


def unit(first) -> Unit:
    values = np.stack([np.full(np.shape(first), -9.0), np.array(first, float)], axis=2).astype(np.float32)
    count = len(values)
    table = FeatureTable((), np.empty((count, 0), np.float32), ENTRIES, values)
    numbers = np.arange(count, dtype=np.int32)
    return Unit(0, numbers, np.array([f"h{k}" for k in range(count)], dtype=object), numbers, LEADS, table)


@pytest.fixture(scope="module")
def fitted() -> FittedStructural:
    return config.option("model", "structural").fit(rows(cumulative=True), np.random.default_rng(1))


def test_margin__is_the_map_of_the_chance_and_the_usual_one_by_hand(fitted):
    told = rows(cumulative=True)
    assert fitted.usual == pytest.approx(told.event.mean())
    level, slope = fitted.ranked.maps.level, fitted.ranked.maps.slope
    margin = fitted.margin(unit([[logit(0.1), logit(0.2)]]))[0]
    np.testing.assert_allclose(margin, level + slope * np.log(np.array([0.1, 0.2]) + fitted.usual), rtol=1e-6)


def test_chances__stay_near_those_of_the_closed_form_where_they_hold(fitted):
    chances = [0.05, 0.1, 0.2, 0.4]
    margin = fitted.margin(unit([[logit(chance)] * 2 for chance in chances]))
    np.testing.assert_allclose(expit(margin), np.array(chances)[:, None] * np.ones(2), atol=0.04)


def test_a_month_that_is_surely_banked__does_not_put_a_household_at_the_end_of_the_list(fitted):
    # nothing can happen to the first next month, and half of such households fall the month after
    asked = unit([[-30.0, 0.0], [-5.0, -4.0]])
    margin = fitted.margin(asked)
    score = HazardForecast(LEADS, margin, margin, cumulative=True).score(2)
    assert score[0] > score[1]
    assert np.mean([-30, 0]) < np.mean([-5, -4]), "as means of log-odds would"


def test_states_at_horizons__are_read_from_the_chance_to_be_below(fitted):
    model = config.option("model", "structural")
    states = model.fit(rows(cumulative=False), np.random.default_rng(1))
    assert (fitted.feature, states.feature) == (FIRST, BELOW)
    assert model.restore(states.dump()).feature == BELOW
