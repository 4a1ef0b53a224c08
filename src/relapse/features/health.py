"""What illness costs the household, how grave and how new it is, and whether a doctor comes to the house."""

from __future__ import annotations

import numpy as np
from pydantic.dataclasses import dataclass

from relapse.core import told
from relapse.core.catalogue import Direction, Feature, FeatureTable, Sensitive, Unit
from relapse.core.facts import Facts, Floats
from relapse.core.members import PERSONS, Members
from relapse.core.panel import HOUSEHOLDS, Histories, Ints
from relapse.core.recipe import STRICT, Count
from relapse.core.told import Mask

CLAIMS, EVENTS = "claims", "events"
_SPANS = (3, 6, 12)
_YEAR = 12


@dataclass(frozen=True, config=STRICT)
class Health:
    """Own medical cost by window, hospital stays and serious illness, and visits by a doctor.

    Args:
        new_months: a hospital stay or serious illness of so many months back, or fewer, is new.
        visit_months: a chronic member without a doctor's visit for so many months is without one.
    """

    new_months: Count
    visit_months: Count

    def table(self, known: Histories, leads: Ints) -> FeatureTable:
        """Health features of one unit.

        Args:
            known: histories of (n,) members as known at as_of.
            leads: not used.

        Returns:
            (n, features): shares of the window income, counts, months; NaN where the county tells nothing of it, 0
            where it tells no claim or event of the household.
        """
        view, members = known.view, known.members
        if HOUSEHOLDS not in view.panel.tables:
            return FeatureTable.of([], len(members))
        made: dict[str, Floats] = {}
        if told.has(view, CLAIMS):
            made |= _cost(known) | _care(known)
        if told.has(view, EVENTS):
            made |= self._visits(known)
        made |= self._new(known)
        if "first_grave_6m" in made and "own_cost_yuan_12m" in made:
            made["first_grave_own_cost_yuan"] = made["first_grave_6m"] * made["own_cost_yuan_12m"]
        untold = np.full(len(members), np.nan)
        return FeatureTable.of([(entry, made.get(name, untold)) for name, entry in _ENTRIES.items()], len(members))

    def _visits(self, known: Histories) -> dict[str, Floats]:
        """Months since a doctor came, chronic members to whom none came lately, and reports of illness."""
        view, members = known.view, known.members
        events, count = view.table(EVENTS), len(view.panel.household_ids)
        there = told.past(events, view.as_of)
        recent = there & (events.happened > view.as_of - _YEAR)
        since = view.as_of - told.newest(events, there & told.kinds(events, "kind", "doctor_visit"), count)[members]
        made = {"visit_since_months": since}
        for name in ("illness", "disability"):
            mine = recent & told.kinds(events, "kind", name)
            made[f"{name}_events_12m"] = told.counts(events, mine, count)[members]
        if told.has(view, PERSONS, "health"):
            people = Members.of(view)
            chronic = people.count_of("health", people.has("health", "chronic"))[members]
            visited = since < self.visit_months
            made["chronic_unvisited_count"] = np.where(visited, np.minimum(chronic, 0), chronic)
        return made

    def _new(self, known: Histories) -> dict[str, Floats]:
        """Hospital stays and serious illness, by claims and events: how many before, and whether the first are new."""
        view, members = known.view, known.members
        count, found = len(view.panel.household_ids), list[tuple[Facts, Mask]]()
        if told.has(view, CLAIMS, "care") or told.has(view, CLAIMS, "serious_disease"):
            claims = view.table(CLAIMS)
            found.append((claims, _inpatient(claims) | _serious(claims)))
        if told.has(view, EVENTS):
            events = view.table(EVENTS)
            found.append((events, told.kinds(events, "kind", "illness")))
        if not found:
            return {}
        lately, before = np.zeros(count), np.zeros(count)
        for facts, grave in found:
            mine = told.past(facts, view.as_of) & grave
            new = facts.happened > view.as_of - self.new_months
            lately += told.counts(facts, mine & new, count)
            before += told.counts(facts, mine & ~new, count)
        first = ((lately > 0) & (before == 0)).astype(np.float64)
        return {"first_grave_6m": first[members], "grave_before_count": before[members]}


