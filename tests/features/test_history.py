"""Spells below the line, counted by hand; the line is 100."""

from __future__ import annotations

import numpy as np
import pandas as pd

import tiny_county
from panels import histories, read, table, values
from relapse import config

NAN = np.nan


def history(frame, as_of="2005", **settings):
    known = histories(read(frame, **{"lookback": 6, **settings}), as_of)
    made = values(config.option("features", "history"), known)
    return {name.removeprefix("history__"): column for name, column in made.items()}


def test_history__of_spells():
    # 2000 … 2005; b = below, a = above, . = not seen
    frame = table(
        {
            "1": [200, 200, 200, 200, 200, 200],  # aaaaaa: never below
            "2": [50, 50, 200, 50, 200, 200],  #     bbabaa: below in 2000, 2001, 2003; fell once (2002 to 2003)
            "3": [200, None, 50, None, 200, 200],  # a.b.aa: below in 2002; no fall, since 2001 is not known
            "4": [None, None, None, None, None, 200],  # .....a
        }
    )
    made = history(frame)
    assert made["periods_seen"] == [6, 6, 4, 1]
    assert made["periods_below"] == [0, 3, 1, 0]
    np.testing.assert_allclose(made["share_below"], [0, 0.5, 0.25, 0])
    np.testing.assert_array_equal(made["since_below"], [NAN, 2, 3, NAN])
    np.testing.assert_array_equal(made["spell_above"], [5, 2, 3, 0])  # never below: since first seen
    assert made["falls"] == [0, 1, 0, 0]
    np.testing.assert_array_equal(made["gap_before"], [1, 1, 1, NAN])
    assert made["age_of_report"] == [0, 0, 0, 0]


def test_history__of_reports_with_gaps():
    # 1: its newest report is of 2003, two years old, and the one before it of 2000; 2: of 2005 and 2000
    frame = table({"1": [200, None, None, 200, None, None], "2": [200, None, None, None, None, 200], "z": [1] * 6})
    made = history(frame, max_age=2)
    assert made["periods_seen"] == [2, 2, 6]
    assert made["age_of_report"] == [2, 0, 0]
    assert made["gap_before"] == [3, 5, 1]


def test_history__reaches_back_only_as_far_as_the_lookback():
    made = history(table({"1": [50, 200, 200, 200, 200, 200]}), lookback=3)
    assert made["periods_seen"] == [3]
    assert made["periods_below"] == [0]


def test_previous_list__is_the_distance_as_it_was_known_one_period_ago():
    rows = [
        ("a", "2004", 150.0, "2004"),
        ("a", "2004", 300.0, "2005"),
        ("a", "2005", 200.0, "2005"),
        ("b", "2005", 200.0, "2005"),
    ]
    frame = pd.DataFrame(rows, columns=["hh", "period", "income", "known_at"])
    made = history(frame, known_at="known_at", max_age=0)
    np.testing.assert_allclose(made["log_ratio_previous_list"], [np.log(1.5), NAN], rtol=1e-6)  # not the later 300


def test_reported_share__of_the_newest_window():
    frame = table({"1": [100, 100, 100, 100], "2": [100, None, None, 100]})
    frame["period"] = frame["period"].map(lambda year: f"2000-0{int(year) - 1999}")
    made = history(frame, "2000-04", frequency="monthly", window=4, reported_share=0.5, lookback=1)
    assert made["reported_share"] == [1, 0.5]


def test_months_measured__are_those_that_were_reported_for_themselves(tmp_path):
    """At the end of 2022-07 the window is 2021-08 … 2022-07, and July is not reported yet.

    a1: a report each month. a5: of 2021-10 to 2021-12 two of three parts were spread, which leaves a third of each.
    a9: no report but that of a whole year.
    """
    panel = tiny_county.read(tmp_path)
    made = values(config.option("features", "history"), histories(panel, "2022-07"))
    measured = dict(zip(panel.household_ids, made["history__months_measured"], strict=True))
    assert measured["a1"] == 11
    assert measured["a5"] == 11 - 2
    assert measured["a9"] == 0


def test_months_measured__are_no_feature_where_nothing_is_spread():
    assert "months_measured" not in history(table({"1": [200, 200, 200, 200, 200, 200]}))
