"""Strictly increasing maps from margins to chances, one a lead, drawn to a common one where a lead has few events.

chance = logistic(level_k + slope_k * margin) with slope_k > 0 (Platt 1999, Advances in Large Margin Classifiers),
fitted by penalised maximum likelihood: the levels and the logarithms of the slopes have a normal prior around those of
all leads together. Order and monotonicity of what is mapped stay.
"""

from __future__ import annotations

import json
from dataclasses import dataclass as plain_dataclass
from typing import Annotated

import numpy as np
from numpy.typing import NDArray
from pydantic import Field
from pydantic.dataclasses import dataclass
from scipy.optimize import brentq, minimize
from scipy.special import expit

from relapse.core.recipe import STRICT

Floats = NDArray[np.float64]
Ints = NDArray[np.int32]

BINS = 5_000


@plain_dataclass(frozen=True, eq=False)
class LeadMaps:
    """Fitted maps.

    Args:
        leads: (leads,) periods ahead.
        level: (leads,) log-odds at margin 0.
        slope: (leads,) positive.
    """

    leads: Ints
    level: Floats
    slope: Floats

    def log_odds(self, margin: Floats) -> Floats:
        """(n, leads): calibrated log-odds of margins (n, leads)."""
        return self.level + self.slope * margin

    def chance(self, margin: Floats) -> Floats:
        """(n, leads): calibrated chances of margins (n, leads)."""
        return np.asarray(expit(self.log_odds(margin)))

    def levelled(self, margin: Floats, event: Floats, weight: Floats, prior_events: float) -> LeadMaps:
        """The same maps, raised or lowered together so that as many events are expected as came.

        Args:
            margin: (n, leads) of the model that the maps shall serve.
            event: (n, leads) 1.0, 0.0, or NaN where not known.
            weight: (n,) how many households each stands for.
            prior_events: how strongly the level is drawn to what it is, as a number of events.
        """
        return self.raised(level_shift(self.log_odds(margin), event, weight, prior_events))

    def raised(self, shift: float) -> LeadMaps:
        """The same maps with all log-odds raised by as much."""
        return LeadMaps(self.leads, self.level + shift, self.slope)

    def steepened(self, kept: float, margin: Floats, weight: Floats) -> LeadMaps:
        """The same maps with so much of their common slope as is kept; each lead expects as many events as before.

        Args:
            kept: power to which the common slope (the geometric mean over leads) is taken: 1 leaves the maps as they
                are, 0 makes the common slope 1.
            margin: (n, leads) on which they were fitted.
            weight: (n,) how many households each stands for.

        Example:
            >>> maps = LeadMaps(np.array([1, 2]), np.array([-1.0, -1.0]), np.array([0.25, 0.25]))
            >>> maps.steepened(0.5, np.array([[-4.0, -4.0], [-8.0, -8.0]]), np.ones(2)).slope.tolist()
            [0.5, 0.5]
        """
        slope = self.slope * np.exp(np.log(self.slope).mean()) ** (kept - 1)
        expected, level = weight @ self.chance(margin), np.empty(len(slope))
        for lead, odds in enumerate((slope * margin).T):
            # chances lie within (0, 1) wherever odds are finite, so that the level lies between these
            ends = self.level[lead] + np.array([-1, 1]) * (np.abs(odds - self.slope[lead] * margin[:, lead]).max() + 1)
            level[lead] = brentq(lambda at, odds=odds, want=expected[lead]: weight @ expit(at + odds) - want, *ends)
        return LeadMaps(self.leads, level, slope)

    def dump(self) -> bytes:
        """The maps as JSON."""
        values = {"leads": self.leads.tolist(), "level": self.level.tolist(), "slope": self.slope.tolist()}
        return json.dumps(values, indent=1).encode()

    @staticmethod
    def restore(content: bytes) -> LeadMaps:
        """The maps from their JSON."""
        values = json.loads(content)
        return LeadMaps(np.array(values["leads"], np.int32), np.array(values["level"]), np.array(values["slope"]))


