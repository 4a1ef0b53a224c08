"""Which version is champion, read straight from the store's file: quick, and without MLflow."""

from __future__ import annotations

import contextlib
import sqlite3
from dataclasses import dataclass
from pathlib import Path

from relapse.registry.database import sqlite_path

_CHAMPION = """
select alias.version, tag.key, tag.value from registered_model_aliases alias
left join model_version_tags tag on tag.name = alias.name and tag.version = alias.version
where alias.name = ? and alias.alias = 'champion'
"""


@dataclass(frozen=True)
class Glance:
    """The champion of a model.

    Args:
        number: of the version.
        digest: of its content.
        reviewed: whether a reviewer has promoted it.
    """

    number: str
    digest: str
    reviewed: bool


def champion_at_a_glance(uri: str, name: str) -> Glance | None:
    """The champion in a store that is an SQLite file; None where there is none, or the store is no such file.

    Args:
        uri: absolute address of the store.
        name: of the model.
    """
    file = Path(sqlite_path(uri))
    if not uri.startswith("sqlite") or not file.is_file():
        return None
    try:
        with contextlib.closing(sqlite3.connect(f"{file.resolve().as_uri()}?mode=ro", uri=True)) as store:
            rows = store.execute(_CHAMPION, (name,)).fetchall()
    except sqlite3.DatabaseError:
        return None
    if not rows:
        return None
    tags = {str(key): str(value) for _, key, value in rows}
    return Glance(str(rows[0][0]), tags.get("digest", ""), tags.get("reviewed") == "true")
