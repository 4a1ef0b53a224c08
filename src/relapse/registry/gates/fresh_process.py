"""Gate: the exported version works where neither MLflow nor shap is installed."""

from __future__ import annotations

from pydantic.dataclasses import dataclass

from relapse.core.recipe import STRICT
from relapse.core.results import Verdict
from relapse.core.worded import Worded
from relapse.registry.gates.evidence import Evidence

GATE = "fresh_process"


@dataclass(frozen=True, config=STRICT)
class FreshProcess:
    """Its files load in a new process without MLflow and shap, and forecast the same there."""

    def check(self, evidence: Evidence) -> Verdict:
        """Refuse with what the other process said."""
        equal = Worded("gate.alone.threshold")
        if evidence.alone is None:
            return Verdict(GATE, False, Worded("gate.not_tried"), equal, Worded("gate.alone.not_tried"))
        fault = evidence.alone()
        if fault is not None:
            why = Worded("gate.alone.failed.why", {"fault": fault})
            return Verdict(GATE, False, Worded("gate.alone.failed"), equal, why)
        return Verdict(GATE, True, equal, equal, Worded("gate.alone.same"))
