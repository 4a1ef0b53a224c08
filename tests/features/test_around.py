"""The other households of a place; four in one village, at the end of 2023-12."""

from __future__ import annotations

from typing import Any

import numpy as np

from panels import read, table, values
from relapse import config
from relapse.core.tallies import tally
from relapse.features.around import others_mean
from snapshots import county_of

PLAIN = config.option("features", "around", shrink_households=0.0)
HOMES = [
    *({"household_id": each, "village": "v", "township": "t", "size": 2.0} for each in "abcd"),
    {"household_id": "e", "village": "w", "township": "t"},
]


def of(block: Any = PLAIN, **tables: Any) -> dict[str, list[Any]]:
    return values(block, county_of(households=HOMES, **tables).known.everyone)


def test_around__the_household_itself_does_not_count():
    made = of(recognitions=[
        {"household_id": "a", "recognised_at": "2023-05"}, {"household_id": "b", "recognised_at": "2023-01"},
        {"household_id": "c", "recognised_at": "2022-12"},  # over a year ago
        {"household_id": "d", "recognised_at": "2023-11", "known_at": "2024-01"},  # not known yet
    ])  # fmt: skip
    assert np.allclose(made["around__village_recognised_share_12m"][:4], [1 / 3, 1 / 3, 2 / 3, 2 / 3])
    assert np.isnan(made["around__village_recognised_share_12m"][4])  # alone in its village
    assert np.allclose(made["around__township_recognised_share_12m"], [1 / 4, 1 / 4, 2 / 4, 2 / 4, 2 / 4])


def test_around__few_households_are_drawn_to_all_others():
    where, own = np.array([0, 0, 1, 1, 1], np.int32), np.array([1.0, 0.0, 1.0, 0.0, np.nan])
    made = others_mean(tally(where, 2, own), where, own, 2.0)
    # of the first: the other in its place has 0, all others (0 + 1 + 0) / 3; (0 + 2 / 3) / 3
    # of the last, itself unknown: (1 + 0 there + 2 × 2 / 4) / 4
    assert np.allclose(made[[0, 4]], [2 / 9, 2 / 4])
    nowhere = np.array([-1, 0], np.int32)
    alone = others_mean(tally(nowhere, 1, np.array([1.0, 1.0])), nowhere, np.array([1.0, 1.0]), 2.0)
    assert np.isnan(alone).all()  # where is not known; there is nobody else


def test_around__events_illness_and_work():
    made = of(
        events=[
            {"household_id": "a", "kind": "fire", "happened_at": "2023-10"},
            {"household_id": "b", "kind": "fire", "happened_at": "2023-09"},  # before the last three months
            {"household_id": "b", "kind": "illness", "happened_at": "2023-12"},
        ],
        claims=[
            {"household_id": "a", "month": "2023-03", "own_cost": 7300.0},
            {"household_id": "b", "month": "2022-03", "own_cost": 9999.0},
        ],
        work=[
            {"household_id": "a", "from": "2023-03", "to": None, "place": "outside"},
            {"household_id": "b", "from": "2023-03", "to": "2023-11", "place": "outside"},
            {"household_id": "c", "from": "2023-03", "to": None, "place": "county"},
        ],
    )
    assert np.allclose(made["around__village_events_pp_household_3m"][:4], [0, 1 / 3, 1 / 3, 1 / 3])
    assert np.allclose(
        made["around__village_own_cost_share_12m"][:4], [0, 1 / 6, 1 / 6, 1 / 6]
    )  # 3,650 of 7,300, by three
    assert np.allclose(made["around__village_away_share"][:4], [0, 1 / 3, 1 / 3, 1 / 3])


def test_around__projects_in_trouble():
    made = of(
        projects=[{"project_id": "p", "as_of": "2023-01", "status": "stopped"}],
        project_members=[{"household_id": "b", "project_id": "p", "since": "2020-01"}],
    )
    assert np.allclose(made["around__village_project_trouble_share"][:4], [1 / 3, 0, 1 / 3, 1 / 3])


def test_around__missing_without_tables__and_no_features_without_a_county():
    made = of()
    assert len(made) == 10
    assert all(np.isnan(each).all() for each in made.values())
    assert values(PLAIN, read(table({"a": [1, 2]})).as_of(2001).everyone) == {}
