"""What a page shows of listed households beside the columns of their list: income by month, what happened, words."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from functools import cached_property
from typing import Any

import pandas as pd

from relapse.core.facts import Floats

WORDS = {
    "reasons": "tuple of at most three sentences, strongest cause first, without own medical cost to the yuan",
    "causes": "tuple of their causes, as the groups of the catalogue of features",
    "triggers": "tuple of what departments' triggers say, likewise",
    "changed": "tuple of what is new against last month's list, likewise",
    "why": "tuple of one sentence for a sheet that is carried about: rounded, no hint at illness, disability or school",
    "look": "tuple of at most two things to look at, likewise",
    "events": "tuple of what happened within the months shown, newest first, each with its month",
    "ticks": "tuple of the places among the months of these",
}


@dataclass(frozen=True, eq=False)
class Cards:
    """Cards of (n,) households, with nothing that became known after the as_of.

    Args:
        months: labels, oldest first.
        income: (n, months) income per person of the window that ends with each month, NaN where not known.
        line: (n, months) the line of each month.
        words: one row a household with the columns of `WORDS`, indexed by household_id (text).
    """

    months: tuple[str, ...]
    income: Floats
    line: Floats
    words: pd.DataFrame

    @cached_property
    def place(self) -> dict[str, int]:
        """The row of each household."""
        return {str(household): row for row, household in enumerate(self.words.index)}

    def told(self, household_ids: Sequence[str], column: str) -> list[tuple[Any, ...]]:
        """A column of some households in their order; nothing of a household that has no card."""
        values = self.words[column].tolist()
        rows = (self.place.get(household) for household in household_ids)
        return [() if row is None else values[row] for row in rows]
