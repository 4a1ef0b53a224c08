"""A county's panel as a folder of Parquet parts, so that nobody has to hold all of it: written, and read part by part.

    store.json            what the whole panel says of itself, its parts, and the texts that codes stand for
    part-00000/ …         households of whole villages
      households-of-part.parquet  ids, and the place of each in the whole panel
      ·rows.parquet               rows of household, month and known month
      TABLE.parquet               a table in both clocks
      TABLE.versions.parquet      how many of its rows happened, and held, in the same months
    whole/TABLE.parquet   a table that tells of no household

Everything stands in the order that a `Panel` wants, so that nothing is sorted when it is read, and a column is read
when it is first asked for. Names and identity numbers are not in it, since they never come to the panel; ids are
what the panel calls its households, which may be pseudonyms.
"""

from __future__ import annotations

import json
import os
import shutil
import tempfile
from collections.abc import Callable, Collection, Iterator, Mapping, Sequence
from dataclasses import asdict, dataclass, replace
from functools import cached_property
from pathlib import Path
from typing import Any, cast

import numpy as np
import pyarrow as pa
import pyarrow.parquet as pq
from numpy.typing import NDArray

from relapse.core.assumptions import Assumption
from relapse.core.contract import Access
from relapse.core.errors import InputError
from relapse.core.facts import Category, Column, Facts, Ints, Lazy
from relapse.core.panel import Level, Line, Panel
from relapse.core.periods import Calendar
from relapse.core.versions import Versions

FORMAT = 4
STORE = "store.json"
USUAL = 16_384  # households of a part: its matrices stay in the cache
_HOUSEHOLDS = "households-of-part.parquet"
_ROWS, _WHOLE, _IDS, _PLACE = "·rows", "whole", "household_id", "place"
MOST_LEVELS = 1 << 16  # texts of a column that are kept once for all parts; more are kept by each part
_CLOCK = ("household", "subject", "fact", "happened", "known", "withdrawn")
_PLAIN = ("name", "window", "reported_share", "max_age", "lookback", "money", "simulated", "region", "digest")
_ONE = ("income", "size", "weight", "state", "line_column", "measured")  # columns of rows that may be missing
_MANY = ("sources", "covariates", "amounts")
_TEXTS = ("village", "township")
_ROW, _FILE, _ABSENT = "·row", "·file", "·absent."
_VERSIONS = ("happened", "known", "until", "number")
Arrays = dict[str, NDArray[Any]]


def write_store(folder: Path, panel: Panel, households_a_part: int = USUAL) -> None:
    """Write a panel as a store: all of it, or nothing; a store that lies there is replaced.

    Args:
        folder: of the store; made where there is none.
        panel: whole.
        households_a_part: villages are put together to about so many households.

    Raises:
        InputError: something else lies in the folder.
    """
    whole = {name for name, table in panel.tables.items() if not (table.household >= 0).any()}
    write_parts(folder, panel, panel.split(parts_of(panel, households_a_part)), whole)


def parts_of(panel: Panel, households_a_part: int) -> Ints:
    """(households,) number of the part of each: whole villages, in the order of township and village, as known last."""
    known = panel.as_of(panel.latest)
    everybody = np.arange(len(panel.household_ids), dtype=np.int32)
    homes = known.histories(everybody, lags=panel.max_age + 1)
    keys = [everybody]
    levels: tuple[Level, Level] = ("village", "township")
    for level in levels:
        home = homes.home(level)
        if home is not None:
            names = np.argsort(np.argsort(np.array(home.levels, dtype=object)))
            keys.append(np.append(names, -1)[home.codes].astype(np.int32))
    order = np.lexsort(keys)
    begins = np.ones(len(order), dtype=bool)
    for key in keys[1:2] or keys[:1]:  # by village alone: one that lies in two townships is cut
        begins[1:] = key[order][1:] != key[order][:-1]
    unknown = keys[1][order] == -1 if len(keys) > 1 else np.zeros(len(order), dtype=bool)
    begins |= unknown  # of unknown villages each household stands for itself
    starts = np.flatnonzero(begins)
    part, number, filled = np.zeros(len(order), dtype=np.int32), 0, 0
    sizes = np.diff(np.append(starts, len(order)))
    numbers = np.empty(len(starts), dtype=np.int32)
    for place, size in enumerate(sizes.tolist()):
        if filled and filled + size > households_a_part:
            number, filled = number + 1, 0
        numbers[place], filled = number, filled + size
    part[order] = np.repeat(numbers, sizes)
    return part


