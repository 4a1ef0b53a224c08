"""Cells as people fill them in → numbers, dates, flags, choices, ids. What cannot be read is marked, never guessed.

Each parser looks at every different text of a column once. It takes a column of texts, or one that is typed already
(Parquet), and gives values with a mask (rows,) of what stands there and is not what it should be.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Collection, Mapping, Sequence

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc
from numpy.typing import NDArray

from relapse.core.facts import Category
from relapse.data.cell_dates import dates, months
from relapse.data.table_columns import category, encoded, is_number, is_text, levels, numbers, plain_text

__all__ = [
    "choices", "dates", "flags", "header_factor", "ids", "money", "months", "normal_header", "normal_text",
]  # fmt: skip

_FACTORS = {"元": 1.0, "千元": 1_000.0, "万元": 10_000.0, "万": 10_000.0}
_AMOUNT = re.compile(
    r"[¥]?(?P<sign>[+-]?)[¥]?(?P<digits>[\d,.]+(?:e[+-]?\d+)?)(?P<unit>千元|万元|万|元)?(?:整|人民币)?"
)
_DIGITS = re.compile(r"(?:\d{1,3}(?:,\d{3})+|\d+)(?:\.\d*)?(?:e[+-]?\d+)?|\.\d+")
_HEADER_UNIT = re.compile(r"[(\[:](?:单位:?)?(?:人民币)?(?P<unit>千元|万元|万|元)(?:/[^()\[\]]*)?(?=[)\]/]|$)")
_UNIT = re.compile(
    r"[(\[](?:单位:?)?(?:(?:人民币)?[千万]?元(?:/[年月人])*|万|月|人|个|户|年|岁|次|天|亩|公里|千米|米|平方米|km2?|m2?|%)[)\]]"
)
_BRACKETS = str.maketrans("", "", "()[]{}<>【】〔〕《》“”\"'")
_SEPARATORS = re.compile(r"[、,;/|\s]+")
_PLAIN_ID = r"^[0-9](?:[0-9-]*[0-9])?X?$"  # what `_id` leaves as it is
_SCIENTIFIC = re.compile(r"[+-]?\d+(?:\.\d+)?E[+-]?\d+", re.IGNORECASE)
_POINT_ZERO = re.compile(r"(?<=^\d)\.0+$")
_DECIMALS = 6  # of a yuan
_EXACT = 2**53  # whole numbers beyond it have lost digits where they were kept as floating point


def normal_text(text: str) -> str:
    """A text as it is compared: full-width signs made plain (NFKC), all spaces and line breaks taken out."""
    if text.isascii() and text.isalnum():
        return text
    return "".join(unicodedata.normalize("NFKC", text).split())


def normal_header(text: str) -> str:
    """A header as it is compared: as `normal_text`, in small letters, without units in brackets such as (元) or （亩）.

    Brackets that are part of the name stay: 县(市、区), 性别(1男2女), 公益性岗位(月数).
    """
    return _UNIT.sub("", normal_text(text)).lower()


def header_factor(text: str) -> float:
    """Yuan in one unit of a column, as its header says: 10,000 for (万元), else 1; the last unit in brackets counts.

    Args:
        text: all header rows of the column as one text.
    """
    units = [found["unit"] for found in _HEADER_UNIT.finditer(normal_text(text))]
    return _FACTORS[units[-1]] if units else 1.0


def money(
    column: pa.ChunkedArray, unit_factor: float = 1.0, blanks: Collection[str] = ()
) -> tuple[NDArray[np.float64], NDArray[np.bool_]]:
    """Amounts in yuan (or other numbers, with a factor of 1).

    Understood are full-width digits and signs, commas between thousands, ¥ before, 元, 千元, 万元 and 万 behind (the
    cell's own unit comes before the header's), brackets around a negative amount, and stray spaces.

    Args:
        column: (rows,)
        unit_factor: yuan in one unit, see `header_factor`.
        blanks: texts that stand for nothing.

    Returns:
        (rows,) amounts, NaN where missing or wrong; and where there is something that is no amount.
    """
    if not is_text(column):
        values, wrong = numbers(column)
        return _exact(values * unit_factor), wrong
    codes, found = levels(column)
    plain = pa.array(found, type=pa.large_string())
    simple = pc.match_substring_regex(plain, r"^-?[0-9]+(?:\.[0-9]+)?$")
    values = pc.fill_null(pc.cast(pc.if_else(simple, plain, None), pa.float64()), np.nan).to_numpy().copy()
    values = _exact(values * unit_factor)
    wrong = ~simple.to_numpy(zero_copy_only=False)
    nothing = _blank(blanks)
    for place in np.flatnonzero(wrong):
        text = normal_text(str(found[place])).lower()
        values[place] = _amount(text, unit_factor)
        wrong[place] = bool(np.isnan(values[place])) and text not in nothing
    return np.append(values, np.nan)[codes], np.append(wrong, False)[codes]


def _exact(values: NDArray[np.float64]) -> NDArray[np.float64]:
    """Without the last digits that a unit's factor brings in: 1.2301万元 is 12,301, whichever way it is written."""
    return np.round(values, _DECIMALS)


def _amount(text: str, unit_factor: float) -> float:
    """Yuan, NaN where the text is no amount."""
    text = text.replace("−", "-").replace("–", "-")
    negative = text.startswith("(") and text.endswith(")")
    found = _AMOUNT.fullmatch(text[1:-1] if negative else text)
    if found is None or not _DIGITS.fullmatch(found["digits"]) or (negative and found["sign"]):
        return float("nan")
    factor = _FACTORS[found["unit"]] if found["unit"] else unit_factor
    value = round(float(found["digits"].replace(",", "")) * factor, _DECIMALS)
    return -value if negative or found["sign"] == "-" else value


