"""All figures of one model in one trial: values, draws, and how many rows and events stand behind each.

In go a trial, draws and the settings; out comes a `Figure` by origin and metric. Pooled figures (`all`) put the rows of
all origins together: areas are then of the chance, which has to mean the same at every origin (equal chances count as
ties), while lists are always those of each origin. A list of a count that an origin has too few rows for is left out
there, and pooled over the origins that have it.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from relapse.core.results import Trial
from relapse.evaluation.intervals import Draws
from relapse.evaluation.lists import ListLength, Lists, Timing, list_figures_of
from relapse.evaluation.metrics import (
    LOSS_WIDTH,
    Floats,
    Honesty,
    Ints,
    Numbers,
    average_precision,
    chance_figures_of,
    loss_columns,
    ratio,
    roc_auc,
)
from relapse.evaluation.weighted import areas, pooled, totals

ALL = "all"
_PER_LIST = 4  # columns of a list, besides its timing: listed, hits, on the last list, on both


@dataclass(frozen=True, eq=False)
class Figure:
    """One figure.

    Args:
        value: of all rows, exact; NaN where it is not defined.
        drawn: (draws,) of each draw; NaN where nothing can be resampled.
        rows: rows behind it; for precision, attainable and lift the listed ones.
        events: rows with an event among those; for attainable among all rows of the origins.
    """

    value: float
    drawn: Floats
    rows: int
    events: int


Figures = Mapping[tuple[int | str, str], Figure]


@dataclass(frozen=True, eq=False)
class _Scope:
    """Origins taken together: their numbers, the row of the areas, the columns of chances, and their regressions."""

    name: int | str
    origins: Ints
    area: int
    chance: Ints
    honesty: Honesty
    varies: bool


@dataclass(frozen=True, eq=False)
class _Sums:
    """Totals (origins, columns, draws), weights of the origins (origins, draws), two areas (origins + 1, draws)."""

    totals: Numbers
    block: Numbers
    areas: tuple[Floats, Floats]


def figures_of(
    trial: Trial, model: str, draws: Draws, lengths: Sequence[ListLength], bands: int, timing: Timing | None
) -> Figures:
    """All figures of one model, pooled first, then origin by origin.

    Args:
        trial: with the model; an empty one has pooled figures only, all NaN.
        model: its name.
        draws: of the trial's rows.
        lengths: of lists.
        bands: risk bands of the calibration error.
        timing: when events came; None where that is not told.

    Returns:
        By (`all` or period, metric).
    """
    seen, chance = trial.observed, trial.probability[model]
    if len(seen) == 0:
        return _nothing(draws.count)
    lists = _lists(trial, model, draws, lengths, timing)
    every = Honesty.of(seen, chance, bands)
    own = [Honesty.of(seen[rows], chance[rows], bands) for rows in draws.rows]
    sums, drawn_sums = totals(draws, _columns(trial, chance, (every, own), lists, draws))
    exact = _Sums(sums, np.ones((len(draws.rows), 1)), _exact_areas(trial, chance, draws))
    drawn = _Sums(drawn_sums, draws.block, areas(draws, seen, chance))
    figures = {}
    for scope in _scopes(draws, every, own):
        for metric, figure in _of_scope(scope, lists, exact, drawn).items():
            figures[scope.name, metric] = figure
    return figures


@dataclass(frozen=True, eq=False)
class _List:
    """A list of one length, with who was on the origin's list before it, and when events came."""

    of: Lists
    last: NDArray[np.bool_]
    timing: Timing | None

    @property
    def width(self) -> int:
        return _PER_LIST + (0 if self.timing is None else self.timing.width)

    def columns(self, seen: Floats, rows: Ints) -> Floats:
        """(rows, width)."""
        listed, last = self.of.listed[rows], self.last[rows]
        own = np.column_stack([listed, listed * seen[rows], last, last & listed]).astype(np.float64)
        return own if self.timing is None else np.hstack([own, self.timing.columns(listed, rows)])

    def figures_of(self, rows: Numbers, events: Numbers, sums: Numbers) -> dict[str, Floats]:
        """Each (draws,), from weighted rows and events (origins, draws) and sums of columns (origins, width, draws)."""
        label, (listed, hits) = self.of.length.label, (sums[:, 0], sums[:, 1])
        whole = sums.sum(axis=0, dtype=np.float64)
        figures = list_figures_of(rows, events, listed, hits) | {"kept_at": ratio(whole[3], whole[2])}
        if self.timing is not None:
            figures |= self.timing.figures_of(whole[0], whole[_PER_LIST], whole[_PER_LIST + 1 :])
        return {f"{name}_{label}": value for name, value in figures.items()}

    def behind(self, rows: int, events: int, sums: Floats) -> dict[str, tuple[int, int]]:
        """(rows, events) by metric, from those of the origins and (width,) sums of the columns."""
        listed, hits, last, kept = (round(each) for each in sums[:_PER_LIST])
        told = {
            "precision": (listed, hits), "inclusion_error": (listed, hits), "visits_per_fall": (listed, hits),
            "lift": (listed, hits), "attainable": (listed, events), "recall": (rows, events),
            "exclusion_error": (rows, events), "kept": (last, kept),
        }  # fmt: skip
        if self.timing is not None:
            told |= {
                "lead_time_mean": (hits, hits), "lead_time_median": (hits, hits),
                "cost_per_early_fall": (listed, round(sums[_PER_LIST])),
            }  # fmt: skip
        return {f"{name}_at_{self.of.length.label}": counts for name, counts in told.items()}


