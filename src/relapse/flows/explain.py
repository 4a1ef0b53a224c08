"""Contributions of listed households and of a seeded sample; profiles that name nobody."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from relapse.core.forecast import HazardForecast
from relapse.core.rows import Unit
from relapse.evaluation.small_cells import LEAST_COUNT
from relapse.explanation.contributions import Contributions
from relapse.model.blend import Blend

TIERS = ("visit", "next", "beyond")
LEAST_PROFILE = 10  # households of a profile at least: means of fewer could be traced to one


def part_of(unit: Unit, rows: NDArray[np.intp]) -> Unit:
    """The unit of some of its households."""
    members, ids, cluster = unit.members[rows], unit.household_ids[rows], unit.cluster[rows]
    possible = None if unit.possible is None else unit.possible[rows]
    return Unit(unit.as_of, members, ids, cluster, unit.leads, unit.table.rows(rows), possible)


def contributions_of(hazard: Blend, unit: Unit, horizon: int) -> Contributions:
    """What each feature adds to the score that orders the list at a horizon; exact, with the base it sums to it."""
    return Contributions.of(unit.entries, hazard.contributions(unit, horizon))


def values_at(unit: Unit, horizon: int) -> NDArray[np.float64]:
    """(n, entries) the features at the horizon's lead."""
    return unit.matrix(int(np.flatnonzero(unit.leads == horizon)[0])).astype(np.float64)


def sample_rows(households: int, most: int, rng: np.random.Generator) -> NDArray[np.intp]:
    """Places of a seeded sample, ascending; all where there are no more."""
    if households <= most:
        return np.arange(households)
    return np.sort(rng.choice(households, size=most, replace=False))


def importance(contributions: Contributions) -> Mapping[str, float]:
    """Mean size of each group's contribution, in log-odds."""
    return dict(zip(contributions.groups(), np.abs(contributions.by_group()).mean(axis=0).tolist(), strict=True))


def profiles(
    contributions: Contributions, unit: Unit, forecast: HazardForecast, horizon: int, tier: NDArray[np.object_]
) -> pd.DataFrame:
    """Means over at least ten households that share the list's tier and the strongest cause.

    Args:
        contributions: of (n,) households.
        unit: the same households.
        forecast: of them.
        horizon: periods ahead.
        tier: (n,) where a household stands (see `tiers`).

    Returns:
        One row a profile: `tier`, `strongest` (group), `households`, `chance`, mean log ratio of income to the line,
        mean contribution of each group; profiles of fewer than ten households are left out.
    """
    sums = pd.DataFrame(contributions.by_group(), columns=list(contributions.groups()))
    frame = sums.assign(
        tier=pd.Categorical(tier, TIERS, ordered=True),
        strongest=sums.idxmax(axis=1),
        chance=forecast.risk(horizon),
        log_ratio=unit.column("income__log_ratio_now"),
    )
    grouped = frame.groupby(["tier", "strongest"], sort=True, observed=True)
    table = grouped.mean().assign(households=grouped.size()).reset_index()
    head = ["tier", "strongest", "households", "chance", "log_ratio"]
    kept = table[table["households"] >= LEAST_PROFILE]
    return kept[[*head, *(column for column in table.columns if column not in head)]].round(4)


def tiers(place: NDArray[np.int32], length: int) -> NDArray[np.object_]:
    """(n,) where each household stands: on the list, among as many again after it, or beyond.

    Args:
        place: (n,) rank from 1.
        length: of the list.
    """
    return np.array(TIERS, dtype=object)[np.minimum((place - 1) // max(length, 1), 2)]


def sensitive_pushes(contributions: Contributions, score: NDArray[np.float64], length: int) -> pd.DataFrame:
    """What groups of sensitive data add to the order: nothing is fitted again.

    Args:
        contributions: of (n,) households.
        score: (n,) theirs; what stands highest is listed.
        length: of the list among them.

    Returns:
        One row a group: `group`, `features` (that pushed anybody), `share` (of all mean sizes of features' pushes),
        `households` and `listed` (of whom), `others` (of the list, that would be others without the group's pushes;
        NaN where they are fewer than five, but not none).
    """
    sizes = np.abs(contributions.values).mean(axis=0)
    group_of = np.array([entry.sensitive for entry in contributions.entries], dtype=object)
    listed = _highest(score, length)
    rows = []
    for group in sorted(set(group_of) - {""}):
        mine = group_of == group
        without = _highest(score - contributions.values[:, mine].sum(axis=1), length)
        share = float(sizes[mine].sum() / max(sizes.sum(), np.finfo(float).tiny))
        others = len(listed - without)
        told = float(others) if others == 0 or others >= LEAST_COUNT else np.nan
        rows.append([group, int((sizes[mine] > 0).sum()), share, len(score), length, told])
    return pd.DataFrame(rows, columns=["group", "features", "share", "households", "listed", "others"])


def _highest(score: NDArray[np.float64], count: int) -> set[int]:
    return set(np.argsort(-score, kind="stable")[:count].tolist())


def agreement(forecast: HazardForecast, horizon: int) -> float:
    """Rank correlation (Spearman) between the score that orders the list and the chance within the horizon."""
    return agreement_of(forecast.score(horizon), forecast.risk(horizon))


def agreement_of(score: NDArray[np.float64], risk: NDArray[np.float64]) -> float:
    """The same of (n,) scores and chances."""
    from scipy.stats import spearmanr

    if len(score) < 3 or np.ptp(score) == 0 or np.ptp(risk) == 0:
        return 1.0
    return float(spearmanr(score, risk).statistic)


def order_by_strength(names: Sequence[str], strength: NDArray[np.float64]) -> list[str]:
    """Names, strongest first."""
    return [names[place] for place in np.argsort(-strength, kind="stable")]
