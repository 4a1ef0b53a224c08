"""Where MLflow's store is, and making it ready: created once, whole or not at all, and refused if it is not ours.

In: an address from the config and a folder. Out: an absolute address that can be used by several processes at once.
"""

from __future__ import annotations

import contextlib
import logging
import os
import sqlite3
import sys
import urllib.error
import urllib.request
import warnings
from collections.abc import Iterator
from pathlib import Path
from typing import Any

from relapse.core.errors import InputError, RelapseError, nearest
from relapse.registry.moved import mend_moved

LOCK_SECONDS = 300
REACH_SECONDS = 10
_SCHEMES = ("sqlite", "postgresql", "mysql", "http", "https")
_OURS = {"alembic_version", "experiments", "runs", "registered_models", "model_versions"}


def quiet_mlflow() -> Any:
    """Import MLflow offline and quiet: no telemetry, no pickles, no chatter below warnings."""
    os.environ.setdefault("MLFLOW_DISABLE_TELEMETRY", "true")
    os.environ.setdefault("DO_NOT_TRACK", "true")
    os.environ.setdefault("MLFLOW_ENABLE_ARTIFACTS_PROGRESS_BAR", "false")
    os.environ.setdefault("MLFLOW_SUPPRESS_PRINTING_URL_TO_STDOUT", "true")
    os.environ["MLFLOW_ALLOW_PICKLE_DESERIALIZATION"] = "false"
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")  # of its own code, not of ours
        import mlflow
        import mlflow.pyfunc

    for name in ("mlflow", "alembic"):
        logging.getLogger(name).setLevel(logging.WARNING)
    logging.getLogger("mlflow.store.db.utils").setLevel(logging.CRITICAL)  # a traceback of what we tell in a sentence
    return mlflow


def absolute_uri(uri: str | None, state: str) -> str:
    """The store's address, independent of the folder where the command is called.

    Args:
        uri: of `tracking.uri`; None means `mlflow.db` in the state folder.
        state: folder of `paths.state`.

    Raises:
        InputError: an address of a kind that is not known.
    """
    if not uri:
        return _sqlite_uri(Path(state) / "mlflow.db")
    scheme = uri.split("://", maxsplit=1)[0].split("+")[0] if "://" in uri else ""
    if scheme not in _SCHEMES:
        hint = nearest(scheme, _SCHEMES) if scheme else "write sqlite:///FILE for a file"
        raise InputError(f"tracking.uri={uri} is not an address of an MLflow store; {hint}")
    return _sqlite_uri(Path(sqlite_path(uri))) if scheme == "sqlite" else uri.rstrip("/")


def sqlite_path(uri: str) -> str:
    """The file of an SQLite address."""
    return uri.split(":///", maxsplit=1)[-1]


def shown(uri: str) -> str:
    """The address without a password, for messages."""
    scheme, _, rest = uri.partition("://")
    credentials, at, host = rest.rpartition("@")
    return f"{scheme}://{credentials.split(':')[0]}:***@{host}" if at and ":" in credentials else uri


def artifacts_uri(state: str) -> str:
    """Where artifacts of new experiments lie."""
    return (Path(state).resolve() / "artifacts").as_uri()


def prepare(uri: str, state: str) -> None:
    """Create the store if it is not there, and check that it can be used.

    A new SQLite store is made under another name and moved into place, under a lock: several processes may start at
    once, and one that is killed leaves nothing half-made. Where the state folder was moved, its addresses follow.

    Args:
        uri: absolute address.
        state: folder for locks and artifacts.

    Raises:
        InputError: the store is broken, foreign, of another MLflow, or out of reach; says what to do.
    """
    if uri.startswith("http"):
        _reach_server(uri)
        return
    with lock(state), _refused(uri):
        if uri.startswith("sqlite"):
            _make_sqlite(Path(sqlite_path(uri)), state)
        else:
            _reach_database(uri)
        if uri.startswith("sqlite") and not _is_current(uri):
            _migrate_sqlite(Path(sqlite_path(uri)), state)
        if uri.startswith("sqlite"):
            mend_moved(Path(sqlite_path(uri)), artifacts_uri(state), _copy_sqlite)
        _open(uri, state)


@contextlib.contextmanager
def lock(state: str) -> Iterator[None]:
    """Hold the store for this process; others wait.

    Raises:
        InputError: the folder cannot be written.
        RelapseError: another process holds it for too long.
    """
    import filelock

    try:
        Path(state).mkdir(parents=True, exist_ok=True)
        held = filelock.FileLock(Path(state) / "mlflow.lock", timeout=LOCK_SECONDS)
        held.acquire()
    except filelock.Timeout:
        raise RelapseError(
            f"another run has held {state}/mlflow.lock for {LOCK_SECONDS} s; wait for it or end it"
        ) from None
    except OSError as fault:
        raise InputError(f"paths.state={state} cannot be written ({fault.strerror}); choose another folder") from None
    try:
        yield
    finally:
        held.release()


def _sqlite_uri(path: Path) -> str:
    full = str(path.resolve())
    if {"?", "#", "%"} & set(full):
        raise InputError(f"an SQLite store cannot lie at {full}: ? # % are not possible in its path; set paths.state")
    return f"sqlite:///{full}"


def _make_sqlite(path: Path, state: str) -> None:
    if path.exists() and path.stat().st_size:
        _check_sqlite(path)
        return
    path.parent.mkdir(parents=True, exist_ok=True)
    new = path.with_name(f"{path.name}.{os.getpid()}.new")
    new.unlink(missing_ok=True)
    try:
        _open(f"sqlite:///{new}", state)
        new.replace(path)
    finally:
        new.unlink(missing_ok=True)


