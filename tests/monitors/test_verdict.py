"""Verdicts on a version: each one caused by the figures that cause it, and none by too few events."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest

from relapse import config
from relapse.core.errors import InputError
from relapse.monitors.verdict import VERDICTS, Thresholds, judge

LIMITS = Thresholds(30, 0.8, 1.25, 0.5, 2.0, 6, 0.25, 2.0, 0.25, 0.6)


def horizon(**changed: Any) -> dict[str, Any]:
    """Closed windows in which everything is as it was in the backtest."""
    return {
        "events": 120, "expected": 118.0, "observed_expected": (1.02, 0.9, 1.15), "slope": (0.97, 0.8, 1.1),
        "roc_auc": (0.80, 0.76, 0.84), "gain": (0.03, 0.01, 0.05),
        "backtest": {"roc_auc": (0.81, 0.78, 0.83), "gain": (0.04, 0.02, 0.06)}, **changed,
    }  # fmt: skip


def figures(**changed: Any) -> dict[str, Any]:
    return {
        "is_rule": False, "horizons": {1: horizon(), 3: horizon()}, "late": {"income": 0, "claims": 0},
        "labels": "recognitions", "early": {"observed": 60, "expected": 61.0, "ratio": (0.98, 0.8, 1.2)},
        "score": {"psi": 0.02, "by_chance": 0.01, "usual": 0.03}, "effect": {"shift": 0.05, "usual": 0.06},
        "told_apart": {"roc_auc": (0.62, 0.60, 0.64), "usual": (0.63, 0.61, 0.65)}, **changed,
    }  # fmt: skip


def name_and_codes(told: dict[str, Any]) -> tuple[str, set[str]]:
    verdict = judge(told, LIMITS)
    return verdict.name, {reason.code for reason in verdict.reasons}


def test_a_version_that_is_as_it_was__is_kept_and_what_holds_is_said():
    assert name_and_codes(figures()) == ("keep", {"level_holds", "ranking_holds"})


@pytest.mark.parametrize(
    ("changed", "name", "code"),
    [
        ({"late": {"income": 6}}, "stop", "income_silent"),
        ({"horizons": {3: horizon(gain=(-0.04, -0.07, -0.01))}}, "stop", "worse_than_rule"),
        ({"horizons": {3: horizon(roc_auc=(0.70, 0.65, 0.75))}}, "retrain", "ranking_fell"),
        ({"horizons": {3: horizon(gain=(-0.01, -0.03, 0.01))}}, "retrain", "gain_lost"),
        ({"horizons": {3: horizon(observed_expected=(1.9, 1.6, 2.2))}}, "recalibrate", "level_off"),
        ({"horizons": {3: horizon(observed_expected=(0.5, 0.4, 0.7))}}, "recalibrate", "level_off"),
        ({"horizons": {3: horizon(slope=(0.3, 0.2, 0.45))}}, "recalibrate", "slope_off"),
        ({"horizons": {}}, "watch", "few_events"),
        ({"early": {"observed": 90, "expected": 40.0, "ratio": (2.2, 1.8, 2.7)}}, "watch", "early_off"),
        ({"early": {"observed": 2, "expected": 40.0, "ratio": (0.05, 0.0, 0.2)}}, "watch", "early_few"),
        ({"late": {"claims": 1}}, "watch", "tables_late"),
        ({"late": {"recognitions": 2}}, "watch", "labels_late"),
        ({"late": {"income": 5}}, "watch", "tables_late"),
        ({"score": {"psi": 0.4, "by_chance": 0.02, "usual": 0.1}}, "watch", "score_moved"),
        ({"effect": {"shift": -0.5, "usual": 0.1}}, "watch", "inputs_moved"),
        ({"told_apart": {"roc_auc": (0.8, 0.78, 0.82), "usual": (0.6, 0.58, 0.62)}}, "watch", "told_apart"),
    ],
)
def test_each_verdict__comes_from_what_causes_it(changed, name, code):
    verdict = judge(figures(**changed), LIMITS)
    assert verdict.name == name
    assert [reason.code for reason in verdict.reasons if reason.verdict == name] == [code]


@pytest.mark.parametrize("events", [0, 5, 29])
def test_few_events__decide_nothing_however_bad_they_look(events):
    bad = horizon(
        events=events, observed_expected=(9.0, 8.0, 10.0), slope=(0.1, 0.0, 0.2), roc_auc=(0.4, 0.3, 0.5),
        gain=(-0.3, -0.4, -0.2),
    )  # fmt: skip
    assert name_and_codes(figures(horizons={1: bad, 3: bad})) == ("watch", {"few_events"})


def test_worse_than_the_rule__at_one_horizon_but_better_at_another_is_no_stop():
    mixed = {1: horizon(gain=(-0.04, -0.07, -0.01), backtest={}), 3: horizon()}
    assert name_and_codes(figures(horizons=mixed))[0] == "keep"


def test_a_version_that_is_the_rule__cannot_be_worse_than_it():
    told = figures(is_rule=True, horizons={3: horizon(gain=(-0.04, -0.07, -0.01))})
    assert name_and_codes(told)[0] == "keep"


def test_what_moves_as_it_always_did__is_not_named():
    told = figures(score={"psi": 0.4, "by_chance": 0.02, "usual": 0.3}, effect={"shift": 0.5, "usual": 0.4})
    assert judge(told, LIMITS).name == "keep"


def test_a_version_of_which_the_backtest_is_not_known__is_judged_by_rule_and_level_alone():
    fell = {3: horizon(roc_auc=(0.5, 0.45, 0.55), backtest={})}
    assert name_and_codes(figures(horizons=fell)) == ("keep", {"level_holds", "ranking_now"})


def test_the_gravest_reason__decides_and_stands_first():
    told = figures(late={"income": 7, "claims": 1}, horizons={3: horizon(observed_expected=(1.9, 1.6, 2.2))})
    verdict = judge(told, LIMITS)
    assert [reason.verdict for reason in verdict.reasons] == ["stop", "recalibrate", "watch"]
    assert verdict.name == "stop"


def test_graver_figures__never_give_a_milder_verdict():
    """A thousand made-up months: whoever makes one figure worse gets no better verdict."""
    rng = np.random.default_rng(4)
    for _ in range(1000):
        level, gain, auc = rng.uniform(0.5, 2.0), rng.normal(0.02, 0.03), rng.uniform(0.6, 0.9)
        told = horizon(
            observed_expected=(level, level - 0.2, level + 0.2), gain=(gain, gain - 0.02, gain + 0.02),
            roc_auc=(auc, auc - 0.03, auc + 0.03),
        )  # fmt: skip
        worse = {**told, "gain": tuple(each - 0.03 for each in told["gain"])}
        before, after = (VERDICTS.index(judge(figures(horizons={3: each}), LIMITS).name) for each in (told, worse))
        assert after >= before


def test_the_shipped_thresholds__are_those_tried_here():
    assert config.option("verdict", "default") == LIMITS


def test_an_empty_range__is_refused():
    with pytest.raises(InputError, match="no range"):
        Thresholds(30, 1.3, 1.25, 0.5, 2.0, 6, 0.25, 2.0, 0.25, 0.6)
