"""Rolling origins: every model and baseline on the same households, with the same labels, in the same table."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import partial
from typing import Protocol, runtime_checkable

import numpy as np
import pyarrow as pa
from numpy.typing import NDArray

from relapse.core.catalogue import Feature
from relapse.core.errors import InputError
from relapse.core.forecast import HazardForecast
from relapse.core.panel import Floats, Ints
from relapse.core.ranking import rank, towards
from relapse.core.results import Trial
from relapse.core.rows import Unit
from relapse.core.threads import in_order
from relapse.flows.fit import LEAST_EVENTS, Calibration, Evidence, Fit, HazardModel, fit_hazard
from relapse.flows.rows import Task, make_unit


@dataclass(frozen=True, eq=False)
class Earlier:
    """The lists of a period between two origins, by the models that the origin before had.

    Args:
        as_of: the period.
        household_ids: (n,) of the households at risk.
        rank: (n,) place on the list, by model and horizon.
    """

    as_of: int
    household_ids: NDArray[np.object_]
    rank: Mapping[tuple[str, int], Ints]


@dataclass(frozen=True, eq=False)
class OriginResult:
    """What the models said at one origin, and what came of it.

    Args:
        unit: households at risk and their features.
        within: (n, leads) labels with all that the panel knows by its end.
        kind: (n,) number of the kind of each household's first entry, -1 where none is known; None where there is one.
        held: (n, leads) the same with the line of the origin, where a policy's line decides; else None.
        forecasts: by model.
        evidence: by model: whether the rule stood in.
        between: lists of the periods since the origin before, where they were asked for.
    """

    unit: Unit
    within: Floats
    kind: NDArray[np.int8] | None
    held: Floats | None
    forecasts: Mapping[str, HazardForecast]
    evidence: Mapping[str, Evidence]
    between: tuple[Earlier, ...] = ()


@runtime_checkable
class SaysWhatItLacks(Protocol):
    """A model that needs more, or other things, than the features in its `needs`."""

    def lacking(self, entries: Sequence[Feature]) -> tuple[str, ...]:
        """What it cannot do without and is not among the features; empty where it can be fitted."""
        ...


def not_applicable(task: Task, models: Mapping[str, HazardModel], as_of: int) -> dict[str, tuple[str, ...]]:
    """The models that cannot be fitted on a panel, whatever happens on it, and the features that each lacks.

    Args:
        task: what is forecast.
        models: by name; one that says nothing of what it needs can always be fitted.
        as_of: whose unit is looked at; blocks make the same features at every as_of.
    """
    entries = task.unit(as_of).entries
    there = {entry.name for entry in entries}
    lacks = {
        name: model.lacking(entries)
        if isinstance(model, SaysWhatItLacks)
        else tuple(need for need in getattr(model, "needs", ()) if need not in there)
        for name, model in models.items()
    }
    return {name: missing for name, missing in lacks.items() if missing}


def backtest_origins(task: Task, origins: Sequence[int] | None) -> list[int]:
    """The origins at which to test: those asked for, else rolling ones.

    Raises:
        InputError: an origin lies outside the data or has no closed window.
    """
    rolling = task.split.test_origins(task.panel, min(task.horizons), task.outcome.maturity)
    if origins is None:
        return rolling
    label = task.panel.calendar.label
    newest = task.panel.last - task.split.gap - min(task.horizons)
    for origin in origins:
        if not task.panel.first < origin <= newest:
            raise InputError(
                f"origins: {label(origin)} has no closed window in '{task.panel.name}'; choose periods from "
                f"{label(task.panel.first + 1)} to {label(newest)}"
            )
    return sorted(set(origins))


def test_origins(
    task: Task,
    models: Mapping[str, HazardModel],
    rule: HazardModel,
    calibration: Calibration,
    origins: Sequence[int],
    memory: int = 0,
    taught: Task | None = None,
) -> Iterator[OriginResult]:
    """Fit each model on what was known at each origin and ask it about the households at risk there.

    Args:
        task: what is forecast.
        models: by name.
        rule: see `fit_hazard`.
        calibration: see `fit_hazard`.
        origins: ascending.
        memory: for so many periods before each origin, if they lie behind the origin before, lists are made with the
            models of that one; 0 makes none.
        taught: the same on another panel, from which the models learn; they are asked about the task's all the same.

    Yields:
        One result an origin, so that the caller can show progress.

    Raises:
        InputError: too few closed events were known at the origin.
    """
    final, source = task.panel.as_of(task.panel.latest), task if taught is None else taught
    fitted_at = [fitted_for(task, source, origin) for origin in origins]

    def fit_all(as_of: int) -> dict[str, Fit]:
        return {name: fit_hazard(source, model, rule, calibration, as_of) for name, model in models.items()}

    newer, last = in_order(fit_all, dict.fromkeys(fitted_at)), None
    fits, fits_of = dict[str, Fit](), None
    for origin, as_of in zip(origins, fitted_at, strict=True):
        unit = task.unit(origin)
        since = origin if last is None else max(last + 1, origin - memory)
        between = tuple(_lists_of(task, fits, period) for period in range(since, origin))
        last = origin
        if fits_of != as_of:
            fits, fits_of = next(newer), as_of
        labels = task.labels(final, origin)
        yield OriginResult(
            unit,
            labels.within,
            labels.kind,
            task.within_with_line_held(final, origin),
            {name: fit.hazard.forecast(unit) for name, fit in fits.items()},
            {name: fit.evidence for name, fit in fits.items()},
            between,
        )


def _lists_of(task: Task, fits: Mapping[str, Fit], as_of: int) -> Earlier:
    """The order in which each model would have listed the households at risk in a period."""
    unit = make_unit(task.shown.as_of(as_of), task.outcome, task.features, task.leads, task.split.gap)
    distance = towards(unit.column("income__log_ratio_now"), task.outcome.harmful)
    said = {name: fit.hazard.forecast(unit) for name, fit in fits.items()}
    return Earlier(
        as_of,
        unit.household_ids,
        {
            (name, horizon): rank(forecast.score(horizon), distance, unit.household_ids, task.seed)
            for name, forecast in said.items()
            for horizon in task.horizons
        },
    )


def fitted_for(task: Task, source: Task, origin: int) -> int:
    """The as_of at which the models of an origin are fitted: what was known then, as far as their data reach."""
    return min(task.split.fitted_at(task.panel, origin), source.panel.latest)


def usable_origins(
    task: Task, rule: HazardModel, calibration: Calibration, origins: Sequence[int], taught: Task | None = None
) -> list[int]:
    """The origins at which at least the rule can be fitted.

    Args:
        task: what is forecast.
        rule: the plain rule.
        calibration: see `fit_hazard`.
        origins: at which one would like to test.
        taught: see `test_origins`.

    Raises:
        InputError: there is none; says how many events the last one has and how many are needed.
    """
    source = task if taught is None else taught
    fitted_at = {origin: fitted_for(task, source, origin) for origin in origins}
    usable = [
        origin
        for origin, as_of in fitted_at.items()
        if as_of >= source.panel.first and source.has_events(as_of, LEAST_EVENTS)
    ]
    if not usable:
        fit_hazard(source, rule, rule, calibration, fitted_at[origins[-1]])  # says what is missing
    return usable


def require_alike(task: Task, taught: Task) -> None:
    """Refuse to ask models of one panel about another whose periods or outcomes are others.

    Raises:
        InputError: says what differs.
    """
    for what, mine, other in (
        ("periods", task.panel.calendar.frequency, taught.panel.calendar.frequency),
        ("outcome", task.outcome.outcome, taught.outcome.outcome),
        ("kinds of entry", task.outcome.kinds, taught.outcome.kinds),
        ("label", task.kind, taught.kind),
    ):
        if mine != other:
            raise InputError(
                f"trained_on: the {what} of '{taught.panel.name}' are {other}, those of '{task.panel.name}' {mine}; "
                f"choose panels and label= so that they agree"
            )


def make_trials(task: Task, results: Sequence[OriginResult]) -> list[Trial]:
    """The results of all origins, one trial a horizon; households whose outcome is not known are left out."""
    return [_trial(task, results, horizon, list(results[0].forecasts)) for horizon in task.horizons]


def make_kind_trials(task: Task, results: Sequence[OriginResult], models: Sequence[str]) -> list[Trial]:
    """The results by kind of entry and horizon, of those who can have the kind; none where there is one kind.

    Args:
        task: what was forecast.
        results: of all origins.
        models: of which ones.
    """
    trials = [_trial(task, results, horizon, models, kind) for kind in task.outcome.kinds for horizon in task.horizons]
    return [trial for trial in trials if trial.observed.any()]


def _can(result: OriginResult, number: int) -> NDArray[np.bool_]:
    """(n,) who can have a kind of entry."""
    assert result.unit.possible is not None
    return result.unit.possible[:, number]


def _came(result: OriginResult, number: int) -> Floats:
    """(n, leads) whether an entry of one kind had come up to each lead."""
    assert result.kind is not None
    mine = (result.kind == number)[:, None] & (result.within == 1)
    return np.where(np.isnan(result.within), np.nan, mine.astype(np.float64))


def _trial(
    task: Task, results: Sequence[OriginResult], horizon: int, models: Sequence[str], kind: str | None = None
) -> Trial:
    """Of any entry, ordered as a list is; or of one kind, ordered by its chance, of those who can have it."""
    place = task.place(horizon)
    number = -1 if kind is None else task.outcome.kinds.index(kind)
    came = [result.within if kind is None else _came(result, number) for result in results]
    told = [~np.isnan(each[:, place]) for each in came]
    if kind is not None:
        told = [known & _can(result, number) for result, known in zip(results, told, strict=True)]
    pairs = list(zip(results, told, strict=True))

    def chance(result: OriginResult, name: str) -> Floats:
        said = result.forecasts[name]
        return said.risk(horizon) if kind is None else said.risk_of(kind, horizon)

    def place_of(result: OriginResult, name: str, known: NDArray[np.bool_]) -> Ints:
        score = result.forecasts[name].score(horizon) if kind is None else chance(result, name)
        distance = towards(result.unit.column("income__log_ratio_now")[known], task.outcome.harmful)
        return rank(score[known], distance, result.unit.household_ids[known], task.seed)

    return Trial(
        kind or task.outcome.outcome,
        horizon,
        np.concatenate([np.full(known.sum(), result.unit.as_of, np.int32) for result, known in pairs]),
        np.concatenate([result.unit.cluster[known] for result, known in pairs]),
        np.concatenate([result.unit.household_ids[known] for result, known in pairs]),
        np.concatenate([each[known, place] for each, known in zip(came, told, strict=True)]),
        {name: np.concatenate([chance(result, name)[known] for result, known in pairs]) for name in models},
        {name: np.concatenate([place_of(result, name, known) for result, known in pairs]) for name in models},
        np.concatenate([_ahead(task, each[known], place) for each, known in zip(came, told, strict=True)])
        if task.kind == "first_entry"
        else None,
    )


def _ahead(task: Task, came: Floats, place: int) -> Floats:
    """(n,) periods from the origin to the entry, NaN where none came up to the lead at `place`."""
    there = came[:, : place + 1] == 1
    first = task.leads[there.argmax(axis=1)] + task.split.gap
    return np.where(there.any(axis=1), first, np.nan)


def predictions(task: Task, results: Sequence[OriginResult], by_kind: Sequence[str] = ()) -> Iterator[pa.Table]:
    """Every forecast of every model, one row a household, origin and horizon; `observed` null where censored.

    Millions of rows with few texts: these are dictionaries, households' ids too.

    Args:
        task: what was forecast.
        results: of all origins.
        by_kind: models whose chances of each kind of entry are told, too; of those who cannot have it they are 0.

    Yields:
        A table for each origin, model and kind, with all horizons.
    """
    households, label = pa.array(task.panel.household_ids), task.panel.calendar.label
    for result in results:
        who = pa.DictionaryArray.from_arrays(result.unit.members.astype(np.int32), households)
        for name, forecast in result.forecasts.items():
            told = {task.outcome.outcome: (forecast.risk, result.within)}
            if name in by_kind:
                kinds = enumerate(task.outcome.kinds)
                told |= {kind: (partial(forecast.risk_of, kind), _came(result, number)) for number, kind in kinds}
            for outcome, (chance, came) in told.items():
                texts = {"model": name, "outcome": outcome}
                origin = _repeated(label(result.unit.as_of), len(who))
                yield pa.concat_tables(
                    pa.table(
                        {key: _repeated(value, len(who)) for key, value in texts.items()}
                        | {"household_id": who, "origin": origin, "horizon": np.full(len(who), horizon, dtype=np.int64)}
                        | {"probability": chance(horizon)}
                        | {"observed": pa.array(came[:, task.place(horizon)], from_pandas=True)}
                    )
                    for horizon in task.horizons
                )


def _repeated(text: str, count: int) -> pa.DictionaryArray:
    return pa.DictionaryArray.from_arrays(np.zeros(count, dtype=np.int32), [text])
