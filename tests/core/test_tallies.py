"""Sums by place are exact: the same in whatever order, and in however many parts, they are added up."""

from __future__ import annotations

import itertools
import math

import numpy as np
import pytest

from relapse.core.tallies import added_up, counts_of, means, sums_of, tally

NAN = np.nan


def test_tally__by_hand():
    told = tally(np.array([0, 1, 0, -1, 1]), 3, np.array([1.5, -2.0, 0.25, 9.0, NAN]))
    assert counts_of(told).tolist() == [2, 1, 0]
    assert sums_of(told).tolist() == [1.75, -2, 0]
    np.testing.assert_array_equal(means(told, np.array([0, 1, 2, -1]), 0.0), [0.875, -2, 0, NAN])
    overall = -0.25 / 3  # a place without anybody is everybody's; one that is not known is nothing
    np.testing.assert_allclose(
        means(told, np.array([0, 2, -1]), 2.0), [(1.75 + 2 * overall) / 4, overall, NAN], rtol=1e-12
    )


def test_means__of_nobody_are_not_known():
    told = tally(np.array([-1, 0]), 1, np.array([1.0, NAN]))
    np.testing.assert_array_equal(means(told, np.array([0, -1]), 1.0), [NAN, NAN])


@pytest.mark.parametrize("scale", [1e-3, 1.0, 1e6])
def test_tally__is_exact_in_any_order_and_any_parts(scale):
    rng = np.random.default_rng(4)
    where, values = rng.integers(-1, 7, 20_000), rng.normal(0, scale, 20_000)
    whole = tally(where, 7, values)
    order = rng.permutation(len(where))
    np.testing.assert_array_equal(whole, tally(where[order], 7, values[order]))
    cuts = [0, 13, 13, 7_000, 20_000]
    parts = [{"block": {"name": tally(where[a:b], 7, values[a:b])}} for a, b in itertools.pairwise(cuts)]
    np.testing.assert_array_equal(whole, added_up(parts)["block"]["name"])
    exact = [math.fsum(values[where == place]) for place in range(7)]
    np.testing.assert_allclose(sums_of(whole), exact, rtol=0, atol=20_000 * 2.0**-41)
