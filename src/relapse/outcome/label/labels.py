"""What every outcome gives: labels of the households at risk at an origin, by lead."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Literal, Protocol

import numpy as np
from numpy.typing import NDArray

from relapse.core.panel import Floats, Ints, Panel, PanelView

Kind = Literal["first_entry", "at_horizon"]
BELOW_LINE = "below_line"  # the outcome that every panel tells; the others are official recognitions


@dataclass(frozen=True, eq=False)
class Labels:
    """Labels of one unit.

    Args:
        leads: (leads,) periods ahead.
        event: (n, leads): 1 where the event came at that lead, 0 where the household was still at risk and it did
            not, NaN where censored or no longer at risk. Under `at_horizon` the same as `within`.
        within: (n, leads): 1 where the outcome came up to that lead (first entry) or holds at it (at horizon), 0 where
            not, NaN where censored or where that window has not closed, or nothing of its last period is known yet (an
            early event alone would count the fallen and leave out the others).
        kind: (n,) number of the kind of each household's first entry, -1 where none is known; None where there is one
            kind.
    """

    leads: Ints
    event: Floats
    within: Floats
    kind: NDArray[np.int8] | None = None


class Outcome(Protocol):
    """What is forecast: who is at risk of it, and what came of it."""

    @property
    def outcome(self) -> str:
        """`below_line`, `any`, `unstable`, `edge`, `sudden`, `removal` or `return`."""
        ...

    @property
    def harmful(self) -> bool:
        """Whether what makes a household poorer makes it likelier; of a removal of risk it does the opposite."""
        ...

    @property
    def maturity(self) -> int:
        """Periods after which a window's late labels count as complete; younger ones are censored."""
        ...

    @property
    def kinds(self) -> tuple[str, ...]:
        """Kinds that an entry can be of, which add up to it; empty where there is one."""
        ...

    def possible(self, known: PanelView, members: Ints) -> NDArray[np.bool_] | None:
        """(n, kinds) which kinds each member can have, as known at the as_of; None where there is one kind."""
        ...

    def first_window(self, panel: Panel) -> int:
        """The first period in which it can come."""
        ...

    def on(self, panel: Panel, before: int | None) -> Outcome:
        """The outcome as it is forecast on a panel.

        Args:
            panel: that is forecast.
            before: the period before which a regime cut trains, None without one.

        Raises:
            InputError: the panel does not tell this outcome.
        """
        ...

    def kind_on(self, panel: Panel, horizons: Sequence[int]) -> Kind:
        """Which kind of label the panel gets.

        Raises:
            InputError: nobody is observed at one of the horizons.
        """
        ...

    def leads(self, kind: Kind, horizons: Sequence[int]) -> Ints:
        """Leads that are modelled."""
        ...

    def at_risk(self, known: PanelView) -> NDArray[np.bool_]:
        """(len(known.observed),) which of the observed households can have the outcome."""
        ...

    def labels(self, known: PanelView, members: Ints, origin: int, leads: Ints, kind: Kind, gap: int) -> Labels:
        """Labels of the members of one origin with what was known.

        Args:
            known: the view that may be looked at; leads that end after its as_of, less the maturity, are censored.
            members: (n,) households at risk at the origin.
            origin: period of the forecast.
            leads: (leads,) periods ahead.
            kind: see `Labels`.
            gap: periods between the origin and the first lead; who has the outcome inside it is censored.
        """
        ...

    def labels_with_line_held(
        self, known: PanelView, members: Ints, origin: int, leads: Ints, kind: Kind, gap: int
    ) -> Labels | None:
        """The same with the line that held at the origin, where a policy's line decides the outcome; else None.

        A rise of that line makes households enter without any change of their own.
        """
        ...


def first_entry(state: Floats) -> tuple[Floats, Floats]:
    """Labels of a first entry from the states by lead.

    Args:
        state: (n, leads) 1 where the outcome holds in that period, 0 where not, NaN where unknown.

    Returns:
        (n, leads) hazard labels and cumulative labels, both censored from the first unknown state on.
    """
    clear = np.cumprod(state == 0, axis=1).astype(bool)  # known to be without it up to and including this lead
    clear_before = np.hstack([np.ones((len(state), 1), dtype=bool), clear[:, :-1]])
    event = np.where(clear_before & ~np.isnan(state), state, np.nan)
    fell = np.maximum.accumulate(np.nan_to_num(event) == 1, axis=1)
    within = np.where(fell, 1.0, np.where(clear, 0.0, np.nan))
    return event, within
