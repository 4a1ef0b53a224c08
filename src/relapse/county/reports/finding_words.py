"""Findings in order, and how often each rule was broken."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence

from relapse.core.results import Finding

SEVERITIES = ("stop", "fix", "check", "note")


def gravest_first(findings: Sequence[Finding]) -> list[Finding]:
    """What stops the run first; else in the order in which it was found."""
    return sorted(findings, key=lambda finding: SEVERITIES.index(finding.severity))


def by_rule(findings: Sequence[Finding]) -> list[tuple[Finding, int]]:
    """An example of each rule and severity with the number of findings, gravest and then most frequent first."""
    counted = Counter((finding.rule, finding.severity) for finding in findings)
    first: dict[tuple[str, str], Finding] = {}
    for finding in findings:
        first.setdefault((finding.rule, finding.severity), finding)
    told = [(first[key], count) for key, count in counted.items()]
    return sorted(told, key=lambda one: (SEVERITIES.index(one[0].severity), -one[1], one[0].rule))
