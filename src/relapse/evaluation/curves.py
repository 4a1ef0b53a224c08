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


def decision_curves(
    trial: Trial, models: Sequence[str], thresholds: Sequence[float], evaluation: Evaluation, rng: np.random.Generator
) -> pd.DataFrame:
    """Net benefit of visiting all whose chance reaches a threshold, pooled over origins.

    At a threshold t one fall that is found is worth (1 - t) / t visits in vain: net benefit is the share of households
    rightly visited less t / (1 - t) times the share visited in vain.

    Args:
        trial: with the models.
        models: their names.
        thresholds: chances between 0 and 1, without them.
        evaluation: how draws are made.
        rng: where they come from; they are the same for all models.

    Returns:
        One row a model and threshold: model, threshold, net_benefit, ci_low, ci_high (90 %), visited and hits (rows);
        the last two models are `treat_all` and `treat_none`, who visit everybody and nobody.

    Source:
        Vickers and Elkin (2006), Decision curve analysis, Medical Decision Making 26(6).
    """
    draws = evaluation.resample(trial, rng)
    observed, steps = trial.observed, np.asarray(thresholds, dtype=np.float64)
    everybody, nobody = np.ones_like(observed), np.zeros_like(observed)
    chances = {name: trial.probability[name] for name in models} | {"treat_all": everybody, "treat_none": nobody}
    parts = []
    for name, chance in chances.items():
        visited = (chance[:, None] >= steps).astype(np.float64)
        columns = np.hstack([np.ones((len(observed), 1)), visited, visited * observed[:, None]])
        exact, drawn = totals(draws, (columns[rows] for rows in draws.rows))
        value = _net_benefit(exact.sum(axis=0), steps)[:, 0]
        benefit = _net_benefit(pooled(drawn, draws.block), steps)
        ends = [interval(*each) if draws.varies else (np.nan, np.nan) for each in zip(value, benefit, strict=True)]
        low, high = np.array(ends).reshape(-1, 2).T
        counts = columns.sum(axis=0).astype(int)
        parts.append(
            pd.DataFrame(
                {
                    "model": name, "threshold": steps, "net_benefit": value, "ci_low": low, "ci_high": high,
                    "visited": counts[1 : 1 + len(steps)], "hits": counts[1 + len(steps) :],
                }
            )
        )  # fmt: skip
    return pd.concat(parts, ignore_index=True)


def _net_benefit(sums: Floats, thresholds: Floats) -> Floats:
    """(thresholds, draws), from sums (1 + 2 thresholds, draws) of rows, of visited ones and of those with an event."""
    count = len(thresholds)
    rows, visited, hits = sums[0], sums[1 : 1 + count], sums[1 + count :]
    return ratio(hits - (visited - hits) * (thresholds / (1 - thresholds))[:, None], rows)


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
