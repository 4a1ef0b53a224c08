"""A workbook → the columns of the sheet that has known headers, as text."""

from __future__ import annotations

import re
import warnings
import zlib
from collections.abc import Callable, Collection, Iterable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, replace
from datetime import date, datetime, time
from itertools import islice
from pathlib import Path
from typing import Literal, Protocol, cast
from zipfile import BadZipFile, ZipFile

import numpy as np
import pyarrow as pa
from numpy.typing import NDArray

from relapse.core.errors import InputError
from relapse.data.header_rows import LOOKED_AT, Header, Merge, find_header

Row = tuple[object, ...]
_OLE = b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1"
_LARGEST = 4 * 2**30  # bytes unpacked
_BATCH = 4096  # rows turned into columns together
_LOST = 1e15  # numbers beyond it have more digits than a workbook keeps
_MERGE = re.compile(rb'<(?:\w+:)?mergeCell\s[^>]*?ref="([A-Z]+)(\d+):([A-Z]+)(\d+)"')
_UNWORKED = re.compile(  # a cell whose formula has no value
    rb'<(?:\w+:)?c\s[^>]*?r="([A-Z]+\d+)"[^>]*><(?:\w+:)?f(?:\s[^>]*)?(?:/>|>[^<]*</(?:\w+:)?f>)'
    rb"(?:<(?:\w+:)?v\s*/>|<(?:\w+:)?v></(?:\w+:)?v>)?</(?:\w+:)?c>"
)
_META = "_meta"  # the hidden sheet by which a list's workbook is known again
_CHUNK = 1 << 20
_VISIBLE = "visible"
_BROKEN = (
    BadZipFile, KeyError, ValueError, OSError, EOFError, IndexError, SyntaxError, RuntimeError, TypeError,
    AttributeError, zlib.error,
)  # fmt: skip  # what openpyxl raises at damaged files


class _Sheet(Protocol):
    """What is used of a sheet that openpyxl reads row by row."""

    title: str
    sheet_state: str
    _worksheet_path: str  # in the packed file

    def reset_dimensions(self) -> None: ...

    def iter_rows(self, *, values_only: Literal[True]) -> Iterable[Row]: ...


@dataclass(frozen=True, eq=False)
class Book:
    """The sheet that is read.

    Args:
        columns: texts, as many as the header is wide.
        header: of the sheet.
        rows: (rows,) numbers of the rows as the workbook shows them.
        ragged: rows with values beyond the header's last column: number and cells.
        ignored: names of further visible sheets with data.
        title: of the sheet.
        unworked: addresses of cells whose formula has no value, as programs leave it that do not calculate.
    """

    columns: pa.Table
    header: Header
    rows: NDArray[np.int64]
    ragged: tuple[tuple[int, list[str]], ...]
    ignored: tuple[str, ...]
    title: str = ""
    unworked: tuple[str, ...] = ()


def read_workbook(path: Path, known_headers: Collection[str]) -> Book:
    """Read the first visible sheet that has known headers (else the first that has data).

    A cell that is merged downwards below the header stands in each of its rows.

    Args:
        path: of the file.
        known_headers: as `normal_header` gives them.

    Raises:
        InputError: the file is protected, old, damaged, too large once unpacked, or empty.
    """
    with _opened(path) as sheets:
        filled = _filled(sheets, path, known_headers)
        chosen, header = next((each for each in filled if each[1].known), filled[0])
        ignored = tuple(str(sheet.title) for sheet, _ in filled if sheet is not chosen)
        return replace(_book(chosen, header, path), ignored=ignored)


