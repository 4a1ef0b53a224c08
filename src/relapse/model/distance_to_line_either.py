"""The distance rule by the net or the reference income, whichever is nearer to the line."""

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
NEEDS = ("income__log_ratio_now", "income__reference_log_ratio_now")


@dataclass(frozen=True, config=STRICT)
class DistanceToLineEither:
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
    """(rows,) minus the lower of the two log ratios to the line; of the one that is known where one is missing."""
    return -np.fmin(column("income__log_ratio_now"), column("income__reference_log_ratio_now"))
