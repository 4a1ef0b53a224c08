"""Baselines that need a county's tables: what they order by, and the promises that every model makes.

All others keep theirs in test_model_contract.py, on a panel without such tables.
"""

from __future__ import annotations

import math
from collections.abc import Mapping
from dataclasses import replace

import numpy as np
import pytest

import tiny_county
from counties import made_county
from panels import COUNTY_MODELS, histories, task_of, values
from relapse import config
from relapse.core.errors import InputError
from relapse.core.panel import Panel
from relapse.core.rows import TrainingRows
from relapse.flows.backtest import not_applicable
from relapse.flows.explain import agreement, contributions_of
from relapse.flows.rows import Task, stack
from relapse.model.blend import Blend, restore_blend
from relapse.model.distance_to_line_either import score as either
from relapse.model.triggers import score as screened


@pytest.fixture(scope="module")
def tiny(tmp_path_factory: pytest.TempPathFactory) -> Panel:
    return tiny_county.read(tmp_path_factory.mktemp("tiny") / "county")


@pytest.fixture(scope="module")
def task(tmp_path_factory: pytest.TempPathFactory) -> Task:
    data = config.option("data", "county", path=str(made_county(tmp_path_factory.mktemp("made") / "county")))
    return task_of(data.read(config.option("line", "auto")), [1, 3])


@pytest.fixture(scope="module")
def rows(task: Task) -> TrainingRows:
    return stack(task, task.panel.last - 6, 8000)


def told_of(panel: Panel, as_of: str, block: str) -> dict[str, Mapping[str, float]]:
    """By household, the block's features."""
    known = histories(panel, as_of)
    made = values(config.option("features", block), known)
    names = panel.household_ids[known.members]
    return {name: {key: column[place] for key, column in made.items()} for place, name in enumerate(names)}


def columns(**given):
    names = {
        "ratio": "triggers__largest_ratio",
        "missed": "triggers__missed_inclusion",
        "groups": "triggers__must_visit_count",
        "log_ratio": "income__log_ratio_now",
    }
    return {names[key]: np.array(column, np.float64) for key, column in given.items()}.__getitem__


def test_triggers__each_part_of_the_screening_outweighs_all_that_follow():
    """100 x missed + 10 x floor(min(ratio, 9)) + groups + 1 / (1 + income / line), the logistic of minus the log ratio.

    In order: 100; 90 + 8 + 1 / 1.01 (an income of a hundredth of the line), which stays below it; a ratio of 2.9 counts
    as 2, of 0.5 as none; two groups; income at the line, 1 / 2; three times it, 1 / 4; unknown, 0.
    """
    told = columns(
        missed=[1, 0, 0, 0, 0, 0, 0, 0],
        ratio=[0, 40, 2.9, 0.5, 0, 0, 0, 0],
        groups=[0, 8, 0, 0, 2, 0, 0, 0],
        log_ratio=[math.nan, math.log(0.01), math.nan, math.nan, math.nan, 0, math.log(3), math.nan],
    )
    np.testing.assert_allclose(screened(told), [100, 98 + 1 / 1.01, 20, 0, 2, 0.5, 0.25, 0])


def test_triggers__of_the_tiny_county_are_those_of_its_rules(tiny):
    """2022-04: b3 lives in a dangerous house (B01); a6 has 7,200 but 5,700 after 3,000 of own cost without the payout
    that is not known yet (B06, line 6,600), and its income is below 1.5 lines (V01), as that of a1; b1 is in no rule."""
    told = told_of(tiny, "2022-04", "triggers")
    parts = {name: tuple(told[name].values()) for name in ("b3", "a6", "a1", "b1")}
    assert parts == {"b3": (0, 1, 0), "a6": (0, 1, 1), "a1": (0, 0, 1), "b1": (0, 0, 0)}


