"""Gate: the data are good enough to learn from."""

from __future__ import annotations

from pydantic.dataclasses import dataclass

from relapse.core.recipe import STRICT, Share
from relapse.core.results import MORE, Verdict
from relapse.core.worded import Worded
from relapse.registry.gates.evidence import Evidence


@dataclass(frozen=True, config=STRICT)
class DataQuality:
    """No fault that stops, and few rows that had to leave training.

    Args:
        max_share: the largest share of rows that may carry a fault of severity `fix`.
    """

    max_share: Share

    def check(self, evidence: Evidence) -> Verdict:
        """Count faults; a row with several counts once, a fault of a whole table as every row."""
        stops = sum(finding.severity == "stop" for finding in evidence.findings)
        marked = [finding for finding in evidence.findings if finding.severity == "fix"]
        rows = {(finding.table, finding.row) for finding in marked if finding.rule != MORE}
        fixes = len(rows) + sum(int(each.details["count"].replace(",", "")) for each in marked if each.rule == MORE)
        share = 1.0 if any(row == 0 for _, row in rows) else fixes / max(evidence.rows, 1)
        holds = stops == 0 and share <= self.max_share
        figure = Worded("gate.data.figure", {"stops": str(stops), "share": f"{share:.2%}"})
        threshold = Worded("gate.data.threshold", {"share": f"{self.max_share:.2%}"})
        counts = {"stops": stops, "fixes": fixes, "rows": evidence.rows}
        told = {name: f"{value:,}" for name, value in counts.items()}
        why = Worded("gate.data.why", {**told, "share": f"{self.max_share:.1%}"})
        return Verdict("data_quality", holds, figure, threshold, why)
