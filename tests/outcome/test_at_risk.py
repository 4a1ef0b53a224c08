"""Who is at risk: known not to be below the line."""

from __future__ import annotations

import pandas as pd

from panels import read, table
from relapse import config


def names_at_risk(panel, as_of):
    view = panel.as_of(as_of)
    return panel.household_ids[view.observed[config.option("label", "below_line").at_risk(view)]].tolist()


def test_at_risk__are_those_above_the_line_and_at_it():
    frame = table(
        {"above": [1, 150], "at": [1, 100], "below": [150, 99], "missing": [150, float("nan")], "gone": [150, None]}
    )
    assert names_at_risk(read(frame), 2001) == ["above", "at"]


def test_at_risk__an_older_report_counts_as_long_as_it_may():
    frame = table({"late": [150, None], "fell": [50, None], "z": [1, 1]})
    assert names_at_risk(read(frame, max_age=1), 2001) == ["late"]


def test_at_risk__is_what_was_known_then():
    rows = [("a", "2000", 150.0, "2000"), ("a", "2000", 50.0, "2001"), ("a", "2001", 50.0, "2001")]
    panel = read(pd.DataFrame(rows, columns=["hh", "period", "income", "known_at"]), known_at="known_at", max_age=0)
    assert names_at_risk(panel, 2000) == ["a"]  # corrected only later
    assert names_at_risk(panel, 2001) == []


def test_at_risk__by_the_state_of_the_file_where_there_is_one():
    frame = table({"a": [500, 500], "b": [1, 1]}).assign(poor=[0, 1, 1, 0])
    assert names_at_risk(read(frame, label="poor"), 2001) == ["b"]
