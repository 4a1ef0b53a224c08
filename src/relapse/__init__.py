"""Forecasts which rural households are at risk of falling back below the poverty line.

The functions here are those that the commands call; plain tables go in and come out. They are loaded when first used,
so that `import relapse` and the command line's help stay instant.

Example:
    >>> import relapse
    >>> panel = relapse.read("wage_panel")  # or relapse.panel(frame, household_id=…, period=…, income=…, line=…)
    >>> table = relapse.backtest(panel, models=["distance_to_line", "logit"], horizons=[1], origins=["1985", "1986"])
    >>> list(table.columns)
    ['model', 'outcome', 'horizon', 'origin', 'metric', 'value', 'ci_low', 'ci_high', 'n', 'events']
    >>> version = relapse.train(panel, as_of="1986", horizons=[1, 2])
    >>> forecast = version.forecast(panel, as_of="1987")
    >>> bool((forecast["chance_1"] <= forecast["chance_2"]).all())
    True
    >>> causes = version.explain(panel, as_of="1987", households=forecast["household_id"].head(3))
    >>> total = causes.drop(columns=["household_id", "score"]).sum(axis=1)
    >>> bool(((total - causes["score"]).abs() < 1e-9).all())
    True
"""

from __future__ import annotations

from typing import TYPE_CHECKING

__version__ = "0.1.0"

if TYPE_CHECKING:
    from relapse.api import FittedVersion, backtest, load, panel, read, train

__all__ = ["FittedVersion", "backtest", "load", "panel", "read", "train"]


def __getattr__(name: str) -> object:
    if name in __all__:
        from relapse import api

        return getattr(api, name)
    raise AttributeError(f"module 'relapse' has no attribute '{name}'")
