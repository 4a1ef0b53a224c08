"""Rules J: measures of help against what the household was recognised for, its labour and its work."""

from __future__ import annotations

from collections.abc import Mapping

import numpy as np

from relapse.core.facts import Floats
from relapse.county.audits.cells import Check, Limits, number, of_household
from relapse.county.audits.help_given import (
    DEVELOPMENT,
    MEASURES,
    caused_by,
    helped,
    item_of,
    kind_of,
    lasting,
    monitored_now,
    recent,
    recognised,
    recognised_month,
    recognised_with,
    recognition_says,
    removed_by_now,
)
from relapse.county.audits.members import able, holds_post, uninsured
from relapse.county.audits.snapshot import Hits, Mask, Snapshot
from relapse.county.audits.spells import WORK, away, spells_of


def nothing_done(county: Snapshot, limits: Limits) -> Hits:
    """A household has been monitored for some time, and no measure is recorded."""
    late = monitored_now(county) & (_months(county) > limits["months"])
    return _monitored_where(county, late & ~_any_measure(county), "kind")


def no_development(county: Snapshot, limits: Limits) -> Hits:
    """A monitored household with labour has had no measure of development for long."""
    late = monitored_now(county) & (_months(county) >= limits["months"])
    mine = late & county.any_member(able(county)) & ~helped(county, *DEVELOPMENT)
    return _monitored_where(county, mine, "kind")


def development_not_begun(county: Snapshot, _limits: Limits) -> Hits:
    """Measures of development are recorded, and the recognition still says that none is begun."""
    said = recognition_says(county, "development_status", "not_yet")
    return _monitored_where(county, said & helped(county, *DEVELOPMENT), "development_status")


def development_in_name(county: Snapshot, _limits: Limits) -> Hits:
    """Development counts as done, and all that was given is training or something else."""
    rows = lasting(county, recognised_month(county)) & kind_of(county, *DEVELOPMENT)
    slight = item_of(county, "other", "training") & ~_told_of_more(county)
    done = recognition_says(county, "development_status", "done")
    only = county.has_row(MEASURES, rows & slight) & ~county.has_row(MEASURES, rows & ~slight)
    return _monitored_where(county, done & only, "item")


def support_alone(county: Snapshot, _limits: Limits) -> Hits:
    """A monitored household with labour gets support of living and nothing else."""
    rows = lasting(county, recognised_month(county))
    support = kind_of(county, "support")
    alone = county.has_row(MEASURES, rows & support) & ~county.has_row(MEASURES, rows & ~support)
    return _monitored_where(county, monitored_now(county) & county.any_member(able(county)) & alone, "kind")


def illness_without_help(county: Snapshot, _limits: Limits) -> Hits:
    """Illness is a cause, and there is neither health nor social help, nor, once removed, support of living."""
    none = ~helped(county, "health", "social") & ~(removed_by_now(county) & helped(county, "support"))
    return _monitored_where(county, caused_by(county, "illness") & none, "kind")


def schooling_without_help(county: Snapshot, _limits: Limits) -> Hits:
    """Schooling is a cause, and there is no help for compulsory school, education, nor social help."""
    none = ~helped(county, "compulsory_school", "education", "social")
    return _monitored_where(county, caused_by(county, "schooling") & none, "kind")


def disability_without_help(county: Snapshot, _limits: Limits) -> Hits:
    """Disability is a cause, and there is neither support of living nor social help."""
    none = ~helped(county, "support", "social")
    return _monitored_where(county, caused_by(county, "disability") & none, "kind")


def housing_without_help(county: Snapshot, _limits: Limits) -> Hits:
    """Housing is a cause, and there is neither help for the house nor relocation."""
    return _monitored_where(county, caused_by(county, "housing") & ~helped(county, "housing", "relocation"), "kind")


def dropout_without_help(county: Snapshot, _limits: Limits) -> Hits:
    """A child of a monitored household is out of school, and there is no help for compulsory school."""
    out = recognised_with(county, "recognised_dropout") | (of_household(county, "dropout_child") == 1)
    none = ~helped(county, "compulsory_school")
    return _monitored_where(county, recognised(county) & out & none, "kind")


def water_without_help(county: Snapshot, _limits: Limits) -> Hits:
    """Water is a cause, and there is no help for safe water."""
    return _monitored_where(county, caused_by(county, "water") & ~helped(county, "water"), "kind")


def uninsured_without_help(county: Snapshot, _limits: Limits) -> Hits:
    """A member of a monitored household is uninsured, and there is neither health nor social help."""
    open_ = monitored_now(county) & county.any_member(uninsured(county))
    return _monitored_where(county, open_ & ~helped(county, "health", "social"), "kind")


