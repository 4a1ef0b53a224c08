"""Gate: no group of households, and none whose data are thin, is missed by the list much more than all others."""

from __future__ import annotations

import pandas as pd
from pydantic.dataclasses import dataclass

from relapse.core.recipe import STRICT, Count, Names, Share
from relapse.core.results import Verdict
from relapse.registry.gates.evidence import Evidence


@dataclass(frozen=True, config=STRICT)
class MissedRates:
    """The missed rate of a group may not be surely above that of all others, nor surely above what it was.

    Both are differences on the same resampled villages and origins; a group speaks only with enough events of its own
    and outside it, so that no ratio of a handful decides.

    Args:
        gate: its name, that of its file in `conf/gates/`.
        slices: divisions of the households that are looked at, as in `slices.csv`.
        max_gap: by which the missed rate of a group may exceed that of all others.
        max_worse: by which it may exceed what the reference (the champion, else the rule) misses of the same group.
        least_events: of a group, and outside it.
    """

    gate: str
    slices: Names
    max_gap: Share
    max_worse: Share
    least_events: Count

    def check(self, evidence: Evidence) -> Verdict:
        """Hold each group's lower bounds against the two limits."""
        threshold = f"lower bounds at most {self.max_gap:+.2f} (others), {self.max_worse:+.2f} (before)"
        asked = self._asked(evidence.missed)
        if asked.empty:
            why = f"No group has {self.least_events} events of its own and as many outside it: nothing can be said."
            return Verdict(self.gate, True, "too few events", threshold, why)
        worst = asked.sort_values("excess", ascending=False, kind="stable").iloc[0]
        figure = f"{worst['difference']:+.2f} [{worst['ci_low']:+.2f}, {worst['ci_high']:+.2f}]"
        group = f"{worst['slice']}={worst['slice_value']} at horizon {worst['horizon']}"
        groups = asked[["slice", "slice_value"]].drop_duplicates().shape[0]
        than = "all others" if worst["against"] == "others" else f"by {worst['against']}"
        if worst["excess"] > 0:
            why = (
                f"The list misses more of {group} than of {than}."
                if than == "all others"
                else (f"The list misses more of {group} than was missed {than}.")
            )
        else:
            why = f"None of {groups} groups is surely missed much more; farthest is {group} against {worst['against']}."
        return Verdict(self.gate, bool(worst["excess"] <= 0), figure, threshold, why)

    def _asked(self, missed: pd.DataFrame) -> pd.DataFrame:
        """Rows with enough events, and by how much each lower bound exceeds its limit."""
        enough = (missed["events"] >= self.least_events) & (missed["other_events"] >= self.least_events)
        asked = missed[missed["slice"].isin(self.slices) & enough].dropna(subset=["ci_low"])
        limit = (asked["against"] == "others").map({True: self.max_gap, False: self.max_worse})
        return asked.assign(excess=asked["ci_low"] - limit)
