"""All that is watched of a version at an as_of, the verdict on it, and what of that may be told: no small count.

In: panel, version, the lists that were issued, settings. Out: the verdict, and figures as they stand in `figures.json`.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass
from typing import Any

import numpy as np
import pandas as pd

from relapse.core.feeds import Feed
from relapse.core.panel import Panel
from relapse.core.parts import Numbered
from relapse.core.results import Language
from relapse.core.texts import amount, text
from relapse.evaluation.evaluate import Evaluation
from relapse.evaluation.hidden_counts import FEW, SHOWN, Sum, hidden
from relapse.evaluation.small_cells import LEAST_COUNT, LEAST_ROWS
from relapse.flows.months_after import MonthAfter, labels_table, months_after, ratio_of, results_of, so_far
from relapse.flows.moved import moved, told
from relapse.flows.past_lists import ALL, SOURCE, TIER, place_of
from relapse.flows.version import Version
from relapse.monitors.feeds import feeds_from, months_of_parts
from relapse.monitors.first_figures import told_hits
from relapse.monitors.marks import Mark, Marks, in_order
from relapse.monitors.verdict import Thresholds, Verdict, judge
from relapse.monitors.watch import Watch
from relapse.outcome.line.auto import Auto
from relapse.outcome.line.county import County

LANGUAGES: tuple[Language, Language] = ("zh", "en")
_COUNTED = ("observed_expected", "slope", "roc_auc", "rule", "gain", "expected")  # of which few events could be told


@dataclass(frozen=True, eq=False)
class Watched:
    """What was found.

    Args:
        verdict: on the version.
        told: figures that may be told, as they stand in `figures.json`.
        feeds: of the county, whether each came in time.
    """

    verdict: Verdict
    told: Mapping[str, Any]
    feeds: tuple[Feed, ...]


@dataclass(frozen=True)
class Rules:
    """How a version is watched and judged.

    Args:
        watch: how much is looked at.
        evaluation: draws behind intervals of results.
        limits: of the verdict.
        marks: dates that figures are marked with.
        allowed: packages whose feature blocks a version may name.
    """

    watch: Watch
    evaluation: Evaluation
    limits: Thresholds
    marks: Marks
    allowed: tuple[str, ...] = ()


def watch_version(
    parts: Numbered,
    version: Version,
    lists: Mapping[int, pd.DataFrame],
    as_of: int,
    horizons: Sequence[int],
    rules: Rules,
) -> Watched:
    """Watch a version.

    Args:
        parts: of the county, or a whole panel.
        version: that is watched.
        lists: by month, `household_id`, `tier` and, where it is told, `source` of every row.
        as_of: nothing that became known later is used.
        horizons: months ahead.
        rules: how.
    """
    panel, watch, facts = parts.part(0), rules.watch, version.facts
    reported = months_of_parts(parts, as_of)
    feeds = feeds_from(panel, as_of, reported)
    asked = tuple(horizon for horizon in sorted(horizons) if horizon in facts.leads)
    months = months_after(parts, version, as_of, asked, watch, reported, rules.allowed) if asked else []
    results = results_of(months, version, asked, rules.evaluation)
    early = so_far(months, max(asked), watch.draws, facts.seed) if months and version.hazard.cumulative else None
    change = moved(parts, version, as_of, max(asked), watch, reported, rules.allowed) if asked else None
    figures: dict[str, Any] = {
        "is_rule": version.is_rule,
        "horizons": results,
        "early": early,
        "late": {feed.table: feed.late for feed in feeds},
        "labels": labels_table(version),
    }
    if change is not None:
        figures |= {"score": change.score, "effect": change.effect, "told_apart": change.told_apart}
    verdict = judge(figures, rules.limits)
    marks = marks_of(panel, version, rules.marks, min([as_of, *(month.origin for month in months)]), as_of)
    return Watched(
        verdict,
        {
            "made": facts.as_of,
            "is_rule": version.is_rule,
            "backtest": bool(version.figures),
            "verdict": verdict.told(),
            **_without_small(panel, months, results, early, max(asked, default=0), marks),
            "groups": _groups(months, lists, watch.draws, facts.seed),
            "drift": None if change is None else told(change, watch.named),
            **{key: figures.get(key) for key in ("score", "effect", "told_apart")},
            "marks": [_told_mark(panel, mark) for mark in marks],
        },
        feeds,
    )


def marks_of(panel: Panel, version: Version, marks: Marks, first: int, as_of: int) -> list[Mark]:
    """Changes of the county's line, and what the table of marks has, from a month on; known by the as_of."""
    if panel.calendar.frequency != "monthly":
        return []
    line = version.line()
    line = line.on(panel) if isinstance(line, Auto) else line
    changes = line.changes(panel, first, as_of) if isinstance(line, County) else []
    found = []
    for change in changes:
        values = {"before": amount(change.before), "now": amount(change.now), "money": panel.money}
        zh, en = (text("watch.mark.line_rose", language, **values) for language in LANGUAGES)
        found.append(Mark("line", change.begins, change.begins, zh, en, change.source))
    return in_order([*found, *marks.between(panel.region, first, as_of)])


