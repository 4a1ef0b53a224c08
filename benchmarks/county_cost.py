"""Cost of a county's folder against its households, stage by stage: CPU seconds, their slope, and peak memory.

    python benchmarks/county_cost.py [households …] [--months 18] [--largest]

Each size is a process of its own, so that the peak memory is its own. --largest adds 1,000,000 households.
"""

from __future__ import annotations

import argparse
import json
import resource
import subprocess
import sys
import tempfile
from pathlib import Path

import made_county
import numpy as np

SIZES = [20_000, 60_000, 200_000]
LARGEST = 1_000_000
EARLIER = 6  # months between the two as_ofs whose histories are made
GIB = 2**30


def stages(folder: Path) -> dict[str, tuple[float, float, float]]:
    """CPU seconds of each stage on one folder, those of them in the system, and peak memory at its end in bytes."""
    from relapse import config
    from relapse.flows.examine import line_missing, line_rises

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
    return told


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
