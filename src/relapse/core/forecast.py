"""From hazards by lead to the chance within a horizon."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

Floats = NDArray[np.float64]


@dataclass(frozen=True, eq=False)
class HazardForecast:
    """What a model says of (n,) households over (leads,) periods ahead.

    Args:
        leads: (leads,) ascending.
        margin: (n, leads) log-odds before calibration: these order the list.
        chance: (n, leads) calibrated chance of the event at each lead, given none before; of the state at the lead
            where `cumulative` is False.
        cumulative: whether chances are hazards that add up over the leads (first entry) or stand alone (at horizon).
    """

    leads: NDArray[np.int32]
    margin: Floats
    chance: Floats
    cumulative: bool

    def risk(self, horizon: int) -> Floats:
        """(n,) chance of the outcome within the horizon (or at it); non-decreasing in the horizon where cumulative.

        Example:
            >>> hazards = np.array([[0.1, 0.5]])
            >>> HazardForecast(np.array([1, 2]), hazards, hazards, cumulative=True).risk(2)
            array([0.55])
        """
        if not self.cumulative:
            return self.chance[:, self._place(horizon)]
        return np.asarray(1 - np.prod(1 - self.chance[:, self.leads <= horizon], axis=1))

    def score(self, horizon: int) -> Floats:
        """(n,) what orders the list: the mean margin over leads 1 … horizon, or the margin at the horizon."""
        if not self.cumulative:
            return self.margin[:, self._place(horizon)]
        return np.asarray(self.margin[:, self.leads <= horizon].mean(axis=1))

    def _place(self, horizon: int) -> int:
        return int(np.flatnonzero(self.leads == horizon)[0])
