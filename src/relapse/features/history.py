"""What became of the household before: times below the line, since when it is above, how well it is measured."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray
from pydantic.dataclasses import dataclass

from relapse.core.catalogue import Feature, FeatureTable
from relapse.core.panel import Floats, Histories, over_lags
from relapse.core.recipe import STRICT


@dataclass(frozen=True, config=STRICT)
class History:
    """Spells below the line inside the lookback, and how much of the past is known."""

    def table(self, known: Histories, leads: NDArray[np.int32]) -> FeatureTable:
        """History features of one unit.

        Args:
            known: histories of (n,) members as known at as_of.
            leads: not used.

        Returns:
            (n, features): counts and shares of known periods, and times in periods.
        """
        below = known.below
        seen = ~np.isnan(below)
        was_below = below == 1
        count, times = over_lags(seen), over_lags(was_below)
        columns = [
            (_SEEN, count),
            (_BELOW, times),
            (_SHARE, np.where(count > 0, times / np.maximum(count, 1), np.nan)),
            (_SINCE, _first_lag(was_below)),
            (_SPELL, _spell(was_below, seen)),
            (_FALLS, _falls(below)),
            (_GAP, _gap(seen)),
            (_AGE, _first_lag(seen)),
            (_REPORTED, _newest_window(known, known.reported)),
            (_PREVIOUS, _previous_list(known)),
        ]
        if known.view.panel.measured is not None:
            near = min(known.view.panel.max_age + 1, known.lags)
            columns.append((_MEASURED, _newest_window(known, known.measured_over(near))))
        return FeatureTable.of(columns, len(known.members))


_SEEN = Feature("history__periods_seen", "periods", "periods of the lookback with a known state", "data")
_BELOW = Feature(
    "history__periods_below",
    "periods",
    "known periods below the line in the lookback",
    "history",
    1,
    wording="reason.was_below",
    true_above=0,
)
_SHARE = Feature("history__share_below", "share", "share of the known periods below the line", "history", 1)
_SINCE = Feature(
    "history__since_below",
    "periods",
    "periods since last below the line (empty where never seen so)",
    "history",
    wording="reason.recently_below",
    true_above=0,
)
_SPELL = Feature("history__spell_above", "periods", "periods since last below, or since first seen", "history")
_FALLS = Feature("history__falls", "count", "known steps from above to below the line in the lookback", "history", 1)
_GAP = Feature("history__gap_before", "periods", "periods between the newest and the previous report", "data")
_AGE = Feature("history__age_of_report", "periods", "age of the newest known state", "data")
_REPORTED = Feature(
    "history__reported_share",
    "share",
    "share of the newest window's periods that were reported",
    "data",
    wording="reason.thin",
    true_below=1,
)
_MEASURED = Feature(
    "history__months_measured",
    "periods",
    "periods of the newest window whose income was reported for itself, not spread over a span",
    "data",
)
_PREVIOUS = Feature(
    "history__log_ratio_previous_list",
    "log_ratio",
    "distance to the line as the list of one period ago saw it",
    "distance",
    -1,
    modelled=False,
)


def _newest_window(known: Histories, values: Floats) -> Floats:
    """(n,): a figure of the newest window whose income is known, of the as_of's where none is.

    Where reports come a month late, the as_of's own window always lacks its last month.
    """
    lags = min(known.view.panel.max_age + 1, known.lags)
    newest = known.newest(np.where(np.isnan(known.window_income[:, :lags]), np.nan, values[:, :lags]))
    return np.where(np.isnan(newest), values[:, 0], newest)


def _first_lag(mask: NDArray[np.bool_]) -> Floats:
    """(n,): the newest lag at which the mask holds, NaN where it never does."""
    found = np.full(len(mask), np.nan)
    for lag in reversed(range(mask.shape[1])):
        np.copyto(found, lag, where=mask[:, lag])
    return found


def _last_lag(mask: NDArray[np.bool_]) -> Floats:
    """(n,): the oldest lag at which the mask holds, NaN where it never does."""
    return np.asarray(mask.shape[1] - 1 - _first_lag(mask[:, ::-1]))


def _gap(seen: NDArray[np.bool_]) -> Floats:
    """(n,): periods between the two newest lags at which something was seen."""
    newest, second = np.full(len(seen), np.nan), np.full(len(seen), np.nan)
    for lag in reversed(range(seen.shape[1])):
        np.copyto(second, newest, where=seen[:, lag])
        np.copyto(newest, lag, where=seen[:, lag])
    return np.asarray(second - newest)


def _spell(was_below: NDArray[np.bool_], seen: NDArray[np.bool_]) -> Floats:
    since = _first_lag(was_below)
    return np.where(np.isnan(since), _last_lag(seen), since)


def _falls(below: Floats) -> Floats:
    """(n,): neighbouring known periods of which the earlier was above the line and the later below."""
    return over_lags((below[:, 1:] == 0) & (below[:, :-1] == 1))


def _previous_list(known: Histories) -> Floats:
    """(n,): distance at the previous as_of with what was known then; NaN where the household was not seen."""
    view = known.view
    if view.as_of - 1 < view.panel.first:
        return np.full(len(known.members), np.nan)
    earlier = known.earlier(view.as_of - 1, view.panel.max_age + 1)
    return earlier.newest(earlier.log_ratio)
