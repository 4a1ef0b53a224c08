"""`line=relative`: a share of each period's median income, as known at that period."""

from __future__ import annotations

from typing import Annotated

import numpy as np
from pydantic import Field
from pydantic.dataclasses import dataclass

from relapse.core.errors import InputError
from relapse.core.panel import Floats, Histories, Panel, PanelView, carry_forward
from relapse.core.recipe import STRICT


@dataclass(frozen=True, config=STRICT)
class Relative:
    """A share of the median of window income per person over all households observed.

    The line of a period is worked out from what was known at that very period, so it never changes afterwards. Where
    nothing of the period itself was known yet, the newest earlier period counts.

    Args:
        fraction: of the median.
    """

    fraction: Annotated[float, Field(gt=0, le=2)]

    def values(self, known: Histories) -> Floats:
        """(1, lags): the line; NaN where no income was known at all."""
        return np.array([[self._at(known, known.end - lag) for lag in range(known.lags)]])

    def _at(self, known: Histories, period: int) -> float:
        """The line of a period, remembered by the panel."""
        panel, as_of = known.view.panel, min(period, known.view.as_of)
        if as_of < panel.first:
            return np.nan
        if (self, as_of) not in panel.remembered:
            if panel.span is not None:
                raise InputError(
                    f"line=relative is a median of everybody in '{panel.name}', and a part of it cannot tell that; "
                    "take the whole panel (data.parts_above=1e12), or another line"
                )
            panel.remembered[self, as_of] = self.fraction * _newest_median(known.view.earlier(as_of))
        return panel.remembered[self, as_of]


def _newest_median(known: PanelView) -> float:
    for period in range(known.as_of, known.panel.first - 1, -1):
        median = _median_of(known, period)
        if not np.isnan(median):
            return median
    return np.nan


def _median_of(known: PanelView, period: int) -> float:
    """Median of the window income of a period; NaN where no row of the period itself is known yet."""
    panel = known.panel
    if not len(_known_rows(known, period)):
        return np.nan
    rows = np.concatenate([_known_rows(known, period - back) for back in range(panel.window)])
    past = known.histories(np.unique(panel.household[rows]), end=period, lags=1)
    income = past.window_income[:, 0]
    return weighted_median(income, _weights(past, panel))


def _known_rows(known: PanelView, period: int) -> np.ndarray[tuple[int], np.dtype[np.int32]]:
    rows = known.panel.rows_of(period)
    return rows[known.panel.known[rows] <= known.as_of]


def _weights(past: Histories, panel: Panel) -> Floats:
    """(n,) survey weights, the newest known within the window; 0 where there is none."""
    if panel.weight is None:
        return np.ones(len(past.members))
    rows = past.view.histories(past.members, end=past.end, lags=panel.window)
    return np.nan_to_num(carry_forward(rows.column("weight"))[:, 0])


def weighted_median(values: Floats, weights: Floats) -> float:
    """The value below which half of the weight lies; the mean of two where they share the middle.

    Args:
        values: (n,), NaN where missing.
        weights: (n,), at least 0.

    Returns:
        The median, NaN where no value has a weight.

    Example:
        >>> weighted_median(np.array([1.0, 2.0, 9.0, np.nan]), np.array([1.0, 1.0, 2.0, 5.0]))
        5.5
    """
    use = ~np.isnan(values) & (weights > 0)
    if not use.any():
        return np.nan
    order = np.argsort(values[use], kind="stable")
    ordered, below = values[use][order], np.cumsum(weights[use][order])
    half = below[-1] / 2
    place = int(np.searchsorted(below, half * (1 - 1e-12)))
    after = min(place + 1, len(ordered) - 1) if np.isclose(below[place], half, rtol=1e-12) else place
    return float((ordered[place] + ordered[after]) / 2)
