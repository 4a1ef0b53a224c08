"""The true state of some households of a simulated county, and of the people in them, at the end of a month."""

from __future__ import annotations

from dataclasses import dataclass, fields
from typing import Self

import numpy as np
from numpy.typing import NDArray

Bools = NDArray[np.bool_]
Bytes = NDArray[np.int8]
Ints = NDArray[np.int32]
Longs = NDArray[np.int64]
Floats = NDArray[np.float32]

NOT_EXITED, EXITED, ORDINARY = 0, 1, 2
FREE, IN_PROCEDURE, MONITORED = 0, 1, 2
UNSTABLE, EDGE, SUDDEN = 0, 1, 2
CATEGORIES = ("unstable", "edge", "sudden")
TROUBLES = (
    "illness", "disability", "accident", "job", "industry", "disaster", "schooling", "housing", "water", "death",
    "dividend",
)  # fmt: skip
TROUBLE = {name: place for place, name in enumerate(TROUBLES)}
HEAD = 0  # relation of the head, the first code
BY_MONTH = ("net", "own", "loss", "payout")  # arrays whose first axis are months
_FEW = 8  # where fewer than one in so many is marked, they are looked up one by one
RING = 24  # months that a household's money is remembered


class _Arrays:
    """A bundle of arrays that are copied together."""

    def copy(self) -> Self:
        """The same values in arrays of their own."""
        return type(self)(**{each.name: getattr(self, each.name).copy() for each in fields(self)})  # type: ignore[arg-type]

    def taken(self, rows: NDArray[np.intp]) -> Self:
        """Some of the rows."""
        whole = {each.name: getattr(self, each.name) for each in fields(self)}  # type: ignore[arg-type]
        return type(self)(**{name: each[:, rows] if name in BY_MONTH else each[rows] for name, each in whole.items()})


@dataclass(eq=False)
class Homes(_Arrays):
    """(households,) each, or (households, …); money by month (RING, households).

    Args:
        number: in the county, from 0.
        village, kind: place, and NOT_EXITED, EXITED or ORDINARY.
        on_books: whether the county's tables know it; ordinary ones elsewhere once a department named them.
        ledger: whether its income is on the books month by month.
        exit_year, listed: year of its exit (0 none); month in which it was first registered (NEVER none).
        remote: kilometres to the village's main road.
        moved: in the relocation programme.
        minority: of another nationality.
        fixed, level: logarithm of its own standing and of the permanent component of its income.
        mu, farms, product, scale, harvest, herd, crop_insured: land; whether it farms; main product; size of that;
            share of the harvest and of the herd that stands.
        let: land let to others, mu.
        family, ecology: yuan a month from children; from ecological posts and payments.
        allowance, support: persons with the minimum allowance; whether one is in extreme hardship.
        project, stake, works_there: memberships, -1 none; yuan put in; whether a member works there.
        owed, owed_since: of each membership, yuan and month due.
        grade: of the house, 0 for A.
        water, insured: safe water; everybody has basic insurance.
        excluded: car, firm or public pay.
        told_share, rounds, copies, silent_until: how it reports its income.
        net, own, loss, payout: (RING, households) yuan of each month.
        last: (households, TROUBLES) month of the newest trouble of each kind.
        status, decided, category, since, removed, spells, cause: FREE, IN_PROCEDURE or MONITORED; month of the
            decision; category; month of the recognition; of the newest removal; earlier spells; first cause.
        helped, help_until: yuan a month of measures, and until when.
        visited, pushed: newest month of each.
        threshold_year: year in which the insurer has pushed it.
    """

    number: Longs
    village: Ints
    kind: Bytes
    on_books: Bools
    ledger: Bools
    exit_year: Ints
    listed: Ints
    remote: Floats
    moved: Bools
    minority: Bools
    fixed: Floats
    level: Floats
    mu: Floats
    farms: Bools
    product: Bytes
    scale: Floats
    harvest: Floats
    herd: Floats
    crop_insured: Bools
    let: Floats
    family: Floats
    ecology: Floats
    allowance: Bytes
    support: Bools
    project: Ints
    stake: Floats
    works_there: Bools
    owed: Floats
    owed_since: Ints
    grade: Bytes
    water: Bools
    insured: Bools
    excluded: Bools
    told_share: Floats
    rounds: Bools
    copies: Bools
    silent_until: Ints
    net: Floats
    own: Floats
    loss: Floats
    payout: Floats
    last: Ints
    status: Bytes
    decided: Ints
    category: Bytes
    since: Ints
    removed: Ints
    spells: Bytes
    cause: Bytes
    helped: Floats
    help_until: Ints
    visited: Ints
    pushed: Ints
    threshold_year: Ints

    def __len__(self) -> int:
        return len(self.number)


