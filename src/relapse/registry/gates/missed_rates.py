"""Gate: no group of households, and none whose data are thin, is missed by the list much more than all others."""

from __future__ import annotations

import pandas as pd
from pydantic.dataclasses import dataclass

from relapse.core.recipe import STRICT, Count, Names, Share
from relapse.core.results import Verdict
from relapse.core.texts import part_key, signed
from relapse.core.worded import Worded, ahead, bare
from relapse.registry.gates.evidence import Evidence
from relapse.registry.gates.paired import interval

OTHERS = "others"


@dataclass(frozen=True, config=STRICT)
class MissedRates:
    """The missed rate of a group may not be surely above what it was, nor its gap to all others surely wide and wider.

    A list by chance of falling misses more of groups that fall more rarely, whatever the model: a wide gap is told, but
    refuses only where the reference's list surely had a narrower one and missed fewer of the group; nobody is served
    by a list that finds fewer of all others. All are differences on the same resampled
    villages and origins; a group speaks only with enough events of its own and outside it, so that no ratio of a
    handful decides.

    Args:
        gate: its name, that of its file in `conf/gates/`.
        slices: divisions of the households that are looked at, as in `slices.csv`.
        max_gap: by which the missed rate of a group may exceed that of all others, where that gap is new.
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
        limits = {"gap": signed(self.max_gap, 2), "worse": signed(self.max_worse, 2)}
        threshold = Worded("gate.missed.threshold", limits)
        asked = self._asked(evidence.missed)
        if asked.empty:
            why = Worded("gate.missed.few.why", {"least": str(self.least_events)})
            return Verdict(self.gate, True, Worded("gate.missed.few"), threshold, why)
        worst = asked.sort_values("excess", ascending=False, kind="stable").iloc[0]
        wide = asked[(asked["against"] == OTHERS) & (asked["ci_low"] > self.max_gap)].sort_values(
            "ci_low", kind="stable"
        )
        holds = bool(worst["excess"] <= 0)
        if holds and len(wide):
            told = wide.iloc[-1]
            why = Worded("gate.missed.told", {"group": _group(told, evidence.frequency)})
        elif holds:
            told, groups = worst, len(asked[["slice", "slice_value"]].drop_duplicates())
            why = Worded("gate.missed.none", {"groups": str(groups), "group": _group(told, evidence.frequency)})
        elif worst["against"] == OTHERS:
            told, why = worst, Worded("gate.missed.gap", {"group": _group(worst, evidence.frequency)})
        else:
            model = Worded(f"model.{worst['against']}", otherwise=str(worst["against"]))
            told, why = worst, Worded("gate.missed.worse", {"group": _group(worst, evidence.frequency), "model": model})
        figure = bare(interval(told, 2))
        return Verdict(self.gate, holds, figure, threshold, why)

    def _asked(self, missed: pd.DataFrame) -> pd.DataFrame:
        """Rows with enough events, and by how much each exceeds its limit; a gap only as far as its group lost."""
        enough = (missed["events"] >= self.least_events) & (missed["other_events"] >= self.least_events)
        asked = missed[missed["slice"].isin(self.slices) & enough].dropna(subset=["ci_low"])
        gap = pd.concat([asked["ci_low"] - self.max_gap, asked["wider_low"], asked["own_change"]], axis=1).min(axis=1)
        return asked.assign(excess=gap.where(asked["against"] == OTHERS, asked["ci_low"] - self.max_worse))


def _group(row: pd.Series, frequency: str) -> Worded:
    division, part = str(row["slice"]), str(row["slice_value"])
    named = Worded(f"slice.{division}", otherwise=division)
    value = Worded(part_key(division, part), otherwise=part)
    return Worded("gate.group", {"slice": named, "part": value, "horizon": ahead(int(row["horizon"]), frequency)})
