"""Lists that were issued, as they lie in the outputs: which there are, and what the newest edition of each says."""

from __future__ import annotations

import hashlib
import json
import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pandas as pd

from relapse.core.results import Language
from relapse.core.texts import TEXTS, text
from relapse.county.reports.csv_cells import plain_text

MANIFEST = "manifest.json"
_LIST = "list.csv"
_COLUMNS = ("household_id", "tier", "source", "clue_id", "township", "village")
_PERIOD = re.compile(r"\d{4}(-\d{2}|Q[1-4])?")


@dataclass(frozen=True)
class Issued:
    """The newest edition of one month's list.

    Args:
        as_of: label of the month.
        edition: number, from 1.
        folder: of its files.
        manifest: what it says of itself; empty where that cannot be read.
    """

    as_of: str
    edition: int
    folder: Path
    manifest: Mapping[str, Any]

    @property
    def is_whole(self) -> bool:
        """Whether its rows lie there as its manifest says."""
        try:
            content = (self.folder / _LIST).read_bytes()
        except OSError:
            return False
        return bool(hashlib.sha256(content).hexdigest() == self.manifest.get("files", {}).get(_LIST))

    @property
    def language(self) -> Language:
        """Of its words."""
        return "en" if self.manifest.get("language") == "en" else "zh"

    def rows(self) -> pd.DataFrame:
        """Household and tier; of a county also source, `clue_id` and place. Tier and source are codes."""
        return self.cells(*_COLUMNS)

    def cells(self, *names: str, window: int = 0) -> pd.DataFrame:
        """Columns of every row as texts, tier and source as codes; those that this edition does not have are left out.

        Args:
            names: of the columns, as the catalogue of words has them.
            window: periods that are summed, which some headers tell.
        """
        told = pd.read_csv(self.folder / _LIST, dtype=str, keep_default_na=False, encoding="utf-8-sig")
        headers = {
            text(f"{kind}.{name}", self.language, window=window): name
            for name in names
            for kind in ("clue", "column")
            if f"{kind}.{name}" in TEXTS
        }
        named = told.rename(columns=headers)
        rows = named[[name for name in names if name in named]].map(plain_text)
        codes = {name: _CODES[name] for name in _CODES if name in rows}
        return rows.assign(
            **{name: rows[name].map(lambda word, by=by: by.get(word, word)) for name, by in codes.items()}
        )


def newest_edition(first: Path) -> Issued | None:
    """The newest edition of a month, None where there is none.

    Args:
        first: folder of the first edition; further ones lie in `edition-2/` … inside it.
    """
    if not (first / MANIFEST).is_file():
        return None
    edition = 1
    while (first / f"edition-{edition + 1}" / MANIFEST).is_file():
        edition += 1
    folder = first if edition == 1 else first / f"edition-{edition}"
    return Issued(first.name, edition, folder, _manifest(folder / MANIFEST))


def issued_lists(folder: Path) -> list[Issued]:
    """The newest edition of each month's list in `lists/NAME/`, oldest month first.

    One that is unfinished, or whose manifest cannot be read, is none.
    """
    months = sorted(path for path in folder.glob("*") if path.is_dir() and _PERIOD.fullmatch(path.name))
    newest = [newest_edition(month) for month in months]
    return [each for each in newest if each is not None and each.manifest]


def place_of(issued: Sequence[Issued], name: str) -> str:
    """What a county is called in print: as its newest list calls it, else the short name of its folder.

    Args:
        issued: its lists, oldest first.
        name: of its data.
    """
    return next((str(each.manifest["place"]) for each in reversed(issued) if each.manifest.get("place")), name)


def _manifest(file: Path) -> Mapping[str, Any]:
    try:
        told = json.loads(file.read_bytes())
    except ValueError:  # cut short, or written by somebody else
        return {}
    return told if isinstance(told, dict) and isinstance(told.get("files"), dict) else {}


def _codes(group: str) -> dict[str, str]:
    """By the word on a list, in either language, its code."""
    found: dict[str, str] = {}
    for key, words in TEXTS.items():
        prefix, _, code = key.rpartition(".")
        if prefix in (group, f"{group}.county"):
            found |= dict.fromkeys(words, code)
    return found


_CODES = {group: _codes(group) for group in ("tier", "source")}
