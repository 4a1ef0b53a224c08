"""How far back a version is watched, and how much is looked at: settings, each with its reason in `conf/watch/`."""

from __future__ import annotations

from typing import Annotated

from pydantic import Field
from pydantic.dataclasses import dataclass

from relapse.core.recipe import STRICT, Count


@dataclass(frozen=True, config=STRICT)
class Watch:
    """What a monitor looks at.

    Args:
        months: the last months after the version was made whose forecasts are held against what came.
        households: of each month at most, for drift and pushes.
        most: households of each month at most, for results.
        pairs: of months of the training window, as far apart as then and now, that tell what is usual.
        draws: resamples of villages.
        folds: parts of the villages, for telling then from now.
        trees: of what tells then from now.
        leaves: of each tree.
        moved: population stability index from which on a column may count as moved.
        times_usual: how many times the index of months of the training window counts as more than usual.
        named: columns that are named.
    """

    months: Count
    households: Count
    most: Count
    pairs: Count
    draws: Annotated[int, Field(ge=20)]
    folds: Annotated[int, Field(ge=2)]
    trees: Count
    leaves: Annotated[int, Field(ge=2)]
    moved: Annotated[float, Field(gt=0)]
    times_usual: Annotated[float, Field(ge=1)]
    named: Count
