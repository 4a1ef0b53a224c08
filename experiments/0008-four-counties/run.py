"""How near does the default model come to what is possible, in four counties: writes figures.csv and the tables.

    python experiments/0008-four-counties/run.py FOLDER [COUNTY ...]

FOLDER keeps what was worked out (a file a world), so that a run that was stopped goes on; the tables are made of all
that lies there, after each world. What figures.csv holds is taken over, so that a study of many hours can be made in
several sittings: take rows out of it, or the file away, to have them measured anew. First come rules and models in all
worlds (some six minutes of one core a world), then the plain script, last the reference learner (half an hour a
county).

For each county five worlds that no choice has seen, twelve test origins, quarter by quarter. Each order of the
households is judged by the sum of the true chances of the 300 that it lists. The reference learner has the same
features, but has learned from the households of twenty other worlds of the same county, a million in all, with all that
came to them. The curve is the default model, learned from one, two and four of these worlds: how much of
what it lacks is a want of events; and, for what it lacks for want of time, from one and four of them by the day of the
list, with what had come to their households until then. `plain` is a LightGBM model for each horizon on last-12-month
aggregates, its settings tuned on a world of Yi County and on earlier origins.
"""

from __future__ import annotations

import json
import shutil
import sys
import tempfile
from collections.abc import Callable, Mapping, Sequence
from dataclasses import replace
from functools import cache
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd

from relapse import config
from relapse.core.forecast import HazardForecast
from relapse.core.rows import TrainingRows, Unit
from relapse.data.simulator.truth import read_truth
from relapse.evaluation.metrics import average_precision
from relapse.flows.backtest import test_origins
from relapse.flows.rows import Task, stack
from relapse.model.lgbm_hazard import load_lightgbm
from relapse.pipelines.backtest import backtest as command
from relapse.pipelines.backtest import read_stage
from relapse.terminal import Stages

sys.path.append(str(Path(__file__).parents[1]))  # what the studies share
from pages import publish, ranged, save

HERE = Path(__file__).parent
COUNTIES = ("yi_2020", "mountain_2020", "project_2020", "coast_2020")
WORLDS = (11, 12, 13, 14, 15)
TUNED_ON = 1  # world of Yi County on which the plain script is tuned
REFERENCE_WORLDS = tuple(range(201, 221))
ORIGINS = tuple(f"{year}-{month}" for year in (2021, 2022, 2023) for month in ("03", "06", "09", "12"))
TUNING = ("2021-06", "2021-12", "2022-06")
LATEST = "latest"  # month of the data: all that came to a world's households
PATHS, LENGTH, TRIALS, DRAWS = 4, 300, 40, 1_000
RULE = "distance_to_line"
MODEL = "lgbm_hazard"
MODELS = (RULE, "last_list", "triggers", "logit", MODEL)
PLAIN, REFERENCE, CURVE, THEN = "plain", "reference", "curve", "then"
CURVE_WORLDS = (1, 2, 4)  # of the reference's, from which the default model learns
THEN_WORLDS = (1, 4)  # likewise, up to the day of the list
ORDERS = (*MODELS, PLAIN, REFERENCE)
REFERENCE_SETTINGS = {"trees": 800, "learning_rate": 0.05, "leaves": 31, "l2": 20, "regression": None}
AGGREGATES = ("income__", "people__", "work__", "health__", "events__", "measures__", "projects__", "prices__")
NOW = ("income__log_ratio_now", "income__log_ratio_mean", "income__log_ratio_lowest", "income__log_ratio_spread")


def main(folder: Path, counties: list[str]) -> None:
    passes = {"": of_world}
    passes |= {f"_{PLAIN}": of_plain, f"_{CURVE}": of_curve, f"_{THEN}": of_then, f"_{REFERENCE}": of_reference}
    take_over(folder)
    for name, measure in passes.items():
        for world in WORLDS:  # a world of each county before the next one, so that a part of it tells of all
            for county in counties:
                path = folder / f"{county}_{world}{name}.csv"
                if not path.is_file():
                    save(measure(county, world, folder).assign(county=county, world=world), path)
                    collect(folder)
                    print(path.stem, flush=True)
    collect(folder)


