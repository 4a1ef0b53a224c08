"""The structural forecaster: what a model of how incomes move says of the line, mapped to chances by lead."""

from __future__ import annotations

import json
from collections.abc import Callable, Mapping
from functools import partial

import numpy as np
from numpy.typing import NDArray
from pydantic.dataclasses import dataclass

from relapse.core.recipe import STRICT
from relapse.core.rows import TrainingRows
from relapse.model.calibration.by_lead import ByLead
from relapse.model.ranked import RankedHazard, fit_ranked, restore_ranked

Floats = NDArray[np.float64]
FIRST, BELOW = "structural__log_odds_first", "structural__log_odds_below"


@dataclass(frozen=True, config=STRICT)
class Structural:
    """The chance to fall below the line at a lead (or to be below it, where states are forecast), in closed form.

    It needs the feature block `structural`, which is not one of the default ones: features=[default,structural].

    Args:
        maps: how its log-odds are mapped to chances by lead: it knows of income alone.

    Source:
        `features.structural` and `core.crossing`.
    """

    maps: ByLead

    name = "structural"
    needs = (FIRST, BELOW)
    guarded = False

    def fit(self, rows: TrainingRows, rng: np.random.Generator) -> RankedHazard:
        """The forecaster with its maps fitted on closed labels.

        Raises:
            InputError: the block `structural` is not configured.
        """
        feature = FIRST if rows.cumulative else BELOW
        return fit_ranked(self.name, (feature,), partial(score, feature), rows, self.maps)

    def restore(self, files: Mapping[str, bytes]) -> RankedHazard:
        """The fitted forecaster from its files."""
        feature = str(json.loads(files["rule.json"])["needs"][0])
        return restore_ranked(self.name, (feature,), partial(score, feature), files)


def score(feature: str, column: Callable[[str], Floats]) -> Floats:
    """(rows,) the log-odds."""
    return column(feature)
