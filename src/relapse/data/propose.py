"""What the columns of a file probably are: a proposal for a config, to be confirmed by a person."""

from __future__ import annotations

import difflib
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import numpy as np
import pandas as pd

from relapse.core.periods import Calendar, Frequency
from relapse.data.read_table import read_table

_TRIED: tuple[Frequency, ...] = ("monthly", "quarterly", "annual")
_CLOSE = 0.85


@dataclass(frozen=True)
class Proposal:
    """A proposal.

    Args:
        columns: by role (`household_id`, `period`, `income` …), the file's column; roles without a match are left out.
        frequency: of the periods, empty where they could not be read.
        others: columns that would be covariates.
    """

    columns: Mapping[str, str]
    frequency: str
    others: tuple[str, ...]


def propose(path: str, synonyms: Mapping[str, Sequence[str]]) -> Proposal:
    """Match the columns of a file with the roles they can have.

    Args:
        path: a CSV, Parquet or xlsx file.
        synonyms: by role, names that such columns bear, best first.

    Raises:
        InputError: no such file, or no table.
    """
    table = read_table(path, set())
    frame = table.columns.to_pandas()
    left = [str(name) for name in frame.columns]
    columns: dict[str, str] = {}
    for role, names in synonyms.items():
        found = _match(names, left)
        if found is not None:
            columns[role] = found
            left.remove(found)
    frequency = _frequency(frame[columns["period"]]) if "period" in columns else ""
    return Proposal(columns, frequency, tuple(left))


def _match(names: Sequence[str], columns: Sequence[str]) -> str | None:
    """The column that bears one of the names, or nearly so."""
    plain = {"".join(sign for sign in column.lower() if sign.isalnum()): column for column in columns}
    wanted = ["".join(sign for sign in name.lower() if sign.isalnum()) for name in names]
    for name in wanted:
        if name in plain:
            return plain[name]
    for name in wanted:
        close = difflib.get_close_matches(name, list(plain), n=1, cutoff=_CLOSE)
        if close:
            return plain[close[0]]
    return None


def _frequency(periods: pd.Series) -> str:
    """The finest frequency of which all values are periods; waves where they are small whole numbers."""
    values = periods.dropna().unique()[:200]
    for frequency in _TRIED:
        if len(values) and not np.any(Calendar(frequency).parse_all(values)[1]):
            return frequency
    return "wave" if len(values) and not np.any(Calendar("wave").parse_all(values)[1]) else ""
