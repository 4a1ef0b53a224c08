"""A page that may be read to one household: what was known, why it is visited, how it can object."""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from statistics import median

from relapse.core.results import Language, ListHead
from relapse.core.texts import amount, decimals_for, event_words, money_word, percent, periods, text
from relapse.county.reports.chart import draw
from relapse.county.reports.list_words import horizon_words, warning
from relapse.county.reports.pages import page

History = Sequence[tuple[str, float | None, float | None]]
_MOST = 5  # groups of causes that a person can listen to
_STRENGTHS = ((0.5, "main"), (0.25, "strong"), (0.1, "some"), (0.0, "slight"))


@dataclass(frozen=True)
class HouseholdPage:
    """What is said of one household.

    Args:
        head: of the list or version that the rank comes from.
        household_id: as in the input.
        rank: place among the households at risk, from 1.
        at_risk: households that were ranked.
        reasons: sentences in the head's language.
        chances: by horizon (periods), 0-1; shown folded, for technical readers, and of a county's household never.
        history: label, income and line (money per person) of each period, oldest first; None or NaN where not known.
        raised, lowered: name of a group of causes in the head's language, and its share (0-1) of all that pushed the
            score that way.
    """

    head: ListHead
    household_id: str
    rank: int
    at_risk: int
    reasons: tuple[str, ...]
    chances: Mapping[int, float]
    history: History
    raised: Sequence[tuple[str, float]]
    lowered: Sequence[tuple[str, float]]


@dataclass(frozen=True)
class _Bar:
    """A group of causes: its name, how strong in words, and the length of its bar in percent."""

    name: str
    strength: str
    length: str


def render(household: HouseholdPage) -> bytes:
    """The page, one A4 sheet for most households; no names, no script, nothing loaded from elsewhere."""
    head, language = household.head, household.head.language
    history = [(label, _known(income), _known(line)) for label, income, line in household.history]
    lines = [line for _, _, line in history if line is not None]
    decimals = decimals_for(median(lines)) if lines else 0
    money = money_word(head.money, language)
    county = ".county" if head.county else ""
    return page(
        "explain.html.j2",
        language,
        head.outcome,
        household=household,
        warning=warning(head),
        place=text(
            "household.place", language, rank=f"{household.rank:,}", at_risk=f"{household.at_risk:,}",
            as_of=head.as_of, horizon=horizon_words(head),
        ),
        chart=draw(history, decimals) if sum(income is not None for _, income, _ in history) > 1 else None,
        chart_title=text(f"household.chart{county}", language, money=money),
        newest=_newest(history, decimals, money, head),
        line_word=text(f"household.chart.line{county}", language),
        most=_MOST,
        figures=[(label, amount(income, decimals), amount(line, decimals)) for label, income, line in history],
        raised=_bars(household.raised, language),
        lowered=_bars(household.lowered, language),
        rights=_rights(head),
        event=event_words(head.outcome, language),
        chances=[(periods(ahead, head.frequency, language), percent(chance))
                 for ahead, chance in sorted(household.chances.items()) if not head.county],
    )  # fmt: skip


def _rights(head: ListHead) -> list[str]:
    """How a household can object, step by step, and within how many days it is answered where that is settled."""
    answered = "object.answered_within" if head.reply_days else "object.answered"
    keys = ("object.say", answered, "object.correct", "object.refuse", "object.further")
    return [text(key, head.language, days=head.reply_days) for key in keys]


def _known(value: float | None) -> float | None:
    return None if value is None or math.isnan(value) else float(value)


def _newest(history: History, decimals: int, money: str, head: ListHead) -> str:
    """The newest known income in words, for whoever reads the page aloud."""
    language = head.language
    for label, income, line in reversed(history):
        if income is not None:
            return text(
                "household.chart.words.county" if head.county else "household.chart.words", language,
                label=label, income=amount(income, decimals), line=amount(line, decimals), money=money,
            )  # fmt: skip
    return text("household.no_history", language)


def _bars(groups: Sequence[tuple[str, float]], language: Language) -> list[_Bar]:
    ordered = sorted(groups, key=lambda group: -group[1])[:_MOST]
    longest = max((share for _, share in ordered), default=0.0) or 1.0
    return [_Bar(name, _strength(share, language), f"{max(2, 100 * share / longest):.0f}") for name, share in ordered]


def _strength(share: float, language: Language) -> str:
    return text(next(f"strength.{word}" for least, word in _STRENGTHS if share >= least), language)
