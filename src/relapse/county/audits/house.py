"""Rules L: house, water, electricity, land, road, and work of those who were moved."""

from __future__ import annotations

from collections.abc import Mapping

import numpy as np

from relapse.county.audits.cells import Check, Limits, blank, number, of_household
from relapse.county.audits.members import able
from relapse.county.audits.snapshot import Hits, Snapshot

LAND = ("arable", "forest", "returned_forest", "orchard", "grassland", "water_area")
_ROAD = ("hard_road", "entry_road")
_HOUSE = ("house_area", "dangerous_house", "safe_water", "toilet", "electricity")


def house_told_in_part(county: Snapshot, _limits: Limits) -> Hits:
    """Floor, danger, water, road, toilet or electricity of the house is blank; one of two columns does for the road."""
    facts = county.households
    road = np.all([blank(facts, each) for each in _ROAD], axis=0) & any(each in facts for each in _ROAD)
    blanks = np.sum([road, *(blank(facts, each) for each in _HOUSE)], axis=0).astype(np.float64)
    return county.rows_where(facts, blanks > 0, "house_area", blanks=blanks)


def no_electricity(county: Snapshot, _limits: Limits) -> Hits:
    """The house has no electricity."""
    return county.households_where(of_household(county, "electricity") == 0, "electricity")


def land_out_of_range(county: Snapshot, limits: Limits) -> Hits:
    """An area of land is below zero, or more than a household can have."""
    areas = np.array([number(county.households, each) for each in LAND])
    most = np.array([limits[f"{each}_most"] for each in LAND])[:, None]
    odd = (areas < 0) | (areas > most)
    worst = np.where(odd, np.abs(areas), -1).argmax(axis=0)
    area = areas[worst, np.arange(areas.shape[1])]
    kinds = odd.sum(axis=0).astype(np.float64)
    return county.rows_where(county.households, kinds > 0, "arable", kinds=kinds, area=area)


def road_distance_odd(county: Snapshot, limits: Limits) -> Hits:
    """The distance to the village's main road is blank, no number, below zero or very long."""
    distance = number(county.households, "road_distance")
    odd = np.isnan(distance) | (distance < 0) | (distance > limits["km_most"])
    return county.rows_where(county.households, odd, "road_distance", distance=distance)


def moved_without_channel(county: Snapshot, _limits: Limits) -> Hits:
    """A household that was moved has labour, and no member's way to work after the move is told."""
    moved = of_household(county, "relocated") == 1
    labour = county.members(able(county))
    silent = ~county.any_member(~blank(county.persons, "relocated_channel"))
    return county.households_where(moved & (labour > 0) & silent, "relocated", labour=labour)


RULES: Mapping[str, Check] = {
    "L01": house_told_in_part,
    "L02": no_electricity,
    "L03": land_out_of_range,
    "L04": road_distance_odd,
    "L05": moved_without_channel,
}