@dataclass(eq=False)
class People(_Arrays):
    """(persons,) each.

    Args:
        home: place of the household.
        member: number in the household.
        born: month.
        female: sex.
        relation: code of the contract.
        track: last school, place in the world's tracks.
        since, until: months from and before which the person is a member.
        chronic, ill_until, grade, certified: chronically ill; seriously ill and unable to work before that month; grade
            of disability (0 none, 1 gravest); month of its certificate.
        skilled: as a worker.
        earns: what the person's wage is multiplied by.
        job, job_since, job_end, wage: place in the world's jobs (-1 none); months; yuan a month.
        job_told: last month as told at the begin, NEVER where it is open.
        job_known: when the spell became known, in months.
        back: month (with its part) in which one who came home for the festival goes away again; NaN for nobody.
        was: the job that such a person had.
        out: a child out of compulsory school.
        doctor: month of the last home visit.
        stays: stays in hospital so far.
        year_cost: own cost in the calendar year.
    """

    home: Ints
    member: Bytes
    born: Ints
    female: Bools
    relation: Bytes
    track: Bytes
    since: Ints
    until: Ints
    chronic: Bools
    ill_until: Ints
    grade: Bytes
    certified: Ints
    skilled: Bools
    earns: Floats
    job: Bytes
    job_since: Ints
    job_end: Ints
    job_told: Ints
    job_known: Floats
    wage: Floats
    back: Floats
    was: Bytes
    out: Bools
    doctor: Ints
    stays: Ints
    year_cost: Floats

    def __len__(self) -> int:
        return len(self.home)

    def here(self, month: int) -> Bools:
        """(persons,) members in a month."""
        return (self.since <= month) & (month < self.until)

    def age(self, month: int) -> Floats:
        """(persons,) years."""
        return (month - self.born).astype(np.float32) / np.float32(12)


@dataclass(eq=False)
class State:
    """Households and people.

    Args:
        homes, people: see each.
    """

    homes: Homes
    people: People
    _ends: Longs | None = None

    def copy(self) -> State:
        """The same state in arrays of its own."""
        return State(self.homes.copy(), self.people.copy(), self._ends)

    def part(self, homes: NDArray[np.intp]) -> tuple[State, NDArray[np.intp]]:
        """Some households with their people, in arrays of their own.

        Args:
            homes: (some,) places, rising.

        Returns:
            Their state, and the places of their people here.
        """
        wanted = np.zeros(len(self.homes), dtype=bool)
        wanted[homes] = True
        rows = np.flatnonzero(wanted[self.people.home])
        place = np.cumsum(wanted, dtype=np.int32) - 1
        some = self.people.taken(rows)
        some.home = place[some.home]
        return State(self.homes.taken(homes), some), rows

    def count(self, persons: Bools) -> Floats:
        """(households,) persons among those marked; people are sorted by household."""
        if self._ends is None:
            self._ends = np.searchsorted(self.people.home, np.arange(len(self.homes) + 1))
        before = np.zeros(len(persons) + 1, dtype=np.int32)
        np.cumsum(persons, out=before[1:])
        return np.diff(before[self._ends]).astype(np.float32)

    def total(self, values: Floats, persons: Bools) -> Floats:
        """(households,) sums over those marked."""
        mine = self.people.home[persons]
        return np.bincount(mine, weights=values[persons], minlength=len(self.homes)).astype(np.float32)

    def any(self, persons: Bools) -> Bools:
        """(households,) whether somebody is marked."""
        rows = np.flatnonzero(persons)
        if len(rows) * _FEW > len(persons):
            return self.count(persons) > 0
        found = np.zeros(len(self.homes), dtype=bool)
        found[self.people.home[rows]] = True
        return found


