"""From a row of a list back to what made it, and the same version once more from what its run logged."""

from __future__ import annotations

import json
import shutil
from pathlib import Path

import pytest
from calls import COLUMNS, Called, Ran, call

from relapse.registry.mlflow_store import MlflowStore


@pytest.fixture
def copied(won: Ran, tmp_path: Path) -> Path:
    """A folder with the store of the finished run and nothing else."""
    shutil.copytree(won.folder / "state", tmp_path / "state")
    return tmp_path


def bare(command: str, path: Path, *words: str, cwd: Path) -> Called:
    """A command with the data's place and none of the settings that the tests usually make quick."""
    return call(command, *COLUMNS, f"data.path={path}", *words, cwd=cwd)


def test_lineage__from_a_lists_manifest_to_its_version_run_config_code_and_data(won, hidden_csv):
    manifest = json.loads((won.list_folder / "manifest.json").read_text())
    store = MlflowStore(uri=None, state=str(won.folder / "state"))
    (one,) = [each for each in store.versions("hidden") if each.digest == manifest["version_digest"]]
    assert (one.number, one.run_id) == (manifest["version"], won.told["run_id"])
    client = store._client
    experiment = client.get_experiment_by_name("relapse-hidden")
    wanted = f'tags.digest = "{manifest["version_digest"]}"'  # what the document says to search for
    assert [run.info.run_id for run in client.search_runs([experiment.experiment_id], wanted)] == [one.run_id]
    tags = store.tags("hidden", one.number)
    assert tags["data_digest"] == manifest["data_digest"]
    assert len(tags["code"]) == 64
    config = store.artifact("hidden", one.number, "config/resolved.yaml").decode()
    assert "trees: 60" in config
    assert "lightgbm" in store.artifact("hidden", one.number, "config/environment.txt").decode()


def test_train__with_a_logged_run_gives_the_same_version_from_data_that_lie_elsewhere(won, copied, hidden_csv):
    manifest = json.loads((won.list_folder / "manifest.json").read_text())
    elsewhere = copied / "here" / "hidden.csv"
    elsewhere.parent.mkdir()
    shutil.copy(hidden_csv, elsewhere)
    done = bare("train", elsewhere, f"run={manifest['version_digest']}", cwd=copied)
    assert done.status == 0, done.err
    assert f"was reproduced: the digest is the same, {manifest['version_digest'][:12]}" in done.err
    assert len(MlflowStore(uri=None, state=str(copied / "state")).versions("hidden")) == 1
    made = {path.name: path.read_bytes() for path in (copied / "outputs/train/model").rglob("*.*")}
    first = {path.name: path.read_bytes() for path in (won.folder / "outputs/train/model").rglob("*.*")}
    assert made == first


def test_train__a_run_on_other_data_is_told_apart_with_status_3(copied, hidden_csv):
    changed = copied / "hidden.csv"
    lines = hidden_csv.read_text().splitlines()
    changed.write_text("\n".join(lines[:-40]) + "\n")
    done = bare("train", changed, "run=1", cwd=copied)
    assert done.status == 3
    assert "the run of version 1 was not reproduced" in done.told
    assert "data " in done.told


@pytest.mark.parametrize(
    ("words", "why"),
    [
        (("run=77",), "no version of 'hidden' has this run, number or digest; there are versions 1"),
        (("run=1", "paths.state=nowhere"), "run `relapse train` first"),
    ],
)
def test_train__an_unknown_run_is_refused(copied, hidden_csv, words, why):
    done = bare("train", hidden_csv, *words, cwd=copied)
    assert done.status == 2
    assert why in done.told
    assert not (copied / "outputs").exists()


def test_train__settings_that_an_older_relapse_logged_are_refused_with_what_to_do(copied, hidden_csv, monkeypatch):
    kept = MlflowStore.artifact

    def older(store: MlflowStore, name: str, version: str, path: str) -> bytes:
        return kept(store, name, version, path).replace(b"\ncalibration:\n", b"\ncalibration_of_before:\n")

    monkeypatch.setattr(MlflowStore, "artifact", older)
    done = bare("train", hidden_csv, "run=1", cwd=copied)
    assert done.status == 2, done.err
    assert "do not fit this relapse (calibration" in done.told
    assert "relapse_version" in done.told


def test_train__data_of_another_kind_are_refused(copied):
    done = call("train", "data=county", "data.path=.", "data.name=hidden", "run=1", cwd=copied)
    assert done.status == 2
    assert "name the data as then, such as data=panel data.path=FILE" in done.told
