"""What issued lists came to so far: of the households on them, and of all that were at risk, to how many it came."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import cast

import numpy as np
import pandas as pd

from relapse.core.facts import Floats
from relapse.core.instantiate import instantiate
from relapse.core.panel import Panel
from relapse.core.parts import Numbered
from relapse.core.rows import Ints
from relapse.evaluation.intervals import NONE_CAME, interval, resample
from relapse.flows.version import Version
from relapse.outcome.label.labels import Outcome

BASE, ALL, TIER, SOURCE = "base", "all", "tier", "source"
COLUMNS = ("horizon", "group", "value", "lists", "n", "hits", "rate", "low", "high")
_DRAWS = 400


@dataclass(frozen=True, eq=False)
class Cohort:
    """Everyone at risk when one list was made, and who of them was on it.

    Args:
        origin: month of the list.
        members: (n,) places of the households.
        village: (n,) number of the household's village, or of the household where villages are not known.
        groups: by group and value, (n,) whether the household belongs to it.
        within: (n, horizons) 1 where the outcome came, 0 where not, NaN where that window is not closed.
    """

    origin: int
    members: Ints
    village: Ints
    groups: Mapping[tuple[str, str], np.ndarray]
    within: Floats


def what_came(
    parts: Numbered, version: Version, lists: Mapping[int, pd.DataFrame], as_of: int, horizons: Sequence[int]
) -> pd.DataFrame:
    """Hits of past lists by tier and source against all households at risk, as known at an as_of.

    A list counts at a horizon once that window has closed and its late reports count as complete; a household that was
    on several lists counts on each. Intervals of 90 % resample villages and months together.

    Args:
        parts: of the county, or a whole panel.
        version: says what is forecast.
        lists: by month, `household_id`, `tier` and, where it is told, `source` of every row.
        as_of: nothing that became known later is used.
        horizons: months ahead.

    Returns:
        `COLUMNS`: `group` is base, all, tier or source; `lists` counts those that are closed. No row where none is.
    """
    cohorts = cohorts_of(parts, version, lists, as_of, horizons)
    rows = [
        row
        for place, horizon in enumerate(horizons)
        for row in _pooled([each for each in cohorts if closed(each, place)], place, horizon)
    ]
    return pd.DataFrame(rows, columns=list(COLUMNS))


def cohorts_of(
    parts: Numbered, version: Version, lists: Mapping[int, pd.DataFrame], as_of: int, horizons: Sequence[int]
) -> list[Cohort]:
    """Everyone at risk at the month of each list, and to whom the outcome came; see `what_came`."""
    outcome = cast("Outcome", instantiate(version.recipe["label"]))
    gap = int(version.recipe["split"]["gap"])
    first = parts.part(0).first
    return [
        _joined([_cohort(*part, outcome, version, listed, origin, as_of, horizons, gap) for part in parts.parts()])
        for origin, listed in sorted(lists.items())
        if first <= origin < as_of
    ]


def _joined(parts: Sequence[Cohort]) -> Cohort:
    """Cohorts of all parts of a county as one, in the order of the whole panel."""
    if len(parts) == 1:
        return parts[0]
    order = np.argsort(np.concatenate([each.members for each in parts]), kind="stable")
    groups = {key: np.concatenate([each.groups[key] for each in parts])[order] for key in parts[0].groups}
    members, village, within = (
        np.concatenate([getattr(each, name) for each in parts])[order] for name in ("members", "village", "within")
    )
    return Cohort(parts[0].origin, members, village, groups, within)


def _cohort(
    places: Ints,
    panel: Panel,
    outcome: Outcome,
    version: Version,
    listed: pd.DataFrame,
    origin: int,
    as_of: int,
    horizons: Sequence[int],
    gap: int,
) -> Cohort:
    then = panel.as_of(origin)
    members = then.observed[outcome.at_risk(then)]
    leads = np.arange(1, max(horizons) + 1, dtype=np.int32)
    labels = outcome.labels(panel.as_of(as_of), members, origin, leads, version.facts.kind, gap)
    ids = panel.household_ids[members].astype(str)
    groups = {(BASE, ""): np.ones(len(members), dtype=bool)}
    groups[ALL, ""] = np.isin(ids, listed["household_id"].astype(str))
    for group in (TIER, SOURCE):
        if group in listed:
            for value, some in listed.groupby(group, sort=True)["household_id"]:
                groups[group, str(value)] = np.isin(ids, some.astype(str))
    home = then.histories(members, lags=panel.max_age + 1).home("village")
    village = places[members] if home is None else np.asarray(home.codes)
    return Cohort(origin, places[members], village, groups, labels.within[:, np.asarray(horizons) - 1])


def closed(cohort: Cohort, place: int) -> bool:
    """Whether the window of a horizon, by its place, has closed."""
    return not bool(np.isnan(cohort.within[:, place]).all())


def _pooled(cohorts: Sequence[Cohort], place: int, horizon: int) -> list[tuple[object, ...]]:
    keys = sorted({key for cohort in cohorts for key in cohort.groups}, key=place_of)
    return [(horizon, *key, *figure_of(cohorts, key, place)) for key in keys]


def figure_of(cohorts: Sequence[Cohort], key: tuple[str, str], place: int) -> tuple[int, int, int, float, float, float]:
    """Lists, rows, hits, rate and its interval of one group.

    Where nothing came every draw is empty too, and the upper end is that of as many households, each counted once:
    the same one a month later is no new evidence.
    """
    origin, village, hit, member = [], [], [], []
    for cohort in cohorts:
        mine = cohort.groups.get(key, np.zeros(len(cohort.village), dtype=bool)) & ~np.isnan(cohort.within[:, place])
        origin.append(np.full(int(mine.sum()), cohort.origin, dtype=np.int32))
        village.append(cohort.village[mine])
        hit.append(cohort.within[mine, place])
        member.append(cohort.members[mine])
    hits = np.concatenate(hit)
    rate = float(hits.mean()) if len(hits) else np.nan
    if len(hits) and not hits.any():
        return len(cohorts), len(hits), 0, 0.0, 0.0, min(NONE_CAME / len(np.unique(np.concatenate(member))), 1.0)
    low, high = _interval(np.concatenate(village), np.concatenate(origin), hits, rate, place)
    return len(cohorts), len(hits), int(hits.sum()), rate, low, high


def _interval(village: Ints, origin: Ints, hits: Floats, rate: float, seed: int) -> tuple[float, float]:
    if not len(hits):
        return np.nan, np.nan
    cells, cell = np.unique(np.stack([village, origin]), axis=1, return_inverse=True)
    drawn = resample(cells[0], cells[1], 1, _DRAWS, np.random.default_rng(seed))
    weights = drawn.cluster[np.unique(cells[0], return_inverse=True)[1]].astype(float)
    weights *= drawn.block[np.unique(cells[1], return_inverse=True)[1]]
    count, sums = np.bincount(cell.ravel()), np.bincount(cell.ravel(), weights=hits)
    with np.errstate(invalid="ignore"):
        rates = (sums @ weights) / (count @ weights)
    return interval(rate, rates, (0.0, 1.0))


def place_of(key: tuple[str, str]) -> tuple[int, int, str]:
    """Where a group stands: tiers and sources in the order of a list, others after them."""
    group, value = key
    return _ORDER.index(group), _VALUES.index(value) if value in _VALUES else len(_VALUES), value


_ORDER = (BASE, ALL, TIER, SOURCE)
_VALUES = ("visit", "next", "phone", "random", "beyond", "rule", "both", "model")
