"""Columns as rules read them: one that is not there reads as blank, blank is missing, and 0 is zero."""

from __future__ import annotations

from collections.abc import Callable, Mapping

import numpy as np
from numpy.typing import NDArray

from relapse.core.facts import Category, Facts, Floats
from relapse.core.periods import Calendar
from relapse.county.audits.snapshot import Hits, Mask, Snapshot

Limits = Mapping[str, float]
Check = Callable[[Snapshot, Limits], Hits]
_MONTHS = Calendar("monthly")


def blank(facts: Facts, column: str) -> Mask:
    """(rows,) whether a column is not told."""
    values = facts.columns.get(column)
    if values is None:
        return np.ones(len(facts), dtype=bool)
    return values.codes < 0 if isinstance(values, Category) else np.isnan(values)


def number(facts: Facts, column: str) -> Floats:
    """(rows,) a column of numbers, NaN where it is not told."""
    return facts.number(column) if column in facts else np.full(len(facts), np.nan)


def holds(facts: Facts, column: str, *wanted: str) -> Mask:
    """(rows,) whether a column of texts has one of these codes."""
    values = facts.columns.get(column)
    return values.holds(*wanted) if isinstance(values, Category) else np.zeros(len(facts), dtype=bool)


def of_household(county: Snapshot, column: str) -> Floats:
    """(n,) a number of the newest state of each household, NaN where it is not told."""
    return county.state(column) if column in county.households else np.full(county.count, np.nan)


def month_words(months: Floats) -> NDArray[np.object_]:
    """(rows,) months that count from year 0 as people write them, such as 2023-05; `?` where missing."""
    told, place = np.unique(np.floor(months), return_inverse=True)
    words = ["?" if np.isnan(month) else _MONTHS.label(int(month)) for month in told]
    return np.array([*words, "?"], dtype=object)[place]
