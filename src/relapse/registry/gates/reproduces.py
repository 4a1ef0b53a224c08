"""Gate: the version can be made again from its own settings, byte for byte."""

from __future__ import annotations

from pydantic.dataclasses import dataclass

from relapse.core.recipe import STRICT
from relapse.core.results import Verdict
from relapse.registry.gates.evidence import Evidence

GATE = "reproduces"
THRESHOLD = "the same digest"


@dataclass(frozen=True, config=STRICT)
class Reproduces:
    """A fit from the logged settings, on what was known at the version's as_of, gives the same digest."""

    def check(self, evidence: Evidence) -> Verdict:
        """Name the files that came out otherwise; a version whose data are elsewhere needs its sender's digest."""
        if evidence.reproduction is None:
            return Verdict(GATE, False, "not tried", THRESHOLD, "It was not made again.")
        found = evidence.reproduction()
        if not found.digest:
            if found.vouched:
                why = "Its data are not here; its digest is the one that the sender told."
                return Verdict(GATE, True, "digest told by the sender", THRESHOLD, why)
            why = "Its data are not here: ask the sender for the digest and give it as digest=…"
            return Verdict(GATE, False, "data not here", THRESHOLD, why)
        if not found.unlike:
            return Verdict(GATE, True, found.digest[:12], THRESHOLD, "Made again from its settings, it is the same.")
        why = "the data changed since" if found.data_changed else "code, packages or the machine are others"
        names = ", ".join(found.unlike[:3])
        return Verdict(
            GATE,
            False,
            f"{len(found.unlike)} files differ",
            THRESHOLD,
            f"Made again, {names} came out otherwise ({why}): train it again with `relapse train`.",
        )
