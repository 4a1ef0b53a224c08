"""Last month's list as it was issued: what this month's is compared with."""

from __future__ import annotations

import csv
import hashlib
import io
import json
import re
from dataclasses import dataclass
from pathlib import Path

from relapse.core.panel import Panel
from relapse.core.results import COUNTY_TIERS, Language
from relapse.core.texts import text
from relapse.county.reports.csv_cells import plain_text
from relapse.county.risk_list.previous import PastDraw, Previous, PreviousRow

MANIFEST = "manifest.json"
_LIST = "list.csv"
_KEYS = ("household_id", "tier", "months_listed", "income", "reasons", "triggers")


def newest_edition(first: Path) -> Path | None:
    """The folder of the newest edition of a month, None where there is none.

    Args:
        first: folder of the first edition; further ones lie in `edition-2/` … inside it.
    """
    if not (first / MANIFEST).is_file():
        return None
    edition = 2
    while (first / f"edition-{edition}" / MANIFEST).is_file():
        edition += 1
    return first if edition == 2 else first / f"edition-{edition - 1}"


def past_lists(lists: Path, panel: Panel, period: int, months: int, language: Language) -> Previous:
    """What a county's past lists say, of each month the newest edition; nothing of a plain panel.

    Rows are those of the month before, random checks those of all months asked. A list that is not as its manifest says
    counts as none; of the month before this is told.

    Args:
        lists: folder of the county's lists.
        panel: of the county.
        period: of the list that is made.
        months: before it.
        language: of that list: sentences of another are not compared.
    """
    if not panel.tables:
        return Previous()
    read, draws = hashlib.sha256(), list[PastDraw]()
    opened: _Opened | None = None
    folder: Path | None = None
    for month in range(period - months, period):
        folder = newest_edition(lists / panel.calendar.label(month))
        opened = None if folder is None else _opened(folder)
        if opened is not None:
            read.update(opened.manifest)
            draws += _draws(opened, month)
    label = panel.calendar.label(period - 1)
    rows = None if opened is None else _rows(opened, panel.window, language)
    digest = read.hexdigest() if draws or rows is not None else ""
    return Previous(label, digest, rows, folder is not None and opened is None, tuple(draws))


@dataclass(frozen=True)
class _Opened:
    """A list as it was read.

    Args:
        manifest: its bytes.
        language: of the list.
        header: of its rows.
        lines: rows by header.
    """

    manifest: bytes
    language: Language
    header: frozenset[str]
    lines: tuple[dict[str, str], ...]


def _opened(folder: Path) -> _Opened | None:
    """A list; None where it is not as its manifest says, or none of ours."""
    try:
        written, content = (folder / MANIFEST).read_bytes(), (folder / _LIST).read_bytes()
        manifest = json.loads(written)
        if hashlib.sha256(content).hexdigest() != manifest["files"][_LIST]:
            return None
        own: Language = "en" if manifest["language"] == "en" else "zh"
        lines = csv.DictReader(io.StringIO(content.decode("utf-8-sig"), newline=""))
        return _Opened(written, own, frozenset(lines.fieldnames or ()), tuple(lines))
    except (OSError, ValueError, KeyError, TypeError):  # cut short, or written by somebody else
        return None


def _draws(opened: _Opened, month: int) -> list[PastDraw]:
    """The random checks of a list; none of an edition that did not tell them."""
    keys = ("household_id", "tier", "listing_probability")
    household, tier, chance = (text(f"clue.{key}", opened.language) for key in keys)
    if chance not in opened.header:
        return []
    drawn = text("tier.county.random", opened.language)
    return [
        PastDraw(month, plain_text(line[household]), float(line[chance]))
        for line in opened.lines
        if line[tier] == drawn
    ]


def _rows(opened: _Opened, window: int, language: Language) -> dict[str, PreviousRow] | None:
    """Rows by household; None where the list is of an edition that did not tell months."""
    own = opened.language
    header = {key: text(f"clue.{key}", own, window=window) for key in _KEYS}
    tiers = {text(f"tier.county.{tier}", own): tier for tier in COUNTY_TIERS}
    if not opened.header.issuperset(header.values()):
        return None
    rows: dict[str, PreviousRow] = {}
    for line in opened.lines:
        cells = {key: plain_text(line[name]) for key, name in header.items()}
        said = (_parted(cells["reasons"]), cells["triggers"]) if own == language else (None, None)
        income = float(cells["income"]) if cells["income"] else None
        rows[cells["household_id"]] = PreviousRow(tiers[cells["tier"]], int(cells["months_listed"]), income, *said)
    return rows


def _parted(sentences: str) -> str:
    """Numbered sentences, each on a line of its own."""
    return re.sub("[①②③]", "\n", sentences).strip()
