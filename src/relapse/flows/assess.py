"""Trials -> figures with intervals, differences from the rule, and what they say in words."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace

import numpy as np
import pandas as pd

from relapse.core.results import Language, Trial
from relapse.core.rows import Unit
from relapse.core.texts import periods, text, text_or
from relapse.evaluation.alarms import LeakAlarm
from relapse.evaluation.evaluate import Evaluation
from relapse.flows.backtest import OriginResult
from relapse.flows.rows import Task

LEAST_SLICE = 20  # no rate of fewer rows is printed
SLICE_DRAWS = 100  # resamples behind a slice's interval: many slices, each a hint where to look


@dataclass(frozen=True, eq=False)
class Assessment:
    """What came of a backtest.

    Args:
        metrics: rows of `metrics.csv`; `origin` is a label or `all`.
        comparisons: paired differences of every model from the rule, and of the model that the report is about from
            every other, with the range over origins.
        trials: one a horizon.
    """

    metrics: pd.DataFrame
    comparisons: pd.DataFrame
    trials: Sequence[Trial]

    def figure(self, model: str, horizon: int, metric: str) -> tuple[float, float, float] | None:
        """A pooled figure with its interval, None where there is none."""
        table = self.metrics
        rows = table[
            (table["model"] == model)
            & (table["horizon"] == horizon)
            & (table["origin"] == "all")
            & (table["metric"] == metric)
        ]
        if rows.empty or not np.isfinite(rows["value"].iloc[0]):
            return None
        value, low, high = (float(rows[column].iloc[0]) for column in ("value", "ci_low", "ci_high"))
        return value, low, high

    def base_rate(self, horizon: int) -> float | None:
        """Share of the households at risk that fell within the horizon, pooled over the origins."""
        rows = self.metrics[(self.metrics["horizon"] == horizon) & (self.metrics["origin"] == "all")]
        rows = rows[rows["metric"] == "brier"]
        return None if rows.empty or rows["n"].iloc[0] == 0 else float(rows["events"].iloc[0] / rows["n"].iloc[0])


def assess(task: Task, trials: Sequence[Trial], evaluation: Evaluation, rule: str, main: str) -> Assessment:
    """Figures of every model and their differences, all on the same draws.

    Args:
        task: what was forecast.
        trials: one a horizon.
        evaluation: what is measured.
        rule: every other model is held against it.
        main: the model that the report is about is held against every other.
    """
    measured = [evaluation.measure(trial, task.rng(trial.horizon, 4)) for trial in trials]
    metrics = pd.concat([each.table() for each in measured], ignore_index=True)
    others = [model for model in trials[0].probability if model != rule]
    pairs = [(model, rule) for model in others] + [(main, model) for model in others if main not in (rule, model)]
    differences = [each.compare(model, against) for each in measured for model, against in pairs]
    label = task.panel.calendar.label
    metrics["origin"] = [origin if origin == "all" else label(int(origin)) for origin in metrics["origin"]]
    empty = measured[0].compare(rule, rule).iloc[:0]
    return Assessment(metrics, pd.concat([empty, *differences], ignore_index=True) if differences else empty, trials)


def slices(
    task: Task, results: Sequence[OriginResult], trials: Sequence[Trial], evaluation: Evaluation, models: Sequence[str]
) -> pd.DataFrame:
    """Ranking and level by slice of the households: by township, by how much of their past is on record, by the line.

    Slice `line`: `rises` are the windows in which the line rises, `stays` all others; `held` are all rows with the line
    that held at the origin, under which a rise of the line alone is no fall (where a policy's line decides).

    Returns:
        Columns `slice`, `value` and those of `metrics.csv`; pooled over origins; slices of fewer than 20 rows are left
        out.
    """
    kept = {"roc_auc", "pr_auc", "observed_expected"}
    evaluation = replace(evaluation, draws=min(evaluation.draws, SLICE_DRAWS))
    tables = []
    for trial in trials:
        parts = [
            (name, value, _part(trial, values == value))
            for name, values in _slice_columns(task, results, trial).items()
            for value in sorted(set(values))
        ]
        held = held_trial(task, results, trial)
        parts += [] if held is None else [("line", "held", held)]
        for name, value, part in parts:
            if len(part.observed) >= LEAST_SLICE:
                table = evaluation.measure(part, task.rng(trial.horizon, 5), models).table()
                table = table[(table["origin"] == "all") & table["metric"].isin(kept)]
                tables.append(table.assign(slice=name, value_of=value))
    if not tables:
        return pd.DataFrame(columns=["slice", "slice_value", "model", "metric"])
    joined = pd.concat(tables, ignore_index=True).rename(columns={"value_of": "slice_value"})
    head = ["slice", "slice_value"]
    return joined[[*head, *(column for column in joined.columns if column not in head)]]


def _slice_columns(task: Task, results: Sequence[OriginResult], trial: Trial) -> Mapping[str, np.ndarray]:
    """(rows of the trial,) texts by name of the slice."""
    units = {result.unit.as_of: result.unit for result in results}
    place = int(np.flatnonzero(task.leads == trial.horizon)[0])
    told = {result.unit.as_of: ~np.isnan(result.within[:, place]) for result in results}
    origins = list(dict.fromkeys(trial.origin.tolist()))
    seen = np.concatenate([units[origin].column("history__periods_seen")[told[origin]] for origin in origins])
    rising = {origin: _line_rises(task, origin, trial.horizon) for origin in origins}
    columns = {"records": np.where(seen <= 1, "first_seen", np.where(seen <= np.median(seen), "short", "long"))}
    towns = [_townships(task, units[origin]) for origin in origins]
    if any((each != "").any() for each in towns):
        columns["township"] = np.concatenate([each[told[origin]] for each, origin in zip(towns, origins, strict=True)])
    if any(rising.values()):
        columns["line"] = np.where([rising[origin] for origin in trial.origin.tolist()], "rises", "stays")
    return columns


def _line_rises(task: Task, origin: int, horizon: int) -> bool:
    """Whether a policy's line rises inside the label window of an origin over what was announced at the origin."""
    panel, anybody, ahead = task.panel, np.zeros(1, np.int32), task.split.gap + horizon
    if not panel.region:
        return False
    then = panel.as_of(origin).histories(anybody, lags=1).line[0, 0]
    later = panel.as_of(panel.latest).histories(anybody, end=origin + ahead, lags=ahead).line
    return bool((later > then).any())


def held_trial(task: Task, results: Sequence[OriginResult], trial: Trial) -> Trial | None:
    """A trial with what had come if the line of each origin had stayed; None where no policy's line decides."""
    if any(result.held is None for result in results):
        return None
    place = int(np.flatnonzero(task.leads == trial.horizon)[0])
    held = [each.held[~np.isnan(each.within[:, place]), place] for each in results if each.held is not None]
    observed = np.concatenate(held)
    part = _part(trial, ~np.isnan(observed))
    return replace(part, observed=observed[~np.isnan(observed)])


def line_sentences(
    task: Task, results: Sequence[OriginResult], trials: Sequence[Trial], language: Language
) -> list[str]:
    """How many of the events come from the line's own rise, a sentence a horizon; a finding, and no alarm."""
    sentences = []
    for trial in trials:
        held = held_trial(task, results, trial)
        events = int(trial.observed.sum())
        alone = 0 if held is None else events - int(held.observed.sum())
        if alone > 0:
            ahead = periods(trial.horizon, task.panel.calendar.frequency, language)
            sentences.append(
                text("backtest.line_rose", language, horizon=ahead, events=f"{events:,}", alone=f"{alone:,}")
            )
    return sentences


def _townships(task: Task, unit: Unit) -> np.ndarray:
    """(n,) the township of each household, empty where the panel tells none."""
    known = task.panel.as_of(unit.as_of).histories(unit.members, lags=task.panel.max_age + 1)
    home = known.home("township")
    return np.full(len(unit.members), "") if home is None else home.texts().astype(str)


def _part(trial: Trial, rows: np.ndarray) -> Trial:
    """The rows of a slice, ranked anew among themselves."""
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


def _ranked_anew(ranks: np.ndarray, origin: np.ndarray) -> np.ndarray:
    order = np.lexsort((ranks, origin))
    sorted_origin = origin[order]
    first = np.searchsorted(sorted_origin, sorted_origin, side="left")
    anew = np.empty(len(ranks), dtype=np.int32)
    anew[order] = np.arange(len(ranks)) - first + 1
    return anew


def verdict_sentences(
    assessment: Assessment, model: str, rule: str, frequency: str, language: Language, metric: str = "pr_auc"
) -> tuple[str, ...]:
    """Whether the model beats the rule, a sentence a horizon."""
    table = assessment.comparisons
    rows = table[(table["model"] == model) & (table["against"] == rule) & (table["metric"] == metric)]
    names = {name: text_or(f"model.{name}", language, name) for name in (model, rule)}
    sentences = []
    for row in rows.to_dict("records"):
        low, high = float(row["ci_low"]), float(row["ci_high"])
        key = "ahead" if low > 0 else "behind" if high < 0 else "not_apart"
        told = {
            "model": names[model],
            "rule": names[rule],
            "horizon": periods(int(row["horizon"]), frequency, language),
            "metric": text_or(f"metric.{metric}", language, metric),
            "difference": f"{float(row['difference']):+.3f}",
            "low": f"{low:+.3f}",
            "high": f"{high:+.3f}",
        }
        sentences.append(text(f"verdict.{key}", language, **told))
    return tuple(sentences)


def raised_alarms(task: Task, results: Sequence[OriginResult], alarm: LeakAlarm, rule: str) -> tuple[str, ...]:
    """Columns that give the outcome away at any horizon, each once: a leak of the next period fades with time."""
    told: dict[str, str] = {}
    for horizon in sorted(task.horizons, reverse=True):
        for sentence in _alarms_at(task, results, alarm, rule, horizon):
            told.setdefault(sentence.partition(" alone has")[0], sentence)
    return tuple(told.values())


def _alarms_at(
    task: Task, results: Sequence[OriginResult], alarm: LeakAlarm, rule: str, horizon: int
) -> tuple[str, ...]:
    place = int(np.flatnonzero(task.leads == horizon)[0])
    pairs = [(result, ~np.isnan(result.within[:, place])) for result in results]
    if not any(known.any() for _, known in pairs):
        return ()
    values = np.concatenate([result.unit.table.values[known] for result, known in pairs]).astype(np.float64)
    score = np.concatenate([result.forecasts[rule].score(horizon)[known] for result, known in pairs])
    observed = np.concatenate([result.within[known, place] for result, known in pairs])
    return alarm.check(results[0].unit.table.entries, values, score, observed, harmful=task.outcome.harmful)
