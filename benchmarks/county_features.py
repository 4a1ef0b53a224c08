"""Features of a county at one as_of against the decoding of its panel, and against ignoring when facts became known.

    python benchmarks/county_features.py [households …] [--months 36] [--rounds 3] [--largest] [--keep] [--blocks …]

In one process a size, round by round and side by side: (a) the panel's Parquet files decoded into numpy arrays, all
columns, and those alone that features read; (b) reading and all features of everybody at risk, part by part, with exact
known dates; (c) the same with everything taken as known when it happened. CPU seconds of the process, with those spent
in the system; the median of the rounds. --largest adds 1,000,000 households. The county is one of 20,000 made-up
households, as often over as it takes, with other ids and other villages each time. --keep has the C library keep memory
that was let go of, which spares the system from handing out the same pages again for every part. --blocks takes some
blocks of features alone; decoding then is of the columns that these read.
"""

from __future__ import annotations

import argparse
import json
import os
import resource
import statistics
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, replace
from pathlib import Path

import made_county
import numpy as np
import pyarrow as pa
import pyarrow.parquet as pq

from relapse import config
from relapse.core.facts import Category, Facts, Ints, Lazy
from relapse.core.panel import Panel
from relapse.core.versions import NEVER, Versions
from relapse.data import panel_store
from relapse.flows import streamed

SIZES = [20_000, 60_000, 200_000]
LARGEST = 1_000_000
KEEP = {"MALLOC_MMAP_THRESHOLD_": str(32 << 20), "MALLOC_TRIM_THRESHOLD_": str(1 << 30)}
ONCE = 20_000  # households that are made and imported
CLOCKS = ("household", "subject", "fact", "happened", "known", "withdrawn", "row", "file")
LEADS = np.arange(1, 13, dtype=np.int32)
GIB = 2**30


# ---- a county of any size --------------------------------------------------------------------------------------------


