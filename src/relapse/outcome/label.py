"""What is to be forecast: the first fall below the line by lead, or the state at a horizon.

A label takes a view too: `known` at training time is the view of the training's as_of, so a label counts only what had
happened and was known then. What lies after a lead changes nothing at that lead.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass as plain_dataclass
from typing import Annotated, Literal

import numpy as np
from numpy.typing import NDArray
from pydantic import Field
from pydantic.dataclasses import dataclass

from relapse.core.errors import InputError
from relapse.core.panel import Floats, Ints, Panel, PanelView, window_sums
from relapse.core.recipe import STRICT, Share

Kind = Literal["first_entry", "at_horizon"]


@plain_dataclass(frozen=True, eq=False)
class Labels:
    """Labels of one unit.

    Args:
        leads: (leads,) periods ahead.
        event: (n, leads): 1 where the event came at that lead, 0 where the household was still at risk and it did
            not, NaN where censored or no longer at risk. Under `at_horizon` the same as `within`.
        within: (n, leads): 1 where the outcome came up to that lead (first entry) or holds at it (at horizon), 0 where
            not, NaN where censored or where that window has not closed, or nothing of its last period is known yet (an
            early event alone would count the fallen and leave out the others).
    """

    leads: Ints
    event: Floats
    within: Floats


@dataclass(frozen=True, config=STRICT)
class FallBelowLine:
    """The fall below the line as an outcome.

    Args:
        kind: `first_entry`, `at_horizon`, or `auto`: first_entry where the periods inside the windows are observed.
        complete_share: `auto` takes first_entry where at least this share of the windows that end in a known state
            have all their periods known.
        maturity: periods after which a window's late labels count as complete; younger ones are censored.
    """

    kind: Literal["auto", "first_entry", "at_horizon"]
    complete_share: Share
    maturity: Annotated[int, Field(ge=0)]

    outcome = "below_line"

    def kind_on(self, panel: Panel, horizons: Sequence[int]) -> Kind:
        """Which kind of label this panel gets, and whether its horizons exist.

        Raises:
            InputError: nobody is observed at one of the horizons; names those there are.
        """
        seen = _seen(panel)
        missing = [horizon for horizon in horizons if not (seen(horizon) if horizon >= 1 else np.array([False])).any()]
        if missing:
            span = panel.last - panel.first
            there = [lag for lag in range(1, min(span, 60) + 1) if seen(lag).any()]
            raise InputError(
                f"horizons={missing}: no household of '{panel.name}' is observed that many periods apart; "
                f"there are {there if there else 'none: the panel has one wave only'}"
            )
        if self.kind != "auto":
            return self.kind
        longest = max(horizons)
        ends = seen(longest)
        inside = np.ones_like(ends)
        for lag in range(1, longest):
            inside &= seen(lag)
        complete = (ends & inside).sum() / max(ends.sum(), 1)
        return "first_entry" if complete >= self.complete_share else "at_horizon"

    def leads(self, kind: Kind, horizons: Sequence[int]) -> Ints:
        """Leads that are modelled: all up to the longest horizon, or the horizons alone under `at_horizon`."""
        chosen = range(1, max(horizons) + 1) if kind == "first_entry" else sorted(set(horizons))
        return np.array(list(chosen), dtype=np.int32)

    def labels(self, known: PanelView, members: Ints, origin: int, leads: Ints, kind: Kind, gap: int) -> Labels:
        """Labels of the members of one origin with what was known.

        Args:
            known: the view that may be looked at; leads that end after its as_of, less the maturity, are censored.
            members: (n,) households at risk at the origin.
            origin: period of the forecast.
            leads: (leads,) periods ahead.
            kind: see `Labels`.
            gap: periods between the origin and the first lead; who falls inside it is censored.
        """
        longest = int(leads.max())
        span = known.histories(members, end=origin + gap + longest, lags=longest + gap)
        below = span.below[:, ::-1]  # column k: the period origin + 1 + k
        periods = origin + 1 + np.arange(longest + gap)
        below = np.where(periods > known.as_of - self.maturity, np.nan, below)
        fell_in_gap = (below[:, :gap] == 1).any(axis=1)
        state = np.where(fell_in_gap[:, None], np.nan, below[:, gap:])
        if kind == "at_horizon":
            at = state[:, leads - 1]
            return Labels(leads, at, at)
        event, within = _first_entry(state)
        closed = ~np.isnan(state[:, leads - 1]).all(axis=0)
        return Labels(leads, event[:, leads - 1], np.where(closed, within[:, leads - 1], np.nan))


def _first_entry(state: Floats) -> tuple[Floats, Floats]:
    """Hazard labels and cumulative labels from the states by lead; both censored from the first unknown state on."""
    clear = np.cumprod(state == 0, axis=1).astype(bool)  # known above the line up to and including this lead
    clear_before = np.hstack([np.ones((len(state), 1), dtype=bool), clear[:, :-1]])
    event = np.where(clear_before & ~np.isnan(state), state, np.nan)
    fell = np.maximum.accumulate(np.nan_to_num(event) == 1, axis=1)
    within = np.where(fell, 1.0, np.where(clear, 0.0, np.nan))
    return event, within


def _seen(panel: Panel) -> Callable[[int], NDArray[np.bool_]]:
    """A function of a lag: for each known state, whether the household's is known that many periods later, too."""
    span = panel.last - panel.first + 100
    household, period = _known_states(panel)
    key = np.unique(household.astype(np.int64) * span + period)

    def later(lag: int) -> NDArray[np.bool_]:
        found = np.minimum(np.searchsorted(key, key + lag), len(key) - 1)
        inside = key % span + lag <= panel.last - panel.first
        return np.asarray((key[found] == key + lag) & inside)

    return later


def _known_states(panel: Panel) -> tuple[NDArray[np.integer], NDArray[np.integer]]:
    """Households and periods (from the first) with a state: where so much of the window was reported that it counts."""
    told = ~np.isnan(panel.income if panel.state is None else panel.state)
    household, period = panel.household[told], panel.period[told] - panel.first
    if panel.window == 1 or panel.state is not None:
        return household, period
    reported = np.zeros((len(panel.household_ids), panel.last - panel.first + panel.window))
    reported[household, period + panel.window - 1] = 1  # before the first period lies a window's worth of nothing
    share = window_sums(reported, panel.window) / panel.window
    enough = np.nonzero((share > 0) & (share >= panel.reported_share - 1e-9))
    return enough[0], enough[1]
