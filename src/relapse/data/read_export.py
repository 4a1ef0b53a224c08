"""A file as a county office has it → its columns as text under all their header rows. Nothing is judged here."""

from __future__ import annotations

import csv
import hashlib
import io
import re
from collections import Counter
from collections.abc import Collection, Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path

import numpy as np
import pyarrow as pa
import pyarrow.csv as pa_csv
import pyarrow.parquet as pq
from numpy.typing import NDArray

from relapse.core.errors import InputError
from relapse.data.header_rows import LOOKED_AT, Header, find_header
from relapse.data.read_csv import utf8
from relapse.data.read_workbook import read_workbook
from relapse.data.sheet_rows import are_data, is_footer, stripped

_HEAD = 1_000_000  # bytes among which the header rows of a text file are
_BLOCK = 1 << 24
_PANDAS_INDEX = re.compile(r"__index_level_\d+__")


class NoRowsError(InputError):
    """A table that nobody has filled in yet."""


@dataclass(frozen=True, eq=False)
class Sheet:
    """A table as it stands in a file.

    Args:
        name: of the file.
        columns: named c0, c1 …, as text (missing where empty, no spaces around); of Parquet files as they are.
        paths: header rows of each column from the top: the groups that it belongs to, then its own name.
        rows: (rows,) row number of each row in the file as a person counts from 1, titles and headers included.
        ragged: numbers of rows that have more or fewer values than the header and are left out.
        digest: SHA-256 of the file's bytes.
        sheets_ignored: names of further sheets with data, which are not read.
    """

    name: str
    columns: pa.Table
    paths: tuple[tuple[str, ...], ...]
    rows: NDArray[np.int64]
    ragged: tuple[int, ...]
    digest: str
    sheets_ignored: tuple[str, ...]


def read_sheet(path: Path, known_headers: Collection[str], footers: Collection[str]) -> Sheet:
    """Read a CSV file (UTF-8 or GBK; comma or tab), a workbook (xlsx) or a Parquet file.

    Left out are titles, header rows (also where they stand again), empty rows, and rows that sum up or close the sheet.
    Of a workbook the first sheet with known headers is read.

    Args:
        path: of the file.
        known_headers: headers that may be there, as `cell_values.normal_header` gives them; they tell which rows are
            the header.
        footers: first words of rows that sum up or close a sheet.

    Raises:
        InputError: the file cannot be read, or holds no table; the message says what to do.
    """
    digest = _digest(path)
    suffix = path.suffix.lower()
    if suffix in (".parquet", ".pq"):
        columns, paths = _read_parquet(path)
        rows = np.arange(2, columns.num_rows + 2, dtype=np.int64)
        return _checked(Sheet(path.name, columns, paths, rows, (), digest, ()))
    if suffix in (".xlsx", ".xlsm", ".xls", ".et"):
        book = read_workbook(path, known_headers)
        ragged = tuple(row for row, cells in book.ragged if not is_footer(cells, footers))
        return _cleaned(path.name, book.columns, book.header, book.rows, ragged, digest, book.ignored, footers)
    if suffix not in (".csv", ".tsv", ".txt"):
        raise InputError(f"{path.name}: cannot tell the kind of file; save it as .csv, .xlsx or .parquet")
    columns, header, rows, ragged = read_text(path, known_headers, footers)
    return _cleaned(path.name, columns, header, rows, ragged, digest, (), footers)


def parquet_rows(path: Path) -> int:
    """Rows of a Parquet file; 0 of one that cannot be read."""
    try:
        with pq.ParquetFile(path) as file:
            return int(file.metadata.num_rows)
    except (pa.ArrowException, OSError, ValueError):
        return 0


