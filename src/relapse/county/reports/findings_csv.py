"""Every fault of the input as a CSV file: findings come in, bytes go out."""

from __future__ import annotations

from collections.abc import Sequence

from relapse.core.results import Finding, Language
from relapse.core.texts import finding_sentence, text
from relapse.county.reports.csv_cells import safe_text, to_bytes
from relapse.county.reports.finding_words import gravest_first

_COLUMNS = ("rule", "severity", "table", "row", "column", "value", "sentence", "household")


def render(findings: Sequence[Finding], language: Language) -> bytes:
    """The findings in UTF-8 with BOM, gravest first; `row` is empty where the fault is of the whole table.

    `rule` and, for programs, `severity` are their fixed codes in both languages.
    """
    header = [text(f"findings.{name}", language) for name in _COLUMNS]
    return to_bytes(header, (_line(finding, language) for finding in gravest_first(findings)))


def _line(finding: Finding, language: Language) -> list[str]:
    told = (finding.column_in(language), finding.value, finding_sentence(finding, language), finding.household_id)
    row = str(finding.row) if finding.row else ""
    return [finding.rule, finding.severity, safe_text(finding.table), row, *map(safe_text, told)]
