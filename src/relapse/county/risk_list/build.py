"""Forecast -> list: who comes first, how many fit, and what is printed beside each."""

from __future__ import annotations

import math
import re
from typing import Annotated

import numpy as np
import pandas as pd
from numpy.typing import NDArray
from pydantic import Field, field_validator
from pydantic.dataclasses import dataclass

from relapse.core.errors import InputError
from relapse.core.recipe import STRICT, Names
from relapse.county.risk_list.capacity import Capacity

Floats = NDArray[np.float64]
_NUMBER = re.compile(r"\d+(\.\d+)?")


@dataclass(frozen=True, config=STRICT)
class ListSettings:
    """How long the list is.

    Args:
        length: households of the first tier: a count, or a share such as `5pct`; None for the data's own.
        next_tier: length of the second tier as a multiple of the first.
        horizon: periods ahead that order the list; None for the longest.
        reply_days: days from the end of the month in which a county's rows are to be handed back.
        trigger_reply_days: working days in which those are that a department's trigger is hit at.
        hotline: number that a household can call to report itself.
        capacity: of a county: what its townships can do in a month.
        missed: of a county: numbers of the rules of missed inclusion (应纳未纳) that come first, as triggers do.
        rest_months: for which a household rests after a visit with a clean finding, and for which it is looked back
            how long a rule has been hit.
        new_claim_yuan: own cost of a medical claim from which on it is something new after such a visit.
        stay: share of its place by which a household that was listed last month comes before others; half of it where
            it was to be asked by phone.
        pooled_months: months of random checks before it is told how much the list misses.
        noticed: shares of those not listed, of which the list says after how many months they would be noticed.
        power: chance with which that is so.
        measures: table of what to look at and of kinds of measure, a name in conf/measures/ or a file.
    """

    length: int | str | None
    next_tier: Annotated[float, Field(ge=0)]
    horizon: Annotated[int, Field(ge=1)] | None
    reply_days: Annotated[int, Field(ge=1)]
    trigger_reply_days: Annotated[int, Field(ge=1)]
    hotline: Annotated[str, Field(min_length=1)]
    capacity: Capacity
    missed: Names
    rest_months: Annotated[int, Field(ge=0)]
    new_claim_yuan: Annotated[float, Field(ge=0)]
    stay: Annotated[float, Field(ge=0, lt=1)]
    pooled_months: Annotated[int, Field(ge=1)]
    noticed: tuple[Annotated[float, Field(gt=0, lt=1)], ...]
    power: Annotated[float, Field(gt=0, lt=1)]
    measures: str

    @field_validator("length")
    @classmethod
    def _is_length(cls, value: int | str | None) -> int | str | None:
        if value is not None:
            list_length(str(value), 1)
        return value

    def key(self, otherwise: int | str) -> str:
        """The length as metrics name it: `300` or `5pct`."""
        return str(self.length if self.length is not None else otherwise)

    def tiers(self, households: int, otherwise: int | str) -> tuple[int, int]:
        """Lengths of the two tiers, together at most the number of households.

        Raises:
            InputError: the length is neither a positive count nor a share.
        """
        first = min(list_length(self.key(otherwise), households), households)
        return first, min(math.ceil(first * self.next_tier), households - first)

    def chosen_horizon(self, horizons: tuple[int, ...]) -> int:
        """The horizon that orders the list.

        Raises:
            InputError: the version does not forecast it.
        """
        if self.horizon is None:
            return max(horizons)
        if self.horizon not in horizons:
            raise InputError(
                f"risk_list.horizon={self.horizon}: the forecast is for {list(horizons)}; choose one of these"
            )
        return self.horizon


def list_length(key: str, households: int) -> int:
    """Households on a list of `300` or `5pct` among so many; a share is rounded up.

    Raises:
        InputError: neither a positive count nor a share above 0.

    Example:
        >>> list_length("5pct", 467), list_length("300", 467)
        (24, 300)
    """
    number = key.removesuffix("pct")
    value = float(number) if _NUMBER.fullmatch(number) else 0.0
    if value <= 0 or (key.endswith("pct") and value > 100) or (not key.endswith("pct") and value != int(value)):
        raise InputError(f"list length '{key}': write a count such as 300 or a share such as 5pct")
    return math.ceil(households * value / 100 - 1e-9) if key.endswith("pct") else int(value)


def list_rows(
    place: NDArray[np.int32], tiers: tuple[int, int], columns: dict[str, Floats | NDArray[np.object_]]
) -> pd.DataFrame:
    """The listed households in order.

    Args:
        place: (n,) ranks from 1.
        tiers: lengths of the two tiers.
        columns: (n,) each, by name.

    Returns:
        Columns `rank`, `tier` and the given ones, best rank first.
    """
    length = sum(tiers)
    chosen = np.argsort(place, kind="stable")[:length]
    rows = pd.DataFrame({name: values[chosen] for name, values in columns.items()})
    rows.insert(0, "rank", np.arange(1, length + 1))
    rows["tier"] = np.where(rows["rank"] <= tiers[0], "visit", "next")
    return rows
