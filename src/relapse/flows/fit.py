"""Units -> one fitted, calibrated hazard: fit, cross-fit on later origins, hold against the rule, calibrate, refit."""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Annotated, Protocol, runtime_checkable

import numpy as np
from numpy.typing import NDArray
from pydantic import Field
from pydantic.dataclasses import dataclass as recipe

from relapse.core.errors import InputError
from relapse.core.forecast import HazardForecast
from relapse.core.panel import PanelView
from relapse.core.recipe import STRICT, Count, Share
from relapse.core.rows import Ints, TrainingRows, Unit
from relapse.core.texts import event_words
from relapse.evaluation.compare import paired_difference
from relapse.flows.explain import part_of
from relapse.flows.rows import Task, stack
from relapse.model.blend import Blend, FittedHazard
from relapse.model.calibration.by_lead import ByLead, LeadMaps
from relapse.model.kinds import Entries, FittedKinds, KindShares

Floats = NDArray[np.float64]


class HazardModel(Protocol):
    """A recipe of a model or of a baseline."""

    @property
    def name(self) -> str:
        """That of its file in `conf/model/`."""
        ...

    @property
    def guarded(self) -> bool:
        """Whether it is held against the rule and calibrated on later origins (else it stands as it is)."""
        ...

    def fit(self, rows: TrainingRows, rng: np.random.Generator) -> FittedHazard:
        """The fitted model."""
        ...

    def restore(self, files: Mapping[str, bytes]) -> FittedHazard:
        """The fitted model from its files."""
        ...


@runtime_checkable
class StopsEarly(Protocol):
    """A model whose size later origins can bear out."""

    @property
    def stops_early(self) -> bool:
        """Whether it is told to look at them."""
        ...

    @property
    def at_floor(self) -> bool:
        """Whether it is of the least size."""
        ...

    def stopped(self, rows: TrainingRows, later: TrainingRows, rng: np.random.Generator) -> HazardModel:
        """The same recipe at the size that does best on later origins."""
        ...


@recipe(frozen=True, config=STRICT)
class Calibration:
    """How a model is calibrated and held against the rule, both on origins later than its cross-fit's.

    Args:
        maps: strictly increasing maps by lead.
        shares: shares of the model in the margin that are tried beside 0 (the rule).
        least_events: with fewer later events there is no evidence, and the rule stays.
        most_asked: households asked at later origins at most; all with an event, others are sampled and weighted.
        kinds: how the shares of kinds are fitted, where entries can be of several.
        shock: relative standard deviation of how far the level of the time ahead lies from that of the past.
        draws: resamples for the paired interval.
        required_gain: the lower bound of the gain in average precision, mean over the horizons, must exceed this.
    """

    maps: ByLead
    shares: list[Share]
    least_events: Count
    most_asked: Count
    kinds: KindShares
    shock: Annotated[float, Field(ge=0)]
    draws: Annotated[int, Field(ge=20)]
    required_gain: float


@dataclass(frozen=True, eq=False)
class Asked:
    """Households of a later origin whose labels are known.

    Args:
        unit: theirs.
        event, within: (n, leads) see `Later`.
        weight: (n,) how many households each stands for.
    """

    unit: Unit
    event: Floats
    within: Floats
    weight: Floats


@dataclass(frozen=True, eq=False)
class Later:
    """What the cross-fit said of later origins, and what came of it (households at risk, origins after the cut).

    Args:
        model, rule: forecasts.
        event: (rows, leads) hazard labels, NaN where censored.
        within: (rows, leads) labels up to each lead.
        weight: (rows,) how many households each stands for.
        cluster, origin: (rows,).
        asked: the parts of units of which it is made.
    """

    model: HazardForecast
    rule: HazardForecast
    event: Floats
    within: Floats
    weight: Floats
    cluster: Ints
    origin: Ints
    asked: tuple[Asked, ...]


@dataclass(frozen=True)
class Evidence:
    """Why the version is the model, a mixture or the rule.

    Args:
        share: of the model in the margin.
        reason: key of `core.texts` (`fallback.<reason>`), empty where the model stands alone.
        details: for its placeholders.
        gain: lower bounds of the gain in average precision over the rule by horizon, at the chosen share or the best.
        at_floor: whether later origins ended the growth of the model before it was of any size.
    """

    share: float
    reason: str
    details: Mapping[str, str]
    gain: Mapping[int, float]
    at_floor: bool = False


