"""How far the chances of two lists lie apart: counts in fixed bins, and the population stability index."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np

from relapse.core.facts import Floats

EDGES = (0.001, 0.002, 0.005, 0.01, 0.02, 0.05, 0.1, 0.2, 0.5)  # ours: about three bins a factor of ten
STEADY, MOVED = 0.1, 0.25  # a rule of thumb of credit scoring (Siddiqi 2006, Credit Risk Scorecards, ch. 9), no test
_HALF = 0.5  # a household: what stands for an empty bin, whose logarithm would be infinite


def in_bins(chances: Floats) -> tuple[int, ...]:
    """How many chances (0-1) lie in each bin, from the lowest.

    Example:
        >>> in_bins(np.array([0.0005, 0.03, 0.03, 0.7]))
        (1, 0, 0, 0, 0, 2, 0, 0, 0, 1)
    """
    return tuple(int(count) for count in np.bincount(np.digitize(chances, EDGES), minlength=len(EDGES) + 1))


def stability(before: Sequence[float] | Floats, now: Sequence[float] | Floats) -> float:
    """The population stability index of two counts in the same bins: 0 where the shares are the same.

    Source:
        The symmetrised divergence of Kullback and Leibler (1951), as credit scoring uses it.

    Example:
        >>> stability((10, 20), (20, 40))
        0.0
        >>> round(stability((50, 50), (80, 20)), 3)
        0.416
    """
    one, other = (np.maximum(np.asarray(counts, dtype=float), _HALF) for counts in (before, now))
    shares, others = one / one.sum(), other / other.sum()
    return float(((others - shares) * np.log(others / shares)).sum())
