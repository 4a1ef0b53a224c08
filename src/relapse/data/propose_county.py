"""What the files of a county probably are: which table each holds, and which of its columns is which field.

A proposal for a config, to be confirmed by a person: files are looked at, never moved.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from itertools import groupby
from pathlib import Path

from relapse.core.contract import Contract, Export, Table
from relapse.core.errors import InputError
from relapse.data.cell_values import normal_header
from relapse.data.county_files import KINDS, Source, find_files
from relapse.data.county_match import field_names, match, readings, shown
from relapse.data.propose_fields import guesses, told_share
from relapse.data.read_export import NoRowsError, Sheet, read_sheet

_LEAST_KNOWN = 3  # known headers below which a file is none of the contract's
_OWN_TABLE = 0.8  # share of an export's known headers with which a file counts as a plain table
_OLD_KINDS = (".xls", ".et", ".xlsm", ".tsv", ".txt")  # which are told, and not read
_DERIVED = ("income", "measures")  # tables that an export feeds from columns of its own
_EXPORT_KEYS = {
    "persons": ("household_id", "person_id"),
    "recognitions": ("household_id", "category", "recognised_at"),
    "villages": ("village",),
}


@dataclass(frozen=True)
class FileProposal:
    """What a file probably is.

    Args:
        path: of the file.
        name: of the table or export.
        export: whether it is a wide export.
        rename: what its name must be to be read; empty where it is right already.
        taken: by table and field, the header of the column that is known by itself.
        guessed: by table and field, the header of the column that resembles a needed field.
        missing: table and field of needed ones that no column resembles.
        ignored: headers that nothing reads.
        earlier: number of older exports of the same name.
        empty: whether it has a header and no rows.
    """

    path: Path
    name: str
    export: bool
    rename: str
    taken: Mapping[str, Mapping[str, str]]
    guessed: Mapping[str, Mapping[str, str]]
    missing: tuple[tuple[str, str], ...]
    ignored: tuple[str, ...]
    earlier: int = 0
    empty: bool = False

    @property
    def known(self) -> int:
        """Number of columns that are known by themselves."""
        return len({header for fields in self.taken.values() for header in fields.values()})

    @property
    def complete(self) -> bool:
        """Whether every needed column is known by itself."""
        return not self.guessed and not self.missing


@dataclass(frozen=True)
class CountyProposal:
    """What a folder probably is.

    Args:
        folder: in which the files lie.
        files: those of tables and exports.
        unknown: names of files that will not be read, and why (empty: they resemble no table).
    """

    folder: Path
    files: tuple[FileProposal, ...]
    unknown: tuple[tuple[str, str], ...]

    @property
    def columns(self) -> dict[str, dict[str, str]]:
        """By table and field, the header that the config shall name; of several files the first one's."""
        columns: dict[str, dict[str, str]] = {}
        for file in self.files:
            for table, fields in file.guessed.items():
                for field, header in fields.items():
                    columns.setdefault(table, {}).setdefault(field, header)
        return columns


def propose_folder(folder: Path, contract: Contract) -> CountyProposal:
    """Look at every file of a folder; of dated exports with one name at the newest.

    Raises:
        InputError: a file that bears a table's name cannot be read, or no file resembles a table.
    """
    named = _named(folder, contract)
    files = []
    for _, group in groupby(named, key=lambda source: (source.name, bool(source.date))):
        sources = list(group)
        newest = sources[-1:] if sources[-1].date else sources
        files += [_of_source(source, contract, len(sources) - len(newest)) for source in newest]
    unknown = []
    for path in _others(folder, named):
        found, why = _guessed_file(path, contract)
        if found is None:
            unknown.append((path.name, why))
        else:
            files.append(found)
    if not files:
        told = "; ".join(f"{name}{': ' + why if why else ''}" for name, why in unknown[:3])
        raise InputError(
            f"{folder} holds no file that resembles a county's table{f' ({told})' if told else ''}; "
            "make templates with `relapse init DIR`, or say kind=panel from=FILE for one long table"
        )
    return CountyProposal(folder, tuple(files), tuple(unknown))


def propose_file(path: Path, contract: Contract) -> FileProposal | None:
    """What one file is, by its name, else by its headers; None where it resembles no table.

    Raises:
        InputError: it cannot be read, or has no rows.
    """
    source = next((each for each in _named(path.parent, contract) if each.path.name == path.name), None)
    sheet = read_sheet(path, _all_headers(contract), contract.words.footer)
    return _best(path, sheet, contract) if source is None else _of_sheet(source, sheet, contract, 0)


def _named(folder: Path, contract: Contract) -> tuple[Source, ...]:
    try:
        return find_files(folder, contract).sources
    except InputError:
        if not folder.is_dir():
            raise
        return ()


def _others(folder: Path, named: Iterable[Source]) -> list[Path]:
    known = {source.path.name for source in named}
    return [
        path
        for path in sorted(folder.iterdir())
        if path.suffix.lower() in (*KINDS, *_OLD_KINDS)
        and path.is_file()
        and path.name not in known
        and not path.name.startswith((".", "~$", "README"))
    ]


