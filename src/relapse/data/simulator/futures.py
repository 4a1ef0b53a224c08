"""The true chance of each outcome: futures of a true state, tried out many times, in which no new epidemic comes."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from relapse.data.simulator.land import Land
from relapse.data.simulator.month import pass_month
from relapse.data.simulator.procedure import Expected
from relapse.data.simulator.state import CATEGORIES, MONITORED, NOT_EXITED, State, ring_sum, size

LEADS = 12
HORIZONS = (1, 3, 6, 12)
_WINDOW = 12
_FUTURES = 7  # stream of randomness


@dataclass(frozen=True, eq=False)
class Chances:
    """Of the households of a block that are at risk of a recognition, (households,) each.

    Args:
        home: places in the block.
        chance: by outcome and horizon, such as ("any", 6).
    """

    home: NDArray[np.intp]
    chance: dict[tuple[str, int], NDArray[np.float64]]


def try_out(state: State, land: Land, origin: int, paths: int, seed: tuple[int, int]) -> Chances:
    """Chances within 1, 3, 6 and 12 months of a recognition of each kind, and of a fall below the line.

    A recognition's chance is the mean over the paths of its chance given the path; a fall below the line is counted.
    NaN for the fall of a household that is below the line already.

    Args:
        state: true, at the end of the origin.
        land: the county.
        origin: month of the forecast.
        paths: futures that are tried out.
        seed: of the county, and the block's number.
    """
    homes = len(state.homes)
    entered = np.zeros((homes, len(CATEGORIES), LEADS))
    fell = np.zeros((homes, LEADS))
    now_below = _below(state, land, origin)
    for path in range(paths):
        future = land.future(origin, np.random.default_rng([seed[0], _FUTURES, origin, path]))
        trial, expected = state.copy(), Expected(entered, np.ones(homes), origin)
        expected.left[state.homes.status == MONITORED] = 0
        rng = np.random.default_rng([seed[0], _FUTURES, origin, path, seed[1]])
        below = np.zeros(homes, dtype=bool)
        for lead in range(LEADS):
            pass_month(trial, future, origin + 1 + lead, rng, None, expected)
            below |= _below(trial, future, origin + 1 + lead)
            fell[:, lead] += below
    at_risk = np.flatnonzero(
        (state.homes.status != MONITORED)
        & (state.homes.kind != NOT_EXITED)
        & state.homes.on_books
        & (size(state, origin) > 0)
    )
    chance: dict[tuple[str, int], NDArray[np.float64]] = {}
    for horizon in HORIZONS:
        within = entered[at_risk, :, :horizon].sum(axis=2) / paths
        chance |= {(name, horizon): within[:, place] for place, name in enumerate(CATEGORIES)}
        chance["any", horizon] = within.sum(axis=1)
        falls = fell[at_risk, horizon - 1] / paths
        chance["below_line", horizon] = np.where(now_below[at_risk], np.nan, falls)
    return Chances(at_risk, chance)


def _below(state: State, land: Land, month: int) -> NDArray[np.bool_]:
    """(households,) whose income as they tell it is below the line over the twelve months that end with a month."""
    persons = size(state, month)
    income = ring_sum(state.homes.net, month, _WINDOW) * state.homes.told_share
    line = float(land.line[land.place(month)])
    return (persons > 0) & (income < line * np.maximum(persons, 1))
