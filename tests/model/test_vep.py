"""The three steps of vulnerability as expected poverty on groups whose means and variances are seen at once."""

from __future__ import annotations

from statistics import NormalDist

import numpy as np
import pytest

from panels import read, table, task_of
from relapse import config
from relapse.core.errors import InputError
from relapse.flows.backtest import not_applicable
from relapse.flows.rows import stack
from relapse.model.vep import Regressions, regress, weighted_least_squares


def fitted(x, y, weight=None, most_floored=0.05) -> Regressions:
    weights = np.ones(len(y)) if weight is None else np.array(weight, dtype=np.float64)
    return regress({"covariates__x": np.array(x, np.float64)}, np.array(y, np.float64), weights, most_floored)


def scores(made: Regressions, x) -> np.ndarray:
    return made.score({"covariates__x": np.array(x, np.float64)}.__getitem__)


def test_two_groups__mean_and_variance_are_those_of_each():
    """y is 1 or 3 where x is 0, 0 or 4 where x is 1: means 2 and 2, variances 1 and 4, so -2 / 1 and -2 / 2."""
    made = fitted([0, 0, 1, 1], [1, 3, 0, 4])
    np.testing.assert_allclose(scores(made, [0, 1]), [-2, -1], atol=1e-9)
    assert NormalDist().cdf(-1) == pytest.approx(0.1587, abs=1e-4), "the vulnerability of the second group"
    assert (made.floored, made.log_variance) == (0, False)


def test_last_step__rows_weigh_the_less_the_more_their_income_varies():
    """x is 0, 1, 2 with means 1, 1, 4; squares 1, 4, 7 around them would have the line 1 + 3 x, and weights 28, 7, 4.

    Those are 1, 1/4, 1/7 over 28. Sums: 39 of them, 15 of x, 23 of x^2, 28 + 7 + 16 = 51 of y, 7 + 32 = 39 of xy.
    Determinant 39 x 23 - 15^2 = 672; slope (39 x 39 - 15 x 51) / 672 = 1.125, level (23 x 51 - 15 x 39) / 672 = 0.875.
    """
    deviation = np.sqrt([1.0, 4.0, 7.0])
    design = np.array([[1.0, 0.0], [1.0, 1.0], [1.0, 2.0]])
    found = weighted_least_squares(design / deviation[:, None], np.array([1.0, 1.0, 4.0]) / deviation, np.ones(3))
    np.testing.assert_allclose(found, [0.875, 1.125])


def test_sampled_rows__count_for_the_households_that_they_stand_for():
    """The row y = 3 stands for three: mean (1 + 3 x 3) / 4 = 2.5, variance (2.25 + 3 x 0.25) / 4 = 0.75."""
    made = fitted([0, 0, 1, 1], [1, 3, 0, 4], weight=[1, 3, 1, 1])
    assert scores(made, [0])[0] == pytest.approx(-2.5 / np.sqrt(0.75))


X3 = [-1] * 4 + [0] * 4 + [1] * 4
Y3 = [2.0] * 8 + [5.0, -1.0, 5.0, -1.0]


def test_floor__variances_that_are_not_positive_are_raised_and_their_share_is_kept():
    """Squared residuals 0, 0 and 9 at x = -1, 0, 1: the line 3 + 4.5 x is -1.5, 3, 7.5, of which the first is raised to 3.

    Weighted by 1/3^2, 1/3^2, 1/7.5^2 = 1, 1, 0.16 (over 9): the line 1.6 + 2.4 x is -0.8, 1.6, 4.0. A third of the
    households is not positive and is raised to 1.6; all means are 2.
    """
    made = fitted(X3, Y3, most_floored=0.5)
    assert made.floored == pytest.approx(1 / 3)
    assert made.least == pytest.approx(1.6)
    np.testing.assert_allclose(scores(made, [-1, 0, 1]), [-2 / np.sqrt(1.6), -2 / np.sqrt(1.6), -1])


def test_too_many_floored__the_logarithm_of_the_variance_is_regressed_and_is_never_negative():
    made = fitted(X3, Y3)
    assert made.log_variance
    assert made.floored == pytest.approx(1 / 3)
    told = scores(made, [-1, 0, 1])
    assert np.isfinite(told).all()
    assert (np.diff(told) > 0).all(), "the mean is the same, the more it varies the nearer is the line"


def test_log_variance__half_the_residual_variance_of_the_logarithm_is_added():
    """Residuals -1, 1, -3, 3 at both x: logarithms of squares 0 and 2.1972, mean 1.0986, their variance 1.2069.

    With 8 rows and 2 coefficients s^2 = 1.2069 x 8 / 6 = 1.6093, and exp(1.0986 + 0.8046) = 6.708; the mean is 2.
    """
    made = fitted([0] * 4 + [1] * 4, [1, 3, -1, 5] * 2, most_floored=-1.0)
    np.testing.assert_allclose(scores(made, [0, 1]), -2 / np.sqrt(6.708), rtol=1e-4)


def test_a_rare_mark__is_a_regressor_like_any_other():
    """One of 201 rows has it: beyond the 99th percentile of all, which clipping would take it away with."""
    made = fitted([0] * 200 + [1], [1, 3] * 100 + [9])
    assert scores(made, [0])[0] == pytest.approx(-2, rel=1e-6)
    assert scores(made, [1])[0] < -5


def test_files__are_text_and_read_back_bit_for_bit():
    made = fitted(X3, Y3)
    again = Regressions.restore(made.dump())
    np.testing.assert_array_equal(scores(again, [-1, 0.3, 1]), scores(made, [-1, 0.3, 1]))
    assert again.dump() == made.dump()


def test_shares__sum_to_the_score_where_some_variances_are_floored_too():
    rng = np.random.default_rng(1)
    columns = {"covariates__x": np.repeat([-1.0, 0.0, 1.0], 40), "covariates__z": rng.exponential(size=120)}
    noise = np.where(columns["covariates__x"] > 0, 3.0, 0.01) * np.tile([1.0, -1.0], 60)
    made = regress(columns, 2 + columns["covariates__z"] + noise, np.ones(120), most_floored=1.0)
    assert made.floored > 0.1
    parts, base = made.shares(columns.__getitem__)
    np.testing.assert_allclose(parts.sum(axis=1) + base, made.score(columns.__getitem__), atol=1e-9)


def test_a_panel_that_tells_income_alone__has_nothing_to_regress_it_on():
    task = task_of(read(table({f"{k:02d}": [200, 150, 50 if k % 3 else 200, 120, 90] for k in range(30)})), [1])
    model = config.option("model", "vep")
    assert not_applicable(task, {"vep": model}, 2003)["vep"] == tuple(model.blocks)
    with pytest.raises(InputError, match="none of the features that vep regresses income on"):
        model.fit(stack(task, 2003), np.random.default_rng(1))
