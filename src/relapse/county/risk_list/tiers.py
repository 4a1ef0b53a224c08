"""Whom to visit: a county's households at risk in, a tier for each out; no more visits than can be made.

First those who hit a rule, the longest waiting and gravest, up to a share of the visits; then the forecast's order; a
few drawn at random. What exceeds visits and calls is told as beyond the capacity, and nobody who hit a rule is lost.
"""

from __future__ import annotations

import zlib
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from relapse.core.results import COUNTY_TIERS
from relapse.county.risk_list.capacity import Capacity, Counts, TownshipCapacity, part, share_out
from relapse.county.risk_list.draw import draw

Mask = NDArray[np.bool_]
Places = NDArray[np.int64]
VISIT, NEXT, PHONE, RANDOM, BEYOND = range(len(COUNTY_TIERS))
NO_TIER = -1


@dataclass(frozen=True, eq=False)
class Candidates:
    """A county's households at risk: (n,) each.

    Args:
        township: number of the township.
        village: number of the village in the county.
        place: on the order of the forecast, from 1.
        stay: share of its place by which a household that was listed last month comes before others.
        urgency: order among those who hit a rule, from 1; 0 for all others.
        resting: whether it was verified lately with a clean finding, and nothing new is known.
        by_phone: whether nobody was met twice running, so that it is asked by phone.
        in_turn: whether it is the turn of its village to be visited at least once.
    """

    township: NDArray[np.int64]
    village: NDArray[np.int64]
    place: NDArray[np.int64]
    stay: NDArray[np.float64]
    urgency: NDArray[np.int64]
    resting: Mask
    by_phone: Mask
    in_turn: Mask

    @property
    def key(self) -> NDArray[np.float64]:
        """(n,) what orders the forecast's: a household near the cut does not come and go each month."""
        return self.place * (1 - self.stay)

    def queue(self) -> Places:
        """All that may be visited, in the forecast's order."""
        order = np.argsort(self.key, kind="stable")
        return order[~self.resting[order]]


@dataclass(frozen=True, eq=False)
class Plan:
    """What can be done in a month: (townships,) each.

    Args:
        names: of the townships.
        visits: households that can be visited, those drawn at random among them.
        later: that are told to come next month.
        calls: that can be asked by phone.
        drawn: of the visits, for households drawn at random.
        rules: of the visits, for households that hit a rule, before the forecast's.
        asked: households on the county's list were there no limits of townships.
    """

    names: tuple[str, ...]
    visits: Counts
    later: Counts
    calls: Counts
    drawn: Counts
    rules: Counts
    asked: int


@dataclass(frozen=True, eq=False)
class Assigned:
    """The tier of each household: (n,) each.

    Args:
        tier: place in `COUNTY_TIERS`, or NO_TIER.
        by_rule: whether it has its tier because it hit a rule, whatever the forecast says.
        stratum: of those drawn at random, from 1; 0 for all others.
        probability: that a household drawn at random was drawn; 1 for all others.
    """

    tier: NDArray[np.int64]
    by_rule: Mask
    stratum: NDArray[np.int64]
    probability: NDArray[np.float64]

    def rows(self, some: Candidates, most_beyond: int) -> Places:
        """Who has a row on the list, in its order.

        By tier, and in it those who hit a rule in their order, then the forecast's. Of those beyond the capacity only
        so many have a row: the others stand in the comparison with departments' triggers.

        Args:
            some: who was assigned.
            most_beyond: rows beyond the capacity.
        """
        urgency = np.where(self.by_rule, some.urgency, 0)
        order = np.lexsort((some.key, urgency, ~self.by_rule, self.tier))
        order = order[self.tier[order] != NO_TIER]
        beyond = self.tier[order] == BEYOND
        kept: Places = order[~beyond | (np.cumsum(beyond) <= most_beyond)]
        return kept


def plan_of(
    some: Candidates,
    names: tuple[str, ...],
    villages: Counts,
    capacity: Capacity,
    told: Mapping[str, TownshipCapacity],
    length: int,
    cut: bool,
    next_tier: float,
) -> Plan:
    """What each township can do.

    Args:
        some: households at risk of the county.
        names: of its townships.
        villages: (townships,) that have households at risk.
        capacity: how visits are told, or shared.
        told: figures by township of the county's own file.
        length: of the county's list.
        cut: whether that length holds even where townships could visit more.
        next_tier: the second tier as a multiple of the visits.
    """
    awake = np.bincount(some.township[~some.resting], minlength=len(names))
    limits = capacity.limits(names, villages, told)
    total = length if limits is None or cut else int(limits.sum())
    visits = share_out(
        some.queue(), some.township, awake if limits is None else limits, total, capacity.floor,
        capacity.allocation == "county",
    )  # fmt: skip
    return Plan(
        names,
        visits,
        np.ceil(visits * next_tier - 1e-9).astype(np.int64),
        capacity.phone(names, visits, told),
        capacity.drawn(visits),
        np.array([part(each, capacity.rules_share) for each in visits.tolist()], dtype=np.int64),
        length,
    )


