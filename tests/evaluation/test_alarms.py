"""A column that gives the outcome away raises the alarm; honest panels do not."""

from __future__ import annotations

from collections.abc import Callable

import numpy as np
import pandas as pd
import pytest

from panels import Case, signal, signal_case, task_of, walk
from relapse import config
from relapse.core.catalogue import Feature
from relapse.core.panel import Panel
from relapse.evaluation.alarms import Honesty, auc_error, roc_auc
from relapse.flows.assess import assess
from relapse.flows.backtest import make_trials
from relapse.flows.backtest import test_origins as ask
from relapse.flows.honesty import raised_alarms

RULE = "distance_to_line"


@pytest.fixture(scope="module")
def alarm() -> Honesty:
    made: Honesty = config.option("alarm", "leak")
    return made


def alarms_of(panel: Panel, alarm: Honesty, horizons=(1, 4)) -> tuple[str, ...]:
    task = task_of(panel, horizons)
    rule, calibration = config.option("model", RULE), config.option("calibration", "by_lead")
    origins = [panel.last - back for back in (6, 5, 4)]
    results = list(ask(task, {RULE: rule}, rule, calibration, origins))
    trials = [trial for trial in make_trials(task, results) if len(trial.observed)]
    assessment = assess(task, trials, config.option("evaluation", "default", draws=20), RULE, RULE)
    return raised_alarms(task, results, assessment, alarm, RULE, RULE, {RULE: rule})


def next_state(frame: pd.DataFrame) -> pd.Series:
    """Whether the household is below the line within the four quarters to come: what no table can know."""
    ordered = frame.sort_values(["hh", "period"])
    below = (ordered["income"] < 1000).astype(float).groupby(ordered["hh"])
    ahead = pd.concat([below.shift(-k) for k in (1, 2, 3, 4)], axis=1).max(axis=1)
    return ahead.fillna(0).astype(bool).reindex(frame.index)


@pytest.fixture(scope="module")
def leaky() -> Callable[[Callable[[pd.DataFrame, pd.Series], pd.Series]], Panel]:
    def make(column: Callable[[pd.DataFrame, pd.Series], pd.Series]) -> Panel:
        frame = signal(households=400)
        return signal_case().panel(frame.assign(visited=column(frame, next_state(frame))))

    return make


def test_a_column_written_after_the_event__raises_the_alarm(leaky, alarm):
    rng = np.random.default_rng(1)
    sentences = alarms_of(leaky(lambda frame, fell: fell * 1.0 + rng.normal(0, 0.3, len(frame))), alarm)
    assert len(sentences) >= 1
    assert sentences[0].startswith("column 'covariates__visited_now' (value) alone has a ROC-AUC of 0.9")
    assert "the distance rule 0." in sentences[0]


def test_a_column_that_is_blank_unless_the_event_came__raises_the_alarm(leaky, alarm):
    """Its values say nothing; that there is one says all."""
    rng = np.random.default_rng(2)
    noise = lambda frame, fell: pd.Series(rng.normal(size=len(frame)), frame.index).where(fell)  # noqa: E731
    sentences = alarms_of(leaky(noise), alarm)
    assert sentences
    assert "covariates__visited_now' (blank)" in sentences[0]


def test_a_text_that_is_written_after_the_event__raises_the_alarm(leaky, alarm):
    """A text becomes the mean of those that share it today; that still tells the marked from the others."""
    sentences = alarms_of(leaky(lambda frame, fell: fell.map({True: "helped", False: "not"})), alarm)
    assert any("covariates__visited_log_ratio' (value)" in sentence for sentence in sentences)


@pytest.mark.parametrize("seed", [5, 6, 7])
def test_honest_panels__raise_none(seed, alarm):
    """Also where a column knows much: illness foretells a fall, and is known before it."""
    assert alarms_of(signal_case(households=400, seed=seed).panel(), alarm) == ()


def test_honest_panels__of_every_kind(cases: dict[str, Case], alarm):
    rotating = cases["rotating"]
    assert alarms_of(rotating.panel(), alarm, rotating.horizons) == ()
    assert alarms_of(walk(200, 12), alarm, (1, 2)) == ()


ENTRIES = (
    Feature("covariates__x_now", "own", "m", "covariates"),
    Feature("income__y", "own", "m", "distance"),
    Feature("covariates__z_now", "own", "m", "covariates", modelled=False),
)


def told(values, observed, alarm, harmful=True):
    score = np.random.default_rng(3).normal(size=len(observed))
    return alarm.check(ENTRIES, np.asarray(values, float), score, np.asarray(observed, float), harmful=harmful)


def test_check__looks_at_modelled_columns_of_its_groups_only(alarm):
    observed = np.repeat([0.0, 1.0], 200)
    sentences = told(np.stack([observed, observed, observed], axis=1), observed, alarm)
    assert [sentence.split("'")[1] for sentence in sentences] == ["covariates__x_now"]


def test_check__a_column_that_ranks_the_wrong_way_round_leaks_as_well(alarm):
    observed = np.repeat([0.0, 1.0], 200)
    assert told(np.stack([1 - observed] * 3, axis=1), observed, alarm)


def test_check__says_nothing_of_few_events(alarm):
    observed = np.repeat([0.0, 1.0], [400, alarm.least_events - 1])
    assert told(np.stack([observed] * 3, axis=1), observed, alarm) == ()
    assert told(np.ones((50, 3)), np.ones(50), alarm) == ()


def test_roc_auc__by_hand():
    # pairs of event and other: (3 > 1), (3 > 2), (2 = 2 half), (2 > 1): 3.5 of 4
    assert roc_auc(np.array([1.0, 2, 3, 2]), np.array([0.0, 0, 1, 1])) == 3.5 / 4
    # a missing score counts as the mean of the known: (1 + 3) / 2 = 2
    assert roc_auc(np.array([1.0, np.nan, 3, 2]), np.array([0.0, 0, 1, 1])) == 3.5 / 4


def test_auc_error__is_near_what_sampling_shows():
    rng = np.random.default_rng(4)
    areas = [
        roc_auc(np.r_[rng.normal(0, 1, 300), rng.normal(1, 1, 60)], np.repeat([0.0, 1.0], [300, 60]))
        for _ in range(300)
    ]
    assert auc_error(float(np.mean(areas)), 60, 300) == pytest.approx(np.std(areas), rel=0.2)


def test_check__where_the_rule_is_no_yardstick_only_what_nearly_gives_it_away_leaks(alarm):
    observed = np.repeat([0.0, 1.0], 200)
    knows = np.random.default_rng(4).normal(size=400) + observed  # ROC-AUC near 0.76
    assert told(np.stack([knows] * 3, axis=1), observed, alarm)
    assert not told(np.stack([knows] * 3, axis=1), observed, alarm, harmful=False)
    assert told(np.stack([observed] * 3, axis=1), observed, alarm, harmful=False)
