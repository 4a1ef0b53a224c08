"""One file of a county → typed rows of the tables that it feeds, and every fault on the way."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from functools import partial

import numpy as np
import pyarrow as pa
from numpy.typing import NDArray

from relapse.core.contract import Contract, Export, Field
from relapse.core.errors import InputError
from relapse.core.facts import Category, Column, Floats
from relapse.core.init_texts import TEMPLATE_NOTES
from relapse.core.results import Finding
from relapse.core.texts import text
from relapse.data.cell_values import header_factor, money, normal_header, normal_text
from relapse.data.county_facts import HOUSEHOLD
from relapse.data.county_files import Source
from relapse.data.county_match import field_names, match, readings, shown
from relapse.data.county_typed import PERSON, Typed, month_of_day, typed
from relapse.data.hidden_names import Named, shown_cell, without_headers
from relapse.data.panel_checks import Faults
from relapse.data.pseudonyms import PASSING, Key
from relapse.data.read_export import NoRowsError, Sheet, parquet_pieces, parquet_rows, read_sheet
from relapse.data.read_table import RawTable
from relapse.data.table_columns import texts

PIECE = 1_000_000  # rows of a Parquet file that are looked at together, where it is read piece by piece
HOUSEHOLDS, INCOME, MEASURES, RECOGNITIONS = "households", "income", "measures", "recognitions"
_UNREADABLE = {  # what an error of reading says, and its words in Chinese
    "password": "password", "old kind": "old", "no whole": "cut", "is empty": "empty", "no rows": "no_rows",
    "encoding": "encoding", "no text table": "encoding", "is no table": "no_table", "once unpacked": "large",
    "cannot be read": "open", "kind of file": "kind", "columns of a handed-back list": "no_answers",
    "no row below": "no_rows", "is a list of": "other_county",
}  # fmt: skip
_KEYS = {"persons": (HOUSEHOLD, PERSON), RECOGNITIONS: (HOUSEHOLD, "category", "recognised_at")}


@dataclass(frozen=True)
class Reading:
    """How files are read.

    Args:
        contract: what tables hold.
        own: by table and field, the header that the county's own config gives it.
        year_ends_in: last month of the year that annual sums of an export speak of, 1 to 12.
        key: of the county's pseudonyms.
    """

    contract: Contract
    own: Mapping[str, Mapping[str, str]]
    year_ends_in: int
    key: Key = PASSING


@dataclass(eq=False)
class Told:
    """What a file tells.

    Args:
        tables: typed rows, one entry a table.
        findings: every fault.
        digest: SHA-256 of the file.
        named: what it names persons by, so that no finding shows it.
        columns: of the file, in the order in which they are looked at.
    """

    tables: list[Typed] = field(default_factory=list)
    findings: list[Finding] = field(default_factory=list)
    digest: str = ""
    named: Named = field(default_factory=Named)
    columns: tuple[str, ...] = ()


def read_source(source: Source, reading: Reading) -> Told:
    """Read one file; a file that cannot be read is a finding that stops."""
    told = Told()
    try:
        sheet = sheet_of(source, reading)
    except NoRowsError as error:
        told.findings.append(_unreadable(source, error) if source.export or source.date else _empty(source))
        return told
    except InputError as error:
        told.findings.append(_unreadable(source, error))
        return told
    return _told(sheet, source, reading)


def read_pieces(source: Source, reading: Reading, rows: int) -> Iterator[Told]:
    """Read one file piece by piece; a file other than Parquet is one piece.

    Args:
        source: the file.
        reading: how it is read.
        rows: of a piece.
    """
    if not _has_pieces(source, rows):
        yield read_source(source, reading)
        return
    try:
        for sheet in parquet_pieces(source.path, rows):
            yield _told(sheet, source, reading)
    except InputError as error:
        yield Told(findings=[_unreadable(source, error)])


def sheets_of(source: Source, reading: Reading, rows: int = PIECE) -> Iterator[Sheet]:
    """A file as it stands there, piece by piece as `read_pieces` looks at it.

    Raises:
        InputError: it cannot be read, or holds nothing.
    """
    if _has_pieces(source, rows):
        yield from parquet_pieces(source.path, rows)
    else:
        yield sheet_of(source, reading)


def _has_pieces(source: Source, rows: int) -> bool:
    return source.path.suffix.lower() == ".parquet" and not source.export and parquet_rows(source.path) > rows


def _told(sheet: Sheet, source: Source, reading: Reading) -> Told:
    """What a file, or a piece of one, tells."""
    told = Told(digest=sheet.digest)
    table, paths = table_of(sheet)
    private = _private(table.columns.column_names, paths, source, reading)
    told.named.add(table, private)
    faults = Faults(table, private=tuple(private))
    faults.ragged()
    for name in sheet.sheets_ignored:
        if name not in TEMPLATE_NOTES:
            faults.whole("sheet_ignored", "note", value=name)
    date = _month(source.date)
    if source.export:
        told.tables = _of_export(reading.contract.exports[source.name], source, paths, faults, reading, date)
    else:
        told.tables = _of_table(source, paths, faults, reading, date)
        told.columns = _looked_at(source, paths, table, reading)
    told.findings += without_headers(faults.findings, table.columns.column_names, _known_headers(source, reading))
    return told


def sheet_of(source: Source, reading: Reading) -> Sheet:
    """A file as it stands there.

    Raises:
        InputError: it cannot be read, or holds nothing.
    """
    return read_sheet(source.path, _known_headers(source, reading), reading.contract.words.footer)


def _unreadable(source: Source, error: InputError) -> Finding:
    why = str(error).removeprefix(f"{source.path.name}: ").removeprefix(f"{source.path.name} ")
    zh = {"why": said} if (said := unreadable_zh(why)) else {}
    return Finding("file_unreadable", "stop", source.path.name, details={"why": why}, zh=zh)


def unreadable_zh(why: str) -> str:
    """Why a file cannot be read, in Chinese; empty where the English words are new to us."""
    reason = next((key for sign, key in _UNREADABLE.items() if sign in why), "")
    return text(f"unreadable.{reason}", "zh") if reason else ""


def _empty(source: Source) -> Finding:
    """A template that nobody has filled in: most counties need but some of the tables."""
    return Finding("table_empty", "note", source.path.name)


def table_of(sheet: Sheet) -> tuple[RawTable, tuple[tuple[str, ...], ...]]:
    """The sheet under headers as people see them, each once."""
    names: list[str] = []
    for path in sheet.paths:
        name, count = shown(path), 1
        while name in names:
            count += 1
            name = f"{shown(path)} ({count})"
        names.append(name)
    columns = sheet.columns.rename_columns(names)
    return RawTable(sheet.name, columns, sheet.rows, sheet.ragged, sheet.digest), sheet.paths


def _private(
    names: Sequence[str], paths: Sequence[tuple[str, ...]], source: Source, reading: Reading
) -> dict[str, tuple[str, Field]]:
    """By header, the fields that name persons, or hold words that may: their names, and what they are."""
    contract = reading.contract
    feeds = contract.exports[source.name].feeds if source.export else (source.name,)
    wanted = {
        name: (field_, contract.tables[table].fields[field_])
        for table in feeds
        for name, field_ in field_names(contract.tables[table], reading.own.get(table, {})).items()
        if contract.tables[table].fields[field_].access == "identity"
    }
    found = {name: wanted.keys() & set(readings(path, contract.words)) for name, path in zip(names, paths, strict=True)}
    return {name: wanted[min(said)] for name, said in found.items() if said}


def _known_headers(source: Source, reading: Reading) -> set[str]:
    """All headers that a file of this kind may have, as they are compared."""
    contract = reading.contract
    if not source.export:
        return set(field_names(contract.tables[source.name], reading.own.get(source.name, {})))
    export = contract.exports[source.name]
    names = {name for table in export.feeds for name in field_names(contract.tables[table], reading.own.get(table, {}))}
    more = [header for headers in (*export.amounts.values(), *export.measures.values()) for header in headers]
    return names | {normal_header(header) for header in more}


def _of_table(
    source: Source, paths: Sequence[tuple[str, ...]], faults: Faults, reading: Reading, date: float | None
) -> list[Typed]:
    """The rows of a table's own file; none where a needed column is not there."""
    table = reading.contract.tables[source.name]
    found = match(paths, table, reading.contract.words, reading.own.get(source.name, {}))
    for missing in found.missing:
        details = {"nearest": found.near.get(missing, ""), "header": table.fields[missing].zh[0]}
        faults.whole("column_missing", "stop", missing, **details)
    for header in found.twice:
        faults.whole("column_twice", "check", header)
    left = [shown(path) for place, path in enumerate(paths) if place not in found.columns.values()]
    _ignored(faults, left, found.twice)
    if found.missing:
        return []
    columns = {name: faults.table.columns.column_names[place] for name, place in found.columns.items()}
    return [typed(source.name, table, columns, faults, reading.contract.words, source.name, date, reading.key)]


