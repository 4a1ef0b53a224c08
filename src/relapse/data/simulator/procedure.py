"""A month of the official procedure: who is noticed, decided upon, recognised, removed and taken back.

A future that is only tried out does not draw who is noticed: it adds up the chance of it along the path, so that a few
paths give a steady chance (the expectation over the last draw is taken exactly).
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from relapse.data.simulator.clock import NEVER, season
from relapse.data.simulator.help import free
from relapse.data.simulator.land import Land
from relapse.data.simulator.log import Log
from relapse.data.simulator.settings import KINDS, Procedure, month_of
from relapse.data.simulator.state import (
    CATEGORIES,
    EDGE,
    FREE,
    IN_PROCEDURE,
    MONITORED,
    NOT_EXITED,
    ORDINARY,
    SUDDEN,
    TROUBLE,
    TROUBLES,
    UNSTABLE,
    Body,
    State,
    ring_sum,
)

_FOUNDING = 3  # months in which those below the line at the begin of recognitions are taken in
_TROUBLED = 12  # months for which a trouble explains why a household is below the line
_DECEMBER = 11
_RISES = 0.05  # above the line by which income must be for a removal, our assumption
_DEATH_MERGER = 0.03  # share of the removals that are natural, our assumption
CAUSES = (
    "illness", "disability", "accident", "job", "industry", "disaster", "schooling", "housing", "water", "no_labour",
    "other",
)  # fmt: skip
_CAUSE_OF = {name: CAUSES.index(name) for name in TROUBLES if name in CAUSES} | {
    "death": CAUSES.index("no_labour"), "dividend": CAUSES.index("industry"),
}  # fmt: skip


@dataclass(eq=False)
class Expected:
    """Chances along tried-out futures.

    Args:
        entered: (households, categories, leads) summed chance of a first recognition in each month ahead.
        left: (households,) chance of none so far on this path.
        origin: month of the forecast.
    """

    entered: NDArray[np.float64]
    left: NDArray[np.float64]
    origin: int


def proceed(
    state: State, land: Land, month: int, seen: Body, needs: tuple[NDArray[np.floating], NDArray[np.floating]],
    rng: np.random.Generator, log: Log | None, expected: Expected | None,
) -> None:  # fmt: skip
    """Notice, decide, remove, reopen.

    Args:
        state: changed in place.
        land: the county.
        month: that passes.
        seen: people in it.
        needs: (households,) each: logarithms over the line of net and of reference income of the window that ends with
            the month before.
        rng: of the block and month.
        log: None where nothing is noted.
        expected: where chances are added up instead of drawn; None where recognitions are drawn.
    """
    settings = land.world.procedure
    if month < month_of(settings.begins):
        return
    low, sudden = notice_chances(state, land, month, needs)
    if expected is not None:
        _expect(state, settings, month, low, sudden, expected)
    else:
        _notice(state, settings, month, low, sudden, rng)
    _decide(state, land, month, seen, np.isnan(needs[0]), rng, log, expected)
    _remove(state, land, month, seen, needs[0], rng, log)


def notice_chances(
    state: State, land: Land, month: int, needs: tuple[NDArray[np.floating], NDArray[np.floating]]
) -> tuple[NDArray[np.float64], NDArray[np.float64]]:
    """(households,) each: chance to be noticed this month as below the line, and as in sudden difficulty."""
    homes, settings = state.homes, land.world.procedure
    net, after = needs
    told = ~np.isnan(net)
    net, after = np.nan_to_num(net, nan=9.0), np.nan_to_num(after, nan=9.0)
    below = 1 / (1 + np.exp(np.clip(after / settings.blur, -50, 50)))
    newest = homes.last.max(axis=1)
    troubled = (month - newest) <= _TROUBLED
    founding = month < month_of(settings.begins) + _FOUNDING
    noticed = np.array([settings.notices[name] for name in KINDS])[homes.kind]
    rate = np.where(troubled, 1.0, settings.settled) * noticed
    rate = np.maximum(rate, settings.founding / _FOUNDING * noticed / noticed.max()) if founding else rate
    unmet = (homes.grade >= 2) | ~homes.water | ((month - homes.last[:, TROUBLE["schooling"]]) <= 1)
    low = below * rate + unmet * settings.unmet * (net < np.log(2))
    burden = _burden(state, month)
    over = 1 / (1 + np.exp(np.clip(-(burden - settings.burden[0]) / settings.burden[1], -50, 50)))
    recent = (month - newest) <= 5
    sudden = over * settings.sudden_notices * (net < np.log(settings.sudden_above)) * recent
    sudden = sudden if month >= month_of(settings.sudden_begins) else np.zeros_like(sudden)
    times = _attention(state, land, month)
    can = free(state) & told
    low, sudden = np.where(can, low * times, 0), np.where(can, sudden * times, 0)
    total = np.maximum(low + sudden, 1)
    return low / total, sudden / total


def _burden(state: State, month: int) -> NDArray[np.float64]:
    """(households,) own cost and losses of six months, less payouts, as a share of a year's income."""
    homes = state.homes
    cost = ring_sum(homes.own, month, 6) + ring_sum(homes.loss, month, 6) - ring_sum(homes.payout, month, 6)
    income = np.maximum(ring_sum(homes.net, month, 12), 4000)
    return np.asarray(cost / income, dtype=np.float64)


