"""The members of each household in their newest state: numbers of those of a kind, in whole columns."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from relapse.core import told
from relapse.core.facts import Facts, Floats, places_of
from relapse.core.panel import PanelView
from relapse.core.told import Mask

PERSONS = "persons"


@dataclass(frozen=True, eq=False)
class Members:
    """All persons of a county as believed at an as_of.

    Args:
        states: (persons,) the newest state of each, of households of the panel.
        as_of: month.
        age: (persons,) in months, NaN where not told.
        told: (households,) persons that are told; 0 where the county told none.
    """

    states: Facts
    as_of: int
    age: Floats
    told: Floats

    @staticmethod
    def of(known: PanelView) -> Members:
        """The members of a panel that has the table of persons."""
        newest = known.table(PERSONS).newest
        states = newest if (newest.household >= 0).all() else newest.take(newest.household >= 0)
        count = len(known.panel.household_ids)
        age = known.as_of - told.month(states, "birth_month")
        return Members(states, known.as_of, age, np.bincount(states.household, minlength=count).astype(np.float64))

    def aged(self, first: float, last: float = np.inf) -> Mask:
        """(persons,) who is at least so many years old, and younger than the other."""
        return np.asarray((self.age >= first * 12) & (self.age < last * 12))

    def has(self, column: str, *kinds: str) -> Mask:
        """(persons,) whose column holds one of the kinds; nobody where the county has no such column."""
        return told.kinds(self.states, column, *kinds)

    def count(self, mask: Mask) -> Floats:
        """(households,) how many of them; NaN where the county told no member at all."""
        found = np.bincount(self.states.household.take(places_of(mask)), minlength=len(self.told))
        return np.where(self.told > 0, found, np.nan)

    def count_of(self, column: str, mask: Mask, *, blank_is_no: bool = False) -> Floats:
        """(households,) how many of them, of those of whom a column tells it.

        Args:
            column: that tells it.
            mask: (persons,)
            blank_is_no: whether an empty cell says no; else it says nothing.

        Returns:
            NaN where the county has no such column, or where it says nothing of any member.
        """
        if column not in self.states:
            return np.full(len(self.told), np.nan)
        found = self.count(mask)
        return found if blank_is_no else np.where(self.count(self.says(column)) > 0, found, np.nan)

    def says(self, column: str) -> Mask:
        """(persons,) of whom a column tells something."""
        if column not in self.states:
            return np.zeros(len(self.states), dtype=bool)
        values = self.states.columns[column]
        return np.asarray(values.codes >= 0 if hasattr(values, "codes") else ~np.isnan(values))
