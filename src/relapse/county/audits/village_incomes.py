"""How a village's incomes are spread: heaped on round or equal figures, or bunched just above the line (E19, E20)."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from relapse.core.facts import Floats
from relapse.county.audits.cells import Limits, of_household
from relapse.county.audits.snapshot import Hits, Snapshot
from relapse.county.audits.wholes import wholes


def heaped(county: Snapshot, limits: Limits) -> Hits:
    """E19: many incomes of a village are round, or several households share one figure."""
    recorded = of_household(county, "net_income_pc")
    told: Floats = np.round(np.where(np.isnan(recorded), county.income, recorded)).astype(np.float64)
    mine, known = _village_of(county), told[county.households.household] > 0
    told = told[county.households.household]
    rows = (mine >= 0) & known
    every = county.of_everybody("E19", lambda: np.column_stack([mine[rows].astype(np.float64), told[rows]]), np.asarray)
    villages, village = np.unique(every[:, 0].astype(np.int64), return_inverse=True)
    figures = every[:, 1]
    count, round_ = (_counted(village[some], villages) for some in (figures > 0, figures % limits["round_yuan"] == 0))
    alike = _most_alike(village, figures, len(villages))
    many = (count >= limits["least_households"]) & (round_ > limits["share"] * count)
    found = np.flatnonzero(many | (alike >= limits["households"]))
    percent = np.round(100 * round_ / np.maximum(count, 1))
    return _in_villages(county, villages, found, percent=percent, alike=alike)


def bunched(county: Snapshot, limits: Limits) -> Hits:
    """E20: far more incomes of a village lie just above the line than just below it."""
    who = county.households.household
    income, line = county.income[who], county.line[who]
    mine = _village_of(county)
    near = (mine >= 0) & (income >= (1 - limits["band"]) * line) & (income < (1 + limits["band"]) * line)
    every = county.of_everybody(
        "E20", lambda: np.column_stack([mine[near], income[near] >= line[near]]).astype(np.float64), np.asarray
    )
    villages, village = np.unique(every[:, 0].astype(np.int64), return_inverse=True)
    above, below = (_counted(village[every[:, 1] == side], villages) for side in (1, 0))
    found = np.flatnonzero((above >= limits["least_households"]) & (above > limits["times"] * below))
    return _in_villages(county, villages, found, above=above, below=below)


def _village_of(county: Snapshot) -> NDArray[np.int64]:
    """(households,) number of the township and village of each newest state, -1 where the village is not told."""
    homes = county.households
    village = homes.text("village")
    township = homes.text("township").codes.astype(np.int64) if "township" in homes else np.zeros(len(homes), np.int64)
    return np.where(village.codes < 0, -1, (township + 1) * max(len(village.levels), 1) + village.codes)


def _counted(village: NDArray[np.intp], villages: NDArray[np.int64]) -> Floats:
    """(villages,) how many rows each has."""
    return np.bincount(village, minlength=len(villages)).astype(np.float64)


def _most_alike(village: NDArray[np.intp], values: Floats, villages: int) -> Floats:
    """(villages,) how many households share the value that most of them share."""
    order = np.lexsort((values, village))
    where, value = village[order], values[order]
    begins = np.flatnonzero(np.r_[True, (where[1:] != where[:-1]) | (value[1:] != value[:-1])][: len(where)])
    most = np.zeros(villages)
    np.maximum.at(most, where[begins], np.diff(np.r_[begins, len(where)]))
    return most


def _in_villages(county: Snapshot, villages: NDArray[np.int64], found: NDArray[np.intp], **numbers: Floats) -> Hits:
    """Hits of villages, which name no household."""
    levels = county.households.text("village").levels
    names = np.array(levels, dtype=object)[villages[found] % max(len(levels), 1)]
    told: dict[str, Floats] = {name: values[found] for name, values in numbers.items()}
    return wholes("households", len(found), "net_income_pc", told, {"village": names})
