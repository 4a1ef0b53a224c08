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
from relapse.core.texts import in_words
from relapse.evaluation.alarms import Honesty, auc_error, roc_auc
from relapse.evaluation.columns import Columns, Pieces, least_share
from relapse.flows.assess import assess
from relapse.flows.backtest import make_trials
from relapse.flows.backtest import test_origins as ask
from relapse.flows.honesty import raised_alarms, same_households
from said import english

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
    same = same_households(task, alarm)
    return english(raised_alarms(task, results, assessment, alarm, RULE, RULE, {RULE: rule}, same))


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
    assert sentences[0].startswith("column 'visited' (value) alone has a ROC-AUC of 0.9")
    assert "the distance rule 0." in sentences[0]


def test_a_column_that_is_blank_unless_the_event_came__raises_the_alarm(leaky, alarm):
    """Its values say nothing; that there is one says all."""
    rng = np.random.default_rng(2)
    noise = lambda frame, fell: pd.Series(rng.normal(size=len(frame)), frame.index).where(fell)  # noqa: E731
    sentences = alarms_of(leaky(noise), alarm)
    assert sentences
    assert "'visited' (blank)" in sentences[0]


def test_a_text_that_is_written_after_the_event__raises_the_alarm(leaky, alarm):
    """A text becomes the mean of those that share it today; that still tells the marked from the others."""
    sentences = alarms_of(leaky(lambda frame, fell: fell.map({True: "helped", False: "not"})), alarm)
    assert any("same visited (log)' (value)" in sentence for sentence in sentences)


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


def told(values, observed, alarm, yardstick=True, known=0.0):
    """Held against a rule that is wrong, or right by so many standard deviations."""
    score = np.random.default_rng(3).normal(size=len(observed)) + known * np.asarray(observed, float)
    observed, values = np.asarray(observed, float), np.asarray(values, float)
    columns = Columns.of(ENTRIES, values, observed == 1)
    return list(english(alarm.check(columns, score, observed, yardstick=yardstick).values()))


def test_check__looks_at_modelled_columns_outside_income_only(alarm):
    observed = np.repeat([0.0, 1.0], 200)
    sentences = told(np.stack([observed, observed, observed], axis=1), observed, alarm)
    assert [sentence.split("'")[1] for sentence in sentences] == ["x now"]


def test_check__a_column_that_ranks_the_wrong_way_round_leaks_as_well(alarm):
    observed = np.repeat([0.0, 1.0], 200)
    assert told(np.stack([1 - observed] * 3, axis=1), observed, alarm)


def test_check__says_nothing_of_few_events(alarm):
    observed = np.repeat([0.0, 1.0], [400, alarm.least_events - 1])
    assert told(np.stack([observed] * 3, axis=1), observed, alarm) == []
    assert told(np.ones((50, 3)), np.ones(50), alarm) == []


def test_check__a_level_in_the_middle_leaks_as_well(alarm):
    """A code whose values mean nothing: the one in the middle is borne by those who fall."""
    rng = np.random.default_rng(5)
    observed = np.repeat([0.0, 1.0], [4000, 400])
    code = np.where(rng.random(4400) < 0.9 * observed, 3.0, rng.choice([1.0, 2, 4, 5], 4400))
    (sentence,) = told(np.stack([code] * 3, axis=1), observed, alarm)
    assert sentence.startswith("column 'x now' (level) alone has a ROC-AUC of 0.9")


@pytest.mark.parametrize(("others", "raised"), [(2, True), (12, False)])
def test_check__a_mark_that_few_bear_but_those_who_fall(alarm, others, raised):
    """30 of 600 events and next to nobody else: the ROC-AUC is 0.52, and yet it was written after the event.

    With 2 of 32 in vain 94 of 100 fall, 83 by the lower end; with 12 of 42 it is 71 and 59.
    """
    observed = np.repeat([0.0, 1.0], [20_000, 600])
    mark = np.where(np.arange(20_600) < others, 1.0, 0.0)
    mark[-30:] = 1
    sentences = told(np.stack([mark] * 3, axis=1), observed, alarm, known=1.0)
    assert bool(sentences) == raised
    if raised:
        assert sentences[0] == (
            "column 'x now' (1) marks 32 households at risk, and to 94 % of them the outcome comes (to "
            "2.9 % of all, and to 34 % of as many by the distance rule): look whether it was written after the event"
        )


def test_check__a_number_told_of_those_alone_who_fall_marks_them(alarm):
    """Its values differ, that it is told is the mark."""
    rng = np.random.default_rng(6)
    observed = np.repeat([0.0, 1.0], [4000, 800])
    told_of = (rng.random(4800) < 0.1) & (observed == 1)
    values = np.where(told_of, rng.normal(size=4800), np.nan)
    (sentence,) = told(np.stack([values] * 3, axis=1), observed, alarm, known=1.0)
    assert sentence.startswith(f"column 'x now' (told) marks {told_of.sum()} households at risk")


def test_check__a_mark_where_the_rule_is_as_sure_is_no_leak(alarm):
    """Of a rolling line what lies behind decides: who is marked is sure to fall, and the rule knows it too."""
    observed = np.repeat([0.0, 1.0], [4000, 200])
    columns = Columns.of(ENTRIES, np.stack([observed] * 3, axis=1), observed == 1)
    assert alarm.check(columns, observed.copy(), observed, yardstick=True) == {}


def test_columns__tell_the_same_of_few_rows_as_of_many():
    """Of 200,000 rows without an event an even part is looked at; who bears a mark is counted among all."""
    rng = np.random.default_rng(7)
    observed = np.repeat([0.0, 1.0, np.nan], [200_000, 2000, 50])
    values = np.where(rng.random(202_050) < 0.3, np.nan, rng.normal(np.nan_to_num(observed), 1)).astype(np.float32)
    columns = Columns.of(ENTRIES[:1], values[:, None], observed == 1)
    assert len(columns.rows) < 15_000
    against = columns.against(observed)
    halves = against.halves(0)
    known = ~np.isnan(observed)
    assert against.areas(0, halves)["value"] == pytest.approx(roc_auc(values[known], observed[known]), abs=0.01)
    marks = {in_words(what, "en"): came for what, came in against.marks(0, halves, least_events=20, share=0.0)}
    assert len(marks["told"]) == (~np.isnan(values[known])).sum()
    assert len(marks["blank"]) == np.isnan(values[known]).sum()


def test_pieces__keep_a_frequent_value_apart():
    values = np.r_[np.zeros(500), np.linspace(-1, 1, 501), np.nan]
    pieces = Pieces.of(values)
    assert len(pieces) < 60
    (alone,) = np.unique(pieces.code[:500])
    assert in_words(pieces.named(int(alone)), "en") == "0"
    assert pieces.code[-1] == 0
    assert (np.diff(pieces.code[500:1001]) >= 0).all()
    assert len(Pieces.of(np.full(3, np.nan))) == 1


def test_least_share__is_wilsons():
    """9 of 10 at z = 1.645: (0.9 + 0.1353 - 1.645 sqrt(0.009 + 0.006765)) / 1.2706 = 0.6523."""
    assert least_share(np.repeat([1.0, 0.0], [9, 1])) == pytest.approx(0.6523, abs=1e-4)


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
    assert not told(np.stack([knows] * 3, axis=1), observed, alarm, yardstick=False)
    assert told(np.stack([observed] * 3, axis=1), observed, alarm, yardstick=False)
