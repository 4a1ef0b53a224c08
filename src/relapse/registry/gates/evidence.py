"""What is laid before the gates: faults of the data, alarms, a version's figures against rule and champion."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import pandas as pd

from relapse.core.results import Finding


@dataclass(frozen=True, eq=False)
class Evidence:
    """All that gates may look at.

    Args:
        findings: faults of the input tables.
        rows: of the input, from 1.
        alarms: names of the alarms that were raised, such as `leakage`.
        metrics: the candidate's rows of `metrics.csv`.
        against_rule: paired differences, candidate minus distance to the line, with columns model, against, outcome,
            horizon, metric, difference, ci_low, ci_high.
        against_champion: the same against the champion's recipe on the same splits; None where there is no champion.
        is_rule: whether the candidate is the distance rule itself.
    """

    findings: Sequence[Finding]
    rows: int
    alarms: tuple[str, ...]
    metrics: pd.DataFrame
    against_rule: pd.DataFrame
    against_champion: pd.DataFrame | None
    is_rule: bool
