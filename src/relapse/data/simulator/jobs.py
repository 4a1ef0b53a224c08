"""A month of work for a wage: spells begin and end, migrants come home for the festival, an epidemic keeps them."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from relapse.data.simulator.clock import NEVER, festival_months, fraction_of_date, growth, season
from relapse.data.simulator.illness import push
from relapse.data.simulator.land import RUNNING, Land
from relapse.data.simulator.log import Log
from relapse.data.simulator.settings import Job, World
from relapse.data.simulator.state import EXITED, ORDINARY, TROUBLE, Body, State, places

AWAY_PLACES = ("prefecture", "province", "outside", "abroad")
_A_DAY = 0.07  # and somewhat more, of a month: an end is told after its begin
_RAISE = 2  # March: wages of running spells follow the market
_WAGE_LEVEL = 0.6  # of the household's permanent component that shows in a member's wage, our assumption
Rows = NDArray[np.intp]


def away_jobs(world: World) -> NDArray[np.bool_]:
    """(jobs,) which are away from home; the last entry stands for no job."""
    return np.array([job.place in AWAY_PLACES for job in world.work.jobs.values()] + [False])


def work(state: State, land: Land, month: int, seen: Body, rng: np.random.Generator, log: Log | None) -> None:
    """Spells that end and begin.

    Args:
        state: changed in place.
        land: the county.
        month: that passes.
        seen: people at its begin; who is away is brought up to date.
        rng: of the block and month.
        log: None where nothing is noted.
    """
    _end(state, land, month, seen, rng, log)
    _festival(state, land, month, seen, rng, log)
    _return(state, land, month, seen, log)
    _start(state, land, month, seen, rng, log)
    if season(month) == _RAISE:
        running = state.people.job >= 0
        state.people.wage[running] *= np.float32(1 + land.world.work.growth_year)
    seen.away = seen.here & (state.people.job >= 0) & away_jobs(land.world)[state.people.job]


def wages(state: State, land: Land, month: int, seen: Body) -> NDArray[np.float32]:
    """(households,) yuan that come in as wages in a month: settled by season, less what was not worked."""
    people, world = state.people, land.world
    active = np.flatnonzero(seen.here & (people.job >= 0))
    share = np.ones(len(active))
    begun_now = (people.job_since[active] == month) & ~np.isnan(people.back[active])
    share[begun_now] = 1 - (people.back[active][begun_now] % 1)
    since = int(land.epidemic[land.place(month)])
    if since >= 0:
        away = seen.away[active]
        epidemic = world.epidemic
        for mask, factors in ((away, epidemic.wage), (~away, epidemic.local)):
            share[mask] *= factors[since] if since < len(factors) else 1
    terms = np.array([job.weak for job in world.work.jobs.values()])[people.job[active]]
    settled = np.where(terms, 1.0, world.work.received[season(month)] / (sum(world.work.received) / 12))
    paid = people.wage[active] * share * settled
    total = np.bincount(people.home[active], weights=paid, minlength=len(state.homes))
    return total.astype(np.float32)


def _end(state: State, land: Land, month: int, seen: Body, rng: np.random.Generator, log: Log | None) -> None:
    people, settings = state.people, land.world.work
    working = np.flatnonzero(seen.here & (people.job >= 0))
    job = people.job[working]
    ends = np.array([each.end for each in settings.jobs.values()])[job]
    last_age = np.array([each.ages[1] if each.weak else np.inf for each in settings.jobs.values()])[job]
    unable = ~(seen.able[working] | seen.weak[working])
    random = rng.random(len(working), dtype=np.float32) < ends
    planned = (people.job_end[working] <= month) | (seen.age[working] >= last_age)
    unpaid = rng.random(len(working), dtype=np.float32) < settings.unpaid_year / 12
    over = working[random | planned | unable | unpaid]
    fired = working[random]
    laid_off = fired[rng.random(len(fired)) < settings.laid_off]
    cheated = working[unpaid]
    homes = state.homes
    np.add.at(
        homes.loss[places(month)], people.home[cheated], people.wage[cheated] * np.float32(settings.unpaid_months)
    )
    homes.last[people.home[np.r_[laid_off, cheated]], TROUBLE["job"]] = month
    quiet = people.job_told[over] <= month  # an end that was told at the begin is no news
    finish(state, land, month, over[~quiet], log)
    finish(state, land, month, over[quiet], None)
    people.back[over] = np.nan
    for who, kind in ((laid_off, "job_loss"), (cheated, "wage_unpaid")):
        of_registered = who[homes.ledger[people.home[who]]]
        named = push(state, land, people.home[of_registered], "job", month + 1, rng, log)
        if log is not None:
            told = of_registered[np.isin(people.home[of_registered], named)]
            happened = log.days(month, len(told))
            log.add(
                "events", people.home[told], member=people.member[told], kind=kind, happened=happened,
                known=happened + 0.8,
            )  # fmt: skip


def finish(state: State, land: Land, month: int, who: Rows, log: Log | None) -> None:
    """End spells: the last month told is the one before, or the first where they end in it."""
    people = state.people
    if log is not None and len(who):
        told = who[_told(state, land, who)]
        last = np.maximum(people.job_since[told], month - 1).astype(np.float64)
        late = log.late(land.world.reporting.claims_late, len(told))
        known = month + 1 + late - log.rng.random(len(told)) * 0.9
        _tell(state, land, log, told, last, np.maximum(known, people.job_known[told] + _A_DAY))
    people.job[who] = -1
    people.job_end[who] = people.job_told[who] = NEVER
    people.wage[who] = 0


def _festival(state: State, land: Land, month: int, seen: Body, rng: np.random.Generator, log: Log | None) -> None:
    """Some come home at the festival and begin again after it; when an epidemic begins nearly all stay at home."""
    people, world = state.people, land.world
    since = int(land.epidemic[land.place(month)])
    away = seen.here & (people.job >= 0) & away_jobs(world)[people.job]
    if since == 0:
        waits = np.flatnonzero(seen.here & (people.was >= 0) & ~np.isnan(people.back))  # home since the festival
        people.back[waits] = _days_of_return(world, len(waits), rng)
        home = np.flatnonzero(away & (rng.random(len(people)) >= world.epidemic.stayed))
        _come_home(state, land, month, home, _days_of_return(world, len(home), rng), log)
        _tell_returns(state, waits, log)
        return
    if month not in festival_months(world):
        return
    home = np.flatnonzero(away & (rng.random(len(people)) < world.work.festival_home))
    _come_home(state, land, month, home, month + 1 + 1.5 * rng.random(len(home)), log)


def _days_of_return(world: World, count: int, rng: np.random.Generator) -> NDArray[np.float64]:
    """(count,) when each goes away again, so that the shares away on the given dates come out; NaN for never."""
    epidemic = world.epidemic
    dates = sorted(epidemic.away)
    shares = [epidemic.stayed, *(epidemic.away[date] for date in dates), 1 - epidemic.never]
    assert epidemic.begins is not None
    last = fraction_of_date(dates[-1]) + 2
    when = [fraction_of_date(f"{epidemic.begins}-08"), *(fraction_of_date(date) for date in dates), last]
    drawn = rng.uniform(epidemic.stayed, 1, count)
    return np.where(drawn > shares[-1], np.nan, np.interp(drawn, shares, when))


def _come_home(state: State, land: Land, month: int, who: Rows, back: NDArray[np.float64], log: Log | None) -> None:
    people = state.people
    people.was[who], people.back[who] = people.job[who], back.astype(np.float32)
    people.job_end[who] = NEVER
    wage = people.wage[who].copy()
    finish(state, land, month, who, log)
    people.wage[who] = wage  # at which they begin again
    _tell_returns(state, who, log)


def _tell_returns(state: State, who: Rows, log: Log | None) -> None:
    """When those at home of exited households will go away again; nobody in the county knows it."""
    people = state.people
    if log is not None:
        told = who[state.homes.kind[people.home[who]] == EXITED]
        log.add("returns", people.home[told], member=people.member[told], back=people.back[told].astype(np.float64))


def _return(state: State, land: Land, month: int, seen: Body, log: Log | None) -> None:
    people = state.people
    with np.errstate(invalid="ignore"):
        due = np.floor(people.back) <= month
    ready = np.flatnonzero(due & seen.here & (seen.able | seen.weak) & (people.job < 0) & (people.was >= 0))
    people.job[ready] = people.was[ready]
    people.job_since[ready], people.was[ready] = month, -1
    if log is not None:
        _tell_begin(state, land, log, ready, month)
    gone = np.flatnonzero(due & (people.was >= 0))
    people.was[gone] = -1


def _start(state: State, land: Land, month: int, seen: Body, rng: np.random.Generator, log: Log | None) -> None:
    people, homes, settings = state.people, state.homes, land.world.work
    waits = (people.was >= 0) & ~np.isnan(people.back)
    free = seen.here & (people.job < 0) & ~waits & (seen.able | seen.weak)
    small = state.any(seen.here & (seen.age < 6)) | state.any(seen.here & (month < people.ill_until))
    after = (
        settings.start_after_festival
        if month - 1 in festival_months(land.world) or month - 2 in festival_months(land.world)
        else 1.0
    )
    since = int(land.epidemic[land.place(month)])
    closed = 0.0 if 0 <= since <= 1 else 1.0
    away = away_jobs(land.world)
    posts = 1 + 10 * land.world.epidemic.posts if since >= 2 else 1
    highest = sum(job.start for job in settings.jobs.values()) * max(after, posts, settings.poor_factor)
    drawn = rng.random(len(people), dtype=np.float32)
    could = np.flatnonzero(free & (drawn < highest))  # whom the draw could give work at the highest chance of all
    drawn, home = drawn[could], people.home[could]
    cares = small[home]
    poor = np.where(homes.kind[home] == ORDINARY, 1.0, settings.poor_factor)
    below = np.zeros(len(could))
    for place, job in enumerate(settings.jobs.values()):
        chance = np.where(_fits(job, seen, could), job.start, 0.0)
        if away[place]:
            chance = chance * np.where(cares, settings.care_factor, 1) * after * closed * poor
        elif not job.weak:
            chance = chance * poor
        elif since >= 2:
            chance = chance * posts
        new = could[(drawn >= below) & (drawn < below + chance)]
        below += chance
        begin(state, land, month, new, place, job, rng)
        if log is not None:
            _tell_begin(state, land, log, new, month)


def begin(state: State, land: Land, month: int, who: Rows, place: int, job: Job, rng: np.random.Generator) -> None:
    """Begin spells of one job."""
    people, homes = state.people, state.homes
    people.job[who], people.job_since[who], people.back[who], people.was[who] = place, month, np.nan, -1
    wage = job.wage * growth(land.world.work.growth_year, month)
    own = 1 if job.weak else people.earns[who] * np.exp(_WAGE_LEVEL * homes.level[people.home[who]])
    people.wage[who] = wage * own * np.where(people.skilled[who] & (not job.weak), 1.2, 1)
    if job.term is not None:
        ends = month + rng.integers(job.term[0], job.term[1] + 1, len(who))
        people.job_end[who] = people.job_told[who] = ends


def _fits(job: Job, seen: Body, who: Rows) -> NDArray[np.bool_]:
    labour, age = (seen.weak if job.weak else seen.able)[who], seen.age[who]
    return labour & (age >= job.ages[0]) & (age < job.ages[1])


def tell_running(state: State, land: Land, log: Log, month: int) -> None:
    """Spells that run when the books begin."""
    running = np.flatnonzero(state.people.here(month) & (state.people.job >= 0))
    _tell_begin(state, land, log, running, month)


def _told(state: State, land: Land, who: Rows) -> NDArray[np.bool_]:
    homes, home = state.homes, state.people.home[who]
    complete = land.complete[land.township[homes.village[home]]]
    return np.asarray(homes.ledger[home] | complete)


def _tell_begin(state: State, land: Land, log: Log, who: Rows, month: int) -> None:
    people = state.people
    told = who[_told(state, land, who)]
    ends = people.job_told[told].astype(np.float64)
    late = log.late(land.world.reporting.claims_late, len(told))
    known = month + 1 + late - log.rng.random(len(told)) * 0.9
    people.job_known[told] = known
    _tell(state, land, log, told, np.where(ends >= NEVER, np.nan, ends - 1), known)


def _tell(
    state: State, land: Land, log: Log, who: Rows, last: NDArray[np.floating], known: NDArray[np.floating]
) -> None:  # fmt: skip
    people, jobs = state.people, tuple(land.world.work.jobs.values())
    job = people.job[who].astype(np.int64)
    log.add(
        "work", people.home[who], member=people.member[who], first=people.job_since[who].astype(np.float64),
        last=last, place=(job, tuple(each.place for each in jobs)), channel=(job, tuple(each.channel for each in jobs)),
        wage=np.round(people.wage[who].astype(np.float64), -1), known=known,
    )  # fmt: skip


def project_wages(state: State, land: Land, month: int) -> NDArray[np.float32]:
    """(households,) yuan a month of those who work in a project that runs."""
    homes = state.homes
    status = land.project_status[:, land.place(month)]
    works = homes.works_there & (homes.project[:, 0] >= 0)
    runs = works & (status[np.maximum(homes.project[:, 0], 0)] == RUNNING)
    return np.where(runs, land.world.projects.worker_wage * growth(land.world.work.growth_year, month), 0).astype(
        np.float32
    )
