"""Whether a backtest can be trusted: what is fitted and read for the alarms (bounds and words: `evaluation.alarms`)."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import replace
from typing import Protocol, runtime_checkable

import numpy as np
import pandas as pd

from relapse.core.forecast import HazardForecast
from relapse.core.rows import TrainingRows
from relapse.core.worded import Worded
from relapse.evaluation.alarms import Honesty, roc_auc, under_two_ids
from relapse.evaluation.columns import Columns
from relapse.flows.assess import Assessment
from relapse.flows.backtest import OriginResult
from relapse.flows.explain import part_of
from relapse.flows.fit import HazardModel, training_rows
from relapse.flows.held_out import lost_precision
from relapse.flows.rows import Task
from relapse.flows.untold_lines import untold_lines
from relapse.flows.written_after import written_after
from relapse.outcome.label.labels import BELOW_LINE

ASKED = 5_000  # our choice: households asked by a fit on shuffled labels; all with an event, others drawn


@runtime_checkable
class Shuffles(Protocol):
    """A model that can be made small and free, to see whether it learns of labels that tell nothing."""

    def for_shuffles(self) -> HazardModel:
        """A smaller recipe that no expected direction binds: those would be right of shuffled labels too."""
        ...


def raised_alarms(
    task: Task,
    results: Sequence[OriginResult],
    assessment: Assessment,
    alarm: Honesty,
    rule: str,
    main: str,
    models: Mapping[str, HazardModel],
    same: pd.DataFrame,
    held_out: pd.DataFrame | None = None,
) -> tuple[Worded, ...]:
    """What speaks against a backtest; empty where nothing does.

    Args:
        task: what was forecast.
        results: of all origins.
        assessment: figures and paired differences.
        alarm: bounds.
        rule: name of the distance rule.
        main: name of the model that the report is about.
        models: recipes by name; the main one is learned again on shuffled labels where `alarm` asks for it.
        same: see `same_households`.
        held_out: see `flows.held_out.differences`; None where no places were held out.
    """
    return (
        *_columns(task, results, alarm, rule),
        *_too_good(task, assessment, alarm, rule, main),
        *_few_trees(results, main),
        *written_after(task, alarm),
        *untold_lines(task.panel),
        *alarm.two_ids(len(same)),
        *(_lost(held_out, assessment, alarm, rule, main) if held_out is not None else ()),
        *alarm.learned_of_shuffled(shuffled_areas(task, models.get(main), alarm.shuffles)),
    )


def same_households(task: Task, alarm: Honesty) -> pd.DataFrame:
    """Households that are one under two ids: `household_id`, and a number that those with the same history share."""
    everybody = task.panel.as_of(task.panel.latest)
    incomes = everybody.histories(everybody.observed, lags=2 * alarm.same_periods).income
    places, history = under_two_ids(incomes, alarm.same_periods)
    found = pd.DataFrame({"history": history, "household_id": task.panel.household_ids[everybody.observed[places]]})
    return found.sort_values(["history", "household_id"], ignore_index=True)


def _columns(task: Task, results: Sequence[OriginResult], alarm: Honesty, rule: str) -> tuple[Worded, ...]:
    """Columns that give the outcome away at any horizon, each once: a leak of the next period fades with time."""
    within = np.concatenate([result.within for result in results])
    values = np.concatenate([result.unit.table.values for result in results])
    columns = Columns.of(results[0].unit.table.entries, values, (within == 1).any(axis=1))
    told: dict[str, Worded] = {}
    yardstick = task.outcome.outcome == BELOW_LINE
    for horizon in sorted(task.horizons, reverse=True):
        score = np.concatenate([result.forecasts[rule].score(horizon) for result in results])
        observed = within[:, task.place(horizon)]
        for name, raised in alarm.check(columns, score, observed, yardstick=yardstick).items():
            told.setdefault(name, raised)
    return tuple(told.values())


def _too_good(task: Task, assessment: Assessment, alarm: Honesty, rule: str, main: str) -> tuple[Worded, ...]:
    """A result that is beyond what the rule and the horizon make plausible."""
    raised: list[Worded] = []
    events = {trial.horizon: int(trial.observed.sum()) for trial in assessment.trials}
    for horizon in task.horizons:
        area = assessment.figure(main, horizon, "roc_auc")
        if area is not None and events.get(horizon, 0) >= alarm.least_events:
            months = 12 * horizon / task.panel.calendar.per_year
            ahead = assessment.difference(main, rule, horizon, "roc_auc")
            raised += alarm.too_good(main, months, area, ahead, official=task.outcome.outcome != BELOW_LINE)
    return tuple(raised)


def _few_trees(results: Sequence[OriginResult], main: str) -> tuple[Worded, ...]:
    """Growth that later origins ended at its floor: there was nothing to learn, or the later labels are not those."""
    ended = [result.evidence[main] for result in results if main in result.evidence and result.evidence[main].at_floor]
    if not ended:
        return ()
    named, counts = Worded(f"model.{main}", otherwise=main), {"ended": str(len(ended)), "origins": str(len(results))}
    return (Worded("alarm.few_trees", {"model": named, **counts}),)


def _lost(held_out: pd.DataFrame, assessment: Assessment, alarm: Honesty, rule: str, main: str) -> tuple[Worded, ...]:
    """What the model loses where places are held out, of its gain over the rule."""
    raised: list[Worded] = []
    for row in lost_precision(held_out, main):
        gain = assessment.difference(main, rule, int(row["horizon"]), "pr_auc")
        if gain is not None and np.isfinite(row["ci_low"]):
            lost = (float(row["difference"]), float(row["ci_low"]), float(row["ci_high"]))
            raised += alarm.lost_in_places(main, str(row["held_out"]), lost, gain[0])
    return tuple(raised)


def shuffled_areas(task: Task, model: HazardModel | None, times: int) -> list[float]:
    """ROC-AUC at the longest horizon of fits on shuffled labels, by what came; empty where none can be fitted.

    The newest origin of whose longest window both outcomes are known is asked. Labels are exchanged among rows of all
    households, origins and leads: if those of a lead or an origin stayed together, its level would still be learned,
    and features that tell leads or origins apart tell of the poor too. Of rows with the event as many are taken as
    without: labels are then as likely as their opposites, so one half is just what is expected where nothing can be
    learned.

    Args:
        task: what is forecast.
        model: recipe; one that cannot be made small and free is not looked at.
        times: fits.
    """
    if not times or not isinstance(model, Shuffles):
        return []
    free, horizon = model.for_shuffles(), max(task.horizons)
    final, place = task.panel.as_of(task.panel.latest), task.place(horizon)
    for asked in reversed(task.training_origins(task.panel.latest)):
        came = task.labels(final, asked).within[:, place]
        if (came == 1).any() and (came == 0).any():
            break
    else:
        return []
    rng = task.rng(10)
    told = np.flatnonzero(~np.isnan(came))
    rows = np.union1d(told[came[told] == 1], rng.choice(told, min(ASKED, len(told)), replace=False))
    part, areas = part_of(task.unit(asked), rows), []
    closed = training_rows(task, free, asked)
    for _ in range(times if closed.events else 0):
        margin = free.fit(_shuffled(closed, rng), rng).margin(part)
        score = HazardForecast(task.leads, margin, margin, closed.cumulative).score(horizon)
        areas.append(roc_auc(score, came[rows]))
    return areas


def _shuffled(rows: TrainingRows, rng: np.random.Generator) -> TrainingRows:
    """All rows with an event and as many without, drawn, with the labels exchanged among them."""
    ones, zeros = np.flatnonzero(rows.event == 1), np.flatnonzero(rows.event == 0)
    count = min(len(ones), len(zeros))
    some = np.concatenate([rng.choice(each, count, replace=False) for each in (ones, zeros)])
    return replace(
        rows,
        matrix=rows.matrix[some],
        event=rng.permutation(rows.event[some]),
        weight=np.ones(len(some)),
        lead=rows.lead[some],
        year_on=lambda: rows.year_on()[some],
        age=None if rows.age is None else rows.age[some],
    )
