"""Blocks that speak of other households say the same of a county that is worked on in parts, bit by bit."""

from __future__ import annotations

import numpy as np
import pytest

import county_poison
from panels import blocks, dense
from relapse.core.catalogue import FeatureTable
from relapse.core.panel import Panel
from relapse.core.tallies import added_up
from relapse.flows.rows import SpeaksOfOthers

LEADS = np.array([1, 3], np.int32)
SPEAKING = [name for name, block in blocks().items() if isinstance(block, SpeaksOfOthers)]


def all_values(table: FeatureTable) -> np.ndarray:
    """(members, features) those by lead beside the others."""
    members = len(table.values)
    return np.hstack([table.values, dense(table, members).reshape(members, -1)])


@pytest.fixture(scope="module")
def panel() -> Panel:
    return county_poison.read(county_poison.told())


def test_the_blocks_that_need_everybody__say_so():
    assert {"place", "around", "feeds"} <= set(SPEAKING)


@pytest.mark.parametrize("name", SPEAKING)
@pytest.mark.parametrize("as_of", ["2021-03", "2022-10"])
def test_in_parts__the_same_bit_by_bit(panel, name, as_of):
    block, period = blocks()[name], panel.calendar.parse(as_of)
    whole = panel.as_of(period)
    expected = dict(zip(whole.observed.tolist(), all_values(block.table(whole.everyone, LEADS)), strict=True))
    part = (np.arange(len(panel.household_ids)) % 3).astype(np.int32)
    views = [(places, one.as_of(period)) for places, one in panel.split(part)]
    sums = added_up([{name: block.tally(view.everyone)} for _, view in views])
    met = 0
    for places, view in views:
        made = all_values(block.table_among(view.everyone, LEADS, sums[name]))
        for place, row in zip(places[view.observed].tolist(), made, strict=True):
            np.testing.assert_array_equal(row, expected[place])
            met += 1
    assert met == len(expected)
