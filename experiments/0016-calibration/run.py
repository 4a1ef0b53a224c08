"""How much of the cross-fit's slope should a calibrated model keep: writes figures.csv and the tables.

    python experiments/0016-calibration/run.py FOLDER [WORLD ...]

FOLDER keeps the worlds and what was said of them, so that a run that was stopped goes on; the tables are of all worlds
that lie there, and of those named, which are made where they are missing (some five minutes of one core each). Where no
world of those that choose, or of those that prove, lies there, what figures.csv holds of them stays.

A model is calibrated on what a fit that has learned less, up to a year earlier, said of the time after. That fit errs
more, and its margins have to be flattened more, than those of the model that gets the maps. `calibration.slope_kept` is
the power to which the maps' common slope is taken. One fit an origin serves all powers.
"""

from __future__ import annotations

import sys
from collections.abc import Mapping
from dataclasses import replace
from functools import partial
from pathlib import Path

import numpy as np
import pandas as pd

from relapse import config
from relapse.core.forecast import HazardForecast
from relapse.evaluation.evaluate import Evaluation
from relapse.evaluation.intervals import interval
from relapse.evaluation.weighted import pooled, totals
from relapse.flows.fit import Calibration, CrossFit, fit_tried, mapped
from relapse.flows.rows import Task
from relapse.model.blend import Blend

sys.path.append(str(Path(__file__).parents[1]))  # what the studies share
from pages import publish, ranged, save
from worlds import Said, figures, keep, open_county, result_of, said_of, worked_out

HERE = Path(__file__).parent
CHOOSE, PROVE = (2, 3, 4), (21, 22, 23)
HOUSEHOLDS, LENGTH, HORIZONS = 14_000, 300, (1, 3, 6, 12)
ORIGINS = ("2021-12", "2022-06", "2022-12", "2023-06", "2023-12")  # from the first year of the third kind on
KEPT = (1.0, 0.67, 0.5, 0.33, 0.0)
MODEL, RULE = "lgbm_hazard", "distance_to_line"
METRICS = ("observed_expected", "calibration_slope", "ece", "log_loss")
LISTED = f"observed_expected_of_{LENGTH}"


def main(folder: Path, worlds: list[int]) -> None:
    folder.mkdir(parents=True, exist_ok=True)
    stem, parts = folder / "calibration", []
    there = [world for world in (*CHOOSE, *PROVE) if (folder / f"{stem.name}_{world}.npz").is_file() or world in worlds]
    for which, among in (("choose", CHOOSE), ("prove", PROVE)):
        if mine := [world for world in there if world in among]:
            said = worked_out(stem, mine, partial(of_world, folder=folder))
            part = pd.concat([figures(said, name_of(KEPT[0]), LENGTH, METRICS), listed(said)])
            parts.append(part.assign(worlds=which, count=len(mine)))
        elif (HERE / "figures.csv").is_file():
            before = pd.read_csv(HERE / "figures.csv")
            parts.append(before[before["worlds"] == which])
    save(pd.concat(parts, ignore_index=True), HERE / "figures.csv")
    tables()


def name_of(kept: float) -> str:
    """The order's name of a power."""
    return f"{kept:g} kept"


def of_world(world: int, path: Path, folder: Path) -> None:
    """Fit at each origin, calibrate in every way, and keep what was said."""
    county = folder / f"yi_2020_{world}"
    changes = [f"data.path={county}", f"data.world_seed={world}", f"data.households={HOUSEHOLDS}", "features=default"]
    task, asked = open_county(changes)
    model, rule = config.option("model", MODEL), config.option("model", RULE)
    results = []
    for origin in (task.panel.calendar.parse(each) for each in ORIGINS):
        fit, tried = fit_tried(task, model, rule, asked["calibration"], origin)
        said = forecasts(task, fit.hazard, tried, origin, asked["calibration"])
        results.append(result_of(task, task.unit(origin), said))
    keep(path, said_of(task, results, HORIZONS))


def forecasts(
    task: Task, fitted: Blend, tried: CrossFit | None, origin: int, calibration: Calibration
) -> Mapping[str, HazardForecast]:
    """What the fitted model says with each power; where the rule stands in, its own maps stay."""
    unit, said = task.unit(origin), {}
    for kept in KEPT:
        recipe = replace(calibration, slope_kept=kept)
        hazard = fitted if tried is None else mapped(fitted, tried, recipe)
        said[name_of(kept)] = hazard.forecast(unit)
    return said


def listed(said: Mapping[int, Said]) -> pd.DataFrame:
    """A row a power and horizon: observed over expected among the listed, with 90 % intervals."""
    given: Evaluation = config.option("evaluation", "default")
    evaluation, rows = replace(given, draws=400), []
    for horizon, each in said.items():
        trial, orders = each.trial, list(each.trial.rank)
        draws = evaluation.resample(trial, np.random.default_rng([1, horizon]))
        inside = np.column_stack([trial.rank[order] <= LENGTH for order in orders]).astype(float)
        chance = np.column_stack([trial.probability[order] for order in orders])
        columns = np.hstack([inside * trial.observed[:, None], inside * chance])
        exact, drawn = totals(draws, (columns[rows] for rows in draws.rows))
        of_all, of_draws, count = exact[:, :, 0].sum(axis=0), pooled(drawn, draws.block), len(orders)
        for place, order in enumerate(orders):
            value = float(of_all[place] / of_all[count + place])
            low, high = interval(value, of_draws[place] / of_draws[count + place])
            row = {"order": order, "horizon": horizon, "metric": LISTED, "value": value}
            rows.append(row | {"ci_low": low, "ci_high": high, "n": int(inside[:, place].sum())})
    return pd.DataFrame(rows)


def tables() -> None:
    """Make the page's tables from figures.csv."""
    table = pd.read_csv(HERE / "figures.csv")
    publish(HERE, {which: shown(mine) for which, mine in table.groupby("worlds")})


def shown(table: pd.DataFrame) -> pd.DataFrame:
    """A row a horizon and power, in words."""
    rows = []
    for (horizon, order), mine in table.groupby(["horizon", "order"], sort=False):
        told = mine.set_index("metric")
        base = told.loc["ece", "events"] / told.loc["ece", "n"]
        row: dict[str, object] = {"months ahead": horizon, "slope": order, "worlds": told["count"].iloc[0]}
        for metric, words in {
            "observed_expected": "observed / expected",
            LISTED: f"of {LENGTH} listed",
            "calibration_slope": "calibration slope",
        }.items():
            row[words] = ranged(*told.loc[metric, ["value", "ci_low", "ci_high"]], digits=2)
        row["ECE / base rate"] = f"{told.loc['ece', 'value'] / base:.2f}"
        row["log loss, less 1 kept, x 10,000"] = ranged(
            *(1e4 * told.loc["log_loss", ["less_base", "less_low", "less_high"]]), digits=2, sign="+"
        )
        rows.append(row)
    return pd.DataFrame(rows).sort_values("months ahead", kind="stable", ignore_index=True)


if __name__ == "__main__":
    main(Path(sys.argv[1]), [int(world) for world in sys.argv[2:]] or [*CHOOSE, *PROVE])