def job_help_without_work(county: Snapshot, _limits: Limits) -> Hits:
    """Help with a job or a post is recorded, and nobody has worked since the recognition."""
    spells, month = spells_of(county), recognised_month(county)
    since = month[spells.facts.household]
    worked = county.has_row(WORK, spells.overlap(since, county.as_of) > 0) | county.any_member(holds_post(county))
    help_ = recognised(county) & helped(county, "job", "public_post")
    return _monitored_where(county, help_ & ~worked, "kind")


def export_without_distance(county: Snapshot, limits: Limits) -> Hits:
    """Labour export or a travel subsidy is recorded, and nobody works outside the county, or the subsidy is zero."""
    spells, months = spells_of(county), limits["months"]
    outside = away(county) & (spells.overlap(county.as_of - months + 1, county.as_of) > 0)
    rows = recent(county, months)
    travel = county.has_row(MEASURES, rows & item_of(county, "travel_subsidy"))
    either = county.has_row(MEASURES, rows & item_of(county, "labour_export", "travel_subsidy"))
    odd = either & (~county.has_row(WORK, outside) | (travel & _subsidy_is_zero(county, rows)))
    return county.households_where(odd, "item", subsidy=_subsidy(county))


def late_relocation(county: Snapshot, limits: Limits) -> Hits:
    """A relocation is recorded for a household that was recognised after the relocation programme."""
    begin = limits["year"] * 12
    facts = county.table(MEASURES)
    moved = county.has_row(MEASURES, kind_of(county, "relocation") & (facts.happened >= begin))
    return _monitored_where(county, moved & (recognised_month(county) >= begin), "kind")


def premium_and_cut_off(county: Snapshot, limits: Limits) -> Hits:
    """A household recognised by the cut-off has no premium subsidy this year, or one recognised later has it.

    The cut-off and the first month of paying in lie in the year before the as_of's.
    """
    year = (county.as_of // 12 - 1) * 12 - 1
    facts = county.table(MEASURES)
    paid = (
        item_of(county, "premium") & (facts.happened >= year + limits["first_month"]) & (facts.happened <= county.as_of)
    )
    has = county.has_row(MEASURES, paid) | county.any_member(number(county.persons, "premium_subsidised") == 1)
    early = recognised_month(county) <= year + limits["cut_off_month"]
    return _monitored_where(county, monitored_now(county) & (early != has), "item")


def _told_of_more(county: Snapshot) -> Mask:
    """(measures,) whether a measure tells something besides training and what is called other."""
    items = county.table(MEASURES).text("item")
    more = [bool(set(level.split("|")) - {"other", "training"}) for level in items.levels]
    return np.array([*more, False])[items.codes]


def _any_measure(county: Snapshot) -> Mask:
    return county.has_row(MEASURES, lasting(county, recognised_month(county)))


def _subsidy(county: Snapshot) -> Floats:
    """(n,) travel subsidy in the spells of work, NaN where none is told."""
    told = number(county.table(WORK), "travel_subsidy")
    total = np.bincount(spells_of(county).facts.household, weights=np.nan_to_num(told), minlength=county.count)
    return np.where(county.has_row(WORK, ~np.isnan(told)), total, np.nan)


def _subsidy_is_zero(county: Snapshot, rows: Mask) -> Mask:
    """(n,) whether the subsidy is told to be zero, in the spells or in the measure."""
    nothing = rows & item_of(county, "travel_subsidy") & (number(county.table(MEASURES), "amount") == 0)
    return np.asarray((_subsidy(county) == 0) | county.has_row(MEASURES, nothing))


def _months(county: Snapshot) -> Floats:
    """(n,) months since the last recognition."""
    return county.as_of - recognised_month(county)


def _monitored_where(county: Snapshot, mask: Mask, column: str) -> Hits:
    return county.households_where(mask, column, months=_months(county))


RULES: Mapping[str, Check] = {
    "J01": nothing_done,
    "J02": no_development,
    "J03": development_not_begun,
    "J04": development_in_name,
    "J05": support_alone,
    "J06": illness_without_help,
    "J07": schooling_without_help,
    "J08": disability_without_help,
    "J09": housing_without_help,
    "J10": dropout_without_help,
    "J11": water_without_help,
    "J12": uninsured_without_help,
    "J13": job_help_without_work,
    "J14": export_without_distance,
    "J15": late_relocation,
    "J16": premium_and_cut_off,
}
