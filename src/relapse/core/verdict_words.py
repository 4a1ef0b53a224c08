"""A verdict's reasons in words, with their figures; the same on a page, in a note, at the terminal."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from relapse.core.name_texts import table_called
from relapse.core.results import Language
from relapse.core.texts import text

_SIGNED = ("shift",)
_GAINS = ("worse_than_rule", "gain_lost")


def reason_sentence(reason: Mapping[str, Any], language: Language, titles: Mapping[str, str]) -> str:
    """One sentence.

    Args:
        reason: `code` and `values`, as `monitors.verdict.Reason.told` gives them.
        language: of the sentence.
        titles: what people call a table, by its name in the contract.
    """
    code = str(reason["code"])
    values = {name: _word(code, name, value, language, titles) for name, value in reason["values"].items()}
    return text(f"watch.why.{code}", language, **values)


def leading_reasons(
    verdict: Mapping[str, Any], language: Language, titles: Mapping[str, str] | None = None, most: int = 3
) -> str:
    """The reasons that lead to the verdict itself, so many at most, one after the other."""
    mine = [each for each in verdict["reasons"] if each["verdict"] == verdict["name"]][:most]
    gap = "" if language == "zh" else " "
    return gap.join(reason_sentence(each, language, titles or {}) for each in mine)


def _word(code: str, name: str, value: Any, language: Language, titles: Mapping[str, str]) -> str:
    if value is None:
        return text("watch.unknown", language)
    if isinstance(value, list | tuple):
        named = [table_called(str(each), titles.get(str(each), str(each)), language) for each in value]
        return text("cell.and", language).join(named)
    if isinstance(value, float):
        signed = name in _SIGNED or (code in _GAINS and name not in ("least", "most"))
        digits = 3 if code in _GAINS else 2
        return f"{value:+.{digits}f}" if signed else f"{value:.{digits}f}"
    return str(value)
