"""The households of a county in its first month: who lives there, on what, how ill, in what house."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from relapse.data.simulator.clock import LONG_AGO, NEVER, growth
from relapse.data.simulator.kin import by_sex, relation_codes
from relapse.data.simulator.land import Land, first_of
from relapse.data.simulator.settings import KINDS, World
from relapse.data.simulator.state import (
    EXITED,
    NOT_EXITED,
    ORDINARY,
    RING,
    TROUBLES,
    Floats,
    Homes,
    Ints,
    People,
    State,
    body,
)

_EARLIER = 24  # months before the first one, from which on spells of work may already run
_PERSONS = 2.5  # of a household whose land is stated
_BORN, _MARRIED = 20, 40  # by what the number in the household of a newcomer is above the mother's or the husband's
_JOINS = 0.03  # share of households with a grown son that a wife joins within the years, our assumption


@dataclass(frozen=True, eq=False)
class Plan:
    """Which households a block has, (households,) each.

    Args:
        number: in the county.
        village, kind: see `Homes`.
        persons: of households not out of poverty, as many as the county counts; 0 for the others.
    """

    number: NDArray[np.int64]
    village: Ints
    kind: NDArray[np.int8]
    persons: Ints


def begin(land: Land, plan: Plan, rng: np.random.Generator) -> State:
    """The true state at the end of the month before the first one.

    Args:
        land: the county.
        plan: of the block.
        rng: of the block.
    """
    world, month = land.world, first_of(land.world)
    types = _types(world, plan, rng)
    people = _people(world, types, month, rng)
    homes = _homes(land, plan, rng)
    _health(world, homes, people, month, rng)
    state = State(homes, people)
    _jobs(world, state, month, rng)
    _farms(world, state, month, rng)
    _transfers(world, state, month, rng)
    return state


def _types(world: World, plan: Plan, rng: np.random.Generator) -> Ints:
    """(households,) type of each; those not out of poverty get one of the size that the county counts."""
    shares = np.array([[each.shares.get(kind, 0.0) for each in world.people.types.values()] for kind in KINDS])
    sizes = np.array([len(each.members) for each in world.people.types.values()])
    shares /= shares.sum(axis=1, keepdims=True)
    found = np.zeros(len(plan.kind), dtype=np.int32)
    for kind in (EXITED, ORDINARY):
        mine = np.flatnonzero(plan.kind == kind)
        found[mine] = rng.choice(len(sizes), len(mine), p=shares[kind])
    for place in np.flatnonzero(plan.kind == NOT_EXITED).tolist():
        fitting = np.where(sizes == plan.persons[place], shares[NOT_EXITED] + 1e-9, 0)
        found[place] = rng.choice(len(sizes), p=fitting / fitting.sum())
    return found


def _people(world: World, types: Ints, month: int, rng: np.random.Generator) -> People:
    """Members of households of some types, and those who will join them."""
    recipes = tuple(world.people.types.values())
    width = max(len(each.members) for each in recipes)
    sizes = np.array([len(each.members) for each in recipes])
    codes = relation_codes(world)
    low, high = np.zeros((len(recipes), width)), np.zeros((len(recipes), width))
    relation, sex = np.zeros((len(recipes), width), np.int8), np.zeros((len(recipes), width), np.int8)
    for place, recipe in enumerate(recipes):
        for seat, member in enumerate(recipe.members):
            low[place, seat], high[place, seat] = member.ages
            relation[place, seat] = codes[member.relation]
            sex[place, seat] = ("any", "male", "female").index(member.sex)
    size = sizes[types]
    home = np.repeat(np.arange(len(types), dtype=np.int32), size)
    seat = np.arange(len(home)) - np.repeat(np.cumsum(size) - size, size)
    kind = types[home]
    drawn = rng.uniform(low[kind, seat], high[kind, seat])
    head = drawn[np.cumsum(size) - size]
    age = np.where(seat == 0, drawn, head[home] - drawn)
    age = np.maximum(age, rng.uniform(0.1, 0.9, len(age)))
    count = len(home)
    female = np.where(sex[kind, seat] == 0, rng.random(count) < 0.35, sex[kind, seat] == 2)
    tracks = np.array(list(world.people.tracks.values()))
    older = np.array([world.people.older_education.get(name, 0.0) for name in world.people.tracks])
    track = np.where(
        age < 24,
        rng.choice(len(tracks), count, p=tracks / tracks.sum()),
        rng.choice(len(older), count, p=older / older.sum()),
    )
    born = month - np.round(age * 12).astype(np.int32)
    people = People(
        home=home, member=seat.astype(np.int8), born=born.astype(np.int32), female=female,
        relation=by_sex(world, relation[kind, seat], female), track=track.astype(np.int8),
        since=np.full(count, LONG_AGO), until=np.full(count, NEVER), chronic=np.zeros(count, bool),
        ill_until=np.full(count, LONG_AGO),
        grade=np.zeros(count, np.int8), certified=np.full(count, LONG_AGO), skilled=rng.random(count) < 0.12,
        earns=np.exp(rng.normal(0, world.work.wage_spread, count)).astype(np.float32), job=np.full(count, -1, np.int8),
        job_since=np.full(count, LONG_AGO), job_end=np.full(count, NEVER), job_told=np.full(count, NEVER),
        job_known=np.zeros(count, np.float32),
        wage=np.zeros(count, np.float32), back=np.full(count, np.nan, np.float32), was=np.full(count, -1, np.int8),
        out=np.zeros(count, bool), doctor=np.full(count, LONG_AGO), stays=np.zeros(count, np.int32),
        year_cost=np.zeros(count, np.float32),
    )  # fmt: skip
    return _newcomers(world, people, codes, month, rng)


def _newcomers(world: World, people: People, codes: dict[str, int], month: int, rng: np.random.Generator) -> People:
    """Who will be born, and whom sons will marry, until two years after the last month."""
    years = (world.end - month) / 12 + 2
    age = people.age(month)
    wives = people.relation == codes.get("wife", -1)
    mothers = wives & (age > 20 - years) & (age < 37)
    births = _drawn(mothers, world.people.birth_year * years * np.clip(37 - np.maximum(age, 20), 0, years) / years, rng)
    when = month + rng.integers(1, int(years * 12), len(births))
    there = (age[births] + (when - month) / 12 >= 20) & (age[births] + (when - month) / 12 <= 38)
    births, when = births[there], when[there]
    sons = np.flatnonzero(
        (people.relation == codes["son"]) & (age > 20) & (age < 32) & (rng.random(len(people)) < _JOINS * years)
    )
    joined = month + rng.integers(1, int(years * 12), len(sons))
    girls = rng.random(len(births)) < 0.48
    child = _like(people, births, born=when, since=when, relation=codes["son"], female=girls, step=_BORN)
    tracks = np.array(list(world.people.tracks.values()))
    child.track = rng.choice(len(tracks), len(births), p=tracks / tracks.sum()).astype(np.int8)
    child.relation = np.where(child.female, codes["daughter"], codes["son"]).astype(np.int8)
    wife = _like(
        people, sons, born=people.born[sons] + 24, since=joined, relation=codes["daughter_in_law"],
        female=np.ones(len(sons), bool), step=_MARRIED,
    )  # fmt: skip
    everybody = _joined([people, child, wife])
    return everybody.taken(np.argsort(everybody.home, kind="stable"))


def _drawn(who: NDArray[np.bool_], chance: NDArray[np.floating], rng: np.random.Generator) -> NDArray[np.intp]:
    return np.flatnonzero(who & (rng.random(len(who)) < chance))


def _like(
    people: People,
    rows: NDArray[np.intp],
    born: NDArray[np.integer],
    since: NDArray[np.integer],
    relation: int,
    female: NDArray[np.bool_],
    step: int,
) -> People:
    """New members of the households of some people."""
    made = People(**{name: values[rows].copy() for name, values in vars(people).items()})
    made.member = (made.member + step).astype(np.int8)
    made.born, made.since = born.astype(np.int32), since.astype(np.int32)
    made.relation, made.female = np.full(len(rows), relation, np.int8), female
    return made


def _joined(parts: list[People]) -> People:
    names = vars(parts[0])
    return People(**{name: np.concatenate([getattr(part, name) for part in parts]) for name in names})


def _homes(land: Land, plan: Plan, rng: np.random.Generator) -> Homes:
    world, count, kind = land.world, len(plan.number), plan.kind
    exited, exits = kind == EXITED, world.people.exits
    shares = np.array(list(exits.values()))
    spread = np.where(kind == ORDINARY, world.income.family_spread, 0)
    exit_year = np.where(exited, rng.choice(list(exits), count, p=shares / shares.sum()), 0)
    listed = np.where(kind == ORDINARY, NEVER, 2013 * 12 + 11 + rng.integers(0, 25, count) * (rng.random(count) < 0.3))
    grades = np.array([world.house.grades[name] for name in KINDS]).cumsum(axis=1)
    grade = (rng.random(count)[:, None] > grades[kind]).sum(axis=1)
    excluded = np.array(world.procedure.excluded[:3])[kind] if len(world.procedure.excluded) == 3 else np.zeros(count)
    understated, told = world.reporting.understated
    project, stake = _memberships(land, plan, rng)
    fixed = rng.normal(0, 1, count) * spread
    none = np.full(count, LONG_AGO)
    return Homes(
        number=plan.number, village=plan.village, kind=kind.copy(),
        on_books=(kind != ORDINARY) | land.complete[land.township[plan.village]], ledger=kind != ORDINARY,
        exit_year=exit_year.astype(np.int32), listed=listed.astype(np.int32),
        remote=rng.exponential(world.place.road_km, count).astype(np.float32),
        moved=exited & (rng.random(count) < world.people.relocated), minority=rng.random(count) < world.people.minority,
        fixed=(fixed - spread**2 / 2).astype(np.float32),
        level=rng.normal(0, world.income.permanent_sd, count).astype(np.float32), mu=np.zeros(count, np.float32),
        farms=np.zeros(count, bool), product=np.zeros(count, np.int8), scale=np.ones(count, np.float32),
        harvest=np.ones(count, np.float32), herd=np.ones(count, np.float32),
        crop_insured=rng.random(count) < world.farm.insured[0], let=np.zeros(count, np.float32),
        family=np.zeros(count, np.float32), ecology=np.zeros(count, np.float32), allowance=np.zeros(count, np.int8),
        support=np.zeros(count, bool), project=project, stake=stake,
        works_there=(project[:, 0] >= 0) & (rng.random(count) < world.projects.worker_share),
        owed=np.zeros((count, 2), np.float32), owed_since=np.full((count, 2), NEVER), grade=grade.astype(np.int8),
        water=rng.random(count) >= 0.01, insured=rng.random(count) >= world.health.uninsured,
        excluded=rng.random(count) < excluded,
        told_share=np.where(rng.random(count) < understated, told, 1).astype(np.float32),
        rounds=rng.random(count) < world.reporting.rounded[0], copies=rng.random(count) < world.reporting.copied,
        silent_until=none.copy(), net=np.zeros((RING, count), np.float32), own=np.zeros((RING, count), np.float32),
        loss=np.zeros((RING, count), np.float32), payout=np.zeros((RING, count), np.float32),
        last=np.full((count, len(TROUBLES)), LONG_AGO), status=np.zeros(count, np.int8), decided=np.full(count, NEVER),
        category=np.zeros(count, np.int8), since=none.copy(), removed=none.copy(), spells=np.zeros(count, np.int8),
        cause=np.zeros(count, np.int8), helped=np.zeros(count, np.float32), help_until=none.copy(),
        visited=none.copy(), pushed=none.copy(), threshold_year=np.zeros(count, np.int32),
    )  # fmt: skip


def _memberships(land: Land, plan: Plan, rng: np.random.Generator) -> tuple[Ints, Floats]:
    """(households, 2) projects of the village (or the one that so many hang on), and what was put in."""
    world, count = land.world, len(plan.number)
    settings = world.projects
    share = np.array([settings.membership[name] for name in KINDS])[plan.kind]
    member = rng.random(count) < share
    order = np.argsort(land.project_village, kind="stable").astype(np.int32)
    village = land.project_village[order]
    first = np.searchsorted(village, plan.village, side="left")
    here = np.searchsorted(village, plan.village, side="right") - first
    drawn = order[np.minimum(first + (rng.random(count) * here).astype(np.int64), len(order) - 1)]
    anywhere = rng.integers(0, len(order), count)  # villages without a project put in elsewhere
    one = np.where(rng.random(count) < settings.largest, 0, np.where(here > 0, drawn, anywhere))
    two = np.where(rng.random(count) < 0.15, rng.integers(0, len(order), count), -1)
    project = np.stack([np.where(member, one, -1), np.where(member & (two != one), two, -1)], axis=1)
    stake = np.round(rng.gamma(3, settings.stake / 3, (count, 2)) / 500) * 500 + 500
    return project.astype(np.int32), np.where(project >= 0, stake, 0).astype(np.float32)


def _health(world: World, homes: Homes, people: People, month: int, rng: np.random.Generator) -> None:
    age = people.age(month)
    worse = np.array([world.health.worse[name] for name in KINDS])[homes.kind[people.home]]
    there = people.since <= month
    people.chronic = there & (rng.random(len(people)) < np.minimum(world.health.chronic.at(age) * worse, 0.9))
    disabled = there & (rng.random(len(people)) < np.minimum(world.health.disabled.at(age) * worse, 0.9))
    people.grade = np.where(disabled, rng.choice([1, 2, 3, 4], len(people), p=[0.15, 0.25, 0.3, 0.3]), 0).astype(
        np.int8
    )
    people.certified = np.where(disabled, month - rng.integers(12, 200, len(people)), people.certified).astype(np.int32)
    ill = there & (rng.random(len(people)) < world.health.serious_year.at(age) * worse)
    people.ill_until = np.where(ill, month + rng.integers(1, 12, len(people)), people.ill_until).astype(np.int32)


def _jobs(world: World, state: State, month: int, rng: np.random.Generator) -> None:
    """Spells of work that run in the first month."""
    people, homes = state.people, state.homes
    seen = body(state, month, tuple(world.people.tracks), np.zeros(len(world.work.jobs), bool))
    poor = np.where(homes.kind[people.home] == ORDINARY, 1.0, world.work.poor_factor)
    free = seen.able | seen.weak
    for place, job in enumerate(world.work.jobs.values()):
        fitting = free & (seen.weak if job.weak else seen.able) & (seen.age >= job.ages[0]) & (seen.age < job.ages[1])
        taken = np.flatnonzero(fitting & (rng.random(len(people)) < job.share * (1 if job.weak else poor)))
        people.job[taken] = place
        people.job_since[taken] = month - rng.integers(0, _EARLIER, len(taken))
        free[taken] = False
        wage = job.wage * growth(world.work.growth_year, month) * people.earns[taken]
        people.wage[taken] = wage if not job.weak else job.wage * growth(world.work.growth_year, month)
        if job.term is not None:
            ends = month + rng.integers(1, job.term[1], len(taken))
            people.job_end[taken], people.job_told[taken] = ends, ends


def _farms(world: World, state: State, month: int, rng: np.random.Generator) -> None:
    homes, farm = state.homes, world.farm
    seen = body(state, month, tuple(world.people.tracks), np.zeros(len(world.work.jobs), bool))
    labour = state.any(seen.able | (seen.weak & (seen.age < 68)))
    mean = np.array([farm.mu[name] for name in KINDS])[homes.kind]
    persons = state.count(seen.here)
    homes.mu = np.round(rng.gamma(4.0, mean * (persons / _PERSONS) ** 0.8 / 4.0), 1).astype(np.float32)
    homes.farms = labour & (rng.random(len(homes)) < farm.farms)
    shares = np.array([product.share for product in farm.products.values()])
    homes.product = rng.choice(len(shares), len(homes), p=shares / shares.sum()).astype(np.int8)
    homes.scale = np.exp(rng.normal(-(farm.spread**2) / 2, farm.spread, len(homes))).astype(np.float32)
    homes.let = np.where(homes.farms, 0, homes.mu * (rng.random(len(homes)) < 0.8)).astype(np.float32)


def _transfers(world: World, state: State, month: int, rng: np.random.Generator) -> None:
    homes, people, transfers = state.homes, state.people, world.transfers
    seen = body(state, month, tuple(world.people.tracks), np.zeros(len(world.work.jobs), bool))
    old = state.count(seen.here & (seen.age >= 60))
    weak = state.any(seen.here & ((people.grade > 0) | (month < people.ill_until) | (seen.age >= 70)))
    share = np.array([transfers.allowance_share[name] for name in KINDS])[homes.kind]
    homes.allowance = np.where(
        weak & (rng.random(len(homes)) < share), np.minimum(state.count(seen.here), 2), 0
    ).astype(np.int8)
    alone = (state.count(seen.here) == 1) & ~state.any(seen.able) & (homes.kind != ORDINARY)
    homes.support = alone & (rng.random(len(homes)) < transfers.support_share)
    homes.allowance[homes.support] = 0
    gives = rng.random(len(homes)) >= 0.25
    homes.family = (gives * old * rng.gamma(2, transfers.family / 2, len(homes)) / 12).astype(np.float32)
    has, mean = transfers.ecology
    homes.ecology = ((rng.random(len(homes)) < has) * rng.gamma(3, mean / 3, len(homes))).astype(np.float32)
