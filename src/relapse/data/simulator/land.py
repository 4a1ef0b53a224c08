"""What happens to all households of a county together: villages, projects, prices, harvests, rounds of screening.

The paths over all months are drawn once from the seed, so that households made in blocks live in one county. A future
of the county is drawn anew from a month on: nothing of what then really came is known in it.
"""

from __future__ import annotations

from dataclasses import dataclass, replace

import numpy as np
from numpy.typing import NDArray

from relapse.data.simulator.clock import fraction_of_date, month_of_date, season
from relapse.data.simulator.settings import Product, World, month_of

RUNNING, ARREARS, STOPPED, FAILED = 0, 1, 2, 3
_PAST_YEARS = 2  # of projects before the first month
BURN_IN = 12  # months that pass before the first one, so that a year of income lies behind it
_HARVEST = 8  # September, when a bad harvest is known

Floats = NDArray[np.float64]
Ints = NDArray[np.int32]


@dataclass(frozen=True, eq=False)
class Land:
    """A county and what comes over it.

    Args:
        world: the settings.
        township: (villages,) number of the township.
        remote: (villages,) kilometres to the township.
        level: (villages,) logarithm of its incomes against the county's.
        doctor: (villages,) whether it has one.
        complete: (townships,) whether all ordinary households are on the books.
        project_kind: (projects,) place in `world.projects.kinds`.
        project_village: (projects,)
        project_begun: (projects,) month.
        project_status: (projects, months) RUNNING, ARREARS, STOPPED or FAILED.
        price: (products, months) relative to the product's usual one.
        harvest: (villages, months) share of the harvest lost, told in September; 0 in other months.
        attention: (months,) times as many recognitions by the season and by rounds.
        epidemic: months since it began by month, -1 where there is none (yet).
        line: (months,) yuan per person and year, as announced by then.
    """

    world: World
    township: Ints
    remote: Floats
    level: Floats
    doctor: NDArray[np.bool_]
    complete: NDArray[np.bool_]
    project_kind: Ints
    project_village: Ints
    project_begun: Ints
    project_status: NDArray[np.int8]
    price: Floats
    harvest: Floats
    attention: Floats
    epidemic: Ints
    line: Floats

    def place(self, month: int) -> int:
        """Column of a month in the paths."""
        return month - first_of(self.world)

    def future(self, month: int, rng: np.random.Generator) -> Land:
        """The county as it may go on after a month: what is decided is kept, no epidemic that has not begun comes.

        Rounds of screening and lines count as far as they were announced by that month.
        """
        kept = self.place(month) + 1
        width = self.price.shape[1]
        status, price, harvest = self.project_status.copy(), self.price.copy(), self.harvest.copy()
        _run_projects(self.world, self.project_kind, status, kept, rng)
        _run_prices(self.world, price, kept, rng)
        harvest[:, kept:] = _harvests(self.world, self.harvest.shape[0], width, rng)[:, kept:]
        begun = self.epidemic[kept - 1] >= 0
        return replace(
            self,
            project_status=status,
            price=price,
            harvest=harvest,
            attention=_attention(self.world, width, month),
            epidemic=self.epidemic if begun else np.full(width, -1, np.int32),
            line=_lines(self.world, width, month),
        )


def first_of(world: World) -> int:
    """The first month that passes, before those that are told."""
    return world.begin - BURN_IN


def make_land(world: World, rng: np.random.Generator) -> Land:
    """A county with all that comes over it.

    Args:
        world: the settings; a year more than its months is drawn, for futures that begin near the end.
        rng: of the county alone.
    """
    place = world.place
    width = world.end - first_of(world) + 1 + 24
    township = np.sort(rng.permutation(np.arange(place.villages) % place.townships)).astype(np.int32)
    complete = np.zeros(place.townships, dtype=bool)
    complete[np.linspace(1, place.townships - 2, max(place.complete, 1)).astype(int)[: place.complete]] = True
    kinds = [kind.share for kind in world.projects.kinds.values()]
    count = max(round(world.projects.for_each_village * place.villages), 1)
    kind = rng.choice(len(kinds), count, p=np.array(kinds) / sum(kinds)).astype(np.int32)
    status = np.zeros((count, width), dtype=np.int8)
    _run_projects(world, kind, status, 1, rng)
    price = np.ones((len(world.farm.products), width))
    _run_prices(world, price, 1, rng)
    return Land(
        world,
        township,
        rng.gamma(2.0, place.remote_km / 2, place.villages),
        rng.normal(0, place.village_spread, place.villages),
        rng.random(place.villages) >= place.no_doctor,
        complete,
        kind,
        rng.integers(0, place.villages, count).astype(np.int32),
        (first_of(world) - rng.integers(0, 12 * _PAST_YEARS, count)).astype(np.int32),
        status,
        price,
        _harvests(world, place.villages, width, rng),
        _attention(world, width, None),
        _epidemic(world, width),
        _lines(world, width, None),
    )


