"""Competing kinds of official recognition: who can have which, and which came first."""

from __future__ import annotations

import numpy as np

from relapse import config
from snapshots import county_of

KINDS = ("unstable", "edge", "sudden")
HOMES = [
    {"household_id": "a", "type": "exited"},
    {"household_id": "b", "type": "exited"},
    {"household_id": "c", "type": "ordinary"},
    {"household_id": "d", "type": "ordinary"},
]


def county(as_of: str, *recognised: tuple[str, str, str]):
    rows = [{"household_id": who, "category": kind, "recognised_at": when} for who, kind, when in recognised]
    return county_of(as_of=as_of, households=HOMES, recognitions=rows)


def test_possible__by_the_households_type_and_of_kinds_that_there_were_by_then():
    outcome = config.option("label", "recognition")
    later = county("2022-01").known
    everyone = np.arange(4, dtype=np.int32)
    assert outcome.kinds == KINDS
    assert outcome.possible(later, everyone).tolist() == [[True, False, True]] * 2 + [[False, True, True]] * 2
    earlier = county("2020-06").known  # the third kind came in 2021
    assert outcome.possible(earlier, everyone).tolist() == [[True, False, False]] * 2 + [[False, True, False]] * 2
    alone = config.option("label", "recognition", category="edge")
    assert alone.kinds == ()
    assert alone.possible(later, everyone) is None


def test_labels__tell_the_kind_of_the_first_entry_after_the_origin():
    told = county(
        "2024-01", ("a", "sudden", "2023-03"), ("a", "unstable", "2023-06"), ("b", "unstable", "2023-05"),
        ("c", "edge", "2022-06"),
    )  # fmt: skip
    outcome = config.option("label", "recognition").on(told.known.panel, None)
    origin = told.known.panel.calendar.parse("2022-12")
    leads = np.arange(1, 7, dtype=np.int32)
    labels = outcome.labels(told.known, np.arange(4, dtype=np.int32), origin, leads, "first_entry", 0)
    assert labels.kind.tolist() == [2, 0, -1, -1]  # c was recognised before the origin
    assert labels.event[:, 2].tolist()[0] == 1
    assert labels.event[:, 4].tolist()[1] == 1
