"""A county, block by block of villages, into Parquet tables; and the true chances, into a folder apart.

The same settings, seed and size give the same bytes, and memory holds one block at a time.
"""

from __future__ import annotations

import hashlib
import json
import shutil
import tempfile
from collections.abc import Callable, Iterator, Sequence
from dataclasses import asdict
from pathlib import Path

import numpy as np
import pyarrow as pa
import pyarrow.parquet as pq
from numpy.typing import NDArray

from relapse.data.county_files import FEEDBACK
from relapse.data.simulator import begin as begin_homes
from relapse.data.simulator.books import Books
from relapse.data.simulator.futures import Chances, try_out
from relapse.data.simulator.help import begin_industry
from relapse.data.simulator.jobs import tell_running
from relapse.data.simulator.land import Land, first_of, make_land
from relapse.data.simulator.log import Log
from relapse.data.simulator.month import pass_month
from relapse.data.simulator.settings import World
from relapse.data.simulator.state import EXITED, NOT_EXITED, ORDINARY, State
from relapse.data.simulator.tables import (
    SCHEMAS,
    Names,
    block_tables,
    dates,
    household_ids,
    months,
    project_ids,
    words,
)

MARK = "simulated.json"
CHANCES = "chances.parquet"
_BLOCK = 40_000  # households that are worked on together, up to the end of a village
_LARGEST = 50_000  # but no more: villages of large counties are cut
_LAND, _PLAN, _BEGIN, _MONTH, _REPORT = range(1, 6)  # streams of randomness
_APART = ("returns",)  # what no county knows, written with the truth
_LARGEST_FAMILY = 6


def fingerprint(world: World, households: int, seed: int) -> str:
    """SHA-256 of all that decides what is made: the settings and the simulator's own code."""
    code = [file.read_text(encoding="utf-8") for file in sorted(Path(__file__).parent.glob("*.py"))]
    told = json.dumps([code, asdict(world), households, seed], sort_keys=True, default=str)
    return hashlib.sha256(told.encode()).hexdigest()


def is_made(folder: Path, mark: str) -> bool:
    """Whether the folder holds just this county."""
    file = folder / MARK
    return file.is_file() and json.loads(file.read_text(encoding="utf-8")).get("fingerprint") == mark


def simulate(
    world: World, households: int, seed: int, folder: Path, truth: Path | None = None, origins: Sequence[int] = (),
    paths: int = 0, say: Callable[[str], None] | None = None,
) -> int:  # fmt: skip
    """Write a county's tables, whole or not at all; a folder that was there is replaced.

    Args:
        world: the settings.
        households: exited households; the others come in proportion.
        seed: of everything drawn.
        folder: of the tables.
        truth: folder of what nobody in the county knows; None writes none.
        origins: months for which the true chances are worked out.
        paths: futures that are tried out for each.
        say: told of each block.

    Returns:
        Households on the books at the end.
    """
    land = make_land(world, np.random.default_rng([seed, _LAND]))
    blocks = list(plans(world, households, np.random.default_rng([seed, _PLAN])))
    folder.parent.mkdir(parents=True, exist_ok=True)
    stage = Path(tempfile.mkdtemp(prefix=f".{folder.name}-", dir=folder.parent))
    try:
        count = _write_blocks(world, land, blocks, seed, stage, origins if truth else (), paths, say)
        _write_county(land, stage)
        mark = {
            "simulated": True,
            "fingerprint": fingerprint(world, households, seed),
            "seed": seed,
            "households": households,
        }
        (stage / MARK).write_text(json.dumps(mark, indent=1) + "\n", encoding="utf-8")
        if truth is not None:
            apart = {**mark, "truth": True, "origins": list(origins), "paths": paths}
            (stage / "truth" / MARK).write_text(json.dumps(apart, indent=1) + "\n", encoding="utf-8")
            _replace(stage / "truth", truth)
        shutil.rmtree(stage / "truth", ignore_errors=True)
        _replace(stage, folder)
    finally:
        shutil.rmtree(stage, ignore_errors=True)
    return count


