"""Handed-back files of several townships → rows that answer rows of the lists, and everything that must be said."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass, field, replace
from functools import cache
from pathlib import Path

import numpy as np
import pandas as pd
import pyarrow as pa
from numpy.typing import NDArray

from relapse.core.contract import Contract
from relapse.core.errors import InputError
from relapse.core.handback import ANSWERS, HandBackSettings, NamesVisitors, Note
from relapse.core.heads import Heads
from relapse.core.results import Finding
from relapse.data.county_read import unreadable_zh
from relapse.data.handback.answers import Answers, at, missing_of, read_answers
from relapse.data.handback.compare import changed_cells
from relapse.data.handback.issued import Issued
from relapse.data.handback.match import Matched, first_told, match_rows
from relapse.data.handback.papers import CLUE, HEAD, Paper, Sheet, read_paper
from relapse.data.handback.visitors import codes_of
from relapse.data.hidden_names import Named, hide

OF_LIST = (
    "month", "clue_id", "household_id", "township", "village", "tier", "source", "rank", "listing_probability",
    "reasons", "triggers", "due",
)  # fmt: skip
_IGNORED = ("~$", ".")
_PARTLY = ("clue_missing", "clue_unknown", "household_missing", "household_damaged", "by_name")


@dataclass(eq=False)
class HandBack:
    """All that was handed in.

    Args:
        rows: one row an answered row that was matched: `OF_LIST`, `ANSWERS`, `verified`, `visitor` (a code), `known_at`
            (YYYY-MM-DD, empty where no day is told), `file`, `digest`, `saved`, `sheet`, `row`, `how`; `who` and
            `remark` as written, which are kept nowhere.
        papers: files that were read.
        refused: why a file was not read, one note a file.
        unmatched: one note a row that answers no row of a list.
        notes: of cells, and of rows that were matched in spite of something odd.
        blank: matched rows in which nothing is filled in.
    """

    rows: pd.DataFrame
    papers: list[Paper] = field(default_factory=list)
    refused: list[Note] = field(default_factory=list)
    unmatched: list[Note] = field(default_factory=list)
    notes: list[Note] = field(default_factory=list)
    blank: int = 0


def find_papers(inbox: Sequence[str | Path]) -> list[tuple[Path, str]]:
    """The files of folders and of names, and how messages call each; what programs leave behind is none.

    Raises:
        InputError: there is no such file or folder, or no file in any of them.
    """
    found: dict[Path, str] = {}
    for each in inbox:
        place = Path(each).expanduser()
        if place.is_dir():
            for path in sorted(path for path in place.rglob("*") if path.is_file()):
                inside = path.relative_to(place)
                if not any(part.startswith(_IGNORED) for part in inside.parts):
                    found.setdefault(path, inside.as_posix())
        elif place.is_file():
            found.setdefault(place, place.name)
        else:
            raise InputError(f"{each}: no such file or folder; name the handed-back workbooks, or the folder of them")
    if not found:
        raise InputError(f"no file lies in {', '.join(map(str, inbox))}: put the handed-back workbooks there")
    return list(found.items())


def take(
    files: Sequence[tuple[Path, str]],
    county: str,
    contract: Contract,
    settings: HandBackSettings,
    issued: Issued,
    heads: Callable[[Sequence[str]], Heads],
    visitor_code: NamesVisitors | None,
    received_on: str,
) -> HandBack:
    """Read handed-back files.

    Args:
        files: and how messages call them.
        county: whose lists are answered.
        contract: words and headers.
        settings: see `HandBackSettings`.
        issued: the county's lists.
        heads: who heads some households; asked only for ledgers that bear no number.
        visitor_code: makes codes with the county's key; None where it has none.
        received_on: day on which the files came, YYYY-MM-DD; empty where nobody says: the last visit that a file tells.
    """
    back, frames = HandBack(pd.DataFrame()), list[pd.DataFrame]()

    @cache
    def listed_heads() -> Heads:
        return heads(sorted(set(issued.rows["household_id"])))

    for path, name in files:
        try:
            paper = read_paper(path, name, contract, settings)
            _refuse_other(paper, county)
        except InputError as error:
            why = str(error).removeprefix(f"{name}: ").removeprefix(f"{name} ")
            back.refused.append(Note("refused", name, details={"why": why, "why_zh": unreadable_zh(why) or why}))
            continue
        back.papers.append(paper)
        back.unmatched += paper.notes
        made = [_of_sheet(paper, sheet, back, contract, settings, issued, listed_heads, received_on)
                for sheet in paper.sheets]  # fmt: skip
        whole = pd.concat(made, ignore_index=True)
        whole["known_at"] = received_on or whole["visited_at"].max() if len(whole) else ""
        whole["visitor"] = codes_of(whole["who"].tolist(), paper.digest, visitor_code)
        frames.append(whole)
    back.rows = pd.concat(frames, ignore_index=True) if frames else empty_rows()
    back.notes = _without_names(back.notes, back.papers, contract)
    return back


def empty_rows() -> pd.DataFrame:
    """`HandBack.rows` without a row."""
    further = ("verified", "visitor", "known_at", "file", "digest", "saved", "sheet", "row", "how", "who", "remark")
    return pd.DataFrame({name: pd.Series(dtype=object) for name in (*OF_LIST, *ANSWERS, *further)})


def _without_names(notes: Sequence[Note], papers: Sequence[Paper], contract: Contract) -> list[Note]:
    """Notes that show nobody whom a file names as head or visitor, in whichever cell the name stands."""
    cells = [first_told(sheet, name) for paper in papers for sheet in paper.sheets for name in (HEAD, "visitor")]
    named = Named(persons=[pa.array(sorted({cell for each in cells for cell in each if cell}), type=pa.string())])
    findings = [Finding(each.rule, "note", each.file, 0, "", each.value, each.details) for each in notes]
    shown = hide(findings, [named], contract)
    return [replace(note, value=each.value, details=each.details) for note, each in zip(notes, shown, strict=True)]


def _refuse_other(paper: Paper, county: str) -> None:
    told = paper.meta.get("panel", county)
    if told != county:
        raise InputError(f"{paper.name} is a list of '{told}', not of '{county}'; choose its data=, or take it out")


def _of_sheet(
    paper: Paper, sheet: Sheet, back: HandBack, contract: Contract, settings: HandBackSettings, issued: Issued,
    heads: Callable[[], Heads], received_on: str,
) -> pd.DataFrame:  # fmt: skip
    month = paper.meta.get("as_of", "")
    matched = match_rows(sheet, month, issued, heads, settings)
    listed = matched.place >= 0
    months = np.where(listed, issued.rows["month"].to_numpy(dtype=object)[matched.place], "")
    notes: list[Note] = []
    answers = read_answers(paper, sheet, months, contract, settings, received_on, notes.append)
    changed_cells(paper, sheet, matched.place, issued, notes.append)
    _tell_odd(paper, sheet, matched, answers, notes.append)
    back.notes += _with_keys(notes, sheet, matched, issued)
    back.unmatched += [_unmatched(paper, sheet, matched, row) for row in np.flatnonzero(~listed).tolist()]
    answered = answers.told["answered"].to_numpy(bool)
    back.blank += int((listed & ~answered).sum())
    return _frame(paper, sheet, matched, answers, np.flatnonzero(listed & answered), issued)


def _frame(
    paper: Paper, sheet: Sheet, matched: Matched, answers: Answers, rows: NDArray[np.intp], issued: Issued
) -> pd.DataFrame:
    of_list = issued.rows.iloc[matched.place[rows]].reset_index(drop=True)
    told = answers.told.iloc[rows].reset_index(drop=True)
    return pd.DataFrame({
        **{name: of_list[name] for name in OF_LIST},
        **{name: told[name] for name in (*ANSWERS, "verified")},
        "file": paper.name, "digest": paper.digest, "saved": paper.saved, "sheet": sheet.title,
        "row": sheet.rows[rows], "how": matched.how[rows],
        "who": [answers.visitors[row] for row in rows], "remark": [answers.remarks[row] for row in rows],
    })  # fmt: skip


def _unmatched(paper: Paper, sheet: Sheet, matched: Matched, row: int) -> Note:
    told = at(paper, sheet, CLUE, row, str(matched.why[row]))
    return replace(told, clue_id=str(matched.clue_id[row]), household_id=str(matched.household_id[row]))


def _tell_odd(paper: Paper, sheet: Sheet, matched: Matched, answers: Answers, note: Callable[[Note], None]) -> None:
    """Rows that were matched by one key alone, and those that lack something, where something is filled in."""
    answered = answers.told["answered"].to_numpy(bool)
    for row in np.flatnonzero(answered & np.isin(matched.why.astype(str), _PARTLY)).tolist():
        note(at(paper, sheet, CLUE, int(row), str(matched.why[row])))
    for row in np.flatnonzero(answered & ~answers.told["verified"].to_numpy(bool)).tolist():
        missing = missing_of(answers.told.iloc[row].to_dict(), answers.visitors[row])
        note(at(paper, sheet, missing[0], int(row), "incomplete", missing="|".join(missing)))


def _with_keys(notes: Sequence[Note], sheet: Sheet, matched: Matched, issued: Issued) -> list[Note]:
    """Notes with the numbers of lead and household of their row."""
    rows = {int(number): row for row, number in enumerate(sheet.rows)}
    clues, households = (issued.rows[name].to_numpy(dtype=object) for name in ("clue_id", "household_id"))
    told = []
    for note in notes:
        row = rows.get(note.row, -1)
        place = matched.place[row] if row >= 0 else -1
        if place >= 0:
            note = replace(note, clue_id=str(clues[place]), household_id=str(households[place]))  # noqa: PLW2901
        told.append(note)
    return told
