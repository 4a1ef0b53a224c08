"""The question that two gates ask: is the version behind another one at any horizon?"""

from __future__ import annotations

import pandas as pd

from relapse.core.results import Verdict


def not_behind(gate: str, differences: pd.DataFrame, metric: str, margin: float, other: str) -> Verdict:
    """Hold the worst lower bound of a paired difference against a margin.

    Args:
        gate: name of the gate that asks.
        differences: see `Evidence.against_rule`.
        metric: the figure to compare, such as `pr_auc`.
        margin: the least that each lower bound must reach, in the metric's own unit.
        other: what the version is compared with, for the sentence.

    Returns:
        Holds where each outcome's and horizon's lower bound reaches the margin; never where nothing was compared.
    """
    asked = differences[differences["metric"] == metric].dropna(subset=["ci_low"])
    threshold = f"{metric} at least {margin:+.3f}"
    if asked.empty:
        return Verdict(
            gate, False, "none", threshold, f"No paired difference in {metric} to {other} could be measured."
        )
    worst = asked.sort_values("ci_low", kind="stable").iloc[0]
    place = f"{worst['outcome']} at horizon {worst['horizon']}"
    figure = f"{worst['difference']:+.3f} [{worst['ci_low']:+.3f}, {worst['ci_high']:+.3f}]"
    if worst["ci_low"] >= margin:
        why = f"At no horizon is the version behind {other}; the least certain is {place}."
    else:
        why = f"The version may be behind {other}: the lower bound is below {margin:+.3f} for {place}."
    return Verdict(gate, bool(worst["ci_low"] >= margin), figure, threshold, why)
