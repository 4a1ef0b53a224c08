"""The distance rule by the net or the reference income, whichever is nearer to the line."""

from __future__ import annotations

from collections.abc import Callable

import numpy as np
from numpy.typing import NDArray
from pydantic.dataclasses import dataclass

from relapse.core.recipe import STRICT
from relapse.model.calibration.by_lead import ByLead
from relapse.model.ranked import Rule, Score

Floats = NDArray[np.float64]
NEEDS = ("income__log_ratio_now", "income__reference_log_ratio_now")


@dataclass(frozen=True, config=STRICT)
class DistanceToLineEither(Rule):
    """The larger of the two distances: short of income, or short of it once the medical cost is paid.

    Only a county's folder that tells payouts or medical cost has it, and only where health may be read.

    Args:
        maps: how its score is mapped to chances by lead.

    Source:
        Both incomes stand in the monitoring rules, and either can make a household monitored.
    """

    maps: ByLead

    name = "distance_to_line_either"
    needs = NEEDS

    @property
    def _score(self) -> Score:
        return score


def score(column: Callable[[str], Floats]) -> Floats:
    """(rows,) minus the lower of the two log ratios to the line; of the one that is known where one is missing."""
    return -np.fmin(column("income__log_ratio_now"), column("income__reference_log_ratio_now"))
