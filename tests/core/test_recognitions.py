"""Who is monitored: recognised, the risk not removed; reopened cases are, those removed again are not."""

from __future__ import annotations

import pytest

from relapse.core.recognitions import monitored
from snapshots import county_of


@pytest.mark.parametrize(
    ("removed", "reopened", "open_"),
    [
        (None, None, True),
        ("2022-03", None, False),
        ("2024-03", None, True),  # after the as_of
        ("2022-03", "2022-09", True),
        ("2023-02", "2022-09", False),  # reopened, and removed again
        ("2022-03", "2024-09", False),  # reopened after the as_of
    ],
)
def test_monitored__follows_removal_and_reopening(removed, reopened, open_):
    rows = [
        {
            "household_id": "a",
            "recognised_at": "2021-01",
            "category": "edge",
            "removed_at": removed,
            "reopened_at": reopened,
        },
        {
            "household_id": "b",
            "recognised_at": "2021-01",
            "category": "edge",
            "removed_at": "2021-09",
            "reopened_at": "2021-12",
        },
    ]
    county = county_of(households=[{"household_id": "a"}, {"household_id": "b"}], recognitions=rows)
    assert county.known.panel.household_ids[monitored(county.known)].tolist() == ["a", "b"][not open_ :]
    assert county.monitored().tolist() == [open_, True]
