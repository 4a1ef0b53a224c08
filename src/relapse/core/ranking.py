"""The one order of a list: by score, ties by the nearer distance to the line, then by a seeded hash of the id."""

from __future__ import annotations

import numpy as np
import pandas as pd
from numpy.typing import NDArray


def rank(
    score: NDArray[np.float64], distance: NDArray[np.float64], household_ids: NDArray[np.object_], seed: int
) -> NDArray[np.int32]:
    """Places on the list.

    Args:
        score: (n,) higher is riskier.
        distance: (n,) ln of income over the line: of two equal scores the smaller distance comes first.
        household_ids: (n,) text.
        seed: of the hash that settles what is still tied, so that no order of villages or of the file decides.

    Returns:
        (n,) from 1 without gaps.
    """
    key = -np.nan_to_num(score, nan=-np.inf)
    order = np.argsort(key)
    equal = key[order[1:]] == key[order[:-1]]
    tied = np.flatnonzero(np.append(equal, False) | np.append(False, equal))  # few: no other needs a hash, or a sort
    rows = np.sort(order[tied])
    hashed = pd.util.hash_array(household_ids[rows].astype(object), hash_key=f"{seed:016d}"[-16:], categorize=False)
    order[tied] = rows[np.lexsort((hashed, np.nan_to_num(distance[rows], nan=np.inf), key[rows]))]
    place = np.empty(len(score), dtype=np.int32)
    place[order] = np.arange(1, len(score) + 1, dtype=np.int32)
    return place


def towards(distance: NDArray[np.float64], harmful: bool) -> NDArray[np.float64]:
    """(n,) the distance that settles ties: of an outcome that does no harm the farthest above the line comes first."""
    return distance if harmful else -distance
