"""Figures of slices: some of a trial's rows, while the list is that of all.

In go a trial, texts that say to which part each row belongs, and a list length; out come rows like those of
`metrics.csv`. This is what fairlearn's MetricFrame tells, with intervals for rows that share villages and origins.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass as plain_dataclass
from typing import Annotated

import numpy as np
import pandas as pd
from numpy.typing import NDArray
from pydantic import Field, model_validator
from pydantic.dataclasses import dataclass

from relapse.core.recipe import STRICT
from relapse.core.results import Trial
from relapse.evaluation.figures import Figure
from relapse.evaluation.intervals import Draws, interval, resample
from relapse.evaluation.lists import ListLength, Lists
from relapse.evaluation.metrics import BOUNDS, Floats, average_precision, ratio, roc_auc
from relapse.evaluation.weighted import areas, pooled, totals

COLUMNS = [
    "slice_value", "model", "outcome", "horizon", "origin", "metric", "value", "ci_low", "ci_high", "n", "events",
]  # fmt: skip


@dataclass(frozen=True, config=STRICT)
class Slice:
    """A division of households by a number that is known of them at the origin.

    Args:
        column: name of a feature; a panel that has no such feature has no such slice.
        cuts: ascending; a part ends below each.
        values: names of the parts, one more than cuts.
    """

    column: str
    cuts: list[float]
    values: Annotated[list[str], Field(min_length=2)]

    @model_validator(mode="after")
    def _fits(self) -> Slice:
        if self.cuts != sorted(set(self.cuts)) or len(self.values) != len(self.cuts) + 1:
            raise ValueError("cuts must ascend, and values must be one more than they are")
        return self

    def parts(self, numbers: Floats) -> NDArray[np.object_]:
        """(n,) the name of each number's part; empty where it is not known."""
        names = np.array([*self.values, ""], dtype=object)
        place = np.searchsorted(self.cuts, numbers, side="right")
        return names[np.where(np.isnan(numbers), len(self.values), place)]


@plain_dataclass(frozen=True, eq=False)
class Listed:
    """Who is on each model's list, whatever the slice.

    Args:
        label: of the length.
        by_model: (n,) whether the row is listed, by model; only at origins that have so long a list.
        told: (n,) whether the row's origin has so long a list.
    """

    label: str
    by_model: dict[str, NDArray[np.bool_]]
    told: NDArray[np.bool_]

    @staticmethod
    def of(trial: Trial, models: Sequence[str], length: int | str) -> Listed:
        """The lists of all origins of a trial."""
        chosen = ListLength.of(length)
        origins, row_origin = np.unique(trial.origin, return_inverse=True)
        lists = {name: Lists.of(chosen, trial.rank[name], row_origin, len(origins)) for name in models}
        told = next(iter(lists.values())).has[row_origin]
        return Listed(chosen.label, {name: each.listed & told for name, each in lists.items()}, told)


def figures_by_slice(
    trial: Trial,
    values: NDArray[np.object_],
    listed: Listed,
    draws: int,
    block: int,
    rng: np.random.Generator,
    least: int,
) -> pd.DataFrame:
    """Ranking, level and errors of the list in each part of the rows, pooled over origins.

    Args:
        trial: rows and what each model said of them.
        values: (n,) part of each row; rows with an empty one belong to none.
        listed: lists of the whole trial, of the models wanted.
        draws: resamples of a part's clusters and blocks of origins.
        block: periods that a block of origins covers at least.
        rng: where they come from.
        least: parts of fewer rows are left out.

    Returns:
        One row a part, model and metric, with `COLUMNS`: roc_auc, pr_auc and observed_expected among the part's rows;
        listed_share_at (of its rows), exclusion_error_at (of its events those that were not listed, the missed rate)
        and inclusion_error_at (of its listed rows those without an event) of the list of all.
    """
    parts = [np.empty((0, len(COLUMNS)), dtype=object)]
    for value in sorted(set(values) - {""}):
        rows = np.flatnonzero(values == value)
        if len(rows) < least:
            continue
        drawn = resample(trial.cluster[rows], trial.origin[rows], block, draws, rng)
        for model in listed.by_model:
            for metric, figure in _figures(trial, model, rows, listed, drawn).items():
                known = metric.rpartition("_")[0] if "_at_" in metric else metric
                low, high = interval(figure.value, figure.drawn, BOUNDS.get(known, (0, 1)))
                head = [value, model, trial.outcome, trial.horizon, "all", metric]
                parts.append(np.array([[*head, figure.value, low, high, figure.rows, figure.events]], dtype=object))
    return pd.DataFrame(np.concatenate(parts), columns=COLUMNS).infer_objects()


def _figures(trial: Trial, model: str, rows: NDArray[np.intp], listed: Listed, draws: Draws) -> dict[str, Figure]:
    seen, chance = trial.observed[rows], trial.probability[model][rows]
    told, on_it = listed.told[rows], listed.by_model[model][rows]
    columns = np.column_stack([np.ones_like(seen), seen, chance, told, told * seen, on_it, on_it * seen])
    exact, drawn = totals(draws, (columns[of].astype(np.float64) for of in draws.rows))
    roc, precision = areas(draws, seen, chance)
    one, many = _ratios(exact.sum(axis=0)), _ratios(pooled(drawn, draws.block))
    count, events, _, of_lists, of_lists_events, on_them, hits = columns.sum(axis=0).round().astype(int).tolist()
    behind = {
        "roc_auc": (roc_auc(seen, chance), roc[-1], count, events),
        "pr_auc": (average_precision(seen, chance), precision[-1], count, events),
        "observed_expected": (one["observed_expected"][0], many["observed_expected"], count, events),
    }
    for name, counts in (
        ("listed_share", (of_lists, on_them)),
        ("exclusion_error", (of_lists, of_lists_events)),
        ("inclusion_error", (on_them, hits)),
    ):
        behind[f"{name}_at_{listed.label}"] = (one[name][0], many[name], *counts)
    unknown = np.full(draws.count, np.nan)
    return {
        name: Figure(float(value), resampled if draws.varies else unknown, *counts)
        for name, (value, resampled, *counts) in behind.items()
    }


def _ratios(sums: Floats) -> dict[str, Floats]:
    """Each (draws,), from sums (7, draws) of the columns."""
    _, events, expected, told, told_events, on_it, hits = sums
    return {
        "observed_expected": ratio(events, expected),
        "listed_share": ratio(on_it, told),
        "exclusion_error": ratio(told_events - hits, told_events),
        "inclusion_error": ratio(on_it - hits, on_it),
    }
