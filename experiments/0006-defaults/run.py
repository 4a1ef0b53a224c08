"""Which settings of the boosted hazard should be the default: writes figures.csv, pairs.csv and the README's tables.

    python experiments/0006-defaults/run.py [FOLDER]

Counties with their truth are made in the folder, or taken from there where they are already; without one they are
removed again.

Yi County with other seeds than the shipped one. At each test origin every setting is fitted on the same training
origins, on its own (nothing held against the rule, nothing calibrated). It is judged by the true chances of the 300
households that it lists, as a share of those of the 300 likeliest, and by average precision. What is chosen here is
proved elsewhere: on the shipped Yi County and on other counties (experiments/0003-yi-county-forecast).
"""

from __future__ import annotations

import sys
import tempfile
import time
from dataclasses import replace
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd

from relapse import config
from relapse.core.forecast import HazardForecast
from relapse.core.rows import Unit
from relapse.data.simulator.truth import read_truth
from relapse.evaluation.metrics import average_precision
from relapse.flows.fit import training_rows
from relapse.flows.rows import Task, kept_units
from relapse.pipelines.backtest import backtest as command
from relapse.pipelines.backtest import read_stage
from relapse.terminal import Stages

sys.path.append(str(Path(__file__).parents[1]))  # what the studies share
from pages import publish, ranged, save

HERE = Path(__file__).parent
WORLDS = (2, 3)
ORIGINS = ("2022-06", "2022-12", "2023-06", "2023-12")
PATHS, LENGTH = 24, 300
BLOCK = "structural__"
DRAWS = 1_000

BEFORE: dict[str, Any] = {
    "trees": 200, "learning_rate": 0.06, "leaves": 15, "l2": 5, "feature_share": 0.4,
    "most_rows": 400_000, "others_per_event": 20, "regression": None,
}  # fmt: skip
FEWER: dict[str, Any] = {**BEFORE, "learning_rate": 0.1, "most_rows": 200_000, "others_per_event": 10}
CHOSEN: dict[str, Any] = {**FEWER, "leaves": 7, "l2": 100}
SETTINGS: dict[str, tuple[str, bool, dict[str, Any]]] = {  # model, whether the structural block is there, settings
    "before": ("lgbm_hazard", False, BEFORE),
    "fewer rows": ("lgbm_hazard", False, FEWER),
    "fewer, l2 50": ("lgbm_hazard", False, {**FEWER, "l2": 50}),
    "fewer, l2 200": ("lgbm_hazard", False, {**FEWER, "l2": 200}),
    "chosen": ("lgbm_hazard", False, CHOSEN),
    "chosen, 120 trees": ("lgbm_hazard", False, {**CHOSEN, "trees": 120}),
    "chosen, 300 trees": ("lgbm_hazard", False, {**CHOSEN, "trees": 300}),
    "chosen, a seventh of the features a tree": ("lgbm_hazard", False, {**CHOSEN, "feature_share": 0.15}),
    "chosen, growth stopped early": ("lgbm_hazard", False, {**CHOSEN, "trees": 400, "patience": 20}),
    "chosen, half-life 2 years": ("lgbm_hazard", False, {**CHOSEN, "half_life_years": 2}),
    "chosen, three seeds": ("lgbm_hazard", False, {**CHOSEN, "seeds": 3}),
    "chosen, structural features": ("lgbm_hazard", True, CHOSEN),
    "chosen, begun from the structural score": ("lgbm_structural", True, CHOSEN),
    "logit": ("logit", False, {}),
    "distance_to_line": ("distance_to_line", False, {}),
}


def main(folder: str | None) -> None:
    with tempfile.TemporaryDirectory() as own:
        table = pd.concat([of_world(world, folder or own) for world in WORLDS], ignore_index=True)
    save(table, HERE / "figures.csv")
    save(pairs(table), HERE / "pairs.csv")
    tables()


def tables() -> None:
    """Make the page's tables from figures.csv and pairs.csv."""
    table, paired = (pd.read_csv(HERE / f"{name}.csv") for name in ("figures", "pairs"))
    publish(HERE, {"figures": shown(table), "pairs": shown_pairs(paired)})


def of_world(world: int, folder: str) -> pd.DataFrame:
    """A row a setting, test origin and horizon in one simulated county."""
    county, truth_folder = f"{folder}/yi_2020_{world}", Path(f"{folder}/yi_2020_{world}_truth")
    changes = [f"data.path={county}", f"data.world_seed={world}", "features=[default,structural]"]
    asked = config.bind(command, config.compose("backtest", ["data=yi_2020", *changes]))
    data = asked["data"]
    if not truth_folder.is_dir():
        data.make(truth_folder, [data.calendar.parse(origin) for origin in ORIGINS], PATHS)
    stage = ("data", "line", "label", "features", "split", "audits", "sensitive")
    task, _ = read_stage(Stages(), *(asked[key] for key in stage), None, asked["seed"])
    truth = read_truth(truth_folder).to_pandas()
    newest = task.panel.calendar.parse(ORIGINS[-1])
    for origin in task.training_origins(task.panel.latest):
        if origin <= newest:
            task.unit(origin)  # features of an origin are made once, with the block that not all settings read
    plain = replace(task, units=kept_units({origin: without_block(unit) for origin, unit in task.units.items()}))
    rows = []
    for name, (model, with_block, settings) in SETTINGS.items():
        mine = task if with_block else plain
        for origin in (task.panel.calendar.parse(each) for each in ORIGINS):
            rows += [{"world": world, "setting": name, **row} for row in figures(mine, origin, model, settings, truth)]
        print(f"{world} {name}", flush=True)
    return pd.DataFrame(rows)


