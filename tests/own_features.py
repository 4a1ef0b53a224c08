"""Blocks that somebody wrote outside of the package: an honest one, one that leaks and one with a column too many."""

from __future__ import annotations

from typing import Annotated

import numpy as np
from numpy.typing import NDArray
from pydantic import Field
from pydantic.dataclasses import dataclass

from relapse.core.catalogue import Feature, FeatureTable
from relapse.core.panel import Histories
from relapse.core.recipe import STRICT

_WORST = Feature("own__log_ratio_worst", "log_ratio", "lowest distance of some windows", "distance", -1)
_CLOCK = Feature("own__as_of", "periods", "the period of the forecast", "season")
_SIZE = Feature("own__size_newest", "persons", "persons of the newest state in the file", "distance")
_VILLAGE = Feature("own__village", "index", "number of the household's village", "distance")
_NEXT = Feature("own__income_next", "money", "income of the newest row in the file", "distance")


@dataclass(frozen=True, config=STRICT)
class Worst:
    """The lowest distance of the newest windows.

    Args:
        periods: windows that are looked at.
    """

    periods: Annotated[int, Field(ge=1)]

    def table(self, known: Histories, leads: NDArray[np.int32]) -> FeatureTable:
        ratio = known.log_ratio[:, : self.periods]
        lowest = np.where(np.isnan(ratio), np.inf, ratio).min(axis=1)
        return FeatureTable.of([(_WORST, np.where(np.isinf(lowest), np.nan, lowest))], len(known.members))


class VillageNumber:
    """The village as a number, so that a row tells where it comes from."""

    def table(self, known: Histories, leads: NDArray[np.int32]) -> FeatureTable:
        village = known.home("village")
        assert village is not None
        return FeatureTable.of([(_VILLAGE, village.codes.astype(float))], len(known.members))


class Leak:
    """What no block should do: it goes round the view, to the panel itself."""

    def table(self, known: Histories, leads: NDArray[np.int32]) -> FeatureTable:
        panel = known.view.panel
        newest = np.full(len(panel.household_ids), np.nan)
        newest[panel.household] = panel.income
        return FeatureTable.of([(_NEXT, newest[known.members])], len(known.members))


class LeakOfTables:
    """The same with a county's tables: the newest state in the file, whenever it became known."""

    def table(self, known: Histories, leads: NDArray[np.int32]) -> FeatureTable:
        panel = known.view.panel
        homes = panel.tables["households"]
        newest = np.full(len(panel.household_ids), np.nan)
        newest[homes.household] = homes.number("size")
        return FeatureTable.of([(_SIZE, newest[known.members])], len(known.members))


class Unlisted:
    """A second column that no catalogue knows."""

    def table(self, known: Histories, leads: NDArray[np.int32]) -> FeatureTable:
        return FeatureTable((_WORST,), np.zeros((len(known.members), 2), np.float32))


class Clock:
    """The as_of itself, so that a test can see of which origin a row is."""

    def table(self, known: Histories, leads: NDArray[np.int32]) -> FeatureTable:
        return FeatureTable.of([(_CLOCK, np.full(len(known.members), known.view.as_of))], len(known.members))
