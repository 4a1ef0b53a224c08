"""A discrete-time hazard regression with the duration of the spell: how long the household has been out of poverty.

Rows are household, origin and lead. What is known of the household stays as it is at the origin, while the duration and
the calendar month move on with the lead.
"""

from __future__ import annotations

import json
from collections.abc import Callable, Mapping
from dataclasses import dataclass as plain_dataclass
from functools import partial
from typing import Annotated, Literal

import numpy as np
from numpy.typing import NDArray
from pydantic import Field
from pydantic.dataclasses import dataclass
from scipy.optimize import minimize
from scipy.special import expit

from relapse.core.recipe import STRICT, Count
from relapse.core.rows import LEAD, TrainingRows, Unit
from relapse.model.columns import columns_of
from relapse.model.standard import Standard

Floats = NDArray[np.float64]
Link = Literal["logit", "cloglog"]
Column = Callable[[str], Floats]

SEASON, AHEAD, PERIOD = "season__of_target", "season__years_ahead", "season__period_years"
_MINUTE = 1e-4  # years: six months in twelfths are no more than half a year
_BOUND = 5.0  # of the linear predictor under cloglog: its chance is 1 to the last digit


@plain_dataclass(frozen=True, eq=False)
class FittedLogitDuration:
    """A fitted hazard regression.

    Args:
        link: of the hazard, logit or complementary log-log.
        standard: the columns that enter by their number.
        clocks: features that tell the duration in periods; of each household the first known one counts.
        steps: (steps,) years of duration at which the level changes.
        seasons: (seasons,) of the target that have a level of their own; none where a period is a year.
        leads: (leads,) that have a level of their own.
        weight: coefficients of columns, their missing flags, durations, seasons, leads; the last is the intercept.
    """

    link: Link
    standard: Standard
    clocks: tuple[str, ...]
    steps: Floats
    seasons: Floats
    leads: Floats
    weight: Floats

    def margin(self, unit: Unit) -> Floats:
        """(n, leads) log-odds of the event at each lead."""
        return np.stack([self._log_odds(self._linear(unit, place)) for place in range(len(unit.leads))], axis=1)

    def contributions(self, unit: Unit, places: NDArray[np.intp]) -> Floats:
        """(n, entries + 1) shares of the mean margin over some leads: coefficient times value; the last is the base.

        Under the complementary log-log the log-odds are no linear function of these. They are shared along the straight
        line from the base to the household (Aumann and Shapley 1974), which divides what is gained in proportion.
        """
        columns = columns_of(unit.entries, self.standard.names)
        clocks = columns_of(unit.entries, self.clocks)
        names = [entry.name for entry in unit.entries]
        count, out = len(self.standard.names), np.zeros((len(unit.members), len(unit.entries) + 1))
        for place in places:
            parts = self._design(unit, int(place)) * self.weight[:-1]
            by_column, duration, season, lead = np.split(parts, self._bounds(), axis=1)
            base = lead.sum(axis=1) + self.weight[-1]
            apart = (by_column.sum(axis=1) + duration.sum(axis=1)) + season.sum(axis=1)
            pace = self._pace(base, apart)
            out[:, columns] += pace[:, None] * (by_column[:, :count] + by_column[:, count:])
            which = _first_known(partial(unit.column, place=int(place)), self.clocks)[1]
            out[np.arange(len(out)), clocks[which]] += pace * duration.sum(axis=1)
            if len(self.seasons):
                out[:, names.index(SEASON)] += pace * season.sum(axis=1)
            out[:, -1] += self._log_odds(base)
        return out / len(places)

    def dump(self) -> Mapping[str, bytes]:
        """The regression as JSON."""
        arrays = {key: getattr(self, key).tolist() for key in _ARRAYS}
        values = {"link": self.link, "clocks": self.clocks, "standard": self.standard.plain(), **arrays}
        return {"logit_duration.json": json.dumps(values, indent=1).encode()}

    def design(self, matrix: NDArray[np.float32], lead: NDArray[np.integer], column: Column) -> Floats:
        """(rows, design): see `weight`.

        Args:
            matrix: (rows, columns) of `standard`.
            lead: (rows,)
            column: gives the other features.
        """
        values, missing = self.standard.parts(matrix)
        duration = self._years(column)[:, None] > self.steps + _MINUTE
        season = column(SEASON)[:, None] == self.seasons if len(self.seasons) else np.empty((len(lead), 0))
        return np.hstack([values, missing, duration, season, lead[:, None] == self.leads])

    def _years(self, column: Column) -> Floats:
        """(rows,) years since the household left poverty, one period before the one that is forecast; 0 unknown."""
        periods, _ = _first_known(column, self.clocks)
        return np.nan_to_num((periods - 1) * column(PERIOD) + column(AHEAD))

    def _bounds(self) -> NDArray[np.intp]:
        return np.cumsum([2 * len(self.standard.names), len(self.steps), len(self.seasons)])

    def _design(self, unit: Unit, place: int) -> Floats:
        matrix = unit.matrix(place)[:, columns_of(unit.entries, self.standard.names)]
        return self.design(matrix, np.full(len(matrix), unit.leads[place]), partial(unit.column, place=place))

    def _linear(self, unit: Unit, place: int) -> Floats:
        return np.asarray(self._design(unit, place) @ self.weight[:-1] + self.weight[-1])

    def _log_odds(self, linear: Floats) -> Floats:
        """Log-odds of the hazard: ln(h / (1 - h)) with h = 1 - exp(-exp(linear)) under cloglog."""
        if self.link == "logit":
            return linear
        bounded = np.exp(np.clip(linear, -_BOUND * 6, _BOUND))
        return np.asarray(bounded + np.log(-np.expm1(-bounded)))

    def _pace(self, base: Floats, apart: Floats) -> Floats:
        """(rows,) log-odds gained for each unit of the linear predictor between the base and the household."""
        near = np.abs(apart) < 1e-6
        step = np.where(near, 1e-6, apart)
        return np.asarray((self._log_odds(base + step) - self._log_odds(base)) / step)


