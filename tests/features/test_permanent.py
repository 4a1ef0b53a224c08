"""Weighted past income and its variance, worked out by hand; the numbers go on in tests/model/test_zhang_wan.py."""

from __future__ import annotations

import math

import numpy as np
import pytest

from panels import histories, read, table, values
from relapse import config
from relapse.features.permanent import middle_and_spread, weighted

LN2 = math.log(2)


def past_of(frame, as_of="2005", **settings):
    known = histories(read(frame, **settings), as_of)
    made = values(config.option("features", "permanent"), known)
    return {name.removeprefix("permanent__"): column for name, column in made.items()}


def test_weighted__older_years_weigh_less_and_the_variance_is_that_of_a_weighted_sample():
    """Log ratios ln 2, 0 and 2 ln 2, newest first; weights 1, 0.7, 0.49 over 2.19.

    Mean: (1 + 0.98) / 2.19 ln 2 = 0.904110 ln 2. Squares in (ln 2)^2: 0.456621 x 0.009195 + 0.319635 x 0.817414 +
    0.223744 x 1.200976 = 0.534184; over 1 - (0.208503 + 0.102166 + 0.050061) = 0.639270 that is 0.835617.
    """
    mean, variance = weighted(np.array([[LN2, 0.0, 2 * LN2]]), 0.7)
    assert mean[0] == pytest.approx(0.904110 * LN2, abs=1e-6)
    assert variance[0] == pytest.approx(0.835617 * LN2**2, abs=1e-6)


def test_weighted__years_that_are_not_known_leave_their_weight_to_the_others():
    mean, variance = weighted(np.array([[1.0, np.nan, 4.0], [np.nan, 2.0, np.nan], [np.nan] * 3]), 0.5)
    np.testing.assert_allclose(mean, [0.8 * 1 + 0.2 * 4, 2, np.nan])  # weights 1 and 0.25
    # 0.8 x 0.36 + 0.2 x 5.76 = 1.44 over 1 - 0.68
    np.testing.assert_allclose(variance, [1.44 / 0.32, np.nan, np.nan])


def test_middle_and_spread__one_wild_year_moves_neither_much():
    middle, spread = middle_and_spread(np.array([[1.0, 2.0, 90.0], [3.0, np.nan, 1.0], [5.0, np.nan, np.nan]]))
    np.testing.assert_allclose(middle, [2, 2, 5])
    np.testing.assert_allclose(spread, [1.4826, 1.4826, np.nan])


def test_permanent__looks_at_the_newest_known_year_and_those_before_it():
    """Household a had 400, 100 and 200 against a line of 100; b always 100. No village: one mean variance for all."""
    told = past_of(table({"a": [400, 100, 200], "b": [100, 100, 100]}, first=2003))
    assert told["log_ratio_mean"] == pytest.approx([0.904110 * LN2, 0], abs=1e-6)
    assert told["log_ratio_variance"] == pytest.approx([0.401475, 0], abs=1e-5)
    assert told["village_variance"] == pytest.approx([0.200738, 0.200738], abs=1e-5)
    assert told["log_ratio_median"] == pytest.approx([LN2, 0])
    assert told["log_ratio_mad"] == pytest.approx([1.4826 * LN2, 0])
    assert told["years_known"] == [3, 3]


def test_permanent__the_variance_of_others_is_that_of_the_own_village():
    frame = table({"a": [400, 100, 200], "b": [100, 100, 100], "c": [None, None, 150]}, first=2003)
    frame["village"] = frame["hh"].map({"a": "north", "b": "south", "c": "west"})
    told = past_of(frame, village="village")
    assert told["village_variance"] == pytest.approx([0.401475, 0, 0.200738], abs=1e-5), "west tells none: everybody's"
    assert math.isnan(told["log_ratio_variance"][2])
    assert told["years_known"] == [3, 3, 1]
