"""What the office learns changes nothing of what happens."""

from __future__ import annotations

import numpy as np

from relapse.data.simulator.log import Log
from relapse.data.simulator.settings import month_of
from simulated_counties import block, differing, land_of, pass_until

TELLING = ["people.job_known"]  # when a spell was told: of the books, not of what happens


def test_with_and_without_a_log__the_same_happens(world):
    land = land_of(world)
    last = month_of("2021-12")
    noted = pass_until(block(world, land, 250), land, last, log=Log(np.random.default_rng(1)))
    silent = pass_until(block(world, land, 250), land, last)
    assert set(differing(noted, silent)) <= set(TELLING)
    assert (noted.homes.status != 0).sum() > 5


def test_other_reports__of_the_same_happenings(world):
    land = land_of(world)
    last = month_of("2020-12")
    one = pass_until(block(world, land, 150), land, last, log=Log(np.random.default_rng(1)))
    other = pass_until(block(world, land, 150), land, last, log=Log(np.random.default_rng(2)))
    assert set(differing(one, other)) <= set(TELLING)


def test_other_happenings__differ(world):
    land = land_of(world)
    last = month_of("2018-12")
    one, other = (pass_until(block(world, land, 150), land, last, seed=seed) for seed in (1, 2))
    assert "homes.net" in differing(one, other)
