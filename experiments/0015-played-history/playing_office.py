"""What an office does with its lists: it scores each month, visits whom the list names and some at random, and refits.

The list is the model's order of who is at risk and was not visited lately; beside it some of all others are drawn at
random. Nothing here knows more than the tables of the month.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from relapse import config
from relapse.core.ranking import rank, towards
from relapse.core.results import Trial
from relapse.core.rows import Unit
from relapse.evaluation.figures import ALL
from relapse.evaluation.intervals import interval
from relapse.flows.fit import fit_hazard
from relapse.flows.rows import Task, make_task

HORIZONS = (3, 6)
LISTED, DRAWN = 77, 9  # of 86 visits a month to 4,000 exited households, as the county has 300 to 14,000
REST_MONTHS = 3  # conf/risk_list: after a visit
MATURITY = 1  # months after which nearly all recognitions of a month are known
DRAW = 102  # stream of the random draw
NEVER, YEARLY, VERDICT = "never", "yearly", "verdict"
REFIT = ("recalibrate", "retrain", "stop")  # verdicts on which the office fits anew
_EVALUATION = {"lists": [LISTED], "draws": 60}

Ids = NDArray[np.object_]


@dataclass(frozen=True, eq=False)
class Said:
    """One month's list, (n,) households at risk each.

    Args:
        as_of: its month, from year 0.
        version: the month at whose end the model that made it was fitted.
        verdict: on the version that had been in use until then, empty where none was asked for.
        household_ids, village: (n,)
        chance: (n, horizons) of a recognition.
        listed, drawn: (n,) visited because the model named them; because they were drawn.
    """

    as_of: int
    version: int
    verdict: str
    household_ids: Ids
    village: NDArray[np.int32]
    chance: NDArray[np.float64]
    listed: NDArray[np.bool_]
    drawn: NDArray[np.bool_]


@dataclass(eq=False)
class Office:
    """Asked at the end of each month whom to visit in the next one; see `played.Choose`.

    Args:
        settings: of `relapse backtest` on a county's folder.
        first: month of the first list.
        policy: when it fits anew: NEVER after the first list, YEARLY, or as the monitor's VERDICT says.
        seed: of the county.
        model: the recipe.
        paused: months in which nobody is visited, whatever the list says; None: all.
        judge: the verdict on a version, from figures as `relapse.monitors.verdict` has them.
        fitted: fits that another office made of the same tables, by month; only the first list's tables are the same.
    """

    settings: Mapping[str, Any]
    first: int
    policy: str
    seed: int
    model: Any
    paused: frozenset[int] | None = frozenset()
    judge: Callable[[Mapping[str, Any]], str] | None = None
    fitted: dict[int, tuple[Any, Mapping[int, Mapping[str, Any]]]] = field(default_factory=dict)
    said: list[Said] = field(default_factory=list)
    visited: dict[str, int] = field(default_factory=dict)
    hazard: Any = None
    version: int = 0
    tested: Mapping[int, Mapping[str, Any]] = field(default_factory=dict)

    def __call__(self, as_of: int, folder: Path) -> Ids:
        """Ids of the households to visit in the month after."""
        task = read(self.settings, folder)
        verdict = self._verdict(task, as_of)
        if self._is_due(as_of, verdict):
            self._fit(task, as_of)
        unit = task.unit(as_of)
        forecast = self.hazard.forecast(unit)
        chance = np.stack([forecast.risk(horizon) for horizon in HORIZONS], axis=1)
        distance = towards(unit.column("income__log_ratio_now"), task.outcome.harmful)
        order = rank(forecast.score(HORIZONS[-1]), distance, unit.household_ids, task.seed)
        listed, drawn = self._chosen(unit, order, as_of)
        self.said.append(Said(as_of, self.version, verdict, unit.household_ids, unit.cluster, chance, listed, drawn))
        if self.paused is None or as_of + 1 in self.paused:
            return unit.household_ids[:0]
        chosen = unit.household_ids[listed | drawn]
        self.visited.update(dict.fromkeys(chosen.tolist(), as_of + 1))
        return chosen

    def _chosen(self, unit: Unit, order: NDArray[np.integer], as_of: int) -> tuple[NDArray[np.bool_], ...]:
        """(n,) each: listed, drawn."""
        ids = unit.household_ids
        visited = np.array([self.visited.get(each, -10_000) for each in ids.tolist()])
        open_to = np.flatnonzero(as_of + 1 - visited > REST_MONTHS)
        first = open_to[np.argsort(order[open_to], kind="stable")]
        number = np.array([int(each[-9:]) for each in ids.tolist()])
        ticket = np.random.default_rng([self.seed, DRAW, as_of]).random(int(number.max()) + 1)[number]
        rest = first[LISTED:]
        chosen = [np.zeros(len(ids), dtype=bool) for _ in range(2)]
        chosen[0][first[:LISTED]] = True
        chosen[1][rest[np.argsort(ticket[rest], kind="stable")][:DRAWN]] = True
        return tuple(chosen)

    def _is_due(self, as_of: int, verdict: str) -> bool:
        if self.hazard is None:
            return True
        if self.policy == YEARLY:
            return as_of - self.version >= 12
        return self.policy == VERDICT and verdict in REFIT

    def _fit(self, task: Task, as_of: int) -> None:
        """Fit on all that is known; the monitor compares with a test of the same recipe one window earlier."""
        if as_of > self.first or not self.fitted:
            tested = self._tested(task, as_of) if self.judge is not None or as_of == self.first else {}
            self.fitted[as_of] = self._fit_at(task, as_of), tested
        (self.hazard, self.tested), self.version = self.fitted[as_of], as_of

    def _tested(self, task: Task, as_of: int) -> Mapping[int, Mapping[str, Any]]:
        earlier = as_of - HORIZONS[-1] - MATURITY
        unit, hazard = task.unit(earlier), self._fit_at(task, earlier)
        within, forecast = task.labels(task.panel.as_of(as_of), earlier).within, hazard.forecast(unit)
        return {
            horizon: figures(
                horizon, np.full(len(unit.members), earlier), unit.cluster, unit.household_ids,
                within[:, task.place(horizon)], forecast.risk(horizon),
            )
            for horizon in HORIZONS
        }  # fmt: skip

    def _fit_at(self, task: Task, as_of: int) -> Any:
        return fit_hazard(task, self.model, self.settings["rule"], self.settings["calibration"], as_of).hazard

    def _verdict(self, task: Task, as_of: int) -> str:
        """On the version in use, from its lists whose windows have closed and are known."""
        if self.judge is None or self.hazard is None:
            return ""
        came = recognised(task)
        horizons = {}
        for place, horizon in enumerate(HORIZONS):
            closed = [
                each for each in self.said if each.version == self.version and each.as_of + horizon + MATURITY <= as_of
            ]
            if closed:
                month = [np.full(len(each.household_ids), each.as_of) for each in closed]
                ids = np.concatenate([each.household_ids for each in closed])
                when = np.array([came.get(each, 10**6) for each in ids.tolist()]) - np.concatenate(month)
                horizons[horizon] = {
                    **figures(
                        horizon, np.concatenate(month), np.concatenate([each.village for each in closed]), ids,
                        ((when > 0) & (when <= horizon)).astype(float),
                        np.concatenate([each.chance[:, place] for each in closed]),
                    ),
                    "backtest": self.tested.get(horizon, {}),
                }  # fmt: skip
        return self.judge({"horizons": horizons}) if horizons else ""


def read(settings: Mapping[str, Any], folder: Path) -> Task:
    """A county's folder as the task that `relapse backtest` would have."""
    data = replace(settings["data"], path=str(folder))
    named = ("label", "features", "split")
    return make_task(
        data.read(settings["line"]), *(settings[name] for name in named), HORIZONS, settings["seed"],
        settings["audits"], settings["sensitive"],
    )  # fmt: skip


