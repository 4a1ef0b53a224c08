"""Peak memory and time of `relapse score` against the households of a county, read in parts and, where asked, whole.

    python benchmarks/score_memory.py [households …] [--months 36] [--whole 50000] [--largest] [--office]
        [--train 5000 20000] [--validate]

Each run is the command itself, in a process of its own: a folder of Parquet files in, workbooks, pages and CSV out. The
version is fitted once, on 5,000 made-up households. At the sizes of --whole the county is also held whole, right after,
and the files of both lists are compared byte by byte. --largest adds 1,000,000 households.

--office measures what an office has: a version of LightGBM (fitted on 20,000; made-up incomes teach nothing, so that no
gain is asked of it), persons with names, and last month's list, of which all visits came back. --train tells first what
training takes at some sizes, which must not be too large: it holds a county whole. --validate measures `relapse
validate` in place of `relapse score`.
"""

from __future__ import annotations

import argparse
import json
import re
import resource
import shutil
import subprocess
import sys
import tempfile
from dataclasses import dataclass
from pathlib import Path

import made_county

from relapse.pipelines.issued import issued_lists

SIZES = [50_000, 200_000]
LARGEST = 1_000_000
FITTED, FITTED_TREES = 5_000, 20_000  # of fewer households there are too few events for trees
TREES = ["model=lgbm_hazard", "calibration.required_gain=-1"]
GIB = 2**30
_STAGE = re.compile(r"^(read|score|list) +([\d.]+) s", re.MULTILINE)


@dataclass(frozen=True)
class Ran:
    """One run: seconds of the processor, peak memory in bytes, and seconds of each stage by the clock."""

    cpu: float
    peak: float
    stages: dict[str, float]


def main(sizes: list[int], whole: list[int], months: int, *, office: bool) -> None:
    with tempfile.TemporaryDirectory() as scratch:
        home = Path(scratch)
        version = fitted(home, FITTED_TREES, months, TREES) if office else fitted(home, FITTED, months, [])
        print("| households | how | CPU s | peak GiB | KiB a household | read, score, list: s by the clock |")
        print("| --- " * 6 + "|")
        for size in sizes:
            county(home / "county", size, months, "named" if office else "")
            if office:
                handed_back(home, version, months)
            parts = scored(home, version, "parts", "data.parts_above=0")
            row(size, "in parts", parts)
            if size in whole:
                held = scored(home, version, "whole", "data.parts_above=1e12")
                row(size, "whole", held)
                same = files(home / "parts") == files(home / "whole")
                print(f"ratio of CPU {parts.cpu / held.cpu:.2f}, of peak {parts.peak / held.peak:.2f}; "
                      f"files {'equal' if same else 'DIFFER'}", file=sys.stderr, flush=True)  # fmt: skip


def fitted(home: Path, size: int, months: int, how: list[str]) -> Path:
    """A version, as an exported folder."""
    train(home, size, months, how)
    model = home / "fitted" / "train" / "model"
    made = json.loads((model / "version.json").read_bytes())
    print(f"version: {made['model']}, share {made['share']}", file=sys.stderr, flush=True)
    return model


def validated(sizes: list[int], whole: list[int], months: int) -> None:
    """What validation takes, by size, in parts and, where asked, whole."""
    for size in sizes:
        with tempfile.TemporaryDirectory() as scratch:
            home = Path(scratch)
            county(home / "county", size, months, "named")
            row(size, "validate, in parts", checked(home, "parts", "data.parts_above=0"))
            if size in whole:
                row(size, "validate, whole", checked(home, "whole", "data.parts_above=1e12"))
                same = files(home / "parts") == files(home / "whole")
                print(f"files {'equal' if same else 'DIFFER'}", file=sys.stderr, flush=True)


def checked(home: Path, outputs: str, how: str) -> Ran:
    return relapse(home, "validate", "data.path=county", f"paths.outputs={outputs}", "line=county", how)


def train(home: Path, size: int, months: int, how: list[str]) -> Ran:
    """A version fitted on so many households, which `relapse train` reads whole."""
    county(home / "small", size, months)
    return relapse(home, "train", "data.path=small", "paths.outputs=fitted", "line=county", *how)


def trained(sizes: list[int], months: int) -> None:
    """What training takes, by size."""
    for size in sizes:
        with tempfile.TemporaryDirectory() as scratch:
            row(size, "train", train(Path(scratch), size, months, TREES))


def county(folder: Path, households: int, months: int, named: str = "") -> None:
    """The files of a made-up county, written by a process of its own."""
    folder.mkdir(exist_ok=True)
    words = ["--write", str(folder), str(households), str(months), named]
    subprocess.run([sys.executable, __file__, *words], check=True)


def handed_back(home: Path, version: Path, months: int) -> None:
    """Last month's list, in both folders of outputs, and its visits, in the county's folder."""
    month = made_county.FIRST + months - 1
    as_of = f"{month // 12}-{month % 12 + 1:02d}"
    for outputs in ("parts", "whole"):
        shutil.rmtree(home / outputs, ignore_errors=True)
    scored(home, version, "parts", "data.parts_above=0", f"as_of={as_of}")
    (last,) = issued_lists(home / "parts" / "lists" / "county")
    rows = last.rows()
    rows = rows[rows["tier"].isin(["visit", "random"])]
    made_county.visit(home / "county", rows["household_id"].tolist(), rows["clue_id"].tolist(), month + 1)
    shutil.copytree(home / "parts", home / "whole")


def scored(home: Path, version: Path, outputs: str, *how: str) -> Ran:
    return relapse(home, "score", "data.path=county", f"version={version}", f"paths.outputs={outputs}", *how)


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
    """The files of all lists, and what is wrong with the data; the folder of a county is the same for both ways."""
    found = [path for name in ("lists", "quality") for path in folder.glob(f"{name}/**/*") if path.is_file()]
    return {str(path.relative_to(folder)): path.read_bytes() for path in found}


if __name__ == "__main__":
    if sys.argv[1:2] == ["--write"]:
        folder, households, months, named = sys.argv[2:6]
        made_county.write(Path(folder), int(households), int(months), names=bool(named))
    elif sys.argv[1:2] == ["--run"]:
        run(sys.argv[2:])
    else:
        parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
        parser.add_argument("households", nargs="*", type=int)
        parser.add_argument("--months", type=int, default=36)
        parser.add_argument("--whole", type=int, nargs="*", default=[50_000])
        parser.add_argument("--largest", action="store_true")
        parser.add_argument("--office", action="store_true")
        parser.add_argument("--train", type=int, nargs="*", default=[])
        parser.add_argument("--validate", action="store_true")
        asked = parser.parse_args()
        sizes = [*(asked.households or SIZES), *([LARGEST] if asked.largest else [])]
        trained(asked.train, asked.months)
        if asked.validate:
            validated(sizes, asked.whole, asked.months)
        else:
            main(sizes, asked.whole, asked.months, office=asked.office)
