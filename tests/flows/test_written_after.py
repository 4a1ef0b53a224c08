"""Columns that are written once the outcome has come: planted and told; other columns with blanks are not."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import replace

import numpy as np
import pandas as pd
import pytest
from test_honesty import alarms_of, small

from panels import Case, signal, signal_case, task_of
from relapse import config
from relapse.evaluation.alarms import Honesty
from relapse.flows.rows import Task, make_task
from relapse.flows.written_after import written_after
from said import english
from snapshots import county_of


@pytest.fixture(scope="module")
def alarm() -> Honesty:
    made: Honesty = config.option("alarm", "leak")
    return made


@pytest.fixture(scope="module")
def frame() -> pd.DataFrame:
    return signal(households=500)


def fell_by(frame: pd.DataFrame) -> pd.Series:
    """(rows,) whether the household is below the line in that quarter, or was before."""
    ordered = frame.sort_values(["hh", "period"])
    below = (ordered["income"] < 1000).groupby(ordered["hh"]).cummax()
    return below.reindex(frame.index)


def task_with(frame: pd.DataFrame, settings: Mapping[str, str] | None = None, **columns: object) -> Task:
    case = signal_case(households=4)
    case = replace(case, line=1000.0, settings={**case.settings, **(settings or {})})
    return task_of(case.panel(frame.assign(**columns)), [1, 4])


def rarely(frame: pd.DataFrame) -> pd.DataFrame:
    """The same with incomes twice as high: one household in three ever falls, not nearly all of them."""
    return frame.assign(income=frame["income"] * 1.8)


def test_a_column_told_after_the_fall_alone__is_named(frame, alarm):
    poor = rarely(frame)
    relief = np.where(fell_by(poor), np.random.default_rng(1).integers(100, 900, len(poor)), np.nan)
    task = task_with(poor, relief=relief)
    (sentence,) = english(written_after(task, alarm))
    assert sentence.startswith("column 'relief' is told of ")
    assert "once the outcome has come, and of nearly nobody else (100 % of the times; " in sentence
    assert sentence in alarms_of(task, alarm, small())


def test_a_text_told_after_the_fall_alone__is_named(frame, alarm):
    poor = rarely(frame)
    task = task_with(poor, standing=fell_by(poor).map({True: "helped", False: None}))
    (sentence,) = english(written_after(task, alarm))
    assert sentence.startswith("column 'standing' is told of ")


def test_a_column_that_some_had_before__is_not_named(frame, alarm):
    poor = rarely(frame)
    rng = np.random.default_rng(2)
    told = fell_by(poor) | (rng.random(len(poor)) < 0.05)
    assert written_after(task_with(poor, relief=np.where(told, 1.0, np.nan)), alarm) == ()


def test_where_most_households_fall__nothing_is_said(frame, alarm):
    poor = frame.assign(income=frame["income"] * 0.8)
    assert fell_by(poor).groupby(poor["hh"]).any().mean() > 0.5
    assert written_after(task_with(poor, relief=np.where(fell_by(poor), 1.0, np.nan)), alarm) == ()


def corrected(frame: pd.DataFrame, rows: pd.Series) -> pd.DataFrame:
    """The table with both clocks, and with another number of rooms for some rows, known two quarters later."""
    quarters = sorted(frame["period"].unique())
    months = [f"{quarter[:4]}-{3 * int(quarter[-1]):02d}" for quarter in quarters]
    now, later = (
        frame["period"].map(dict(zip(quarters, known, strict=True))) for known in (months, [*months[2:], None, None])
    )
    first = frame.assign(rooms=3.0, known_at=now)
    again = first.assign(rooms=4.0, known_at=later)[rows & later.notna()]
    return pd.concat([first, again], ignore_index=True)


def falls_next(frame: pd.DataFrame) -> pd.Series:
    """(rows,) whether the household falls for the first time within the two quarters to come."""
    ordered = frame.assign(by=fell_by(frame)).sort_values(["hh", "period"])
    by = ordered.groupby("hh")["by"]
    soon = by.shift(-2).eq(True) & ~ordered["by"]
    return soon.reindex(frame.index)


@pytest.mark.parametrize(("rows", "named"), [(falls_next, True), (lambda frame: frame["hh"] < "s00100", False)])
def test_a_column_corrected_after_the_fall_alone__is_named(
    frame: pd.DataFrame, alarm: Honesty, rows: Callable[[pd.DataFrame], pd.Series], named: bool
):
    poor = rarely(frame)
    task = task_with(corrected(poor, rows(poor)), {"known_at": "known_at"})
    sentences = english(written_after(task, alarm))
    assert [each.split(" households")[0][:30] for each in sentences] == ["column 'rooms' is corrected of"] * named


# official recognitions and a county's own facts ---------------------------------------------------------------------


FACT = {
    "name": "后续帮扶", "how": "is", "levels": ["有"], "unit": "own", "meaning": "helped after", "group": "own_facts",
    "direction": 0, "label": "后续帮扶",
}  # fmt: skip


def county_task(told_in: str, block: bool = True) -> Task:
    """25 of 80 households are recognised in 2022-05; of each the fact is told in a month, and of nobody else."""
    ids = [f"h{k:02d}" for k in range(80)]
    recognised = ids[:25]
    panel = county_of(
        households=[{"household_id": each} for each in ids],
        recognitions=[
            {"household_id": each, "category": "unstable", "recognised_at": "2022-05"} for each in recognised
        ],
        facts=[
            {"household_id": each, "name": "后续帮扶", "value": "有", "happened_at": told_in, "known_at": told_in}
            for each in recognised
        ],
    ).known.panel
    features = {"facts": config.option("features", "facts", entries={"after": FACT} if block else {})}
    return make_task(
        panel, config.option("label", "recognition"), features, config.option("split", "rolling_origin"), [3], 1
    )


def test_a_fact_told_after_the_recognition_alone__is_named(alarm):
    (sentence,) = english(written_after(county_task("2022-06"), alarm))
    assert sentence.startswith("column '后续帮扶' is told of 25 households once the outcome has come")


def test_facts_told_before__or_of_which_no_feature_is_made_are_not_named(alarm):
    assert written_after(county_task("2022-03"), alarm) == ()
    assert written_after(county_task("2022-06", block=False), alarm) == ()


def test_clean_panels_of_every_kind__have_none(cases: dict[str, Case], frame, alarm):
    for case in cases.values():
        task = task_of(case.panel(), case.horizons)
        assert written_after(task, replace(alarm, least_events=5)) == ()
    assert written_after(task_with(rarely(frame)), alarm) == ()