@dataclass(frozen=True, eq=False)
class Fit:
    """A fitted hazard, and on what it was fitted.

    Args:
        hazard: ready to forecast.
        evidence: held against the rule.
        events, households: distinct, among the closed labels known.
        origins: training origins.
    """

    hazard: Blend
    evidence: Evidence
    events: int
    households: int
    origins: tuple[int, ...]


RULE_ROWS = 300_000  # our choice: a rule fits two numbers a lead, for which more rows tell nothing
_LEVEL_ORIGINS = 2  # newest later origins at which the level is taken
LEAST_EVENTS = 5  # two parameters a map; with fewer events not even the rule's chances mean anything


def fit_hazard(task: Task, model: HazardModel, rule: HazardModel, calibration: Calibration, as_of: int) -> Fit:
    """Fit a model on all that was known at an as_of.

    A guarded model is fitted twice: first on the labels closed at an earlier cut, to be calibrated and held against the
    rule on the origins after it; then on all closed labels. Where the later origins do not bear it out, the rule is it.

    Args:
        task: what is forecast.
        model: the recipe.
        rule: the plain rule it has to beat.
        calibration: maps and evidence.
        as_of: nothing that became known later is used.

    Raises:
        InputError: no events, or too few, had closed and were known.
    """
    fit = _fit_any(task, model, rule, calibration, as_of)
    if not task.outcome.kinds:
        return fit
    recipe = calibration.kinds if model.guarded else calibration.kinds.alike()  # a rule knows of no kinds
    return replace(fit, hazard=replace(fit.hazard, kinds=_fitted_kinds(task, recipe, as_of)))


def _fitted_kinds(task: Task, recipe: KindShares, as_of: int) -> FittedKinds:
    """Shares of kinds on all entries known at an as_of; the same for all models that ask alike."""
    return task.fitted_kinds.get_or_make(
        (repr(recipe), as_of), lambda: recipe.fit(task.outcome.kinds, _entries(task, as_of))
    )


def _entries(task: Task, as_of: int) -> Entries:
    """The entries among the closed labels known at an as_of, with their kinds.

    An entry of a kind that nobody could have at its origin tells nothing of the shares there.
    """
    known = task.panel.as_of(as_of)
    entries = task.unit(as_of).table.entries
    columns = np.array([k for k, entry in enumerate(entries) if entry.modelled], dtype=np.intp)
    count = len(task.outcome.kinds)
    parts = [
        (
            np.empty((0, len(columns)), np.float32),
            np.empty(0, np.int32),
            np.empty((0, count), bool),
            np.empty(0, np.int8),
        )
    ]
    for origin, event in task.training_events(as_of).items():
        unit, kinds = task.unit(origin), task.labels(known, origin).kind
        assert unit.possible is not None and kinds is not None
        rows, places = np.nonzero(event == 1)
        told = (kinds[rows] >= 0) & unit.possible[rows, kinds[rows]]
        rows, lead = rows[told], unit.leads[places[told]]
        parts.append((unit.table.values[rows[:, None], columns], lead, unit.possible[rows], kinds[rows]))
    matrix, lead, possible, kind = (np.concatenate(column) for column in zip(*parts, strict=True))
    return Entries([entries[k].name for k in columns], matrix, lead, possible, kind)


def _fit_any(task: Task, model: HazardModel, rule: HazardModel, calibration: Calibration, as_of: int) -> Fit:
    """The hazard of an entry of whatever kind."""
    rng = task.rng(as_of, 2)
    rows = training_rows(task, rule if model.guarded else model, as_of)
    _require_events(task, rows, as_of)
    known = (rows.events, rows.households, rows.origins)
    if not model.guarded:
        blend = Blend(model.fit(rows, rng), None, 1.0, None, rows.cumulative)
        return Fit(_with_spread(blend, rows.events, calibration), Evidence(1.0, "", {}, {}), *known)

    ruled, sized = rule.fit(rows, rng), _stopped(task, model, as_of)
    evidence, later = _hold_against(task, sized, rule, calibration, as_of, rows.events)
    if sized is not model and isinstance(sized, StopsEarly):
        evidence = replace(evidence, at_floor=sized.at_floor)
    if later is None or evidence.share == 0:
        blend = Blend(None, ruled, 0.0, None, rows.cumulative)
        return Fit(_with_spread(blend, rows.events, calibration), evidence, *known)
    margin = evidence.share * later.model.margin + (1 - evidence.share) * later.rule.margin
    told = ~np.isnan(later.event)
    leads = np.broadcast_to(task.leads, margin.shape)[told]
    weight = np.broadcast_to(later.weight[:, None], told.shape)[told]
    maps = calibration.maps.fit(margin[told], later.event[told], weight, leads, task.leads)
    whole = Blend(_fitted(task, sized, as_of), ruled, evidence.share, maps, rows.cumulative)
    whole = replace(whole, maps=_levelled(whole, maps, later, calibration))
    seen = sum(int((each.event == 1).sum()) for each in later.asked[-_LEVEL_ORIGINS:])
    return Fit(_with_spread(whole, seen, calibration), evidence, *known)


