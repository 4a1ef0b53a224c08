"""A handed-back file → its rows as text under fields that are known by their headers, wherever the columns stand."""

from __future__ import annotations

import hashlib
import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from zipfile import BadZipFile, ZipFile

import numpy as np
import pyarrow as pa
from numpy.typing import NDArray

from relapse.core.contract import Contract
from relapse.core.errors import InputError
from relapse.core.handback import FIELDS, HEADERS, HandBackSettings, Note
from relapse.core.texts import text
from relapse.data.cell_values import normal_header, normal_text
from relapse.data.county_match import field_names, readings
from relapse.data.header_rows import Header
from relapse.data.read_export import NoRowsError, read_text
from relapse.data.read_workbook import read_sheets
from relapse.data.sheet_rows import are_data, stripped

CLUE, HOUSEHOLD, TOWNSHIP, VILLAGE, HEAD, NUMBER = (
    "clue_id", "household_id", "township", "village", "head_name", "id_number",
)  # fmt: skip
BOOKS, TEXTS = (".xlsx", ".xlsm"), (".csv", ".tsv", ".txt")
_OF_HOUSEHOLDS, _OF_PERSONS = (HOUSEHOLD, TOWNSHIP, VILLAGE, HEAD), (NUMBER,)
_OF_LEDGERS = {
    "风险线索人员": HEAD,
    "农户": HEAD,
    "农户姓名": HEAD,
    "身份证号": NUMBER,
    "村名": VILLAGE,
    "证件号码后四位": NUMBER,
}
_KEYS = (CLUE, HOUSEHOLD, HEAD)
_FURTHER = 24  # columns right of the header that people scribble in
_SAVED = re.compile(rb"<dcterms:modified[^>]*>([^<]+)<")


@dataclass(frozen=True, eq=False)
class Sheet:
    """Rows of one sheet.

    Args:
        title: of the sheet, empty for a text file.
        rows: (rows,) numbers as a person counts.
        headers: of all columns.
        columns: (rows,) texts of each column, None where empty.
        fields: by field, the places of the columns that bear it, from the left.
        unworked: addresses of cells whose formula has no value.
    """

    title: str
    rows: NDArray[np.int64]
    headers: tuple[str, ...]
    columns: tuple[Sequence[str | None], ...]
    fields: Mapping[str, tuple[int, ...]]
    unworked: tuple[str, ...]

    def address(self, place: int, row: int) -> str:
        """Of a cell: column by its place, row by its number."""
        return f"{letters(place)}{row}"


@dataclass(frozen=True, eq=False)
class Paper:
    """A handed-back file.

    Args:
        path: of the file.
        name: as messages call it.
        digest: SHA-256 of its bytes.
        saved: when its program saved it, as that program says; empty where it does not.
        meta: what its hidden sheet tells.
        sheets: that hold answers.
        notes: of rows that could not be read.
    """

    path: Path
    name: str
    digest: str
    saved: str
    meta: Mapping[str, str]
    sheets: tuple[Sheet, ...]
    notes: list[Note] = field(default_factory=list)


def letters(place: int) -> str:
    """A column as a spreadsheet calls it.

    Example:
        >>> letters(0), letters(30)
        ('A', 'AE')
    """
    told = ""
    while place >= 0:
        place, rest = divmod(place, 26)
        told = chr(ord("A") + rest) + told
        place -= 1
    return told


def headers_of(contract: Contract) -> dict[str, str]:
    """By header as it is compared, the field that it names: of the list, the contract and the county's ledgers."""
    names: dict[str, str] = {}
    for name, key in HEADERS.items():
        for language in ("zh", "en"):
            names.setdefault(normal_header(text(f"clue.{key}", language)), name)
    for told, own in [(FIELDS, "visits"), ({each: each for each in _OF_HOUSEHOLDS}, "households"),
                      ({each: each for each in _OF_PERSONS}, "persons"), ({CLUE: CLUE}, "visits")]:  # fmt: skip
        back = {of: name for name, of in told.items()}
        for header, of in field_names(contract.table(own), {}).items():
            if of in back:
                names.setdefault(header, back[of])
    return names | {normal_header(header): of for header, of in _OF_LEDGERS.items()}


