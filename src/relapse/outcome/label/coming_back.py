"""The return of a household whose risk was removed: a new recognition soon after, under policy as it is.

What is estimated is the chance under present practice: policies go on after a removal (measures do not end with it),
and so do the visits.
"""

from __future__ import annotations

from dataclasses import replace
from typing import Annotated

import numpy as np
from numpy.typing import NDArray
from pydantic import Field
from pydantic.dataclasses import dataclass

from relapse.core.panel import Ints, Panel, PanelView
from relapse.core.periods import Calendar
from relapse.core.recipe import STRICT, Count, PeriodText
from relapse.core.recognitions import NEVER, monitored, spells
from relapse.outcome.label.labels import Kind, Labels
from relapse.outcome.label.official import OfRegister, labelled, recognition_delay, require_removals


@dataclass(frozen=True, config=STRICT)
class Return(OfRegister):
    """A new recognition within so many months of the removal of risk.

    Months after the last of them are not asked: labels are censored there, hazard and window alike. So the chance
    within a horizon is learned from, and measured on, households whose whole horizon lies inside those months; for
    another one it goes on at the hazard of the months that are asked, and nothing tests that.

    Args:
        within_months: months after the removal that are asked; a household is at risk while one of them lies ahead.
        reopening_counts: whether a removal that is taken back is a return as well; else it ends the time at risk, and
            no return came.
        begins: the first month in which there were recognitions; earlier windows are censored.
        matures_after: months after which a month's recognitions count as complete; None: after as many as 95 of 100
            took to become known.
    """

    within_months: Count
    reopening_counts: bool
    begins: PeriodText
    matures_after: Annotated[int, Field(ge=0)] | None

    outcome = "return"
    harmful = True

    def first_window(self, panel: Panel) -> int:
        """The first month with recognitions."""
        return max(panel.first, self._begin)

    def on(self, panel: Panel, before: int | None) -> Return:
        """The outcome with its maturity as measured.

        Raises:
            InputError: the panel has no recognitions, does not tell when risks were removed, or is not monthly.
        """
        require_removals(panel)
        return self if self.matures_after is not None else replace(self, matures_after=recognition_delay(panel))

    def at_risk(self, known: PanelView) -> NDArray[np.bool_]:
        """Whose risk was removed lately, and who is not monitored at the as_of.

        Args:
            known: what was known by the end of the as_of.

        Returns:
            (len(known.observed),) in the order of `known.observed`.
        """
        since = known.as_of - self._removed(known)
        return np.asarray((since < self.within_months)[known.observed] & ~np.isin(known.observed, monitored(known)))

    def labels(self, known: PanelView, members: Ints, origin: int, leads: Ints, kind: Kind, gap: int) -> Labels:
        """Labels of the members of one origin with what was known; see `Outcome.labels`.

        What is asked is counted from the removal as it was known at the origin, as a forecast counts it. Who turned out
        to be monitored at the origin is censored.
        """
        households, told = len(known.panel.household_ids), spells(known)
        came, back = (told.first_begin(origin, households, reopened)[members] for reopened in (False, True))
        if self.reopening_counts:
            came, back = np.minimum(came, back), np.full(len(members), NEVER, dtype=np.int64)
        last = self._removed(known.earlier(origin))[members] + self.within_months
        months = origin + 1 + np.arange(gap + int(leads.max()))
        free = told.place_in(origin, households)[members] < 0
        asked = free[:, None] & (months <= last[:, None])
        made = labelled(
            known, members, origin, leads, gap, mine=np.where(back < came, NEVER, came), other=back, told=asked,
            begin=self._begin, maturity=self.maturity,
        )  # fmt: skip
        # an early return alone would count those who came back and leave out the others
        return replace(made, within=np.where(asked[:, gap + leads - 1], made.within, np.nan))

    @property
    def _begin(self) -> int:
        return Calendar("monthly").parse(self.begins)

    def _removed(self, known: PanelView) -> NDArray[np.int64]:
        """(households,) month of the newest removal, long ago where there is none."""
        removed = spells(known).last_removed(known.as_of, len(known.panel.household_ids))
        return np.where(removed < 0, -NEVER, removed)
