"""A store that is ready, and records to put into it."""

from __future__ import annotations

import shutil
from collections.abc import Callable
from pathlib import Path

import pandas as pd
import pytest

from relapse.core.record import Record
from relapse.registry.mlflow_store import MlflowStore


@pytest.fixture
def store(ready_db: Path, tmp_path: Path) -> MlflowStore:
    """An empty store in a folder with a space in its name."""
    state = tmp_path / "my state"
    state.mkdir()
    shutil.copy(ready_db, state / "mlflow.db")
    made = MlflowStore(uri=None, state=str(state))
    made.prepare()
    return made


@pytest.fixture
def record() -> Callable[..., Record]:
    """Makes a small but complete record; keyword arguments change it."""

    def make(**changes: object) -> Record:
        settings: dict[str, object] = {
            "name": "wage_panel",
            "experiment": "wage panel",
            "run_name": "2021Q4 h4 lgbm 7f3a",
            "digest": "a" * 64,
            "files": {"version.json": b'{"model": "lgbm_hazard"}', "model/lightgbm_0.txt": b"tree\n" * 100},
            "tags": {"as_of": "2021Q4", "model": "lgbm_hazard"},
            "params": {"model.trees": "60", "horizons": "[1, 4]"},
            "metrics": {"eval/pr_auc": 0.31, "eval/precision_at_300": 0.25},
            "curves": {"fit/log_loss": [(step, 1 / (step + 1)) for step in range(1500)]},
            "artifacts": {"report.html": b"<h1>Report</h1>", "eval/by_horizon.csv": b"horizon,value\n1,0.31\n"},
            "description": "Trained on 545 households until 2021Q4.\n\n| horizon | pr_auc |\n|---|---|\n| 1 | 0.31 |",
            "feature_names": ["income__gap_log_ratio", "income__trend_share_4p"],
            "output_names": ["chance_1", "chance_4"],
            "output_texts": ["reason_1"],
            "input_example": pd.DataFrame({"income__gap_log_ratio": [0.5], "income__trend_share_4p": [float("nan")]}),
        }
        return Record(**{**settings, **changes})  # type: ignore[arg-type]

    return make
