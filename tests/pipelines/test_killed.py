"""A run that is killed leaves what was there whole, and the next one puts everything right."""

from __future__ import annotations

import json
import re
import shutil
import signal
import time
from pathlib import Path

import pandas as pd
import pytest
from calls import Ran, files, on, start, words_of

from relapse.registry.mlflow_store import MlflowStore


@pytest.fixture
def copied(won: Ran, tmp_path: Path) -> Path:
    return Path(shutil.copytree(won.folder, tmp_path / "copied"))


def whole(folder: Path) -> None:
    """Every file can be read, and every manifest speaks the truth of the files beside it."""
    import hashlib

    for path in folder.rglob("*"):
        if path.suffix == ".json":
            json.loads(path.read_text())
        elif path.suffix == ".parquet":
            pd.read_parquet(path)
        if path.name == "manifest.json":
            told = json.loads(path.read_text())["files"]
            assert {name: hashlib.sha256((path.parent / name).read_bytes()).hexdigest() for name in told} == told


def kill(after: str, words: list[str], folder: Path) -> None:
    """Start a command and kill it as soon as it told that a stage is over."""
    process = start(*words, cwd=folder)
    assert process.stderr is not None
    for line in process.stderr:
        if re.match(rf"{after} +[\d.]+ s", line):
            time.sleep(0.15 if after == "explain" else 0)  # in the midst of what is written to the registry
            process.send_signal(signal.SIGKILL)
            break
    process.communicate()
    assert process.returncode == -signal.SIGKILL


def test_run__killed_at_one_stage_and_then_at_another(won, copied, hidden_csv):
    """The champion and the outputs stay whole each time, and a rerun ends well."""
    for after in ("explain", "write"):
        kill(after, words_of("run", hidden_csv, "seed=4", "horizons=1"), copied)
        whole(copied / "outputs")
        before = files(won.folder / "outputs/lists")
        assert {name: data for name, data in files(copied / "outputs/lists").items() if name in before} == before
        store = MlflowStore(uri=None, state=str(copied / "state"))
        champion = store.champion("hidden")
        assert champion is not None
        assert champion.number == "1"
        for version in store.versions("hidden"):
            assert store.files("hidden", version.number)["version.json"]
    again = on("run", hidden_csv, "seed=4", cwd=copied)
    assert again.status == 0, again.err
    whole(copied / "outputs")
    assert not list((copied / "outputs").rglob(".writing-*"))
    assert [one.number for one in store.versions("hidden")] == ["1", "2"]
    told = json.loads((copied / "outputs/run.json").read_text())
    assert told["model_version"] == "2"


def test_run__killed_before_there_was_anything(home, plain_csv):
    process = start(*words_of("run", plain_csv), cwd=home)
    assert process.stderr is not None
    next(line for line in process.stderr if line.startswith("read"))
    process.kill()
    process.communicate()
    assert MlflowStore(uri=None, state=str(home / "state")).champion("plain") is None
    assert on("run", plain_csv, cwd=home).status == 0
    assert MlflowStore(uri=None, state=str(home / "state")).champion("plain") is not None


def test_run__stopped_by_the_user(home, plain_csv):
    process = start(*words_of("run", plain_csv), cwd=home)
    assert process.stderr is not None
    said = [next(line for line in process.stderr if line.startswith("read"))]
    process.send_signal(signal.SIGINT)
    said += list(process.stderr)
    assert process.wait(60) == 130
    assert said[-1] == "relapse run: stopped\n"
    assert "Traceback" not in "".join(said)
    process.communicate()
