"""A panel cut into parts of whatever households, as a county that is too large is read."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from functools import cached_property

import numpy as np

from relapse.core.panel import Ints, Panel


@dataclass(frozen=True)
class Split:
    """Parts of a panel that can be had one by one."""

    panel: Panel
    part_of: Ints

    @cached_property
    def _made(self) -> list[tuple[Ints, Panel]]:
        return list(self.panel.split(self.part_of))

    def __len__(self) -> int:
        return len(self._made)

    def places(self, number: int) -> Ints:
        return self._made[number][0]

    def part(self, number: int) -> Panel:
        return self._made[number][1]

    def parts(self) -> Iterator[tuple[Ints, Panel]]:
        return iter(self._made)


def split(panel: Panel, parts: int, seed: int = 1) -> Split:
    """About so many parts of households drawn at random: sums are exact, so that they need not be villages."""
    part = np.random.default_rng(seed).integers(0, parts, len(panel.household_ids))
    return Split(panel, np.unique(part, return_inverse=True)[1].astype(np.int32))
