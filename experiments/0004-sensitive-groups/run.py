"""What each group of sensitive data is worth to a county's list: writes figures.csv and the README's table.

    python experiments/0004-sensitive-groups/run.py [COUNTY [HOUSEHOLDS]]

The same county, origins and households each time; only what the model may read differs.
"""

from __future__ import annotations

import sys
import tempfile
from pathlib import Path

import pandas as pd

from relapse import config
from relapse.pipelines.backtest import backtest as command
from relapse.pipelines.backtest import backtest_stage, read_stage
from relapse.terminal import Stages

sys.path.append(str(Path(__file__).parents[1]))  # what the studies share
from pages import publish, ranged, save

HERE = Path(__file__).parent
ORIGINS = ["2022-12", "2023-12"]
LENGTH, MODEL = 300, "lgbm_hazard"
GROUPS = ("health", "disability", "minors")
METRICS = (f"precision_at_{LENGTH}", "pr_auc", "roc_auc")
ENDS = ["value", "ci_low", "ci_high"]


def main(name: str, households: int | None) -> None:
    with tempfile.TemporaryDirectory() as folder:
        size = [] if households is None else [f"data.households={households}"]
        common = [f"data={name}", f"data.path={folder}/{name}", f"models=[distance_to_line,{MODEL}]", *size]
        parts = [
            figures("all groups", common, []),
            *(figures(f"without {group}", common, [f"sensitive.groups.{group}.allowed=false"]) for group in GROUPS),
            figures("without all three", common, [f"sensitive.groups.{group}.allowed=false" for group in GROUPS]),
        ]
    save(pd.concat(parts, ignore_index=True), HERE / "figures.csv")
    tables()


def tables() -> None:
    """Make the page's table from figures.csv."""
    publish(HERE, {"figures": shown(pd.read_csv(HERE / "figures.csv"))})


def figures(label: str, common: list[str], words: list[str]) -> pd.DataFrame:
    """Pooled figures of the model, and of the rule once."""
    asked = config.bind(command, config.compose("backtest", [*common, *words]))
    stages = Stages()
    stage = ("data", "line", "label", "features", "split", "audits", "sensitive")
    task, _ = read_stage(stages, *(asked[key] for key in stage), None, asked["seed"])
    parts = (asked[key] for key in ("models", "rule", "calibration", "evaluation", "alarm"))
    metrics = backtest_stage(stages, task, *parts, ORIGINS, str(LENGTH)).assessment.metrics
    pooled = metrics[(metrics["origin"] == "all") & metrics["metric"].isin(METRICS) & metrics["horizon"].isin([6, 12])]
    kept = pooled if label == "all groups" else pooled[pooled["model"] == MODEL]
    kept = kept[["model", "horizon", "metric", "value", "ci_low", "ci_high"]].copy()
    kept.insert(0, "read", [label if model == MODEL else "the rule" for model in kept["model"]])
    return kept


def shown(table: pd.DataFrame) -> pd.DataFrame:
    """A row for what was read and each horizon."""
    lines = []
    for (read, horizon), mine in table.groupby(["read", "horizon"], sort=False):
        told = mine.set_index("metric")
        lines.append([str(read), str(horizon), *(ranged(*told.loc[metric, ENDS]) for metric in METRICS)])
    heads = ["what the model may read", "months ahead", "of 300 listed came", "PR-AUC", "ROC-AUC"]
    return pd.DataFrame(lines, columns=heads)


if __name__ == "__main__":
    main(sys.argv[1] if len(sys.argv) > 1 else "yi_2020", int(sys.argv[2]) if len(sys.argv) > 2 else None)
