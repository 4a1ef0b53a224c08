"""What of the guarantees a household lacks (两不愁三保障、饮水), and for how long; only on a county's tables."""

from __future__ import annotations

from typing import Annotated

import numpy as np
from numpy.typing import NDArray
from pydantic import Field
from pydantic.dataclasses import dataclass

from relapse.core.catalogue import Feature, FeatureTable, Sensitive
from relapse.core.guarantees import GUARANTEES, SchoolAge, guarantees
from relapse.core.panel import HOUSEHOLDS, Floats, Histories
from relapse.core.recipe import STRICT

Age = Annotated[float, Field(ge=0, le=30)]


@dataclass(frozen=True, config=STRICT)
class Guarantees:
    """Which guarantees are unmet, how many, since when, and whether one became so lately.

    Args:
        first_age, last_age: compulsory school age, in years at the begin of the school year.
        term_month: month in which the school year begins.
        new_months: a guarantee that has been unmet for at most so many months is newly so.
    """

    first_age: Age
    last_age: Age
    term_month: Annotated[int, Field(ge=1, le=12)]
    new_months: Annotated[int, Field(ge=1)]

    def table(self, known: Histories, leads: NDArray[np.int32]) -> FeatureTable:
        """Features of the guarantees of one unit.

        Args:
            known: histories of (n,) members as known at as_of.
            leads: not used.

        Returns:
            (n, features): 1 unmet, 0 met, NaN not told; counts; months since the earliest that is unmet.
        """
        view, members = known.view, known.members
        if HOUSEHOLDS not in view.panel.tables:
            return FeatureTable.of([], len(members))
        told = guarantees(view, SchoolAge(self.first_age, self.last_age, self.term_month))
        unmet = {name: told.unmet[name][members] for name in GUARANTEES}
        months = [view.as_of - told.since[name][members] for name in GUARANTEES]
        longest = np.fmax.reduce(months)
        fresh = np.fmin.reduce(months) < self.new_months
        columns: list[tuple[Feature, Floats]] = [(_ENTRIES[name], unmet[name]) for name in GUARANTEES]
        nothing_told = np.isnan(list(unmet.values())).all(axis=0)
        columns += [
            (_COUNT, np.where(nothing_told, np.nan, told.count()[members])),
            (_LONGEST, longest),
            (_NEW, np.where(nothing_told, np.nan, fresh)),
        ]
        return FeatureTable.of(columns, len(members))


def _entry(name: str, meaning: str, sensitive: Sensitive = "") -> Feature:
    return Feature(
        f"guarantees__{name}_unmet",
        "count",
        meaning,
        "guarantees",
        1,
        wording=f"reason.unmet_{name}",
        true_above=0.5,
        sensitive=sensitive,
    )


_ENTRIES = {
    "food_clothing": _entry("food_clothing", "food or clothing is a worry"),
    "schooling": _entry("schooling", "a child of compulsory age is out of school", "minors"),
    "medical": _entry("medical", "a member has no basic medical insurance"),
    "housing": _entry("housing", "the house is unsafe"),
    "water": _entry("water", "there is no safe drinking water"),
}
_COUNT = Feature("guarantees__unmet_count", "count", "guarantees that are not met", "guarantees", 1)
_LONGEST = Feature("guarantees__unmet_months", "periods", "months since the earliest that is unmet", "guarantees")
_NEW = Feature("guarantees__newly_unmet", "count", "whether one became unmet lately", "guarantees", 1)
