"""What the scripts of this folder share: panels as the commands read them, cuts by household, one backtest measured."""

from __future__ import annotations

import time
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, fields, replace
from typing import Any

import numpy as np

from relapse import config
from relapse.core.panel import Category, Panel
from relapse.evaluation.evaluate import Evaluation, Measured
from relapse.flows.backtest import OriginResult, backtest_origins, make_trials, test_origins, usable_origins
from relapse.flows.rows import Task, make_task
from relapse.pipelines.backtest import backtest

RULE, MODEL = "distance_to_line", "lgbm_hazard"
PANELS = {
    "wage_panel": ["data=wage_panel", "line=relative", "line.fraction=0.6"],
    "germany_soep_1984_1988": ["experiment=germany_soep_1984_1988"],
    "argentina_eph_2016_2021": ["experiment=argentina_eph_2016_2021"],
    "argentina_eph_2004_2015": ["experiment=argentina_eph_2004_2015"],
}


@dataclass(frozen=True, eq=False)
class Outcome:
    """One backtest: what was forecast, what the models said, the figures by horizon, seconds of wall clock."""

    task: Task
    results: Sequence[OriginResult]
    measured: Mapping[int, Measured]
    seconds: float


def settings_of(name: str) -> dict[str, Any]:
    """What `relapse backtest` hands to its pipeline for a panel."""
    return config.bind(backtest, config.compose("backtest", PANELS[name]))


def cut(panel: Panel, rows: int, rng: np.random.Generator) -> Panel:
    """Households drawn without replacement until they have about so many rows."""
    size = np.bincount(panel.household, minlength=len(panel.household_ids))
    order = rng.permutation(len(size))
    taken = np.zeros(len(size), dtype=bool)
    taken[order[: int(np.searchsorted(np.cumsum(size[order]), rows)) + 1]] = True
    rows = taken[panel.household]

    def of_rows(value: object) -> object:
        if isinstance(value, Mapping):
            return {name: of_rows(each) for name, each in value.items()}
        if isinstance(value, Category):
            return Category(value.codes[rows], value.levels)
        return value[rows] if isinstance(value, np.ndarray) else value

    kept = {"household_ids": panel.household_ids, "remembered": {}}
    values = {
        each.name: of_rows(getattr(panel, each.name)) for each in fields(panel) if each.init and each.name not in kept
    }
    return replace(panel, **values, **kept)


def run_backtest(settings: Mapping[str, Any], panel: Panel, models: Sequence[str], draws: int | None = None) -> Outcome:
    """The backtest of `relapse backtest` on a panel: the same flows, seeds and draws.

    Raises:
        InputError: no origin at which the rule can be fitted, or a horizon that nobody has.
    """
    start = time.perf_counter()
    horizons = settings["horizons"] or settings["data"].default_horizons
    parts = (settings[key] for key in ("label", "features", "split"))
    task = make_task(panel, *parts, horizons, settings["seed"])
    rule, calibration = settings["rule"], settings["calibration"]
    chosen = {name: settings["models"][name] for name in models}
    origins = usable_origins(task, rule, calibration, backtest_origins(task, None))
    results = list(test_origins(task, chosen, rule, calibration, origins))
    given: Evaluation = settings["evaluation"]
    evaluation = replace(given, draws=draws or given.draws)
    trials = [trial for trial in make_trials(task, results) if trial.observed.any()]
    measured = {trial.horizon: evaluation.measure(trial, task.rng(trial.horizon, 4)) for trial in trials}
    return Outcome(task, results, measured, time.perf_counter() - start)
