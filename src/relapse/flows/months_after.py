"""What a version said in the months after it was made, asked again as it stood then, and what came of it.

In: panel, version, an as_of. Out: by month and horizon chances, order and outcome of the households at risk; what came
so far where windows are only partly closed; and figures of all months together. Every month is one that the version did
not learn from.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
import pandas as pd
from numpy.typing import NDArray
from scipy.special import expit

from relapse.core.facts import Floats
from relapse.core.forecast import HazardForecast
from relapse.core.panel import Panel
from relapse.core.parts import Numbered
from relapse.core.ranking import rank, towards
from relapse.core.recognitions import RECOGNITIONS
from relapse.core.results import Trial
from relapse.core.rows import Ints, Unit
from relapse.evaluation.evaluate import Evaluation
from relapse.evaluation.intervals import NONE_CAME, interval, resample
from relapse.flows.streamed import labels_of
from relapse.flows.version import Version, unit_of_parts
from relapse.model.blend import Blend
from relapse.monitors.feeds import INCOME, Months, feeds_from, known_by, parts_bearing_late_incomes
from relapse.monitors.watch import Watch
from relapse.outcome.label.labels import BELOW_LINE

VERSION, RULE = "version", "rule"
Interval = tuple[float, float, float]


@dataclass(frozen=True, eq=False)
class MonthAfter:
    """One month: what was said of (n,) households at risk, and what came.

    Args:
        origin: the month.
        household_ids: (n,) text.
        cluster: (n,) number of the village.
        within: by horizon, (n,) 1 where it came, 0 where not, NaN where that is not known or the window is not closed.
        chance: by model and horizon, (n,) what was said.
        place: by model and horizon, (n,) place on the order.
        came: (n,) whether it came so far, in the leads up to the longest horizon that are closed; NaN where not known.
        expected: (n,) sum of the hazards of the same leads, as long as a household was at risk.
        closed: leads that are closed.
    """

    origin: int
    household_ids: NDArray[np.object_]
    cluster: Ints
    within: Mapping[int, Floats]
    chance: Mapping[tuple[str, int], Floats]
    place: Mapping[tuple[str, int], Ints]
    came: Floats
    expected: Floats
    closed: int

    def is_closed(self, horizon: int) -> bool:
        """Whether the window of a horizon has closed."""
        return not bool(np.isnan(self.within[horizon]).all())


def months_after(
    parts: Numbered,
    version: Version,
    as_of: int,
    horizons: Sequence[int],
    watch: Watch,
    feeds: Mapping[str, Months],
    allowed: Sequence[str] = (),
) -> list[MonthAfter]:
    """Every month from the one at which the version was made to the one before the as_of, as far back as is watched.

    Args:
        parts: of the county, or a whole panel.
        version: that is watched.
        as_of: nothing that became known later is used, and of each month nothing that became known after it.
        horizons: months ahead, rising.
        watch: how far back.
        feeds: by table, the months in which it told something by the as_of.
        allowed: packages whose feature blocks a version may name.
    """
    panel = parts.part(0)
    made = panel.calendar.parse(version.facts.as_of)
    first = max(made, as_of - watch.months, panel.first)
    features = version.features(allowed)
    known_until = max(as_of - _labels_late(panel, version, as_of, feeds), panel.first)
    return [
        _month(parts, version, origin, known_until, tuple(horizons), watch, feeds, features)
        for origin in range(first, as_of)
        if origin < known_until
    ]


def labels_table(version: Version) -> str:
    """The table of a county from which outcomes are told."""
    return INCOME if version.facts.outcome == BELOW_LINE else RECOGNITIONS


def _labels_late(panel: Panel, version: Version, as_of: int, feeds: Mapping[str, Months]) -> int:
    """Months by which the table that tells outcomes is late: of these nobody knows yet what came."""
    late = {feed.table: feed.late for feed in feeds_from(panel, as_of, feeds)}
    return late.get(labels_table(version), 0)


def sampled(most: int, seed: int) -> Any:
    """Says of ids which are among so many; the same households in every month, whatever else is in the file."""

    def chosen(household_ids: NDArray[np.object_]) -> NDArray[np.bool_]:
        if len(household_ids) <= most:
            return np.ones(len(household_ids), dtype=bool)
        key = f"watch{seed:011d}"[-16:]
        hashed = pd.util.hash_array(household_ids.astype(object), hash_key=key, categorize=False)
        kept = np.zeros(len(household_ids), dtype=bool)
        kept[np.argsort(hashed, kind="stable")[:most]] = True
        return kept

    return chosen


def _month(
    parts: Numbered,
    version: Version,
    origin: int,
    known_until: int,
    horizons: tuple[int, ...],
    watch: Watch,
    feeds: Mapping[str, Months],
    features: Mapping[str, Any],
) -> MonthAfter:
    then = parts_bearing_late_incomes(parts, origin, known_by(feeds, origin))
    unit = unit_of_parts(version, then, origin, features, sampled(watch.most, version.facts.seed))
    said = {VERSION: version.hazard.forecast(unit)}
    if not version.is_rule:
        said[RULE] = _by_rule(version, unit)
    labels = labels_of(
        parts, known_until, version.outcome, unit.members, origin, unit.leads, version.facts.kind, version.gap
    )
    at = {horizon: int(np.flatnonzero(unit.leads == horizon)[0]) for horizon in horizons}
    near = unit.leads <= max(horizons)
    event = labels.event[:, near]
    told = ~np.isnan(event)
    known = told.any(axis=1)
    return MonthAfter(
        origin,
        unit.household_ids,
        unit.cluster,
        {horizon: labels.within[:, place] for horizon, place in at.items()},
        {(name, horizon): each.risk(horizon) for name, each in said.items() for horizon in horizons},
        {(name, horizon): _places(version, unit, each, horizon) for name, each in said.items() for horizon in horizons},
        np.where(known, np.nansum(event, axis=1), np.nan),
        np.where(known, np.where(told, said[VERSION].chance[:, near], 0.0).sum(axis=1), np.nan),
        int(told.any(axis=0).sum()),
    )


def _by_rule(version: Version, unit: Unit) -> HazardForecast:
    """What the plain rule says: its own chances, or where none stands beside the model the bare order by distance."""
    if version.hazard.rule is not None:
        return Blend(None, version.hazard.rule, 0.0, None, version.hazard.cumulative).forecast(unit)
    distance = towards(unit.column("income__log_ratio_now"), version.harmful)
    order = np.repeat(-np.nan_to_num(distance, nan=np.inf)[:, None], len(unit.leads), axis=1)
    return HazardForecast(unit.leads, order, expit(order), cumulative=False)


def _places(version: Version, unit: Unit, said: HazardForecast, horizon: int) -> Ints:
    distance = towards(unit.column("income__log_ratio_now"), version.harmful)
    return rank(said.score(horizon), distance, unit.household_ids, version.facts.seed)


def results_of(
    months: Sequence[MonthAfter], version: Version, horizons: Sequence[int], evaluation: Evaluation
) -> dict[str, dict[str, Any]]:
    """Figures of the closed windows of all months together, by horizon; as `monitors.verdict.judge` takes them.

    Args:
        months: of the version.
        version: what the backtest said of it when it was made.
        horizons: months ahead.
        evaluation: how many draws stand behind an interval.

    Returns:
        By horizon: `months`, `n`, `events`, `expected`, intervals of `observed_expected`, `slope`, `roc_auc`, of `gain`
        (average precision less the rule's) and of `rule` (its ROC-AUC), and `backtest`. No entry where no window has
        closed.
    """
    told = {}
    for horizon in horizons:
        closed = [month for month in months if month.is_closed(horizon)]
        if closed:
            told[str(horizon)] = _results(closed, version, horizon, evaluation)
    return told


def _results(closed: Sequence[MonthAfter], version: Version, horizon: int, evaluation: Evaluation) -> dict[str, Any]:
    trial = _trial(closed, version, horizon)
    measured = evaluation.measure(trial, np.random.default_rng([version.facts.seed, horizon, 17]))
    table = measured.table()
    figures = {
        (row["model"], row["metric"]): _interval(row, "value")
        for row in table[table["origin"].astype(str) == "all"].to_dict("records")
    }
    gain = None
    if RULE in trial.probability:
        differences = measured.compare(VERSION, RULE)
        gain = _interval(differences[differences["metric"] == "pr_auc"].to_dict("records")[0], "difference")
    before = version.figures.get(str(horizon), {})
    return {
        "months": len(closed),
        "n": len(trial.observed),
        "events": int(trial.observed.sum()),
        "expected": round(float(trial.probability[VERSION].sum()), 2),
        "observed_expected": figures[VERSION, "observed_expected"],
        "slope": figures[VERSION, "calibration_slope"],
        "roc_auc": figures[VERSION, "roc_auc"],
        "rule": figures.get((RULE, "roc_auc")),
        "gain": gain,
        "backtest": {name: before.get(name) for name in ("roc_auc", "gain")},
    }


def _trial(closed: Sequence[MonthAfter], version: Version, horizon: int) -> Trial:
    known = [~np.isnan(month.within[horizon]) for month in closed]
    pairs = list(zip(closed, known, strict=True))
    models = dict.fromkeys(name for name, _ in closed[0].chance)

    def ranks(month: MonthAfter, told: NDArray[np.bool_], model: str) -> Ints:
        """Places among those of whom it is known what came."""
        place = month.place[model, horizon][told]
        anew = np.empty(len(place), dtype=np.int32)
        anew[np.argsort(place)] = np.arange(1, len(place) + 1, dtype=np.int32)
        return anew

    return Trial(
        version.facts.outcome,
        horizon,
        np.concatenate([np.full(int(told.sum()), month.origin, np.int32) for month, told in pairs]),
        np.concatenate([month.cluster[told] for month, told in pairs]),
        np.concatenate([month.household_ids[told] for month, told in pairs]),
        np.concatenate([month.within[horizon][told] for month, told in pairs]),
        {model: np.concatenate([month.chance[model, horizon][told] for month, told in pairs]) for model in models},
        {model: np.concatenate([ranks(month, told, model) for month, told in pairs]) for model in models},
    )


def _interval(row: Mapping[Any, Any], value: str) -> Interval | None:
    """Value and ends, None where one is not defined."""
    ends = (float(row[value]), float(row["ci_low"]), float(row["ci_high"]))
    return (round(ends[0], 6), round(ends[1], 6), round(ends[2], 6)) if np.isfinite(ends).all() else None


def so_far(months: Sequence[MonthAfter], horizon: int, draws: int, seed: int) -> dict[str, Any] | None:
    """What came so far in the months whose window is only partly closed, against what was expected so far.

    Each closed lead of a household that was still at risk adds its hazard to what is expected: the difference to what
    came is zero in the mean if the hazards are true, whatever is still to come (the compensator of a counting process).

    Args:
        months: of the version.
        horizon: the longest; a month whose window has closed at it counts among the results instead.
        draws: resamples of villages and months.
        seed: of the draws.

    Returns:
        `months`, `leads` (of a household and month, mean closed), `observed`, `expected`, `ratio`; None without such a
        month.
    """
    some = [month for month in months if not month.is_closed(horizon) and month.closed > 0]
    if not some:
        return None
    return {
        "months": len(some),
        "leads": round(float(np.mean([month.closed for month in some])), 1),
        **ratio_of([(month, np.ones(len(month.came), dtype=bool)) for month in some], draws, seed),
    }


def ratio_of(parts: Sequence[tuple[MonthAfter, NDArray[np.bool_]]], draws: int, seed: int) -> dict[str, Any]:
    """Observed so far over expected so far among some households of some months, villages and months resampled.

    Args:
        parts: months, and which of their households.
        draws: how many.
        seed: of the draws.

    Returns:
        `n`, `observed`, `expected`, `ratio` (interval, None where nothing is expected).
    """
    kept = [(month, rows & ~np.isnan(month.came)) for month, rows in parts]
    origin = np.concatenate([np.full(int(rows.sum()), month.origin, np.int32) for month, rows in kept])
    cluster = np.concatenate([month.cluster[rows] for month, rows in kept])
    came = np.concatenate([month.came[rows] for month, rows in kept])
    expected = np.concatenate([month.expected[rows] for month, rows in kept])
    told = {"n": len(came), "observed": int(came.sum()), "expected": round(float(expected.sum()), 2), "ratio": None}
    if not len(came) or expected.sum() <= 0:
        return told
    cells, cell = np.unique(np.stack([cluster, origin]), axis=1, return_inverse=True)
    drawn = resample(cells[0].astype(np.int32), cells[1].astype(np.int32), 1, draws, np.random.default_rng([seed, 19]))
    weights = drawn.cluster[np.unique(cells[0], return_inverse=True)[1]].astype(float)
    weights *= drawn.block[np.unique(cells[1], return_inverse=True)[1]]
    sums, awaited = (np.bincount(cell.ravel(), weights=each) for each in (came, expected))
    with np.errstate(invalid="ignore", divide="ignore"):
        ratios = (sums @ weights) / (awaited @ weights)
    value = float(came.sum() / expected.sum())
    low, high = interval(value, ratios, (0.0, np.inf)) if came.any() else (0.0, NONE_CAME / float(expected.sum()))
    ends = (round(value, 6), round(low, 6), round(high, 6))
    return {**told, "ratio": ends if np.isfinite(ends).all() else None}