def _replace(made: Path, folder: Path) -> None:
    """Put a folder in the place of another one; what visits brought back to that one goes along."""
    folder.parent.mkdir(parents=True, exist_ok=True)
    made.chmod(0o755)
    old = folder.with_name(f".{folder.name}-old")
    before = folder if folder.exists() else old  # a run that was killed between the two moves left it there
    if (before / FEEDBACK).is_dir():
        shutil.copytree(before / FEEDBACK, made / FEEDBACK)
    shutil.rmtree(old, ignore_errors=True)
    if folder.exists():
        folder.replace(old)
    made.replace(folder)
    shutil.rmtree(old, ignore_errors=True)


def _write_blocks(
    world: World, land: Land, plans: Sequence[begin_homes.Plan], seed: int, stage: Path, origins: Sequence[int],
    paths: int, say: Callable[[str], None] | None,
) -> int:  # fmt: skip
    (stage / "truth").mkdir()
    count = 0
    writers: dict[str, pq.ParquetWriter] = {}
    try:
        for block, plan in enumerate(plans):
            state, log, first, chances = _run(world, land, plan, seed, block, origins, paths)
            for name, table in block_tables(log, state, first, land).items():
                _append(writers, stage / ("truth" if name in _APART else "") / f"{name}.parquet", name, table)
            for table in chances:
                _append(writers, stage / "truth" / CHANCES, "chances", table)
            count += int(state.homes.on_books.sum())
            if say is not None:
                say(f"block {block + 1} of {len(plans)}")
    finally:
        for writer in writers.values():
            writer.close()
    return count


def _append(writers: dict[str, pq.ParquetWriter], path: Path, name: str, table: pa.Table) -> None:
    if name in SCHEMAS:
        table = table.cast(pa.schema(dict(SCHEMAS[name])))
    if name not in writers:
        writers[name] = pq.ParquetWriter(path, table.schema, compression="zstd")
    writers[name].write_table(table)


def _run(
    world: World, land: Land, plan: begin_homes.Plan, seed: int, block: int, origins: Sequence[int], paths: int
) -> tuple[State, Log, NDArray[np.int32], list[pa.Table]]:
    """One block from the first month to the last."""
    rng = np.random.default_rng([seed, _BEGIN, block])
    state = begin_homes.begin(land, plan, rng)
    log = Log(np.random.default_rng([seed, _REPORT, block]))
    books = Books(land, log)
    for month in range(first_of(world), world.begin):
        pass_month(state, land, month, np.random.default_rng([seed, _MONTH, block, month]), None)
    first = state.homes.project.copy()
    tell_running(state, land, log, world.begin)
    begin_industry(state, land, world.begin, rng, log)
    chances = []
    for month in range(world.begin, world.end + 1):
        cash = pass_month(state, land, month, np.random.default_rng([seed, _MONTH, block, month]), log)
        books.note(state, month, cash)
        if month in origins:
            told = try_out(state, land, month, paths, (seed, block))
            chances.append(_chances(world, state, month, told))
    return state, log, first, chances


def _chances(world: World, state: State, origin: int, told: Chances) -> pa.Table:
    columns = {
        "household_id": household_ids(world, state.homes.number[told.home]),
        "origin": months(np.full(len(told.home), origin)),
        **{f"{outcome}_{horizon}": pa.array(values) for (outcome, horizon), values in told.chance.items()},
    }
    return pa.table(columns)


def plans(world: World, households: int, rng: np.random.Generator) -> Iterator[begin_homes.Plan]:
    """Blocks of villages; exited, ordinary and other households spread over all villages."""
    place = world.place
    poor = round(place.not_exited_per_thousand * households / 1000)
    persons = max(round(place.not_exited_persons_per_thousand * households / 1000), poor)
    counts = {
        NOT_EXITED: poor, EXITED: households, ORDINARY: round(place.ordinary_per_exited * households),
    }  # fmt: skip
    weight = rng.gamma(6, 1, place.villages)
    shares = weight / weight.sum()
    spread = {kind: rng.multinomial(count, shares) for kind, count in counts.items()}
    sizes = _sizes(poor, persons, rng)
    village: list[NDArray[np.int32]] = []
    kind: list[NDArray[np.int8]] = []
    for each in range(place.villages):
        here = np.concatenate([np.full(spread[k][each], k, np.int8) for k in (EXITED, NOT_EXITED, ORDINARY)])
        kind.append(here)
        village.append(np.full(len(here), each, np.int32))
    kinds, villages = np.concatenate(kind), np.concatenate(village)
    wanted = np.zeros(len(kinds), np.int32)
    wanted[kinds == NOT_EXITED] = sizes
    ends = np.cumsum([len(each) for each in kind])
    first = 0
    while first < len(kinds):
        last = min(ends[np.searchsorted(ends, first + _BLOCK, side="left").clip(0, len(ends) - 1)], first + _LARGEST)
        rows = np.arange(first, last)
        yield begin_homes.Plan(rows.astype(np.int64), villages[rows], kinds[rows], wanted[rows])
        first = int(last)


