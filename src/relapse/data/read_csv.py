"""Bytes of a CSV file → columns. The file tells its encoding (UTF-8 or GBK) and separator (comma or tab)."""

from __future__ import annotations

import csv
import io
from collections.abc import Collection

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc
import pyarrow.csv as pa_csv
from numpy.typing import NDArray

from relapse.core.errors import InputError

MISSING = ["", "NA", "N/A", "#N/A", "NaN", "nan", "null", "NULL", "None", ".", "<NA>"]
Parts = tuple[pa.Table, NDArray[np.int64], tuple[int, ...]]  # columns, row numbers, rows left out
_BOM = b"\xef\xbb\xbf"
_COMMON_SHARE = 0.8  # of the characters beyond ASCII that must be common Chinese for a file to be taken as GBK


def read_csv(data: bytes, name: str, as_text: Collection[str]) -> Parts:
    """Read a CSV file.

    Args:
        data: bytes of the file, not empty.
        name: of the file, for messages.
        as_text: columns that stay text.

    Returns:
        The columns; the row number of each row (the header is row 1, empty rows count and are left out); and the row
        numbers of rows whose number of values does not fit the header, which are left out too.

    Raises:
        InputError: it is no text, the encoding is neither UTF-8 nor GBK, or the rows do not make a table.
    """
    text = utf8(data, name)
    header, separator = _header(text, name)
    ragged: list[int] = []

    def leave_out(row: pa_csv.InvalidRow) -> str:
        ragged.append(row.number)
        return "skip"

    try:
        table = pa_csv.read_csv(
            pa.BufferReader(text),
            pa_csv.ReadOptions(use_threads=False),  # row numbers are known only then
            pa_csv.ParseOptions(
                delimiter=separator, newlines_in_values=True, ignore_empty_lines=False, invalid_row_handler=leave_out
            ),
            pa_csv.ConvertOptions(
                strings_can_be_null=True,
                null_values=MISSING,
                column_types={column: pa.string() for column in header if column.strip() in as_text},
            ),
        )
    except pa.ArrowException as error:
        raise InputError(f"{name} is no table: a header and rows with as many values, separated by commas") from error
    if len(ragged) > max(table.num_rows, 1):
        raise InputError(f"{name} is no table: most rows have more or fewer values than the header's {len(header)}")
    return _without_empty(table.rename_columns([column.strip() for column in header]), ragged)


def _without_empty(table: pa.Table, ragged: list[int]) -> Parts:
    everything = np.arange(2, table.num_rows + len(ragged) + 2, dtype=np.int64)
    rows = np.setdiff1d(everything, ragged, assume_unique=True)
    filled = np.zeros(table.num_rows, dtype=bool)
    for column in table.columns:
        filled |= pc.is_valid(column).to_numpy()
        if filled.all():
            return table, rows, tuple(ragged)
    return table.filter(pa.array(filled)), rows[filled], tuple(ragged)


def utf8(data: bytes, name: str) -> bytes:
    """The bytes of a text file in UTF-8 or GBK as UTF-8 without a mark at the beginning.

    Args:
        data: bytes of the file.
        name: of the file, for messages.

    Raises:
        InputError: it is no text, or the encoding is neither UTF-8 nor GBK.
    """
    if b"\x00" in data[:1_000_000]:
        raise InputError(f"{name} is no text table, whatever its name says; save it as CSV in UTF-8")
    try:
        data.decode("utf-8")
    except UnicodeDecodeError:
        return _from_gbk(data, name).encode("utf-8")
    return data.removeprefix(_BOM)


def _from_gbk(data: bytes, name: str) -> str:
    """Text in GBK; refused where it would come out as characters that hardly anybody writes."""
    refusal = InputError(f"{name}: the encoding is neither UTF-8 nor GBK; save the table as CSV in UTF-8")
    try:
        text = data.decode("gb18030")
    except UnicodeDecodeError:
        raise refusal from None
    plain = len(text.encode("ascii", "ignore"))
    common = (len(text.encode("gb2312", "ignore")) - plain) / 2  # two bytes each
    if common < _COMMON_SHARE * (len(text) - plain):
        raise refusal
    return text


def _header(text: bytes, name: str) -> tuple[list[str], str]:
    lines = text[:100_000].decode("utf-8", "ignore")
    first = next(iter(lines.splitlines()), "")
    if not first.strip():
        raise InputError(f"{name}: the first row is empty; it must hold the names of the columns")
    separator = "\t" if first.count("\t") > first.count(",") else ","
    return next(csv.reader(io.StringIO(lines, newline=""), delimiter=separator)), separator
