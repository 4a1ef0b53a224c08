"""Units -> one fitted, calibrated hazard: fit, cross-fit, hold against the rule, calibrate, refit."""

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
from relapse.model.calibration.by_lead import ByLead, LeadMaps, level_shift
from relapse.model.kinds import Entries, FittedKinds, KindShares
from relapse.outcome.label.labels import BELOW_LINE
from relapse.outcome.split import parts_of

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
class HasLevel(FittedHazard, Protocol):
    """A fitted rule whose chances can be raised or lowered together."""

    def raised(self, shift: float) -> FittedHazard:
        """The same order with all log-odds raised by as much."""
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
    """How a model is calibrated and held against the rule, both on labels that its cross-fit has not learned.

    Args:
        maps: strictly increasing maps by lead.
        shares: shares of the model in the margin that are tried beside 0 (the rule).
        least_events: with fewer events after the cut, other places are asked; with fewer there, too, the rule stays.
        folds: parts into which the places are divided, where they are asked.
        most_asked: households asked at most; all with an event, others are sampled and weighted.
        slope_kept: power to which the common slope of a model's maps is taken. They are those of a model that has
            learned from less than the one that they serve, which errs less and needs less flattening.
        kinds: how the shares of kinds are fitted, where entries can be of several.
        shock: relative standard deviation of how far the level of the time ahead lies from that of the past.
        draws: resamples for the paired interval.
        required_gain: the lower bound of the gain in average precision, mean over the horizons, must exceed this.
    """

    maps: ByLead
    shares: list[Share]
    least_events: Count
    folds: Annotated[int, Field(ge=2)]
    most_asked: Count
    slope_kept: Annotated[float, Field(ge=0, le=1)]
    kinds: KindShares
    shock: Annotated[float, Field(ge=0)]
    draws: Annotated[int, Field(ge=20)]
    required_gain: float


@dataclass(frozen=True, eq=False)
class Asked:
    """Households of an origin whose labels are known, and were not learned by the fits that are asked about them.

    Args:
        unit: theirs.
        event, within: (n, leads) see `CrossFit`.
        weight: (n,) how many households each stands for.
    """

    unit: Unit
    event: Floats
    within: Floats
    weight: Floats


@dataclass(frozen=True, eq=False)
class CrossFit:
    """What fits said of households whose labels they had not learned, and what came of it.

    Args:
        model, rule: forecasts.
        event: (rows, leads) hazard labels, NaN where censored.
        within: (rows, leads) labels up to each lead.
        weight: (rows,) how many households each stands for.
        cluster, origin: (rows,).
        asked: the parts of units of which it is made, origins ascending.
    """

    model: HazardForecast
    rule: HazardForecast
    event: Floats
    within: Floats
    weight: Floats
    cluster: Ints
    origin: Ints
    asked: tuple[Asked, ...]

    @property
    def events(self) -> int:
        """Events at a lead, over all origins: one that several origins see counts for each."""
        return _events(self.asked)

    def mixed(self, share: float) -> Floats:
        """(rows, leads) margins of a mixture with so much of the model."""
        return share * self.model.margin + (1 - share) * self.rule.margin

    def newest(self) -> list[Asked]:
        """Those of the newest origins, at which the level is taken."""
        origins = sorted({each.unit.as_of for each in self.asked})[-_LEVEL_ORIGINS:]
        return [each for each in self.asked if each.unit.as_of in origins]


@dataclass(frozen=True)
class Evidence:
    """Why the version is the model, a mixture or the rule.

    Args:
        share: of the model in the margin.
        reason: key of `core.texts` (`fallback.<reason>`), empty where the model stands alone.
        details: for its placeholders.
        gain: lower bounds of the gain in average precision over the rule by horizon, at the chosen share or the best.
        places: whether it was held against the rule in other places, for lack of events at later origins.
        at_floor: whether later origins ended the growth of the model before it was of any size.
    """

    share: float
    reason: str
    details: Mapping[str, str]
    gain: Mapping[int, float]
    places: bool = False
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


TOO_FEW_TO_CHECK = "too_few_to_check"  # neither at later origins nor in other places
RULE_ROWS = 300_000  # our choice: a rule fits two numbers a lead, for which more rows tell nothing
_LEVEL_ORIGINS = 2  # newest origins at which the level is taken
LEAST_EVENTS = 5  # two parameters a map; with fewer events not even the rule's chances mean anything


