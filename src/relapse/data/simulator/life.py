"""A month of people's lives: deaths, children who leave, school and graduation."""

from __future__ import annotations

import numpy as np

from relapse.data.simulator.clock import season
from relapse.data.simulator.jobs import finish
from relapse.data.simulator.kin import succeed
from relapse.data.simulator.land import Land
from relapse.data.simulator.log import Log
from relapse.data.simulator.state import HEAD, SCHOOLS, TROUBLE, Body, State, schools

_ILL_DIE = 3.0  # times as often as others of their age, our assumption
_SEPTEMBER, _JULY, _JANUARY = 8, 6, 0
_BEYOND = SCHOOLS.index("senior")


def live(state: State, land: Land, month: int, seen: Body, rng: np.random.Generator, log: Log | None) -> None:
    """Change who is a member, and who is at school.

    Args:
        state: changed in place.
        land: the county.
        month: that passes.
        seen: people at its begin.
        rng: of the block and month.
        log: None where nothing is noted.
    """
    _die(state, land, month, seen, rng, log)
    _leave(state, land, month, seen, rng, log)
    _give_up(state, seen)
    _school(state, land, month, seen, rng, log)
    if season(month) == _JANUARY:
        state.people.year_cost[:] = 0
        state.homes.insured = rng.random(len(state.homes)) >= land.world.health.uninsured


def _die(state: State, land: Land, month: int, seen: Body, rng: np.random.Generator, log: Log | None) -> None:
    people, rates = state.people, np.array(land.world.people.death_year)
    drawn = rng.random(len(people), dtype=np.float32)
    could = np.flatnonzero(drawn < rates.max() / 12 * _ILL_DIE)
    could = could[seen.here[could]]
    decade = np.clip((seen.age[could] / 10).astype(np.int64), 0, len(rates) - 1)
    dead = could[drawn[could] < rates[decade] / 12 * np.where(month < people.ill_until[could], _ILL_DIE, 1)]
    people.until[dead] = month
    seen.here[dead] = False
    finish(state, land, month, dead[people.job[dead] >= 0], log)
    state.homes.last[people.home[dead], TROUBLE["death"]] = month
    succeed(land.world, people, seen.here, dead)
    if log is not None:
        told = dead[state.homes.on_books[people.home[dead]]]
        happened = log.days(month, len(told))
        log.add(
            "events", people.home[told], member=people.member[told], kind="death", happened=happened,
            known=happened + 1 / 31 * log.rng.integers(5, 60, len(told)),
        )  # fmt: skip


def _give_up(state: State, seen: Body) -> None:
    """Where nobody is left, nobody farms, lets land or belongs to a project."""
    homes = state.homes
    left = ~state.any(seen.here)
    homes.farms[left] = homes.works_there[left] = False
    homes.let[left] = homes.mu[left] = 0
    homes.project[left] = -1


def _leave(state: State, land: Land, month: int, seen: Body, rng: np.random.Generator, log: Log | None) -> None:
    """Grown children found households elsewhere; nobody leaves a household without another adult who can work."""
    people = state.people
    could = np.flatnonzero(rng.random(len(people), dtype=np.float32) < land.world.people.leave_year / 12)
    age = seen.age[could]
    free = (people.relation[could] != HEAD) & (age >= 22) & (age < 34) & seen.here[could]
    could = could[free & (people.since[could] < month - 24)]
    gone = could[state.count(seen.able)[people.home[could]] > 1]
    people.until[gone] = month
    seen.here[gone] = False
    finish(state, land, month, gone[people.job[gone] >= 0], log)


def _school(state: State, land: Land, month: int, seen: Body, rng: np.random.Generator, log: Log | None) -> None:
    people, settings = state.people, land.world.people
    pupils = np.flatnonzero(seen.here & (seen.school >= 2) & (seen.school <= 3))
    out = pupils[rng.random(len(pupils)) < settings.dropout_year / 12]
    away = np.flatnonzero(people.out)
    people.out[away[(rng.random(len(away)) < settings.dropout_back) | (seen.age[away] >= 16)]] = False
    people.out[out] = True
    state.homes.last[people.home[out], TROUBLE["schooling"]] = month
    if log is not None and len(out):
        _tell(state, log, out, "dropout", month)
    if season(month) == _SEPTEMBER:
        before = schools(people, month - 1, tuple(settings.tracks))
        new = np.flatnonzero(seen.here & (seen.school >= _BEYOND) & (before != seen.school))
        state.homes.last[people.home[new], TROUBLE["schooling"]] = month
        if log is not None:
            _tell(state, log, new, "school", month)
    if season(month) == _JULY and log is not None:
        after = schools(people, month + 2, tuple(settings.tracks))
        _tell(state, log, np.flatnonzero(seen.here & (seen.school > _BEYOND) & (after == 0)), "graduation", month)


def _tell(state: State, log: Log, who: np.ndarray, kind: str, month: int) -> None:
    told = who[state.homes.ledger[state.people.home[who]]]
    happened = log.days(month, len(told))
    log.add(
        "events", state.people.home[told], member=state.people.member[told], kind=kind, happened=happened,
        known=happened + 1,
    )  # fmt: skip
