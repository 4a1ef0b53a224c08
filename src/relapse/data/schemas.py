"""The tables of the contract as pandera schemas: what a typed table must be before anything is made of it."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import TYPE_CHECKING

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from relapse.core.contract import Field, Table
from relapse.core.facts import Category, Column

if TYPE_CHECKING:
    from pandera.pandas import Check, DataFrameSchema, Hypothesis

_BLOCK = 1_000_000  # rows checked together, which bounds the memory
NUMBERS = ("month", "date", "money", "number", "count", "flag")


def schema(name: str, table: Table) -> DataFrameSchema:
    """The schema of a typed table: kinds, what must be told, ranges, choices.

    Args:
        name: of the table.
        table: of the contract. Of fields that name a person only needed ones are part of it, derived columns are none.
    """
    import pandera.pandas as pa

    columns = {
        key: pa.Column(
            float if field.kind in NUMBERS else None,
            _checks(field),
            nullable=not field.required,
            required=field.required,
            coerce=False,
            description=field.meaning,
            title=field.zh[0],
        )
        for key, field in table.fields.items()
        if (field.access != "identity" or field.required) and key not in ("known_at", "withdrawn")
    }
    return pa.DataFrameSchema(columns, name=name, description=table.meaning, strict=False)


def breaches(name: str, table: Table, columns: Mapping[str, Column]) -> dict[tuple[str, str], NDArray[np.bool_]]:
    """Where a typed table breaks its schema.

    Args:
        name: of the table.
        table: of the contract.
        columns: (rows,) typed columns.

    Returns:
        By field and what is wrong (`missing`, `range`), a mask (rows,); empty where nothing is.
    """
    told = {key: values for key, values in columns.items() if key in table.fields}
    count = max((len(v.codes if isinstance(v, Category) else v) for v in told.values()), default=0)
    wanted, found = schema(name, table), dict[tuple[str, str], NDArray[np.bool_]]()
    for begin in range(0, count, _BLOCK):
        rows = slice(begin, begin + _BLOCK)
        frame = pd.DataFrame({key: _series(values, rows) for key, values in told.items()})
        for what, places in _breaches(wanted, frame):
            found.setdefault(what, np.zeros(count, dtype=bool))[begin + places] = True
    return dict(sorted(found.items()))


def _breaches(wanted: DataFrameSchema, frame: pd.DataFrame) -> Iterator[tuple[tuple[str, str], NDArray[np.int64]]]:
    """Field and what is wrong, with the rows where it is so."""
    from pandera.errors import SchemaErrors

    try:
        wanted.validate(frame, lazy=True)
    except SchemaErrors as errors:
        cases = errors.failure_cases
        for (column, check), rows in cases[cases["index"].notna()].groupby(["column", "check"])["index"]:
            yield (str(column), "missing" if check == "not_nullable" else "range"), rows.to_numpy(dtype=np.int64)


def _checks(field: Field) -> list[Check | Hypothesis]:
    import pandera.pandas as pa

    if field.low is None and field.high is None:
        return []
    low = -np.inf if field.low is None else field.low
    high = np.inf if field.high is None else field.high
    return [pa.Check.in_range(low, high, name="range")]


def _series(values: Column, rows: slice) -> pd.Series:
    """Some rows of a column; of texts, which no check reads, their codes."""
    if isinstance(values, Category):
        return pd.Series(pd.Categorical.from_codes(values.codes[rows], categories=pd.RangeIndex(len(values.levels))))
    return pd.Series(values[rows])
