"""The question that two gates ask: is the version behind another one at any horizon?"""

from __future__ import annotations

import pandas as pd

from relapse.core.results import Verdict
from relapse.core.texts import signed
from relapse.core.worded import Values, Worded, ahead, bare


def not_behind(
    gate: str, differences: pd.DataFrame, metric: str, margin: float, other: Worded, frequency: str
) -> Verdict:
    """Hold the worst lower bound of a paired difference against a margin.

    Args:
        gate: name of the gate that asks.
        differences: see `Evidence.against_rule`.
        metric: the figure to compare, such as `pr_auc`.
        margin: the least that each lower bound must reach, in the metric's own unit.
        other: what the version is compared with.
        frequency: of the panel.

    Returns:
        Holds where each outcome's and horizon's lower bound reaches the margin; never where nothing was compared.
    """
    asked = differences[differences["metric"] == metric].dropna(subset=["ci_low"])
    threshold, named = threshold_of(metric, margin), metric_named(metric)
    if asked.empty:
        why = Worded("gate.paired.none", {"metric": named, "other": other})
        return Verdict(gate, False, Worded("gate.none"), threshold, why)
    worst = asked.sort_values("ci_low", kind="stable").iloc[0]
    figure = bare(interval(worst, 3))
    holds, place = bool(worst["ci_low"] >= margin), place_of(worst, frequency)
    if holds:
        return Verdict(gate, holds, figure, threshold, Worded("gate.paired.holds", {"other": other, "place": place}))
    values: Values = {"other": other, "place": place, "margin": signed(margin, 3)}
    return Verdict(gate, holds, figure, threshold, Worded("gate.paired.behind", values))


def threshold_of(metric: str, margin: float) -> Worded:
    """What the lower bound of a paired difference must reach."""
    return Worded("gate.paired.threshold", {"metric": metric_named(metric), "margin": signed(margin, 3)})


def interval(row: pd.Series, decimals: int) -> str:
    """A difference with the ends of its interval: `difference`, `ci_low` and `ci_high` of a row."""
    told, low, high = (signed(row[name], decimals) for name in ("difference", "ci_low", "ci_high"))
    return f"{told} [{low}, {high}]"


def metric_named(metric: str) -> Worded:
    """A figure's name."""
    return Worded(f"metric.{metric}", otherwise=metric)


def place_of(row: pd.Series, frequency: str) -> Worded:
    """Of which outcome and horizon a figure is: a row with both, of a panel of some frequency."""
    outcome = Worded(f"outcome.{row['outcome']}", otherwise=str(row["outcome"]))
    return Worded("gate.at", {"outcome": outcome, "horizon": ahead(int(row["horizon"]), frequency)})
