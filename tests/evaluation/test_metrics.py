import numpy as np
import pytest
from sklearn.linear_model import LogisticRegression
from sklearn.metrics import average_precision_score, brier_score_loss, log_loss, roc_auc_score

from relapse.evaluation.metrics import (
    average_precision,
    chance_figures,
    equal_bands,
    intercept,
    log_odds,
    recalibration,
    roc_auc,
)


@pytest.fixture
def forecasts() -> tuple[np.ndarray, np.ndarray]:
    rng = np.random.default_rng(3)
    chance = np.round(rng.beta(1, 8, 3000), 2).clip(0.01, 0.99)  # rounded, so that many are tied
    return (rng.random(3000) < chance**1.2).astype(float), chance


def test_areas__agree_with_sklearn_where_many_scores_are_tied(forecasts):
    observed, chance = forecasts
    assert roc_auc(observed, chance) == pytest.approx(roc_auc_score(observed, chance), abs=1e-12)
    assert average_precision(observed, chance) == pytest.approx(average_precision_score(observed, chance), abs=1e-12)


def test_areas__do_not_depend_on_the_order_of_rows(forecasts):
    observed, chance = forecasts
    order = np.argsort(observed, kind="stable")
    assert average_precision(observed[order], chance[order]) == average_precision(
        observed[order[::-1]], chance[order[::-1]]
    )


def test_areas__by_hand():
    observed, score = np.array([1, 0, 1, 0.0]), np.array([0.9, 0.8, 0.7, 0.1])
    assert roc_auc(observed, score) == 0.75  # of four pairs only (third, second) is in the wrong order
    assert average_precision(observed, score) == pytest.approx((1 / 1 + 2 / 3) / 2)


def test_areas__are_the_base_rate_and_a_half_where_all_are_tied():
    observed = np.array([1, 0, 0, 0.0])
    assert average_precision(observed, np.full(4, 0.3)) == 0.25
    assert roc_auc(observed, np.full(4, 0.3)) == 0.5


@pytest.mark.parametrize(("observed", "precision"), [([0.0, 0.0], np.nan), ([1.0, 1.0], 1.0), ([], np.nan)])
def test_areas__are_nan_where_a_class_is_missing(observed, precision):
    seen, score = np.array(observed), np.linspace(0.1, 0.9, len(observed))
    assert np.isnan(roc_auc(seen, score))
    assert average_precision(seen, score) == pytest.approx(precision, nan_ok=True)


def test_chances__agree_with_sklearn(forecasts):
    observed, chance = forecasts
    figures = chance_figures(observed, chance, bands=10)
    assert figures["brier"] == pytest.approx(brier_score_loss(observed, chance))
    assert figures["log_loss"] == pytest.approx(log_loss(observed, chance))
    regression = LogisticRegression(C=np.inf, tol=1e-9).fit(log_odds(chance)[:, None], observed)
    assert figures["calibration_slope"] == pytest.approx(regression.coef_[0, 0], abs=1e-4)


def test_chances__by_hand():
    figures = chance_figures(np.array([1, 0, 0, 0.0]), np.array([0.8, 0.4, 0.2, 0.2]), bands=2)
    assert figures["brier"] == pytest.approx((0.04 + 0.16 + 0.04 + 0.04) / 4)
    assert figures["brier_skill"] == pytest.approx(1 - 0.07 / (0.25 * 0.75))
    assert figures["observed_expected"] == pytest.approx(1 / 1.6)
    # bands {0.2, 0.2} and {0.4, 0.8}: gaps |0 - 0.4| and |1 - 1.2| over four rows
    assert figures["ece"] == pytest.approx((0.4 + 0.2) / 4)


def test_brier_score__comes_apart_by_hand():
    figures = chance_figures(np.array([1, 0, 0, 0.0]), np.array([0.8, 0.4, 0.2, 0.2]), bands=2)
    # bands {0.2, 0.2} without an event and {0.4, 0.8} with one of two; the base rate is a quarter
    assert figures["brier_reliability"] == pytest.approx((2 * 0.2**2 + 2 * 0.1**2) / 4)
    assert figures["brier_resolution"] == pytest.approx((2 * 0.25**2 + 2 * 0.25**2) / 4)
    assert figures["brier_uncertainty"] == pytest.approx(0.25 * 0.75)
    parts = figures["brier_reliability"] - figures["brier_resolution"] + figures["brier_uncertainty"]
    assert parts + figures["brier_within"] == pytest.approx(figures["brier"])


def test_brier_score__of_bands_in_which_all_chances_are_equal_has_no_rest(forecasts):
    observed, chance = forecasts
    two = np.where(chance > np.median(chance), 0.3, 0.05)
    figures = chance_figures(observed, two, bands=2)
    assert figures["brier_within"] == pytest.approx(0, abs=1e-12)
    assert figures["brier_reliability"] > 0


def test_intercept__is_the_shift_of_the_log_odds(forecasts):
    observed, chance = forecasts
    found = chance_figures(observed, chance, bands=10)["calibration_intercept"]
    assert (1 / (1 + np.exp(-log_odds(chance) - found))).sum() == pytest.approx(observed.sum(), rel=1e-9)
    lower = 1 / (1 + np.exp(0.7 - log_odds(chance)))
    assert chance_figures(observed, lower, bands=10)["calibration_intercept"] == pytest.approx(found + 0.7)
    assert intercept(np.array([1, 0.0]), np.array([3.0, 3.0])) == pytest.approx(-3)


def test_chances__have_no_slope_where_a_threshold_separates_the_classes_or_all_are_equal():
    assert np.isnan(chance_figures(np.array([1, 0, 0.0]), np.array([0.8, 0.4, 0.2]), bands=2)["calibration_slope"])
    assert np.isnan(chance_figures(np.array([1, 0, 0.0]), np.full(3, 0.3), bands=2)["calibration_slope"])


def test_chances__of_one_class_have_a_brier_score_but_no_skill():
    figures = chance_figures(np.zeros(3), np.array([0.1, 0.2, 0.3]), bands=2)
    assert figures["brier"] == pytest.approx((0.01 + 0.04 + 0.09) / 3)
    assert np.isnan(figures["brier_skill"])
    assert figures["observed_expected"] == 0


def test_chances__of_no_rows_are_nan():
    assert all(np.isnan(value) for value in chance_figures(np.zeros(0), np.zeros(0), bands=2).values())


def test_log_loss__stays_finite_where_a_certainty_was_wrong():
    assert chance_figures(np.array([1, 0.0]), np.array([0.0, 0.0]), bands=2)["log_loss"] == pytest.approx(
        -np.log(1e-15) / 2
    )


def test_recalibration__finds_level_and_slope_that_made_the_data():
    rng = np.random.default_rng(0)
    odds = rng.normal(-2, 1, 40_000)
    observed = (rng.random(40_000) < 1 / (1 + np.exp(-0.3 - 0.7 * odds))).astype(float)
    assert recalibration(observed, odds) == pytest.approx((0.3, 0.7), abs=0.08)


def test_equal_bands__keep_equal_chances_together_and_else_are_of_equal_size():
    assert equal_bands(np.array([0.3, 0.1, 0.1, 0.1, 0.2, 0.4]), 2).tolist() == [1, 0, 0, 0, 1, 1]
    assert np.bincount(equal_bands(np.random.default_rng(0).random(1000), 10)).tolist() == [100] * 10
