"""Needed fields without a column → the left-over columns that resemble them, by header and by what stands there."""

from __future__ import annotations

import difflib
from collections.abc import Mapping, Sequence

import pyarrow as pa

from relapse.core.contract import Field, Table, Words
from relapse.data.cell_values import dates, money, months, normal_header, normal_text
from relapse.data.read_export import Sheet
from relapse.data.table_columns import texts

_CLOSE = 0.55  # headers that resemble each other so much are proposed, to be confirmed
_CODED = 0.8  # share of values that must be allowed choices for a column to be proposed by its values alone
_FITTING = 0.7  # share of values that must be readable as the field's kind
_LOOKED_AT = 2_000  # rows


def guesses(fields: Sequence[str], table: Table, sheet: Sheet, left: Mapping[int, str], words: Words) -> dict[str, int]:
    """By field, the place of the column that resembles it most; each column once, the closest pairs first.

    Args:
        fields: needed and without a column.
        table: of the contract.
        sheet: the file.
        left: by place, the header of each column that is known as nothing.
        words: that stand for nothing.
    """
    scores = [
        (_score(table.fields[field], field, left[place], sheet.columns.column(place)[:_LOOKED_AT], words), field, place)
        for field in fields
        for place in left
        if not any(stage in left[place] for stage in words.stages)  # it speaks of another time
    ]
    found: dict[str, int] = {}
    for score, field, place in sorted(scores, key=lambda each: (-each[0], each[1], each[2])):
        if score > 0 and field not in found and place not in found.values():
            found[field] = place
    return found


def told_share(sheet: Sheet, place: int) -> float:
    """Share of the rows in which something stands in a column."""
    column = sheet.columns.column(place)
    return 1.0 - int(column.null_count) / max(len(column), 1)


def _score(field: Field, name: str, header: str, column: pa.ChunkedArray, words: Words) -> float:
    """How much a column resembles a field, from 0 to 1; 0 where its values are of another kind."""
    plain = normal_header(header)
    likeness = max(difflib.SequenceMatcher(None, plain, normal_header(each)).ratio() for each in (name, *field.zh))
    fitting = _fitting(field, column, words)
    if field.kind == "choice" and fitting >= _CODED:
        return max(likeness, _CLOSE)
    return likeness if likeness >= _CLOSE and fitting >= _FITTING else 0.0


def _fitting(field: Field, column: pa.ChunkedArray, words: Words) -> float:
    """Share of the values that can be read as the field's kind; 0 where nothing stands there."""
    told = texts(column)
    filled = int((told.codes >= 0).sum())
    if not filled:
        return 0.0
    if field.kind == "choice":
        known = {normal_text(each).lower() for code, others in field.choices.items() for each in (code, *others)}
        ok = [normal_text(level).lower() in known for level in told.levels]
        return float(sum(ok[code] for code in told.codes.tolist() if code >= 0) / filled)
    if field.kind in ("id", "text", "flag"):
        return 1.0
    if field.kind == "month":
        wrong = months(column, blanks=words.blank)[1]
    elif field.kind == "date":
        wrong = dates(column, blanks=words.blank)[1]
    else:
        wrong = money(column, blanks=words.blank)[1]
    return 1 - int(wrong.sum()) / filled
