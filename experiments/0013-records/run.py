"""How much history, how fresh, how complete must records be: writes figures.csv, the table and the picture.

    python experiments/0013-records/run.py [FOLDER]

FOLDER keeps the worlds and what was said of them, so that a run that was stopped goes on.

What happens in a world stays the same; what the office has of it is changed in its tables, or how much of it the model
may look back on. The register itself (who is of which type, who was recognised, the line) is left as it is, so that all
settings speak of the same households and outcomes. Each is fitted on its own (nothing held against the rule, nothing
calibrated).
"""

from __future__ import annotations

import shutil
import sys
import tempfile
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from functools import partial
from pathlib import Path

import numpy as np
import pandas as pd

from relapse import config
from relapse.core.rows import Unit
from relapse.flows.fit import training_rows

sys.path.append(str(Path(__file__).parents[1]))  # what the studies share
from pages import picture, publish, ranged, save
from worlds import (
    ORIGINS,
    WORLDS,
    figures,
    forecast_of,
    keep,
    make_world,
    open_county,
    result_of,
    said_of,
    worked_out,
)

HERE = Path(__file__).parent
HOUSEHOLDS, LENGTH, HORIZONS = 4_000, 100, (6, 12)
RULE, MODEL, ALL = "distance_to_line", "lgbm_hazard", "as it is"
METRICS = (f"precision_at_{LENGTH}", "pr_auc", "roc_auc")
TRUE = f"true_precision_at_{LENGTH}"
REGISTER = ("households", "recognitions", "lines")
LAST = "2024-12-31"  # where the county's folder ends
Tables = dict[str, pd.DataFrame]


@dataclass(frozen=True)
class Setting:
    """One state of the records.

    Args:
        change: of the tables; None leaves them.
        overrides: of the configuration.
    """

    change: Callable[[Tables, np.random.Generator], Tables] | None = None
    overrides: tuple[str, ...] = field(default=())


def later(months: int) -> Callable[[Tables, np.random.Generator], Tables]:
    """Everything but the register becomes known so many months later, or not by the end."""

    def change(tables: Tables, _: np.random.Generator) -> Tables:
        out = dict(tables)
        for name, table in tables.items():
            if name not in REGISTER and "known_at" in table:
                known = pd.to_datetime(table["known_at"]) + pd.DateOffset(months=months)
                told = table.assign(known_at=known.dt.strftime("%Y-%m-%d"))
                out[name] = told[known <= LAST]
        return out

    return change


def incomplete(table: str, month: str, share: float) -> Callable[[Tables, np.random.Generator], Tables]:
    """A share of the household's months of one table was never written down."""

    def change(tables: Tables, rng: np.random.Generator) -> Tables:
        rows = tables[table]
        number = rows.groupby(["household_id", month], observed=True, sort=False).ngroup().to_numpy()
        lost = rng.random(number.max() + 1) < share
        return {**tables, table: rows[~lost[number]]}

    return change


def rough(spread: float) -> Callable[[Tables, np.random.Generator], Tables]:
    """Amounts of income are off by a random factor, mean 1."""

    def change(tables: Tables, rng: np.random.Generator) -> Tables:
        rows = tables["income"]
        factor = np.exp(rng.normal(-(spread**2) / 2, spread, len(rows)))
        return {**tables, "income": rows.assign(amount=np.round(rows["amount"] * factor))}

    return change


def yearly(tables: Tables, _: np.random.Generator) -> Tables:
    """One sum a source and year from October to September, told once, in the month after; no later corrections."""
    rows = tables["income"].astype({"from": str, "to": str, "item": object})
    begin = pd.PeriodIndex(rows["from"], freq="M")
    year = begin.year + (begin.month >= 10)
    keys = ["household_id", "source", "item", "from", "to"]
    newest = rows.assign(year=year).sort_values("known_at", kind="stable").drop_duplicates(keys, keep="last")
    summed = newest.groupby(["household_id", "source", "item", "year"], observed=True, dropna=False, sort=True)
    told = summed["amount"].sum().reset_index()
    first = rows["from"].min()  # the ledger's first year is no whole one
    told["from"] = [max(f"{year - 1}-10", first) for year in told["year"]]
    told["to"] = told["year"].astype(str) + "-09"
    told["known_at"] = told["year"].astype(str) + "-10-31"
    return {**tables, "income": told[told["known_at"] <= LAST].drop(columns="year")}


SETTINGS: Mapping[str, Setting] = {
    ALL: Setting(),
    "learned from 1 year of origins": Setting(overrides=("split.train_years=1",)),
    "learned from 2 years of origins": Setting(overrides=("split.train_years=2",)),
    "features look back 12 months": Setting(overrides=("data.lookback=12",)),
    "known 1 month later": Setting(later(1)),
    "known 3 months later": Setting(later(3)),
    "known 6 months later": Setting(later(6)),
    "a third of the months of income missing": Setting(incomplete("income", "from", 1 / 3)),
    "two thirds of the months of income missing": Setting(incomplete("income", "from", 2 / 3)),
    "half of the months with claims missing": Setting(incomplete("claims", "month", 1 / 2)),
    "amounts of income off by 30 %": Setting(rough(0.3)),
    "annual sums of income": Setting(yearly),
}


