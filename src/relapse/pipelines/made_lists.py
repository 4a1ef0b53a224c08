"""The log of who made which list and who deleted what: the account of the operating system, the month, a digest."""

from __future__ import annotations

import csv
import getpass
import hashlib
import io
from pathlib import Path

from relapse.outputs import locked, write_all
from relapse.pipelines.common import WAIT_SECONDS, say
from relapse.pipelines.issued import MANIFEST

FOLDER, LISTS, DELETED = "log", "lists.csv", "deleted.csv"
HEADERS = {LISTS: ("user", "county", "list", "digest"), DELETED: ("user", "county", "what", "month", "files")}


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
    told = [county, f"{month} {edition}", digest]
    with locked(state / FOLDER, WAIT_SECONDS, say):
        if told not in [row[1:] for row in log_rows(state, LISTS)]:
            _add(state, LISTS, told)


def remember_deletion(state: Path, county: str, what: str, month: str, files: int) -> None:
    """Write down who deleted what of a month; no household is named."""
    with locked(state / FOLDER, WAIT_SECONDS, say):
        _add(state, DELETED, [county, what, month, str(files)])


def log_rows(state: Path, name: str) -> list[list[str]]:
    """The rows of a log, oldest first."""
    file = state / FOLDER / name
    if not file.is_file():
        return []
    return list(csv.reader(io.StringIO(file.read_text(encoding="utf-8-sig"))))[1:]


def _add(state: Path, name: str, told: list[str]) -> None:
    rows = [list(HEADERS[name]), *log_rows(state, name), [_user(), *told]]
    text = io.StringIO()
    csv.writer(text, lineterminator="\r\n").writerows(rows)
    write_all(state / FOLDER, {name: text.getvalue().encode("utf-8-sig")})


def _user() -> str:
    """The account that runs this; empty where the system tells none, as in some containers."""
    try:
        return getpass.getuser()
    except (OSError, KeyError, ImportError):
        return ""
