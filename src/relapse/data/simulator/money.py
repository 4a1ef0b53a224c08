"""A month of money: what farms, land, projects, the state and children bring, and what farming costs."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from relapse.data.simulator.clock import NEVER, growth, season
from relapse.data.simulator.illness import push
from relapse.data.simulator.jobs import project_wages, wages
from relapse.data.simulator.land import FAILED, RUNNING, STOPPED, Land
from relapse.data.simulator.log import Log
from relapse.data.simulator.settings import KINDS
from relapse.data.simulator.state import TROUBLE, Body, Homes, State, places, ring_sum

_MARCH, _SEPTEMBER, _SUBSIDY = 2, 8, (3, 4, 5)
_SIDE_CROP = 0.6  # of the land of households whose main product is none of the field, our assumption
_HEAVY_LOSS = 2_000  # yuan from which on a loss is a trouble
_BUSINESS_LEVEL = 1.0  # of the household's permanent component that shows in its business
_BREAK = 0.85  # of the price of the month before: a slump has begun
_SLUMP_TOLD = 0.3  # share of the households that report a slump of their product, our assumption
_PART, _YEAR = 1e-6, 12
Floats = NDArray[np.float32]


@dataclass(frozen=True, eq=False)
class Cash:
    """A month's money of each household, (households,) yuan each.

    Args:
        wage, business, property, transfer, business_cost: sources.
        pension, allowance: parts of transfer that are told apart.
    """

    wage: Floats
    business: Floats
    property: Floats
    transfer: Floats
    business_cost: Floats
    pension: Floats
    allowance: Floats


def earn(state: State, land: Land, month: int, seen: Body, rng: np.random.Generator, log: Log | None) -> Cash:
    """All that comes in and goes out in a month; kept in the household's ring.

    Args:
        state: changed in place.
        land: the county.
        month: that passes.
        seen: people in it.
        rng: of the block and month.
        log: None where nothing is noted.
    """
    homes, world = state.homes, land.world
    _drift(state, land, rng)
    _harvest(state, land, month, rng, log)
    business, cost = _farm(state, land, month)
    pension, allowance, other = _transfers(state, land, month, seen)
    level = {
        source: np.array([world.income.level[kind][source] for kind in KINDS], dtype=np.float32)[homes.kind]
        for source in ("wage", "business", "property", "transfer")
    }
    standing = np.exp(homes.fixed + land.level.astype(np.float32)[homes.village])
    ease = np.exp(np.float32(_BUSINESS_LEVEL) * homes.level)
    drawn = rng.standard_normal((2, len(homes)), dtype=np.float32)
    noise = np.exp(np.float32(world.income.transitory_sd) * drawn)
    paid = wages(state, land, month, seen) + project_wages(state, land, month)
    dividends = _dividends(state, land, month, log)
    helped = np.where(homes.help_until > month, homes.helped, 0).astype(np.float32)
    cash = Cash(
        wage=paid * standing * level["wage"] * noise[0] + helped,
        business=business * standing * ease * level["business"] * noise[1],
        property=(_rent(state, land, month) * standing + dividends) * level["property"],
        transfer=(pension + allowance + other) * level["transfer"],
        business_cost=cost * standing * ease * level["business"],
        pension=pension * level["transfer"],
        allowance=allowance * level["transfer"],
    )
    column = places(month)
    homes.net[column] = cash.wage + cash.business + cash.property + cash.transfer - cash.business_cost
    return cash


def _drift(state: State, land: Land, rng: np.random.Generator) -> None:
    """The permanent component moves on by a month."""
    income = land.world.income
    kept = income.persistent ** (1 / 12)
    monthly = income.persistent_sd * np.sqrt((1 - kept**2) / max(1 - income.persistent**2, _PART))
    homes = state.homes
    drawn = rng.standard_normal(len(homes), dtype=np.float32)
    homes.level = np.float32(kept) * homes.level + np.float32(monthly) * drawn


def _harvest(state: State, land: Land, month: int, rng: np.random.Generator, log: Log | None) -> None:
    """Harvests fail with the weather, animals die, and herds recover."""
    homes, farm = state.homes, land.world.farm
    products = tuple(farm.products.values())
    kinds = np.array([product.kind != "crop" for product in products])
    if season(month) == _SEPTEMBER:
        lost = land.harvest[homes.village, land.place(month)] * homes.farms * rng.uniform(0.6, 1.2, len(homes))
        homes.harvest = np.clip(1 - lost, 0.05, 1).astype(np.float32)
        value = _crop_value(state, land, month) * np.minimum(lost, 0.95)
        paid = np.where(homes.crop_insured, farm.insured[1] * value, 0)
        _strike(state, land, month, value, paid, "crop_loss", rng, log)
    homes.herd = np.minimum(homes.herd + np.float32(1 / farm.recovery_months), 1).astype(np.float32)
    chance = np.array([product.loss_year for product in products])[homes.product] / 12
    hit = homes.farms & kinds[homes.product] & (rng.random(len(homes), dtype=np.float32) < chance)
    share = rng.uniform(*farm.animal_loss, len(homes)) * hit
    revenue = np.array([product.revenue for product in products])[homes.product]
    value = revenue * homes.scale * share * growth(farm.growth_year, month) * 0.5
    homes.herd = (homes.herd * (1 - share)).astype(np.float32)
    _strike(state, land, month, value, np.zeros(len(homes)), "animal_loss", rng, log)
    _slump(state, land, month, log)


def _strike(
    state: State,
    land: Land,
    month: int,
    value: NDArray[np.floating],
    paid: NDArray[np.floating],
    kind: str,
    rng: np.random.Generator,
    log: Log | None,
) -> None:
    """A loss of some households."""
    homes, column = state.homes, places(month)
    hit = np.flatnonzero(value > 0)
    homes.loss[column, hit] += value[hit].astype(np.float32)
    homes.payout[column, hit] += paid[hit].astype(np.float32)
    heavy = hit[value[hit] > _HEAVY_LOSS]
    homes.last[heavy, TROUBLE["disaster"]] = month
    push(state, land, heavy, "disaster", month + 1, rng, log)
    if log is None:
        return
    told = heavy[homes.ledger[heavy]]
    happened = log.days(month, len(told))
    log.add(
        "events", told, kind=kind, happened=happened, known=happened + 0.3 + log.rng.random(len(told)),
        loss=np.round(value[told], -1), payout=np.round(paid[told], -1),
    )  # fmt: skip


def _slump(state: State, land: Land, month: int, log: Log | None) -> None:
    """Products whose price broke within a month."""
    place = land.place(month)
    if place == 0:
        return
    begun = land.price[:, place] < _BREAK * land.price[:, place - 1]
    homes = state.homes
    hit = np.flatnonzero(homes.farms & begun[homes.product])
    homes.last[hit, TROUBLE["industry"]] = month
    if log is not None:
        told = hit[homes.ledger[hit]]
        told = told[log.rng.random(len(told)) < _SLUMP_TOLD]
        happened = log.days(month, len(told))
        log.add("events", told, kind="price_slump", happened=happened, known=happened + 0.8)


def _crop_value(state: State, land: Land, month: int) -> NDArray[np.float64]:
    """(households,) yuan of a whole year's field harvest at usual prices."""
    homes, farm = state.homes, land.world.farm
    products = tuple(farm.products.values())
    crop = np.array([product.kind == "crop" for product in products])[homes.product]
    per_mu = np.array([product.revenue if product.kind == "crop" else 0 for product in products])
    side = next(product.revenue for product in products if product.kind == "crop")
    yearly = np.where(crop, per_mu[homes.product] * homes.mu, _SIDE_CROP * side * homes.mu)
    return np.asarray(yearly * homes.scale * homes.farms * growth(farm.growth_year, month))


