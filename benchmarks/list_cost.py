"""The files of a county's list, about 20,000 households on its books, against xlsxwriter writing the same cells alone.

    python benchmarks/list_cost.py [FOLDER]

FOLDER is one in which `relapse train data.households=5800` was called; without it that is done first, in a temporary
one (some minutes). The files are made and written three times: workbooks of the county and its townships, pages with
cards, the page for the head of the office, CSV, manifest. The other side writes all cells of these workbooks into one
workbook a file: no format, width, check, lock or page.
"""

from __future__ import annotations

import io
import os
import subprocess
import sys
import tempfile
import time
from pathlib import Path

import numpy as np
import openpyxl
import xlsxwriter
from numpy.typing import NDArray

from relapse import config
from relapse.core.parts import Whole
from relapse.monitors.feeds import bearing_late_incomes
from relapse.outputs import write_all
from relapse.pipelines.common import chosen_period
from relapse.pipelines.score import heads_of, list_files, open_version, score, score_stage
from relapse.terminal import Stages

HOUSEHOLDS = "data.households=5800"
TIMES = 3
Sheets = list[list[tuple[object, ...]]]


def main() -> None:
    with tempfile.TemporaryDirectory() as scratch:
        given = len(sys.argv) > 1
        folder = Path(sys.argv[1] if given else scratch).resolve()
        if not given:
            subprocess.run([sys.executable, "-m", "relapse", "train", HOUSEHOLDS], cwd=folder, check=True)
        os.chdir(folder)
        seconds, lists = _made(Path(scratch) / "outputs")
        books = [_cells(path) for path in sorted(lists.rglob("*.xlsx"))]
        cells = sum(len(row) for sheets in books for rows in sheets for row in rows)
        plain = min((_dumped(books) for _ in range(TIMES)), key=_cpu)
        size = sum(path.stat().st_size for path in lists.rglob("*") if path.is_file()) / 1e6
        print(f"{len(books)} workbooks, {cells:,} cells, {size:.1f} MB of files")
        print("CPU, clock: all files {:.2f}, {:.2f} s; the same cells alone {:.2f}, {:.2f} s".format(*seconds, *plain))
        print(f"ratio of CPU {_cpu(seconds) / _cpu(plain):.2f}")


def _made(outputs: Path) -> tuple[NDArray[np.float64], Path]:
    """Least seconds in which the files of a list were made and written, and where they lie."""
    told = config.bind(score, config.compose("score", [HOUSEHOLDS, f"paths.outputs={outputs}"]))
    allowed, language = told["allow_targets"], told["language"]
    version, origin = open_version(told["registry"], told["data"].panel_name, "outputs/train/model", allowed)
    panel = told["data"].read(version.line(allowed))
    period = chosen_period(panel, None)
    panel = bearing_late_incomes(panel, period)
    stages = Stages()
    listed = score_stage(
        stages, told["data"], Whole(panel), period, version, origin, told["risk_list"], told["audits"], told["paths"],
        language, allowed,
    )  # fmt: skip
    head = listed.risk_list.head
    print(f"{len(panel.household_ids):,} households, {head.at_risk:,} at risk, {len(listed.risk_list.rows):,} listed; "
          f"the first time {stages.seconds['list']:.2f} s")  # fmt: skip
    times = []
    for number in range(TIMES):
        begun = _now()
        files = list_files(listed.risk_list, heads_of(told["data"], listed.risk_list))
        write_all(outputs / str(number), files)
        times.append(_now() - begun)
    return min(times, key=_cpu), listed.folder


def _now() -> NDArray[np.float64]:
    """Seconds of the processor, and by the clock."""
    return np.array([time.process_time(), time.perf_counter()])


def _cpu(seconds: NDArray[np.float64]) -> float:
    return float(seconds[0])


def _cells(path: Path) -> Sheets:
    book = openpyxl.load_workbook(path, read_only=True)
    return [list(sheet.iter_rows(values_only=True)) for sheet in book.worksheets]


def _dumped(books: list[Sheets]) -> NDArray[np.float64]:
    begun = _now()
    for sheets in books:
        book = xlsxwriter.Workbook(io.BytesIO(), {"in_memory": True})
        for rows in sheets:
            sheet = book.add_worksheet()
            for number, row in enumerate(rows):
                for place, value in enumerate(row):
                    if value is not None:
                        sheet.write(number, place, value)
        book.close()
    return _now() - begun


if __name__ == "__main__":
    main()
