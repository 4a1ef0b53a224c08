"""A backtest of the shipped preset against a plain loop over origins and horizons, in one run: CPU, and what it finds.

    python benchmarks/backtest_ratio.py [name in conf/data/ whose file has line_per_person, or a simulated county]

The plain loop is what one would write by hand: the same features and settings of the trees, one Dataset and one model
for each origin and horizon, all rows, no cross-fit, no calibration, nothing held against the rule. Without a name it is
Yi County with about 20,000 households, twelve origins, quarter by quarter, and four horizons.
"""

from __future__ import annotations

import sys
import tempfile
import time

import numpy as np

from relapse import config
from relapse.core.panel import Panel
from relapse.evaluation.metrics import average_precision
from relapse.flows.backtest import backtest_origins, make_trials, test_origins
from relapse.flows.rows import Task, make_task
from relapse.model.lgbm_hazard import load_lightgbm

RULE, MODEL = "distance_to_line", "lgbm_hazard"


HOUSEHOLDS = 5_800  # exited ones, some 20,000 in all


def task_on(panel: Panel, horizons: list[int], **split: object) -> Task:
    features = config.option("features", "default")
    return make_task(
        panel, config.option("label", "auto"), features, config.option("split", "rolling_origin", **split), horizons, 1
    )


def ours(task: Task) -> dict[int, tuple[np.ndarray, np.ndarray, np.ndarray]]:
    """By horizon: origin, observed, chance."""
    models = {name: config.option("model", name) for name in (RULE, MODEL)}
    origins = backtest_origins(task, None)
    results = list(test_origins(task, models, models[RULE], config.option("calibration", "by_lead"), origins))
    return {
        trial.horizon: (trial.origin, trial.observed, trial.probability[MODEL]) for trial in make_trials(task, results)
    }


def plain(task: Task) -> dict[int, tuple[np.ndarray, np.ndarray, np.ndarray]]:
    """The same, one model an origin and horizon."""
    lightgbm, preset = load_lightgbm(), config.option("model", MODEL)
    final = task.panel.as_of(task.panel.latest)
    asked: dict[int, list[tuple[np.ndarray, np.ndarray, np.ndarray]]] = {horizon: [] for horizon in task.horizons}
    for origin in backtest_origins(task, None):
        known = task.panel.as_of(origin)
        for horizon in task.horizons:
            place = int(np.flatnonzero(task.leads == horizon)[0])
            train = [rows_of(task, known, each, place) for each in task.split.training_origins(task.panel, origin, 0)]
            matrix, label = (np.concatenate(part) for part in zip(*train, strict=True))
            settings = {
                "objective": "binary",
                "learning_rate": preset.learning_rate,
                "num_leaves": preset.leaves,
                "min_data_in_leaf": preset.rows_per_leaf,
                "lambda_l2": preset.l2,
                "feature_fraction": preset.feature_share,
                "num_threads": 2,
                "verbose": -1,
                "seed": 1,
            }
            booster = lightgbm.train(settings, lightgbm.Dataset(matrix, label), preset.trees)
            matrix, label = rows_of(task, final, origin, place)
            asked[horizon].append((np.full(len(label), origin), label, np.asarray(booster.predict(matrix))))
    return {
        horizon: tuple(np.concatenate(part) for part in zip(*parts, strict=True)) for horizon, parts in asked.items()
    }


def rows_of(task: Task, known, origin: int, place: int) -> tuple[np.ndarray, np.ndarray]:
    unit, label = task.unit(origin), task.labels(known, origin).within[:, place]
    told = np.flatnonzero(~np.isnan(label))
    modelled = np.flatnonzero([entry.modelled for entry in unit.entries])
    return unit.matrix(place, told, modelled), label[told]


def main(name: str) -> None:
    if name.endswith("_2020"):
        with tempfile.TemporaryDirectory() as folder:
            data = config.option("data", name, path=f"{folder}/county", households=HOUSEHOLDS)
            data.prepare()
            panel = data.read(config.option("line", "auto"))
        horizons, split = list(data.default_horizons), {"origins": 12, "spacing_years": 0.25}
    else:
        panel = config.option("data", name).read(config.option("line", "column", column="line_per_person"))
        horizons, split = [1, 4], {}
    load_lightgbm()
    said, seconds = {}, {}
    for way in (plain, ours):
        task = task_on(panel, horizons, **split)
        start = time.process_time(), time.perf_counter()
        said[way.__name__] = way(task)
        seconds[way.__name__] = time.process_time() - start[0]
        print(
            f"{way.__name__:6} {seconds[way.__name__]:.1f} s CPU, {time.perf_counter() - start[1]:.1f} s wall",
            flush=True,
        )
    print(f"households {len(panel.household_ids)}, origins {len(backtest_origins(task, None))}, horizons {horizons}")
    print(f"ratio of CPU, ours over plain: {seconds['ours'] / seconds['plain']:.2f}")
    for horizon in said["ours"]:
        scores = {way: average_precision(*by_horizon[horizon][1:]) for way, by_horizon in said.items()}
        print(
            f"horizon {horizon}: average precision {scores['ours']:.4f} against {scores['plain']:.4f}, "
            f"difference {scores['ours'] - scores['plain']:+.4f}"
        )


if __name__ == "__main__":
    main(sys.argv[1] if len(sys.argv) > 1 else "yi_2020")