def _looked_at(source: Source, paths: Sequence[tuple[str, ...]], table: RawTable, reading: Reading) -> tuple[str, ...]:
    """The columns of a table's own file in the order in which their cells are looked at."""
    found = match(paths, reading.contract.tables[source.name], reading.contract.words, reading.own.get(source.name, {}))
    return tuple(table.columns.column_names[place] for place in found.columns.values())


def _of_export(
    export: Export,
    source: Source,
    paths: Sequence[tuple[str, ...]],
    faults: Faults,
    reading: Reading,
    date: float | None,
) -> list[Typed]:
    """The rows of all tables that a wide export feeds; households are folded from their persons."""
    if date is None:
        faults.whole("export_undated", "stop")
        return []
    names, used, made = faults.table.columns.column_names, set[int](), list[Typed]()
    for name in export.feeds:
        table = reading.contract.tables[name]
        found = match(paths, table, reading.contract.words, reading.own.get(name, {}))
        if name == HOUSEHOLDS and HOUSEHOLD not in found.columns:
            details = {"nearest": found.near.get(HOUSEHOLD, ""), "header": table.fields[HOUSEHOLD].zh[0]}
            faults.whole("column_missing", "stop", HOUSEHOLD, **details)
            return []
        if name in (INCOME, MEASURES) or not set(_KEYS.get(name, (HOUSEHOLD,))) <= set(found.columns):
            continue
        used |= set(found.columns.values())
        columns = {field_: names[place] for field_, place in found.columns.items()}
        made.append(typed(name, table, columns, faults, reading.contract.words, source.name, date, reading.key))
    households = next((part for part in made if part.name == HOUSEHOLDS), None)
    if households is not None:
        made += _wide(export, paths, households, faults, reading, date, used)
    _ignored(faults, [names[place] for place in range(len(paths)) if place not in used], ())
    return [_folded(part) if part.name in (HOUSEHOLDS, RECOGNITIONS) else part for part in made]


