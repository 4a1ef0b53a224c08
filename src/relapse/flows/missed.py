"""Whom of a group the list misses, against all others and against another model's list, on the same draws."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from relapse.core.results import Trial
from relapse.evaluation.evaluate import Evaluation
from relapse.evaluation.intervals import interval
from relapse.evaluation.metrics import Floats, ratio
from relapse.evaluation.slices import Listed
from relapse.evaluation.weighted import pooled, totals
from relapse.flows.backtest import OriginResult
from relapse.flows.rows import Task
from relapse.flows.slices import divisions

OTHERS = "others"
COLUMNS = [
    "slice", "slice_value", "outcome", "horizon", "against", "difference", "ci_low", "ci_high", "events",
    "other_events",
]  # fmt: skip


def missed_rates(
    task: Task,
    results: Sequence[OriginResult],
    trials: Sequence[Trial],
    evaluation: Evaluation,
    model: str,
    reference: str,
    length: int | str,
) -> pd.DataFrame:
    """By how much more of a group's events the list misses.

    Args:
        task: what was forecast.
        results: of all origins.
        trials: one a horizon, with both models.
        evaluation: draws and divisions of the households.
        model: whose list it is.
        reference: whose list it is held against in the same group.
        length: of the list.

    Returns:
        Two rows a group and horizon, with `COLUMNS`, pooled over origins: `against` others, the group's missed rate
        minus that of all other households; and against the reference, minus what its list misses of the group.
        `events` are the group's, `other_events` those that the second rate is of; 90 % intervals of the difference.
    """
    tables = [_of_trial(task, results, trial, evaluation, (model, reference), length) for trial in trials]
    return pd.concat([pd.DataFrame(columns=COLUMNS), *tables], ignore_index=True).infer_objects()


def _of_trial(
    task: Task,
    results: Sequence[OriginResult],
    trial: Trial,
    evaluation: Evaluation,
    models: tuple[str, str],
    length: int | str,
) -> pd.DataFrame:
    listed = Listed.of(trial, list(dict.fromkeys(models)), length)
    events = trial.observed * listed.told
    missed = [events * ~listed.by_model[name] for name in models]
    draws = evaluation.resample(trial, task.rng(trial.horizon, 12))
    rows = []
    for name, values in divisions(task, results, trial, evaluation).items():
        parts = sorted(set(values) - {""})
        inside = np.array([values == value for value in parts], dtype=np.float64).reshape(len(parts), len(values))
        told = (values != "").astype(np.float64)
        columns = np.vstack(
            [inside * events, inside * missed[0], inside * missed[1], told * events, told * missed[0]]
        ).T
        exact, drawn = totals(draws, (columns[of] for of in draws.rows))
        both = exact.sum(axis=0), pooled(drawn, draws.block)
        counts = both[0][:, 0]
        for place, value in enumerate(parts):
            head = {"slice": name, "slice_value": value, "outcome": trial.outcome, "horizon": trial.horizon}
            own, everyone = round(counts[place]), round(counts[3 * len(parts)])
            for against, other in ((OTHERS, everyone - own), (models[1], own)):
                figure, resampled = (_difference(sums, place, len(parts), against == OTHERS) for sums in both)
                low, high = interval(float(figure[0]), resampled) if draws.varies else (np.nan, np.nan)
                row = {"against": against, "difference": float(figure[0]), "ci_low": low, "ci_high": high}
                rows.append({**head, **row, "events": own, "other_events": other})
    return pd.DataFrame(rows, columns=COLUMNS)


def _difference(sums: Floats, place: int, parts: int, of_others: bool) -> NDArray[np.float64]:
    """(draws,) the missed rate of a part minus that of all others, or minus what the reference misses of it."""
    events, missed, by_reference = sums[place], sums[parts + place], sums[2 * parts + place]
    all_events, all_missed = sums[3 * parts], sums[3 * parts + 1]
    second = ratio(all_missed - missed, all_events - events) if of_others else ratio(by_reference, events)
    return np.asarray(ratio(missed, events) - second)
