"""Groups of which a list misses more than of all."""

from __future__ import annotations

import pandas as pd

from relapse.evaluation.missed_groups import groups_missed_more

HEAD = {"model": "m", "horizon": 6, "metric": "exclusion_error_at_300"}


def test_missed__names_only_groups_whose_whole_interval_lies_above():
    metrics = pd.DataFrame([{**HEAD, "origin": "all", "value": 0.6}, {**HEAD, "origin": "2020", "value": 0.1}])
    rows = [
        ("size", "1", 0.9, 0.7),
        ("size", "4+", 0.8, 0.5),
        ("type", "exited", 0.95, 0.61),
        ("listed", "before", 1, 0.9),
    ]
    slices = pd.DataFrame(
        [
            {**HEAD, "slice": name, "slice_value": part, "value": value, "ci_low": low, "ci_high": 1.0, "events": 30}
            for name, part, value, low in rows
        ]
    )
    found = groups_missed_more(metrics, slices, "m", 6, "300")
    assert found.overall == 0.6
    assert found.compared == 3
    assert [(one.division, one.part) for one in found.more] == [("type", "exited"), ("size", "1")]
    assert groups_missed_more(metrics, slices, "other", 6, "300").overall is None
