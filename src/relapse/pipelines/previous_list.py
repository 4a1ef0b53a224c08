"""Last month's list as it was issued: what this month's is compared with."""

from __future__ import annotations

import hashlib
import re
from pathlib import Path

from relapse.core.panel import Panel
from relapse.core.results import Language
from relapse.county.risk_list.previous import PastDraw, Previous, PreviousRow
from relapse.pipelines.issued import MANIFEST, Issued, newest_edition

_ROW = ("household_id", "tier", "months_listed", "income", "reasons", "triggers")
_DRAW = ("household_id", "tier", "listing_probability")


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
    last: Issued | None = None
    for month in range(period - months, period):
        last = newest_edition(lists / panel.calendar.label(month))
        if last is not None and last.is_whole:
            read.update((last.folder / MANIFEST).read_bytes())
            draws += _draws(last, month)
    label = panel.calendar.label(period - 1)
    rows = None if last is None or not last.is_whole else _rows(last, panel.window, language)
    digest = read.hexdigest() if draws or rows is not None else ""
    return Previous(label, digest, rows, last is not None and not last.is_whole, tuple(draws))


def _draws(issued: Issued, month: int) -> list[PastDraw]:
    """The random checks of a list; none of an edition that did not tell them."""
    cells = issued.cells(*_DRAW)
    if not set(_DRAW) <= set(cells):
        return []
    drawn = cells[cells["tier"] == "random"]
    chances = drawn["listing_probability"].astype(float)
    return [PastDraw(month, *row) for row in zip(drawn["household_id"], chances, strict=True)]


def _rows(issued: Issued, window: int, language: Language) -> dict[str, PreviousRow] | None:
    """Rows by household; None where the list is of an edition that did not tell months."""
    cells = issued.cells(*_ROW, window=window)
    if not set(_ROW) <= set(cells):
        return None
    rows: dict[str, PreviousRow] = {}
    for household, tier, months, income, reasons, triggers in cells.itertuples(index=False):
        said = (_parted(reasons), triggers) if issued.language == language else (None, None)
        rows[household] = PreviousRow(tier, int(months), float(income) if income else None, *said)
    return rows


def _parted(sentences: str) -> str:
    """Numbered sentences, each on a line of its own."""
    return re.sub("[①②③]", "\n", sentences).strip()
