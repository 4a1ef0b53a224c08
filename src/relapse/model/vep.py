"""Vulnerability as expected poverty: the mean and the variance of log income by what a household is, not by its income.

Three steps of feasible generalised least squares on the training rows' households. Numbers are clipped at their 1st and
99th percentile and standardised; a missing one counts as the mean.
"""

from __future__ import annotations

import json
from collections.abc import Callable, Mapping, Sequence
from dataclasses import asdict, replace
from dataclasses import dataclass as plain_dataclass
from functools import partial

import numpy as np
from numpy.typing import NDArray
from pydantic.dataclasses import dataclass

from relapse.core.catalogue import Feature
from relapse.core.errors import InputError
from relapse.core.recipe import STRICT, Count, Share
from relapse.core.rows import TrainingRows, Unit
from relapse.model.calibration.by_lead import ByLead
from relapse.model.columns import columns_of
from relapse.model.ranked import RankedHazard, fit_ranked, restore_ranked

Floats = NDArray[np.float64]
OUTCOME = "income__log_ratio_now"
_FILE = "regressions.json"
_NOTHING = 1e-8  # a squared residual is at least this, where its logarithm is taken


@plain_dataclass(frozen=True, eq=False)
class Regressions:
    """ln(income / line) = b0 + X b + e, and the variance of e from X t.

    Args:
        names: of the columns of X.
        low, high, mean, scale: (columns,) clipping bounds and standardisation.
        beta, theta: (columns + 1,) coefficients; the first is the intercept, fitted at the columns' means.
        log_variance: whether the variance is exp(X t + spread / 2), and not X t.
        spread: variance of the residual of that regression.
        least: a variance below it, such as a negative fit, is taken for it (linear form).
        floored: share of the training households whose fitted variance in the linear form was not positive.
    """

    names: tuple[str, ...]
    low: Floats
    high: Floats
    mean: Floats
    scale: Floats
    beta: Floats
    theta: Floats
    log_variance: bool
    spread: float
    least: float
    floored: float

    def design(self, column: Callable[[str], Floats]) -> Floats:
        """(rows, columns) standardised numbers, 0 where missing."""
        values = np.stack([column(name) for name in self.names], axis=1)
        standard = (np.clip(values, self.low, self.high) - self.mean) / self.scale
        return np.asarray(np.nan_to_num(standard))

    def deviation(self, linear: Floats) -> Floats:
        """(rows,) standard deviations from the fits of X t."""
        variance = np.exp(linear + self.spread / 2) if self.log_variance else np.maximum(linear, self.least)
        return np.asarray(np.sqrt(variance))

    def score(self, column: Callable[[str], Floats]) -> Floats:
        """(rows,) how many standard deviations the line lies above the expected log income."""
        design = self.design(column)
        linear = self.theta[0] + design @ self.theta[1:]
        return np.asarray(-(self.beta[0] + design @ self.beta[1:]) / self.deviation(linear))

    def shares(self, column: Callable[[str], Floats]) -> tuple[Floats, float]:
        """(rows, columns) what each column adds to the score, and the score at the means of all; they sum to it.

        The expected income is linear in X. What the deviation does to the score goes to the columns as their parts of
        X t, in which the deviation is a function of one number.
        """
        design = self.design(column)
        apart = design @ self.theta[1:]
        deviation, usual = self.deviation(self.theta[0] + apart), float(self.deviation(self.theta[:1])[0])
        moved = np.abs(apart) > 1e-12
        steepness = np.where(moved, (1 / deviation - 1 / usual) / np.where(moved, apart, 1), 0)
        parts = -design * self.beta[1:] / deviation[:, None]
        parts -= self.beta[0] * steepness[:, None] * design * self.theta[1:]
        return parts, float(-self.beta[0] / usual)

    def dump(self) -> bytes:
        """The regressions as JSON."""
        told = {key: value.tolist() if isinstance(value, np.ndarray) else value for key, value in asdict(self).items()}
        return json.dumps(told, indent=1).encode()

    @staticmethod
    def restore(content: bytes) -> Regressions:
        """The regressions from their JSON."""
        told = json.loads(content)
        arrays = {key: np.array(told[key], dtype=np.float64) for key in _ARRAYS}
        return Regressions(**{**told, **arrays, "names": tuple(told["names"])})


