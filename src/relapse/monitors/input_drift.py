"""Whether what a model is asked about now looks like what it learned from: a figure a feature.

In: values of many households then and now. Out: the population stability index of each column, and what of it would
come by chance alone.
"""

from __future__ import annotations

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from relapse.monitors.drift import stability

BINS = 10
CHANCE = 0.95  # share of the indexes of unchanged columns that lie below `by_chance`
COLUMNS = ("psi", "by_chance", "missing_before", "missing_now", "median_before", "median_now")

Matrix = NDArray[np.floating]
Counts = NDArray[np.float64]


def population_stability(before: Matrix, now: Matrix) -> pd.DataFrame:
    """How far each column has moved.

    The index is the sum over bins of (share now - share before) x ln(share now / share before). Bins are tenths of the
    column before (fewer where many values are equal); values that are not known are a bin of their own.

    Args:
        before: (n, columns) what was learned from, NaN where not known.
        now: (m, columns) what is asked about.

    Returns:
        One row a column with `COLUMNS`: the index; the 95th percentile of the index of a column that has not moved;
        shares that are not known; medians (NaN where nothing is known).

    Source:
        Siddiqi, Credit Risk Scorecards (2006), 10.3, for the index; Yurdakul and Naranjo, Statistical properties of the
        population stability index (J. Risk Model Validation 14, 2020), for (1/n + 1/m) chi-squared as what comes by
        chance. Households of several periods are not independent of each other, so the true percentile is higher.

    Example:
        >>> import numpy as np
        >>> same = np.arange(100.0)[:, None]
        >>> population_stability(same, same)["psi"].tolist()
        [0.0]
    """
    rows = [_of_column(before[:, place], now[:, place]) for place in range(before.shape[1])]
    return pd.DataFrame(rows, columns=list(COLUMNS))


def _of_column(before: Matrix, now: Matrix) -> tuple[float, ...]:
    from scipy.stats import chi2

    known_before, known_now = before[~np.isnan(before)], now[~np.isnan(now)]
    cuts = np.unique(np.quantile(known_before, np.arange(1, BINS) / BINS)) if known_before.size else np.empty(0)
    then, later = _counts(before, cuts), _counts(now, cuts)
    used = (then + later) > 0
    then, later = then[used], later[used]
    index = stability(then, later)
    chance = (1 / max(then.sum(), 1) + 1 / max(later.sum(), 1)) * float(chi2.ppf(CHANCE, max(used.sum() - 1, 1)))
    missing = (1 - known_before.size / max(before.size, 1), 1 - known_now.size / max(now.size, 1))
    medians = tuple(float(np.median(known)) if known.size else np.nan for known in (known_before, known_now))
    return index, chance, *missing, *medians


def _counts(values: Matrix, cuts: Matrix) -> Counts:
    """(bins + 1,) households a bin, the last of those whose value is not known; a bin ends with its cut."""
    place = np.where(np.isnan(values), len(cuts) + 1, np.searchsorted(cuts, values, side="left"))
    return np.bincount(place.astype(np.intp), minlength=len(cuts) + 2).astype(np.float64)