def read_sheets(
    path: Path, known_headers: Collection[str], wanted: Callable[[str, Header], bool], further: int
) -> tuple[list[Book], Mapping[str, str]]:
    """Read every visible sheet of a workbook that is wanted, and what its hidden sheet `_meta` tells.

    Args:
        path: of the file.
        known_headers: as `normal_header` gives them.
        wanted: of a sheet's name and header.
        further: columns right of the header that a row may reach into.

    Returns:
        The sheets in their order; names and values of `_meta`, empty where there is none.

    Raises:
        InputError: as `read_workbook`.
    """
    with _opened(path) as sheets:
        books = []
        for sheet, header in _filled(sheets, path, known_headers):
            if wanted(str(sheet.title), header):
                wide = replace(header, paths=header.paths + (("",),) * further)
                unworked = _unworked(path, sheet._worksheet_path)
                books.append(replace(_book(sheet, wide, path), unworked=unworked))
        meta = next((sheet for sheet in sheets if sheet.title == _META), None)
        return books, {} if meta is None else _told(meta)


@contextmanager
def _opened(path: Path) -> Iterator[list[_Sheet]]:
    """The sheets of a workbook while it is open; whatever openpyxl raises is told as one sentence."""
    _refuse(path)
    import openpyxl

    try:
        with warnings.catch_warnings(), path.open("rb") as file:
            warnings.simplefilter("ignore")  # about styles, which do not matter here
            yield cast("list[_Sheet]", openpyxl.load_workbook(file, read_only=True, data_only=True).worksheets)
    except _BROKEN as error:
        raise InputError(f"{path.name} is no whole workbook: it is cut off, damaged or of another kind") from error


def _filled(sheets: Sequence[_Sheet], path: Path, known_headers: Collection[str]) -> list[tuple[_Sheet, Header]]:
    """Visible sheets with data, and their headers."""
    found = [(sheet, _header(sheet, path, known_headers)) for sheet in _shown(sheets)]
    filled = [(sheet, header) for sheet, header in found if header is not None]
    if not filled:
        raise InputError(f"{path.name} is empty: no sheet has a filled row; export it again")
    return filled


def _book(sheet: _Sheet, header: Header, path: Path) -> Book:
    columns, rows, ragged = _columns(sheet.iter_rows(values_only=True), header)
    columns = _filled_down(columns, rows, _merges(path, sheet._worksheet_path))
    return Book(columns, header, rows, ragged, (), str(sheet.title))


def _told(meta: _Sheet) -> dict[str, str]:
    """Names and values of the first rows of a sheet of two columns."""
    meta.reset_dimensions()
    rows = islice(meta.iter_rows(values_only=True), LOOKED_AT)
    return {str(row[0]): cell_text(row[1]) or "" for row in rows if len(row) > 1 and row[0] is not None}


def _unworked(path: Path, inside: str) -> tuple[str, ...]:
    """Addresses of cells with a formula and no value."""
    with ZipFile(path) as archive:
        return tuple(found[1].decode() for found in _UNWORKED.finditer(archive.read(inside)))


def cell_text(value: object) -> str | None:
    """A cell as text: whole numbers as their digits, dates as 2020-05-17, nothing for an empty cell.

    Numbers of more digits than a workbook keeps stay in scientific notation, so that nobody takes them for ids.
    """
    if value is None or isinstance(value, str):
        return value or None
    if isinstance(value, bool):
        return "true" if value else "false"
    if isinstance(value, datetime):
        return value.date().isoformat() if value.time() == time() else value.isoformat(" ")
    if isinstance(value, date):
        return value.isoformat()
    if isinstance(value, float):
        return f"{value:.14E}" if abs(value) >= _LOST else str(int(value)) if value.is_integer() else repr(value)
    return str(value)


def _refuse(path: Path) -> None:
    with path.open("rb") as file:
        begins = file.read(len(_OLE))
    if begins == _OLE:
        raise InputError(
            f"{path.name} is protected by a password (or an old .xls): open it, save it as .xlsx without a password"
        )
    if path.suffix.lower() in (".xls", ".et"):
        raise InputError(f"{path.name} is an old kind of workbook: open it and save it as .xlsx")
    try:
        with ZipFile(path) as archive:
            unpacked = sum(entry.file_size for entry in archive.infolist())
    except _BROKEN as error:
        raise InputError(f"{path.name} is no whole workbook: it is cut off, damaged or of another kind") from error
    if unpacked > _LARGEST:
        raise InputError(
            f"{path.name} would be {unpacked / 2**30:.1f} GiB once unpacked, and at most 4 are read; save it as CSV"
        )


