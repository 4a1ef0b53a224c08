"""Gate: nothing gives the outcome away, and no other alarm was raised."""

from __future__ import annotations

from pydantic.dataclasses import dataclass

from relapse.core.recipe import STRICT
from relapse.core.results import Verdict
from relapse.core.worded import Worded
from relapse.registry.gates.evidence import Evidence


@dataclass(frozen=True, config=STRICT)
class Alarms:
    """No alarm at all."""

    def check(self, evidence: Evidence) -> Verdict:
        """Refuse whatever raised an alarm, naming it."""
        none, count = Worded("gate.none"), len(evidence.alarms)
        if not count:
            return Verdict("alarms", True, none, none, Worded("gate.alarms.none"))
        figure = Worded("gate.alarms.figure", {"count": str(count)})
        return Verdict("alarms", False, figure, none, Worded("gate.alarms.why", {"alarms": evidence.alarms}))