def _guessed_file(path: Path, contract: Contract) -> tuple[FileProposal | None, str]:
    if path.suffix.lower() in _OLD_KINDS:
        return None, "save it as .xlsx or .csv"
    try:
        return _best(path, read_sheet(path, _all_headers(contract), contract.words.footer), contract), ""
    except InputError as error:
        return None, str(error)


def _of_source(source: Source, contract: Contract, earlier: int) -> FileProposal:
    try:
        sheet = read_sheet(source.path, _all_headers(contract), contract.words.footer)
    except NoRowsError:
        return FileProposal(source.path, source.name, source.export, "", {}, {}, (), (), earlier, empty=True)
    return _of_sheet(source, sheet, contract, earlier)


def _of_sheet(source: Source, sheet: Sheet, contract: Contract, earlier: int) -> FileProposal:
    """Columns of a file whose kind is known."""
    export = contract.exports[source.name] if source.export else None
    feeds = export.feeds if export else (source.name,)
    taken, needed = {}, {}
    used: set[int] = set()
    for name in feeds:
        found = match(sheet.paths, contract.tables[name], contract.words, {})
        used |= set(found.columns.values())
        if export and name in _DERIVED:
            continue
        taken[name] = {field: shown(sheet.paths[place]) for field, place in found.columns.items()}
        needed[name] = [field for field in _needed(name, contract.tables[name], export) if field not in found.columns]
    used |= _amounts(sheet, export, contract)
    left = {place: "".join(path) for place, path in enumerate(sheet.paths) if place not in used and any(path)}
    guessed, missing = {}, []
    for name, fields in needed.items():
        found_fields = guesses(fields, contract.tables[name], sheet, left, contract.words)
        for field in fields:
            if field not in found_fields and not (export and field != "household_id"):
                missing.append((name, field))
        if found_fields:
            guessed[name] = {field: left[place] for field, place in found_fields.items()}
            left = {place: header for place, header in left.items() if place not in found_fields.values()}
    rename = _dated_name(source) if source.export and not source.date else ""
    ignored = tuple(shown(sheet.paths[place]) for place in left)
    return FileProposal(
        source.path, source.name, source.export, rename, taken, guessed, tuple(missing), ignored, earlier
    )


def _needed(name: str, table: Table, export: Export | None) -> tuple[str, ...]:
    """Fields that a file must have to be read; of an export also those without which a part of it is lost."""
    if export is None:
        return table.required
    if name == "recognitions":  # an export of households that were never recognised has empty columns here
        return ()
    return tuple(dict.fromkeys((*_EXPORT_KEYS.get(name, ("household_id",)), *table.required)))


def _amounts(sheet: Sheet, export: Export | None, contract: Contract) -> set[int]:
    """Places of the columns with a year's income, and with measures."""
    told = (*export.amounts.values(), *export.measures.values()) if export else ()
    wanted = {normal_header(header) for headers in told for header in headers}
    return {p for p, path in enumerate(sheet.paths) if wanted & set(readings(path, contract.words))}


def _best(path: Path, sheet: Sheet, contract: Contract) -> FileProposal | None:
    """The table or export whose headers fit best, with the name that the file should bear."""
    tables = [_of_sheet(Source(path, name, False, ""), sheet, contract, 0) for name in contract.tables]
    exports = [_of_sheet(Source(path, name, True, ""), sheet, contract, 0) for name in contract.exports]
    table = max(tables, key=lambda each: (not each.missing, each.known, each.complete))
    export = max(exports, key=lambda each: (not each.missing, each.known, _speaks_of_monitored(each, sheet, contract)))
    whole = table.complete or (not table.missing and not export.complete)
    best = table if whole and table.known >= _OWN_TABLE * export.known else export
    if best.known < _LEAST_KNOWN or best.missing:
        best = table if not table.missing and table.known >= _LEAST_KNOWN else best
    if best.known < _LEAST_KNOWN or best.missing:
        return None
    told = (contract.exports if best.export else contract.tables)[best.name]
    source = Source(path, best.name, best.export, "")
    rename = _dated_name(source, told.zh[0]) if best.export else f"{told.zh[0]}{path.suffix.lower()}"
    return FileProposal(path, best.name, best.export, rename, best.taken, best.guessed, best.missing, best.ignored)


def _speaks_of_monitored(file: FileProposal, sheet: Sheet, contract: Contract) -> bool:
    """Two rolls have the same columns; that of monitored households has their category filled in."""
    if file.name != "monitored_roll":
        return False
    found = match(sheet.paths, contract.tables["recognitions"], contract.words, {}).columns
    return "category" in found and told_share(sheet, found["category"]) > 0.5


def _dated_name(source: Source, name: str = "") -> str:
    """A name that bears the day of the export, which a person must put in."""
    return f"{name or source.path.stem}_YYYYMMDD{source.path.suffix.lower()}"


def _all_headers(contract: Contract) -> set[str]:
    """All headers of all tables, as they are compared."""
    names = {name for table in contract.tables.values() for name in field_names(table, {})}
    for export in contract.exports.values():
        names |= {normal_header(h) for told in (*export.amounts.values(), *export.measures.values()) for h in told}
    return names
