"""Reasons in plain words: for each household the groups that raised its score most, with its own numbers.

A sentence is printed only where its feature raised the score and what it says is true of the household's own data.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import get_args

import numpy as np
from numpy.typing import NDArray

from relapse.core.catalogue import Feature
from relapse.core.name_texts import source_called
from relapse.core.results import Language
from relapse.core.texts import amount, brief, decimals_for, feature_called, fields_of, money_word, percent, text
from relapse.core.tones import Tone, in_hundreds, in_tenths, in_thousands, wording_of
from relapse.explanation.contributions import Contributions

MOST_REASONS = 3


@dataclass(frozen=True)
class Reason:
    """One sentence and what it is of.

    Args:
        group: the cause, as in the catalogue of features.
        wording: key of the sentence in `core.texts`.
        sentence: with the household's own numbers.
        softened: the sentence in tones that tell less.
    """

    group: str
    wording: str
    sentence: str
    softened: Mapping[Tone, str] = field(default_factory=dict)

    def say(self, tone: Tone) -> str:
        """The sentence in a tone."""
        return self.softened.get(tone, self.sentence)


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
    groups, sums = contributions.groups(), contributions.by_group()
    words = {"money": money_word(money, language), "periods": text(f"period_any.{frequency}", language)}
    place = {entry.name: number for number, entry in enumerate(contributions.entries)}
    fitting = {
        group: [number for number, entry in enumerate(contributions.entries) if entry.group == group and entry.wording]
        for group in groups
    }
    return [
        _of_household(
            Numbers(contributions.entries, place, values[row], words),
            [fitting[group] for group in _strongest_first(groups, sums[row])],
            contributions.values[row],
            language,
        )
        for row in range(len(values))
    ]


@dataclass(frozen=True, eq=False)
class Numbers:
    """A household's features, as text where they are asked for.

    Args:
        entries: of the features.
        place: of each by name.
        values: (entries,) of the household.
        words: what sentences need beside them.
    """

    entries: Sequence[Feature]
    place: Mapping[str, int]
    values: NDArray[np.float64]
    words: Mapping[str, str]

    def value(self, name: str) -> float:
        """One feature."""
        return float(self.values[self.place[name]])

    def written(self, name: str, tone: Tone, language: Language) -> str:
        """One feature as a sentence shows it."""
        line = self.value("income__line") if "income__line" in self.place else np.nan
        decimals = decimals_for(line) if np.isfinite(line) else 0
        return _written(self.entries[self.place[name]], self.value(name), decimals, tone, language)

    def sentence(self, wording: str, shown: str, label: str, language: Language, tone: Tone = "exact") -> str:
        """A wording filled with the household's numbers.

        Args:
            wording: key in `core.texts`; its placeholders are names of features, or of words.
            shown: the feature whose number is `{value}`.
            label: what people call the column.
            language: of the sentence.
            tone: how much it tells; a wording may have one of its own for it, `wording.tone`, and one in which a
                number that is nothing is not written, `wording.none`.
        """
        key = wording_of(wording, tone, self._numbers(wording, shown, tone, language).values())
        return text(key, language, label=label, **self.words, **self._numbers(key, shown, tone, language))

    def _numbers(self, key: str, shown: str, tone: Tone, language: Language) -> dict[str, str]:
        """The numbers that a wording shows, by placeholder."""
        asked = fields_of(key, language)
        places = {name: name for name in asked & self.place.keys()} | ({"value": shown} if "value" in asked else {})
        return {name: self.written(place, tone, language) for name, place in places.items()}


def _strongest_first(groups: Sequence[str], sums: NDArray[np.float64]) -> list[str]:
    """The groups that raised the score, strongest first."""
    return [groups[number] for number in np.argsort(-sums, kind="stable").tolist() if sums[number] > 0]


def _of_household(
    numbers: Numbers, groups: Sequence[Sequence[int]], added: NDArray[np.float64], language: Language
) -> tuple[Reason, ...]:
    """Reasons of one household; of each group the feature that raised the score most and has a true sentence."""
    told: list[Reason] = []
    for fitting in groups:
        true = [number for number in fitting if added[number] > 0 and _is_true(numbers, number)]
        if true:
            entry = numbers.entries[max(true, key=lambda number: added[number])]
            told.append(_reason(numbers, entry, language))
        if len(told) == MOST_REASONS:
            break
    return tuple(told)


def _reason(numbers: Numbers, entry: Feature, language: Language) -> Reason:
    shown = entry.true_of or entry.name
    label = source_called(entry.label, language) if entry.label else feature_called(entry.name, language)
    said = {tone: numbers.sentence(entry.wording, shown, label, language, tone) for tone in get_args(Tone)}
    return Reason(entry.group, entry.wording, said.pop("exact"), said)


def _is_true(numbers: Numbers, number: int) -> bool:
    entry = numbers.entries[number]
    value = numbers.value(entry.true_of if entry.true_of in numbers.place else entry.name)
    if np.isnan(value) or np.isnan(numbers.values[number]):
        return False
    above = entry.true_above is None or value > entry.true_above
    return bool(above and (entry.true_below is None or value < entry.true_below))


def _written(entry: Feature, value: float, decimals: int, tone: Tone, language: Language) -> str:
    size = abs(value)
    if tone != "exact" and entry.sensitive == "health" and entry.unit in ("money", "share"):
        return in_thousands(size, language) if entry.unit == "money" else in_tenths(size, language)
    if entry.unit == "money":
        return in_hundreds(value, language) if tone == "paper" else amount(value, decimals)  # a loss keeps its sign
    if entry.unit == "share":
        return percent(size)
    return brief(value, 6)
