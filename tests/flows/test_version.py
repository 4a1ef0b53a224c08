"""A version is a folder of text and JSON: it can be compared, moved, and read where neither MLflow nor shap is."""

from __future__ import annotations

import json
import re
import subprocess
import sys
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path

import numpy as np
import pandas as pd
import pytest

import relapse
from panels import NAMES, signal_case, task_of
from relapse.api import FittedVersion
from relapse.core.errors import InputError
from relapse.core.rows import Unit
from relapse.flows.fit import Fit, fit_hazard
from relapse.flows.rows import Task
from relapse.flows.version import SUMS, Version, forecast_at, make_version, restore_version, sums_of

PICKLES = (".pkl", ".pickle", ".joblib", ".skops", ".npy", ".npz", ".bin")
BLOCKED = """
import sys

class Blocked:
    def find_spec(self, name, path=None, target=None):
        if name.partition(".")[0] in ("mlflow", "shap", "matplotlib", "pickle5", "joblib", "cloudpickle"):
            raise ModuleNotFoundError(f"{name} is not installed here")

sys.meta_path.insert(0, Blocked())
"""


@pytest.fixture(scope="module")
def version_of(signal_task: Task, fitted: Callable[[str], Fit], quick, rule, calibration) -> Callable[[str], Version]:
    def make(name: str) -> Version:
        as_of = signal_task.panel.last - 4
        return make_version(
            signal_task, signal_task.panel.line, quick(name), rule, calibration, as_of, fitted(name), "0.0.0"
        )

    return make


@pytest.fixture(scope="module")
def version(version_of) -> Version:
    return version_of("lgbm_hazard")


def feature_frame(version: Version, unit: Unit) -> pd.DataFrame:
    columns = {entry.name: unit.table.values[:, k] for k, entry in enumerate(unit.table.entries)}
    for place, lead in enumerate(unit.leads):
        for entry in (*unit.table.lead_entries, *unit.table.common_entries):
            columns[f"{entry.name}__lead_{lead}"] = unit.column(entry.name, place)
    return pd.DataFrame(columns)[list(version.feature_names)]


@pytest.mark.parametrize("name", ["distance_to_line", "logit", "lgbm_hazard"])
def test_a_version__comes_back_from_its_files_as_it_was(name, version_of, signal_county):
    version = version_of(name)
    files = version.files()
    again = restore_version(files)
    assert again.files() == files
    assert (again.digest, again.facts, again.entries) == (version.digest, version.facts, version.entries)
    one, other = (forecast_at(each, signal_county, signal_county.last, each.features()) for each in (version, again))
    np.testing.assert_array_equal(one.hazard.chance, other.hazard.chance)
    np.testing.assert_array_equal(one.hazard.margin, other.hazard.margin)


def test_files__are_text_and_hold_no_household_and_no_pickle(version, signal_county):
    for name, content in version.files().items():
        assert not name.endswith(PICKLES)
        words = content.decode("utf-8")
        assert not any(household in words for household in signal_county.household_ids[:50]), name
    assert version.facts.model == "lgbm_hazard"
    assert version.facts.as_of == signal_county.calendar.label(signal_county.last - 4)


@pytest.mark.parametrize("name", ["distance_to_line", "logit", "lgbm_hazard"])
def test_forecast_features__says_what_forecast_at_says(name, version_of, signal_county):
    version = version_of(name)
    forecast = forecast_at(version, signal_county, signal_county.last, version.features())
    said = version.forecast_features(feature_frame(version, forecast.unit))
    np.testing.assert_array_equal(said["score"], forecast.hazard.score(4))
    for horizon in (1, 2, 4):
        np.testing.assert_array_equal(said[f"chance_{horizon}"], forecast.hazard.risk(horizon))


def test_forecast_features__takes_columns_in_any_order_and_missing_ones_as_not_known(version, signal_county):
    forecast = forecast_at(version, signal_county, signal_county.last, version.features())
    frame = feature_frame(version, forecast.unit)
    turned = version.forecast_features(frame[frame.columns[::-1]])
    np.testing.assert_array_equal(turned["score"], forecast.hazard.score(4))
    fewer = version.forecast_features(frame.drop(columns="covariates__ill_now"))
    assert np.isfinite(fewer["score"]).all()
    assert not np.array_equal(fewer["score"], turned["score"])


def test_digest__is_equal_for_equal_work_and_another_for_another_seed(version, signal_county, quick, rule, calibration):
    """Work done again from the table on; the rule draws nothing, so its files know the seed by name only."""
    as_of = signal_county.last - 4

    def digest(name: str, seed: int) -> str:
        task = task_of(signal_case().panel(), [1, 2, 4], seed=seed)
        fit = fit_hazard(task, quick(name), rule, calibration, as_of)
        return make_version(task, task.panel.line, quick(name), rule, calibration, as_of, fit, "0.0.0").digest

    assert digest("lgbm_hazard", 1) == version.digest != digest("lgbm_hazard", 2)


def test_digest__changes_with_every_file(version):
    files = version.files()
    other = replace(version, facts=replace(version.facts, panel="another"))
    assert other.digest != version.digest
    assert {name for name, content in other.files().items() if content != files[name]} == {"version.json", SUMS}