def take_over(folder: Path) -> None:
    """Put into the folder what figures.csv holds and the folder does not."""
    folder.mkdir(parents=True, exist_ok=True)
    if (HERE / "plain.json").is_file() and not (folder / "plain.json").is_file():
        (folder / "plain.json").write_bytes((HERE / "plain.json").read_bytes())
    if not (HERE / "figures.csv").is_file():
        return
    table = pd.read_csv(HERE / "figures.csv")
    learned = table["order"].where(table["order"].isin([PLAIN, REFERENCE]), "")
    for name in (CURVE, THEN):
        learned = learned.mask(table["order"].str.startswith(name), name)
    for (county, world, name), mine in table.groupby(["county", "world", learned]):
        path = folder / f"{county}_{world}{name and f'_{name}'}.csv"
        if not path.is_file():
            save(mine, path)


def collect(folder: Path) -> None:
    """Put together what lies in the folder, and make the tables of it."""
    table = pd.concat([pd.read_csv(path) for path in sorted(folder.glob("*_2020_*.csv"))], ignore_index=True)
    save(table, HERE / "figures.csv")
    save(pairs(table), HERE / "pairs.csv")
    if (folder / "plain.json").is_file():
        (HERE / "plain.json").write_bytes((folder / "plain.json").read_bytes())
    tables()


def tables() -> None:
    """Make the page's tables from figures.csv and pairs.csv."""
    table, paired = (pd.read_csv(HERE / f"{name}.csv") for name in ("figures", "pairs"))
    publish(HERE, {"figures": means(table, paired), "curve": curve(table), "pairs": paired_table(paired)})


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


def keep_rows(county: str, world: int, folder: Path, months: Sequence[str]) -> None:
    """Keep the rows of one of the reference's worlds, by the end of each month, which takes making it once."""
    with tempfile.TemporaryDirectory() as own:
        task, _ = task_of(county, world, own, None)
        for month in months:
            as_of = task.panel.latest if month == LATEST else task.panel.calendar.parse(month)
            rows = stack(task, as_of, 50_000)
            names = json.dumps([entry.name for entry in rows.entries])
            kept = folder / f"{county}_rows_{world}_{month}.npz"
            np.savez(kept, matrix=rows.matrix, event=rows.event, weight=rows.weight, lead=rows.lead, names=names)
    print(f"{county} rows of {world}", flush=True)


@cache
def rows_like(county: str) -> TrainingRows:
    """Some rows of a world, for what is the same of all worlds of a county."""
    with tempfile.TemporaryDirectory() as own:
        task, _ = task_of(county, REFERENCE_WORLDS[0], own, None)
        return stack(task, task.panel.latest, 2_000)


def reference_rows(county: str, folder: Path, count: int, month: str) -> TrainingRows:
    """The rows of the first so many of the reference's worlds, with what had come to their households by a month."""
    parts = []
    for world in REFERENCE_WORLDS[:count]:
        kept = folder / f"{county}_rows_{world}_{month}.npz"
        if not kept.is_file():
            keep_rows(county, world, folder, [month] if month == LATEST else ORIGINS)
        parts.append(kept)
    loaded = [np.load(part) for part in parts]
    order = [json.loads(str(each["names"])) for each in loaded]
    assert all(names == order[0] for names in order), "worlds of one county have the same features"
    return replace(
        rows_like(county),
        matrix=np.concatenate([each["matrix"] for each in loaded]),
        **{name: np.concatenate([each[name] for each in loaded]) for name in ("event", "weight", "lead")},
        age=None,
    )


def learned_elsewhere(county: str, folder: Path, count: int, name: str, model: Any, month: str = LATEST) -> Any:
    """A model fitted on the rows of so many worlds by a month; fitted once, and kept."""
    kept = folder / f"{county}_{name}_{month}"
    if not kept.is_dir():
        files = model.fit(reference_rows(county, folder, count, month), np.random.default_rng(1)).dump()
        with tempfile.TemporaryDirectory(dir=folder) as half:
            for file, content in files.items():
                (Path(half) / file).write_bytes(content)
            shutil.copytree(half, kept)
    return model.restore({path.name: path.read_bytes() for path in kept.iterdir()})


def of_world(county: str, world: int, folder: Path) -> pd.DataFrame:
    """A row an order, test origin and horizon: rules and models."""
    task, asked, truth = played(county, world, folder)
    models = {name: asked["models"][name] for name in MODELS}
    rows = []
    for result in test_origins(task, models, asked["rule"], asked["calibration"], test_months(task)):
        stood_in = {name: bool(each.reason) for name, each in result.evidence.items()}
        for horizon in task.horizons:
            scores = {name: forecast.score(horizon) for name, forecast in result.forecasts.items()}
            rows += judged(task, result.unit, horizon, scores, truth, stood_in)
    return pd.DataFrame(rows)


