"""What the visits of issued lists really found, by township and against the rule that offices use today."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from relapse.core.panel import Panel
from relapse.core.ranking import rank
from relapse.core.supplement import Came, Figure
from relapse.evaluation.small_cells import LEAST_COUNT, LEAST_ROWS
from relapse.flows.past_lists import ALL, BASE, Cohort, closed, cohorts_of, figure_of
from relapse.flows.version import Version

VISIT = "visit"
MONTHS = 12  # our choice: lists of the last year say how it goes; older ones were often another version's
_RULE, _TOWNSHIP = "rule", "township"


def visit_cohorts(
    panel: Panel, version: Version, issued: pd.DataFrame, as_of: int, horizons: Sequence[int]
) -> list[Cohort]:
    """Everyone at risk when each list of the last year was made, with whom the rule had sent and who lives where.

    Args:
        panel: of the county.
        version: says what is forecast, and settles ties.
        issued: rows of past lists, with `month` (YYYY-MM), `household_id` and `tier`.
        as_of: nothing that became known later is used.
        horizons: months ahead.
    """
    visits = issued[issued["tier"] == VISIT]
    by_month = {panel.calendar.parse(str(month)): rows for month, rows in visits.groupby("month", sort=True)}
    lately = {month: rows[["household_id"]] for month, rows in by_month.items() if as_of - MONTHS <= month < as_of}
    cohorts = cohorts_of(panel, version, lately, as_of, horizons)
    return [_with_groups(panel, version, each) for each in cohorts]


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


def by_township(cohorts: Sequence[Cohort], horizons: Sequence[int], base_horizon: int) -> pd.DataFrame:
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


def _with_groups(panel: Panel, version: Version, cohort: Cohort) -> Cohort:
    """With those whom the rule would have sent in the same month, as many as were to visit, and all by township."""
    known = panel.as_of(cohort.origin).histories(cohort.members, lags=panel.max_age + 1)
    distance = known.newest(known.log_ratio)
    place = rank(-distance, distance, panel.household_ids[cohort.members], version.facts.seed)
    home = known.home("township")
    names = np.full(len(distance), "", dtype=object) if home is None else home.texts()
    groups: dict[tuple[str, str], NDArray[np.bool_]] = dict(cohort.groups)
    groups[_RULE, ""] = place <= cohort.groups[ALL, ""].sum()
    groups |= {(_TOWNSHIP, str(name)): names == name for name in pd.unique(names)}
    return replace(cohort, groups=groups)


def _counts(cohorts: Sequence[Cohort], group: str, place: int) -> tuple[pd.Series, pd.Series]:
    """By township, rows of a group whose window has closed, and to how many of them it came."""
    rows: dict[str, int] = {}
    hits: dict[str, int] = {}
    for cohort in cohorts:
        within = cohort.within[:, place]
        asked = cohort.groups[group, ""] & ~np.isnan(within)
        for (kind, name), mask in cohort.groups.items():
            if kind == _TOWNSHIP:
                rows[name] = rows.get(name, 0) + int((mask & asked).sum())
                hits[name] = hits.get(name, 0) + int(np.nansum(within[mask & asked]))
    return pd.Series(rows, dtype=np.int64), pd.Series(hits, dtype=np.int64)


def _told(figure: Sequence[float], rows: int, hits: int) -> Figure | None:
    rate, low, high = figure
    return None if _small(rows, hits) else (rate, low, high)


def _small(rows: int, hits: int) -> bool:
    """Whether a share may not be told: of fewer than twenty, or by one to four on either side."""
    return rows < LEAST_ROWS or 0 < hits < LEAST_COUNT or 0 < rows - hits < LEAST_COUNT
