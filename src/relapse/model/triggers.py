"""The offices' screening as a list: missed inclusions, departments' triggers, groups to visit, then the distance."""

from __future__ import annotations

from collections.abc import Callable

import numpy as np
from numpy.typing import NDArray
from pydantic.dataclasses import dataclass
from scipy.special import expit

from relapse.core.recipe import STRICT
from relapse.model.calibration.by_lead import ByLead
from relapse.model.ranked import Rule, Score

Floats = NDArray[np.float64]
NEEDS = (
    "triggers__largest_ratio",
    "triggers__missed_inclusion",
    "triggers__must_visit_count",
    "income__log_ratio_now",
)
_LARGEST_RATIO = 9  # with at most eight groups, 10 * 9 + 8 + 1 stays below the 100 of a missed inclusion


@dataclass(frozen=True, config=STRICT)
class Triggers(Rule):
    """Who hits a rule of missed inclusion comes first, then by whole multiples of a department's threshold, and so on.

    Args:
        maps: how its score is mapped to chances by lead.

    Source:
        s2 = 100 B + 10 floor(min(q, 9)) + n + logistic(ln L - ln y), ours; the rules are those of `conf/rules/`.
    """

    maps: ByLead

    name = "triggers"
    needs = NEEDS

    @property
    def _score(self) -> Score:
        return score


def score(column: Callable[[str], Floats]) -> Floats:
    """(rows,) each part of the screening outweighs all that come after it; an unknown income is last among equals."""
    tens = np.floor(np.minimum(column("triggers__largest_ratio"), _LARGEST_RATIO))
    near = np.nan_to_num(expit(-column("income__log_ratio_now")))
    return np.asarray(
        100 * column("triggers__missed_inclusion") + 10 * tens + column("triggers__must_visit_count") + near
    )
