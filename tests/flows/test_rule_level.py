"""Where the rule is the version of an official outcome, its chances have the level of the newest origins."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import Any

import numpy as np
import pytest
from scipy.special import expit

from panels import poisoned, signal_case, task_of
from relapse.flows.fit import fit_hazard, training_rows
from relapse.flows.rows import Task
from relapse.flows.stopped import by_the_rule
from relapse.flows.version import make_version, restore_version

SEEN_BEFORE = 3  # at first one household in so many is recognised when it falls


@dataclass(frozen=True)
class Recognised:
    """An office's practice: of late it recognises all who fall below the line, before that a third of them.

    Args:
        whole: the outcome by the line.
        practice_moves: origin from which all are recognised.
        outcome: that of an official list.
    """

    whole: Any
    practice_moves: int
    outcome: str = "any"

    def __getattr__(self, name):
        return getattr(self.whole, name)

    def labels(self, known, members, origin, *rest):
        told = self.whole.labels(known, members, origin, *rest)
        if origin >= self.practice_moves:
            return told
        unseen = (members % SEEN_BEFORE != 0)[:, None]
        event, within = (
            np.where(unseen & ~np.isnan(each), 0.0, each).astype(each.dtype) for each in (told.event, told.within)
        )
        return replace(told, event=event, within=within)


@pytest.fixture(scope="module")
def case():
    return signal_case(households=300)


def recognised(task: Task) -> Task:
    middle = (task.panel.first + task.panel.last) // 2
    return replace(task, outcome=Recognised(task.outcome, middle))


@pytest.fixture(scope="module")
def task(case) -> Task:
    return recognised(task_of(case.panel(), [1, 2]))


@pytest.fixture(scope="module")
def guarded(quick):
    """A model that needs more events than there are, so that the version is the rule."""
    return replace(quick("lgbm_hazard"), least_events=10**6)


@pytest.fixture(scope="module")
def fit(task, guarded, rule, calibration):
    return fit_hazard(task, guarded, rule, calibration, task.panel.last)


@pytest.fixture(scope="module")
def of_all_years(task, rule):
    """The rule as it is fitted, at the level of all years alike."""
    return rule.fit(training_rows(task, rule, task.panel.last), task.rng(task.panel.last, 2))


def newest_two(task, as_of):
    """Units of the two newest training origins, and the (n, leads) events known of them."""
    known = task.panel.as_of(as_of)
    return [(task.unit(each), task.labels(known, each).event) for each in task.training_origins(as_of)[-2:]]


def test_the_level__is_that_of_the_newest_origins_drawn_to_that_of_all_years(task, fit, of_all_years, calibration):
    sums = np.zeros(3)
    for unit, event in newest_two(task, task.panel.last):
        told = ~np.isnan(event)
        chances = [expit(each.margin(unit))[told].sum() for each in (of_all_years, fit.hazard)]
        sums += [*chances, np.nansum(event)]
    before, now, came = sums
    shift = fit.hazard.rule.maps.level - of_all_years.maps.level
    assert before < 0.85 * came  # the rule's own chances are those of the years in which fewer were recognised, too
    assert before < now < came
    np.testing.assert_allclose(shift * calibration.maps.prior_events, came - now, rtol=1e-6)


def test_the_level__leaves_the_order_as_it_is(task, fit, of_all_years):
    unit = task.unit(task.panel.last)
    raised = fit.hazard.margin(unit) - of_all_years.margin(unit)
    np.testing.assert_allclose(raised, raised[0, 0])
    assert raised[0, 0] > 0.1
    forecast = fit.hazard.forecast(unit)
    np.testing.assert_allclose(forecast.chance, expit(fit.hazard.margin(unit)))
    np.testing.assert_allclose(fit.hazard.contributions(unit, 2).sum(axis=1), forecast.score(2))


def test_the_rule_asked_for_as_a_model__has_the_level_too(task, fit, rule, calibration):
    asked = fit_hazard(task, rule, rule, calibration, task.panel.last)
    unit = task.unit(task.panel.last)
    np.testing.assert_array_equal(asked.hazard.forecast(unit).chance, fit.hazard.forecast(unit).chance)
    assert asked.hazard.level_spread == fit.hazard.level_spread


def test_how_sure_the_level_is__hangs_on_the_events_that_told_it(task, fit, calibration):
    seen = sum(int(np.nansum(event)) for _, event in newest_two(task, task.panel.last))
    told = min(seen + calibration.maps.prior_events, fit.events)
    assert fit.hazard.level_spread == pytest.approx(np.hypot(told**-0.5, calibration.shock))


def test_a_line_that_alone_decides__keeps_the_level_of_all_years(case, guarded, rule, calibration):
    task = task_of(case.panel(), [1, 2])
    as_of = task.panel.last
    plain = rule.fit(training_rows(task, rule, as_of), task.rng(as_of, 2))
    for model in (guarded, rule):
        margin = fit_hazard(task, model, rule, calibration, as_of).hazard.margin(task.unit(as_of))
        np.testing.assert_array_equal(margin, plain.margin(task.unit(as_of)))


def test_the_level__does_not_know_what_became_known_later(case, guarded, rule, calibration):
    as_of = case.panel().last - 4
    said = []
    for frame in (case.frame, poisoned(case, as_of)):
        task = task_of(case.panel(frame), [1, 2])
        task = replace(task, outcome=Recognised(task.outcome, as_of - 5))
        said.append(fit_hazard(task, guarded, rule, calibration, as_of).hazard)
    plain = rule.fit(training_rows(task, rule, as_of), task.rng(as_of, 2))
    assert said[0].dump() == said[1].dump()
    assert (said[0].rule.maps.level != plain.maps.level).all()


@pytest.mark.parametrize("name", ["logit", "lgbm_hazard"])
def test_a_list_by_the_rule_of_a_stopped_model__has_the_same_level(name, task, fit, quick, rule, calibration):
    """Of a model that no rule guards and of one that stood against it."""
    unit, as_of = task.unit(task.panel.last), task.panel.last
    model = quick(name)
    made = fit_hazard(task, model, rule, replace(calibration, required_gain=-1.0, least_events=20), as_of)
    assert made.hazard.share > 0
    version = make_version(task, task.panel.line, model, rule, calibration, as_of, made, "0.0.0")
    stopped = by_the_rule(restore_version(version.files()), "2013Q1").hazard
    np.testing.assert_allclose(stopped.forecast(unit).chance, fit.hazard.forecast(unit).chance, rtol=1e-9)


def test_a_simulated_county__the_rule_is_levelled(rare_county, rule, calibration):
    task = task_of(rare_county.panel, [6, 12], label="recognition")
    as_of = task.panel.calendar.parse("2024-06")
    plain = rule.fit(training_rows(task, rule, as_of), task.rng(as_of, 2))
    fit = fit_hazard(task, rule, rule, calibration, as_of)
    assert fit.events > 5
    assert (fit.hazard.model.maps.level != plain.maps.level).all()
