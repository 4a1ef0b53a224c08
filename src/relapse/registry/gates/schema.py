"""Gate: whoever calls the model, or reads its forecast, finds what the champion gave."""

from __future__ import annotations

from pydantic.dataclasses import dataclass

from relapse.core.recipe import STRICT
from relapse.core.results import Verdict
from relapse.core.worded import Worded, bare
from relapse.registry.gates.evidence import Evidence

GATE = "schema"
THRESHOLD = Worded("gate.schema.threshold")


@dataclass(frozen=True, config=STRICT)
class Schema:
    """It forecasts the same thing, with the champion's columns, and today's data give every input it wants.

    Inputs may be others than the champion's: they were made from today's data when the two were compared, which is
    their migration.
    """

    def check(self, evidence: Evidence) -> Verdict:
        """Name what differs."""
        found = evidence.schema
        if found is None:
            return Verdict(GATE, True, Worded("gate.no_champion"), THRESHOLD, Worded("gate.schema.none"))
        broken = [
            *found.changed,
            *(Worded("gate.schema.lost", {"column": name}) for name in found.lost),
            *(Worded("gate.schema.unmade", {"feature": name}) for name in found.unmade),
        ]
        counts = {"broken": len(broken), "added": len(found.added), "removed": len(found.removed)}
        figure = Worded("gate.schema.figure", {name: f"{count:,}" for name, count in counts.items()})
        names = [bare(f"+{name}") for name in found.added] + [bare(f"-{name}") for name in found.removed]
        if broken:
            why = Worded("gate.schema.broken", {"what": tuple(broken[:5])})
        elif len(names) > 6:
            why = Worded("gate.schema.inputs_more", {"names": tuple(names[:6]), "more": str(len(names) - 6)})
        elif names:
            why = Worded("gate.schema.inputs", {"names": tuple(names)})
        else:
            why = Worded("gate.schema.same")
        return Verdict(GATE, not broken, figure, THRESHOLD, why)
