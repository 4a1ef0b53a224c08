"""Which formulation of outcome and horizon orders a list best: writes figures.csv and the tables.

    python experiments/0012-formulation/run.py [FOLDER]

FOLDER keeps the worlds and what was said of them, so that a run that was stopped goes on.

All formulations have the same features, training origins and settings of `conf/model/lgbm_hazard.yaml`; they differ in
what is learned. Each is fitted on its own (nothing held against the rule, nothing calibrated) and judged by official
recognition within each horizon. One world chooses, the others prove.
"""

from __future__ import annotations

import sys
import tempfile
from dataclasses import replace
from functools import partial
from pathlib import Path

import numpy as np
import pandas as pd
from scipy.special import expit, logit

from relapse import config
from relapse.core.forecast import HazardForecast
from relapse.core.rows import TrainingRows
from relapse.flows.fit import training_rows
from relapse.flows.rows import Task

sys.path.append(str(Path(__file__).parents[1]))  # what the studies share
from pages import publish, ranged, save
from worlds import (
    ORIGINS,
    WORLDS,
    Said,
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
CHOOSES = 1  # the world that chooses
HOUSEHOLDS, LENGTH, HORIZONS = 14_000, 300, (1, 3, 6, 12)
RULE, MODEL = "distance_to_line", "lgbm_hazard"
POOLED, EACH, LONGEST = "one hazard over all months ahead", "a model for each horizon", "the 12-month order for all"
KINDS, FALL = "a hazard for each kind, added", "the fall below the line instead"
METRICS = (f"precision_at_{LENGTH}", "pr_auc", "roc_auc")
TRUE = f"true_precision_at_{LENGTH}"


def main(folder: str | None) -> None:
    with tempfile.TemporaryDirectory() as own:
        where, parts = Path(folder or own), []
        for which, worlds in (("choose", (CHOOSES,)), ("prove", WORLDS)):
            said = worked_out(where / "formulation", worlds, partial(of_world, folder=where))
            parts.append(figures(said, POOLED, LENGTH, METRICS).assign(worlds=which, falls=np.nan))
            for order, share in falling(said).items():
                parts[-1].loc[parts[-1]["order"] == order, "falls"] = share
        save(pd.concat(parts, ignore_index=True), HERE / "figures.csv")
    tables()


def of_world(world: int, path: Path, folder: Path) -> None:
    """Forecast by every formulation, and keep what was said."""
    changes, truth = make_world(folder, world, HOUSEHOLDS)
    task, _ = open_county(changes)
    results = []
    for origin in (task.panel.calendar.parse(each) for each in ORIGINS):
        results.append(result_of(task, task.unit(origin), forecasts(task, origin)))
    keep(path, said_of(task, results, HORIZONS, truth))


def forecasts(task: Task, origin: int) -> dict[str, HazardForecast]:
    """What each formulation says at one origin."""
    rule = config.option("model", RULE)
    pooled = forecast_of(task, margin_of(task, origin))
    return {
        POOLED: pooled,
        EACH: at_horizons(np.column_stack([margin_of_horizon(task, origin, horizon) for horizon in HORIZONS])),
        LONGEST: at_horizons(np.repeat(pooled.score(max(HORIZONS))[:, None], len(HORIZONS), axis=1)),
        KINDS: forecast_of(task, logit(np.clip(of_kinds(task, origin), 1e-12, 1 - 1e-12))),
        FALL: forecast_of(task, margin_of(of_outcome(task, "below_line"), origin)),
        RULE: forecast_of(
            task, rule.fit(training_rows(task, rule, origin), task.rng(origin, 2)).margin(task.unit(origin))
        ),
    }


def margin_of(task: Task, origin: int) -> np.ndarray:
    """(n, leads) of the task's outcome, learned from all closed labels."""
    model = config.option("model", MODEL)
    return model.fit(training_rows(task, model, origin), task.rng(origin, 2)).margin(task.unit(origin))


def margin_of_horizon(task: Task, origin: int, horizon: int) -> np.ndarray:
    """(n,) learned from whether the outcome came within one horizon."""
    model = config.option("model", MODEL)
    fitted = model.fit(rows_within(task, origin, horizon), task.rng(origin, 2))
    return fitted.margin(task.unit(origin))[:, task.place(horizon)]


def rows_within(task: Task, as_of: int, horizon: int) -> TrainingRows:
    """Closed labels of one horizon known at an as_of, a row a household and origin, sampled as those of hazards are."""
    model, known, place = config.option("model", MODEL), task.panel.as_of(as_of), task.place(horizon)
    matrices, labels, rng = [], [], task.rng(as_of, 1)
    for origin, event in task.training_events(as_of).items():
        within = task.labels(known, origin).within[:, place]
        learned = ~np.isnan(within) & ~np.isnan(event).all(axis=1)
        drawn = np.flatnonzero(learned & ((within == 1) | (rng.random(len(within)) < 0.5)))
        matrices.append(task.unit(origin).matrix(place, drawn))
        labels.append(within[drawn])
    label = np.concatenate(labels)
    rows = replace(
        training_rows(task, model, as_of),  # columns, origins, households: all but the rows
        matrix=np.concatenate(matrices),
        event=label,
        weight=np.where(label == 1, 1.0, 2.0),
        lead=np.full(len(label), horizon, np.int32),
        leads=np.array([horizon], np.int32),
        events=int(label.sum()),
        age=None,
    )
    return rows.thinned(model.most_rows // 4, rng)


def at_horizons(margin: np.ndarray) -> HazardForecast:
    """A forecast whose margin speaks of each horizon by itself."""
    return HazardForecast(np.array(HORIZONS, np.int32), margin, expit(margin), cumulative=False)


def of_kinds(task: Task, origin: int) -> np.ndarray:
    """(n, leads) hazard of any recognition: the sum of those of the kinds that a household can have."""
    possible, total = task.unit(origin).possible, 0.0
    for number, kind in enumerate(task.outcome.kinds):
        mine = of_outcome(task, "recognition", category=kind)
        total = total + expit(margin_of(mine, origin)) * possible[:, [number]]
    return total


def of_outcome(task: Task, name: str, **settings: object) -> Task:
    """The same households and features with another outcome to learn."""
    outcome = config.option("label", name, **settings).on(task.panel, None)
    return replace(task, outcome=outcome, kind="first_entry")


def falling(said: dict[int, Said]) -> dict[str, float]:
    """By order, the share of rows whose chance within a longer horizon is lower than within a shorter one.

    Of households whose outcome is known at all horizons.
    """
    shares = {}
    for order in (POOLED, EACH, KINDS):
        chance = [
            pd.Series(each.trial.probability[order], [each.trial.origin, each.trial.household_id])
            for _, each in sorted(said.items())
        ]
        there = pd.concat(chance, axis=1, join="inner")
        shares[order] = float((np.diff(there, axis=1) < -1e-12).any(axis=1).mean())
    return shares


def tables() -> None:
    """Make the page's tables from figures.csv."""
    publish(HERE, shown(pd.read_csv(HERE / "figures.csv")))


def shown(table: pd.DataFrame) -> dict[str, pd.DataFrame]:
    """A row a horizon and formulation, of the world that chooses and of those that prove."""
    return {which: _of(table[table["worlds"] == which]) for which in ("choose", "prove")}


def _of(table: pd.DataFrame) -> pd.DataFrame:
    rows = []
    for (horizon, order), mine in table.groupby(["horizon", "order"], sort=False):
        told = mine.set_index("metric")
        row: dict[str, object] = {"months ahead": horizon, "what is learned": "the rule" if order == RULE else order}
        row["true chance of the listed"] = ranged(*told.loc[TRUE, ["value", "ci_low", "ci_high"]])
        row["less one hazard"] = ranged(*told.loc[TRUE, ["less_base", "less_low", "less_high"]], sign="+")
        row[f"of {LENGTH} listed came"] = ranged(*told.loc[METRICS[0], ["value", "ci_low", "ci_high"]])
        less = told.loc["pr_auc", ["less_base", "less_low", "less_high"]]
        row["PR-AUC less one hazard"] = ranged(*less, digits=4, sign="+")
        row["ROC-AUC"] = f"{told.loc['roc_auc', 'value']:.3f}"
        share = mine["falls"].iloc[0]
        row["chances that fall with the horizon"] = f"{share:.1%}" if np.isfinite(share) else ""
        if order == POOLED:
            row["less one hazard"] = row["PR-AUC less one hazard"] = ""
        rows.append(row)
    return pd.DataFrame(rows)


if __name__ == "__main__":
    main(sys.argv[1] if len(sys.argv) > 1 else None)
