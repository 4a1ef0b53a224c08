"""`relapse expire`: what is past its time is shown, and deleted once that is confirmed."""

from __future__ import annotations

import datetime
import re
import shutil
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from pathlib import Path

from relapse.core.errors import InputError
from relapse.core.keep import Keep
from relapse.core.periods import Calendar
from relapse.core.protocols import Data
from relapse.core.recipe import PeriodText
from relapse.data.county_files import FEEDBACK
from relapse.data.county_folder import CountyFolder
from relapse.data.handback.store import RECEIVED
from relapse.outputs import Paths, locked
from relapse.pipelines.common import WAIT_SECONDS, say
from relapse.pipelines.made_lists import remember_deletion
from relapse.terminal import closing_table

_MONTHS = Calendar("monthly")
_MONTH = re.compile(r"(\d{4}-\d{2})(?:-.*)?")


@dataclass(frozen=True)
class Past:
    """What is past its time.

    Args:
        what: kind, such as `list`.
        month: of the data.
        path: a file or a folder.
        files: how many there are in it.
    """

    what: str
    month: str
    path: Path
    files: int


def expire(data: Data, keep: Keep, confirm: bool, paths: Paths, as_of: PeriodText | None) -> None:
    """Show which lists, outboxes, pages and handed-back workbooks are past keep.months, and delete them on confirm.

    Months are counted from today's, or from as_of. The visits themselves, the log of who made which list, figures
    without households and the county's own tables stay: these are for the office to decide.

    Examples:
        relapse expire --config-dir mycounty/conf data=mycounty
        relapse expire --config-dir mycounty/conf data=mycounty confirm=true
    """
    with locked(paths.outputs, WAIT_SECONDS, say):
        last = last_kept(keep, as_of)
        past = list(past_its_time(data, paths, last))
        rows = [[each.what, each.month, str(each.path), f"{each.files:,}"] for each in past]
        if confirm:
            for each in past:
                delete(each)
                remember_deletion(paths.state, data.panel_name, each.what, each.month, each.files)
    closing_table("Deleted" if confirm else "Would be deleted", ["what", "month", "path", "files"], rows, [])
    label = _MONTHS.label(last)
    if not past:
        say(f"nothing is older than {label}: everything is kept for {keep.months} months")
    elif not confirm:
        say(f"nothing was deleted; all of months before {label} goes with confirm=true, and cannot be brought back")


def last_kept(keep: Keep, as_of: str | None) -> int:
    """The oldest month that is kept.

    Raises:
        InputError: as_of is no month.
    """
    today = datetime.date.today()
    now = today.year * 12 + today.month - 1 if as_of is None else _parsed(as_of)
    return now - keep.months


def _parsed(as_of: str) -> int:
    try:
        return _MONTHS.parse(as_of)
    except InputError as error:
        raise InputError(f"as_of={as_of}: {error}") from error


def past_its_time(data: Data, paths: Paths, last: int) -> Iterator[Past]:
    """What is older than a month, in the order of the kinds and months.

    Raises:
        InputError: the data are no county's folder.
    """
    if not isinstance(data, CountyFolder):
        raise InputError(f"'{data.panel_name}' is no county's folder; delete its lists as you need")
    kept = Path(data.path).expanduser() / FEEDBACK / RECEIVED
    places = {
        "list": paths.outputs / "lists" / data.panel_name,
        "outbox": paths.outputs / "outbox",
        "page": paths.outputs / "explain",
        "handed back": kept,
    }
    for what, folder in places.items():
        for path in sorted(folder.iterdir()) if folder.is_dir() else ():
            found = _MONTH.fullmatch(path.name)
            if found and _MONTHS.parse(found[1]) < last:
                yield Past(what, found[1], path, sum(1 for _ in _files(path)))


def delete(past: Past) -> None:
    """Remove it; a link is removed, and what it leads to stays.

    Raises:
        InputError: the system does not let it, as with a file that is open in Excel.
    """
    try:
        if past.path.is_dir() and not past.path.is_symlink():
            shutil.rmtree(past.path)
        else:
            past.path.unlink()
    except OSError as error:
        raise InputError(
            f"cannot delete {error.filename or past.path}: {error.strerror or error}. Close it where it is open, then "
            "run again: what is gone already is gone, and the rest is still shown"
        ) from error


def _files(path: Path) -> Iterable[Path]:
    return [path] if not path.is_dir() else (each for each in path.rglob("*") if each.is_file())