def _with_spread(blend: Blend, events: int, calibration: Calibration) -> Blend:
    """With how far its level may be off: as far as a count of so many events, and the years' differences beside."""
    return replace(blend, level_spread=math.hypot(1 / math.sqrt(max(events, 1)), calibration.shock))


def _stopped(task: Task, model: HazardModel, as_of: int) -> HazardModel:
    """The model at the size that the origins after the cut bear out, where it looks at them and they tell of events."""
    cut = _cut(task, as_of)
    if not isinstance(model, StopsEarly) or not model.stops_early or cut is None:
        return model
    early, later = training_rows(task, model, cut), training_rows(task, model, as_of, cut)
    if min(early.events, later.events) < LEAST_EVENTS:
        return model
    return model.stopped(early, later, task.rng(cut, 2))


def _cut(task: Task, as_of: int) -> int | None:
    """The as_of of the cross-fit; None where the data do not reach back so far."""
    cut = task.split.calibration_cut(task.panel, as_of, int(task.leads.max()), task.outcome.maturity)
    return cut if task.panel.first < cut < as_of else None


def _levelled(whole: Blend, maps: LeadMaps, later: Later, calibration: Calibration) -> LeadMaps:
    """The maps at the level of the model that they serve: it has seen what the cross-fit, whose maps they are, had not.

    Where a kind of event begins, or ends, between the two, the cross-fit's level says little of the whole model's.
    """
    newest = later.asked[-_LEVEL_ORIGINS:]
    margin = np.concatenate([whole.forecast(each.unit).margin for each in newest])
    event, weight = (np.concatenate([getattr(each, name) for each in newest]) for name in ("event", "weight"))
    return maps.levelled(margin, event, weight, calibration.maps.prior_events)


def _hold_against(
    task: Task, model: HazardModel, rule: HazardModel, calibration: Calibration, as_of: int, events: int
) -> tuple[Evidence, Later | None]:
    """How much of the model the origins after the cut bear out."""
    needed = int(getattr(model, "least_events", 0))
    if events < needed:
        return Evidence(0.0, "too_few_events", {"events": str(events), "needed": str(needed)}, {}), None
    later = _later_origins(task, model, rule, calibration, as_of)
    seen = 0 if later is None else int((later.event == 1).sum())
    if later is None or seen < calibration.least_events:
        details = {"events": str(seen), "needed": str(calibration.least_events)}
        return Evidence(0.0, "too_few_later_events", details, {}), None
    gains = {share: _gains(task, later, share, calibration, as_of) for share in calibration.shares}
    best = max(gains, key=lambda share: (np.mean(list(gains[share].values())), share))
    if np.mean(list(gains[best].values())) <= calibration.required_gain:
        return Evidence(0.0, "no_evidence", {}, gains[best]), later
    details = {"weight": f"{best:.0%}"}
    return Evidence(best, "" if best == 1 else "shrunk", details if best < 1 else {}, gains[best]), later