def assign(some: Candidates, plan: Plan, seed: Sequence[int]) -> Assigned:
    """A tier for each household.

    Args:
        some: households at risk of the county.
        plan: what can be done.
        seed: of the draws; each township has one of its own, whatever the others are.
    """
    count, queue = len(some.place), some.queue()
    wanted = np.zeros(count, dtype=bool)
    wanted[queue[: plan.asked]] = True
    made = Assigned(np.full(count, NO_TIER), np.zeros(count, bool), np.zeros(count, np.int64), np.ones(count))
    by_township = queue[np.argsort(some.township[queue], kind="stable")]
    ends = np.cumsum(np.bincount(some.township[queue], minlength=len(plan.names)))
    for number, mine in enumerate(np.split(by_township, ends[:-1])):
        rng = np.random.default_rng([*seed, zlib.crc32(plan.names[number].encode())])
        _fill(made, some, mine, plan, number, wanted, rng)
    return made


def _fill(
    made: Assigned, some: Candidates, queue: Places, plan: Plan, number: int, wanted: Mask, rng: np.random.Generator
) -> None:
    """Sets the tiers of one township, whose households come in the forecast's order."""
    drawn = int(plan.drawn[number])
    split = _split(some, queue, plan, number, drawn, wanted)
    while len(split.pool) < drawn:  # too few are left to be drawn: their visits are for those who wait
        drawn = len(split.pool)
        split = _split(some, queue, plan, number, drawn, wanted)
    for code, places in ((VISIT, split.visited), (NEXT, split.later), (PHONE, split.asked), (BEYOND, split.beyond)):
        made.tier[places] = code
    made.by_rule[split.by_rule] = True
    sample = draw(len(split.pool), drawn, rng)
    taken = split.pool[sample.rows]
    made.tier[taken], made.stratum[taken], made.probability[taken] = RANDOM, sample.stratum, sample.probability


@dataclass(frozen=True, eq=False)
class _Split:
    """The households of one township by what is done: places, in order."""

    visited: Places
    later: Places
    asked: Places
    beyond: Places
    pool: Places
    by_rule: Places


def _split(some: Candidates, queue: Places, plan: Plan, number: int, drawn: int, wanted: Mask) -> _Split:
    """Who is visited, comes next month, is asked by phone, is beyond all that, and may be drawn."""
    room = int(plan.visits[number]) - drawn
    rules = queue[some.urgency[queue] > 0]
    rules = rules[np.argsort(some.urgency[rules], kind="stable")]
    first = _at_home(some, rules)[: min(int(plan.rules[number]), room)]
    visited = _visited(some, first, queue, room)
    waiting = _but(rules, visited)
    others = _but(queue, np.concatenate([visited, waiting]))
    at_home = _at_home(some, others)
    later, more = at_home[: plan.later[number]], at_home[plan.later[number] :]
    asked = np.concatenate([waiting, _but(others, at_home), more])
    asked, left = asked[: plan.calls[number]], asked[plan.calls[number] :]
    beyond = left[(some.urgency[left] > 0) | wanted[left]]
    pool = _but(left, beyond)
    return _Split(
        visited, later, asked, beyond, pool[np.argsort(some.key[pool], kind="stable")], np.concatenate([first, waiting])
    )


def _visited(some: Candidates, first: Places, queue: Places, room: int) -> Places:
    """Those who hit a rule, then one of each village whose turn it is, then the forecast's order."""
    others = _but(_at_home(some, queue), first)
    mine = some.village[others]
    due = some.in_turn[others] & ~np.isin(mine, some.village[first])
    best = np.zeros(len(others), dtype=bool)
    best[np.flatnonzero(due)[np.unique(mine[due], return_index=True)[1]]] = True
    return np.concatenate([first, others[best], others[~best]])[:room]


def _at_home(some: Candidates, places: Places) -> Places:
    return places[~some.by_phone[places]]


def _but(places: Places, others: Places) -> Places:
    """Places in their order, without some."""
    return places[~np.isin(places, others)]
