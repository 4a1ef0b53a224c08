"""Cost of a county's folder against its households, stage by stage: CPU seconds, their slope, and peak memory.

    python benchmarks/county_cost.py [households …] [--months 18] [--largest]

Each size is a process of its own, so that the peak memory is its own. --largest adds 1,000,000 households. The panel is
held whole up to the audit, then written as a store and let go of; features, scores and the list are made part by part.
The model that scores is fitted on as many rows at every size.
"""

from __future__ import annotations

import argparse
import gc
import json
import resource
import subprocess
import sys
import tempfile
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import made_county
import numpy as np

from relapse import config
from relapse.core.panel import Ints, Panel
from relapse.core.ranking import rank
from relapse.core.rows import TrainingRows, Unit
from relapse.data.panel_store import PanelStore, open_store, write_store
from relapse.flows.examine import line_missing, line_rises
from relapse.flows.streamed import units_of
from relapse.model.blend import FittedHazard

SIZES = [20_000, 60_000, 200_000]
LARGEST = 1_000_000
LEADS = np.array([1, 3, 6, 12], np.int32)
FITTED = 4_000  # rows that the model is fitted on
EARLIER = 6  # months between the two as_ofs whose histories are made
GIB = 2**30


def stages(folder: Path) -> dict[str, tuple[float, float, float]]:
    """CPU seconds of each stage on one folder, those of them in the system, and peak memory at its end in bytes."""
    told: dict[str, tuple[float, float, float]] = {}
    before = 0.0, 0.0

    def lap(stage: str) -> None:
        nonlocal before
        used = resource.getrusage(resource.RUSAGE_SELF)
        now = used.ru_utime + used.ru_stime, used.ru_stime
        told[stage], before = (now[0] - before[0], now[1] - before[1], used.ru_maxrss * 1024.0), now

    data = config.option("data", "county", path=str(folder), region=made_county.REGION)
    line, audits = config.option("line", "county"), config.option("audits", "national")
    lap("start")
    draft = data.draft()
    lap("import, faults of the files")
    panel = data.panel(draft, line)
    for as_of in (panel.latest - EARLIER, panel.latest):
        known = panel.as_of(as_of)
        known.everyone.below  # noqa: B018 - made for its cost
    lap("panel, histories at two as_ofs")
    findings = [*draft.findings, *line_missing(known), *line_rises(known)]
    lap("findings of the line")
    findings += audits.check(known)
    lap("audit")
    store, latest, line = folder / "store", panel.latest, panel.line
    write_store(store, panel)
    del draft, panel, known, findings
    gc.collect()
    lap("writing the store")
    parts = open_store(store, line, traced=False)
    features, outcome = config.option("features", "default"), config.option("label", "first_entry")
    fitted = _fitted(next(units_of(_First(parts), latest, outcome, features, LEADS, 0)).unit)
    lap("a model")
    made = 0
    for part in units_of(parts, latest, outcome, features, LEADS, 0):
        made += len(part.unit.members)
    lap("features of one as_of")
    scores, distances, ids = [], [], []
    for part in units_of(parts, latest, outcome, features, LEADS, 0):
        scores.append(fitted.margin(part.unit).mean(axis=1))
        distances.append(part.unit.column("income__log_ratio_now"))
        ids.append(part.unit.household_ids)
    lap("features and score")
    rank(np.concatenate(scores), np.concatenate(distances), np.concatenate(ids), 1)
    lap("list")
    return told


@dataclass(frozen=True)
class _First:
    """The first part alone."""

    store: PanelStore

    def parts(self) -> Iterator[tuple[Ints, Panel]]:
        yield self.store.places(0), self.store.part(0)


def _fitted(unit: Unit) -> FittedHazard:
    """A model of made-up events, on as many rows at every size: what it costs is what is measured."""
    rng = np.random.default_rng(1)
    matrix = unit.matrix(0)[:FITTED]
    event = (rng.random(len(matrix)) < 0.05).astype(np.float64)
    ones = np.ones(len(matrix), dtype=np.int32)
    weight, untold = np.ones(len(matrix)), np.full(len(matrix), np.nan)
    counts = (int(event.sum()), len(matrix), (0,))
    rows = TrainingRows(unit.entries, matrix, event, weight, ones, unit.leads, *counts, True, lambda: untold)
    return config.option("model", "lgbm_hazard").fit(rows, rng)


def measured(households: int, months: int) -> dict[str, tuple[float, float, float]]:
    """The same of a made-up folder, in a process of its own."""
    with tempfile.TemporaryDirectory() as folder:
        _alone("--write", folder, str(households), str(months))
        return json.loads(_alone("--measure", folder))


def _alone(*arguments: str) -> str:
    return subprocess.run([sys.executable, __file__, *arguments], check=True, stdout=subprocess.PIPE, text=True).stdout


def main(sizes: list[int], months: int) -> None:
    told = []
    for size in sizes:
        told.append(measured(size, months))
        print(f"{size:,}: {sum(cpu for cpu, _, _ in told[-1].values()):.1f} s", file=sys.stderr, flush=True)
    names = [stage for stage in told[0] if stage != "start"]
    cpu, system, peak = (np.array([[each[stage][place] for each in told] for stage in names]) for place in range(3))
    print(f"| {months} months | " + " | ".join(f"{size:,}" for size in sizes) + " | slope |")
    print("| --- " * (len(sizes) + 2) + "|")
    for stage, values in zip(names, cpu, strict=True):
        row(f"CPU s: {stage}", values, sizes)
    row("CPU s: all", cpu.sum(axis=0), sizes)
    row("the same without system time (fetching memory)", (cpu - system).sum(axis=0), sizes)
    for stage, values in zip(names, peak / GIB, strict=True):
        row(f"peak GiB by then: {stage}", values)
    row("peak KiB a household", peak[-1] / 1024 / sizes)


def row(name: str, values: np.ndarray, sizes: list[int] | None = None) -> None:
    """A row of the table; with the slope on logarithmic scales where sizes are given."""
    slope = f"{np.polyfit(np.log(sizes), np.log(np.maximum(values, 1e-3)), 1)[0]:.2f}" if sizes and sizes[1:] else ""
    print(f"| {name} | " + " | ".join(f"{value:.2f}" for value in values) + f" | {slope} |")


if __name__ == "__main__":
    if sys.argv[1:2] == ["--write"]:
        made_county.write(Path(sys.argv[2]), int(sys.argv[3]), int(sys.argv[4]))
    elif sys.argv[1:2] == ["--measure"]:
        print(json.dumps(stages(Path(sys.argv[2]))))
    else:
        parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
        parser.add_argument("households", nargs="*", type=int)
        parser.add_argument("--months", type=int, default=18)
        parser.add_argument("--largest", action="store_true")
        asked = parser.parse_args()
        main([*(asked.households or SIZES), *([LARGEST] if asked.largest else [])], asked.months)
