"""Contributions to the score that orders the list: exact, in log-odds, summed to the catalogue's groups."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from relapse.core.catalogue import Feature

Floats = NDArray[np.float64]


@dataclass(frozen=True, eq=False)
class Contributions:
    """What each feature adds to the score of each household.

    Args:
        entries: (entries,) catalogue entries.
        values: (n, entries) log-odds.
        base: (n,) base value; with it the values of a household sum to its score.
    """

    entries: tuple[Feature, ...]
    values: Floats
    base: Floats

    @staticmethod
    def of(entries: Sequence[Feature], with_base: Floats) -> Contributions:
        """From (n, entries + 1), the base value last."""
        return Contributions(tuple(entries), with_base[:, :-1], with_base[:, -1])

    def groups(self) -> tuple[str, ...]:
        """The groups in the order of the catalogue."""
        return tuple(dict.fromkeys(entry.group for entry in self.entries))

    def by_group(self) -> Floats:
        """(n, groups): sums over the features of each group."""
        names = self.groups()
        member = np.array([[entry.group == name for name in names] for entry in self.entries], dtype=np.float64)
        return np.asarray(self.values @ member)

    def take(self, rows: NDArray[np.intp]) -> Contributions:
        """The contributions of some households."""
        return Contributions(self.entries, self.values[rows], self.base[rows])
