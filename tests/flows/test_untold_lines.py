"""Lines that change without an announcement: planted and told; announced ones are not."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import numpy as np
import pandas as pd
import pytest

from panels import read, signal_case
from relapse import config
from relapse.core.panel import Panel
from relapse.flows.untold_lines import untold_lines
from relapse.outcome.line.column import Column
from relapse.outcome.line.county import County
from said import english
from snapshots import county_of


def row(code: str, begins: str, line: float) -> dict[str, Any]:
    return {"region_code": code, "valid_from": begins, "line": line, "announced_on": None, "assumed": False,
            "source": "made up"}  # fmt: skip


OWN = [row("522727", "2021-01-01", 7000), row("52", "2022-01-01", 6500)]


def panel_of(rows: list[dict[str, Any]], window: int = 12, line: Any = None) -> Panel:
    months = pd.period_range("2021-01", "2023-06", freq="M").astype(str)
    frame = pd.DataFrame({"hh": "a", "period": months, "income": 600.0})
    return read(frame, line or County(rows=rows, holds_months=24), frequency="monthly", window=window, region="522727")


def test_a_county_line_that_ends_and_falls_back_to_the_provinces__is_told():
    """The county's own line of 2021 holds for 24 months; nobody wrote down the next one, so the province's steps in."""
    (sentence,) = english(untold_lines(panel_of(OWN)))
    assert sentence.startswith("the line changes in 2023-01 from 7,000 to 6,500, inside a window, and no row of lines")


def test_lines_that_are_announced__may_change():
    assert untold_lines(panel_of([*OWN, row("522727", "2022-01-01", 7200), row("522727", "2023-01-01", 7400)])) == ()


def test_a_line_that_stays__is_no_change():
    assert untold_lines(panel_of([row("522727", "2021-01-01", 7000), row("52", "2022-01-01", 7000)])) == ()


def test_without_a_window__nothing_is_said():
    assert untold_lines(panel_of(OWN, window=1)) == ()


@pytest.mark.parametrize("line", ["relative", 7000.0])
def test_lines_that_nobody_announces__may_move(line):
    assert untold_lines(panel_of([], line=line)) == ()
    assert untold_lines(signal_case(households=50).panel()) == ()


@pytest.mark.parametrize(("announced", "raised"), [("2023-01", False), ("2022-01", True)])
def test_a_line_beside_each_income__is_held_against_the_countys_table(announced, raised):
    """The column rises in 2023-01 for all households."""
    told = {"region_code": "99", "line": 7000.0}
    panel = county_of(
        households=[{"household_id": "a"}, {"household_id": "b"}],
        lines=[{**told, "valid_from": "2015-01"}, {**told, "valid_from": announced, "line": 7500.0}],
    ).known.panel
    column = np.where(panel.period >= panel.calendar.parse("2023-01"), 7500.0, 7000.0)
    sentences = english(untold_lines(replace(panel, line=Column(column="line"), line_column=column)))
    assert bool(sentences) == raised
    if raised:
        assert "2023-01 from 7,000 to 7,500" in sentences[0]
    assert untold_lines(replace(panel, line=Column(column="line"), line_column=column, tables={})) == ()


def test_the_default_line__is_the_countys_where_the_panel_has_a_region():
    assert untold_lines(panel_of([], line=config.option("line", "auto", county=County(rows=OWN, holds_months=24))))
