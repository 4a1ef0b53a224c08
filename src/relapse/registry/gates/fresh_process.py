"""Gate: the exported version works where neither MLflow nor shap is installed."""

from __future__ import annotations

from pydantic.dataclasses import dataclass

from relapse.core.recipe import STRICT
from relapse.core.results import Verdict
from relapse.registry.gates.evidence import Evidence

GATE = "fresh_process"


@dataclass(frozen=True, config=STRICT)
class FreshProcess:
    """Its files load in a new process without MLflow and shap, and forecast the same there."""

    def check(self, evidence: Evidence) -> Verdict:
        """Refuse with what the other process said."""
        threshold = "equal forecasts"
        if evidence.alone is None:
            return Verdict(GATE, False, "not tried", threshold, "It was not loaded in a process of its own.")
        fault = evidence.alone()
        if fault:
            return Verdict(GATE, False, "failed", threshold, f"In a process of its own: {fault}.")
        why = "It loads and forecasts the same in a process without MLflow and shap."
        return Verdict(GATE, True, "equal forecasts", threshold, why)
