"""Trials -> figures with intervals, differences from the rule, and what they say in words."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import numpy as np
import pandas as pd

from relapse.core.results import Language, Trial
from relapse.core.texts import periods, signed, text, text_or
from relapse.core.threads import side_by_side
from relapse.evaluation.evaluate import Evaluation
from relapse.flows.backtest import OriginResult
from relapse.flows.rows import Task
from relapse.flows.slices import held_trial


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
        told = {"model": model, "horizon": horizon, "origin": "all", "metric": metric}
        return _interval(self.metrics, told, "value", "value")

    def difference(self, model: str, against: str, horizon: int, metric: str) -> tuple[float, float, float] | None:
        """A paired difference with its interval, None where there is no interval."""
        told = {"model": model, "against": against, "horizon": horizon, "metric": metric}
        return _interval(self.comparisons, told, "difference", "ci_low")

    def base_rate(self, horizon: int) -> float | None:
        """Share of the households at risk that fell within the horizon, pooled over the origins."""
        rows = self.metrics[(self.metrics["horizon"] == horizon) & (self.metrics["origin"] == "all")]
        rows = rows[rows["metric"] == "brier"]
        return None if rows.empty or rows["n"].iloc[0] == 0 else float(rows["events"].iloc[0] / rows["n"].iloc[0])


def _interval(
    table: pd.DataFrame, told: Mapping[str, object], value: str, needed: str
) -> tuple[float, float, float] | None:
    """Value, low and high of the first row of which so much is told; None without one, or without what is needed."""
    rows = table[np.logical_and.reduce([table[column] == wanted for column, wanted in told.items()])]
    if rows.empty or not np.isfinite(rows[needed].iloc[0]):
        return None
    middle, low, high = (float(rows[column].iloc[0]) for column in (value, "ci_low", "ci_high"))
    return middle, low, high


def assess(task: Task, trials: Sequence[Trial], evaluation: Evaluation, rule: str, main: str) -> Assessment:
    """Figures of every model and their differences, all on the same draws.

    Args:
        task: what was forecast.
        trials: one a horizon.
        evaluation: what is measured.
        rule: every other model is held against it.
        main: the model that the report is about is held against every other.
    """
    measured = side_by_side(lambda trial: evaluation.measure(trial, task.rng(trial.horizon, 4)), trials)
    metrics = pd.concat([figures.table() for figures in measured], ignore_index=True)
    others = [model for model in trials[0].probability if model != rule]
    pairs = [(model, rule) for model in others] + [(main, model) for model in others if main not in (rule, model)]
    differences = [figures.compare(model, against) for figures in measured for model, against in pairs]
    label = task.panel.calendar.label
    metrics["origin"] = [origin if origin == "all" else label(int(origin)) for origin in metrics["origin"]]
    empty = measured[0].compare(rule, rule).iloc[:0]
    return Assessment(metrics, pd.concat([empty, *differences], ignore_index=True) if differences else empty, trials)


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


def verdict_sentences(
    assessment: Assessment, model: str, rule: str, frequency: str, language: Language, metric: str = "pr_auc"
) -> tuple[str, ...]:
    """Whether the model beats the rule, a sentence a horizon; one alone where they are the same at all of them."""
    table = assessment.comparisons
    rows = table[(table["model"] == model) & (table["against"] == rule) & (table["metric"] == metric)]
    names = {name: text_or(f"model.{name}", language, name) for name in (model, rule)}
    if len(rows) and (rows[["difference", "ci_low", "ci_high"]] == 0).all(axis=None):
        told = {"model": names[model], "rule": names[rule], "metric": text_or(f"metric.{metric}", language, metric)}
        return (text("verdict.same", language, **told),)
    sentences = []
    for row in rows.to_dict("records"):
        low, high = float(row["ci_low"]), float(row["ci_high"])
        key = "ahead" if low > 0 else "behind" if high < 0 else "not_apart"
        told = {
            "model": names[model],
            "rule": names[rule],
            "horizon": periods(int(row["horizon"]), frequency, language),
            "metric": text_or(f"metric.{metric}", language, metric),
            "difference": signed(row["difference"], 3),
            "low": signed(low, 3),
            "high": signed(high, 3),
        }
        sentences.append(text(f"verdict.{key}", language, **told))
    return tuple(sentences)