_ARRAYS = ("low", "high", "mean", "scale", "beta", "theta")


@plain_dataclass(frozen=True, eq=False)
class FittedVep:
    """The regressions with their maps by lead.

    Args:
        regressions: which give the score.
        ranked: the score as a rule.
    """

    regressions: Regressions
    ranked: RankedHazard

    def margin(self, unit: Unit) -> Floats:
        """(n, leads) log-odds of the event at each lead."""
        return self.ranked.margin(unit)

    def contributions(self, unit: Unit, places: NDArray[np.intp]) -> Floats:
        """(n, entries + 1) shares of the mean margin over some leads; the last column is the base value.

        What of a score lies beyond the highest of the training rows counts no more; it is taken off all columns alike.
        """
        columns = columns_of(unit.entries, self.regressions.names)
        out = np.zeros((len(unit.members), len(unit.entries) + 1))
        maps = self.ranked.maps
        for place in places:
            parts, base = self.regressions.shares(partial(unit.column, place=int(place)))
            total = parts.sum(axis=1)
            beyond = np.maximum(base + total - self.ranked.highest, 0)
            size = np.abs(parts).sum(axis=1)
            parts -= np.abs(parts) * np.divide(beyond, size, out=np.zeros_like(size), where=size > 0)[:, None]
            out[:, columns] += maps.slope[place] * parts
            out[:, -1] += maps.level[place] + maps.slope[place] * base
        return out / len(places)

    def dump(self) -> Mapping[str, bytes]:
        """The files of the rule and of its regressions."""
        return self.ranked.dump()


@dataclass(frozen=True, config=STRICT)
class Vep:
    """P(ln income < ln line) with the mean and the variance of log income regressed on what the household is.

    A cross-section: next year's variance of a household is the variance across households that are like it. The
    training rows hold households at risk, so where the outcome is the fall below the line, nobody below it is in the
    regression.

    Args:
        blocks: whose features are the regressors; none of them may tell current income.
        most_floored: with a larger share of fitted variances that are not positive, the logarithm of the squared
            residuals is regressed instead.
        most_rows: training rows at most; all events stay, non-events are sampled and weighted.
        maps: how its score is mapped to chances by lead.

    Source:
        Chaudhuri, Jalan and Suryahadi (2002), Columbia discussion paper 0102-52; Handbook on Poverty and Inequality
        (World Bank 2009), equations 12.5 and 12.6.
    """

    blocks: Sequence[str]
    most_floored: Share
    most_rows: Count
    maps: ByLead

    name = "vep"
    guarded = False

    def lacking(self, entries: Sequence[Feature]) -> tuple[str, ...]:
        """What it cannot do without and is not there: any regressor at all, or the income."""
        lacks = () if any(entry.name == OUTCOME for entry in entries) else (OUTCOME,)
        return lacks if self._regressors(entries) else (*lacks, *self.blocks)

    def fit(self, rows: TrainingRows, rng: np.random.Generator) -> FittedVep:
        """The regressions of the households at risk, and maps on closed labels.

        Raises:
            InputError: no block makes a regressor that varies, or none makes the income.
        """
        first = rows.lead == rows.leads.min()
        names = self._regressors(rows.entries)
        regressions = regress(
            {name: rows.column(name)[first] for name in names},
            rows.column(OUTCOME)[first],
            rows.weight[first],
            self.most_floored,
        )
        learned = {_FILE: regressions.dump()}
        ranked = fit_ranked(self.name, regressions.names, regressions.score, rows, self.maps, learned)
        return FittedVep(regressions, ranked)

    def restore(self, files: Mapping[str, bytes]) -> FittedVep:
        """The fitted model from its files."""
        regressions = Regressions.restore(files[_FILE])
        return FittedVep(regressions, restore_ranked(self.name, regressions.names, regressions.score, files, (_FILE,)))

    def _regressors(self, entries: Sequence[Feature]) -> tuple[str, ...]:
        return tuple(each.name for each in entries if each.modelled and each.name.partition("__")[0] in self.blocks)


