"""What had to be assumed while reading: kept as a key of the texts, so that everybody is told in their own language."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field

from relapse.core.results import Language
from relapse.core.texts import text


@dataclass(frozen=True)
class Assumption:
    """One assumption.

    Args:
        key: of the texts, `assumed.<key>`.
        values: texts for its placeholders.
        zh: those that read otherwise in Chinese.
    """

    key: str
    values: Mapping[str, str]
    zh: Mapping[str, str] = field(default_factory=dict)

    def sentence(self, language: Language) -> str:
        """The assumption in words."""
        return text(f"assumed.{self.key}", language, **{**self.values, **(self.zh if language == "zh" else {})})