def recognised(task: Task) -> dict[str, int]:
    """By household, the newest month of a recognition that is known."""
    table = task.panel.as_of(task.panel.latest).whole_table("recognitions")
    newest = np.zeros(len(task.panel.household_ids), dtype=np.int64)
    np.maximum.at(newest, table.household, table.happened)
    some = np.flatnonzero(newest)
    return dict(zip(task.panel.household_ids[some].tolist(), newest[some].tolist(), strict=True))


def figures(
    horizon: int, origin: NDArray[np.integer], cluster: NDArray[np.integer], ids: Ids, came: NDArray[np.float64],
    chance: NDArray[np.float64],
) -> dict[str, Any]:  # fmt: skip
    """Events, level, order and slope with 90 % intervals over villages, as the monitor's verdict takes them."""
    told = ~np.isnan(came)
    origin, cluster, ids, came, chance = (each[told] for each in (origin, cluster, ids, came, chance))
    found: dict[str, Any] = {"events": int(came.sum()), "expected": float(chance.sum())}
    if not 0 < came.sum() < len(came):
        return found
    order = (np.argsort(np.argsort(-chance, kind="stable"), kind="stable") + 1).astype(np.int32)
    trial = Trial(
        "any", horizon, origin.astype(np.int32), cluster.astype(np.int32), ids, came, {"it": chance}, {"it": order}
    )
    evaluation = replace(config.option("evaluation", "default"), **_EVALUATION)
    measured = evaluation.measure(trial, np.random.default_rng(1)).figures["it"]
    for name, metric in (("observed_expected",) * 2, ("roc_auc",) * 2, ("slope", "calibration_slope")):
        figure = measured[ALL, metric]
        found[name] = (float(figure.value), *(float(end) for end in interval(figure.value, figure.drawn)))
    return found
