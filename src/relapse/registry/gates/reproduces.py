"""Gate: the version can be made again from its own settings, byte for byte."""

from __future__ import annotations

from pydantic.dataclasses import dataclass

from relapse.core.recipe import STRICT
from relapse.core.results import Verdict
from relapse.core.worded import Worded, bare
from relapse.registry.gates.evidence import Evidence

GATE = "reproduces"
THRESHOLD = Worded("gate.again.threshold")


@dataclass(frozen=True, config=STRICT)
class Reproduces:
    """A fit from the logged settings, on what was known at the version's as_of, gives the same digest."""

    def check(self, evidence: Evidence) -> Verdict:
        """Name the files that came out otherwise; a version whose data are elsewhere needs its sender's digest."""
        if evidence.reproduction is None:
            return Verdict(GATE, False, Worded("gate.not_tried"), THRESHOLD, Worded("gate.again.not_tried"))
        found = evidence.reproduction()
        if not found.digest:
            word = "vouched" if found.vouched else "away"
            told, why = Worded(f"gate.again.{word}"), Worded(f"gate.again.{word}.why")
            return Verdict(GATE, found.vouched, told, THRESHOLD, why)
        if not found.unlike:
            return Verdict(GATE, True, bare(found.digest[:12]), THRESHOLD, Worded("gate.again.same"))
        figure = Worded("gate.again.unlike", {"count": str(len(found.unlike))})
        cause = Worded("gate.again.data" if found.data_changed else "gate.again.code")
        files = tuple(bare(name) for name in found.unlike[:3])
        why = Worded("gate.again.unlike.why", {"files": files, "cause": cause})
        return Verdict(GATE, False, figure, THRESHOLD, why)
