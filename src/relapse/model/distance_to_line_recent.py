"""The persistence variant of the distance rule: the lowest of the last three windows."""

from __future__ import annotations

from collections.abc import Callable

import numpy as np
from numpy.typing import NDArray
from pydantic.dataclasses import dataclass

from relapse.core.recipe import STRICT
from relapse.model.calibration.by_lead import ByLead
from relapse.model.ranked import Rule, Score

Floats = NDArray[np.float64]
NEEDS = ("income__log_ratio_lowest_recent",)


@dataclass(frozen=True, config=STRICT)
class DistanceToLineRecent(Rule):
    """Distance of the lowest of the last three windows, so that one good period does not hide two bad ones.

    Args:
        maps: how its score is mapped to chances by lead.

    Source:
        Persistence variant of the offices' rule.
    """

    maps: ByLead

    name = "distance_to_line_recent"
    needs = NEEDS

    @property
    def _score(self) -> Score:
        return score


def score(column: Callable[[str], Floats]) -> Floats:
    """(rows,) minus the lowest recent log ratio of income to line."""
    return -column("income__log_ratio_lowest_recent")
