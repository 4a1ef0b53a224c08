"""One column as it stands in a file → numbers, or codes of texts. What is no number is marked so, never guessed."""

from __future__ import annotations

import numpy as np
import pandas as pd
import pyarrow as pa
import pyarrow.compute as pc
from numpy.typing import NDArray

from relapse.core.facts import Category

_NUMBER = r"[+-]?(?:(?:\d{1,3}(?:,\d{3})+|\d+)(?:\.\d*)?|\.\d+)(?:[eE][+-]?\d+)?"


def is_text(column: pa.ChunkedArray) -> bool:
    """Whether a column holds texts (also as categories)."""
    kind = column.type.value_type if pa.types.is_dictionary(column.type) else column.type
    return bool(pa.types.is_string(kind) or pa.types.is_large_string(kind) or pa.types.is_string_view(kind))


def is_number(column: pa.ChunkedArray) -> bool:
    """Whether a column holds numbers or true and false."""
    kind = column.type
    return bool(
        pa.types.is_integer(kind)
        or pa.types.is_floating(kind)
        or pa.types.is_decimal(kind)
        or pa.types.is_boolean(kind)
    )


def numbers(column: pa.ChunkedArray) -> tuple[NDArray[np.float64], NDArray[np.bool_]]:
    """A column as numbers.

    Args:
        column: (rows,) numbers, true and false (1 and 0), or texts; commas between thousands are understood.

    Returns:
        (rows,) values, NaN where missing; and a mask (rows,) of what stands there and is no number.
    """
    if is_number(column) or pa.types.is_null(column.type):
        plain = column.cast(pa.int8()) if pa.types.is_boolean(column.type) else column
        return plain.cast(pa.float64(), safe=False).to_numpy(), np.zeros(len(column), dtype=bool)
    if not is_text(column):
        return np.full(len(column), np.nan), pc.is_valid(column).to_numpy()
    codes, found = levels(column)
    values, wrong = _text_numbers(found)
    return np.append(values, np.nan)[codes], np.append(wrong, False)[codes]


def texts(column: pa.ChunkedArray) -> Category:
    """A column as texts, levels in the order of their characters.

    Whole numbers are written without a decimal point (`17`, never `17.0`); an empty text is missing.
    """
    codes, found = encoded(column)
    return category(codes, found if is_text(column) else [plain_text(level) for level in found.to_pylist()])


def category(codes: NDArray[np.int32], names: list[str] | pa.Array) -> Category:
    """Codes (rows,) into names that may repeat or be empty → a category with sorted, unique levels that occur."""
    if not len(names):
        return Category(codes.astype(np.int32), ())
    plain = names.cast(pa.large_string()) if isinstance(names, pa.Array) else pa.array(names, type=pa.large_string())
    found = plain.dictionary_encode()  # Arrow sorts by bytes, which is by characters
    order = pc.sort_indices(found.dictionary)
    unique = found.dictionary.take(order).to_pylist()
    rank = np.empty(len(unique), dtype=np.int32)
    rank[order.to_numpy()] = np.arange(len(unique), dtype=np.int32)
    place = np.append(rank[found.indices.to_numpy()], np.int32(-1))
    if unique[0] == "":
        unique, place = unique[1:], np.where(place >= 0, place - 1, -1)
    return Category(place.astype(np.int32, copy=False)[codes], tuple(unique))


def levels(column: pa.ChunkedArray) -> tuple[NDArray[np.int32], list[object]]:
    """(rows,) codes into the different values that occur, -1 where missing; and these values."""
    codes, found = encoded(column)
    return codes, found.to_pylist()


def encoded(column: pa.ChunkedArray) -> tuple[NDArray[np.int32], pa.Array]:
    """The same with the values as Arrow has them; a column of texts that is encoded already is not decoded."""
    if pa.types.is_dictionary(column.type) and not is_text(column):
        column = column.cast(column.type.value_type)
    if pa.types.is_floating(column.type):
        column = pc.if_else(pc.is_nan(column), None, column)
    if pa.types.is_null(column.type) or not len(column):
        return np.full(len(column), -1, dtype=np.int32), pa.array([], type=pa.string())
    if not pa.types.is_dictionary(column.type):
        column = column.dictionary_encode()
    chunks = column.unify_dictionaries().chunks
    codes = np.concatenate([pc.fill_null(chunk.indices.cast(pa.int32()), -1).to_numpy() for chunk in chunks])
    return _that_occur(codes, chunks[0].dictionary)


def _that_occur(codes: NDArray[np.int32], values: pa.Array) -> tuple[NDArray[np.int32], pa.Array]:
    """The same without values that stand in no row (a dictionary may hold some), or that are missing themselves."""
    occurs = np.zeros(len(values) + 1, dtype=bool)
    occurs[codes] = True
    occurs = occurs[:-1] & pc.is_valid(values).to_numpy(zero_copy_only=False)
    if occurs.all():
        return codes, values
    place = np.where(occurs, np.cumsum(occurs) - 1, -1).astype(np.int32)
    return np.append(place, np.int32(-1))[codes], values.filter(pa.array(occurs))


def plain_text(level: object) -> str:
    """A value as text; a whole number without a decimal point."""
    if isinstance(level, float) and level.is_integer():
        return str(int(level))
    return str(level)


def _text_numbers(levels: list[object]) -> tuple[NDArray[np.float64], NDArray[np.bool_]]:
    plain = pd.Series(levels, dtype="str").str.strip()
    wrong = ~(plain.str.fullmatch(_NUMBER) & (plain != "")).to_numpy(dtype=bool) & (plain != "").to_numpy(dtype=bool)
    usable = plain.str.replace(",", "", regex=False).mask(pd.Series(wrong) | (plain == ""), "nan")
    return usable.to_numpy(dtype=object).astype(np.float64), wrong
