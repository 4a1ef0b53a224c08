"""Lists that were issued, as they lie in the outputs: which there are, and what the newest edition of each says."""

from __future__ import annotations

import hashlib
import json
import re
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pandas as pd

from relapse.core.texts import TEXTS
from relapse.county.reports.csv_cells import plain_text
from relapse.pipelines.previous_list import MANIFEST, newest_edition

_COLUMNS = ("household_id", "tier", "source", "clue_id", "township", "village")
_PERIOD = re.compile(r"\d{4}(-\d{2}|Q[1-4])?")


@dataclass(frozen=True)
class Issued:
    """The newest edition of one month's list.

    Args:
        as_of: label of the month.
        edition: number, from 1.
        folder: of its files.
        manifest: what it says of itself.
    """

    as_of: str
    edition: int
    folder: Path
    manifest: Mapping[str, Any]

    @property
    def is_whole(self) -> bool:
        """Whether its rows lie there as its manifest says."""
        try:
            content = (self.folder / "list.csv").read_bytes()
        except OSError:
            return False
        files = self.manifest.get("files")
        return isinstance(files, dict) and hashlib.sha256(content).hexdigest() == files.get("list.csv")

    def rows(self) -> pd.DataFrame:
        """`household_id`, `tier` and, of a county, `source` and `clue_id` of every row, in codes."""
        told = pd.read_csv(self.folder / "list.csv", dtype=str, keep_default_na=False, encoding="utf-8-sig")
        named = told.rename(columns={header: _HEADERS[header] for header in told.columns if header in _HEADERS})
        rows = named[[name for name in _COLUMNS if name in named]]
        for group in ("tier", "source"):
            if group in rows:
                rows = rows.assign(**{group: rows[group].map(lambda word, group=group: _CODES[group].get(word, word))})
        return rows.map(plain_text)


def issued_lists(folder: Path) -> list[Issued]:
    """The newest edition of each month's list in `lists/NAME/`, oldest month first.

    Unfinished ones are none, and neither are those whose manifest cannot be read: `score` says so where it needs one.
    """
    months = sorted(path for path in folder.glob("*") if path.is_dir() and _PERIOD.fullmatch(path.name))
    newest = ((month.name, newest_edition(month)) for month in months)
    found = [_issued(as_of, edition) for as_of, edition in newest if edition is not None]
    return [each for each in found if each.manifest]


def _issued(as_of: str, folder: Path) -> Issued:
    edition = 1 if folder.name == as_of else int(folder.name.removeprefix("edition-"))
    return Issued(as_of, edition, folder, _manifest(folder / MANIFEST))


def _manifest(file: Path) -> dict[str, Any]:
    """What a manifest says; nothing where it was cut short, or written by somebody else."""
    try:
        told = json.loads(file.read_bytes())
    except (OSError, ValueError):
        return {}
    return told if isinstance(told, dict) else {}


def _codes(group: str) -> dict[str, str]:
    """By the word on a list, in either language, its code."""
    found: dict[str, str] = {}
    for key, words in TEXTS.items():
        prefix, _, code = key.rpartition(".")
        if prefix in (group, f"{group}.county"):
            found |= dict.fromkeys(words, code)
    return found


_CODES = {group: _codes(group) for group in ("tier", "source")}
_HEADERS = {
    header: name
    for name in _COLUMNS
    for key in (f"clue.{name}", f"column.{name}")
    if key in TEXTS
    for header in TEXTS[key]
}
