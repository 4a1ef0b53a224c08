"""The distance rule with income carried forward by the growth seen around the household."""

from __future__ import annotations

from collections.abc import Callable

import numpy as np
from numpy.typing import NDArray
from pydantic.dataclasses import dataclass

from relapse.core.recipe import STRICT
from relapse.model.calibration.by_lead import ByLead
from relapse.model.ranked import Rule, Score

Floats = NDArray[np.float64]
NEEDS = ("income__log_ratio_now", "place__growth_log_1y", "season__years_ahead")


@dataclass(frozen=True, config=STRICT)
class DistanceToLineGrowth(Rule):
    """Distance after income grew as it did in the household's township over the last year.

    Where townships are not known the growth is that of the whole panel, and the order that of the plain rule.

    Args:
        maps: how its score is mapped to chances by lead.

    Source:
        ln L - ln(y (1 + g)^(h/12)) with the growth g known at as_of.
    """

    maps: ByLead

    name = "distance_to_line_growth"
    needs = NEEDS

    @property
    def _score(self) -> Score:
        return score


def score(column: Callable[[str], Floats]) -> Floats:
    """(rows,) minus the log ratio of income, grown up to the lead, to the line."""
    return -(column("income__log_ratio_now") + column("place__growth_log_1y") * column("season__years_ahead"))
