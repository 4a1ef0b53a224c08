"""The office's own rule: who is nearest to the line comes first."""

from __future__ import annotations

from collections.abc import Callable, Mapping

import numpy as np
from numpy.typing import NDArray
from pydantic.dataclasses import dataclass

from relapse.core.recipe import STRICT
from relapse.core.rows import TrainingRows
from relapse.model.calibration.by_lead import ByLead
from relapse.model.ranked import RankedHazard, fit_ranked, restore_ranked

Floats = NDArray[np.float64]
NEEDS = ("income__log_ratio_now",)


@dataclass(frozen=True, config=STRICT)
class DistanceToLine:
    """ln(line) - ln(income per person): the ruler that every model has to beat.

    Args:
        maps: how its score is mapped to chances by lead.

    Source:
        Rule of the offices; the first number of every report.
    """

    maps: ByLead

    name = "distance_to_line"
    needs = NEEDS
    guarded = False

    def fit(self, rows: TrainingRows, rng: np.random.Generator) -> RankedHazard:
        """The rule with its maps fitted on closed labels.

        Raises:
            InputError: the blocks that are configured do not make what the rule needs.
        """
        return fit_ranked(self.name, NEEDS, score, rows, self.maps)

    def restore(self, files: Mapping[str, bytes]) -> RankedHazard:
        """The fitted rule from its files."""
        return restore_ranked(self.name, NEEDS, score, files)


def score(column: Callable[[str], Floats]) -> Floats:
    """(rows,) minus the log ratio of income to line."""
    return -column("income__log_ratio_now")
