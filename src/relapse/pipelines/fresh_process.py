"""A version tried in a process of its own, where neither MLflow nor shap can be imported."""

from __future__ import annotations

import os
import subprocess
import sys
import tempfile
from pathlib import Path

import pandas as pd

from relapse.core.worded import Worded, bare
from relapse.flows.version import Version
from relapse.outputs import write_all

SECONDS = 300
_SCRIPT = """
import sys


class Absent:
    def find_spec(self, name, path=None, target=None):
        if name.split(".")[0] in ("mlflow", "shap"):
            raise ModuleNotFoundError("no module named " + name, name=name)


sys.meta_path.insert(0, Absent())
import pandas
import relapse

folder, asked, told = sys.argv[1:]
relapse.load(folder).forecast_features(pandas.read_parquet(asked), "zh").to_parquet(told)
"""


def fault_alone(version: Version) -> Worded | None:
    """Why a version does not load and forecast the same in a process without MLflow and shap; None where it does."""
    rows = version.example()
    with tempfile.TemporaryDirectory() as place:
        folder, asked, told = (Path(place) / name for name in ("version", "asked.parquet", "told.parquet"))
        write_all(folder, version.files())
        rows.to_parquet(asked)
        paths = os.pathsep.join(each for each in sys.path if each)
        command = [sys.executable, "-c", _SCRIPT, str(folder), str(asked), str(told)]
        try:
            done = subprocess.run(
                command,
                check=False,
                cwd=place,
                env={**os.environ, "PYTHONPATH": paths},
                capture_output=True,
                text=True,
                timeout=SECONDS,
            )
        except subprocess.TimeoutExpired:
            return Worded("gate.alone.late", {"seconds": str(SECONDS)})
        if done.returncode:
            said = done.stderr.strip().splitlines() or [f"it ended with status {done.returncode}"]
            return bare(said[-1][:200])
        same = pd.read_parquet(told).equals(version.forecast_features(rows, "zh"))
    return None if same else Worded("gate.alone.otherwise")
