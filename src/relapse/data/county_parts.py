"""A county's folder that is too large to be held, read in parts: its files piece by piece, its panel as a store.

    pieces of the files → typed rows, put down by part of the households → panels of the parts → a store of them

Typing is by piece: of a Parquet file so many rows at a time, of every other file all of it. Everything else is worked
out as for a whole folder, part by part, with what only all parts together can tell: who exists, the newest reported
month, the usual age of the newest income.
"""

from __future__ import annotations

import shutil
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from functools import cached_property
from pathlib import Path

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc
import pyarrow.parquet as pq
from numpy.typing import NDArray

from relapse.core.broken import Broken, together
from relapse.core.contract import Contract, Table
from relapse.core.facts import Category, Column, Ints
from relapse.core.results import Finding
from relapse.data.county_checks import OwnDays
from relapse.data.county_facts import HOUSEHOLD
from relapse.data.county_files import Source
from relapse.data.county_read import Reading, Told, read_pieces
from relapse.data.county_typed import Typed
from relapse.data.hidden_names import Named
from relapse.data.panel_store import MOST_LEVELS
from relapse.data.table_columns import category

HOUSEHOLDS_A_PART = 16_384  # matrices of a part stay in the cache
_ROW = "·row"
_OF_HEADERS = ("column_missing", "column_twice", "columns_ignored")  # said before any cell is looked at
_Key = tuple[int, str, str]
_NOBODY, _EVERYBODY = "nobody", "everybody"  # folders of rows of no known household, and of tables that tell of none


@dataclass(eq=False)
class _Seen:
    """What is remembered of the rows of one series that a file tells one table.

    Args:
        first: its first piece without rows: name, series, date, columns.
        levels: by column of few texts, all that occur.
        many: columns of so many texts that each part keeps its own.
    """

    first: Typed
    levels: dict[str, tuple[str, ...]] = field(default_factory=dict)
    many: set[str] = field(default_factory=set)

    def add(self, piece: Typed, table: Table) -> None:
        """Take in the texts of a piece, in the order in which a whole file has them."""
        more = {name: values for name, values in piece.columns.items() if name not in self.first.columns}
        if more:  # a mark of wrong cells, which the first pieces had none of
            self.first = replace(self.first, columns={**self.first.columns, **_without_rows(more)})
        for name, values in piece.columns.items():
            if isinstance(values, Category) and name not in self.many:
                told = self.levels.get(name, ())
                levels = self.levels[name] = values.levels if not told else _merged(told, values.levels, table, name)
                if len(levels) > MOST_LEVELS:
                    self.many.add(name)
                    del self.levels[name]


