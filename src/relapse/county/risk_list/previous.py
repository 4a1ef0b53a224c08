"""What last month's list said of a household: how long it is listed, and what is new."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass

from relapse.core.results import Language
from relapse.core.texts import amount, text

STAYS = {"visit": 1.0, "next": 1.0, "phone": 0.5}
"""Tiers in which a household of last month's list keeps its place, and how much of `ListSettings.stay` it has."""

_NUMBERS = re.compile(r"[\d,.%-]+")
_LEAST_CHANGE = 100  # yuan per person from which on a change of income is told (our choice)
MOST_CHANGES = 3


@dataclass(frozen=True)
class PreviousRow:
    """A row of last month's list.

    Args:
        tier: its code.
        months_listed: months in a row until then.
        income: per person, None where not known.
        reasons, triggers: as they were printed; None where that was in another language.
    """

    tier: str
    months_listed: int
    income: float | None
    reasons: str | None
    triggers: str | None


@dataclass(frozen=True)
class PastDraw:
    """A household that was drawn at random for a past list.

    Args:
        month: of the list, counted from year 0.
        household: its id.
        probability: that it was drawn.
    """

    month: int
    household: str
    probability: float


@dataclass(frozen=True)
class Previous:
    """Last month's list.

    Args:
        as_of: label of its month.
        digest: SHA-256 of the manifests that were read, which have the hashes of the rows; empty where there was none.
        rows: by household.
        broken: whether it was there but not as its manifest says; it counts as none.
        draws: of the lists of the last months.
    """

    as_of: str = ""
    digest: str = ""
    rows: Mapping[str, PreviousRow] | None = None
    broken: bool = False
    draws: tuple[PastDraw, ...] = ()

    @property
    def is_there(self) -> bool:
        """Whether there is such a list."""
        return self.rows is not None

    def of(self, household: str) -> PreviousRow | None:
        """The row of a household; None where it had none, or was a random check."""
        row = (self.rows or {}).get(household)
        return None if row is None or row.tier == "random" else row


def months_listed(tier: str, before: PreviousRow | None) -> int:
    """Months in a row on the list, this one included; a random check begins nothing."""
    return 1 if tier == "random" or before is None else before.months_listed + 1


def what_changed(now: PreviousRow, before: PreviousRow | None, language: Language) -> tuple[str, ...]:
    """What is new, in words: at most three; nothing of a random check, which is no lead.

    Args:
        now: this month's row, its sentences separated by line breaks.
        before: last month's.
        language: of this month's list.
    """
    if now.tier == "random":
        return ()
    if before is None:
        return (text("changed.new", language),)
    told = []
    if now.tier != before.tier:
        words = {key: text(f"tier.county.{row.tier}", language) for key, row in (("before", before), ("now", now))}
        told.append(text("changed.tier", language, **words))
    told += [text("changed.lead", language, lead=each) for each in _new(now.triggers, before.triggers)]
    if now.income is not None and before.income is not None and abs(now.income - before.income) >= _LEAST_CHANGE:
        key = "changed.income_less" if now.income < before.income else "changed.income_more"
        told.append(text(key, language, amount=amount(abs(now.income - before.income))))
    told += [text("changed.reason", language, reason=each) for each in _new(now.reasons, before.reasons)]
    return tuple(told[:MOST_CHANGES])


def _new(now: str | None, before: str | None) -> list[str]:
    """The sentences that were not there, whatever their numbers."""
    if now is None or before is None:
        return []
    old = _NUMBERS.sub("#", before)
    return [each for each in now.split("\n") if each and _NUMBERS.sub("#", each) not in old]
