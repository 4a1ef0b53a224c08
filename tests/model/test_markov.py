"""A chain over bands of income, its counts and powers worked out by hand."""

from __future__ import annotations

import json
import math

import numpy as np
import pytest

from relapse import config
from relapse.core.catalogue import Feature
from relapse.core.errors import InputError
from relapse.core.rows import LEAD, TrainingRows
from relapse.model.markov import band_of, drawn, score, with_outcome

BANDS = np.array([1.0, 2.0])
NAMES = ("income__log_ratio_now", "history__log_ratio_previous_list", "history__periods_below")


def test_bands__begin_at_their_bound():
    ratios = np.log([0.9, 1.0, 1.99, 2.0, 50])
    assert band_of(np.append(ratios, np.nan), BANDS).tolist() == [0, 1, 1, 2, 2, -1]


def test_drawn__few_transitions_are_drawn_to_those_of_all():
    """From the first state 8 of 10 stayed in one part, 2 of 10 in the other, half of all: (8 + 20 x 0.5) / 30 = 0.6."""
    counts = np.array([[[8.0, 2.0], [0, 0]], [[2.0, 8.0], [0, 0]]])
    made = drawn(counts, 20, np.eye(2))
    np.testing.assert_allclose(made[:, 0], [[0.6, 0.4], [0.4, 0.6]])
    np.testing.assert_allclose(made[:, 1], [[0, 1], [0, 1]], err_msg="nobody was there: who comes there stays")


def test_score__is_the_mass_that_met_the_outcome_by_the_lead():
    """Two bands: near meets the outcome with 0.2 and else stays in half of the cases; far never does, and moves with 0.1.

    Near after two periods: 0.2 + 0.8 x 0.5 x 0.2 = 0.28 (from far 0). Far: 0.1 x 0.2 = 0.02.
    """
    chain = with_outcome(np.array([[[0.5, 0.5], [0.1, 0.9]]] * 2), np.array([[0.2, 0.0]] * 2))
    np.testing.assert_allclose(chain.sum(axis=2), 1)
    columns = {
        "income__log_ratio_now": np.log([0.5, 0.5, 3, 3, np.nan]),
        "history__periods_below": np.zeros(5),
        LEAD.name: np.array([1.0, 2, 1, 2, 2]),
    }
    made = score(columns.__getitem__, chain, np.array([1.0]), "history__periods_below")
    np.testing.assert_allclose(made[:4], [0.2, 0.28, 0, 0.02], atol=1e-12)
    assert math.isnan(made[4])


def rows() -> TrainingRows:
    """Ten households at a ratio of 1.5 that were at 3 before, of which three meet the outcome in the next period.

    Ten at 3 that were at 1.5 before, of which one does; the latter stand for two each.
    """
    now, before = np.repeat(np.log([1.5, 3.0]), 10), np.repeat(np.log([3.0, 1.5]), 10)
    lead = np.ones(20)
    event = np.r_[np.repeat([1.0, 0.0], [3, 7]), np.repeat([1.0, 0.0], [1, 9])]
    matrix = np.stack([now, before, np.zeros(20), lead], axis=1).astype(np.float32)
    entries = (*(Feature(name, "log_ratio", "of a test", "distance") for name in NAMES), LEAD)
    return TrainingRows(
        entries, matrix, event, np.r_[np.ones(10), np.full(10, 2.0)], lead.astype(np.int32),
        np.array([1, 2], np.int32), 4, 20, (0,), True, lambda: lead,
    )  # fmt: skip


def chain_of(**settings) -> np.ndarray:
    model = config.option("model", "markov", **{"bands": [1.0, 2.0], "kappa": 1e-9, **settings})
    return np.array(json.loads(model.fit(rows(), np.random.default_rng(1)).dump()["chain.json"])["matrices"])


def test_fit__steps_are_those_between_two_lists_and_into_the_outcome_by_the_labels():
    """From 1 to 2: all 10 of weight 2 went to above 2, and from there all to between; 3 of 10 and 2 of 20 met it."""
    near, far = chain_of()[0, 1], chain_of()[0, 2]
    np.testing.assert_allclose(near, [0, 0, 0.7, 0.3], atol=1e-6)
    np.testing.assert_allclose(far, [0, 0.9, 0, 0.1], atol=1e-6)


def test_fit__a_part_that_nobody_is_in_has_the_matrix_of_all():
    whole = chain_of(kappa=20)
    np.testing.assert_allclose(whole[1], whole[0], atol=1e-9)


@pytest.mark.parametrize("bands", [[], [2.0, 1.0], [1.0, 1.0]])
def test_settings__bands_must_rise(bands):
    with pytest.raises(InputError, match="bands must rise"):
        config.option("model", "markov", bands=bands)
