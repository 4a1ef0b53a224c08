"""The true chances: nothing of what then really came is in them, and what came agrees with them."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pandas as pd
import pytest
from scipy import stats

from relapse.data.simulator.futures import try_out
from relapse.data.simulator.land import Land
from relapse.data.simulator.settings import month_of
from relapse.data.simulator.simulate import simulate
from relapse.data.simulator.truth import read_truth
from simulated_counties import block, differing, foreseen, land_of, pass_until

ORIGIN = month_of("2021-03")


def other_days(land: Land, origin: int) -> Land:
    """The same county up to an origin; after it all comes otherwise: prices, harvests, projects, an epidemic."""
    kept = land.place(origin) + 1
    changed = {name: getattr(land, name).copy() for name in ("price", "harvest", "project_status", "epidemic")}
    changed["price"][:, kept:] *= 0.3
    changed["harvest"][:, kept:] = 0.9
    changed["project_status"][:, kept:] = 3
    changed["epidemic"][kept:] = 0
    return replace(land, **changed)


def test_chances__know_nothing_of_what_comes_after_the_origin(world):
    land = land_of(world)
    state = pass_until(block(world, land, 200), land, ORIGIN)
    before = state.copy()
    told = try_out(state, land, ORIGIN, 3, (1, 0))
    again = try_out(state, other_days(land, ORIGIN), ORIGIN, 3, (1, 0))
    assert not differing(state, before), "trying out changes no household"
    np.testing.assert_array_equal(told.home, again.home)
    for key, chance in told.chance.items():
        np.testing.assert_array_equal(chance, again.chance[key], err_msg=str(key))


def test_lines_and_rounds__count_as_far_as_they_were_announced(world):
    origin = month_of("2022-02")
    later = replace(
        world,
        lines=tuple(step if step.announced_on < "2022-03" else replace(step, line=30_000) for step in world.lines),
        procedure=replace(
            world.procedure,
            sweeps=tuple(
                replace(sweep, times=9) if sweep.announced_on > "2022-03" else sweep for sweep in world.procedure.sweeps
            ),
        ),
    )
    chances = []
    for each in (world, later):
        land = land_of(each)
        state = pass_until(block(each, land, 150), land, origin)
        chances.append(try_out(state, land, origin, 2, (1, 0)).chance)
    for key, chance in chances[0].items():
        np.testing.assert_array_equal(chance, chances[1][key], err_msg=str(key))


def test_an_epidemic__is_not_foreseen_but_goes_on_once_it_came(world):
    assert world.epidemic.begins is not None
    begins = month_of(world.epidemic.begins)
    land = land_of(world)
    rng = np.random.default_rng(1)
    assert (land.future(begins - 1, rng).epidemic == -1).all()
    np.testing.assert_array_equal(land.future(begins, rng).epidemic, land.epidemic)


@pytest.mark.slow
@pytest.mark.parametrize("seed", [1, 2])
def test_what_came__agrees_with_the_true_chances(world, tmp_path, seed):
    """Sums of the chances of a recognition within a year against the recognitions of that year.

    Nothing unforeseen comes (no epidemic, lines and rounds announced long before), and the years do not overlap.
    """
    told = foreseen(world)
    origins = ["2020-10", "2021-10", "2022-10", "2023-10"]
    simulate(told, 700, seed, tmp_path / "yi", tmp_path / "truth", [month_of(text) for text in origins], paths=4)
    chances = read_truth(tmp_path / "truth").to_pandas()
    rows = pd.read_parquet(tmp_path / "yi" / "recognitions.parquet").astype({"recognised_at": str})
    rows["since"] = rows["recognised_at"].map(month_of)
    observed, expected = 0, 0.0
    for origin, part in chances.groupby(chances["origin"].astype(str)):
        first = month_of(origin)
        came = rows[(rows["since"] > first) & (rows["since"] <= first + 12)]
        observed += int(part["household_id"].isin(came["household_id"]).sum())
        expected += float(part["any_12"].sum())
    low, high = stats.poisson.interval(0.95, expected)
    assert expected > 60
    assert low <= observed <= high, f"{observed} came, {expected:.1f} were expected"
