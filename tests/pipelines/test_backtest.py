"""Choices of a backtest: origins, models, horizons, labels, a user's own block, columns that give the outcome away."""

from __future__ import annotations

import json
import re
import shlex
import sys
from pathlib import Path

import numpy as np
import pandas as pd
import pytest
from calls import Called, call, on, plain, words_of, written

from relapse.registry.mlflow_store import MlflowStore

OWN_BLOCK = '''
"""A county's own feature."""
from pydantic.dataclasses import dataclass
from relapse.core.catalogue import Feature, FeatureTable
from relapse.core.recipe import STRICT, Count

@dataclass(frozen=True, config=STRICT)
class Rooms:
    """Whether a household has at most so many rooms."""
    most: Count

    def table(self, known, leads):
        rooms = known.newest(known.column("rooms", 2))
        entry = Feature("rooms__few_own_now", "own", "at most so many rooms", "covariates")
        return FeatureTable.of([(entry, (rooms <= self.most).astype("float32"))], len(known.members))
'''


def metrics(folder: Path) -> pd.DataFrame:
    return pd.read_csv(folder / "outputs/backtest/metrics.csv", dtype={"origin": str})


def predictions(folder: Path) -> pd.DataFrame:
    return pd.read_parquet(folder / "outputs/backtest/predictions.parquet")


def well(done: Called) -> Called:
    assert done.status == 0, done.err
    return done


RULES = ["distance_to_line", "distance_to_line_recent", "distance_to_line_growth", "last_list", "logit"]


@pytest.fixture(scope="module")
def compared(tmp_path_factory: pytest.TempPathFactory, plain_csv: Path) -> Path:
    """Several models at two origins and two horizons; nobody changes it."""
    folder = tmp_path_factory.mktemp("compared")
    words = [f"models=[{','.join(RULES)}]", "horizons=[1,2]", "origins=[2010,2012]"]
    well(on("backtest", plain_csv, *words, cwd=folder))
    return folder


def test_backtest__at_exactly_these_origins(compared):
    assert set(metrics(compared)["origin"]) == {"2010", "2012", "all"}
    assert set(predictions(compared)["origin"]) == {"2010", "2012"}


def test_backtest__one_origin_and_one_horizon_need_no_brackets(tmp_path, plain_csv):
    well(on("backtest", plain_csv, "origins=2011", "horizons=2", cwd=tmp_path))
    assert set(metrics(tmp_path)["horizon"]) == {2}


def test_backtest__rolling_origins_by_default(tmp_path, plain_csv):
    well(on("backtest", plain_csv, "origins=null", cwd=tmp_path))
    assert len(set(predictions(tmp_path)["origin"])) > 2


def test_backtest__several_models_are_asked_about_the_same_households(compared):
    table = predictions(compared)
    assert list(dict.fromkeys(table["model"])) == RULES
    asked = {name: part.drop(columns=["model", "probability"]) for name, part in table.groupby("model")}
    for name in RULES:
        pd.testing.assert_frame_equal(asked[name].reset_index(drop=True), asked[RULES[0]].reset_index(drop=True))


@pytest.mark.parametrize("language", ["zh", "en"])
def test_backtest__a_baseline_that_needs_a_countys_tables_is_told_as_not_applicable_and_why(
    language, tmp_path, plain_csv
):
    words = ["models=[distance_to_line,markov,triggers]", f"language={language}"]
    done = well(on("backtest", plain_csv, *words, cwd=tmp_path))
    assert set(metrics(tmp_path)["model"]) == {"distance_to_line", "markov"}
    assert "not applicable" in done.err
    assert "no county's tables that a department's trigger could be asked of" in done.err
    page = (tmp_path / "outputs/backtest/report.html").read_text()
    row, why = {
        "zh": ("部门预警和八必访（不适用）", "部门预警和八必访不适用：没有可供部门预警规则核对的县级业务表"),
        "en": ("groups to visit (not applicable)", "Not applicable here: departments"),
    }[language]
    assert row in page
    assert why in page


@pytest.mark.parametrize(("label", "monotone"), [("first_entry", True), ("at_horizon", False)])
def test_backtest__both_labels(label, monotone, tmp_path, plain_csv):
    done = well(on("backtest", plain_csv, f"label={label}", "horizons=[1,3]", "origins=[2010]", cwd=tmp_path))
    assert f"label={label}" in done.err
    table = predictions(tmp_path).dropna(subset=["observed"])
    seen = table.pivot_table(index="household_id", columns="horizon", values="observed").dropna()
    assert bool((seen[3] >= seen[1]).all()) is monotone
    assert len(seen) > 50


def test_backtest__a_household_not_seen_again_is_censored(tmp_path):
    frame = plain()
    gone = frame["hhid"].isin(["0001", "0002"]) & (frame["year"] > 2010)
    path = written(tmp_path, frame[~gone])
    well(on("backtest", path, "origins=[2010]", cwd=tmp_path))
    table = predictions(tmp_path).set_index("household_id")["observed"]
    there = [name for name in ("0001", "0002") if name in table.index]
    assert there
    assert table[there].isna().all()


def test_backtest__household_ids_stay_as_they_stand_in_the_file(compared):
    assert predictions(compared)["household_id"].str.fullmatch(r"\d{4}").all()


