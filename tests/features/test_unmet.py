"""Features of the guarantees: only on a county's tables."""

from __future__ import annotations

import numpy as np

from panels import read, table, values
from relapse import config
from snapshots import county_of

BLOCK = config.option("features", "guarantees")


def test_guarantees__flags_counts_and_months():
    homes = [
        {"household_id": "a", "safe_water": 0.0, "dangerous_house": 0.0, "as_of": "2023-10"},
        {"household_id": "b", "safe_water": 0.0, "dangerous_house": 1.0, "as_of": "2022-12"},
        {"household_id": "c", "safe_water": 1.0, "dangerous_house": 0.0, "as_of": "2022-12"},
    ]
    made = values(BLOCK, county_of(households=homes, as_of="2023-12").known.everyone)
    assert made["guarantees__water_unmet"] == [1, 1, 0]
    assert made["guarantees__housing_unmet"] == [0, 1, 0]
    assert made["guarantees__unmet_count"] == [1, 2, 0]
    assert made["guarantees__unmet_months"][:2] == [2, 12]
    assert made["guarantees__newly_unmet"] == [1, 0, 0]
    assert np.isnan(made["guarantees__medical_unmet"]).all()  # nothing tells


def test_guarantees__a_panel_without_tables_has_none():
    assert values(BLOCK, read(table({"a": [1, 2]})).as_of(2001).everyone) == {}
