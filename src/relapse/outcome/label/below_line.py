"""The fall below the line: the first one by lead, or the state at a horizon.

A label takes a view too: `known` at training time is the view of the training's as_of, so a label counts only what had
happened and was known then. What lies after a lead changes nothing at that lead.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Annotated, ClassVar, Literal

import numpy as np
from numpy.typing import NDArray
from pydantic import Field
from pydantic.dataclasses import dataclass

from relapse.core.errors import InputError
from relapse.core.panel import HOUSEHOLDS, Floats, Ints, Panel, PanelView, window_sums
from relapse.core.recipe import STRICT, Share
from relapse.core.recognitions import apart
from relapse.outcome.label.labels import BELOW_LINE, Kind, Labels, first_entry


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

    outcome = BELOW_LINE
    harmful = True
    kinds: ClassVar[tuple[str, ...]] = ()

    def possible(self, known: PanelView, members: Ints) -> None:
        """None: there is one kind of fall."""

    def first_window(self, panel: Panel) -> int:
        """The first period of the data."""
        return panel.first

    def on(self, panel: Panel, before: int | None) -> FallBelowLine:
        """Itself: every panel tells it."""
        return self

    def at_risk(self, known: PanelView) -> NDArray[np.bool_]:
        """Who is known not to be below the line.

        A household that is below the line, or whose income is missing, at the as_of is not at risk. Of a county neither
        is one that has not left poverty yet, nor one that is monitored already: they are looked after apart.

        Args:
            known: what was known by the end of the as_of.

        Returns:
            (len(known.observed),) in the order of `known.observed`.
        """
        everyone = known.lately()
        above = np.asarray(everyone.newest(everyone.below) == 0)
        return above & ~apart(known)[known.observed] if HOUSEHOLDS in known.panel.tables else above

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
        """Labels of the members of one origin with what was known; see `Outcome.labels`."""
        span = known.histories(members, end=origin + gap + int(leads.max()), lags=int(leads.max()) + gap)
        return self._labelled(known, span.below[:, ::-1], origin, leads, kind, gap)

    def labels_with_line_held(
        self, known: PanelView, members: Ints, origin: int, leads: Ints, kind: Kind, gap: int
    ) -> Labels | None:
        """The same with the line that held at the origin, as announced then; see `Outcome.labels_with_line_held`.

        None on panels without a policy's line: a relative line moves with the incomes themselves.
        """
        if not known.panel.region:
            return None
        span = known.histories(members, end=origin + gap + int(leads.max()), lags=int(leads.max()) + gap)
        then = known.earlier(origin).histories(members, lags=1).line[:, :1]
        income = span.window_income
        below = np.where(np.isnan(income) | np.isnan(then), np.nan, income < then)
        return self._labelled(known, below[:, ::-1], origin, leads, kind, gap)

    def _labelled(self, known: PanelView, below: Floats, origin: int, leads: Ints, kind: Kind, gap: int) -> Labels:
        """Labels from states (n, gap + longest lead), column k of the period origin + 1 + k."""
        periods = origin + 1 + np.arange(below.shape[1])
        below = np.where(periods > known.as_of - self.maturity, np.nan, below)
        fell_in_gap = (below[:, :gap] == 1).any(axis=1)
        state = np.where(fell_in_gap[:, None], np.nan, below[:, gap:])
        if kind == "at_horizon":
            at = state[:, leads - 1]
            return Labels(leads, at, at)
        event, within = first_entry(state)
        closed = ~np.isnan(state[:, leads - 1]).all(axis=0)
        return Labels(leads, event[:, leads - 1], np.where(closed, within[:, leads - 1], np.nan))


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
