"""Gradient-boosted hazards on top of the structural forecaster: the trees learn what a model of incomes leaves open."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass as plain_dataclass
from dataclasses import replace

import numpy as np
from numpy.typing import NDArray
from pydantic.dataclasses import dataclass

from relapse.core.catalogue import Feature
from relapse.core.recipe import STRICT
from relapse.core.rows import TrainingRows, Unit
from relapse.model.lgbm_hazard import FittedLgbm, LgbmHazard
from relapse.model.structural import FittedStructural, Structural

Floats = NDArray[np.float64]
_START = "start_"  # before the names of the forecaster's files


@plain_dataclass(frozen=True, eq=False)
class FittedOnTop:
    """The fitted forecaster and the trees that are added to its log-odds.

    Args:
        start: the forecaster.
        boosted: the trees.
    """

    start: FittedStructural
    boosted: FittedLgbm

    def margin(self, unit: Unit) -> Floats:
        """(n, leads) log-odds of the event at each lead, before calibration."""
        return self.start.margin(unit) + self.boosted.margin(unit)

    def contributions(self, unit: Unit, places: NDArray[np.intp]) -> Floats:
        """(n, entries + 1) shares of the mean margin over some leads, of both added up; the last is the base value."""
        return self.start.contributions(unit, places) + self.boosted.contributions(unit, places)

    def dump(self) -> Mapping[str, bytes]:
        """The files of both."""
        return {**{_START + name: text for name, text in self.start.dump().items()}, **self.boosted.dump()}


@dataclass(frozen=True, config=STRICT)
class LgbmStructural:
    """Settings of the forecaster and of the trees on top.

    Args:
        structural: where the log-odds begin.
        boosted: the trees.
    """

    structural: Structural
    boosted: LgbmHazard

    name = "lgbm_structural"

    @property
    def guarded(self) -> bool:
        """As the trees are, and likewise what follows."""
        return self.boosted.guarded

    @property
    def most_rows(self) -> int:
        """Training rows at most."""
        return self.boosted.most_rows

    @property
    def others_per_event(self) -> int:
        """Non-events an event, where they are sampled."""
        return self.boosted.others_per_event

    @property
    def least_events(self) -> int:
        """With fewer closed events the rule is used instead."""
        return self.boosted.least_events

    @property
    def stops_early(self) -> bool:
        """Whether the number of trees is found on later origins."""
        return self.boosted.stops_early

    @property
    def at_floor(self) -> bool:
        """Whether there are no more trees than the fewest that are grown."""
        return self.boosted.at_floor

    def lacking(self, entries: Sequence[Feature]) -> tuple[str, ...]:
        """The features of the forecaster that no configured block makes."""
        there = {entry.name for entry in entries}
        return tuple(need for need in self.structural.needs if need not in there)

    def fit(self, rows: TrainingRows, rng: np.random.Generator) -> FittedOnTop:
        """The forecaster, and the trees on top of it, fitted on closed labels.

        Raises:
            InputError: the block `structural` is not configured.
        """
        start = self.structural.fit(rows, rng)
        return FittedOnTop(start, self.boosted.fit_trees(rows, rng, start.margin_of_rows(rows)))

    def stopped(self, rows: TrainingRows, later: TrainingRows, rng: np.random.Generator) -> LgbmStructural:
        """The same settings with as many trees as later origins bear out."""
        start = self.structural.fit(rows, rng)
        starts = start.margin_of_rows(rows), start.margin_of_rows(later)
        return replace(self, boosted=self.boosted.stopped(rows, later, rng, starts))

    def for_shuffles(self) -> LgbmHazard:
        """The trees alone, small and free: the forecaster would be right of shuffled labels too."""
        return self.boosted.for_shuffles()

    def restore(self, files: Mapping[str, bytes]) -> FittedOnTop:
        """The fitted parts from their files."""
        mine = {name.removeprefix(_START): text for name, text in files.items() if name.startswith(_START)}
        return FittedOnTop(self.structural.restore(mine), self.boosted.restore_trees(files))
