"""A small classifier that tells then from now: what it cannot tell apart has not moved.

In: rows of households then and now. Out: for each row how much it looks like now, by trees that never saw its village,
and what the trees asked.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from relapse.model.lgbm_hazard import load_lightgbm

Floats = NDArray[np.float64]
LEAST_LEAF = 20  # rows of a leaf


@dataclass(frozen=True, eq=False)
class ToldApart:
    """How well then and now are told apart.

    Args:
        is_now: (n,) 1.0 for rows of now.
        looks_now: (n,) log-odds of being of now, by trees of the other folds.
        cluster: (n,) of each row.
        gain: (columns,) share of all gain that the splits on a column brought.
    """

    is_now: Floats
    looks_now: Floats
    cluster: NDArray[np.int32]
    gain: Floats


def tell_apart(
    then: NDArray[np.floating],
    now: NDArray[np.floating],
    clusters: tuple[NDArray[np.int32], NDArray[np.int32]],
    folds: int,
    trees: int,
    leaves: int,
    seed: int,
) -> ToldApart:
    """Cross-fit a few small trees; a village, with all its rows then and now, lies in one fold.

    Args:
        then: (n, columns) values, NaN where not known.
        now: (m, columns).
        clusters: (n,) and (m,) number of the village of each row.
        folds: parts of the villages, no more than there are villages.
        trees: of each fit.
        leaves: of each tree.
        seed: of the fits.
    """
    lightgbm = load_lightgbm()
    matrix = np.concatenate([then, now]).astype(np.float32)
    is_now = np.concatenate([np.zeros(len(then)), np.ones(len(now))])
    cluster = np.concatenate(clusters).astype(np.int32)
    names, number = np.unique(cluster, return_inverse=True)
    fold = np.random.default_rng(seed).permutation(len(names))[number] % min(folds, max(len(names), 1))
    looks, gain = np.zeros(len(matrix)), np.zeros(matrix.shape[1])
    settings = {
        "objective": "binary", "num_leaves": leaves, "learning_rate": 0.1, "min_data_in_leaf": LEAST_LEAF,
        "seed": seed, "deterministic": True, "force_col_wise": True, "num_threads": 1, "verbose": -1,
    }  # fmt: skip
    for each in np.unique(fold):
        mine, others = fold == each, fold != each
        if len(np.unique(is_now[others])) < 2:
            continue
        data = lightgbm.Dataset(matrix[others], is_now[others], params={"verbose": -1})
        booster = lightgbm.train(settings, data, num_boost_round=trees)
        looks[mine] = booster.predict(matrix[mine], raw_score=True, num_threads=1)
        gain += booster.feature_importance("gain")
    return ToldApart(is_now, looks, cluster, gain / max(float(gain.sum()), np.finfo(float).tiny))