def _check_sqlite(path: Path) -> None:
    with contextlib.closing(sqlite3.connect(f"file:{path}?mode=ro", uri=True)) as connection:
        tables = {name for (name,) in connection.execute("select name from sqlite_master where type = 'table'")}
    if not tables >= _OURS:
        raise InputError(
            f"{path} is an SQLite file, but no MLflow store; move it away or set tracking.uri=sqlite:///FILE"
        )


def _is_current(uri: str) -> bool:
    """Whether the store has the tables of the MLflow that is installed."""
    from mlflow.store.db.utils import _get_latest_schema_revision

    return bool(_revision(Path(sqlite_path(uri))) == _get_latest_schema_revision())


def _revision(path: Path) -> str:
    with contextlib.closing(sqlite3.connect(f"file:{path}?mode=ro", uri=True)) as connection:
        found = connection.execute("select version_num from alembic_version").fetchone()
    return str(found[0]) if found else "none"


def _migrate_sqlite(path: Path, state: str) -> None:
    """Bring a store of an older MLflow up to the installed one; the old file is kept beside it.

    A copy is migrated, opened, and only then written over the old store, in one transaction of SQLite's: whoever is
    killed on the way leaves the old one, and others that have it open go on with the new one.

    Raises:
        InputError: no older store of this MLflow: a newer one made it.
    """
    from alembic.script import ScriptDirectory
    from alembic.util import CommandError
    from mlflow.store.db.utils import _get_alembic_config, _upgrade_db, create_sqlalchemy_engine

    revision = _revision(path)
    try:
        ScriptDirectory.from_config(_get_alembic_config(f"sqlite:///{path}")).get_revision(revision)
    except CommandError:
        raise InputError(
            f"{path} was made by a newer MLflow (tables of {revision}), this one cannot read it; install that one: "
            f"pip install -U mlflow"
        ) from None
    backup, new = path.with_name(f"{path.name}.{revision}.bak"), path.with_name(f"{path.name}.{os.getpid()}.new")
    new.unlink(missing_ok=True)
    try:
        _copy_sqlite(path, new)
        engine = create_sqlalchemy_engine(f"sqlite:///{new}")
        _upgrade_db(engine)
        engine.dispose()
        _open(f"sqlite:///{new}", state)
        if not backup.exists():
            _copy_sqlite(path, backup)
        _write_over(new, path)
    finally:
        new.unlink(missing_ok=True)
    sys.stderr.write(f"{path}: tables of an older MLflow were migrated; the file as it was is {backup.name}\n")


def _copy_sqlite(source: Path, target: Path) -> None:
    """A whole copy, also of what is written at this moment; under another name until it is whole."""
    part = target.with_name(f"{target.name}.part")
    part.unlink(missing_ok=True)
    _write_over(source, part)
    part.replace(target)


def _write_over(source: Path, target: Path) -> None:
    with contextlib.closing(sqlite3.connect(source)) as one, contextlib.closing(sqlite3.connect(target)) as other:
        one.backup(other)


def _open(uri: str, state: str) -> None:
    """Let MLflow create what is missing and check its own schema."""
    quiet_mlflow()
    from mlflow.store.tracking.sqlalchemy_store import SqlAlchemyStore

    store = SqlAlchemyStore(uri, artifacts_uri(state))
    store.engine.dispose()


def _reach_database(uri: str) -> None:
    """A quick look before MLflow tries for a minute."""
    import sqlalchemy

    seconds = {"connect_timeout": REACH_SECONDS}
    engine = sqlalchemy.create_engine(uri, connect_args=seconds, poolclass=sqlalchemy.pool.NullPool)
    engine.connect().close()


def _reach_server(uri: str) -> None:
    """Ask for the server's health, which one with a login answers, too."""
    try:
        with urllib.request.urlopen(f"{uri}/health", timeout=REACH_SECONDS) as answer:
            health = answer.read(40).decode("utf-8", "replace")
    except (OSError, ValueError, urllib.error.URLError) as fault:
        raise InputError(f"no MLflow server answers at {shown(uri)} ({fault}); start it or set tracking.uri") from None
    if health.strip() != "OK":
        raise InputError(f"what answers at {shown(uri)} is no MLflow server; set tracking.uri")


@contextlib.contextmanager
def _refused(uri: str) -> Iterator[None]:
    """Turn what databases raise on opening into one sentence."""
    quiet_mlflow()
    import alembic.util
    import sqlalchemy.exc
    from mlflow.exceptions import MlflowException

    try:
        yield
    except sqlite3.DatabaseError as fault:
        raise InputError(
            f"{sqlite_path(uri)} is no SQLite database ({fault}); move it away or set tracking.uri"
        ) from None
    except ModuleNotFoundError as fault:
        extra = (
            "pip install 'relapse-forecast[postgresql]'"
            if uri.startswith("postgresql")
            else f"pip install {fault.name}"
        )
        raise InputError(f"{shown(uri)} needs the package {fault.name}: {extra}") from None
    except OSError as fault:
        raise InputError(
            f"{shown(uri)} cannot be written ({fault.strerror}); set paths.state or tracking.uri"
        ) from None
    except (MlflowException, alembic.util.CommandError, sqlalchemy.exc.SQLAlchemyError) as fault:
        first = str(fault).splitlines()[0]
        advice = (
            f"back it up, then run: mlflow db upgrade '{shown(uri)}'"
            if "schema" in first or "revision" in first
            else "check it, or set tracking.uri"
        )
        raise InputError(f"the MLflow store {shown(uri)} cannot be used ({first}); {advice}") from None
