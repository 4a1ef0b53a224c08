"""A made-up quarterly panel: households, incomes that wander around a level of their own, a few other columns."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pandas as pd

from relapse import config
from relapse.core.panel import Panel

QUARTERS = 24


def write(households: int, path: Path) -> None:
    """A Parquet file of `households` times 24 quarters; a tenth of the incomes is missing."""
    rng = np.random.default_rng(households)
    shape = (households, QUARTERS)
    level = rng.normal(0.5, 0.45, (households, 1))
    log_income = level + 0.3 * rng.normal(size=shape) + np.cumsum(0.06 * rng.normal(size=shape), axis=1)
    income = np.where(rng.random(shape) < 0.1, np.nan, 1000 * np.exp(log_income))
    quarter = np.arange(QUARTERS)
    labels = np.array([f"{2015 + q // 4}Q{q % 4 + 1}" for q in quarter])
    size = np.repeat(rng.integers(1, 8, households), QUARTERS)
    frame = pd.DataFrame(
        {
            "household_id": np.repeat([f"h{number:07d}" for number in range(households)], QUARTERS),
            "period": np.tile(labels, households),
            "income": income.ravel(),
            "town": np.repeat([f"t{number:03d}" for number in rng.integers(0, 50, households)], QUARTERS),
            "persons": size,
            "workers": rng.binomial(size, 0.4),
            "ill": rng.binomial(1, 0.05, size.shape),
            "work": np.repeat(rng.choice(["farm", "town", "none"], households), QUARTERS),
        }
    )
    frame.to_parquet(path, index=False)


def read(path: Path) -> Panel:
    """The file as `relapse` reads it; below 1,000 is poor."""
    columns = {"household_id": "household_id", "period": "period", "income": "income", "township": "town"}
    data = config.option("data", "panel", path=str(path), frequency="quarterly", columns=columns)
    panel: Panel = data.read(config.option("line", "absolute", value=1000.0))
    return panel
