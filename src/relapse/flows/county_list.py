"""A county's list: who is visited in which tier, with what is told of each row, by township and by village."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping
from dataclasses import dataclass, field, replace

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from relapse.core.forecast import HazardForecast
from relapse.core.results import COUNTY_TIERS, Drawn, Finding, Language
from relapse.core.rows import Floats, Ints, Unit
from relapse.core.texts import text
from relapse.core.tones import lead_sentence
from relapse.core.triggered import Raised
from relapse.county.risk_list.build import ListSettings
from relapse.county.risk_list.capacity import TownshipCapacity
from relapse.county.risk_list.clues import village_codes
from relapse.county.risk_list.previous import STAYS, Previous
from relapse.county.risk_list.tiers import NO_TIER, VISIT, Assigned, Candidates, Plan, assign, plan_of
from relapse.evaluation.missed import effective, missed, months_until_noticed
from relapse.flows.look import Judged, Looked
from relapse.flows.urgency import Rules, urgency

Texts = NDArray[np.object_]


@dataclass(frozen=True, eq=False)
class Office:
    """What an office says of its lists.

    Args:
        settings: length, horizon, capacity …
        length: the data's own length of a list.
        previous: last month's list.
        capacity: figures by township of the county's own file.
    """

    settings: ListSettings
    length: int | str
    previous: Previous = field(default_factory=Previous)
    capacity: Mapping[str, TownshipCapacity] = field(default_factory=dict)


@dataclass(frozen=True, eq=False)
class Choice:
    """Whom a county visits.

    Args:
        some: households at risk.
        plan: what townships can do.
        made: tiers.
        rows: (rows,) places among the households at risk of those listed, in order.
        villages: names of townships and villages, by the numbers in `some`.
    """

    some: Candidates
    plan: Plan
    made: Assigned
    rows: NDArray[np.int64]
    villages: pd.MultiIndex

    @property
    def tier(self) -> Texts:
        """(rows,) codes."""
        return np.array(COUNTY_TIERS, dtype=object)[self.made.tier[self.rows]]


def choose(looked: Looked, judged: Judged, place: Ints, office: Office, entries: bool) -> Choice:
    """Whom a county visits.

    Args:
        looked: the county.
        judged: what its rules and visits say.
        place: (n,) of everybody at risk, on the order of the forecast.
        office: what it can do, and what it did last month.
        entries: whether an entry is forecast: only then rules come first, clean findings let rest, and some are drawn.
    """
    unit, settings, seed = looked.forecast.unit, office.settings, looked.version.facts.seed
    capacity = settings.capacity if entries else replace(settings.capacity, random_share=0.0)
    homes = looked.township[unit.members], looked.village[unit.members]
    villages, levels = pd.MultiIndex.from_arrays(homes).factorize(sort=True)
    names = pd.MultiIndex.from_tuples(list(levels), names=["township", "village"])
    townships, of = np.unique(homes[0].astype(str), return_inverse=True)
    stay, nobody = _stays(unit, office.previous, settings.stay), np.zeros(len(place), dtype=bool)
    some = Candidates(
        of.astype(np.int64),
        villages.astype(np.int64),
        place.astype(np.int64),
        stay,
        urgency(judged.rules, unit.members, place, stay) if entries else np.zeros(len(place), np.int64),
        judged.rests[unit.members] if entries else nobody,
        judged.seen.not_met[unit.members],
        _in_turn(homes, unit.as_of, capacity.village_months),
    )
    length, _ = settings.tiers(len(unit.members), office.length)
    in_each = np.bincount(np.unique(np.stack([some.township, some.village]), axis=1)[0], minlength=len(townships))
    plan = plan_of(
        some, tuple(townships.tolist()), in_each, capacity, office.capacity, length, settings.length is not None,
        settings.next_tier,
    )  # fmt: skip
    made = assign(some, plan, (seed, unit.as_of))
    rows = made.rows(some, round(capacity.beyond * int(plan.visits.sum())))
    return Choice(some, plan, made, rows, names)


def sources(choice: Choice) -> Texts:
    """(rows,) why each has its row: by the forecast (model), by a rule, by both, or drawn at random."""
    some, made, rows = choice.some, choice.made, choice.rows
    reach = int((choice.plan.visits + choice.plan.later).sum())
    by_forecast = ~made.by_rule[rows] | (some.place[rows] <= reach)
    hit = some.urgency[rows] > 0
    told = np.where(hit, np.where(by_forecast, "both", "rule"), "model")
    return np.where(choice.tier == "random", "random", told).astype(object)


def leads_of(rules: Rules, members: Ints) -> tuple[list[tuple[Finding, ...]], NDArray[np.bool_]]:
    """(n,) findings of the rules that each household hits, and whether one of them is a department's trigger."""
    who = rules.raised.household
    begin, end = np.searchsorted(who, members, side="left"), np.searchsorted(who, members, side="right")
    department = np.concatenate([[0], np.cumsum(rules.raised.department != "")])
    told = [rules.raised.findings[first:last] for first, last in zip(begin.tolist(), end.tolist(), strict=True)]
    return told, department[end] > department[begin]


