"""From hazards by lead to the chance within a horizon."""

from __future__ import annotations

from dataclasses import dataclass, field

import numpy as np
from numpy.typing import NDArray

from relapse.core.counts import count_range

Floats = NDArray[np.float64]


@dataclass(frozen=True, eq=False)
class Kinds:
    """Of which kind an entry of (n,) households would be; shares are made when asked, since they are many.

    Args:
        names: of the kinds.
        level: (n, kinds) log-odds that do not differ by lead.
        ahead: (leads, kinds) log-odds that each lead adds.
        possible: (n, kinds) which each household can have.
    """

    names: tuple[str, ...]
    level: Floats
    ahead: Floats
    possible: NDArray[np.bool_]

    def shares(self, leads: NDArray[np.bool_] | slice = slice(None)) -> Floats:
        """(n, some leads, kinds) of the hazard that each kind has: they sum to 1, and are 0 where a kind cannot be."""
        return masked_softmax(self.level[:, None] + self.ahead[leads], self.possible[:, None])


def masked_softmax(odds: Floats, possible: NDArray[np.bool_]) -> Floats:
    """(…, kinds) shares of the possible kinds that sum to 1; 0 for all where none is possible.

    Args:
        odds: (…, kinds) logarithms.
        possible: (…, kinds).
    """
    masked = np.where(possible, odds, -np.inf)
    highest = masked.max(axis=-1, keepdims=True)
    shares = np.exp(masked - np.where(np.isfinite(highest), highest, 0))
    total = shares.sum(axis=-1, keepdims=True)
    return np.asarray(np.divide(shares, total, out=np.zeros_like(shares), where=total > 0))


@dataclass(frozen=True, eq=False)
class HazardForecast:
    """What a model says of (n,) households over (leads,) periods ahead.

    Args:
        leads: (leads,) ascending.
        margin: (n, leads) log-odds before calibration: these order the list.
        chance: (n, leads) calibrated chance of the event at each lead, given none before; of the state at the lead
            where `cumulative` is False.
        cumulative: whether chances are hazards that add up over the leads (first entry) or stand alone (at horizon).
        kinds: of which an entry can be; None where there is one, or it is not known.
        level_spread: relative standard deviation of the level of all chances together.
    """

    leads: NDArray[np.int32]
    margin: Floats
    chance: Floats
    cumulative: bool
    kinds: Kinds | None = None
    level_spread: float = 0.0
    _by_kind: dict[int, Floats] = field(default_factory=dict, init=False, repr=False)  # chances made, by horizon

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

    def count_range(self, horizon: int, places: NDArray[np.intp] | slice = slice(None)) -> tuple[int, int]:
        """How many of some households the outcome will come to: nine times of ten within the range."""
        return count_range(self.risk(horizon)[places], self.level_spread)

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
        if self.kinds is None:
            raise ValueError(f"the forecast does not tell kinds, not '{kind}' either")
        if horizon not in self._by_kind:
            shares = self.kinds.shares(self.leads <= horizon)
            self._by_kind[horizon] = np.asarray(np.einsum("nl,nlk->kn", self.entries(horizon), shares))
        return np.asarray(self._by_kind[horizon][self.kinds.names.index(kind)])

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
