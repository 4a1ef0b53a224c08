"""Whether one model is better than another, with intervals of the paired difference.

In go figures of two models on the same draws, or two scores of the same rows; out come differences, first minus second.
"""

from __future__ import annotations

from collections.abc import Mapping

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from relapse.evaluation.figures import ALL, Figures
from relapse.evaluation.intervals import interval, resample
from relapse.evaluation.metrics import Floats, average_precision
from relapse.evaluation.weighted import areas

COMPARED = ("pr_auc", "roc_auc", "brier_skill", "log_loss")
COLUMNS = [
    "model", "against", "outcome", "horizon", "metric", "difference", "ci_low", "ci_high", "range_low", "range_high",
]  # fmt: skip


def comparison(head: Mapping[str, str | int], first: Figures, second: Figures) -> pd.DataFrame:
    """Pooled differences with intervals, and their range over origins.

    Args:
        head: what stands in the first columns.
        first: figures of the one model.
        second: figures of the other, on the same draws.

    Returns:
        One row for each of `COMPARED` and for the precision of each list, with `COLUMNS`; NaN where not defined.
    """
    metrics = [name for scope, name in first if scope == ALL and (name in COMPARED or name.startswith("precision_at_"))]
    rows = []
    for metric in sorted(metrics, key=lambda name: (*COMPARED, name).index(name)):
        one, other = first[ALL, metric], second[ALL, metric]
        low, high = interval(one.value - other.value, one.drawn - other.drawn)
        least, most = _range(metric, first, second)
        figures = [one.value - other.value, low, high, least, most]
        rows.append({**head, "metric": metric} | dict(zip(COLUMNS[5:], figures, strict=True)))
    return pd.DataFrame(rows, columns=COLUMNS)


def paired_difference(
    observed: Floats,
    first: Floats,
    second: Floats,
    cluster: NDArray[np.int32],
    origin: NDArray[np.int32],
    horizon: int,
    draws: int,
    rng: np.random.Generator,
    weight: Floats | None = None,
) -> tuple[float, float, float]:
    """By how much one order of the same rows has the higher average precision, pooled over origins.

    Args:
        observed: (n,) 1.0 or 0.0.
        first: (n,) score of the one, higher is riskier; comparable between origins.
        second: (n,) score of the other.
        cluster: (n,) which rows are resampled together.
        origin: (n,) period of the forecast.
        horizon: periods that a block of origins covers at least.
        draws: resamples.
        rng: where the draws come from.
        weight: (n,) how many rows each stands for, where rows were sampled; 1 by default.

    Returns:
        (difference, low, high): first minus second with its 90 % interval; NaN where not defined.
    """
    sample = resample(cluster, origin, horizon, draws, rng)
    one, other = (average_precision(observed, score, weight) for score in (first, second))
    drawn = areas(sample, observed, first, weight)[1][-1] - areas(sample, observed, second, weight)[1][-1]
    difference = one - other
    low, high = interval(difference, drawn) if sample.varies else (np.nan, np.nan)
    return difference, low, high


def _range(metric: str, first: Figures, second: Figures) -> tuple[float, float]:
    """Lowest and highest difference over the origins that have one."""
    keys = [key for key in first if key[0] != ALL and key[1] == metric]
    differences = np.array([first[key].value - second[key].value for key in keys])
    defined = differences[np.isfinite(differences)]
    return (float(defined.min()), float(defined.max())) if len(defined) else (np.nan, np.nan)
