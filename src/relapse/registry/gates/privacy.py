"""Gate: nobody stands in what is kept of a version."""

from __future__ import annotations

from pydantic.dataclasses import dataclass

from relapse.core.recipe import STRICT
from relapse.core.results import Verdict
from relapse.core.worded import Worded, bare
from relapse.registry.gates.evidence import Evidence


@dataclass(frozen=True, config=STRICT)
class Privacy:
    """No household's id and no ID number stands in its files, artifacts, tags, parameters or description."""

    def check(self, evidence: Evidence) -> Verdict:
        """Refuse where one was found, naming the place and never whose."""
        found = evidence.private
        figure, none = (Worded("gate.privacy.figure", {"count": str(count)}) for count in (len(found), 0))
        places = tuple(bare(place) for place in found[:3])
        why = Worded("gate.privacy.found", {"places": places}) if found else Worded("gate.privacy.none")
        return Verdict("privacy", not found, figure, none, why)
