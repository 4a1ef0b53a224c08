"""Whom of a group the list misses, against all others and against another model's list, on the same draws."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
import pandas as pd

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
    "other_events", "wider_low", "own_change",
]  # fmt: skip


def missed_differences(
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
        Against others, `wider_low` is the lower bound of by how much that gap is wider than in the reference's list,
        and `own_change` by how much more of the group is missed than by that list.
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
        counted = [
            inside * events,
            *(inside * each for each in missed),
            told * events,
            *(told * each for each in missed),
        ]
        exact, drawn = totals(draws, (np.vstack(counted).T[of] for of in draws.rows))
        sums = [Sums.of(each, len(parts)) for each in (exact.sum(axis=0), pooled(drawn, draws.block))]
        for place, value in enumerate(parts):
            head = {"slice": name, "slice_value": value, "outcome": trial.outcome, "horizon": trial.horizon}
            own, everyone = round(float(sums[0].events[place, 0])), round(float(sums[0].all_events[0]))
            gap, wider, worse = (
                _bounds(*(measure(each, place) for each in sums), varies=draws.varies)
                for measure in (Sums.gap, Sums.wider, Sums.worse)
            )
            told_of = {"events": own, "other_events": everyone - own, "wider_low": wider[1], "own_change": worse[0]}
            rows.append({**head, "against": OTHERS, **dict(zip(COLUMNS[5:8], gap, strict=True)), **told_of})
            told_of = {"events": own, "other_events": own, "wider_low": np.nan, "own_change": worse[0]}
            rows.append({**head, "against": models[1], **dict(zip(COLUMNS[5:8], worse, strict=True)), **told_of})
    return pd.DataFrame(rows, columns=COLUMNS)


def _bounds(exact: Floats, drawn: Floats, *, varies: bool) -> tuple[float, float, float]:
    """A difference with its interval."""
    low, high = interval(float(exact[0]), drawn) if varies else (np.nan, np.nan)
    return float(exact[0]), low, high


@dataclass(frozen=True, eq=False)
class Sums:
    """Events, and those that the two lists miss, in each draw.

    Args:
        events: (parts, draws).
        missed: two of (parts, draws): by the model's list, and by the reference's.
        all_events: (draws,) of all parts.
        all_missed: two of (draws,).
    """

    events: Floats
    missed: tuple[Floats, Floats]
    all_events: Floats
    all_missed: tuple[Floats, Floats]

    @staticmethod
    def of(sums: Floats, parts: int) -> Sums:
        """From (3 parts + 3, draws)."""
        events, missed, by_reference, rest = np.split(sums, [parts, 2 * parts, 3 * parts])
        return Sums(events, (missed, by_reference), rest[0], (rest[1], rest[2]))

    def gap(self, part: int, model: int = 0) -> Floats:
        """(draws,) the missed rate of a part minus that of all others."""
        others = self.all_events - self.events[part]
        missed = self.missed[model][part]
        return np.asarray(ratio(missed, self.events[part]) - ratio(self.all_missed[model] - missed, others))

    def wider(self, part: int) -> Floats:
        """(draws,) by how much the gap is wider than in the reference's list."""
        return self.gap(part) - self.gap(part, 1)

    def worse(self, part: int) -> Floats:
        """(draws,) the missed rate of a part minus what the reference misses of it."""
        return np.asarray(ratio(self.missed[0][part] - self.missed[1][part], self.events[part]))
