"""How near does the default model come to what is possible, in four counties: writes figures.csv and the tables.

    python experiments/0008-four-counties/run.py FOLDER [COUNTY ...]

FOLDER keeps what was worked out (a file a world), so that a run that was stopped goes on, and counties may be run side
by side; the tables are made of all that lies there.

For each county five worlds that no choice has seen, twelve test origins, quarter by quarter. Each order of the
households is judged by the sum of the true chances of the 300 that it lists. The reference learner has the same
features, but has learned from the households of twenty other worlds of the same county, a million in all, with all that
came to them. `plain` is a LightGBM model for each horizon on last-12-month aggregates, its settings tuned on a world of
Yi County and on earlier origins.
"""

from __future__ import annotations

import json
import sys
import tempfile
from collections.abc import Mapping
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
from relapse.flows.backtest import test_origins
from relapse.flows.rows import Task, stack
from relapse.model.lgbm_hazard import load_lightgbm
from relapse.pipelines.backtest import backtest as command
from relapse.pipelines.backtest import read_stage
from relapse.terminal import Stages

sys.path.append(str(Path(__file__).parents[1]))  # what the studies share
from pages import rewrite

HERE = Path(__file__).parent
COUNTIES = ("yi_2020", "mountain_2020", "project_2020", "coast_2020")
WORLDS = (11, 12, 13, 14, 15)
TUNED_ON = 1  # world of Yi County on which the plain script is tuned
REFERENCE_WORLDS = tuple(range(201, 221))
ORIGINS = tuple(f"{year}-{month}" for year in (2021, 2022, 2023) for month in ("03", "06", "09", "12"))
TUNING = ("2021-06", "2021-12", "2022-06")
PATHS, LENGTH, TRIALS, DRAWS = 4, 300, 40, 1_000
RULE = "distance_to_line"
MODELS = (RULE, "last_list", "triggers", "logit", "lgbm_hazard")
PLAIN, REFERENCE = "plain", "reference"
REFERENCE_SETTINGS = {"trees": 800, "learning_rate": 0.05, "leaves": 31, "l2": 20, "regression": None}
AGGREGATES = ("income__", "people__", "work__", "health__", "events__", "measures__", "projects__", "prices__")
NOW = ("income__log_ratio_now", "income__log_ratio_mean", "income__log_ratio_lowest", "income__log_ratio_spread")


def main(folder: Path, counties: list[str]) -> None:
    for county in counties:
        reference = reference_of(county, folder)
        for world in WORLDS:
            path = folder / f"{county}_{world}.csv"
            if not path.is_file():
                settings = plain_settings(folder)
                table = of_world(county, world, reference, settings)
                table.to_csv(path, index=False, float_format="%.6f")
                print(f"{county} {world}", flush=True)
    table = pd.concat([pd.read_csv(path) for path in sorted(folder.glob("*_2020_*.csv"))], ignore_index=True)
    table.to_csv(HERE / "figures.csv", index=False, float_format="%.6f", lineterminator="\n")
    paired = pairs(table)
    paired.to_csv(HERE / "pairs.csv", index=False, float_format="%.6f", lineterminator="\n")
    (HERE / "plain.json").write_text(json.dumps(plain_settings(folder), indent=1) + "\n", encoding="utf-8")
    for mark, text, latex in (
        ("figures", *markdown_and_latex(means(table))),
        ("pairs", *markdown_and_latex(paired_table(paired))),
    ):
        rewrite(HERE / "README.md", mark, text)
        print(text)
        (HERE / f"{mark}.tex").write_text(latex, encoding="utf-8")


def task_of(county: str, world: int, folder: str, truth: Path | None) -> tuple[Task, Mapping[str, Any]]:
    """The task on one world of a county, made in a folder; with the true chances at the test origins where asked."""
    changes = [
        f"data={county}",
        f"data.path={folder}/county",
        f"data.world_seed={world}",
        f"models=[{','.join(MODELS)}]",
    ]
    asked = config.bind(command, config.compose("backtest", changes))
    data = asked["data"]
    if truth is not None:
        data.make(truth, [data.calendar.parse(origin) for origin in ORIGINS], PATHS)
    stage = ("data", "line", "label", "features", "split", "audits", "sensitive")
    task, _ = read_stage(Stages(), *(asked[key] for key in stage), None, asked["seed"])
    return task, asked


