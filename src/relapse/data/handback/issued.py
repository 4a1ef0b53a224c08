"""Lists that were issued, read again from where they lie: what a handed-back row is matched with."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import cache, cached_property
from pathlib import Path

import numpy as np
import pandas as pd

from relapse.core.errors import InputError
from relapse.core.texts import TEXTS, text
from relapse.data.cell_values import normal_header, normal_text
from relapse.data.read_export import NoRowsError, read_text

LIST = "list.csv"
_MONTH = re.compile(r"\d{4}-\d{2}")
_EDITION = re.compile(r"edition-(\d+)")
_READ = (
    "clue_id", "household_id", "township", "village", "tier", "source", "rank", "reasons", "triggers",
    "listing_probability", "due",
)  # fmt: skip


@dataclass(frozen=True, eq=False)
class Issued:
    """All lists of a county.

    Args:
        rows: one row a household and month, as its newest edition has it: `month` (text YYYY-MM) and the columns of
            `_READ`; tier and source as codes, rank and listing_probability as numbers.
        editions: by month, the cells of each edition as texts under their headers, by clue_id.
    """

    rows: pd.DataFrame
    editions: Mapping[str, Sequence[pd.DataFrame]]

    @cached_property
    def months(self) -> tuple[str, ...]:
        """Months of which there is a list, rising."""
        return tuple(sorted(self.editions))

    @cached_property
    def by_clue(self) -> pd.Series:
        """Places of the rows by clue_id."""
        return pd.Series(np.arange(len(self.rows)), index=self.rows["clue_id"])

    @cached_property
    def by_household(self) -> pd.Series:
        """Places of the rows by month and household."""
        keys = pd.MultiIndex.from_frame(self.rows[["month", "household_id"]])
        return pd.Series(np.arange(len(self.rows)), index=keys)


def read_issued(folder: Path) -> Issued:
    """The lists of a county.

    Args:
        folder: of its lists, a folder a month; editions lie inside.

    Raises:
        InputError: there is no list, or one is damaged.
    """
    months = sorted(path for path in folder.glob("*") if path.is_dir() and _MONTH.fullmatch(path.name))
    editions = {path.name: [_cells(file) for file in _editions(path)] for path in months}
    editions = {month: told for month, told in editions.items() if told}
    if not editions:
        raise InputError(
            f"no list of this county lies in {folder}, so nothing can be matched: make one with `relapse score`, or "
            "say where its outputs are with paths.outputs=FOLDER"
        )
    rows = [_rows(cells, month) for month, told in editions.items() for cells in told]
    whole = pd.concat(rows, ignore_index=True).drop_duplicates(["month", "clue_id"], keep="last", ignore_index=True)
    return Issued(whole, editions)


def _editions(folder: Path) -> list[Path]:
    """Lists of a month in the order in which they were issued."""
    further = {int(found[1]): path for path in folder.glob("edition-*") if (found := _EDITION.fullmatch(path.name))}
    files = [folder / LIST, *(further[number] / LIST for number in sorted(further))]
    return [file for file in files if file.is_file()]


def _cells(file: Path) -> pd.DataFrame:
    """The cells of a list as texts, by clue_id; an apostrophe that keeps a text from being run is taken away."""
    try:
        columns, header, _, _ = read_text(file, headers_read(), ())
    except NoRowsError:
        return pd.DataFrame(columns=["clue_id", "household_id"], dtype=object).set_index("clue_id", drop=False)
    names = [path[-1] for path in header.paths]
    told = {name: [_plain(cell) for cell in column.to_pylist()] for name, column in zip(names, columns, strict=False)}
    cells = pd.DataFrame(told, dtype=object)
    cells.columns = [headers_read().get(normal_header(name), name) for name in names]
    if not {"clue_id", "household_id"} <= set(cells.columns):
        raise InputError(f"{file} is no list of a county: it has no {text('clue.clue_id', 'zh')}")
    return cells.set_index("clue_id", drop=False)


def _plain(cell: str | None) -> str:
    told = cell or ""
    return told[1:] if told[:1] == "'" and told[1:2] in ("=", "+", "-", "@") else told


@cache
def headers_read() -> Mapping[str, str]:
    """By header as it is compared, the columns of a list that are read."""
    there = [name for name in _READ if f"clue.{name}" in TEXTS]
    return {normal_header(text(f"clue.{name}", language)): name for name in there for language in ("zh", "en")}


def _rows(cells: pd.DataFrame, month: str) -> pd.DataFrame:
    rows = pd.DataFrame({name: cells.get(name, "") for name in _READ}, dtype=object)
    rows = rows.reset_index(drop=True)
    rows.insert(0, "month", month)
    rows["tier"] = rows["tier"].map(_codes("tier.county.")).fillna("").astype(object)
    rows["source"] = rows["source"].map(_codes("source.")).fillna("").astype(object)
    rows["rank"] = pd.to_numeric(rows["rank"], errors="coerce")
    told = pd.to_numeric(rows["listing_probability"], errors="coerce")
    drawn = (rows["source"] == "random") | (rows["tier"] == "random")
    rows["listing_probability"] = np.where(told.isna() & ~drawn, 1.0, told)
    return rows


def _codes(prefix: str) -> dict[str, str]:
    """Codes by the words that a list has for them."""
    found = {key.removeprefix(prefix): words for key, words in TEXTS.items() if key.startswith(prefix)}
    return {word: code for code, words in found.items() if "." not in code for word in words}


def same(one: str, other: str) -> bool:
    """Whether two cells say the same: numbers to a yuan, texts without spaces, line breaks and marks of numbering."""
    if one == other:
        return True
    plain = _bare(one), _bare(other)
    if plain[0] == plain[1]:
        return True
    try:
        return abs(float(plain[0]) - float(plain[1])) < 1
    except ValueError:
        return False


def _bare(cell: str) -> str:
    return re.sub(r"[、,;。]", "", normal_text(re.sub(r"[①-⑳]", "", cell)))
