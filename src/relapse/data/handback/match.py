"""Rows of a handed-back sheet → the rows of the lists that they answer, or why they answer none."""

from __future__ import annotations

import re
import unicodedata
from collections import Counter
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, timedelta

import numpy as np
import pandas as pd
import pyarrow as pa
from numpy.typing import NDArray

from relapse.core.handback import HandBackSettings
from relapse.core.heads import Heads
from relapse.data.cell_values import ids, normal_text
from relapse.data.handback.days import visit_days
from relapse.data.handback.issued import Issued
from relapse.data.handback.papers import CLUE, HEAD, HOUSEHOLD, NUMBER, TOWNSHIP, VILLAGE, Sheet

_CLUE = re.compile(r"(\d{4})(\d{2})-?(\d{6})-?(\d{3,})")
_DASHES = re.compile(r"[-‐‑‒–—―−_~]+")
_LAST = 4
Texts = NDArray[np.object_]
Places = NDArray[np.int64]


@dataclass(frozen=True, eq=False)
class Matched:
    """(rows,) what each row of a sheet answers.

    Args:
        place: row of `Issued.rows`, -1 where none.
        how: `both` keys, one alone (`clue`, `household`), the head's `name`, or empty.
        why: rule that says why it answers none, or what was odd though it does; empty where nothing is to be said.
        clue_id, household_id: as the file has them, made plain.
    """

    place: NDArray[np.int64]
    how: NDArray[np.object_]
    why: NDArray[np.object_]
    clue_id: NDArray[np.object_]
    household_id: NDArray[np.object_]


def match_rows(
    sheet: Sheet, month: str, issued: Issued, heads: Callable[[], Heads], settings: HandBackSettings
) -> Matched:
    """Match the rows of a sheet by number of lead and household; by one where the other is missing or damaged.

    A row of a ledger that bears neither is matched by the name of the head, with the village and, where told, the last
    digits of the number; where several could be meant, none is.

    Args:
        sheet: as it was handed in.
        month: of its list, YYYY-MM, as its workbook says; empty where it does not.
        issued: all lists.
        heads: who heads the listed households; asked only for rows without any number.
        settings: days in which visits lie.
    """
    count = len(sheet.rows)
    clues = np.array([_clue(cell) for cell in first_told(sheet, CLUE)], dtype=object)
    told, damaged = ids(pa.chunked_array([pa.array(first_told(sheet, HOUSEHOLD), type=pa.string())]))
    households = told.texts()
    by_clue = issued.by_clue.reindex(clues).fillna(-1).to_numpy(np.int64) if count else np.empty(0, np.int64)
    usual = month or _usual_month(issued, by_clue)
    months = np.array([_month(clue) or usual for clue in clues], dtype=object)
    by_household = _by_household(issued, months, households)
    place, how, why = _decided(clues, households, damaged, months, by_clue, by_household, issued)
    nameless = np.flatnonzero((why == "no_key") | (why == "no_month"))
    if HEAD in sheet.fields and len(nameless):
        _by_name(sheet, nameless, issued, heads(), settings, place, how, why)
    return Matched(place, how, why, clues, households)


def first_told(sheet: Sheet, field: str) -> list[str | None]:
    """(rows,) what stands in the first filled column of a field."""
    places = sheet.fields.get(field, ())
    if not places:
        return [None] * len(sheet.rows)
    columns = [sheet.columns[place] for place in places]
    return [next((cell for cell in cells if cell), None) for cells in zip(*columns, strict=True)]


def _decided(
    clues: Texts, households: Texts, damaged: NDArray[np.bool_], months: Texts, by_clue: Places, by_household: Places,
    issued: Issued,
) -> tuple[Places, Texts, Texts]:  # fmt: skip
    """(rows,) place, how, and what is to be said."""
    owner = issued.rows["household_id"].to_numpy(dtype=object)[by_clue]
    has_clue, no_household = by_clue >= 0, (households == "") | damaged
    both, alone = has_clue & (households == owner), has_clue & no_household
    other = ~has_clue & (by_household >= 0)
    place = np.select([both | alone, other], [by_clue, by_household], -1)
    how = np.select([both, alone, other], ["both", "clue", "household"], "").astype(object)
    no_list = np.array([bool(_month(clue)) and _month(clue) not in issued.editions for clue in clues], dtype=bool)
    said = [
        (both, ""),
        (alone & damaged, "household_damaged"),
        (alone, "household_missing"),
        (has_clue, "keys_differ"),
        (other & (clues != ""), "clue_unknown"),
        (other, "clue_missing"),
        (no_list, "no_list"),
        ((clues == "") & (households == ""), "no_key"),
        (months == "", "no_month"),
    ]
    why = np.select([mask for mask, _ in said], [rule for _, rule in said], "not_listed").astype(object)
    return place, how, why


