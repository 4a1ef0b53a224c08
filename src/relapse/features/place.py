"""What is known of the village and the township: how many are below the line, how many fell lately."""

from __future__ import annotations

from typing import Annotated

import numpy as np
from numpy.typing import NDArray
from pydantic import Field
from pydantic.dataclasses import dataclass

from relapse.core.catalogue import Feature, FeatureTable, Unit
from relapse.core.panel import Floats, Histories, Ints, Level
from relapse.core.recipe import STRICT

LEVELS: tuple[Level, ...] = ("village", "township")


@dataclass(frozen=True, config=STRICT)
class Place:
    """Means over the households of the same village and township, drawn to everybody's where there are few.

    Args:
        shrink_households: a place's mean is drawn to everybody's as if by so many more households.
        fall_periods: steps back over which recent falls are counted.
    """

    shrink_households: Annotated[float, Field(ge=0)]
    fall_periods: Annotated[int, Field(ge=1)]

    def table(self, known: Histories, leads: NDArray[np.int32]) -> FeatureTable:
        """Place features of one unit.

        Args:
            known: histories of (n,) members as known at as_of.
            leads: not used.

        Returns:
            (n, features): shares and mean log ratios by village and township; growth of income around the household
            (of everybody where the panel has no township), which the growth variant of the distance rule needs.
        """
        columns: list[tuple[Feature, Floats]] = []
        for level in LEVELS:
            if known.home(level) is not None:
                columns += self._around(known, level)
        columns.append((_GROWTH, self._growth(known)))
        return FeatureTable.of(columns, len(known.members))

    def _around(self, known: Histories, level: Level) -> list[tuple[Feature, Floats]]:
        everyone = known.view.everyone
        where, mine = _codes(everyone, level), _codes(known, level)
        measures = {
            "below_share": everyone.newest(everyone.below),
            "log_ratio": everyone.newest(everyone.log_ratio),
            "fall_share": _recent_falls(everyone, self.fall_periods),
        }
        plain = level_means(where, measures["below_share"], mine, 0.0)
        return [
            *(
                (_ENTRIES[level, what], level_means(where, values, mine, self.shrink_households))
                for what, values in measures.items()
            ),
            (_PLAIN[level], plain),
        ]

    def _growth(self, known: Histories) -> Floats:
        everyone = known.view.everyone
        panel = known.view.panel
        income = everyone.window_income
        now, earlier = everyone.newest(income), everyone.before_newest(income, panel.calendar.per_year)
        usable = (now > 0) & (earlier > 0)
        change = np.where(usable, np.log(np.where(usable, now, 1) / np.where(usable, earlier, 1)), np.nan)
        if known.home("township") is None:
            return np.full(len(known.members), np.nanmean(change) if usable.any() else 0.0)
        where, mine = _codes(everyone, "township"), _codes(known, "township")
        return np.nan_to_num(level_means(where, change, mine, self.shrink_households))


def _codes(known: Histories, level: Level) -> Ints:
    """(n,) the place of each household, -1 unknown."""
    home = known.home(level)
    return np.full(len(known.members), -1, np.int32) if home is None else home.codes


_MEASURES: tuple[tuple[str, Unit, str, str], ...] = (
    ("below_share", "share", "share of the {}'s households below the line", "reason.place"),
    ("log_ratio", "log_ratio", "mean distance to the line of the {}'s households", ""),
    ("fall_share", "share", "share of the {}'s households that fell below the line lately", ""),
)
_ENTRIES = {
    (level, what): Feature(
        f"place__{level}_{what}",
        unit,
        meaning.format(level),
        "place",
        wording=wording,
        true_of=f"place__{level}_below_share_plain" if wording else "",
        true_above=0.1,
    )
    for level in ("village", "township")
    for what, unit, meaning, wording in _MEASURES
}
_PLAIN = {
    level: Feature(
        f"place__{level}_below_share_plain",
        "share",
        f"the same of the {level} alone, drawn to nobody's",
        "place",
        modelled=False,
    )
    for level in ("village", "township")
}
_GROWTH = Feature(
    "place__growth_log_1y",
    "log_ratio",
    "mean log growth of income in a year around the household",
    "place",
    modelled=False,
)


def level_means(where: Ints, values: Floats, mine: Ints, shrink: float) -> Floats:
    """Means by level, drawn to the mean of all.

    Args:
        where: (all,) level of each household, -1 unknown.
        values: (all,) what is averaged, NaN where unknown.
        mine: (n,) levels for which the means are wanted.
        shrink: households' worth of the overall mean.

    Returns:
        (n,): (sum of the level + shrink * overall mean) / (households of the level + shrink); NaN for unknown levels.
    """
    usable = (where >= 0) & ~np.isnan(values)
    if not usable.any():
        return np.full(len(mine), np.nan)
    levels = int(max(where.max(), mine.max(initial=-1))) + 1
    count = np.bincount(where[usable], minlength=levels)
    total = np.bincount(where[usable], weights=values[usable], minlength=levels)
    mean = (total + shrink * values[usable].mean()) / np.maximum(count + shrink, 1e-9)
    return np.where(mine >= 0, mean[np.maximum(mine, 0)], np.nan)


def _recent_falls(known: Histories, steps: int) -> Floats:
    """(n,): share of the last steps at risk (above the line, seen one period later) at which the household fell."""
    below = known.below[:, : steps + 1]
    at_risk = (below[:, 1:] == 0) & ~np.isnan(below[:, :-1])
    fell = at_risk & (below[:, :-1] == 1)
    count = at_risk.sum(axis=1)
    return np.where(count > 0, fell.sum(axis=1) / np.maximum(count, 1), np.nan)
