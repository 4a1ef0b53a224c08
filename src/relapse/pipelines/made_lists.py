"""The log of who made which list: the account of the operating system, the month, and the list's digest."""

from __future__ import annotations

import csv
import getpass
import hashlib
import io
from pathlib import Path

from relapse.outputs import locked, write_all
from relapse.pipelines.common import WAIT_SECONDS, say
from relapse.pipelines.issued import MANIFEST

FOLDER, FILE = "log", "lists.csv"
HEADER = ("user", "county", "list", "digest")


def remember(state: Path, county: str, folder: Path) -> None:
    """Write down who made a list, once for each list; no household is named.

    A run that was killed between the list and this line is made good by the next one, since the same list is told once.

    Args:
        state: of `paths.state`; the log lies there and outlives any outputs folder.
        county: its name.
        folder: of the list's files.
    """
    edition = folder.name if folder.name.startswith("edition-") else "edition-1"
    month = folder.parent.name if folder.name.startswith("edition-") else folder.name
    digest = hashlib.sha256((folder / MANIFEST).read_bytes()).hexdigest()
    with locked(state / FOLDER, WAIT_SECONDS, say):
        told = log_rows(state)
        if [county, f"{month} {edition}", digest] in [row[1:] for row in told]:
            return
        row = [_user(), county, f"{month} {edition}", digest]
        write_all(state / FOLDER, {FILE: _written([list(HEADER), *told, row])})


def log_rows(state: Path) -> list[list[str]]:
    """The rows of the log, oldest first."""
    file = state / FOLDER / FILE
    if not file.is_file():
        return []
    return list(csv.reader(io.StringIO(file.read_text(encoding="utf-8-sig"))))[1:]


def _user() -> str:
    """The account that runs this; empty where the system tells none, as in some containers."""
    try:
        return getpass.getuser()
    except (OSError, KeyError, ImportError):
        return ""


def _written(rows: list[list[str]]) -> bytes:
    text = io.StringIO()
    csv.writer(text, lineterminator="\r\n").writerows(rows)
    return text.getvalue().encode("utf-8-sig")
