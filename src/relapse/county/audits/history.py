"""Rules N: both clocks, the line from year to year, silent feeds, and recognitions by the month."""

from __future__ import annotations

from collections.abc import Mapping

import numpy as np
from numpy.typing import NDArray

from relapse.core.facts import NO_MONTH, Category, Facts
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
    words = {"happened": month_words(ends), "known": month_words(facts.known.astype(np.float64))}
    return Hits(facts, np.arange(len(facts)), "known_at", {}, words)


def line_missing(county: Snapshot, _limits: Limits) -> Hits:
    """A month for which households have an income has no line."""
    everyone = county.known.everyone
    line = np.broadcast_to(everyone.line, everyone.window_income.shape)
    lacking = (~np.isnan(everyone.window_income) & np.isnan(line)).sum(axis=0)
    lags = np.flatnonzero(lacking)
    words = {"month": month_words((county.as_of - lags).astype(np.float64))}
    return wholes("lines", len(lags), "line", {"households": lacking[lags].astype(np.float64)}, words)


def line_jumps(county: Snapshot, limits: Limits) -> Hits:
    """The line is lower than a year before, or far higher."""
    line = county.known.everyone.line
    lags = np.arange(0, line.shape[1], _YEAR)
    typical = np.array([np.median(line[:, lag]) for lag in lags])
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
    code, names, townships = _villages_of(facts)
    count = np.bincount(code[told], minlength=len(names))
    stale = np.bincount(code[told & (county.as_of - updated >= limits["months"])], minlength=len(names))
    odd = np.flatnonzero(stale > limits["share_most"] * count)
    numbers = {"stale": stale[odd].astype(np.float64), "households": count[odd].astype(np.float64)}
    return wholes("households", len(odd), "updated_on", numbers, {"village": names[odd], "township": townships[odd]})


def silent_feed(county: Snapshot, limits: Limits) -> Hits:
    """A department's table told nothing in the month of the as_of, and something in every month of the time before."""
    months = np.arange(county.as_of - int(limits["months_before"]), county.as_of)
    silent = [] if limits["allow_missing_feed"] else [
        name for name in _FEEDS if county.has(name) and _falls_silent(county.table(name).known, months, county.as_of)
    ]  # fmt: skip
    words = {"month": month_words(np.full(len(silent), float(county.as_of)))}
    return wholes("feeds", len(silent), "known_at", {}, words, tuple(silent))


def campaign_month(county: Snapshot, limits: Limits) -> Hits:
    """Far more households were recognised in a month than in the median month since the first one."""
    months = county.table(RECOGNITIONS).happened
    months = months[(months != NO_MONTH) & (months <= county.as_of)]
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


def _villages_of(facts: Facts) -> tuple[NDArray[np.intp], NDArray[np.object_], NDArray[np.object_]]:
    """(rows,) the number of each household's village, and by number the names of village and township."""
    village, township = facts.text("village"), facts.text("township")
    width = len(village.levels) + 1
    pair, code = np.unique((township.codes + 1) * np.int64(width) + village.codes + 1, return_inverse=True)
    names = np.array(["", *village.levels], dtype=object)[pair % width]
    return code, names, np.array(["", *township.levels], dtype=object)[pair // width]


def _falls_silent(known: NDArray[np.int32], months: NDArray[np.intp], as_of: int) -> bool:
    return bool(np.isin(months, known).all()) and not bool((known == as_of).any())


RULES: Mapping[str, Check] = {
    "N01": known_before_it_happened,
    "N02": line_missing,
    "N03": line_jumps,
    "N06": recognised_before_the_data,
    "N07": village_not_updated,
    "N08": silent_feed,
    "N10": campaign_month,
}
