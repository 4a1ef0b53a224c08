"""Sums of a source of income, household by household."""

from __future__ import annotations

import numpy as np

from relapse.core.facts import Floats
from relapse.core.panel import window_sums
from relapse.county.audits.snapshot import Snapshot


def source_sum(county: Snapshot, source: str, months: int) -> Floats:
    """(n,) yuan of the household from a source in the last months up to the as_of; what is not told is nothing."""
    everyone, total = county.known.everyone, np.zeros(county.count)
    if source in county.known.panel.sources:
        total[everyone.members] = np.nansum(everyone.column(source, months), axis=1)
    return total


def source_year(county: Snapshot, source: str) -> Floats:
    """(n,) yuan of the household from a source in the newest known twelve months, NaN where no income is known then."""
    everyone, panel = county.known.everyone, county.known.panel
    lags = panel.max_age + 1
    sums = np.zeros((len(everyone.members), lags))
    if source in panel.sources:
        sums = window_sums(np.nan_to_num(everyone.column(source, lags + panel.window - 1)), panel.window)
    return county.window(np.where(np.isnan(everyone.window_income[:, :lags]), np.nan, sums))
