"""Settings of a model scored at choosing origins: units, labels and training rows are made once for all trials.

Nothing is seen that happened or became known after the last choosing period, so that what chooses and what proves
never meet. Scored is the bare order of the model, without calibration and without the rule that guards it.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field, replace

import numpy as np

from relapse.core.errors import InputError
from relapse.core.forecast import HazardForecast
from relapse.core.panel import Panel
from relapse.core.rows import Floats, TrainingRows
from relapse.evaluation.compare import paired_difference
from relapse.evaluation.metrics import average_precision
from relapse.flows.fit import LEAST_EVENTS, HazardModel, training_rows
from relapse.flows.rows import Task
from relapse.model.blend import Blend
from relapse.outcome.split import RollingOrigin


@dataclass(frozen=True)
class Difference:
    """The chosen settings against the shipped ones at one horizon, pooled over the choosing origins.

    Args:
        horizon: periods ahead.
        shipped, chosen: average precision of each.
        difference, low, high: chosen minus shipped, with its paired 90 % interval; NaN where not defined.
    """

    horizon: int
    shipped: float
    chosen: float
    difference: float
    low: float
    high: float


@dataclass(frozen=True, eq=False)
class Choosing:
    """Where settings are chosen.

    Args:
        task: on the panel cut at the last choosing period.
        origins: ascending; every label asked for had closed and was known by the cut.
    """

    task: Task
    origins: tuple[int, ...]
    rows: dict[tuple[int, object, object], TrainingRows] = field(default_factory=dict, init=False, repr=False)
    told: dict[int, Floats] = field(default_factory=dict, init=False, repr=False)

    def scores(self, model: HazardModel) -> Iterator[float]:
        """Average precision at one origin after the other, the mean over the horizons that have an event there."""
        for origin in self.origins:
            forecast, within = self.forecast(model, origin), self.within(origin)
            figures = []
            for horizon in self.task.horizons:
                observed = within[:, self.task.place(horizon)]
                known = ~np.isnan(observed)
                figures.append(average_precision(observed[known], forecast.score(horizon)[known]))
            yield float(np.nanmean(figures))

    def forecast(self, model: HazardModel, origin: int) -> HazardForecast:
        """A model fitted on what was known at an origin, asked about the households at risk there."""
        key = (origin, getattr(model, "most_rows", None), getattr(model, "others_per_event", None))
        if key not in self.rows:
            self.rows[key] = training_rows(self.task, model, origin)
        rows = self.rows[key]
        fitted = model.fit(rows, self.task.rng(origin, 2))
        return Blend(fitted, None, 1.0, None, rows.cumulative).forecast(self.task.unit(origin))

    def within(self, origin: int) -> Floats:
        """(n, leads) what had come of an origin's households by the last choosing period; made once."""
        if origin not in self.told:
            self.told[origin] = self.task.labels(self.task.panel.as_of(self.task.panel.latest), origin).within
        return self.told[origin]

    def against(self, chosen: HazardModel, shipped: HazardModel, draws: int) -> list[Difference]:
        """Chosen against shipped settings, by horizon, on the same households."""
        asked = [[self.forecast(model, origin) for origin in self.origins] for model in (chosen, shipped)]
        units = [self.task.unit(origin) for origin in self.origins]
        cluster = np.concatenate([unit.cluster for unit in units])
        period = np.concatenate([np.full(len(unit.members), unit.as_of, np.int32) for unit in units])
        found = []
        for horizon in self.task.horizons:
            observed = np.concatenate([self.within(origin)[:, self.task.place(horizon)] for origin in self.origins])
            known = ~np.isnan(observed)
            one, other = (np.concatenate([each.score(horizon) for each in said])[known] for said in asked)
            rng = self.task.rng(self.origins[-1], 3, horizon)
            figures = paired_difference(observed[known], one, other, cluster[known], period[known], horizon, draws, rng)
            shipped_area, chosen_area = (average_precision(observed[known], score) for score in (other, one))
            found.append(Difference(horizon, shipped_area, chosen_area, *figures))
        return found


def last_choosing(panel: Panel, split: RollingOrigin, horizons: Sequence[int], maturity: int, until: str | None) -> int:
    """The period after which choosing sees nothing: as said, else the first origin of a default backtest.

    Raises:
        InputError: it is no period, or lies outside the data.
    """
    if until is None:
        return split.test_origins(panel, min(horizons), maturity)[0]
    try:
        period = panel.calendar.parse(until)
        panel.as_of(period)
    except InputError as error:
        raise InputError(f"tune.until={until}: {error}") from error
    return period


def choosing_on(task: Task, origins: int, spacing_years: float) -> Choosing:
    """The newest origins of a cut panel whose longest window had closed, and which have enough to learn from.

    Args:
        task: on the panel cut at the last choosing period.
        origins: at most.
        spacing_years: between them.

    Raises:
        InputError: there is none.
    """
    panel, split = task.panel, replace(task.split, origins=origins, spacing_years=spacing_years, cut=None)
    try:
        found = split.test_origins(panel, max(task.horizons), task.outcome.maturity)
    except InputError:
        found = []
    choosing = Choosing(task, ())
    usable = [
        origin for origin in found if task.has_events(origin, LEAST_EVENTS) and np.nansum(choosing.within(origin)) > 0
    ]
    if not usable:
        raise InputError(
            f"no choosing origin is left in '{panel.name}' by {panel.calendar.label(panel.latest)}: none has "
            f"{LEAST_EVENTS} closed events before it and a window of {max(task.horizons)} periods after it that closed "
            "by then; set a later tune.until=PERIOD or shorter horizons"
        )
    return replace(choosing, origins=tuple(usable))
