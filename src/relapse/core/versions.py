"""How many versions of facts happened, became known and held in the same months: a whole feed in a few rows.

How late a feed comes and how fresh it is needs no row of its own, and a store of many parts need not read them for it.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import pandas as pd
from numpy.typing import NDArray

Ints = NDArray[np.int32]
NEVER = int(np.iinfo(np.int32).max)
"""After every month."""


@dataclass(frozen=True, eq=False)
class Versions:
    """(k,) months of versions, each three of them once.

    Args:
        happened: month in which the fact was so.
        known: month in which the version became known.
        until: month in which another version of the fact became known, or it was taken back; `NEVER` where it was not.
        number: versions.
    """

    happened: Ints
    known: Ints
    until: Ints
    number: Ints

    @staticmethod
    def of(fact: NDArray[np.integer], happened: Ints, known: Ints, withdrawn: NDArray[np.bool_]) -> Versions:
        """Those of a table whose withdrawn versions take a fact back, see `core.facts.Facts`.

        Args:
            fact: (rows,) number of the fact; versions of one follow each other, the last known one last.
            happened: (rows,) month in which the fact was so.
            known: (rows,) month in which the version became known.
            withdrawn: (rows,) whether the version takes the fact back.
        """
        until = np.full(len(fact), NEVER, dtype=np.int32)
        until[:-1] = np.where(fact[1:] == fact[:-1], known[1:], np.int32(NEVER))
        held = np.flatnonzero(~withdrawn)
        months = happened[held], known[held], until[held]
        group = np.zeros(len(held), dtype=np.int64)
        for month in months:
            group = pd.factorize((group << 32) + month)[0].astype(np.int64)
        number = np.bincount(group)
        first = np.zeros(len(number), dtype=np.intp)
        first[group[::-1]] = np.arange(len(group))[::-1]
        happened, known, until = (month[first] for month in months)
        return Versions(happened, known, until, number.astype(np.int32))

    def at(self, as_of: int) -> tuple[Ints, Ints, Ints]:
        """Months in which what was believed at the end of a month happened, and became known, and how many did."""
        rows = np.flatnonzero((self.known <= as_of) & (self.until > as_of))
        return self.happened[rows], self.known[rows], self.number[rows]
