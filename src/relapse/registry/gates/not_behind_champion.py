"""Gate: a new version may not be worse than the one that is used."""

from __future__ import annotations

from pydantic.dataclasses import dataclass

from relapse.core.recipe import STRICT
from relapse.core.results import Verdict
from relapse.core.worded import Worded
from relapse.registry.gates.evidence import Evidence
from relapse.registry.gates.paired import not_behind, threshold_of

GATE = "not_behind_champion"


@dataclass(frozen=True, config=STRICT)
class NotBehindChampion:
    """The lower bound of the paired difference to the champion's recipe, on the same splits, reaches a margin.

    Args:
        metric: the figure to compare, such as `pr_auc`.
        margin: the least lower bound.
    """

    metric: str
    margin: float

    def check(self, evidence: Evidence) -> Verdict:
        """Compare; the first version passes."""
        if evidence.against_champion is None:
            threshold = threshold_of(self.metric, self.margin)
            return Verdict(GATE, True, Worded("gate.no_champion"), threshold, Worded("gate.no_champion.why"))
        other = Worded("gate.paired.champion")
        return not_behind(GATE, evidence.against_champion, self.metric, self.margin, other, evidence.frequency)
