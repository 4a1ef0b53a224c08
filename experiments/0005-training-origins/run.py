"""How far apart training origins should lie on monthly panels: writes figures.csv and the README's table.

    python experiments/0005-training-origins/run.py [WORLD_SEED ...]

Yi County with other seeds than the shipped one; at each test origin the shipped model is fitted on the training origins
of each spacing, on its own (nothing held against the rule, nothing calibrated), three times with other seeds of its
own. Chosen on world seeds 1 and 2; world seed 3 was opened only after the choice.
"""

from __future__ import annotations

import sys
import tempfile
import time
from dataclasses import replace
from pathlib import Path

import numpy as np
import pandas as pd

from relapse import config
from relapse.core.forecast import HazardForecast
from relapse.evaluation.metrics import average_precision
from relapse.flows.backtest import backtest_origins
from relapse.flows.rows import Task, make_task, stack

sys.path.append(str(Path(__file__).parents[1]))  # what the studies share
from pages import publish, save

HERE = Path(__file__).parent
HORIZONS, LENGTH, SEEDS = [1, 3, 6, 12], 300, (3, 4, 5)
SPACINGS = (0.25, 0.5, 1.0)  # years


def main(worlds: list[int]) -> None:
    save(pd.concat([of_world(world) for world in worlds], ignore_index=True), HERE / "figures.csv")
    tables()


def tables() -> None:
    """Make the page's table from figures.csv."""
    publish(HERE, {"figures": shown(pd.read_csv(HERE / "figures.csv"))})


def of_world(world: int) -> pd.DataFrame:
    """Figures of every spacing in one simulated county, means over test origins and the model's seeds."""
    with tempfile.TemporaryDirectory() as folder:
        data = config.option("data", "yi_2020", path=f"{folder}/county", world_seed=world)
        data.prepare()
        panel = data.read(config.option("line", "auto"))
    label, features = config.option("label", "auto"), config.option("features", "default")
    units: dict = {}
    tasks = {}
    for spacing in SPACINGS:
        split = config.option("split", "rolling_origin", training_spacing_years=spacing)
        task = make_task(panel, label, features, split, HORIZONS, 1, None, config.option("sensitive", "national"))
        tasks[spacing] = replace(task, units=units)  # features of an origin are the same whatever the spacing
    rows = [row for spacing, task in tasks.items() for row in figures(task, spacing)]
    return pd.DataFrame(rows).groupby(["spacing", "horizon"], sort=False).mean().reset_index().assign(world=world)


def figures(task: Task, spacing: float) -> list[dict[str, float]]:
    """One row a test origin, seed of the model and horizon."""
    model, final = config.option("model", "lgbm_hazard"), task.panel.as_of(task.panel.latest)
    rows = []
    for origin in backtest_origins(task, None):
        unit, within = task.unit(origin), task.labels(final, origin).within
        trained = stack(task, origin, model.most_rows, None, model.others_per_event)
        for seed in SEEDS:
            begun = time.perf_counter()
            fitted = model.fit(trained, np.random.default_rng(seed))
            seconds = time.perf_counter() - begun
            margin = fitted.margin(unit)
            forecast = HazardForecast(task.leads, margin, margin, cumulative=True)
            for horizon in HORIZONS:
                observed, score = within[:, horizon - 1], forecast.score(horizon)
                told = ~np.isnan(observed)
                if not told.any():
                    continue
                listed = np.argsort(-score[told], kind="stable")[:LENGTH]
                rows.append(
                    {
                        "spacing": spacing,
                        "horizon": horizon,
                        "pr_auc": average_precision(observed[told], score[told]),
                        "came": float(observed[told][listed].mean()),
                        "events": trained.events,
                        "fit_seconds": seconds,
                    }
                )
    return rows


def shown(table: pd.DataFrame) -> pd.DataFrame:
    """A row a world and spacing; the figures by horizon."""
    heads = ["world seed", "months apart", "events learned from", "seconds a fit"]
    heads += [f"PR-AUC, {horizon} months" for horizon in HORIZONS] + [f"of {LENGTH} listed came, 12 months"]
    lines = []
    for (world, spacing), mine in table.groupby(["world", "spacing"], sort=False):
        told = mine.set_index("horizon")
        cells = [
            str(world),
            f"{12 * spacing:.0f}",
            f"{mine['events'].mean():,.0f}",
            f"{mine['fit_seconds'].mean():.1f}",
        ]
        cells += [f"{told.loc[horizon, 'pr_auc']:.4f}" for horizon in HORIZONS] + [f"{told.loc[12, 'came']:.3f}"]
        lines.append(cells)
    return pd.DataFrame(lines, columns=heads)


if __name__ == "__main__":
    main([int(world) for world in sys.argv[1:]] or [1, 2, 3])
