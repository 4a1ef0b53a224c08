"""The panel with both clocks, and the only window through which it may be looked at.

A `Panel` holds every fact with the period it speaks of and the period in which it became known. Nobody computes on a
`Panel`: `panel.as_of(period)` gives a `PanelView`, which cannot return what became known later. Cohorts, labels and
features take a view or the `Histories` it gives: dense matrices of households by lags, in time and never in rows.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, field, replace
from functools import cached_property
from typing import Any, Literal, Protocol, cast

import numpy as np
from numpy.typing import NDArray

from relapse.core.assumptions import Assumption
from relapse.core.errors import InputError, RelapseError, nearest
from relapse.core.facts import Category, Facts, Floats, Ints, held, made_of
from relapse.core.periods import Calendar
from relapse.core.sorting import order_by

__all__ = ["Floats", "Histories", "Ints", "Level", "Line", "Panel", "PanelView"]

Level = Literal["village", "township"]
HOUSEHOLDS = "households"  # the table that says who exists
DOUBTS = "doubts"  # the table of rows that could not be used: whose, and since when they were known
_ROWS = 1 << 16  # rows looked at together, for the same reason as members:
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


@dataclass(frozen=True)
class Closed:
    """What of a panel features may not see, see `core.sensitive`.

    Args:
        fields: by table, columns that its views do not give.
        groups: of sensitive data, whose features are left out.
    """

    fields: Mapping[str, frozenset[str]] = field(default_factory=dict)
    groups: frozenset[str] = frozenset()


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
        sources: (rows,) each: parts of income, costs among them.
        costs: those of the sources that are taken from the others.
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
        assumed: what had to be assumed while reading (printed with every report).
        amounts: (rows,) each: money of the household that is no part of income, such as payouts and own medical cost.
        measured: (rows,) share of the row's parts of income that were reported for that period alone, not spread over
            a longer span; None where all were.
        tables: a county's other tables, by name; empty for a long table. With `households` among them, who exists, its
            size and its home are told there and not by the rows.
        references: by amount, what it counts for in the reference income (+1 payouts, -1 own cost); empty without one.
        newest: the latest as_of that the data allow, where they tell it by more than the reports on the last period.
        cut: the period up to which everything is known, where the panel was cut (see `until`).
        closed: what views of it do not give; nothing of a whole panel.
        span: first and last period of the whole panel, where this is a part of one (see `split`).
        everybody: by as_of and rule, what an audit rule has to know of everybody, where this is a part of a panel; of a
            whole one nothing, since it tells that itself (see `county.audits.snapshot.Snapshot.of_everybody`).
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
    assumed: tuple[Assumption, ...] = ()
    amounts: Mapping[str, Floats] = field(default_factory=dict)
    measured: Floats | None = None
    tables: Mapping[str, Facts] = field(default_factory=dict)
    references: Mapping[str, float] = field(default_factory=dict)
    costs: tuple[str, ...] = ()
    newest: int | None = None
    cut: int | None = None
    span: tuple[int, int] | None = None
    closed: Closed = field(default_factory=Closed)
    everybody: Mapping[tuple[int, str], Floats] = field(default_factory=dict)
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
        return int(self.period.min()) if self.span is None else self.span[0]

    @cached_property
    def last(self) -> int:
        """The last closed period: the newest for which an income (or a state) was reported."""
        if self.span is not None:
            return self.span[1]
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

    @property
    def held(self) -> int:
        """Bytes of the arrays that it holds by now: of one whose columns are read when asked for, of those read."""
        groups = [*map(made_of, (self.sources, self.amounts, self.covariates, self.categories)), vars(self)]
        return sum(held(values) for group in groups for values in group.values()) + sum(
            table.held for table in made_of(self.tables).values()
        )

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
        """The panel cut at a period: rows of later periods, and what became known later, are not there at all.

        Raises:
            RelapseError: the panel is a part of another, whose last period a cut would change: cut the whole one.
        """
        if self.span is not None:
            raise RelapseError(f"a part of the panel '{self.name}' cannot be cut; cut the whole one before it is split")
        there = (self.known <= period) & (self.period <= period)
        tables = {name: table.until(period) for name, table in self.tables.items()}
        cut = replace(self, remembered={}) if there.all() else self._rows(np.flatnonzero(there))
        return replace(cut, tables=tables, cut=period)

    def split(self, part: Ints) -> Iterator[tuple[Ints, Panel]]:
        """Panels of some of the households each, made one after the other; they know all they need of the whole one.

        Args:
            part: (households,) number of the part of each, from 0 without gaps.

        Yields:
            (n,) places of the households in this panel, ascending, and their panel. What a table tells of no household
            stands in the first one; a table that tells of none at all stands whole in each.
        """
        order = np.argsort(part, kind="stable").astype(np.int32)
        bounds = np.searchsorted(part[order], np.arange(int(part.max(initial=-1)) + 2))
        place = np.empty(len(part), dtype=np.int32)
        place[order] = np.arange(len(part), dtype=np.int32) - bounds[part[order]]
        rows, rest = _rows_by(part, self.household), dict[str, Callable[[int], NDArray[np.intp]]]()
        for name, table in self.tables.items():
            if (table.household >= 0).any():
                rest[name] = _rows_by(part, table.household)
        for number in range(len(bounds) - 1):
            mine = order[bounds[number] : bounds[number + 1]]
            some = self._rows(rows(number))
            tables = {
                name: table.of(rest[name](number), place) if name in rest else table
                for name, table in self.tables.items()
            }
            yield (
                mine,
                replace(
                    some,
                    household_ids=self.household_ids[mine],
                    household=place[some.household],
                    tables=tables,
                    newest=self.latest,
                    span=(self.first, self.last),
                    remembered=self.remembered,
                ),
            )

    def _rows(self, rows: NDArray[np.intp]) -> Panel:
        """The panel with some of its rows; tables as they are."""

        def some(values: Floats | None) -> Floats | None:
            return None if values is None else values[rows]

        def some_texts(category: Category | None) -> Category | None:
            return None if category is None else category.take(rows)

        return replace(
            self,
            household=self.household[rows],
            period=self.period[rows],
            known=self.known[rows],
            income=self.income[rows],
            size=some(self.size),
            sources={name: values[rows] for name, values in self.sources.items()},
            covariates={name: values[rows] for name, values in self.covariates.items()},
            categories={name: text.take(rows) for name, text in self.categories.items()},
            village=some_texts(self.village),
            township=some_texts(self.township),
            weight=some(self.weight),
            state=some(self.state),
            line_column=some(self.line_column),
            amounts={name: values[rows] for name, values in self.amounts.items()},
            measured=some(self.measured),
            remembered={},
        )


@dataclass(frozen=True, eq=False)
class PanelView:
    """What was known by the end of `as_of`: the only thing that cohorts, labels and features ever see."""

    panel: Panel
    as_of: int
    _lately: Histories | None = field(default=None, init=False, repr=False)

    def earlier(self, period: int) -> PanelView:
        """What was known at an earlier period (or at `as_of`, whichever is earlier)."""
        return PanelView(self.panel, min(period, self.as_of))

    def table(self, name: str) -> Facts:
        """What was believed of a county's table, without what is written down at a recognition or after it.

        Columns that are closed to features are not there either.

        Raises:
            RelapseError: the panel has no such table.
        """
        return self.whole_table(name).only_known().without(self.panel.closed.fields.get(name, frozenset()))

    def whole_table(self, name: str) -> Facts:
        """What was believed of a county's table with all its columns: for outcomes and audits, never for a feature.

        Raises:
            RelapseError: the panel has no such table.
        """
        return self._table(name).at(self.as_of)

    def _table(self, name: str) -> Facts:
        tables = self.panel.tables
        if name not in tables:
            raise RelapseError(f"the panel '{self.panel.name}' has no table '{name}'; {nearest(name, tables)}")
        return tables[name]

    def months_of(self, name: str) -> tuple[Ints, Ints, Ints | None]:
        """Months in which what was believed of a table happened, and became known, see `Facts.months_at`.

        Raises:
            RelapseError: the panel has no such table.
        """
        return self._table(name).months_at(self.as_of)

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

    def lately(self, lags: int = 1) -> Histories:
        """Histories of all observed households over the last periods alone: where the newest known ones may lie.

        Args:
            lags: periods wanted, if more; the same or more are there when it is asked again.
        """
        if self._lately is None or self._lately.lags < lags:
            near = max(lags, self.panel.max_age + 1)
            object.__setattr__(self, "_lately", PanelView(self.panel, self.as_of).histories(self.observed, lags=near))
        assert self._lately is not None
        return self._lately

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

    @property
    def _are_few(self) -> bool:
        """Whether members are so few that what several blocks ask for is kept."""
        return len(self.members) <= 2 * _BLOCK

    @cached_property
    def _columns(self) -> dict[str, Floats]:
        """Columns and amounts that were already gathered."""
        return {}

    @property
    def width(self) -> int:
        """Periods that the windows of all lags reach over."""
        return self.lags + self.view.panel.window - 1

    @cached_property
    def row(self) -> Ints:
        """(n, lags + window - 1): the row of the panel that was believed at as_of, -1 where there was none."""
        panel, width = self.view.panel, self.width
        nowhere = len(self.members) * width  # the cell of rows that are not asked for
        cells = np.full(nowhere + 1, -1, dtype=np.int32)  # by member first, as the panel: written almost in sequence
        for rows, member in _rows_of(panel.household, self.members):
            lag = np.int32(self.end) - panel.period[rows]
            aside = lag.view(np.uint32) >= width  # a negative lag is a very large one
            aside |= panel.known[rows] > self.view.as_of
            aside |= member < 0
            cell = member.astype(np.intp)
            cell *= width
            cell += lag
            np.putmask(cell, aside, nowhere)
            number = np.arange(rows.start, rows.stop, dtype=np.int32) if isinstance(rows, slice) else rows
            np.maximum.at(cells, cell, number)  # of the reports on one period the last known one comes last
        return cells[:nowhere].reshape(-1, width)

    def earlier(self, period: int, lags: int) -> Histories:
        """The same members as they were known at an earlier period, which is lag 0.

        Args:
            period: at most `as_of`.
            lags: number of periods.
        """
        known = Histories(self.view.earlier(period), self.members, period, lags)
        back = self.end - period
        if back >= 0 and back + known.width <= self.width:  # all but what came since was believed then, too
            known.__dict__["row"] = _believed_before(self.view.panel, self.row[:, back : back + known.width], period)
        return known

    def take(self, mask: NDArray[np.bool_] | slice) -> Histories:
        """The histories of some of the members, with what was already worked out."""
        part = Histories(self.view, self.members[mask], self.end, self.lags)
        if "row" in self.__dict__:
            part.__dict__["row"] = self.row[mask]
        for name in ("_persons", "income", "window_income", "reported", "line", "below", "log_ratio"):
            if name in self.__dict__:
                value = self.__dict__[name]
                part.__dict__[name] = _members_of(value, mask) if len(value) == len(self.members) else value
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
        there = {key: values for key, values in own.items() if values is not None}
        width = lags or self.lags
        for columns in (there, panel.covariates, panel.sources):
            if name in columns:
                if not self._are_few:
                    return self._gather(columns[name], width)
                if name not in self._columns or self._columns[name].shape[1] < width:
                    self._columns[name] = self._gather(columns[name], width)
                return self._columns[name][:, :width]
        known = [*panel.sources, *panel.covariates, *there]
        raise InputError(f"the panel '{panel.name}' has no column '{name}'; {nearest(name, known)}")

    def codes(self, category: Category) -> Ints:
        """(n, lags) codes of a text, -1 where missing."""
        return np.append(category.codes, np.int32(-1))[self.row[:, : self.lags]]

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
        place = np.full(len(self.view.panel.household_ids), -1, dtype=np.int32)
        place[self.members] = np.arange(len(self.members))
        width = self.width
        mine, ago = place[told.household], self.end - told.happened.astype(np.int64)
        rows = np.flatnonzero((mine >= 0) & (ago >= 0) & ~np.isnan(values))
        grid = by_lag(np.full((width, len(self.members)), np.nan))
        grid[mine[rows], np.minimum(ago[rows], width - 1)] = values[rows]  # in order of time: the last one stays
        for block in _blocks(len(grid)):
            fill_forward(grid[block])
            fill_forward(grid[block][:, ::-1])
        return grid

    def per_person(self, values: Floats) -> Floats:
        """Household amounts (n, lags …) by the size last known at each lag; unchanged where income is per person."""
        if self._is_per_person:
            return values
        return np.asarray(values / self._persons[:, : values.shape[1]])

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
        made = by_lag(np.empty((part.shape[1], len(self.members)), dtype=part.dtype))
        made[first] = part
        for block in others:
            made[block] = compute(self.take(block))
        return made

    @cached_property
    def _persons(self) -> Floats:
        """(n, lags + window - 1): the size last known at each lag; looked for over the panel's lookback at least.

        NaN where none is known, or none that can be divided by.
        """
        panel = self.view.panel
        if HOUSEHOLDS in panel.tables:
            size = self.state(HOUSEHOLDS, "size")
        else:
            assert panel.size is not None
            far = self.lags >= panel.lookback or not np.isnan(panel.size).any()
            wide = self if far else Histories(self.view, self.members, self.end, panel.lookback)
            size = wide._gather(panel.size, wide.width)
            fill_forward(size)
        size[~(size > 0)] = np.nan
        return size

    @_blockwise()
    def income(self) -> Floats:
        """(n, lags + window - 1): income of each period per person, NaN where none was reported."""
        return self.per_person(self._gather(self.view.panel.income, self.width))

    @_blockwise("income")
    def reported(self) -> Floats:
        """(n, lags): share of the window's periods for which an income was reported."""
        return counts(self.income, self.view.panel.window) / self.view.panel.window

    @_blockwise("reported")
    def window_income(self) -> Floats:
        """(n, lags): income per person summed over the window that ends at each lag.

        Where some periods of the window are missing the sum is scaled to the whole window; NaN where fewer than the
        panel's `reported_share` were reported.
        """
        total, share = window_sums(told_or_0(self.income), self.view.panel.window), self.reported
        enough = (share > 0) & (share >= self.view.panel.reported_share - 1e-9)
        return np.asarray(np.divide(total, share, out=np.full_like(total, np.nan), where=enough))

    @_blockwise("income")
    def measured(self) -> Floats:
        """(n, lags): periods of the window whose income was reported for that period alone, not spread over a span."""
        return self.measured_over(self.lags)

    def measured_over(self, lags: int) -> Floats:
        """(n, lags): the same of fewer lags."""
        panel, width = self.view.panel, lags + self.view.panel.window - 1
        told = (~np.isnan(self.income[:, :width])).astype(np.float64)
        if panel.measured is not None:
            told *= told_or_0(self._gather(panel.measured, width))
        return window_sums(told, panel.window)

    def amount(self, name: str, lags: int | None = None) -> Floats:
        """(n, lags): money of the household per person, summed over the window that ends at each lag.

        Nothing told counts as nothing: a month without a claim cost nothing.

        Args:
            name: of the amount.
            lags: periods wanted, all of the histories' by default.

        Raises:
            RelapseError: the panel has no such amount.
        """
        amounts = self.view.panel.amounts
        if name not in amounts:
            raise RelapseError(f"the panel '{self.view.panel.name}' has no amount '{name}'; {nearest(name, amounts)}")
        values, window = amounts[name], self.view.panel.window
        width = (lags or self.lags) + window - 1

        def summed(some: Histories) -> Floats:
            told = some.per_person(told_or_0(some._gather(values, width)))
            return window_sums(told_or_0(told), window)

        key = f"{name} over {width}"
        if key not in self._columns:
            made = self._in_blocks(summed)
            if not self._are_few:
                return made
            self._columns[key] = made
        return self._columns[key]

    @cached_property
    def reference_income(self) -> Floats:
        """(n, lags): see `reference`."""
        return self.reference(self.lags)

    def reference(self, lags: int) -> Floats:
        """(n, lags): window income per person plus payouts less own medical cost, as the panel's `references` say.

        An amount of which the county has no reports counts as nothing.

        Args:
            lags: periods wanted.
        """
        panel, total = self.view.panel, self.window_income[:, :lags].copy(order="K")
        for name, sign in panel.references.items():
            total += sign * self.amount(name, lags) if name in panel.amounts else 0
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
        width = min(self.view.panel.max_age + 1, values.shape[1])
        found = np.full(len(values), np.nan)
        for lag in reversed(range(width)):  # the newest known one is looked at last and stays
            earlier = values[:, lag + periods] if lag + periods < values.shape[1] else np.nan
            np.copyto(found, earlier, where=~np.isnan(values[:, lag]))
        return found

    def _gather(self, values: NDArray[np.floating], width: int) -> Floats:
        if not len(values) or width > self.width:
            made = np.full((width, len(self.members)), np.nan)
            if len(values):
                made[: self.width] = self._gather(values, self.width).T
            return by_lag(made)
        row, missing = self._grid
        made = values.take(row[:width], mode="clip").astype(np.float64, copy=False)
        np.putmask(made, missing[:width], np.nan)
        return by_lag(made)

    @property
    def _grid(self) -> tuple[NDArray[np.intp], NDArray[np.bool_]]:
        """(width, n) rows of the panel that are believed, and where there is none."""
        kept: tuple[NDArray[np.intp], NDArray[np.bool_]] | None = self.__dict__.get("_grid_of_few")
        if kept is not None:
            return kept
        row = self.row.T.astype(np.intp, order="C")
        made = row, row < 0
        if self._are_few:
            self.__dict__["_grid_of_few"] = made
        return made


