"""Two versions asked about the same households in the same months: who moves on and off the list, and why."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from relapse.core.errors import InputError
from relapse.core.ranking import rank, towards
from relapse.core.rows import Unit
from relapse.county.risk_list.build import list_length
from relapse.flows.explain import LEAST_PROFILE, agreement_of, contributions_of, part_of
from relapse.flows.rows import Task
from relapse.flows.version import Version

ON, OFF = "on", "off"
Places = NDArray[np.intp]


@dataclass(frozen=True, eq=False)
class Moves:
    """What becomes of the list when a version takes the place of another.

    Args:
        months: one row a month: `as_of` (label), `at_risk` (asked of both), `listed` (each list's length), `on` (on the
            new list alone), `off` (on the old one alone), `agreement` (Spearman, of the two orders).
        causes: one row a direction (`on` or `off`) and group: `households` that moved in all months together, and
            `push`, the mean difference of the group's contribution to the score (new minus old, log-odds) among them,
            beyond its mean among all who were asked. Directions of fewer than ten households are left out.
    """

    months: pd.DataFrame
    causes: pd.DataFrame


@dataclass(frozen=True, eq=False)
class _Month:
    asked: int
    listed: int
    on: int
    off: int
    agreement: float
    pushes: dict[str, pd.DataFrame]  # by direction, (households, groups)


def list_moves(
    task: Task,
    new: Version,
    old: Version,
    months: Sequence[int],
    horizon: int,
    list_key: str,
    allowed: Sequence[str] = (),
) -> Moves:
    """Compare two versions, as they were fitted, on some months.

    Args:
        task: of the new version; its units are taken.
        new: version.
        old: version.
        months: as_ofs.
        horizon: periods ahead that order the list.
        list_key: length of the list, such as `5pct` or `300`.
        allowed: packages beside relapse whose feature blocks the old version may name.

    Raises:
        InputError: the old version does not forecast that horizon, or no household is at risk for both.
    """
    if horizon not in old.facts.horizons:
        raise InputError(f"it does not forecast {horizon} periods ahead")
    told = {month: _month(task, new, old, month, horizon, list_key, allowed) for month in months}
    label = task.panel.calendar.label
    rows = [[label(month), one.asked, one.listed, one.on, one.off, one.agreement] for month, one in told.items()]
    table = pd.DataFrame(rows, columns=["as_of", "at_risk", "listed", "on", "off", "agreement"])
    return Moves(table, pd.concat([_causes(direction, list(told.values())) for direction in (ON, OFF)]))


def _causes(direction: str, months: Sequence[_Month]) -> pd.DataFrame:
    """Mean pushes of those who moved one way, the strongest first."""
    moved = pd.concat([month.pushes[direction] for month in months]).fillna(0.0)
    if len(moved) < LEAST_PROFILE:
        return pd.DataFrame(columns=["direction", "group", "households", "push"])
    push = moved.mean()
    strongest = push.iloc[np.argsort(-np.abs(push.to_numpy()), kind="stable")]
    return pd.DataFrame(
        {"direction": direction, "group": strongest.index, "households": len(moved), "push": strongest.to_numpy()}
    )


def _month(
    task: Task, new: Version, old: Version, as_of: int, horizon: int, list_key: str, allowed: Sequence[str]
) -> _Month:
    unit, other = _asked_of_both(task.unit(as_of), _unit_of(task, new, old, as_of, allowed))
    scores = [version.hazard.forecast(each).score(horizon) for version, each in ((new, unit), (old, other))]
    length = min(list_length(list_key, len(unit.members)), len(unit.members))
    distance = towards(unit.column("income__log_ratio_now"), task.outcome.harmful)
    first, second = (rank(score, distance, unit.household_ids, task.seed) <= length for score in scores)
    moved = {ON: np.flatnonzero(first & ~second), OFF: np.flatnonzero(second & ~first)}
    typical = np.sort(task.rng(as_of, 13).choice(len(unit.members), min(500, len(unit.members)), replace=False))
    level = _difference(new, old, unit, other, typical, horizon).mean()
    pushes = {
        way: _difference(new, old, unit, other, places, horizon) - level
        if len(places)
        else pd.DataFrame(columns=level.index, dtype=np.float64)
        for way, places in moved.items()
    }
    return _Month(len(unit.members), length, len(moved[ON]), len(moved[OFF]), agreement_of(*scores), pushes)


def _unit_of(task: Task, new: Version, old: Version, as_of: int, allowed: Sequence[str]) -> Unit:
    """The households as the old version sees them: the new one's unit where features and outcome are the same."""
    same = ("label", "features", "split", "sensitive")
    if old.facts.leads == new.facts.leads and all(old.recipe.get(key) == new.recipe.get(key) for key in same):
        return task.unit(as_of)
    return old.unit(task.panel, as_of, old.features(allowed))


def _asked_of_both(unit: Unit, other: Unit) -> tuple[Unit, Unit]:
    """The parts of two units that are of the same households, in the same order.

    Raises:
        InputError: there is none.
    """
    if unit is other:
        return unit, other
    place = pd.Index(other.household_ids).get_indexer(pd.Index(unit.household_ids))
    both = np.flatnonzero(place >= 0)
    if not len(both):
        raise InputError("no household is at risk for both")
    return part_of(unit, both), part_of(other, place[both].astype(np.intp))


def _difference(new: Version, old: Version, unit: Unit, other: Unit, places: Places, horizon: int) -> pd.DataFrame:
    """(places, groups) contributions of the new version less those of the old one."""
    sums = []
    for version, each in ((new, unit), (old, other)):
        parts = contributions_of(version.hazard, part_of(each, places), horizon)
        sums.append(pd.DataFrame(parts.by_group(), columns=list(parts.groups())))
    return sums[0].sub(sums[1], fill_value=0.0)
