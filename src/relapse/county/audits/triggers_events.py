"""Triggers T06, T08 and T18 to T30 of departments (部门筛查预警): reports, work, house, damage, pushes.

A hit is a reason to visit, no finding and no part of any score. Money triggers tell `amount` and `trigger`.
"""

from __future__ import annotations

from collections.abc import Mapping
from functools import partial

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from relapse.core.facts import NO_MONTH, Floats
from relapse.county.audits.cells import Check, Limits, blank, holds, month_words, number, of_household
from relapse.county.audits.circumstances import equals, last_verified, within, yearly
from relapse.county.audits.newness import became, cents, dated, days_between, of_unmonitored, persons_of, tell_persons
from relapse.county.audits.snapshot import Hits, Mask, Snapshot
from relapse.county.audits.spells import Spells, spells_of

EVENTS = "events"
DAMAGE = ("animal_loss", "crop_loss", "project_failure", "price_slump")
_UNSAFE = ("c", "d")
_STOPPED = ("failed", "stopped")
_HARM = ("grave", "disabled", "dead")


# ---- reports -----------------------------------------------------------------------------------------------------


def reported(county: Snapshot, limits: Limits, kinds: tuple[str, ...]) -> Hits:
    """Something of some kinds was reported of the household in the last months."""
    events = county.table(EVENTS)
    return dated(county, events, _reports(county, limits, *kinds), "kind")


def _reports(county: Snapshot, limits: Limits, *kinds: str) -> Mask:
    """(events,) of some kinds, in the last months, at households that can be monitored."""
    events = county.table(EVENTS)
    recent = within(county.as_of, events.happened, limits["months"])
    return recent & holds(events, "kind", *kinds) & of_unmonitored(county, events)


# ---- work --------------------------------------------------------------------------------------------------------


def work_ended(county: Snapshot, limits: Limits) -> Hits:
    """T19: somebody of an exited household stopped working in the last months and has not begun again."""
    spells, exited = spells_of(county), county.state_is("type", "exited")
    facts, group = spells.facts, persons_of(spells.facts)
    works = _sums(group, spells.runs.astype(np.float64)) > 0
    newest = np.full(len(works), -np.inf)
    past = spells.end <= county.as_of
    np.maximum.at(newest, group[past], spells.end[past])
    ended = within(county.as_of, np.where(past, spells.end, np.inf), limits["months"]) & ~works[group]
    ended &= spells.end == newest[group]
    hits = county.rows_where(facts, ended & of_unmonitored(county, facts) & exited[facts.household], "to")
    return Hits(facts, hits.rows, "to", {}, {"month": month_words(spells.end[hits.rows])})


def work_months_fall(county: Snapshot, limits: Limits) -> Hits:
    """T20: somebody worked clearly fewer months than in the same months a year ago."""
    spells = spells_of(county)
    facts, group = spells.facts, persons_of(spells.facts)
    now, before = (worked(county, spells, limits["months"], back) for back in (0, 12))
    last = ~pd.Series(group).duplicated(keep="last").to_numpy()
    fall = last & (before - now >= limits["months_fewer"]) & of_unmonitored(county, facts)
    return county.rows_where(facts, fall, "from", months=now, before=before)


def worked(county: Snapshot, spells: Spells, months: float, back: int) -> Floats:
    """(spells,) months that the person of each spell worked in a span of months that ended so long before the as_of."""
    group = persons_of(spells.facts)
    last = county.as_of - back
    total = _sums(group, spells.overlap(last - months + 1, last))
    return (np.minimum(total, months) if tell_persons(spells.facts) else total)[group]


def _sums(group: NDArray[np.int64], values: Floats) -> Floats:
    return np.bincount(group, weights=values).astype(np.float64)


# ---- house, water, damage, accidents -----------------------------------------------------------------------------


def newly_unsafe_house(county: Snapshot, limits: Limits) -> Hits:
    """T21: the house came to be of grade C or D, or was graded so in the last months."""
    facts, newest = county.table("households"), county.households
    unsafe = holds(newest, "house_grade", *_UNSAFE)
    when = became(facts, newest, ~blank(facts, "house_grade"), holds(facts, "house_grade", *_UNSAFE))
    graded = number(newest, "house_graded_at")
    new = within(county.as_of, when, limits["months"]) | within(county.as_of, graded, limits["months"])
    hits = county.rows_where(newest, unsafe & new & of_unmonitored(county, newest), "house_grade")
    grades = np.array([level.upper() for level in newest.text("house_grade").take(hits.rows).texts()], dtype=object)
    return Hits(newest, hits.rows, "house_grade", {}, {"grade": grades})


def supply_broken(county: Snapshot, limits: Limits) -> Hits:
    """T23: the water supply was or has been broken for days."""
    events = county.table(EVENTS)
    ended = number(events, "ended_at")
    until = np.where(np.isnan(ended), county.as_of + 1.0, np.minimum(ended, county.as_of + 1.0))
    days = days_between(number(events, "happened_at"), until)
    return dated(
        county, events, _reports(county, limits, "water_cut") & (days >= limits["days"]), "happened_at", days=days
    )


