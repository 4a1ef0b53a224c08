"""Permanent income from the past, and a lognormal spread around it: who is likely to be below the line later."""

from __future__ import annotations

from collections.abc import Callable
from functools import partial
from typing import Annotated, Literal

import numpy as np
from numpy.typing import NDArray
from pydantic import Field
from pydantic.dataclasses import dataclass

from relapse.core.recipe import STRICT
from relapse.model.calibration.by_lead import ByLead
from relapse.model.ranked import Rule, Score

Floats = NDArray[np.float64]
NEEDS = (
    "permanent__log_ratio_mean",
    "permanent__log_ratio_variance",
    "permanent__log_ratio_median",
    "permanent__log_ratio_mad",
    "permanent__years_known",
    "permanent__village_variance",
    "place__growth_log_1y",
    "season__years_ahead",
)
_SMALLEST = 0.05  # our choice: no income is steadier than this, so that nothing is divided by 0


@dataclass(frozen=True, config=STRICT)
class ZhangWan(Rule):
    """P(ln income < ln line) where ln income is normal around its weighted past mean, grown up to the lead.

    Incomes stand against the line of their own period (block `permanent`, which says how many years and with what
    weights). The order is that of (ln L - mu - g h) / sigma, of which the chance Phi is an increasing function.

    Args:
        centre: `mean` and variance of the past years, or their `median` and median absolute deviation.
        village_weight: years' worth of the village's mean variance that the household's own is drawn to.
        maps: how its score is mapped to chances by lead.

    Source:
        Zhang and Wan (2009), Oxford Development Studies 37(3):277-287. Drawing the variance to the village's is ours,
        needed where three years are known; the median variant follows Oconnor (2022).
    """

    centre: Literal["mean", "median"]
    village_weight: Annotated[float, Field(ge=0)]
    maps: ByLead

    name = "zhang_wan"
    needs = NEEDS

    @property
    def _score(self) -> Score:
        return partial(score, centre=self.centre, village_weight=self.village_weight)


def score(column: Callable[[str], Floats], centre: Literal["mean", "median"], village_weight: float) -> Floats:
    """(rows,) how many standard deviations the line lies above the income expected at the lead."""
    if centre == "mean":
        expected, variance = column("permanent__log_ratio_mean"), column("permanent__log_ratio_variance")
    else:
        expected, variance = column("permanent__log_ratio_median"), column("permanent__log_ratio_mad") ** 2
    own = np.where(np.isnan(variance), 0.0, column("permanent__years_known"))
    drawn = village_weight * column("permanent__village_variance") + own * np.nan_to_num(variance)
    whole = village_weight + own
    variance = np.divide(drawn, whole, out=np.full_like(drawn, np.nan), where=whole > 0)
    grown = expected + column("place__growth_log_1y") * column("season__years_ahead")
    return np.asarray(-grown / np.maximum(np.sqrt(variance), _SMALLEST))
