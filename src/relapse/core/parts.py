"""A panel in parts, so that nobody has to hold all of it: what flows ask of a county, large or small.

A panel that fits into memory is a county of one part. Parts are panels of some of the households each; what they need
of everybody are sums over all parts (see `flows.streamed`).
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from typing import Protocol, runtime_checkable

import numpy as np

from relapse.core.facts import Ints
from relapse.core.panel import Panel


class Parts(Protocol):
    """A county's panel in parts, each made when it is asked for."""

    def parts(self) -> Iterator[tuple[Ints, Panel]]:
        """Places in the whole panel of the households of a part, ascending, and its panel."""
        ...


@runtime_checkable
class Numbered(Parts, Protocol):
    """Parts that can be had one by one, so that those at hand need not be made again."""

    def __len__(self) -> int:
        """Number of parts."""
        ...

    def places(self, number: int) -> Ints:
        """Places in the whole panel of the households of a part, ascending."""
        ...

    def part(self, number: int) -> Panel:
        """The panel of a part, made anew; its columns are read when they are first asked for."""
        ...


@dataclass(frozen=True, eq=False)
class Whole:
    """A panel that is its only part.

    Args:
        panel: of all households.
    """

    panel: Panel

    def __len__(self) -> int:
        """One part."""
        return 1

    def places(self, number: int) -> Ints:
        """All places."""
        return np.arange(len(self.panel.household_ids), dtype=np.int32)

    def part(self, number: int) -> Panel:
        """The panel itself."""
        return self.panel

    def parts(self) -> Iterator[tuple[Ints, Panel]]:
        """See `Parts`."""
        yield self.places(0), self.panel


@dataclass(frozen=True, eq=False)
class Changed:
    """Parts of whose panels something is changed as they are made.

    Args:
        whole: the parts as they are.
        change: of each panel.
    """

    whole: Parts
    change: Callable[[Panel], Panel]

    def parts(self) -> Iterator[tuple[Ints, Panel]]:
        """See `Parts`."""
        for places, panel in self.whole.parts():
            yield places, self.change(panel)


@dataclass(frozen=True, eq=False)
class ChangedByNumber(Changed):
    """The same of parts that can be had one by one."""

    whole: Numbered

    def __len__(self) -> int:
        """See `Numbered`."""
        return len(self.whole)

    def places(self, number: int) -> Ints:
        """See `Numbered`."""
        return self.whole.places(number)

    def part(self, number: int) -> Panel:
        """See `Numbered`."""
        return self.change(self.whole.part(number))


def changed(parts: Numbered, change: Callable[[Panel], Panel]) -> Numbered:
    """Parts of whose panels something is changed; that of a whole one is changed once."""
    return Whole(change(parts.panel)) if isinstance(parts, Whole) else ChangedByNumber(parts, change)