def write(folder: Path, households: int, months: int) -> None:
    """The store of a county of so many households."""
    once = min(ONCE, households)
    with tempfile.TemporaryDirectory() as raw:
        made_county.write(Path(raw), once, months)
        data = config.option("data", "county", path=raw, region=made_county.REGION)
        panel = data.read(config.option("line", "county"))
    part = panel_store.parts_of(panel, panel_store.USUAL)
    whole = {name for name, table in panel.tables.items() if not (table.household >= 0).any()}
    panel_store.write_parts(folder, panel, _repeated(panel, part, households // once), whole)


def _repeated(panel: Panel, part: Ints, times: int) -> Iterator[tuple[Ints, Panel]]:
    """The parts of the county, several times over."""
    for again in range(times):
        for places, some in panel.split(part):
            ids = np.array([f"{name}{again:03d}" for name in some.household_ids], dtype=object)
            tables = {**some.tables, "households": _elsewhere(some.tables["households"], again, times)}
            yield places + again * len(part), replace(some, household_ids=ids, tables=tables)


def _elsewhere(homes: Facts, again: int, times: int) -> Facts:
    """The same households in other villages and townships."""
    columns = dict(homes.columns)
    for level in ("village", "township"):
        told = columns[level]
        assert isinstance(told, Category)
        levels = tuple(f"{name}·{each}" for each in range(times) for name in told.levels)
        codes = np.where(told.codes >= 0, told.codes + again * len(told.levels), -1).astype(np.int32)
        columns[level] = Category(codes, levels)
    return replace(homes, columns=columns)


# ---- what is measured ------------------------------------------------------------------------------------------------


@dataclass(frozen=True)
class AllKnown:
    """Parts of a store in which everything counts as known when it happened."""

    store: panel_store.PanelStore

    def parts(self) -> Iterator[tuple[Ints, Panel]]:
        return ((self.places(number), self.part(number)) for number in range(len(self)))

    def __len__(self) -> int:
        return len(self.store)

    def places(self, number: int) -> Ints:
        return self.store.places(number)

    def part(self, number: int) -> Panel:
        panel = self.store.part(number)
        tables = Lazy(panel.tables, lambda name: _all_known(panel.tables[name]))
        return replace(panel, known=panel.period, tables=tables)


def _all_known(table: Facts) -> Facts:
    """The table with its last versions, known when they happened; what is not asked for is not read."""
    clocks = Lazy(CLOCKS, lambda name: getattr(table, "happened" if name == "known" else name))
    fields = {name: getattr(table, name) for name in ("columns", "access", "ends", "absent")}
    return Facts.unread(table.name, len(table), clocks, **fields, versions=lambda: _last_versions(table))


def _last_versions(table: Facts) -> Versions:
    assert table.versions is not None
    told = table.versions()
    last = told.until == NEVER
    return Versions(told.happened[last], told.happened[last], told.until[last], told.number[last])


class Reads:
    """Which columns of which files features read."""

    def __init__(self) -> None:
        self.columns: dict[Path, dict[str, None]] = {}
        plain = panel_store._File.arrays

        def noted(file: panel_store._File, *names: str) -> panel_store.Arrays:
            self.columns.setdefault(file.path, {}).update(dict.fromkeys(names))
            return plain(file, *names)

        panel_store._File.arrays = noted  # type: ignore[method-assign]

    def decode(self) -> int:
        """Decode all of them into numpy arrays; their bytes."""
        return sum(_decoded(path, list(names)) for path, names in self.columns.items())


def _decoded(path: Path, names: list[str]) -> int:
    """Bytes of some columns, decoded into numpy arrays; texts stay as Arrow has them."""
    told = pq.ParquetFile(path, pre_buffer=False).read(columns=names, use_threads=False)
    columns = [told.column(name) for name in names]
    return sum(each.nbytes if pa.types.is_string(each.type) else panel_store.array_of(each).nbytes for each in columns)


def measure(folder: Path, rounds: int, blocks: str) -> dict[str, float]:
    """Seconds of each, and peak memory at the end of the first round of each in bytes."""
    store = panel_store.open_store(folder, config.option("line", "county"), traced=False)
    features, outcome = config.option("features", "default"), config.option("label", "first_entry")
    features = {name: block for name, block in features.items() if not blocks or name in blocks.split(",")}
    reads, told = Reads(), dict[str, float]()

    def made(parts: streamed.Parts) -> Callable[[], int]:
        return lambda: sum(
            part.unit.table.values.size for part in streamed.units_of(parts, store.latest, outcome, features, LEADS, 0)
        )

    for part in streamed.units_of(_First(store), store.latest, outcome, features, LEADS, 0):  # imports and caches
        told["features"] = len(part.unit.table.every_entry)
        told["at risk"] = len(part.unit.members)
    names = {path.name: names for path, names in reads.columns.items()}
    reads.columns = {
        path: names[path.name]
        for number in range(len(store))
        for path in sorted((folder / f"part-{number:05d}").iterdir())
        if path.name in names
    }
    every = {path: pq.ParquetFile(path).schema_arrow.names for path in sorted(folder.rglob("*.parquet"))}
    what = {
        "decode all": lambda: sum(_decoded(path, columns) for path, columns in every.items()),
        "decode": reads.decode,
        "features": made(store),
        "all known": made(AllKnown(store)),
    }
    seconds: dict[str, list[float]] = {name: [] for name in what}
    for place in range(rounds):
        for name, run in what.items():
            start = time.process_time()
            size = run()
            seconds[name].append(time.process_time() - start)
            if not place:
                told[f"peak {name}"] = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss * 1024.0
                told |= {"bytes": size} if name == "decode" else {}
    return {**told, **{f"cpu {name}": statistics.median(values) for name, values in seconds.items()}}


@dataclass(frozen=True)
class _First:
    """The first part alone."""

    store: panel_store.PanelStore

    def parts(self) -> Iterator[tuple[Ints, Panel]]:
        yield self.store.places(0), self.store.part(0)


# ---- the table -------------------------------------------------------------------------------------------------------


def _alone(*arguments: str, more: Mapping[str, str] = {}) -> str:
    command = [sys.executable, __file__, *arguments]
    return subprocess.run(command, check=True, stdout=subprocess.PIPE, text=True, env={**os.environ, **more}).stdout


def main(sizes: list[int], months: int, rounds: int, blocks: str, more: dict[str, str]) -> None:
    told = []
    for size in sizes:
        with tempfile.TemporaryDirectory() as folder:
            store = Path(folder) / "store"
            _alone("--write", str(store), str(size), str(months))
            often = str(rounds if size < LARGEST else 1)
            told.append(json.loads(_alone("--measure", str(store), often, blocks, more=more)))
        print(f"{size:,}: {told[-1]}", file=sys.stderr, flush=True)
    print(
        f"| {months} months, {told[0]['features']:.0f} features | " + " | ".join(f"{s:,}" for s in sizes) + " | slope |"
    )
    print("| --- " * (len(sizes) + 2) + "|")
    cpu = {name: [each[f"cpu {name}"] for each in told] for name in ("decode all", "decode", "features", "all known")}
    row("CPU s: decoding the panel's files", cpu["decode all"], sizes)
    row("CPU s: decoding what features read alone", cpu["decode"], sizes)
    row("CPU s: reading and features, exact known dates", cpu["features"], sizes)
    row("CPU s: the same, everything taken as known", cpu["all known"], sizes)
    row("features over decoding the panel", [b / a for a, b in zip(cpu["decode all"], cpu["features"], strict=True)])
    row("features over decoding what they read", [b / a for a, b in zip(cpu["decode"], cpu["features"], strict=True)])
    row("exact over all known", [b / c for b, c in zip(cpu["features"], cpu["all known"], strict=True)])
    for name in ("decode", "features", "all known"):
        row(f"peak GiB by then: {name}", [each[f"peak {name}"] / GIB for each in told])
    row("GiB decoded", [each["bytes"] / GIB for each in told])


def row(name: str, values: list[float], sizes: list[int] | None = None) -> None:
    """A row of the table; with the slope on logarithmic scales where sizes are given."""
    slope = f"{np.polyfit(np.log(sizes), np.log(values), 1)[0]:.2f}" if sizes and sizes[1:] else ""
    print(f"| {name} | " + " | ".join(f"{value:.2f}" for value in values) + f" | {slope} |")


if __name__ == "__main__":
    if sys.argv[1:2] == ["--write"]:
        write(Path(sys.argv[2]), int(sys.argv[3]), int(sys.argv[4]))
    elif sys.argv[1:2] == ["--measure"]:
        print(json.dumps(measure(Path(sys.argv[2]), int(sys.argv[3]), sys.argv[4])))
    else:
        parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
        parser.add_argument("households", nargs="*", type=int)
        parser.add_argument("--months", type=int, default=36)
        parser.add_argument("--rounds", type=int, default=3)
        parser.add_argument("--largest", action="store_true")
        parser.add_argument("--keep", action="store_true")
        parser.add_argument("--blocks", default="")
        asked = parser.parse_args()
        sizes = [*(asked.households or SIZES), *([LARGEST] if asked.largest else [])]
        main(sizes, asked.months, asked.rounds, asked.blocks, KEEP if asked.keep else {})
