"""Every fault of the input as one page: counts by rule on top, then all of them."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from relapse.core.results import Finding, Language
from relapse.core.texts import finding_sentence, text
from relapse.county.reports.finding_words import by_rule, first_of_each, gravest_first
from relapse.county.reports.pages import page

_MOST = 200  # findings of one rule on the page; all of them are in the CSV file


@dataclass(frozen=True)
class _Line:
    """One finding, or one rule with its count, as it is printed."""

    rule: str
    severity: str
    stops: bool
    table: str
    row: str
    column: str
    household: str
    value: str
    sentence: str
    count: str


def render(findings: Sequence[Finding], language: Language) -> bytes:
    """The page; it says so where nothing was found."""
    shown = first_of_each(gravest_first(findings), _MOST)
    stopping = sum(finding.severity == "stop" for finding in findings)
    return page(
        "findings.html.j2",
        language,
        found=bool(findings),
        count=text("findings.count", language, count=f"{len(findings):,}", stop=f"{stopping:,}"),
        rules=[_line(example, language, count) for example, count in by_rule(findings)],
        lines=[_line(finding, language, 1) for finding in shown],
        left_out=text("findings.left_out", language, most=f"{_MOST:,}") if len(shown) < len(findings) else "",
    )


def _line(finding: Finding, language: Language, count: int) -> _Line:
    return _Line(
        rule=finding.rule,
        severity=text(f"severity.{finding.severity}", language),
        stops=finding.severity == "stop",
        table=finding.table,
        row=f"{finding.row:,}" if finding.row else "",
        column=finding.column_in(language),
        household=finding.household_id,
        value=finding.value,
        sentence=finding_sentence(finding, language),
        count=f"{count:,}",
    )
