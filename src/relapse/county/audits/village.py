"""Rules M: the table of villages, by itself and against the households of each village."""

from __future__ import annotations

from collections.abc import Mapping

import numpy as np
import pandas as pd

from relapse.core.facts import Facts, Floats
from relapse.county.audits.cells import Check, Limits, blank, number
from relapse.county.audits.house import LAND
from relapse.county.audits.snapshot import Hits, Mask, Snapshot

VILLAGES = "villages"
_COUNTED = (
    "collective_income", "clinic", "doctor", "school", "bus", "library", "public_toilets", "waste_point",
    "allowance_persons", "support_persons", "disabled_persons", "pension_persons",
)  # fmt: skip


def size_blank(county: Snapshot, _limits: Limits) -> Hits:
    """A village's households are blank or zero, or its population is blank."""
    facts = _villages(county)
    households = number(facts, "households")
    odd = np.isnan(households) | (households == 0) | blank(facts, "population")
    return _where(facts, odd, "households", households=households, population=number(facts, "population"))


def more_than_all(county: Snapshot, _limits: Limits) -> Hits:
    """Households without safe water and those in dangerous houses are together more than all."""
    facts = _villages(county)
    water, danger = (
        np.nan_to_num(number(facts, each)) for each in ("unsafe_water_households", "dangerous_house_households")
    )
    total = number(facts, "households")
    return _where(facts, water + danger > total, "households", total=total, water=water, danger=danger)


def land_less_than_households(county: Snapshot, _limits: Limits) -> Hits:
    """A village's land of some kind is less than what its exited households have together."""
    facts, exited = _villages(county), county.households.text("type").holds("exited")
    village = np.array([number(facts, each) for each in LAND])
    theirs = _land_of(county, facts, exited)
    lacking = np.where(theirs > village + 1e-6, theirs - village, 0)
    worst, place = lacking.argmax(axis=0), np.arange(len(facts))
    less = lacking.max(axis=0) > 0
    return _where(facts, less, "arable", area=village[worst, place], households_area=theirs[worst, place])


def village_told_in_part(county: Snapshot, _limits: Limits) -> Hits:
    """Collective income, an institution or a count of the village is blank."""
    facts = _villages(county)
    blanks = np.sum([blank(facts, each) for each in _COUNTED], axis=0).astype(np.float64)
    return _where(facts, blanks > 0, "collective_income", blanks=blanks)


def no_hard_road(county: Snapshot, _limits: Limits) -> Hits:
    """No hard road leads from the village to the township."""
    facts = _villages(county)
    return _where(facts, number(facts, "hard_road") == 0, "hard_road")


def _villages(county: Snapshot) -> Facts:
    return county.table(VILLAGES).newest


def _land_of(county: Snapshot, facts: Facts, chosen: Mask) -> Floats:
    """(kinds of land, villages) sums over the chosen households of each village."""
    homes, names = county.households.text("village"), facts.text("village")
    place = pd.Index(list(names.levels)).get_indexer(pd.Index(list(homes.levels)))
    code = np.append(place, -1)[homes.codes]
    known = chosen & (code >= 0)

    def own() -> Floats:
        land = [np.nan_to_num(number(county.households, each))[known] for each in LAND]
        return np.column_stack([code[known].astype(np.float64), *land])

    village, *land = county.of_everybody("M03", own, np.asarray).T
    count = len(names.levels)
    sums = [np.bincount(village.astype(np.int64), weights=values, minlength=count) for values in land]
    return np.array([np.append(each, 0.0)[names.codes] for each in sums])


def _where(facts: Facts, mask: Mask, column: str, **numbers: Floats) -> Hits:
    """Hits in villages, with their names."""
    rows = np.flatnonzero(mask)
    words = {"village": facts.text("village").texts()[rows]}
    return Hits(facts, rows, column, {name: values[rows] for name, values in numbers.items()}, words)


RULES: Mapping[str, Check] = {
    "M01": size_blank,
    "M02": more_than_all,
    "M03": land_less_than_households,
    "M04": village_told_in_part,
    "M05": no_hard_road,
}
