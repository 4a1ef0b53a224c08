"""What a county's workbook holds beside the list: worked out from what was known, and from what was issued before."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any, Protocol, runtime_checkable

import numpy as np
import pandas as pd

from relapse.core.name_texts import table_called
from relapse.core.panel import Panel
from relapse.core.protocols import Auditor
from relapse.core.results import Finding, Language, ListHead, RiskList
from relapse.core.supplement import Figure, Supplement, Tried
from relapse.core.texts import amount, finding_sentence, text, text_or
from relapse.county.risk_list.build import list_length
from relapse.county.risk_list.township_codes import township_codes
from relapse.flows.answered import answered, by_township
from relapse.flows.look import Looked
from relapse.flows.past_visits import by_township as hits_by_township
from relapse.flows.past_visits import came_of, visit_cohorts
from relapse.flows.summaries import by_department, summaries
from relapse.flows.version import Version

HORIZONS = (1, 3, 6)  # months within which a list is judged on its cover (risk_list design, §2)
_ISSUED = ("month", "clue_id", "household_id", "township", "village", "tier", "source")


def _nothing_issued() -> pd.DataFrame:
    return pd.DataFrame(columns=list(_ISSUED))


class LineRow(Protocol):
    """One announcement of a line."""

    region_code: str
    valid_from: str
    line: float
    source: str


@runtime_checkable
class TellsRow(Protocol):
    """A line that is told by a table of announcements."""

    def row_at(self, panel: Panel, as_of: int) -> LineRow:
        """The announcement that holds in a period, as announced by its end."""
        ...


@dataclass(frozen=True, eq=False)
class Before:
    """What was issued before.

    Args:
        rows: of all past lists, `_ISSUED` (month as YYYY-MM).
        manifest: of the list of the month before, empty where there was none.
    """

    rows: pd.DataFrame = field(default_factory=_nothing_issued)
    manifest: Mapping[str, Any] = field(default_factory=dict)


def supplement(looked: Looked, risk_list: RiskList, audits: Auditor, before: Before, list_key: str) -> Supplement:
    """The sheets beside a county's list.

    Args:
        looked: the county at the month of the list.
        risk_list: rows, townships and villages of the list.
        audits: say whose records are in doubt.
        before: what was issued before; lists of this month and later ones do not count.
        list_key: length of the list as the backtest names it.
    """
    panel, as_of, version, head = looked.head, looked.as_of, looked.version, risk_list.head
    language = head.language
    label = panel.calendar.label
    issued = before.rows[before.rows["month"].astype(str) < label(as_of)]
    horizons = [each for each in HORIZONS if each in head.horizons] or list(head.horizons)
    cohorts = visit_cohorts(looked.parts, version, issued, as_of, horizons)
    last = issued[issued["month"] == label(as_of - 1)]
    told = answered(looked.parts, as_of, last, as_of - 1)
    results = hits_by_township(cohorts, horizons, max(horizons))
    sums = summaries(risk_list.townships, risk_list.villages, by_township(told), results, horizons, language)
    doubts, elsewhere = doubt_rows(looked, risk_list, audits)
    lines = line_words(panel, as_of, language)
    return Supplement(
        region=panel.region,
        codes=township_codes(set(looked.township[looked.observed]), looked.official),
        lines=lines,
        tried=tried(version, list_key, horizons),
        tried_length=min(list_length(list_key, head.at_risk), head.at_risk),
        came=came_of(panel, cohorts, horizons),
        changed=what_changed(head, len(risk_list.rows), lines, before.manifest),
        last_month=label(as_of - 1) if len(last) else "",
        townships=sums.townships,
        villages=sums.villages,
        departments=by_department(risk_list.triggered),
        doubts=doubts,
        doubts_elsewhere=elsewhere,
        answered=told,
    )


def tried(version: Version, list_key: str, horizons: Sequence[int]) -> tuple[Tried, ...]:
    """What lists of this length found in the backtest, by horizon; nothing where it was of another length."""
    figures = version.figures
    if figures.get("list_key") != list_key:
        return ()
    told = [(each, figures[str(each)]) for each in horizons if str(each) in figures]
    return tuple(
        Tried(
            horizon, _figure(each["hit_rate"]), _figure(each["rule_hit_rate"]), each["base_rate"], each["best_hit_rate"]
        )
        for horizon, each in told
    )


def line_words(panel: Panel, as_of: int, language: Language) -> tuple[str, ...]:
    """The announcement of the line that was used; none where no table tells it."""
    if not isinstance(panel.line, TellsRow):
        return ()
    row = panel.line.row_at(panel, as_of)
    told = {"region": row.region_code, "begins": row.valid_from, "line": amount(row.line), "source": row.source}
    return (text("cover.line", language, **told),)


def what_changed(head: ListHead, listed: int, lines: Sequence[str], manifest: Mapping[str, Any]) -> tuple[str, ...]:
    """What is another way than on the list of the month before, in words.

    Args:
        head: of this month's list.
        listed: its rows.
        lines: of this month.
        manifest: of the list before; empty where there was none.
    """
    language = head.language
    if not manifest:
        return (text("cover.since.first", language),)
    told = []
    if manifest.get("version_digest") != head.digest:
        names = {"before": manifest.get("version") or "–", "now": head.version or "–"}
        told.append(text("since.version", language, **names))
    if manifest.get("model") != head.model:
        models = {"before": str(manifest.get("model")), "now": head.model}
        words = {key: text_or(f"model.{name}", language, name) for key, name in models.items()}
        told.append(text("since.model", language, **words))
    if head.reviewed and not manifest.get("reviewed"):
        told.append(text("since.reviewed", language))
    if manifest.get("lines") not in (None, list(lines)):
        said = {
            "before": text("cell.and", language).join(manifest["lines"]),
            "now": text("cell.and", language).join(lines),
        }
        told.append(text("since.line", language, **said))
    told += _feeds_changed(head, manifest.get("feeds") or ())
    told = told or [text("cover.since.nothing", language)]
    counts = (("at_risk", manifest.get("at_risk"), head.at_risk), ("listed", manifest.get("listed"), listed))
    told += [
        text(f"since.{key}", language, before=f"{old:,}", now=f"{now:,}")
        for key, old, now in counts
        if isinstance(old, int) and old != now
    ]
    return tuple(told)


def doubt_rows(looked: Looked, risk_list: RiskList, audits: Auditor) -> tuple[pd.DataFrame, int]:
    """Doubts that must be mended, and those to be checked of listed households; and how many others there are.

    Args:
        looked: the county.
        risk_list: whose households are listed.
        audits: find the doubts.
    """
    language = risk_list.head.language
    listed = pd.Series(looked.ids).isin(risk_list.rows["household_id"]).to_numpy()
    frames, elsewhere = list[pd.DataFrame](), 0
    for places, panel in looked.parts.parts():
        findings, others = audits.doubt_findings(panel.as_of(looked.as_of), listed[places])
        frames.append(_doubts(looked, findings, language))
        elsewhere += others
    frame = pd.concat([each for each in frames if len(each)] or frames[:1], ignore_index=True)
    order = ["township", "village", "household_id", "rule"]
    return frame.sort_values(order, kind="stable").reset_index(drop=True), elsewhere


def _doubts(looked: Looked, findings: Sequence[Finding], language: Language) -> pd.DataFrame:
    """One row a finding."""
    ids = [each.household_id for each in findings]
    place = np.searchsorted(looked.ids, np.array(ids, dtype=object)) if ids else np.zeros(0, np.intp)
    return pd.DataFrame(
        {
            "household_id": ids,
            "township": looked.township[place],
            "village": looked.village[place],
            "rule": [each.rule for each in findings],
            "sentence": [finding_sentence(each, language) for each in findings],
            "column": [each.column_in(language) for each in findings],
            "value": [each.value for each in findings],
            "severity": [each.severity for each in findings],
        }
    )


def _feeds_changed(head: ListHead, before: Sequence[Mapping[str, Any]]) -> list[str]:
    """Tables that are new, gone, or told nothing since."""
    if not before:
        return []
    language = head.language
    newest = {str(each["table"]): str(each["newest"]) for each in before}
    titles = {str(each["table"]): table_called(each["table"], each["title"], language) for each in before}
    titles |= {each.table: each.called(language) for each in head.feeds}
    now = {each.table for each in head.feeds}
    told = [text("since.feed_new", language, title=titles[name]) for name in sorted(now - set(newest))]
    told += [text("since.feed_gone", language, title=titles[name]) for name in sorted(set(newest) - now)]
    return told + [
        text("since.feed_late", language, title=titles[each.table], newest=each.newest)
        for each in head.feeds
        if each.late and newest.get(each.table) == each.newest
    ]


def _figure(told: Sequence[float] | None) -> Figure | None:
    return None if told is None else (told[0], told[1], told[2])