def _wide(
    export: Export,
    paths: Sequence[tuple[str, ...]],
    households: Typed,
    faults: Faults,
    reading: Reading,
    date: float,
    used: set[int],
) -> list[Typed]:
    """Annual sums of income and measures, a column each in the export, as rows."""
    made = []
    last = int(date) - 1 - (int(date) - 1 - (reading.year_ends_in - 1)) % 12
    for kind, columns in ((INCOME, export.amounts), (MEASURES, export.measures)):
        for name, headers in columns.items():
            place = _column(paths, headers, reading)
            if place is None or kind not in export.feeds:
                continue
            used.add(place)
            header = faults.table.columns.column_names[place]
            column = faults.table.columns[header]
            if kind == INCOME:
                values, wrong = money(column, header_factor(header), blanks=reading.contract.words.blank)
                amount = reading.contract.tables[INCOME].fields["amount"]
                show = partial(shown_cell, field_=amount, words=reading.contract.words)
                faults.rows("not_a_number", "check", wrong, header, show)
                made.append(_sums(households, name, values, last))
            else:
                made.append(_given(households, name, column, reading))
    return made


def _column(paths: Sequence[tuple[str, ...]], headers: Sequence[str], reading: Reading) -> int | None:
    wanted = {normal_header(header) for header in headers}
    for place, path in enumerate(paths):
        if wanted & set(readings(path, reading.contract.words)):
            return place
    return None


