"""Who was listed, or looked at, in the months before an origin: a list that names them again finds nobody new."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from relapse.core.panel import Panel
from relapse.core.results import Trial
from relapse.evaluation.evaluate import Evaluation
from relapse.evaluation.lists import ListLength
from relapse.flows.backtest import OriginResult
from relapse.flows.rows import Task

LOOKED_AT = ("visits", "clues")  # a county's tables of who was visited, and of whom a department pushed


def memory(panel: Panel, evaluation: Evaluation) -> int:
    """Periods before an origin whose lists count: half a year, say, but at least one period."""
    return max(1, round(evaluation.memory_years * panel.calendar.per_year))


def listed_before(
    task: Task,
    results: Sequence[OriginResult],
    trial: Trial,
    evaluation: Evaluation,
    model: str,
    length: int | str,
) -> NDArray[np.float64]:
    """(rows of the trial,) 1 where the model listed the household in the months before the origin, 0 where not.

    The lists are the model's own, as they would have been issued: those of the backtest's origins, and of the periods
    between them where such were made. An origin before which there is none has NaN.

    Args:
        task: what was forecast.
        results: of all origins.
        trial: at one horizon.
        evaluation: how far back lists count.
        model: whose lists.
        length: of the lists.
    """
    lists = _lists(results, trial, model, ListLength.of(length))
    before = np.full(len(trial.observed), np.nan)
    for origin in dict.fromkeys(trial.origin.tolist()):
        near = [who for when, who in lists if origin - memory(task.panel, evaluation) <= when < origin]
        if near:
            rows = trial.origin == origin
            before[rows] = pd.Index(trial.household_id[rows]).isin(np.concatenate(near))
    return before


def _lists(
    results: Sequence[OriginResult], trial: Trial, model: str, length: ListLength
) -> list[tuple[int, NDArray[np.object_]]]:
    """Period and households of each list that there is."""
    ranked = [
        (origin, trial.household_id[trial.origin == origin], trial.rank[model][trial.origin == origin])
        for origin in dict.fromkeys(trial.origin.tolist())
    ]
    between = [each for result in results for each in result.between]
    ranked += [(each.as_of, each.household_ids, each.rank[model, trial.horizon]) for each in between]
    sizes = [length.at(len(who)) for _, who, _ in ranked]
    return [
        (when, who[rank <= size]) for (when, who, rank), size in zip(ranked, sizes, strict=True) if size is not None
    ]


def looked_at(task: Task, trial: Trial, evaluation: Evaluation) -> NDArray[np.object_]:
    """(rows of the trial,) `lately` where a household was visited, or pushed by a department, in the months before.

    As known at the origin; `not_lately` where not, and empty where the county has neither table.
    """
    panel, told = task.panel, np.full(len(trial.observed), "", dtype=object)
    tables, places = [name for name in LOOKED_AT if name in panel.tables], pd.Index(panel.household_ids)
    for origin in dict.fromkeys(trial.origin.tolist() if tables else ()):
        known, seen = panel.as_of(origin), np.zeros(len(panel.household_ids), dtype=bool)
        for table in map(known.table, tables):
            lately = (table.happened > origin - memory(panel, evaluation)) & (table.happened <= origin)
            seen[table.household[lately & (table.household >= 0)]] = True
        rows = np.flatnonzero(trial.origin == origin)
        told[rows] = np.where(seen[places.get_indexer(pd.Index(trial.household_id[rows]))], "lately", "not_lately")
    return told


def part_of_trial(trial: Trial, rows: NDArray[np.bool_]) -> Trial:
    """Some rows of a trial, ranked anew among themselves."""
    return Trial(
        trial.outcome,
        trial.horizon,
        trial.origin[rows],
        trial.cluster[rows],
        trial.household_id[rows],
        trial.observed[rows],
        {name: values[rows] for name, values in trial.probability.items()},
        {name: _ranked_anew(values[rows], trial.origin[rows]) for name, values in trial.rank.items()},
        None if trial.ahead is None else trial.ahead[rows],
    )


def _ranked_anew(ranks: NDArray[np.int32], origin: NDArray[np.int32]) -> NDArray[np.int32]:
    order = np.lexsort((ranks, origin))
    sorted_origin = origin[order]
    first = np.searchsorted(sorted_origin, sorted_origin, side="left")
    anew = np.empty(len(ranks), dtype=np.int32)
    anew[order] = np.arange(len(ranks)) - first + 1
    return anew
