"""`relapse tune`: choosing before a period, pruned, stopped and gone on with, and taken by the other commands."""

from __future__ import annotations

import contextlib
import re
import signal
import sqlite3
import sys
import time
from pathlib import Path

import pandas as pd
import pytest
from calls import Called, call, files, on, settled, start, words_of, written

from relapse.registry.mlflow_store import MlflowStore

QUICK = (
    "horizons=1", "tune.until=2011", "tune.origins=2", "tune.least_trials=2", "tune.draws=20", "tune.trials=6",
    "tune.space.trees.low=3", "tune.space.trees.high=20", "model.trees=10", "seed=2",
)  # fmt: skip


def tune(path: Path, *more: str, cwd: Path) -> Called:
    return on("tune", path, *QUICK, *more, cwd=cwd)


def trials(home: Path) -> pd.DataFrame:
    return pd.read_csv(home / "outputs/tune/trials.csv")


def whole_trials(database: Path) -> int:
    with contextlib.closing(sqlite3.connect(f"file:{database}?mode=ro", uri=True)) as kept:
        try:
            return int(kept.execute("select count(*) from trials where state = 'COMPLETE'").fetchone()[0])
        except sqlite3.OperationalError:  # no tables yet
            return 0


@pytest.fixture(scope="module")
def tuned(tmp_path_factory, ready_db, hidden_csv) -> tuple[Path, Called]:
    home = settled(tmp_path_factory.mktemp("tuned") / "home", ready_db)
    done = tune(hidden_csv, cwd=home)
    assert done.status == 0, done.err
    return home, done


def test_tune__prunes_and_tells_the_best_beside_the_shipped(tuned):
    home, done = tuned
    table = trials(home)
    assert len(table) == 6
    assert table.loc[0, "trees"] == 10, "the first trial is the model as it is"
    pruned = table["state"] == "pruned"
    assert pruned.any()
    assert table.loc[pruned, "score"].isna().all()
    assert table.loc[~pruned, "score"].notna().all()
    assert "best less as it was" in done.err
    assert f"best={table['score'].idxmax()} " in done.err


def test_tune__a_finished_study_is_not_made_again_and_gives_the_same_bytes(tuned, hidden_csv):
    home, _ = tuned
    before = files(home / "outputs")
    again = tune(hidden_csv, cwd=home)
    assert "found_there=6" in again.err
    assert files(home / "outputs") == before


def test_tune__leaves_a_run_a_trial_and_no_household(tuned, hidden_csv):
    home, _ = tuned
    assert tune(hidden_csv, cwd=home).status == 0, "again, which adds no run"
    store = MlflowStore(uri=None, state=str(home / "state"))
    client = store._client
    experiment = client.get_experiment_by_name("relapse-hidden-tune")
    runs = client.search_runs([experiment.experiment_id])
    whole = next(run for run in runs if "mlflow.parentRunId" not in run.data.tags)
    below = [run for run in runs if run.data.tags.get("mlflow.parentRunId") == whole.info.run_id]
    assert len(below) == 6 == len(runs) - 1
    assert {run.info.status for run in runs} == {"FINISHED"}
    told = "".join(str(run.data.to_dictionary()) for run in runs)
    assert "HH-ZX81" not in told
    assert str(home) not in told


def test_tune__killed_half_way_goes_on_as_if_it_had_not_been(tuned, home, hidden_csv):
    process = start(*words_of("tune", hidden_csv, *QUICK), cwd=home)
    database = home / "state" / "tune"
    while process.poll() is None and not any(map(whole_trials, database.glob("*.db"))):
        time.sleep(0.02)
    process.kill()
    process.communicate()
    assert process.returncode == -signal.SIGKILL
    again = tune(hidden_csv, cwd=home)
    assert again.status == 0, again.err
    found = re.search(r"found_there=(\d)", again.err)
    assert found is not None
    assert 1 <= int(found[1]) < 6, "killed half-way"
    assert files(home / "outputs/tune") == files(tuned[0] / "outputs/tune")


def test_tune__sees_nothing_after_until(tuned, home, hidden_csv, tmp_path):
    frame = pd.read_csv(hidden_csv)
    later = frame["year"] > 2011
    frame.loc[later, "income_pc"] = frame.loc[later, "income_pc"].to_numpy()[::-1] * 0.7
    frame.loc[later, "debt"] = 0.0
    assert tune(written(tmp_path, frame, "hidden.csv"), cwd=home).status == 0
    pd.testing.assert_frame_equal(trials(home), trials(tuned[0]))


def test_train__takes_the_best(tuned, home, hidden_csv):
    where, _ = tuned
    words = [word for word in words_of("train", hidden_csv) if not word.startswith("model.")]
    done = call(*words, "--config-dir", str(where / "outputs"), "+tune=best", cwd=home)
    assert done.status == 0, done.err
    best = trials(where).sort_values("score", ascending=False).iloc[0]
    recipe = "".join(text.decode() for name, text in files(home / "outputs/train/model").items() if "recipe" in name)
    assert re.search(rf"\btrees\W+{int(best['trees'])}\b", recipe)


@pytest.mark.parametrize(
    ("words", "told"),
    [
        (["+tune.space.tree={kind: int, low: 1, high: 2}"], "did you mean 'trees'"),
        (["tune.space.trees.low=900"], "low=900 is above high=20"),
        (["tune.space.feature_share.high=2"], "tune.space.feature_share"),
        (["tune.space.trees.kind=whole"], "tune.space.trees.kind"),
        (["tune.until=2007"], "no choosing origin is left"),
        (["tune.until=1990"], "tune.until=1990"),
        (["tune=lgbm_hazrd"], "did you mean 'lgbm_hazard'"),
    ],
)
def test_tune__says_what_is_wrong(words, told, home, hidden_csv):
    done = tune(hidden_csv, *words, cwd=home)
    assert done.status == 2, done.err
    assert told in done.told
    assert "Traceback" not in done.err
    assert not (home / "outputs").exists()


def test_tune__names_the_extra_where_it_is_missing(home, hidden_csv, monkeypatch):
    monkeypatch.setitem(sys.modules, "optuna", None)
    done = tune(hidden_csv, cwd=home)
    assert (done.status, done.told) == (2, "relapse tune needs Optuna: pip install 'relapse-forecast[tune]'")


def test_multirun__sweeps_over_a_setting_of_the_model_and_each_job_has_its_own_outputs(home, hidden_csv):
    words = [word for word in words_of("backtest", hidden_csv, "models=[lgbm_hazard]") if "trees" not in word]
    done = call(*words, "model.trees=5,10", "-m", cwd=home)
    assert done.status == 0, done.err
    assert "job 0: " in done.err
    found = sorted(home.glob("experiments/runs/backtest/*/*/backtest/metrics.csv"))
    assert [path.parents[1].name for path in found] == ["0", "1"]
    assert not (home / "outputs").exists()
    assert len({path.read_bytes() for path in found}) == 2
