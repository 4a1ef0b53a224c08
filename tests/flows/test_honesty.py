"""What speaks against a backtest: each fault is planted and told, and clean panels pass."""

from __future__ import annotations

from dataclasses import dataclass, replace
from types import SimpleNamespace

import numpy as np
import pandas as pd
import pytest

from panels import signal, signal_case, task_of, walk
from relapse import config
from relapse.core.catalogue import Feature
from relapse.core.rows import TrainingRows, Unit
from relapse.evaluation.alarms import Honesty, under_two_ids
from relapse.evaluation.columns import Columns
from relapse.flows.assess import assess
from relapse.flows.backtest import make_trials
from relapse.flows.backtest import test_origins as ask
from relapse.flows.fit import training_rows
from relapse.flows.honesty import _shuffled, raised_alarms, same_households, shuffled_areas
from relapse.flows.rows import Task
from said import english

RULE, MODEL = "distance_to_line", "lgbm_hazard"


@pytest.fixture(scope="module")
def alarm() -> Honesty:
    made: Honesty = config.option("alarm", "leak")
    return made


def alarms_of(task: Task, alarm: Honesty, model, held_out=None) -> tuple[str, ...]:
    rule, calibration = config.option("model", RULE), config.option("calibration", "by_lead", least_events=20)
    models = {RULE: rule, MODEL: model}
    results = list(ask(task, models, rule, calibration, [task.panel.last - back for back in (5, 4)]))
    trials = [trial for trial in make_trials(task, results) if len(trial.observed)]
    assessment = assess(task, trials, config.option("evaluation", "default", draws=40), RULE, MODEL)
    same = same_households(task, alarm)
    return english(raised_alarms(task, results, assessment, alarm, RULE, MODEL, models, same, held_out))


def small(**changes):
    return config.option("model", MODEL, **{"trees": 40, "l2": 5, **changes})


# ---- too good -----------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(("low", "raised"), [(0.099, False), (0.101, True)])
def test_a_gain_over_the_rule__beyond_what_is_plausible_is_told(alarm, low, raised):
    told = english(alarm.too_good(MODEL, 12, (0.9, 0.88, 0.92), (0.15, low, 0.2), official=False))
    assert bool(told) == raised
    if raised:
        assert told[0].startswith(
            "boosted trees (LightGBM) has a ROC-AUC of 0.900 at 12 months, 0.150 (from 0.101) above"
        )


def test_short_horizons_of_a_rolling_line__are_mechanical_and_no_leak(alarm):
    assert alarm.too_good(MODEL, 1, (0.97, 0.96, 0.98), (0.02, 0.01, 0.03), official=False) == ()
    assert alarm.too_good(RULE, 1, (0.95, 0.94, 0.96), None, official=False) == ()


@pytest.mark.parametrize(
    ("months", "low", "raised"),
    [(1, 0.96, False), (1, 0.975, True), (6, 0.91, True), (9, 0.87, True), (9, 0.85, False)],
)
def test_official_outcomes__have_fixed_bounds_by_horizon(alarm, months, low, raised):
    gain = (0.3, 0.25, 0.35)  # the rule knows little of recognitions: no yardstick
    assert bool(alarm.too_good(MODEL, months, (low + 0.01, low, 1.0), gain, official=True)) == raised


def test_official_outcomes__beyond_the_longest_month_have_no_bound(alarm):
    assert alarm.too_good(MODEL, 24, (0.99, 0.98, 1.0), None, official=True) == ()


def test_a_leak_in_many_columns_at_once__is_seen_in_the_result(alarm):
    """Each column alone is weaker than the rule; together they give the outcome away."""
    frame = signal(households=500)
    below = (frame["income"] < 1000).astype(float).groupby(frame["hh"])
    ahead = pd.concat([below.shift(-k) for k in (1, 2, 3, 4)], axis=1).max(axis=1).fillna(0)
    rng = np.random.default_rng(2)
    leaks = {f"c{k}": ahead * 1.5 + rng.normal(0, 1, len(frame)) for k in range(14)}
    task = task_of(signal_case().panel(frame.assign(**leaks)), [4])
    narrow = replace(alarm, margin=0.4)  # no single column is told
    sentences = alarms_of(task, narrow, small())
    assert any(sentence.startswith("boosted trees (LightGBM) has a ROC-AUC of ") for sentence in sentences), sentences


