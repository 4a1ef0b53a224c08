"""Gate: nobody stands in what is kept of a version."""

from __future__ import annotations

from pydantic.dataclasses import dataclass

from relapse.core.recipe import STRICT
from relapse.core.results import Verdict
from relapse.registry.gates.evidence import Evidence


@dataclass(frozen=True, config=STRICT)
class Privacy:
    """No household's id and no ID number stands in its files, artifacts, tags, parameters or description."""

    def check(self, evidence: Evidence) -> Verdict:
        """Refuse where one was found, naming the place and never whose."""
        found = evidence.private
        why = f"An id stands in {', '.join(found[:3])}." if found else "No household's id and no ID number was found."
        return Verdict("privacy", not found, f"{len(found)} places", "0 places", why)
