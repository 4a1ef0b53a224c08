"""Regularised logistic regression on the same features: the plain learner every boosted model has to justify itself to.

Numbers are clipped at their 1st and 99th percentile, standardised and, where missing, set to the mean with a flag; the
distance to the line gets hinges at its quartiles; each lead has a level of its own.
"""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass as plain_dataclass
from dataclasses import replace
from typing import Annotated

import numpy as np
from numpy.typing import NDArray
from pydantic import Field
from pydantic.dataclasses import dataclass

from relapse.core.catalogue import Feature
from relapse.core.recipe import STRICT, Count
from relapse.core.rows import LEAD, TrainingRows, Unit
from relapse.model.columns import columns_of
from relapse.model.standard import Standard

Floats = NDArray[np.float64]
DISTANCE = "income__log_ratio_now"
_FITS = 5  # at most, until no coefficient runs against its direction; those that still do count nothing
_BLOCK = 8_192  # rows in double precision at once


@plain_dataclass(frozen=True, eq=False)
class FittedLogit:
    """A fitted regression.

    Args:
        standard: the columns it reads.
        knots: where the distance to the line may bend.
        leads: (leads,) that have a level of their own.
        weight: coefficients of the design's columns; the last is the intercept.
    """

    standard: Standard
    knots: Floats
    leads: Floats
    weight: Floats

    def margin(self, unit: Unit) -> Floats:
        """(n, leads) log-odds of the event at each lead."""
        columns = columns_of(unit.entries, self.standard.names)
        differ = columns >= unit.table.values.shape[1]  # by lead; what the others add is the same at all of them
        levels, held, odds = self.weight[2 * len(columns) + len(self.knots) : -1], np.empty(0), []
        for place, matrix in enumerate(unit.each_lead(columns)):
            if place == 0:
                held = (
                    self._terms(matrix, ~differ) + _by_row(self._hinges(matrix), self._hinge_weights) + self.weight[-1]
                )
            odds.append(held + self._terms(matrix, differ) + levels @ (unit.leads[place] == self.leads))
        return np.stack(odds, axis=1)

    def contributions(self, unit: Unit, places: NDArray[np.intp]) -> Floats:
        """(n, entries + 1) shares of the mean margin over some leads: coefficient times value; the last is the base."""
        columns = columns_of(unit.entries, self.standard.names)
        out = np.zeros((len(unit.members), len(unit.entries) + 1))
        for place in places:
            matrix = unit.matrix(int(place))[:, columns]
            parts = self.design(matrix, np.full(len(matrix), unit.leads[place])) * self.weight[:-1]
            count = len(self.standard.names)
            out[:, columns] += parts[:, :count] + parts[:, count : 2 * count]
            if len(self.knots):
                hinges = parts[:, 2 * count : 2 * count + len(self.knots)]
                out[:, columns[self.standard.names.index(DISTANCE)]] += hinges.sum(axis=1)
            out[:, -1] += parts[:, 2 * count + len(self.knots) :].sum(axis=1) + self.weight[-1]
        return out / len(places)

    def against(self, entries: Sequence[Feature]) -> NDArray[np.bool_]:
        """(design,) which coefficients run against the direction expected of their column; all hinges if one does."""
        count, expected = len(self.standard.names), {entry.name: entry.direction for entry in entries}
        direction = np.array([expected[name] for name in self.standard.names], dtype=np.float64)
        out = np.zeros(len(self.weight) - 1, dtype=bool)
        out[:count] = direction * self.weight[:count] < 0
        if len(self.knots):
            place = self.standard.names.index(DISTANCE)
            slopes = np.cumsum([self.weight[place] / self.standard.scale[place], *self._hinge_weights])
            out[2 * count : 2 * count + len(self.knots)] = (direction[place] * slopes < 0).any()
        return out

    def design(self, matrix: NDArray[np.float32], lead: NDArray[np.integer]) -> Floats:
        """(rows, design): standardised columns, their missing flags, hinges of the distance, levels of the leads."""
        standard, missing = self.standard.parts(matrix)
        return np.hstack([standard, missing, self._hinges(matrix), lead[:, None] == self.leads])

    def dump(self) -> Mapping[str, bytes]:
        """The regression as JSON."""
        arrays = {key: getattr(self, key).tolist() for key in _ARRAYS}
        return {"logit.json": json.dumps({**self.standard.plain(), **arrays}, indent=1).encode()}

    def _terms(self, matrix: NDArray[np.float32], chosen: NDArray[np.bool_]) -> Floats:
        """(rows,) what some of the columns (columns,) add to the odds, with their missing flags."""
        count, mine, odds = len(chosen), self.standard.some(chosen), np.empty(len(matrix))
        values, flags = self.weight[:count][chosen], self.weight[count : 2 * count][chosen]
        for begin in range(0, len(matrix), _BLOCK):
            standard, missing = mine.parts(matrix[begin : begin + _BLOCK, chosen])
            odds[begin : begin + _BLOCK] = _by_row(standard, values) + _by_row(missing, flags)
        return odds

    def _hinges(self, matrix: NDArray[np.float32]) -> Floats:
        """(rows, knots) how far the distance to the line lies above each knot; a missing one counts as at the line."""
        mine = np.array([name == DISTANCE for name in self.standard.names], dtype=bool)
        distance = np.nan_to_num(self.standard.some(mine).clipped(matrix[:, mine]))
        return np.maximum(distance - self.knots, 0)

    @property
    def _hinge_weights(self) -> Floats:
        begin = 2 * len(self.standard.names)
        return self.weight[begin : begin + len(self.knots)]