# ---- one household under two ids ----------------------------------------------------------------------------------


def histories() -> np.ndarray:
    return np.random.default_rng(1).integers(2000, 9000, (6, 14)).astype(float)


def twins(incomes: np.ndarray, periods: int) -> list[int]:
    places, history = under_two_ids(incomes, periods)
    assert len(set(history)) == len(places) / 2  # each found twice
    return places.tolist()


def test_the_same_history_twice__is_found():
    incomes = histories()
    incomes[4] = incomes[1]
    incomes[[1, 4], :2] = np.nan  # unknown in the same periods
    assert twins(incomes, 12) == [1, 4]
    assert twins(incomes, 13) == []


def test_the_same_history_for_a_year_of_many__is_told():
    """The second id began later and ended earlier: thirteen periods are shared."""
    incomes = np.random.default_rng(4).integers(2000, 9000, (50, 30)).astype(float)
    incomes[7, 9:22] = incomes[30, 9:22]
    incomes[7, 15] = incomes[30, 15] = np.nan  # a gap is none where both have it
    assert twins(incomes, 12) == [7, 30]
    assert twins(incomes, 13) == []


def test_the_same_incomes_in_other_periods__are_another_household():
    incomes = histories()
    incomes[4, 1:] = incomes[1, :-1]
    assert twins(incomes, 12) == []


def test_many_histories_of_round_amounts__are_all_their_own():
    """Amounts of hundreds have few digits: digests that mix them badly took some for the same."""
    incomes = np.random.default_rng(5).integers(0, 40, (20_000, 35)) * 50.0
    assert twins(incomes, 12) == []


def test_what_many_receive_alike__tells_nothing_of_who_is_who():
    """Two of many pensioners with one land rent: amounts differ by month, and are alike for more than the two."""
    incomes = np.vstack([histories(), np.tile(np.arange(14) * 10.0 + 300, (4, 1))])
    incomes[6, :2], incomes[7, :2], incomes[8, 6], incomes[9, 8] = 1, 1, 2, 3
    assert twins(incomes, 12) == []
    assert twins(incomes[:8], 12) == [6, 7]


def test_flat_lines_and_short_histories__tell_nothing():
    incomes = histories()
    incomes[2] = incomes[3] = 4800.0  # an allowance and nothing else
    incomes[0] = incomes[5]
    incomes[[0, 5], :6] = np.nan
    assert twins(incomes, 12) == []
    assert twins(np.full((3, 14), np.nan), 12) == []


def test_a_household_entered_twice__raises_the_alarm_of_a_backtest(alarm):
    frame = signal(households=300)
    again = frame[frame["hh"] == frame["hh"].iloc[0]].assign(hh="again")
    task = task_of(signal_case().panel(pd.concat([frame, again], ignore_index=True)), [4])
    (sentence,) = [each for each in alarms_of(task, alarm, small()) if "two ids" in each]
    assert sentence.startswith("2 households have the very history of another one (12 periods or more)")
    assert "again" not in sentence  # it goes into the registry, where no household may stand
    assert same_households(task, alarm)["household_id"].tolist() == sorted([str(frame["hh"].iloc[0]), "again"])


# ---- shuffled labels ----------------------------------------------------------------------------------------------


@dataclass(frozen=True)
class KnowsTheAnswer:
    """A recipe into which the outcomes of those who are asked have found their way."""

    answers: dict[str, float]

    def for_shuffles(self) -> KnowsTheAnswer:
        return self

    def fit(self, rows: TrainingRows, rng: np.random.Generator) -> SimpleNamespace:
        def margin(unit: Unit) -> np.ndarray:
            known = np.array([self.answers.get(one, 0.0) for one in unit.household_ids])
            return (known + rng.normal(0, 2, len(known)))[:, None] * np.ones(len(unit.leads))

        return SimpleNamespace(margin=margin)


