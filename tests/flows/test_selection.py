"""Selection over time: chosen with what was known at each origin, and nothing else."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest

from panels import signal_case, task_of
from relapse import config
from relapse.core.forecast import HazardForecast
from relapse.evaluation.metrics import average_precision
from relapse.flows.backtest import make_trials
from relapse.flows.backtest import test_origins as ask
from relapse.flows.selection import selection

EVALUATION = config.option("evaluation", "default", draws=40)
RULE = "distance_to_line"


@pytest.fixture(scope="module")
def task():
    return task_of(signal_case(households=300).panel(), [1, 2])


@pytest.fixture(scope="module")
def results(task, rule, calibration):
    """The rule; `early` knows what comes at the first two origins, `late` at the last two, and else they guess."""
    origins = [task.panel.last - back for back in (5, 4, 3, 2)]
    made = []
    for place, result in enumerate(ask(task, {RULE: rule}, rule, calibration, origins)):
        rng = np.random.default_rng(place)
        came = np.nan_to_num(np.diff(result.within, axis=1, prepend=0))
        guess = rng.uniform(0.01, 0.2, came.shape)
        knows = {"early": place < 2, "late": place >= 2}
        forecasts = {
            name: HazardForecast(task.leads, chance, chance, True)
            for name, knowing in knows.items()
            for chance in [np.where(came == 1, 0.9, 0.01) if knowing else guess]
        }
        made.append(replace(result, forecasts={**result.forecasts, **forecasts}))
    return made


def table_of(task, results):
    return selection(task, results, make_trials(task, results), EVALUATION, RULE).set_index(["horizon", "origin"])


def test_selection__takes_the_best_of_the_origins_that_had_closed(task, results):
    table, label = table_of(task, results), task.panel.calendar.label
    first, second, third, fourth = (label(task.panel.last - back) for back in (5, 4, 3, 2))
    assert table.loc[(1, first), "chosen"] == RULE, "no window had closed"
    assert [table.loc[(1, each), "chosen"] for each in (second, third)] == ["early", "early"]
    assert table.loc[(1, third), "best_model"] == "late", "which nobody could know then"
    assert [table.loc[(1, each), "closed_origins"] for each in (first, second, third, fourth)] == [0, 1, 2, 3]
    assert [table.loc[(2, each), "closed_origins"] for each in (first, second, third, fourth)] == [0, 0, 1, 2]
    assert table.loc[(2, second), "chosen"] == RULE, "two periods ahead no window had closed yet"


def test_selection__what_was_reached_is_that_of_the_chosen(task, results):
    table, trial = table_of(task, results), make_trials(task, results)[0]
    chosen = {origin: table.loc[(1, task.panel.calendar.label(origin)), "chosen"] for origin in np.unique(trial.origin)}
    then = np.array([trial.probability[chosen[origin]][row] for row, origin in enumerate(trial.origin)])
    pooled = table.loc[(1, "all")]
    assert pooled["reached"] == pytest.approx(average_precision(trial.observed, then))
    assert pooled["over_rule"] == pytest.approx(pooled["reached"] - pooled["rule"])
    assert pooled["ci_low"] <= pooled["over_rule"] <= pooled["ci_high"]


def test_selection__does_not_change_with_what_comes_later(task, results):
    """The outcomes of the last origin turned round: no choice before its window closes is another one."""
    turned = [*results[:-1], replace(results[-1], within=1 - results[-1].within)]
    one, other = table_of(task, results), table_of(task, turned)
    assert one["chosen"].dropna().tolist() == other["chosen"].dropna().tolist()
    assert one.loc[(1, "all"), "best"] != other.loc[(1, "all"), "best"]
