"""The same again gives the same bytes; something else gives a further edition; nothing issued is overwritten."""

from __future__ import annotations

import json
import shutil
from pathlib import Path

import pytest
from calls import Ran, call, files, finished, on, start

from relapse.registry.mlflow_store import MlflowStore


@pytest.fixture
def copied(won: Ran, tmp_path: Path) -> Path:
    """The finished run, to be changed: its outputs and its store (whose artifacts stay where they are)."""
    return Path(shutil.copytree(won.folder, tmp_path / "copied"))


def lists(folder: Path) -> dict[str, bytes]:
    return files(folder / "outputs" / "lists")


def test_rerun__gives_the_same_bytes_and_reuses_the_version(won, copied):
    again = call(*won.words, cwd=copied)
    assert again.status == 0, again.err
    assert lists(copied) == lists(won.folder)
    assert [one.number for one in MlflowStore(uri=None, state=str(copied / "state")).versions("hidden")] == ["1"]
    assert "written=False" in again.err
    one, two = (files(folder / "outputs") for folder in (won.folder, copied))
    same = {name for name in one if one[name] == two.get(name)}
    assert set(one) - same <= {"run.json"}  # which tells seconds and the store's address
    assert json.loads(two["run.json"])["run_id"] == won.told["run_id"]


def test_rerun__nothing_of_a_first_edition_is_touched(won, copied):
    before = {path: path.stat().st_mtime_ns for path in (copied / "outputs/lists").rglob("*") if path.is_file()}
    assert on("score", won.words[-1].partition("=")[2], cwd=copied).status == 0
    assert {path: path.stat().st_mtime_ns for path in (copied / "outputs/lists").rglob("*") if path.is_file()} == before


def test_rerun__another_folder_process_and_order_of_hashes_give_the_same_bytes(won, tmp_path, ready_db):
    elsewhere = tmp_path / "other place"
    (elsewhere / "state").mkdir(parents=True)
    shutil.copy(ready_db, elsewhere / "state" / "mlflow.db")
    done = finished(start(*won.words, cwd=elsewhere, PYTHONHASHSEED="77", TZ="Asia/Shanghai", OMP_NUM_THREADS="1"))
    assert done.status == 0, done.err
    assert lists(elsewhere) == lists(won.folder)
    assert files(elsewhere / "outputs/train") == files(won.folder / "outputs/train")
    assert files(elsewhere / "outputs/backtest") == files(won.folder / "outputs/backtest")


def test_rerun__other_content_becomes_the_second_edition_and_says_what_changed(won, copied, hidden_csv):
    first = lists(copied)
    done = on("score", hidden_csv, "risk_list.length=10", cwd=copied)
    assert done.status == 0, done.err
    now = lists(copied)
    assert {name: now[name] for name in first} == first
    edition = "hidden/2014/edition-2"
    assert {name for name in now if name not in first} == {
        f"{edition}/{name}" for name in ("list.csv", "list.html", "list.xlsx", "manifest.json", "changes.json")
    }
    changed = json.loads(now[f"{edition}/changes.json"])
    assert changed["edition"] == 2
    assert changed["changed"]["listed"] == {"before": 80, "now": 20}
    assert "edition-2" in done.err
    again = on("score", hidden_csv, "risk_list.length=10", cwd=copied)
    assert "written=False" in again.err
    assert lists(copied) == now
    assert on("score", hidden_csv, "risk_list.length=12", cwd=copied).status == 0
    assert "hidden/2014/edition-3/list.csv" in lists(copied)
    assert on("score", hidden_csv, cwd=copied).status == 0  # the first once more
    assert set(lists(copied)) == {
        *now,
        *(name.replace("edition-2", "edition-3") for name in now if "edition-2" in name),
    }


def test_rerun__another_seed_is_another_version(home, plain_csv):
    for seed in (1, 2, 1):
        assert on("train", plain_csv, f"seed={seed}", cwd=home).status == 0
    versions = MlflowStore(uri=None, state=str(home / "state")).versions("plain")
    assert [one.number for one in versions] == ["1", "2"]
    assert versions[0].digest != versions[1].digest
