"""What is each kind of record worth to the forecast, left out and alone: writes figures.csv, tables and picture.

    python experiments/0010-feature-blocks/run.py [FOLDER]

FOLDER keeps the worlds and what was said of them, so that a run that was stopped goes on; without one all is made anew
and removed again. Every setting has the same training rows and the same settings of `conf/model/lgbm_hazard.yaml`, and
differs in the columns alone; each is fitted on its own (nothing held against the rule, nothing calibrated).
"""

from __future__ import annotations

import sys
import tempfile
from collections.abc import Callable
from functools import partial
from pathlib import Path

import numpy as np
import pandas as pd

from relapse import config
from relapse.core.rows import LEAD
from relapse.flows.fit import training_rows
from relapse.flows.rows import Task

sys.path.append(str(Path(__file__).parents[1]))  # what the studies share
from pages import picture, publish, ranged, save
from worlds import (
    ORIGINS,
    WORLDS,
    figures,
    forecast_of,
    keep,
    make_world,
    narrowed,
    open_county,
    result_of,
    said_of,
    worked_out,
)

HERE = Path(__file__).parent
HOUSEHOLDS, LENGTH, HORIZONS = 14_000, 300, (6, 12)
RULE, MODEL, ALL = "distance_to_line", "lgbm_hazard", "everything"
TIME = ("season", "calendar", "feeds")  # what says no more than when a list is made
GROUPS = {  # blocks that a model learns from, by the records of which they are made
    "income ledger": ("income", "history", "window", "sources", "permanent"),
    "who lives there": ("people",),
    "work": ("work",),
    "medical claims, health": ("health",),
    "events": ("events",),
    "measures, guarantees": ("measures", "guarantees"),
    "projects, prices": ("projects", "prices"),
    "register, earlier monitoring": ("register", "facts", "covariates"),
    "place, neighbours": ("place", "around"),
    "calendar, state of the feeds": TIME,
}
METRICS = (f"precision_at_{LENGTH}", "pr_auc", "roc_auc")
TRUE = f"true_precision_at_{LENGTH}"


def main(folder: str | None) -> None:
    with tempfile.TemporaryDirectory() as own:
        where = Path(folder or own)
        said = worked_out(where / "blocks", WORLDS, partial(of_world, folder=where))
        save(figures(said, ALL, LENGTH, METRICS), HERE / "figures.csv")
    tables()


def of_world(world: int, path: Path, folder: Path) -> None:
    """Fit every setting at every origin, and keep what each said."""
    changes, truth = make_world(folder, world, HOUSEHOLDS)
    task, _ = open_county(changes)
    results = [at_origin(task, task.panel.calendar.parse(origin)) for origin in ORIGINS]
    keep(path, said_of(task, results, HORIZONS, truth))


def at_origin(task: Task, origin: int):
    """What each setting says at one origin."""
    model, rule, unit = config.option("model", MODEL), config.option("model", RULE), task.unit(origin)
    rows, margins = training_rows(task, model, origin), {}
    for name, wanted in settings([entry.name for entry in unit.entries if entry.modelled]).items():
        margins[name] = model.fit(narrowed(rows, wanted), task.rng(origin, 2)).margin(unit)
    margins[RULE] = rule.fit(training_rows(task, rule, origin), task.rng(origin, 2)).margin(unit)
    return result_of(task, unit, {name: forecast_of(task, margin) for name, margin in margins.items()})


def settings(names: list[str]) -> dict[str, Callable[[str], bool]]:
    """By setting, whether a column is read; how far ahead a hazard is, is always told.

    Raises:
        ValueError: a block belongs to no group, or a group has no column.
    """
    blocks = {name.split("__")[0] for name in names if name != LEAD.name}
    grouped = {block for group in GROUPS.values() for block in group}
    if lost := blocks - grouped:
        raise ValueError(f"blocks of no group: {', '.join(sorted(lost))}")
    if empty := [group for group, of in GROUPS.items() if not blocks.intersection(of)]:
        raise ValueError(f"groups without a column: {', '.join(empty)}")

    def reads(blocks: tuple[str, ...], among: bool) -> Callable[[str], bool]:
        return lambda name: name == LEAD.name or (name.split("__")[0] in blocks) == among

    wanted = {ALL: reads((), False)}
    wanted |= {f"without {group}": reads(of, False) for group, of in GROUPS.items()}
    return wanted | {f"only {group}": reads(of, True) for group, of in GROUPS.items() if of != TIME}


def tables() -> None:
    """Make the page's tables and the picture from figures.csv."""
    table = pd.read_csv(HERE / "figures.csv")
    publish(HERE, shown(table))
    left_out = table[table["order"].str.startswith("without ") & (table["metric"] == TRUE)]
    drawn = left_out.assign(
        name=left_out["order"], series=[f"{horizon} months" for horizon in left_out["horizon"]],
        value=100 * left_out["less_base"], ci_low=100 * left_out["less_low"], ci_high=100 * left_out["less_high"],
    )  # fmt: skip
    title = f"What {LENGTH} listed lose without a kind of record (simulated)"
    picture(HERE / "left-out.png", drawn, title, "of 100 listed, truly expected to be recognised, less everything", 0.0)


def shown(table: pd.DataFrame) -> dict[str, pd.DataFrame]:
    """Left out, and alone: a row a setting and horizon."""
    parts = {"without": "without ", "only": "only "}
    return {mark: _of(table, prefix) for mark, prefix in parts.items()}


def _of(table: pd.DataFrame, prefix: str) -> pd.DataFrame:
    rows = []
    for horizon, here in table.groupby("horizon"):
        orders = [order for order in dict.fromkeys(here["order"]) if order in (ALL, RULE) or order.startswith(prefix)]
        for order in orders:
            mine = here[here["order"] == order].set_index("metric")
            row = {"months ahead": horizon, "what the model reads": "the rule" if order == RULE else order}
            row["true chance of the listed"] = ranged(*mine.loc[TRUE, ["value", "ci_low", "ci_high"]])
            row["less everything"] = ranged(*mine.loc[TRUE, ["less_base", "less_low", "less_high"]], sign="+")
            row |= {f"of {LENGTH} listed came": ranged(*mine.loc[METRICS[0], ["value", "ci_low", "ci_high"]])}
            row["PR-AUC less everything"] = ranged(
                *mine.loc["pr_auc", ["less_base", "less_low", "less_high"]], digits=4, sign="+"
            )
            row["ROC-AUC"] = f"{mine.loc['roc_auc', 'value']:.3f}"
            if order == ALL:
                row["less everything"] = row["PR-AUC less everything"] = ""
            rows.append(row)
    return pd.DataFrame(rows).replace(np.nan, "")


if __name__ == "__main__":
    main(sys.argv[1] if len(sys.argv) > 1 else None)
