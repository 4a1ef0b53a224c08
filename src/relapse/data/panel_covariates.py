"""All other columns of a table: numbers, and texts as categories; what cannot be used is said."""

from __future__ import annotations

import numpy as np
import pyarrow as pa
from numpy.typing import NDArray

from relapse.core.facts import Category
from relapse.data.panel_checks import Faults
from relapse.data.panel_settings import PanelSettings
from relapse.data.table_columns import is_number, is_text, numbers, texts

_MOSTLY = 0.5  # a text column is one of numbers where more than this share of its values are
_LONG = 1e10  # whole numbers as long as telephone and identity numbers


def read_covariates(
    faults: Faults, settings: PanelSettings, taken: set[str]
) -> tuple[dict[str, NDArray[np.float32]], dict[str, Category]]:
    """Every column that is neither named by a setting nor excluded.

    Args:
        faults: of the table.
        settings: excluded columns, and numbers that are codes.
        taken: columns that are something else already.

    Returns:
        Numbers (rows,) and categories (rows,), by column.
    """
    values: dict[str, NDArray[np.float32]] = {}
    categories: dict[str, Category] = {}
    for name in faults.table.columns.column_names:
        if name in taken or name in settings.exclude:
            continue
        column = faults.table.columns[name]
        if reason := _no_use(name, column):
            faults.whole("covariate_ignored", "note", name, reason=reason)
        elif name in settings.categories or _is_words(column):
            _add_category(faults, settings, name, categories)
        else:
            _add_number(faults, name, values)
    return values, categories


def _no_use(name: str, column: pa.ChunkedArray) -> str:
    """Why a column is of no use as a covariate, or nothing."""
    if not name:
        return "it has no name"
    if column.null_count == len(column):
        return "it is empty"
    if not (is_number(column) or is_text(column)):
        return f"it holds neither numbers nor texts ({column.type})"
    return ""


def _is_words(column: pa.ChunkedArray) -> bool:
    if not is_text(column):
        return False
    values, wrong = numbers(column)
    return bool((~np.isnan(values)).sum() <= _MOSTLY * (wrong.sum() + (~np.isnan(values)).sum()))


def _add_category(faults: Faults, settings: PanelSettings, name: str, categories: dict[str, Category]) -> None:
    found = texts(faults.table.columns[name])
    if faults.identity(name, found):
        return
    if len(found.levels) > settings.max_levels:
        faults.whole("covariate_ignored", "note", name, reason=f"it has {len(found.levels):,} different texts")
    else:
        categories[name] = found


def _add_number(faults: Faults, name: str, values: dict[str, NDArray[np.float32]]) -> None:
    column = faults.table.columns[name]
    found, wrong = numbers(column)
    if np.nanmedian(np.abs(found)) > _LONG and faults.identity(name, texts(column)):
        return
    faults.rows("not_a_number", "check", wrong, name)
    infinite = np.isinf(found)
    faults.rows("absurd", "check", infinite, name, limit="any number")
    with np.errstate(over="ignore"):
        values[name] = np.where(infinite, np.nan, found).astype(np.float32)