def regress(columns: Mapping[str, Floats], outcome: Floats, weight: Floats, most_floored: float) -> Regressions:
    """The three steps.

    Args:
        columns: (rows,) each, by name; those that do not vary are left out.
        outcome: (rows,) ln(income / line); rows without one are left out.
        weight: (rows,) how many households each stands for.
        most_floored: see `Vep`.

    Raises:
        InputError: no column varies, or no income is known.
    """
    told = ~np.isnan(outcome)
    there = {name: values[told] for name, values in columns.items() if not np.isnan(values[told]).all()}
    bounds = {name: _bounds(values) for name, values in there.items()}
    bounds = {name: pair for name, pair in bounds.items() if pair[1] > pair[0]}
    if not bounds:
        raise InputError("none of the features that vep regresses income on varies here; take another model")
    clipped = {name: np.clip(there[name], *pair) for name, pair in bounds.items()}
    low, high = (np.array([pair[side] for pair in bounds.values()]) for side in (0, 1))
    mean = np.array([np.nanmean(values) for values in clipped.values()])
    scale = np.array([np.nanstd(values) for values in clipped.values()])
    blank = np.zeros(len(bounds) + 1)
    made = Regressions(tuple(bounds), low, high, mean, scale, blank, blank, False, 0.0, 0.0, 0.0)
    design = np.hstack([np.ones((int(told.sum()), 1)), made.design(there.__getitem__)])
    return three_steps(made, design, outcome[told], weight[told], most_floored)


def _bounds(values: Floats) -> Floats:
    """(2,): 1st and 99th percentile; of what holds of fewer than one in a hundred, its least and its most."""
    inner = np.nanpercentile(values, [1, 99])
    return np.asarray(inner if inner[1] > inner[0] else [np.nanmin(values), np.nanmax(values)])


def three_steps(made: Regressions, design: Floats, outcome: Floats, weight: Floats, most_floored: float) -> Regressions:
    """Ordinary least squares; the variance by its squared residuals, weighted by its own fit; the mean, weighted by it.

    Args:
        made: with the columns' standardisation; coefficients are filled in.
        design: (rows, columns + 1) standardised, the first column ones.
        outcome: (rows,) log ratio of income to line.
        weight: (rows,) how many households each stands for.
        most_floored: see `Vep`.
    """
    squares = (outcome - design @ weighted_least_squares(design, outcome, weight)) ** 2
    first, floor, _ = _positive(design @ weighted_least_squares(design, squares, weight), squares, weight)
    theta = weighted_least_squares(design / first[:, None], squares / first, weight)
    _, floor, floored = _positive(design @ theta, squares, weight)
    made = replace(made, theta=theta, least=floor, floored=floored)
    if floored > most_floored:
        logs = np.log(np.maximum(squares, _NOTHING))
        theta = weighted_least_squares(design, logs, weight)
        free = max(len(logs) - design.shape[1], 1) / len(logs)
        spread = float(np.average((logs - design @ theta) ** 2, weights=weight)) / free
        made = replace(made, theta=theta, log_variance=True, spread=spread)
    deviation = made.deviation(design @ made.theta)
    return replace(made, beta=weighted_least_squares(design / deviation[:, None], outcome / deviation, weight))


def _positive(fitted: Floats, squares: Floats, weight: Floats) -> tuple[Floats, float, float]:
    """Fitted variances raised to the 1st percentile of the positive ones, that floor, and the share that was not."""
    above = fitted > 0
    usual = max(float(np.average(squares, weights=weight)), _NOTHING)
    floor = max(float(np.percentile(fitted[above], 1)) if above.any() else usual, _NOTHING)
    return np.maximum(fitted, floor), floor, float(np.average(~above, weights=weight))


def weighted_least_squares(design: Floats, outcome: Floats, weight: Floats) -> Floats:
    """(columns,) weighted least squares; of columns that say the same, the shortest solution."""
    root = np.sqrt(weight)
    return np.asarray(np.linalg.lstsq(design * root[:, None], outcome * root, rcond=None)[0])
