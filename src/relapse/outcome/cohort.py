"""Who is at risk at an as_of: known not to be below the line."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from relapse.core.panel import PanelView


def at_risk(known: PanelView) -> NDArray[np.bool_]:
    """Which of the observed households are at risk of falling below the line.

    A household that is below the line, or whose income is missing, at the as_of is not at risk.

    Args:
        known: what was known by the end of the as_of.

    Returns:
        (len(known.observed),) in the order of `known.observed`.
    """
    everyone = known.everyone
    return np.asarray(everyone.newest(everyone.below) == 0)