def write_parts(
    folder: Path, panel: Panel | Callable[[], Panel], parts: Iterator[tuple[Ints, Panel]], whole: Collection[str]
) -> None:
    """Write a store from its parts, one after the other.

    Args:
        folder: of the store.
        panel: what the whole says of itself, or gives that when all parts are written; its rows are not looked at.
        parts: places in the whole, and panel, of each part.
        whole: tables that tell of no household, and stand whole in each part.

    Raises:
        InputError: something else lies in the folder.
    """
    folder = folder.expanduser()
    if folder.exists() and not (folder / STORE).is_file():
        raise InputError(f"{folder} is no store of a panel, and is left alone; name another folder")
    folder.parent.mkdir(parents=True, exist_ok=True)
    stage = Path(tempfile.mkdtemp(prefix=".writing-", dir=folder.parent))
    try:
        _Writer(stage, whole).write(panel, parts)
        old = stage.with_name(f"{stage.name}-old")
        if folder.exists():
            folder.rename(old)
        stage.rename(folder)
        shutil.rmtree(old, ignore_errors=True)
    finally:
        shutil.rmtree(stage, ignore_errors=True)


class _Writer:
    """Writes parts into a folder, and what all of them say together last."""

    def __init__(self, folder: Path, whole: Collection[str]) -> None:
        self.folder, self.whole = folder, whole
        self.levels: dict[str, dict[str, Sequence[str]]] = {}
        self.tables: dict[str, Any] = {}
        self.parts: list[int] = []

    def write(self, panel: Panel | Callable[[], Panel], parts: Iterator[tuple[Ints, Panel]]) -> None:
        (self.folder / _WHOLE).mkdir()
        span = None
        for places, part in parts:
            folder = self.folder / _part(len(self.parts))
            folder.mkdir()
            ids = pa.array(part.household_ids.tolist(), type=pa.string())
            _save(folder / _HOUSEHOLDS, {_IDS: ids, _PLACE: pa.array(places)})
            self._table(folder, _ROWS, _columns_of_rows(part))
            for name, table in part.tables.items():
                if name not in self.whole:
                    self._facts(folder, table)
                elif not self.parts:
                    self._facts(self.folder / _WHOLE, table)
            self.parts.append(len(places))
            span = part.span
        whole = panel if isinstance(panel, Panel) else panel()
        content = {"format": FORMAT, **self._said(whole, span), "tables": self.tables, "levels": self.levels}
        path = self.folder / STORE
        path.write_text(json.dumps(content, ensure_ascii=False, indent=1) + "\n", encoding="utf-8")
        with path.open("rb") as file:
            os.fsync(file.fileno())

    def _said(self, panel: Panel, span: tuple[int, int] | None) -> dict[str, Any]:
        return {
            **{name: getattr(panel, name) for name in _PLAIN},
            "frequency": panel.calendar.frequency,
            "titles": dict(panel.titles),
            "costs": list(panel.costs),
            "assumed": [asdict(each) for each in panel.assumed],
            "references": dict(panel.references),
            "groups": {name: list(getattr(panel, name)) for name in (*_MANY, "categories")},
            "there": [name for name in (*_ONE, *_TEXTS) if getattr(panel, name) is not None],
            "newest": panel.newest,
            "cut": panel.cut,
            "latest": panel.latest,
            "span": list(span or panel.span or (panel.first, panel.last)),
            "parts": self.parts,
        }

    def _facts(self, folder: Path, table: Facts) -> None:
        own = table.subject is not table.household
        self.tables.setdefault(
            table.name,
            {
                "columns": list(table.columns),
                "access": dict(table.access),
                "absent": list(table.absent),
                "ends": table.ends,
                "own_subject": own,
                "parts": table.name not in self.whole,
            },
        )
        clock = {name: getattr(table, name) for name in _CLOCK if own or name != "subject"}
        more = {f"{_ABSENT}{name}": mask for name, mask in table.absent.items()}
        columns = {**clock, _ROW: table.row, _FILE: table.file, **more, **table.columns}
        self._table(folder, table.name, columns)
        if not table.ends:
            counted = Versions.of(table.fact, table.happened, table.known, table.withdrawn)
            self._table(folder, f"{table.name}.versions", {name: getattr(counted, name) for name in _VERSIONS})

    def _table(self, folder: Path, name: str, columns: Mapping[str, Column | NDArray[Any]]) -> None:
        made: dict[str, pa.Array] = {}
        for key, values in columns.items():
            if not isinstance(values, Category):
                plain = np.ascontiguousarray(values)
                made[key] = pa.array(plain.view(np.uint8) if plain.dtype == np.bool_ else plain)
                continue
            codes = values.codes
            if len(values.levels) > MOST_LEVELS:
                there = np.unique(codes[codes >= 0])
                again = np.full(len(values.levels) + 1, -1, dtype=np.int32)
                again[there] = np.arange(len(there))
                codes = again[codes]
                texts = pa.array([values.levels[code] for code in there], type=pa.string())
                _save(folder / f"{name}.{key}.levels.parquet", {"text": texts})
            else:
                self.levels.setdefault(name, {})[key] = values.levels
            made[key] = pa.array(np.ascontiguousarray(codes))
        _save(folder / f"{name}.parquet", made)


