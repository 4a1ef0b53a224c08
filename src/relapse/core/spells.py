"""Spells of work of each household: which run in a month, and months worked in a span, in whole columns.

Which member a spell is of cannot be told, since what names a person stops at the reading: two spells of one month count
as two persons, and `anyone` says in which months at least one member worked.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from relapse.core import told
from relapse.core.facts import NO_MONTH, Facts, Floats, Ints, per_household
from relapse.core.panel import PanelView
from relapse.core.told import Mask

WORK = "work"
_OPEN = 1 << 20  # the last month of a spell that runs: later than any


@dataclass(frozen=True, eq=False)
class Spells:
    """All spells of a county as believed at an as_of.

    Args:
        facts: (spells,) that had begun by the as_of, of households of the panel.
        first, last: (spells,) months, both worked; the last one may lie after the as_of, as was told.
        has_end: (spells,) whether the last month was told.
        households: number of households.
    """

    facts: Facts
    first: Ints
    last: Ints
    has_end: Mask
    households: int

    @staticmethod
    def of(known: PanelView) -> Spells:
        """The spells of a panel that has the table of work.

        One without a last month runs, unless it says that nobody works in it: then it was over before that was told.
        """
        table = known.table(WORK)
        there = told.past(table, known.as_of)
        facts = table if there.all() else table.take(there)
        to = told.month(facts, "to")
        over = np.isnan(to) & (told.number(facts, "is_working") == 0) & (facts.known > NO_MONTH)
        to = np.where(over, np.maximum(facts.happened, facts.known.astype(np.float64) - 1), to)
        has_end = ~np.isnan(to)
        last = np.where(has_end, to, _OPEN).astype(np.int32)
        return Spells(facts, facts.happened, last, has_end, len(known.panel.household_ids))

    def run_in(self, month: int) -> Mask:
        """(spells,) which run in a month."""
        return np.asarray((self.first <= month) & (self.last >= month))

    def count(self, spells: Mask) -> Floats:
        """(households,) how many of the spells."""
        return told.counts(self.facts, spells, self.households)

    def months(self, first: int, last: int, spells: Mask | None = None) -> Floats:
        """(households,) months worked from a month to another, of all members together.

        Args:
            first: month.
            last: month, counted too.
            spells: (spells,) that count; all by default.
        """
        worked = np.maximum(np.minimum(self.last, last) - np.maximum(self.first, first) + 1, 0)
        if spells is not None:
            worked = worked * spells
        return per_household(self.facts.household, self.households, worked.astype(np.float64))

    def anyone(self, first: int, last: int) -> NDArray[np.bool_]:
        """(households, months) whether at least one member worked in each month from one to another."""
        span = last - first + 1
        begin = np.clip(self.first - first, 0, span)
        end = np.maximum(np.clip(self.last - first + 1, 0, span), begin)
        cells, place = self.households * (span + 1), self.facts.household.astype(np.intp) * (span + 1)
        change = np.bincount(place + begin, minlength=cells) - np.bincount(place + end, minlength=cells)
        return np.asarray(np.cumsum(change.reshape(self.households, span + 1), axis=1)[:, :span] > 0)
