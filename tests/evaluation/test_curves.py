import numpy as np
import pytest
from evaluation_trials import clustered, setting, trial

from relapse.evaluation.curves import by_list_length, calibration


def test_calibration__by_hand():
    of = trial([0, 0, 1, 1], {"m": [0.1, 0.2, 0.6, 0.8]})
    curve = calibration(of, "m", 2, setting(), np.random.default_rng(0))
    assert curve["forecast"].tolist() == pytest.approx([0.15, 0.7])
    assert curve["observed"].tolist() == [0, 1]
    assert curve["n"].tolist() == [2, 2]
    assert curve["events"].tolist() == [0, 2]


def test_calibration__has_fewer_bands_where_chances_are_equal():
    assert len(calibration(trial([0, 1, 0], {"m": [0.2, 0.2, 0.2]}), "m", 5, setting(), np.random.default_rng(0))) == 1


def test_calibration__of_honest_chances_has_the_diagonal_in_most_intervals():
    curve = calibration(clustered(1, spread=0.1), "sharp", 10, setting(), np.random.default_rng(0))
    assert ((curve["ci_low"] <= curve["forecast"]) & (curve["forecast"] <= curve["ci_high"])).sum() >= 8


def test_calibration__of_one_cluster_has_no_interval():
    of = trial([0, 0, 1, 1], {"m": [0.1, 0.2, 0.6, 0.8]}, cluster=[1, 1, 1, 1])
    assert calibration(of, "m", 2, setting(), np.random.default_rng(0))[["ci_low", "ci_high"]].isna().all(axis=None)


def test_by_list_length__agrees_with_the_table():
    of = clustered(2)
    curve = by_list_length(of, "sharp", [5, "10pct", 100_000]).set_index("length")
    table = (
        setting(lists=[5, "10pct"])
        .table(of, np.random.default_rng(0))
        .set_index(["model", "origin", "metric"])["value"]
    )
    assert curve.index.tolist() == ["5", "10pct"]
    for length in curve.index:
        for name in ("precision", "recall", "attainable", "lift"):
            assert curve.loc[length, name] == pytest.approx(table["sharp", "all", f"{name}_at_{length}"])
    assert curve.loc["5", "listed"] == 30
    assert curve.loc["5", "base_rate"] == pytest.approx(of.observed.mean())


def test_by_list_length__of_everybody_finds_all_at_the_base_rate():
    of = clustered(3)
    whole = by_list_length(of, "dull", ["100pct"]).iloc[0]
    assert whole["recall"] == 1
    assert whole["precision"] == pytest.approx(of.observed.mean())
    assert whole["lift"] == pytest.approx(1)