def _part(number: int) -> str:
    return f"part-{number:05d}"


def _columns_of_rows(panel: Panel) -> dict[str, Column | NDArray[Any]]:
    """Columns of the panel's rows; those of groups under the group and their name."""
    made: dict[str, Column | NDArray[Any]] = {
        name: getattr(panel, name) for name in ("household", "period", "known", *_ONE, *_TEXTS)
    }
    for group in (*_MANY, "categories"):
        made |= {f"{group}.{name}": values for name, values in getattr(panel, group).items()}
    return {name: values for name, values in made.items() if values is not None}


def _save(path: Path, columns: Mapping[str, pa.Array]) -> None:
    """One Parquet file, one group of rows, plain: what is read again and again must be decoded fast."""
    table = pa.table(dict(columns))
    pq.write_table(
        table, path, row_group_size=max(1, len(table)), compression="lz4", use_dictionary=False,
        write_statistics=False, data_page_size=1 << 22,
    )  # fmt: skip


@dataclass(frozen=True, eq=False)
class PanelStore:
    """A store that was opened.

    Args:
        folder: of it.
        said: content of `store.json`.
        line: the line recipe of its panels.
        traced: whether tables tell from which row of which file each of theirs is, which findings need.
    """

    folder: Path
    said: Mapping[str, Any]
    line: Line
    traced: bool

    def __len__(self) -> int:
        """Number of parts."""
        return len(self.said["parts"])

    @property
    def households(self) -> int:
        """Households of all parts."""
        return sum(self.said["parts"])

    @property
    def latest(self) -> int:
        """The latest as_of."""
        return int(self.said["latest"])

    def places(self, number: int) -> Ints:
        """(n,) places of a part's households in the whole panel, ascending."""
        return _Part(self, number).places

    def part(self, number: int) -> Panel:
        """The panel of a part; a column is read when it is first asked for."""
        return _Part(self, number).panel()

    def parts(self) -> Iterator[tuple[Ints, Panel]]:
        """Places in the whole panel, and panel, of each part, one after the other."""
        return ((part.places, part.panel()) for part in (_Part(self, number) for number in range(len(self))))

    def whole(self) -> Panel:
        """All parts put together, as the panel was that was written; for panels that fit into memory."""
        return replace(_together(list(self.parts())), newest=self.said["newest"])


def open_store(folder: Path, line: Line, traced: bool = True) -> PanelStore:
    """Open a store.

    Args:
        folder: of it.
        line: the line recipe.
        traced: see `PanelStore`; features need it not.

    Raises:
        InputError: there is none, or it is of another format.
    """
    path = folder.expanduser() / STORE
    if not path.is_file():
        raise InputError(f"{folder} holds no panel: there is no {STORE} in it")
    try:
        said = json.loads(path.read_text(encoding="utf-8"))
        found = said["format"]
    except (ValueError, KeyError, TypeError) as error:
        raise InputError(f"{path} is damaged ({error}); import the county again") from error
    if found != FORMAT:
        raise InputError(f"{path} is of format {found}, this version reads {FORMAT}; import the county again")
    return PanelStore(path.parent, said, line, traced)


