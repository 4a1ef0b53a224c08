"""Which of a county's tables have told something lately, and which are later than they usually are."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
from numpy.typing import NDArray

from relapse.core.facts import NO_MONTH
from relapse.core.feeds import Feed
from relapse.core.panel import DOUBTS, Panel, PanelView

_LOOKBACK = 36  # months; ours: long enough for a table that comes once a quarter to have told of a rhythm
_LEAST_REPORTS = 6  # ours: of fewer months in which a table told something nobody can say what is usual
_LAST_GAPS = 12  # ours: a silence of long ago is no measure for today
_OURS = ("visits", DOUBTS)  # what the office itself writes, and what reading made
INCOME = "income"


def feeds_of(known: PanelView) -> tuple[Feed, ...]:
    """Every table of a county with the age of its newest report, as known; none for a panel without tables."""
    panel = known.panel
    return tuple(
        _feed(name, panel.titles.get(name, name), _months(known, name), known)
        for name in sorted(panel.tables)
        if name not in _OURS
    )


def bearing_late_incomes(panel: Panel, as_of: int) -> Panel:
    """The panel in which the last known incomes count for as many months longer as the incomes are late.

    Else a month in which they do not come would leave every household without one. What is late stands on the list.

    Args:
        panel: that is asked.
        as_of: the month of the list.
    """
    late = next((feed.late for feed in feeds_of(panel.as_of(as_of)) if feed.table == INCOME), 0)
    return replace(panel, max_age=panel.max_age + late, remembered={}) if late else panel


def _feed(name: str, title: str, months: NDArray[np.int32], known: PanelView) -> Feed:
    if not len(months):
        return Feed(name, title, "", 0, None)
    newest = int(months.max())
    gaps = np.diff(months[months > known.as_of - _LOOKBACK])
    usual = int(gaps[-_LAST_GAPS:].max()) - 1 if len(gaps) >= _LEAST_REPORTS - 1 else None
    return Feed(name, title, known.panel.calendar.label(newest), known.as_of - newest, usual)


def _months(known: PanelView, name: str) -> NDArray[np.int32]:
    """The months, ascending, in which a table told something by the as_of."""
    told = known.panel.tables[name].known
    return np.unique(told[(told != NO_MONTH) & (told <= known.as_of)])
