"""The main job on real panels, where they lie on this machine (RELAPSE_REAL_DATA names their folder): no alarm of any kind."""

from __future__ import annotations

import json
import os

import pandas as pd
import pytest
from calls import call

pytestmark = pytest.mark.skipif(not os.environ.get("RELAPSE_REAL_DATA"), reason="RELAPSE_REAL_DATA is not set")

PANELS = {
    "germany_soep_1984_1988": ("evaluation.draws=50",),
    "argentina_eph_2016_2021": (  # 400,000 rows are read; fewer are learnt from
        "evaluation.draws=20", "origins=[2019Q2]", "horizons=[1,4]", "models=[distance_to_line]",
        "model.most_rows=30000", "model.regression.most_rows=10000", "model.trees=60", "split.train_years=3",
        "calibration.most_asked=8000", "calibration.draws=40", "calibration.folds=2",
    ),
}  # fmt: skip


@pytest.mark.slow
@pytest.mark.parametrize("name", list(PANELS))
def test_run__a_real_panel_from_end_to_end(name, home):
    done = call("run", f"experiment={name}", "alarm=thorough", *PANELS[name], cwd=home)
    assert done.status == 0, done.err
    assert "\nalarms " in done.err
    assert not [line for line in done.err.splitlines() if line.startswith("warning:")]
    told = json.loads((home / "outputs/run.json").read_text())
    assert told["model_name"] == name
    assert told["list"]["rows"] > 50
    metrics = pd.read_csv(home / told["backtest"]["metrics"])
    pooled = metrics.query("origin == 'all' and metric == 'pr_auc'")
    pooled = pooled.pivot_table(index="horizon", columns="model", values="value")
    assert (pooled["lgbm_hazard"] >= pooled["distance_to_line"] - 0.01).all()
