"""Columns of a file as they stand there → typed columns of a table of the contract, and every cell that cannot be one.

Months and dates count from year 0 in months; a date's day is the fraction (day - 1) / 31, so that dates compare and the
whole part is the month. Flags are 1 and 0. What names a person is looked at here and goes no further.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from functools import partial

import numpy as np
import pyarrow as pa
from numpy.typing import NDArray

from relapse.core.contract import Field, Severity, Table, Words
from relapse.core.facts import Category, Column, Floats, Ints
from relapse.data.cell_dates import dates, months
from relapse.data.cell_values import choices, flags, header_factor, ids, money, normal_text
from relapse.data.hidden_names import shown_cell
from relapse.data.identity_numbers import identity_facts, phone_facts
from relapse.data.panel_checks import Faults
from relapse.data.pseudonyms import PASSING, Key
from relapse.data.table_columns import category, encoded, texts

ID_NUMBER, PHONE, PERSON = "id_number", "phone", "person_id"
PERSON_SAME = "person_same"
WRONG = "·wrong."  # before a field's name: the column that says where the field's cell must be corrected
_MOSTLY = 0.5  # share of a column's cells that cannot be right: then the columns may be shifted
_FEW = 3  # such cells there must be for that
_WRONG = {
    "id": "id_damaged", "month": "not_a_month", "date": "not_a_date", "flag": "not_a_flag", "choice": "not_a_choice",
    "money": "not_a_number", "number": "not_a_number", "count": "not_a_number",
}  # fmt: skip


@dataclass(frozen=True, eq=False)
class Typed:
    """Rows of one table from one file.

    Args:
        name: of the table.
        file: (rows,) name of the file.
        columns: by field, (rows,) numbers or texts; no identity but the number of a person that is a key. A column
            `WRONG` and a field's name is 1 where the cell must be corrected, and missing elsewhere.
        row: (rows,) row number in the file.
        series: which files belong together: dated exports of one name.
        date: of the export, as months count; None where the file bears no date.
    """

    name: str
    file: Category
    columns: Mapping[str, Column]
    row: Ints
    series: str
    date: float | None = None

    def __len__(self) -> int:
        return len(self.row)

    def take(self, rows: NDArray[np.bool_] | NDArray[np.integer]) -> Typed:
        """Some rows."""
        columns = {k: v.take(rows) if isinstance(v, Category) else v[rows] for k, v in self.columns.items()}
        return Typed(self.name, self.file.take(rows), columns, self.row[rows], self.series, self.date)


def typed(
    name: str,
    table: Table,
    columns: Mapping[str, str],
    faults: Faults,
    words: Words,
    series: str,
    date: float | None,
    key: Key = PASSING,
) -> Typed:
    """The typed columns of a file.

    Args:
        name: of the table.
        table: of the contract.
        columns: by field, the column of `faults.table` that holds it.
        faults: of the file; told every cell that cannot be what its field is.
        words: of flags and of empty cells.
        series: of the file.
        date: of the export.
        key: of the county's pseudonyms.
    """
    made: dict[str, Column] = {}
    for field_name, header in columns.items():
        field_ = table.fields[field_name]
        column = faults.table.columns[header]
        if field_.access == "identity" and field_name not in table.key:
            made |= _derived(field_name, column, key)
            continue
        values, wrong = _values(field_, column, header, words)
        needed = field_name in (*table.key, *table.required)
        if _tell(faults, field_, header, wrong, needed, words) == "fix" and wrong.any():
            made[WRONG + field_name] = np.where(wrong, 1, np.nan)
        made[field_name] = values
        if field_name == PERSON and isinstance(values, Category):
            made[PERSON_SAME] = _same(values, key)
    rows = faults.table.rows.astype(np.int32)
    file = Category(np.broadcast_to(np.int32(0), rows.shape), (faults.table.name,))  # one number for all rows
    return Typed(name, file, made, rows, series, date)


def _tell(faults: Faults, field_: Field, header: str, wrong: NDArray[np.bool_], needed: bool, words: Words) -> Severity:
    """Findings for cells that cannot be what they should be, or for the column where most of them are so; how grave."""
    rule = _WRONG.get(field_.kind, "not_a_number")
    filled = len(wrong) - faults.table.columns[header].null_count
    if wrong.sum() >= _FEW and wrong.sum() > _MOSTLY * filled:
        shifted: Severity = "stop" if needed else "check"
        faults.whole("column_shifted", shifted, header, kind=field_.kind, count=f"{int(wrong.sum()):,}")
        if needed:
            return "stop"
    severity: Severity = "stop" if field_.kind == "id" and needed else "fix" if needed else field_.severity
    faults.rows(rule, severity, wrong, header, partial(shown_cell, field_=field_, words=words))
    return severity


def _values(field_: Field, column: pa.ChunkedArray, header: str, words: Words) -> tuple[Column, NDArray[np.bool_]]:
    """A column as its field wants it, and where it cannot be that."""
    made: tuple[Column, NDArray[np.bool_]]
    if field_.kind == "id":
        made = ids(column)
    elif field_.kind == "text":
        made = _words(column, words)
    elif field_.kind == "choice":
        made = choices(column, field_.choices, field_.several, words.blank)
    elif field_.kind == "flag":
        made = flags(column, words.yes, words.no, words.blank)
    elif field_.kind in ("month", "date"):
        codes, found = encoded(column)  # a county's months and days are few: each is looked at once
        values, wrong = _when(field_, pa.chunked_array([found]), words)
        made = np.append(values, np.nan)[codes], np.append(wrong, False)[codes]
    else:
        factor = header_factor(header) if field_.kind == "money" else 1.0
        made = money(column, factor, blanks=words.blank)
    return made


def _when(field_: Field, column: pa.ChunkedArray, words: Words) -> tuple[Floats, NDArray[np.bool_]]:
    """Months or dates as months count, and what can be none."""
    if field_.kind == "date":
        days, wrong = dates(column, words.blank)
        return month_of_day(days), wrong
    told, wrong = months(column, blanks=words.blank)
    return np.where(wrong | (told <= 0), np.nan, told), wrong


def _words(column: pa.ChunkedArray, words: Words) -> tuple[Category, NDArray[np.bool_]]:
    """Texts without stray spaces; none of them is wrong."""
    found = texts(column)
    plain = [normal_text(level) for level in found.levels]
    kept = ["" if text in words.blank else text for text in plain]
    return category(found.codes, kept), np.zeros(len(column), dtype=bool)


def month_of_day(days: NDArray[np.datetime64]) -> Floats:
    """(rows,) days as months from year 0 with the day as a fraction, NaN where there is none."""
    month = days.astype("datetime64[M]")
    day = (days - month.astype("datetime64[D]")).astype(np.float64)
    made = month.astype(np.float64) + 1970 * 12 + day / 31
    return np.where(np.isnat(days), np.nan, made)


def _derived(field_name: str, column: pa.ChunkedArray, key: Key) -> dict[str, Column]:
    """What may be said of a number that names a person, without the number."""
    if field_name == ID_NUMBER:
        numbers = ids(column, ordered=False)[0]
        told = identity_facts(numbers)
        return {
            "id_length": told.length.astype(np.float64),
            "id_valid": told.valid.astype(np.float64),
            "id_placeholder": told.placeholder.astype(np.float64),
            "id_same": _same(numbers, key),
            "id_born": np.where(told.born > 0, told.born, np.nan).astype(np.float64),
            "id_sex": np.where(told.sex > 0, told.sex, np.nan).astype(np.float64),
            "id_certificate_kind": told.certificate_kind.astype(np.float64),
            "id_certificate_grade": told.certificate_grade.astype(np.float64),
        }
    if field_name == PHONE:
        phones = ids(column, ordered=False)[0]
        valid = phone_facts(phones).valid
        return {"phone_valid": np.where(phones.codes >= 0, valid, np.nan), "phone_same": _same(phones, key)}
    if field_name == PERSON:
        return {PERSON_SAME: _same(ids(column, ordered=False)[0], key)}
    return {}


def _same(numbers: Category, key: Key) -> Floats:
    """(rows,) a pseudonym that is the same for the same text in every file; NaN where missing."""
    return np.append(key.signs(numbers.levels), np.nan)[numbers.codes]
