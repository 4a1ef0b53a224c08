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

from relapse.core.results import Trial
from relapse.evaluation.intervals import Draws
from relapse.evaluation.lists import ListLength, Lists, list_figures_of
from relapse.evaluation.metrics import (
    Floats,
    Honesty,
    Ints,
    Numbers,
    average_precision,
    chance_figures_of,
    loss_columns,
    roc_auc,
)
from relapse.evaluation.weighted import areas, pooled, totals

ALL = "all"
_LOSSES, _HONEST, _PER_LIST = 5, 5, 2  # columns of losses; of honesty, besides its bands; of a list


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
    """Origins taken together: their numbers, the row of the areas, the columns of chances, and their regression."""

    name: int | str
    origins: Ints
    area: int
    chance: Ints
    slope: float
    varies: bool


@dataclass(frozen=True, eq=False)
class _Sums:
    """Totals (origins, columns, draws), weights of the origins (origins, draws), two areas (origins + 1, draws)."""

    totals: Numbers
    block: Numbers
    areas: tuple[Floats, Floats]


def figures_of(trial: Trial, model: str, draws: Draws, lengths: Sequence[ListLength], bands: int) -> Figures:
    """All figures of one model, pooled first, then origin by origin.

    Args:
        trial: with the model; an empty one has pooled figures only, all NaN.
        model: its name.
        draws: of the trial's rows.
        lengths: of lists.
        bands: risk bands of the calibration error.

    Returns:
        By (`all` or period, metric).
    """
    seen, chance = trial.observed, trial.probability[model]
    if len(seen) == 0:
        return _nothing(draws.count)
    lists = _lists(trial, model, draws, lengths)
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


def _nothing(draws: int) -> Figures:
    """Figures of a trial without a row."""
    names = ["roc_auc", "pr_auc", *chance_figures_of(np.zeros((_LOSSES + _HONEST, 1)), np.nan)]
    return {(ALL, name): Figure(np.nan, np.full(draws, np.nan), 0, 0) for name in names}


def _lists(trial: Trial, model: str, draws: Draws, lengths: Sequence[ListLength]) -> Sequence[Lists]:
    row_origin = np.zeros(len(trial.observed), dtype=np.intp)
    for number, rows in enumerate(draws.rows):
        row_origin[rows] = number
    return [Lists.of(length, trial.rank[model], row_origin, len(draws.rows)) for length in lengths]


def _columns(
    trial: Trial, chance: Floats, honesty: tuple[Honesty, Sequence[Honesty]], lists: Sequence[Lists], draws: Draws
) -> Iterator[Floats]:
    """For each origin (rows, columns): losses, honesty pooled, honesty of the origin, then each list's listed, hits."""
    (every, own), seen = honesty, trial.observed
    for rows, here in zip(draws.rows, own, strict=True):
        of_lists = [column for each in lists for column in (each.listed[rows], each.listed[rows] * seen[rows])]
        losses = loss_columns(seen[rows], chance[rows])
        honest = [every.columns(seen, chance, rows), here.columns(seen[rows], chance[rows], slice(None))]
        yield np.column_stack([losses, *honest, *of_lists])


def _scopes(draws: Draws, every: Honesty, own: Sequence[Honesty]) -> Iterator[_Scope]:
    """All origins together, then one by one."""
    width = _HONEST + every.bands
    losses, first = np.arange(_LOSSES), np.arange(_LOSSES, _LOSSES + width)
    numbers = np.arange(len(draws.rows))
    yield _Scope(ALL, numbers, -1, np.r_[losses, first], every.slope, draws.varies)
    for number, here in enumerate(own):
        varies = bool(draws.varies_at[number])
        columns = np.r_[losses, first + width]
        yield _Scope(int(draws.origins[number]), numbers[[number]], number, columns, here.slope, varies)


def _of_scope(scope: _Scope, lists: Sequence[Lists], exact: _Sums, drawn: _Sums) -> dict[str, Figure]:
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


def _values(scope: _Scope, lists: Sequence[Lists], sums: _Sums) -> dict[str, Floats]:
    """Every metric of a scope, each (draws,)."""
    here = sums.totals[scope.origins]
    weight = sums.block[scope.origins] if scope.name == ALL else np.ones((1, here.shape[2]))
    values = {"roc_auc": sums.areas[0][scope.area], "pr_auc": sums.areas[1][scope.area]}
    values |= chance_figures_of(pooled(here[:, scope.chance], weight), scope.slope)
    for place, each in _present(scope, lists, here.shape[1]):
        has = each.has[scope.origins]
        parts = [here[has, column] * weight[has] for column in (0, 1, place, place + 1)]
        values |= {f"{name}_{each.length.label}": value for name, value in list_figures_of(*parts).items()}
    return values


def _behind(scope: _Scope, lists: Sequence[Lists], exact: _Sums) -> Iterator[tuple[str, tuple[int, int]]]:
    """(rows, events) by metric; those of all metrics that have no own under an empty name."""
    here = exact.totals[scope.origins][:, :, 0]
    yield "", (round(here[:, 0].sum()), round(here[:, 1].sum()))
    for place, each in _present(scope, lists, here.shape[1]):
        rows, events, listed, hits = (
            round(here[each.has[scope.origins], column].sum()) for column in (0, 1, place, place + 1)
        )
        label = each.length.label
        yield f"precision_at_{label}", (listed, hits)
        yield f"lift_at_{label}", (listed, hits)
        yield f"attainable_at_{label}", (listed, events)
        yield f"recall_at_{label}", (rows, events)


def _present(scope: _Scope, lists: Sequence[Lists], width: int) -> Iterator[tuple[int, Lists]]:
    """Lists that an origin of the scope has, with the place of their first column."""
    first = width - _PER_LIST * len(lists)
    for number, each in enumerate(lists):
        if each.has[scope.origins].any():
            yield first + _PER_LIST * number, each
