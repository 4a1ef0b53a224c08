"""One month of a simulated county, read top to bottom: what happens in it, in this order."""

from __future__ import annotations

import numpy as np

from relapse.data.simulator.help import mend_and_break, reference, support, visit
from relapse.data.simulator.illness import fall_ill
from relapse.data.simulator.jobs import away_jobs, work
from relapse.data.simulator.land import Land
from relapse.data.simulator.life import live
from relapse.data.simulator.log import Log
from relapse.data.simulator.money import Cash, earn
from relapse.data.simulator.procedure import Expected, leave_poverty, proceed
from relapse.data.simulator.state import State, body

_WINDOW = 12


def pass_month(
    state: State, land: Land, month: int, rng: np.random.Generator, log: Log | None, expected: Expected | None = None
) -> Cash:
    """Let a month pass.

    Args:
        state: at the end of the month before; changed in place.
        land: the county, and what comes over it.
        month: that passes.
        rng: of the block and month.
        log: where everything is noted; None on a path that is only tried out.
        expected: of such a path.
    """
    seen = body(state, month, tuple(land.world.people.tracks), away_jobs(land.world))
    persons = state.count(seen.here)
    nothing = np.full(len(state.homes), np.nan)
    told = land.place(month) >= _WINDOW
    needs = reference(state, land, month - 1, persons) if told else (nothing, nothing)

    live(state, land, month, seen, rng, log)
    fall_ill(state, land, month, seen, rng, log)
    work(state, land, month, seen, rng, log)
    mend_and_break(state, land, month, rng, log)
    cash = earn(state, land, month, seen, rng, log)

    visit(state, land, month, needs[1], rng, log)
    proceed(state, land, month, seen, needs, rng, log, expected)
    support(state, land, month, seen, needs[0], rng, log)
    leave_poverty(state, month)
    return cash
