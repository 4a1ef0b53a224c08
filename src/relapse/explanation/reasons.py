"""Reasons in plain words: for each household the groups that raised its score most, with its own numbers.

A sentence is printed only where its feature raised the score and what it says is true of the household's own data.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from relapse.core.catalogue import Feature
from relapse.core.results import Language
from relapse.core.texts import amount, decimals_for, money_word, percent, text
from relapse.explanation.contributions import Contributions

MOST_REASONS = 3


@dataclass(frozen=True)
class Reason:
    """One sentence and what it is of.

    Args:
        group: the cause, as in the catalogue of features.
        wording: key of the sentence in `core.texts`.
        sentence: with the household's own numbers.
    """

    group: str
    wording: str
    sentence: str


def reasons(
    contributions: Contributions, values: NDArray[np.float64], money: str, language: Language, frequency: str = ""
) -> list[tuple[str, ...]]:
    """Up to three sentences a household, strongest group first.

    Args:
        contributions: of (n,) households.
        values: (n, entries) the households' features, at the list's horizon where they differ by lead.
        money: what money is called in the panel.
        language: of the sentences.
        frequency: of the panel's periods; without it they are called so.

    Returns:
        (n,) tuples of sentences; empty where nothing that can be said raised the score.
    """
    told = told_reasons(contributions, values, money, language, frequency)
    return [tuple(reason.sentence for reason in each) for each in told]


def told_reasons(
    contributions: Contributions, values: NDArray[np.float64], money: str, language: Language, frequency: str = ""
) -> list[tuple[Reason, ...]]:
    """As `reasons`, with the group that each sentence is of: at most one a group, and three in all."""
    groups = contributions.groups()
    sums = contributions.by_group()
    words = {"money": money_word(money, language), "periods": text(f"period_any.{frequency}", language)}
    return [
        _of_household(contributions.entries, groups, sums[row], contributions.values[row], values[row], words, language)
        for row in range(len(values))
    ]


def _of_household(
    entries: Sequence[Feature],
    groups: Sequence[str],
    sums: NDArray[np.float64],
    added: NDArray[np.float64],
    values: NDArray[np.float64],
    words: Mapping[str, str],
    language: Language,
) -> tuple[Reason, ...]:
    facts = {**facts_of(entries, values), **words}
    told: list[Reason] = []
    for place in np.argsort(-sums, kind="stable"):
        if sums[place] <= 0 or len(told) == MOST_REASONS:
            break
        best = _strongest(entries, groups[place], added, values)
        if best is not None:
            sentence = _sentence(entries[best], facts, language)
            told.append(Reason(groups[place], entries[best].wording, sentence))
    return tuple(told)


def _strongest(
    entries: Sequence[Feature], group: str, added: NDArray[np.float64], values: NDArray[np.float64]
) -> int | None:
    """The feature of the group that raised the score most and has a sentence that is true here."""
    fitting = [
        place
        for place, entry in enumerate(entries)
        if entry.group == group and entry.wording and added[place] > 0 and _is_true(entries, place, values)
    ]
    return max(fitting, key=lambda place: added[place]) if fitting else None


def _is_true(entries: Sequence[Feature], place: int, values: NDArray[np.float64]) -> bool:
    entry = entries[place]
    names = [other.name for other in entries]
    value = values[names.index(entry.true_of)] if entry.true_of in names else values[place]
    if np.isnan(value) or np.isnan(values[place]):
        return False
    above = entry.true_above is None or value > entry.true_above
    return bool(above and (entry.true_below is None or value < entry.true_below))


def facts_of(entries: Sequence[Feature], values: NDArray[np.float64]) -> Mapping[str, str]:
    """Every feature of the household as text, by name."""
    names = {entry.name: place for place, entry in enumerate(entries)}
    line = float(values[names["income__line"]]) if "income__line" in names else np.nan
    decimals = decimals_for(line) if np.isfinite(line) else 0
    return {entry.name: _written(entry, float(value), decimals) for entry, value in zip(entries, values, strict=True)}


def _written(entry: Feature, value: float, decimals: int) -> str:
    if entry.unit == "money":
        return amount(abs(value), decimals)
    if entry.unit == "share":
        return percent(abs(value))
    return f"{value:,.6g}" if np.isfinite(value) else amount(None)


def _sentence(entry: Feature, facts: Mapping[str, str], language: Language) -> str:
    value = facts[entry.true_of or entry.name]
    return text(entry.wording, language, **{**facts, "value": value, "label": entry.label or entry.name})