@dataclass(eq=False)
class Spread:
    """Typed rows of a folder, put down by part of the households.

    Args:
        folder: in which they lie.
        ids: (households,) of the county, sorted.
        size: households of a part.
        told: by file, the findings of its pieces.
        days: which day dated exports tell as that of their data.
        digests: SHA-256 of each file.
        named: what each piece names persons by.
        seen: by number of the file, table and series, what is remembered of its rows.
        pieces: of each, how many were put down.
    """

    folder: Path
    ids: NDArray[np.object_]
    size: int
    told: list[list[Told]] = field(default_factory=list)
    days: OwnDays = field(default_factory=OwnDays)
    digests: list[str] = field(default_factory=list)
    named: list[Named] = field(default_factory=list)
    seen: dict[_Key, _Seen] = field(default_factory=dict)
    pieces: dict[_Key, int] = field(default_factory=dict)

    @cached_property
    def _ids(self) -> pa.Array:
        return pa.array(self.ids, type=pa.large_string())

    def __len__(self) -> int:
        """Number of parts."""
        return max(1, -(-len(self.ids) // self.size))

    def places(self, part: int) -> Ints:
        """(n,) places of a part's households in the county."""
        end = min((part + 1) * self.size, len(self.ids))
        return np.arange(part * self.size, end, dtype=np.int32)

    @property
    def tables(self) -> list[str]:
        """Names of the tables that are told, in the order of the files."""
        return list(dict.fromkeys(name for _, name, _ in self.seen))

    def of_part(self, table: str, part: int) -> list[Typed]:
        """Rows of one table of a part, one entry a file that tells it."""
        return self._read(table, f"{part:05d}")

    def of_nobody(self, table: str) -> list[Typed]:
        """Rows of one table that tell no household of the county."""
        return self._read(table, _NOBODY)

    def of_everybody(self, table: str) -> list[Typed]:
        """Rows of a table that tells of no household."""
        return self._read(table, _EVERYBODY)

    def forget(self, part: int) -> None:
        """Take away what was put down of a part."""
        shutil.rmtree(self.folder / f"{part:05d}", ignore_errors=True)

    def put(self, number: int, told: Told, contract: Contract) -> None:
        """Put down what a piece of a file tells.

        Args:
            number: of the file.
            told: rows and faults of the piece.
            contract: says which tables tell of households.
        """
        self.named.append(told.named)
        for piece in told.tables:
            if not len(piece):
                continue
            self.days.add(piece)
            key = number, piece.name, piece.series
            if key not in self.seen:
                self.seen[key] = _Seen(replace(piece.take(np.zeros(0, np.intp)), columns=_without_rows(piece.columns)))
            self.seen[key].add(piece, contract.tables[piece.name])
            begun = self.pieces[key] = self.pieces.get(key, 0) + 1
            name = _name(piece.name, list(self.seen).index(key), f"{begun:05d}")
            for folder, rows in self._parts_of(piece, contract):
                _write(self.folder / folder / f"{name}.parquet", piece.take(rows))

    def _parts_of(self, piece: Typed, contract: Contract) -> Iterator[tuple[str, NDArray[np.intp]]]:
        """Rows of a piece by the folder to which they go, in their order."""
        if HOUSEHOLD not in contract.tables[piece.name].fields:
            yield _EVERYBODY, np.arange(len(piece))
            return
        ids = piece.columns.get(HOUSEHOLD)
        part = np.full(len(piece), -1, dtype=np.int32)
        if isinstance(ids, Category):
            place = places_of(ids.levels, self._ids)
            part = np.append(np.where(place >= 0, place // self.size, -1), -1).astype(np.int32)[ids.codes]
        order = np.argsort(part, kind="stable")
        numbers, begins = np.unique(part[order], return_index=True)
        for number, rows in zip(numbers.tolist(), np.split(order, begins[1:]), strict=True):
            yield (_NOBODY if number < 0 else f"{number:05d}"), rows

    def _read(self, table: str, folder: str) -> list[Typed]:
        made = []
        for place, ((_, name, _), seen) in enumerate(self.seen.items()):
            if name == table:
                files = sorted((self.folder / folder).glob(f"{_name(table, place, '*')}.parquet"))
                made.append(_joined([_again(file) for file in files], seen))
        return made


def spread(
    folder: Path, sources: Sequence[Source], ids: NDArray[np.object_], reading: Reading, size: int, rows: int
) -> Spread:
    """Read files piece by piece and put their rows down by part.

    Args:
        folder: empty, in which they are put down.
        sources: files of the county.
        ids: (households,) sorted, of all that exist.
        reading: how files are read.
        size: households of a part.
        rows: of a Parquet file that are looked at together.
    """
    made = Spread(folder, ids, size)
    for part in (*(f"{number:05d}" for number in range(len(made))), _NOBODY, _EVERYBODY):
        (folder / part).mkdir(parents=True)
    for number, source in enumerate(sources):
        digest, pieces = "", list[Told]()
        for told in read_pieces(source, reading, rows):
            made.put(number, told, reading.contract)
            digest = told.digest
            pieces.append(Told(findings=told.findings, columns=told.columns))
        made.told.append(pieces)
        made.digests.append(digest)
    return made


def findings_of(pieces: Sequence[Told]) -> list[Finding]:
    """What the pieces of one file tell, as the whole of it tells it.

    Of rows the first findings of each rule and column stay, the others are counted; what is said of the whole file, or
    of a column, is said once.
    """
    if len(pieces) == 1:
        return pieces[0].findings
    columns = {name: place for place, name in reversed(list(enumerate(pieces[0].columns, start=1)))}
    wholes, rows = dict[tuple[int, str, str], Finding](), dict[tuple[int, str, str], list[Broken]]()
    for piece in pieces:
        for finding in piece.findings:
            more = finding.rule == "and_more"
            rule, place = finding.details["broken"] if more else finding.rule, columns.get(finding.column, 0)
            if more or finding.row:
                count = int(finding.details["count"].replace(",", "")) if more else 1
                one = Broken(rule, finding.severity, finding.table, finding.column, count, () if more else (finding,))
                rows.setdefault((place, finding.column, rule), []).append(one)
            else:
                at = 0 if rule in _OF_HEADERS else place
                wholes.setdefault((at, finding.column, rule), finding)
    said = [(place, 0, [finding]) for (place, _, _), finding in wholes.items()]
    said += [(place, 1, together(some).told()) for (place, _, _), some in rows.items()]
    return [finding for _, _, findings in sorted(said, key=lambda each: each[:2]) for finding in findings]


def _name(table: str, place: int, piece: str) -> str:
    """Of the file of a piece, by the place of what it is a piece of."""
    return f"{table}-{place:04d}-{piece}"


def places_of(levels: Sequence[str], ids: pa.Array) -> NDArray[np.int32]:
    """(levels,) the place of each among ids, -1 where it is none of them."""
    place = pc.index_in(pa.array(levels, type=pa.large_string()), value_set=ids)
    return np.asarray(pc.fill_null(place, -1).to_numpy(zero_copy_only=False), dtype=np.int32)


def _merged(one: tuple[str, ...], other: tuple[str, ...], table: Table, column: str) -> tuple[str, ...]:
    """Texts of two pieces: choices in the order of the contract, others in that of their characters."""
    both = {*one, *other}
    if len(both) == len(one):
        return one
    rank = {code: place for place, code in enumerate(table.fields[column].choices)} if column in table.fields else {}
    return tuple(sorted(both, key=lambda level: ([rank.get(part, -1) for part in level.split("|")], level)))


def _without_rows(columns: Mapping[str, Column]) -> dict[str, Column]:
    """Columns of no row, and without texts."""
    none = np.zeros(0, np.int32)
    return {k: Category(none, ()) if isinstance(v, Category) else np.zeros(0) for k, v in columns.items()}


def _write(path: Path, rows: Typed) -> None:
    """Rows of one part as Parquet; texts each once."""
    columns: dict[str, pa.Array] = {}
    for name, values in rows.columns.items():
        if not isinstance(values, Category):
            columns[name] = pa.array(values)
            continue
        occurs = np.zeros(len(values.levels) + 1, dtype=bool)
        occurs[values.codes] = True
        there = np.flatnonzero(occurs[:-1])
        texts = pa.array([values.levels[code] for code in there.tolist()], type=pa.string())
        place = (np.cumsum(occurs, dtype=np.int32) - np.int32(1))[values.codes]
        columns[name] = pa.DictionaryArray.from_arrays(pa.array(place, mask=values.codes < 0), texts)
    table = pa.table({**columns, _ROW: pa.array(rows.row)})
    pq.write_table(table, path, row_group_size=max(1, len(table)), compression="lz4", write_statistics=False)


def _again(path: Path) -> pa.Table:
    """Rows that were put down, texts as codes."""
    with pq.ParquetFile(path) as file:
        texts = [each.name for each in file.schema_arrow if pa.types.is_dictionary(each.type)]
    with pq.ParquetFile(path, read_dictionary=texts) as file:
        return file.read(use_threads=False)


def _joined(pieces: Sequence[pa.Table], seen: _Seen) -> Typed:
    """Pieces of one file, one after the other; of few texts the levels are those of the whole file."""
    first, count = seen.first, sum(piece.num_rows for piece in pieces)
    columns: dict[str, Column] = {}
    for name, kind in first.columns.items():
        there = [
            piece.column(name).chunks if name in piece.column_names else _nothing(kind, piece.num_rows)
            for piece in pieces
        ]
        chunks = [chunk for each in there for chunk in each]
        if isinstance(kind, Category):
            columns[name] = _texts(chunks, seen.levels.get(name), count)
        else:
            columns[name] = np.concatenate([np.empty(0), *(chunk.to_numpy(zero_copy_only=False) for chunk in chunks)])
    rows = [np.empty(0, np.int32), *(piece.column(_ROW).to_numpy() for piece in pieces)]
    file = Category(np.broadcast_to(np.int32(0), (count,)), first.file.levels)
    return Typed(first.name, file, columns, np.concatenate(rows).astype(np.int32), first.series, first.date)


def _nothing(kind: Column, rows: int) -> list[pa.Array]:
    """A column that a piece does not have: a mark of wrong cells, of which it had none."""
    assert not isinstance(kind, Category)
    return [pa.array(np.full(rows, np.nan))]


def _texts(chunks: Sequence[pa.Array], levels: tuple[str, ...] | None, count: int) -> Category:
    """Texts of several pieces, as codes of the given levels, or of those that occur, in order."""
    if not count:
        return Category(np.zeros(0, np.int32), levels or ())
    one = pa.chunked_array(chunks).unify_dictionaries()
    codes = np.concatenate([chunk.indices.fill_null(-1).to_numpy(zero_copy_only=False) for chunk in one.chunks])
    found = one.chunk(0).dictionary
    if levels is None:
        return category(codes.astype(np.int32), found)
    place = np.append(places_of(found.to_pylist(), pa.array(levels, type=pa.large_string())), np.int32(-1))
    return Category(place[codes], levels)
