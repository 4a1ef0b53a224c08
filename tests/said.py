"""What alarms and gates say, in English, for tests that read it."""

from __future__ import annotations

from collections.abc import Iterable

from relapse.core.texts import in_words
from relapse.core.worded import Worded


def english(said: Iterable[Worded]) -> tuple[str, ...]:
    """Each in words."""
    return tuple(in_words(each, "en") for each in said)
