"""The removal of risk of a monitored household, under policy as it is.

What is estimated is the chance of a removal under present practice: with the visits, the help and the committees that
there are. It tells nothing of what a household would do without help, since measures do not end with a forecast.
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
from relapse.core.recipe import STRICT, PeriodText
from relapse.core.recognitions import NEVER, monitored, spells
from relapse.outcome.label.labels import Kind, Labels
from relapse.outcome.label.official import OfRegister, labelled, removal_delay, require_removals


@dataclass(frozen=True, config=STRICT)
class Removal(OfRegister):
    """The removal of risk that ends the time for which a household is monitored at the origin.

    Of a household that is recognised twice at once, the one that ends it; of one that is monitored again later, the
    first one after the origin.

    Args:
        begins: the first month in which there were recognitions; earlier windows are censored.
        matures_after: months after which a month's removals count as complete; None: after as many as 95 of 100 took to
            become known.
    """

    begins: PeriodText
    matures_after: Annotated[int, Field(ge=0)] | None

    outcome = "removal"
    harmful = False

    def first_window(self, panel: Panel) -> int:
        """The first month with recognitions."""
        return max(panel.first, self._begin)

    def on(self, panel: Panel, before: int | None) -> Removal:
        """The outcome with its maturity as measured.

        Raises:
            InputError: the panel has no recognitions, does not tell when risks were removed, or is not monthly.
        """
        require_removals(panel)
        return self if self.matures_after is not None else replace(self, matures_after=removal_delay(panel))

    def at_risk(self, known: PanelView) -> NDArray[np.bool_]:
        """Who is monitored at the as_of.

        Args:
            known: what was known by the end of the as_of.

        Returns:
            (len(known.observed),) in the order of `known.observed`.
        """
        return np.isin(known.observed, monitored(known))

    def labels(self, known: PanelView, members: Ints, origin: int, leads: Ints, kind: Kind, gap: int) -> Labels:
        """Labels of the members of one origin with what was known; see `Outcome.labels`.

        Who turned out not to be monitored at the origin (its recognition was withdrawn, or its risk had been removed
        before) is censored.
        """
        told, never = spells(known), np.full(len(members), NEVER, dtype=np.int64)
        place = told.place_in(origin, len(known.panel.household_ids))[members]
        mine = np.append(told.ends, NEVER)[place]
        return labelled(
            known, members, origin, leads, gap, mine=mine, other=never, told=place >= 0, begin=self._begin,
            maturity=self.maturity,
        )  # fmt: skip

    @property
    def _begin(self) -> int:
        return Calendar("monthly").parse(self.begins)