def reference_of(county: str, folder: Path) -> Any:
    """The reference learner, fitted on the rows of all its worlds."""
    path, model = folder / f"{county}_reference.txt", config.option("model", "lgbm_hazard", **REFERENCE_SETTINGS)
    parts = []
    for world in REFERENCE_WORLDS:
        kept = folder / f"{county}_rows_{world}.npz"
        if not kept.is_file() and not path.is_file():
            with tempfile.TemporaryDirectory() as own:
                task, _ = task_of(county, world, own, None)
                rows = stack(task, task.panel.latest, 50_000)
            names = json.dumps([entry.name for entry in rows.entries])
            np.savez(kept, matrix=rows.matrix, event=rows.event, weight=rows.weight, lead=rows.lead, names=names)
            print(f"{county} rows of {world}", flush=True)
        parts.append(kept)
    if path.is_file():
        names = json.loads((folder / f"{county}_reference.json").read_text())
        return model.restore({"lightgbm_0.txt": path.read_bytes(), "columns.json": json.dumps(names).encode()})
    with tempfile.TemporaryDirectory() as own:
        task, _ = task_of(county, REFERENCE_WORLDS[0], own, None)
        like = stack(task, task.panel.latest, 2_000)
    loaded = [np.load(part) for part in parts]
    order = [json.loads(str(each["names"])) for each in loaded]
    assert all(names == order[0] for names in order), "worlds of one county have the same features"
    rows = replace(
        like,
        matrix=np.concatenate([each["matrix"] for each in loaded]),
        **{name: np.concatenate([each[name] for each in loaded]) for name in ("event", "weight", "lead")},
        age=None,
    )
    fitted = model.fit(rows, np.random.default_rng(1))
    files = fitted.dump()
    (folder / f"{county}_reference.json").write_bytes(files["columns.json"])
    path.write_bytes(files["lightgbm_0.txt"])
    return fitted


def of_world(county: str, world: int, reference: Any, settings: dict[str, Any]) -> pd.DataFrame:
    """A row an order, test origin and horizon."""
    with tempfile.TemporaryDirectory() as own:
        task, asked = task_of(county, world, own, Path(own) / "truth")
        truth = read_truth(Path(own) / "truth").to_pandas()
    origins = [task.panel.calendar.parse(origin) for origin in ORIGINS]
    models = {name: asked["models"][name] for name in MODELS}
    rows = []
    for result in test_origins(task, models, asked["rule"], asked["calibration"], origins):
        unit = result.unit
        label = task.panel.calendar.label(unit.as_of)
        known = truth[truth["origin"] == label].set_index("household_id").reindex(unit.household_ids)
        margin = reference.margin(unit)
        said: dict[str, HazardForecast] = {
            **result.forecasts,
            REFERENCE: HazardForecast(unit.leads, margin, margin, True),
        }
        for horizon in task.horizons:
            scores = {name: forecast.score(horizon) for name, forecast in said.items()}
            scores[PLAIN] = plain_score(task, unit.as_of, horizon, settings)
            observed = result.within[:, task.place(horizon)]
            told = ~np.isnan(observed)
            chance = np.nan_to_num(known[f"{task.outcome.outcome}_{horizon}"].to_numpy(dtype=float))
            for name, score in scores.items():
                listed = np.argsort(-score, kind="stable")[:LENGTH]
                stands_in = name in result.evidence and bool(result.evidence[name].reason)
                rows.append(
                    {
                        "county": county,
                        "world": world,
                        "origin": label,
                        "horizon": horizon,
                        "order": name,
                        "true_chances": chance[listed].sum(),
                        "came": np.nansum(observed[listed]),
                        "pr_auc": average_precision(observed[told], score[told]) if observed[told].any() else np.nan,
                        "rule_stands_in": stands_in,
                    }
                )
    return pd.DataFrame(rows)


