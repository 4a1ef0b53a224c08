"""Facts of a county in both clocks: tables whose rows are versions of facts, and what was believed at an as_of.

A fact (this household's state at that date, this claim, this recognition) may be told more than once: corrected, or
withdrawn. The version that became known last holds. `Facts.at` gives what was believed at the end of a month.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field, replace
from functools import cached_property

import numpy as np
from numpy.typing import NDArray

from relapse.core.contract import Access
from relapse.core.errors import RelapseError, nearest

Ints = NDArray[np.int32]
Floats = NDArray[np.float64]

NO_MONTH = int(np.iinfo(np.int32).min)
"""A month that is not known: before every other."""


@dataclass(frozen=True, eq=False)
class Category:
    """A column of texts: (rows,) codes, -1 where missing, and the text of each code."""

    codes: Ints
    levels: tuple[str, ...]

    def take(self, rows: NDArray[np.bool_] | NDArray[np.integer]) -> Category:
        """The same texts of some rows; one number for all rows (the name of a file) stays one."""
        if self.codes.strides == (0,):
            count = int(np.count_nonzero(rows)) if rows.dtype == np.bool_ else len(rows)
            return Category(np.broadcast_to(self.codes[:1], (count,)), self.levels)
        return Category(self.codes[rows], self.levels)

    def texts(self) -> NDArray[np.object_]:
        """(rows,) the texts, empty where missing."""
        return np.array([*self.levels, ""], dtype=object)[self.codes]

    def holds(self, *wanted: str) -> NDArray[np.bool_]:
        """(rows,) whether one of the texts stands there; several in one cell are joined by `|`."""
        found = [bool(set(level.split("|")) & set(wanted)) for level in self.levels]
        return np.array([*found, False])[self.codes]


Column = Floats | NDArray[np.float32] | Category
Rows = NDArray[np.bool_] | NDArray[np.integer]


class SomeRows(Mapping[str, Column]):
    """Columns of some rows of a table, each taken when it is first asked for: nobody reads all of a large table.

    Args:
        columns: of all rows.
        rows: places of the rows, or a mask.
    """

    def __init__(self, columns: Mapping[str, Column], rows: Rows) -> None:
        """Rows of rows are rows of the first table."""
        places = np.flatnonzero(rows) if rows.dtype == np.bool_ else rows
        self._whole: Mapping[str, Column] = columns._whole if isinstance(columns, SomeRows) else columns
        self._rows: NDArray[np.integer] = (
            columns._rows[places] if isinstance(columns, SomeRows) else places.astype(np.int32)
        )
        self._names = tuple(columns)
        self._taken: dict[str, Column] = {}

    def only(self, names: Iterable[str]) -> SomeRows:
        """Some of the columns; what was taken stays taken."""
        some = SomeRows(self._whole, self._rows)
        some._names, some._taken = tuple(names), self._taken
        return some

    def __getitem__(self, name: str) -> Column:
        """The column's values in the rows."""
        if name not in self._names:
            raise KeyError(name)
        if name not in self._taken:
            self._taken[name] = _take(self._whole[name], self._rows)
        return self._taken[name]

    def __contains__(self, name: object) -> bool:
        """Whether there is such a column; it is not taken for that."""
        return name in self._names

    def __iter__(self) -> Iterator[str]:
        """Names, in the order of the table."""
        return iter(self._names)

    def __len__(self) -> int:
        """Number of columns."""
        return len(self._names)


