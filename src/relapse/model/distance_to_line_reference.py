"""The distance rule by the reference income."""

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
NEEDS = ("income__reference_log_ratio_now",)


@dataclass(frozen=True, config=STRICT)
class DistanceToLineReference:
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
    """(rows,) minus the log ratio of the reference income to the line."""
    return -column("income__reference_log_ratio_now")
