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
from pages import rewrite

HERE = Path(__file__).parent
ORIGINS = ["2022-12", "2023-12"]
LENGTH, MODEL = 300, "lgbm_hazard"
GROUPS = ("health", "disability", "minors")
METRICS = (f"precision_at_{LENGTH}", "pr_auc", "roc_auc")


def main(name: str, households: int | None) -> None:
    with tempfile.TemporaryDirectory() as folder:
        size = [] if households is None else [f"data.households={households}"]
        common = [f"data={name}", f"data.path={folder}/{name}", f"models=[distance_to_line,{MODEL}]", *size]
        tables = [
            figures("all groups", common, []),
            *(figures(f"without {group}", common, [f"sensitive.groups.{group}.allowed=false"]) for group in GROUPS),
            figures("without all three", common, [f"sensitive.groups.{group}.allowed=false" for group in GROUPS]),
        ]
    table = pd.concat(tables, ignore_index=True)
    table.to_csv(HERE / "figures.csv", index=False, float_format="%.6f", lineterminator="\n")
    rewrite(HERE / "README.md", "figures", markdown(table))


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


def markdown(table: pd.DataFrame) -> str:
    """A row for what was read and each horizon."""
    lines = [["what the model may read", "months ahead", "of 300 listed came", "PR-AUC", "ROC-AUC"], ["---"] * 5]
    for (read, horizon), mine in table.groupby(["read", "horizon"], sort=False):
        told = mine.set_index("metric")
        lines.append([str(read), str(horizon), *(_shown(told.loc[metric]) for metric in METRICS)])
    return "\n".join("| " + " | ".join(line) + " |" for line in lines)


def _shown(figure: pd.Series) -> str:
    return f"{figure['value']:.3f} ({figure['ci_low']:.3f} to {figure['ci_high']:.3f})"


if __name__ == "__main__":
    main(sys.argv[1] if len(sys.argv) > 1 else "yi_2020", int(sys.argv[2]) if len(sys.argv) > 2 else None)
