"""Net benefit by hand, beside visiting everybody and nobody."""

import numpy as np
import pytest
from evaluation_trials import clustered, setting, trial

from relapse.evaluation.curves import decision_curves


def curve(of, thresholds, draws=50):
    table = decision_curves(of, list(of.probability), thresholds, setting(draws=draws), np.random.default_rng(0))
    return table.set_index(["model", "threshold"])


def test_net_benefit__by_hand():
    of = trial([1, 0, 1, 0], {"m": [0.6, 0.5, 0.2, 0.1]})
    table = curve(of, [0.2, 0.5])
    # at 0.2 three are visited, two rightly; a visit in vain costs a quarter of a fall found: (2 - 1/4) / 4
    assert table.loc[("m", 0.2), "net_benefit"] == pytest.approx((2 - 0.25) / 4)
    assert tuple(table.loc[("m", 0.2), ["visited", "hits"]]) == (3, 2)
    assert table.loc[("m", 0.5), "net_benefit"] == pytest.approx((1 - 1) / 4)
    assert table.loc[("treat_all", 0.2), "net_benefit"] == pytest.approx((2 - 2 * 0.25) / 4)
    assert (table.loc["treat_none", "net_benefit"] == 0).all()


def test_net_benefit__of_true_chances_is_never_below_that_of_everybody_or_nobody():
    rng = np.random.default_rng(3)
    chance = rng.beta(1, 6, 40_000)
    of = trial((rng.random(40_000) < chance).astype(float), {"true": chance})
    table = curve(of, [0.02, 0.05, 0.1, 0.2, 0.4])
    for simple in ("treat_all", "treat_none"):
        assert (table.loc["true", "net_benefit"] >= table.loc[simple, "net_benefit"] - 1e-12).all()


def test_net_benefit__has_an_interval_around_it():
    table = curve(clustered(1), [0.1, 0.3], 200)
    assert (table["ci_low"] <= table["net_benefit"]).all()
    assert (table["net_benefit"] <= table["ci_high"]).all()
    assert (table.loc["sharp", "ci_high"] > table.loc["sharp", "ci_low"]).all()