def main(folder: str | None) -> None:
    with tempfile.TemporaryDirectory() as own:
        where = Path(folder or own)
        said = worked_out(where / "records", WORLDS, partial(of_world, folder=where))
        save(figures(said, ALL, LENGTH, METRICS), HERE / "figures.csv")
    tables()


def of_world(world: int, path: Path, folder: Path) -> None:
    """Forecast from every state of the records, and keep what was said."""
    changes, truth = make_world(folder, world, HOUSEHOLDS)
    source = Path(changes[0].removeprefix("data.path="))
    margins: list[dict[str, np.ndarray]] = [{} for _ in ORIGINS]
    for name, setting in SETTINGS.items():
        with tempfile.TemporaryDirectory() as own:
            target = Path(own) / source.name
            altered(source, target, setting, np.random.default_rng(world))
            task, _ = open_county([f"data.path={target}", *changes[1:], *setting.overrides])
        origins = [task.panel.calendar.parse(origin) for origin in ORIGINS]
        if name == ALL:
            first, units = task, [task.unit(origin) for origin in origins]
        model, rule = config.option("model", MODEL), config.option("model", RULE)
        for place, origin in enumerate(origins):
            recipes = {name: model, **({RULE: rule} if name == ALL else {})}
            for order, recipe in recipes.items():
                fitted = recipe.fit(training_rows(task, recipe, origin), task.rng(origin, 2))
                margins[place][order] = aligned(fitted.margin(task.unit(origin)), task.unit(origin), units[place])
        print(f"{world} {name}", flush=True)
    results = [
        result_of(first, unit, {order: forecast_of(first, margin) for order, margin in said.items()})
        for unit, said in zip(units, margins, strict=True)
    ]
    keep(path, said_of(first, results, HORIZONS, truth))


def altered(source: Path, target: Path, setting: Setting, rng: np.random.Generator) -> None:
    """A copy of a county's folder with the setting's change of its tables."""
    shutil.copytree(source, target)
    if setting.change is not None:
        tables = {file.stem: pd.read_parquet(file) for file in sorted(target.glob("*.parquet"))}
        for name, table in setting.change(tables, rng).items():
            if table is not tables[name]:
                table.reset_index(drop=True).to_parquet(target / f"{name}.parquet")


def aligned(margin: np.ndarray, unit: Unit, like: Unit) -> np.ndarray:
    """The margins in the order of another unit of the same month; who is not in the first comes last."""
    places = pd.Index(unit.household_ids).get_indexer(like.household_ids)
    return np.where((places >= 0)[:, None], margin[places], margin.min(axis=0))


def tables() -> None:
    """Make the page's table and the picture from figures.csv."""
    table = pd.read_csv(HERE / "figures.csv")
    publish(HERE, shown(table))
    changed = table[~table["order"].isin([ALL, RULE]) & (table["metric"] == TRUE)]
    drawn = changed.assign(
        name=changed["order"], series=[f"{horizon} months" for horizon in changed["horizon"]],
        value=100 * changed["less_base"], ci_low=100 * changed["less_low"], ci_high=100 * changed["less_high"],
    )  # fmt: skip
    title = f"What lists of {LENGTH} lose with poorer records (simulated)"
    picture(HERE / "records.png", drawn, title, "of 100 listed, truly expected to be recognised, less as it is", 0.0)


def shown(table: pd.DataFrame) -> dict[str, pd.DataFrame]:
    """A row a horizon and state of the records."""
    rows = []
    for (horizon, order), mine in table.groupby(["horizon", "order"], sort=False):
        told = mine.set_index("metric")
        row = {"months ahead": horizon, "records": "the rule, records as they are" if order == RULE else order}
        row["true chance of the listed"] = ranged(*told.loc[TRUE, ["value", "ci_low", "ci_high"]])
        row[f"less {ALL}"] = ranged(*told.loc[TRUE, ["less_base", "less_low", "less_high"]], sign="+")
        row[f"of {LENGTH} listed came"] = ranged(*told.loc[METRICS[0], ["value", "ci_low", "ci_high"]])
        less = told.loc["pr_auc", ["less_base", "less_low", "less_high"]]
        row[f"PR-AUC less {ALL}"] = ranged(*less, digits=4, sign="+")
        row["ROC-AUC"] = f"{told.loc['roc_auc', 'value']:.3f}"
        if order == ALL:
            row[f"less {ALL}"] = row[f"PR-AUC less {ALL}"] = ""
        rows.append(row)
    return {"figures": pd.DataFrame(rows)}


if __name__ == "__main__":
    main(sys.argv[1] if len(sys.argv) > 1 else None)
