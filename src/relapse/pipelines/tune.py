"""`relapse tune`: better settings of a model, chosen at earlier origins than those that will prove them."""

from __future__ import annotations

import hashlib
import json
import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path

import pandas as pd

from relapse import __version__
from relapse.core.panel import Line
from relapse.core.protocols import Auditor, Data, Registry
from relapse.core.recipe import Horizons, Seed, describe
from relapse.core.record import PlainRun, Study
from relapse.core.sensitive import Sensitive
from relapse.core.texts import signed
from relapse.flows.fit import HazardModel
from relapse.flows.rows import FeatureBlock, make_task
from relapse.flows.tune import Choosing, Difference, choosing_on, last_choosing
from relapse.outcome.label.labels import Outcome
from relapse.outcome.split import RollingOrigin
from relapse.outputs import Paths, locked, write_all
from relapse.pipelines.backtest import read_stage
from relapse.pipelines.common import WAIT_SECONDS, csv_bytes, say
from relapse.pipelines.train import open_registry
from relapse.search.study import Tried, best_of, load_optuna, tried
from relapse.search.tune import Search, Value, with_settings
from relapse.terminal import Stages, closing_table

BEST = "best.yaml"


@dataclass(frozen=True, eq=False)
class Tuned:
    """A finished search.

    Args:
        choosing: where settings were chosen.
        model: with its shipped settings.
        search: the space.
        trials: in their order.
        differences: of the best trial from the shipped settings, by horizon.
        key: of the study.
    """

    choosing: Choosing
    model: HazardModel
    search: Search
    trials: list[Tried]
    differences: Sequence[Difference]
    key: str

    @cached_property
    def best(self) -> Tried:
        """The trial that reached most."""
        return best_of(self.trials)

    @property
    def until(self) -> str:
        """The last choosing period."""
        panel = self.choosing.task.panel
        return panel.calendar.label(panel.latest)

    @property
    def origins(self) -> list[str]:
        """The choosing origins."""
        return [self.choosing.task.panel.calendar.label(origin) for origin in self.choosing.origins]


def tune(
    data: Data,
    line: Line,
    label: Outcome,
    features: Mapping[str, FeatureBlock],
    split: RollingOrigin,
    model: HazardModel,
    audits: Auditor,
    sensitive: Sensitive,
    tune: Search,
    registry: Registry,
    paths: Paths,
    seed: Seed,
    horizons: Horizons | None,
) -> None:
    """Look for better settings of a model, at origins before those that prove them.

    Every trial is scored by average precision, mean over horizons and choosing origins; one that is behind the median
    is pruned. A search that was stopped goes on where it was; one that is finished is not made again.

    Writes tune/best.yaml, which the other commands take, tune/trials.csv, and runs in MLflow.

    Examples:
        relapse tune
        relapse tune tune.trials=100 tune.until=2018-12
        relapse train --config-dir outputs +tune=best
    """
    load_optuna()
    tune.check(model)
    stages = Stages()
    with locked(paths.outputs, WAIT_SECONDS, say), locked(paths.state / "tune", WAIT_SECONDS, say):
        task, _ = read_stage(stages, data, line, label, features, split, audits, sensitive, horizons, seed)
        open_registry(stages, registry)
        until = last_choosing(task.panel, split, task.horizons, task.outcome.maturity, tune.until)
        earlier = make_task(task.panel.until(until), label, features, split, task.horizons, seed, audits, sensitive)
        choosing = choosing_on(earlier, tune.origins, tune.spacing_years)
        key = study_key(choosing, model, line, tune)
        tuned = search_stage(stages, choosing, model, tune, key, paths.state, seed)
        with stages.stage("register") as stage:
            registry.prepare()
            registry.log_study(study_of(tuned), {str(name) for name in task.panel.household_ids})
            write_all(paths.outputs / "tune", {"trials.csv": csv_bytes(trials_table(tuned)), BEST: override(tuned)})
            stage.say(runs=1 + len(tuned.trials))
    close(tuned, paths.outputs, registry)


def study_key(choosing: Choosing, model: HazardModel, line: Line, search: Search) -> str:
    """Of all that a trial's score hangs on, so that a study goes on only where that has not changed."""
    task = choosing.task
    told = {
        "data": task.panel.digest,
        "until": task.panel.latest,
        "origins": choosing.origins,
        "horizons": task.horizons,
        "seed": task.seed,
        "relapse": __version__,
        **{
            name: describe(part)
            for name, part in {
                "line": line,
                "outcome": task.outcome,
                "features": task.features,
                "split": task.split,
                "audits": task.audits,
                "sensitive": task.sensitive,
                "model": model,
                "space": search.space,
                "least_trials": search.least_trials,
            }.items()
        },
    }
    return hashlib.sha256(json.dumps(told, sort_keys=True, default=str).encode()).hexdigest()[:16]


