"""The random slice: what is stored is the probability with which a household is drawn."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from relapse.county.risk_list.draw import draw


@settings(max_examples=200, deadline=None)
@given(pool=st.integers(0, 400), wanted=st.integers(0, 12), seed=st.integers(0, 10**6))
def test_draw__as_many_as_wanted__each_once__with_probabilities_that_add_up(pool, wanted, seed):
    drawn = draw(pool, wanted, np.random.default_rng(seed))
    assert len(drawn.rows) == min(pool, wanted)
    assert len(set(drawn.rows.tolist())) == len(drawn.rows)
    assert ((drawn.rows >= 0) & (drawn.rows < pool)).all()
    assert ((drawn.probability > 0) & (drawn.probability <= 1)).all()
    if len(drawn.rows):
        assert round((1 / drawn.probability).sum(), 6) == pool  # those drawn stand for all, once each
        assert (np.diff(drawn.stratum) >= 0).all()
        assert (np.diff(drawn.rows[np.argsort(drawn.stratum, kind="stable")]) > 0).all()


@pytest.mark.parametrize(("pool", "wanted"), [(40, 3), (40, 5), (7, 3), (5, 4), (9, 1), (10, 2)])
def test_draw__the_stored_probability_is_how_often_each_is_drawn(pool, wanted):
    times, rng = 4000, np.random.default_rng(3)
    often, stored = np.zeros(pool), np.zeros(pool)
    for _ in range(times):
        drawn = draw(pool, wanted, rng)
        often[drawn.rows] += 1
        stored[drawn.rows] = drawn.probability
    assert (stored > 0).all()  # nobody can never be drawn
    spread = np.sqrt(stored * (1 - stored) / times)
    assert (np.abs(often / times - stored) <= 5 * spread).all()


def test_draw__the_nearer_to_the_list_the_likelier():
    drawn = draw(100, 3, np.random.default_rng(1))
    assert drawn.stratum.tolist() == [1, 2, 3]
    assert drawn.probability.tolist() == pytest.approx([1 / 20, 1 / 30, 1 / 50])
