"""Small simulated counties for tests: whole ones, and single blocks of households month by month."""

from __future__ import annotations

from dataclasses import dataclass, fields, replace
from pathlib import Path

import numpy as np
import pandas as pd

from relapse import config
from relapse.data.simulated_county import SimulatedCounty
from relapse.data.simulator.begin import begin
from relapse.data.simulator.land import Land, first_of, make_land
from relapse.data.simulator.log import Log
from relapse.data.simulator.month import pass_month
from relapse.data.simulator.settings import World
from relapse.data.simulator.simulate import plans
from relapse.data.simulator.state import State


@dataclass(frozen=True)
class Made:
    """A county that was made, and where."""

    world: World
    folder: Path
    truth: Path

    def table(self, name: str) -> pd.DataFrame:
        return pd.read_parquet(self.folder / f"{name}.parquet")


def county(name: str = "yi_2020", **settings: object) -> SimulatedCounty:
    made: SimulatedCounty = config.option("data", name, **{"path": "nowhere", **settings})
    return made


def world_of(name: str = "yi_2020") -> World:
    return county(name).world


def foreseen(world: World) -> World:
    """Nothing unforeseen comes over the whole county: no epidemic, lines and rounds told long before."""
    early = "2015-01-01"
    sweeps = tuple(replace(sweep, announced_on=early) for sweep in world.procedure.sweeps)
    return replace(
        world,
        lines=tuple(replace(step, announced_on=early) for step in world.lines),
        epidemic=replace(world.epidemic, begins=None),
        procedure=replace(world.procedure, sweeps=sweeps),
    )


def land_of(world: World, seed: int = 3) -> Land:
    return make_land(world, np.random.default_rng(seed))


def block(world: World, land: Land, households: int, seed: int = 5) -> State:
    """The first state of a small county that is one block."""
    plan = next(plans(world, households, np.random.default_rng(seed)))
    return begin(land, plan, np.random.default_rng(seed))


def pass_until(
    state: State, land: Land, last: int, seed: int = 11, log: Log | None = None, first: int | None = None
) -> State:
    """Let months pass up to and with the last; each has its own randomness."""
    for month in range(first_of(land.world) if first is None else first, last + 1):
        pass_month(state, land, month, np.random.default_rng([seed, month]), log)
    return state


def differing(one: State, other: State) -> list[str]:
    """Names of the arrays in which two states differ."""
    return [
        f"{part}.{each.name}"
        for part in ("homes", "people")
        for each in fields(getattr(one, part))
        if not np.array_equal(
            getattr(getattr(one, part), each.name),
            getattr(getattr(other, part), each.name),
            equal_nan=getattr(getattr(one, part), each.name).dtype.kind == "f",
        )
    ]
