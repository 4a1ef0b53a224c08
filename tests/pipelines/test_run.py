"""The main job leaves what the interface says, and says where."""

from __future__ import annotations

import hashlib
import json
import shutil
import subprocess
import sys
from pathlib import Path

import numpy as np
import openpyxl
import pandas as pd
import pytest
from calls import SOURCE, Ran, call, files, finished, on, start

import relapse
from relapse.registry.mlflow_store import MlflowStore

METRICS = ["roc_auc", "pr_auc", "brier", "brier_skill", "ece", "log_loss", "observed_expected"]
UNREVIEWED = "试运行"


@pytest.fixture(params=["won", "wage"])
def ran(request: pytest.FixtureRequest) -> Ran:
    found: Ran = request.getfixturevalue(request.param)
    return found


def test_run__its_json_says_what_was_found_and_where(ran):
    told = ran.told
    assert ran.called.out.splitlines() == ["outputs/run.json"]
    assert list(told) == [
        "status", "outputs", "tracking_uri", "experiment", "run_id", "model_name", "model_version", "as_of", "list",
        "backtest", "seconds",
    ]  # fmt: skip
    assert told["status"] == "ok"
    assert told["outputs"] == "outputs"
    assert told["tracking_uri"] == f"sqlite:///{ran.folder / 'state' / 'mlflow.db'}"
    assert told["model_version"] == "1"
    for path in (*(told["list"][kind] for kind in ("xlsx", "html", "csv")), told["backtest"]["metrics"]):
        assert (ran.folder / path).is_file()
        assert not Path(path).is_absolute()
    assert told["list"]["rows"] == len(pd.read_csv(ran.folder / told["list"]["csv"]))
    assert {"read", "backtest", "train", "register", "score"} <= set(told["seconds"])
    assert (ran.list_folder.name, ran.list_folder.parent.name) == (told["as_of"], told["model_name"])


def test_run__leaves_every_output_of_the_interface_and_nothing_else(ran):
    place = f"lists/{ran.told['model_name']}/{ran.told['as_of']}"
    there = set(files(ran.folder / "outputs"))
    model = {name for name in there if name.startswith("train/model/")}
    assert {"train/model/version.json", "train/model/recipe.yaml", "train/model/catalogue.json"} <= model
    assert there - model == {
        "run.json", "train/review.html", "train/model_card.md", "quality/findings.csv", "quality/report.html",
        "backtest/metrics.csv", "backtest/comparisons.csv", "backtest/slices.csv", "backtest/predictions.parquet",
        "backtest/report.html", "backtest/selection.csv", "backtest/decision_curve.csv",
        "backtest/same_households.csv",
        *(f"{place}/{name}" for name in ("list.csv", "list.html", "list.xlsx", "manifest.json")),
    }  # fmt: skip
    assert {path.name for path in ran.folder.iterdir()} == {"outputs", "state"}


def test_run__metrics_have_the_columns_names_and_models_of_the_interface(ran):
    table = pd.read_csv(ran.folder / "outputs/backtest/metrics.csv")
    assert list(table) == [
        "model",
        "outcome",
        "horizon",
        "origin",
        "metric",
        "value",
        "ci_low",
        "ci_high",
        "n",
        "events",
    ]
    for head in ("precision", "recall", "attainable"):
        assert {f"{head}_at_300", f"{head}_at_5pct"} <= set(table["metric"])
    assert set(METRICS) <= set(table["metric"])
    assert set(table["model"]) == {"distance_to_line", "lgbm_hazard"}
    assert set(table["outcome"]) == {"below_line"}
    assert "all" in set(table["origin"])
    known = table.dropna(subset=["value", "ci_low", "ci_high"])
    assert (known["ci_low"] <= known["ci_high"]).all()


def test_run__predictions_are_whole_and_give_the_metrics_back(ran):
    table = pd.read_parquet(ran.folder / "outputs/backtest/predictions.parquet")
    assert list(table) == ["model", "outcome", "household_id", "origin", "horizon", "probability", "observed"]
    assert table["probability"].between(0, 1).all()
    assert set(table["observed"].dropna()) == {0, 1}
    assert not table.duplicated(["model", "household_id", "origin", "horizon"]).any()
    metrics = pd.read_csv(ran.folder / "outputs/backtest/metrics.csv", dtype={"origin": str})
    told = table.dropna(subset=["observed"])
    for (model, horizon), part in told.groupby(["model", "horizon"]):
        brier = ((part["probability"] - part["observed"]) ** 2).mean()
        one = metrics[(metrics["model"] == model) & (metrics["horizon"] == horizon)]
        one = one[(one["metric"] == "brier") & (one["origin"] == "all")]
        assert one["value"].item() == pytest.approx(brier)
        assert (one["n"].item(), one["events"].item()) == (len(part), part["observed"].sum())


def test_run__a_later_horizon_never_has_a_smaller_chance(wage):
    table = pd.read_parquet(wage.folder / "outputs/backtest/predictions.parquet")
    wide = table.pivot_table(index=["model", "household_id", "origin"], columns="horizon", values="probability")
    both = wide.dropna()
    assert len(both)
    assert (both[2] >= both[1]).all()


def test_run__the_model_wins_where_there_is_something_to_win_and_is_the_rule_where_not(won, wage):
    version = relapse.load(won.folder / "outputs/train/model").version
    assert (version.facts.model, version.facts.fallback or None) == ("lgbm_hazard", None)
    assert version.facts.share > 0
    rule = relapse.load(wage.folder / "outputs/train/model").version
    assert rule.facts.model == "distance_to_line"
    assert rule.facts.fallback
    page = (wage.list_folder / "list.html").read_text()
    assert "距" in page