def by_lag(matrix: NDArray[Any]) -> NDArray[Any]:
    """(lags, n) as (n, lags): households of one lag lie side by side, so that what is done lag by lag is fast."""
    return matrix.T


def _members_of(matrix: NDArray[Any], mask: NDArray[np.bool_] | slice) -> NDArray[Any]:
    """The rows of some members, in the same order of memory."""
    if isinstance(mask, slice):
        return matrix[mask]
    return by_lag(matrix.T.take(np.flatnonzero(mask), axis=1)) if matrix.ndim == 2 else matrix[mask]


def _believed_before(panel: Panel, row: Ints, as_of: int) -> Ints:
    """Rows of a panel that were believed at an as_of, from those that were believed later; -1 where there was none."""
    row = row.copy()
    flat = row.reshape(-1)
    later = np.flatnonzero((panel.known[flat] > as_of) & (flat >= 0))
    while len(later):
        after, before = flat[later], np.maximum(flat[later] - np.int32(1), 0)
        same = (before < after) & (panel.household[before] == panel.household[after])
        same &= panel.period[before] == panel.period[after]
        flat[later] = np.where(same, before, np.int32(-1))
        later = later[same & (panel.known[before] > as_of)]
    return row


def _rows_by(part: Ints, household: Ints) -> Callable[[int], NDArray[np.intp]]:
    """A function that gives the rows of a part, in their order; rows of no household are of the first part.

    Args:
        part: (households,) number of the part of each.
        household: (rows,)
    """
    number = np.where(household >= 0, part[household], 0)
    order = np.argsort(number.astype(np.int16) if part.max(initial=0) < 2**15 else number, kind="stable")
    bounds = np.searchsorted(number[order], np.arange(int(part.max(initial=-1)) + 2))
    return lambda wanted: order[bounds[wanted] : bounds[wanted + 1]]


