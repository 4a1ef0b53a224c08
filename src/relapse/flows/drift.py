"""Inputs of a version's training window held against those of the households it is asked about now."""

from __future__ import annotations

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from relapse.core.catalogue import Feature
from relapse.core.rows import Unit
from relapse.flows.explain import part_of, sample_rows, values_at
from relapse.flows.rows import Task
from relapse.flows.version import Version
from relapse.monitors.input_drift import population_stability

ORIGINS = 4  # of the training window that are looked at, spread evenly
HOUSEHOLDS = 2000  # of each of them, and of the as_of, at most
SCORE = "score"  # the row of what orders the list itself
SEASON = "season"  # tells the month, and moves by itself


def input_drift(task: Task, version: Version, as_of: int) -> pd.DataFrame:
    """How far features and score have moved between the training window and the as_of, the farthest first.

    Args:
        task: on whose panel.
        version: whose features, and whose score.
        as_of: period.

    Returns:
        Columns `feature` (`score` is the order itself), `group`, `origins` (how many of the training window), and those
        of `monitors.input_drift`; features of the season are left out. Empty where the window has no origin.
    """
    origins = _spread(task.training_origins(as_of))
    horizon = max(version.facts.horizons)
    if not origins:
        return pd.DataFrame(columns=["feature", "group", "origins"])
    then, now = [_sample(task, origin) for origin in origins], _sample(task, as_of)
    kept = np.array([_told(entry) for entry in now.entries])
    tables = population_stability(
        np.concatenate([_with_score(version, unit, horizon, kept) for unit in then]),
        _with_score(version, now, horizon, kept),
    )
    entries = [entry for entry, told in zip(now.entries, kept, strict=True) if told]
    tables.insert(0, "feature", [*(entry.name for entry in entries), SCORE])
    tables.insert(1, "group", [*(entry.group for entry in entries), SCORE])
    tables.insert(2, "origins", len(origins))
    return tables.sort_values(["psi", "feature"], ascending=[False, True], kind="stable", ignore_index=True)


def _spread(origins: list[int]) -> list[int]:
    """A few origins from the first to the last."""
    places = np.unique(np.linspace(0, len(origins) - 1, min(ORIGINS, len(origins))).round().astype(int))
    return [origins[place] for place in places]


def _sample(task: Task, as_of: int) -> Unit:
    unit = task.unit(as_of)
    return part_of(unit, sample_rows(len(unit.members), HOUSEHOLDS, task.rng(as_of, 12)))


def _told(entry: Feature) -> bool:
    return entry.modelled and entry.group != SEASON


def _with_score(version: Version, unit: Unit, horizon: int, kept: NDArray[np.bool_]) -> NDArray[np.float64]:
    score = version.hazard.forecast(unit).score(horizon)
    return np.column_stack([values_at(unit, horizon)[:, kept], score])
