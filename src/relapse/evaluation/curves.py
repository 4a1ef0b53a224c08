"""What is drawn of a trial: forecast against observed by risk band, and what lists of growing length find.

In go a trial and a model's name; out come tables, one row a point of the curve.
"""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
import pandas as pd

from relapse.core.results import Trial
from relapse.evaluation.evaluate import Evaluation
from relapse.evaluation.intervals import interval
from relapse.evaluation.lists import Lists, lengths_of, list_figures_of
from relapse.evaluation.metrics import Floats, equal_bands, ratio
from relapse.evaluation.weighted import pooled, totals


def calibration(trial: Trial, model: str, bins: int, evaluation: Evaluation, rng: np.random.Generator) -> pd.DataFrame:
    """Forecast and observed by risk band of equal size, pooled over origins.

    Args:
        trial: with the model.
        model: its name.
        bins: risk bands; fewer come back where many chances are equal.
        evaluation: how draws are made.
        rng: where they come from.

    Returns:
        One row a band, the least risk first: forecast (mean chance), observed (share), ci_low, ci_high (90 %, of
        observed), n, events.
    """
    chance, observed = trial.probability[model], trial.observed
    bands, band = np.unique(equal_bands(chance, bins), return_inverse=True)
    members = (band[:, None] == np.arange(len(bands))).astype(np.float64)
    rows, events = members.sum(axis=0), observed @ members
    ends = [
        interval(value, share, (0, 1))
        for value, share in zip(events / rows, _drawn_shares(trial, members, evaluation, rng), strict=True)
    ]
    low, high = np.array(ends).reshape(-1, 2).T
    return pd.DataFrame(
        {
            "forecast": (chance @ members) / rows, "observed": events / rows, "ci_low": low, "ci_high": high,
            "n": rows.astype(int), "events": events.astype(int),
        }
    )  # fmt: skip


def _drawn_shares(trial: Trial, members: Floats, evaluation: Evaluation, rng: np.random.Generator) -> Floats:
    """(bands, draws): share with an event of each band's rows, from its (n, bands) membership; NaN where unknown."""
    draws, bands = evaluation.resample(trial, rng), members.shape[1]
    if not draws.varies:
        return np.full((bands, draws.count), np.nan)
    columns = np.hstack([members, members * trial.observed[:, None]])
    summed = pooled(totals(draws, (columns[of] for of in draws.rows))[1], draws.block)
    return ratio(summed[bands:], summed[:bands])


def by_list_length(trial: Trial, model: str, lengths: Sequence[int | str]) -> pd.DataFrame:
    """What lists of several lengths would have found, pooled over the origins that have them.

    Args:
        trial: with the model.
        model: its name.
        lengths: counts or shares such as `5pct`, for each origin.

    Returns:
        One row a length that at least one origin has, in the order given: length (its label), listed and hits (rows),
        precision, recall, attainable, lift, base_rate (of the origins that have the list).

    Raises:
        ValueError: a length cannot be read.
    """
    origins, row_origin = np.unique(trial.origin, return_inverse=True)

    def by_origin(column: Floats) -> Floats:
        return np.bincount(row_origin, column, len(origins)).astype(np.float64)[:, None]

    points = []
    for length in lengths_of(lengths):
        each = Lists.of(length, trial.rank[model], row_origin, len(origins))
        is_listed = each.listed.astype(np.float64)
        columns = (np.ones_like(is_listed), trial.observed, is_listed, is_listed * trial.observed)
        rows, events, listed, hits = (by_origin(column)[each.has] for column in columns)
        if each.has.any():
            figures = list_figures_of(rows, events, listed, hits)
            counts = {"length": length.label, "listed": int(listed.sum()), "hits": int(hits.sum())}
            shares = {name.removesuffix("_at"): float(value[0]) for name, value in figures.items()}
            points.append(counts | shares | {"base_rate": float(events.sum() / rows.sum())})
    names = ["length", "listed", "hits", "precision", "recall", "attainable", "lift", "base_rate"]
    return pd.DataFrame(points, columns=names)