@dataclass(frozen=True, eq=False)
class Facts:
    """One table in both clocks, (rows,) rows sorted by household, subject, `happened`, fact, `known`.

    Args:
        name: of the table, as in the contract.
        household: place in the panel's `household_ids`, -1 where the table speaks of none.
        subject: number of what the rows are states of (a household, a person, a project …).
        fact: number of the fact; versions of one fact share it.
        happened: month in which the fact was so, NO_MONTH where not told.
        known: month in which this version became known.
        withdrawn: whether this version takes the fact back.
        columns: numbers (months count from year 0, flags are 1 and 0; NaN where missing; float32 where that holds them
            exactly) and texts.
        access: of each column, see `core.contract`.
        row: row number in the file, 0 where there is none.
        file: name of the file.
        ends: whether a withdrawn first version of a fact says that the subject is gone from then on (states of
            households and persons), rather than that a fact was taken back.
        absent: (rows,) by column, where the file of the row has no such column: the state before still tells it.
    """

    name: str
    household: Ints
    subject: NDArray[np.integer]
    fact: NDArray[np.integer]
    happened: Ints
    known: Ints
    withdrawn: NDArray[np.bool_]
    columns: Mapping[str, Column]
    access: Mapping[str, Access]
    row: NDArray[np.integer]
    file: Category
    ends: bool = False
    absent: Mapping[str, NDArray[np.bool_]] = field(default_factory=dict)
    _believed: dict[int, Facts] = field(default_factory=dict, init=False, repr=False)  # of the last as_ofs asked for

    def __len__(self) -> int:
        return len(self.household)

    def __contains__(self, column: str) -> bool:
        return column in self.columns

    def number(self, column: str) -> Floats:
        """(rows,) a column of numbers.

        Raises:
            RelapseError: the table has no such column, or it holds texts.
        """
        values = self._column(column)
        if isinstance(values, Category):
            raise RelapseError(f"the column '{column}' of the table '{self.name}' holds texts, not numbers")
        return values.astype(np.float64, copy=False)

    def text(self, column: str) -> Category:
        """A column of texts.

        Raises:
            RelapseError: the table has no such column, or it holds numbers.
        """
        values = self._column(column)
        if not isinstance(values, Category):
            raise RelapseError(f"the column '{column}' of the table '{self.name}' holds numbers, not texts")
        return values

    def take(self, rows: Rows) -> Facts:
        """Some rows, in their order; columns are taken when they are asked for."""
        household = self.household[rows]
        return replace(
            self,
            household=household,
            subject=household if self.subject is self.household else self.subject[rows],
            fact=self.fact[rows],
            happened=self.happened[rows],
            known=self.known[rows],
            withdrawn=self.withdrawn[rows],
            columns=SomeRows(self.columns, rows),
            row=self.row[rows],
            file=self.file.take(rows),
            absent={name: mask[rows] for name, mask in self.absent.items()},
        )

    def at(self, as_of: int) -> Facts:
        """What was believed at the end of a month: one row a fact, the last known version.

        Facts that were taken back are gone; so are all states of a subject whose newest one says that it is gone.
        """
        if as_of not in self._believed:
            rows = np.flatnonzero(self.known <= as_of)
            last = _last_of(self.fact[rows])
            first = np.roll(last, 1)
            kept = rows[last & (~self.withdrawn[rows] | (first & self.ends))]
            if self.ends:
                closing = _last_of(self.subject[kept])
                gone = np.unique(self.subject[kept[closing & self.withdrawn[kept]]])
                kept = kept[~np.isin(self.subject[kept], gone) & ~self.withdrawn[kept]]
            while len(self._believed) > 1:
                del self._believed[next(iter(self._believed))]
            self._believed[as_of] = self.take(kept) if len(kept) < len(self) else self
        return self._believed[as_of]

    @cached_property
    def newest(self) -> Facts:
        """Of what is believed, the newest state of each subject; what its file does not tell, an older one does."""
        last = _last_of(self.subject)
        newest = self.take(last)
        told = {column: _take(self.columns[column], self.telling(column)[last]) for column in self.absent}
        return replace(newest, columns={**newest.columns, **told}, absent={}) if told else newest

    def telling(self, column: str) -> NDArray[np.intp]:
        """(rows,) the row that tells a column for each row: itself, or the last one of the subject that has it."""
        here = np.arange(len(self))
        if column not in self.absent:
            return here
        begins = np.roll(_last_of(self.subject), 1)
        begin = np.maximum.accumulate(np.where(begins, here, 0))
        last = np.maximum.accumulate(np.where(self.absent[column], -1, here))
        return np.where(last >= begin, last, here)

    @cached_property
    def first_told(self) -> Facts:
        """The first version of each fact: later ones correct or complete it."""
        return self.take(np.roll(_last_of(self.fact), 1))

    def ended(self, as_of: int) -> Facts:
        """The rows, known by the end of a month, that say that their subject is gone."""
        rows = np.flatnonzero(self.known <= as_of)
        first = np.roll(_last_of(self.fact[rows]), 1)
        return self.take(rows[first & self.withdrawn[rows] & self.ends])

    def since(self, column: str) -> Ints:
        """(subjects,) in the order of `newest`: from when on the column has had its newest value without a break."""
        values = self._column(column)
        plain = values.codes if isinstance(values, Category) else np.nan_to_num(self.number(column), nan=-1e300)
        if column in self.absent:
            plain = plain[self.telling(column)]
        begins = np.ones(len(self), dtype=bool)
        begins[1:] = (self.subject[1:] != self.subject[:-1]) | (plain[1:] != plain[:-1])
        start = np.maximum.accumulate(np.where(begins, np.arange(len(self)), 0))
        return self.happened[start[_last_of(self.subject)]]

    def only_known(self) -> Facts:
        """The table without what is written down at a recognition or after it."""
        return self._known_alone

    @cached_property
    def _known_alone(self) -> Facts:
        names = [name for name in self.columns if self.access[name] == "known"]
        if isinstance(self.columns, SomeRows):
            return replace(self, columns=self.columns.only(names))
        return replace(self, columns={name: self.columns[name] for name in names})

    def until(self, month: int) -> Facts:
        """The versions known by the end of a month."""
        return self.take(self.known <= month)

    def _column(self, column: str) -> Column:
        if column not in self.columns:
            raise RelapseError(
                f"the table '{self.name}' has no column '{column}' here; {nearest(column, self.columns)}"
            )
        return self.columns[column]


def _take(values: Column, rows: Rows) -> Column:
    return values.take(rows) if isinstance(values, Category) else values[rows]


def smallest(values: Column) -> Column:
    """The same numbers in half the memory, where no digit is lost by that; texts as they are."""
    if isinstance(values, Category) or values.dtype == np.float32:
        return values
    with np.errstate(over="ignore"):
        half = values.astype(np.float32)
    return half if np.array_equal(half, values, equal_nan=True) else values


def _last_of(group: NDArray[np.integer]) -> NDArray[np.bool_]:
    """(rows,) the last row of each group, in rows sorted by group."""
    last = np.ones(len(group), dtype=bool)
    last[:-1] = group[1:] != group[:-1]
    return last


def per_household(household: Ints, households: int, values: Floats | None = None) -> Floats:
    """Sums over rows by household (counts where no values are given).

    Args:
        household: (rows,) places.
        households: number of households.
        values: (rows,), NaN counts as nothing.

    Returns:
        (households,)
    """
    weights = None if values is None else np.nan_to_num(values)
    return np.bincount(household, weights=weights, minlength=households).astype(np.float64)