def parquet_pieces(path: Path, rows: int) -> Iterator[Sheet]:
    """A Parquet file, so many rows at a time.

    Args:
        path: of the file.
        rows: of a piece.

    Raises:
        InputError: the file cannot be read.
    """
    digest, begin = _digest(path), 2
    try:
        with pq.ParquetFile(path) as file:
            texts = [field.name for field in file.schema_arrow if pa.types.is_string(field.type)]
        with pq.ParquetFile(path, read_dictionary=texts, pre_buffer=False) as file:
            for batches in _gathered(file.iter_batches(rows, use_threads=False), rows):
                columns, paths = _plain(pa.Table.from_batches(batches))
                numbers = np.arange(begin, begin + columns.num_rows, dtype=np.int64)
                begin += columns.num_rows
                yield _checked(Sheet(path.name, columns, paths, numbers, (), digest, ()))
    except (pa.ArrowException, OSError, ValueError) as error:
        raise InputError(f"{path.name} is no whole Parquet file: it is cut off, damaged or of another kind") from error


def _cleaned(
    name: str,
    columns: pa.Table,
    header: Header,
    rows: NDArray[np.int64],
    ragged: tuple[int, ...],
    digest: str,
    ignored: tuple[str, ...],
    footers: Collection[str],
) -> Sheet:
    columns = stripped(columns)
    data = are_data(columns, header, footers)
    if not data.all():
        columns, rows = columns.filter(pa.array(data)), rows[data]
    if len(ragged) > columns.num_rows:
        raise InputError(
            f"{name} is no table: most rows have more or fewer values than the header's {columns.num_columns}; "
            "the columns may be shifted, or a quotation mark is never closed"
        )
    paths = header.paths + (("",),) * (columns.num_columns - len(header.paths))
    kept = [p for p, path in enumerate(paths) if path != ("",) or columns.column(p).null_count < columns.num_rows]
    return _checked(
        Sheet(name, _numbered(columns.select(kept)), tuple(paths[p] for p in kept), rows, ragged, digest, ignored)
    )


def _checked(sheet: Sheet) -> Sheet:
    if not sheet.columns.num_columns or not sheet.columns.num_rows:
        raise NoRowsError(f"{sheet.name} has a header and no rows; export it again, or leave it out of the folder")
    return sheet


def _numbered(columns: pa.Table) -> pa.Table:
    return columns.rename_columns([f"c{place}" for place in range(columns.num_columns)])


def _digest(path: Path) -> str:
    try:
        with path.open("rb") as file:
            if not path.stat().st_size:
                raise InputError(f"{path.name} is empty; export it again, or leave it out of the folder")
            return hashlib.file_digest(file, "sha256").hexdigest()
    except OSError as error:
        raise InputError(f"{path.name} cannot be read: {error.strerror}; close it in other programs") from error


def _read_parquet(path: Path) -> tuple[pa.Table, tuple[tuple[str, ...], ...]]:
    try:
        with pq.ParquetFile(path) as file:
            texts = [field.name for field in file.schema_arrow if pa.types.is_string(field.type)]
        with pq.ParquetFile(path, read_dictionary=texts) as file:  # each text once: it is read so anyway
            table = file.read(use_threads=False)
    except (pa.ArrowException, OSError, ValueError) as error:
        raise InputError(f"{path.name} is no whole Parquet file: it is cut off, damaged or of another kind") from error
    return _plain(table)


def _gathered(batches: Iterator[pa.RecordBatch], rows: int) -> Iterator[list[pa.RecordBatch]]:
    """Batches put together to about so many rows: groups of rows of a file may be small."""
    some, count = list[pa.RecordBatch](), 0
    for batch in batches:
        some.append(batch)
        count += batch.num_rows
        if count >= rows:
            yield some
            some, count = [], 0
    if some:
        yield some


def _plain(table: pa.Table) -> tuple[pa.Table, tuple[tuple[str, ...], ...]]:
    """The columns that a table may have, and their headers."""
    kept = [
        place
        for place, field in enumerate(table.schema)
        if not pa.types.is_nested(field.type) and not _PANDAS_INDEX.fullmatch(field.name)
    ]
    table = table.select(kept).replace_schema_metadata(None)
    return _numbered(table), tuple(("".join(name.split()),) for name in table.column_names)


