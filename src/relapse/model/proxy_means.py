"""Proxy means test by quantile regression: a low quantile of the income of a year ahead, from proxies and no income.

Housing, land, labour, schooling, health and distance tell it; what the household earns does not enter. The regression
learns from incomes, and only the map from its score to chances from who fell below the line.
"""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass as plain_dataclass
from typing import Annotated

import numpy as np
from numpy.typing import NDArray
from pydantic import Field
from pydantic.dataclasses import dataclass
from scipy.optimize import minimize
from scipy.special import expit

from relapse.core.catalogue import Feature
from relapse.core.errors import InputError
from relapse.core.recipe import STRICT, Count, Share
from relapse.core.rows import TrainingRows, Unit
from relapse.model.calibration.by_lead import ByLead, LeadMaps
from relapse.model.columns import columns_of
from relapse.model.standard import Standard

Floats = NDArray[np.float64]
_BANDWIDTH = 0.02  # of the smoothed loss, in logarithms of income: two per cent of income


@plain_dataclass(frozen=True, eq=False)
class FittedProxyMeans:
    """A fitted quantile regression; its score is minus the quantile.

    Args:
        standard: the proxies.
        weight: coefficients of the columns and of their missing flags.
        quantile: the intercept: the quantile of a household with the mean of each proxy.
        tau: which quantile.
        maps: from score to chance, by lead.
    """

    standard: Standard
    weight: Floats
    quantile: float
    tau: float
    maps: LeadMaps

    def margin(self, unit: Unit) -> Floats:
        """(n, leads) log-odds of the event at each lead."""
        parts = self._parts(unit)
        return self.maps.log_odds((parts.sum(axis=1) - self.quantile)[:, None])

    def contributions(self, unit: Unit, places: NDArray[np.intp]) -> Floats:
        """(n, entries + 1) shares of the mean margin over some leads: coefficient times value; the last is the base."""
        slope = self.maps.slope[places].mean()
        out = np.zeros((len(unit.members), len(unit.entries) + 1))
        out[:, columns_of(unit.entries, self.standard.names)] = slope * self._parts(unit)
        out[:, -1] = self.maps.level[places].mean() - slope * self.quantile
        return out

    def dump(self) -> Mapping[str, bytes]:
        """Regression and maps as JSON."""
        values = {
            "tau": self.tau,
            "quantile": self.quantile,
            "weight": self.weight.tolist(),
            "standard": self.standard.plain(),
        }
        return {"proxy_means.json": json.dumps(values, indent=1).encode(), "maps.json": self.maps.dump()}

    def _parts(self, unit: Unit) -> Floats:
        """(n, columns) what each proxy takes from the quantile."""
        matrix = unit.matrix(0)[:, columns_of(unit.entries, self.standard.names)]
        return _parts(self.standard, self.weight, matrix)