def _shown(sheets: Sequence[_Sheet]) -> list[_Sheet]:
    """Visible sheets, all where none is; without the extent that they claim, which exporters get wrong."""
    for sheet in sheets:
        sheet.reset_dimensions()
    return [sheet for sheet in sheets if sheet.sheet_state == _VISIBLE] or list(sheets)


def _header(sheet: _Sheet, path: Path, known_headers: Collection[str]) -> Header | None:
    top = [[(cell_text(cell) or "").strip() for cell in row] for row in _first_rows(sheet)]
    merges = [merge for merge in _merges(path, sheet._worksheet_path) if merge.top < LOOKED_AT]
    return find_header(top, known_headers, merges) if any(map(any, top)) else None


def _first_rows(sheet: _Sheet) -> Iterable[Row]:
    return islice(sheet.iter_rows(values_only=True), LOOKED_AT)


def _merges(path: Path, inside: str) -> list[Merge]:
    """Merged ranges of a sheet; reading row by row does not tell them."""
    found, tail = [], b""
    with ZipFile(path) as archive, archive.open(inside) as sheet:
        while chunk := sheet.read(_CHUNK):
            text = tail + chunk
            last = 0
            for last_match in _MERGE.finditer(text):
                left, top, right, bottom = last_match.groups()
                found.append(Merge(int(top) - 1, _place(left), int(bottom) - 1, _place(right)))
                last = last_match.end()
            tail = text[max(last, len(text) - 200) :]
    return found


def _filled_down(columns: pa.Table, rows: NDArray[np.int64], merges: Sequence[Merge]) -> pa.Table:
    """Columns in which a cell that is merged downwards tells of all its rows: a household's cell, of its persons."""
    down: dict[int, list[tuple[int, int]]] = {}
    for merge in merges:
        if merge.bottom > merge.top and merge.left < columns.num_columns:
            down.setdefault(merge.left, []).append((merge.top + 1, merge.bottom + 1))  # as rows are numbered
    for place, spans in down.items():
        first, last = np.array(spans).T
        begin, end = np.searchsorted(rows, first), np.searchsorted(rows, last, side="right")
        there = (end > begin) & (rows[np.minimum(begin, len(rows) - 1)] == first) if len(rows) else end > begin
        begin, length = begin[there], (end - begin)[there]
        source = np.arange(len(rows))
        into = np.repeat(begin - np.cumsum(length) + length, length) + np.arange(length.sum())
        source[into] = np.repeat(begin, length)
        columns = columns.set_column(place, columns.column_names[place], columns.column(place).take(pa.array(source)))
    return columns


def _place(letters: bytes) -> int:
    """The place of a column from 0: A is 0, AA is 26."""
    place = 0
    for letter in letters:
        place = place * 26 + letter - ord("A") + 1
    return place - 1


def _columns(
    lines: Iterable[Row], header: Header
) -> tuple[pa.Table, NDArray[np.int64], tuple[tuple[int, list[str]], ...]]:
    """Columns of the rows below the header, their numbers, and the rows that are too wide."""
    width = len(header.paths)
    names = [f"c{place}" for place in range(width)]
    parts, numbers, ragged = [], list[int](), []
    numbered = islice(enumerate(lines, start=1), header.rows, None)
    while batch := list(islice(numbered, _BATCH)):
        fitting = []
        for number, line in batch:
            if any(cell is not None and cell != "" for cell in line[width:]):
                ragged.append((number, [cell_text(cell) or "" for cell in line]))
            else:
                fitting.append(line[:width] + (None,) * (width - len(line)))
                numbers.append(number)
        cells = zip(*fitting, strict=True) if fitting else ((),) * width
        arrays = [pa.array([cell_text(cell) for cell in column], type=pa.string()) for column in cells]
        parts.append(pa.table(arrays, names=names))
    empty = pa.table([pa.array([], type=pa.string())] * width, names=names)
    return pa.concat_tables(parts or [empty]), np.array(numbers, dtype=np.int64), tuple(ragged)
