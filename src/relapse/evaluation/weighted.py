"""Sums and areas in every draw at once, by matrix products over the rows of an origin.

In go the draws and what is to be summed or ordered; out come arrays with a last axis of draws.
"""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

import numpy as np

from relapse.evaluation.intervals import Draws, Singles, numbered
from relapse.evaluation.metrics import Floats, Ints, Numbers, average_precision_of, roc_auc_of

MOST_BINS = 2_000


def totals(draws: Draws, columns: Iterable[Floats]) -> tuple[Floats, Singles]:
    """Sums of columns over the rows of each origin: of all rows once, and in draws of clusters.

    Args:
        draws: resampled weights.
        columns: for each origin, (its rows, columns).

    Returns:
        Exact sums (origins, columns, 1), and sums in each draw (origins, columns, draws).
    """
    exact, drawn = [], []
    for rows, (clusters, place), values in zip(draws.rows, draws.clusters, columns, strict=True):
        exact.append(values.sum(axis=0)[:, None])
        members = _counts(place, np.arange(len(rows)), np.ones(len(rows)), (len(clusters), len(rows)))
        single = np.ascontiguousarray((members @ values).T, dtype=np.float32)
        of_draws = np.empty((values.shape[1], draws.count), dtype=np.float32)
        for part, weight in draws.weights(clusters):
            of_draws[:, part] = single @ weight
        drawn.append(of_draws)
    return np.array(exact), np.array(drawn)


def pooled(totals_by_origin: Numbers, block: Numbers) -> Floats:
    """(columns, draws): totals (origins, columns, draws) added over origins that weigh (origins, draws)."""
    return np.asarray(np.einsum("ocd,od->cd", totals_by_origin, block, dtype=np.float64, casting="same_kind"))


def areas(draws: Draws, observed: Floats, score: Floats, weight: Floats | None = None) -> tuple[Floats, Floats]:
    """Areas under the ROC curve, and average precisions, in each draw.

    Args:
        draws: resampled weights.
        observed: (n,) 1.0 or 0.0.
        score: (n,) higher is riskier; counted in at most about 2,000 bins.
        weight: (n,) how many rows each stands for; 1 by default.

    Returns:
        Two of (origins + 1, draws); the last row is pooled over origins.
    """
    bins = _joined(score_bins(score, MOST_BINS), observed)
    counted = np.ones(len(score), dtype=np.float32) if weight is None else weight.astype(np.float32)
    every = np.zeros((2, int(bins.max(initial=-1)) + 1, draws.count), dtype=np.float32)
    roc = np.empty((len(draws.rows) + 1, draws.count))
    precision = np.empty_like(roc)
    for number, (rows, (clusters, cluster)) in enumerate(zip(draws.rows, draws.clusters, strict=True)):
        cells, cell = numbered(bins[rows])
        found = observed[rows] > 0
        shape = (len(cells), len(clusters))
        counts = [_counts(cell[some], cluster[some], counted[rows[some]], shape) for some in (found, ~found)]
        for part, times_drawn in draws.weights(clusters):
            events, others = (count @ times_drawn for count in counts)
            roc[number, part] = roc_auc_of(events, others)
            precision[number, part] = average_precision_of(events, others)
            times = draws.block[number, part]
            every[0][cells, part] += times * events
            every[1][cells, part] += times * others
    roc[-1], precision[-1] = roc_auc_of(every[0], every[1]), average_precision_of(every[0], every[1])
    return roc, precision


def score_bins(score: Floats, most: int) -> Ints:
    """Bins of scores from the riskiest (0) down; equal scores share one, and the riskiest are told apart finest.

    Args:
        score: (n,).
        most: with no more different scores than this, each has its own bin; else there are about as many bins: a fifth
            for the first rows one by one, half by steps that grow with the place, the rest by equal steps.

    Returns:
        (n,) numbers from 0; some may be empty.
    """
    _, group, size = np.unique(-score, return_inverse=True, return_counts=True)
    if len(size) <= most:
        return np.asarray(group, dtype=np.intp)
    single, rows = most // 5, len(score)
    steps = [np.arange(single), np.geomspace(single, rows, most // 2), np.linspace(0, rows, most - single - most // 2)]
    edges = np.unique(np.concatenate(steps).astype(np.int64))
    first = np.cumsum(size) - size
    return np.asarray((np.searchsorted(edges, first, side="right") - 1)[group], dtype=np.intp)


def _joined(bins: Ints, observed: Floats) -> Ints:
    """(n,) the same bins, but runs of bins without an event made one: neither area can tell them apart."""
    alone = np.bincount(bins, observed) > 0
    begins = alone | np.r_[False, alone[:-1]]
    return np.asarray(np.cumsum(begins)[bins], dtype=np.intp)


def _counts(cell: Ints, cluster: Ints, counted: Numbers, shape: tuple[int, int]) -> Any:
    """Weights of the rows of each bin and cluster (or what else), as a sparse matrix (bins, clusters)."""
    from scipy.sparse import coo_array

    return coo_array((counted, (cell, cluster)), shape=shape).tocsr()  # equal places add up