@dataclass(frozen=True, config=STRICT)
class ProxyMeans:
    """Settings of the proxy means test.

    Args:
        blocks: of features that are proxies; numbers of the unit money or log_ratio are never one.
        without: features of these blocks that hold something against income.
        tau: the quantile where the share below the line lies outside `tau_range`.
        tau_range: within it the share of the training rows that is below the line a year on is the quantile.
        penalty: inverse strength of the quadratic penalty on standardised proxies, as in `model.logit`.
        iterations: of the solver at most.
        most_rows: training rows at most; all events stay, non-events are sampled and weighted.
        least_events: with fewer closed events there is no cross-fit.
        maps: how its score is mapped to chances by lead.

    Source:
        Brown, Ravallion and van de Walle (2018), Journal of Development Economics 134:109-124; the check function
        smoothed as by Fernandes, Guerre and Horta (2021), Journal of Business and Economic Statistics 39(1):338-357.
    """

    blocks: Annotated[tuple[str, ...], Field(min_length=1)]
    without: tuple[str, ...]
    tau: Share
    tau_range: tuple[Share, Share]
    penalty: Annotated[float, Field(gt=0)]
    iterations: Count
    most_rows: Count
    least_events: Count
    maps: ByLead

    name = "proxy_means"
    guarded = False

    def lacking(self, entries: Sequence[Feature]) -> tuple[str, ...]:
        """The blocks that make proxies, where none of them makes one."""
        return () if any(self.is_proxy(entry) for entry in entries) else tuple(self.blocks)

    def fit(self, rows: TrainingRows, rng: np.random.Generator) -> FittedProxyMeans:
        """The regression fitted on the incomes a year after each origin, its maps on closed labels.

        Args:
            rows: stacked rows of households, origins and leads.
            rng: not used; the problem is convex.

        Raises:
            InputError: no proxy is told, or nobody's income of a year on is known.
        """
        chosen = [k for k, entry in enumerate(rows.entries) if self.is_proxy(entry)]
        standard = Standard.of([rows.entries[k].name for k in chosen], rows.matrix[:, chosen])
        matrix = rows.matrix[:, columns_of(rows.entries, standard.names)]
        later = rows.year_on()
        use = (rows.lead == rows.leads[0]) & ~np.isnan(later)  # each household once an origin, before any can have gone
        if not standard.names or not use.any():
            what = f"a proxy from the blocks {', '.join(self.blocks)}" if use.any() else "an income of a year later"
            raise InputError(f"proxy_means needs {what}, and these data tell none: leave the model out")
        tau = self._tau(later[use], rows.weight[use])
        weight, quantile = self._solved(standard, matrix[use], later[use], rows.weight[use], tau)
        score = _parts(standard, weight, matrix).sum(axis=1) - quantile
        maps = self.maps.fit(score, rows.event, rows.weight, rows.lead, rows.leads)
        return FittedProxyMeans(standard, weight, quantile, tau, maps)

    def is_proxy(self, entry: Feature) -> bool:
        """Whether a feature is a proxy."""
        named = entry.name.partition("__")[0] in self.blocks and entry.name not in self.without
        return named and entry.modelled and entry.unit not in ("money", "log_ratio")

    def restore(self, files: Mapping[str, bytes]) -> FittedProxyMeans:
        """The fitted regression from its files."""
        values = json.loads(files["proxy_means.json"])
        standard, maps = Standard.restore(values["standard"]), LeadMaps.restore(files["maps.json"])
        return FittedProxyMeans(standard, np.array(values["weight"]), values["quantile"], values["tau"], maps)

    def _tau(self, later: Floats, weight: Floats) -> float:
        below = float(np.average(later < 0, weights=weight))
        return below if self.tau_range[0] <= below <= self.tau_range[1] else self.tau

    def _solved(
        self, standard: Standard, matrix: NDArray[np.float32], later: Floats, weight: Floats, tau: float
    ) -> tuple[Floats, float]:
        """(2 columns,) coefficients and the intercept, of the least smoothed check loss."""
        design: Floats = np.hstack(standard.parts(matrix)).astype(np.float64)
        strength = 1 / self.penalty

        def loss(theta: Floats) -> tuple[float, Floats]:
            missed = later - design @ theta[:-1] - theta[-1]
            value = tau * missed + _BANDWIDTH * np.logaddexp(0, -missed / _BANDWIDTH)
            slope = -weight * (tau - expit(-missed / _BANDWIDTH))
            gradient = np.append(slope @ design + strength * theta[:-1], slope.sum())
            return float((weight * value).sum() + strength / 2 * (theta[:-1] ** 2).sum()), gradient

        start = np.append(np.zeros(design.shape[1]), np.quantile(later, tau))
        found = minimize(loss, start, jac=True, method="L-BFGS-B", options={"maxiter": self.iterations}).x
        return found[:-1], float(found[-1])


def _parts(standard: Standard, weight: Floats, matrix: NDArray[np.float32]) -> Floats:
    """(rows, columns) minus coefficient times value, and its flag where missing."""
    values, missing = standard.parts(matrix)
    count = len(standard.names)
    return -(values * weight[:count] + missing * weight[count:])
