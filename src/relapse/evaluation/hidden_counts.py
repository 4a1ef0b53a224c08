"""Which counts of a table may be printed, so that none of one to four can be worked out from the others.

In go counts and the sums that hold between them (a county's total is the sum of its townships); out comes for each
count whether it is printed, replaced by "fewer than five", or held back so that nobody can work out one of those.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from relapse.evaluation.small_cells import LEAST_COUNT

Ints = NDArray[np.int64]
Floats = NDArray[np.float64]
SHOWN, FEW, HELD_BACK = 0, 1, 2
_TRIES = 6  # random directions in which cells are pushed at once, before single ones are asked
_TOTALS = 40  # totals that are tried: each asks for a system of sums to be solved
_APART = 0.5  # two solutions of a system of sums differ by whole numbers


@dataclass(frozen=True)
class Sum:
    """One count that is the sum of others.

    Args:
        total: place of the sum.
        parts: places of what is added up.
    """

    total: int
    parts: tuple[int, ...]


def hidden(counts: Ints, sums: Sequence[Sum]) -> NDArray[np.int8]:
    """What is printed of each count: SHOWN, FEW (1 to 4), or HELD_BACK.

    Held back is a count of 5 and more beside a small one; and a small one itself where FEW would tell too much, as of a
    sum of four that are all known to be at least one. A reader knows all printed counts, all sums, and that a FEW is 1
    to 4; he may guess that what is held back is 5 or more where it is. Of no count that is not printed can the value be
    worked out from these.

    Args:
        counts: (cells,) not negative; totals are cells too.
        sums: between them.

    Example:
        >>> hidden(np.array([12, 3, 9]), [Sum(0, (1, 2))]).tolist()
        [0, 1, 2]
    """
    state = np.where((counts >= 1) & (counts < LEAST_COUNT), FEW, SHOWN).astype(np.int8)
    while True:
        known = pinned(counts, sums, state)
        if not len(known):
            return _with_totals(counts, sums, state)
        state[_cover(known, counts, sums, state)] = HELD_BACK


def _with_totals(counts: Ints, sums: Sequence[Sum], state: NDArray[np.int8]) -> NDArray[np.int8]:
    """With the totals shown that were held back and need not be: they say most, and give the least away.

    A sum that gives a count away costs one cell whether another sum has covered it by then or not.
    """
    totals = sorted({each.total for each in sums}, key=lambda place: (-counts[place], place))
    for place in [each for each in totals if state[each] == HELD_BACK and counts[each] >= LEAST_COUNT][:_TOTALS]:
        if state[place] == SHOWN:
            continue
        shown = state.copy()
        shown[place] = SHOWN
        known = pinned(counts, sums, shown)
        if all(shown[known] == HELD_BACK) and all(counts[known] >= LEAST_COUNT):
            shown[known] = SHOWN  # what can be worked out from it is no small count either
            state = shown
    return state


def pinned(counts: Ints, sums: Sequence[Sum], state: NDArray[np.int8]) -> NDArray[np.intp]:
    """Places of the counts that are not printed and can be worked out all the same.

    Args:
        counts: (cells,).
        sums: between them.
        state: (cells,) what is printed, see `hidden`.
    """
    free = np.flatnonzero(state != SHOWN)
    if not len(free):
        return free
    left, right = _system(counts, sums, free)
    least = np.where(counts[free] < LEAST_COUNT, 1, LEAST_COUNT)
    most = np.where(state[free] == FEW, LEAST_COUNT - 1, 2 * counts.sum() + LEAST_COUNT)
    bounds = np.column_stack([least, most]).astype(np.float64)
    rng = np.random.default_rng(0)
    low = high = counts[free].astype(np.float64)
    for direction in rng.standard_normal((_TRIES, len(free))):
        low, high = _stretched(direction, left, right, bounds, low, high)
    for place in range(len(free)):
        for sign in (1.0, -1.0):
            if high[place] - low[place] < _APART:
                direction = np.zeros(len(free))
                direction[place] = sign
                low, high = _stretched(direction, left, right, bounds, low, high)
    return free[high - low < _APART]


def _stretched(
    direction: Floats, left: Floats, right: Floats, bounds: Floats, low: Floats, high: Floats
) -> tuple[Floats, Floats]:
    """The range of each cell with one more solution, the one that lies farthest in a direction."""
    from scipy.optimize import linprog

    equal = {"A_eq": left, "b_eq": right} if len(right) else {}
    found = linprog(direction, bounds=bounds, method="highs-ds", **equal)
    assert found.success, f"the counts themselves solve their sums: {found.message}"
    return np.minimum(low, found.x), np.maximum(high, found.x)


def _system(counts: Ints, sums: Sequence[Sum], free: NDArray[np.intp]) -> tuple[Floats, Floats]:
    """Sums as equations in the counts that are not printed: (sums, free) and (sums,)."""
    left = np.zeros((len(sums), len(counts)))
    for row, each in enumerate(sums):
        left[row, each.total] -= 1
        np.add.at(left[row], list(each.parts), 1)
    asked = np.any(left[:, free] != 0, axis=1)
    return left[asked][:, free], left[asked][:, free] @ counts[free].astype(np.float64)


def _cover(known: NDArray[np.intp], counts: Ints, sums: Sequence[Sum], state: NDArray[np.int8]) -> list[int]:
    """Of the sums that give a count away, one cell each that must be held back as well.

    The smallest printed count beside it, else the printed total, else a total of which FEW tells too much.
    """
    taken: list[int] = []
    for each in sums:
        if np.isin([*each.parts, each.total], known).any():
            parts = [place for place in each.parts if state[place] == SHOWN and counts[place] > 0]
            total = [each.total] if state[each.total] != HELD_BACK and counts[each.total] > 0 else []
            taken += sorted(parts, key=lambda place: (counts[place], place))[:1] or total
    return taken or [int(known[0])]
