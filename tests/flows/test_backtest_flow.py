"""Every model on the same households with the same labels, at origins whose windows have closed."""

from __future__ import annotations

import numpy as np
import pyarrow as pa
import pytest

from panels import read, signal_case, table, task_of
from relapse import config
from relapse.core.errors import InputError
from relapse.core.ranking import rank
from relapse.flows.backtest import (
    backtest_origins,
    make_trials,
    not_applicable,
    predictions,
    test_origins,
    usable_origins,
)
from relapse.flows.fit import fit_hazard

test_origins.__test__ = False  # type: ignore[attr-defined]  # a step of the flow, not a test


@pytest.fixture(scope="module")
def task():
    return task_of(signal_case(households=250).panel(), [1, 4])


@pytest.fixture(scope="module")
def results(task, rule, calibration, quick):
    models = {name: quick(name) for name in ("distance_to_line", "distance_to_line_recent", "logit", "last_list")}
    origins = [task.panel.last - back for back in (5, 4, 1)]
    return list(test_origins(task, models, rule, calibration, origins))


def test_models__are_asked_about_the_same_households(task, results):
    for result in results:
        for forecast in result.forecasts.values():
            assert forecast.margin.shape == (len(result.unit.members), 4)
            np.testing.assert_array_equal(forecast.leads, task.leads)


def test_trials__leave_out_whose_outcome_is_not_known(task, results):
    near, far = make_trials(task, results)
    assert (near.horizon, far.horizon) == (1, 4)
    assert set(near.origin) == {result.unit.as_of for result in results}
    assert set(far.origin) == {task.panel.last - 5, task.panel.last - 4}, "the newest window of four has not closed"
    for trial in (near, far):
        assert set(np.unique(trial.observed)) == {0.0, 1.0}
        lengths = {len(part) for part in (trial.origin, trial.cluster, trial.household_id, *trial.probability.values())}
        assert lengths == {len(trial.observed)}


def test_trials__rank_each_origin_anew_from_one_with_ties_by_distance(task, results):
    trial = make_trials(task, results)[0]
    for name, places in trial.rank.items():
        for result in results:
            here = trial.origin == result.unit.as_of
            assert sorted(places[here]) == list(range(1, here.sum() + 1))
            order = rank(
                result.forecasts[name].score(1),
                result.unit.column("income__log_ratio_now"),
                result.unit.household_ids,
                task.seed,
            )
            np.testing.assert_array_equal(places[here], order)
    distance = np.concatenate([result.unit.column("income__log_ratio_now") for result in results])
    first = trial.origin == results[0].unit.as_of
    np.testing.assert_array_equal(
        np.argsort(trial.rank["distance_to_line"][first]), np.argsort(distance[first], kind="stable")
    )


def test_predictions__say_every_forecast_and_leave_the_unknown_empty(task, results):
    frame = pa.concat_tables(predictions(task, results)).to_pandas()
    households = sum(len(result.unit.members) for result in results)
    assert len(frame) == households * 4 * 2
    open_window = frame[(frame["horizon"] == 4) & (frame["origin"] == task.panel.calendar.label(task.panel.last - 1))]
    assert open_window["observed"].isna().all()
    assert frame["probability"].between(0, 1).all()


def test_delayed_reports__are_all_there_at_the_end():
    """What was reported after the last period belongs to the truth, too."""
    frame = table(
        {f"{k:02d}": [200, 200, 50 if k % 3 == 0 else 200, 200, 50 if k % 2 == 0 else 200] for k in range(40)}
    )
    task = task_of(read(frame, delay=1), [1], "first_entry")
    rule, calibration = config.option("model", "distance_to_line"), config.option("calibration", "by_lead")
    (trial,) = make_trials(task, list(test_origins(task, {rule.name: rule}, rule, calibration, [2003])))
    assert len(trial.observed) == 26, "at risk in 2003 by the reports of 2002"
    assert trial.observed.mean() == 0.5, "what came in 2004 was told in 2005"


def test_origins__asked_for_are_taken__sorted_and_once(task):
    last = task.panel.last
    assert backtest_origins(task, [last - 1, last - 3, last - 1]) == [last - 3, last - 1]
    assert backtest_origins(task, None)[-1] == last - 1


@pytest.mark.parametrize("back", [0, 99])
def test_origins__outside_the_data_are_refused_with_those_there_are(task, back):
    with pytest.raises(InputError, match=r"has no closed window in 'panel'; choose periods from 2010Q2 to 2013Q1"):
        backtest_origins(task, [task.panel.last - back])


def test_usable_origins__are_those_at_which_the_rule_has_events(task, rule, calibration):
    asked = list(range(task.panel.first, task.panel.last))
    usable = usable_origins(task, rule, calibration, asked)
    assert usable == asked[-len(usable) :]
    assert len(usable) < len(asked)
    fit_hazard(task, rule, rule, calibration, usable[0])
    with pytest.raises(InputError, match="at least 5 are needed"):
        fit_hazard(task, rule, rule, calibration, usable[0] - 1)


def test_usable_origins__where_there_is_none_the_numbers_are_said(rule, calibration):
    quiet = task_of(read(table({f"{k}": [200] * 6 for k in range(20)})), [1])
    with pytest.raises(InputError, match=r"0 falls below the line .* at least 5 are needed"):
        usable_origins(quiet, rule, calibration, [2003, 2004])


def test_not_applicable__are_models_that_need_what_no_block_makes(task):
    models = {name: config.option("model", name) for name in ("distance_to_line", "logit", "vep", "triggers")}
    assert not_applicable(task, models, task.panel.last) == {
        "triggers": ("triggers__largest_ratio", "triggers__missed_inclusion", "triggers__must_visit_count")
    }
