"""A rolling window is partly banked already: what must still come in to stay above the line.

For a forecast h periods ahead, `window` - h periods of the window at as_of + h lie behind. Panels whose window is one
period have no such features.
"""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray
from pydantic.dataclasses import dataclass

from relapse.core.catalogue import Feature, FeatureTable, by_entry
from relapse.core.panel import Floats, Histories, over_lags
from relapse.core.recipe import STRICT


@dataclass(frozen=True, config=STRICT)
class Window:
    """By lead: what is banked, what leaves the window, what is still needed against what usually comes in."""

    def table(self, known: Histories, leads: NDArray[np.int32]) -> FeatureTable:
        """Window features of one unit, by lead.

        Args:
            known: histories of (n,) members as known at as_of.
            leads: (leads,) periods ahead.

        Returns:
            (n, leads, features): shares of the line; no features where the panel's window is one period.
        """
        members = len(known.members)
        window = known.view.panel.window
        if window == 1:
            return FeatureTable.of([], members)
        income = known.income[:, :window]  # column j: the period as_of - j
        reported = ~np.isnan(income)
        count = over_lags(reported)
        total = over_lags(np.where(reported, income, 0.0))
        usual = np.divide(total, count, out=np.full(len(total), np.nan), where=count > 0)
        filled = np.where(reported, income, usual[:, None])
        line = known.newest(np.broadcast_to(known.line, known.window_income.shape))
        values = by_entry(members, len(leads), len(_ENTRIES))
        for place, lead in enumerate(leads):
            made = self._at(filled, reported, usual, line, int(lead), window)
            for entry, column in enumerate(made):
                values[:, place, entry] = column
        return FeatureTable((), np.empty((members, 0), np.float32), _ENTRIES, values)

    def _at(
        self, income: Floats, reported: NDArray[np.bool_], usual: Floats, line: Floats, lead: int, window: int
    ) -> tuple[Floats, ...]:
        """(n,) of each feature at one lead."""
        kept = max(window - lead, 0)  # periods of the future window that lie behind
        banked, leaving = over_lags(income[:, :kept]), over_lags(income[:, kept:])
        needed = (line - banked) / line
        expected = np.minimum(lead, window) * usual / line
        leaves = leaving / line
        unreported = over_lags(~reported[:, :kept]) / window
        return needed, leaves, needed - leaves, needed - expected, unreported


_WORTH_SAYING = 0.01  # of the line: of the next to nothing that leaves a thin income a sentence would say 0.00%
_ENTRIES = (
    Feature(
        "window__still_needed_share",
        "share",
        "share of the line that must still come in up to the lead",
        "window",
        1,
        wording="reason.still_needed",
        true_above=_WORTH_SAYING,
        true_below=1 - 1e-6,  # of a window that lies wholly ahead everything is still needed, of everybody
    ),
    Feature(
        "window__leaving_share",
        "share",
        "income that leaves the window up to the lead, as a share of the line",
        "window",
        wording="reason.leaves_window",
        true_above=_WORTH_SAYING,
    ),
    Feature(
        "window__needed_over_leaving_share",
        "share",
        "what must still come in, less what came in over the same periods a window ago",
        "window",
        1,
    ),
    Feature("window__needed_over_usual_share", "share", "what must still come in, less what usually does", "window", 1),
    Feature(
        "window__unreported_share", "share", "share of the future window that lies behind but is not reported", "data"
    ),
)
