"""A state folder that was moved or copied: MLflow writes down whole addresses of artifacts, which then lead nowhere.

In: an SQLite store and the folder where artifacts lie now. Out: the store with those addresses that are found again
there, or as it was. A database that several share is never changed: others may still reach the folder as it was.
"""

from __future__ import annotations

import contextlib
import shlex
import sqlite3
import sys
import urllib.parse
from collections.abc import Callable
from pathlib import Path

_FILE = "file://"
_PLACES = (
    ("runs", "artifact_uri"),
    ("logged_models", "artifact_location"),
    ("model_versions", "source"),
    ("model_versions", "storage_location"),
)
BACKUP = "moved.bak"  # as the store was before it was last mended


def mend_moved(store: Path, artifacts: str, keep: Callable[[Path, Path], None]) -> None:
    """Let addresses lead to the artifacts that lie beside the store now; others stay as they are.

    An address changes only where its folder is found in the present place, so a store whose artifacts were left behind
    goes on reading them there, and one that was copied with them reads its own. The store changes in one transaction.

    Args:
        store: SQLite file.
        artifacts: address of the folder where artifacts lie now.
        keep: copies the store as it is to a backup beside it.
    """
    with contextlib.closing(sqlite3.connect(store)) as connection:
        roots = {
            place.rpartition("/")[0]
            for (place,) in connection.execute("select artifact_location from experiments")
            if place and place.startswith(_FILE)
        }
        found = [
            (f"update {table} set {column} = ? where {column} = ?", now, before)
            for root in sorted(roots - {artifacts})
            for table, column in _PLACES
            for before, now in _found(connection, table, column, root, artifacts)
        ]
        if not found:
            return
        found += _experiments(connection, roots - {artifacts}, artifacts)
        keep(store, store.with_name(f"{store.name}.{BACKUP}"))
        with connection:
            for statement, now, before in found:
                connection.execute(statement, (now, before))
    sys.stderr.write(
        f"{store}: the folder was moved, {len(found)} addresses of artifacts now lead to {path_of(artifacts)}; the "
        f"file as it was is {store.name}.{BACKUP}\n"
    )


def led_back(source: str, artifacts: str) -> str | None:
    """The command that lets an address which leads nowhere lead to where its folder lies now.

    A link does so on one machine and leaves the store, which others share, as it is.

    Args:
        source: address of a folder that is not there.
        artifacts: address of the folder where artifacts lie now.

    Returns:
        None where the folder is not found there, or something else lies in its old place.
    """
    old, new = path_of(source), path_of(artifacts)
    for root in old.parents:
        if root != new and (new / old.relative_to(root)).is_dir():
            if root.exists() or root.is_symlink():
                return None
            parent, place, there = (shlex.quote(str(path)) for path in (root.parent, root, new))
            return f"mkdir -p {parent} && ln -s {there} {place}"
    return None


def path_of(address: str) -> Path:
    """The folder of a file's address."""
    return Path(urllib.parse.unquote(urllib.parse.urlparse(address).path))


def _found(connection: sqlite3.Connection, table: str, column: str, root: str, artifacts: str) -> list[tuple[str, str]]:
    """Addresses below a root, each with the present one, of those whose folder is there."""
    told = connection.execute(f"select distinct {column} from {table} where instr({column}, ?) = 1", (f"{root}/",))
    pairs = [(before, artifacts + before[len(root) :]) for (before,) in told]
    return [(before, now) for before, now in pairs if path_of(now).is_dir()]


def _experiments(connection: sqlite3.Connection, roots: set[str], artifacts: str) -> list[tuple[str, str, str]]:
    """Experiments go on in the present place."""
    told = connection.execute("select distinct artifact_location from experiments")
    return [
        ("update experiments set artifact_location = ? where artifact_location = ?", f"{artifacts}/{name}", before)
        for (before,) in told
        for root, _, name in [str(before).rpartition("/")]
        if root in roots
    ]
