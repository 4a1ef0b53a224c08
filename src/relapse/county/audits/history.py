"""Rules N: both clocks, the line from year to year, silent feeds, and recognitions by the month."""

from __future__ import annotations

from collections.abc import Mapping

import numpy as np
from numpy.typing import NDArray

from relapse.core.facts import NO_MONTH, Category, Facts, Floats
from relapse.core.recognitions import RECOGNITIONS
from relapse.county.audits.cells import Check, Limits, month_words, number
from relapse.county.audits.snapshot import Hits, Snapshot
from relapse.county.audits.wholes import wholes

_AHEAD = ("lines", "dividends", "measures", "project_members")  # announced, due or agreed on before they hold
_FEEDS = ("claims", "clues", "events")
_YEAR = 12


def known_before_it_happened(county: Snapshot, _limits: Limits) -> Hits:
    """A row became known before the thing happened, or an income before its last month."""
    found = [_early(county.table(name)) for name in county.known.panel.tables if name not in _AHEAD]
    facts = _stacked([early for early, _ in found])
    ends = np.concatenate([end for _, end in found])
    files = list(facts.file.levels)
    place = np.array([*(files.index(name) for name in files), len(files)])[facts.file.codes]
    rows = np.lexsort((facts.row, place))
    words = {"happened": month_words(ends[rows]), "known": month_words(facts.known[rows].astype(np.float64))}
    return Hits(facts, rows, "known_at", {}, words, by_file=True)


def line_missing(county: Snapshot, _limits: Limits) -> Hits:
    """A month for which households have an income has no line."""

    def own() -> Floats:
        everyone = county.known.everyone
        line = np.broadcast_to(everyone.line, everyone.window_income.shape)
        lacking = (~np.isnan(everyone.window_income) & np.isnan(line)).sum(axis=0, keepdims=True)
        return np.asarray(lacking, dtype=np.float64)

    lacking = county.of_everybody("N02", own, lambda told: np.asarray(told.sum(axis=0)))
    lags = np.flatnonzero(lacking)
    words = {"month": month_words((county.as_of - lags).astype(np.float64))}
    return wholes("lines", len(lags), "line", {"households": lacking[lags]}, words)


def line_jumps(county: Snapshot, limits: Limits) -> Hits:
    """The line is lower than a year before, or far higher."""
    typical = county.of_everybody(
        "N03", lambda: np.asarray(county.known.everyone.line[:, ::_YEAR]), lambda told: np.median(told, axis=0)
    )
    lags = np.arange(len(typical)) * _YEAR
    now, before = typical[:-1], typical[1:]
    odd = np.flatnonzero((now < before) | (now >= before * limits["rise_most"]))
    words = {"month": month_words((county.as_of - lags[odd]).astype(np.float64))}
    return wholes("lines", len(odd), "line", {"line": now[odd], "before": before[odd]}, words)


def recognised_before_the_data(county: Snapshot, _limits: Limits) -> Hits:
    """A household was recognised before the first month of the data, so that nobody knows how long it was at risk."""
    facts = county.table(RECOGNITIONS)
    early = (facts.happened != NO_MONTH) & (facts.happened < county.known.panel.first)
    words = {"month": month_words(facts.happened[early].astype(np.float64))}
    return Hits(facts, np.flatnonzero(early), "recognised_at", {}, words)


def village_not_updated(county: Snapshot, limits: Limits) -> Hits:
    """Too many of a village's households, among those with a date of update, were not updated for long."""
    facts = county.households
    updated = np.floor(number(facts, "updated_on"))
    told = ~np.isnan(updated)
    old = told & (county.as_of - updated >= limits["months"])
    mine = _village_of(facts)
    village, count, stale = county.of_everybody(
        "N07", lambda: _by_village(mine, told.astype(np.float64), old.astype(np.float64)), _added_up
    ).T
    odd = np.flatnonzero(stale > limits["share_most"] * count)
    names, townships = _names_of(facts, village[odd].astype(np.int64))
    numbers = {"stale": stale[odd], "households": count[odd]}
    return wholes("households", len(odd), "updated_on", numbers, {"village": names, "township": townships})


