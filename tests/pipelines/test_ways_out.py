"""What to leave out when an alarm names it: as the kind of data has it, in words that Hydra takes."""

from __future__ import annotations

import shlex
from dataclasses import replace

import pytest

from panels import signal_case, task_of
from relapse import config
from relapse.core.feature_texts import feature_named
from relapse.core.worded import Worded
from relapse.evaluation.alarms import FEATURE
from relapse.features.facts import Entry, Facts
from relapse.flows.rows import Task
from relapse.pipelines.ways_out import how_to_leave_out

HELP = Entry(
    name="后续帮扶", how="is", levels=("有",), unit="count", meaning="help", group="own", direction=0, label="后续帮扶"
)


@pytest.fixture(scope="module")
def task() -> Task:
    """Of a panel's file with columns of its own."""
    panel = signal_case(households=20).panel()
    return task_of(panel, [1, 2])


@pytest.fixture(scope="module")
def of_county(task: Task) -> Task:
    """The same with a county's blocks, and no column of a file."""
    panel = replace(task.panel, covariates={}, categories={})
    blocks = {**task.features, "facts": Facts({"help_after": HELP}), "health": config.option("features", "health")}
    return replace(task, panel=panel, features=blocks)


def named(*columns: str, key: str = "alarm.column") -> list[Worded]:
    """As an alarm names a feature, or a column of a file or of the facts by its own name."""
    return [
        Worded(key, {"column": feature_named(column), FEATURE: column} if "__" in column else {"column": column})
        for column in columns
    ]


@pytest.mark.parametrize(
    ("column", "words"),
    [
        ("covariates__ill_now", "data.exclude=[ill]"),
        ("covariates__trade_below_share", "data.exclude=[trade]"),
        ("ill", "data.exclude=[ill]"),  # as it is named where it was written after the event
        ("place__village_below_share", "'~features.place'"),
    ],
)
def test_of_a_file(column, words, task):
    assert how_to_leave_out(named(column), task) == f"to leave out what is named: {words}"


@pytest.mark.parametrize(
    ("column", "words"),
    [
        ("facts__help_after", "'~features.facts.entries.help_after'"),
        ("后续帮扶", "'~features.facts.entries.help_after'"),
        ("health__claims_12m", "'~features.health'"),
    ],
)
def test_of_a_county__which_has_no_exclude(column, words, of_county):
    assert how_to_leave_out(named(column), of_county) == f"to leave out what is named: {words}"


def test_several__each_once(task, of_county):
    told = how_to_leave_out(named("covariates__ill_now", "covariates__ill_change", "covariates__noise_now"), task)
    assert told.endswith("data.exclude=[ill,noise]")
    told = how_to_leave_out(named("health__claims_12m", "health__own_cost", "facts__help_after"), of_county)
    assert shlex.split(told.partition(": ")[2]) == ["~features.facts.entries.help_after", "~features.health"]


def test_a_result_too_good_to_be_true__is_told_how_a_column_goes(task, of_county):
    alarm = [Worded("alarm.too_good")]
    assert how_to_leave_out(alarm, task) == "data.exclude=[COLUMN] leaves a column out"
    assert how_to_leave_out(alarm, of_county).startswith("'~features.BLOCK' leaves out a block of features (")
    assert "health" in how_to_leave_out(alarm, of_county)


def test_what_names_no_column__needs_no_way_out(task):
    assert how_to_leave_out([Worded("alarm.two_ids"), Worded("alarm.untold_line")], task) == ""