@pytest.fixture
def saved(version: Version, tmp_path: Path) -> Path:
    FittedVersion(version).save(tmp_path / "version")
    return tmp_path / "version"


def test_load__works_where_mlflow_and_shap_are_not_installed(saved, version, signal_county, tmp_path):
    """In a process of its own, in which importing either fails."""
    signal_case().frame.to_parquet(tmp_path / "panel.parquet")
    script = f"""{BLOCKED}
import relapse
version = relapse.load({str(saved)!r})
panel = relapse.read({str(tmp_path / "panel.parquet")!r}, 1000.0, frequency="quarterly", village="village",
                     township="township", lookback=8, income="income", **{NAMES!r})
forecast = version.forecast(panel)
causes = version.explain(panel, households=forecast["household_id"].head(2))
print(version.digest)
print(forecast["chance_4"].sum().hex())
assert abs(causes.drop(columns=["household_id", "score"]).sum(axis=1) - causes["score"]).max() < 1e-9
assert not {{"mlflow", "shap", "matplotlib"}} & set(sys.modules)
"""
    done = subprocess.run([sys.executable, "-c", script], capture_output=True, text=True, timeout=120)
    assert done.returncode == 0, done.stderr
    digest, total = done.stdout.split()
    assert digest == version.digest
    forecast = forecast_at(version, signal_county, signal_county.latest, version.features())
    assert float.fromhex(total) == pytest.approx(forecast.hazard.risk(4).sum(), rel=1e-12)


def test_load__of_no_folder(tmp_path):
    with pytest.raises(InputError, match="is no folder of a version"):
        relapse.load(tmp_path / "nowhere")
    with pytest.raises(InputError, match="no version of relapse, or a damaged one"):
        relapse.load(tmp_path)


FILES = [
    "version.json", "recipe.yaml", "catalogue.json", "figures.json", "blend.json", "calibration.json",
    "model/lightgbm_0.txt", "model/columns.json", "model/logit.json", "rule/maps.json", "rule/rule.json", "sums.json",
]  # fmt: skip


def test_these_are_all_files(version):
    """Beside further seeds of the same model."""
    assert set(FILES) == {name for name in version.files() if not re.fullmatch(r"model/lightgbm_[1-9]\d*\.txt", name)}


@pytest.mark.parametrize("name", FILES)
@pytest.mark.parametrize("damage", ["gone", "half", "empty", "other text", "no text"])
def test_load__refuses_a_damaged_version(name, damage, saved):
    """Also where LightGBM would end the whole process, as it does when its text is cut short."""
    path = saved / name
    content = path.read_bytes()
    if damage == "gone":
        path.unlink()
    else:
        other = {
            "half": content[: len(content) // 2],
            "empty": b"",
            "other text": b"[1, 2]",
            "no text": b"\xff\xfe\x00",
        }
        path.write_bytes(other[damage])
    with pytest.raises(InputError, match="a damaged one"):
        relapse.load(saved)


def test_load__refuses_one_number_that_was_changed(saved):
    path = saved / "rule" / "maps.json"
    said = json.loads(path.read_text())
    said["level"][0] += 1e-9
    path.write_text(json.dumps(said, indent=1))
    with pytest.raises(InputError, match=r"rule/maps\.json"):
        relapse.load(saved)


def test_load__refuses_a_version_of_a_newer_format(saved):
    said = json.loads((saved / "version.json").read_text())
    (saved / "version.json").write_text(json.dumps({**said, "format": 99, "relapse": "9.0"}))
    with pytest.raises(InputError, match=r"written by relapse 9.0 in format 99; this one reads format 2"):
        relapse.load(saved)


def test_load__runs_no_code_that_a_recipe_names(saved):
    text = (saved / "recipe.yaml").read_text()
    (saved / "recipe.yaml").write_text(text.replace("relapse.model.lgbm_hazard.LgbmHazard", "os.system"))
    files = {path.relative_to(saved).as_posix(): path.read_bytes() for path in saved.rglob("*") if path.is_file()}
    (saved / SUMS).write_text(json.dumps(sums_of(files)))
    with pytest.raises(InputError, match=r"'os.system' is not allowed"):
        relapse.load(saved)


@pytest.mark.parametrize("changes", [{"frequency": "monthly"}, {"window": 2}])
def test_forecast_at__refuses_a_panel_of_another_kind(changes, version, signal_county):
    frame = signal_case(households=20, quarters=6).frame
    if "frequency" in changes:
        frame["period"] = frame["period"].str.replace("Q", "-0")
    other = signal_case().panel(frame, **changes)
    with pytest.raises(InputError, match=f"fitted with data.{next(iter(changes))}="):
        forecast_at(version, other, other.last, version.features())


def test_forecast_at__a_panel_without_a_column_is_told_which(version):
    poorer = signal_case(households=60).panel(exclude=["ill"])
    with pytest.raises(InputError, match="covariates__ill_"):
        forecast_at(version, poorer, poorer.last, version.features())
