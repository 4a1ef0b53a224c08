"""Gate: nothing gives the outcome away, and no other alarm was raised."""

from __future__ import annotations

from pydantic.dataclasses import dataclass

from relapse.core.recipe import STRICT
from relapse.core.results import Verdict
from relapse.registry.gates.evidence import Evidence


@dataclass(frozen=True, config=STRICT)
class Alarms:
    """No alarm at all."""

    def check(self, evidence: Evidence) -> Verdict:
        """Refuse whatever raised an alarm, naming it."""
        raised = ", ".join(sorted(evidence.alarms))
        why = f"Alarms were raised: {raised}." if raised else "No alarm was raised."
        return Verdict("alarms", not raised, raised or "none", "none", why)