def _attention(state: State, land: Land, month: int) -> NDArray[np.float64]:
    """(households,) by how much likelier a notice is this month."""
    homes, settings = state.homes, land.world.procedure
    since = int(land.epidemic[land.place(month)])
    times = np.full(len(homes), land.attention[land.place(month)])
    if since >= 0:
        times *= land.world.epidemic.recognitions[since]
    times *= np.where(homes.visited == month, settings.visited, 1)
    times *= np.where((month - homes.pushed >= 0) & (month - homes.pushed <= 2), settings.pushed, 1)
    times *= np.where(homes.spells > 0, settings.again, 1)
    times *= np.where(homes.excluded, 0.15, 1)
    return times


def _notice(
    state: State,
    settings: Procedure,
    month: int,
    low: NDArray[np.floating],
    sudden: NDArray[np.floating],
    rng: np.random.Generator,
) -> None:
    homes = state.homes
    drawn = rng.random(len(homes))
    noticed = np.flatnonzero(drawn < low + sudden)
    takes = np.array(settings.takes) / sum(settings.takes)
    homes.status[noticed] = IN_PROCEDURE
    homes.decided[noticed] = month + rng.choice(len(takes), len(noticed), p=takes)
    own = np.where(homes.kind[noticed] == ORDINARY, EDGE, UNSTABLE)
    homes.category[noticed] = np.where(drawn[noticed] < low[noticed], own, SUDDEN)


def _expect(
    state: State,
    settings: Procedure,
    month: int,
    low: NDArray[np.floating],
    sudden: NDArray[np.floating],
    expected: Expected,
) -> None:
    homes, takes = state.homes, np.array(settings.takes) / sum(settings.takes)
    own = np.where(homes.kind == ORDINARY, EDGE, UNSTABLE)
    leads = expected.entered.shape[2]
    for category, chance in ((own, low), (np.full(len(homes), SUDDEN), sudden)):
        added = expected.left * chance * (1 - settings.refused)
        for months, share in enumerate(takes):
            lead = month + months - expected.origin - 1
            if 0 <= lead < leads:
                np.add.at(expected.entered[:, :, lead], (np.arange(len(homes)), category), added * share)
    expected.left *= 1 - (low + sudden) * (1 - settings.refused)


def _decide(
    state: State,
    land: Land,
    month: int,
    seen: Body,
    nobody: NDArray[np.bool_],
    rng: np.random.Generator,
    log: Log | None,
    expected: Expected | None,
) -> None:
    """Procedures that end this month: refused, or recognised; nothing is recognised where nobody lives any more."""
    homes, settings = state.homes, land.world.procedure
    due = np.flatnonzero((homes.status == IN_PROCEDURE) & (homes.decided <= month))
    if expected is not None:
        lead = month - expected.origin - 1
        if 0 <= lead < expected.entered.shape[2]:
            chance = expected.left[due] * (1 - settings.refused) * ~nobody[due]
            np.add.at(expected.entered[:, :, lead], (due, homes.category[due]), chance)
            expected.left[due] *= settings.refused
        homes.status[due] = FREE
        return
    refused = (rng.random(len(due)) < settings.refused) | nobody[due]
    homes.status[due[refused]], homes.decided[due[refused]] = FREE, NEVER
    new = due[~refused]
    homes.status[new], homes.since[new], homes.decided[new] = MONITORED, month, NEVER
    homes.help_until[new] = np.minimum(homes.help_until[new], month)  # measures on the risk begin anew
    homes.cause[new] = _causes(state, settings, new, month, seen)
    homes.on_books[new] = True
    if log is not None:
        second = np.where(log.rng.random(len(new)) < settings.second_cause, _second(state, new, month, seen), -1)
        log.add(
            "recognitions", new, category=(homes.category[new].astype(np.int64), CATEGORIES),
            since=np.full(len(new), float(month)), cause_1=(homes.cause[new].astype(np.int64), CAUSES),
            cause_2=(second, CAUSES), known=month + 0.97 + log.late(land.world.reporting.recognitions_late, len(new)),
        )  # fmt: skip