def triggered_frame(looked: Looked, raised: Raised, choice: Choice, language: Language) -> pd.DataFrame:
    """One row a household and rule that it hits, see `core.results.RiskList`."""
    members, who = looked.forecast.unit.members, raised.household
    tier = np.full(len(looked.ids), "", dtype=object)
    told = choice.made.tier != NO_TIER
    tier[members[told]] = np.array(COUNTY_TIERS, dtype=object)[choice.made.tier[told]]
    on_list = np.zeros(len(tier), dtype=bool)
    on_list[members[choice.rows]] = True
    apart = text("lead.apart", language)
    words = [lead_sentence(finding, "exact", language).partition(apart) for finding in raised.findings]
    return pd.DataFrame(
        {
            "household_id": looked.ids[who],
            "township": looked.township[who],
            "village": looked.village[who],
            "department": [before for before, _, _ in words],
            "item": [after for _, _, after in words],
            "value": raised.value,
            "limit": raised.limit,
            "on_list": on_list[who],
            "tier": tier[who],
        }
    )


def townships_frame(choice: Choice) -> pd.DataFrame:
    """One row a township, see `core.results.RiskList`."""
    some, names = choice.some, choice.plan.names

    def count(mask: NDArray[np.bool_]) -> NDArray[np.int64]:
        return np.bincount(some.township[mask], minlength=len(names))

    pairs = np.unique(np.stack([some.township, some.village]), axis=1)[0]
    return pd.DataFrame(
        {
            "township": names,
            "eligible": count(np.ones(len(some.place), dtype=bool)),
            "villages": np.bincount(pairs, minlength=len(names)),
            "capacity": choice.plan.visits,
            **{name: count(choice.made.tier == place) for place, name in enumerate(COUNTY_TIERS)},
            "resting": count(some.resting),
        }
    )


def villages_frame(looked: Looked, choice: Choice, groups: list[str], doubts: NDArray[np.int64]) -> pd.DataFrame:
    """One row a village, see `core.results.RiskList`.

    Args:
        looked: the county.
        choice: whom it visits.
        groups: (rows,) of the first reason of each row, empty where it has none.
        doubts: (households,) of the whole panel.
    """
    some, count = choice.some, len(choice.villages)
    causes: list[Counter[str]] = [Counter() for _ in range(count)]
    for village, group in zip(some.village[choice.rows].tolist(), groups, strict=True):
        causes[village].update([group] if group else [])
    there = looked.observed
    place = choice.villages.get_indexer(pd.MultiIndex.from_arrays([looked.township[there], looked.village[there]]))
    in_doubt = np.bincount(place[place >= 0], weights=doubts[there][place >= 0], minlength=count)
    return pd.DataFrame(
        {
            "township": choice.villages.get_level_values(0),
            "village": choice.villages.get_level_values(1),
            "eligible": np.bincount(some.village, minlength=count),
            "visit": np.bincount(some.village[choice.made.tier == VISIT], minlength=count),
            "causes": [dict(each.most_common()) for each in causes],
            "doubts": in_doubt.astype(np.int64),
        }
    )


def random_draws(choice: Choice, office: Office, checks: Floats) -> Drawn | None:
    """What random checks can tell of what the list misses, and what past ones told; None where nobody was drawn.

    Args:
        choice: whom the county visits.
        office: with the random checks of past lists.
        checks: (draws,) what visits for these found.
    """
    weight, settings = 1 / choice.made.probability[choice.made.stratum > 0], office.settings
    if not len(weight):
        return None
    months = [months_until_noticed(rate, effective(weight), settings.power) for rate in settings.noticed]
    drawn = Drawn(
        len(weight), tuple(zip(settings.noticed, months, strict=True)), settings.power, settings.pooled_months
    )
    draws = office.previous.draws
    month, probability = (np.array([getattr(each, name) for each in draws]) for name in ("month", "probability"))
    told = missed(month, probability, checks) if draws else None
    if told is None:
        return drawn
    rate = (told.rate, told.low, told.high) if told.months >= settings.pooled_months else None
    return replace(drawn, months=told.months, checked=told.drawn, found=told.found, rate=rate)


def expected_among(choice: Choice, hazard: HazardForecast, horizon: int) -> tuple[int, int]:
    """To how many of those to visit the outcome is expected to come: nine times of ten between the two."""
    return hazard.count_range(horizon, np.flatnonzero(choice.made.tier == VISIT))


def _stays(unit: Unit, previous: Previous, stay: float) -> NDArray[np.float64]:
    """(n,) see `Candidates.stay`."""
    rows = previous.rows or {}
    share = [STAYS.get(rows[each].tier, 0.0) if each in rows else 0.0 for each in unit.household_ids.tolist()]
    return np.array(share, dtype=np.float64) * stay


def _in_turn(homes: tuple[Texts, Texts], as_of: int, months: int) -> NDArray[np.bool_]:
    """(n,) whether it is the turn of the household's village, each of which has one every so many months."""
    if not months:
        return np.zeros(len(homes[0]), dtype=bool)
    codes = village_codes(*homes).astype(np.int64)
    return np.asarray((codes + as_of) % months == 0)