def _sums(households: Typed, source: str, values: Floats, last: int) -> Typed:
    """Rows of income of one source: the year's sum of the household, told once by its persons' rows."""
    rows = _first_told(households, ~np.isnan(values))
    count = len(rows)
    columns: dict[str, Column] = {
        HOUSEHOLD: _text(households, HOUSEHOLD).take(rows),
        "source": Category(np.zeros(count, np.int32), (source,)),
        "from": np.full(count, last - 11.0),
        "to": np.full(count, float(last)),
        "amount": values[rows],
    }
    series = f"{households.series}.{source}"
    return Typed(INCOME, households.file.take(rows), columns, households.row[rows], series, households.date)


def _given(households: Typed, kind: str, column: pa.ChunkedArray, reading: Reading) -> Typed:
    """Rows of measures of one kind: where the cell says that something was done."""
    said = texts(column)
    words = {normal_text(word) for word in (*reading.contract.words.blank, *reading.contract.words.no, "")}
    something = np.array([*(normal_text(level) not in words for level in said.levels), False])[said.codes]
    rows = _first_told(households, something)
    columns: dict[str, Column] = {
        HOUSEHOLD: _text(households, HOUSEHOLD).take(rows),
        "kind": Category(np.zeros(len(rows), np.int32), (kind,)),
    }
    series = f"{households.series}.{kind}"
    return Typed(MEASURES, households.file.take(rows), columns, households.row[rows], series, households.date)


def _text(part: Typed, column: str) -> Category:
    values = part.columns[column]
    assert isinstance(values, Category)
    return values


def _first_told(households: Typed, told: NDArray[np.bool_]) -> NDArray[np.intp]:
    """Places of the first row of each household of which something holds."""
    codes = _text(households, HOUSEHOLD).codes
    rows = np.flatnonzero(told & (codes >= 0))
    return np.sort(rows[np.unique(codes[rows], return_index=True)[1]])


def _folded(part: Typed) -> Typed:
    """One row a household (and recognition) from the rows of its persons: of each column the first value told."""
    keys = [HOUSEHOLD] if part.name == HOUSEHOLDS else [HOUSEHOLD, "recognised_at"]
    if part.name == RECOGNITIONS:
        part = part.take((_text(part, "category").codes >= 0) | ~np.isnan(np.asarray(part.columns["recognised_at"])))
    codes = _text(part, HOUSEHOLD).codes.astype(np.int64)
    if len(keys) > 1:
        month = np.nan_to_num(np.asarray(part.columns["recognised_at"], dtype=np.float64))
        codes = codes * 100_000 + month.astype(np.int64)
    if not len(codes):
        return part
    order = np.argsort(codes, kind="stable")
    starts = np.flatnonzero(np.r_[True, codes[order][1:] != codes[order][:-1]])
    firsts = part.take(order[starts])
    columns = {name: _first_value(values, order, starts) for name, values in part.columns.items()}
    return replace(firsts, columns=columns)


def _first_value(values: Column, order: NDArray[np.intp], starts: NDArray[np.intp]) -> Column:
    """(groups,) the first value told in each group of rows, missing where none is."""
    told = (values.codes >= 0) if isinstance(values, Category) else ~np.isnan(values)
    place = np.where(told[order], np.arange(len(order)), len(order))
    first = np.minimum.reduceat(place, starts)
    rows = order[np.where(first < len(order), first, starts)]  # a group without a value: its first row, which has none
    return values.take(rows) if isinstance(values, Category) else values[rows]


def _ignored(faults: Faults, headers: Sequence[str], twice: Sequence[str]) -> None:
    """One note that names the columns which nothing reads."""
    left = [header for header in headers if header and header not in twice]
    if left:
        faults.whole("columns_ignored", "note", value="", count=str(len(left)), names=", ".join(left))


def _month(date: str) -> float | None:
    return None if not date else float(month_of_day(np.array([date], dtype="datetime64[D]"))[0])
