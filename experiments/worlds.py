"""What studies of simulated counties share: worlds with their truth, forecasts kept, figures of several worlds.

All orders of one study are measured on the same rows and draws, by the package's own evaluation. A world's villages and
origins are resampled as its own: those of another world are others.
"""

from __future__ import annotations

import json
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd

from relapse import config
from relapse.core.forecast import HazardForecast
from relapse.core.results import Trial
from relapse.core.rows import TrainingRows, Unit
from relapse.data.simulator.truth import read_truth
from relapse.evaluation.evaluate import Evaluation
from relapse.evaluation.figures import ALL, Figure
from relapse.evaluation.intervals import Draws, interval
from relapse.evaluation.weighted import pooled, totals
from relapse.flows.backtest import OriginResult, make_trials
from relapse.flows.rows import Task
from relapse.pipelines.backtest import backtest as command
from relapse.pipelines.backtest import read_stage
from relapse.terminal import Stages

COUNTY = "yi_2020"
WORLDS = (21, 22, 23)  # no choice was made on them
ORIGINS = ("2023-06",)  # its windows had closed, and had become known, by the end of the data
PATHS = 8  # futures tried out for a true chance
OTHER_WORLD, OTHER_PLACE = 1_000_000, 1_000_000  # months, villages: none of one world is one of another
EVERY_SETTING = ("data", "line", "label", "features", "split", "audits", "sensitive")


@dataclass(frozen=True, eq=False)
class Said:
    """What several orders said of the same rows at one horizon, with the true chances.

    Args:
        trial: rows, what came, and what each order said.
        truth: (rows,) true chances; NaN where none are known.
    """

    trial: Trial
    truth: np.ndarray


def open_county(changes: Sequence[str]) -> tuple[Task, Mapping[str, Any]]:
    """The task that `relapse backtest` would have with some overrides, and all its settings."""
    asked = config.bind(command, config.compose("backtest", [f"data={COUNTY}", *changes]))
    task, _ = read_stage(Stages(), *(asked[key] for key in EVERY_SETTING), None, asked["seed"])
    return task, asked


def make_world(
    folder: Path, world: int, households: int, origins: Sequence[str] = ORIGINS, paths: int = PATHS
) -> tuple[list[str], pd.DataFrame]:
    """A world of the county with its true chances, made where it is not there yet.

    Returns:
        The overrides with which it is read, and the truth: a row a household at risk and origin.
    """
    county = folder / f"{COUNTY}_{world}_{households}"
    truth = county.with_name(f"{county.name}_truth")
    changes = [f"data.path={county}", f"data.world_seed={world}", f"data.households={households}"]
    if not truth.is_dir():
        data = config.bind(command, config.compose("backtest", [f"data={COUNTY}", *changes]))["data"]
        data.make(truth, [data.calendar.parse(origin) for origin in origins], paths)
    return changes, read_truth(truth).to_pandas()


def narrowed(rows: TrainingRows, wanted: Callable[[str], bool]) -> TrainingRows:
    """The same rows with some of their columns."""
    kept = [place for place, entry in enumerate(rows.entries) if wanted(entry.name)]
    return replace(rows, entries=tuple(rows.entries[place] for place in kept), matrix=rows.matrix[:, kept])


def forecast_of(task: Task, margin: np.ndarray) -> HazardForecast:
    """A forecast as a margin says it, not calibrated."""
    return HazardForecast(task.leads, margin, 1 / (1 + np.exp(-margin)), task.kind == "first_entry")


def result_of(task: Task, unit: Unit, forecasts: Mapping[str, HazardForecast]) -> OriginResult:
    """What several orders said at one origin, and what came of it with all that became known."""
    labels = task.labels(task.panel.as_of(task.panel.latest), unit.as_of)
    return OriginResult(unit, labels.within, labels.kind, None, forecasts, {})


def said_of(
    task: Task, results: Sequence[OriginResult], horizons: Iterable[int], truth: pd.DataFrame | None = None
) -> dict[int, Said]:
    """The results of a world by horizon, beside the true chances of the outcome."""
    label, said = task.panel.calendar.label, {}
    for trial in make_trials(task, results):
        if trial.horizon in horizons and len(trial.observed):
            chance = np.full(len(trial.observed), np.nan)
            if truth is not None:
                known = truth.set_index(["origin", "household_id"])[f"{task.outcome.outcome}_{trial.horizon}"]
                rows = pd.MultiIndex.from_arrays([[label(each) for each in trial.origin], trial.household_id])
                chance = np.nan_to_num(known.reindex(rows).to_numpy(dtype=float))  # who is not there has no chance
            said[trial.horizon] = Said(trial, chance)
    return said


def keep(path: Path, said: Mapping[int, Said]) -> None:
    """Write what was said of a world to a file that a later run reads."""
    arrays: dict[str, np.ndarray] = {}
    orders = list(next(iter(said.values())).trial.probability)
    for horizon, each in said.items():
        trial = each.trial
        for name in ("origin", "cluster", "observed"):
            arrays[f"{name}_{horizon}"] = getattr(trial, name)
        arrays[f"household_{horizon}"] = trial.household_id.astype(str)
        arrays[f"truth_{horizon}"] = each.truth
        arrays[f"probability_{horizon}"] = np.stack([trial.probability[name] for name in orders])
        arrays[f"rank_{horizon}"] = np.stack([trial.rank[name] for name in orders])
    told = json.dumps({"orders": orders, "horizons": list(said), "outcome": next(iter(said.values())).trial.outcome})
    unfinished = path.with_name(f".{path.name}")  # ends in .npz too, else numpy adds it
    np.savez(unfinished, told=told, **arrays)
    unfinished.replace(path)


