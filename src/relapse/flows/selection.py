"""Selection over time: which model would have been chosen at each past origin, and what it then reached.

A table of many models shows the best one in hindsight. Whoever had to choose at an origin knew only what had come of
earlier ones: of the origins whose windows had closed by then, with the labels that were known by then.
"""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
import pandas as pd

from relapse.core.results import Trial
from relapse.evaluation.compare import paired_difference
from relapse.evaluation.evaluate import Evaluation
from relapse.evaluation.figures import ALL
from relapse.evaluation.metrics import average_precision
from relapse.flows.backtest import OriginResult
from relapse.flows.rows import Task

MOST_DRAWS = 100  # resamples behind these intervals
COLUMNS = [
    "outcome", "horizon", "origin", "closed_origins", "chosen", "metric", "reached", "best_model", "best", "rule",
    "over_rule", "ci_low", "ci_high",
]  # fmt: skip


def selection(
    task: Task, results: Sequence[OriginResult], trials: Sequence[Trial], evaluation: Evaluation, rule: str
) -> pd.DataFrame:
    """What choosing over time would have reached.

    At an origin the model is chosen that had the highest average precision, mean over the earlier origins whose windows
    had closed by then, with the labels known then; of equal ones the first, and the rule where no window had closed.

    Args:
        task: what was forecast.
        results: of all origins.
        trials: one a horizon.
        evaluation: how draws are made.
        rule: name of the plain rule.

    Returns:
        One row a horizon and origin, and one of all of them together (`all`), with `COLUMNS`: the chosen model, on how
        many closed origins the choice rests, the average precision that it then reached, the model that was best there
        in hindsight and its figure, the rule's; and pooled the difference from the rule with its 90 % interval.
    """
    known = _known_scores(task, results, trials)
    tables = [pd.DataFrame(columns=COLUMNS)]
    for trial in trials:
        origins = list(dict.fromkeys(trial.origin.tolist()))
        closed = {origin: known.get((trial.horizon, origin), {}) for origin in origins}
        chosen = {origin: _choice(closed[origin], rule) for origin in origins}
        tables.append(_table(task, trial, chosen, {each: len(closed[each]) for each in origins}, evaluation, rule))
    return pd.concat(tables[1:] or tables, ignore_index=True)


def _known_scores(
    task: Task, results: Sequence[OriginResult], trials: Sequence[Trial]
) -> dict[tuple[int, int], dict[int, dict[str, float]]]:
    """By horizon and origin: of each earlier origin that had closed, every model's average precision as known then."""
    scores: dict[tuple[int, int], dict[int, dict[str, float]]] = {}
    for later in results:
        known = task.panel.as_of(later.unit.as_of)
        for earlier in results:
            since = later.unit.as_of - earlier.unit.as_of - task.split.gap - task.outcome.maturity
            horizons = [trial.horizon for trial in trials if trial.horizon <= since]
            if not horizons:
                continue
            within = task.labels(known, earlier.unit.as_of).within
            for horizon in horizons:
                observed = within[:, task.place(horizon)]
                told = ~np.isnan(observed)
                if (observed[told] == 1).any():
                    reached = {
                        name: average_precision(observed[told], forecast.risk(horizon)[told])
                        for name, forecast in earlier.forecasts.items()
                    }
                    scores.setdefault((horizon, later.unit.as_of), {})[earlier.unit.as_of] = reached
    return scores


def _choice(closed: dict[int, dict[str, float]], rule: str) -> str:
    """The model with the highest mean over the closed origins; the rule where there is none, or as good a one."""
    if not closed:
        return rule
    means = pd.DataFrame(closed).mean(axis=1)
    return rule if means[rule] == means.max() else str(means.idxmax())


def _table(
    task: Task, trial: Trial, chosen: dict[int, str], closed: dict[int, int], evaluation: Evaluation, rule: str
) -> pd.DataFrame:
    then = np.select(
        [trial.origin == origin for origin in chosen], [trial.probability[each] for each in chosen.values()]
    )
    _, low, high = paired_difference(
        trial.observed, then, trial.probability[rule],
        cluster=trial.cluster, origin=trial.origin, horizon=max(trial.horizon, evaluation.block_periods or 1),
        draws=min(evaluation.draws, MOST_DRAWS), rng=task.rng(trial.horizon, 10),
    )  # fmt: skip
    rows = []
    for origin in (None, *chosen):
        here = np.ones(len(trial.observed), dtype=bool) if origin is None else trial.origin == origin
        reached = {name: average_precision(trial.observed[here], p[here]) for name, p in trial.probability.items()}
        best = max(reached, key=lambda name: (np.nan_to_num(reached[name], nan=-1), name == rule))
        mine = average_precision(trial.observed[here], then[here])
        row = {
            "origin": ALL if origin is None else task.panel.calendar.label(origin), "reached": mine,
            "best_model": best, "best": reached[best], "rule": reached[rule], "over_rule": mine - reached[rule],
        }  # fmt: skip
        if origin is None:
            row |= {"ci_low": low, "ci_high": high}
        else:
            row |= {"closed_origins": closed[origin], "chosen": chosen[origin]}
        rows.append(row)
    table = pd.DataFrame(rows).reindex(columns=COLUMNS)
    return table.assign(outcome=trial.outcome, horizon=trial.horizon, metric="pr_auc").astype(
        {"closed_origins": "Int64"}
    )
