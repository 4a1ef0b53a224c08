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
        kinds: names of the kinds that an entry can be of; empty where there is one kind.
        shares: (n, leads, kinds) of the hazard that each kind has, which sum to 1; None where not known.
    """

    leads: NDArray[np.int32]
    margin: Floats
    chance: Floats
    cumulative: bool
    kinds: tuple[str, ...] = ()
    shares: Floats | None = None

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

    def entries(self, horizon: int) -> Floats:
        """(n, leads up to the horizon): chance that the first entry comes at just that lead."""
        hazard = self.chance[:, self.leads <= horizon]
        before = np.cumprod(np.hstack([np.ones((len(hazard), 1)), 1 - hazard[:, :-1]]), axis=1)
        return np.asarray(hazard * before)

    def risk_of(self, kind: str, horizon: int) -> Floats:
        """(n,) chance of an entry of one kind within the horizon; over all kinds they add up to `risk`.

        Raises:
            ValueError: the forecast tells no such kind.
        """
        if self.shares is None:
            raise ValueError(f"the forecast does not tell kinds, not '{kind}' either")
        share = self.shares[:, self.leads <= horizon, self.kinds.index(kind)]
        return np.asarray((self.entries(horizon) * share).sum(axis=1))

    def expected_lead(self, horizon: int) -> Floats:
        """(n,) periods ahead at which the entry is expected, if it comes within the horizon."""
        entries, leads = self.entries(horizon), self.leads[self.leads <= horizon]
        return np.asarray((entries * leads).sum(axis=1) / np.maximum(entries.sum(axis=1), np.finfo(float).tiny))

    def score(self, horizon: int) -> Floats:
        """(n,) what orders the list: the mean margin over leads 1 … horizon, or the margin at the horizon."""
        if not self.cumulative:
            return self.margin[:, self._place(horizon)]
        return np.asarray(self.margin[:, self.leads <= horizon].mean(axis=1))

    def _place(self, horizon: int) -> int:
        return int(np.flatnonzero(self.leads == horizon)[0])
