"""Gate: the list does not send the office to quite other households each time."""

from __future__ import annotations

from pydantic.dataclasses import dataclass

from relapse.core.recipe import STRICT, Share
from relapse.core.results import Verdict
from relapse.core.worded import Worded, ahead, bare
from relapse.registry.gates.evidence import Evidence

GATE = "list_stability"


@dataclass(frozen=True, config=STRICT)
class ListStability:
    """Of the households on the list of one origin that are still at risk, enough are on that of the next.

    Args:
        least: share that must be listed again; the upper bound is held against it.
    """

    least: Share

    def check(self, evidence: Evidence) -> Verdict:
        """Hold each horizon's share against the least."""
        table = evidence.metrics
        threshold = Worded("gate.stability.threshold", {"least": f"{self.least:.2f}"})
        kept = table[(table["metric"] == f"kept_at_{evidence.list_key}") & (table["origin"].astype(str) == "all")]
        kept = kept.dropna(subset=["value"])
        if kept.empty:
            return Verdict(GATE, True, Worded("gate.stability.one"), threshold, Worded("gate.stability.one.why"))
        kept = kept.assign(most=kept["ci_high"].fillna(kept["value"]), low=kept["ci_low"].fillna(kept["value"]))
        worst = kept.sort_values("most", kind="stable").iloc[0]
        figure = bare(f"{worst['value']:.2f} [{worst['low']:.2f}, {worst['most']:.2f}]")
        holds = bool(worst["most"] >= self.least)
        horizon = ahead(int(worst["horizon"]), evidence.frequency)
        why = Worded(f"gate.stability.{'holds' if holds else 'fails'}", {"horizon": horizon})
        return Verdict(GATE, holds, figure, threshold, why)
