"""A simulated county's forecasts beside the true chances: writes figures.csv and seconds.csv here, and README's tables.

    python experiments/0003-yi-county-forecast/run.py [COUNTY [HOUSEHOLDS]]

Makes the county with its true chances at the test origins, in a folder that is removed again, and tests rules and
models at these origins. Only for Yi County are the tables of this README and of the project's rewritten.
"""

from __future__ import annotations

import sys
import tempfile
import time
from pathlib import Path

import numpy as np
import pandas as pd

from relapse import config
from relapse.data.simulator.truth import read_truth
from relapse.flows.backtest import OriginResult
from relapse.flows.rows import Task
from relapse.pipelines.backtest import Backtest, backtest_stage, read_stage
from relapse.pipelines.backtest import backtest as command
from relapse.terminal import Stages

sys.path.append(str(Path(__file__).parents[1]))  # what the studies share
from pages import latex, markdown, ranged, rewrite, save

HERE = Path(__file__).parent
PAGES = [(HERE / "README.md", "figures", [1, 3, 6, 12]), (HERE.parents[1] / "README.md", "yi-county", [6, 12])]
ORIGINS = ["2022-06", "2022-12", "2023-06", "2023-12"]
PATHS = 32
LENGTH = 300
RULE, MODELS = "distance_to_line", ["distance_to_line", "last_list", "logit", "lgbm_hazard"]


def main(name: str, households: int | None) -> None:
    with tempfile.TemporaryDirectory() as folder:
        size = [] if households is None else [f"data.households={households}"]
        settings = config.compose("backtest", [f"data={name}", f"data.path={folder}/{name}", f"models={MODELS}", *size])
        asked = config.bind(command, settings)
        data, stages = asked["data"], Stages()
        begun = time.perf_counter()
        data.make(Path(folder) / "truth", [data.calendar.parse(origin) for origin in ORIGINS], PATHS)
        stages.seconds["simulate with truth"] = time.perf_counter() - begun
        stage = ("data", "line", "label", "features", "split", "audits", "sensitive")
        task, _ = read_stage(stages, *(asked[key] for key in stage), None, asked["seed"])
        parts = (asked[key] for key in ("models", "rule", "calibration", "evaluation", "alarm"))
        report = backtest_stage(stages, task, *parts, ORIGINS, str(LENGTH))
        truth = read_truth(Path(folder) / "truth").to_pandas()
    table = pd.concat([measured(report), against_truth(task, report.results, truth)])
    table.insert(0, "county", name)
    if name == "yi_2020":
        save(table, HERE / "figures.csv")
        seconds = pd.DataFrame({"stage": list(stages.seconds), "seconds": list(stages.seconds.values())})
        seconds.round(1).to_csv(HERE / "seconds.csv", index=False, lineterminator="\n")
        tables()
    print(markdown(shown(table)))


def tables() -> None:
    """Make the tables of this page and of the project's from figures.csv."""
    table = pd.read_csv(HERE / "figures.csv")
    for page, mark, horizons in PAGES:
        rewrite(page, mark, markdown(shown(table[table["horizon"].isin(horizons)])))
    (HERE / "figures.tex").write_text(latex(shown(table)), encoding="utf-8")


def measured(report: Backtest) -> pd.DataFrame:
    """Figures of the backtest, pooled over the origins, with their intervals."""
    metrics = report.assessment.metrics
    wanted = [f"precision_at_{LENGTH}", f"attainable_at_{LENGTH}", "pr_auc", "roc_auc", "observed_expected"]
    pooled = metrics[(metrics["origin"] == "all") & metrics["metric"].isin(wanted)]
    return pooled[["model", "horizon", "metric", "value", "ci_low", "ci_high", "n", "events"]]


def against_truth(task: Task, results: list[OriginResult], truth: pd.DataFrame) -> pd.DataFrame:
    """Sums of true chances over each model's lists, as a share of those over the list that the truth would make."""
    rows = []
    for horizon in task.horizons:
        column, best, found = f"{task.outcome.outcome}_{horizon}", 0.0, dict.fromkeys(MODELS, 0.0)
        hits = listed = 0.0
        for result in results:
            unit, place = result.unit, task.place(horizon)
            origin = task.panel.calendar.label(unit.as_of)
            known = truth[truth["origin"] == origin].set_index("household_id")[column]
            chance = np.nan_to_num(known.reindex(unit.household_ids).to_numpy(dtype=float))
            order = np.argsort(-chance, kind="stable")[:LENGTH]
            best, came = best + chance[order].sum(), result.within[order, place]
            hits, listed = (
                hits + np.nansum(came),
                listed + np.sum(~np.isnan(came)),
            )  # the newest window is not closed yet
            for model in MODELS:
                rank = np.argsort(-result.forecasts[model].score(horizon), kind="stable")[:LENGTH]
                found[model] += chance[rank].sum()
        rows += [
            {"model": model, "horizon": horizon, "metric": "share_of_truth", "value": total / best}
            for model, total in found.items()
        ]
        rows.append({"model": "truth", "horizon": horizon, "metric": f"precision_at_{LENGTH}", "value": hits / listed})
    return pd.DataFrame(rows)


def shown(table: pd.DataFrame) -> pd.DataFrame:
    """A row a horizon and model."""
    heads = [
        "months ahead",
        "model",
        f"of {LENGTH} listed came",
        "PR-AUC",
        "ROC-AUC",
        "observed / expected",
        "true chances listed, share of the most possible",
    ]
    lines = []
    for horizon in sorted(table["horizon"].unique()):
        for model in [*MODELS, "truth"]:
            mine = table[(table["horizon"] == horizon) & (table["model"] == model)].set_index("metric")
            if len(mine) == 0:
                continue
            told = [
                _shown(mine, metric)
                for metric in (f"precision_at_{LENGTH}", "pr_auc", "roc_auc", "observed_expected", "share_of_truth")
            ]
            lines.append([str(horizon), model, *told])
    return pd.DataFrame(lines, columns=heads)


def _shown(mine: pd.DataFrame, metric: str) -> str:
    if metric not in mine.index:
        return ""
    row = mine.loc[metric]
    return ranged(row["value"], row.get("ci_low", np.nan), row.get("ci_high", np.nan))


if __name__ == "__main__":
    main(sys.argv[1] if len(sys.argv) > 1 else "yi_2020", int(sys.argv[2]) if len(sys.argv) > 2 else None)
