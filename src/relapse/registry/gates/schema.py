"""Gate: whoever calls the model, or reads its forecast, finds what the champion gave."""

from __future__ import annotations

from pydantic.dataclasses import dataclass

from relapse.core.recipe import STRICT
from relapse.core.results import Verdict
from relapse.registry.gates.evidence import Evidence

GATE = "schema"
THRESHOLD = "the same forecast; inputs to be had"


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
            return Verdict(GATE, True, "no champion", THRESHOLD, "There is no champion whose schema could be changed.")
        broken = [
            *found.changed,
            *(f"no {name}" for name in found.lost),
            *(f"{name} not made" for name in found.unmade),
        ]
        figure = f"{len(broken)} broken, {len(found.added)} inputs new, {len(found.removed)} gone"
        if broken:
            why = f"It is no drop-in for the champion: {'; '.join(broken[:5])}."
        elif found.added or found.removed:
            names = [f"+{name}" for name in found.added] + [f"-{name}" for name in found.removed]
            more = "" if len(names) <= 6 else f" and {len(names) - 6} more"
            why = f"Inputs changed and are made from today's data: {', '.join(names[:6])}{more}."
        else:
            why = "Inputs and forecast are the champion's."
        return Verdict(GATE, not broken, figure, THRESHOLD, why)