def level_shift(odds: Floats, event: Floats, weight: Floats, prior_events: float) -> float:
    """By how much all log-odds together have to rise or fall so that as many events are expected as came.

    Args:
        odds: (n, leads) log-odds.
        event: (n, leads) 1.0, 0.0, or NaN where not known; 0.0 is the answer where none is.
        weight: (n,) how many households each stands for.
        prior_events: how strongly it is drawn to 0, as a number of events.
    """
    told = ~np.isnan(event)
    known, counted = odds[told], np.broadcast_to(weight[:, None], told.shape)[told]
    came = float((event[told] * counted).sum())

    def missed(shift: float) -> float:
        return float((expit(known + shift) * counted).sum()) - came + prior_events * shift

    return float(brentq(missed, -30, 30)) if len(known) else 0.0


@dataclass(frozen=True, config=STRICT)
class ByLead:
    """How the maps are fitted.

    Args:
        prior_events: how strongly a lead's map is drawn to the common one, as a number of events.
    """

    prior_events: Annotated[float, Field(gt=0)]

    def fit(self, margin: Floats, event: Floats, weight: Floats, lead: Ints, leads: Ints) -> LeadMaps:
        """Maps of all leads; a lead without rows gets the common map.

        Args:
            margin: (rows,) log-odds or any score, higher is riskier.
            event: (rows,) 1.0 or 0.0.
            weight: (rows,) positive.
            lead: (rows,) periods ahead.
            leads: (leads,) for which maps are wanted.
        """
        centre, scale = float(np.average(margin, weights=weight)), float(margin.std()) or 1.0
        standard = (margin - centre) / scale
        rows = [_binned(standard[lead == k], event[lead == k], weight[lead == k]) for k in leads]
        start = np.array([_log_odds(np.average(event, weights=weight)), 0.0])
        common = _fit(np.concatenate(rows, axis=1), start, np.array([0.0, 1.0]))
        penalty = np.array([self.prior_events, self.prior_events])
        each = np.array([_fit(of_lead, common, penalty) if of_lead.size else common for of_lead in rows])
        slope = np.exp(each[:, 1]) / scale
        return LeadMaps(leads, each[:, 0] - slope * centre, slope)


def _binned(score: Floats, event: Floats, weight: Floats) -> Floats:
    """(3, rows): score, share of events and weight; many rows as 5,000 groups of neighbours, which fit the same map."""
    if len(score) <= 4 * BINS:
        return np.stack([score, event, weight])
    order = np.argsort(score, kind="stable")
    starts = np.linspace(0, len(score), BINS, endpoint=False).astype(np.intp)
    total, events, scores = (
        np.add.reduceat(values[order], starts) for values in (weight, weight * event, weight * score)
    )
    return np.stack([scores / total, events / total, total])


def _fit(rows: Floats, prior: Floats, penalty: Floats) -> Floats:
    """(2,): level and logarithm of the slope, by penalised likelihood around the prior; rows as of `_binned`."""
    score, event, weight = rows

    def loss(theta: Floats) -> tuple[float, Floats]:
        slope = np.exp(theta[1])
        odds = theta[0] + slope * score
        miss = weight * (expit(odds) - event)
        value = np.sum(weight * (np.logaddexp(0, odds) - event * odds)) + 0.5 * np.sum(penalty * (theta - prior) ** 2)
        gradient = np.array([miss.sum(), slope * (miss * score).sum()]) + penalty * (theta - prior)
        return float(value), gradient

    result = minimize(loss, prior, jac=True, method="L-BFGS-B", bounds=[(-30, 30), (-5, 4)])
    return np.asarray(result.x)


def _log_odds(share: float) -> float:
    bounded = min(max(share, 1e-6), 1 - 1e-6)
    return float(np.log(bounded / (1 - bounded)))