class _File:
    """A Parquet file of the store, whose columns are read when they are asked for."""

    def __init__(self, path: Path, levels: Mapping[str, Sequence[str]]) -> None:
        self.path, self.levels = path, levels

    @cached_property
    def _open(self) -> pq.ParquetFile:
        try:
            return pq.ParquetFile(self.path, pre_buffer=False)
        except (OSError, pa.ArrowException) as error:
            raise InputError(f"{self.path} is missing or damaged ({error}); import the county again") from error

    @property
    def rows(self) -> int:
        return int(self._open.metadata.num_rows)

    @cached_property
    def names(self) -> tuple[str, ...]:
        return tuple(self._open.schema_arrow.names)

    def arrays(self, *names: str) -> Arrays:
        """Some columns as numpy arrays, read together."""
        told = self._open.read(columns=list(names), use_threads=False)
        return {name: array_of(told.column(name)) for name in names}

    def array(self, name: str) -> NDArray[Any]:
        return self.arrays(name)[name]

    def column_or_nothing(self, name: str) -> Column:
        """The same; numbers that nobody of the part has are missing for all."""
        return self.column(name) if name in self.names else np.full(self.rows, np.nan)

    def column(self, name: str) -> Column:
        """Numbers or texts."""
        values = self.array(name)
        if name in self.levels:
            return Category(values, tuple(self.levels[name]))
        more = self.path.with_name(f"{self.path.stem}.{name}.levels.parquet")
        if more.is_file():
            return Category(values, tuple(pq.ParquetFile(more).read(columns=["text"]).column(0).to_pylist()))
        return values


def array_of(column: pa.ChunkedArray) -> NDArray[Any]:
    """A column without gaps as a numpy array, without a copy; bytes are flags."""
    kind = np.bool_ if column.type == pa.uint8() else column.type.to_pandas_dtype()
    if not len(column):
        return np.empty(0, dtype=kind)
    chunk = column.chunk(0) if column.num_chunks == 1 else column.combine_chunks()
    made = np.frombuffer(chunk.buffers()[1], dtype=kind)
    return made[chunk.offset : chunk.offset + len(chunk)]


class _Part:
    """One part of a store."""

    def __init__(self, store: PanelStore, number: int) -> None:
        self.store, self.folder = store, store.folder / _part(number)

    @cached_property
    def places(self) -> Ints:
        """(households,) in the whole panel."""
        return cast("Ints", _File(self.folder / _HOUSEHOLDS, {}).array(_PLACE))

    @property
    def ids(self) -> NDArray[np.object_]:
        """Of the households, in the order of `places`."""
        told = pq.ParquetFile(self.folder / _HOUSEHOLDS).read(columns=[_IDS], use_threads=False)
        ids = np.empty(len(told), dtype=object)
        ids[:] = told.column(_IDS).to_pylist()
        return ids

    def panel(self) -> Panel:
        """The panel of the part."""
        said, rows = self.store.said, _File(self.folder / f"{_ROWS}.parquet", self.store.said["levels"].get(_ROWS, {}))
        groups: dict[str, Any] = {
            name: Lazy(said["groups"][name], lambda key, name=name: rows.column_or_nothing(f"{name}.{key}"))  # type: ignore[misc]
            for name in (*_MANY, "categories")
        }
        clock: dict[str, Any] = {**rows.arrays("household", "period", "known")}
        one: dict[str, Any] = {name: rows.column(name) if name in said["there"] else None for name in (*_ONE, *_TEXTS)}
        tables = Lazy(said["tables"], self.facts)
        return Panel(
            **{name: said[name] for name in _PLAIN},
            calendar=Calendar(said["frequency"]),
            household_ids=self.ids,
            **clock,
            **one,
            **groups,
            line=self.store.line,
            titles=said["titles"],
            costs=tuple(said["costs"]),
            assumed=tuple(Assumption(**each) for each in said["assumed"]),
            references=said["references"],
            newest=said["latest"],
            cut=said["cut"],
            span=(said["span"][0], said["span"][1]),
            tables=tables,
        )

    def facts(self, name: str) -> Facts:
        """A table of the part."""
        said = self.store.said["tables"][name]
        folder = self.folder if said["parts"] else self.store.folder / _WHOLE
        file = _File(folder / f"{name}.parquet", self.store.said["levels"].get(name, {}))
        access: dict[str, Access] = said["access"]

        def clock(key: str) -> Any:
            return self._trace(file, key) if key in ("row", "file") else file.array(key)

        clocks = (*(key for key in _CLOCK if said["own_subject"] or key != "subject"), "row", "file")
        return Facts.unread(
            name,
            file.rows,
            Lazy(clocks, clock),
            columns=Lazy(said["columns"], file.column),
            access=access,
            ends=said["ends"],
            absent={key: file.array(f"{_ABSENT}{key}") for key in said["absent"]},
            versions=None if said["ends"] else lambda: _versions(folder / f"{name}.versions.parquet"),
        )

    def _trace(self, file: _File, key: str) -> NDArray[np.integer] | Category:
        """Row number, or file, of each row; one number for all where they are not wanted."""
        if self.store.traced:
            return file.array(_ROW) if key == "row" else cast("Category", file.column(_FILE))
        if key == "row":
            return np.broadcast_to(np.int32(0), (file.rows,))
        return Category(np.broadcast_to(np.int32(-1), (file.rows,)), ())


