"""Anything a county knows (table `facts`) as features, each with an entry in the county's own config.

A county that has no such table, or names no entries, has no such features.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Mapping
from typing import Annotated, Literal

import numpy as np
from numpy.typing import NDArray
from pydantic import Field, model_validator
from pydantic.dataclasses import dataclass

from relapse.core.catalogue import Direction, Feature, FeatureTable, Unit
from relapse.core.errors import InputError, nearest
from relapse.core.facts import NO_MONTH, Category, Floats
from relapse.core.facts import Facts as Table
from relapse.core.panel import Histories
from relapse.core.recipe import STRICT

FACTS = "facts"
_NUMBER = re.compile(r"[+-]?(?:\d{1,3}(?:,\d{3})+|\d+)(?:\.\d*)?(?:e[+-]?\d{1,2})?", re.ASCII | re.IGNORECASE)
_LARGEST = 1e15  # nobody counts so far: a slip of the pen, and more than a feature holds
How = Literal["newest", "sum", "count", "months_since", "is"]


@dataclass(frozen=True, config=STRICT)
class Entry:
    """One feature made of the facts of one name; also its entry in the catalogue.

    Args:
        name: of the facts, as the table has it.
        how: `newest` number, `sum` of the numbers, `count` of the facts, `months_since` the newest, or `is`: 1 where
            the newest is one of `levels`, 0 where it is another.
        window_months: only facts that happened in so many months up to the as_of; None for all.
        levels: texts, for `is`.
        unit, meaning, group, direction, label: of the catalogue, see `core.catalogue.Feature`.
        true_above, true_below: the sentence on the list, `label: value`, is printed only where the value lies strictly
            between these; with neither, the feature is no reason by itself.
    """

    name: str
    how: How
    unit: Unit
    meaning: str
    group: str
    direction: Direction
    label: str
    window_months: Annotated[int, Field(ge=1)] | None = None
    levels: tuple[str, ...] = ()
    true_above: float | None = None
    true_below: float | None = None

    @model_validator(mode="after")
    def _is_sound(self) -> Entry:
        if (self.how == "is") != bool(self.levels):
            raise ValueError("levels go with how: is, and with nothing else")
        return self

    def feature(self, key: str) -> Feature:
        """The entry of the catalogue."""
        said = self.true_above is not None or self.true_below is not None
        return Feature(
            f"facts__{key}", self.unit, self.meaning, self.group, self.direction,
            wording="reason.covariate" if said else "", true_above=self.true_above, true_below=self.true_below,
            label=self.label,
        )  # fmt: skip


@dataclass(frozen=True, config=STRICT)
class Facts:
    """Features of a county's own facts.

    Args:
        entries: by the part of the feature's name that is the county's own.
    """

    entries: Mapping[Annotated[str, Field(pattern=r"^[a-z0-9_]+$")], Entry]

    def table(self, known: Histories, leads: NDArray[np.int32]) -> FeatureTable:
        """Features of one unit.

        Args:
            known: histories of (n,) members as known at as_of.
            leads: not used.

        Returns:
            (n, features); NaN where nothing of that name was told (0 for counts and sums), or no number where one is
            asked for.

        Raises:
            InputError: an entry names facts that the county never told.
        """
        view, members = known.view, known.members
        if FACTS not in view.panel.tables or not self.entries:
            return FeatureTable.of([], len(members))
        told = view.table(FACTS)
        self._are_told(told)
        count = len(view.panel.household_ids)
        columns = [
            (entry.feature(key), _value(entry, told, view.as_of, count)[members]) for key, entry in self.entries.items()
        ]
        return FeatureTable.of(columns, len(members))

    def _are_told(self, table: Table) -> None:
        names = table.text("name").levels  # of the whole table: what is told later only is no mistake, and is missing
        for key, entry in self.entries.items():
            if entry.name not in names:
                raise InputError(
                    f"features.facts.entries.{key}: the table facts tells nothing of the name '{entry.name}'; "
                    f"{nearest(entry.name, names)}"
                )


def _value(entry: Entry, told: Table, as_of: int, count: int) -> Floats:
    """(households,) of one entry."""
    happened = told.happened
    mine = told.text("name").holds(entry.name) & (told.household >= 0) & (happened != NO_MONTH) & (happened <= as_of)
    if entry.window_months is not None:
        mine &= happened > as_of - entry.window_months
    rows = np.flatnonzero(mine)
    who = told.household[rows]
    if entry.how == "count":
        return np.bincount(who, minlength=count).astype(np.float64)
    values = told.text("value").take(rows)
    if entry.how == "sum":
        return _sum(who, _numbers(values), count)
    order = np.lexsort((rows, happened[rows]))  # the newest comes last and stays
    result = np.full(count, np.nan)
    if entry.how == "months_since":
        result[who[order]] = as_of - happened[rows][order]
    elif entry.how == "is":
        result[who[order]] = np.where(values.codes < 0, np.nan, values.holds(*entry.levels))[order]
    else:
        result[who[order]] = _numbers(values)[order]
    return result


def _sum(who: NDArray[np.int32], values: Floats, count: int) -> Floats:
    """(households,) sums; 0 where nothing was told, NaN where all that was told is no number."""
    valid = ~np.isnan(values)
    rows, numbers = np.bincount(who, minlength=count), np.bincount(who[valid], minlength=count)
    total = np.bincount(who[valid], weights=values[valid], minlength=count)
    return np.where((rows > 0) & (numbers == 0), np.nan, total)


def _numbers(values: Category) -> Floats:
    """(rows,) texts as numbers; NaN where a text is none."""
    return np.array([*(_number(level) for level in values.levels), np.nan])[values.codes]


def _number(text: str) -> float:
    """A plain number: full-width signs, spaces and commas between thousands are taken; units and ranges are none."""
    plain = "".join(unicodedata.normalize("NFKC", text).split())
    value = float(plain.replace(",", "")) if _NUMBER.fullmatch(plain) else float("nan")
    return value if abs(value) < _LARGEST else float("nan")
