"""What does an epidemic do to forecasts that never saw one: writes figures.csv, the tables and the picture.

    python experiments/0011-epidemic/run.py [FOLDER]

FOLDER keeps what was said of each world, so that a run that was stopped goes on.

Each world is played twice from the same seed, with the epidemic of 2020 and without. Forecasts are of the fall below
the line (official recognitions had hardly begun), by rule and model as `relapse backtest` fits them: once at the regime
cut of 2020-01, and anew at each origin with all that was known by then.
"""

from __future__ import annotations

import sys
import tempfile
from dataclasses import replace
from functools import partial
from pathlib import Path

import pandas as pd

from relapse import config
from relapse.flows.backtest import test_origins

sys.path.append(str(Path(__file__).parents[1]))  # what the studies share
from pages import picture, publish, ranged, save
from worlds import OTHER_WORLD, WORLDS, Said, figures, keep, open_county, said_of, worked_out

HERE = Path(__file__).parent
HOUSEHOLDS, LENGTH = 14_000, 300
HORIZONS = (3, 6)  # windows that end within 2020: in 2021 the line rose
CUT = "2020-01"
ORIGINS = ("2020-01", "2020-03", "2020-06")
RULE, MODEL = "distance_to_line", "lgbm_hazard"
BARE = f"{MODEL}, nothing checked"  # neither held against the rule nor calibrated on later origins
PLAYED = {"with the epidemic": [], "without": ["data.world.epidemic.begins=null"]}
FITTED = {f"fitted at {CUT}": CUT, "fitted anew": None}
METRICS = (f"precision_at_{LENGTH}", "pr_auc", "roc_auc", "observed_expected")


def main(folder: str | None) -> None:
    with tempfile.TemporaryDirectory() as own:
        where, parts = Path(folder or own), []
        for number, (played, changes) in enumerate(PLAYED.items()):
            said = worked_out(where / f"epidemic_{number}", WORLDS, partial(of_world, changes=changes))
            parts += [table.assign(played=played) for table in by_origin(said)]
        save(pd.concat(parts, ignore_index=True), HERE / "figures.csv")
    tables()


def of_world(world: int, path: Path, changes: list[str]) -> None:
    """Test rule and model, fitted at the cut and anew, and keep what each said."""
    with tempfile.TemporaryDirectory() as folder:
        own = [f"data.path={folder}/county", f"data.world_seed={world}", f"data.households={HOUSEHOLDS}"]
        whats = ["label=below_line", f"models=[{RULE},{MODEL}]", f"horizons={list(HORIZONS)}"]
        task, asked = open_county([*own, *changes, *whats])
    models = {**asked["models"], BARE: config.option("model", MODEL, guarded=False)}
    recipes = (models, asked["rule"], asked["calibration"])
    origins = [task.panel.calendar.parse(origin) for origin in ORIGINS]
    tested = {
        name: list(test_origins(replace(task, split=replace(task.split, cut=cut)), *recipes, origins))
        for name, cut in FITTED.items()
    }
    results = []
    for place in range(len(origins)):
        here = {name: results[place] for name, results in tested.items()}
        said = {
            f"{model}, {name}": forecast for name, each in here.items() for model, forecast in each.forecasts.items()
        }
        for name, each in here.items():
            evidence = each.evidence[MODEL]
            print(world, ORIGINS[place], name, evidence.share, evidence.reason, dict(evidence.details), flush=True)
        results.append(replace(here[next(iter(here))], forecasts=said))
    keep(path, said_of(task, results, HORIZONS))


def by_origin(said: dict[int, Said]) -> list[pd.DataFrame]:
    """Figures of each origin over all worlds, held against the rule at the cut."""
    months = sorted(set(next(iter(said.values())).trial.origin % OTHER_WORLD))
    base = f"{RULE}, fitted at {CUT}"
    return [
        figures({horizon: at_month(each, month) for horizon, each in said.items()}, base, LENGTH, METRICS).assign(
            origin=origin
        )
        for month, origin in zip(months, ORIGINS, strict=True)
    ]


def at_month(said: Said, month: int) -> Said:
    """What was said at one origin."""
    trial, here = said.trial, said.trial.origin % OTHER_WORLD == month
    rows = {name: getattr(trial, name)[here] for name in ("origin", "cluster", "household_id", "observed")}
    orders = {
        name: {order: values[here] for order, values in getattr(trial, name).items()}
        for name in ("probability", "rank")
    }
    return Said(replace(trial, **rows, **orders), said.truth[here])


def tables() -> None:
    """Make the page's tables and the picture from figures.csv."""
    table = pd.read_csv(HERE / "figures.csv")
    publish(HERE, shown(table))
    cut = table[(table["order"] == f"{BARE}, fitted at {CUT}") & (table["metric"] == "observed_expected")]
    drawn = cut.assign(
        name=[f"{row.origin}, {row.horizon} months ahead" for row in cut.itertuples()], series=cut["played"]
    )
    title = f"Falls below the line over those forecast, model fitted at {CUT} (simulated)"
    picture(HERE / "level.png", drawn, title, "observed / expected", 1.0)


def shown(table: pd.DataFrame) -> dict[str, pd.DataFrame]:
    """The level, and the order: a row an origin, horizon and play, a column a forecast."""
    forecasts = [
        f"{RULE}, fitted at {CUT}",
        f"{BARE}, fitted at {CUT}",
        f"{MODEL}, fitted anew",
        f"{BARE}, fitted anew",
    ]
    level, order = [], []
    for (origin, horizon, played), mine in table.groupby(["origin", "horizon", "played"], sort=False):
        told = mine.set_index(["order", "metric"])
        first = told.loc[forecasts[0], "pr_auc"]
        head: dict[str, object] = {"origin": origin, "months ahead": horizon, "played": played}
        head["fell"] = f"{first['events'] / first['n']:.2%}"

        def figures_of(metric: str, digits: int, told: pd.DataFrame = told) -> dict[str, str]:
            ends = ["value", "ci_low", "ci_high"]
            return {name: ranged(*told.loc[(name, metric), ends], digits=digits) for name in forecasts}

        level.append(head | figures_of("observed_expected", 2))
        gain = told.loc[(forecasts[1], "pr_auc"), ["less_base", "less_low", "less_high"]]
        order.append(head | figures_of("pr_auc", 3) | {f"nothing checked less rule, {CUT}": ranged(*gain, sign="+")})
    return {"level": pd.DataFrame(level), "order": pd.DataFrame(order)}


if __name__ == "__main__":
    main(sys.argv[1] if len(sys.argv) > 1 else None)
