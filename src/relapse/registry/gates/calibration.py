"""Gate: as many households fall as the version says."""

from __future__ import annotations

from pydantic.dataclasses import dataclass

from relapse.core.errors import InputError
from relapse.core.recipe import STRICT
from relapse.core.results import Verdict
from relapse.core.worded import Worded, bare
from relapse.registry.gates.evidence import Evidence
from relapse.registry.gates.paired import place_of

GATE = "calibration"
METRIC = "observed_expected"


@dataclass(frozen=True, config=STRICT)
class Calibration:
    """Observed over expected events, pooled over origins, is near one: its interval meets the allowed range.

    Args:
        low: the least ratio allowed.
        high: the largest ratio allowed.

    Raises:
        InputError: the range is empty.
    """

    low: float
    high: float

    def __post_init__(self) -> None:
        if not 0 < self.low <= self.high:
            raise InputError(f"gates.calibration: low={self.low}, high={self.high} is no range above zero")

    def check(self, evidence: Evidence) -> Verdict:
        """Hold each horizon's interval (its value where there is no interval) against the range."""
        table = evidence.metrics
        pooled = table[(table["metric"] == METRIC) & (table["origin"].astype(str) == "all")].dropna(subset=["value"])
        threshold = Worded("gate.calibration.threshold", {"low": f"{self.low:g}", "high": f"{self.high:g}"})
        if pooled.empty and evidence.is_rule:
            return Verdict(GATE, True, Worded("gate.is_rule"), threshold, Worded("gate.calibration.is_rule"))
        if pooled.empty:
            return Verdict(GATE, False, Worded("gate.none"), threshold, Worded("gate.calibration.none"))
        least, most = pooled["ci_low"].fillna(pooled["value"]), pooled["ci_high"].fillna(pooled["value"])
        outside = pooled[(most < self.low) | (least > self.high)]
        shown = (outside if len(outside) else pooled).assign(low=least, high=most)
        row = shown.sort_values("value", key=lambda value: -(value - 1).abs(), kind="stable").iloc[0]
        figure = bare(f"{row['value']:.2f} [{row['low']:.2f}, {row['high']:.2f}]")
        place = place_of(row, evidence.frequency)
        why = Worded(f"gate.calibration.{'holds' if outside.empty else 'outside'}", {"place": place})
        return Verdict(GATE, outside.empty, figure, threshold, why)
