"""Who comes before the forecast's order, and who rests: rules that a county hits, and what visits found."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from relapse.core import told
from relapse.core.facts import Category, Facts, Floats
from relapse.core.panel import PanelView
from relapse.core.protocols import AsksRules, Auditor
from relapse.core.triggered import Raised
from relapse.county.risk_list.previous import PastDraw

Mask = NDArray[np.bool_]
Months = NDArray[np.int64]
Texts = NDArray[np.object_]

VISITS, EVENTS, CLAIMS = "visits", "events", "claims"
CLEAN, NOT_MET, RISK = "no_risk", "not_met", "at_risk"
DECIDED = ("at_risk", "no_risk", "wrong_data")  # verdicts after which it is known how the household stands
_NO_NEWS = ("doctor_visit", "graduation")  # events that are help, or good
_LONG_AGO = -(10**6)
_GRAVEST = 4.0  # times its limit: limits of several rules compare no further (our choice)
_MONTHS_TO_CHECK = 2  # after the list's: a later visit was not for that list


@dataclass(frozen=True, eq=False)
class Visited:
    """What visits found, as known: (households,) each.

    Args:
        verdict: of the newest visit, empty where there was none.
        rests_since: month after which all that becomes known is new to who last verified a household with a clean
            finding; _LONG_AGO where none did so lately.
        not_met: whether nobody was met at the newest two visits.
    """

    verdict: Texts
    rests_since: Months
    not_met: Mask


@dataclass(frozen=True, eq=False)
class Rules:
    """Who hits which rules at an as_of.

    Args:
        raised: the hits.
        waiting: (hits,) months for which the household has hit the rule in a row, this one included, as far as looked.
        before: (hits, months back) whether it hit the rule so many months ago, as known then.
    """

    raised: Raised
    waiting: Months
    before: Mask


def visited(known: PanelView, months: int) -> Visited:
    """What visits found.

    Args:
        known: what was known by the end of the as_of.
        months: for which a household rests after a clean finding.
    """
    count = len(known.panel.household_ids)
    verdict, since = np.full(count, "", dtype=object), np.full(count, _LONG_AGO)
    not_met = np.zeros(count, dtype=bool)
    if not told.has(known, VISITS, "verdict"):
        return Visited(verdict, since, not_met)
    table = known.table(VISITS)
    table = table.take(told.past(table, known.as_of))
    found = table.text("verdict").texts()
    who, last = table.household, _last(table)
    verdict[who[last]] = found[last]
    lately = table.happened > known.as_of - months
    twice = (found == NOT_MET) & np.roll(found == NOT_MET, 1) & (np.roll(who, 1) == who) & lately
    not_met[who[last & twice]] = True
    decided = table.take(np.isin(found, DECIDED))
    last = _last(decided)
    clean = last & decided.text("verdict").holds(CLEAN) & (decided.happened > known.as_of - months)
    since[decided.household[clean]] = _looked_until(decided)[clean]
    return Visited(verdict, since, not_met)


def checks_of(known: PanelView, draws: Sequence[PastDraw]) -> Floats:
    """(draws,) what the visit for a random check found: 1 a risk, 0 none, NaN where it is not known.

    The first visit in the months after the list that came to a verdict holds; recognitions are not asked, since of
    those who were not visited nobody would be found without one.

    Args:
        known: what was known by the end of the as_of.
        draws: households drawn for past lists.
    """
    found = np.full(len(draws), np.nan)
    if not told.has(known, VISITS, "verdict"):
        return found
    table = known.table(VISITS)
    table = table.take(told.past(table, known.as_of))
    verdict = table.text("verdict")
    table = table.take(verdict.holds(RISK, CLEAN))
    risk, first = table.text("verdict").holds(RISK), dict[tuple[str, int], float]()
    ids = known.panel.household_ids[table.household]
    for household, month, value in zip(ids.tolist(), table.happened.tolist(), risk.tolist(), strict=True):
        first.setdefault((household, month), float(value))
    for place, each in enumerate(draws):
        months = range(each.month, each.month + _MONTHS_TO_CHECK + 1)
        found[place] = next((first[each.household, at] for at in months if (each.household, at) in first), np.nan)
    return found


def rules_hit(known: PanelView, audits: Auditor, missed: Collection[str], months: int) -> Rules:
    """Hits of departments' triggers and of rules of missed inclusion, and since when.

    Args:
        known: what was known by the end of the as_of.
        audits: ask the rules.
        missed: numbers of rules of missed inclusion.
        months: to look back.
    """
    raised = audits.raised(known, missed)
    names = tuple(dict.fromkeys(raised.rule.tolist()))
    before = np.zeros((len(raised.household), months), dtype=bool)
    if isinstance(audits, AsksRules) and names:
        for back in range(1, months + 1):
            then = audits.triggered(known.earlier(known.as_of - back), names)
            column = {name: place for place, name in enumerate(then.rules)}
            place = np.array([column.get(name, -1) for name in raised.rule.tolist()], dtype=np.int64)
            before[:, back - 1] = (place >= 0) & then.hit[raised.household, place]
    waiting = 1 + np.cumprod(before, axis=1).sum(axis=1)
    return Rules(raised, waiting.astype(np.int64), before)


def urgency(rules: Rules, members: NDArray[np.int32], place: NDArray[np.int32], stay: NDArray[np.float64]) -> Months:
    """(n,) order among the members who hit a rule, from 1; 0 for all others.

    The longest waiting and gravest come first: months in which the rule was hit times the amount over its limit, of
    which four times counts at most, so that a new grave case and an old standing one are both seen to. Of equal ones
    comes first who is farther over a limit, then who hits more rules, then the forecast's order.

    Args:
        rules: of the county.
        members: (n,) places of households.
        place: (n,) on the order of the forecast.
        stay: (n,) share by which a household that was listed last month comes before others.
    """
    who = rules.raised.household
    count = max(int(who.max(initial=-1)), int(members.max(initial=-1))) + 1
    urgent, ratio, hits = np.zeros(count), np.zeros(count), np.zeros(count, np.int64)
    np.maximum.at(urgent, who, rules.waiting * np.minimum(rules.raised.ratio, _GRAVEST))
    np.maximum.at(ratio, who, rules.raised.ratio)
    np.add.at(hits, who, 1)
    order = np.lexsort((place, -hits[members], -ratio[members], -urgent[members] / (1 - stay)))
    order = order[hits[members[order]] > 0]
    made = np.zeros(len(members), dtype=np.int64)
    made[order] = np.arange(1, len(order) + 1)
    return made


def resting(known: PanelView, seen: Visited, rules: Rules, least_claim: float) -> Mask:
    """(households,) verified lately with a clean finding, of whom nothing new became known since.

    New are events, claims and hits of rules that nobody could know at the visit. Months are all that is known of most
    clocks: what became known in the month of a visit counts as new, unless the visit was for a list of that month.

    Args:
        known: what was known by the end of the as_of.
        seen: what visits found.
        rules: hits, with as many months back as households rest.
        least_claim: own medical cost of a claim from which on it counts, yuan.
    """
    since = seen.rests_since
    rests = since > _LONG_AGO
    for name in (EVENTS, CLAIMS):
        if name in known.panel.tables:
            table = known.table(name)
            new = table.known > np.where(table.household >= 0, since[table.household], known.as_of)
            rests[table.household[new & _tells(table, least_claim)]] = False
    who = rules.raised.household
    back = known.as_of - since[who]
    was_hit = (back > 0) & (back <= rules.before.shape[1])
    was_hit &= rules.before[np.arange(len(who)), np.clip(back - 1, 0, max(rules.before.shape[1] - 1, 0))]
    rests[who[~was_hit & (back > 0)]] = False
    return rests


def _tells(table: Facts, least_claim: float) -> Mask:
    """(rows,) whether an event or a claim is news at all."""
    if table.name == CLAIMS:
        return np.asarray(told.number(table, "own_cost") >= least_claim)
    return ~told.kinds(table, "kind", *_NO_NEWS)


def _last(table: Facts) -> Mask:
    """(rows,) the newest row of each household, in rows by household and month."""
    last = np.ones(len(table), dtype=bool)
    last[:-1] = table.household[1:] != table.household[:-1]
    return last


def _looked_until(table: Facts) -> Months:
    """(rows,) the month until which all was known to whoever made the visit: that of the list, else the one before."""
    before = table.happened.astype(np.int64) - 1
    if "clue_id" not in table:
        return before
    return np.minimum(np.maximum(_months(table.text("clue_id")), before), table.happened)


def _months(ids: Category) -> Months:
    """(rows,) the month with which the number of a lead begins, _LONG_AGO where it has none."""
    told_months = [
        int(each[:4]) * 12 + int(each[4:6]) - 1 if each[:6].isascii() and each[:6].isdigit() and each[6:7] == "-" else
        _LONG_AGO for each in ids.levels
    ]  # fmt: skip
    return np.array([*told_months, _LONG_AGO], dtype=np.int64)[ids.codes]
