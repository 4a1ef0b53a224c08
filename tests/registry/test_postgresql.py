"""MLflow's store in PostgreSQL, by its address alone: a real server on loopback, begun and ended by the test."""

from __future__ import annotations

import os
import shutil
import socket
import subprocess
import tempfile
from collections.abc import Callable, Iterator
from dataclasses import replace
from importlib.util import find_spec
from pathlib import Path

import pytest

from relapse.core.errors import InputError
from relapse.core.record import Record
from relapse.registry.mlflow_store import MlflowStore


def programs() -> Path | None:
    """Where PostgreSQL's programs lie; Debian keeps them out of the path."""
    found = [*sorted(Path("/usr/lib/postgresql").glob("*/bin/initdb"), key=str), shutil.which("initdb")]
    return next((Path(each).parent for each in reversed(found) if each), None)


PROGRAMS = programs()
pytestmark = [
    pytest.mark.slow,
    pytest.mark.skipif(
        PROGRAMS is None or find_spec("psycopg") is None, reason="needs Debian's postgresql and the extra `postgresql`"
    ),
]


@pytest.fixture(scope="module")
def address() -> Iterator[str]:
    """A new, empty database; PostgreSQL refuses to run as root, and is then its own user."""
    folder = Path(tempfile.mkdtemp(prefix="relapse-pg-"))
    user = ["runuser", "-u", "postgres", "--"] if os.geteuid() == 0 else []
    if user:
        shutil.chown(folder, "postgres")

    def run(program: str, *words: str) -> None:
        command = [*user, str(Path(str(PROGRAMS)) / program), *words]
        done = subprocess.run(command, cwd=folder, stdout=subprocess.DEVNULL, stderr=subprocess.PIPE, text=True)
        assert done.returncode == 0, done.stderr

    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port = probe.getsockname()[1]
    data = str(folder / "data")
    run("initdb", "-D", data, "-U", "relapse", "-A", "trust", "-E", "UTF8", "--no-sync")
    settings = f"-p {port} -c listen_addresses=127.0.0.1 -c unix_socket_directories={folder} -c fsync=off"
    run("pg_ctl", "-D", data, "-o", settings, "-l", str(folder / "log"), "-w", "start")
    try:
        yield f"postgresql://relapse:secret@127.0.0.1:{port}/postgres"
    finally:
        run("pg_ctl", "-D", data, "-m", "immediate", "-w", "stop")
        shutil.rmtree(folder, ignore_errors=True)


def test_postgresql__keeps_versions_and_the_champion_by_its_address_alone(
    address: str, record: Callable[..., Record], tmp_path: Path
) -> None:
    store = MlflowStore(uri=address, state=str(tmp_path / "state"))
    store.prepare()
    store.prepare()
    for digest in "ab":
        store.log(record(digest=digest * 64), forbidden=[])
        store.set_champion("wage_panel", {"a": "1", "b": "2"}[digest], {"reviewer": "李"})
    assert store.log(record(), forbidden=[]).reused
    assert store.files("wage_panel", "champion") == dict(record().files)
    assert store.tags("wage_panel", "champion")["reviewer"] == "李"
    assert store.artifact("wage_panel", "2", "report.html") == record().artifacts["report.html"]
    assert store.rollback("wage_panel").number == "1"
    elsewhere = MlflowStore(uri=address, state=str(tmp_path / "another machine"))
    elsewhere.prepare()
    assert [one.number for one in elsewhere.versions("wage_panel")] == ["1", "2"]
    assert not (tmp_path / "state" / "mlflow.db").exists()


def test_postgresql__out_of_reach_is_one_sentence_without_the_password(address: str, tmp_path: Path) -> None:
    wrong = address.rpartition("/")[0] + "/nowhere"
    with pytest.raises(InputError, match="nowhere") as refused:
        MlflowStore(uri=wrong, state=str(tmp_path / "state")).prepare()
    assert "secret" not in str(refused.value)


def test_postgresql__older_tables_are_refused_with_the_command_to_run(address: str, tmp_path: Path) -> None:
    import sqlalchemy

    store = MlflowStore(uri=address, state=str(tmp_path / "state"))
    store.prepare()
    engine = sqlalchemy.create_engine(address)
    with engine.begin() as connection:
        now = connection.execute(sqlalchemy.text("select version_num from alembic_version")).scalar_one()
        connection.execute(sqlalchemy.text("update alembic_version set version_num = 'c3d9e7f1a2b4'"))
    try:
        with pytest.raises(InputError, match=r"back it up, then run: mlflow db upgrade 'postgresql://"):
            MlflowStore(uri=address, state=str(tmp_path / "state")).prepare()
    finally:
        with engine.begin() as connection:
            connection.execute(sqlalchemy.text(f"update alembic_version set version_num = '{now}'"))
        engine.dispose()


def test_postgresql__a_state_folder_that_was_moved_is_led_to_by_the_command_in_the_message(
    address: str, record: Callable[..., Record], tmp_path: Path
) -> None:
    mine = replace(record(name="moved"), experiment="moved")  # one that no other test has made elsewhere
    MlflowStore(uri=address, state=str(tmp_path / "state")).log(mine, forbidden=[])
    shutil.move(tmp_path / "state", tmp_path / "elsewhere")
    store = MlflowStore(uri=address, state=str(tmp_path / "elsewhere"))
    store.prepare()
    with pytest.raises(InputError, match="a database that others may share is not changed") as told:
        store.files("moved", "1")
    subprocess.run(str(told.value).partition("lead there: ")[2], shell=True, check=True)
    assert store.files("moved", "1") == dict(record().files)
    assert store.artifact("moved", "1", "report.html") == record().artifacts["report.html"]