def aggregates(unit_entries: tuple[Any, ...]) -> list[int]:
    """Places of the columns of the plain script: income now and over the year, size, and what added up in 12 months."""
    names = [entry.name for entry in unit_entries]
    return [
        place
        for place, name in enumerate(names)
        if name in NOW or name == "people__members_count" or (name.endswith("_12m") and name.startswith(AGGREGATES))
    ]


def plain_score(task: Task, as_of: int, horizon: int, settings: dict[str, Any]) -> np.ndarray:
    """(n,) one model of one horizon, on all labels that had closed, as one would write it by hand."""
    lightgbm, known, place = load_lightgbm(), task.panel.as_of(as_of), task.place(horizon)
    parts = [plain_rows(task, known, origin, place) for origin in task.training_origins(as_of)]
    matrix, label = (np.concatenate(part) for part in zip(*parts, strict=True))
    unit = task.unit(as_of)
    if not label.any():
        return np.zeros(len(unit.members))
    booster = fit_plain(lightgbm, matrix, label, settings)
    return np.asarray(booster.predict(unit.matrix(place)[:, aggregates(unit.entries)], raw_score=True))


def fit_plain(lightgbm: Any, matrix: np.ndarray, label: np.ndarray, settings: dict[str, Any]) -> Any:
    """A classifier with one's tuned settings."""
    fixed = {
        "objective": "binary",
        "verbose": -1,
        "num_threads": 1,
        "deterministic": True,
        "force_col_wise": True,
        "seed": 1,
    }
    trees = settings["trees"]
    rest = {key: value for key, value in settings.items() if key != "trees"}
    return lightgbm.train({**fixed, **rest}, lightgbm.Dataset(matrix, label), trees)


def plain_rows(task: Task, known: Any, origin: int, place: int) -> tuple[np.ndarray, np.ndarray]:
    """Aggregates and labels of an origin."""
    unit: Unit = task.unit(origin)
    label = task.labels(known, origin).within[:, place]
    told = np.flatnonzero(~np.isnan(label))
    return unit.matrix(place, told)[:, aggregates(unit.entries)], label[told]


def plain_settings(folder: Path) -> dict[str, Any]:
    """Settings of the plain script, tuned with Optuna on later labels of one world of Yi County."""
    path = folder / "plain.json"
    if path.is_file():
        return dict(json.loads(path.read_text()))
    import optuna

    optuna.logging.set_verbosity(optuna.logging.WARNING)
    with tempfile.TemporaryDirectory() as own:
        task, _ = task_of("yi_2020", TUNED_ON, own, None)
    final, lightgbm, horizon = task.panel.as_of(task.panel.latest), load_lightgbm(), 12
    place, folds = task.place(horizon), []
    for origin in (task.panel.calendar.parse(each) for each in TUNING):
        known = task.panel.as_of(origin)
        parts = [plain_rows(task, known, each, place) for each in task.training_origins(origin)]
        train = tuple(np.concatenate(part) for part in zip(*parts, strict=True))
        folds.append((train, plain_rows(task, final, origin, place)))

    def objective(trial: optuna.Trial) -> float:
        settings = {
            "trees": trial.suggest_int("trees", 50, 600, log=True),
            "learning_rate": trial.suggest_float("learning_rate", 0.01, 0.2, log=True),
            "num_leaves": trial.suggest_int("num_leaves", 4, 63, log=True),
            "min_data_in_leaf": trial.suggest_int("min_data_in_leaf", 20, 2_000, log=True),
            "lambda_l2": trial.suggest_float("lambda_l2", 0.1, 200, log=True),
            "feature_fraction": trial.suggest_float("feature_fraction", 0.2, 1.0),
        }
        found = []
        for (matrix, label), (asked, came) in folds:
            if label.any() and came.any():
                found.append(average_precision(came, fit_plain(lightgbm, matrix, label, settings).predict(asked)))
        return float(np.mean(found))

    study = optuna.create_study(direction="maximize", sampler=optuna.samplers.TPESampler(seed=1))
    study.optimize(objective, n_trials=TRIALS)
    path.write_text(json.dumps(study.best_params, indent=1))
    return dict(study.best_params)


