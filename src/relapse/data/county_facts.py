"""Typed rows of a table, from one file or from dated exports → `Facts` in both clocks.

Dated exports are snapshots: rows that did not change since the one before are dropped, changed ones are new versions
known from their date on, and rows that are gone end, or are taken back, as the contract says for their table.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from itertools import groupby

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from relapse.core.contract import Access, Table
from relapse.core.facts import NO_MONTH, Category, Column, Facts, Floats, Ints, smallest
from relapse.core.sorting import order_by
from relapse.data.county_typed import PERSON, WRONG, Typed

KNOWN_AT, WITHDRAWN, HOUSEHOLD = "known_at", "withdrawn", "household_id"
AS_OF = "as_of"
_SUBJECTS = {
    "persons": (PERSON,), "projects": ("project_id",), "project_members": ("project_id",), "villages": ("village",),
}  # fmt: skip
_CLOCK = (KNOWN_AT, WITHDRAWN, AS_OF)
_ROOM = 2**62  # different combinations that one number may tell apart
_BLOCK = 1 << 16  # values looked at together, so that they stay in the cache
_NEAR = 1e-6  # days that are no whole number by more than this are no days
_DAYS = 31  # of a month as dates count them: a date is its month and (day - 1) / 31


@dataclass(frozen=True, eq=False)
class Rows:
    """All rows of a table, from all its files.

    Args:
        columns: by field, (rows,); months where the field is a month or a date.
        happened: (rows,) month in which the fact was so, NaN where not told.
        day: (rows,) the same with the day as a fraction, where a day was told.
        known: (rows,) month in which the office had the row, with the day as a fraction.
        withdrawn: (rows,)
        row: (rows,) row number in the file.
        file: (rows,) name of the file.
        series: (rows,) number of the series of files.
        absent: (rows,) by column, where the file has no such column; for tables of states.
        wrong: (rows,) by field, where its cell must be corrected; fields without such cells are not there.
        assumed: rows whose known date had to be assumed from the table's delay.
    """

    columns: Mapping[str, Column]
    happened: Floats
    day: Floats
    known: Floats
    withdrawn: NDArray[np.bool_]
    row: Ints
    file: Category
    series: Ints
    absent: Mapping[str, NDArray[np.bool_]]
    wrong: Mapping[str, NDArray[np.bool_]]
    assumed: int

    def take(self, rows: NDArray[np.bool_]) -> Rows:
        """Some rows."""
        if rows.all():
            return self
        return replace(
            self,
            columns={name: _taken(values, np.flatnonzero(rows)) for name, values in self.columns.items()},
            happened=self.happened[rows],
            day=self.day[rows],
            known=self.known[rows],
            withdrawn=self.withdrawn[rows],
            row=self.row[rows],
            file=self.file.take(rows),
            series=self.series[rows],
            absent={name: mask[rows] for name, mask in self.absent.items()},
            wrong={name: mask[rows] for name, mask in self.wrong.items()},
        )


def rows_of(name: str, table: Table, parts: Sequence[Typed], delay: int) -> Rows:
    """The rows of all files of a table with both clocks.

    Args:
        name: of the table.
        table: of the contract.
        parts: one a file, at least one.
        delay: months after which a row counts as known where nothing tells it.
    """
    plain = [part for part in parts if part.date is None]
    dated = sorted((part for part in parts if part.date is not None), key=lambda part: (part.series, part.date or 0))
    series = [list(each) for _, each in groupby(dated, key=lambda part: part.series)]
    told = [*plain, *(change for each in series for change in _changes(table, each))]
    joined = _joined(told)
    count = len(joined)
    columns = {field: values for field, values in joined.columns.items() if not field.startswith(WRONG)}
    wrong = {field.removeprefix(WRONG): values for field, values in joined.columns.items() if field not in columns}
    since = _numbers(columns, KNOWN_AT, count)
    happened = _numbers(columns, table.happened or "", count)
    until = _numbers(columns, table.until or "", count)
    until = np.where(np.isnan(until) | (name == "work"), happened, until)  # a spell of work may end long after
    day = np.where(np.isnan(happened), since, happened)
    happened = np.floor(day)
    known = np.where(np.isnan(since), np.floor(until) + delay, since)
    return Rows(
        {field: values for field, values in columns.items() if field not in _CLOCK},
        happened,
        day,
        known,
        _numbers(columns, WITHDRAWN, count) == 1,
        joined.row,
        joined.file,
        _series(told),
        _absent(told) if table.gone == "ended" else {},
        {field: _numbers(wrong, field, count) == 1 for field in wrong},
        int((np.isnan(since) & ~np.isnan(known)).sum()),
    )


def facts_of(name: str, table: Table, rows: Rows, household: NDArray[np.int32], access: Mapping[str, Access]) -> Facts:
    """The table in both clocks.

    Args:
        name: of the table.
        table: of the contract.
        rows: of all files.
        household: (rows,) places in the panel, -1 where the table speaks of none.
        access: of each column.
    """
    happened = np.where(np.isnan(rows.happened), NO_MONTH, rows.happened).astype(np.int32)
    known = np.where(np.isnan(rows.known), NO_MONTH, np.floor(rows.known)).astype(np.int32)
    own_subject = name in _SUBJECTS
    subject = codes_of(rows.columns, _SUBJECTS[name], household) if own_subject else household
    keys = [key for key in table.key if key not in (HOUSEHOLD, table.happened, *_SUBJECTS.get(name, ()))]
    own: dict[str, Column | Ints] = dict(rows.columns)
    if table.happened is not None and table.fields[table.happened].kind == "date":  # two of one month are two facts
        own["·day"], keys = rows.day, ["·day", *keys]
    if table.gone == "ended":  # what two kinds of files say of one day are two facts
        own["·series"], keys = rows.series, [*keys, "·series"]
    fact = codes_of(own, keys, np.zeros_like(household))
    order = order_by(subject, happened, fact, whole_days(rows.known))  # a subject's number begins with its household
    household, fact, happened = household[order], fact[order], happened[order]
    subject = subject[order] if own_subject else household
    columns = {
        key: smallest(_taken(values, order)) for key, values in rows.columns.items() if key not in (HOUSEHOLD, PERSON)
    }
    return Facts(
        name,
        household,
        _numbered(subject) if own_subject else household,
        _numbered(subject, happened, fact),
        happened,
        known[order],
        rows.withdrawn[order],
        columns,
        {key: access[key] for key in columns},
        rows.row[order],
        rows.file.take(order),
        table.gone == "ended",
        {key: mask[order] for key, mask in rows.absent.items() if key in columns},
    )


def codes_of(
    columns: Mapping[str, Column | Ints], keys: Sequence[str], household: NDArray[np.int32]
) -> NDArray[np.int64]:
    """(rows,) one number for each combination of household and key columns, in their order; missing is a value too."""
    combined = household.astype(np.int64) + 1
    for values in (columns[key] for key in keys if key in columns and len(combined)):
        codes = values.codes if isinstance(values, Category) else whole_days(values)
        low, size = int(codes.min()), int(codes.max()) - int(codes.min()) + 1
        if (int(combined.max()) + 1) * size > _ROOM:
            combined = np.unique(combined, return_inverse=True)[1].astype(np.int64)
        combined *= size
        combined += codes
        combined -= low
    return combined


def whole_days(values: NDArray[np.floating] | Ints) -> Ints:
    """(rows,) months, and dates with their day, as whole numbers in their order; other numbers as their rank.

    The last number of all is of missing values.
    """
    if values.dtype.kind == "i":
        return values.astype(np.int32)
    made, last = np.empty(len(values), dtype=np.int32), 0
    for begin in range(0, len(values), _BLOCK):
        some = values[begin : begin + _BLOCK] * _DAYS
        days = np.where(np.isnan(some), 0, np.rint(some))
        if np.nanmax(np.abs(days - some), initial=0) > _NEAR or np.abs(days).max() >= 2**31 - 1:
            return np.asarray(np.unique(values, return_inverse=True)[1], dtype=np.int32)
        made[begin : begin + _BLOCK], last = days, max(last, int(days.max()))
    made[np.isnan(values)] = last + 1
    return made


def _numbered(*keys: NDArray[np.integer]) -> Ints:
    """(rows,) number of each run of rows that are equal in all keys."""
    begins = np.zeros(len(keys[0]), dtype=bool)
    begins[1:] = np.any([key[1:] != key[:-1] for key in keys], axis=0)
    return np.cumsum(begins, dtype=np.int32)


def _series(parts: Sequence[Typed]) -> Ints:
    """(rows,) number of the series of files that each row is of."""
    number = np.unique([part.series for part in parts], return_inverse=True)[1]
    return np.repeat(number.astype(np.int32), [len(part) for part in parts])


def _changes(table: Table, dated: Sequence[Typed]) -> list[Typed]:
    """What each dated export tells anew, and what it no longer tells."""
    if not dated:
        return []
    joined = _joined([_with_date(part, table) for part in dated])
    if not len(joined):
        return [joined]
    snapshot = np.repeat(np.arange(len(dated)), [len(part) for part in dated])
    own_date = table.happened is not None and all(table.happened not in part.columns for part in dated)
    keys = [key for key in table.key if key != AS_OF and not (own_date and key == table.happened)]
    nobody = np.full(len(joined), -1, np.int32)
    key = codes_of(joined.columns, keys, nobody)
    apart = (*_CLOCK, *((table.happened,) if own_date and table.happened else ()))
    content = _hashes({field: values for field, values in joined.columns.items() if field not in apart})
    order = order_by(key, snapshot)
    same_key = np.r_[False, key[order][1:] == key[order][:-1]]
    next_one = np.r_[False, snapshot[order][1:] == snapshot[order][:-1] + 1]
    unchanged = same_key & next_one & np.r_[False, content[order][1:] == content[order][:-1]]
    told = joined.take(np.sort(order[~unchanged]))
    if table.gone == "kept":
        return [told]
    followed = np.r_[(same_key & next_one)[1:], False]
    lost = order[~followed & (snapshot[order] < len(dated) - 1)]
    return [told, _ended(joined.take(lost), np.array([part.date for part in dated])[snapshot[lost] + 1], table)]


def _ended(rows: Typed, when: Floats, table: Table) -> Typed:
    """Rows that are gone from the export of a date."""
    columns = {**rows.columns, KNOWN_AT: when, WITHDRAWN: np.ones(len(rows))}
    if table.gone == "ended":
        columns[AS_OF] = when
    return replace(rows, columns=columns)


def _with_date(part: Typed, table: Table) -> Typed:
    """The rows of a dated export: known on its date; so since then, where they do not tell since when."""
    assert part.date is not None
    when = np.full(len(part), part.date)
    columns = {**part.columns, KNOWN_AT: when}
    if table.happened is not None and table.happened not in part.columns:
        columns[table.happened] = when
    return replace(part, columns=columns)


def _joined(parts: Sequence[Typed]) -> Typed:
    """Rows of several files, one after the other; what a file does not have is missing there."""
    if len(parts) == 1:
        return parts[0]
    names = list(dict.fromkeys(name for part in parts for name in part.columns))
    columns = {name: _stacked(parts, [part.columns.get(name) for part in parts]) for name in names}
    rows = np.concatenate([part.row for part in parts])
    files = _stacked(parts, [part.file for part in parts])
    assert isinstance(files, Category)
    return Typed(parts[0].name, files, columns, rows, parts[0].series)


def _stacked(parts: Sequence[Typed], there: Sequence[Column | None]) -> Column:
    """One column of several files; missing in those that do not have it."""
    if not any(isinstance(values, Category) for values in there):
        floats = [np.full(len(part), np.nan) if v is None else v for part, v in zip(parts, there, strict=True)]
        return np.concatenate([np.asarray(values, dtype=np.float64) for values in floats])
    levels: dict[str, int] = {}
    codes = []
    for part, values in zip(parts, there, strict=True):
        if not isinstance(values, Category):
            codes.append(np.full(len(part), -1, np.int32))
            continue
        place = np.array([levels.setdefault(level, len(levels)) for level in values.levels] + [-1], dtype=np.int32)
        codes.append(place[values.codes])
    return Category(np.concatenate(codes), tuple(levels))


def _absent(parts: Sequence[Typed]) -> dict[str, NDArray[np.bool_]]:
    """(rows,) by column, where the file has no such column, for columns that some files have."""
    names = dict.fromkeys(name for part in parts for name in part.columns)
    lacking = {name: [name not in part.columns for part in parts] for name in names}
    return {
        name: np.repeat(absent, [len(part) for part in parts])
        for name, absent in lacking.items()
        if any(absent) and name not in (*_CLOCK, HOUSEHOLD, PERSON) and not name.startswith(WRONG)
    }


def _numbers(columns: Mapping[str, Column], name: str, count: int) -> Floats:
    values = columns.get(name)
    return (
        np.full(count, np.nan) if values is None or isinstance(values, Category) else values.astype(float, copy=False)
    )


def _taken(values: Column, order: NDArray[np.intp]) -> Column:
    return values.take(order) if isinstance(values, Category) else values[order]


def _hashes(columns: Mapping[str, Column]) -> NDArray[np.uint64]:
    """(rows,) one number for the content of each row."""
    total: NDArray[np.uint64] | None = None
    for name in sorted(columns):
        values = columns[name]
        plain = values.codes if isinstance(values, Category) else np.nan_to_num(values, nan=-7.77e77)
        one = pd.util.hash_array(np.ascontiguousarray(plain))
        total = one if total is None else total * np.uint64(1099511628211) ^ one
    return np.zeros(0, np.uint64) if total is None else total
