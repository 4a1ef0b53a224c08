"""A handed-back workbook of 5,000 rows, read, matched, compared with its list and kept, against openpyxl alone.

    python benchmarks/feedback_cost.py [rows]

Both read the same file; openpyxl row by row, as values, of the list's sheet alone. The report is made as well.
"""

from __future__ import annotations

import io
import sys
import tempfile
import time
from pathlib import Path

import openpyxl
import pandas as pd

sys.path.insert(0, str(Path(__file__).parents[1] / "tests"))

import handbacks
from counties import made_county
from relapse import config
from relapse.outputs import Paths
from relapse.pipelines.feedback import take_feedback
from relapse.terminal import Stages

SOURCES = ("model", "rule", "both", "random")


def main() -> None:
    count = int(sys.argv[1]) if len(sys.argv) > 1 else 5000
    with tempfile.TemporaryDirectory() as place:
        folder = Path(place)
        made_county(folder / handbacks.COUNTY, households=50)
        paths = Paths(folder / "outputs", folder, folder / "state")
        workbook = handbacks.issue(
            paths.outputs / "lists" / handbacks.COUNTY, handbacks.risk_list(count, sources=SOURCES)
        )
        (folder / "inbox").mkdir()
        data = handbacks.saved(handbacks.filled(workbook))
        (folder / "inbox" / "list.xlsx").write_bytes(data)
        county = config.option("data", "county", path=str(folder / handbacks.COUNTY), name=handbacks.COUNTY)
        settings = config.option("handback", "default")
        plain = min(_plain(data) for _ in range(3))
        times = []
        for _ in range(3):
            begun = time.perf_counter()
            stages = Stages()
            taken = take_feedback(stages, county, settings, (str(folder / "inbox"),), None, False, paths, None, "zh")
            times.append((time.perf_counter() - begun, stages.seconds))
        whole, parts = min(times, key=lambda each: each[0])
        print(pd.Series({"rows": len(taken.came.rows), "verified": int(taken.came.rows["verified"].sum())}).to_string())
        print(f"openpyxl alone {plain:.2f} s; all of it {whole:.2f} s {parts}; ratio {whole / plain:.2f}")


def _plain(data: bytes) -> float:
    begun = time.perf_counter()
    book = openpyxl.load_workbook(io.BytesIO(data), read_only=True, data_only=True)
    rows = list(book[handbacks.SHEET].iter_rows(values_only=True))
    assert rows
    return time.perf_counter() - begun


if __name__ == "__main__":
    main()
