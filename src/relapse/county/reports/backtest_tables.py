"""The rows of `metrics.csv` and of the comparisons as tables that people read, the distance rule's row first."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from functools import partial

import pandas as pd

from relapse.core.results import Language
from relapse.core.texts import DASH, amount, percent, periods, signed, text, text_or

RULE = "distance_to_line"
_SHARES = ("precision", "recall", "attainable")


@dataclass(frozen=True)
class Figure:
    """A figure, its 90 % interval and its range over the origins, in words; empty where there is none."""

    value: str
    interval: str
    over_origins: str


@dataclass(frozen=True)
class ModelRow:
    """What one model reached at one horizon."""

    name: str
    is_rule: bool
    precision: Figure
    recall: Figure
    pr_auc: Figure
    roc_auc: Figure
    observed_expected: Figure
    ece: Figure
    brier_skill: Figure


@dataclass(frozen=True)
class Block:
    """One outcome at one horizon.

    Args:
        title: horizon and outcome in words.
        counts: rows and events in words.
        base, best: base rate, and the best attainable precision of a list of this length.
        rows: one a model, the rule first; empty where the rule was not run.
    """

    title: str
    counts: str
    base: str
    best: str
    rows: tuple[ModelRow, ...]


@dataclass(frozen=True)
class Difference:
    """One paired difference in words."""

    horizon: str
    model: str
    against: str
    metric: str
    difference: Figure


def blocks(
    metrics: pd.DataFrame,
    horizons: Sequence[int],
    list_key: str,
    frequency: str,
    language: Language,
    not_applicable: Sequence[str] = (),
) -> list[Block]:
    """A block for each outcome and horizon of the metrics, horizons in the given order.

    Models that are not applicable have a row, too, which says so.
    """
    outcomes = sorted(metrics["outcome"].unique())
    return [
        _block(part, list_key, _title(outcome, horizon, frequency, language), not_applicable, language)
        for outcome in outcomes
        for horizon in horizons
        if len(part := metrics[(metrics["outcome"] == outcome) & (metrics["horizon"] == horizon)])
    ]


def differences(comparisons: pd.DataFrame, frequency: str, language: Language) -> list[Difference]:
    """The comparisons in their order."""
    several = len(set(comparisons["outcome"])) > 1
    told = []
    for row in comparisons.to_dict("records"):
        ahead = periods(int(row["horizon"]), frequency, language)
        told.append(
            Difference(
                horizon=f"{ahead} · {_name('outcome', row['outcome'], language)}" if several else ahead,
                model=_name("model", row["model"], language),
                against=_name("model", row["against"], language),
                metric=metric_name(row["metric"], language),
                difference=Figure(
                    signed(row["difference"], 3),
                    _range(signed(row["ci_low"], 3), signed(row["ci_high"], 3), language),
                    _range(signed(row["range_low"], 3), signed(row["range_high"], 3), language),
                ),
            )
        )
    return told


def list_words(list_key: str, language: Language) -> str:
    """The length of the list in words, from `5pct` or `300`."""
    if list_key.endswith("pct"):
        return text("backtest.list_share", language, share=f"{list_key.removesuffix('pct')}%")
    return text("backtest.list_count", language, count=list_key)


def metric_name(metric: str, language: Language) -> str:
    """What people call a metric; `precision_at_5pct` keeps its length of list."""
    name, _, length = metric.partition("_at_")
    known = text_or(f"metric.{name}", language, name)
    return f"{known} ({length.replace('pct', '%')})" if length else known


def _title(outcome: str, horizon: int, frequency: str, language: Language) -> str:
    ahead = periods(horizon, frequency, language)
    return text("backtest.ahead", language, horizon=ahead, outcome=_name("outcome", outcome, language))


def _block(part: pd.DataFrame, list_key: str, title: str, not_applicable: Sequence[str], language: Language) -> Block:
    pooled = part[part["origin"].astype(str) == "all"]
    models = list(dict.fromkeys(pooled["model"]))
    if RULE not in models:
        return Block(title, "", DASH, DASH, ())
    ordered = [RULE, *(model for model in models if model != RULE)]
    counted = pooled[pooled["metric"].isin((f"recall_at_{list_key}", "roc_auc"))].iloc[0]  # all rows at risk
    best = pooled.loc[pooled["metric"] == f"attainable_at_{list_key}", "value"]
    return Block(
        title=title,
        counts=text("backtest.counts", language, n=f"{int(counted['n']):,}", events=f"{int(counted['events']):,}"),
        base=percent(counted["events"] / counted["n"] if counted["n"] else None),
        best=percent(float(best.iloc[0])) if len(best) else DASH,
        rows=(
            *(_model_row(part[part["model"] == model], model, list_key, language) for model in ordered),
            *(_empty_row(model, language) for model in not_applicable),
        ),
    )


def _model_row(part: pd.DataFrame, model: str, list_key: str, language: Language) -> ModelRow:
    return ModelRow(
        name=_name("model", model, language),
        is_rule=model == RULE,
        precision=_figure(part, f"precision_at_{list_key}", language),
        recall=_figure(part, f"recall_at_{list_key}", language),
        pr_auc=_figure(part, "pr_auc", language),
        roc_auc=_figure(part, "roc_auc", language),
        observed_expected=_figure(part, "observed_expected", language),
        ece=_figure(part, "ece", language),
        brier_skill=_figure(part, "brier_skill", language),
    )


def _empty_row(model: str, language: Language) -> ModelRow:
    name = text("backtest.not_applicable_row", language, model=_name("model", model, language))
    return ModelRow(name, False, *[Figure(DASH, "", "")] * 7)


def _figure(part: pd.DataFrame, metric: str, language: Language) -> Figure:
    rows = part[part["metric"] == metric]
    pooled = rows["origin"].astype(str) == "all"
    if not pooled.any():
        return Figure(DASH, "", "")
    row, by_origin = rows[pooled].iloc[0], rows.loc[~pooled, "value"].dropna()
    written = percent if metric.partition("_at_")[0] in _SHARES else partial(amount, decimals=3)
    over = _range(written(by_origin.min()), written(by_origin.max()), language) if len(by_origin) > 1 else ""
    return Figure(written(row["value"]), _range(written(row["ci_low"]), written(row["ci_high"]), language), over)


def _range(low: str, high: str, language: Language) -> str:
    return "" if DASH in (low, high) else text("interval.short", language, low=low, high=high)


def _name(room: str, name: str, language: Language) -> str:
    return text_or(f"{room}.{name}", language, name)
