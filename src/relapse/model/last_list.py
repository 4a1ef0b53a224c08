"""Last period's list once more: the distance to the line as it was known one period ago."""

from __future__ import annotations

from collections.abc import Callable

import numpy as np
from numpy.typing import NDArray
from pydantic.dataclasses import dataclass

from relapse.core.recipe import STRICT
from relapse.model.calibration.by_lead import ByLead
from relapse.model.ranked import Rule, Score

Floats = NDArray[np.float64]
NEEDS = ("history__log_ratio_previous_list",)


@dataclass(frozen=True, config=STRICT)
class LastList(Rule):
    """The list of one period ago; households that were not on it come last.

    Args:
        maps: how its score is mapped to chances by lead.

    Source:
        Persistence baseline.
    """

    maps: ByLead

    name = "last_list"
    needs = NEEDS

    @property
    def _score(self) -> Score:
        return score


def score(column: Callable[[str], Floats]) -> Floats:
    """(rows,) minus the log ratio that the list of one period ago saw."""
    return -column("history__log_ratio_previous_list")