def _nothing(draws: int) -> Figures:
    """Figures of a trial without a row."""
    width = LOSS_WIDTH + Honesty.of(np.empty(0), np.empty(0), 0).width
    names = ["roc_auc", "pr_auc", *chance_figures_of(np.zeros((width, 1)), np.nan, np.nan)]
    return {(ALL, name): Figure(np.nan, np.full(draws, np.nan), 0, 0) for name in names}


def _lists(
    trial: Trial, model: str, draws: Draws, lengths: Sequence[ListLength], timing: Timing | None
) -> Sequence[_List]:
    row_origin = np.zeros(len(trial.observed), dtype=np.intp)
    for number, rows in enumerate(draws.rows):
        row_origin[rows] = number
    household = pd.factorize(trial.household_id)[0]
    lists = [Lists.of(length, trial.rank[model], row_origin, len(draws.rows)) for length in lengths]
    return [_List(each, each.on_the_last(household, row_origin), timing) for each in lists]


def _columns(
    trial: Trial, chance: Floats, honesty: tuple[Honesty, Sequence[Honesty]], lists: Sequence[_List], draws: Draws
) -> Iterator[Floats]:
    """For each origin (rows, columns): losses, honesty pooled, honesty of the origin, then what each list has."""
    (every, own), seen = honesty, trial.observed
    for rows, here in zip(draws.rows, own, strict=True):
        honest = [every.columns(seen, chance, rows), here.columns(seen[rows], chance[rows], slice(None))]
        of_lists = [each.columns(seen, rows) for each in lists]
        yield np.hstack([loss_columns(seen[rows], chance[rows]), *honest, *of_lists])


def _scopes(draws: Draws, every: Honesty, own: Sequence[Honesty]) -> Iterator[_Scope]:
    """All origins together, then one by one."""
    losses, first = np.arange(LOSS_WIDTH), np.arange(LOSS_WIDTH, LOSS_WIDTH + every.width)
    numbers = np.arange(len(draws.rows))
    yield _Scope(ALL, numbers, -1, np.r_[losses, first], every, draws.varies)
    for number, here in enumerate(own):
        varies = bool(draws.varies_at[number])
        columns = np.r_[losses, first + every.width]
        yield _Scope(int(draws.origins[number]), numbers[[number]], number, columns, here, varies)


def _of_scope(scope: _Scope, lists: Sequence[_List], exact: _Sums, drawn: _Sums) -> dict[str, Figure]:
    behind = dict(_behind(scope, lists, exact))
    resampled = _values(scope, lists, drawn)
    unknown = np.full(drawn.areas[0].shape[1], np.nan)
    figures = {}
    for metric, value in _values(scope, lists, exact).items():
        rows, events = behind.get(metric, behind[""])
        figures[metric] = Figure(float(value[0]), resampled[metric] if scope.varies else unknown, rows, events)
    return figures


def _exact_areas(trial: Trial, score: Floats, draws: Draws) -> tuple[Floats, Floats]:
    groups = [*draws.rows, np.arange(len(score))]
    roc = [[roc_auc(trial.observed[rows], score[rows])] for rows in groups]
    precision = [[average_precision(trial.observed[rows], score[rows])] for rows in groups]
    return np.array(roc), np.array(precision)


def _values(scope: _Scope, lists: Sequence[_List], sums: _Sums) -> dict[str, Floats]:
    """Every metric of a scope, each (draws,)."""
    here = sums.totals[scope.origins]
    weight = sums.block[scope.origins] if scope.name == ALL else np.ones((1, here.shape[2]))
    values = {"roc_auc": sums.areas[0][scope.area], "pr_auc": sums.areas[1][scope.area]}
    honesty = scope.honesty
    values |= chance_figures_of(pooled(here[:, scope.chance], weight), honesty.slope, honesty.intercept)
    for columns, each in _present(scope, lists, here.shape[1]):
        has = each.of.has[scope.origins]
        rows, events = (here[has, column] * weight[has] for column in (0, 1))
        values |= each.figures_of(rows, events, here[has][:, columns] * weight[has][:, None])
    return values


def _behind(scope: _Scope, lists: Sequence[_List], exact: _Sums) -> Iterator[tuple[str, tuple[int, int]]]:
    """(rows, events) by metric; those of all metrics that have no own under an empty name."""
    here = exact.totals[scope.origins][:, :, 0]
    yield "", (round(here[:, 0].sum()), round(here[:, 1].sum()))
    for columns, each in _present(scope, lists, here.shape[1]):
        summed = here[each.of.has[scope.origins]].sum(axis=0)
        yield from each.behind(round(summed[0]), round(summed[1]), summed[columns]).items()


def _present(scope: _Scope, lists: Sequence[_List], width: int) -> Iterator[tuple[slice, _List]]:
    """Lists that an origin of the scope has, with the places of their columns, which are the last ones."""
    first = width - sum(each.width for each in lists)
    for each in lists:
        if each.of.has[scope.origins].any():
            yield slice(first, first + each.width), each
        first += each.width