def search_stage(
    stages: Stages, choosing: Choosing, model: HazardModel, search: Search, key: str, state: Path, seed: int
) -> Tuned:
    """All trials, and the best of them beside the shipped settings."""
    own: dict[str, Value] = {name: getattr(model, name) for name in search.space}
    with stages.stage("search") as stage:
        progress = tried(
            state / "tune" / f"{key}.db",
            search,
            own,
            seed,
            lambda settings: choosing.scores(with_settings(model, settings)),
        )
        begun = next(progress)
        trials = [begun, *stage.track(range(search.trials - len(begun)), progress)][-1]
        pruned = sum(each.state == "pruned" for each in trials)
        stage.say(trials=len(trials), found_there=len(begun), pruned=pruned, origins=len(choosing.origins))
    with stages.stage("compare") as stage:
        best = best_of(trials)
        differences = choosing.against(with_settings(model, best.settings), model, search.draws)
        stage.say(best=best.number, score=f"{best.scores[-1]:.4f}")
    return Tuned(choosing, model, search, trials, differences, key)


def trials_table(tuned: Tuned) -> pd.DataFrame:
    """One row a trial: settings, state, the running mean after each origin, and the score of whole ones."""
    return pd.DataFrame(
        [
            {
                "trial": each.number,
                "state": each.state,
                "score": each.scores[-1] if each.state == "whole" else math.nan,
                **{f"after_{name}": score for name, score in zip(tuned.origins, each.scores, strict=False)},
                **{name: each.settings[name] for name in tuned.search.space},
            }
            for each in tuned.trials
        ]
    )


def override(tuned: Tuned) -> bytes:
    """The best settings as a config that `relapse train --config-dir OUTPUTS +tune=best` takes."""
    from yaml import safe_dump

    panel = tuned.choosing.task.panel.name
    head = [
        "# @package _global_",
        f"# Chosen by `relapse tune` on {panel} at {', '.join(tuned.origins)}; it saw nothing after {tuned.until}.",
        f"# Average precision {tuned.best.scores[-1]:.4f} there, trial {tuned.best.number} of {len(tuned.trials)}.",
    ]
    settings = {name: tuned.best.settings[name] for name in tuned.search.space}
    content = {"defaults": [{"override /model": tuned.model.name}], "model": settings}
    return ("\n".join(head) + "\n" + safe_dump(content, sort_keys=False)).encode()


def study_of(tuned: Tuned) -> Study:
    """What the search leaves in MLflow: a run, and one below it for each trial."""
    panel, best = tuned.choosing.task.panel.name, tuned.best
    tags = {"stage": "tune", "county": panel, "model": tuned.model.name, "until": tuned.until}
    figures = {
        f"tune/h{each.horizon}_{name}": value
        for each in tuned.differences
        for name, value in (
            ("shipped", each.shipped),
            ("chosen", each.chosen),
            ("difference", each.difference),
            ("ci_low", each.low),
            ("ci_high", each.high),
        )
        if math.isfinite(value)
    }
    whole = PlainRun(
        f"tune {tuned.until} {tuned.key[:4]}"[:20],
        {**tags, "origins": ",".join(tuned.origins), "seed": str(tuned.choosing.task.seed)},
        {},
        {"tune/score": best.scores[-1], **figures},
        {},
        {BEST: override(tuned), "trials.csv": csv_bytes(trials_table(tuned))},
    )
    return Study(f"relapse-{panel}-tune", tuned.key, whole, [run_of(each, tags) for each in tuned.trials])


def run_of(each: Tried, tags: Mapping[str, str]) -> PlainRun:
    """One trial as a run."""
    return PlainRun(
        f"trial {each.number}",
        {**tags, "state": each.state},
        {f"model.{name}": str(value) for name, value in each.settings.items()},
        {"tune/score": each.scores[-1]} if each.state == "whole" else {},
        {"tune/running_score": list(enumerate(each.scores))},
        {},
    )


def close(tuned: Tuned, outputs: Path, registry: Registry) -> None:
    """The closing table."""
    rows = [
        [
            str(each.horizon),
            f"{each.shipped:.3f}",
            f"{each.chosen:.3f}",
            f"{signed(each.difference, 3)} ({signed(each.low, 3)} to {signed(each.high, 3)})",
        ]
        for each in tuned.differences
    ]
    best = [(name, tuned.best.settings[name]) for name in tuned.search.space]
    settings = ", ".join(
        f"{name}={value:.4g}" if isinstance(value, float) else f"{name}={value}" for name, value in best
    )
    sentences = [
        f"best: {settings}",
        f"chosen at {', '.join(tuned.origins)}, with nothing after {tuned.until}; the best of many trials looks better "
        f"there than it is: prove it at later origins, relapse backtest --config-dir {outputs} +tune=best",
    ]
    closing_table(
        f"{tuned.model.name} on {tuned.choosing.task.panel.name}: average precision, 90 % interval",
        ["horizon", "as it was", "best", "best less as it was"],
        rows,
        [
            ("settings", f"{outputs / 'tune' / BEST}  (relapse train --config-dir {outputs} +tune=best)"),
            ("trials", str(outputs / "tune" / "trials.csv")),
            ("MLflow", registry.tracking_uri()),
        ],
        sentences=sentences,
    )
