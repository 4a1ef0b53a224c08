from dataclasses import replace
from pathlib import Path

import numpy as np
import pandas as pd
import pytest
import yaml
from evaluation_trials import clustered, setting, trial
from pydantic import ValidationError

from relapse.core.errors import InputError
from relapse.evaluation.evaluate import COLUMNS, Evaluation
from relapse.evaluation.metrics import average_precision, chance_figures, roc_auc


def test_table__has_every_metric_of_every_model_pooled_and_by_origin():
    table = setting(lists=[20, "5pct"]).table(clustered(0, origins=3), np.random.default_rng(0))
    assert list(table.columns) == COLUMNS
    assert table["origin"].drop_duplicates().tolist() == ["all", 100, 101, 102]
    chances = [
        "roc_auc", "pr_auc", "brier", "brier_reliability", "brier_resolution", "brier_uncertainty", "brier_within",
        "brier_skill", "ece", "log_loss", "observed_expected", "calibration_slope", "calibration_intercept",
    ]  # fmt: skip
    of_lists = [
        "precision", "recall", "attainable", "lift", "exclusion_error", "inclusion_error", "visits_per_fall", "kept",
    ]  # fmt: skip
    lists = [f"{name}_at_{length}" for length in ("20", "5pct") for name in of_lists]
    assert table["metric"].drop_duplicates().tolist() == chances + lists
    assert len(table) == 2 * 4 * len(chances + lists)
    first = (table["origin"] == 100) & table["metric"].str.startswith("kept")
    assert table.loc[first, "value"].isna().all(), "there is no list before the first"
    assert (table.loc[~first, "ci_low"] <= table.loc[~first, "value"]).all()
    assert (table.loc[~first, "value"] <= table.loc[~first, "ci_high"]).all()


def test_table__has_exact_values_also_where_draws_are_counted_in_bins():
    of = clustered(1, villages=60, of_each=20, origins=3)
    table = setting(draws=20).table(of, np.random.default_rng(0)).set_index(["model", "origin", "metric"])["value"]
    for origin, rows in (("all", slice(None)), (101, of.origin == 101)):
        seen, chance = of.observed[rows], of.probability["dull"][rows]
        assert table["dull", origin, "pr_auc"] == average_precision(seen, chance)
        assert table["dull", origin, "roc_auc"] == roc_auc(seen, chance)
        for metric, value in chance_figures(seen, chance, bands=5).items():
            assert table["dull", origin, metric] == pytest.approx(value, rel=1e-9)


def test_table__is_the_same_with_the_same_seed_and_whatever_other_models_there_are():
    of = clustered(2)
    first, again = (setting().table(of, np.random.default_rng(7)) for _ in range(2))
    pd.testing.assert_frame_equal(first, again)
    alone = replace(of, probability={"dull": of.probability["dull"]}, rank={"dull": of.rank["dull"]})
    expected = first[first["model"] == "dull"].reset_index(drop=True)
    pd.testing.assert_frame_equal(setting().table(alone, np.random.default_rng(7)), expected)


def test_table__does_not_depend_on_the_order_of_rows():
    of = clustered(3)
    order = np.random.default_rng(0).permutation(len(of.origin))
    chances = {name: chance[order] for name, chance in of.probability.items()}
    household = [int(name[1:]) for name in of.household_id[order]]
    mixed = trial(of.observed[order], chances, of.origin[order], of.cluster[order], household=household)
    first, again = (setting().table(one, np.random.default_rng(7)) for one in (of, mixed))
    pd.testing.assert_frame_equal(first, again, rtol=1e-4)


def test_table__says_nan_where_nothing_came_about():
    quiet = trial(np.zeros(8), {"m": np.linspace(0.1, 0.4, 8)}, [1] * 4 + [2] * 4)
    pooled = setting().table(quiet, np.random.default_rng(0)).set_index(["origin", "metric"]).loc["all"]
    for metric in ("roc_auc", "pr_auc", "brier_skill", "calibration_slope", "recall_at_2", "lift_at_2"):
        assert pooled.loc[metric, ["value", "ci_low", "ci_high"]].isna().all(), metric
    assert pooled.loc["precision_at_2", "value"] == 0
    assert pooled.loc["attainable_at_2", "value"] == 0
    assert (pooled["events"] == 0).all()


def test_table__has_no_interval_where_nothing_can_be_resampled():
    single = trial([1, 0, 0, 1], {"m": [0.9, 0.5, 0.4, 0.1]}, cluster=[3, 3, 3, 3])
    table = setting().table(single, np.random.default_rng(0))
    assert table["value"].notna().any()
    assert table[["ci_low", "ci_high"]].isna().all(axis=None)


def test_table__of_no_rows_is_nan():
    table = setting().table(trial([], {"m": []}), np.random.default_rng(0))
    assert table["origin"].tolist() == ["all"] * 13
    assert table["value"].isna().all()
    assert (table["n"] == 0).all()


def test_model_that_is_not_there__is_refused_with_the_nearest_name():
    with pytest.raises(InputError, match="did you mean 'sharp'"):
        setting().compare(clustered(0), "shrap", "dull", np.random.default_rng(0))


def test_recipe__is_that_of_the_config():
    path = Path(__file__).parents[2] / "conf" / "evaluation" / "default.yaml"
    values = yaml.safe_load(path.read_text(encoding="utf-8"))
    assert values.pop("_target_") == "relapse.evaluation.evaluate.Evaluation"
    made = Evaluation(**values)
    assert (made.lists, made.draws, made.ece_bins, made.block_periods) == ([300, "1pct", "5pct"], 400, 10, None)
    assert (made.early, made.visit_cost, made.memory_years, made.lists_between) == (1, 200, 0.5, False)
    assert made.slices["size"].values == ["1", "2-3", "4+"]


@pytest.mark.parametrize(
    "wrong",
    [
        {"draws": 19},
        {"ece_bins": 1},
        {"block_periods": 0},
        {"lists": ["5%"]},
        {"list": []},
        {"early": 0},
        {"visit_cost": 0},
    ],
)
def test_recipe__refuses_what_cannot_be(wrong):
    path = Path(__file__).parents[2] / "conf" / "evaluation" / "default.yaml"
    right = yaml.safe_load(path.read_text(encoding="utf-8"))
    right.pop("_target_")
    Evaluation(**right)
    with pytest.raises(ValidationError):
        Evaluation(**(right | wrong))
