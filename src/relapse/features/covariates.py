"""The file's other columns: their newest value, how it changed, and for texts what is known of households like it."""

from __future__ import annotations

from typing import Annotated

import numpy as np
from numpy.typing import NDArray
from pydantic import Field
from pydantic.dataclasses import dataclass

from relapse.core.catalogue import Feature, FeatureTable, name_part
from relapse.core.facts import Category
from relapse.core.panel import Floats, Histories, Panel, first_known
from relapse.core.recipe import STRICT
from relapse.core.tallies import Sums, means, tally


@dataclass(frozen=True, config=STRICT)
class Covariates:
    """Newest value and last change of every number; of every text the means of the households that share it.

    Args:
        shrink_households: a level's mean is drawn to everybody's as if by so many more households.
    """

    shrink_households: Annotated[float, Field(ge=0)]

    def table(self, known: Histories, leads: NDArray[np.int32]) -> FeatureTable:
        """Covariate features of one unit.

        Args:
            known: histories of (n,) members as known at as_of.
            leads: not used.

        Returns:
            (n, features): values in the file's own units; means of log ratios and shares below the line for texts.
        """
        return self.table_among(known, leads, self.tally(known.view.everyone))

    def reach(self, panel: Panel) -> int:
        """Periods of everybody's history that the means of texts are made of; 0 without texts."""
        return panel.max_age + 1 if panel.categories else 0

    def tally(self, everyone: Histories) -> Sums:
        """Numbers and sums by text, over everyone observed."""
        texts = everyone.view.panel.categories
        if not texts:
            return {}
        measures = {"ratio": everyone.newest(everyone.log_ratio), "below": everyone.newest(everyone.below)}
        return {
            f"{name}.{what}": tally(everyone.newest_code(category), len(category.levels), values)
            for name, category in texts.items()
            for what, values in measures.items()
        }

    def table_among(self, known: Histories, leads: NDArray[np.int32], sums: Sums) -> FeatureTable:
        """The same features, of a part of the households.

        Args:
            known: histories of (n,) members as known at as_of.
            leads: not used.
            sums: of everyone, see `tally`.
        """
        panel = known.view.panel
        columns: list[tuple[Feature, Floats]] = []
        for name in panel.covariates:
            columns += self._number(known, name)
        for name, category in panel.categories.items():
            columns += self._text(known, name, category, sums)
        return FeatureTable.of(columns, len(known.members))

    def _number(self, known: Histories, name: str) -> list[tuple[Feature, Floats]]:
        panel = known.view.panel
        reach = min(known.lags, panel.calendar.per_year + 2 + panel.max_age)
        values = known.column(name, reach)
        now = known.newest(values)
        change = now - first_known(values[:, panel.max_age + 1 :])
        title = panel.titles.get(name, name)
        return [
            (
                Feature(
                    f"covariates__{name_part(name)}_now",
                    "own",
                    f"newest value of {name}",
                    "covariates",
                    wording="reason.covariate",
                    label=title,
                ),
                now,
            ),
            (
                Feature(
                    f"covariates__{name_part(name)}_change",
                    "own",
                    f"change of {name} since the report before",
                    "covariates",
                    label=title,
                ),
                change,
            ),
        ]

    def _text(self, known: Histories, name: str, category: Category, sums: Sums) -> list[tuple[Feature, Floats]]:
        title = known.view.panel.titles.get(name, name)
        mine = known.newest_code(category)
        ratio, below = (means(sums[f"{name}.{what}"], mine, self.shrink_households) for what in ("ratio", "below"))
        return [
            (
                Feature(
                    f"covariates__{name_part(name)}_log_ratio",
                    "log_ratio",
                    f"mean distance to the line of households with the same {name}",
                    "covariates",
                    label=title,
                ),
                ratio,
            ),
            (
                Feature(
                    f"covariates__{name_part(name)}_below_share",
                    "share",
                    f"share below the line of households with the same {name}",
                    "covariates",
                    label=title,
                ),
                below,
            ),
        ]