def _clue(cell: str | None) -> str:
    """A number of a lead as lists have it: plain signs, dashes where they belong."""
    if not cell:
        return ""
    plain = _DASHES.sub("-", normal_text(unicodedata.normalize("NFKC", cell)).strip("'\"`"))
    found = _CLUE.fullmatch(plain)
    return f"{found[1]}{found[2]}-{found[3]}-{found[4]}" if found else plain


def _month(clue: str) -> str:
    found = _CLUE.fullmatch(clue)
    return f"{found[1]}-{found[2]}" if found else ""


def _usual_month(issued: Issued, by_clue: NDArray[np.int64]) -> str:
    """The month of most rows that were matched."""
    told = issued.rows["month"].to_numpy()[by_clue[by_clue >= 0]]
    return str(Counter(told.tolist()).most_common(1)[0][0]) if len(told) else ""


def _by_household(issued: Issued, months: NDArray[np.object_], households: NDArray[np.object_]) -> NDArray[np.int64]:
    if not len(months):
        return np.empty(0, np.int64)
    keys = pd.MultiIndex.from_arrays([months, households])
    return issued.by_household.reindex(keys).fillna(-1).to_numpy(np.int64)


def _by_name(
    sheet: Sheet,
    rows: NDArray[np.intp],
    issued: Issued,
    heads: Heads,
    settings: HandBackSettings,
    place: NDArray[np.int64],
    how: NDArray[np.object_],
    why: NDArray[np.object_],
) -> None:
    """Match the rows of a ledger by the head's name within village or township."""
    named = _listed_names(issued, heads)
    cells = {field: first_told(sheet, field) for field in (HEAD, NUMBER, VILLAGE, TOWNSHIP, "visited_at")}
    for row in rows:
        name, number = _plain(cells[HEAD][row]), _plain(cells[NUMBER][row])
        if not name:
            continue
        found = {
            household: places
            for household, (village, township, last, places) in named.get(name, {}).items()
            if _fits(_plain(cells[VILLAGE][row]), village)
            and _fits(_plain(cells[TOWNSHIP][row]), township)
            and (not number or not last or number[-_LAST:].upper() == last.upper())
        }
        if len(found) == 1:
            place[row] = _newest(next(iter(found.values())), cells["visited_at"][row], issued, settings)
            how[row], why[row] = "name", "by_name"
        else:
            why[row] = "name_twice" if found else "name_unknown"


def _listed_names(issued: Issued, heads: Heads) -> Mapping[str, dict[str, tuple[str, str, str, list[int]]]]:
    """By name and household: village, township, last digits, and its rows of the lists."""
    named: dict[str, dict[str, tuple[str, str, str, list[int]]]] = {}
    columns = (issued.rows[name].tolist() for name in ("household_id", "village", "township"))
    for at, (household, village, township) in enumerate(zip(*columns, strict=True)):
        head = heads.get(household)
        if head is not None and head.name:
            own = named.setdefault(normal_text(head.name), {})
            own.setdefault(household, (_plain(village), _plain(township), head.id_last_four, []))[3].append(at)
    return named


def _fits(told: str, listed: str) -> bool:
    """Whether a place may be the one of the list: 绿槐 is 绿槐乡."""
    return not told or not listed or told.startswith(listed) or listed.startswith(told)


def _plain(cell: str | None) -> str:
    return normal_text(cell or "")


def _newest(places: Sequence[int], visited: str | None, issued: Issued, settings: HandBackSettings) -> int:
    """Of a household's rows the newest one whose list the day of the visit fits; the newest where none does."""
    months = issued.rows["month"].to_numpy()
    newest_first = sorted(places, key=lambda at: str(months[at]), reverse=True)
    for at in newest_first:
        if visited and not visit_days([visited], *window_of(str(months[at]), settings))[0].wrong:
            return at
    return newest_first[0]


def window_of(month: str, settings: HandBackSettings) -> tuple[date, date]:
    """First and last day on which a visit of a month's list may lie."""
    year, of_year = (int(part) for part in month.split("-"))
    after = date(year + of_year // 12, of_year % 12 + 1, 1)
    return date(year, of_year, 1), after + timedelta(days=settings.latest_days - 1)
