"""Cost against households, stage by stage, in one run: CPU seconds, and the slope on logarithmic scales.

python benchmarks/linear_cost.py [households …]
"""

from __future__ import annotations

import resource
import sys
import tempfile
import time
from pathlib import Path

import made_up
import numpy as np

from relapse import config
from relapse.core.ranking import rank
from relapse.flows.rows import make_task, make_unit, stack

SIZES = [5_000, 10_000, 20_000, 40_000, 80_000, 160_000]
HORIZONS = [1, 2, 4]


def stages(path: Path) -> dict[str, float]:
    """CPU seconds of each stage of one panel."""
    seconds: dict[str, float] = {}
    start = time.process_time()

    def lap(stage: str) -> None:
        nonlocal start
        seconds[stage], start = time.process_time() - start, time.process_time()

    features = config.option("features", "default")
    model = config.option("model", "lgbm_hazard")
    start = time.process_time()
    panel = made_up.read(path)
    lap("read")
    task = make_task(
        panel, config.option("label", "first_entry"), features, config.option("split", "rolling_origin"), HORIZONS, 1
    )
    task.panel.rows_of(panel.last)
    lap("order by period, kind of label")
    unit = make_unit(panel.as_of(panel.last), task.outcome, features, task.leads, task.split.gap)
    lap("features of one as_of")
    rows = stack(task, panel.last, model.most_rows)
    lap("stack all as_ofs")
    fitted = model.fit(rows, np.random.default_rng(1))
    lap("fit")
    score = fitted.margin(unit).mean(axis=1)
    lap("score")
    rank(score, unit.column("income__log_ratio_now"), unit.household_ids, 1)
    lap("list")
    return seconds


def main(sizes: list[int]) -> None:
    measured: dict[str, list[float]] = {}
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / "panel.parquet"
        made_up.write(1_000, path)
        stages(path)  # imports and caches
        for size in sizes:
            made_up.write(size, path)
            for stage, value in stages(path).items():
                measured.setdefault(stage, []).append(value)
    measured["all"] = [sum(values) for values in zip(*measured.values(), strict=True)]
    print("| stage | " + " | ".join(f"{size:,}" for size in sizes) + " | slope |")
    print("| --- " * (len(sizes) + 2) + "|")
    for stage, values in measured.items():
        slope = np.polyfit(np.log(sizes), np.log(np.maximum(values, 1e-3)), 1)[0]
        print(f"| {stage} | " + " | ".join(f"{value:.2f}" for value in values) + f" | {slope:.2f} |")
    print(f"peak memory {resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 2**20:.2f} GiB")


if __name__ == "__main__":
    main([int(size) for size in sys.argv[1:]] or SIZES)
