"""Trials made by hand or by chance, for the tests of this folder."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

import numpy as np
from numpy.typing import NDArray

from relapse import config
from relapse.core.results import Trial
from relapse.evaluation.evaluate import Evaluation


def setting(
    lists: Sequence[int | str] = (2, "25pct"), draws: int = 100, block_periods: int | None = None, **more: Any
) -> Evaluation:
    chosen = {"lists": list(lists), "draws": draws, "ece_bins": 5, "block_periods": block_periods, **more}
    made: Evaluation = config.option("evaluation", "default", **chosen)
    return made


def places(origin: NDArray[np.int32], score: NDArray[np.float64]) -> NDArray[np.int32]:
    """Rank within each origin, riskiest first, ties in the order of the rows."""
    rank = np.empty(len(score), dtype=np.int32)
    for one in np.unique(origin):
        rows = np.flatnonzero(origin == one)
        rank[rows[np.argsort(-score[rows], kind="stable")]] = np.arange(1, len(rows) + 1)
    return rank


def trial(
    observed: Sequence[float] | NDArray[np.float64],
    chances: Mapping[str, Sequence[float] | NDArray[np.float64]],
    origin: Sequence[int] | NDArray[np.int32] | None = None,
    cluster: Sequence[int] | NDArray[np.int32] | None = None,
    horizon: int = 1,
    household: Sequence[int] | NDArray[np.int32] | None = None,
    ahead: Sequence[float] | NDArray[np.float64] | None = None,
) -> Trial:
    seen = np.asarray(observed, dtype=float)
    when = np.zeros(len(seen), np.int32) if origin is None else np.asarray(origin, dtype=np.int32)
    probability = {name: np.asarray(chance, dtype=float) for name, chance in chances.items()}
    return Trial(
        outcome="below_line",
        horizon=horizon,
        origin=when,
        cluster=np.arange(len(seen), dtype=np.int32) if cluster is None else np.asarray(cluster, dtype=np.int32),
        household_id=np.array(
            [f"h{row}" for row in (range(len(seen)) if household is None else household)], dtype=object
        ),
        observed=seen,
        probability=probability,
        rank={name: places(when, chance) for name, chance in probability.items()},
        ahead=None if ahead is None else np.asarray(ahead, dtype=float),
    )


def clustered(seed: int, villages: int = 30, of_each: int = 10, origins: int = 6, spread: float = 1.0) -> Trial:
    """Villages differ in a way that no model sees: `sharp` knows each household's part, `dull` half of it."""
    rng = np.random.default_rng(seed)
    households = villages * of_each
    village = np.tile(np.arange(households) // of_each, origins)
    when = np.repeat(np.arange(100, 100 + origins), households)
    known = -2 + rng.normal(0, 1, len(when))
    risk = 1 / (1 + np.exp(-known - rng.normal(0, spread, villages)[village]))
    seen = (rng.random(len(when)) < risk).astype(float)
    blurred = known + rng.normal(0, 1, len(when))
    chances = {"sharp": 1 / (1 + np.exp(-known)), "dull": 1 / (1 + np.exp(-blurred / 2 + 1))}
    household = np.tile(np.arange(households), origins)
    return trial(seen, chances, when.astype(np.int32), village.astype(np.int32), household=household)
