"""Bytes of a workbook → the columns of its first sheet."""

from __future__ import annotations

import io
import warnings
from collections.abc import Collection, Sequence
from zipfile import BadZipFile

import numpy as np
import pyarrow as pa

from relapse.core.errors import InputError
from relapse.data.read_csv import MISSING, Parts


def read_xlsx(data: bytes, name: str, as_text: Collection[str]) -> Parts:
    """Read the first sheet of a workbook.

    Args:
        data: bytes of the file.
        name: of the file, for messages.
        as_text: columns that become text.

    Returns:
        The columns; the row number of each row as the workbook shows it, empty rows left out; and nothing.

    Raises:
        InputError: it is no whole workbook, or the first sheet has no header.
    """
    import openpyxl

    try:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")  # about styles, which do not matter here
            book = openpyxl.load_workbook(io.BytesIO(data), read_only=True, data_only=True)
            lines = list(book.worksheets[0].iter_rows(values_only=True))
    except (BadZipFile, KeyError, ValueError, OSError, EOFError, IndexError, SyntaxError) as error:
        raise InputError(f"{name} is no whole workbook: it is cut off, damaged or of another kind") from error
    if not lines or all(cell is None for cell in lines[0]):
        raise InputError(f"{name}: the first row of the first sheet must hold the names of the columns")
    header = ["" if cell is None else str(cell).strip() for cell in lines[0]]
    width = max(place for place, column in enumerate(header) if column) + 1
    kept = [(row, line) for row, line in enumerate(lines[1:], start=2) if any(cell is not None for cell in line)]
    arrays = [
        _array([line[place] if place < len(line) else None for _, line in kept], header[place] in as_text)
        for place in range(width)
    ]
    return pa.table(arrays, names=header[:width]), np.array([row for row, _ in kept], dtype=np.int64), ()


def _array(cells: Sequence[object], as_text: bool) -> pa.Array:
    values = [None if isinstance(cell, str) and cell.strip() in MISSING else cell for cell in cells]
    if not as_text:
        try:
            return pa.array(values)
        except (pa.ArrowInvalid, pa.ArrowTypeError):
            pass  # texts and numbers in one column: texts
    return pa.array([None if value is None else _text(value) for value in values], type=pa.string())


def _text(value: object) -> str:
    """A cell as text; a whole number without a decimal point."""
    return str(int(value)) if isinstance(value, float) and value.is_integer() else str(value)
