"""What came back from visits in words: codes, notes and headers, in the language of the report."""

from __future__ import annotations

from collections.abc import Mapping

import pandas as pd

from relapse.core.handback import CHOICES, HEADERS, Note, Question
from relapse.core.results import Language
from relapse.core.texts import TEXTS, text, text_or

CODED = tuple(CHOICES)


def header(column: str, language: Language) -> str:
    """What a column of hand-backs is called: as the list calls it, where it has it."""
    named = f"clue.{HEADERS.get(column, column)}"
    return text(named if named in TEXTS else f"feedback.col.{column}", language)


def word(column: str, code: object, language: Language) -> str:
    """A code in words; several are joined."""
    if column == "tier":
        return text_or(f"tier.county.{code}", language, str(code)) if code else ""
    if column == "source":
        return text_or(f"source.{code}", language, str(code)) if code else ""
    told = [text(CHOICES[column][each], language) for each in str(code).split("|") if each in CHOICES[column]]
    return text("cell.and", language).join(told)


def sentence(note: Note, language: Language) -> str:
    """What is to be said of a cell, a row or a file."""
    details: Mapping[str, str] = note.details
    if note.rule == "refused" and language == "zh":
        details = {**details, "why": details.get("why_zh", details["why"])}
    if "missing" in details:
        named = [header(name, language) for name in details["missing"].split("|")]
        details = {**details, "missing": text("cell.and", language).join(named)}
    return text(f"back.{note.rule}", language, **details)


def question(asked: Question, language: Language) -> str:
    """What is to be asked."""
    return text(f"ask.{asked.rule}", language, **asked.details)


def cell_text(column: str, value: object, language: Language) -> str:
    """A cell of a table of rows: codes in words, numbers without needless zeros, nothing where it is missing."""
    if column in (*CODED, "tier", "source"):
        return word(column, value, language)
    if column == "how":
        return text(f"feedback.how.{value}", language)
    if isinstance(value, bool):
        return text("word.yes" if value else "word.no", language)
    if value is None or (isinstance(value, float) and pd.isna(value)):
        return ""
    return (
        f"{value:.6g}"
        if isinstance(value, float) and value != int(value)
        else f"{value:.0f}"
        if isinstance(value, float)
        else str(value)
    )