def _by_row(matrix: Floats | NDArray[np.bool_], weights: Floats) -> Floats:
    """(rows,) products, each row's the same whatever rows stand beside it.

    BLAS does not promise that, nor do sums over matrices that lie in memory now by rows and now by columns.
    """
    return np.asarray(np.multiply(matrix, weights, order="C").sum(axis=1))


_ARRAYS = ("knots", "leads", "weight")


@dataclass(frozen=True, config=STRICT)
class Logit:
    """Settings of the regression.

    Args:
        penalty: inverse strength of the quadratic penalty (scikit-learn's C).
        iterations: of the solver at most.
        most_rows: training rows at most; all events stay, non-events are sampled and weighted.
        least_events: with fewer closed events the rule is used instead.
        bound: whether the catalogue's expected directions bind the coefficients, where what harms makes the event
            likelier: a column whose coefficient runs against its direction is left out, and the rest fitted again.
    """

    penalty: Annotated[float, Field(gt=0)]
    iterations: Count
    most_rows: Count
    least_events: Count
    bound: bool

    name = "logit"
    guarded = False

    def fit(self, rows: TrainingRows, rng: np.random.Generator) -> FittedLogit:
        """The regression fitted on closed labels.

        Args:
            rows: stacked rows of households, origins and leads.
            rng: not used; the problem is convex.
        """
        import warnings

        from sklearn.linear_model import LogisticRegression

        blank = _standardise(rows)
        columns = columns_of(rows.entries, blank.standard.names)
        blocks = [slice(begin, begin + _BLOCK) for begin in range(0, len(rows.event), _BLOCK)]
        design = np.concatenate(  # single precision: half the time, the same order
            [blank.design(rows.matrix[some][:, columns], rows.lead[some]).astype(np.float32) for some in blocks]
        )
        model = LogisticRegression(C=self.penalty, max_iter=self.iterations, tol=1e-4, warm_start=True)
        out, bound = np.zeros(design.shape[1], dtype=bool), self.bound and rows.harmful
        for _ in range(_FITS):
            with warnings.catch_warnings():
                warnings.simplefilter("ignore")  # a solver that stops at the limit of its iterations is good enough
                model.fit(design, rows.event, sample_weight=rows.weight)
            weight = np.append(np.where(out, 0, model.coef_[0]), model.intercept_[0]).astype(np.float64)
            fitted = replace(blank, weight=weight)
            against = fitted.against(rows.entries) & ~out & bound
            if not against.any():
                break
            out |= against
            design[:, against], model.coef_ = 0, np.where(out, 0, model.coef_)
        return replace(fitted, weight=np.append(np.where(out, 0, weight[:-1]), weight[-1]))

    def restore(self, files: Mapping[str, bytes]) -> FittedLogit:
        """The fitted regression from its file."""
        return restore_logit(files)


def restore_logit(files: Mapping[str, bytes]) -> FittedLogit:
    """The fitted regression from its file."""
    values = json.loads(files["logit.json"])
    return FittedLogit(Standard.restore(values), *(np.array(values[key], np.float64) for key in _ARRAYS))


def _standardise(rows: TrainingRows) -> FittedLogit:
    """Bounds, means and knots of the columns that vary; no coefficients yet, and no knots without a distance."""
    chosen = [k for k, entry in enumerate(rows.entries) if entry.modelled and entry is not LEAD]
    standard = Standard.of([rows.entries[k].name for k in chosen], rows.matrix[:, chosen])
    knots = np.empty(0)
    if DISTANCE in standard.names:
        distance = standard.some(np.array([name == DISTANCE for name in standard.names]))
        clipped = distance.clipped(rows.matrix[:, columns_of(rows.entries, distance.names)])
        knots = np.nanquantile(clipped, [0.25, 0.5, 0.75])
    return FittedLogit(standard, knots, rows.leads.astype(np.float64), np.empty(0))
