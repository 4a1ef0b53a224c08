"""Rows of a sheet below its header, as text → those that are data, not empty, repeated headers, sums or signatures."""

from __future__ import annotations

import re
from collections.abc import Collection, Sequence

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc
from numpy.typing import NDArray

from relapse.data.header_rows import Header

Flags = NDArray[np.bool_]
_FEW = 3  # cells of a row that closes a sheet and goes on after its first word
_LOOKED_AT = 5  # columns in the first of which such a word may stand


def stripped(columns: pa.Table) -> pa.Table:
    """Texts without spaces around them (also full-width ones and line breaks); empty ones are missing."""
    cleaned = []
    for column in columns.columns:
        plain = pc.utf8_trim_whitespace(column)
        cleaned.append(pc.if_else(pc.equal(plain, ""), None, plain))
    return pa.table(cleaned, names=columns.column_names)


def are_data(columns: pa.Table, header: Header, footers: Collection[str]) -> Flags:
    """(rows,) whether a row is data.

    Args:
        columns: texts, stripped.
        header: of the sheet; rows that repeat one of its rows are left out.
        footers: first words of rows that sum up or close a sheet.
    """
    data = _filled(columns) & ~closes(columns, footers)
    for repeat in header.repeats:
        data &= ~_repeats(columns, repeat)
    return data


def closes(columns: pa.Table, footers: Collection[str]) -> Flags:
    """(rows,) whether a row sums up or closes the sheet.

    Its first text is such a word, alone or before signs and figures; or begins with it, in a row of few cells.
    """
    if not footers or not columns.num_rows:
        return np.zeros(columns.num_rows, dtype=bool)
    first = pc.coalesce(*columns.columns[:_LOOKED_AT])
    words = _any_of(footers)
    begins = _holds(first, rf"^[\s\d.、]*(?:{words})")
    alone = _holds(first, rf"^[\s\d.、]*(?:{words})(?:[^\pL]|$)")
    places = np.flatnonzero(begins & ~alone)
    if len(places):
        some = columns.take(places)
        cells = np.sum([pc.is_valid(column).to_numpy() for column in some.columns], axis=0)
        alone[places[cells <= _FEW]] = True
    return alone


def is_footer(cells: Sequence[str], footers: Collection[str]) -> bool:
    """Whether a row that does not fit the header only sums up or closes the sheet, or holds nothing."""
    first = next((cell.strip() for cell in cells if cell.strip()), "")
    return not first or bool(footers and re.match(rf"[\s\d.、]*(?:{_any_of(footers)})", first))


def _any_of(words: Collection[str]) -> str:
    """Words as a pattern; people put spaces between the characters."""
    return "|".join(r"\s*".join(re.escape(each) for each in "".join(word.split())) for word in sorted(words))


def _holds(texts: pa.ChunkedArray, pattern: str) -> Flags:
    found = pc.fill_null(pc.match_substring_regex(texts, pattern), False)
    return np.array(found.to_numpy(), dtype=bool)


def _filled(columns: pa.Table) -> Flags:
    filled = np.zeros(columns.num_rows, dtype=bool)
    for column in columns.columns:
        filled |= pc.is_valid(column).to_numpy()
        if filled.all():
            break
    return filled


def _repeats(columns: pa.Table, repeat: Sequence[tuple[int, str]]) -> Flags:
    """(rows,) whether the texts of a header row stand there again."""
    found = np.ones(columns.num_rows, dtype=bool)
    for place, text in repeat:
        if place >= columns.num_columns or not found.any():
            break
        found &= pc.fill_null(pc.equal(columns.column(place), text), False).to_numpy()
    return found