_ARRAYS = ("steps", "seasons", "leads", "weight")


@dataclass(frozen=True, config=STRICT)
class LogitDuration:
    """Settings of the hazard regression.

    Args:
        link: logit, or cloglog for proportional hazards in continuous time.
        steps_years: durations at which the level changes.
        clocks: features that tell in periods how long the spell has lasted; of each household the first known counts.
        penalty: inverse strength of the quadratic penalty on standardised columns, as in `model.logit`.
        iterations: of the solver at most.
        most_rows: training rows at most; all events stay, non-events are sampled and weighted.
        least_events: with fewer closed events there is no cross-fit.

    Source:
        Jenkins (1995), Oxford Bulletin of Economics and Statistics 57(1):129-138; Prentice and Gloeckler (1978),
        Biometrics 34(1):57-67, for the complementary log-log.
    """

    link: Link
    steps_years: tuple[Annotated[float, Field(gt=0)], ...]
    clocks: Annotated[tuple[str, ...], Field(min_length=1)]
    penalty: Annotated[float, Field(gt=0)]
    iterations: Count
    most_rows: Count
    least_events: Count

    name = "logit_duration"
    guarded = False

    def fit(self, rows: TrainingRows, rng: np.random.Generator) -> FittedLogitDuration:
        """The regression fitted on closed labels.

        Args:
            rows: stacked rows of households, origins and leads.
            rng: not used; the problem is solved the same way each time.

        Raises:
            InputError: no block makes a clock, or the block `season` is not configured.
        """
        there = {entry.name for entry in rows.entries}
        clocks = tuple(clock for clock in self.clocks if clock in there) or self.clocks[-1:]
        apart = {LEAD.name, SEASON, *clocks}
        chosen = [k for k, entry in enumerate(rows.entries) if entry.modelled and entry.name not in apart]
        standard = Standard.of([rows.entries[k].name for k in chosen], rows.matrix[:, chosen])
        seasons = np.unique(rows.column(SEASON)) if SEASON in there else np.empty(0)
        leads = rows.leads.astype(np.float64)
        blank = FittedLogitDuration(
            self.link, standard, clocks, np.array(self.steps_years), seasons, leads, np.empty(0)
        )
        matrix = rows.matrix[:, columns_of(rows.entries, standard.names)]
        design = blank.design(matrix, rows.lead, rows.column).astype(np.float32)  # half the time, the same order
        weight = _solved(self.link, design, rows, 1 / self.penalty, self.iterations)
        return FittedLogitDuration(self.link, standard, clocks, blank.steps, seasons, leads, weight)

    def restore(self, files: Mapping[str, bytes]) -> FittedLogitDuration:
        """The fitted regression from its file."""
        values = json.loads(files["logit_duration.json"])
        arrays = (np.array(values[key], np.float64) for key in _ARRAYS)
        return FittedLogitDuration(
            values["link"], Standard.restore(values["standard"]), tuple(values["clocks"]), *arrays
        )


def _solved(link: Link, design: NDArray[np.float32], rows: TrainingRows, strength: float, iterations: int) -> Floats:
    """(design + 1,): coefficients and intercept of the highest penalised likelihood."""

    def loss(theta: Floats) -> tuple[float, Floats]:
        linear = design @ theta[:-1].astype(np.float32) + theta[-1]
        value, slope = _logistic(linear, rows.event) if link == "logit" else _cloglog(linear, rows.event)
        weighted = rows.weight * slope
        gradient = np.append(weighted.astype(np.float32) @ design, weighted.sum()).astype(np.float64)
        gradient[:-1] += strength * theta[:-1]
        return float((rows.weight * value).sum() + strength / 2 * (theta[:-1] ** 2).sum()), gradient

    share = np.clip(np.average(rows.event, weights=rows.weight), 1e-6, 1 - 1e-6)
    start = np.append(np.zeros(design.shape[1]), np.log(share / (1 - share)))
    found = minimize(loss, start, jac=True, method="L-BFGS-B", options={"maxiter": iterations})
    return np.asarray(found.x)


def _logistic(linear: Floats, event: Floats) -> tuple[Floats, Floats]:
    """(rows,) minus the log-likelihood, and its slope."""
    return np.logaddexp(0, linear) - event * linear, expit(linear) - event


def _cloglog(linear: Floats, event: Floats) -> tuple[Floats, Floats]:
    """(rows,) the same with h = 1 - exp(-exp(linear))."""
    rate = np.exp(np.clip(linear, -6 * _BOUND, _BOUND))
    value = np.where(event == 1, -np.log(-np.expm1(-rate)), rate)
    return value, np.where(event == 1, -rate / np.expm1(rate), rate)


def _first_known(column: Column, names: tuple[str, ...]) -> tuple[Floats, NDArray[np.intp]]:
    """(rows,) the first known of some features, and which it is (the last where none is)."""
    values = column(names[-1])
    which = np.full(len(values), len(names) - 1)
    for place in reversed(range(len(names) - 1)):
        mine = column(names[place])
        known = ~np.isnan(mine)
        values, which = np.where(known, mine, values), np.where(known, place, which)
    return values, which
