"""The season of the period that is forecast, known in advance."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray
from pydantic.dataclasses import dataclass

from relapse.core.catalogue import Feature, FeatureTable
from relapse.core.panel import Histories
from relapse.core.recipe import STRICT

_TARGET = Feature("season__of_target", "count", "month or quarter of the year of the forecast period", "season")
_AHEAD = Feature("season__years_ahead", "own", "years from the as_of to the forecast period", "season", modelled=False)
_PERIOD = Feature("season__period_years", "own", "years that a period lasts", "season", modelled=False)


@dataclass(frozen=True, config=STRICT)
class Season:
    """Month or quarter of the forecast period (not on yearly panels and waves), and how many years ahead it lies."""

    def table(self, known: Histories, leads: NDArray[np.int32]) -> FeatureTable:
        """Season of each lead's period.

        Args:
            known: histories of (n,) members as known at as_of.
            leads: (leads,) periods ahead of the as_of.

        Returns:
            (leads, 2 or 3), the same for all: years ahead and of a period; where a period is less than a year, the
            season, too: 1 … 12 or 1 … 4.
        """
        members = len(known.members)
        calendar = known.view.panel.calendar
        columns = [(_AHEAD, leads / calendar.per_year), (_PERIOD, np.full(len(leads), 1 / calendar.per_year))]
        if calendar.per_year > 1:
            columns.append((_TARGET, np.array([calendar.season(known.view.as_of + int(lead)) for lead in leads])))
        each = np.stack([values for _, values in columns], axis=1).astype(np.float32)
        entries = tuple(entry for entry, _ in columns)
        return FeatureTable.of([], members).with_common(entries, each)