def _versions(path: Path) -> Versions:
    told = _File(path, {}).arrays(*_VERSIONS)
    return Versions(*(told[name] for name in _VERSIONS))


def _together(parts: Sequence[tuple[Ints, Panel]]) -> Panel:
    """Panels of all parts put together."""
    first = parts[0][1]
    count = sum(len(places) for places, _ in parts)
    ids = np.empty(count, dtype=object)
    for places, part in parts:
        ids[places] = part.household_ids
    household, order = _joined_households([(places, part.household) for places, part in parts])

    def of_rows(of: Callable[[Panel], Column | NDArray[Any]]) -> Any:
        return _joined([of(part) for _, part in parts], order)

    one: dict[str, Any] = {
        name: of_rows(lambda part, name=name: getattr(part, name))  # type: ignore[misc]
        for name in ("period", "known", *_ONE, *_TEXTS)
        if getattr(first, name) is not None
    }
    groups: dict[str, Any] = {
        group: {name: of_rows(lambda part, g=group, n=name: getattr(part, g)[n]) for name in getattr(first, group)}  # type: ignore[misc]
        for group in (*_MANY, "categories")
    }
    tables = {name: _facts_together(name, parts) for name in first.tables}
    return replace(first, household_ids=ids, household=household, **one, **groups, tables=tables, span=None)


def _facts_together(name: str, parts: Sequence[tuple[Ints, Panel]]) -> Facts:
    told = [part.tables[name] for _, part in parts]
    first = told[0]
    if not any((table.household >= 0).any() for table in told):
        return first
    household, order = _joined_households([(places, part.tables[name].household) for places, part in parts])
    own = first.subject is not first.household

    def of(each: Callable[[Facts], Column | NDArray[Any]]) -> Any:
        return _joined([each(table) for table in told], order)

    return replace(
        first,
        versions=None,
        household=household,
        subject=of(lambda table: table.subject) if own else household,
        fact=of(lambda table: table.fact),
        happened=of(lambda table: table.happened),
        known=of(lambda table: table.known),
        withdrawn=of(lambda table: table.withdrawn),
        columns={key: of(lambda table, key=key: table.columns[key]) for key in first.columns},  # type: ignore[misc]
        row=of(lambda table: table.row),
        file=of(lambda table: table.file),
        absent={key: of(lambda table, key=key: table.absent[key]) for key in first.absent},  # type: ignore[misc]
    )


def _joined_households(parts: Sequence[tuple[Ints, Ints]]) -> tuple[Ints, NDArray[np.intp]]:
    """Places in the whole panel of rows of parts, in order, and that order."""
    whole = np.concatenate([np.append(places, np.int32(-1))[household] for places, household in parts])
    order = np.argsort(whole, kind="stable")
    return whole[order], order


def _joined(values: Sequence[Column | NDArray[Any]], order: NDArray[np.intp]) -> Column | NDArray[Any]:
    """A column of several parts; where each has texts of its own, those of all in their order."""
    first = values[0]
    if not isinstance(first, Category):
        return np.concatenate(cast("Sequence[NDArray[Any]]", values))[order]
    texts = cast("Sequence[Category]", values)
    if all(each.levels == first.levels for each in texts):
        return Category(np.concatenate([each.codes for each in texts])[order], first.levels)
    levels = sorted({level for each in texts for level in each.levels})
    code = {level: place for place, level in enumerate(levels)}
    codes = [np.array([*(code[level] for level in each.levels), -1], dtype=np.int32)[each.codes] for each in texts]
    return Category(np.concatenate(codes)[order], tuple(levels))