def _later_origins(
    task: Task, model: HazardModel, rule: HazardModel, calibration: Calibration, as_of: int
) -> Later | None:
    """The model fitted at the cut, asked about the origins from the cut on; None where it cannot be fitted there."""
    cut = _cut(task, as_of)
    if cut is None:
        return None
    rows = training_rows(task, rule, cut)
    if rows.events < max(LEAST_EVENTS, int(getattr(model, "least_events", 0)) // 2):
        return None
    known = task.panel.as_of(as_of)
    leads = rows.leads
    early, ruled = (
        Blend(part, None, 1.0, None, rows.cumulative)
        for part in (_fitted(task, model, cut), rule.fit(rows, task.rng(cut, 2)))
    )
    asked = _asked(task, known, [each for each in task.training_origins(as_of) if each >= cut], calibration.most_asked)
    if not asked:
        return None
    model_margin, rule_margin = (
        np.concatenate([blend.forecast(each.unit).margin for each in asked]) for blend in (early, ruled)
    )
    return Later(
        HazardForecast(leads, model_margin, model_margin, rows.cumulative),
        HazardForecast(leads, rule_margin, rule_margin, rows.cumulative),
        np.concatenate([each.event for each in asked]),
        np.concatenate([each.within for each in asked]),
        np.concatenate([each.weight for each in asked]),
        np.concatenate([each.unit.cluster for each in asked]).astype(np.int32),
        np.concatenate([np.full(len(each.weight), each.unit.as_of, np.int32) for each in asked]),
        asked,
    )


def _asked(task: Task, known: PanelView, origins: Sequence[int], most: int) -> tuple[Asked, ...]:
    """Of each origin the households with a known label: all with an event, of the others a weighted sample."""
    labels = {origin: task.labels(known, origin) for origin in origins}
    told = {origin: ~np.isnan(each.event).all(axis=1) & ~task.is_held_out(origin) for origin, each in labels.items()}
    fell = {origin: (each.event == 1).any(axis=1) & told[origin] for origin, each in labels.items()}
    events = sum(int(each.sum()) for each in fell.values())
    others = sum(int(each.sum()) for each in told.values()) - events
    share = min(1.0, max(most - events, 2 * events) / max(others, 1))
    rng = task.rng(known.as_of, 8)
    asked = []
    for origin, label in labels.items():
        drawn = rng.random(len(fell[origin])) < share
        rows = np.flatnonzero(fell[origin] | (told[origin] & drawn))
        weight = np.where(fell[origin][rows], 1.0, 1 / share)
        asked.append(Asked(part_of(task.unit(origin), rows), label.event[rows], label.within[rows], weight))
    return tuple(asked)


def _gains(task: Task, later: Later, share: float, calibration: Calibration, as_of: int) -> dict[int, float]:
    """Lower bound of the gain in average precision over the rule, by horizon."""
    margin = share * later.model.margin + (1 - share) * later.rule.margin
    mixed = HazardForecast(later.model.leads, margin, margin, later.model.cumulative)
    gains = {}
    for horizon in task.horizons:
        observed = later.within[:, task.place(horizon)]
        told = ~np.isnan(observed)
        if not (observed == 1).any():
            continue
        low = paired_difference(
            observed[told],
            mixed.score(horizon)[told],
            later.rule.score(horizon)[told],
            cluster=later.cluster[told],
            origin=later.origin[told],
            horizon=horizon,
            draws=calibration.draws,
            rng=task.rng(as_of, 3),
            weight=later.weight[told],
        )[1]
        if np.isfinite(low):  # one cluster at one origin has no interval, which is no gain either
            gains[horizon] = low
    return gains or {task.horizons[0]: 0.0}


def _fitted(task: Task, model: HazardModel, as_of: int) -> FittedHazard:
    """The model on all labels known at an as_of; fitted once, though a later origin's cross-fit may be the same."""
    return task.fitted.get_or_make(
        (repr(model), as_of), lambda: model.fit(training_rows(task, model, as_of), task.rng(as_of, 2))
    )


def training_rows(task: Task, model: HazardModel, as_of: int, since: int | None = None) -> TrainingRows:
    """A model's training rows: a rule asks for the features that it reads, a learner for all."""
    most, others = getattr(model, "most_rows", RULE_ROWS), getattr(model, "others_per_event", None)
    return stack(task, as_of, most, getattr(model, "needs", None), others, since)


def _require_events(task: Task, rows: TrainingRows, as_of: int) -> None:
    if rows.events >= LEAST_EVENTS:
        return
    label, event = task.panel.calendar.label, event_words(task.outcome.outcome, "en")["event"]
    raise InputError(
        f"{rows.events} {event} had closed and were known at {label(as_of)} among {rows.households} "
        f"households at risk in '{task.panel.name}'; at least {LEAST_EVENTS} are needed: take a later as_of, a higher "
        f"line or more data"
    )
