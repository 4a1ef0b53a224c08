"""The first rows of a sheet → which of them are titles, groups and headers, and what each column is called.

Exports of offices begin with a title over the whole width, then have one, two or three header rows: merged groups
above, the columns' own names below, some of them merged downwards over all header rows.
"""

from __future__ import annotations

import re
from collections.abc import Collection, Sequence
from dataclasses import dataclass
from itertools import groupby

from relapse.data.cell_values import normal_header

Cells = Sequence[str]  # of one row, stripped; empty texts where there is nothing
LOOKED_AT = 60  # rows at the top of a sheet that are looked at
_AMONG = 10  # rows among which the header is
_GROUP_ROWS = 3  # header rows above or below the one with most known headers
_KNOWN_SHARE = 0.3  # of a row's cells that must be known headers for a further header row
_COUNTED = 5  # cells that must count 1, 2, 3 … for a row to be the numbers of the columns
_DATA = re.compile(r"[-+]?[\d.,/:\-]{2,}|\d{4,}.*")
_COLONS = (":", "：")


@dataclass(frozen=True)
class Merge:
    """A merged range; rows and columns count from 0, both ends belong to it."""

    top: int
    left: int
    bottom: int
    right: int


@dataclass(frozen=True)
class Header:
    """What stands above the data.

    Args:
        paths: by column, the group texts above it and its own name last; one empty text where there is no name.
        rows: number of rows at the top that are no data.
        repeats: filled places and texts of each of these rows, by which they are known where they stand again.
        known: number of known headers in the row that has most of them.
    """

    paths: tuple[tuple[str, ...], ...]
    rows: int
    repeats: tuple[tuple[tuple[int, str], ...], ...]
    known: int


def find_header(rows: Sequence[Cells], known_headers: Collection[str], merges: Sequence[Merge] = ()) -> Header | None:
    """The header among the first rows of a sheet.

    The row with most known headers is one of the header rows. Rows above it that are no titles are groups; rows right
    below it belong to the header where they hold known headers and no data, where a merged range reaches into them, or
    where they number the columns.

    Args:
        rows: first rows of the sheet, from its top.
        known_headers: as `normal_header` gives them.
        merges: merged ranges of the sheet, where the file knows them.

    Returns:
        None where every row is empty.
    """
    counts = [_known(row, known_headers) for row in rows[:_AMONG]]
    filled = [index for index, row in enumerate(rows) if any(row)]
    if not filled:
        return None
    if max(counts) > 0:
        anchor = counts.index(max(counts))
    else:
        anchor = next((index for index in filled if sum(map(bool, rows[index])) > 1), filled[0])
    first, last = _first(rows, anchor, known_headers, merges), _last(rows, anchor, known_headers, merges)
    header = [index for index in range(first, last + 1) if not _numbers_columns(rows[index])]
    width = max((place + 1 for index in header for place, cell in enumerate(rows[index]) if cell), default=0)
    paths = _paths([_padded(rows[index], width) for index in header], _moved(merges, header))
    repeats = tuple(tuple((place, cell) for place, cell in enumerate(rows[index]) if cell) for index in range(last + 1))
    return Header(paths, last + 1, tuple(repeat for repeat in repeats if repeat), max(counts))


def _known(row: Cells, known_headers: Collection[str]) -> int:
    return sum(normal_header(cell) in known_headers for cell in row if cell)


def _first(rows: Sequence[Cells], anchor: int, known_headers: Collection[str], merges: Sequence[Merge]) -> int:
    first = anchor
    while first > max(0, anchor - _GROUP_ROWS) and not _is_title(rows, first - 1, known_headers, merges):
        first -= 1
    return first


def _last(rows: Sequence[Cells], anchor: int, known_headers: Collection[str], merges: Sequence[Merge]) -> int:
    last = anchor
    while last + 1 < min(len(rows), anchor + _GROUP_ROWS + 1):
        row = rows[last + 1]
        reached = any(merge.top <= last < merge.bottom for merge in merges)
        if not (reached or _numbers_columns(row) or _is_further(row, known_headers)):
            break
        last += 1
    return last


def _is_title(rows: Sequence[Cells], index: int, known_headers: Collection[str], merges: Sequence[Merge]) -> bool:
    """An empty row, a title, or notes such as the unit and the date."""
    row = rows[index]
    texts = [(place, cell) for place, cell in enumerate(row) if cell]
    if not texts or all(any(colon in cell for colon in _COLONS) for _, cell in texts):
        return True
    if len(texts) > 1 or _known(row, known_headers):
        return False
    width = max(map(len, rows))
    wide = any(merge.top == index and 2 * (merge.right - merge.left + 1) > width for merge in merges)
    return texts[0][0] == 0 or wide


def _is_further(row: Cells, known_headers: Collection[str]) -> bool:
    texts = [cell for cell in row if cell]
    known = _known(row, known_headers)
    return known > 0 and known >= _KNOWN_SHARE * len(texts) and not any(_DATA.fullmatch(cell) for cell in texts)


def _numbers_columns(row: Cells) -> bool:
    texts = [cell for cell in row if cell]
    return len(texts) >= _COUNTED and texts == [str(number) for number in range(1, len(texts) + 1)]


def _padded(row: Cells, width: int) -> list[str]:
    """A row's texts without any space, all of one width."""
    texts = ["".join(cell.split()) for cell in row[:width]]
    return texts + [""] * (width - len(texts))


def _moved(merges: Sequence[Merge], header: Sequence[int]) -> list[Merge]:
    """Merged ranges over several columns, rows counted in the header."""
    return [
        Merge(header.index(merge.top), merge.left, merge.bottom, merge.right)
        for merge in merges
        if merge.top in header and merge.right > merge.left
    ]


def _paths(grid: list[list[str]], merges: Sequence[Merge]) -> tuple[tuple[str, ...], ...]:
    width = len(grid[0]) if grid else 0
    own = [max((row for row, cells in enumerate(grid) if cells[place]), default=-1) for place in range(width)]
    groups = [_spread(grid, row, own, [m for m in merges if m.top == row]) for row in range(len(grid))]
    return tuple(_path([row[place] for row in groups[: own[place] + 1]]) for place in range(width))


def _path(texts: list[str]) -> tuple[str, ...]:
    """Texts from top to bottom, none empty and none twice in a row."""
    return tuple(text for text, _ in groupby(text for text in texts if text)) or ("",)


def _spread(grid: list[list[str]], row: int, own: Sequence[int], merges: Sequence[Merge]) -> list[str]:
    """A header row with its groups told over every column that they cover and that has a name of its own below."""
    cells = list(grid[row])
    if merges:
        for merge in merges:
            for place in range(merge.left, min(merge.right + 1, len(cells))):
                if own[place] > row:
                    cells[place] = grid[row][merge.left]
        return cells
    group = ""
    for place, cell in enumerate(grid[row]):
        if cell or any(above[place] for above in grid[:row]):
            group = cell if own[place] > row else ""
        elif own[place] > row:
            cells[place] = group
    return cells
