"""One small simulated county, made once."""

from __future__ import annotations

import pytest

from relapse.data.simulator.settings import World, month_of
from relapse.data.simulator.simulate import simulate
from simulated_counties import Made, world_of


@pytest.fixture(scope="session")
def world() -> World:
    return world_of()


@pytest.fixture(scope="session")
def small(world: World, tmp_path_factory: pytest.TempPathFactory) -> Made:
    """A whole county of 400 exited households, with the truth at two months; nobody changes it."""
    folder = tmp_path_factory.mktemp("county") / "yi"
    truth = folder.with_name("yi.truth")
    simulate(world, 400, 7, folder, truth, [month_of("2020-09"), month_of("2022-06")], paths=4)
    return Made(world, folder, truth)
