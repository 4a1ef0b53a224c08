"""Pictures and tables of a backtest and of what drives a version: many households each, never one."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import numpy as np
import pandas as pd

from relapse.core.ranking import rank, towards
from relapse.core.results import Language, Trial
from relapse.core.rows import Unit
from relapse.core.texts import feature_called, text, text_or
from relapse.county.risk_list.build import list_length
from relapse.evaluation import curves
from relapse.evaluation.evaluate import Evaluation
from relapse.evaluation.small_cells import LEAST_ROWS
from relapse.explanation import curves as curve_plots
from relapse.explanation import plots
from relapse.explanation.contributions import Contributions
from relapse.flows.assess import Assessment
from relapse.flows.backtest import OriginResult
from relapse.flows.explain import (
    contributions_of,
    importance,
    part_of,
    profiles,
    sample_rows,
    sensitive_pushes,
    tiers,
    values_at,
)
from relapse.flows.rows import Task
from relapse.flows.version import Version
from relapse.pipelines.common import csv_bytes

SAMPLE = 2000  # households whose contributions are drawn and averaged
FEWEST_DRAWN = 200  # households in a picture that shows them one by one
PLOT_KEYS = (
    "contribution",
    "value",
    "low",
    "high",
    "others",
    "importance",
    "origin",
    "forecast",
    "observed",
    "perfect",
    "length",
    "precision",
    "attainable",
    "base_rate",
    "threshold",
    "net_benefit",
)


@dataclass(frozen=True)
class PlotWords:
    """Words on pictures, in a language whose letters can be drawn here."""

    language: Language
    words: Mapping[str, str]


@dataclass(frozen=True, eq=False)
class Explained:
    """What drives a version, of a sample of households; nothing of one.

    Args:
        pictures: PNG by name.
        strength: features that push anybody, the strongest first: feature, group, meaning, mean_size_log_odds.
        groups: mean size of each cause's push, the strongest first.
        profiles: see `flows.explain.profiles`.
        sensitive: see `flows.explain.sensitive_pushes`.
        households: of the sample.
    """

    pictures: Mapping[str, bytes]
    strength: pd.DataFrame
    groups: pd.Series
    profiles: pd.DataFrame
    sensitive: pd.DataFrame
    households: int

    def tables(self) -> dict[str, bytes]:
        """The tables as files."""
        return {
            "shap/importance.csv": csv_bytes(self.strength),
            "shap/profiles.csv": csv_bytes(self.profiles),
            "shap/sensitive.csv": csv_bytes(self.sensitive),
        }


def plot_words(language: Language) -> PlotWords:
    """The words of all pictures; English where no Chinese font is installed."""
    from relapse.explanation.canvas import cjk_font

    drawn: Language = language if language == "en" or cjk_font() is not None else "en"
    return PlotWords(drawn, {key: text(f"plot.{key}", drawn) for key in PLOT_KEYS})


def pictures(
    task: Task, assessment: Assessment, models: Sequence[str], evaluation: Evaluation, language: Language
) -> dict[str, bytes]:
    """Calibration and precision by length of the list, at the longest horizon that was tested."""
    trial = assessment.trials[-1]
    words = plot_words(language)
    named = {model: text_or(f"model.{model}", words.language, model) for model in models}
    bins = max(2, min(10, len(trial.observed) // LEAST_ROWS))
    curve = pd.concat(
        [
            curves.calibration(trial, model, bins, evaluation, task.rng(trial.horizon, 6)).assign(model=named[model])
            for model in models
        ]
    ).rename(columns={"ci_low": "low", "ci_high": "high"})
    shares = [share for share in (1, 2, 5, 10, 20) if len(trial.observed) * share >= 100 * LEAST_ROWS]
    lengths = [f"{share}pct" for share in shares or [20]]
    return {
        "precision_by_length": curve_plots.precision_by_length(_by_length(trial, named, lengths), words.words),
        "calibration": curve_plots.calibration(curve, words.words),
    }


def decision_picture(curve: pd.DataFrame, models: Sequence[str], language: Language) -> dict[str, bytes]:
    """The decision curves of some models at the longest horizon, beside those of visiting everybody and nobody.

    Args:
        curve: rows of `decision_curve.csv`.
        models: whose curves are drawn.
        language: of the words.
    """
    words = plot_words(language)
    shown = ["treat_none", "treat_all", *models]
    drawn = curve[(curve["horizon"] == curve["horizon"].max()) & curve["model"].isin(shown)]
    drawn = drawn.sort_values("model", key=lambda names: names.map(shown.index), kind="stable")
    drawn = drawn.rename(columns={"ci_low": "low", "ci_high": "high"})
    named = drawn.assign(model=[text_or(f"model.{name}", words.language, name) for name in drawn["model"]])
    return {"decision": curve_plots.net_benefit(named, words.words)}


def _by_length(trial: Trial, named: Mapping[str, str], lengths: Sequence[str]) -> pd.DataFrame:
    tables = []
    for model, name in named.items():
        table = curves.by_list_length(trial, model, lengths)
        table["length"] = [float(str(length).removesuffix("pct")) for length in table["length"]]
        tables.append(table.assign(model=name, low=float("nan"), high=float("nan")))
    return pd.concat(tables, ignore_index=True)


def explanation(
    task: Task, version: Version, results: Sequence[OriginResult], list_key: str, language: Language
) -> Explained:
    """Pictures and tables of what drives the version; nothing of one household."""
    horizon = max(version.facts.horizons)
    unit = task.unit(task.panel.calendar.parse(version.facts.as_of))
    said = version.hazard.forecast(unit)
    distance = towards(unit.column("income__log_ratio_now"), task.outcome.harmful)
    place = rank(said.score(horizon), distance, unit.household_ids, task.seed)
    length = min(list_length(list_key, len(place)), len(place))
    rows = sample_rows(len(unit.members), SAMPLE, task.rng(7))
    first = np.flatnonzero(place <= min(2 * length, SAMPLE // 2))  # a sample alone would hold too few who are listed
    looked_at = np.union1d(rows, first)
    every = contributions_of(version.hazard, part_of(unit, looked_at), horizon)
    parts, sample = every.take(np.searchsorted(looked_at, rows)), part_of(unit, rows)
    forecast = version.hazard.forecast(sample)
    strength = pd.DataFrame(
        {
            "feature": [entry.name for entry in parts.entries],
            "group": [entry.group for entry in parts.entries],
            "meaning": [entry.meaning for entry in parts.entries],
            "mean_size_log_odds": np.abs(parts.values).mean(axis=0).round(5),
        }
    ).sort_values("mean_size_log_odds", ascending=False, kind="stable")
    shown = part_of(unit, looked_at)
    return Explained(
        _drawn(task, version, results, parts, values_at(sample, horizon), language),
        strength[strength["mean_size_log_odds"] > 0],
        pd.Series(importance(parts)).sort_values(ascending=False, kind="stable"),
        profiles(every, shown, version.hazard.forecast(shown), horizon, tiers(place, length)[looked_at]),
        sensitive_pushes(parts, forecast.score(horizon), max(1, round(length * len(rows) / len(place)))),
        len(rows),
    )


def _drawn(
    task: Task,
    version: Version,
    results: Sequence[OriginResult],
    parts: Contributions,
    values: np.ndarray,
    language: Language,
) -> dict[str, bytes]:
    """Pictures of a sample, and of the causes' weight from origin to origin."""
    horizon, words = max(version.facts.horizons), plot_words(language)
    moved = pd.DataFrame(
        [_importance_at(task, version, result.unit, horizon) for result in results],
        index=[task.panel.calendar.label(result.unit.as_of) for result in results],
    ).rename(columns=lambda group: text_or(f"group.{group}", words.language, str(group)))
    moved = moved.loc[:, (moved > 0).any() | (moved.columns == moved.columns[0])]  # a rule asks few causes
    drawn = draw(parts, values, task, words.language, words.words)
    drawn["importance_over_origins"] = curve_plots.importance_over_origins(moved, words.words)
    return drawn


