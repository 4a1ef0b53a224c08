"""The rows of `metrics.csv`: every figure of every model of a trial, with its 90 % interval.

In goes a trial; out come tables. All models of a trial are measured on the same draws.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass as plain_dataclass
from dataclasses import replace
from typing import Annotated

import numpy as np
import pandas as pd
from pydantic import AfterValidator, Field
from pydantic.dataclasses import dataclass

from relapse.core.errors import InputError, nearest
from relapse.core.recipe import STRICT, Count
from relapse.core.results import Trial
from relapse.evaluation.compare import comparison
from relapse.evaluation.figures import Figure, Figures, figures_of
from relapse.evaluation.intervals import Draws, interval, resample
from relapse.evaluation.lists import Timing, lengths_of
from relapse.evaluation.metrics import BOUNDS
from relapse.evaluation.slices import Slice

COLUMNS = ["model", "outcome", "horizon", "origin", "metric", "value", "ci_low", "ci_high", "n", "events"]


def _readable(lists: Sequence[int | str]) -> Sequence[int | str]:
    lengths_of(lists)
    return lists


@plain_dataclass(frozen=True, eq=False)
class Measured:
    """All figures of several models on the same draws of one trial.

    Args:
        outcome: of the trial.
        horizon: of the trial, periods.
        figures: by model.
    """

    outcome: str
    horizon: int
    figures: Mapping[str, Figures]

    def table(self) -> pd.DataFrame:
        """The rows of `metrics.csv`, models in the trial's order, pooled figures before those of each origin."""
        rows = [
            {"model": model, "outcome": self.outcome, "horizon": self.horizon, "origin": origin, "metric": metric}
            | _row(metric, figure)
            for model, figures in self.figures.items()
            for (origin, metric), figure in figures.items()
        ]
        table = pd.DataFrame(rows, columns=COLUMNS)
        return table.astype({"origin": object})

    def compare(self, model: str, against: str) -> pd.DataFrame:
        """Paired differences, as `Evaluation.compare` gives them.

        Raises:
            InputError: a model was not measured.
        """
        first, second = (self.figures[_known(name, self.figures)] for name in (model, against))
        names = {"model": model, "against": against, "outcome": self.outcome}
        return comparison({**names, "horizon": self.horizon}, first, second)


@dataclass(frozen=True, config=STRICT)
class Evaluation:
    """What is measured, and how many draws stand behind an interval.

    Args:
        lists: list lengths at each origin: a count such as 300, or a share of the origin's rows such as `5pct`.
        draws: resamples.
        ece_bins: risk bands of equal size of the calibration error.
        block_periods: periods that a block of origins covers at least; it is never shorter than the horizon.
        early: a fall that comes so many periods after the list, or later, was found early by it.
        visit_cost: of looking at one listed household, in the panel's money.
        thresholds: chances at which the net benefit of visiting is told.
        slices: divisions of the households by name.
        memory_years: lists of so long before an origin (at least one period) count as lists before it.
        lists_between: whether lists are made at each period between origins, too, by the model of the origin before.
    """

    lists: Annotated[Sequence[int | str], AfterValidator(_readable)]
    draws: Annotated[int, Field(ge=20)]
    ece_bins: Annotated[int, Field(ge=2)]
    block_periods: Annotated[int, Field(ge=1)] | None
    early: Count
    visit_cost: Annotated[float, Field(gt=0)]
    thresholds: list[Annotated[float, Field(gt=0, lt=1)]]
    slices: Mapping[str, Slice]
    memory_years: Annotated[float, Field(gt=0)]
    lists_between: bool

    def with_list(self, length: int | str) -> Evaluation:
        """The same with a list of one length more, where it is not among them."""
        return replace(self, lists=list(dict.fromkeys([*self.lists, length])))

    def measure(self, trial: Trial, rng: np.random.Generator, models: Iterable[str] | None = None) -> Measured:
        """Figures and draws, from which both the table and the comparisons are made.

        Args:
            trial: rows and what each model said of them.
            rng: where the draws come from; they are the same for all models.
            models: which ones; all of the trial if None.

        Raises:
            InputError: the trial has no such model.
        """
        draws = self.resample(trial, rng)
        lengths = lengths_of(self.lists)
        names = [_known(name, trial.probability) for name in (trial.probability if models is None else models)]
        timing = None if trial.ahead is None else Timing.of(trial.ahead, self.early, self.visit_cost)
        figures = {name: figures_of(trial, name, draws, lengths, self.ece_bins, timing) for name in names}
        return Measured(trial.outcome, trial.horizon, figures)

    def table(self, trial: Trial, rng: np.random.Generator) -> pd.DataFrame:
        """Every figure of every model.

        Args:
            trial: rows and what each model said of them.
            rng: where the draws come from.

        Returns:
            One row a figure, with `COLUMNS`: `origin` is a period or `all`; `n` and `events` are the rows behind the
            figure (for precision, attainable and lift the listed ones) and their events (for attainable those of all
            rows); NaN where a figure, or its interval, is not defined.
        """
        return self.measure(trial, rng).table()

    def compare(self, trial: Trial, model: str, against: str, rng: np.random.Generator) -> pd.DataFrame:
        """One model against another on the same draws.

        Args:
            trial: with both models.
            model: name of the one.
            against: name of the other.
            rng: where the draws come from.

        Returns:
            One row a metric: model, against, outcome, horizon, metric, difference (pooled, model minus against),
            ci_low, ci_high, and range_low, range_high (lowest and highest difference at an origin).

        Raises:
            InputError: the trial has no such model.
        """
        return self.measure(trial, rng, dict.fromkeys([model, against])).compare(model, against)

    def resample(self, trial: Trial, rng: np.random.Generator) -> Draws:
        """Draws of the trial's rows, in blocks of origins at least a horizon long."""
        length = max(trial.horizon, self.block_periods or 1)
        return resample(trial.cluster, trial.origin, length, self.draws, rng)


def _row(metric: str, figure: Figure) -> dict[str, float | int]:
    bounds = BOUNDS.get(metric.rpartition("_")[0] if "_at_" in metric else metric, (-np.inf, np.inf))
    low, high = interval(figure.value, figure.drawn, bounds)
    return {"value": figure.value, "ci_low": low, "ci_high": high, "n": figure.rows, "events": figure.events}


def _known(model: str, models: Iterable[str]) -> str:
    if model not in (names := list(models)):
        raise InputError(f"no model {model!r} in this trial; {nearest(model, names)}")
    return model
