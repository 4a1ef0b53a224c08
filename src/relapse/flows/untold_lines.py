"""A line that changes inside a window while no announcement says so: households enter or leave for that alone."""

from __future__ import annotations

from typing import Protocol, runtime_checkable

import numpy as np

from relapse.core.panel import Panel
from relapse.core.worded import Worded
from relapse.evaluation.columns import MOST_HOUSEHOLDS, evenly
from relapse.flows.examine import LineWhereTold
from relapse.outcome.line.auto import Auto


@runtime_checkable
class Announced(Protocol):
    """A line that announcements tell."""

    def begins(self, panel: Panel) -> frozenset[int] | None:
        """Periods in which a line begins by the announcements; None where the panel has none to hold it against."""
        ...


def untold_lines(panel: Panel) -> tuple[Worded, ...]:
    """Periods in which the line changes though no announcement begins then, an alarm each.

    Only where a window sums several periods: else each period is held against its own line. Relative lines move with
    incomes, and a file of its own may have any line beside each income: nobody announces those.

    Args:
        panel: with its line.
    """
    line = panel.line.on(panel) if isinstance(panel.line, Auto) else panel.line
    begins = line.begins(panel) if panel.window > 1 and isinstance(line, Announced) else None
    if begins is None:
        return ()
    count = len(panel.household_ids)
    some = evenly(count, MOST_HOUSEHOLDS)
    known = panel.as_of(panel.latest).histories(some, lags=panel.latest - panel.first + 1)
    told = LineWhereTold(line).values(known)
    now, before = told[:, :-1], told[:, 1:]
    changes = (np.abs(now - before) > 1e-6 * np.abs(before)) & ~np.isnan(now) & ~np.isnan(before)
    raised = []
    for lag in np.flatnonzero(changes.any(axis=0)).tolist():
        if panel.latest - lag not in begins:
            first = int(changes[:, lag].argmax())
            amounts = {"before": f"{before[first, lag]:,.0f}", "now": f"{now[first, lag]:,.0f}"}
            period = panel.calendar.label(panel.latest - lag)
            raised.append(Worded("alarm.untold_line", {"period": period, **amounts}))
    return tuple(raised[::-1])