def kept(path: Path) -> dict[int, Said]:
    """What `keep` wrote."""
    with np.load(path) as arrays:
        told, said = json.loads(str(arrays["told"])), {}
        for horizon in told["horizons"]:
            here = {name: arrays[f"{name}_{horizon}"] for name in ("origin", "cluster", "household", "observed")}
            probability, rank = arrays[f"probability_{horizon}"], arrays[f"rank_{horizon}"]
            trial = Trial(
                told["outcome"],
                horizon,
                here["origin"],
                here["cluster"],
                here["household"].astype(object),
                here["observed"],
                dict(zip(told["orders"], probability, strict=True)),
                dict(zip(told["orders"], rank, strict=True)),
            )
            said[horizon] = Said(trial, arrays[f"truth_{horizon}"])
    return said


def worked_out(stem: Path, worlds: Sequence[int], of_world: Callable[[int, Path], None]) -> dict[int, Said]:
    """What is said of some worlds together; a world that was kept by an earlier run is not worked out again.

    Args:
        stem: of the files in which worlds are kept: STEM_WORLD.npz.
        worlds: their seeds.
        of_world: keeps what is said of a world in a file.
    """
    paths = {world: stem.with_name(f"{stem.name}_{world}.npz") for world in worlds}
    for world, path in paths.items():
        if not path.is_file():
            of_world(world, path)
            print(f"{stem.name}: world {world}", flush=True)
    return together([kept(path) for path in paths.values()])


def together(worlds: Sequence[Mapping[int, Said]]) -> dict[int, Said]:
    """What was said of several worlds, as of one whose villages and origins are all of them."""
    return {horizon: _joined([world[horizon] for world in worlds]) for horizon in worlds[0]}


def _joined(parts: Sequence[Said]) -> Said:
    trials = [part.trial for part in parts]

    def all_of(name: str, step: int) -> np.ndarray:
        return np.concatenate([getattr(trial, name) + number * step for number, trial in enumerate(trials)])

    def by_order(name: str) -> dict[str, np.ndarray]:
        orders = getattr(trials[0], name)
        return {order: np.concatenate([getattr(trial, name)[order] for trial in trials]) for order in orders}

    trial = Trial(
        trials[0].outcome,
        trials[0].horizon,
        all_of("origin", OTHER_WORLD).astype(np.int32),
        all_of("cluster", OTHER_PLACE).astype(np.int32),
        np.concatenate([f"{number}:" + trial.household_id for number, trial in enumerate(trials)]),
        all_of("observed", 0),
        by_order("probability"),
        by_order("rank"),
    )
    return Said(trial, np.concatenate([part.truth for part in parts]))


def figures(said: Mapping[int, Said], base: str, length: int, metrics: Sequence[str], draws: int = 400) -> pd.DataFrame:
    """A row an order, horizon and metric, with 90 % intervals, and how much it is ahead of one of them, paired.

    Args:
        said: by horizon, of all worlds.
        base: the order that the others are held against.
        length: of the lists.
        metrics: of the package's; `true_precision_at_LENGTH` (mean true chance of the listed) comes beside them where
            the truth is known.
        draws: resamples.
    """
    given: Evaluation = config.option("evaluation", "default")
    evaluation, rows = replace(given, lists=[length], draws=draws), []
    for horizon, each in said.items():
        rng = [np.random.default_rng([1, horizon]) for _ in range(2)]  # the truth is measured on the same draws
        measured = evaluation.measure(each.trial, rng[0]).figures
        found = {(order, name): measured[order][ALL, name] for order in measured for name in metrics}
        if np.isfinite(each.truth).all():
            found |= _true_precision(each, evaluation.resample(each.trial, rng[1]), length)
        for (order, metric), figure in found.items():
            other = found[base, metric]
            low, high = interval(figure.value, figure.drawn)
            less = interval(figure.value - other.value, figure.drawn - other.drawn)
            row = {"order": order, "horizon": horizon, "metric": metric}
            row |= {"value": figure.value, "ci_low": low, "ci_high": high}
            row |= {"less_base": figure.value - other.value, "less_low": less[0], "less_high": less[1]}
            rows.append(row | {"n": figure.rows, "events": figure.events})
    return pd.DataFrame(rows)


def _true_precision(said: Said, draws: Draws, length: int) -> dict[tuple[str, str], Figure]:
    """Mean true chance of those whom each order lists, with what it is in each draw."""
    orders, name = list(said.trial.rank), f"true_precision_at_{length}"
    listed = np.column_stack([said.trial.rank[order] <= length for order in orders]).astype(float)
    columns = np.hstack([listed, listed * said.truth[:, None]])
    exact, drawn = totals(draws, (columns[rows] for rows in draws.rows))
    of_all, of_draws = exact[:, :, 0].sum(axis=0), pooled(drawn, draws.block)
    count = len(orders)
    return {
        (order, name): Figure(
            float(of_all[count + k] / of_all[k]),
            of_draws[count + k] / of_draws[k],
            round(of_all[k]),
            round(of_all[count + k]),
        )
        for k, order in enumerate(orders)
    }
