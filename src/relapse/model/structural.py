"""The structural forecaster: what a model of how incomes move says of the line, mapped to chances by lead."""

from __future__ import annotations

import json
from collections.abc import Callable, Mapping
from dataclasses import dataclass as plain_dataclass
from functools import partial

import numpy as np
from numpy.typing import NDArray
from pydantic.dataclasses import dataclass
from scipy.special import expit

from relapse.core.recipe import STRICT
from relapse.core.rows import TrainingRows, Unit
from relapse.model.calibration.by_lead import ByLead
from relapse.model.ranked import RankedHazard, fit_ranked, restore_ranked

Floats = NDArray[np.float64]
FIRST, BELOW = "structural__log_odds_first", "structural__log_odds_below"


@plain_dataclass(frozen=True, eq=False)
class FittedStructural:
    """The fitted forecaster.

    Args:
        feature: whose log-odds it reads.
        usual: share of events of the training rows, see `score`.
        ranked: its score with maps by lead.
    """

    feature: str
    usual: float
    ranked: RankedHazard

    def margin(self, unit: Unit) -> Floats:
        """(n, leads) log-odds of the event at each lead."""
        return self.ranked.margin(unit)

    def margin_of_rows(self, rows: TrainingRows) -> Floats:
        """(rows,) log-odds of the event at the lead of each training row."""
        return self.ranked.margin_of_rows(rows)

    def contributions(self, unit: Unit, places: NDArray[np.intp]) -> Floats:
        """(n, entries + 1) shares of the mean margin over some leads: all is the feature's; the last is the base."""
        return self.ranked.contributions(unit, places)

    def dump(self) -> Mapping[str, bytes]:
        """What it reads, and the files of its score."""
        told = {"feature": self.feature, "usual": self.usual}
        return {**self.ranked.dump(), "structural.json": json.dumps(told).encode()}


@dataclass(frozen=True, config=STRICT)
class Structural:
    """The chance to fall below the line at a lead (or to be below it, where states are forecast), in closed form.

    It needs the feature block `structural`, which is not one of the default ones: features=[default,structural].

    Args:
        maps: how its score is mapped to chances by lead: it knows of income alone.

    Source:
        `features.structural` and `core.crossing`.
    """

    maps: ByLead

    name = "structural"
    needs = (FIRST, BELOW)
    guarded = False

    def fit(self, rows: TrainingRows, rng: np.random.Generator) -> FittedStructural:
        """The forecaster with its maps fitted on closed labels.

        Raises:
            InputError: the block `structural` is not configured.
        """
        feature = FIRST if rows.cumulative else BELOW
        usual = float(np.average(rows.event, weights=rows.weight))
        ranked = fit_ranked(self.name, (feature,), partial(score, feature, usual), rows, self.maps)
        return FittedStructural(feature, usual, ranked)

    def restore(self, files: Mapping[str, bytes]) -> FittedStructural:
        """The fitted forecaster from its files."""
        told = json.loads(files["structural.json"])
        ranked = restore_ranked(self.name, (told["feature"],), partial(score, told["feature"], told["usual"]), files)
        return FittedStructural(told["feature"], told["usual"], ranked)


def score(feature: str, usual: float, column: Callable[[str], Floats]) -> Floats:
    """(rows,) ln(chance + usual chance).

    The list is ordered by means over leads. Of log-odds those of a month that is surely banked, -15 or -30, would
    decide; like this no lead can take more from the mean than it is worth.
    """
    return np.asarray(np.log(expit(column(feature)) + usual))