@pytest.fixture(scope="module")
def learnable() -> Task:
    return task_of(signal_case(households=500).panel(), [1, 4])


def test_shuffled_labels__leave_nothing_to_learn_where_all_is_well(alarm, learnable):
    areas = shuffled_areas(learnable, small(), 20)
    assert len(areas) == 20
    assert alarm.learned_of_shuffled(areas) == ()
    assert abs(np.mean(areas) - 0.5) < 4 * np.std(areas, ddof=1) / np.sqrt(20)
    assert len(set(areas)) == 20  # each is a fit of its own


def test_shuffled_labels__that_still_score_are_told(alarm, learnable):
    final = learnable.panel.as_of(learnable.panel.latest)
    origins = learnable.training_origins(learnable.panel.latest)
    asked = [each for each in origins if (learnable.labels(final, each).within[:, -1] == 1).any()][-1]
    came = np.nan_to_num(learnable.labels(final, asked).within[:, -1])
    answers = dict(zip(learnable.unit(asked).household_ids, came, strict=True))
    areas = shuffled_areas(learnable, KnowsTheAnswer(answers), 20)
    (sentence,) = english(alarm.learned_of_shuffled(areas))
    assert sentence.startswith("labels that were shuffled 20 times still score: mean ROC-AUC 0.")


def test_shuffled_labels__are_left_alone_by_default_and_where_nothing_can_be_made_free(alarm, learnable, rule):
    assert alarm.shuffles == 0
    assert config.option("alarm", "thorough").shuffles == 20
    assert shuffled_areas(learnable, small(), 0) == shuffled_areas(learnable, rule, 20) == []


def seen_now_and_then() -> Task:
    """A rotating panel, seen at q, q + 1, q + 4 and q + 5; in the third interview people tell of less income."""
    frame = signal(households=1500, quarters=16)
    quarter = frame["period"].str[:4].astype(int) * 4 + frame["period"].str[-1].astype(int)
    since = quarter - quarter.min() - frame["hh"].str[1:].astype(int) % 11
    told = frame.assign(income=frame["income"] * np.where(since == 4, 0.6, 1.2))
    return task_of(signal_case().panel(told[since.isin([0, 1, 4, 5])]), [1, 4])


def test_shuffled_labels__tell_nothing_of_who_is_seen_again_either(alarm):
    """Once labels were exchanged among those seen as long alone, and the model learned who is not seen again: z was 11."""
    task = seen_now_and_then()
    assert task.kind == "at_horizon"
    areas = shuffled_areas(task, small(), 20)
    assert alarm.learned_of_shuffled(areas) == ()


def test_shuffled_labels__of_few_events_tell_nothing_of_sparse_corners_either(alarm):
    """Once few labels were exchanged among many rows: by chance alone sparse corners are called risky, never safe.

    Here the poor have a number that spreads wide and the others one that does not.
    """
    frame = signal(households=3000, quarters=10).assign(income=lambda t: t["income"] * 1.9)
    poor = frame.groupby("hh")["income"].transform("median") < 4500
    spread = np.random.default_rng(8).standard_t(2, len(frame)) * np.where(poor, 30.0, 1.0)
    task = task_of(signal_case().panel(frame.assign(noise=spread)), [1, 4])
    assert alarm.learned_of_shuffled(shuffled_areas(task, small(trees=60), 20)) == ()


def test_shuffling__leaves_as_many_of_both_labels_and_each_row_its_own_features(learnable):
    rows = training_rows(learnable, small(), learnable.panel.last - 5)
    other = _shuffled(rows, np.random.default_rng(1))
    assert other.event.sum() == (rows.event == 1).sum() == len(other.event) / 2
    of_row = {each.tobytes(): event for each, event in zip(rows.matrix, rows.event, strict=True)}
    was = np.array([of_row[each.tobytes()] for each in other.matrix])
    assert was.sum() == len(was) / 2
    assert 0.4 < (was == other.event).mean() < 0.6


