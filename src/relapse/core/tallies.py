"""Exact sums by place, which are the same in whatever order, and in however many parts, they are added up.

What a block says of a household's neighbours is made of sums over everybody. Where a county is worked on in parts, each
part gives its own sums, and those of all parts add up to the very sums of the whole.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence

import numpy as np
from numpy.typing import NDArray

from relapse.core.facts import Floats, Ints

Sums = Mapping[str, Floats]
"""Arrays by name, which add up over parts."""

_COARSE, _FINE = 2.0**10, 2.0**40  # units of the two whole numbers that a value is split into: their sums stay exact


def tally(where: Ints, places: int, values: Floats) -> Floats:
    """Number and sum of values by place.

    Args:
        where: (all,) place of each, -1 unknown.
        places: how many there are.
        values: (all,), NaN where unknown; added up to 1 / 2^40.

    Returns:
        (3, places): how many values, and their sum in two parts, whole numbers both.
    """
    use = np.flatnonzero((where >= 0) & ~np.isnan(values))
    at = where[use]
    counted = np.bincount(at, minlength=places).astype(np.float64)
    sums = [np.bincount(at, weights=part, minlength=places) for part in _split(values[use])]
    made: Floats = np.stack([counted, *sums])
    return made


def tally_of_each(use: NDArray[np.bool_], values: Floats) -> Floats:
    """(3, n): the tally of a place where each of (n,) values stands alone, of nothing where it is not of use."""
    use = use & ~np.isnan(values)
    made: Floats = np.stack([use, *_split(np.where(use, values, 0.0))])
    return made


def _split(values: Floats) -> tuple[Floats, Floats]:
    """Values as two whole numbers each, which add up exactly."""
    coarse = np.rint(values * _COARSE)
    return coarse, np.rint((values - coarse / _COARSE) * _FINE)


def counts_of(told: Floats) -> Floats:
    """(places,) how many values."""
    return np.asarray(told[0])


def sums_of(told: Floats) -> Floats:
    """(places,) sums of values."""
    return np.asarray(told[1] / _COARSE + told[2] / _FINE)


def means(told: Floats, mine: Ints, shrink: float) -> Floats:
    """Means by place, drawn to the mean of all.

    Args:
        told: (3, places) see `tally`.
        mine: (n,) places for which the means are wanted.
        shrink: households' worth of the overall mean.

    Returns:
        (n,): (sum of the place + shrink * overall mean) / (households of the place + shrink); NaN for unknown places.
    """
    everybody = told.sum(axis=1)
    if not everybody[0]:
        return np.full(len(mine), np.nan)
    overall = float(sums_of(everybody) / everybody[0])
    mean = (sums_of(told) + shrink * overall) / np.maximum(counts_of(told) + shrink, 1e-9)
    return np.append(mean, np.nan)[mine]


def added_up(parts: Sequence[Mapping[str, Sums]]) -> dict[str, dict[str, Floats]]:
    """By block, the sums of all parts together."""
    total: dict[str, dict[str, Floats]] = {}
    for part in parts:
        for block, sums in part.items():
            mine = total.setdefault(block, {})
            for name, values in sums.items():
                mine[name] = mine[name] + values if name in mine else values
    return total
