"""The official recognition as a monitored household (监测对象): of any of the three kinds, or of one of them.

Who can be recognised as what follows the definitions: an exited household as `unstable`, one never registered as
`edge`, both as `sudden` (Central Rural Work Leading Group and others, 2021, no. 7); one that has not left poverty yet
is neither. A household that is monitored now cannot enter. A missing income excludes nobody.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from typing import Annotated, Literal

import numpy as np
from numpy.typing import NDArray
from pydantic import Field
from pydantic.dataclasses import dataclass

from relapse.core.panel import HOUSEHOLDS, Ints, Panel, PanelView
from relapse.core.periods import Calendar
from relapse.core.recipe import STRICT, PeriodText
from relapse.core.recognitions import NEVER, RECOGNITIONS, monitored
from relapse.outcome.label.labels import Kind, Labels
from relapse.outcome.label.official import OfRegister, labelled, recognition_delay, require_register

Category = Literal["unstable", "edge", "sudden"]
CATEGORIES: tuple[Category, ...] = ("unstable", "edge", "sudden")


@dataclass(frozen=True, config=STRICT)
class Recognition(OfRegister):
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

    harmful = True

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

    def first_window(self, panel: Panel) -> int:
        """The first month with such recognitions."""
        return max(panel.first, self._begin())

    def on(self, panel: Panel, before: int | None) -> Recognition:
        """The outcome with its maturity as measured.

        Raises:
            InputError: the panel has no recognitions, or is not monthly.
        """
        require_register(panel)
        if self.matures_after is not None:
            return self
        return replace(self, matures_after=recognition_delay(panel))

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
        came = self._first_after(known, members, origin)
        mine = came[self.category] if self.category != "any" else np.min(list(came.values()), axis=0)
        others = [month for kind_, month in came.items() if self.category not in (kind_, "any")]
        never = np.full(len(members), NEVER, dtype=np.int64)
        labels = labelled(
            known, members, origin, leads, gap, mine=mine, other=np.min([never, *others], axis=0),
            told=np.ones(len(members), dtype=bool), begin=self._begin(), maturity=self.maturity,
        )  # fmt: skip
        if not self.kinds:
            return labels
        first = np.stack([came[each] for each in self.kinds], axis=1).argmin(axis=1)
        return replace(labels, kind=np.where(mine < NEVER, first, -1).astype(np.int8))

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
            months = np.full(len(members), NEVER, dtype=np.int64)
            rows = table.text("category").holds(kind) & (table.happened > origin) & (place[table.household] >= 0)
            np.minimum.at(months, place[table.household[rows]], table.happened[rows])
            first[kind] = months
        return first