def _farm(state: State, land: Land, month: int) -> tuple[Floats, Floats]:
    """(households,) each: sales and costs of a month."""
    homes, farm = state.homes, land.world.farm
    products, at = tuple(farm.products.values()), season(month)
    grown = growth(farm.growth_year, month)
    price = land.price[:, land.place(month)]
    crop = np.array([product.kind == "crop" for product in products])
    sold = np.array([product.sold[at] / sum(product.sold) for product in products])
    cost_month = farm.cost_months[at] / sum(farm.cost_months)
    field_value = _crop_value(state, land, month)
    main = np.where(crop[homes.product], homes.product, int(np.flatnonzero(crop)[0]))
    sales = field_value * homes.harvest * sold[main] * price[main]
    rate = np.array([product.cost for product in products])
    cost = field_value * rate[main] * cost_month
    stock = homes.farms & ~crop[homes.product]
    yearly = np.array([product.revenue for product in products])[homes.product] * homes.scale * stock * grown
    sales += yearly * homes.herd * sold[homes.product] * price[homes.product] * _put_off(land, month)
    cost += yearly * rate[homes.product] / 12 * np.maximum(homes.herd, 0.4)
    return sales.astype(np.float32), cost.astype(np.float32)


def _put_off(land: Land, month: int) -> float:
    """Sales of vegetables and animals that an epidemic puts off by two months."""
    since, late = int(land.epidemic[land.place(month)]), land.world.epidemic.sales_late
    if since < 0:
        return 1.0
    gone = late[since] if since < len(late) else 0.0
    come = late[since - 2] if 0 <= since - 2 < len(late) else 0.0
    return 1 - gone + come