def _causes(state: State, settings: Procedure, rows: NDArray[np.intp], month: int, seen: Body) -> NDArray[np.int8]:
    """(rows,) the first cause: the newest grave trouble within a year, else what the household lacks."""
    newest = state.homes.last[rows]
    weight = np.where(month - newest <= _TROUBLED, 24 - (month - newest), 0).astype(np.float64)
    for name, times in settings.gravity.items():
        weight[:, TROUBLE[name]] *= times
    place = weight.argmax(axis=1)
    told = np.array([_CAUSE_OF[name] for name in TROUBLES])[place]
    lasting = _lacking(state, rows, month, seen)
    heavy = np.where(
        np.isin(lasting, [CAUSES.index(name) for name in ("disability", "no_labour")]), settings.lasting, 0
    )
    return np.where(weight.max(axis=1) > heavy, told, lasting).astype(np.int8)


def _second(state: State, rows: NDArray[np.intp], month: int, seen: Body) -> NDArray[np.int64]:
    """(rows,) a second cause, -1 where it would be the first again."""
    second = _lacking(state, rows, month, seen)
    return np.where(second == state.homes.cause[rows], -1, second)


def _lacking(state: State, rows: NDArray[np.intp], month: int, seen: Body) -> NDArray[np.int64]:
    """(rows,) what weighs on a household without any new trouble."""
    people = state.people
    place = np.full(len(state.homes), -1)
    place[rows] = np.arange(len(rows))
    who = np.flatnonzero((place[people.home] >= 0) & seen.here)

    def somebody(marked: NDArray[np.bool_]) -> NDArray[np.bool_]:
        found = np.zeros(len(rows), dtype=bool)
        found[place[people.home[who[marked]]]] = True
        return found

    disabled = somebody((people.grade[who] > 0) & (people.grade[who] <= 2))
    sick = somebody(people.chronic[who] | (month < people.ill_until[who]))
    labour, students = somebody(seen.able[who]), somebody(seen.school[who] >= 4)
    works = somebody(people.job[who] >= 0)
    found = np.select(
        [disabled, ~labour & ~sick, students, sick, ~labour, ~works],
        [CAUSES.index(name) for name in ("disability", "no_labour", "schooling", "illness", "no_labour", "job")],
        CAUSES.index("other"),
    )
    return found.astype(np.int64)


def _remove(
    state: State,
    land: Land,
    month: int,
    seen: Body,
    net: NDArray[np.floating],
    rng: np.random.Generator,
    log: Log | None,
) -> None:
    homes, settings = state.homes, land.world.procedure
    monitored = homes.status == MONITORED
    rate = np.array([settings.removed[name] for name in CATEGORIES])[homes.category]
    rate = np.where(state.any(seen.able | seen.weak), rate, settings.removed["no_labour"])
    rate = rate * settings.removal_months[season(month)] / (sum(settings.removal_months) / 12)
    stable = np.nan_to_num(net, nan=0.0) > _RISES
    ready = (month - homes.since >= settings.months_before_removal) & (homes.help_until > homes.since + 1)  # was helped
    nobody = np.isnan(net)
    gone = np.flatnonzero(monitored & (nobody | (ready & stable & (rng.random(len(homes)) < rate))))
    homes.status[gone], homes.removed[gone] = FREE, month
    homes.spells[gone] += 1
    reopened = (homes.status == FREE) & (homes.spells > 0) & (month - homes.removed < 24) & (month > homes.removed)
    back = np.flatnonzero(
        reopened & (np.nan_to_num(net, nan=0.0) < _RISES) & (rng.random(len(homes)) < settings.reopened_year / 12 * 4)
    )
    homes.status[back] = MONITORED
    homes.spells[back] -= 1
    if log is not None:
        how = (nobody[gone] | (log.rng.random(len(gone)) < _DEATH_MERGER)).astype(np.int64)
        log.add(
            "removals", gone, since=homes.since[gone].astype(np.float64), removed=np.full(len(gone), float(month)),
            how=(how, ("helped", "natural")),
            known=month + 0.97 + log.late(land.world.reporting.recognitions_late, len(gone)),
        )  # fmt: skip
        log.add(
            "reopenings", back, since=homes.since[back].astype(np.float64), reopened=np.full(len(back), float(month)),
            known=month + 0.97,
        )  # fmt: skip


def leave_poverty(state: State, month: int) -> None:
    """Whoever was not out of poverty leaves it at the end of 2020, as all of them did."""
    homes = state.homes
    if month == 2020 * 12 + _DECEMBER:
        homes.exit_year[homes.kind == NOT_EXITED] = month // 12
        homes.kind[homes.kind == NOT_EXITED] = 1
