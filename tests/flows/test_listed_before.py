"""Who was listed before an origin: by the model's own lists, in the months before, and no others."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pandas as pd
import pytest

from counties import made_county
from panels import signal_case, task_of
from relapse import config
from relapse.flows.backtest import make_trials
from relapse.flows.backtest import test_origins as ask
from relapse.flows.listed_before import listed_before, looked_at, memory, part_of_trial
from relapse.flows.rows import make_task
from relapse.flows.slices import slices

EVALUATION = config.option("evaluation", "default", draws=40, lists=["5pct"], memory_years=0.5)
RULE = "distance_to_line"


@pytest.fixture(scope="module")
def task():
    return task_of(signal_case(households=200).panel(), [1, 4])


def asked(task, rule, calibration, back=(7, 6, 4, 1), memory=0):
    origins = [task.panel.last - each for each in back]
    return list(ask(task, {RULE: rule}, rule, calibration, origins, memory))


def test_memory__is_half_a_year_and_at_least_one_period(task):
    assert memory(task.panel, EVALUATION) == 2
    assert memory(task.panel, replace(EVALUATION, memory_years=0.01)) == 1


def test_listed_before__are_those_on_the_own_lists_of_the_periods_before(task, rule, calibration):
    results = asked(task, rule, calibration)
    trial = make_trials(task, results)[0]
    before = listed_before(task, results, trial, EVALUATION, RULE, 20)
    last = task.panel.last
    first, second, third, fourth = (before[trial.origin == last - back] for back in (7, 6, 4, 1))
    assert np.isnan(first).all(), "no list stands before the first"
    assert np.isnan(fourth).all(), "the list three quarters before is too old"
    for here, near in ((second, 7), (third, 6)):
        listed = trial.household_id[(trial.origin == last - near) & (trial.rank[RULE] <= 20)]
        now = trial.household_id[trial.origin == last - (6 if near == 7 else 4)]
        np.testing.assert_array_equal(here == 1, np.isin(now, listed))
        assert 0 < here.sum() <= 20


def test_lists_between__are_those_of_the_model_of_the_origin_before(task, rule, calibration):
    results = asked(task, rule, calibration, back=(4, 1), memory=2)
    assert [each.as_of for each in results[1].between] == [task.panel.last - 3, task.panel.last - 2]
    assert results[0].between == ()
    trial = make_trials(task, results)[0]
    told = listed_before(task, results, trial, EVALUATION, RULE, 20)
    here = trial.origin == task.panel.last - 1
    lists = [each.household_ids[each.rank[RULE, 1] <= 20] for each in results[1].between]
    np.testing.assert_array_equal(told[here] == 1, np.isin(trial.household_id[here], np.concatenate(lists)))
    for each in results[1].between:
        unit = task.unit(each.as_of)
        np.testing.assert_array_equal(each.household_ids, unit.household_ids)
        nearest = unit.household_ids[np.argsort(unit.column("income__log_ratio_now"), kind="stable")[:5]]
        assert set(nearest) <= set(each.household_ids[each.rank[RULE, 1] <= 20])


def test_slices__tell_every_figure_of_those_not_listed_before(task, rule, calibration):
    results = asked(task, rule, calibration)
    trials = make_trials(task, results)
    table = slices(task, results, trials, EVALUATION, [RULE], 20)
    new = table[(table["slice"] == "listed") & (table["slice_value"] == "not_before") & (table["horizon"] == 1)]
    assert {"roc_auc", "pr_auc", "brier", "ece", "precision_at_20", "recall_at_20", "lead_time_mean_at_20"} <= set(
        new["metric"]
    )
    before = listed_before(task, results, trials[0], EVALUATION, RULE, 20)
    part = part_of_trial(trials[0], before == 0)
    listed = part.rank[RULE] <= 20
    value = new.set_index("metric").loc["precision_at_20", "value"]
    assert value == pytest.approx(part.observed[listed].mean())
    assert part.rank[RULE].min() == 1, "those left are ranked anew, so their list is as long"


def test_looked_at__are_those_whom_visits_or_departments_named_lately_as_known_then(tmp_path):
    folder = made_county(tmp_path, 30)
    ids = [f"9901{each:08d}" for each in range(30)]
    visits = {"户编号": ids[:3], "走访日期": ["2022-11-05", "2022-03-05", "2022-11-20"], "核查结论": ["无风险"] * 3,
              "知晓日期": ["2022-11-06", "2022-03-06", "2023-02-01"]}  # fmt: skip
    pd.DataFrame(visits).to_csv(folder / "走访核查.csv", index=False)
    panel = config.option("data", "county", path=str(folder)).read(config.option("line", "auto"))
    assert "visits" in panel.tables
    blocks = {name: config.option("features", name) for name in ("income", "season", "history")}
    task = make_task(
        panel, config.option("label", "below_line"), blocks, config.option("split", "rolling_origin"), [3], 1
    )
    origin = panel.calendar.parse("2022-12")
    trial = _trial_of(ids, origin)
    assert looked_at(task, trial, EVALUATION)[:4].tolist() == ["lately", "not_lately", "not_lately", "not_lately"]


def _trial_of(ids, origin):
    from relapse.core.results import Trial

    count = len(ids)
    return Trial("x", 3, np.full(count, origin, np.int32), np.arange(count, dtype=np.int32),
                 np.array(ids, dtype=object), np.zeros(count), {}, {})  # fmt: skip