def read_paper(path: Path, name: str, contract: Contract, settings: HandBackSettings) -> Paper:
    """Read a handed-back workbook or text file.

    Args:
        path: of the file.
        name: as messages call it.
        contract: whose headers may stand there.
        settings: which sheets are left alone.

    Raises:
        InputError: it cannot be read, or no sheet of it holds answers; the message says what to do.
    """
    known = headers_of(contract)
    try:
        data = path.read_bytes()
    except OSError as error:
        raise InputError(f"{name} cannot be read: {error.strerror}; close it in other programs") from error
    digest, suffix = hashlib.sha256(data).hexdigest(), path.suffix.lower()
    if not data:
        raise InputError(f"{name} is empty; ask for it again")
    if suffix in TEXTS:
        sheets, notes = _of_text(path, name, known, contract)
        meta: Mapping[str, str] = {}
    elif suffix in (*BOOKS, ".xls", ".et"):
        sheets, meta, notes = _of_book(path, name, known, contract, settings)
    else:
        raise InputError(f"{name}: cannot tell the kind of file; save it as .xlsx or .csv")
    if not sheets:
        raise InputError(
            f"{name}: no sheet has the columns of a handed-back list: {text('clue.verdict', 'zh')} and "
            f"{text('clue.clue_id', 'zh')} or {text('clue.household_id', 'zh')}; hand in the list itself, filled in"
        )
    return Paper(path, name, digest, _saved(path) if suffix in BOOKS else "", meta, tuple(sheets), notes)


def _of_book(
    path: Path, name: str, known: Mapping[str, str], contract: Contract, settings: HandBackSettings
) -> tuple[list[Sheet], Mapping[str, str], list[Note]]:
    skipped = {normal_text(title) for title in settings.skipped_sheets}

    def wanted(title: str, header: Header) -> bool:
        return normal_text(title) not in skipped and _holds_answers(_fields(header.paths, known, contract))

    books, meta = read_sheets(path, known, wanted, _FURTHER)
    sheets = [
        _sheet(book.title, book.columns, book.header, book.rows, known, contract, book.unworked) for book in books
    ]
    notes = [
        Note("row_width", name, book.title, row=row)
        for book in books
        for row, _ in book.ragged
    ]  # fmt: skip
    return sheets, meta, notes


def _of_text(path: Path, name: str, known: Mapping[str, str], contract: Contract) -> tuple[list[Sheet], list[Note]]:
    try:
        columns, header, rows, ragged = read_text(path, known, contract.words.footer)
    except NoRowsError as error:
        raise InputError(f"{name}: there is no row below the header; ask for it again") from error
    if not _holds_answers(_fields(header.paths, known, contract)):
        return [], []
    notes = [Note("row_width", name, row=row) for row in ragged]
    return [_sheet("", columns, header, rows, known, contract, ())], notes


def _sheet(
    title: str,
    columns: pa.Table,
    header: Header,
    rows: NDArray[np.int64],
    known: Mapping[str, str],
    contract: Contract,
    unworked: tuple[str, ...],
) -> Sheet:
    columns = stripped(columns)
    data = are_data(columns, header, contract.words.footer)
    columns, rows = columns.filter(pa.array(data)), rows[data]
    paths = header.paths + (("",),) * (columns.num_columns - len(header.paths))
    return Sheet(
        title,
        rows,
        tuple(each[-1] for each in paths),
        tuple(column.to_pylist() for column in columns.columns),
        _fields(paths, known, contract),
        unworked,
    )


def _fields(
    paths: Sequence[tuple[str, ...]], known: Mapping[str, str], contract: Contract
) -> dict[str, tuple[int, ...]]:
    """By field, the places of its columns. The group above a column is asked last: 核查 above 日期 is 核查日期."""
    found: dict[str, list[int]] = {}
    for place, path in enumerate(paths):
        for way in _readings(path, contract):
            if way in known:
                found.setdefault(known[way], []).append(place)
                break
    return {name: tuple(places) for name, places in found.items()}


def _readings(path: Sequence[str], contract: Contract) -> Iterator[str]:
    """What a column may be called; a star or a note behind a header does not count."""
    for way in readings(path, contract.words):
        yield way
        yield normal_header(re.sub(r"[*※★]|[(\[].*$", "", way))


def _holds_answers(fields: Mapping[str, tuple[int, ...]]) -> bool:
    return "verdict" in fields and any(key in fields for key in _KEYS)


def _saved(path: Path) -> str:
    """When a program says it saved the workbook, in UTC."""
    try:
        with ZipFile(path) as archive:
            found = _SAVED.search(archive.read("docProps/core.xml"))
    except (KeyError, BadZipFile, OSError):
        return ""
    return found[1].decode("ascii", "ignore")[:19] if found else ""
