"""The official recognition as a monitored household (监测对象): of any of the three kinds, or of one of them.

Who can be recognised as what follows the definitions: an exited household as `unstable`, one never registered as
`edge`, both as `sudden` (Central Rural Work Leading Group and others, 2021, no. 7); one that has not left poverty yet
is neither. A household that is monitored now cannot enter. A missing income excludes nobody.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Annotated, Literal

import numpy as np
from numpy.typing import NDArray
from pydantic import Field
from pydantic.dataclasses import dataclass

from relapse.core.errors import InputError
from relapse.core.facts import NO_MONTH
from relapse.core.panel import HOUSEHOLDS, Ints, Panel, PanelView
from relapse.core.periods import Calendar
from relapse.core.recipe import STRICT, PeriodText
from relapse.core.recognitions import RECOGNITIONS, monitored, told_by
from relapse.outcome.label.labels import Kind, Labels, first_entry

Category = Literal["unstable", "edge", "sudden"]
CATEGORIES: tuple[Category, ...] = ("unstable", "edge", "sudden")
_USUAL = 0.95  # share of the recognitions that must have become known for a month to count as complete


@dataclass(frozen=True, config=STRICT)
class Recognition:
    """The first official recognition after the origin.

    Args:
        category: one of the three kinds, or `any`.
        eligible: by kind, the types of household that can have it.
        begins: by kind, the first month in which there were such recognitions; earlier windows are censored.
        matures_after: months after which a month's recognitions count as complete; None: after as many as 95 of 100
            recognitions took to become known.
    """

    category: Literal["any", "unstable", "edge", "sudden"]
    eligible: Mapping[Category, tuple[str, ...]]
    begins: Mapping[Category, PeriodText]
    matures_after: Annotated[int, Field(ge=0)] | None

    @property
    def outcome(self) -> str:
        """`any` or the kind."""
        return self.category

    @property
    def kinds(self) -> tuple[Category, ...]:
        """The three kinds compete where any of them is forecast."""
        return CATEGORIES if self.category == "any" else ()

    def possible(self, known: PanelView, members: Ints) -> NDArray[np.bool_] | None:
        """(n, kinds) by the household's type, of the kinds that there were by the as_of; None for one kind."""
        if not self.kinds:
            return None
        types, whose = known.table(HOUSEHOLDS).newest, np.zeros((len(known.panel.household_ids), len(CATEGORIES)), bool)
        for number, kind in enumerate(CATEGORIES):
            whose[types.household[types.text("type").holds(*self.eligible[kind])], number] = True
        begun = np.array([Calendar("monthly").parse(self.begins[kind]) <= known.as_of for kind in CATEGORIES])
        mine = whose[members]
        return np.asarray(np.where((mine & begun).any(axis=1)[:, None], mine & begun, mine))

    @property
    def maturity(self) -> int:
        """Months after which a month's recognitions count as complete; told once the outcome was taken on a panel."""
        assert self.matures_after is not None, "the outcome must be taken on a panel first: `on`"
        return self.matures_after

    def first_window(self, panel: Panel) -> int:
        """The first month with such recognitions."""
        return max(panel.first, self._begin())

    def on(self, panel: Panel, before: int | None) -> Recognition:
        """The outcome with its maturity as measured.

        Raises:
            InputError: the panel has no recognitions, or is not monthly.
        """
        if not told_by(panel):
            raise InputError(
                f"'{panel.name}' has no table of recognitions: take label=below_line, or add the table recognitions "
                f"(household_id, category, recognised_at)"
            )
        if panel.calendar.frequency != "monthly":
            raise InputError(f"recognitions are counted by month; '{panel.name}' is {panel.calendar.frequency}")
        if self.matures_after is not None:
            return self
        table = panel.tables[RECOGNITIONS].first_told
        delays = (table.known - table.happened)[(table.happened != NO_MONTH) & ~table.withdrawn]
        usual = int(np.ceil(np.quantile(np.maximum(delays, 0), _USUAL))) if len(delays) else 0
        return Recognition(self.category, self.eligible, self.begins, usual)

    def kind_on(self, panel: Panel, horizons: Sequence[int]) -> Kind:
        """Always the first entry.

        Raises:
            InputError: a horizon is longer than the data.
        """
        span = panel.latest - panel.first
        if max(horizons) > span or min(horizons) < 1:
            told = f"'{panel.name}' has {span + 1} months"
            raise InputError(f"horizons={list(horizons)}: {told}; choose from 1 to {span}")
        return "first_entry"

    def leads(self, kind: Kind, horizons: Sequence[int]) -> Ints:
        """All leads up to the longest horizon."""
        return np.arange(1, max(horizons) + 1, dtype=np.int32)

    def at_risk(self, known: PanelView) -> NDArray[np.bool_]:
        """Who can be recognised: of a type that can, and not monitored at the as_of.

        Args:
            known: what was known by the end of the as_of.

        Returns:
            (len(known.observed),) in the order of `known.observed`.
        """
        types = known.table(HOUSEHOLDS).newest
        households = len(known.panel.household_ids)
        can = np.zeros(households, dtype=bool)
        can[types.household[types.text("type").holds(*self._types())]] = True
        can[monitored(known)] = False
        return can[known.observed]

    def labels(self, known: PanelView, members: Ints, origin: int, leads: Ints, kind: Kind, gap: int) -> Labels:
        """Labels of the members of one origin with what was known; see `Outcome.labels`.

        For one kind, a recognition of another kind ends the time at risk: the hazard is censored from the next lead on,
        and the kind in question did not come within the horizon.
        """
        longest = int(leads.max())
        came = self._first_after(known, members, origin)
        months = origin + 1 + np.arange(gap + longest)
        mine = came[self.category] if self.category != "any" else np.min(list(came.values()), axis=0)
        other = np.min([month for kind_, month in came.items() if kind_ != self.category], axis=0)
        state = (mine[:, None] == months).astype(np.float64)
        state[:, months > known.as_of - self.maturity] = np.nan
        state[:, months < self._begin()] = np.nan
        state[months[None, :] > _gone(known, members)[:, None]] = np.nan
        in_gap = np.minimum(mine, other) <= origin + gap
        state = np.where(in_gap[:, None], np.nan, state[:, gap:])
        event, within = first_entry(state)
        if self.category != "any":
            ended = other[:, None] < months[None, gap:]
            event = np.where(ended & (other < mine)[:, None], np.nan, event)
        closed = ~np.isnan(state[:, leads - 1]).all(axis=0)
        of_kind = None
        if self.kinds:
            first = np.stack([came[each] for each in self.kinds], axis=1).argmin(axis=1)
            of_kind = np.where(mine < _NEVER, first, -1).astype(np.int8)
        return Labels(leads, event[:, leads - 1], np.where(closed, within[:, leads - 1], np.nan), of_kind)

    def labels_with_line_held(
        self, known: PanelView, members: Ints, origin: int, leads: Ints, kind: Kind, gap: int
    ) -> Labels | None:
        """None: a committee decides, and nobody can tell what it had decided under another line."""
        return None

    def _types(self) -> tuple[str, ...]:
        kinds = CATEGORIES if self.category == "any" else (self.category,)
        return tuple({kind: None for each in kinds for kind in self.eligible[each]})

    def _begin(self) -> int:
        kinds = CATEGORIES if self.category == "any" else (self.category,)
        return min(Calendar("monthly").parse(self.begins[kind]) for kind in kinds)

    def _first_after(self, known: PanelView, members: Ints, origin: int) -> dict[Category, NDArray[np.int64]]:
        """(n,) by kind: the month of the first recognition after the origin, far ahead where there is none."""
        table = known.whole_table(RECOGNITIONS)
        place = np.full(len(known.panel.household_ids), -1, dtype=np.int64)
        place[members] = np.arange(len(members))
        first = {}
        for kind in CATEGORIES:
            months = np.full(len(members), _NEVER, dtype=np.int64)
            rows = table.text("category").holds(kind) & (table.happened > origin) & (place[table.household] >= 0)
            np.minimum.at(months, place[table.household[rows]], table.happened[rows])
            first[kind] = months
        return first


_NEVER = np.int64(10**6)


def _gone(known: PanelView, members: Ints) -> NDArray[np.int64]:
    """(n,) the last month in which each household was on the books: before the month in which it was taken off."""
    last = np.full(len(known.panel.household_ids), _NEVER, dtype=np.int64)
    ends = known.panel.tables[HOUSEHOLDS].ended(known.as_of)
    there = np.zeros(len(last), dtype=bool)
    there[known.table(HOUSEHOLDS).household] = True
    np.minimum.at(last, ends.household, ends.known.astype(np.int64) - 1)
    return np.where(there, _NEVER, last)[members]