def flags(
    column: pa.ChunkedArray, yes: Collection[str], no: Collection[str], blanks: Collection[str] = ()
) -> tuple[NDArray[np.float64], NDArray[np.bool_]]:
    """Yes and no.

    Args:
        column: (rows,)
        yes: texts that say yes.
        no: texts that say no.
        blanks: texts that stand for nothing.

    Returns:
        (rows,) 1 and 0, NaN where missing or wrong; and where there is neither yes nor no.
    """
    if pa.types.is_boolean(column.type):
        return numbers(column)
    said = {_folded(word): 1.0 for word in yes} | {_folded(word): 0.0 for word in no}
    nothing = _blank(blanks)
    codes, found = levels(column)
    words = [_whole(_folded(plain_text(level))) for level in found]
    values = np.array([said.get(word, np.nan) for word in words] + [np.nan])
    wrong = np.array([word not in said and word not in nothing for word in words] + [False])
    return values[codes], wrong[codes]


def choices(
    column: pa.ChunkedArray, table: Mapping[str, Sequence[str]], several: bool = False, blanks: Collection[str] = ()
) -> tuple[Category, NDArray[np.bool_]]:
    """Codes of a list of choices.

    Args:
        column: (rows,)
        table: by code, the texts that stand for it; the code stands for itself. Spaces, full-width signs, brackets and
            capitals do not count.
        several: a cell may hold several, separated by a comma, 、, ;, /, | or spaces.
        blanks: texts that stand for nothing.

    Returns:
        The codes, in the order of the table (several are joined by `|` in that order); and where something is in no
        list. Of several, those that are known are kept.
    """
    known = {_bare(word): code for code, words in table.items() for word in (code, *words)}
    rank = {code: place for place, code in enumerate(table)}
    nothing = _blank(blanks)
    codes, found = levels(column)
    told, wrong = [], np.zeros(len(found) + 1, dtype=bool)
    for place, level in enumerate(found):
        text = _whole(plain_text(level))
        parts = [text] if not several or _bare(text) in known else _parts(text)
        meant = {known[_bare(part)] for part in parts if _bare(part) in known}
        wrong[place] = any(_bare(part) not in known and _folded(part) not in nothing for part in parts)
        told.append(tuple(sorted(rank[code] for code in meant)))
    ordered = list(table)
    used = sorted({ranks for ranks in told if ranks})
    place_of = {ranks: place for place, ranks in enumerate(used)}
    translated = np.array([*(place_of.get(ranks, -1) for ranks in told), -1], dtype=np.int32)
    return Category(translated[codes], tuple("|".join(ordered[k] for k in ranks) for ranks in used)), wrong[codes]


def ids(column: pa.ChunkedArray, ordered: bool = True) -> tuple[Category, NDArray[np.bool_]]:
    """Numbers of households, persons, documents and telephones, as text.

    Spreadsheet traces are taken away (`123.0`, a leading apostrophe, `="0012"`), full-width digits made plain, the
    small x at the end of 18 characters made X, and the leading G of student numbers left out. A text without a letter
    or digit is missing.

    Args:
        column: (rows,)
        ordered: whether the order of the levels counts; of numbers that are but looked at it does not.

    Returns:
        The texts, levels in the order of their characters; and where digits are lost (2.10727E+17), which is missing.
    """
    codes, told = encoded(column)
    wrong = np.zeros(len(told) + 1, dtype=bool)
    if is_text(column) and pc.all(pc.match_substring_regex(told, _PLAIN_ID)).as_py():
        return category(codes, told) if ordered else Category(codes, tuple(told.to_pylist())), wrong[codes]
    found = told.to_pylist()
    texts: list[str] = [plain_text(level) for level in found]
    if is_number(column):
        wrong[:-1] = [isinstance(level, float) and not (level.is_integer() and abs(level) < _EXACT) for level in found]
    plain = pc.match_substring_regex(pa.array(texts, type=pa.large_string()), _PLAIN_ID)
    for place in np.flatnonzero(~plain.to_numpy(zero_copy_only=False)):
        texts[place] = _id(texts[place])
        wrong[place] |= _SCIENTIFIC.fullmatch(texts[place]) is not None
    for place in np.flatnonzero(wrong[:-1]):
        texts[place] = ""
    return category(codes, texts), wrong[codes]


def _id(text: str) -> str:
    text = normal_text(text)
    text = text.removeprefix("=").strip("\"'’‘`")
    if re.fullmatch(r"\d+\.0+", text):
        text = text.partition(".")[0]
    if len(text) == 19 and text[0] in "Gg" and text[1:18].isdigit():
        text = text[1:]
    if len(text) == 18 and text[-1] == "x":
        text = text[:-1] + "X"
    return text if any(character.isalnum() for character in text) else ""


def _whole(text: str) -> str:
    """A whole number that was saved with a decimal point, without it: 1.0 is 1."""
    return _POINT_ZERO.sub("", text)


def _folded(text: str) -> str:
    return normal_text(text).casefold()


def _bare(text: str) -> str:
    return _folded(text).translate(_BRACKETS)


def _parts(text: str) -> list[str]:
    return [part for part in _SEPARATORS.split(unicodedata.normalize("NFKC", text)) if part]


def _blank(blanks: Collection[str]) -> set[str]:
    """Texts that stand for nothing, as `_folded` gives them."""
    return {"", *map(_folded, blanks)}
