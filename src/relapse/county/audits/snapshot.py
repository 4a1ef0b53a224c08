"""What a county's tables say at an as_of, as audit rules read it: states by household, persons, windows of income.

Rules are pure functions of a `Snapshot`: they know neither today's clock nor any other month.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from functools import cached_property

import numpy as np
from numpy.typing import NDArray

from relapse.core.facts import Facts, Floats, per_household
from relapse.core.panel import HOUSEHOLDS, PanelView
from relapse.core.recognitions import RECOGNITIONS, monitored

PERSONS = "persons"
Mask = NDArray[np.bool_]
Settle = Callable[[Floats], Floats]


@dataclass(frozen=True, eq=False)
class Hits:
    """Where a rule is broken.

    Args:
        facts: the table in whose rows it is.
        rows: (hits,) places of rows in `facts`.
        column: that the rule looks at.
        numbers: (hits,) each: for placeholders of the rule's text.
        words: (hits,) each: the same, texts.
        by_file: whether hits stand in the order of files and their rows, not in that of households.
    """

    facts: Facts
    rows: NDArray[np.intp]
    column: str
    numbers: Mapping[str, Floats] = field(default_factory=dict)
    words: Mapping[str, NDArray[np.object_]] = field(default_factory=dict)
    by_file: bool = False


@dataclass(frozen=True, eq=False)
class Snapshot:
    """A county at an as_of, with all columns but those that name a person; (n,) below is one entry a household.

    Args:
        known: what was known by the end of the as_of.
        tells: where given, it is told what each rule has to know of everybody; what the rules find does not count then.
    """

    known: PanelView
    tells: dict[str, Floats] | None = None

    def of_everybody(self, rule: str, own: Callable[[], Floats], settle: Settle) -> Floats:
        """What a rule has to know of everybody in the county; of a part of it, it was worked out before.

        Args:
            rule: its number.
            own: gives what the households here tell; what several parts tell is put one below the other.
            settle: what a rule looks at, from what all of them tell.
        """
        told = self.known.panel.everybody.get((self.as_of, rule))
        if told is not None:
            return settle(told)
        mine = own()
        if self.tells is not None:
            self.tells[rule] = mine
        return settle(mine)

    @property
    def as_of(self) -> int:
        """The month, counted from year 0."""
        return self.known.as_of

    @property
    def count(self) -> int:
        """n: households of the panel, also those not known yet."""
        return len(self.known.panel.household_ids)

    def has(self, table: str, *columns: str) -> bool:
        """Whether the county has a table with these columns."""
        tables = self.known.panel.tables
        return table in tables and all(column in tables[table] for column in columns)

    def table(self, name: str) -> Facts:
        """All that is believed of a table."""
        return self.known.whole_table(name)

    @cached_property
    def households(self) -> Facts:
        """The newest state of each household."""
        return self.table(HOUSEHOLDS).newest

    @cached_property
    def persons(self) -> Facts:
        """The newest state of each person, in households that are there."""
        told = self.table(PERSONS).newest
        return told.take(self.there[told.household])

    @cached_property
    def there(self) -> Mask:
        """(n,) households that are on the books."""
        there = np.zeros(self.count, dtype=bool)
        there[self.households.household] = True
        return there

    # ---- by household ----------------------------------------------------------------------------------------------

    def state(self, column: str) -> Floats:
        """(n,) a number of the newest state, NaN where it is not told."""
        values = np.full(self.count, np.nan)
        values[self.households.household] = self.households.number(column)
        return values

    def state_is(self, column: str, *wanted: str) -> Mask:
        """(n,) whether the newest state has one of these codes."""
        found = np.zeros(self.count, dtype=bool)
        found[self.households.household] = self.households.text(column).holds(*wanted)
        return found

    def members(self, mask: Mask | None = None) -> Floats:
        """(n,) how many persons there are, or of how many a mask over `persons` holds."""
        rows = self.persons.household if mask is None else self.persons.household[mask]
        return per_household(rows, self.count)

    def any_member(self, mask: Mask) -> Mask:
        """(n,) whether a mask over `persons` holds of somebody."""
        return self.members(mask) > 0

    def has_row(self, table: str, mask: Mask | None = None) -> Mask:
        """(n,) whether the household has a row of a table (of which a mask over its believed rows holds)."""
        facts = self.table(table)
        return per_household(facts.household if mask is None else facts.household[mask], self.count) > 0

    def total(self, table: str, column: str, mask: Mask | None = None) -> Floats:
        """(n,) sum of a column over a household's believed rows (of which a mask holds)."""
        facts, values = self.table(table), self.table(table).number(column)
        if mask is None:
            return per_household(facts.household, self.count, values)
        return per_household(facts.household[mask], self.count, values[mask])

    def monitored(self) -> Mask:
        """(n,) recognised and not removed; nobody where the county has no recognitions."""
        found = np.zeros(self.count, dtype=bool)
        found[monitored(self.known)] = True
        return found

    @cached_property
    def last_recognition(self) -> Facts:
        """The newest recognition of each household that ever was recognised."""
        return self.table(RECOGNITIONS).newest

    # ---- persons ---------------------------------------------------------------------------------------------------

    @cached_property
    def age(self) -> Floats:
        """(persons,) whole years at the as_of, NaN where the month of birth is not told."""
        return np.floor((self.as_of - self.persons.number("birth_month")) / 12)

    # ---- income ----------------------------------------------------------------------------------------------------

    def window(self, values: Floats, periods_before: int = 0) -> Floats:
        """(n,) the newest known value of a matrix of `known.everyone`, or the one so many months before it.

        Args:
            values: (observed, lags), such as `known.everyone.window_income`.
            periods_before: months before the newest known value.
        """
        told = np.full(self.count, np.nan)
        everyone = self.known.everyone
        newest = everyone.newest(values) if periods_before == 0 else everyone.before_newest(values, periods_before)
        told[everyone.members] = newest
        return told

    @cached_property
    def income(self) -> Floats:
        """(n,) net income per person of the newest known twelve months, yuan."""
        return self.window(self.known.everyone.window_income)

    @cached_property
    def reference_income(self) -> Floats:
        """(n,) the same plus payouts less compliant own medical cost, yuan per person."""
        return self.window(self.known.everyone.reference_income)

    @cached_property
    def line(self) -> Floats:
        """(n,) the line of the as_of, yuan per person and year."""
        everyone = self.known.everyone
        told = np.full(self.count, np.nan)
        told[everyone.members] = np.broadcast_to(everyone.line[:, :1], (len(everyone.members), 1))[:, 0]
        return told

    # ---- hits ------------------------------------------------------------------------------------------------------

    def households_where(self, mask: Mask, column: str = "", **numbers: Floats) -> Hits:
        """Hits in the newest states of the households of a mask.

        Args:
            mask: (n,)
            column: that the rule looks at.
            numbers: (n,) each, for placeholders.
        """
        rows = np.flatnonzero(mask[self.households.household])
        who = self.households.household[rows]
        return Hits(self.households, rows, column, {name: values[who] for name, values in numbers.items()})

    def persons_where(self, mask: Mask, column: str = "", **numbers: Floats) -> Hits:
        """Hits in the rows of `persons`; `mask` and numbers are (persons,)."""
        return self.rows_where(self.persons, mask, column, **numbers)

    def rows_where(self, facts: Facts, mask: Mask, column: str = "", **numbers: Floats) -> Hits:
        """Hits in rows of any believed table; `mask` and numbers are (rows,)."""
        rows = np.flatnonzero(mask)
        return Hits(facts, rows, column, {name: values[rows] for name, values in numbers.items()})