def of_plain(county: str, world: int, folder: Path) -> pd.DataFrame:
    """A row a test origin and horizon: the plain script."""
    settings = plain_settings(folder)
    task, _, truth = played(county, world, folder)
    rows = []
    for as_of in test_months(task):
        for horizon in task.horizons:
            scores = {PLAIN: plain_score(task, as_of, horizon, settings)}
            rows += judged(task, task.unit(as_of), horizon, scores, truth, {})
    return pd.DataFrame(rows)


def of_reference(county: str, world: int, folder: Path) -> pd.DataFrame:
    """A row a test origin and horizon: the reference learner."""
    model = config.option("model", MODEL, **REFERENCE_SETTINGS)
    learned = {REFERENCE: learned_elsewhere(county, folder, len(REFERENCE_WORLDS), REFERENCE, model)}
    return of_learned(county, world, folder, lambda _: learned)


def of_curve(county: str, world: int, folder: Path) -> pd.DataFrame:
    """A row a test origin, horizon and number of worlds from which the default model has learned."""
    return of_default(county, world, folder, CURVE, CURVE_WORLDS, lambda _: LATEST)


def of_then(county: str, world: int, folder: Path) -> pd.DataFrame:
    """The same, from what had come to the households of these worlds by the day of the list."""
    return of_default(county, world, folder, THEN, THEN_WORLDS, lambda month: month)


def of_default(
    county: str, world: int, folder: Path, name: str, counts: Sequence[int], until: Callable[[str], str]
) -> pd.DataFrame:
    """The default model, learned from so many worlds until a month that depends on the test origin's."""
    model, names = config.option("model", MODEL), {count: f"{name}_{count:02d}" for count in counts}

    def learned(month: str) -> dict[str, Any]:
        by = until(month)
        return {order: learned_elsewhere(county, folder, count, order, model, by) for count, order in names.items()}

    return of_learned(county, world, folder, learned)


def of_learned(county: str, world: int, folder: Path, learned_by: Callable[[str], Mapping[str, Any]]) -> pd.DataFrame:
    """A row a test origin, horizon and model that has learned elsewhere by the origin's month."""
    task, _, truth = played(county, world, folder)
    rows = []
    for unit in map(task.unit, test_months(task)):
        learned = learned_by(task.panel.calendar.label(unit.as_of))
        margins = {name: model.margin(unit) for name, model in learned.items()}
        forecasts = {name: HazardForecast(unit.leads, margin, margin, True) for name, margin in margins.items()}
        for horizon in task.horizons:
            scores = {name: forecast.score(horizon) for name, forecast in forecasts.items()}
            rows += judged(task, unit, horizon, scores, truth, {})
    return pd.DataFrame(rows)


def test_months(task: Task) -> list[int]:
    """The test origins as periods."""
    return [task.panel.calendar.parse(origin) for origin in ORIGINS]


def played(county: str, world: int, folder: Path) -> tuple[Task, Mapping[str, Any], pd.DataFrame]:
    """A world's task, settings and true chances; only the truth is kept, which takes longest."""
    truth = folder / f"{county}_{world}_truth"
    with tempfile.TemporaryDirectory() as own:
        task, asked = task_of(county, world, own, None if truth.is_dir() else truth)
    return task, asked, read_truth(truth).to_pandas()


