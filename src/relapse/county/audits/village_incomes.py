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
    told = told[county.households.household]
    village, villages = _villages(county)
    known = (village >= 0) & (told > 0)
    count, round_ = (_counted(village[rows], villages) for rows in (known, known & (told % limits["round_yuan"] == 0)))
    alike = _most_alike(village[known], told[known], len(villages))
    many = (count >= limits["least_households"]) & (round_ > limits["share"] * count)
    found = np.flatnonzero(many | (alike >= limits["households"]))
    percent = np.round(100 * round_ / np.maximum(count, 1))
    return _in_villages(county, villages, found, percent=percent, alike=alike)


def bunched(county: Snapshot, limits: Limits) -> Hits:
    """E20: far more incomes of a village lie just above the line than just below it."""
    who = county.households.household
    income, line = county.income[who], county.line[who]
    village, villages = _villages(county)
    near = (village >= 0) & (income >= (1 - limits["band"]) * line) & (income < (1 + limits["band"]) * line)
    above = _counted(village[near & (income >= line)], villages)
    below = _counted(village[near & (income < line)], villages)
    found = np.flatnonzero((above >= limits["least_households"]) & (above > limits["times"] * below))
    return _in_villages(county, villages, found, above=above, below=below)


def _villages(county: Snapshot) -> tuple[NDArray[np.int64], NDArray[np.int64]]:
    """(households,) number of the village of each newest state, -1 where not told; (villages,) a row of each."""
    homes = county.households
    village = homes.text("village")
    township = homes.text("township").codes.astype(np.int64) if "township" in homes else np.zeros(len(homes), np.int64)
    key = np.where(village.codes < 0, -1, (township + 1) * max(len(village.levels), 1) + village.codes)
    keys, first, numbers = np.unique(key, return_index=True, return_inverse=True)
    nowhere = int((keys < 0).sum())  # sorted: households of no village come first
    return (numbers - nowhere).astype(np.int64), first[nowhere:].astype(np.int64)


def _counted(village: NDArray[np.int64], villages: NDArray[np.int64]) -> Floats:
    """(villages,) how many rows each has."""
    return np.bincount(village, minlength=len(villages)).astype(np.float64)


def _most_alike(village: NDArray[np.int64], values: Floats, villages: int) -> Floats:
    """(villages,) how many households share the value that most of them share."""
    order = np.lexsort((values, village))
    where, value = village[order], values[order]
    begins = np.flatnonzero(np.r_[True, (where[1:] != where[:-1]) | (value[1:] != value[:-1])][: len(where)])
    most = np.zeros(villages)
    np.maximum.at(most, where[begins], np.diff(np.r_[begins, len(where)]))
    return most


def _in_villages(county: Snapshot, villages: NDArray[np.int64], found: NDArray[np.intp], **numbers: Floats) -> Hits:
    """Hits of villages, which name no household."""
    names = county.households.text("village").take(villages[found]).texts()
    told: dict[str, Floats] = {name: values[found] for name, values in numbers.items()}
    return wholes("households", len(found), "net_income_pc", told, {"village": names})
