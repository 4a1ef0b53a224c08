"""The files of a county folder: which table or export each is, and the date that its name bears."""

from __future__ import annotations

import re
from calendar import monthrange
from collections.abc import Iterable
from dataclasses import dataclass
from pathlib import Path

from relapse.core.contract import Contract, Export, Table
from relapse.core.errors import InputError, nearest
from relapse.data.cell_values import normal_header

KINDS = (".csv", ".parquet", ".xlsx")
_OLD = (".xls", ".et")  # workbooks that cannot be read, which stops
_DATED = re.compile(
    r"^(?P<name>.+?)[_\- ]?(?P<year>(?:19|20)\d{2})(?P<sign>[-.]?)(?P<month>\d{2})(?P=sign)(?P<day>\d{2})$"
)
_IGNORED = ("README",)
FEEDBACK = "feedback"  # folder inside a county's: what came back from visits, kept by `relapse feedback`
VISITS = "visits"


@dataclass(frozen=True)
class Source:
    """One file.

    Args:
        path: of the file.
        name: of the table or export, as in the contract.
        export: whether it is a wide export that feeds several tables.
        date: of the export, as YYYY-MM-DD; empty where the name bears none.
    """

    path: Path
    name: str
    export: bool
    date: str


@dataclass(frozen=True)
class Files:
    """What lies in a folder.

    Args:
        sources: in the order of name, date and path.
        unknown: names of files that are neither a table nor an export, with the nearest name of one.
    """

    sources: tuple[Source, ...]
    unknown: tuple[tuple[str, str], ...]


def find_files(folder: Path, contract: Contract) -> Files:
    """The files of a folder by what they are.

    Raises:
        InputError: there is no such folder, or no file of a table in it.
    """
    if not folder.is_dir():
        what = "is a file; a county is a folder of tables" if folder.is_file() else "does not exist"
        raise InputError(f"{folder} {what}: say data.path=FOLDER, or make one with `relapse init {folder}`")
    names = _names(contract)
    sources, unknown = [], []
    for path in sorted(folder.iterdir()):
        if not path.is_file() or path.name.startswith((".", "~$", *_IGNORED)):
            continue
        if path.suffix.lower() not in (*KINDS, *_OLD):
            if normal_header(_dated(path.name.partition(".")[0])[0]) in names:
                unknown.append((path.name, ", ".join(KINDS)))
            continue
        stem, date = _dated(path.stem)
        plain = normal_header(stem)
        if plain in names:
            name, export = names[plain]
            sources.append(Source(path, name, export, date))
        else:
            unknown.append((path.name, nearest(plain, names)))
    if not sources:
        told = f"; there are {', '.join(name for name, _ in unknown[:5])}" if unknown else " (there is no table at all)"
        raise InputError(f"{folder} holds no file of a county's tables, such as households.csv and income.csv{told}")
    sources += _handed_back(folder, contract)
    return Files(tuple(sorted(sources, key=lambda each: (each.name, each.date, each.path.name))), tuple(unknown))


def _handed_back(folder: Path, contract: Contract) -> list[Source]:
    """The visits that handed-back lists told: further rows of that table."""
    kept = folder / FEEDBACK / f"{VISITS}.parquet"
    return [Source(kept, VISITS, False, "")] if kept.is_file() and VISITS in contract.tables else []


def named_source(path: Path, contract: Contract) -> Source | None:
    """What a file is by its name alone; None where that is no table's and no export's."""
    stem, date = _dated(path.stem)
    found = _names(contract).get(normal_header(stem))
    return None if found is None else Source(path, *found, date)


def date_in_name(path: Path) -> str:
    """The date that a file's name ends with, as YYYY-MM-DD; empty where it bears none."""
    return _dated(path.stem)[1]


def _names(contract: Contract) -> dict[str, tuple[str, bool]]:
    """By name as it is compared: the table or export, and whether it is an export."""
    names: dict[str, tuple[str, bool]] = {}
    of: Iterable[tuple[str, Table | Export, bool]] = [
        *((name, table, False) for name, table in contract.tables.items()),
        *((name, export, True) for name, export in contract.exports.items()),
    ]
    for name, told, export in of:
        for each in (name, *told.zh):
            names.setdefault(normal_header(each), (name, export))
    return names


def _dated(stem: str) -> tuple[str, str]:
    """A file's name without its date, and the date; only real ones."""
    found = _DATED.match(stem)
    if found is None:
        return stem, ""
    year, month, day = (int(found[part]) for part in ("year", "month", "day"))
    real = 1 <= month <= 12 and 1 <= day <= monthrange(year, month)[1]
    return (found["name"], f"{year:04d}-{month:02d}-{day:02d}") if real else (stem, "")
