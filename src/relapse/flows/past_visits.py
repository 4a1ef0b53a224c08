"""What the visits of issued lists really found, by township and against the rule that offices use today."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from relapse.core.facts import Floats, Ints
from relapse.core.panel import Panel
from relapse.core.parts import Parts, Whole
from relapse.core.ranking import rank
from relapse.core.supplement import Came, Figure
from relapse.evaluation.small_cells import LEAST_COUNT, LEAST_ROWS
from relapse.flows.past_lists import ALL, BASE, Cohort, closed, cohorts_of, figure_of
from relapse.flows.version import Version

VISIT = "visit"
MONTHS = 12  # our choice: lists of the last year say how it goes; older ones were often another version's
_RULE, _TOWNSHIP = "rule", "township"


@dataclass(frozen=True, eq=False)
class VisitCohort(Cohort):
    """A cohort of visits, with where its households lived then.

    Args:
        township: (n,) names, empty where not told.
    """

    township: NDArray[np.object_]


def visit_cohorts(
    parts: Parts, version: Version, issued: pd.DataFrame, as_of: int, horizons: Sequence[int]
) -> list[VisitCohort]:
    """Everyone at risk when each list of the last year was made, with whom the rule had sent and who lives where.

    Args:
        parts: of the county.
        version: says what is forecast, and settles ties.
        issued: rows of past lists, with `month` (YYYY-MM), `household_id` and `tier`.
        as_of: nothing that became known later is used.
        horizons: months ahead.
    """
    visits, made = issued[issued["tier"] == VISIT], dict[int, list[_Seen]]()
    if not len(visits):
        return []
    for places, panel in parts.parts():
        by_month = {panel.calendar.parse(str(month)): rows for month, rows in visits.groupby("month", sort=True)}
        lately = {month: rows[["household_id"]] for month, rows in by_month.items() if as_of - MONTHS <= month < as_of}
        for cohort in cohorts_of(Whole(panel), version, lately, as_of, horizons):
            made.setdefault(cohort.origin, []).append(_seen(panel, places, cohort))
    return [_together(seen, version) for _, seen in sorted(made.items())]


def came_of(panel: Panel, cohorts: Sequence[Cohort], horizons: Sequence[int]) -> tuple[Came, ...]:
    """By horizon, what visits found and what as many by the rule had found; small counts are not told.

    Args:
        panel: of the county.
        cohorts: of `visit_cohorts`.
        horizons: in their order.
    """
    told = []
    for place, horizon in enumerate(horizons):
        full = [each for each in cohorts if closed(each, place)]
        if full:
            _, visits, hits, *figure = figure_of(full, (ALL, ""), place)
            _, rule_visits, rule_hits, *rule_figure = figure_of(full, (_RULE, ""), place)
            _, base, base_hits, base_rate, *_ = figure_of(full, (BASE, ""), place)
            months = tuple(panel.calendar.label(each.origin) for each in full)
            told.append(
                Came(
                    horizon, months, visits, hits, _told(figure, visits, hits), rule_hits,
                    _told(rule_figure, rule_visits, rule_hits), None if _small(base, base_hits) else base_rate,
                )
            )  # fmt: skip
    return tuple(told)


def by_township(cohorts: Sequence[VisitCohort], horizons: Sequence[int], base_horizon: int) -> pd.DataFrame:
    """By township, visits and hits of the lists whose window has closed, and all at risk with theirs.

    Args:
        cohorts: of `visit_cohorts`.
        horizons: in their order.
        base_horizon: one of them: that of the base rate.

    Returns:
        Index township; `visits_<h>`, `hits_<h>`, `base`, `base_hits`, all whole numbers.
    """
    columns: dict[str, pd.Series] = {}
    for place, horizon in enumerate(horizons):
        full = [each for each in cohorts if closed(each, place)]
        columns[f"visits_{horizon}"], columns[f"hits_{horizon}"] = _counts(full, ALL, place)
        if horizon == base_horizon:
            columns["base"], columns["base_hits"] = _counts(full, BASE, place)
    return pd.DataFrame(columns).fillna(0).astype(np.int64).rename_axis(_TOWNSHIP)


@dataclass(frozen=True, eq=False)
class _Seen:
    """A cohort of one part: (n,) each; its members are places in the whole panel."""

    cohort: Cohort
    ids: NDArray[np.object_]
    distance: Floats
    township: NDArray[np.object_]


def _seen(panel: Panel, places: Ints, cohort: Cohort) -> _Seen:
    """A part's cohort with what orders and places its households."""
    known = panel.as_of(cohort.origin).histories(cohort.members, lags=panel.max_age + 1)
    home, members = known.home("township"), places[cohort.members]
    names = np.full(len(members), "", dtype=object) if home is None else home.texts()
    village = members if known.home("village") is None else cohort.village
    mine = replace(cohort, members=members, village=village)
    return _Seen(mine, panel.household_ids[cohort.members], known.newest(known.log_ratio), names)


def _together(parts: Sequence[_Seen], version: Version) -> VisitCohort:
    """A cohort of the whole county, with those whom the rule would have sent in its month, as many as were to visit."""
    cohorts = [each.cohort for each in parts]
    order = np.argsort(np.concatenate([each.members for each in cohorts]), kind="stable")
    members, village, within = (
        np.concatenate([getattr(each, name) for each in cohorts])[order] for name in ("members", "village", "within")
    )
    ids, distance, township = (
        np.concatenate([getattr(each, name) for each in parts])[order] for name in ("ids", "distance", "township")
    )
    groups: dict[tuple[str, str], NDArray[np.bool_]] = {
        key: np.concatenate([each.groups[key] for each in cohorts])[order] for key in cohorts[0].groups
    }
    place = rank(-distance, distance, ids, version.facts.seed)
    groups[_RULE, ""] = place <= groups[ALL, ""].sum()
    return VisitCohort(cohorts[0].origin, members, village, groups, within, township)


def _counts(cohorts: Sequence[VisitCohort], group: str, place: int) -> tuple[pd.Series, pd.Series]:
    """By township, rows of a group whose window has closed, and to how many of them it came."""
    told = [pd.DataFrame({"township": [], "hits": []})]
    for cohort in cohorts:
        within = cohort.within[:, place]
        asked = cohort.groups[group, ""] & ~np.isnan(within)
        told.append(pd.DataFrame({"township": cohort.township[asked], "hits": within[asked]}))
    hits = pd.concat(told).groupby("township")["hits"]
    return hits.size().astype(np.int64), hits.sum().astype(np.int64)


def _told(figure: Sequence[float], rows: int, hits: int) -> Figure | None:
    rate, low, high = figure
    return None if _small(rows, hits) else (rate, low, high)


def _small(rows: int, hits: int) -> bool:
    """Whether a share may not be told: of fewer than twenty, or by one to four on either side."""
    return rows < LEAST_ROWS or 0 < hits < LEAST_COUNT or 0 < rows - hits < LEAST_COUNT
