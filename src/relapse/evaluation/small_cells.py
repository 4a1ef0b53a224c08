"""Which figures may leave the office: none from which so few households speak that one could be told.

In go rows of `metrics.csv`; out come those that may be logged. Counts of 1 to 4 and rates of fewer than 20 are
left out.
"""

from __future__ import annotations

import numpy as np
import pandas as pd

LEAST_COUNT = 5
LEAST_ROWS = 20


def without_small_cells(metrics: pd.DataFrame) -> pd.DataFrame:
    """The figures behind which there are enough rows, events, hits, and rows without an event.

    Args:
        metrics: rows of `metrics.csv`; `n` and `events` of a list's precision are the list's.

    Returns:
        The rows that may be logged, in their order.
    """
    rows, events = metrics["n"], metrics["events"]
    kept = (rows >= LEAST_ROWS) & (events >= LEAST_COUNT) & ~_few(rows - events)
    share_of_events = metrics["metric"].str.startswith(("recall_at_", "exclusion_error_at_"))
    told = (metrics["value"] * events).round()
    kept &= ~(share_of_events & ((events < LEAST_ROWS) | _few(told) | _few(events - told)))
    return metrics[kept].reset_index(drop=True)


def comparisons_of(comparisons: pd.DataFrame, metrics: pd.DataFrame) -> pd.DataFrame:
    """The differences of figures that may be logged.

    Args:
        comparisons: rows of `comparisons.csv`.
        metrics: of `without_small_cells`.
    """
    pooled = metrics[metrics["origin"] == "all"]
    there = set(zip(pooled["model"], pooled["horizon"], pooled["metric"], strict=True))
    asked = zip(
        comparisons["model"], comparisons["against"], comparisons["horizon"], comparisons["metric"], strict=True
    )
    kept = [
        {(model, horizon, metric), (against, horizon, metric)} <= there for model, against, horizon, metric in asked
    ]
    return comparisons[np.array(kept, dtype=bool)].reset_index(drop=True)


def _few(counts: pd.Series) -> pd.Series:
    return counts.between(1, LEAST_COUNT - 1)
