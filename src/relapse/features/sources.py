"""Where income comes from, how much hangs on one source, and what a source lost within a year."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
from numpy.typing import NDArray
from pydantic.dataclasses import dataclass

from relapse.core.catalogue import Feature, FeatureTable, name_part
from relapse.core.panel import HOUSEHOLDS, Floats, Histories, counts, told_or_0, window_sums
from relapse.core.recipe import STRICT


@dataclass(frozen=True, config=STRICT)
class Sources:
    """Shares of the sources of income and their changes, each against the line so that years compare."""

    def table(self, known: Histories, leads: NDArray[np.int32]) -> FeatureTable:
        """Source features of one unit.

        Args:
            known: histories of (n,) members as known at as_of.
            leads: not used.

        Returns:
            (n, features): shares of the line and of the whole; none where the panel has no sources.
        """
        panel = known.view.panel
        names = sorted(panel.sources)
        amounts = [_over_line(known, name) for name in names]
        columns: list[tuple[Feature, Floats]] = []
        for name, (now, change, lost) in zip(names, amounts, strict=True):
            title = panel.titles.get(name, name)
            changed = _change(name, title, "" if name in panel.costs else "reason.source_lost")
            columns += [(_level(name, title), now), (changed, change), (_lost(name), lost)]
        if len(names) > 1:
            earned = [now for name, (now, _, _) in zip(names, amounts, strict=True) if name not in panel.costs]
            columns += [(_LARGEST, _largest([now for now, _, _ in amounts])), (_LARGEST_EARNED, _largest(earned))]
        return FeatureTable.of(columns, len(known.members))


def _over_line(known: Histories, name: str) -> tuple[Floats, Floats, Floats]:
    """(n,) each: the source's newest window over the line, its change against a year ago, and the money lost since.

    Where the line rises with prices a source can bring more money than a year ago and yet count for less. A county's
    ledger has no row for nothing, so every month with any income tells all sources; in a table a gap is not known.
    """
    panel = known.view.panel
    ago = panel.calendar.per_year
    lags = min(known.lags, ago + panel.max_age + 1)  # further back than a year before the newest one nothing is asked
    raw = known.per_person(known.column(name, lags + panel.window - 1))
    summed = window_sums(told_or_0(raw), panel.window)
    reported = known.reported[:, :lags] if HOUSEHOLDS in panel.tables else counts(raw, panel.window) / panel.window
    money = np.divide(summed, reported, out=np.full_like(summed, np.nan), where=reported > 0)
    amount = money / known.line[:, :lags]
    now = known.newest(amount)
    line = known.newest(np.broadcast_to(known.line[:, :lags], money.shape))
    lost = (known.before_newest(money, ago) - known.newest(money)) / line
    return now, now - known.before_newest(amount, ago), lost


def _largest(amounts: Sequence[Floats]) -> Floats:
    """(n,): share of the largest amount in all of them; a negative one counts as nothing."""
    whole = np.stack([np.maximum(now, 0) for now in amounts], axis=1)
    total = whole.sum(axis=1)
    return np.asarray(whole.max(axis=1) / np.where(total > 0, total, np.nan))


def _level(name: str, title: str) -> Feature:
    return Feature(
        f"sources__{name_part(name)}_share_of_line",
        "share",
        f"income from {name} as a share of the line",
        "sources",
        label=title,
    )


def _change(name: str, title: str, wording: str) -> Feature:
    return Feature(
        f"sources__{name_part(name)}_change_share_1y",
        "share",
        f"change of income from {name} in a year, as a share of the line",
        "sources",
        wording=wording,
        true_of=_lost(name).name,
        true_above=0.05,
        label=title,
    )


def _lost(name: str) -> Feature:
    return Feature(
        f"sources__{name_part(name)}_lost_share_1y",
        "share",
        f"money from {name} lost in a year, as a share of the newest line",
        "sources",
        modelled=False,
    )


_LARGEST_EARNED = Feature(
    "sources__largest_earned_share",
    "share",
    "share of the largest source in what all bring, before costs",
    "sources",
    modelled=False,
)
_LARGEST = Feature(
    "sources__largest_share",
    "share",
    "share of the largest source in all of them, costs counted as one",
    "sources",
    wording="reason.one_source",
    true_of=_LARGEST_EARNED.name,
    true_above=0.9,
)