# ---- held-out places, early ends ----------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("lost", "gain", "raised"),
    [((0.03, 0.01, 0.05), 0.1, True), ((0.03, -0.01, 0.07), 0.1, False), ((0.01, 0.005, 0.02), 0.1, False),
     ((0.01, 0.005, 0.02), -0.02, True)],
)  # fmt: skip
def test_places_held_out__a_loss_that_is_sure_and_more_than_a_fifth_of_the_gain(alarm, lost, gain, raised):
    assert bool(alarm.lost_in_places(MODEL, "village", lost, gain)) == raised


def test_places_held_out__are_read_from_the_table_of_a_backtest(alarm, learnable):
    row = {"model": MODEL, "held_out": "village", "against": "as_many", "horizon": 4, "metric": "pr_auc",
           "difference": 0.5, "ci_low": 0.4, "ci_high": 0.6}  # fmt: skip
    raised = alarms_of(learnable, alarm, small(), pd.DataFrame([row, {**row, "against": "everybody"}]))
    (sentence,) = [each for each in raised if "held out" in each]
    assert sentence.startswith(
        "boosted trees (LightGBM) loses 0.5000 (from 0.4000) in average precision where each village is held out"
    )
    quiet = alarms_of(learnable, alarm, small(), pd.DataFrame([{**row, "difference": 0.0, "ci_low": -0.1}]))
    assert not any("held out" in each for each in quiet)


def test_growth_that_ends_at_its_floor__is_told(alarm):
    """A walk has nothing that trees could add to; a signal has."""
    stopping = {"patience": 12, "least_trees": 8, "trees": 300, "least_events": 50}
    flat = alarms_of(task_of(walk(500, 14), [1, 2]), alarm, small(**stopping, learning_rate=0.5, l2=1))
    assert any(
        each.startswith("the growth of boosted trees (LightGBM) ended at its floor of trees at ") for each in flat
    ), flat
    grown = alarms_of(task_of(signal_case(households=500).panel(), [1, 4]), alarm, small(**stopping))
    assert not any("floor of trees" in each for each in grown)


def test_clean_panels__raise_none(alarm, learnable):
    thorough = config.option("alarm", "thorough")
    assert [each for each in alarms_of(learnable, thorough, small()) if "ROC-AUC of" not in each] == []
    assert alarms_of(task_of(walk(400, 14), [1, 2]), thorough, small()) == ()


class Recognised:
    """The outcome of a task, by the name of an official one."""

    outcome = "any"

    def __init__(self, of: object) -> None:
        self.of = of

    def __getattr__(self, name: str) -> object:
        return getattr(self.of, name)


def test_an_illness_that_foretells_recognitions_better_than_the_rule__is_no_leak(alarm):
    """Distance to the line is a yardstick of falls below it alone: Yi County's own costs once raised the alarm."""
    frame = signal(households=500)
    below = (frame["income"] < 1000).astype(float).groupby(frame["hh"])
    ahead = pd.concat([below.shift(-k) for k in (1, 2, 3, 4)], axis=1).max(axis=1).fillna(0)
    ill = frame.assign(ill=ahead * 1.8 + np.random.default_rng(2).normal(0, 1, len(frame)))
    task = task_of(signal_case().panel(ill), [4])
    low = replace(alarm, margin=0.0, bar_without_rule=0.95)
    assert any("column 'ill" in each for each in alarms_of(task, low, small()))
    official = replace(task, outcome=Recognised(task.outcome))
    assert not any("column 'ill" in each for each in alarms_of(official, low, small()))


def test_check__does_not_hold_columns_of_income_against_the_rule(alarm):
    told = Feature("income__now", "money", "income", "distance")
    observed = (np.arange(400) < 40).astype(float)
    columns = Columns.of([told], observed[:, None], observed == 1)
    assert alarm.check(columns, np.zeros(400), observed, yardstick=True) == {}
