"""The panel with both clocks, and the only window through which it may be looked at.

A `Panel` holds every fact with the period it speaks of and the period in which it became known. Nobody computes on a
`Panel`: `panel.as_of(period)` gives a `PanelView`, which cannot return what became known later. Cohorts, labels and
features take a view or the `Histories` it gives: dense matrices of households by lags, in time and never in rows.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, field, replace
from functools import cached_property
from typing import Literal, Protocol

import numpy as np
from numpy.typing import NDArray

from relapse.core.errors import InputError, RelapseError, nearest
from relapse.core.facts import Category, Facts, Floats, Ints
from relapse.core.periods import Calendar
from relapse.core.sorting import order_by

__all__ = ["Floats", "Histories", "Ints", "Level", "Line", "Panel", "PanelView"]

Level = Literal["village", "township"]
HOUSEHOLDS = "households"  # the table that says who exists
DOUBTS = "doubts"  # the table of rows that could not be used: whose, and since when they were known
_BLOCK = 1 << 14  # members whose matrices are worked on together, small enough to stay in the cache


class Line(Protocol):
    """A poverty line: what it takes per person, by household and period.

    A recipe that reads a column of the file names it in a property `needs` (a tuple of names).
    """

    def values(self, known: Histories) -> Floats:
        """The line at each lag, as known.

        Args:
            known: histories of (n,) members over (lags,) periods.

        Returns:
            (n, lags) or (1, lags), money per person over one window; NaN where there is no line.
        """
        ...


@dataclass(frozen=True, eq=False)
class Panel:
    """One county (or one survey): rows of a household and period, each with the period in which it became known.

    Rows are sorted by household, period and known period; of several reports on one period the last known one holds.

    Args:
        name: of the panel; one registered model and one folder of lists bear it.
        calendar: the time axis.
        window: periods summed before they are held against the line.
        reported_share: share of a window's periods that must be reported; the sum is then scaled to the whole window.
        max_age: periods by which the newest known state may lag behind as_of.
        lookback: periods of history that features may use.
        money: what money is called in texts, such as yuan.
        simulated: whether the panel was made by a simulator (said on everything made from it).
        household_ids: (households,) text, sorted.
        household, period, known: (rows,) whole numbers: place in `household_ids`, period it speaks of, period it
            became known.
        income: (rows,) net income: per person and period, or of the household where `size` is given.
        size: (rows,) persons, or None where income is per person.
        sources: (rows,) each: parts of income.
        covariates: (rows,) each: other numbers.
        categories: other texts.
        village, township: where the household lives, where known.
        weight: (rows,) survey weight, or None.
        state: (rows,) 0/1 that stands in the file and is used instead of income below the line, or None.
        line_column: (rows,) a line that stands in the file, or None.
        region: administrative code for the county-and-date table of lines, or empty.
        line: the line recipe.
        titles: what people call a column.
        digest: SHA-256 of the input files.
        assumed: sentences about what had to be assumed while reading (printed with every report).
        amounts: (rows,) each: money of the household that is no part of income, such as payouts and own medical cost.
        measured: (rows,) share of the row's parts of income that were reported for that period alone, not spread over
            a longer span; None where all were.
        tables: a county's other tables, by name; empty for a long table. With `households` among them, who exists, its
            size and its home are told there and not by the rows.
        references: by amount, what it counts for in the reference income (+1 payouts, -1 own cost); empty without one.
        newest: the latest as_of that the data allow, where they tell it by more than the reports on the last period.
        cut: the period up to which everything is known, where the panel was cut (see `until`).
    """

    name: str
    calendar: Calendar
    window: int
    reported_share: float
    max_age: int
    lookback: int
    money: str
    simulated: bool
    household_ids: NDArray[np.object_]
    household: Ints
    period: Ints
    known: Ints
    income: Floats
    size: Floats | None
    sources: Mapping[str, Floats]
    covariates: Mapping[str, NDArray[np.float32]]
    categories: Mapping[str, Category]
    village: Category | None
    township: Category | None
    weight: Floats | None
    state: Floats | None
    line_column: Floats | None
    region: str
    line: Line
    titles: Mapping[str, str]
    digest: str
    assumed: tuple[str, ...] = ()
    amounts: Mapping[str, Floats] = field(default_factory=dict)
    measured: Floats | None = None
    tables: Mapping[str, Facts] = field(default_factory=dict)
    references: Mapping[str, float] = field(default_factory=dict)
    newest: int | None = None
    cut: int | None = None
    remembered: dict[object, float] = field(default_factory=dict, repr=False)  # relative lines already worked out

    @cached_property
    def _by_period(self) -> tuple[Ints, NDArray[np.int64]]:
        """Rows ordered by period and known period, and where each period of the span begins."""
        order = order_by(self.period, self.known).astype(np.int32)
        starts = np.searchsorted(self.period[order], np.arange(self.first, self.last + 2))
        return order, starts

    @cached_property
    def first(self) -> int:
        """The first period of the data."""
        return int(self.period.min())

    @cached_property
    def last(self) -> int:
        """The last closed period: the newest for which an income (or a state) was reported."""
        told = self.income if self.state is None else self.state
        return int(self.period[~np.isnan(told)].max())

    @cached_property
    def latest(self) -> int:
        """The latest as_of: where the panel was cut, else the newest reported period.

        Where nothing else tells that, it is when the first report on the last closed period was known.
        """
        if self.cut is not None:
            return self.cut
        if self.newest is not None:
            return self.newest
        told = self.income if self.state is None else self.state
        return int(self.known[(self.period == self.last) & ~np.isnan(told)].min())

    def rows_of(self, period: int) -> Ints:
        """Rows that speak of a period, by known period; none outside the span."""
        order, starts = self._by_period
        place = period - self.first
        if not 0 <= place < len(starts) - 1:
            return order[:0]
        return order[starts[place] : starts[place + 1]]

    def as_of(self, period: int) -> PanelView:
        """What was known by the end of a period.

        Raises:
            InputError: the period lies outside the data.
        """
        if not self.first <= period <= self.latest:
            label = self.calendar.label
            raise InputError(
                f"as_of {label(period)} lies outside the data of '{self.name}': "
                f"choose a period from {label(self.first)} to {label(self.latest)}"
            )
        return PanelView(self, period)

    def until(self, period: int) -> Panel:
        """The panel cut at a period: rows of later periods, and what became known later, are not there at all."""
        rows = (self.known <= period) & (self.period <= period)

        def cut(values: Floats | None) -> Floats | None:
            return None if values is None else values[rows]

        def cut_text(category: Category | None) -> Category | None:
            return None if category is None else Category(category.codes[rows], category.levels)

        return replace(
            self,
            household=self.household[rows],
            period=self.period[rows],
            known=self.known[rows],
            income=self.income[rows],
            size=cut(self.size),
            sources={name: values[rows] for name, values in self.sources.items()},
            covariates={name: values[rows] for name, values in self.covariates.items()},
            categories={name: Category(text.codes[rows], text.levels) for name, text in self.categories.items()},
            village=cut_text(self.village),
            township=cut_text(self.township),
            weight=cut(self.weight),
            state=cut(self.state),
            line_column=cut(self.line_column),
            amounts={name: values[rows] for name, values in self.amounts.items()},
            measured=cut(self.measured),
            tables={name: table.until(period) for name, table in self.tables.items()},
            cut=period,
            remembered={},
        )


@dataclass(frozen=True, eq=False)
class PanelView:
    """What was known by the end of `as_of`: the only thing that cohorts, labels and features ever see."""

    panel: Panel
    as_of: int

    def earlier(self, period: int) -> PanelView:
        """What was known at an earlier period (or at `as_of`, whichever is earlier)."""
        return PanelView(self.panel, min(period, self.as_of))

    def table(self, name: str) -> Facts:
        """What was believed of a county's table, without what is written down at a recognition or after it.

        Raises:
            RelapseError: the panel has no such table.
        """
        return self.whole_table(name).only_known()

    def whole_table(self, name: str) -> Facts:
        """What was believed of a county's table with all its columns: for outcomes and audits, never for a feature.

        Raises:
            RelapseError: the panel has no such table.
        """
        tables = self.panel.tables
        if name not in tables:
            raise RelapseError(f"the panel '{self.panel.name}' has no table '{name}'; {nearest(name, tables)}")
        return tables[name].at(self.as_of)

    @cached_property
    def observed(self) -> Ints:
        """(n,) places of the households that are there, in ascending order.

        In a county, those of the table `households`; else those with a known row in the last `max_age` + 1 periods.
        """
        seen = np.zeros(len(self.panel.household_ids), dtype=bool)
        if HOUSEHOLDS in self.panel.tables:
            seen[self.table(HOUSEHOLDS).household] = True
            return np.flatnonzero(seen).astype(np.int32)
        for age in range(self.panel.max_age + 1):
            rows = self.panel.rows_of(self.as_of - age)
            seen[self.panel.household[rows[self.panel.known[rows] <= self.as_of]]] = True
        return np.flatnonzero(seen).astype(np.int32)

    @cached_property
    def doubted(self) -> NDArray[np.bool_]:
        """(households,) of which a row that was known could not be used."""
        found = np.zeros(len(self.panel.household_ids), dtype=bool)
        if DOUBTS in self.panel.tables:
            found[self.whole_table(DOUBTS).household] = True
        return found

    @cached_property
    def everyone(self) -> Histories:
        """Histories of all observed households over the panel's lookback.

        They look through a view of their own: two that held each other would keep their matrices long after use.
        """
        return PanelView(self.panel, self.as_of).histories(self.observed)

    def histories(self, members: Ints, end: int | None = None, lags: int | None = None) -> Histories:
        """Histories of some households.

        Args:
            members: (n,) places of households, unique.
            end: period of lag 0; `as_of` by default.
            lags: number of periods, `end` included; the panel's lookback by default.
        """
        return Histories(self, members, self.as_of if end is None else end, lags or self.panel.lookback)


def _blockwise(*needs: str) -> Callable[[Callable[[Histories], Floats]], cached_property[Floats]]:
    """A matrix of (n, …) that is worked out once, some members at a time.

    Args:
        needs: other such matrices that it is made of, and which are kept too.
    """

    def kept(compute: Callable[[Histories], Floats]) -> cached_property[Floats]:
        whole = cached_property[Floats](lambda known: known._in_blocks(compute, *needs))
        whole.__doc__ = compute.__doc__
        return whole

    return kept


@dataclass(frozen=True, eq=False)
class Histories:
    """Dense histories of (n,) members: in each matrix (n, lags), column j speaks of the period `end` - j."""

    view: PanelView
    members: Ints
    end: int
    lags: int

    @cached_property
    def row(self) -> Ints:
        """(n, lags + window - 1): the row of the panel that was believed at as_of, -1 where there was none."""
        panel = self.view.panel
        width = self.lags + panel.window - 1
        grid = np.full((len(self.members), width), -1, dtype=np.int32)
        for block in _blocks(len(self.members)):
            rows, member = _rows_of(panel.household, self.members[block])
            lag = self.end - panel.period[rows]
            told = np.flatnonzero((panel.known[rows] <= self.view.as_of) & (lag >= 0) & (lag < width))
            grid[block][member[told], lag[told]] = rows[told]  # sorted by known period: the last known one stays
        return grid

    def take(self, mask: NDArray[np.bool_] | slice) -> Histories:
        """The histories of some of the members, with what was already worked out."""
        part = Histories(self.view, self.members[mask], self.end, self.lags)
        for name in ("row", "_persons", "income", "window_income", "reported", "line", "below", "log_ratio"):
            if name in self.__dict__:
                value = self.__dict__[name]
                part.__dict__[name] = value[mask] if len(value) == len(self.members) else value
        return part

    def column(self, name: str, lags: int | None = None) -> Floats:
        """(n, lags) of a number: a source of income, a covariate, or `size`, `weight`, `line_column`, `state`.

        Args:
            name: of the column.
            lags: periods wanted, all of the histories' by default.

        Raises:
            InputError: the panel has no such column.
        """
        panel = self.view.panel
        own = {key: getattr(panel, key) for key in ("size", "weight", "line_column", "state")}
        columns = {**panel.sources, **panel.covariates, **{k: v for k, v in own.items() if v is not None}}
        if name not in columns:
            raise InputError(f"the panel '{panel.name}' has no column '{name}'; {nearest(name, columns)}")
        return self._gather(columns[name], lags or self.lags)

    def codes(self, category: Category) -> Ints:
        """(n, lags) codes of a text, -1 where missing."""
        row = self.row[:, : self.lags]
        return np.where(row >= 0, category.codes[np.maximum(row, 0)], -1).astype(np.int32)

    def newest_code(self, category: Category) -> Ints:
        """(n,): the newest known code of a text that is at most `max_age` periods old, -1 where there is none."""
        codes = self.codes(category)[:, : self.view.panel.max_age + 1]
        found = codes >= 0
        return np.where(found.any(axis=1), codes[np.arange(len(codes)), found.argmax(axis=1)], -1).astype(np.int32)

    def home(self, level: Level) -> Category | None:
        """(n,): the village or township where each member lives, as last known; None where the panel tells none."""
        panel = self.view.panel
        if HOUSEHOLDS in panel.tables:
            states = self.view.table(HOUSEHOLDS).newest
            told = states.text(level)
            codes = np.full(len(panel.household_ids), -1, dtype=np.int32)
            codes[states.household] = told.codes
            return Category(codes[self.members], told.levels)
        rows = panel.village if level == "village" else panel.township
        return None if rows is None else Category(self.newest_code(rows), rows.levels)

    def state(self, table: str, column: str) -> Floats:
        """(n, lags + window - 1): a number of a household's state at each lag, as believed at as_of.

        Before the first state that was told, the first one holds.

        Raises:
            RelapseError: the panel has no such table or column.
        """
        told = self.view.table(table)
        values = told.number(column)
        place = np.full(len(self.view.panel.household_ids), -1, dtype=np.int64)
        place[self.members] = np.arange(len(self.members))
        width = self.lags + self.view.panel.window - 1
        mine, ago = place[told.household], self.end - told.happened.astype(np.int64)
        rows = np.flatnonzero((mine >= 0) & (ago >= 0) & ~np.isnan(values))
        grid = np.full((len(self.members), width), np.nan)
        grid[mine[rows], np.minimum(ago[rows], width - 1)] = values[rows]  # in order of time: the last one stays
        for block in _blocks(len(grid)):
            carried = carry_forward(grid[block])
            earliest = carry_forward(carried[:, ::-1])[:, ::-1]
            grid[block] = np.where(np.isnan(carried), earliest, carried)
        return grid

    def per_person(self, values: Floats) -> Floats:
        """Household amounts (n, lags …) by the size last known at each lag; unchanged where income is per person."""
        if self._is_per_person:
            return values
        made = np.empty(values.shape)
        for block in _blocks(len(values)):
            size = self._persons[block, : values.shape[1]]
            made[block] = values[block] / np.where(size > 0, size, np.nan)
        return made

    @property
    def _is_per_person(self) -> bool:
        """Whether the panel's amounts are per person as they stand."""
        return self.view.panel.size is None and HOUSEHOLDS not in self.view.panel.tables

    def _in_blocks(self, compute: Callable[[Histories], Floats], *needs: str) -> Floats:
        """(n, …): what is made of (some of) the members' histories, made some members at a time.

        Matrices of all members would be fetched from memory at each step of a formula; of a block they stay at hand.

        Args:
            compute: what is made; each member's rows from its own alone.
            needs: matrices of `self` that it is made of, worked out before.
        """
        if len(self.members) <= _BLOCK:
            return compute(self)
        for name in ("row", *(() if self._is_per_person else ("_persons",)), *needs):
            getattr(self, name)
        first, *others = _blocks(len(self.members))
        part = compute(self.take(first))
        made = np.empty((len(self.members), *part.shape[1:]), dtype=part.dtype)
        made[first] = part
        for block in others:
            made[block] = compute(self.take(block))
        return made

    @cached_property
    def _persons(self) -> Floats:
        """(n, lags + window - 1): the size last known at each lag; looked for over the panel's lookback at least."""
        panel = self.view.panel
        if HOUSEHOLDS in panel.tables:
            return self.state(HOUSEHOLDS, "size")
        assert panel.size is not None
        far = self.lags >= panel.lookback or not np.isnan(panel.size).any()
        wide = self if far else Histories(self.view, self.members, self.end, panel.lookback)
        return carry_forward(wide._gather(panel.size, wide.row.shape[1]))

    @_blockwise()
    def income(self) -> Floats:
        """(n, lags + window - 1): income of each period per person, NaN where none was reported."""
        return self.per_person(self._gather(self.view.panel.income, self.row.shape[1]))

    @_blockwise("income")
    def reported(self) -> Floats:
        """(n, lags): share of the window's periods for which an income was reported."""
        return window_sums((~np.isnan(self.income)).astype(np.float64), self.view.panel.window) / self.view.panel.window

    @_blockwise("reported")
    def window_income(self) -> Floats:
        """(n, lags): income per person summed over the window that ends at each lag.

        Where some periods of the window are missing the sum is scaled to the whole window; NaN where fewer than the
        panel's `reported_share` were reported.
        """
        total = window_sums(np.nan_to_num(self.income), self.view.panel.window)
        share = self.reported
        enough = (share > 0) & (share >= self.view.panel.reported_share - 1e-9)
        return np.where(enough, total / np.where(share > 0, share, 1), np.nan)

    @_blockwise("income")
    def measured(self) -> Floats:
        """(n, lags): periods of the window whose income was reported for that period alone, not spread over a span."""
        panel = self.view.panel
        told = (~np.isnan(self.income)).astype(np.float64)
        if panel.measured is not None:
            told *= np.nan_to_num(self._gather(panel.measured, self.row.shape[1]))
        return window_sums(told, panel.window)

    def amount(self, name: str) -> Floats:
        """(n, lags): money of the household per person, summed over the window that ends at each lag.

        Nothing told counts as nothing: a month without a claim cost nothing.

        Raises:
            RelapseError: the panel has no such amount.
        """
        amounts = self.view.panel.amounts
        if name not in amounts:
            raise RelapseError(f"the panel '{self.view.panel.name}' has no amount '{name}'; {nearest(name, amounts)}")
        values, window = amounts[name], self.view.panel.window

        def summed(some: Histories) -> Floats:
            told = some.per_person(np.nan_to_num(some._gather(values, some.row.shape[1])))
            return window_sums(np.nan_to_num(told), window)

        return self._in_blocks(summed)

    @cached_property
    def reference_income(self) -> Floats:
        """(n, lags): window income per person plus payouts less own medical cost, as the panel's `references` say.

        An amount of which the county has no reports counts as nothing.
        """
        panel, total = self.view.panel, self.window_income.copy()
        for name, sign in panel.references.items():
            total += sign * self.amount(name) if name in panel.amounts else 0
        return total

    @cached_property
    def line(self) -> Floats:
        """(n, lags) or (1, lags): the line of each period as known, in money per person and window."""
        return self.view.panel.line.values(self)

    @_blockwise("window_income", "line")
    def below(self) -> Floats:
        """(n, lags): 1 where below the line (or where the file's own state says so), 0 where not, NaN where unknown."""
        if self.view.panel.state is not None:
            return self.column("state")
        income, line = np.broadcast_arrays(self.window_income, self.line)
        unknown = np.isnan(income) | np.isnan(line)
        return np.where(unknown, np.nan, income < line)

    @_blockwise("window_income", "line")
    def log_ratio(self) -> Floats:
        """(n, lags): natural logarithm of income over the line; income counts as at least a hundredth of the line."""
        income, line = np.broadcast_arrays(self.window_income, self.line)
        valid = line > 0
        ratio = np.where(valid, income, np.nan) / np.where(valid, line, 1)
        return np.log(np.maximum(ratio, 0.01))

    def newest(self, values: Floats) -> Floats:
        """(n,): the newest known value that is at most `max_age` periods old."""
        return first_known(values[:, : self.view.panel.max_age + 1])

    def before_newest(self, values: Floats, periods: int) -> Floats:
        """(n,): the value so many periods before the newest known one, NaN where there is none."""
        known = ~np.isnan(values[:, : self.view.panel.max_age + 1])
        place = known.argmax(axis=1) + periods
        inside = known.any(axis=1) & (place < values.shape[1])
        return np.where(inside, values[np.arange(len(values)), np.minimum(place, values.shape[1] - 1)], np.nan)

    def _gather(self, values: NDArray[np.floating], width: int) -> Floats:
        made = np.empty((len(self.members), width))
        for block in _blocks(len(made)):
            row = self.row[block, :width]
            made[block] = np.where(row >= 0, values[np.maximum(row, 0)], np.nan)
        return made


