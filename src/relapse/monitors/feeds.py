"""Which of a county's tables have told something lately, and which are later than they usually are."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import replace

import numpy as np
from numpy.typing import NDArray

from relapse.core.facts import NO_MONTH
from relapse.core.feeds import Feed
from relapse.core.panel import DOUBTS, Panel, PanelView
from relapse.core.parts import Numbered, Parts, changed

_LOOKBACK = 36  # months; ours: long enough for a table that comes once a quarter to have told of a rhythm
_LEAST_REPORTS = 6  # ours: of fewer months in which a table told something nobody can say what is usual
_LAST_GAPS = 12  # ours: a silence of long ago is no measure for today
_OURS = ("visits", DOUBTS)  # what the office itself writes, and what reading made
INCOME = "income"
Months = NDArray[np.int32]


def feeds_of(known: PanelView) -> tuple[Feed, ...]:
    """Every table of a county with the age of its newest report, as known; none for a panel without tables."""
    return feeds_from(known.panel, known.as_of, months_told(known))


def feeds_from(panel: Panel, as_of: int, months: Mapping[str, Months]) -> tuple[Feed, ...]:
    """The same from the months in which the tables told something.

    Args:
        panel: of the county, or of a part of it.
        as_of: month.
        months: by table, ascending, of the whole county.
    """
    return tuple(_feed(name, panel.titles.get(name, name), told, panel, as_of) for name, told in months.items())


def months_told(known: PanelView) -> dict[str, Months]:
    """By table, the months, ascending, in which it told something by the as_of."""
    return {name: _months(known, name) for name in sorted(known.panel.tables) if name not in _OURS}


def months_of_parts(parts: Parts, as_of: int) -> dict[str, Months]:
    """The same of a county in parts."""
    told: dict[str, Months] = {}
    for _, panel in parts.parts():
        for name, months in months_told(panel.as_of(as_of)).items():
            told[name] = np.union1d(told[name], months) if name in told else months
    return told


def known_by(months: Mapping[str, Months], as_of: int) -> dict[str, Months]:
    """The months by an earlier as_of, from those by a later one."""
    return {name: told[told <= as_of] for name, told in months.items()}


def bearing_late_incomes(panel: Panel, as_of: int) -> Panel:
    """The panel in which the last known incomes count for as many months longer as the incomes are late.

    Else a month in which they do not come would leave every household without one. What is late stands on the list.

    Args:
        panel: that is asked.
        as_of: the month of the list.
    """
    return _bearing(panel, _late(feeds_of(panel.as_of(as_of))))


def parts_bearing_late_incomes(parts: Numbered, as_of: int, months: Mapping[str, Months] | None = None) -> Numbered:
    """The same of a county in parts.

    Args:
        parts: of the county.
        as_of: the month of the list.
        months: by table, those in which it told something by the as_of, where they were looked up before.
    """
    told = months_of_parts(parts, as_of) if months is None else months
    late = _late(feeds_from(parts.part(0), as_of, told))
    return changed(parts, lambda panel: _bearing(panel, late)) if late else parts


def _late(feeds: Iterable[Feed]) -> int:
    return next((feed.late for feed in feeds if feed.table == INCOME), 0)


def _bearing(panel: Panel, late: int) -> Panel:
    return replace(panel, max_age=panel.max_age + late, remembered={}) if late else panel


def _feed(name: str, title: str, months: Months, panel: Panel, as_of: int) -> Feed:
    if not len(months):
        return Feed(name, title, "", 0, None)
    newest = int(months.max())
    gaps = np.diff(months[months > as_of - _LOOKBACK])
    usual = int(gaps[-_LAST_GAPS:].max()) - 1 if len(gaps) >= _LEAST_REPORTS - 1 else None
    return Feed(name, title, panel.calendar.label(newest), as_of - newest, usual)


def _months(known: PanelView, name: str) -> Months:
    """The months, ascending, in which a table told something by the as_of."""
    told = known.panel.tables[name].known
    return np.unique(told[(told != NO_MONTH) & (told <= known.as_of)])
