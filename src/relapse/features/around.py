"""What befell the other households of the village and the township lately: recognitions, events, illness, work away."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Annotated

import numpy as np
from pydantic import Field
from pydantic.dataclasses import dataclass

from relapse.core import told
from relapse.core.catalogue import Feature, FeatureTable, Sensitive, Unit
from relapse.core.facts import Category, Floats
from relapse.core.panel import HOUSEHOLDS, Histories, Ints, Level, Panel, PanelView
from relapse.core.projects import in_trouble
from relapse.core.recipe import STRICT, Count
from relapse.core.recognitions import RECOGNITIONS, recognised_lately
from relapse.core.tallies import Sums, counts_of, sums_of, tally, tally_of_each

LEVELS: tuple[Level, ...] = ("village", "township")
EVENTS, CLAIMS, WORK = "events", "claims", "work"


@dataclass(frozen=True, config=STRICT)
class Around:
    """Means over the other households of the village and the township, drawn to everybody's where there are few.

    Args:
        shrink_households: a place's mean is drawn to that of all others as if by so many more households.
        recognised_months, cost_months: so many months back recognitions and own medical cost count.
        event_months: the same for events.
        event_kinds: kinds of events that count; illness and disability are nobody's but the household's own.
        away: places of work that are away from home.
        worst_last, bad: states of projects, see `features.projects`.
    """

    shrink_households: Annotated[float, Field(ge=0)]
    recognised_months: Count
    cost_months: Count
    event_months: Count
    event_kinds: tuple[str, ...]
    away: tuple[str, ...]
    worst_last: tuple[str, ...]
    bad: tuple[str, ...]

    def table(self, known: Histories, leads: Ints) -> FeatureTable:
        """Features of the places of one unit.

        Args:
            known: histories of (n,) members as known at as_of.
            leads: not used.

        Returns:
            (n, features): means without the household's own value; NaN where the county tells nothing of it.
        """
        return self.table_among(known, leads, self.tally(known.view.everyone))

    def reach(self, panel: Panel) -> int:
        """Periods of everybody's history that the means are made of: none but the as_of's, in a county."""
        return 1 if HOUSEHOLDS in panel.tables else 0

    def tally(self, everyone: Histories) -> Sums:
        """Numbers and sums by place, over everyone observed.

        Args:
            everyone: histories of them.
        """
        if not told.has(everyone.view, HOUSEHOLDS):
            return {}
        made: dict[str, Floats] = {}
        for what, make in _MEASURES.items():
            values = make(self, everyone.view)[everyone.members]
            for level, home in _homes(everyone).items():
                made[f"{level}.{what}"] = tally(home.codes, len(home.levels), values)
        return made

    def table_among(self, known: Histories, leads: Ints, sums: Sums) -> FeatureTable:
        """The same features, of a part of the households.

        Args:
            known: histories of (n,) members as known at as_of.
            leads: not used.
            sums: of everyone, see `tally`.
        """
        if not told.has(known.view, HOUSEHOLDS):
            return FeatureTable.of([], len(known.members))
        line, columns = told.newest_line(known), list[tuple[Feature, Floats]]()
        homes, own = _homes(known), {what: make(self, known.view)[known.members] for what, make in _MEASURES.items()}
        for level in LEVELS:
            for what, values in own.items():
                mean = np.full(len(known.members), np.nan)
                if level in homes:
                    mean = others_mean(sums[f"{level}.{what}"], homes[level].codes, values, self.shrink_households)
                columns.append((_ENTRIES[level, what], told.over(mean, line) if what == "own_cost" else mean))
        return FeatureTable.of(columns, len(known.members))

    def recognised(self, view: PanelView) -> Floats:
        """(households,) 1 recognised lately."""
        if not told.has(view, RECOGNITIONS):
            return _untold(view)
        return recognised_lately(view, self.recognised_months).astype(np.float64)

    def events(self, view: PanelView) -> Floats:
        """(households,) events lately."""
        if not told.has(view, EVENTS):
            return _untold(view)
        events = view.table(EVENTS)
        recent = told.past(events, view.as_of) & (events.happened > view.as_of - self.event_months)
        recent &= told.kinds(events, "kind", *self.event_kinds)
        return told.counts(events, recent, len(view.panel.household_ids))

    def own_cost(self, view: PanelView) -> Floats:
        """(households,) yuan of own medical cost per person lately."""
        if not told.has(view, CLAIMS, "own_cost"):
            return _untold(view)
        claims, homes, count = view.table(CLAIMS), view.table(HOUSEHOLDS), len(view.panel.household_ids)
        recent = told.past(claims, view.as_of) & (claims.happened > view.as_of - self.cost_months)
        size = told.of_subjects(homes, told.filled(homes, "size"), count)
        return told.over(told.sums(claims, recent, count, claims.number("own_cost")), size)

    def working_away(self, view: PanelView) -> Floats:
        """(households,) 1 where somebody works away."""
        if not told.has(view, WORK):
            return _untold(view)
        work = view.table(WORK)
        runs = told.past(work, view.as_of) & ~(told.month(work, "to") < view.as_of)
        return np.minimum(told.counts(work, runs & told.kinds(work, "place", *self.away), len(_untold(view))), 1)

    def projects(self, view: PanelView) -> Floats:
        """(households,) 1 where a project of theirs is in trouble."""
        return in_trouble(view, self.worst_last, self.bad)


def _untold(view: PanelView) -> Floats:
    return np.full(len(view.panel.household_ids), np.nan)


def _homes(known: Histories) -> dict[Level, Category]:
    """Where each member lives, by the levels that the county tells."""
    told_of = {level: known.home(level) for level in LEVELS}
    return {level: home for level, home in told_of.items() if home is not None}


def others_mean(sums: Floats, mine: Ints, own: Floats, shrink: float) -> Floats:
    """Means of the other households of a place, drawn to the mean of all others.

    Args:
        sums: (3, places) of everybody, see `core.tallies.tally`.
        mine: (n,) place of each, -1 unknown.
        own: (n,) its own value, which counts in the sums where it and the place are known.
        shrink: households' worth of the mean of all others.

    Returns:
        (n,): (sum of the others there + shrink * mean of all others) / (number of the others there + shrink); NaN
        where the household's place is not known or there is nobody else.

    Example:
        >>> values, where = np.array([1.0, 0.0, 1.0, 0.0]), np.array([0, 0, 0, 1])
        >>> others_mean(tally(where, 2, values), where[:2], values[:2], 0.0)
        array([0.5, 1. ])
    """
    itself = tally_of_each(mine >= 0, own)
    there, everybody = sums[:, np.maximum(mine, 0)] - itself, sums.sum(axis=1)[:, None] - itself
    mean = told.over(sums_of(everybody), counts_of(everybody))
    drawn = told.over(sums_of(there) + shrink * np.nan_to_num(mean), counts_of(there) + shrink)
    return np.where((mine >= 0) & (counts_of(everybody) > 0), drawn, np.nan)


_WORDS: tuple[tuple[str, Unit, str, str, Sensitive], ...] = (
    ("recognised", "share", "recognised_share_12m", "share of the {}'s other households recognised lately", ""),
    ("events", "count", "events_pp_household_3m", "events lately per other household of the {}", ""),
    (
        "own_cost",
        "share",
        "own_cost_share_12m",
        "own medical cost per person of the {}'s others over the line",
        "health",
    ),
    ("working_away", "share", "away_share", "share of the {}'s other households with somebody working away", ""),
    ("projects", "share", "project_trouble_share", "share of the {}'s other households with a project in trouble", ""),
)
_MEASURES: Mapping[str, Callable[[Around, PanelView], Floats]] = {
    "recognised": Around.recognised,
    "events": Around.events,
    "own_cost": Around.own_cost,
    "working_away": Around.working_away,
    "projects": Around.projects,
}
_ENTRIES = {
    (level, what): Feature(f"around__{level}_{name}", unit, meaning.format(level), "place", sensitive=kind)
    for level in LEVELS
    for what, unit, name, meaning, kind in _WORDS
}
