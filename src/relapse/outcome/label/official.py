"""What outcomes that a county's register of recognitions tells have in common: its delays, its months, its books."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
from numpy.typing import NDArray

from relapse.core.errors import InputError
from relapse.core.facts import NO_MONTH
from relapse.core.panel import HOUSEHOLDS, Ints, Panel, PanelView
from relapse.core.recognitions import NEVER, RECOGNITIONS, told_by
from relapse.outcome.label.labels import Kind, Labels, first_entry

_USUAL = 0.95  # share of the events that must have become known for a month to count as complete


def require_register(panel: Panel) -> None:
    """Refuse a panel that does not tell official recognitions by month.

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


def require_removals(panel: Panel) -> None:
    """Refuse a panel that does not tell when risks were removed.

    Raises:
        InputError: the panel has no recognitions, does not tell when risks were removed, or is not monthly.
    """
    require_register(panel)
    if "removed_at" not in panel.tables[RECOGNITIONS]:
        raise InputError(
            f"the recognitions of '{panel.name}' do not tell when a risk was removed: add the column removed_at, "
            f"or take label=recognition"
        )


def recognition_delay(panel: Panel) -> int:
    """Months after which 95 of 100 recognitions had become known."""
    table = panel.tables[RECOGNITIONS].first_told
    return _usual((table.known - table.happened)[(table.happened != NO_MONTH) & ~table.withdrawn])


def removal_delay(panel: Panel) -> int:
    """Months after which 95 of 100 removals had become known, by the version that told each first."""
    table = panel.tables[RECOGNITIONS]
    told = table.take(~np.isnan(table.number("removed_at")) & ~table.withdrawn).first_told
    return _usual(told.known - np.floor(told.number("removed_at")))


def _usual(delays: NDArray[np.number]) -> int:
    return int(np.ceil(np.quantile(np.maximum(delays, 0), _USUAL))) if len(delays) else 0


class OfRegister:
    """An outcome that the register tells, as far as all of them are alike."""

    matures_after: int | None

    @property
    def kinds(self) -> tuple[str, ...]:
        """None: there is one kind of it."""
        return ()

    def possible(self, known: PanelView, members: Ints) -> NDArray[np.bool_] | None:
        """None: there is one kind of it."""
        return None

    @property
    def maturity(self) -> int:
        """Months after which a month's events count as complete; told once the outcome was taken on a panel."""
        assert self.matures_after is not None, "the outcome must be taken on a panel first: `on`"
        return self.matures_after

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

    def labels_with_line_held(
        self, known: PanelView, members: Ints, origin: int, leads: Ints, kind: Kind, gap: int
    ) -> Labels | None:
        """None: a committee decides, and nobody can tell what it had decided under another line."""
        return None


def labelled(
    known: PanelView,
    members: Ints,
    origin: int,
    leads: Ints,
    gap: int,
    *,
    mine: NDArray[np.int64],
    other: NDArray[np.int64],
    told: NDArray[np.bool_],
    begin: int,
    maturity: int,
) -> Labels:
    """Labels of the first event after an origin, by the month in which it came.

    Args:
        known: the view that may be looked at.
        members: (n,) households at risk at the origin.
        origin: period of the forecast.
        leads: (leads,) periods ahead.
        gap: periods between the origin and the first lead; who has either event inside it is censored.
        mine: (n,) month of the event, NEVER where it did not come.
        other: (n,) month of an event that ends the time at risk: the hazard is censored from the next month on, and the
            event did not come within the horizon.
        told: (n,) or (n, gap + longest lead) whether anything is asked of a household, in a month.
        begin: the first month in which there are such events.
        maturity: months after which a month's events count as complete.
    """
    months = origin + 1 + np.arange(gap + int(leads.max()))
    state = (mine[:, None] == months).astype(np.float64)
    state[:, (months > known.as_of - maturity) | (months < begin)] = np.nan
    state[months[None, :] > _gone(known, members)[:, None]] = np.nan
    state[~np.broadcast_to(told if told.ndim == 2 else told[:, None], state.shape)] = np.nan
    in_gap = np.minimum(mine, other) <= origin + gap
    state = np.where(in_gap[:, None], np.nan, state[:, gap:])
    event, within = first_entry(state)
    event = np.where((other[:, None] < months[None, gap:]) & (other < mine)[:, None], np.nan, event)
    closed = ~np.isnan(state[:, leads - 1]).all(axis=0)
    return Labels(leads, event[:, leads - 1], np.where(closed, within[:, leads - 1], np.nan))


def _gone(known: PanelView, members: Ints) -> NDArray[np.int64]:
    """(n,) the last month in which each household was on the books: before the month in which it was taken off."""
    last = np.full(len(known.panel.household_ids), NEVER, dtype=np.int64)
    ends = known.panel.tables[HOUSEHOLDS].ended(known.as_of)
    there = np.zeros(len(last), dtype=bool)
    there[known.table(HOUSEHOLDS).household] = True
    np.minimum.at(last, ends.household, ends.known.astype(np.int64) - 1)
    return np.where(there, NEVER, last)[members]
