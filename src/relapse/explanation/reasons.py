"""Reasons in plain words: for each household the groups that raised its score most, with its own numbers.

A sentence is printed only where its feature raised the score and what it says is true of the household's own data.
"""

from __future__ import annotations

import math
from collections.abc import Iterable, Mapping, Sequence, Set
from dataclasses import dataclass, field
from functools import cached_property
from typing import get_args

import numpy as np
from numpy.typing import NDArray

from relapse.core.catalogue import Feature
from relapse.core.results import Language
from relapse.core.texts import TEXTS, amount, decimals_for, money_word, percent, placeholders, text
from relapse.core.tones import Tone, in_hundreds, in_tenths, in_thousands
from relapse.explanation.contributions import Contributions

MOST_REASONS = 3
_LINE = "income__line"
Floats = NDArray[np.float64]


@dataclass(frozen=True)
class Reason:
    """One sentence and what it is of.

    Args:
        group: the cause, as in the catalogue of features.
        wording: key of the sentence in `core.texts`.
        sentence: with the household's own numbers.
        softened: the sentence in tones that tell less, where it differs.
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
    groups = contributions.groups()
    sums = contributions.by_group()
    words = {"money": money_word(money, language), "periods": text(f"period_any.{frequency}", language)}
    speaker = _Speaker(contributions.entries, words, language)
    return [
        speaker.reasons(groups, sums[row], contributions.values[row], values[row].tolist())
        for row in range(len(values))
    ]


@dataclass(frozen=True)
class _Speaker:
    """Makes sentences of features.

    Args:
        entries: of the catalogue.
        words: that every sentence may need.
        language: of the sentences.
    """

    entries: Sequence[Feature]
    words: Mapping[str, str]
    language: Language

    @cached_property
    def place(self) -> Mapping[str, int]:
        """The place of each feature."""
        return {entry.name: place for place, entry in enumerate(self.entries)}

    @cached_property
    def speaking(self) -> Mapping[str, Sequence[int]]:
        """Places of the features of a group that have a sentence."""
        found: dict[str, list[int]] = {}
        for place, entry in enumerate(self.entries):
            if entry.wording:
                found.setdefault(entry.group, []).append(place)
        return found

    def reasons(
        self, groups: Sequence[str], sums: Floats, added: Floats, values: Sequence[float]
    ) -> tuple[Reason, ...]:
        """The reasons of one household.

        Args:
            groups: (groups,) of causes.
            sums: (groups,) what each adds to the score.
            added: (entries,) what each feature adds.
            values: (entries,) the features.
        """
        told: list[Reason] = []
        for place in np.argsort(-sums, kind="stable"):
            if sums[place] <= 0 or len(told) == MOST_REASONS:
                break
            best = self._strongest(groups[place], added, values)
            if best is not None:
                told.append(self._reason(best, values))
        return tuple(told)

    def _strongest(self, group: str, added: Floats, values: Sequence[float]) -> int | None:
        """The feature of the group that raised the score most and has a sentence that is true here."""
        speaking = self.speaking.get(group, ())
        fitting = [place for place in speaking if added[place] > 0 and self._is_true(place, values)]
        return max(fitting, key=lambda place: added[place]) if fitting else None

    def _is_true(self, place: int, values: Sequence[float]) -> bool:
        entry = self.entries[place]
        value = values[self.place.get(entry.true_of, place)]
        if math.isnan(value) or math.isnan(values[place]):
            return False
        above = entry.true_above is None or value > entry.true_above
        return above and (entry.true_below is None or value < entry.true_below)

    def _reason(self, place: int, values: Sequence[float]) -> Reason:
        entry = self.entries[place]
        exact, *others = (self._sentence(entry, values, tone) for tone in get_args(Tone))
        softened = dict(zip(get_args(Tone)[1:], others, strict=True))
        return Reason(entry.group, entry.wording, exact, softened)

    def _sentence(self, entry: Feature, values: Sequence[float], tone: Tone) -> str:
        own, shown = f"{entry.wording}.{tone}", entry.true_of or entry.name
        wording = own if own in TEXTS else entry.wording
        facts = self.facts({shown, *placeholders(wording, self.language)} & self.place.keys(), values, tone)
        named = {**facts, **self.words, "value": facts[shown], "label": entry.label or entry.name}
        return text(wording, self.language, **named)

    def facts(self, names: Iterable[str], values: Sequence[float] | Floats, tone: Tone) -> dict[str, str]:
        """Some features of one household as text, by name."""
        line = float(values[self.place[_LINE]]) if _LINE in self.place else math.nan
        decimals = decimals_for(line) if math.isfinite(line) else 0
        return {
            name: _written(self.entries[place], float(values[place]), decimals, tone, self.language)
            for name, place in ((name, self.place[name]) for name in names)
        }


def facts_of(
    entries: Sequence[Feature], values: Sequence[float] | Floats, names: Set[str], language: Language
) -> Mapping[str, str]:
    """Those features of a household that are named, as text, by name."""
    speaker = _Speaker(entries, {}, language)
    return speaker.facts(names & speaker.place.keys(), values, "exact")


def _written(entry: Feature, value: float, decimals: int, tone: Tone, language: Language) -> str:
    size = abs(value)
    if tone != "exact" and entry.sensitive == "health" and entry.unit in ("money", "share"):
        return in_thousands(size, language) if entry.unit == "money" else in_tenths(size, language)
    if entry.unit == "money":
        return in_hundreds(size, language) if tone == "paper" else amount(size, decimals)
    if entry.unit == "share":
        return percent(size)
    return f"{value:,.6g}" if np.isfinite(value) else amount(None)
