"""Facts of a county in both clocks: tables whose rows are versions of facts, and what was believed at an as_of.

A fact (this household's state at that date, this claim, this recognition) may be told more than once: corrected, or
withdrawn. The version that became known last holds. `Facts.at` gives what was believed at the end of a month.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass, field, replace
from functools import cached_property
from typing import TYPE_CHECKING, Any, Generic, TypeVar, cast

import numpy as np
from numpy.typing import NDArray

from relapse.core.contract import Access
from relapse.core.errors import RelapseError, nearest
from relapse.core.versions import Versions

Ints = NDArray[np.int32]
Floats = NDArray[np.float64]

_FEW = 16  # texts that are looked for one by one
NO_MONTH = int(np.iinfo(np.int32).min)
"""A month that is not known: before every other."""


@dataclass(frozen=True, eq=False)
class Category:
    """A column of texts: (rows,) codes, -1 where missing, and the text of each code."""

    codes: Ints
    levels: tuple[str, ...]

    def take(self, rows: NDArray[np.bool_] | NDArray[np.integer]) -> Category:
        """The same texts of some rows; one number for all rows (the name of a file) stays one."""
        return Category(_some(self.codes, rows), self.levels)

    def texts(self) -> NDArray[np.object_]:
        """(rows,) the texts, empty where missing."""
        return np.array([*self.levels, ""], dtype=object)[self.codes]

    def holds(self, *wanted: str) -> NDArray[np.bool_]:
        """(rows,) whether one of the texts stands there; several in one cell are joined by `|`."""
        found = [code for code, level in enumerate(self.levels) if not set(wanted).isdisjoint(level.split("|"))]
        if len(found) > _FEW:
            return np.isin(self.codes, found)
        mask = np.zeros(len(self.codes), dtype=bool)
        for code in found:  # a look at all rows for each costs less than one look-up a row
            mask |= self.codes == code
        return mask


Column = Floats | NDArray[np.float32] | Category
Rows = NDArray[np.bool_] | NDArray[np.integer]
V = TypeVar("V")


class Lazy(Mapping[str, V], Generic[V]):
    """Things by name, each made when it is first asked for: nobody reads all of a large table.

    Args:
        names: in their order.
        make: a thing by its name.
    """

    def __init__(self, names: Iterable[str], make: Callable[[str], V]) -> None:
        """Nothing is made yet."""
        self._names = dict.fromkeys(names)
        self._make = make
        self._made: dict[str, V] = {}

    def only(self, names: Iterable[str]) -> Lazy[V]:
        """Some of them; what was made stays made."""
        some = Lazy(names, self._make)
        some._made = self._made
        return some

    def __getitem__(self, name: str) -> V:
        """The thing of a name."""
        if name not in self._names:
            raise KeyError(name)
        if name not in self._made:
            self._made[name] = self._new(name)
        return self._made[name]

    def _new(self, name: str) -> V:
        return self._make(name)

    def __contains__(self, name: object) -> bool:
        """Whether there is such a thing; it is not made for that."""
        return name in self._names

    def __iter__(self) -> Iterator[str]:
        """Names, in their order."""
        return iter(self._names)

    def __len__(self) -> int:
        """Number of names."""
        return len(self._names)


def made_of(things: Mapping[str, V]) -> Mapping[str, V]:
    """Those of some things that were made by now."""
    return things._made if isinstance(things, Lazy) else things


def held(values: object) -> int:
    """Bytes of an array or of the codes of texts; nothing else counts."""
    array = values.codes if isinstance(values, Category) else values
    return array.nbytes if isinstance(array, np.ndarray) and array.strides != (0,) else 0


class SomeRows(Lazy[Column]):
    """Columns of some rows of a table.

    Args:
        columns: of all rows.
        rows: places of the rows, or a mask.
    """

    def __init__(self, columns: Mapping[str, Column], rows: Rows) -> None:
        """Rows of rows are rows of the first table."""
        places = places_of(rows).astype(np.intp, copy=False)
        self._whole: Mapping[str, Column] = columns._whole if isinstance(columns, SomeRows) else columns
        super().__init__(columns, self._whole.__getitem__)
        self._rows: NDArray[np.integer] = columns._rows[places] if isinstance(columns, SomeRows) else places

    def only(self, names: Iterable[str]) -> SomeRows:
        """Some of the columns; what was taken stays taken."""
        some = SomeRows(self._whole, self._rows)
        some._names, some._made = dict.fromkeys(names), self._made
        return some

    def _new(self, name: str) -> Column:
        return _take(self._whole[name], self._rows)


_CLOCKS = ("household", "subject", "fact", "happened", "known", "withdrawn", "row", "file")  # fields of the rows


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
        versions: gives those of the rows, where they were counted before; not of a table that ends its subjects.
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
    versions: Callable[[], Versions] | None = None
    _without: dict[frozenset[str], Facts] = field(default_factory=dict, init=False, repr=False)
    _believed: dict[int, Facts | None] = field(default_factory=dict, init=False, repr=False)  # None: all of it

    @staticmethod
    def unread(name: str, count: int, clocks: Mapping[str, Any], **fields: Any) -> Facts:
        """A table of so many rows whose clocks are looked up when they are asked for, and other fields as they are.

        Where there is no clock `subject`, the rows are states of households.
        """
        table = object.__new__(Facts)
        table.__dict__.update(fields, name=name, _unread=(count, clocks), _without={}, _believed={})
        return table

    def __len__(self) -> int:
        if "household" in self.__dict__:
            return len(self.household)
        return len(self.__dict__["_taken"][1]) if "_taken" in self.__dict__ else int(self.__dict__["_unread"][0])

    def __contains__(self, column: str) -> bool:
        return column in self.columns

    @property
    def held(self) -> int:
        """Bytes of the arrays that it holds by now, those of what was believed of it counted too."""
        _, places = vars(self).get("_taken", (None, None))
        _, clocks = vars(self).get("_unread", (0, {name: vars(self).get(name) for name in _CLOCKS}))
        groups = (made_of(clocks), self.absent, made_of(self.columns))
        own = sum(held(values) for group in groups for values in group.values())
        return held(places) + own + sum(table.held for table in self._believed.values() if table is not None)

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
        """Some rows, in their order; columns are taken when they are asked for, as are the clocks."""
        places = places_of(rows)
        part = self._with(
            columns=SomeRows(self.columns, places),
            absent={name: mask[places] for name, mask in self.absent.items()},
            versions=None,
        )
        for name in (*_CLOCKS, "_unread"):
            part.__dict__.pop(name, None)
        part.__dict__["_taken"] = self._with(), places  # tables that held each other would stay long after use
        return part

    def _with(self, **changed: object) -> Facts:
        """The table with other fields; what was not taken yet stays so."""
        part = object.__new__(Facts)
        own = ("_taken", "_unread", *(name for name in self.__dataclass_fields__ if not name.startswith("_")))
        part.__dict__.update({name: self.__dict__[name] for name in own if name in self.__dict__})
        part.__dict__.update(changed, _without={}, _believed={})
        return part

    if not TYPE_CHECKING:

        def __getattr__(self, name: str) -> object:
            """A clock of rows that were not read yet, or taken from a table, when it is first asked for."""
            if name not in _CLOCKS or not {"_taken", "_unread"} & self.__dict__.keys():
                raise AttributeError(f"'Facts' object has no attribute '{name}'")
            whole, places = self.__dict__.get("_taken", (None, None))
            clocks = self.__dict__["_unread"][1] if whole is None else {}
            if name in clocks:
                made = clocks[name]
            elif name == "subject" and (whole is None or whole.subject is whole.household):
                made = self.household
            else:
                values = getattr(whole, name)
                made = values.take(places) if isinstance(values, Category) else _some(values, places)
            self.__dict__[name] = made
            return made

    def of(self, rows: Rows, place: Ints) -> Facts:
        """Some rows, of households that have another place.

        Args:
            rows: wanted, in the order of the table.
            place: (households,) the new place of each.
        """
        part = self.take(rows)
        household = np.where(part.household >= 0, place[part.household], -1).astype(np.int32)
        return replace(part, household=household, subject=household if self.subject is self.household else part.subject)

    def at(self, as_of: int) -> Facts:
        """What was believed at the end of a month: one row a fact, the last known version.

        Facts that were taken back are gone; so are all states of a subject whose newest one says that it is gone.
        """
        if as_of not in self._believed:
            told = self.known <= as_of
            if told.all():
                kept = np.flatnonzero(self._holds(self.fact, self.withdrawn))
            else:
                rows = np.flatnonzero(told)
                kept = rows[self._holds(self.fact.take(rows), self.withdrawn.take(rows))]
            if self.ends:
                closing = _last_of(self.subject[kept])
                gone = np.unique(self.subject[kept[closing & self.withdrawn[kept]]])
                kept = kept[~np.isin(self.subject[kept], gone) & ~self.withdrawn[kept]]
            while len(self._believed) > 1:
                del self._believed[next(iter(self._believed))]
            self._believed[as_of] = self.take(kept) if len(kept) < len(self) else None
        believed = self._believed[as_of]
        return self if believed is None else believed

    def _holds(self, fact: NDArray[np.integer], withdrawn: NDArray[np.bool_]) -> NDArray[np.bool_]:
        """(rows,) the last version of each fact, unless that takes it back; one that ends its subject is kept."""
        last = _last_of(fact)
        return last & (~withdrawn | np.roll(last, 1)) if self.ends else last > withdrawn

    @cached_property
    def newest(self) -> Facts:
        """Of what is believed, the newest state of each subject; what its file does not tell, an older one does."""
        last = _last_of(self.subject)
        newest, whole = self.take(last), self._with()

        def told(column: str) -> Column:
            if column not in whole.absent:
                return newest.columns[column]
            return _take(whole.columns[column], whole.telling(column)[last])

        return newest._with(columns=Lazy(self.columns, told), absent={}) if self.absent else newest

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

    def months_at(self, as_of: int) -> tuple[Ints, Ints, Ints | None]:
        """Months in which what is believed at the end of a month happened, and became known; and how many rows did.

        Returns:
            (k,) each; the last one None where each is a row.
        """
        if self.versions is not None:
            return self.versions().at(as_of)
        rows = self.at(as_of)
        return rows.happened, rows.known, None

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
        if isinstance(self.columns, Lazy):
            return self._with(columns=self.columns.only(names))
        return self._with(columns={name: self.columns[name] for name in names})

    def without(self, columns: frozenset[str]) -> Facts:
        """The table as if its files had no such columns."""
        if not any(name in self.columns for name in columns):
            return self
        if columns not in self._without:
            names = [name for name in self.columns if name not in columns]
            kept = self.columns.only(names) if isinstance(self.columns, Lazy) else {n: self.columns[n] for n in names}
            absent = {name: mask for name, mask in self.absent.items() if name not in columns}
            self._without[columns] = self._with(columns=kept, absent=absent)
        return self._without[columns]

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
    return values.take(rows) if isinstance(values, Category) else _some(values, rows)


def _some(values: NDArray[Any], rows: Rows) -> NDArray[Any]:
    """Some of the values; one number for all rows stays one."""
    if values.strides != (0,):
        return values.take(places_of(rows))
    count = int(np.count_nonzero(rows)) if rows.dtype == np.bool_ else len(rows)
    return np.broadcast_to(values[:1], (count,)) if len(values) else values[rows]


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


def places_of(rows: Rows) -> NDArray[np.integer]:
    """Places of some rows: to take by place costs a quarter of what a mask costs."""
    return np.flatnonzero(rows) if rows.dtype == np.bool_ else cast("NDArray[np.integer]", rows)


def per_household(household: Ints, households: int, values: Floats | None = None) -> Floats:
    """Sums over rows by household (counts where no values are given).

    Args:
        household: (rows,) places.
        households: number of households.
        values: (rows,), NaN counts as nothing.

    Returns:
        (households,)
    """
    weights = None if values is None else np.where(np.isnan(values), 0.0, values)
    return np.bincount(household, weights=weights, minlength=households).astype(np.float64)
