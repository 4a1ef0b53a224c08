"""What is known of the village and the township: how many are below the line, how many fell lately."""

from __future__ import annotations

from typing import Annotated

import numpy as np
from numpy.typing import NDArray
from pydantic import Field
from pydantic.dataclasses import dataclass

from relapse.core.catalogue import Feature, FeatureTable, Unit
from relapse.core.facts import Category
from relapse.core.panel import Floats, Histories, Level, Panel, over_lags
from relapse.core.recipe import STRICT
from relapse.core.tallies import Sums, means, tally

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
        return self.table_among(known, leads, self.tally(known.view.everyone))

    def reach(self, panel: Panel) -> int:
        """Periods of everybody's history that the means are made of."""
        return max(self.fall_periods + 1, panel.calendar.per_year + 1 + panel.max_age)

    def tally(self, everyone: Histories) -> Sums:
        """Numbers and sums by place, over everyone observed.

        Args:
            everyone: histories of them, over `reach` periods at least.
        """
        measures = {
            "below_share": everyone.newest(everyone.below),
            "log_ratio": everyone.newest(everyone.log_ratio),
            "fall_share": _recent_falls(everyone, self.fall_periods),
        }
        made: dict[str, Floats] = {}
        for level in LEVELS:
            home = everyone.home(level)
            if home is not None:
                made |= {
                    f"{level}.{what}": tally(home.codes, len(home.levels), values) for what, values in measures.items()
                }
        towns = everyone.home("township") or Category(np.zeros(len(everyone.members), np.int32), ("",))
        return {**made, "growth": tally(towns.codes, len(towns.levels), _growth(everyone))}

    def table_among(self, known: Histories, leads: NDArray[np.int32], sums: Sums) -> FeatureTable:
        """The same features, of a part of the households.

        Args:
            known: histories of (n,) members as known at as_of.
            leads: not used.
            sums: of everyone, see `tally`.
        """
        columns: list[tuple[Feature, Floats]] = []
        for level in LEVELS:
            home = known.home(level)
            if home is not None:
                columns += [
                    (_ENTRIES[level, what], means(sums[f"{level}.{what}"], home.codes, self.shrink_households))
                    for what, _, _, _ in _MEASURES
                ]
                columns.append((_PLAIN[level], means(sums[f"{level}.below_share"], home.codes, 0.0)))
        towns, shrink = known.home("township"), self.shrink_households
        mine = np.zeros(len(known.members), np.int32) if towns is None else towns.codes
        growth = means(sums["growth"], mine, 0.0 if towns is None else shrink)
        columns.append((_GROWTH, np.nan_to_num(growth)))
        return FeatureTable.of(columns, len(known.members))


def _growth(everyone: Histories) -> Floats:
    """(n,): log growth of income over a year, NaN where it is not known."""
    income = everyone.window_income
    now, earlier = everyone.newest(income), everyone.before_newest(income, everyone.view.panel.calendar.per_year)
    usable = (now > 0) & (earlier > 0)
    return np.where(usable, np.log(np.where(usable, now, 1) / np.where(usable, earlier, 1)), np.nan)


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


def _recent_falls(known: Histories, steps: int) -> Floats:
    """(n,): share of the last steps at risk (above the line, seen one period later) at which the household fell."""
    below = known.below[:, : steps + 1]
    at_risk = (below[:, 1:] == 0) & ~np.isnan(below[:, :-1])
    fell = at_risk & (below[:, :-1] == 1)
    count = over_lags(at_risk)
    return np.where(count > 0, over_lags(fell) / np.maximum(count, 1), np.nan)