def _told_mark(panel: Panel, mark: Mark) -> dict[str, Any]:
    label = panel.calendar.label
    return {**asdict(mark), "first": label(mark.first), "last": label(mark.last)}


def _without_small(
    panel: Panel,
    months: Sequence[MonthAfter],
    results: Mapping[str, Mapping[str, Any]],
    early: Mapping[str, Any] | None,
    horizon: int,
    marks: Sequence[Mark],
) -> dict[str, Any]:
    """Results, what came so far, and both month by month, without counts that are small or lead to such ones."""
    closed = [month.is_closed(horizon) for month in months]
    counts = [int(np.nansum(month.came)) for month in months]
    sums = [sum(count for count, one in zip(counts, closed, strict=True) if one is kind) for kind in (True, False)]
    of = [tuple(np.flatnonzero(np.array(closed, dtype=bool) == kind).tolist()) for kind in (True, False)]
    totals = [Sum(len(months) + place, parts) for place, parts in enumerate(of) if parts]
    state = hidden(np.array([*counts, *sums], dtype=np.int64), totals)
    rows = [
        _month(panel, month, horizon, int(state[place]), final, marks)
        for place, (month, final) in enumerate(zip(months, closed, strict=True))
    ]
    at_longest = {str(horizon): state[len(months)] != SHOWN}
    shown = {key: _result(result, hide=at_longest.get(key, False)) for key, result in results.items()}
    return {"horizons": shown, "early": _early(early, hide=bool(state[-1] != SHOWN)), "months": rows}


def _month(
    panel: Panel, month: MonthAfter, horizon: int, state: int, final: bool, marks: Sequence[Mark]
) -> dict[str, Any]:
    known = ~np.isnan(month.came)
    came, expected = int(np.nansum(month.came)), float(np.nansum(month.expected))
    bare = state != SHOWN or int(known.sum()) < LEAST_ROWS
    end = month.origin + horizon
    return {
        "month": panel.calendar.label(month.origin),
        "n": int(known.sum()),
        "closed": month.closed,
        "final": final,
        "came": None if bare else came,
        "few": state == FEW,
        "expected": round(expected, 1) if known.any() else None,
        "ratio": None if bare or expected <= 0 else round(came / expected, 4),
        "marks": [place + 1 for place, mark in enumerate(marks) if mark.first <= end and mark.last > month.origin],
    }


def _result(result: Mapping[str, Any], *, hide: bool) -> dict[str, Any]:
    few = 0 < result["events"] < LEAST_COUNT
    if not (hide or few or result["n"] < LEAST_ROWS):
        return dict(result)
    return {**result, "events": None, "few": few, **dict.fromkeys(_COUNTED)}


def _early(early: Mapping[str, Any] | None, *, hide: bool) -> dict[str, Any] | None:
    if early is None:
        return None
    few = 0 < early["observed"] < LEAST_COUNT
    if not (hide or few or early["n"] < LEAST_ROWS):
        return dict(early)
    return {**early, "observed": None, "few": few, "ratio": None}


def _groups(
    months: Sequence[MonthAfter], lists: Mapping[int, pd.DataFrame], draws: int, seed: int
) -> list[dict[str, Any]]:
    """What came so far to the listed, by tier and source, against what this version expected of them so far."""
    parts: dict[tuple[str, str], list[tuple[MonthAfter, np.ndarray]]] = {}
    for month in months:
        if month.origin not in lists or month.closed == 0:
            continue
        rows, ids = lists[month.origin], month.household_ids.astype(str)
        parts.setdefault((ALL, ""), []).append((month, np.isin(ids, rows["household_id"].astype(str))))
        for group in (TIER, SOURCE):
            if group in rows:
                for value, some in rows.groupby(group, sort=True)["household_id"]:
                    parts.setdefault((group, str(value)), []).append((month, np.isin(ids, some.astype(str))))
    told_parts = {key: ratio_of(some, draws, seed) for key, some in parts.items()}
    table = pd.DataFrame(
        [
            (0, *key, len(parts[key]), told_parts[key]["n"], told_parts[key]["observed"], *_ratio(told_parts[key]))
            for key in sorted(parts, key=place_of)
        ],
        columns=["horizon", "group", "value", "lists", "n", "hits", "rate", "low", "high"],
    )
    if table.empty:
        return []
    expected = {key: told_parts[key]["expected"] for key in parts}
    return [
        {**row, "expected": expected[row["group"], row["value"]]} | ({"rate": None} if row["hits"] is None else {})
        for row in told_hits(table)
    ]


def _ratio(part: Mapping[str, Any]) -> tuple[float, float, float]:
    return (np.nan, np.nan, np.nan) if part["ratio"] is None else part["ratio"]
