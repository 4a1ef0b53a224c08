"""The county of the promises tells what each block reads: where nothing is there, nothing can be poisoned."""

from __future__ import annotations

from functools import cache

import numpy as np
import pytest

import county_poison
from panels import values
from relapse import config
from relapse.core.panel import Panel

BLOCKS = ("events", "measures", "projects", "prices", "register", "around", "people", "work", "health")
UNTOLD = {f"register__{what}" for what in ("relocated", "house_area", "cooperative", "led_by_firm", "road_distance")}


@cache
def panel_of(poisoned_after: str) -> Panel:
    tables = county_poison.told()
    return county_poison.read(county_poison.poisoned(tables, poisoned_after) if poisoned_after else tables)


def at(name: str, as_of: str, poisoned_after: str = "") -> dict[str, dict[str, float]]:
    """By feature and household."""
    panel = panel_of(poisoned_after)
    known = panel.as_of(panel.calendar.parse(as_of)).everyone
    made = values(config.option("features", name), known)
    ids = [str(each) for each in panel.household_ids[known.members]]
    return {feature: dict(zip(ids, told, strict=True)) for feature, told in made.items()}


@pytest.mark.parametrize("name", BLOCKS)
def test_every_feature__is_told_of_some_household(name):
    made = at(name, "2022-10")
    silent = {feature for feature, told in made.items() if np.isnan(list(told.values())).all()} - UNTOLD
    assert silent <= {"measures__transfer_stopped_month"}
    assert not any(np.isnan(list(told.values())).all() for told in at("measures", "2021-03").values())


@pytest.mark.parametrize("name", BLOCKS)
def test_the_poison__changes_what_is_known_later(name):
    clean, spoilt = at(name, "2023-09"), at(name, "2023-09", "2022-10")
    changed = [
        feature
        for feature, told in clean.items()
        if any(not np.array_equal(told[each], spoilt[feature][each], equal_nan=True) for each in told)
    ]
    assert len(changed) > len(clean) / 3