def judged(
    task: Task,
    unit: Unit,
    horizon: int,
    scores: Mapping[str, np.ndarray],
    truth: pd.DataFrame,
    stood_in: Mapping[str, bool],
) -> list[dict[str, Any]]:
    """A row an order: the true chances and the events among those whom it lists, and its average precision."""
    label = task.panel.calendar.label(unit.as_of)
    known = truth[truth["origin"] == label].set_index("household_id").reindex(unit.household_ids)
    chance = np.nan_to_num(known[f"{task.outcome.outcome}_{horizon}"].to_numpy(dtype=float))
    observed = task.labels(task.panel.as_of(task.panel.latest), unit.as_of).within[:, task.place(horizon)]
    told, rows = ~np.isnan(observed), []
    for name, score in scores.items():
        listed = np.argsort(-score, kind="stable")[:LENGTH]
        row = {"origin": label, "horizon": horizon, "order": name, "true_chances": chance[listed].sum()}
        row["came"] = np.nansum(observed[listed]) if told.any() else np.nan
        row["pr_auc"] = average_precision(observed[told], score[told]) if observed[told].any() else np.nan
        rows.append(row | {"rule_stands_in": stood_in.get(name, False)})
    return rows


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

    Resampled are worlds, and within each world years of origins (windows of neighbouring origins overlap). Each pair
    is of the worlds in which both were measured.
    """
    rows, rng = [], np.random.default_rng(1)
    several = len(table["county"].unique()) > 1
    everywhere = table.assign(county="all", world=table["county"] + " " + table["world"].astype(str))
    parts = [table, everywhere] if several else [table]
    for (county, horizon), mine in pd.concat(parts).groupby(["county", "horizon"], sort=False):
        blocks = ["world", mine["origin"].str[:4].rename("year")]
        for metric in ("true_chances", "came", "pr_auc"):
            wide = mine.pivot_table(index=blocks, columns="order", values=metric, aggfunc="mean")
            for other in [name for name in wide.columns if name != MODEL]:
                both = wide[[MODEL, other]].dropna()
                worlds = both.index.get_level_values("world").to_numpy()
                of = [np.flatnonzero(worlds == world) for world in np.unique(worlds)]
                drawn = [
                    np.concatenate([rng.choice(of[k], len(of[k])) for k in rng.integers(0, len(of), len(of))])
                    for _ in range(DRAWS)
                ]
                difference = (both[MODEL] - both[other]).to_numpy()
                low, high = np.percentile([difference[places].mean() for places in drawn], [5, 95])
                row = {"county": county, "horizon": horizon, "metric": metric, "against": other}
                row |= {"difference": difference.mean(), "low": low, "high": high}
                rows.append(row | {"share": both[MODEL].sum() / both[other].sum(), "worlds": len(of)})
    return pd.DataFrame(rows)


def means(table: pd.DataFrame, paired: pd.DataFrame) -> pd.DataFrame:
    """Per county and horizon, a column an order: true chances listed, mean over worlds and origins."""
    wide = table.pivot_table(index=["county", "horizon"], columns="order", values="true_chances", aggfunc="mean")
    worlds = table.groupby(["county", "horizon"])["world"].nunique()
    share = paired[paired["metric"] == "true_chances"].set_index(["county", "horizon", "against"])["share"]
    rows = []
    for (county, horizon), mine in wide.iterrows():
        row: dict[str, object] = {"county": county, "months ahead": horizon, "worlds": worlds[county, horizon]}
        row |= {name: ranged(mine.get(name, np.nan), np.nan, np.nan, digits=1) for name in ORDERS}
        told = share.get((county, horizon, REFERENCE), np.nan)
        rows.append(row | {"model / reference": ranged(told, np.nan, np.nan)})
    return pd.DataFrame(rows)


def curve(table: pd.DataFrame) -> pd.DataFrame:
    """Per county and horizon, true chances listed of the default model by what it has learned from; where drawn.

    All of a county are of the same worlds: of those with the reference where there are any.
    """
    names = {MODEL: "own county"} | {f"{THEN}_{count:02d}": f"{count} other by then" for count in THEN_WORLDS}
    names |= {f"{CURVE}_{count:02d}": f"{count} other" for count in CURVE_WORLDS}
    wide = table.pivot_table(index=["county", "world", "horizon"], columns="order", values="true_chances")
    wide = wide.reindex(columns=[*names, REFERENCE]).rename(columns=names).dropna(subset=list(names.values()))
    told = wide[REFERENCE].notna()
    wide = wide[told | ~told.groupby("county").transform("any")]
    means = wide.groupby(["county", "horizon"]).mean().map(lambda value: ranged(value, np.nan, np.nan, digits=1))
    means.insert(0, "worlds", wide.groupby(["county", "horizon"]).size())
    return means.rename_axis(index=["county", "months ahead"], columns=None).reset_index()


def paired_table(paired: pd.DataFrame) -> pd.DataFrame:
    """Differences of true chances and of average precision in words."""
    digits, rows = {"true_chances": 1, "pr_auc": 4}, []
    shown = paired[paired["metric"].isin(list(digits))]
    for (county, horizon, metric), mine in shown.groupby(["county", "horizon", "metric"], sort=False):
        told = mine.set_index("against")
        row = {"county": county, "months ahead": horizon, "figure": metric.replace("_", " ")}
        for name in ORDERS:
            if name != MODEL:
                there = name in told.index
                ends = told.loc[name, ["difference", "low", "high"]] if there else [np.nan] * 3
                row[f"less {name}"] = ranged(*ends, digits=digits[metric], sign="+")
        rows.append(row)
    return pd.DataFrame(rows)


if __name__ == "__main__":
    where = Path(sys.argv[1])
    where.mkdir(parents=True, exist_ok=True)
    main(where, sys.argv[2:] or list(COUNTIES))
