"""Cells that the office worked out, as they came back: which ones somebody changed."""

from __future__ import annotations

from collections.abc import Callable, Sequence

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from relapse.core.handback import FIELDS, Note
from relapse.core.texts import text
from relapse.data.cell_values import normal_header
from relapse.data.handback.issued import Issued, headers_read, same
from relapse.data.handback.papers import CLUE, HEAD, HOUSEHOLD, NUMBER, Paper, Sheet
from relapse.data.panel_checks import masked

_MOST = 0.5  # share of a column's rows that differ: then the column is told once
_FEW = 5
Change = tuple[int, int, str]  # row, column, what was issued


def changed_cells(
    paper: Paper, sheet: Sheet, place: NDArray[np.int64], issued: Issued, note: Callable[[Note], None]
) -> int:
    """Tell every cell of a matched row that is another than in the list; the row is taken all the same.

    Names and numbers of persons are not compared: no list that is read here has them.

    Args:
        paper: of the sheet.
        sheet: as it came back.
        place: (rows,) of `Issued.rows`, -1 where a row answers none.
        issued: all lists.
        note: is told each change.

    Returns:
        How many cells were changed.
    """
    count = 0
    months = issued.rows["month"].to_numpy(dtype=object)
    for month in sorted({str(months[at]) for at in place[place >= 0]}):
        rows = [row for row in range(len(place)) if place[row] >= 0 and months[place[row]] == month]
        clues = issued.rows["clue_id"].to_numpy(dtype=object)[place[rows]]
        changes = min((_changes(sheet, rows, clues, cells) for cells in issued.editions[month]), key=len)
        count += len(changes)
        _tell(paper, sheet, rows, changes, note)
    return count


def _changes(sheet: Sheet, rows: Sequence[int], clues: NDArray[np.object_], cells: pd.DataFrame) -> list[Change]:
    there = cells.index.isin(clues)
    known = cells[there & ~cells.index.duplicated()].reindex(clues)
    changes: list[Change] = []
    for place, name in _compared(sheet, cells):
        column = sheet.columns[place]
        mine = [column[row] or "" for row in rows]
        if not any(mine):
            continue  # left out of this workbook
        for row, now, before in zip(rows, mine, known[name].tolist(), strict=True):
            if isinstance(before, str) and now != before and not same(now, before):
                changes.append((row, place, before))
    return changes


def _compared(sheet: Sheet, cells: pd.DataFrame) -> list[tuple[int, str]]:
    """Columns of a sheet that the list has as well, but those that are filled in, keys, and places in the order."""
    apart = {place for name in (*FIELDS, CLUE, HOUSEHOLD, HEAD, NUMBER) for place in sheet.fields.get(name, ())}
    apart_headers = {normal_header(text("clue.number", language)) for language in ("zh", "en")}
    read, names = headers_read(), {normal_header(str(name)): str(name) for name in cells.columns}
    found = []
    for place, header in enumerate(sheet.headers):
        plain = normal_header(header)
        name = names.get(read.get(plain, plain))
        if name is not None and place not in apart and plain not in apart_headers:
            found.append((place, name))
    return found


def _tell(
    paper: Paper, sheet: Sheet, rows: Sequence[int], changes: Sequence[Change], note: Callable[[Note], None]
) -> None:
    by_column: dict[int, list[Change]] = {}
    for change in changes:
        by_column.setdefault(change[1], []).append(change)
    for place, told in by_column.items():
        header = sheet.headers[place]
        if len(told) > max(_FEW, _MOST * len(rows)):
            note(Note("column_changed", paper.name, sheet.title, column=header, details={"count": f"{len(told):,}"}))
            continue
        for row, _, before in told:
            number, now = int(sheet.rows[row]), masked(sheet.columns[place][row])
            address, details = sheet.address(place, number), {"before": masked(before)}
            note(Note("changed", paper.name, sheet.title, address, number, header, now, details=details))
