"""The distance rule by the reference income."""

from __future__ import annotations

from collections.abc import Callable

import numpy as np
from numpy.typing import NDArray
from pydantic.dataclasses import dataclass

from relapse.core.recipe import STRICT
from relapse.model.calibration.by_lead import ByLead
from relapse.model.ranked import Rule, Score

Floats = NDArray[np.float64]
NEEDS = ("income__reference_log_ratio_now",)


@dataclass(frozen=True, config=STRICT)
class DistanceToLineReference(Rule):
    """ln(line) - ln(reference income per person): net income with payouts, less own medical cost.

    Only a county's folder that tells payouts or medical cost has it, and only where health may be read.

    Args:
        maps: how its score is mapped to chances by lead.

    Source:
        The reference income of the monitoring rules, by which a household above the line can be in sudden difficulty.
    """

    maps: ByLead

    name = "distance_to_line_reference"
    needs = NEEDS

    @property
    def _score(self) -> Score:
        return score


def score(column: Callable[[str], Floats]) -> Floats:
    """(rows,) minus the log ratio of the reference income to the line."""
    return -column("income__reference_log_ratio_now")
