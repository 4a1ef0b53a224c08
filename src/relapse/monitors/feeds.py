"""Which of a county's tables have told something lately, and which are later than they usually are."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
from numpy.typing import NDArray

from relapse.core.errors import InputError
from relapse.core.feeds import Feed
from relapse.core.panel import DOUBTS, Panel, PanelView

_LOOKBACK = 36  # months; ours: long enough for a table that comes once a quarter to have told of a rhythm
_LEAST_REPORTS = 6  # ours: of fewer months in which a table told something nobody can say what is usual
_LAST_GAPS = 12  # ours: a silence of long ago is no measure for today
_LEAST_SHARE = 0.5  # ours: of the usual count of rows; fewer are the first ones of a month that is still coming in
_OURS = ("visits", DOUBTS)  # what the office itself writes, and what reading made
_INCOME = "income"


def feeds_of(known: PanelView) -> tuple[Feed, ...]:
    """Every table of a county with the age of its newest report, as known; none for a panel without tables."""
    panel = known.panel
    return tuple(
        _feed(name, panel.titles.get(name, name), _months(panel, name, known.as_of), known)
        for name in sorted(panel.tables)
        if name not in _OURS
    )


def moved_on(panel: Panel, as_of: int | None) -> tuple[Panel, int]:
    """The month of the list, and the panel as it can be asked for it where the incomes are late.

    The newest month for which incomes were told decides, unless most tables that come every month have gone on without
    them: then theirs does, and the last known incomes count for as many months longer.

    Args:
        panel: of the county.
        as_of: month that a person has chosen; None for what the data say.

    Raises:
        InputError: the chosen month lies outside the data.
    """
    newest = _newest_of_the_others(panel)
    chosen = max(panel.latest, newest) if as_of is None else as_of
    if chosen <= panel.latest:
        return panel, panel.as_of(chosen).as_of
    if chosen > newest:
        label = panel.calendar.label
        raise InputError(
            f"as_of {label(chosen)} lies outside the data of '{panel.name}': "
            f"choose a period from {label(panel.first)} to {label(max(panel.latest, newest))}"
        )
    behind = chosen - panel.latest
    return replace(panel, newest=chosen, max_age=panel.max_age + behind, remembered={}), chosen


def _newest_of_the_others(panel: Panel) -> int:
    """The month up to which most monthly tables but the incomes have told about as much as usual."""
    reached = []
    for name in sorted(panel.tables):
        if name in (*_OURS, _INCOME):
            continue
        months, rows = np.unique(_told(panel, name), return_counts=True)
        if len(months) <= _LAST_GAPS or np.diff(months)[-_LAST_GAPS:].max() > 1:
            continue
        enough = months[rows >= _LEAST_SHARE * np.median(rows[-_LAST_GAPS:])]
        reached.append(int(enough.max()))
    return int(np.sort(reached)[(len(reached) - 1) // 2]) if reached else panel.latest


def _feed(name: str, title: str, months: NDArray[np.int32], known: PanelView) -> Feed:
    if not len(months):
        return Feed(name, title, "", 0, None)
    newest = int(months.max())
    gaps = np.diff(months[months > known.as_of - _LOOKBACK])
    usual = int(gaps[-_LAST_GAPS:].max()) if len(gaps) >= _LEAST_REPORTS - 1 else None
    return Feed(name, title, known.panel.calendar.label(newest), known.as_of - newest, usual)


def _months(panel: Panel, name: str, as_of: int) -> NDArray[np.int32]:
    """The months, ascending, in which a table told something by then."""
    told = np.unique(_told(panel, name))
    return told[told <= as_of]


def _told(panel: Panel, name: str) -> NDArray[np.int32]:
    """(rows,) the month in which each row of a table became known, as far as it is in the panel's span at all."""
    known = panel.tables[name].known
    return known[known >= panel.first]
