"""Peak memory and time of `relapse score` against the households of a county, read in parts and, where asked, whole.

    python benchmarks/score_memory.py [households …] [--months 36] [--whole 50000] [--largest]

Each run is the command itself, in a process of its own: a folder of Parquet files in, workbooks, pages and CSV out. The
version is fitted once, on 5,000 made-up households. At the sizes of --whole the county is also held whole, right after,
and the files of both lists are compared byte by byte. --largest adds 1,000,000 households.
"""

from __future__ import annotations

import argparse
import re
import resource
import subprocess
import sys
import tempfile
from dataclasses import dataclass
from pathlib import Path

import made_county

SIZES = [50_000, 200_000]
LARGEST = 1_000_000
FITTED = 5_000
GIB = 2**30
_STAGE = re.compile(r"^(read|score|list) +([\d.]+) s", re.MULTILINE)


@dataclass(frozen=True)
class Ran:
    """One run: seconds of the processor, peak memory in bytes, and seconds of each stage by the clock."""

    cpu: float
    peak: float
    stages: dict[str, float]


def main(sizes: list[int], whole: list[int], months: int) -> None:
    with tempfile.TemporaryDirectory() as scratch:
        home = Path(scratch)
        version = fitted(home, months)
        print("| households | how | CPU s | peak GiB | KiB a household | read, score, list: s by the clock |")
        print("| --- " * 6 + "|")
        for size in sizes:
            county(home / "county", size, months)
            parts = scored(home, version, "parts", "data.parts_above=0")
            row(size, "in parts", parts)
            if size in whole:
                held = scored(home, version, "whole", "data.parts_above=1e12")
                row(size, "whole", held)
                same = files(home / "parts") == files(home / "whole")
                print(f"ratio of CPU {parts.cpu / held.cpu:.2f}, of peak {parts.peak / held.peak:.2f}; "
                      f"files {'equal' if same else 'DIFFER'}", file=sys.stderr, flush=True)  # fmt: skip


def fitted(home: Path, months: int) -> Path:
    """A version, as an exported folder."""
    county(home / "small", FITTED, months)
    relapse(home, "train", "data.path=small", "paths.outputs=fitted", "line=county")
    return home / "fitted" / "train" / "model"


def county(folder: Path, households: int, months: int) -> None:
    """The files of a made-up county, written by a process of its own."""
    folder.mkdir(exist_ok=True)
    subprocess.run([sys.executable, __file__, "--write", str(folder), str(households), str(months)], check=True)


def scored(home: Path, version: Path, outputs: str, how: str) -> Ran:
    return relapse(home, "score", "data.path=county", f"version={version}", f"paths.outputs={outputs}", how)


def relapse(home: Path, *words: str) -> Ran:
    """A command on a county, with what it used."""
    command = [sys.executable, __file__, "--run", *words, "data=county", f"data.region={made_county.REGION}"]
    done = subprocess.run(command, cwd=home, check=False, capture_output=True, text=True)
    if done.returncode:
        raise SystemExit(done.stderr)
    cpu, peak = map(float, done.stdout.split()[-2:])
    return Ran(cpu, peak, {name: float(seconds) for name, seconds in _STAGE.findall(done.stderr)})


def run(words: list[str]) -> None:
    """The command in this process; prints seconds of the processor and peak memory in bytes."""
    from relapse import cli

    status = cli.main(words)
    if status:
        sys.exit(status)
    used = resource.getrusage(resource.RUSAGE_SELF)
    print(used.ru_utime + used.ru_stime, used.ru_maxrss * 1024)


def row(size: int, how: str, ran: Ran) -> None:
    stages = ", ".join(f"{ran.stages.get(name, 0):.0f}" for name in ("read", "score", "list"))
    each = ran.peak / 1024 / size
    print(f"| {size:,} | {how} | {ran.cpu:.1f} | {ran.peak / GIB:.2f} | {each:.1f} | {stages} |", flush=True)


def files(folder: Path) -> dict[str, bytes]:
    """The files of all lists; the folder of a county is the same for both ways."""
    return {str(path.relative_to(folder)): path.read_bytes() for path in folder.glob("lists/**/*") if path.is_file()}


if __name__ == "__main__":
    if sys.argv[1:2] == ["--write"]:
        made_county.write(Path(sys.argv[2]), int(sys.argv[3]), int(sys.argv[4]))
    elif sys.argv[1:2] == ["--run"]:
        run(sys.argv[2:])
    else:
        parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
        parser.add_argument("households", nargs="*", type=int)
        parser.add_argument("--months", type=int, default=36)
        parser.add_argument("--whole", type=int, nargs="*", default=[50_000])
        parser.add_argument("--largest", action="store_true")
        asked = parser.parse_args()
        main([*(asked.households or SIZES), *([LARGEST] if asked.largest else [])], asked.whole, asked.months)
