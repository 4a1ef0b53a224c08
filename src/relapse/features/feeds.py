"""How fresh what is known is: of the household, and of the whole county, feed by feed."""

from __future__ import annotations

from typing import Literal

import numpy as np
from numpy.typing import NDArray
from pydantic.dataclasses import dataclass

from relapse.core import told
from relapse.core.catalogue import Feature, FeatureTable
from relapse.core.facts import NO_MONTH, Floats
from relapse.core.panel import HOUSEHOLDS, Histories, Ints, Panel
from relapse.core.recipe import STRICT, Count, Share
from relapse.core.tallies import Sums

Feed = Literal["income", "work", "claims", "events", "measures", "dividends"]
Column = tuple[Feature, Floats]
_LONGEST = 60  # months of delay that are told apart


@dataclass(frozen=True, config=STRICT)
class Feeds:
    """Months since the newest row of each feed, and whether one is later than usual.

    Args:
        feeds: tables that are looked at in the whole county.
        own: those of them in which a household that is told of at all is told of again and again.
        usual_share: the delay within which such a share of the rows came is a feed's usual one.
        usual_months: rows that came in so many months up to the as_of say what is usual.
    """

    feeds: tuple[Feed, ...]
    own: tuple[Feed, ...]
    usual_share: Share
    usual_months: Count

    def table(self, known: Histories, leads: Ints) -> FeatureTable:
        """Feed features of one unit.

        Args:
            known: histories of (n,) members as known at as_of.
            leads: not used.

        Returns:
            (n, features): months and flags; NaN where the county has no such table or it is empty.
        """
        return self.table_among(known, leads, self.tally(known.view.everyone))

    def reach(self, panel: Panel) -> int:
        """Periods of everybody's history that are needed: none but the as_of's, in a county."""
        return 1 if HOUSEHOLDS in panel.tables else 0

    def tally(self, everyone: Histories) -> Sums:
        """By feed, how many rows of the county came so many months ago, and how late, and speak of so many months ago.

        Args:
            everyone: histories of everyone observed, for what its view knows.
        """
        view = everyone.view
        if not told.has(view, HOUSEHOLDS):
            return {}
        return {feed: self._ages(*view.months_of(feed), view.as_of) for feed in self.feeds if told.has(view, feed)}

    def table_among(self, known: Histories, leads: Ints, sums: Sums) -> FeatureTable:
        """The same features, of a part of the households.

        Args:
            known: histories of (n,) members as known at as_of.
            leads: not used.
            sums: of the whole county, see `tally`.
        """
        members = len(known.members)
        if not told.has(known.view, HOUSEHOLDS):
            return FeatureTable.of([], members)
        columns: list[Column] = []
        for feed in self.feeds:
            since, late = self._of_county(sums[feed]) if feed in sums else (np.nan, np.nan)
            columns += [(_COUNTY[feed], np.full(members, since)), (_LATE[feed], np.full(members, late))]
            if feed in self.own:
                columns.append((_OWN[feed], _of_household(known, feed)))
        return FeatureTable.of([*columns, (_SPREAD, _spread(known))], members)

    def _ages(self, happened: Ints, known: Ints, rows: Ints | None, as_of: int) -> Floats:
        """(3, months) rows by months since they came, and of those that came lately by delay and by months since.

        Args:
            happened: months of which rows speak.
            known: months in which they became known.
            rows: how many of both; None for one each.
            as_of: month.
        """
        farthest = max(self.usual_months, _LONGEST) + _LONGEST  # what lies further back counts as if it lay there
        first = as_of - farthest - 1
        width = farthest + 3
        pairs = _places(known, first, as_of + 1)
        pairs *= np.int32(width)
        pairs += _places(happened, first, as_of + 1)
        counted = np.bincount(pairs, weights=rows, minlength=width * width)
        known, happened = np.divmod(np.flatnonzero(counted), width)
        number = counted[counted > 0].astype(np.float64)
        recent = (known + first > as_of - self.usual_months) & (happened > 0) & (happened <= known)
        ago = as_of - first
        return np.stack(
            [
                _by_month((ago - known)[known > 0], number[known > 0]),
                _by_month((known - happened)[recent], number[recent]),
                _by_month((ago - happened)[recent], number[recent]),
            ]
        )

    def _of_county(self, ages: Floats) -> tuple[float, float]:
        """Months since the newest row came, and whether what happened last lies further back than usual."""
        came, delay, ago = ages
        if not came.any():
            return np.nan, np.nan
        since = float(np.flatnonzero(came)[0])
        if not ago.any():
            return since, 1.0
        usual = int(np.searchsorted(np.cumsum(delay), self.usual_share * delay.sum()))
        return since, float(np.flatnonzero(ago)[0] > usual)


def _places(months: Ints, first: int, last: int) -> Ints:
    """(rows,) months counted from the first, which stands for one that is not told; others are no earlier, or later."""
    told: Ints = np.clip(months, first + 1, last)
    told -= np.int32(first)
    if len(months) and months.min() == NO_MONTH:
        told[months == NO_MONTH] = 0
    return told


def _by_month(months: NDArray[np.integer], number: Floats) -> Floats:
    """(_LONGEST + 1,) how many there are of each number of months; longer ones are the last."""
    return np.bincount(np.minimum(months, _LONGEST), weights=number, minlength=_LONGEST + 1).astype(np.float64)


def _of_household(known: Histories, feed: Feed) -> Floats:
    """(n,) months since the household's newest row became known; of income, since the newest month with a report."""
    if not told.has(known.view, feed):
        return np.full(len(known.members), np.nan)
    if feed == "income":
        reported = ~np.isnan(known.income[:, : known.lags])
        return np.where(reported.any(axis=1), reported.argmax(axis=1), np.nan)
    rows = known.view.table(feed)
    of_households = (rows.household >= 0) & (rows.known > NO_MONTH)
    count = len(known.view.panel.household_ids)
    newest = told.largest(rows.household[of_households], rows.known[of_households].astype(np.float64), count)
    return known.view.as_of - newest[known.members]


def _spread(known: Histories) -> Floats:
    """(n,) share of the newest window's reported months whose income was spread over a span alone."""
    lags = min(known.view.panel.max_age + 1, known.lags)
    reported = known.reported[:, :lags] * known.view.panel.window
    there = np.isnan(known.window_income[:, :lags])
    share = 1 - known.measured_over(lags) / np.where(reported > 0, reported, np.nan)
    return known.newest(np.where(there, np.nan, share))


_FEEDS: tuple[Feed, ...] = ("income", "work", "claims", "events", "measures", "dividends")
_COUNTY = {
    feed: Feature(f"feeds__{feed}_county_months", "periods", f"months since a row of {feed} came in the county", "data")
    for feed in _FEEDS
}
_LATE = {
    feed: Feature(f"feeds__{feed}_is_late", "count", f"1 where the feed {feed} lags further behind than usual", "data")
    for feed in _FEEDS
}
_OWN = {
    feed: Feature(
        f"feeds__{feed}_own_months", "periods", f"months since the household was last told of in {feed}", "data"
    )
    for feed in _FEEDS
}
_SPREAD = Feature(
    "feeds__spread_share_12m", "share", "share of the newest window's months that were reported spread only", "data"
)