def _run_projects(world: World, kind: Ints, status: NDArray[np.int8], begin: int, rng: np.random.Generator) -> None:
    """Statuses of projects from a column on: running, in arrears, stopped, given up."""
    settings = world.projects
    fails = np.array([each.fails for each in settings.kinds.values()])[kind]
    for month in range(begin, status.shape[1]):
        before, drawn = status[:, month - 1], rng.random(len(kind))
        now = before.copy()
        now[(before == RUNNING) & (drawn < fails)] = ARREARS
        in_arrears = before == ARREARS
        now[in_arrears & (drawn < settings.recovers)] = RUNNING
        now[in_arrears & (drawn >= settings.recovers) & (drawn < settings.recovers + settings.stops)] = STOPPED
        now[(before == STOPPED) & (drawn < settings.ends)] = FAILED
        status[:, month] = now


def _run_prices(world: World, price: Floats, begin: int, rng: np.random.Generator) -> None:
    """Prices from a column on: a slow cycle of each product's own, and slumps."""
    for place, product in enumerate(world.farm.products.values()):
        price[place, begin:] = _prices(product, float(price[place, begin - 1]), price.shape[1] - begin, rng)


def _prices(product: Product, before: float, months: int, rng: np.random.Generator) -> Floats:
    back = 0.93  # a price is drawn back to its usual height by half within ten months, our assumption
    change = rng.normal(0, product.cycle * np.sqrt(1 - back**2), months)
    told, slumps = np.empty(months), rng.random(months) < product.slump_year / 12
    level, slumped = float(np.log(before)), 0
    for month in range(months):
        level = back * level + change[month]
        slumped = product.slump_months if slumps[month] and slumped == 0 else max(slumped - 1, 0)
        told[month] = np.exp(level) * (1 - product.slump if slumped else 1)
    return told


def _harvests(world: World, villages: int, width: int, rng: np.random.Generator) -> Floats:
    """(villages, months) share lost; bad weather comes over neighbours together."""
    lost = np.zeros((villages, width))
    low, high = world.farm.bad_loss
    for month in range(width):
        if season(first_of(world) + month) == _HARVEST:
            county = rng.gamma(2.0, 0.5)  # bad years are bad for many
            bad = rng.random(villages) < np.minimum(world.farm.bad_year * county, 1)
            lost[:, month] = np.where(bad, rng.uniform(low, high, villages), 0)
    return lost


def _attention(world: World, width: int, told: int | None) -> Floats:
    """(months,) times as many recognitions; rounds that were not announced by a month are not in it."""
    months = first_of(world) + np.arange(width)
    times = np.array(world.procedure.usual)[months % 12].copy()
    for sweep in world.procedure.sweeps:
        if told is None or month_of_date(sweep.announced_on) <= told:
            inside = (months >= month_of(sweep.first)) & (months <= month_of(sweep.last))
            times[inside] = sweep.times
    return times


def _epidemic(world: World, width: int) -> Ints:
    if world.epidemic.begins is None:
        return np.full(width, -1, np.int32)
    since = first_of(world) + np.arange(width) - month_of(world.epidemic.begins)
    return np.where((since >= 0) & (since < len(world.epidemic.recognitions)), since, -1).astype(np.int32)


def _lines(world: World, width: int, told: int | None) -> Floats:
    """(months,) the line in force, as announced by each month (or by one month)."""
    line = np.empty(width)
    for place in range(width):
        month = max(first_of(world) + place, world.begin)
        known = month if told is None else min(month, told)
        rows = [
            step
            for step in world.lines
            if month_of_date(step.valid_from) <= month and month_of_date(step.announced_on) <= known
        ]
        assert rows, "the first line holds from before the first month"
        line[place] = max(rows, key=lambda step: fraction_of_date(step.valid_from)).line
    return line