def fit_hazard(task: Task, model: HazardModel, rule: HazardModel, calibration: Calibration, as_of: int) -> Fit:
    """Fit a model on all that was known at an as_of.

    A guarded model is fitted twice: first on the labels closed at an earlier cut, to be calibrated and held against the
    rule on the origins after it; then on all closed labels. Where too few events came after the cut, it is fitted
    without a part of the places in turn instead, and asked about that part. Where it is not borne out, the rule is it.

    Args:
        task: what is forecast.
        model: the recipe.
        rule: the plain rule it has to beat.
        calibration: maps and evidence.
        as_of: nothing that became known later is used.

    Raises:
        InputError: no events, or too few, had closed and were known.
    """
    return fit_tried(task, model, rule, calibration, as_of)[0]


def fit_tried(
    task: Task, model: HazardModel, rule: HazardModel, calibration: Calibration, as_of: int
) -> tuple[Fit, CrossFit | None]:
    """The same as `fit_hazard`, with the cross-fit by which it is calibrated; None where it is not.

    It holds the units that were asked, so whoever needs it alone keeps it.
    """
    fit, tried = _fit_any(task, model, rule, calibration, as_of)
    if not task.outcome.kinds:
        return fit, tried
    recipe = calibration.kinds if model.guarded else calibration.kinds.alike()  # a rule knows of no kinds
    return replace(fit, hazard=replace(fit.hazard, kinds=_fitted_kinds(task, recipe, as_of))), tried


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


def _fit_any(
    task: Task, model: HazardModel, rule: HazardModel, calibration: Calibration, as_of: int
) -> tuple[Fit, CrossFit | None]:
    """The hazard of an entry of whatever kind, with the cross-fit by which it is calibrated."""
    rng = task.rng(as_of, 2)
    rows = training_rows(task, rule if model.guarded else model, as_of)
    _require_events(task, rows, as_of)
    known = (rows.events, rows.households, rows.origins)
    if not model.guarded:
        fitted, told = model.fit(rows, rng), rows.events
        if model.name == rule.name:
            fitted, told = _at_newest_level(task, fitted, told, calibration, as_of)
        blend = Blend(fitted, None, 1.0, None, rows.cumulative)
        return Fit(_with_spread(blend, told, calibration), Evidence(1.0, "", {}, {}), *known), None

    ruled, told = _at_newest_level(task, rule.fit(rows, rng), rows.events, calibration, as_of)
    sized = _stopped(task, model, as_of)
    evidence, tried = _hold_against(task, sized, rule, calibration, as_of, rows.events)
    if sized is not model and isinstance(sized, StopsEarly):
        evidence = replace(evidence, at_floor=sized.at_floor)
    if tried is None or evidence.share == 0:
        blend = Blend(None, ruled, 0.0, None, rows.cumulative)
        return Fit(_with_spread(blend, told, calibration), evidence, *known), None
    unmapped = Blend(_fitted(task, sized, as_of), ruled, evidence.share, None, rows.cumulative)
    whole = mapped(unmapped, tried, calibration)
    return Fit(_with_spread(whole, _events(tried.newest()), calibration), evidence, *known), tried


def mapped(whole: Blend, tried: CrossFit, calibration: Calibration) -> Blend:
    """A fitted hazard with the maps of its cross-fit, made for one that has learned more, at the newest origins' level.

    Args:
        whole: fitted on all closed labels.
        tried: what fits on a part of them said of the others.
        calibration: how maps are fitted.
    """
    maps = _maps(tried, whole.share, calibration)
    maps = maps.steepened(calibration.slope_kept, tried.mixed(whole.share), tried.weight)
    return replace(whole, maps=_levelled(whole, maps, tried, calibration))


def beside_rule(
    task: Task, hazard: Blend, model: HazardModel, rule: HazardModel, calibration: Calibration, as_of: int
) -> Blend:
    """The hazard with the fitted rule beside it, which does not touch what it says: a list can be made by the rule.

    Args:
        task: what is forecast.
        hazard: of `fit_hazard`.
        model: that it was fitted with.
        rule: the plain rule.
        calibration: how its level is taken.
        as_of: nothing that became known later is used.
    """
    if hazard.rule is not None or model.name == rule.name:
        return hazard
    rows = training_rows(task, rule, as_of)
    fitted = rule.fit(rows, task.rng(as_of, 2))
    return replace(hazard, rule=_at_newest_level(task, fitted, rows.events, calibration, as_of)[0])


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