def test_triggers__ratio_is_the_amount_over_the_departments_threshold(tmp_path):
    """T01: own cost of the year above half of last year's 18,931 yuan (2021) of disposable income: 20,000 / 9,465.5."""
    cost = [{"户编号": "b2", "结算月份": "2022-03", "合规自付支出": 20000, "知晓日期": "2022-04-20"}]
    told = told_of(tiny_county.read(tmp_path / "c", {"医疗费用": cost}), "2022-04", "triggers")
    assert told["a6"]["triggers__largest_ratio"] == 0
    monitored = told["b2"]["triggers__largest_ratio"]
    cost = [{**cost[0], "户编号": "b3"}]
    told = told_of(tiny_county.read(tmp_path / "d", {"医疗费用": cost}), "2022-04", "triggers")
    assert told["b3"]["triggers__largest_ratio"] == pytest.approx(20000 / 9465.5, rel=1e-6)
    assert monitored == 0, "no trigger is about a household that is monitored"


def test_triggers__the_block_makes_nothing_where_some_of_what_it_reads_is_closed(tiny):
    sensitive = config.option("sensitive", "national", groups={"disability": {"allowed": False}})
    known = histories(sensitive.on(tiny), "2022-04")
    assert values(config.option("features", "triggers"), known) == {}


def test_reference__the_nearer_of_two_incomes_counts(tiny):
    """2022-06: a6 has 7,200 of net income and 6,200 with 1,000 paid out and 3,000 of own cost by two persons … as
    worked out in tests/test_tiny_county.py; the line is 6,600."""
    told = told_of(tiny, "2022-06", "income")["a6"]
    net, reference = told["income__log_ratio_now"], told["income__reference_log_ratio_now"]
    assert (net, reference) == pytest.approx((math.log(7200 / 6600), math.log(6200 / 6600)), abs=1e-6)
    both = {
        "income__log_ratio_now": np.array([net, net, math.nan]),
        "income__reference_log_ratio_now": np.array([reference, math.nan, reference]),
    }
    np.testing.assert_allclose(either(both.__getitem__), [-reference, -net, -reference])


# what every model promises ----------------------------------------------------------------------------------------------


def test_the_rules_of_this_file__are_those_that_other_panels_cannot_give(signal_task):
    models = {name: config.option("model", name) for name in config.options("model")}
    assert set(not_applicable(signal_task, models, signal_task.panel.last)) == set(COUNTY_MODELS)


def test_a_county_with_tables__gives_them_what_they_need(task):
    models = {name: config.option("model", name) for name in config.options("model")}
    assert not_applicable(task, models, task.panel.last) == {}


@pytest.mark.parametrize("name", COUNTY_MODELS)
def test_forecasts__are_chances_restored_bit_for_bit_and_explained_to_the_last_digit(name, task, rows, rule):
    model, unit = config.option("model", name), task.unit(task.panel.last)
    hazard = Blend(model.fit(rows, np.random.default_rng(1)), None, 1.0, None, True)
    forecast = hazard.forecast(unit)
    assert ((forecast.chance > 0) & (forecast.chance < 1)).all()
    assert (forecast.risk(3) >= forecast.risk(1)).all()
    assert len(np.unique(forecast.margin[:, 0])) > 20
    assert agreement(forecast, 3) >= 0.99
    again = restore_blend(hazard.dump(), model, rule)
    np.testing.assert_array_equal(again.forecast(unit).margin, forecast.margin)
    assert again.dump() == hazard.dump()
    parts = contributions_of(hazard, unit, 3)
    np.testing.assert_allclose(parts.values.sum(axis=1) + parts.base, forecast.score(3), atol=1e-9)
    touched = {parts.entries[k].name for k in np.flatnonzero((parts.values != 0).any(axis=0))}
    assert touched <= set(model.needs)


@pytest.mark.parametrize("name", COUNTY_MODELS)
def test_a_column_that_is_missing__is_named(name, task, rows):
    model, unit = config.option("model", name), task.unit(task.panel.last)
    fitted = model.fit(rows, np.random.default_rng(1))
    kept = [k for k, entry in enumerate(unit.table.entries) if entry.name != model.needs[0]]
    table = replace(unit.table, values=unit.table.values[:, kept], entries=tuple(unit.table.entries[k] for k in kept))
    with pytest.raises(InputError, match=model.needs[0]):
        fitted.margin(replace(unit, table=table))