def silent_feed(county: Snapshot, limits: Limits) -> Hits:
    """A department's table told nothing in the month of the as_of, and something in every month of the time before."""
    months = np.arange(county.as_of - int(limits["months_before"]), county.as_of + 1)
    feeds = [] if limits["allow_missing_feed"] else [name for name in _FEEDS if county.has(name)]
    silent = []
    if feeds:
        told = county.of_everybody(
            "N08",
            lambda: np.array([[np.isin(months, county.table(name).known) for name in feeds]], dtype=np.float64),
            lambda each: np.asarray(each.max(axis=0)),
        )
        silent = [name for name, mine in zip(feeds, told, strict=True) if mine[:-1].all() and not mine[-1]]
    words = {"month": month_words(np.full(len(silent), float(county.as_of)))}
    return wholes("feeds", len(silent), "known_at", {}, words, tuple(silent))


def campaign_month(county: Snapshot, limits: Limits) -> Hits:
    """Far more households were recognised in a month than in the median month since the first one."""

    def own() -> Floats:
        happened = county.table(RECOGNITIONS).happened
        return np.asarray(happened[(happened != NO_MONTH) & (happened <= county.as_of)], dtype=np.float64)

    months = county.of_everybody("N10", own, np.sort).astype(np.int64)
    first = int(months.min()) if len(months) else county.as_of
    count = np.bincount(months - first, minlength=county.as_of - first + 1).astype(np.float64)
    usual = float(np.median(count))
    odd = np.flatnonzero(count > limits["times_most"] * max(usual, limits["usual_least"]))
    numbers = {"recognised": count[odd], "usual": np.full(len(odd), usual)}
    return wholes(
        RECOGNITIONS, len(odd), "recognised_at", numbers, {"month": month_words((odd + first).astype(np.float64))}
    )


def _early(facts: Facts) -> tuple[Facts, NDArray[np.float64]]:
    """The rows of a table that were known too early, and the month in which each thing was over."""
    early = facts.known < facts.happened
    if facts.name == "income":
        early |= facts.known < number(facts, "to")
    rows = facts.take(early)
    end = np.where(rows.happened == NO_MONTH, np.nan, rows.happened.astype(np.float64))
    return rows, np.fmax(end, number(rows, "to")) if facts.name == "income" else end


def _stacked(rows: list[Facts]) -> Facts:
    """Rows of several tables under each other, without their columns; `file` names the file of each."""
    files = [level for facts in rows for level in facts.file.levels]
    begin = np.cumsum([0, *(len(facts.file.levels) for facts in rows)])
    codes = [np.where(f.file.codes < 0, -1, f.file.codes + at) for f, at in zip(rows, begin[:-1], strict=True)]
    household, subject, fact, happened, known, withdrawn, row = (
        np.concatenate([getattr(facts, name) for facts in rows])
        for name in ("household", "subject", "fact", "happened", "known", "withdrawn", "row")
    )
    file = Category(np.concatenate(codes).astype(np.int32), tuple(files))
    return Facts("tables", household, subject, fact, happened, known, withdrawn, {}, {}, row, file)


def _village_of(facts: Facts) -> NDArray[np.int64]:
    """(rows,) a number for each household's township and village."""
    village, township = facts.text("village"), facts.text("township")
    number_: NDArray[np.int64] = (township.codes + 1) * np.int64(len(village.levels) + 1) + village.codes + 1
    return number_


def _names_of(facts: Facts, villages: NDArray[np.int64]) -> tuple[NDArray[np.object_], NDArray[np.object_]]:
    """The names of village and township that such numbers stand for."""
    village, township = facts.text("village"), facts.text("township")
    width = len(village.levels) + 1
    names = np.array(["", *village.levels], dtype=object)[villages % width]
    return names, np.array(["", *township.levels], dtype=object)[villages // width]


def _by_village(village: NDArray[np.integer], *counted: Floats) -> Floats:
    """(villages, 1 + counts) the number of each village, ascending, and what is counted in it."""
    villages, place = np.unique(village, return_inverse=True)
    sums = [np.bincount(place, weights=each, minlength=len(villages)) for each in counted]
    return np.column_stack([villages.astype(np.float64), *sums])


def _added_up(told: Floats) -> Floats:
    """The same of all parts of a county."""
    return _by_village(told[:, 0].astype(np.int64), *told[:, 1:].T)


RULES: Mapping[str, Check] = {
    "N01": known_before_it_happened,
    "N02": line_missing,
    "N03": line_jumps,
    "N06": recognised_before_the_data,
    "N07": village_not_updated,
    "N08": silent_feed,
    "N10": campaign_month,
}
