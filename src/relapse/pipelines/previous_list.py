"""Last month's list as it was issued: what this month's is compared with."""

from __future__ import annotations

import csv
import hashlib
import io
import json
from collections.abc import Mapping
from pathlib import Path
from typing import Any

from relapse.core.panel import Panel
from relapse.core.results import COUNTY_TIERS, Language
from relapse.core.texts import text
from relapse.county.reports.csv_cells import plain_text
from relapse.county.risk_list.previous import Previous, PreviousRow

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


def last_months_list(lists: Path, panel: Panel, period: int, language: Language) -> Previous:
    """The newest edition of a county's list of the month before; none of an older month, and none of a plain panel.

    A list that is not as its manifest says counts as none, which the list then says.

    Args:
        lists: folder of the county's lists.
        panel: of the county.
        period: of the list that is made.
        language: of that list: sentences of another are not compared.
    """
    label = panel.calendar.label(period - 1)
    folder = newest_edition(lists / label) if panel.tables else None
    if folder is None:
        return Previous()
    written = (folder / MANIFEST).read_bytes()
    try:
        manifest = json.loads(written)
        content = (folder / _LIST).read_bytes()
        if hashlib.sha256(content).hexdigest() != manifest["files"][_LIST]:
            return Previous(label, broken=True)
        rows = _rows(content, manifest, panel, language)
    except (OSError, ValueError, KeyError, TypeError):  # cut short, or written by somebody else
        return Previous(label, broken=True)
    return Previous(label, hashlib.sha256(written).hexdigest(), rows)


def _rows(
    content: bytes, manifest: Mapping[str, Any], panel: Panel, language: Language
) -> dict[str, PreviousRow] | None:
    """Rows by household; None where the file is of an edition that did not tell tiers by the month."""
    own: Language = "en" if manifest["language"] == "en" else "zh"
    header = {key: text(f"clue.{key}", own, window=panel.window) for key in _KEYS}
    tiers = {text(f"tier.county.{tier}", own): tier for tier in COUNTY_TIERS}
    lines = csv.DictReader(io.StringIO(content.decode("utf-8-sig"), newline=""))
    if header["months_listed"] not in (lines.fieldnames or ()):
        return None
    rows: dict[str, PreviousRow] = {}
    for line in lines:
        cells = {key: plain_text(line[name]) for key, name in header.items()}
        said = (cells["reasons"], cells["triggers"]) if own == language else (None, None)
        income = float(cells["income"]) if cells["income"] else None
        rows[cells["household_id"]] = PreviousRow(tiers[cells["tier"]], int(cells["months_listed"]), income, *said)
    return rows
