"""Findings in order, and how often each rule was broken."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence

from relapse.core.results import MORE, Finding

SEVERITIES = ("stop", "fix", "check", "note")


def gravest_first(findings: Sequence[Finding]) -> list[Finding]:
    """What stops the run first; else in the order in which it was found."""
    return sorted(findings, key=lambda finding: SEVERITIES.index(finding.severity))


def first_of_each(findings: Sequence[Finding], most: int) -> list[Finding]:
    """At most so many findings of each rule, in their order."""
    seen: Counter[str] = Counter()
    kept = []
    for finding in findings:
        seen[finding.rule] += 1
        if seen[finding.rule] <= most:
            kept.append(finding)
    return kept


def by_rule(findings: Sequence[Finding]) -> list[tuple[Finding, int]]:
    """An example of each rule and severity with the number of findings, gravest and then most frequent first."""
    counted: Counter[tuple[str, str]] = Counter()
    first: dict[tuple[str, str], Finding] = {}
    for finding in findings:
        key = (finding.details["broken"] if finding.rule == MORE else finding.rule, finding.severity)
        counted[key] += int(finding.details["count"].replace(",", "")) if finding.rule == MORE else 1
        first.setdefault(key, finding)
    told = [(first[key], count) for key, count in counted.items()]
    return sorted(told, key=lambda one: (SEVERITIES.index(one[0].severity), -one[1], one[0].rule))
