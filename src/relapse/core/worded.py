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


def ahead(horizon: int, frequency: str) -> Worded:
    """A horizon with the unit of its periods, such as `6个月` or `2 years`.

    Args:
        horizon: periods.
        frequency: of the panel.
    """
    unit = Worded(f"{'period_one' if horizon == 1 else 'period'}.{frequency}", otherwise=frequency)
    return Worded("gate.ahead", {"count": str(horizon), "unit": unit})


def bare(figure: str) -> Worded:
    """A figure or a name that reads the same in every language."""
    return Worded("", otherwise=figure)