def pairs(table: pd.DataFrame) -> pd.DataFrame:
    """The default model less each other order, by county and horizon, with 90 % intervals.

    Resampled are worlds, and within each world years of origins (windows of neighbouring origins overlap).
    """
    rows, rng = [], np.random.default_rng(1)
    everywhere = table.assign(county="all")
    for (county, horizon), mine in pd.concat([table, everywhere]).groupby(["county", "horizon"], sort=False):
        blocks = ["world", mine["origin"].str[:4].rename("year")]
        for metric in ("true_chances", "came", "pr_auc"):
            wide = mine.pivot_table(index=blocks, columns="order", values=metric, aggfunc="mean")
            worlds = wide.index.get_level_values("world").to_numpy()
            of = [np.flatnonzero(worlds == world) for world in np.unique(worlds)]
            drawn = [
                np.concatenate([rng.choice(of[k], len(of[k])) for k in rng.integers(0, len(of), len(of))])
                for _ in range(DRAWS)
            ]
            for other in [name for name in wide.columns if name != "lgbm_hazard"]:
                difference = (wide["lgbm_hazard"] - wide[other]).to_numpy()
                low, high = np.nanpercentile([np.nanmean(difference[places]) for places in drawn], [5, 95])
                share = wide["lgbm_hazard"].sum() / wide[other].sum()
                rows.append(
                    {
                        "county": county,
                        "horizon": horizon,
                        "metric": metric,
                        "against": other,
                        "difference": np.nanmean(difference),
                        "low": low,
                        "high": high,
                        "share": share,
                        "worlds": len(of),
                    }
                )
    return pd.DataFrame(rows)


def means(table: pd.DataFrame) -> pd.DataFrame:
    """Per county and horizon, a column an order: true chances listed, mean over worlds and origins."""
    wide = table.pivot_table(index=["county", "horizon"], columns="order", values="true_chances", aggfunc="mean")
    wide = wide[[*MODELS, PLAIN, REFERENCE]]
    wide.insert(0, "worlds", table.groupby(["county", "horizon"])["world"].nunique())
    wide["model / reference"] = wide["lgbm_hazard"] / wide[REFERENCE]
    return wide.reset_index().round(dict.fromkeys((*MODELS, PLAIN, REFERENCE), 1) | {"model / reference": 3})


def paired_table(paired: pd.DataFrame) -> pd.DataFrame:
    """Differences of true chances and of average precision in words."""
    shown = paired[paired["metric"].isin(["true_chances", "pr_auc"])].copy()
    digits = np.where(shown["metric"] == "pr_auc", 4, 1)
    shown["text"] = [
        f"{row.difference:+.{d}f} ({row.low:+.{d}f} to {row.high:+.{d}f})"
        for row, d in zip(shown.itertuples(), digits, strict=True)
    ]
    wide = shown.pivot_table(index=["county", "horizon", "metric"], columns="against", values="text", aggfunc="first")
    return wide.reset_index()


def markdown_and_latex(table: pd.DataFrame) -> tuple[str, str]:
    """A table for the README and for a paper."""
    lines = [list(map(str, table.columns)), ["---"] * len(table.columns)]
    lines += [[str(value) for value in row] for row in table.itertuples(index=False)]
    text = "\n".join("| " + " | ".join(line) + " |" for line in lines)
    cells = [[word.replace("_", "\\_").replace("%", "\\%") for word in line] for line in (lines[0], *lines[2:])]
    rows = " \\\\\n".join(" & ".join(line) for line in cells)
    return text, f"\\begin{{tabular}}{{{'l' * len(table.columns)}}}\n{rows} \\\\\n\\end{{tabular}}\n"


if __name__ == "__main__":
    where = Path(sys.argv[1])
    where.mkdir(parents=True, exist_ok=True)
    main(where, sys.argv[2:] or list(COUNTIES))
