"""The random slice: households drawn by strata of risk from those that are not listed, each with its probability."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

SHARES = ((1.0,), (0.3, 0.7), (0.2, 0.3, 0.5))
"""Parts of those not listed, the most at risk first, by number of strata (our choice): the nearer to the list the
likelier drawn, since what a list misses lies mostly there; nobody's probability is 0."""


@dataclass(frozen=True, eq=False)
class Drawn:
    """Who was drawn: (k,) each.

    Args:
        rows: places among those not listed, ascending.
        stratum: number of the stratum, from 1 for the most at risk.
        probability: that a household of this stratum is drawn, exact.
    """

    rows: NDArray[np.int64]
    stratum: NDArray[np.int64]
    probability: NDArray[np.float64]


def draw(pool: int, wanted: int, rng: np.random.Generator) -> Drawn:
    """A simple random sample without replacement from each stratum, as equal in size as can be.

    Args:
        pool: number of households, the most at risk first.
        wanted: of them; all where there are no more.
        rng: draws them.
    """
    wanted = min(wanted, pool)
    if not wanted:
        return Drawn(np.empty(0, np.int64), np.empty(0, np.int64), np.empty(0, np.float64))
    ends = strata(pool, min(len(SHARES), wanted))
    sizes = np.diff(ends, prepend=0)
    counts = _even(sizes, wanted)
    rows = [
        end - size + np.sort(rng.choice(size, size=count, replace=False))
        for end, size, count in zip(ends.tolist(), sizes.tolist(), counts.tolist(), strict=True)
    ]
    return Drawn(
        np.concatenate(rows),
        np.repeat(np.arange(1, len(sizes) + 1), counts),
        np.repeat(counts / sizes, counts),
    )


def strata(pool: int, count: int) -> NDArray[np.int64]:
    """(count,) where each stratum ends; none is empty.

    Example:
        >>> strata(100, 3).tolist(), strata(3, 3).tolist(), strata(5, 1).tolist()
        ([20, 50, 100], [1, 2, 3], [5])
    """
    ends = np.rint(np.cumsum(SHARES[count - 1]) * pool).astype(np.int64)
    places = np.arange(1, count + 1)
    return np.asarray(np.clip(ends, places, pool - count + places))


def _even(sizes: NDArray[np.int64], wanted: int) -> NDArray[np.int64]:
    """Draws of each stratum: even, the first ones one more, none more than it holds."""
    counts = np.zeros(len(sizes), dtype=np.int64)
    while (left := wanted - int(counts.sum())) > 0:
        open_ = np.flatnonzero(counts < sizes)
        each, over = divmod(left, len(open_))
        more = np.full(len(open_), each)
        more[:over] += 1
        counts[open_] = np.minimum(counts[open_] + more, sizes[open_])
    return counts