def _sizes(households: int, persons: int, rng: np.random.Generator) -> NDArray[np.int32]:
    """(households,) persons of each, which add up."""
    sizes = np.ones(households, np.int32)
    while sizes.sum() < persons:
        open_to = np.flatnonzero(sizes < _LARGEST_FAMILY)
        chosen = rng.choice(open_to, min(persons - int(sizes.sum()), len(open_to)), replace=False)
        sizes[chosen] += 1
    return sizes


def _write_county(land: Land, stage: Path) -> None:
    """Tables that speak of no household."""
    world, names = land.world, Names(land.world)
    span = np.arange(world.begin, world.end + 1)
    products = tuple(world.farm.products.items())
    product, month = np.repeat(np.arange(len(products)), len(span)), np.tile(span, len(products))
    unit = np.array([each.unit_price for _, each in products])
    told = month < world.end  # a price is known in the month after its own
    product, month = product[told], month[told]
    _save(stage / "prices.parquet", {
        "product": words(product, tuple(name for name, _ in products)), "month": months(month),
        "price": pa.array(np.round(unit[product] * land.price[product, month - first_of(world)], 2)),
        "per": words(product, tuple(each.per for _, each in products)), "known_at": dates(month + 1.2),
    })  # fmt: skip
    villages = np.arange(world.place.villages)
    _save(stage / "villages.parquet", {
        "village": words(villages, names.villages), "township": words(land.township, names.townships),
        "doctor": pa.array(land.doctor.astype(float)), "as_of": dates(np.full(len(villages), world.begin + 0.0)),
        "known_at": dates(np.full(len(villages), world.begin + 0.5)),
    })  # fmt: skip
    _write_projects(land, names, stage)
    _save(stage / "lines.parquet", {
        "region_code": [world.region] * len(world.lines), "valid_from": [step.valid_from for step in world.lines],
        "line": [step.line for step in world.lines], "announced_on": [step.announced_on for step in world.lines],
        "source": [step.source for step in world.lines], "assumed": [float(step.assumed) for step in world.lines],
    })  # fmt: skip


def _write_projects(land: Land, names: Names, stage: Path) -> None:
    """A project's state when the books begin, and whenever it changed."""
    world = land.world
    width = world.end - world.begin + 1
    status = land.project_status[:, land.place(world.begin) :][:, :width]
    changed = np.ones_like(status, dtype=bool)
    changed[:, 1:] = status[:, 1:] != status[:, :-1]
    row, column = np.nonzero(changed)
    month = world.begin + column
    late = np.where(column > 0, 2, 0)  # a quarter's report
    told = month + late + 1 <= world.end
    row, column, month, late = row[told], column[told], month[told], late[told]
    kinds = tuple(world.projects.kinds)
    kind = land.project_kind[row]
    titles = tuple(world.words.projects[name] for name in kinds)
    _save(stage / "projects.parquet", {
        "project_id": project_ids(row), "as_of": dates(month + 0.9), "kind": words(kind, kinds),
        "name": words(kind, titles), "township": words(land.township[land.project_village[row]], names.townships),
        "village": words(land.project_village[row], names.villages), "started_at": months(land.project_begun[row]),
        "status": words(status[row, column].astype(int), ("running", "arrears", "stopped", "failed")),
        "known_at": dates(month + late + 1.3),
    })  # fmt: skip


def _save(path: Path, columns: dict[str, object]) -> None:
    pq.write_table(pa.table(columns), path, compression="zstd")
