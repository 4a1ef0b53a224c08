"""Inputs of a version's training window held against those of the households it is asked about now."""

from __future__ import annotations

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from relapse.core.catalogue import Feature
from relapse.core.rows import Unit
from relapse.flows.explain import part_of, values_at
from relapse.flows.months_after import sampled
from relapse.flows.rows import Task
from relapse.flows.version import Version
from relapse.monitors.growing import tells_month
from relapse.monitors.input_drift import population_stability

ORIGINS = 4  # of the training window that are looked at, spread evenly
HOUSEHOLDS = 2000  # of each of them, and of the as_of, at most
SCORE = "score"  # the row of what orders the list itself
SEASON = "season"  # tells the month, and moves by itself

Matrix = NDArray[np.floating]


def input_drift(task: Task, version: Version, as_of: int) -> pd.DataFrame:
    """How far features and score have moved between the training window and the as_of, the farthest first.

    Args:
        task: on whose panel.
        version: whose features, and whose score.
        as_of: period.

    Returns:
        Columns `feature` (`score` is the order itself), `group`, `origins` (how many of the training window), `clock`
        (it tells the month by construction, held against any of the origins: that it moved is no drift), and those of
        `monitors.input_drift`; features of the season are left out. Empty where the window has no origin.
    """
    origins = _spread(task.training_origins(as_of))
    horizon = max(version.facts.horizons)
    if not origins:
        return pd.DataFrame(columns=["feature", "group", "origins", "clock"])
    seed = version.facts.seed
    then, now = [_sample(task, origin, seed) for origin in origins], _sample(task, as_of, seed)
    kept = np.array([_told(entry) for entry in now.entries])
    before, after = ([values_at(unit, horizon) for unit in units] for units in (then, [now]))
    clock = np.any([tells_calendar(unit, each, now, after[0]) for unit, each in zip(then, before, strict=True)], axis=0)
    tables = population_stability(
        np.concatenate([_with_score(version, *each, horizon, kept) for each in zip(then, before, strict=True)]),
        _with_score(version, now, after[0], horizon, kept),
    )
    entries = [entry for entry, told in zip(now.entries, kept, strict=True) if told]
    tables.insert(0, "feature", [*(entry.name for entry in entries), SCORE])
    tables.insert(1, "group", [*(entry.group for entry in entries), SCORE])
    tables.insert(2, "origins", len(origins))
    tables.insert(3, "clock", [*clock[kept].tolist(), False])
    return tables.sort_values(["psi", "feature"], ascending=[False, True], kind="stable", ignore_index=True)


def tells_calendar(then: Unit, before: Matrix, now: Unit, after: Matrix) -> NDArray[np.bool_]:
    """(entries,) which tell the month by construction, by the households that are in both units.

    Args:
        then: of an earlier period.
        before: (n, entries) its values.
        now: of a later one.
        after: (m, entries) its values.
    """
    _, one, other = np.intersect1d(then.members, now.members, assume_unique=True, return_indices=True)
    return tells_month(before[one], after[other], now.cluster[other])


def _spread(origins: list[int]) -> list[int]:
    """A few origins from the first to the last."""
    places = np.unique(np.linspace(0, len(origins) - 1, min(ORIGINS, len(origins))).round().astype(int))
    return [origins[place] for place in places]


def _sample(task: Task, as_of: int, seed: int) -> Unit:
    """The same households in every period, as far as they are at risk."""
    unit = task.unit(as_of)
    ids = np.asarray(task.panel.household_ids, dtype=object)[unit.members]
    return part_of(unit, np.flatnonzero(sampled(HOUSEHOLDS, seed)(ids)))


def _told(entry: Feature) -> bool:
    return entry.modelled and entry.group != SEASON


def _with_score(
    version: Version, unit: Unit, values: Matrix, horizon: int, kept: NDArray[np.bool_]
) -> NDArray[np.float64]:
    return np.column_stack([values[:, kept], version.hazard.forecast(unit).score(horizon)])