def test_backtest__a_countys_own_block_from_the_users_module(tmp_path, plain_csv, monkeypatch):
    conf = tmp_path / "my conf"
    for group, name, text in (
        ("features", "rooms", "rooms:\n  _target_: mycounty.blocks.Rooms\n  most: 3\n"),
        ("features", "mine", "defaults:\n  - default\n  - rooms\n"),
        ("data", "mine", f"defaults:\n  - panel\n  - _self_\npath: {plain_csv}\nfrequency: annual\ncolumns:\n"
         "  household_id: hhid\n  period: year\n  income: income_pc\n  village: village\n"),
    ):  # fmt: skip
        (conf / group).mkdir(parents=True, exist_ok=True)
        (conf / group / f"{name}.yaml").write_text(text)
    package = tmp_path / "code" / "mycounty"
    package.mkdir(parents=True)
    (package / "__init__.py").write_text("")
    (package / "blocks.py").write_text(OWN_BLOCK)
    words = [word for word in words_of("backtest", "x")[1:] if not word.startswith("data")]
    common = ["backtest", "--config-dir", str(conf), "data=mine", "features=mine", *words]
    monkeypatch.syspath_prepend(str(tmp_path / "code"))
    refused = call(*common, cwd=tmp_path)
    assert refused.status == 2
    assert "features.rooms._target_" in refused.told
    assert "mycounty" not in sys.modules
    well(call(*common, "allow_targets=[mycounty]", "models=[distance_to_line,logit]", cwd=tmp_path))
    assert set(metrics(tmp_path)["model"]) == {"distance_to_line", "logit"}
    sys.modules.pop("mycounty", None)
    sys.modules.pop("mycounty.blocks", None)


def leaking(folder: Path, column: str = "helped") -> Path:
    """A column that was written after the event: the state of the period to come."""
    frame = plain(households=400).sort_values(["hhid", "year"], ignore_index=True)
    later = frame.groupby("hhid")["income_pc"].shift(-1)
    return written(folder, frame.assign(**{column: (later < 9000).astype(float).where(later.notna())}), "leaky.csv")


def test_backtest__a_leak_of_the_next_period_is_warned_of_also_beside_a_longer_horizon(tmp_path):
    """It fades from horizon to horizon: looking at the longest alone, as the alarm once did, misses it."""
    done = well(on("backtest", leaking(tmp_path), "horizons=[1,2]", cwd=tmp_path))
    assert "warning: " in done.err
    assert "column 'helped'" in done.err
    assert (tmp_path / "outputs/backtest/report.html").is_file()


def test_train__a_leak_ends_with_3_and_the_version_stays_a_candidate(home):
    """Of a name that must be quoted; those of others try a plain one."""
    done = on("train", leaking(home, "帮扶 情况"), cwd=home)
    assert done.status == 3
    assert "leakage alarm" in done.told
    way_out = re.search("to leave out what is named: (.*)", done.told)
    assert way_out is not None
    assert done.told.count("\n") == 0
    store = MlflowStore(uri=None, state=str(home / "state"))
    assert [one.number for one in store.versions("leaky")] == ["1"]
    assert store.champion("leaky") is None
    refused = on("promote", home / "leaky.csv", "reviewer=Li", "reason=nice", cwd=home)
    assert refused.status == 3
    assert json.loads((home / "outputs/promote/decision.json").read_text())["promoted"] is False
    cured = on("train", home / "leaky.csv", *shlex.split(way_out[1]), cwd=home)
    assert cured.status == 0, cured.err
    champion = store.champion("leaky")
    assert champion is not None
    assert champion.number == "2"


def test_run__a_leak_leaves_no_champion_or_the_one_there_is_and_then_still_makes_its_list(home):
    path, store = leaking(home), MlflowStore(uri=None, state=str(home / "state"))
    first = on("run", path, cwd=home)
    assert first.status == 3
    assert "leakage alarm" in first.told
    assert "data.exclude=[helped]" in first.told
    assert first.told.count("\n") == 0
    assert store.champion("leaky") is None
    well(on("run", path, "data.exclude=[helped]", cwd=home))
    done = on("run", path, cwd=home)
    assert done.status == 3
    champion = store.champion("leaky")
    assert champion is not None
    assert champion.number == "2"
    assert json.loads((home / "outputs/run.json").read_text())["status"] == "alarm"


def test_backtest__figures_do_not_depend_on_the_order_of_rows(tmp_path):
    frame = plain()
    one, two = tmp_path / "one", tmp_path / "two"
    for folder, rows in ((one, frame), (two, frame.sample(frac=1, random_state=1))):
        folder.mkdir()
        well(on("backtest", written(folder, rows), "models=[distance_to_line,logit]", cwd=folder))
    left, right = (
        predictions(folder).sort_values(["model", "household_id"], ignore_index=True) for folder in (one, two)
    )
    pd.testing.assert_frame_equal(left, right)
    assert np.isfinite(left["probability"]).all()


def test_backtest__the_config_of_the_job_can_be_shown(tmp_path, plain_csv):
    done = well(on("backtest", plain_csv, "--cfg", "job", cwd=tmp_path))
    assert "frequency: annual" in done.out
    assert "value: 9000" in done.out
    assert not list(tmp_path.iterdir())