def without_block(unit: Unit) -> Unit:
    """The unit without the structural features."""
    return replace(unit, table=unit.table.only(lambda entry: not entry.name.startswith(BLOCK)))


def figures(task: Task, origin: int, name: str, settings: dict[str, Any], truth: pd.DataFrame) -> list[dict[str, Any]]:
    """A row a horizon."""
    boosted = {"boosted": settings} if name == "lgbm_structural" else settings
    model = config.option("model", name, **boosted)
    begun = time.process_time()
    cut = task.split.calibration_cut(task.panel, origin, int(task.leads.max()), task.outcome.maturity)
    if getattr(model, "stops_early", False):
        early, later = training_rows(task, model, cut), training_rows(task, model, origin, cut)
        model = model.stopped(early, later, task.rng(cut, 2))
    fitted = model.fit(training_rows(task, model, origin), task.rng(origin, 2))
    margin = fitted.margin(task.unit(origin))
    seconds = time.process_time() - begun
    forecast = HazardForecast(task.leads, margin, margin, task.kind == "first_entry")
    unit, label = task.unit(origin), task.panel.calendar.label(origin)
    within = task.labels(task.panel.as_of(task.panel.latest), origin).within
    known = truth[truth["origin"] == label].set_index("household_id").reindex(unit.household_ids)
    rows = []
    for horizon in task.horizons:
        score, observed = forecast.score(horizon), within[:, task.place(horizon)]
        chance = np.nan_to_num(known[f"{task.outcome.outcome}_{horizon}"].to_numpy(dtype=float))
        listed = np.argsort(-score, kind="stable")[:LENGTH]
        told = ~np.isnan(observed)
        rows.append(
            {
                "origin": label,
                "horizon": horizon,
                "share_of_truth": chance[listed].sum() / np.sort(chance)[-LENGTH:].sum(),
                "pr_auc": average_precision(observed[told], score[told]),
                "trees": int(getattr(getattr(model, "boosted", model), "trees", 0)),
                "cpu_seconds": seconds,
            }
        )
    return rows


def pairs(table: pd.DataFrame) -> pd.DataFrame:
    """Each setting less the chosen one, by horizon: mean over counties and origins with a 90 % interval.

    Resampled are counties with all their origins, and origins within (a bootstrap in two steps).
    """
    wide = table.pivot_table(index=["world", "origin"], columns=["setting", "horizon"], values="share_of_truth")
    rows, rng = [], np.random.default_rng(1)
    worlds = wide.index.get_level_values("world").to_numpy()
    of_world = [np.flatnonzero(worlds == world) for world in np.unique(worlds)]
    drawn = [
        np.concatenate(
            [rng.choice(of_world[k], len(of_world[k])) for k in rng.integers(0, len(of_world), len(of_world))]
        )
        for _ in range(DRAWS)
    ]
    for setting in SETTINGS:
        for horizon in sorted(table["horizon"].unique()):
            difference = (wide[setting, horizon] - wide["chosen", horizon]).to_numpy()
            low, high = np.percentile([difference[places].mean() for places in drawn], [5, 95])
            row = {"setting": setting, "horizon": horizon, "difference": difference.mean(), "low": low, "high": high}
            rows.append(row)
    return pd.DataFrame(rows)


def shown(table: pd.DataFrame) -> pd.DataFrame:
    """A row a setting, means over counties and origins."""
    horizons = sorted(table["horizon"].unique())
    heads = [
        "setting",
        *(f"share of the truth, {h} months" for h in horizons),
        *(f"PR-AUC, {h} months" for h in horizons),
    ]
    lines = []
    for setting in SETTINGS:
        mine = table[table["setting"] == setting]
        told = mine.groupby("horizon")[["share_of_truth", "pr_auc"]].mean()
        cells = [f"{told.loc[h, 'share_of_truth']:.3f}" for h in horizons] + [
            f"{told.loc[h, 'pr_auc']:.4f}" for h in horizons
        ]
        lines.append([setting, *cells, f"{mine['trees'].mean():.0f}", f"{mine['cpu_seconds'].mean():.1f}"])
    return pd.DataFrame(lines, columns=[*heads, "trees", "CPU seconds"])


def shown_pairs(paired: pd.DataFrame) -> pd.DataFrame:
    """A row a setting: share of the truth less that of the chosen setting, with 90 % intervals."""
    horizons = sorted(paired["horizon"].unique())
    lines = []
    for setting, mine in paired[paired["setting"] != "chosen"].groupby("setting", sort=False):
        told = mine.set_index("horizon")
        ends = ["difference", "low", "high"]
        lines.append([str(setting), *(ranged(*told.loc[horizon, ends], sign="+") for horizon in horizons)])
    return pd.DataFrame(lines, columns=["less the chosen", *(f"{h} months" for h in horizons)])


if __name__ == "__main__":
    main(sys.argv[1] if len(sys.argv) > 1 else None)