def test_run__every_page_of_the_first_list_says_that_nobody_has_reviewed_it(ran):
    assert UNREVIEWED in (ran.list_folder / "list.html").read_text()
    book = openpyxl.load_workbook(ran.list_folder / "list.xlsx")
    for sheet in book:
        if sheet.sheet_state == "visible":
            assert UNREVIEWED in str(sheet.oddHeader.right.text), sheet.title
    for title in book.sheetnames[:2]:  # those that are read on the screen
        assert any(UNREVIEWED in str(cell.value) for row in book[title].iter_rows() for cell in row), title
    assert json.loads((ran.list_folder / "manifest.json").read_text())["reviewed"] is False


def test_run__the_manifest_speaks_for_the_other_files(ran):
    manifest = json.loads((ran.list_folder / "manifest.json").read_text())
    for name, digest in manifest["files"].items():
        assert hashlib.sha256((ran.list_folder / name).read_bytes()).hexdigest() == digest
    assert set(manifest["files"]) == {"list.csv", "list.html", "list.xlsx"}
    assert manifest["version_digest"] == relapse.load(ran.folder / "outputs/train/model").digest
    assert manifest["as_of"] == ran.told["as_of"]
    assert manifest["listed"] == ran.told["list"]["rows"]
    assert manifest["rank_agreement"] >= 0.99
    assert ran.told["run_id"] not in json.dumps(manifest)


def test_run__registers_a_champion(ran):
    store = MlflowStore(uri=None, state=str(ran.folder / "state"))
    champion = store.champion(ran.told["model_name"])
    assert champion is not None
    assert (champion.number, champion.run_id) == ("1", ran.told["run_id"])
    assert champion.digest == relapse.load(ran.folder / "outputs/train/model").digest
    assert store.tags(champion.name, "1")["reviewed"] == "false"
    assert store.files(champion.name, "1") == files(ran.folder / "outputs/train/model")


def test_run__the_list_is_ordered_by_what_its_contributions_sum_to(won, hidden_csv):
    version = relapse.load(won.folder / "outputs/train/model")
    panel = relapse.read(hidden_csv, 9000, household_id="hhid", period="year", income="income_pc", village="village")
    forecast = version.forecast(panel)
    assert list(forecast["household_id"][: len(won.listed)]) == won.listed
    added = version.explain(panel, households=won.listed)
    groups = added.drop(columns=["household_id", "score"])
    assert np.allclose(groups.sum(axis=1), added["score"], rtol=0, atol=1e-9)
    assert (np.diff(added["score"]) <= 1e-12).all()


def test_run__the_stages_and_places_are_told_on_the_standard_error(ran):
    told = ran.called.err
    for word in ("validate", "read", "backtest", "train", "register", "list.xlsx", "list.html", "report"):
        assert word in told
    assert "Traceback" not in told
    assert "Warning" not in told


def test_run__called_as_a_command_or_as_a_module(tmp_path, plain_csv):
    beside = Path(sys.executable).with_name("relapse")
    command = str(beside) if beside.is_file() else shutil.which("relapse")
    if command is None:
        pytest.skip("the command is not on the path: the package is not installed")
    words = ["backtest", "data=panel", f"data.path={plain_csv}", "data.columns.household_id=hhid"]
    one = subprocess.run([command, *words], cwd=tmp_path, capture_output=True, text=True)
    two = finished(start(*words, cwd=tmp_path))
    assert (one.returncode, one.stdout, one.stderr) == (two.status, two.out, two.err)
    assert one.returncode == 2
    assert "data.columns.period: has no value yet" in one.stderr
    assert not list(tmp_path.iterdir())


def test_run__the_workbook_opens_in_an_office_program(won, tmp_path):
    office = shutil.which("soffice")
    if office is None:
        pytest.skip("LibreOffice is not installed")
    done = subprocess.run(
        [office, f"-env:UserInstallation={(tmp_path / 'profile').as_uri()}", "--headless", "--convert-to", "csv",
         "--outdir", str(tmp_path), str(won.list_folder / "list.xlsx")],
        capture_output=True, text=True, timeout=120,
    )  # fmt: skip
    assert done.returncode == 0, done.stderr
    assert (tmp_path / "list.csv").stat().st_size


def test_run__an_alarm_or_a_kept_champion_does_not_hide_the_list(home, plain_csv):
    first = on("run", plain_csv, cwd=home)
    again = on("run", plain_csv, "seed=2", cwd=home)
    assert (first.status, again.status) == (0, 0)
    told = json.loads((home / "outputs/run.json").read_text())
    assert told["model_version"] == "2"
    assert MlflowStore(uri=None, state=str(home / "state")).champion("plain").number == "1"


def test_run__in_english(home, plain_csv):
    done = on("run", plain_csv, "language=en", cwd=home)
    assert done.status == 0
    page = (home / "outputs/lists/plain/2014/list.html").read_text()
    assert "Trial run" in page or "not reviewed" in page.lower()
    assert not any("\u4e00" <= sign <= "\u9fff" for sign in page)


def test_run__help_needs_no_library(tmp_path):
    heavy = {"pandas", "lightgbm", "shap", "mlflow", "hydra"}
    code = f"import sys; from relapse.cli import main; main(['run', '--help']); print({heavy} & set(sys.modules))"
    done = subprocess.run(
        [sys.executable, "-c", code], capture_output=True, text=True, cwd=tmp_path, env={"PYTHONPATH": str(SOURCE)}
    )
    assert done.stdout.splitlines()[-1] == "set()"
    assert call("run", "--help", cwd=tmp_path).status == 0
