"""Everything that is wrong with the input, in one list: the faults of its files, its line, and the audit rules."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace

import numpy as np

from relapse.core.broken import Broken, together
from relapse.core.errors import InputError
from relapse.core.panel import Floats, Histories, Line, Panel, PanelView
from relapse.core.parts import Numbered, Whole, changed
from relapse.core.protocols import AsksEverybody, Auditor, Examined, ExaminedParts
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


def all_findings(examined: Examined | ExaminedParts, audits: Auditor, as_of: int | None) -> list[Finding]:
    """The faults of the files, then what the line and the audit rules say of what could be read.

    Args:
        examined: the input.
        audits: rules that are asked; a panel without a county's tables has nothing to audit.
        as_of: period at which the rules are asked; None for the last closed one.
    """
    findings, parts = list(examined.findings), examined.parts
    return findings if parts is None else findings + findings_of_parts(parts, audits, as_of)


def audit_findings(panel: Panel, audits: Auditor, as_of: int | None) -> list[Finding]:
    """What the line and the audit rules say of a county at an as_of; nothing for a panel without a county's tables."""
    return findings_of_parts(Whole(panel), audits, as_of)


def findings_of_parts(parts: Numbered, audits: Auditor, as_of: int | None) -> list[Finding]:
    """The same of a county in parts: what rules have to know of everybody is looked up in all of them first."""
    panel = parts.part(0)
    if not panel.tables:
        return []
    period = panel.latest if as_of is None else as_of
    known = panel.as_of(period)
    lacking = line_missing(known)
    if lacking:
        parts = changed(parts, lambda part: replace(part, line=LineWhereTold(part.line)))
        known = parts.part(0).as_of(period)
    if isinstance(parts, Whole) or not isinstance(audits, AsksEverybody):
        return [*lacking, *_told_rises(known, line_rises(known)), *audits.check(known)]
    told = dict[tuple[int, str], list[Floats]]()
    for _, part in parts.parts():
        for key, values in audits.of_everybody(part.as_of(period), county_wide=True).items():
            told.setdefault(key, []).append(values)
    everybody = {key: np.concatenate(values) for key, values in told.items()}
    rises, found = dict[int, Rise](), dict[str, Broken]()
    for number in range(len(parts)):
        known = replace(parts.part(number), everybody=everybody).as_of(period)
        for lag, rise in line_rises(known).items():
            rises[lag] = rise if lag not in rises else replace(rises[lag], alone=rises[lag].alone + rise.alone)
        for name, mine in audits.broken(known, first=number == 0).items():
            found[name] = mine if name not in found else together((found[name], mine))
    return [*lacking, *_told_rises(known, rises), *(each for broken in found.values() for each in broken.told())]


def line_missing(known: PanelView) -> list[Finding]:
    """A finding where the line of a period of the lookback is not told: it names the region and the year to add."""
    try:
        known.everyone.line  # noqa: B018 - made for its refusal
    except InputError as error:
        place = _LACKING.search(str(error))
        chinese = {"why": text("line_missing.where", "zh", **place.groupdict())} if place else {}
        return [Finding("line_missing", "stop", "lines", details={"why": str(error)}, zh=chinese)]
    return []


@dataclass(frozen=True)
class Rise:
    """A month in which the line rose.

    Args:
        before, now: yuan.
        alone: households that are below it for that alone.
    """

    before: float
    now: float
    alone: int


def line_rises(known: PanelView) -> dict[int, Rise]:
    """By lag, the months in which the line rose, and how many households are below it for that alone."""
    everyone = known.everyone
    line, income = np.broadcast_arrays(everyone.line, everyone.window_income)
    rises = dict[int, Rise]()
    for lag in range(line.shape[1] - 1):
        now, before, mine = line[:, lag], line[:, lag + 1], income[:, lag]
        rose = now > before
        if rose.any():
            alone = int((rose & (mine >= before) & (mine < now)).sum())
            first = int(np.argmax(rose))
            rises[lag] = Rise(float(before[first]), float(now[first]), alone)
    return rises


def _told_rises(known: PanelView, rises: Mapping[int, Rise]) -> list[Finding]:
    """A finding for each, and no alarm."""
    findings = []
    for lag, rise in sorted(rises.items()):
        details = {"before": _yuan(rise.before), "after": _yuan(rise.now), "count": f"{rise.alone:,}"}
        month = known.panel.calendar.label(known.as_of - lag)
        findings.append(Finding("line_rises", "note", "lines", value=month, details=details))
    return findings


def stops(findings: Sequence[Finding]) -> bool:
    """Whether a finding stops the work."""
    return any(finding.severity == "stop" for finding in findings)


def _yuan(value: float) -> str:
    return f"{value:,.0f}"