def _rent(state: State, land: Land, month: int) -> Floats:
    """Land let to others is paid before it is sown."""
    due = season(month) == _MARCH
    return (state.homes.let * land.world.farm.rent * growth(land.world.farm.growth_year, month) * due).astype(
        np.float32
    )


def _dividends(state: State, land: Land, month: int, log: Log | None) -> Floats:
    """(households,) yuan of dividends that come: due from projects that run, old debts of those that recover."""
    homes, settings = state.homes, land.world.projects
    status = land.project_status[:, land.place(month)]
    before = land.project_status[:, max(land.place(month) - 1, 0)]
    yearly = np.array([kind.yearly for kind in settings.kinds.values()])[land.project_kind]
    share = settings.due[season(month)] / sum(settings.due)
    came = np.zeros(len(homes))
    for place in range(2):
        project = homes.project[:, place]
        member = project >= 0
        mine = np.maximum(project, 0)
        runs = member & (status[mine] == RUNNING)
        recovered = runs & (homes.owed[:, place] > 0) & (before[mine] != RUNNING)
        came += np.where(recovered, homes.owed[:, place], 0)
        _tell_dividend(homes, recovered, place, month, homes.owed[:, place], homes.owed_since[:, place], True, log)
        homes.owed[recovered, place], homes.owed_since[recovered, place] = 0, NEVER
        lost = member & (status[mine] >= STOPPED) & (before[mine] < STOPPED)
        _failed(state, np.flatnonzero(lost), month, log)
        ended = member & (status[mine] == FAILED)
        homes.project[ended, place] = -1
        if share == 0:
            continue
        due = member & (status[mine] < STOPPED) & (land.project_begun[mine] < month - 6)
        amount = np.round(homes.stake[:, place] * yearly[mine] * share, 0)
        paid = due & runs
        unpaid = due & ~runs
        came += np.where(paid, amount, 0)
        homes.owed[unpaid, place], homes.owed_since[unpaid, place] = amount[unpaid], month
        homes.last[unpaid, TROUBLE["dividend"]] = month
        now = np.full(len(homes), month)
        _tell_dividend(homes, paid, place, month, amount, now, True, log)
        _tell_dividend(homes, unpaid, place, month, amount, now, False, log)
    return came.astype(np.float32)


def _tell_dividend(
    homes: Homes, who: NDArray[np.bool_], place: int, month: int, amount: NDArray[np.floating],
    due: NDArray[np.integer], came: bool, log: Log | None,
) -> None:  # fmt: skip
    if log is None:
        return
    rows = np.flatnonzero(who & homes.ledger)
    paid = np.full(len(rows), float(month) if came else np.nan)
    log.add(
        "dividends", rows, project=homes.project[rows, place].astype(np.int64), due=due[rows].astype(np.float64),
        paid=paid, amount=amount[rows].astype(np.float64), known=month + 1 - 0.5 * log.rng.random(len(rows)),
    )  # fmt: skip


def _failed(state: State, hit: NDArray[np.intp], month: int, log: Log | None) -> None:
    """A project that stops: its members lose what they worked and put in."""
    homes = state.homes
    homes.last[hit, TROUBLE["industry"]] = month
    homes.works_there[hit] = False
    if log is not None:
        told = hit[homes.ledger[hit]]
        happened = log.days(month, len(told))
        log.add(
            "events", told, kind="project_failure", happened=happened, known=happened + 0.5 + log.rng.random(len(told))
        )


def _transfers(state: State, land: Land, month: int, seen: Body) -> tuple[Floats, Floats, Floats]:
    """(households,) each: pensions, allowances and support, the rest."""
    homes, transfers = state.homes, land.world.transfers
    old = state.count(seen.here & (seen.age >= 60))
    pension = old * transfers.pension * growth(transfers.pension_growth, month)
    grown = growth(transfers.allowance_growth, month)
    members = state.count(seen.here)
    allowance = np.minimum(homes.allowance, members) * transfers.allowance * grown
    allowance = allowance + homes.support * transfers.support * grown
    rest = (homes.family * (old > 0) + homes.ecology) * growth(transfers.growth_year, month)
    share, wanted = transfers.supplement
    if land.place(month) >= _YEAR:
        lacks = wanted * grown * members - ring_sum(homes.net, month - 1, 12)
        rest = rest + share * np.clip(lacks, 0, 0.5 * wanted * members) / 12
    if season(month) in _SUBSIDY:
        rest = rest + homes.mu * transfers.subsidy / 3
    return pension.astype(np.float32), allowance.astype(np.float32), rest.astype(np.float32)