def _levelled(whole: Blend, maps: LeadMaps, tried: CrossFit, calibration: Calibration) -> LeadMaps:
    """The maps at the level of the model that they serve: it has seen what the cross-fit of the maps had not.

    Where a kind of event begins, or ends, between the two, the cross-fit's level says little of the whole model's.
    """
    return maps.levelled(*_told(whole, tried.newest()), calibration.maps.prior_events)


def _at_newest_level(
    task: Task, rule: FittedHazard, events: int, calibration: Calibration, as_of: int
) -> tuple[FittedHazard, int]:
    """The rule at the level of the newest training origins, drawn to that of all years; and how many events told it.

    How often an office recognises is its practice, which moves on from year to year (experiments/0007-count-range). How
    often a line is crossed goes up and down with incomes: where it alone decides, all years tell the next one's level.
    """
    if task.outcome.outcome == BELOW_LINE or not isinstance(rule, HasLevel):
        return rule, events
    origins = task.training_origins(as_of)[-_LEVEL_ORIGINS:]
    newest = _asked(task, task.panel.as_of(as_of), origins, calibration.most_asked)
    prior = calibration.maps.prior_events
    return rule.raised(level_shift(*_told(rule, newest), prior)), min(events, _events(newest) + round(prior))


def _told(hazard: FittedHazard | Blend, asked: Sequence[Asked]) -> tuple[Floats, Floats, Floats]:
    """(n, leads) margins and events and (n,) weights of all who were asked."""
    margin = np.concatenate([hazard.margin(each.unit) for each in asked])
    return margin, np.concatenate([each.event for each in asked]), np.concatenate([each.weight for each in asked])


def _events(asked: Sequence[Asked]) -> int:
    """Events at a lead: one that several origins see counts for each."""
    return sum(int((each.event == 1).sum()) for each in asked)


def _hold_against(
    task: Task, model: HazardModel, rule: HazardModel, calibration: Calibration, as_of: int, events: int
) -> tuple[Evidence, CrossFit | None]:
    """How much of the model is borne out by labels that it has not learned."""
    needed = int(getattr(model, "least_events", 0))
    if events < needed:
        return Evidence(0.0, "too_few_events", {"events": str(events), "needed": str(needed)}, {}), None
    tried, places = _at_later_origins(task, model, rule, calibration, as_of), False
    if tried is None or tried.events < calibration.least_events:
        tried, places = _in_other_places(task, model, rule, calibration, as_of), True
    if tried is None or tried.events < calibration.least_events:
        details = {"events": str(0 if tried is None else tried.events), "needed": str(calibration.least_events)}
        return Evidence(0.0, TOO_FEW_TO_CHECK, details, {}, places), None
    gains = {share: _gains(task, tried, share, calibration, as_of) for share in calibration.shares}
    borne_out = [share for share in gains if np.mean(list(gains[share].values())) > calibration.required_gain]
    if not borne_out:
        nearest = max(gains, key=lambda share: np.mean(list(gains[share].values())))
        return Evidence(0.0, "no_evidence", {}, gains[nearest], places), tried
    best = min(borne_out, key=lambda share: _log_loss(tried, share, calibration))
    details = {"weight": f"{best:.0%}"}
    return Evidence(best, "" if best == 1 else "shrunk", details if best < 1 else {}, gains[best], places), tried


def _maps(tried: CrossFit, share: float, calibration: Calibration) -> LeadMaps:
    """From the margins of a mixture to chances."""
    told = ~np.isnan(tried.event)
    leads = np.broadcast_to(tried.model.leads, told.shape)[told]
    weight = np.broadcast_to(tried.weight[:, None], told.shape)[told]
    return calibration.maps.fit(tried.mixed(share)[told], tried.event[told], weight, leads, tried.model.leads)


def _log_loss(tried: CrossFit, share: float, calibration: Calibration) -> float:
    """Of a calibrated mixture: far steadier than average precision, which hangs on the few at the top."""
    odds = _maps(tried, share, calibration).log_odds(tried.mixed(share))
    return float(np.nansum(tried.weight[:, None] * (np.logaddexp(0, odds) - tried.event * odds)))


