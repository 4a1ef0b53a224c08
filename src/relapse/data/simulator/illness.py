"""A month of health: stays in hospital, serious disease, accidents, new disability, and what is paid for them."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from relapse.data.simulator.clock import growth
from relapse.data.simulator.land import Land
from relapse.data.simulator.log import Log
from relapse.data.simulator.settings import KINDS, month_of
from relapse.data.simulator.state import MONITORED, ORDINARY, TROUBLE, Body, State, places

_COST_GROWTH = 0.02  # own cost of care a year, our assumption
_TOTAL = 0.42  # own cost as a share of the whole cost, our assumption (reimbursement of somewhat more than a half)
_HEAVY = 8_000  # yuan of a month from which on care is a trouble of the household
_LIST = 0.9  # share of the serious diseases that stand on the list of special treatment, our assumption
_BY_STAY = 0.0005  # grave disability after a stay of the old, by month
Rows = NDArray[np.intp]


def fall_ill(state: State, land: Land, month: int, seen: Body, rng: np.random.Generator, log: Log | None) -> None:
    """Illness, accidents and their cost.

    Args:
        state: changed in place.
        land: the county.
        month: that passes.
        seen: people at its begin.
        rng: of the block and month.
        log: None where nothing is noted.
    """
    people, homes, health = state.people, state.homes, land.world.health
    kind = homes.kind[people.home]
    worse = np.array([health.worse[name] for name in KINDS])[kind]
    column = places(month)
    homes.own[:, column] = homes.loss[:, column] = homes.payout[:, column] = 0
    bill = _Bill(state, land, month, rng, log)
    drawn = rng.random(len(people), dtype=np.float32)

    often = np.where(people.chronic, health.chronic_times, 1) * worse
    often *= np.where(month - people.doctor <= 3, health.home_visit_effect, 1)
    stay = np.flatnonzero(seen.here & (drawn < health.inpatient_year.at(seen.age) / 12 * often))
    bill.send(stay, rng.lognormal(np.log(health.own_median), health.own_sigma, len(stay)), "inpatient", False)

    drawn = rng.random(len(people), dtype=np.float32)
    serious = np.flatnonzero(seen.here & (drawn < health.serious_year.at(seen.age) / 12 * worse))
    bill.send(
        serious, rng.lognormal(np.log(health.serious_median), health.serious_sigma, len(serious)), "inpatient", True
    )
    people.ill_until[serious] = month + 1 + rng.exponential(health.lost_months, len(serious)).astype(np.int32)
    people.wage[serious] = 0
    people.job_end[serious] = np.minimum(people.job_end[serious], month)
    homes.last[people.home[serious], TROUBLE["illness"]] = month
    bill.event(serious, "illness")
    _carers(state, seen, serious, health.carer_stays, month, rng)

    tail = np.flatnonzero(seen.here & (month < people.ill_until) & (drawn >= 0.4) & (drawn < 0.9))
    bill.send(tail, health.tail_share * rng.lognormal(np.log(health.serious_median), 0.6, len(tail)), "special", False)

    chronic = np.flatnonzero(seen.here & people.chronic & (drawn < health.visits_outpatient))
    bill.send(chronic, rng.gamma(2, health.outpatient_mean / 2, len(chronic)), "special", False)
    others = np.flatnonzero(seen.here & ~people.chronic & (drawn > 1 - health.outpatient_others))
    bill.send(others, rng.gamma(2, health.outpatient_mean / 4, len(others)), "outpatient", False)

    drawn = rng.random(len(people), dtype=np.float32)
    grown = seen.here & (seen.age >= 16) & (seen.age < 70)
    hurt = np.flatnonzero(grown & (drawn < health.accident_year / 12))
    injury = rng.lognormal(np.log(health.accident_median), health.accident_sigma, len(hurt))
    bill.send(hurt, injury, "inpatient", False, "accident")
    homes.last[people.home[hurt], TROUBLE["accident"]] = month
    bill.accident(hurt)
    drawn = rng.random(len(people), dtype=np.float32)
    fresh = seen.here & (drawn < health.chronic_year.at(seen.age) / 12 * worse)
    people.chronic |= fresh
    _disable(state, land, month, seen, hurt, rng, log)
    _doctor_comes(state, land, month, seen, rng, log)
    _push(state, land, month, log)


def _disable(
    state: State, land: Land, month: int, seen: Body, hurt: Rows, rng: np.random.Generator, log: Log | None
) -> None:
    """New disability, of those hurt and of the old."""
    people = state.people
    after = hurt[rng.random(len(hurt)) < land.world.health.accident_disables]
    old = np.flatnonzero(seen.here & (seen.age >= 55) & (people.grade == 0) & (rng.random(len(people)) < _BY_STAY))
    new = np.unique(np.r_[after, old])
    new = new[people.grade[new] == 0]
    people.grade[new] = rng.choice([1, 2, 3, 4], len(new), p=[0.15, 0.25, 0.3, 0.3])
    people.certified[new] = month + 1
    state.homes.last[people.home[new], TROUBLE["disability"]] = month
    if log is not None:
        told = new[state.homes.ledger[people.home[new]]]
        happened = log.days(month + 1, len(told))
        log.add(
            "events",
            people.home[told],
            member=people.member[told],
            kind="disability",
            happened=happened,
            known=happened + 0.3,
        )


def _carers(state: State, seen: Body, ill: Rows, chance: float, month: int, rng: np.random.Generator) -> None:
    """One who works away comes home to a member who fell seriously ill."""
    if len(ill) == 0:
        return
    needed = np.zeros(len(state.homes), dtype=bool)
    needed[state.people.home[ill[rng.random(len(ill)) < chance]]] = True
    away = np.flatnonzero(seen.away & needed[state.people.home])
    state.people.job_end[away] = month


def _doctor_comes(state: State, land: Land, month: int, seen: Body, rng: np.random.Generator, log: Log | None) -> None:
    """Home visits by a doctor (往诊) to the chronically ill of registered households, where the village has a doctor."""
    people, homes, health = state.people, state.homes, land.world.health
    if month < month_of(health.home_visit_from) or land.epidemic[land.place(month)] in (0, 1):
        return
    served = (homes.kind[people.home] != ORDINARY) & land.doctor[homes.village[people.home]]
    need = seen.here & people.chronic & served
    found = np.flatnonzero(need & (rng.random(len(people)) < health.home_visit))
    people.doctor[found] = month
    if log is not None:
        homes_seen = np.unique(people.home[found])
        happened = log.days(month, len(homes_seen))
        log.add("events", homes_seen, kind="doctor_visit", happened=happened, known=happened + 0.6)


def _push(state: State, land: Land, month: int, log: Log | None) -> None:
    """The insurer names households whose own cost of the year went beyond a threshold."""
    homes, people = state.homes, state.people
    year = month // 12
    threshold = np.array([land.world.reporting.thresholds[name] for name in KINDS])[homes.kind[people.home]]
    over = np.unique(people.home[(people.year_cost > threshold) & (people.until > month)])
    over = over[homes.threshold_year[over] < year]
    homes.threshold_year[over] = year
    told = over if log is None else over[log.rng.random(len(over)) < land.world.reporting.pushes["cost"]]
    homes.pushed[told] = month + 1
    if log is not None:
        push(state, land, log, told, "cost", month + 1)


def push(state: State, land: Land, log: Log, home: NDArray[np.integer], trouble: str, month: int) -> None:
    """A department names households; whoever was not on the books is from then on."""
    department, item = land.world.words.pushes[trouble]
    state.homes.on_books[home] = True
    log.add("clues", home, department=department, item=item, pushed=log.days(month, len(home)))


class _Bill:
    """Costs of a month: they are paid by the household, told by the insurer, and lowered by relief."""

    def __init__(self, state: State, land: Land, month: int, rng: np.random.Generator, log: Log | None) -> None:
        self.state, self.land, self.month, self.rng, self.log = state, land, month, rng, log
        self.grown = growth(_COST_GROWTH, month)

    def send(self, who: Rows, own: NDArray[np.float64], care: str, serious: bool, trouble: str = "illness") -> None:
        """Own cost of some people."""
        state, health = self.state, self.land.world.health
        people, homes = state.people, state.homes
        home = people.home[who]
        share = np.where(homes.kind[home] == ORDINARY, 1, health.exited_share)
        own = np.round(own * share * self.grown, 2)
        relieved = (homes.status[home] == MONITORED) & (own > health.relief_above)
        relief = np.where(relieved, np.round((own - health.relief_above) * health.relief, 2), 0)
        paid = own - relief
        column = places(self.month)
        np.add.at(homes.own[:, column], home, paid.astype(np.float32))
        people.year_cost[who] += paid.astype(np.float32)
        homes.last[home[paid > _HEAVY], TROUBLE[trouble]] = self.month
        people.stays[who] += care == "inpatient"
        if self.log is None:
            return
        told = np.flatnonzero(homes.on_books[home] & (homes.ledger[home] | self._complete(home)))
        on_list = (self.log.rng.random(len(told)) < _LIST) if serious else np.zeros(len(told), bool)
        self.log.add(
            "claims", home[told], member=people.member[who[told]], month=float(self.month), own=paid[told],
            total=np.round(own[told] / _TOTAL, 2), relief=relief[told], care=care, serious=on_list.astype(np.float64),
        )  # fmt: skip

    def event(self, who: Rows, kind: str) -> None:
        """Something that a department noted."""
        if self.log is None:
            return
        people, homes = self.state.people, self.state.homes
        told = who[homes.ledger[people.home[who]]]
        happened = self.log.days(self.month, len(told))
        self.log.add(
            "events", people.home[told], member=people.member[told], kind=kind, happened=happened,
            known=happened + 0.5 + 0.5 * self.log.rng.random(len(told)),
        )  # fmt: skip
        named = who[self.log.rng.random(len(who)) < self.land.world.reporting.pushes[kind]]
        push(self.state, self.land, self.log, np.unique(people.home[named]), kind, self.month + 1)

    def accident(self, who: Rows) -> None:
        """Accidents, of which insurances pay some."""
        state, health = self.state, self.land.world.health
        people, homes = state.people, state.homes
        share, part = health.accident_paid
        home = people.home[who]
        paid = (self.rng.random(len(who)) < share) * part * np.minimum(people.year_cost[who], 60_000)
        column = places(self.month)
        np.add.at(homes.payout[:, column], home, paid.astype(np.float32))
        if self.log is None:
            return
        told = np.flatnonzero(homes.ledger[home])
        happened = self.log.days(self.month, len(told))
        injury = (self.log.rng.integers(0, 2, len(told)), ("hurt", "grave"))
        self.log.add(
            "events", home[told], member=people.member[who[told]], kind="traffic", happened=happened,
            known=happened + 0.5 + 0.8 * self.log.rng.random(len(told)), payout=np.round(paid[told], 2), injury=injury,
        )  # fmt: skip
        named = np.unique(home[self.log.rng.random(len(who)) < self.land.world.reporting.pushes["accident"]])
        push(state, self.land, self.log, named, "accident", self.month + 1)

    def _complete(self, home: NDArray[np.integer]) -> NDArray[np.bool_]:
        return np.asarray(self.land.complete[self.land.township[self.state.homes.village[home]]])
