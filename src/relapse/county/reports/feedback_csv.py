"""What came back from visits as tables: answers that were matched, rows that were not, conflicts, cells to look at."""

from __future__ import annotations

from collections.abc import Sequence

import pandas as pd

from relapse.core.handback import ANSWERS, Came, Note
from relapse.core.results import Language
from relapse.county.reports.csv_cells import safe_text, to_bytes
from relapse.county.reports.feedback_words import cell_text, header, sentence

_ROWS = (
    "month", "clue_id", "household_id", "township", "village", "tier", "source", "listing_probability", *ANSWERS,
    "visitor", "verified", "known_at", "how", "file", "sheet", "row", "digest",
)  # fmt: skip
_CONFLICTS = (
    "month", "clue_id", "household_id", "township", "village", *ANSWERS, "verified", "known_at", "saved", "digest",
    "holds",
)  # fmt: skip
_NOTES = ("file", "sheet", "cell", "row", "column", "value", "why", "clue_id", "household_id", "rule")


def files(came: Came) -> dict[str, bytes]:
    """The tables by name, in UTF-8 with BOM; no name of a person is in them."""
    language = came.language
    return {
        "rows.csv": _table(came.rows, _ROWS, language),
        "unmatched.csv": _notes([*came.refused, *came.unmatched], language),
        "cells.csv": _notes(came.notes, language),
        "conflicts.csv": _table(came.conflicts, _CONFLICTS, language),
    }


def _table(rows: pd.DataFrame, columns: Sequence[str], language: Language) -> bytes:
    told = [[safe_text(cell_text(name, value, language)) for value in rows[name].tolist()] for name in columns]
    return to_bytes([header(name, language) for name in columns], zip(*told, strict=True))


def _notes(notes: Sequence[Note], language: Language) -> bytes:
    lines = [
        (
            note.file, note.sheet, note.cell, str(note.row) if note.row else "", note.column, note.value,
            sentence(note, language), note.clue_id, note.household_id, note.rule,
        )
        for note in notes
    ]  # fmt: skip
    return to_bytes([header(name, language) for name in _NOTES], (tuple(map(safe_text, line)) for line in lines))
