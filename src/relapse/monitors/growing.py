"""Columns that tell the month by construction: a clock runs in them, and that it ran on is no drift.

In: values of the same households in two months. Out: which columns tell the month. Names of columns are not looked at,
so that a county's own ones are found as well.
"""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

MOST = 0.5  # ours: of all households; whose clock was set back, or has run to its end, are the others
LEAST_KNOWN = 20  # ours: of fewer households nobody can say that they moved together
LEAST_VALUES = 3  # ours: a yes or no that turns is no clock, in however many households
HELD_BY = 5  # ours: households that hold a value in the mean, where it is a place's or a trade's and not their own
OWN_MONTH = 0.25  # ours: share of each month's rows whose exact value is not met in the other
OF_VILLAGE = 0.9  # ours: share of all variance that lies between villages, where a value is told of a place

Matrix = NDArray[np.floating]


def tells_month(before: Matrix, now: Matrix, village: NDArray[np.integer]) -> NDArray[np.bool_]:
    """Which columns tell the month by construction, by either of two signs.

    A clock: whatever else moves a household, the value moves by the same step for most of all households
    (months since something, length of a spell, age, a line). A stamp: few values, each shared by many
    households, and many of them are not met in the other month at all (a price); or hardly any variance within a
    village (a mean of the township, also where it leaves out the household itself): whoever reads the value knows the
    month. What a stamp does to scores is told; whether it drifted, few places cannot tell.

    Args:
        before: (n, columns) values of (n,) households, NaN where not known.
        now: (n, columns) values of the same households in a later month.
        village: (n,) number of the village of each.

    Returns:
        (columns,) False where fewer than 20 households are known in both months.

    Example:
        >>> age, home = np.arange(40.0)[:, None], np.arange(40) // 4
        >>> tells_month(age, age + 1, home[::-1]).tolist(), tells_month(age % 7, age[::-1] % 7, home).tolist()
        ([True], [False])
        >>> price = np.tile([0.31, 0.42], 20)[:, None]
        >>> tells_month(price, np.where(price == 0.31, 0.32, 0.40), home).tolist()
        [True]
    """
    columns = range(before.shape[1])
    return np.array([_tells(before[:, place], now[:, place], village) for place in columns], dtype=bool)


def _tells(before: Matrix, now: Matrix, village: NDArray[np.integer]) -> bool:
    known = ~(np.isnan(before) | np.isnan(now))
    if int(known.sum()) < LEAST_KNOWN:
        return False
    then, later, home = before[known].astype(np.float64), now[known].astype(np.float64), village[known]
    return _is_clock(then, later) or _is_stamp(then, later) or (_of_village(then, home) and _of_village(later, home))


def _is_clock(before: Matrix, now: Matrix) -> bool:
    step = now - before
    unit = float(np.abs(step).max())
    if unit == 0:
        return False
    steps, counts = np.unique(np.round(step / unit, 4), return_counts=True)  # single precision left aside
    values = [len(np.unique(each)) for each in (before, now)]
    able = max(values) == 1 or min(values) >= LEAST_VALUES
    return able and bool(counts[steps != 0].max() >= MOST * len(step))


def _is_stamp(before: Matrix, now: Matrix) -> bool:
    then, later = np.unique(before), np.unique(now)
    if HELD_BY * max(len(then), len(later)) > len(before):
        return False
    own = (~np.isin(before, later)).mean(), (~np.isin(now, then)).mean()
    return bool(min(own) >= OWN_MONTH)


def _of_village(values: Matrix, village: NDArray[np.integer]) -> bool:
    """Whether villages tell nearly all of a column, beyond what their number alone would tell."""
    names, home = np.unique(village, return_inverse=True)
    free = len(values) - len(names)
    whole = float(values.var())
    if free < LEAST_KNOWN or len(names) < 2 or whole == 0:
        return False
    mean = np.bincount(home, values) / np.bincount(home)
    within = float(((values - mean[home]) ** 2).sum()) / free
    return within <= (1 - OF_VILLAGE) * whole * len(values) / (len(values) - 1)
