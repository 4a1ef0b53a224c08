"""Gate: a version must be worth its trouble against the ruler that any office has."""

from __future__ import annotations

from pydantic.dataclasses import dataclass

from relapse.core.recipe import STRICT
from relapse.core.results import Verdict
from relapse.core.worded import Worded
from relapse.registry.gates.evidence import Evidence
from relapse.registry.gates.paired import not_behind, threshold_of

GATE = "beats_rule"


@dataclass(frozen=True, config=STRICT)
class BeatsRule:
    """The lower bound of the paired difference to the distance rule reaches a margin at every horizon.

    Args:
        metric: the figure to compare, such as `pr_auc`.
        margin: the least lower bound.
    """

    metric: str
    margin: float

    def check(self, evidence: Evidence) -> Verdict:
        """Compare; a version that is the rule passes."""
        if evidence.is_rule:
            threshold = threshold_of(self.metric, self.margin)
            return Verdict(GATE, True, Worded("gate.is_rule"), threshold, Worded("gate.is_rule.why"))
        rule = Worded("gate.paired.rule")
        return not_behind(GATE, evidence.against_rule, self.metric, self.margin, rule, evidence.frequency)