def _importance_at(task: Task, version: Version, unit: Unit, horizon: int) -> Mapping[str, float]:
    rows = sample_rows(len(unit.members), SAMPLE // 4, task.rng(unit.as_of, 7))
    return importance(contributions_of(version.hazard, part_of(unit, rows), horizon))


def draw(
    parts: Contributions, values: np.ndarray, task: Task, language: Language, words: Mapping[str, str]
) -> dict[str, bytes]:
    """SHAP's pictures of a sample: bars always, single points only where there are enough to hide one."""
    used = np.flatnonzero(np.abs(parts.values).max(axis=0) > 0)
    sample = plots.Sample(
        parts.values[:, used],
        values[:, used],
        [feature_called(parts.entries[place].name, language, parts.entries[place].label) for place in used],
        [text_or(f"group.{parts.entries[place].group}", language, parts.entries[place].group) for place in used],
    )
    drawn = {
        "bars_by_feature": plots.bars_by_feature(sample, words),
        "bars_by_group": plots.bars_by_group(sample, words),
    }
    if len(values) >= FEWEST_DRAWN:
        drawn["beeswarm"] = plots.beeswarm(sample, words, task.seed)
        strongest = np.argsort(-np.abs(sample.contributions).mean(axis=0), kind="stable")[:3]
        for place, feature in enumerate(strongest):
            if (
                np.isfinite(sample.values[:, feature]).sum() >= FEWEST_DRAWN
                and np.ptp(np.nan_to_num(sample.values[:, feature])) > 0
            ):
                drawn[f"dependence_{place + 1}"] = plots.dependence(sample, int(feature), words, task.seed)
    return drawn
