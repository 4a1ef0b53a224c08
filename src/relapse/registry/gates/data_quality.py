"""Gate: the data are good enough to learn from."""

from __future__ import annotations

from pydantic.dataclasses import dataclass

from relapse.core.recipe import STRICT, Share
from relapse.core.results import MORE, Verdict
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
        told = [finding for finding in evidence.findings if finding.severity == "fix"]
        rows = {(finding.table, finding.row) for finding in told if finding.rule != MORE}
        fixes = len(rows) + sum(int(each.details["count"].replace(",", "")) for each in told if each.rule == MORE)
        share = 1.0 if any(row == 0 for _, row in rows) else fixes / max(evidence.rows, 1)
        holds = stops == 0 and share <= self.max_share
        why = (
            f"{stops} faults stop the run and {fixes} of {evidence.rows} rows leave training; "
            f"at most {self.max_share:.1%} may."
        )
        return Verdict(
            "data_quality", holds, f"{stops} stops, {share:.2%} of rows", f"0 stops, {self.max_share:.2%}", why
        )
