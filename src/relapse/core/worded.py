"""What is said, kept as a key of the texts and not in words, so that everybody is told in their own language."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field

Values = Mapping[str, "str | Worded | tuple[Worded, ...]"]


@dataclass(frozen=True)
class Worded:
    """One sentence, name or figure; `core.texts.in_words` puts it into words.

    Args:
        key: of the texts; empty where only `otherwise` is said.
        values: for its placeholders: texts, or what is worded itself; several are joined.
        otherwise: what is said where the texts have no such key: names of a user's own things, and bare figures.
    """

    key: str
    values: Values = field(default_factory=dict)
    otherwise: str = ""


def bare(figure: str) -> Worded:
    """A figure or a name that reads the same in every language."""
    return Worded("", otherwise=figure)
