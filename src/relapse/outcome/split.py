"""Which periods train, calibrate and test: rolling origins, and no label before its window had closed and was known.

A label at lead k of origin s may serve a forecast at T only if s + gap + k + maturity <= T. The same rule stands
between fit and calibration.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Annotated, Literal

import numpy as np
from numpy.typing import NDArray
from pydantic import Field
from pydantic.dataclasses import dataclass

from relapse.core.errors import InputError
from relapse.core.panel import Ints, Panel
from relapse.core.periods import Frequency
from relapse.core.recipe import STRICT, Count, PeriodText

Span = Annotated[float, Field(gt=0)]


@dataclass(frozen=True, config=STRICT)
class RollingOrigin:
    """Origins that roll forward, each with all closed labels before it.

    Args:
        origins: test origins at most, the newest ones; one number, or one for each frequency.
        spacing_years: time between test origins (at least one period); likewise.
        history_years: an origin is used for training only this long after the data's start (0: from the first period).
        train_years: training origins may lie this far back.
        training_spacing_years: time between training origins (at least one period); likewise. Windows of neighbours
            overlap, and an event that many of them see is learned by heart.
        calibration_years: time before the as_of whose closed labels calibrate a model fitted before them.
        gap: periods between the list and its first lead.
        cut: a regime cut: every model of a backtest is fitted on what was known at this period, and tested from it on;
            None where models are fitted anew at each origin.
        hold_out: `village` or `township`: every model is also fitted without the labels of a part of these, and asked
            about that part; None where nothing is held out.
        folds: parts into which they are divided, each held out in turn.
    """

    origins: Count | Mapping[Frequency, Count]
    spacing_years: Span | Mapping[Frequency, Span]
    history_years: Annotated[float, Field(ge=0)]
    train_years: Annotated[float, Field(gt=0)]
    training_spacing_years: Span | Mapping[Frequency, Span]
    calibration_years: Annotated[float, Field(gt=0)]
    gap: Annotated[int, Field(ge=0)]
    cut: PeriodText | None
    hold_out: Literal["village", "township"] | None
    folds: Annotated[int, Field(ge=2)]

    def cut_on(self, panel: Panel) -> int | None:
        """The regime cut as a period of the panel.

        Raises:
            InputError: it is no period, or lies outside the data.
        """
        if self.cut is None:
            return None
        period = panel.calendar.parse(self.cut)
        if not panel.first < period < panel.last:
            label = panel.calendar.label
            raise InputError(
                f"split.cut={self.cut} lies outside the data of '{panel.name}': choose a period after "
                f"{label(panel.first)} and before {label(panel.last)}"
            )
        return period

    def fitted_at(self, panel: Panel, origin: int) -> int:
        """The as_of at which the models of a test origin are fitted."""
        cut = self.cut_on(panel)
        return origin if cut is None else min(origin, cut)

    def test_origins(self, panel: Panel, shortest: int, maturity: int) -> list[int]:
        """The newest origins whose shortest window has closed inside the data, in ascending order.

        A longer horizon is tested at those of them whose window has closed, too. Where there is room they stand on the
        grid of the training origins, so that what was worked out for the ones serves the others.

        Raises:
            InputError: no origin has a closed window and a closed training label before it.
        """
        newest = panel.last - self.gap - shortest - maturity
        oldest = panel.first + self.gap + 1 + maturity
        most, spacing = (_chosen(each, panel) for each in (self.origins, self.spacing_years))
        step = max(1, round(spacing * panel.calendar.per_year))
        cut = self.cut_on(panel)
        oldest = max(oldest, cut or oldest)
        newest = max(self._grid(panel, oldest, newest), default=newest)
        origins = list(range(newest, oldest - 1, -step))[: int(most)]
        if not origins:
            label = panel.calendar.label
            raise InputError(
                f"the panel '{panel.name}' reaches from {label(panel.first)} to {label(panel.last)}: too short to "
                f"train before an origin and test {shortest} periods after it; choose shorter horizons"
            )
        return origins[::-1]

    def training_origins(self, panel: Panel, as_of: int, maturity: int) -> list[int]:
        """Origins with at least one label that had closed and was known at `as_of`, in ascending order.

        They stand on a grid that is the same for every as_of, so that what was worked out for one serves the others.
        """
        per_year = panel.calendar.per_year
        first = panel.first + round(self.history_years * per_year)
        oldest = as_of - round(self.train_years * per_year)
        newest = as_of - self.gap - 1 - maturity
        return self._grid(panel, max(first, oldest), newest)

    def calibration_cut(self, panel: Panel, as_of: int, longest: int, maturity: int) -> int:
        """The as_of of the cross-fit: its later origins, up to the as_of, calibrate and judge the model.

        On the grid of the training origins where the data reach back so far: an earlier test's fit is then the same.
        """
        span = max(1, round(self.calibration_years * panel.calendar.per_year))
        newest = as_of - self.gap - longest - maturity - span + 1
        return max(self._grid(panel, panel.first + 1, newest), default=newest)

    def _grid(self, panel: Panel, oldest: int, newest: int) -> list[int]:
        """Periods from the oldest to the newest at which the training origins' grid has a point."""
        step = max(1, round(_chosen(self.training_spacing_years, panel) * panel.calendar.per_year))
        return [period for period in range(oldest, newest + 1) if (period + 1) % step == 0]


def parts_of(home: Ints, folds: int) -> NDArray[np.intp]:
    """Parts of about equal size, none of which cuts through a place: the largest place left joins the smallest part.

    Args:
        home: (n,) number of the place where each lives.
        folds: parts at most; fewer where there are fewer places.

    Returns:
        (n,) number of each one's part, from 0.

    Example:
        >>> parts_of(np.array([7, 7, 7, 5, 5, 9]), 2)
        array([0, 0, 0, 1, 1, 1])
    """
    _, place, size = np.unique(home, return_inverse=True, return_counts=True)
    filled, part = np.zeros(min(folds, len(size)), dtype=np.int64), np.empty(len(size), dtype=np.intp)
    for largest in np.argsort(-size, kind="stable"):
        part[largest] = filled.argmin()
        filled[part[largest]] += size[largest]
    return part[place]


def _chosen(told: float | Mapping[Frequency, float], panel: Panel) -> float:
    """The number for a panel's frequency."""
    return told[panel.calendar.frequency] if isinstance(told, Mapping) else told
