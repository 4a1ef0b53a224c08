"""Everything that is wrong with the input, in one list: the faults of its files, its line, and the audit rules."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass, replace

import numpy as np

from relapse.core.errors import InputError
from relapse.core.panel import Floats, Histories, Line, Panel, PanelView
from relapse.core.protocols import Auditor, Examined
from relapse.core.results import Finding
from relapse.core.texts import text

_LACKING = re.compile(r"no line for region (?P<region>\d+) in (?P<year>\d+)")


@dataclass(frozen=True, eq=False)
class LineWhereTold:
    """A line that is missing where the recipe would stop the work, so that everything else can still be looked at.

    Args:
        line: the recipe.
    """

    line: Line

    def values(self, known: Histories) -> Floats:
        """(1, lags) or (n, lags): the line, NaN in periods for which there is none."""
        try:
            return self.line.values(known)
        except InputError:
            each = [self._at(known, lag) for lag in range(known.lags)]
            return np.hstack(np.broadcast_arrays(*each))

    def _at(self, known: Histories, lag: int) -> Floats:
        try:
            return self.line.values(Histories(known.view, known.members, known.end - lag, 1))
        except InputError:
            return np.full((1, 1), np.nan)


def all_findings(examined: Examined, audits: Auditor, as_of: int | None) -> list[Finding]:
    """The faults of the files, then what the line and the audit rules say of what could be read.

    Args:
        examined: the input.
        audits: rules that are asked; a panel without a county's tables has nothing to audit.
        as_of: period at which the rules are asked; None for the last closed one.
    """
    findings = list(examined.findings)
    if examined.panel is None:
        return findings
    return findings + audit_findings(examined.panel, audits, as_of)


def audit_findings(panel: Panel, audits: Auditor, as_of: int | None) -> list[Finding]:
    """What the line and the audit rules say of a county at an as_of; nothing for a panel without a county's tables."""
    if not panel.tables:
        return []
    known = panel.as_of(panel.latest if as_of is None else as_of)
    lacking = line_missing(known)
    if lacking:
        known = replace(panel, line=LineWhereTold(panel.line)).as_of(known.as_of)
    return [*lacking, *line_rises(known), *audits.check(known)]


def line_missing(known: PanelView) -> list[Finding]:
    """A finding where the line of a period of the lookback is not told: it names the region and the year to add."""
    try:
        known.everyone.line  # noqa: B018 - made for its refusal
    except InputError as error:
        place = _LACKING.search(str(error))
        chinese = {"why": text("line_missing.where", "zh", **place.groupdict())} if place else {}
        return [Finding("line_missing", "stop", "lines", details={"why": str(error)}, zh=chinese)]
    return []


def line_rises(known: PanelView) -> list[Finding]:
    """Months in which the line rose, and how many households are below it for that alone: a finding, and no alarm."""
    everyone = known.everyone
    line, income = np.broadcast_arrays(everyone.line, everyone.window_income)
    findings = []
    for lag in range(line.shape[1] - 1):
        now, before, mine = line[:, lag], line[:, lag + 1], income[:, lag]
        rose = now > before
        if rose.any():
            alone = int((rose & (mine >= before) & (mine < now)).sum())
            first = int(np.argmax(rose))
            details = {"before": _yuan(before[first]), "after": _yuan(now[first]), "count": f"{alone:,}"}
            month = known.panel.calendar.label(known.as_of - lag)
            findings.append(Finding("line_rises", "note", "lines", value=month, details=details))
    return findings


def stops(findings: Sequence[Finding]) -> bool:
    """Whether a finding stops the work."""
    return any(finding.severity == "stop" for finding in findings)


def _yuan(value: float) -> str:
    return f"{value:,.0f}"
