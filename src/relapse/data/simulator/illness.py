"""A month of health: stays in hospital, serious disease, accidents, new disability, and what is paid for them."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from relapse.data.simulator.clock import growth
from relapse.data.simulator.land import Land
from relapse.data.simulator.log import Log
from relapse.data.simulator.settings import KINDS, Bands, Health, month_of
from relapse.data.simulator.state import MONITORED, ORDINARY, TROUBLE, Body, State, places

_WRONG = (0.7, 1.3)  # by what a claim that is corrected later was wrong, our assumption
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
    column = places(month)
    homes.own[column] = homes.loss[column] = homes.payout[column] = 0
    bill = _Bill(state, land, month, rng, log)
    drawn = rng.random(len(people), dtype=np.float32)

    stay = _struck(seen, health, health.inpatient_year, drawn, max(health.chronic_times, 1))
    often = np.where(people.chronic[stay], health.chronic_times, 1)
    often = often * np.where(month - people.doctor[stay] <= 3, health.home_visit_effect, 1)
    stay = stay[drawn[stay] < _chance(state, seen, health, health.inpatient_year, stay) * often]
    bill.send(stay, rng.lognormal(np.log(health.own_median), health.own_sigma, len(stay)), "inpatient", False)

    drawn = rng.random(len(people), dtype=np.float32)
    serious = _struck(seen, health, health.serious_year, drawn, 1)
    serious = serious[drawn[serious] < _chance(state, seen, health, health.serious_year, serious)]
    bill.send(
        serious, rng.lognormal(np.log(health.serious_median), health.serious_sigma, len(serious)), "inpatient", True
    )
    people.ill_until[serious] = month + 1 + rng.exponential(health.lost_months, len(serious)).astype(np.int32)
    people.job_end[serious] = np.minimum(people.job_end[serious], month)
    homes.last[people.home[serious], TROUBLE["illness"]] = month
    bill.event(serious, "illness")
    _carers(state, seen, serious, health.carer_stays, month, rng)

    tail = np.flatnonzero(month < people.ill_until)
    tail = tail[seen.here[tail] & (drawn[tail] >= 0.4) & (drawn[tail] < 0.9)]
    bill.send(tail, health.tail_share * rng.lognormal(np.log(health.serious_median), 0.6, len(tail)), "special", False)

    chronic = np.flatnonzero(drawn < health.visits_outpatient)
    chronic = chronic[seen.here[chronic] & people.chronic[chronic]]
    bill.send(chronic, rng.gamma(2, health.outpatient_mean / 2, len(chronic)), "special", False)
    others = np.flatnonzero(drawn > 1 - health.outpatient_others)
    others = others[seen.here[others] & ~people.chronic[others]]
    bill.send(others, rng.gamma(2, health.outpatient_mean / 4, len(others)), "outpatient", False)

    drawn = rng.random(len(people), dtype=np.float32)
    hurt = np.flatnonzero(drawn < health.accident_year / 12)
    hurt = hurt[seen.here[hurt] & (seen.age[hurt] >= 16) & (seen.age[hurt] < 70)]
    injury = rng.lognormal(np.log(health.accident_median), health.accident_sigma, len(hurt))
    bill.send(hurt, injury, "inpatient", False, "accident")
    homes.last[people.home[hurt], TROUBLE["accident"]] = month
    bill.accident(hurt)
    drawn = rng.random(len(people), dtype=np.float32)
    fresh = _struck(seen, health, health.chronic_year, drawn, 1)
    people.chronic[fresh[drawn[fresh] < _chance(state, seen, health, health.chronic_year, fresh)]] = True
    _disable(state, land, month, seen, hurt, rng, log)
    _doctor_comes(state, land, month, seen, rng, log)
    _push(state, land, month, rng, log)


def _struck(
    seen: Body, health: Health, by_age: Bands, drawn: NDArray[np.float32], times: float
) -> Rows:  # fmt: skip
    """Members whom the draw could strike at the highest chance of all; whether it does is asked of them alone."""
    highest = by_age.highest / 12 * max(health.worse.values()) * times
    found = np.flatnonzero(drawn < highest)
    return found[seen.here[found]]


def _chance(state: State, seen: Body, health: Health, by_age: Bands, who: Rows) -> NDArray[np.float64]:
    """(persons,) chance of a month by age and kind of household, of some people."""
    worse = np.array([health.worse[name] for name in KINDS])[state.homes.kind[state.people.home[who]]]
    return np.asarray(by_age.at(seen.age[who]) / 12 * worse)


def _disable(
    state: State, land: Land, month: int, seen: Body, hurt: Rows, rng: np.random.Generator, log: Log | None
) -> None:
    """New disability, of those hurt and of the old."""
    people = state.people
    after = hurt[rng.random(len(hurt)) < land.world.health.accident_disables]
    old = np.flatnonzero(rng.random(len(people), dtype=np.float32) < _BY_STAY)
    old = old[seen.here[old] & (seen.age[old] >= 55) & (people.grade[old] == 0)]
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
    """A doctor visits the chronically ill of registered households at home, where the village has a doctor."""
    people, homes, health = state.people, state.homes, land.world.health
    if month < month_of(health.home_visit_from) or land.epidemic[land.place(month)] in (0, 1):
        return
    served = (homes.kind != ORDINARY) & land.doctor[homes.village]
    need = np.flatnonzero(seen.here & people.chronic & served[people.home])
    found = need[rng.random(len(need)) < health.home_visit]
    people.doctor[found] = month
    if log is not None:
        homes_seen = np.unique(people.home[found])
        happened = log.days(month, len(homes_seen))
        log.add("events", homes_seen, kind="doctor_visit", happened=happened, known=happened + 0.6)


def _push(state: State, land: Land, month: int, rng: np.random.Generator, log: Log | None) -> None:
    """The insurer names households whose own cost of the year went beyond a threshold."""
    homes, people = state.homes, state.people
    year = month // 12
    threshold = np.array([land.world.reporting.thresholds[name] for name in KINDS])
    costly = np.flatnonzero(people.year_cost > threshold.min())
    costly = costly[people.year_cost[costly] > threshold[homes.kind[people.home[costly]]]]
    over = np.unique(people.home[costly[people.until[costly] > month]])
    over = over[homes.threshold_year[over] < year]
    homes.threshold_year[over] = year
    homes.pushed[push(state, land, over, "cost", month + 1, rng, log)] = month + 1


def push(
    state: State, land: Land, home: NDArray[np.integer], trouble: str, month: int, rng: np.random.Generator,
    log: Log | None,
) -> NDArray[np.integer]:  # fmt: skip
    """A department names a share of its cases; whoever was not on the books is from then on.

    Args:
        state: changed in place.
        land: the county.
        home: (cases,) places of the households.
        trouble: what befell them, a key of the words of pushes.
        month: in which the push comes.
        rng: of the block and month: a push is a part of what happens, noted or not.
        log: None where nothing is noted.

    Returns:
        (named,) places of the households that were named, each once.
    """
    named = np.unique(home[rng.random(len(home)) < land.world.reporting.pushes[trouble]])
    state.homes.on_books[named] = True
    if log is not None:
        department, item = land.world.words.pushes[trouble]
        log.add("clues", named, department=department, item=item, pushed=log.days(month, len(named)))
    return named


class _Bill:
    """Costs of a month: they are paid by the household, told by the insurer, and lowered by relief."""

    def __init__(self, state: State, land: Land, month: int, rng: np.random.Generator, log: Log | None) -> None:
        self.state, self.land, self.month, self.rng, self.log = state, land, month, rng, log
        self.grown = growth(land.world.health.cost_growth_year, month)
        self.sent = 0

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
        np.add.at(homes.own[column], home, paid.astype(np.float32))
        people.year_cost[who] += paid.astype(np.float32)
        homes.last[home[paid > _HEAVY], TROUBLE[trouble]] = self.month
        people.stays[who] += care == "inpatient"
        if self.log is None:
            return
        told = np.flatnonzero(homes.on_books[home] & (homes.ledger[home] | self._complete(home)))
        on_list = (self.log.rng.random(len(told)) < _LIST) if serious else np.zeros(len(told), bool)
        self._tell(who[told], paid[told], own[told], relief[told], care, on_list)

    def _tell(
        self, who: Rows, paid: NDArray[np.float64], own: NDArray[np.float64], relief: NDArray[np.float64], care: str,
        on_list: NDArray[np.bool_],
    ) -> None:  # fmt: skip
        """Claims as the insurer tells them, a month late or more; some are wrong at first and corrected later."""
        assert self.log is not None
        people, settings, random = self.state.people, self.land.world.reporting, self.log.rng
        self.sent += 1
        known = self.month + 1.15 + self.log.late(settings.claims_late, len(who)) + 0.3 * random.random(len(who))
        wrong = random.random(len(who)) < settings.claims_corrected
        shown = np.where(wrong, np.round(paid * random.uniform(*_WRONG, len(who)), 2), paid)
        for rows, amount, when in (
            (np.arange(len(who)), shown, known),
            (np.flatnonzero(wrong), paid, known + random.integers(1, 4, len(who))),
        ):
            person = who[rows]
            self.log.add(
                "claims", people.home[person], member=people.member[person], month=float(self.month), own=amount[rows],
                total=np.round(own[rows] / _TOTAL, 2), relief=relief[rows], care=care,
                serious=on_list[rows].astype(np.float64), sent=float(self.sent), known=when[rows],
            )  # fmt: skip

    def event(self, who: Rows, kind: str) -> None:
        """Something that a department noted."""
        people, homes = self.state.people, self.state.homes
        push(self.state, self.land, people.home[who], kind, self.month + 1, self.rng, self.log)
        if self.log is None:
            return
        told = who[homes.ledger[people.home[who]]]
        happened = self.log.days(self.month, len(told))
        self.log.add(
            "events", people.home[told], member=people.member[told], kind=kind, happened=happened,
            known=happened + 0.5 + 0.5 * self.log.rng.random(len(told)),
        )  # fmt: skip

    def accident(self, who: Rows) -> None:
        """Accidents, of which insurances pay some."""
        state, health = self.state, self.land.world.health
        people, homes = state.people, state.homes
        share, part = health.accident_paid
        home = people.home[who]
        paid = (self.rng.random(len(who)) < share) * part * np.minimum(people.year_cost[who], 60_000)
        column = places(self.month)
        np.add.at(homes.payout[column], home, paid.astype(np.float32))
        push(state, self.land, home, "accident", self.month + 1, self.rng, self.log)
        if self.log is None:
            return
        told = np.flatnonzero(homes.ledger[home])
        happened = self.log.days(self.month, len(told))
        injury = (self.log.rng.integers(0, 2, len(told)), ("hurt", "grave"))
        self.log.add(
            "events", home[told], member=people.member[who[told]], kind="traffic", happened=happened,
            known=happened + 0.5 + 0.8 * self.log.rng.random(len(told)), payout=np.round(paid[told], 2), injury=injury,
        )  # fmt: skip

    def _complete(self, home: NDArray[np.integer]) -> NDArray[np.bool_]:
        return np.asarray(self.land.complete[self.land.township[self.state.homes.village[home]]])
