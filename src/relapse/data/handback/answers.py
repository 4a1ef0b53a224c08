"""What was filled in → codes, days and amounts; every cell that cannot be read is told by its address."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Callable, Hashable, Mapping, Sequence
from dataclasses import dataclass
from functools import partial

import numpy as np
import pandas as pd
import pyarrow as pa
from numpy.typing import NDArray

from relapse.core.contract import Contract
from relapse.core.handback import ANSWERS, CHOICES, FIELDS, NEEDED, START, HandBackSettings, Note
from relapse.core.texts import TEXTS
from relapse.data.cell_values import money, normal_text
from relapse.data.handback.days import visit_days
from relapse.data.handback.match import window_of
from relapse.data.handback.papers import Paper, Sheet
from relapse.data.hidden_names import shown_cell
from relapse.data.panel_checks import masked

_EDGES = "。，、；：！？,;:!?.·*\"'“”‘’()[]{}<>【】〔〕《》「」『』-—_~"
_NUMBERING = re.compile(r"^(?:[①-⑳]|\d{1,2}[.、)）:：]|[（(]\d{1,2}[)）])\s*")
_BRACKETS = str.maketrans("", "", "()[]{}<>【】〔〕《》「」『』“”\"'")
_PARTS = re.compile(r"[、,;/|+＋和及与\s\n]+")
_SEVERAL = "cause_found"
_MOST_CAUSES = 3
_SHOWN = 39  # signs of a long text that `masked` leaves
_NUMBER_IN_WORDS = re.compile(r"\d{15,18}[\dXx]?|(?<!\d)1[3-9]\d{9}(?!\d)")


@dataclass(frozen=True, eq=False)
class Answers:
    """(rows,) what the rows of a sheet answer.

    Args:
        told: columns `ANSWERS` (days as YYYY-MM-DD, codes, several causes joined by `|`, yuan), empty or NaN where
            nothing is told or it cannot be read; `answered`, whether anything stands there; `verified`.
        visitors, remarks: as written; for codes, questions and the county's ledger alone.
    """

    told: pd.DataFrame
    visitors: Sequence[str]
    remarks: Sequence[str]


def read_answers(
    paper: Paper,
    sheet: Sheet,
    months: NDArray[np.object_],
    contract: Contract,
    settings: HandBackSettings,
    last_day: str,
    note: Callable[[Note], None],
) -> Answers:
    """Read the columns that were filled in.

    Args:
        paper: of the sheet.
        sheet: rows.
        months: (rows,) of the list that each row answers, YYYY-MM; empty where it answers none: such rows are not read.
        contract: words for the choices.
        settings: further words, days, rules of remarks.
        last_day: no visit can lie after it, YYYY-MM-DD; empty where nothing says when the file came.
        note: is told what is wrong.
    """
    rows = months != ""
    cells = {name: _told_once(paper, sheet, name, rows, note) for name in FIELDS}
    answered = np.array([any(values) for values in zip(*cells.values(), strict=True)], dtype=bool)
    days = _days(paper, sheet, cells["visited_at"], months, contract, settings, last_day, note)
    told: dict[str, object] = {"visited_at": days}
    for name in CHOICES:
        told[name] = _choices(paper, sheet, name, cells[name], rows, contract, settings, note)
    told["income_found"] = _amounts(paper, sheet, cells["income_found"], rows, contract, note)
    _check_remarks(paper, sheet, cells["remark"], rows, settings, note)
    _say_unworked(paper, sheet, note)
    frame = pd.DataFrame({name: told[name] for name in ANSWERS}, index=range(len(sheet.rows)))
    visitors = [normal_text(cell or "") for cell in cells["visitor"]]
    frame["answered"] = answered & rows
    frame["verified"] = _verified(frame, visitors)
    return Answers(frame, visitors, [cell or "" for cell in cells["remark"]])


def missing_of(row: Mapping[Hashable, object], visitor: str) -> list[str]:
    """Columns that must be filled in before a row counts as verified."""
    told = {**row, "visitor": visitor}
    wanting = [name for name in NEEDED if not told[name]]
    if told["action"] and told["action"] != START and not told["not_included"]:
        wanting.append("not_included")
    return wanting


def _verified(frame: pd.DataFrame, visitors: Sequence[str]) -> NDArray[np.bool_]:
    whole = np.array([bool(each) for each in visitors], dtype=bool)
    for name in NEEDED:
        if name in frame:
            whole &= (frame[name] != "").to_numpy()
    return whole & ((frame["action"] == START) | (frame["not_included"] != "")).to_numpy()


def at(paper: Paper, sheet: Sheet, field: str, row: int, rule: str, value: str = "", **details: str) -> Note:
    """A note on the cell of a field in a row (by its place among the rows)."""
    number = int(sheet.rows[row])
    place = _place(sheet, field, row)
    if place is None:
        return Note(rule, paper.name, sheet.title, row=number, value=value, details=details)
    return Note(
        rule, paper.name, sheet.title, sheet.address(place, number), number, sheet.headers[place], value,
        details=details,
    )  # fmt: skip


def _place(sheet: Sheet, field: str, row: int) -> int | None:
    """The column in which a field of a row is told, else the first one."""
    places = sheet.fields.get(field, ())
    return next((place for place in places if sheet.columns[place][row]), places[0] if places else None)


def _told_once(
    paper: Paper, sheet: Sheet, name: str, rows: NDArray[np.bool_], note: Callable[[Note], None]
) -> list[str | None]:
    """(rows,) cells of a field; where two columns bear its header and say two things, neither is taken."""
    places = sheet.fields.get(name, ())
    if not places:
        return [None] * len(sheet.rows)
    told: list[str | None] = []
    for row, cells in enumerate(zip(*(sheet.columns[place] for place in places), strict=True)):
        said = list(dict.fromkeys(cell for cell in cells if cell))
        if len(said) > 1 and rows[row] and len({normal_text(each) for each in said}) > 1:
            note(at(paper, sheet, name, row, "columns_differ"))
            said = []
        told.append(said[0] if said else None)
    return told


def _days(
    paper: Paper, sheet: Sheet, cells: Sequence[str | None], months: NDArray[np.object_], contract: Contract,
    settings: HandBackSettings, last_day: str, note: Callable[[Note], None],
) -> list[str]:  # fmt: skip
    told, field = [""] * len(cells), contract.table("visits").fields[FIELDS["visited_at"]]
    for month in sorted({str(each) for each in months if each}):
        first, last = window_of(month, settings)
        rows = [row for row in np.flatnonzero(months == month).tolist() if cells[row]]
        texts = sorted({str(cells[row]) for row in rows})
        days = dict(zip(texts, visit_days(texts, first, last), strict=True))
        for row in rows:
            day = days[str(cells[row])]
            late = day.day is not None and last_day and day.day.isoformat() > last_day
            told[row] = "" if day.day is None or late else day.day.isoformat()
            if day.wrong or late:
                rule = {"outside": "day_outside", "no_day": "day_missing"}.get(day.wrong, "not_a_day")
                window = {"first": first.isoformat(), "last": min(last.isoformat(), last_day or last.isoformat())}
                value = shown_cell(cells[row], field, contract.words)
                note(at(paper, sheet, "visited_at", row, "day_outside" if late else rule, value, **window))
    return told


def known_words(name: str, contract: Contract, settings: HandBackSettings) -> dict[str, str]:
    """By word as it is compared, the code that it stands for."""
    choices = contract.table("visits").fields[FIELDS[name]].choices
    words: dict[str, str] = {}
    for code, key in CHOICES[name].items():
        for word in (*TEXTS[key], *choices.get(code, ()), code, *settings.words.get(name, {}).get(code, ())):
            words.setdefault(_bare(word), code)
    for code, also in choices.items():
        for word in also:
            words.setdefault(_bare(word), code)
    return words


def _choices(
    paper: Paper, sheet: Sheet, name: str, cells: Sequence[str | None], rows: NDArray[np.bool_], contract: Contract,
    settings: HandBackSettings, note: Callable[[Note], None],
) -> list[str]:  # fmt: skip
    words = known_words(name, contract, settings)
    several = name == _SEVERAL
    nothing = {_bare(word) for word in contract.words.blank} - set(words)
    meant = {cell: _meant(cell, words, nothing, several, settings) for cell in {each for each in cells if each}}
    order = list(CHOICES[name])
    told = [""] * len(cells)
    for row, cell in enumerate(cells):
        if not cell or not rows[row]:
            continue
        codes, wrong = meant[cell]
        if several and len(codes) > _MOST_CAUSES:
            wrong = "too_many"
        if wrong:
            value = shown_cell(cell, contract.table("visits").fields[FIELDS[name]], contract.words)
            note(at(paper, sheet, name, row, wrong, value))
        told[row] = "|".join(sorted(codes, key=lambda code: order.index(code) if code in order else 99)[:_MOST_CAUSES])
    return told


def _meant(
    cell: str, words: Mapping[str, str], nothing: set[str], several: bool, settings: HandBackSettings
) -> tuple[list[str], str]:
    """Codes of a cell, and what is wrong with it."""
    ticked = _ticked(cell, settings)
    parts = [cell] if ticked is None else ticked
    if several and len(parts) == 1 and _code(parts[0], words, settings) is None:
        parts = [part for part in _PARTS.split(unicodedata.normalize("NFKC", parts[0])) if _bare(part)]
    parts = [part for part in parts if _bare(part) not in nothing]
    codes = [_code(part, words, settings) for part in parts]
    known = list(dict.fromkeys(code for code in codes if code is not None))
    if not several and len(known) > 1:
        return [], "two_choices"
    return known, "not_a_choice" if None in codes else ""


def _ticked(cell: str, settings: HandBackSettings) -> list[str] | None:
    """The ticked ones where all choices are printed in a cell; None where no box is."""
    marks = re.escape("".join((*settings.ticked, *settings.empty_box)))
    found = re.findall(rf"([{marks}])\s*([^{marks}]*)", cell)
    if not found:
        return None
    return [words for sign, words in found if sign in settings.ticked and _bare(words)]


def _code(part: str, words: Mapping[str, str], settings: HandBackSettings) -> str | None:
    plain = _bare(part)
    if plain in words:
        return words[plain]
    for filler in settings.fillers:
        plain = plain.replace(_bare(filler) or filler, "")
    return words.get(_bare(plain))


def _bare(word: str) -> str:
    """A word as it is compared: no spaces, brackets, numbering in front, signs at the ends, or capitals."""
    plain = _NUMBERING.sub("", word.strip())
    return normal_text(plain).translate(_BRACKETS).strip(_EDGES).casefold()


def _amounts(
    paper: Paper, sheet: Sheet, cells: Sequence[str | None], rows: NDArray[np.bool_], contract: Contract,
    note: Callable[[Note], None],
) -> NDArray[np.float64]:  # fmt: skip
    field = contract.table("visits").fields[FIELDS["income_found"]]
    column = pa.chunked_array([pa.array([cell and re.sub(r"^约|左右$", "", cell) for cell in cells], type=pa.string())])
    values, wrong = money(column, blanks=contract.words.blank)
    values, wrong = np.where(rows, values, np.nan), wrong & rows
    show = partial(shown_cell, field_=field, words=contract.words)
    for row in np.flatnonzero(wrong).tolist():
        note(at(paper, sheet, "income_found", int(row), "not_an_amount", show(cells[row])))
    low, high = field.low or 0, field.high or np.inf
    for row in np.flatnonzero((values < low) | (values > high)).tolist():
        note(at(paper, sheet, "income_found", int(row), "odd_amount", show(cells[row])))
    return values


def _check_remarks(
    paper: Paper, sheet: Sheet, cells: Sequence[str | None], rows: NDArray[np.bool_], settings: HandBackSettings,
    note: Callable[[Note], None],
) -> None:  # fmt: skip
    """A remark goes nowhere; what must not stand in it is said without repeating it."""
    for row, cell in enumerate(cells):
        if not cell or not rows[row]:
            continue
        if len(cell) > settings.longest_remark:
            note(at(paper, sheet, "remark", row, "remark_long", most=str(settings.longest_remark)))
        if _NUMBER_IN_WORDS.search("".join(cell.split())) or masked(cell[:_SHOWN]) != cell[:_SHOWN]:
            note(at(paper, sheet, "remark", row, "remark_number"))
        if any(word in cell for word in settings.disease_words):
            note(at(paper, sheet, "remark", row, "remark_disease"))


def _say_unworked(paper: Paper, sheet: Sheet, note: Callable[[Note], None]) -> None:
    """A formula without a value looks empty; that is said of the columns that are filled in."""
    mine = {place: name for name in FIELDS for place in sheet.fields.get(name, ())}
    numbers = {int(row) for row in sheet.rows}
    addresses = {sheet.address(place, row): place for place in mine for row in numbers} if sheet.unworked else {}
    for cell in sheet.unworked:
        if cell in addresses:
            note(Note("unworked", paper.name, sheet.title, cell, column=sheet.headers[addresses[cell]]))
