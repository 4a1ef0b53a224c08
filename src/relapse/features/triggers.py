"""What the offices' own screening says: missed inclusions, departments' triggers, groups that must be visited.

All of it is there for the baseline of the triggers (`model.triggers`) and in no other model: a lead that was pushed
tells what was suspected, and not how the household is.
"""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray
from pydantic.dataclasses import dataclass

from relapse.core.catalogue import Feature, FeatureTable
from relapse.core.panel import HOUSEHOLDS, Floats, Histories
from relapse.core.protocols import AsksRules
from relapse.core.recipe import STRICT


@dataclass(frozen=True, config=STRICT)
class Triggers:
    """Hits of the rules that a county's tables can answer.

    Rules read health, disability and what is on record of children: where features may not read one of these, the block
    makes nothing, since what is left would not be the offices' screening. Each of its features bears the name of one
    group, so that a version that uses them names all three.

    Args:
        rules: that ask them; departments' triggers are those of the rules that have a department.
        missed: numbers of the rules of missed inclusion.
        must_visit: numbers of the rules of the groups that must be visited.
    """

    rules: AsksRules
    missed: tuple[str, ...]
    must_visit: tuple[str, ...]

    def table(self, known: Histories, leads: NDArray[np.int32]) -> FeatureTable:
        """Features of one unit.

        Args:
            known: histories of (n,) members as known at as_of.
            leads: not used.

        Returns:
            (n, features): none where the panel has no tables of a county, or no department's trigger can be asked.
        """
        view, members = known.view, known.members
        if HOUSEHOLDS not in view.panel.tables or view.panel.closed.groups:
            return FeatureTable.of([], len(members))
        departments = self.rules.triggered(view)
        if not departments.rules:
            return FeatureTable.of([], len(members))
        missed, groups = (self.rules.triggered(view, names) for names in (self.missed, self.must_visit))
        columns: list[tuple[Feature, Floats]] = [
            (_RATIO, departments.most[members]),
            (_MISSED, missed.any[members].astype(np.float64)),
            (_GROUPS, groups.count[members].astype(np.float64)),
        ]
        return FeatureTable.of(columns, len(members))


_RATIO = Feature(
    "triggers__largest_ratio",
    "own",
    "largest amount over its threshold among the departments' triggers, 1 for those without an amount, 0 for none",
    "triggers",
    modelled=False,
    sensitive="health",
)
_MISSED = Feature(
    "triggers__missed_inclusion",
    "count",
    "1 where a rule of missed inclusion is hit",
    "triggers",
    modelled=False,
    sensitive="minors",
)
_GROUPS = Feature(
    "triggers__must_visit_count",
    "count",
    "groups to visit that the household is in",
    "triggers",
    modelled=False,
    sensitive="disability",
)
