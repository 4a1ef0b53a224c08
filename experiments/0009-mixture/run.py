"""How much of the margin should be the trees', how much the regression's: writes figures.csv and the README's table.

    RELAPSE_REAL_DATA=FOLDER python experiments/0009-mixture/run.py [WORLDS]

WORLDS is a folder with counties that experiments/0006-defaults made; without one they are made anew and removed again.
Each part is fitted on its own (nothing held against the rule, nothing calibrated) at origins that no table of results
shows, with trees and a regression as `conf/model/lgbm_hazard.yaml` has them; only the share differs.
"""

from __future__ import annotations

import sys
import tempfile
from collections.abc import Iterator
from pathlib import Path

import numpy as np
import pandas as pd

from relapse import config
from relapse.core.forecast import HazardForecast
from relapse.data.simulator.truth import read_truth
from relapse.evaluation.metrics import average_precision
from relapse.flows.fit import training_rows
from relapse.flows.rows import Task
from relapse.pipelines.backtest import backtest as command
from relapse.pipelines.backtest import read_stage
from relapse.terminal import Stages

sys.path.append(str(Path(__file__).parents[1]))  # what the studies share
from pages import publish, save

HERE = Path(__file__).parent
SHARES = (0.0, 0.3, 0.5, 0.6, 0.7, 0.8, 1.0)
RULE, MODEL = "distance_to_line", "lgbm_hazard"
WORLDS, PATHS, LENGTH = (2, 3), 24, 300
OF_WORLD = ("2022-06", "2022-12", "2023-06", "2023-12")
PANELS = {  # origins whose windows had closed before the first one that a table of results tests
    "argentina_eph_2016_2021": ("2018Q1", "2018Q2", "2018Q3", "2018Q4"),
    "argentina_eph_2004_2015": ("2009Q1", "2009Q3", "2010Q1", "2010Q3"),
}


def main(folder: str | None) -> None:
    parts = []
    for name, task, origins, truth in cases(folder):
        for origin in origins:
            parts.append(figures(task, task.panel.calendar.parse(origin), truth).assign(panel=name))
        print(name, flush=True)
    save(pd.concat(parts, ignore_index=True), HERE / "figures.csv")
    tables()


def tables() -> None:
    """Make the page's table from figures.csv."""
    publish(HERE, {"figures": shown(pd.read_csv(HERE / "figures.csv", dtype={"trees_share": str}))})


def cases(folder: str | None) -> Iterator[tuple[str, Task, tuple[str, ...], pd.DataFrame | None]]:
    """Name, task, origins and, of simulated counties, the true chances."""
    stage = ("data", "line", "label", "features", "split", "audits", "sensitive")
    with tempfile.TemporaryDirectory() as own:
        for world in WORLDS:
            county, truth = f"{folder or own}/yi_2020_{world}", Path(f"{folder or own}/yi_2020_{world}_truth")
            changes = ["data=yi_2020", f"data.path={county}", f"data.world_seed={world}"]
            asked = config.bind(command, config.compose("backtest", changes))
            if not truth.is_dir():
                asked["data"].make(truth, [asked["data"].calendar.parse(origin) for origin in OF_WORLD], PATHS)
            task, _ = read_stage(Stages(), *(asked[key] for key in stage), None, asked["seed"])
            yield f"Yi County, world {world}", task, OF_WORLD, read_truth(truth).to_pandas()
    for name, origins in PANELS.items():
        asked = config.bind(command, config.compose("backtest", [f"experiment={name}"]))
        task, _ = read_stage(Stages(), *(asked[key] for key in stage), None, asked["seed"])
        yield name, task, origins, None


def figures(task: Task, origin: int, truth: pd.DataFrame | None) -> pd.DataFrame:
    """A row a share and horizon at one origin; the rule beside them."""
    model, rule = config.option("model", MODEL), config.option("model", RULE)
    fitted = model.fit(training_rows(task, model, origin), task.rng(origin, 2))
    unit, label = task.unit(origin), task.panel.calendar.label(origin)
    trees, regression = fitted.trees.margin(unit), fitted.regression.margin(unit)
    margins = {f"{share:g}": share * trees + (1 - share) * regression for share in SHARES}
    margins[RULE] = rule.fit(training_rows(task, rule, origin), task.rng(origin, 2)).margin(unit)
    within = task.labels(task.panel.as_of(task.panel.latest), origin).within
    rows = []
    for name, margin in margins.items():
        forecast = HazardForecast(task.leads, margin, margin, task.kind == "first_entry")
        for horizon in task.horizons:
            score, observed = forecast.score(horizon), within[:, task.place(horizon)]
            told = ~np.isnan(observed)
            row = {"origin": label, "trees_share": name, "horizon": horizon}
            row["pr_auc"] = average_precision(observed[told], score[told])
            if truth is not None:
                known = truth[truth["origin"] == label].set_index("household_id").reindex(unit.household_ids)
                chance = np.nan_to_num(known[f"{task.outcome.outcome}_{horizon}"].to_numpy(dtype=float))
                best = np.sort(chance)[-LENGTH:].sum()
                row["share_of_truth"] = chance[np.argsort(-score, kind="stable")[:LENGTH]].sum() / best
            rows.append(row)
    return pd.DataFrame(rows)


def shown(table: pd.DataFrame) -> pd.DataFrame:
    """A row a panel, horizon and figure; a column a share; means over origins."""
    orders = [*(f"{share:g}" for share in SHARES), RULE]
    lines = []
    for metric in ("pr_auc", "share_of_truth"):
        there = table.dropna(subset=[metric])
        told = there.pivot_table(index=["panel", "horizon"], columns="trees_share", values=metric)
        for (panel, horizon), row in told.iterrows():
            lines.append([str(panel), str(horizon), metric, *(f"{row[order]:.4f}" for order in orders)])
    return pd.DataFrame(lines, columns=["panel", "periods ahead", "figure", *orders])


if __name__ == "__main__":
    main(sys.argv[1] if len(sys.argv) > 1 else None)