def _cost(known: Histories) -> dict[str, Floats]:
    """Own cost by window, in money and as a share of the newest window income; the year before by the same income."""
    view, members = known.view, known.members
    claims, count, as_of = view.table(CLAIMS), len(view.panel.household_ids), view.as_of
    there, cost = told.past(claims, as_of), told.number(claims, "own_cost")

    def yuan(after: int, until: int) -> Floats:
        rows = there & (claims.happened > as_of - after) & (claims.happened <= as_of - until)
        return told.sums(claims, rows, count, cost)[members]

    made: dict[str, Floats] = {}
    for span in _SPANS:
        made[f"own_cost_yuan_{span}m"] = yuan(span, 0)
        made[f"own_cost_share_{span}m"] = told.share_of_income(known, made[f"own_cost_yuan_{span}m"])
    made["own_cost_line_share_12m"] = told.share_of_line(known, made["own_cost_yuan_12m"])
    made["own_cost_share_before"] = told.share_of_income(known, yuan(2 * _YEAR, _YEAR))
    made["own_cost_share_change"] = made["own_cost_share_12m"] - made["own_cost_share_before"]
    year = there & (claims.happened > as_of - _YEAR)
    largest = np.nan_to_num(told.largest(claims.household[year], cost[year], count))[members]
    return made | {"largest_claim_share_12m": told.share_of_income(known, largest)}


def _care(known: Histories) -> dict[str, Floats]:
    view, members = known.view, known.members
    claims, count = view.table(CLAIMS), len(view.panel.household_ids)
    there = told.past(claims, view.as_of)
    year = there & (claims.happened > view.as_of - _YEAR)
    made = {"claim_since_months": view.as_of - told.newest(claims, there, count)[members]}
    if "care" in claims:
        made["inpatient_count_12m"] = told.counts(claims, year & _inpatient(claims), count)[members]
    if "serious_disease" in claims:
        made["serious_disease_count_12m"] = told.counts(claims, year & _serious(claims), count)[members]
    return made


def _inpatient(claims: Facts) -> Mask:
    return told.kinds(claims, "care", "inpatient")


def _serious(claims: Facts) -> Mask:
    return np.asarray(told.number(claims, "serious_disease") == 1)


def _entry(
    name: str,
    unit: Unit,
    meaning: str,
    *,
    direction: Direction = 0,
    wording: str = "",
    true_of: str = "",
    above: float | None = None,
    modelled: bool = True,
    sensitive: Sensitive = "health",
) -> tuple[str, Feature]:
    return name, Feature(
        f"health__{name}", unit, meaning, "illness" if sensitive == "health" else sensitive, direction,
        wording=wording, true_of=f"health__{true_of}" if true_of else "", true_above=above, modelled=modelled,
        sensitive=sensitive,
    )  # fmt: skip


_ENTRIES = dict([
    *(_entry(f"own_cost_yuan_{span}m", "money", f"own medical cost of {span} months", modelled=False)
      for span in _SPANS),
    *(_entry(f"own_cost_share_{span}m", "share", f"own cost of {span} months over the newest window income",
             direction=1, wording="reason.illness" if span == _YEAR else "", above=0.1 if span == _YEAR else None)
      for span in _SPANS),
    _entry("own_cost_line_share_12m", "share", "own cost of a year per person, over the line", direction=1),
    _entry("own_cost_share_before", "share", "own cost of the year before over the same income"),
    _entry("own_cost_share_change", "share", "share of a year's own cost less that of the year before"),
    _entry("largest_claim_share_12m", "share", "largest claim of a year over the newest window income", direction=1),
    _entry("claim_since_months", "periods", "months since the newest claim"),
    _entry("inpatient_count_12m", "count", "claims of a year for hospital stays"),
    _entry("serious_disease_count_12m", "count", "claims of a year for a serious disease"),
    _entry("first_grave_6m", "count", "first hospital stay or serious illness within six months, none before",
           wording="reason.illness_new", true_of="first_grave_own_cost_yuan", above=0.5),
    _entry("first_grave_own_cost_yuan", "money", "own cost of a year where it is", modelled=False),
    _entry("grave_before_count", "count", "hospital stays and serious illnesses before that"),
    _entry("illness_events_12m", "count", "reports of a serious illness within a year"),
    _entry("disability_events_12m", "count", "reports of a new disability within a year", sensitive="disability"),
    _entry("visit_since_months", "periods", "months since a doctor came to the house"),
    _entry("chronic_unvisited_count", "persons", "chronic members without a doctor's visit in three months"),
])  # fmt: skip
