"""What came back from visits as one page for the county office: what to mend first, then what it tells."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence

import pandas as pd

from relapse.core.handback import Came, HandBackSettings, Note
from relapse.core.texts import percent, text
from relapse.county.reports.feedback_words import cell_text, header, question, sentence
from relapse.county.reports.pages import page

_MOST = 12  # notes of one rule and column on the page; all of them are in the CSV files
_PROGRESS = ("month", "township", "asked", "answered", "verified", "at_risk", "not_met")
_CONFLICTS = ("month", "clue_id", "township", "visited_at", "way", "verdict", "action", "verified", "digest", "holds")
_FILES = ("file", "month", "rows", "verified", "saved", "digest")
_HITS = ("group", "horizon", "lists", "listed", "recognised", "rate", "verified", "at_risk")
_MINUTE = len("2024-01-08T09:30")
_SHORT = 12  # signs of a digest by which a file is told from others


def render(came: Came, settings: HandBackSettings) -> bytes:
    """The page; it names households by their numbers, and nobody."""
    language = came.language
    incomplete = [note for note in came.notes if note.rule == "incomplete"]
    cells = [note for note in came.notes if note.rule != "incomplete"]
    unmatched = [*came.refused, *came.unmatched]
    facts = [
        ("files", len(came.files)), ("refused", len(came.refused)), ("rows", len(came.rows)),
        ("verified", int(came.rows["verified"].astype(bool).sum())), ("unmatched", len(came.unmatched)),
        ("conflicts", came.conflicts["clue_id"].nunique()), ("blank", came.blank), ("notes", len(cells)),
    ]  # fmt: skip
    return page(
        "feedback.html.j2",
        language,
        county=came.place,
        simulated=came.simulated,
        facts=[(text(f"feedback.fact.{name}", language), f"{count:,}") for name, count in facts],
        blocks=[
            _block("unmatched", unmatched, came), _block("notes", cells, came), _block("incomplete", incomplete, came),
        ],
        conflicts=_table(came.conflicts, _CONFLICTS, came),
        questions=[(each.township, question(each, language)) for each in came.questions],
        progress=_progress(came, settings),
        files=_table(came.files, _FILES, came),
        hits=_hits(came, settings),
        hits_note=text(
            "feedback.hits.note", language, month=came.known_month, matures=settings.matures_after,
            least=settings.least_count, rate=settings.least_rate,
        ),
        agreement=_agreement(came),
    )  # fmt: skip


def _block(name: str, notes: Sequence[Note], came: Came) -> dict[str, object]:
    """Notes with where each is, and how many are left to the file."""
    language = came.language
    file = "unmatched.csv" if name == "unmatched" else "cells.csv"
    shown = _first_of_each(notes)
    left = len(notes) - len(shown)
    return {
        "title": text(f"feedback.{name}", language),
        "lines": [
            (note.file, note.sheet, note.cell or (str(note.row) if note.row else ""), note.clue_id, note.column,
             note.value, sentence(note, language))
            for note in shown
        ],
        "left": text("feedback.more", language, count=f"{left:,}", file=file) if left > 0 else "",
    }  # fmt: skip


def _first_of_each(notes: Sequence[Note]) -> list[Note]:
    """The first ones of each rule and column, in their order: many of one kind hide no other."""
    seen = Counter[tuple[str, str]]()
    shown = []
    for note in notes:
        seen[note.rule, note.column] += 1
        if seen[note.rule, note.column] <= _MOST:
            shown.append(note)
    return shown


def _table(rows: pd.DataFrame, columns: Sequence[str], came: Came) -> dict[str, object]:
    """Heads and cells of a table; a digest is told by its begin, a time by the minute."""
    cells = [[cell_text(name, value, came.language) for value in rows[name].tolist()] for name in columns]
    cut = {"digest": lambda cell: cell[:_SHORT], "saved": lambda cell: cell[:_MINUTE].replace("T", " ")}
    short = [[cut[name](cell) for cell in told] if name in cut else told
             for name, told in zip(columns, cells, strict=True)]  # fmt: skip
    return {"heads": [header(name, came.language) for name in columns], "lines": list(zip(*short, strict=True))}


def _progress(came: Came, settings: HandBackSettings) -> dict[str, object]:
    """How far each township is; of few households it is not told what was found."""
    few = text("feedback.few", came.language, least=settings.least_count)
    small = {name: came.progress[name].between(1, settings.least_count - 1) for name in ("at_risk", "not_met")}
    told = {name: came.progress[name].astype(object).mask(mask, few) for name, mask in small.items()}
    return _table(came.progress.assign(**told), _PROGRESS, came)


def _hits(came: Came, settings: HandBackSettings) -> dict[str, object]:
    """What lists came to, without groups that had no row."""
    language = came.language
    few = text("feedback.few", language, least=settings.least_count)
    lines = []
    for row in came.hits[came.hits["listed"] > 0].to_dict("records"):
        told = {name: "" if pd.isna(value) else str(value) for name, value in row.items()}
        told["group"] = text(f"feedback.group.{row['group']}", language)
        told["rate"] = "" if pd.isna(row["rate"]) else percent(float(row["rate"]))
        for name in ("recognised", "at_risk"):
            told[name] = few if pd.isna(row[name]) else told[name]
        lines.append(tuple(told[name] for name in _HITS))
    return {"heads": [header(name, language) for name in _HITS], "lines": lines}


def _agreement(came: Came) -> str:
    told = came.agreement
    if not told["found"]:
        return text("feedback.agreement.none", came.language)
    return text("feedback.agreement", came.language, **told, without=told["found"] - told["printed"])
