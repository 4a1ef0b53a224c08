"""A month of help: visits within the office's capacity, measures that answer need and end, houses and water mended."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from relapse.data.simulator.clock import season
from relapse.data.simulator.illness import push
from relapse.data.simulator.land import Land
from relapse.data.simulator.log import Log
from relapse.data.simulator.settings import Measure, month_of
from relapse.data.simulator.state import (
    EXITED,
    FREE,
    MONITORED,
    NOT_EXITED,
    TROUBLE,
    Body,
    State,
    ring_sum,
)

_RAINY = (6, 7)  # July and August
_REST = 6  # months for which a household that was visited is not visited again
_PUSHED = 3  # months for which a push calls for a visit
_NEAR = 1.25  # of the line: a visit sees a household that is nearer than that as at risk
_ALREADY = 0.3  # share of the visits whose verdict is not clear or that met nobody, half of each
Rows = NDArray[np.intp]


def mend_and_break(state: State, land: Land, month: int, rng: np.random.Generator, log: Log | None) -> None:
    """Houses and water supplies that break, and that are mended.

    Args:
        state: changed in place.
        land: the county.
        month: that passes.
        rng: of the block and month.
        log: None where nothing is noted.
    """
    homes, house = state.homes, land.world.house
    chance = house.worse_year / 12 * (3 if season(month) in _RAINY else 0.6)
    broken = np.flatnonzero((homes.grade < 2) & (rng.random(len(homes)) < chance))
    homes.grade[broken] = 2 + (rng.random(len(broken)) < 0.3)
    homes.last[broken, TROUBLE["housing"]] = month
    mended = np.flatnonzero((homes.grade >= 2) & (rng.random(len(homes)) < house.repaired))
    homes.grade[mended] = 0
    dry = np.flatnonzero(homes.water & (rng.random(len(homes)) < house.water_year / 12))
    homes.water[dry] = False
    homes.last[dry, TROUBLE["water"]] = month
    wet = np.flatnonzero(~homes.water & (rng.random(len(homes)) < house.water_mended))
    homes.water[wet] = True
    for rows, kind, trouble in ((broken, "house_damage", "housing"), (dry, "water_cut", "water")):
        push(state, land, rows, trouble, month + 1, rng, log)
        if log is None:
            continue
        told = rows[homes.ledger[rows]]
        happened = log.days(month, len(told))
        log.add("events", told, kind=kind, happened=happened, known=happened + 0.5 + 0.5 * log.rng.random(len(told)))
    if log is not None:
        repaired = mended[homes.ledger[mended]]
        log.add("measures", repaired, kind="housing", item="house_repair", first=float(month), known=month + 1.0)


def visit(
    state: State, land: Land, month: int, needs: NDArray[np.floating], rng: np.random.Generator, log: Log | None
) -> None:
    """Visits as offices choose them today: who was pushed, then who is nearest to the line; what they find is helped.

    Args:
        state: changed in place.
        land: the county.
        month: that passes.
        needs: (households,) logarithm of the reference income over the line, NaN before it can be told.
        rng: of the block and month.
        log: None where nothing is noted.
    """
    homes, settings = state.homes, land.world.help
    since = int(land.epidemic[land.place(month)])
    if month < month_of(settings.begins) or since in (0, 1):
        return
    exited = int((homes.kind == EXITED).sum())
    capacity = settings.visits_per_thousand * exited / 1000
    count = int(capacity) + int(rng.random() < capacity % 1)
    open_to = (
        (homes.status != MONITORED) & (month - homes.visited > _REST) & homes.on_books & (homes.kind != NOT_EXITED)
    )
    believed = np.nan_to_num(needs, nan=1.0) + 0.15 * rng.standard_normal(len(homes), dtype=np.float32)
    order = believed - 5.0 * (month - homes.pushed <= _PUSHED) + 1.0 * ~homes.ledger
    order = np.where(open_to, order, np.inf)
    count = min(count, int(open_to.sum()))
    if count == 0:
        return
    chosen = np.argpartition(order, count - 1)[:count]
    homes.visited[chosen] = month
    troubled = (month - homes.last[chosen].max(axis=1)) <= 3
    at_risk = (np.nan_to_num(needs[chosen], nan=1.0) < np.log(_NEAR)) | troubled
    found = at_risk & (rng.random(count) < settings.finds)
    helped = chosen[found & (rng.random(count) < settings.helps)]
    give(state, land, month, helped, rng, log)
    if log is not None:
        vague = log.rng.random(count)
        verdict = np.where(vague < _ALREADY / 2, 2, np.where(vague < _ALREADY, 3, np.where(found, 0, 1)))
        when = log.days(month, count)
        log.add(
            "visits", chosen, visited=when, verdict=(verdict, ("at_risk", "no_risk", "unclear", "not_met")),
            known=when + log.rng.random(count) * 0.7,
        )  # fmt: skip


def support(
    state: State,
    land: Land,
    month: int,
    seen: Body,
    needs: NDArray[np.floating],
    rng: np.random.Generator,
    log: Log | None,
) -> None:
    """Measures for those monitored, and allowances that begin in need and end after it."""
    homes, settings = state.homes, land.world.help
    without = (homes.status == MONITORED) & (homes.help_until <= month)
    waiting = np.flatnonzero(without)
    give(state, land, month, waiting[rng.random(len(waiting)) < settings.monitored_measures], rng, log)
    transfers = land.world.transfers
    below = np.nan_to_num(needs, nan=9.0) < np.log(transfers.allowance_below)
    weak = ~state.any(seen.able)
    poor = np.flatnonzero(below & weak & (homes.allowance == 0) & ~homes.support)
    asks = np.where(homes.status[poor] == MONITORED, 3, 1) * transfers.allowance_begins
    new = poor[rng.random(len(poor)) < asks]
    homes.allowance[new] = np.clip(state.count(seen.here)[new], 1, 2)
    has = np.flatnonzero(homes.allowance > 0)
    rich = np.nan_to_num(needs[has], nan=0.0) > np.log(2)
    gone = has[rng.random(len(has)) < np.where(rich, transfers.allowance_ends, transfers.allowance_ends / 10)]
    homes.allowance[gone] = 0
    if log is not None:
        for rows, last in ((new, np.nan), (gone, float(month))):
            told = rows[homes.ledger[rows]]
            begun = np.full(len(told), float(month)) if np.isnan(last) else np.full(len(told), np.nan)
            if np.isnan(last):
                log.add("measures", told, kind="support", item="allowance", first=begun, known=month + 1.0)
            else:
                log.add("allowance_ends", told, last=np.full(len(told), last))


def give(state: State, land: Land, month: int, who: Rows, rng: np.random.Generator, log: Log | None) -> None:
    """A measure for some households, one that suits their labour."""
    if len(who) == 0:
        return
    homes = state.homes
    measures = tuple(land.world.help.measures.values())
    labour = state.any(state.people.here(month) & (state.people.job >= -1) & (state.people.age(month) < 65))[who]
    weights = np.array([[each.share if each.labour == has else 0.0 for each in measures] for has in (False, True)])
    weights[1] += 0.3 * np.array([0 if each.labour else each.share for each in measures])
    weights = (weights / weights.sum(axis=1, keepdims=True)).cumsum(axis=1)
    drawn = (rng.random(len(who))[:, None] > weights[labour.astype(int)]).sum(axis=1).clip(0, len(measures) - 1)
    for place, measure in enumerate(measures):
        mine = who[drawn == place]
        months = rng.integers(measure.months[0], measure.months[1] + 1, len(mine))
        homes.helped[mine] = measure.monthly
        homes.help_until[mine] = month + 1 + months
        if log is not None:
            _tell(state, log, mine, measure, month, month + months)


def _tell(state: State, log: Log, who: Rows, measure: Measure, month: int, last: NDArray[np.integer]) -> None:
    told = state.homes.ledger[who] | (state.homes.status[who] == MONITORED)
    count = int(told.sum())
    log.add(
        "measures", who[told], kind=measure.kind, item=measure.item, first=np.full(count, float(month + 1)),
        last=last[told].astype(np.float64), amount=np.full(count, measure.once or 12 * measure.monthly),
        known=month + 1 + log.rng.random(count),
    )  # fmt: skip


def reference(
    state: State, land: Land, month: int, persons: NDArray[np.floating]
) -> tuple[NDArray[np.float64], NDArray[np.float64]]:
    """(households,) each: logarithm over the line of net income, and of that with payouts less own cost.

    Of the twelve months that end with a month, per person; NaN where nobody lives there.
    """
    homes = state.homes
    line = float(land.line[land.place(month)])
    people = np.where(persons > 0, persons, np.nan)
    net = ring_sum(homes.net, month, 12) / people
    after = net + (ring_sum(homes.payout, month, 12) - ring_sum(homes.own, month, 12)) / people
    with np.errstate(invalid="ignore"):
        return np.log(np.maximum(net / line, 0.02)), np.log(np.maximum(after / line, 0.02))


def free(state: State) -> NDArray[np.bool_]:
    """(households,) that can be recognised."""
    return np.asarray((state.homes.status == FREE) & (state.homes.kind != NOT_EXITED))


def begin_industry(state: State, land: Land, month: int, rng: np.random.Generator, log: Log) -> None:
    """Measures that run when the books begin."""
    homes = state.homes
    has = np.flatnonzero((homes.kind == EXITED) & (rng.random(len(homes)) < land.world.help.industry_share))
    begun = month - rng.integers(1, 40, len(has))
    log.add(
        "measures", has, kind="industry", item=(rng.integers(0, 3, len(has)), ("planting", "animals", "shares")),
        first=begun.astype(np.float64), known=np.full(len(has), float(month)),
    )  # fmt: skip
