"""Villages or townships held out: what a model says of households of a place of which it has learned nothing.

The places are divided into parts. For each part every model is fitted once more, without the labels of all households
there, and asked about those of them who are at risk. What is known of them still makes features, theirs and their
neighbours': that is how a model meets a place which is new to it. Where it is much worse there than the model that
learned from everybody, it knows places by heart, or one household's label tells of another's.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from relapse.core.errors import InputError
from relapse.core.facts import Category
from relapse.core.forecast import HazardForecast
from relapse.core.panel import HOUSEHOLDS, Ints, Level, Panel
from relapse.core.results import Trial
from relapse.core.rows import Unit
from relapse.evaluation.evaluate import Evaluation
from relapse.evaluation.figures import ALL
from relapse.flows.backtest import OriginResult, make_trials
from relapse.flows.explain import part_of
from relapse.flows.fit import Calibration, HazardModel, fit_hazard
from relapse.flows.rows import Task
from relapse.outcome.split import parts_of

COLUMNS = [
    "model", "held_out", "against", "outcome", "horizon", "metric", "value", "without", "difference", "ci_low",
    "ci_high", "range_low", "range_high", "n", "events",
]  # fmt: skip
EVERYBODY, AS_MANY, PLACES = "everybody", "as_many", "places"


@dataclass(frozen=True, eq=False)
class HeldOut:
    """What models said of the same households at the same origins, of any entry and none of its kinds.

    Args:
        place: what was held out: villages or townships.
        everybody: fitted on everybody.
        as_many: fitted without the household and as many others as a part of the places has, drawn from all places.
        places: fitted without the household's place, and all others of its part.
    """

    place: Level
    everybody: Sequence[OriginResult]
    as_many: Sequence[OriginResult]
    places: Sequence[OriginResult]


def hold_out(
    task: Task,
    models: Mapping[str, HazardModel],
    rule: HazardModel,
    calibration: Calibration,
    results: Sequence[OriginResult],
    place: Level,
    folds: int,
) -> HeldOut:
    """Fit the models without each part of the places in turn, and ask about the households there.

    Fewer households teach less, and a household's own past teaches most: so the models are also fitted without as many
    households of all places. Only where the places are missed more than these do they tell anything.

    Args:
        task: what is forecast.
        models: by name; each is fitted twice `folds` times where the results' models were fitted once.
        rule: see `fit_hazard`; it is fitted without the places, too.
        calibration: see `fit_hazard`.
        results: of these models (and others) that learned from everybody.
        place: what is held out.
        folds: parts; fewer where there are fewer places.

    Raises:
        InputError: the panel tells no two places, or too few events are left without a part.
    """
    part = parts_of(homes(task.panel, place), folds)
    drawn = task.rng(9).permutation(part)
    seen = [replace(each, forecasts={name: each.forecasts[name] for name in models}) for each in results]
    as_many, places = (list(_blindly(task, models, rule, calibration, seen, each)) for each in (drawn, part))
    return HeldOut(place, seen, as_many, places)


def _blindly(
    task: Task,
    models: Mapping[str, HazardModel],
    rule: HazardModel,
    calibration: Calibration,
    seen: Sequence[OriginResult],
    part: NDArray[np.intp],
) -> Iterator[OriginResult]:
    """The results with forecasts by fits each of which learned nothing of a part (households,) of all households."""
    blind, fitted_at, fits = task.without_each(part), None, []
    for result in seen:
        if fitted_at != task.split.fitted_at(task.panel, result.unit.as_of):
            fitted_at = task.split.fitted_at(task.panel, result.unit.as_of)
            fits = [
                {name: fit_hazard(each, model, rule, calibration, fitted_at) for name, model in models.items()}
                for each in blind
            ]
        mine = part[result.unit.members]
        forecasts = {name: _by_part(result.unit, mine, [fit[name].hazard.forecast for fit in fits]) for name in models}
        yield replace(result, forecasts=forecasts, evidence={name: fits[0][name].evidence for name in models})


def homes(panel: Panel, place: Level) -> Ints:
    """(households,) number of the place where each lives, as last known; those of whom none is known each stand alone.

    Raises:
        InputError: the panel tells no two places.
    """
    told = _last_homes(panel, place)
    if told is None or len(np.unique(told.codes[told.codes >= 0])) < 2:
        raise InputError(
            f"split.hold_out={place}: the panel '{panel.name}' tells no two of them; name their column with "
            f"data.columns.{place}=NAME, or leave split.hold_out out"
        )
    alone = len(told.levels) + np.arange(len(told.codes))
    return np.where(told.codes >= 0, told.codes, alone).astype(np.int32)


def _last_homes(panel: Panel, place: Level) -> Category | None:
    """(households,): of everybody, also those who are no longer observed; None where the panel tells none."""
    if HOUSEHOLDS in panel.tables:
        everybody = np.arange(len(panel.household_ids), dtype=np.int32)
        return panel.as_of(panel.latest).histories(everybody, lags=1).home(place)
    rows = panel.village if place == "village" else panel.township
    if rows is None:
        return None
    codes = np.full(len(panel.household_ids), -1, dtype=np.int32)
    told = np.flatnonzero(rows.codes >= 0)
    codes[panel.household[told]] = rows.codes[told]  # in order of time: the last one stays
    return Category(codes, rows.levels)


def differences(held: HeldOut, task: Task, evaluation: Evaluation) -> pd.DataFrame:
    """Paired differences: how much worse models are in places of which they learned nothing.

    Args:
        held: see `hold_out`.
        task: what was forecast.
        evaluation: what is measured; all stand on the same draws, of whole villages where these are known.

    Returns:
        One row a model, horizon, metric and fit that it is held `against` (`everybody` or `as_many`), pooled over
        origins, with `COLUMNS`: `value` of the fit that it is held against, `without` the places, their difference
        (above zero is lost where more is better: in all metrics but log_loss), and its range over the origins.
    """
    arms = {EVERYBODY: held.everybody, AS_MANY: held.as_many, PLACES: held.places}
    tables = [pd.DataFrame(columns=COLUMNS)]
    for trials in zip(*(make_trials(task, results) for results in arms.values()), strict=True):
        named = dict(zip(arms, trials, strict=True))
        for model in named[PLACES].probability if len(named[PLACES].observed) else ():
            together = _side_by_side(named, model)
            measured = evaluation.measure(together, task.rng(together.horizon, 9))
            for against in (EVERYBODY, AS_MANY):
                table = measured.compare(against, PLACES)
                for column, arm in (("value", against), ("without", PLACES)):
                    table[column] = [measured.figures[arm][ALL, metric].value for metric in table["metric"]]
                counted = {"n": len(together.observed), "events": int(together.observed.sum())}
                tables.append(table.assign(model=model, held_out=held.place, against=against, **counted)[COLUMNS])
    return pd.concat(tables[1:] or tables, ignore_index=True)


def lost_precision(table: pd.DataFrame, model: str) -> list[dict[str, Any]]:
    """Rows of `differences` that tell what a model loses in average precision beside a fit on as many households."""
    mine = (table["model"] == model) & (table["against"] == AS_MANY) & (table["metric"] == "pr_auc")
    return [{str(key): value for key, value in row.items()} for row in table[mine].to_dict("records")]


def _side_by_side(trials: Mapping[str, Trial], model: str) -> Trial:
    """One trial in which the fits of a model stand side by side."""
    return replace(
        trials[PLACES],
        probability={arm: trial.probability[model] for arm, trial in trials.items()},
        rank={arm: trial.rank[model] for arm, trial in trials.items()},
    )


def _by_part(
    unit: Unit, part: NDArray[np.intp], forecasts: Sequence[Callable[[Unit], HazardForecast]]
) -> HazardForecast:
    """What the fit without each household's own part says of it."""
    shape = (len(unit.members), len(unit.leads))
    margin, chance, cumulative = np.empty(shape), np.empty(shape), True
    for number, forecast in enumerate(forecasts):
        rows = np.flatnonzero(part == number)
        if len(rows):
            said = forecast(part_of(unit, rows))
            margin[rows], chance[rows], cumulative = said.margin, said.chance, said.cumulative
    return HazardForecast(unit.leads, margin, chance, cumulative)