def _rows_of(household: Ints, members: Ints) -> tuple[NDArray[np.intp], NDArray[np.intp]]:
    """Rows of members in rows sorted by household, in their order, and whose each is: a place in members."""
    first = np.searchsorted(household, members, side="left")
    count = np.searchsorted(household, members, side="right") - first
    member = np.repeat(np.arange(len(members)), count)
    return np.arange(len(member)) + (first - np.cumsum(count) + count)[member], member


def _blocks(count: int) -> Iterator[slice]:
    """Slices of so many members, at least one."""
    for begin in range(0, max(count, 1), _BLOCK):
        yield slice(begin, begin + _BLOCK)


def window_sums(values: Floats, window: int) -> Floats:
    """Sums over windows that reach back in time.

    Args:
        values: (n, lags + window - 1), column j speaks of lag j.
        window: periods summed.

    Returns:
        (n, lags): column j sums lags j … j + window - 1.

    Example:
        >>> window_sums(np.array([[1.0, 2.0, 3.0]]), 2)
        array([[3., 5.]])
    """
    if window == 1:
        return values
    windows = np.lib.stride_tricks.sliding_window_view(values, window, axis=1)
    return np.asarray(windows.sum(axis=2))


def first_known(values: Floats) -> Floats:
    """(n,): along each row the first value that is not missing (the newest, since lags run backward)."""
    known = ~np.isnan(values)
    return np.where(known.any(axis=1), values[np.arange(len(values)), known.argmax(axis=1)], np.nan)


def carry_forward(values: Floats) -> Floats:
    """(n, lags): at each lag the value last known then (lags run backward in time, so from the right)."""
    width = values.shape[1]
    place = np.where(np.isnan(values), width, np.arange(width))
    source = np.minimum.accumulate(place[:, ::-1], axis=1)[:, ::-1]
    padded = np.hstack([values, np.full((len(values), 1), np.nan)])
    return np.take_along_axis(padded, source, axis=1)
