"""The office's own rule: who is nearest to the line comes first."""

from __future__ import annotations

from collections.abc import Callable

import numpy as np
from numpy.typing import NDArray
from pydantic.dataclasses import dataclass

from relapse.core.recipe import STRICT
from relapse.model.calibration.by_lead import ByLead
from relapse.model.ranked import Rule, Score

Floats = NDArray[np.float64]
NEEDS = ("income__log_ratio_now",)


@dataclass(frozen=True, config=STRICT)
class DistanceToLine(Rule):
    """ln(line) - ln(income per person): the ruler that every model has to beat.

    Args:
        maps: how its score is mapped to chances by lead.

    Source:
        Rule of the offices; the first number of every report.
    """

    maps: ByLead

    name = "distance_to_line"
    needs = NEEDS

    @property
    def _score(self) -> Score:
        return score


def score(column: Callable[[str], Floats]) -> Floats:
    """(rows,) minus the log ratio of income to line."""
    return -column("income__log_ratio_now")
