"""Rows in the order of several whole numbers, at the cost of one sort."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

_ROOM = 2**62  # different numbers that one sort may tell apart


def order_by(*keys: NDArray[np.integer]) -> NDArray[np.intp]:
    """Places of rows in the order of keys, the first of which counts most; rows that are equal in all stay as they are.

    The keys are mixed into as few numbers as hold them: one stable sort of these costs a fifth of a sort a key, and
    next to nothing where the rows stand in order already, or in a few runs that do.

    Args:
        keys: (rows,) each.

    Returns:
        (rows,) places.

    Example:
        >>> order_by(np.array([2, 1, 2, 1]), np.array([0, 5, 0, 4]))
        array([3, 1, 0, 2])
    """
    order: NDArray[np.intp] | None = None
    mixed, room = np.zeros(len(keys[0]), dtype=np.int64), 1
    for key in reversed(keys) if len(mixed) else ():
        low, size = int(key.min()), int(key.max()) - int(key.min()) + 1
        if room * size > _ROOM:
            order = _ordered(mixed, order)
            mixed, room = np.zeros(len(mixed), dtype=np.int64), 1
        part = key.astype(np.int64)
        part -= low
        part *= room
        mixed += part
        room *= size
    return _ordered(mixed, order)


def _ordered(key: NDArray[np.int64], before: NDArray[np.intp] | None) -> NDArray[np.intp]:
    """Places in the order of a key; equal ones in the order of before."""
    return np.argsort(key, kind="stable") if before is None else before[np.argsort(key[before], kind="stable")]
