"""The eight groups that an office must visit (八必访), V01 to V08: notes on who is in them, with nothing fitted."""

from __future__ import annotations

from collections.abc import Mapping

import numpy as np

from relapse.core.facts import Floats, per_household
from relapse.county.audits.cells import Check, Limits, holds
from relapse.county.audits.circumstances import HIGHER_SCHOOLS, unmonitored, within, yearly
from relapse.county.audits.members import ALLOWANCES
from relapse.county.audits.newness import cents, newly, newly_disabled
from relapse.county.audits.snapshot import Hits, Mask, Snapshot
from relapse.county.audits.spells import spells_of
from relapse.county.audits.triggers import GRAVE

SUDDEN = (
    "illness", "accident", "traffic", "crime", "fire", "death", "disaster", "crop_loss", "animal_loss", "house_damage",
)  # fmt: skip
_SOURCES = ("wage", "business", "property", "transfer")


def low_or_falling_income(county: Snapshot, limits: Limits) -> Hits:
    """V01: income per person is not far above the line, or clearly lower than a year before."""
    income, before = county.income, county.window(county.known.everyone.window_income, 12)
    low = cents(income) <= cents(limits["lines"] * county.line)
    falling = (before > 0) & (cents(before - income) >= cents(limits["share"] * before))
    return county.households_where(unmonitored(county) & (low | falling), "net_income_pc", income=income)


def ill_member(county: Snapshot, _limits: Limits) -> Hits:
    """V02: a member is seriously or chronically ill."""
    return _members(county, holds(county.persons, "health", "chronic", "serious"), "health")


def supported_at_home(county: Snapshot, _limits: Limits) -> Hits:
    """V03: a member has the support of extreme hardship and lives at home (分散供养)."""
    return _members(county, holds(county.persons, "support", "dispersed"), "support")


def newly_on_allowance(county: Snapshot, limits: Limits) -> Hits:
    """V04: a member came on the roll of the minimum living allowance."""
    return _members(county, newly(county, "allowance", limits["months"], *ALLOWANCES), "allowance")


def disabled_member(county: Snapshot, limits: Limits) -> Hits:
    """V05: a member is newly or gravely disabled."""
    grave = holds(county.persons, "disability_grade", *GRAVE)
    return _members(county, grave | newly_disabled(county, limits["months"]), "disability_grade")


def several_learners(county: Snapshot, limits: Limits) -> Hits:
    """V06: several members learn beyond compulsory school."""
    learners = county.members(holds(county.persons, "school_status", *HIGHER_SCHOOLS))
    found = unmonitored(county) & (learners >= limits["learners"])
    return county.households_where(found, "school_status", persons=learners)


def wages_unsteady(county: Snapshot, limits: Limits) -> Hits:
    """V07: most income is wages, and the household worked fewer months than in the same months a year ago."""
    spells = spells_of(county)
    spans = ((county.as_of - back - limits["months"] + 1, county.as_of - back) for back in (0, 12))
    now, before = (per_household(spells.facts.household, county.count, spells.overlap(*span)) for span in spans)
    wage, total = yearly(county, "wage"), np.sum([np.nan_to_num(yearly(county, each)) for each in _SOURCES], axis=0)
    percent: Floats = np.round(100 * wage / np.where(total > 0, total, np.nan))
    unsteady = (before - now >= limits["months_fewer"]) & (cents(wage) >= cents(limits["share"] * total)) & (total > 0)
    return county.households_where(unmonitored(county) & unsteady, "wage", percent=percent, months=now, before=before)


def struck(county: Snapshot, limits: Limits) -> Hits:
    """V08: a sudden change or a disaster was reported in the last months."""
    events = county.table("events")
    recent = holds(events, "kind", *SUDDEN) & within(county.as_of, events.happened, limits["months"])
    found = unmonitored(county) & county.has_row("events", recent)
    count = per_household(events.household[recent], county.count)
    return county.households_where(found, "kind", events=count)


def _members(county: Snapshot, mask: Mask, column: str) -> Hits:
    """Hits of households of whose members a mask holds."""
    count = county.members(mask)
    return county.households_where(unmonitored(county) & (count > 0), column, persons=count)


RULES: Mapping[str, Check] = {
    "V01": low_or_falling_income,
    "V02": ill_member,
    "V03": supported_at_home,
    "V04": newly_on_allowance,
    "V05": disabled_member,
    "V06": several_learners,
    "V07": wages_unsteady,
    "V08": struck,
}
