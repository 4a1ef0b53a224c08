"""90 % intervals: clusters and blocks of origins resampled together, the same draws for every model.

In a draw, clusters (villages or households) are drawn with replacement, and so are blocks of consecutive origins; a row
weighs the times its cluster was drawn times the times its block was. This is the pigeonhole bootstrap of Owen (2007,
Annals of Applied Statistics 1(2)): it covers what rows of one cluster and what origins share, and is too wide rather
than too narrow where they share nothing.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from functools import cached_property

import numpy as np
from numpy.typing import NDArray

from relapse.evaluation.metrics import Floats, Ints

Singles = NDArray[np.float32]

COVERAGE = 0.9
NONE_CAME = 2.996  # of a Poisson mean where nothing came, the upper end of 90 % (-ln 0.05; Hanley 1983, JAMA 249(13))
_CELLS = 8_000_000  # weights held at once: 32 MB


def blocks_of(origins: NDArray[np.int32], length: int) -> Ints:
    """Which origins are drawn together.

    Args:
        origins: (origins,) ascending periods.
        length: periods that a block covers at least; a rest that covers fewer joins the block before.

    Returns:
        (origins,) number of the block, from 0.

    Example:
        >>> blocks_of(np.array([1, 2, 3, 4, 5], dtype=np.int32), 2)
        array([0, 0, 1, 1, 1])
    """
    block = np.zeros(len(origins), dtype=np.intp)
    if len(origins) < 2:
        return block
    step, first = int(np.diff(origins).min()), 0
    for place, origin in enumerate(origins):
        if origin - origins[first] >= length:
            first = place
            block[place:] += 1
    if block[-1] > 0 and origins[-1] - origins[first] + step < length:
        block[first:] -= 1
    return block


@dataclass(frozen=True, eq=False)
class Draws:
    """Resampled weights of the rows of one trial.

    Args:
        origins: (origins,) ascending periods.
        rows: of each origin, the numbers of its rows.
        row_cluster: (n,) number of the row's cluster, from 0 without gaps.
        cluster: (clusters, draws) times each cluster was drawn.
        block: (origins, draws) times the origin's block was drawn.
        varies: whether there are at least two clusters or two blocks, so that pooled figures have an interval.
        varies_at: (origins,) whether the origin has at least two clusters.
    """

    origins: NDArray[np.int32]
    rows: tuple[Ints, ...]
    row_cluster: Ints
    cluster: NDArray[np.uint8]
    block: Singles
    varies: bool
    varies_at: NDArray[np.bool_]

    @property
    def count(self) -> int:
        """How many draws there are."""
        return int(self.cluster.shape[1])

    @cached_property
    def clusters(self) -> tuple[tuple[Ints, Ints], ...]:
        """For each origin: numbers of the clusters that have rows there, ascending, and (its rows,) places in them."""
        return tuple(numbered(self.row_cluster[rows]) for rows in self.rows)

    def weights(self, clusters: Ints) -> Iterator[tuple[slice, Singles]]:
        """Times some clusters were drawn, (clusters, some draws), a stretch of draws at a time."""
        step = max(1, _CELLS // max(len(clusters), 1))
        for start in range(0, self.count, step):
            part = slice(start, min(start + step, self.count))
            yield part, self.cluster[:, part][clusters].astype(np.float32)


def resample(
    cluster: NDArray[np.int32], origin: NDArray[np.int32], length: int, draws: int, rng: np.random.Generator
) -> Draws:
    """Draws clusters and blocks of origins with replacement.

    Args:
        cluster: (n,) which rows are drawn together, whatever their origin.
        origin: (n,) period of the forecast.
        length: periods that a block covers at least.
        draws: how many.
        rng: where the randomness comes from.

    Returns:
        The draws; where there is only one cluster (or block) it is in every draw once.
    """
    names, row_cluster = np.unique(cluster, return_inverse=True)
    origins, row_origin = np.unique(origin, return_inverse=True)
    block = blocks_of(origins, length)
    blocks = int(block.max(initial=-1)) + 1
    rows = tuple(np.flatnonzero(row_origin == number) for number in range(len(origins)))
    several = [bool((row_cluster[of] != row_cluster[of[0]]).any()) for of in rows]
    return Draws(
        origins=origins,
        rows=rows,
        row_cluster=row_cluster,
        cluster=_multiplicities(len(names), draws, rng),
        block=_multiplicities(blocks, draws, rng)[block].astype(np.float32),
        varies=len(names) > 1 or blocks > 1,
        varies_at=np.array(several, dtype=bool),
    )


def numbered(numbers: Ints) -> tuple[Ints, Ints]:
    """The different ones of (n,) small numbers from 0, ascending, and the place of each among them."""
    there = np.bincount(numbers) > 0
    return np.flatnonzero(there), (np.cumsum(there) - 1)[numbers]


def interval(value: float, drawn: Floats, bounds: tuple[float, float] = (-np.inf, np.inf)) -> tuple[float, float]:
    """90 % interval around a figure.

    The draws' quantiles are moved so that their median is the figure: resampled rows repeat, which lifts average
    precision and calibration error in every draw, and the draws of areas are counted in bins.

    Args:
        value: of all rows.
        drawn: (draws,) of each draw, NaN where it is not defined.
        bounds: values that the figure cannot leave.

    Returns:
        (low, high), NaN where the figure or more than half of its draws are not defined.
    """
    defined = drawn[np.isfinite(drawn)]
    if not np.isfinite(value) or 2 * len(defined) < len(drawn) or len(defined) == 0:
        return np.nan, np.nan
    tail = (1 - COVERAGE) / 2
    low, middle, high = np.quantile(defined, [tail, 0.5, 1 - tail])
    low, high = np.clip([value + low - middle, value + high - middle], *bounds)
    return float(low), float(high)


def _multiplicities(things: int, draws: int, rng: np.random.Generator) -> NDArray[np.uint8]:
    times = np.empty((things, draws), dtype=np.uint8)
    for draw in range(draws):
        times[:, draw] = np.bincount(rng.integers(0, max(things, 1), things), minlength=things)
    return times