def _rows_of(household: Ints, members: Ints) -> Iterator[tuple[Ints | slice, Ints]]:
    """Rows of members in rows sorted by household, some at a time, and whose each is: a place in members.

    Where members lie close together (as all of them do) the rows from the first to the last, -1 for those of others.
    """
    if not len(members):
        return
    low, high = int(members.min()), int(members.max())
    if high - low < 2 * len(members):
        begin, end = np.searchsorted(household, np.array([low, high + 1], household.dtype)).tolist()
        place = np.full(high - low + 1, -1, dtype=np.int32)
        place[members - low] = np.arange(len(members), dtype=np.int32)
        ascending = bool((place == np.arange(len(place))).all())
        for start in range(begin, end, _ROWS):
            rows = slice(start, min(start + _ROWS, end))
            member = household[rows] - np.int32(low)
            yield rows, member if ascending else place[member]
        return
    first = np.searchsorted(household, members, side="left")
    count = np.searchsorted(household, members, side="right") - first
    member = np.repeat(np.arange(len(members), dtype=np.int32), count)
    rows = np.arange(len(member)) + (first - np.cumsum(count) + count)[member]
    yield rows.astype(np.int32), member


def _blocks(count: int) -> Iterator[slice]:
    """Slices of so many members, at least one."""
    for begin in range(0, max(count, 1), _BLOCK):
        yield slice(begin, begin + _BLOCK)


