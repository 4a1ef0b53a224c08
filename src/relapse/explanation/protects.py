"""What protects, in plain words: for each household the groups that lowered its score most, with its own numbers.

As with reasons, a sentence is printed only where its feature lowered the score and what it says is true of the data.
"""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from relapse.core.catalogue import Feature
from relapse.core.results import Language
from relapse.core.texts import money_word, text
from relapse.explanation.contributions import Contributions
from relapse.explanation.reasons import Numbers

MOST_PROTECTS = 2
Conditions = Mapping[str, tuple[float, float]]


@dataclass(frozen=True)
class Protects:
    """A sentence that may stand where its feature lowered the score.

    Args:
        feature: that has to lower it; its number is the sentence's `{value}`.
        wording: key of the sentence in `core.texts`; its placeholders are names of features of the same row.
        where: by name of a feature, what lies strictly between the two makes the sentence true.
    """

    feature: str
    wording: str
    where: Conditions


_NO = (-0.5, 0.5)
_NEVER_NEAR: Conditions = {"income__log_ratio_lowest": (math.log(1.3), math.inf)}
_ABOVE: Conditions = {"income__log_ratio_now": (math.log(1.5), math.inf)}  # nearer to the line `reason.close` speaks
_NEVER_BELOW: Conditions = {"history__periods_below": _NO, "history__periods_seen": (2.5, math.inf)}
SENTENCES = (
    Protects("income__log_ratio_now", "protects.above", _ABOVE),
    Protects("income__log_ratio_mean", "protects.above", _ABOVE),
    Protects("income__log_ratio_weighted", "protects.above", _ABOVE),
    Protects("income__log_ratio_change_1y", "protects.rise", {"income__fall_share_1y": (-math.inf, -0.05)}),
    Protects("income__log_ratio_slope_year", "protects.rise", {"income__fall_share_1y": (-math.inf, -0.05)}),
    Protects("income__log_ratio_lowest", "protects.never_near", _NEVER_NEAR),
    Protects("history__periods_below", "protects.never_below", _NEVER_BELOW),
    Protects("history__share_below", "protects.never_below", _NEVER_BELOW),
    Protects("history__spell_above", "protects.never_below", _NEVER_BELOW),
    Protects("history__falls", "protects.never_below", _NEVER_BELOW),
    Protects("sources__largest_share", "protects.several_sources", {"sources__largest_earned_share": (0, 0.6)}),
    Protects("work__anyone_months_6m", "protects.work", {"work__anyone_months_6m": (5.5, math.inf)}),
    Protects("work__running_count", "protects.jobs", {"work__running_count": (1.5, math.inf)}),
    Protects("people__able_count", "protects.able", {"people__able_count": (1.5, math.inf)}),
    Protects("health__own_cost_share_12m", "protects.little_cost", {"health__own_cost_share_12m": (-0.5, 0.02)}),
    Protects("health__own_cost_line_share_12m", "protects.little_cost", {"health__own_cost_share_12m": (-0.5, 0.02)}),
    Protects("guarantees__unmet_count", "protects.guarantees", {
        f"guarantees__{name}_unmet": _NO for name in ("schooling", "medical", "housing", "water")
    }),
    Protects("measures__running_count", "protects.measures", {"measures__running_count": (0.5, math.inf)}),
    Protects("measures__transfer_share_12m", "protects.transfers", {"measures__transfer_share_12m": (0.1, 1)}),
)  # fmt: skip


def protects(
    contributions: Contributions, values: NDArray[np.float64], money: str, language: Language, frequency: str = ""
) -> list[tuple[str, ...]]:
    """Up to two sentences a household, the group that lowered its score most first, and one a group.

    Args:
        contributions: of (n,) households.
        values: (n, entries) the households' features, at the list's horizon where they differ by lead.
        money: what money is called in the panel.
        language: of the sentences.
        frequency: of the panel's periods; without it they are called so.

    Returns:
        (n,) tuples of sentences; empty where nothing that can be said lowered the score.
    """
    words = {"money": money_word(money, language), "periods": text(f"period_any.{frequency}", language)}
    place = {entry.name: number for number, entry in enumerate(contributions.entries)}
    said = [each for each in SENTENCES if {each.feature, *each.where} <= place.keys()]
    groups, sums = contributions.groups(), contributions.by_group()
    fits = np.array([_holds(each, place, values) for each in said]).reshape(len(said), len(values))
    lowers = np.array([contributions.values[:, place[each.feature]] for each in said]).reshape(fits.shape)
    fits &= lowers < 0
    return [
        tuple(
            Numbers(contributions.entries, place, values[row], words).sentence(each.wording, each.feature, "", language)
            for each in _chosen(said, fits[:, row], lowers[:, row], groups, sums[row], contributions.entries, place)
        )
        for row in range(len(values))
    ]


def _holds(each: Protects, place: Mapping[str, int], values: NDArray[np.float64]) -> NDArray[np.bool_]:
    """(n,) where a sentence is true."""
    told = [
        (values[:, place[name]] > low) & (values[:, place[name]] < high) for name, (low, high) in each.where.items()
    ]
    return np.asarray(np.logical_and.reduce([*told, ~np.isnan(values[:, place[each.feature]])]))


def _chosen(
    said: Sequence[Protects],
    fits: NDArray[np.bool_],
    lowers: NDArray[np.float64],
    groups: Sequence[str],
    sums: NDArray[np.float64],
    entries: Sequence[Feature],
    place: Mapping[str, int],
) -> list[Protects]:
    """The sentences of one household: of each group that lowers its score the one whose feature does most."""
    chosen: list[Protects] = []
    for group in np.argsort(sums, kind="stable").tolist():
        if sums[group] >= 0 or len(chosen) == MOST_PROTECTS:
            break
        mine = [
            number for number in np.flatnonzero(fits).tolist()
            if entries[place[said[number].feature]].group == groups[group]
        ]  # fmt: skip
        if mine:
            chosen.append(said[min(mine, key=lambda number: lowers[number])])
    return chosen
