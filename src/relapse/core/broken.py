"""Where one rule is broken, of everybody or of a part: the first findings each by itself, all others counted."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace

from relapse.core.contract import Severity
from relapse.core.results import Finding

MOST = 1000  # findings of one rule that are told one by one


@dataclass(frozen=True)
class Broken:
    """Where one rule is broken.

    Args:
        rule: its text is `finding.<rule>`.
        severity: see `Finding`.
        table: that is named where findings are counted alone.
        column: that the rule looks at.
        count: of all findings.
        findings: the first ones, at most `MOST`.
        zh: words in Chinese for the finding that counts the others.
        files: in whose order, and that of their rows, findings stand; none where parts follow each other.
    """

    rule: str
    severity: Severity
    table: str
    column: str
    count: int
    findings: tuple[Finding, ...]
    zh: Mapping[str, str] = field(default_factory=dict)
    files: tuple[str, ...] = ()

    def told(self) -> list[Finding]:
        """The findings, and one that counts the others."""
        if self.count <= len(self.findings):
            return list(self.findings)
        details = {"count": f"{self.count - len(self.findings):,}", "broken": self.rule}
        return [
            *self.findings,
            Finding("and_more", self.severity, self.table, column=self.column, details=details, zh=self.zh),
        ]


def together(parts: Sequence[Broken]) -> Broken:
    """What several parts tell of one rule, as the whole of them tells it.

    Args:
        parts: at least one, in their order; each has its own first findings.
    """
    findings = [finding for part in parts for finding in part.findings]
    if parts[0].files:
        place = {file: number for number, file in reversed(list(enumerate(parts[0].files)))}
        findings.sort(key=lambda finding: (place[finding.table], finding.row))
    return replace(parts[0], count=sum(part.count for part in parts), findings=tuple(findings[:MOST]))