def read_text(
    path: Path, known_headers: Collection[str], footers: Collection[str]
) -> tuple[pa.Table, Header, NDArray[np.int64], tuple[int, ...]]:
    """Columns, header, row numbers and ragged rows of a CSV file.

    Raises:
        InputError: it is no text table, or holds no row.
    """
    text = utf8(path.read_bytes(), path.name)
    heads = [_records(text, separator, path.name) for separator in (",", "\t")]
    found = [(find_header([cells for cells, _ in head], known_headers), head) for head in heads]
    headers = [(header, head) for header, head in found if header is not None]
    if not headers:
        raise InputError(f"{path.name} is empty: it has no filled row; export it again")
    header, head = max(headers, key=lambda each: (each[0].known, len(each[0].paths)))
    separator = "," if head is heads[0] else "\t"
    width = _width(header, [cells for cells, _ in head[header.rows :]])
    rest = text[head[header.rows - 1][1] :]
    if not rest.strip():
        raise NoRowsError(f"{path.name} has a header and no rows; export it again, or leave it out of the folder")
    columns, odd = _parsed(rest, separator, width, path.name)
    everything = np.arange(1, columns.num_rows + len(odd) + 1, dtype=np.int64)
    rows = np.setdiff1d(everything, np.array([row for row, _ in odd], dtype=np.int64), assume_unique=True) + header.rows
    apart = [(row, next(csv.reader([line], delimiter=separator), [])) for row, line in odd]
    return columns, header, rows, tuple(row + header.rows for row, cells in apart if not is_footer(cells, footers))


def _parsed(text: bytes, separator: str, width: int, name: str) -> tuple[pa.Table, list[tuple[int, str]]]:
    """Columns of the rows below the header, and number and text of the rows that have another number of values."""
    odd: list[tuple[int, str]] = []

    def leave_out(row: pa_csv.InvalidRow) -> str:
        odd.append((row.number, row.text))
        return "skip"

    names = [f"c{place}" for place in range(width)]
    try:
        table = pa_csv.read_csv(
            pa.BufferReader(text),
            pa_csv.ReadOptions(use_threads=False, column_names=names, block_size=_BLOCK),
            pa_csv.ParseOptions(
                delimiter=separator, newlines_in_values=True, ignore_empty_lines=False, invalid_row_handler=leave_out
            ),
            pa_csv.ConvertOptions(strings_can_be_null=False, column_types=dict.fromkeys(names, pa.string())),
        )
    except pa.ArrowException as error:
        raise InputError(f"{name} is no table: a header and rows with as many values, separated by commas") from error
    return table, odd


def _records(text: bytes, separator: str, name: str) -> list[tuple[list[str], int]]:
    """The first rows of a text file: cells, and the place in bytes behind each row."""
    cut = len(text) > _HEAD
    lines = list(io.StringIO(text[:_HEAD].decode("utf-8", "ignore"), newline=""))
    ends = np.cumsum([len(line.encode("utf-8")) for line in lines])
    reader = csv.reader(lines[:-1] if cut else lines, delimiter=separator)
    records: list[tuple[list[str], int]] = []
    try:
        for cells in reader:
            records.append(([cell.strip() for cell in cells], int(ends[reader.line_num - 1])))
            if len(records) == LOOKED_AT:
                break
    except csv.Error as error:
        raise InputError(f"{name} is no table: a quotation mark may be missing; save it again as CSV") from error
    return records


def _width(header: Header, rows: Sequence[Sequence[str]]) -> int:
    """Number of values that a row has to have: what most rows have, as long as what stands there has a header."""
    named = len(header.paths)
    widths = Counter(len(cells) for cells in rows if any(cells))
    if not widths:
        return named
    usual = widths.most_common(1)[0][0]
    beyond = any(any(cells[named:]) for cells in rows if len(cells) == usual)
    return usual if usual >= named and not beyond else named