@dataclass(eq=False)
class Body:
    """What of people matters for a month, (persons,) each, worked out once.

    Args:
        here: members.
        age: years.
        school: code of the school, see `schools`; 0 none.
        able, weak: of full and of weak labour.
        away: works away from home.
    """

    here: Bools
    age: Floats
    school: Bytes
    able: Bools
    weak: Bools
    away: Bools


SCHOOLS = ("none", "preschool", "primary", "junior", "senior", "vocational", "college", "bachelor")
_CHILD, _ADULT, _VERY_OLD = 16, 60, 72
_LEAVES = 22  # age at which the longest school is over


def body(state: State, month: int, tracks: tuple[str, ...], away_jobs: Bools) -> Body:
    """People as they are in a month.

    Args:
        state: true state.
        month: of interest.
        tracks: names of the world's tracks, in order.
        away_jobs: (jobs,) which are away.
    """
    people = state.people
    here, age = people.here(month), people.age(month)
    school = schools(people, month, tracks)
    grown = here & (age >= _CHILD) & (school == 0)
    sick = (month < people.ill_until) | ((people.grade > 0) & (people.grade <= 2))
    able = grown & (age < _ADULT) & ~sick & ~(people.chronic & (people.earns < 0.9))
    weak = grown & ~able & ~sick & (age < _VERY_OLD)
    away = here & (people.job >= 0) & away_jobs[people.job]
    return Body(here, age, school, able, weak, away)


def schools(people: People, month: int, tracks: tuple[str, ...]) -> Bytes:
    """(persons,) the school of each: six years from the age of six in September, three of junior, then by track."""
    begin = month - (month - 8) % 12  # the September in which the school year began
    found = np.zeros(len(people), dtype=np.int8)
    young = np.flatnonzero((people.born > begin - 12 * _LEAVES) & (people.born <= begin - 12 * 3))
    years = np.floor_divide(begin - people.born[young], 12)
    track, code = people.track[young], np.zeros(len(young), dtype=np.int8)
    code[(years >= 3) & (years < 6)] = 1
    code[(years >= 6) & (years < 12)] = 2
    code[(years >= 12) & (years < 15)] = 3
    longer = {"senior": (4,), "vocational": (5,), "college": (4, 6), "bachelor": (4, 7)}
    for place, name in enumerate(tracks):
        for step, school in enumerate(longer.get(name, ())):
            first, last = ((15, 18), (18, 22 if school == 7 else 21))[step]
            code[(track == place) & (years >= first) & (years < last)] = school
    code[people.out[young] & (years >= 6)] = 0
    found[young] = code
    return found


def size(state: State, month: int) -> Floats:
    """(households,) members."""
    return state.count(state.people.here(month))


def places(month: int) -> int:
    """Column of a month in a ring."""
    return month % RING


def ring_sum(ring: Floats, month: int, months: int) -> Floats:
    """(households,) sum over so many months up to and with one."""
    last = month % RING + 1
    first = last - months
    if first >= 0:
        return np.asarray(ring[first:last].sum(axis=0), dtype=np.float32)
    return np.asarray(ring[:last].sum(axis=0) + ring[first:].sum(axis=0), dtype=np.float32)