def _fewest(model: HazardModel) -> int:
    """Events without which a model is not tried on a part of the labels."""
    return max(LEAST_EVENTS, int(getattr(model, "least_events", 0)) // 2)


def _at_later_origins(
    task: Task, model: HazardModel, rule: HazardModel, calibration: Calibration, as_of: int
) -> CrossFit | None:
    """Fitted at the cut, asked about the origins from the cut on; None where nothing can be fitted or asked."""
    cut = _cut(task, as_of)
    if cut is None:
        return None
    rows = training_rows(task, rule, cut)
    if rows.events < _fewest(model):
        return None
    origins = [each for each in task.training_origins(as_of) if each >= cut]
    asked = _asked(task, task.panel.as_of(as_of), origins, calibration.most_asked)
    early = _fitted(task, model, cut), rule.fit(rows, task.rng(cut, 2))
    return _cross_fit([(each, early) for each in asked], rows.leads, rows.cumulative)


def _in_other_places(
    task: Task, model: HazardModel, rule: HazardModel, calibration: Calibration, as_of: int
) -> CrossFit | None:
    """Fitted without a part of the places in turn, asked about that part at all training origins.

    It tells what the model has learned of how households differ, not whether that lasts: the next best thing where the
    events are too young to be divided by time. None where there are no two places, or a fit lacks events.
    """
    origins = task.training_origins(as_of)
    home = _homes(task, origins)
    met = np.flatnonzero(home >= 0)
    part = np.full(len(home), -1, dtype=np.intp)
    part[met] = parts_of(home[met], calibration.folds)
    fits = []
    for blind in task.without_each(part):
        rows = training_rows(blind, rule, as_of)
        if rows.events < _fewest(model):
            return None
        fits.append((_fitted(blind, model, as_of), rule.fit(rows, task.rng(as_of, 2))))
    if len(fits) < 2:
        return None
    pairs = []
    for each in _asked(task, task.panel.as_of(as_of), origins, calibration.most_asked):
        mine = part[each.unit.members]
        for number, fit in enumerate(fits):
            chosen = np.flatnonzero(mine == number)
            of_part = Asked(part_of(each.unit, chosen), each.event[chosen], each.within[chosen], each.weight[chosen])
            pairs.append((of_part, fit))
    return _cross_fit(pairs, task.leads, task.kind == "first_entry")


def _homes(task: Task, origins: Sequence[int]) -> Ints:
    """(households,) number of the place where each was last at risk, as known then; -1 for those who never were."""
    home = np.full(len(task.panel.household_ids), -1, dtype=np.int32)
    for unit in map(task.unit, origins):
        home[unit.members] = unit.cluster
    return home


def _cross_fit(
    pairs: Sequence[tuple[Asked, tuple[FittedHazard, FittedHazard]]], leads: Ints, cumulative: bool
) -> CrossFit | None:
    """What each model and rule says of the households that it is asked about."""
    pairs = [(asked, fit) for asked, fit in pairs if len(asked.weight)]
    if not pairs:
        return None
    asked = tuple(each for each, _ in pairs)

    def forecast(place: int) -> HazardForecast:
        margin = np.concatenate([fit[place].margin(each.unit) for each, fit in pairs])
        return HazardForecast(leads, margin, margin, cumulative)

    return CrossFit(
        forecast(0),
        forecast(1),
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


def _gains(task: Task, tried: CrossFit, share: float, calibration: Calibration, as_of: int) -> dict[int, float]:
    """Lower bound of the gain in average precision over the rule, by horizon."""
    margin = tried.mixed(share)
    mixed = HazardForecast(tried.model.leads, margin, margin, tried.model.cumulative)
    gains = {}
    for horizon in task.horizons:
        observed = tried.within[:, task.place(horizon)]
        told = ~np.isnan(observed)
        if not (observed == 1).any():
            continue
        low = paired_difference(
            observed[told],
            mixed.score(horizon)[told],
            tried.rule.score(horizon)[told],
            cluster=tried.cluster[told],
            origin=tried.origin[told],
            horizon=horizon,
            draws=calibration.draws,
            rng=task.rng(as_of, 3),
            weight=tried.weight[told],
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
    by_line = task.outcome.outcome == BELOW_LINE and task.panel.state is None
    raise InputError(
        f"{rows.events} {event} had closed and were known at {label(as_of)} among {rows.households} "
        f"households at risk in '{task.panel.name}'; at least {LEAST_EVENTS} are needed: take a later as_of"
        f"{', a higher line' if by_line else ''} or more data"
    )
