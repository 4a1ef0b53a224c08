"""What the calendar tells beforehand, and nothing that had not been announced."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest

from panels import read, table, values
from relapse import config
from relapse.core.panel import Histories, Panel
from snapshots import county_of

BLOCK = config.option("features", "calendar")


def known(as_of: str, region: str = "219901", line: object = None) -> Histories:
    panel: Panel = county_of(households=[{"household_id": "a"}, {"household_id": "b"}], as_of=as_of).known.panel
    panel = replace(panel, region=region, line=line or panel.line, remembered={})
    return panel.as_of(panel.calendar.parse(as_of)).everyone


def at(as_of: str, name: str, *leads: int, **more: str) -> list[float]:
    """Of the first household at each lead."""
    made: list[float] = values(BLOCK, known(as_of, **more), leads)[f"calendar__{name}"][0]
    return made


def test_calendar__a_sweep_is_known_from_its_announcement():
    assert at("2023-03", "sweep_announced", 1, 2, 3) == [0, 0, 0]
    assert at("2023-04", "sweep_announced", 1, 2) == [1, 0]  # the notice came in April, the sweep was in May
    assert at("2024-08", "sweep_announced", 1, 2) == [1, 0]
    assert at("2022-03", "sweep_announced", 1) == [0]  # of Liaoning's own nobody says when it was announced
    assert at("2022-04", "sweep_announced", 1, 2, 3) == [1, 1, 0]
    assert at("2022-04", "sweep_announced", 1, region="520000") == [0]


def test_calendar__months_in_which_there_were_sweeps_in_earlier_years():
    assert at("2023-03", "sweep_usual_years", 1, 2, 3, 4) == [1, 1, 1, 0]  # April to June 2022
    assert at("2024-03", "sweep_usual_years", 1, 2, 3) == [1, 2, 1]  # and May 2023
    assert at("2022-03", "sweep_usual_years", 2) == [0]


def test_calendar__phases_of_the_epidemic_are_not_foreseen():
    assert at("2019-12", "epidemic_of_target", 1, 3) == [0, 0]
    assert at("2020-01", "epidemic_of_target", 1, 5) == [1, 1]
    assert at("2020-05", "epidemic_of_target", 1) == [3]
    assert at("2022-12", "epidemic_of_target", 1) == [5]  # announced on 2022-12-26 for January
    assert values(BLOCK, known("2022-12"))["calendar__epidemic_now"] == [4, 4]
    assert values(BLOCK, known("2019-12"))["calendar__epidemic_now"] == [0, 0]


def test_calendar__year_s_end_and_spring_festival():
    assert at("2022-09", "year_end", 1, 2, 3, 4) == [0, 1, 1, 0]
    assert at("2022-12", "spring_festival", 1, 2) == [1, 0]  # 2023-01-22
    assert at("2023-12", "spring_festival", 1, 2) == [0, 1]  # 2024-02-10


def test_calendar__a_line_counts_once_announced():
    line = config.option("line", "county", holds_months=120, rows=[
        {"region_code": "21", "valid_from": "2015-01-01", "line": 5000, "announced_on": None, "source": "", "assumed": False},
        {"region_code": "21", "valid_from": "2019-03-01", "line": 6000, "announced_on": "2019-01-10", "source": "", "assumed": False},
    ])  # fmt: skip
    step = float(np.float32(np.log(1.2)))
    assert at("2018-12", "line_log_step", 3, line=line) == [0]
    assert at("2019-01", "line_log_step", 1, 2, 3, line=line) == [0, step, step]
    assert at("2019-03", "line_log_step", 1, line=line) == [0]
    assert values(BLOCK, known("2019-05", line=line))["calendar__line_change_months"] == [2, 2]
    assert np.isnan(values(BLOCK, known("2019-02", line=line))["calendar__line_change_months"]).all()


def test_calendar__no_features_without_a_county():
    assert values(BLOCK, read(table({"a": [1, 2]})).as_of(2001).everyone) == {}


@pytest.mark.parametrize("wrong", ["2023", "2023-13", "May 2023"])
def test_calendar__a_date_that_is_none_is_refused(wrong):
    with pytest.raises(Exception, match="no month and no date"):
        config.option("features", "calendar", festivals=[wrong])
