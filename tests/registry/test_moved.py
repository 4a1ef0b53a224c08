"""A state folder that was moved or copied keeps its versions, artifacts and review page."""

from __future__ import annotations

import json
import os
import shutil
import sqlite3
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path

import pytest

from relapse.core.errors import InputError
from relapse.core.record import Record
from relapse.registry import moved
from relapse.registry.database import quiet_mlflow
from relapse.registry.mlflow_store import MlflowStore

Make = Callable[..., Record]


@pytest.fixture
def held(store: MlflowStore, record: Make) -> MlflowStore:
    """A store with a champion, a decision on it, and a second version."""
    store.log(record(), forbidden=[])
    store.set_champion("wage_panel", "1", {"reviewer": "Li"})
    store.keep_decision("wage_panel", "1", b"{}", "")
    store.log(record(digest="b" * 64), forbidden=[])
    return store


def opened(state: Path) -> MlflowStore:
    made = MlflowStore(uri=None, state=str(state))
    made.prepare()
    return made


def addresses(state: Path) -> list[str]:
    """All that the store says of where artifacts lie."""
    places = [("experiments", "artifact_location"), *moved._PLACES]
    with sqlite3.connect(state / "mlflow.db") as connection:
        return [
            value
            for table, column in places
            for (value,) in connection.execute(f"select {column} from {table}")
            if "/0" not in value  # MLflow's own experiment, which has none
        ]


OTHER_PROCESS = """
import sys
from relapse.registry.mlflow_store import MlflowStore

store = MlflowStore(uri=None, state=sys.argv[1])
store.prepare()
print(sorted(store.files("wage_panel", "champion")))
print(store.artifact("wage_panel", "2", "report.html"))
store.keep_decision("wage_panel", "1", b"{}", "")
print("decisions/002.json" in store.kept("wage_panel", "1"))
"""


def test_prepare__a_state_folder_that_was_moved_opens_where_it_lies(
    held: MlflowStore, record: Make, tmp_path: Path
) -> None:
    """In a process of its own, as whoever moved it would: MLflow remembers for a process where a run's artifacts are."""
    there = tmp_path / "deeper" / "别处 的 state"
    there.parent.mkdir()
    shutil.move(held.state, there)
    done = subprocess.run(
        [sys.executable, "-c", OTHER_PROCESS, str(there)], capture_output=True, text=True, check=False,
        env={**os.environ, "PYTHONPATH": os.pathsep.join(sys.path)},
    )  # fmt: skip
    assert done.returncode == 0, done.stderr
    told = [str(sorted(record().files)), str(record().artifacts["report.html"]), "True"]
    assert done.stdout.splitlines() == told
    assert "the folder was moved" in done.stderr
    assert all(place.startswith(f"{there.as_uri()}/artifacts/") for place in addresses(there))
    assert not Path(held.state).exists()  # nothing was written to where it was


def test_prepare__a_moved_store_is_mended_once_and_goes_on(
    held: MlflowStore, record: Make, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    there = tmp_path / "elsewhere"
    shutil.move(held.state, there)
    store = opened(there)
    assert "the folder was moved" in capsys.readouterr().err
    assert not store.log(record(digest="c" * 64), forbidden=[]).reused
    opened(there)
    assert capsys.readouterr().err == ""
    assert not Path(held.state).exists()


def test_prepare__a_moved_model_is_loaded_by_mlflow_itself(held: MlflowStore, tmp_path: Path) -> None:
    there = tmp_path / "elsewhere"
    shutil.move(held.state, there)
    uri = opened(there).tracking_uri()
    client = quiet_mlflow().MlflowClient(tracking_uri=uri, registry_uri=uri)
    version = client.get_model_version_by_alias("wage_panel", "champion")
    assert (moved.path_of(version.source) / "MLmodel").is_file()
    assert version.source == client.get_model_version_download_uri("wage_panel", version.version)


def test_prepare__a_copy_reads_and_writes_its_own_artifacts_and_leaves_the_first_as_it_was(
    held: MlflowStore, record: Make, tmp_path: Path
) -> None:
    copy, before = tmp_path / "copy", sorted(Path(held.state).rglob("*"))
    shutil.copytree(held.state, copy)
    own = opened(copy)
    own.log(record(digest="c" * 64), forbidden=[])
    own.keep_decision("wage_panel", "1", b"{}", "")
    assert set(json.loads(own.artifact("wage_panel", "1", "decisions/002.json"))) == {"decided_at"}
    assert sorted(Path(held.state).rglob("*")) == before
    assert all(str(copy) in place for place in addresses(copy))
    assert all(held.state.replace(" ", "%20") in place for place in addresses(Path(held.state)))


def test_prepare__artifacts_that_were_left_behind_are_read_there_and_where_they_are_gone_that_is_said(
    held: MlflowStore, record: Make, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    alone = tmp_path / "alone"
    alone.mkdir()
    shutil.copy(Path(held.state) / "mlflow.db", alone)
    store = opened(alone)
    assert capsys.readouterr().err == ""
    assert store.files("wage_panel", "1") == dict(record().files)
    shutil.rmtree(Path(held.state) / "artifacts")
    with pytest.raises(InputError, match=r"files of version 1 of 'wage_panel' are not at .*paths\.state=DIR"):
        store.files("wage_panel", "1")


def test_prepare__mending_that_dies_leaves_the_store_as_it_was_and_is_done_again(
    held: MlflowStore, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    there = tmp_path / "elsewhere"
    shutil.move(held.state, there)
    before = addresses(there)

    def die(*_: object) -> None:
        raise KeyboardInterrupt

    with monkeypatch.context() as patched:
        patched.setattr(moved, "_experiments", die)
        with pytest.raises(KeyboardInterrupt):
            opened(there)
    assert addresses(there) == before
    opened(there)
    with sqlite3.connect(there / f"mlflow.db.{moved.BACKUP}") as connection:
        kept = connection.execute("select source from model_versions order by version").fetchall()
    assert all(place in before for (place,) in kept)
    assert not set(addresses(there)) & set(before)


def test_files__of_a_database_that_is_not_changed__the_message_has_the_command_that_leads_there(
    held: MlflowStore, tmp_path: Path
) -> None:
    there = tmp_path / "else where"
    shutil.move(held.state, there)
    store = MlflowStore(uri=None, state=str(there))  # not prepared, as a PostgreSQL store is not mended
    with pytest.raises(InputError, match="let the old path lead there: mkdir -p ") as told:
        store.files("wage_panel", "1")
    command = str(told.value).partition("lead there: ")[2]
    assert subprocess.run(command, shell=True, check=False).returncode == 0
    assert "version.json" in store.files("wage_panel", "1")
    assert store.artifact("wage_panel", "1", "report.html")


def test_files__what_is_nowhere_is_not_led_anywhere(held: MlflowStore, tmp_path: Path) -> None:
    gone = tmp_path / "gone"
    shutil.move(held.state, gone)
    shutil.rmtree(gone / "artifacts")
    with pytest.raises(InputError, match="bring the folder artifacts back"):
        MlflowStore(uri=None, state=str(gone)).files("wage_panel", "1")