def window_sums(values: NDArray[np.floating], window: int) -> Floats:
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
    total: NDArray[np.floating] | None = None
    part, length, left = values, 1, window  # part: sums over so many periods
    begin, lags = 0, values.shape[1] - window + 1
    while left:  # twelve periods are four and eight, and eight are twice four: nobody adds eleven times
        if left & length:
            here = part[:, begin : begin + lags]
            total = here if total is None else total + here
            begin, left = begin + length, left - length
        if left:
            part, length = part[:, :-length] + part[:, length:], 2 * length
    assert total is not None
    return cast("Floats", total)


def counts(values: Floats, window: int) -> Floats:
    """(n, lags): of how many periods of the window that ends at each lag something was told."""
    told = (~np.isnan(values)).astype(np.float32)  # counts are exact in half the memory
    return window_sums(told, window).astype(np.float64)


def told_or_0(values: Floats) -> Floats:
    """What is missing counts as nothing."""
    return np.where(np.isnan(values), 0.0, values)


def first_known(values: Floats) -> Floats:
    """(n,): along each row the first value that is not missing (the newest, since lags run backward)."""
    found = np.full(len(values), np.nan)
    for lag in reversed(range(values.shape[1])):
        np.copyto(found, values[:, lag], where=~np.isnan(values[:, lag]))
    return found


def over_lags(values: NDArray[Any], weights: Floats | None = None) -> Floats:
    """(n,) sums over the lags, one after the other: of a household the same whoever stands beside it.

    Args:
        values: (n, lags)
        weights: (lags,) of the values; ones by default.
    """
    total = np.zeros(len(values))
    for lag in range(values.shape[1]):
        total += values[:, lag] if weights is None else values[:, lag] * weights[lag]
    return total


def fill_forward(values: Floats) -> None:
    """Put the value last known at each lag where none is (lags run backward in time, so from the right), in place."""
    for lag in reversed(range(values.shape[1] - 1)):
        np.copyto(values[:, lag], values[:, lag + 1], where=np.isnan(values[:, lag]))


def carry_forward(values: Floats) -> Floats:
    """(n, lags): at each lag the value last known then."""
    carried = values.copy(order="K")
    fill_forward(carried)
    return carried
