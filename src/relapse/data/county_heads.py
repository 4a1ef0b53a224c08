"""Who heads a household, read from a county's files when a list is written: the one way by which a name leaves them.

Nothing here is kept: no panel, version, report or log holds what these functions return.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence

import numpy as np
from numpy.typing import NDArray

from relapse.core.facts import Category, Floats
from relapse.core.heads import Head, Heads
from relapse.data.cell_values import ids, normal_text
from relapse.data.county_files import Source
from relapse.data.county_match import match
from relapse.data.county_read import Reading, sheets_of, table_of
from relapse.data.county_typed import Typed, month_of_day, typed
from relapse.data.panel_checks import Faults
from relapse.data.read_export import NoRowsError, Sheet
from relapse.data.read_table import RawTable
from relapse.data.table_columns import texts

_HOUSEHOLDS, _PERSONS, _ID = "households", "persons", "household_id"
_NAMES = {_HOUSEHOLDS: "head_name", _PERSONS: "name"}
_NUMBER, _RELATION, _HEAD = "id_number", "relation", "head"
_READ = (_ID, _RELATION, "as_of", "known_at")
_LAST = 4
_LEAST_DIGITS = 8  # a shorter number would be told as a whole, or nearly

Named = tuple[float, str, Head]  # since when it is known, the household, its head


def read_heads(sources: Iterable[Source], reading: Reading, household_ids: Sequence[str]) -> Heads:
    """The heads of some households, as the newest row that tells one has it.

    The row of the person who is the head comes first; where no person is, the name that the household's row gives.

    Args:
        sources: files of a county; others than those of households and persons are left alone.
        reading: how files are read.
        household_ids: of the households wanted.

    Raises:
        InputError: a file cannot be read.
    """
    wanted = np.unique(np.array(list(household_ids), dtype=object).astype(str)) if household_ids else np.empty(0, "U1")
    told: dict[str, list[Named]] = {_HOUSEHOLDS: [], _PERSONS: []}
    for source in sources:
        feeds = reading.contract.exports[source.name].feeds if source.export else (source.name,)
        for name, named in _named(source, reading, [name for name in feeds if name in told], wanted):
            told[name].append(named)
    heads: dict[str, Head] = {}
    for name in (_HOUSEHOLDS, _PERSONS):
        for _, household, head in sorted(told[name], key=lambda each: each[0]):
            heads[household] = Head(head.name or heads.get(household, head).name, head.id_last_four)
    return heads


def _named(
    source: Source, reading: Reading, names: Sequence[str], wanted: NDArray[np.str_]
) -> Iterator[tuple[str, Named]]:
    """By table that a file feeds, the heads that it names."""
    if not names:
        return
    date = float(month_of_day(np.array([source.date], dtype="datetime64[D]"))[0]) if source.date else None
    try:
        for sheet in sheets_of(source, reading):
            yield from _in_sheet(sheet, source, reading, names, wanted, date)
    except NoRowsError:
        return


def _in_sheet(
    sheet: Sheet, source: Source, reading: Reading, names: Sequence[str], wanted: NDArray[np.str_], date: float | None
) -> Iterator[tuple[str, Named]]:
    """The same of a file, or of a piece of one."""
    raw, paths = table_of(sheet)
    for name in names:
        table = reading.contract.tables[name]
        found = match(paths, table, reading.contract.words, reading.own.get(name, {})).columns
        headers = {field: raw.columns.column_names[place] for field, place in found.items()}
        if _ID in headers and _NAMES[name] in headers and (name == _HOUSEHOLDS or _RELATION in headers):
            read = {field: header for field, header in headers.items() if field in _READ}
            rows = typed(name, table, read, Faults(raw), reading.contract.words, source.name, date)
            yield from ((name, named) for named in _of_rows(name, rows, raw, headers, wanted))


def _of_rows(
    name: str, rows: Typed, raw: RawTable, headers: Mapping[str, str], wanted: NDArray[np.str_]
) -> Iterator[Named]:
    household = _text(rows, _ID)
    mine = np.append(np.isin(np.array(household.levels, dtype=str), wanted), False)[household.codes]
    if name == _PERSONS:
        mine &= _text(rows, _RELATION).holds(_HEAD)
    places = np.flatnonzero(mine)
    called = texts(raw.columns[headers[_NAMES[name]]].take(places)).texts()
    number = ids(raw.columns[headers[_NUMBER]].take(places))[0].texts() if _NUMBER in headers else [""] * len(places)
    when = _when(rows)[places]
    for place, month, words, digits in zip(places.tolist(), when.tolist(), called, number, strict=True):
        last = digits[-_LAST:] if len(digits) >= _LEAST_DIGITS else ""
        yield month, str(household.levels[household.codes[place]]), Head(normal_text(str(words)), last)


def _when(rows: Typed) -> Floats:
    """(rows,) since when a row is known, or of when it is; before all others where nothing tells."""
    when = np.full(len(rows), np.nan if rows.date is None else rows.date)
    for column in ("known_at", "as_of"):
        values = rows.columns.get(column)
        if values is not None and not isinstance(values, Category):
            when = np.where(np.isnan(when), values, when)
    return np.where(np.isnan(when), -np.inf, when)


def _text(rows: Typed, column: str) -> Category:
    values = rows.columns[column]
    assert isinstance(values, Category)
    return values