def disaster_loss(county: Snapshot, limits: Limits) -> Hits:
    """T24: a disaster or fire made a loss above a sum, or above so many lines a person."""
    events = county.table(EVENTS)
    lines = cents(limits["lines"] * county.line * of_household(county, "size"))
    loss, trigger = number(events, "loss"), np.fmin(limits["loss_yuan"], lines)[events.household]
    found = _reports(county, limits, "disaster", "fire") & (loss > trigger)
    return dated(county, events, found, "loss", amount=loss, trigger=trigger)


def accident(county: Snapshot, limits: Limits) -> Hits:
    """T25: an accident killed or gravely hurt somebody, or the household has to pay damages."""
    events = county.table(EVENTS)
    grave = holds(events, "injury", *_HARM) | equals(events, "liable", 1)
    return dated(county, events, _reports(county, limits, "traffic", "accident") & grave, "injury")


# ---- farming and firms -------------------------------------------------------------------------------------------


def farm_loss(county: Snapshot, limits: Limits) -> Hits:
    """T26: animals, crops, a project or a price brought a loss that is not small beside a year's business income.

    A loss or an income that is not told leaves the report as it is: any of them counts.
    """
    events = county.table(EVENTS)
    found = _reports(county, limits, *DAMAGE)
    income = yearly(county, "business") if found.any() else np.full(county.count, np.nan)
    loss, trigger = number(events, "loss"), cents(limits["share"] * income[events.household])
    return dated(county, events, found & ~(loss <= trigger), "loss", amount=loss, trigger=trigger)


def price_fallen(county: Snapshot, limits: Limits) -> Hits:
    """T27: the price of the household's main product is far lower than a year before, and it lives on business too."""
    homes = county.households
    product = homes.text("product")
    now, before = (told[product.codes] for told in _prices(county, product.levels, limits["months"]))
    fallen = (cents(now) < cents((1 - limits["share"]) * before)) & of_unmonitored(county, homes)
    if fallen.any():
        fallen &= ~(yearly(county, "business")[homes.household] <= 0)
    percent = np.round(100 * (1 - now / before))
    return county.rows_where(homes, fallen, "product", price=now, before=before, percent=percent)


def _prices(county: Snapshot, products: tuple[str, ...], months: float) -> tuple[Floats, Floats]:
    """(products and one more,) the newest mean price of the last months, and that of the same month a year before.

    The last place is of households that tell no product.
    """
    facts = county.table("prices")
    told = pd.DataFrame(
        {"product": facts.text("product").texts(), "month": facts.happened, "price": number(facts, "price")}
    )
    mean = told.groupby(["product", "month"])["price"].mean()
    recent = told[within(county.as_of, facts.happened, months) & (told["price"] > 0)]
    newest = recent.groupby("product")["month"].max().reindex(list(products)).fillna(NO_MONTH).astype(np.int64)
    now, before = (
        mean.reindex(pd.MultiIndex.from_arrays([list(products), newest - back])).to_numpy(dtype=np.float64)
        for back in (0, 12)
    )
    return np.append(now, np.nan), np.append(before, np.nan)


def firm_stopped(county: Snapshot, limits: Limits) -> Hits:
    """T28: a project that the household belongs to came to a stop or failed."""
    facts, members = county.table("projects"), county.table("project_members")
    newest = facts.newest
    when = became(facts, newest, ~blank(facts, "status"), holds(facts, "status", *_STOPPED))
    stopped = within(county.as_of, when, limits["months"])
    ids, theirs = newest.text("project_id"), members.text("project_id")
    names = {ids.levels[code] for code in ids.codes[stopped].tolist()}
    tied = np.array([*(level in names for level in theirs.levels), False])[theirs.codes]
    left = number(members, "until") <= county.as_of - limits["months"]
    begun = ~(members.happened > county.as_of)
    return county.rows_where(members, tied & begun & ~left & of_unmonitored(county, members), "project_id")


# ---- pushes ------------------------------------------------------------------------------------------------------


def push_not_verified(county: Snapshot, limits: Limits) -> Hits:
    """T30: a department pushed the household, and neither the push nor the household was verified since."""
    clues = county.table("clues")
    pushed, verified = number(clues, "pushed_at"), number(clues, "verified_at")
    seen = (verified < county.as_of + 1) | (last_verified(county)[clues.household] >= pushed)
    found = within(county.as_of, pushed, limits["months"]) & ~seen & of_unmonitored(county, clues)
    value, threshold = number(clues, "value"), number(clues, "threshold")
    return dated(county, clues, found, "pushed_at", amount=value, trigger=threshold)


RULES: Mapping[str, Check] = {
    "T06": partial(reported, kinds=("illness",)),
    "T08": partial(reported, kinds=("dropout",)),
    "T18": partial(reported, kinds=("job_loss",)),
    "T19": work_ended,
    "T20": work_months_fall,
    "T21": newly_unsafe_house,
    "T22": partial(reported, kinds=("house_damage",)),
    "T23": supply_broken,
    "T24": disaster_loss,
    "T25": accident,
    "T26": farm_loss,
    "T27": price_fallen,
    "T28": firm_stopped,
    "T29": partial(reported, kinds=("appeal",)),
    "T30": push_not_verified,
}
