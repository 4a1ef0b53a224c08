"""Of which groups a list misses clearly more than of all, read from the slices: a lead, since many are compared.

The rates themselves are worked out in `evaluation.slices`; what gates judge by are differences of the same rates
(`flows.missed`).
"""

from __future__ import annotations

from dataclasses import dataclass

import pandas as pd

BY_CHANCE = 0.05  # of groups no worse than all, so many have a 90 % interval that lies above
LISTED = "listed"  # a slice that the lists themselves make


@dataclass(frozen=True)
class Missed:
    """One group's missed rate.

    Args:
        division, part: such as `township` and its name.
        events: of the group.
        rate, low, high: share of its events that were not listed, with its 90 % interval.
    """

    division: str
    part: str
    events: int
    rate: float
    low: float
    high: float


@dataclass(frozen=True)
class MissedGroups:
    """Missed rates of all groups of one list.

    Args:
        overall: of all events; None where it is not told.
        compared: groups.
        more: those whose whole interval lies above the overall rate, the worst first.
    """

    overall: float | None
    compared: int
    more: tuple[Missed, ...]

    @property
    def by_chance(self) -> int:
        """How many of the groups would stand out by chance."""
        return round(BY_CHANCE * self.compared)


def groups_missed_more(
    metrics: pd.DataFrame, slices: pd.DataFrame, model: str, horizon: int, list_key: str
) -> MissedGroups:
    """Compare the missed rates of groups with that of all.

    Args:
        metrics: rows of `metrics.csv`.
        slices: rows of `slices.csv` that may be shown (see `small_cells`: those left have 20 events at least).
        model: whose list.
        horizon: periods ahead.
        list_key: length of the list.
    """
    metric = f"exclusion_error_at_{list_key}"
    pooled = metrics[_of(metrics, model, horizon, metric) & (metrics["origin"].astype(str) == "all")]["value"].dropna()
    groups = slices[_of(slices, model, horizon, metric) & (slices["slice"] != LISTED)].dropna(subset=["value"])
    if pooled.empty:
        return MissedGroups(None, 0, ())
    overall = float(pooled.iloc[0])
    worse = groups[groups["ci_low"] > overall].sort_values(["value", "slice_value"], ascending=[False, True])
    columns = ("slice", "slice_value", "events", "value", "ci_low", "ci_high")
    more = tuple(Missed(*row) for row in worse[list(columns)].itertuples(index=False))
    return MissedGroups(overall, len(groups), more)


def _of(table: pd.DataFrame, model: str, horizon: int, metric: str) -> pd.Series:
    return (table["model"] == model) & (table["horizon"] == horizon) & (table["metric"] == metric)
