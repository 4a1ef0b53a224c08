"""Rules H: work away against school, ability, age and support; spells of work against each other and the year."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace

import numpy as np

from relapse.core.facts import Floats
from relapse.county.audits.cells import Check, Limits, blank, holds, month_words, number
from relapse.county.audits.members import able, pupil, supported, unable
from relapse.county.audits.snapshot import Hits, Mask, Snapshot
from relapse.county.audits.sources import source_sum
from relapse.county.audits.spells import (
    WORK,
    county_sum,
    months_worked,
    of_persons,
    order_by_person,
    spells_of,
    works,
)

_NEAR = ("village", "township", "county")
_TOLD_AT_WORK = ("monthly_wage", "employer", "industry", "channel", "point_to_point")


def pupil_works(county: Snapshot, _limits: Limits) -> Hits:
    """A pupil or student works away, or plans to."""
    return county.persons_where(pupil(county) & _works_or_plans(county), "school_status", age=county.age)


def unable_works(county: Snapshot, _limits: Limits) -> Hits:
    """A person without labour ability works away, or plans to."""
    return county.persons_where(unable(county) & _works_or_plans(county), "labour")


def child_works(county: Snapshot, limits: Limits) -> Hits:
    """A spell of work began before the person was old enough for work."""
    spells = spells_of(county)
    age = np.floor((spells.start - of_persons(county, county.persons.number("birth_month"))) / 12)
    return county.rows_where(spells.facts, age < limits["age_least"], "from", age=age)


def supported_works(county: Snapshot, _limits: Limits) -> Hits:
    """A person who gets the support of those in extreme hardship works away."""
    return county.persons_where(supported(county) & works(county), "support")


def spells_overlap(county: Snapshot, _limits: Limits) -> Hits:
    """A spell of work begins no later than the last month of an earlier spell of the person."""
    spells = spells_of(county)
    order, group = order_by_person(spells)
    end = group * 10**7 + spells.end[order].astype(np.int64)
    last = np.maximum.accumulate(end)[:-1] - group[1:] * 10**7
    later = (np.diff(group) == 0) & (spells.start[order][1:] <= last)
    hit = np.zeros(len(order), dtype=bool)
    hit[order[1:][later]] = True
    return _with_start(county, hit, "from")


def not_working_without_end(county: Snapshot, _limits: Limits) -> Hits:
    """A person does not work now, but the last spell has no end, or one in the future."""
    spells = spells_of(county)
    order, group = order_by_person(spells)
    last = np.zeros(len(order), dtype=bool)
    last[order[np.r_[np.diff(group) != 0, True][: len(order)]]] = True
    idle = number(spells.facts, "is_working") == 0
    return _with_start(county, last & idle & (spells.end > county.as_of), "to")


def never_returned(county: Snapshot, limits: Limits) -> Hits:
    """A spell of work has lasted very long and has no end."""
    spells = spells_of(county)
    months = county.as_of - spells.start
    hits = _with_start(county, blank(spells.facts, "to") & (months >= limits["months_open"]), "to")
    return replace(hits, numbers={"months": months[hits.rows]})


def start_blank(county: Snapshot, _limits: Limits) -> Hits:
    """A spell of work has no first month."""
    spells = spells_of(county)
    return county.rows_where(spells.facts, np.isnan(spells.start), "from")


def county_of_work_blank(county: Snapshot, _limits: Limits) -> Hits:
    """A person works outside the county or nobody knows where, and the county of work is not told."""
    spells = spells_of(county)
    vague = blank(spells.facts, "county") & ~holds(spells.facts, "place", *_NEAR)
    return _with_start(county, spells.runs & vague, "county")


def work_told_in_part(county: Snapshot, _limits: Limits) -> Hits:
    """A person works now, and wage, employer, industry, channel or transport is blank."""
    spells = spells_of(county)
    count = np.sum([blank(spells.facts, each) for each in _TOLD_AT_WORK], axis=0).astype(np.float64)
    return county.rows_where(spells.facts, spells.runs & (count > 0), "monthly_wage", blanks=count)


def plan_without_service(county: Snapshot, _limits: Limits) -> Hits:
    """A person plans to go away for work, and no wish for job service is told."""
    plans = number(county.persons, "planned_work") == 1
    return county.persons_where(plans & blank(county.persons, "job_service"), "job_service")


def labour_without_work(county: Snapshot, limits: Limits) -> Hits:
    """A household has labour, nobody has worked of late, and no income of business is told."""
    spells = spells_of(county)
    worked = county.has_row(WORK, spells.overlap(county.as_of - limits["months"] + 1, county.as_of) > 0)
    labour = county.members(able(county) & ~pupil(county))
    idle = (labour > 0) & ~worked
    no_business = source_sum(county, "business", int(limits["business_months"])) == 0
    months = np.full(county.count, limits["months"])
    return county.households_where(idle & no_business, "labour", labour=labour, months=months)


def graduate_without_work(county: Snapshot, limits: Limits) -> Hits:
    """A graduate of a college of working age is out of school and does not work."""
    graduate = holds(county.persons, "education", "college", "bachelor") & ~pupil(county)
    idle = graduate & (county.age <= limits["age_most"]) & ~works(county)
    return county.persons_where(idle, "education", age=county.age)


def work_months_odd(county: Snapshot, limits: Limits) -> Hits:
    """Months of work in the year exceed the year, or differ from the spells of the person.

    The spells are added up over the calendar year up to the month of the person's record, and over the twelve months
    that end with it; the nearer of the two is held against the record. A person without any spell is not judged.
    """
    persons = county.persons
    told, month = number(persons, "work_months"), persons.happened.astype(np.float64)
    year_begins = month - month % 12
    sums = [_worked_until(county, month, first) for first in (year_begins, month - 11)]
    apart = np.min([np.abs(told - each) for each in sums], axis=0)
    has_spell = county_sum(county, np.ones(len(spells_of(county).start))) > 0
    odd = (told > limits["months_most"]) | (has_spell & (apart >= limits["months_apart"]))
    return county.persons_where(odd, "work_months", told=told, spells=sums[1])


def fewer_months_than_last_year(county: Snapshot, limits: Limits) -> Hits:
    """A person has worked clearly fewer months than in the same months a year ago."""
    first = county.as_of - limits["months"] + 1
    now, before = months_worked(county, first, county.as_of), months_worked(county, first - 12, county.as_of - 12)
    return county.persons_where(before - now >= limits["months_fewer"], "work_months", months=now, before=before)


def _works_or_plans(county: Snapshot) -> Mask:
    plans = number(county.persons, "planned_work") == 1
    return np.asarray(works(county) | plans)


def _worked_until(county: Snapshot, month: Floats, first: Floats) -> Floats:
    """(persons,) months worked from a first month to the month of each person's record."""
    spells = spells_of(county)
    months = spells.overlap(of_persons(county, first), of_persons(county, month))
    return np.minimum(county_sum(county, months), month - first + 1)


def _with_start(county: Snapshot, mask: Mask, column: str) -> Hits:
    """Hits in spells, with the month in which each began."""
    spells = spells_of(county)
    hits = county.rows_where(spells.facts, mask, column)
    return replace(hits, words={"start": month_words(spells.start[hits.rows])})


RULES: Mapping[str, Check] = {
    "H01": pupil_works,
    "H02": unable_works,
    "H03": child_works,
    "H04": supported_works,
    "H05": spells_overlap,
    "H06": not_working_without_end,
    "H07": never_returned,
    "H08": start_blank,
    "H09": county_of_work_blank,
    "H10": work_told_in_part,
    "H11": plan_without_service,
    "H12": labour_without_work,
    "H13": graduate_without_work,
    "H14": work_months_odd,
    "H15": fewer_months_than_last_year,
}
