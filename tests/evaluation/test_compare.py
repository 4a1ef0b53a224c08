import numpy as np
import pytest
from evaluation_trials import clustered, setting, trial

from relapse.evaluation.compare import COLUMNS, paired_difference
from relapse.evaluation.metrics import average_precision


def test_compare__of_a_model_with_itself_or_its_copy_is_exactly_nothing():
    of = clustered(0)
    twins = trial(of.observed, {"a": of.probability["sharp"], "b": of.probability["sharp"]}, of.origin, of.cluster)
    for against in ("a", "b"):
        table = setting().compare(twins, "a", against, np.random.default_rng(0))
        assert (table[["difference", "ci_low", "ci_high", "range_low", "range_high"]] == 0).all(axis=None)


def test_compare__is_the_difference_of_the_tables_values():
    of = clustered(1)
    table = setting().table(of, np.random.default_rng(0)).set_index(["origin", "metric", "model"])["value"]
    compared = setting().compare(of, "sharp", "dull", np.random.default_rng(0))
    assert list(compared.columns) == COLUMNS
    assert compared["metric"].tolist() == [
        "pr_auc",
        "roc_auc",
        "brier_skill",
        "log_loss",
        "precision_at_2",
        "precision_at_25pct",
    ]
    for row in compared.itertuples():
        assert row.difference == table["all", row.metric, "sharp"] - table["all", row.metric, "dull"]
        by_origin = [
            table[origin, row.metric, "sharp"] - table[origin, row.metric, "dull"] for origin in range(100, 106)
        ]
        assert (row.range_low, row.range_high) == (min(by_origin), max(by_origin))


def test_compare__turns_its_sign_with_the_order_of_models():
    of = clustered(2)
    there, back = (
        setting().compare(of, *pair, np.random.default_rng(0)) for pair in (("sharp", "dull"), ("dull", "sharp"))
    )
    np.testing.assert_allclose(there["difference"], -back["difference"])
    np.testing.assert_allclose(there["ci_low"], -back["ci_high"], atol=1e-7)


def test_compare__is_narrower_than_two_intervals_apart_from_each_other():
    of = clustered(3, spread=2.0)
    nearly = of.probability["sharp"] * np.random.default_rng(0).uniform(0.95, 1, len(of.origin))
    pair = trial(of.observed, {"a": of.probability["sharp"], "b": nearly}, of.origin, of.cluster)
    table = setting().table(pair, np.random.default_rng(0)).set_index(["model", "origin", "metric"])
    apart = table.loc[("a", "all", "pr_auc"), "ci_high"] - table.loc[("a", "all", "pr_auc"), "ci_low"]
    compared = setting().compare(pair, "a", "b", np.random.default_rng(0)).set_index("metric").loc["pr_auc"]
    assert compared["ci_high"] - compared["ci_low"] < apart / 3


def test_paired_difference__agrees_with_the_comparison_of_the_same_draws():
    of = clustered(4)
    sharp, dull = of.probability["sharp"], of.probability["dull"]
    rest = {"cluster": of.cluster, "origin": of.origin, "horizon": 1, "draws": 100}
    found = paired_difference(of.observed, sharp, dull, **rest, rng=np.random.default_rng(9))
    row = setting().compare(of, "sharp", "dull", np.random.default_rng(9)).set_index("metric").loc["pr_auc"]
    assert found == pytest.approx((row["difference"], row["ci_low"], row["ci_high"]))
    assert found[0] == average_precision(of.observed, sharp) - average_precision(of.observed, dull)
    assert found[1] > 0
    assert paired_difference(of.observed, sharp, sharp, **rest, rng=np.random.default_rng(9)) == (0, 0, 0)


def test_paired_difference__with_weights_is_that_of_rows_repeated():
    of = clustered(5)
    sharp, dull, times = of.probability["sharp"], of.probability["dull"], 1 + np.arange(len(of.observed)) % 3
    rest = {"horizon": 1, "draws": 100}
    weighted = paired_difference(
        of.observed, sharp, dull, of.cluster, of.origin, **rest, rng=np.random.default_rng(9), weight=times * 1.0
    )
    rows = np.repeat(np.arange(len(times)), times)
    repeated = (each[rows] for each in (of.observed, sharp, dull, of.cluster, of.origin))
    assert weighted == pytest.approx(paired_difference(*repeated, **rest, rng=np.random.default_rng(9)), abs=1e-6)


def test_paired_difference__is_nan_without_events():
    rows = np.arange(6, dtype=np.int32)
    found = paired_difference(
        np.zeros(6), rows / 6, -rows / 6, cluster=rows, origin=rows, horizon=2, draws=20, rng=np.random.default_rng(0)
    )
    assert np.isnan(found).all()
