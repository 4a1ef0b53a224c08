"""A version that no rule guards carries the fitted rule all the same, and says where both were compared."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest

from panels import signal_case, task_of
from relapse.core.texts import text
from relapse.flows.fit import Evidence, fit_hazard
from relapse.flows.listing import Origin
from relapse.flows.stopped import by_the_rule
from relapse.flows.version import Version, make_version, restore_version


@pytest.fixture(scope="module")
def task():
    return task_of(signal_case(households=250).panel(), [1, 2])


@pytest.fixture(scope="module")
def fits(task, quick, rule, calibration):
    """Of a regression, which no rule guards, and of the rule alone."""
    return {model.name: fit_hazard(task, model, rule, calibration, task.panel.last) for model in (quick("logit"), rule)}


@pytest.fixture(scope="module")
def version(task, fits, quick, rule, calibration) -> Version:
    panel = task.panel
    made = make_version(task, panel.line, quick("logit"), rule, calibration, panel.last, fits["logit"], "0.0.0")
    return restore_version(made.files())


def test_an_unguarded_model__says_what_it_said_and_its_list_can_be_made_by_the_rule(version, task, fits):
    unit = task.unit(task.panel.last)
    alone = fits["logit"].hazard.forecast(unit).margin
    np.testing.assert_allclose(version.hazard.forecast(unit).margin, alone, rtol=1e-9)
    ruled = by_the_rule(version, "2013Q1")
    assert (ruled.facts.model, ruled.facts.fallback) == ("distance_to_line", "stopped")
    by_rule = fits["distance_to_line"].hazard.forecast(unit).margin
    np.testing.assert_allclose(ruled.hazard.forecast(unit).margin, by_rule, rtol=1e-9)


def made(version: Version, evidence: Evidence) -> Version:
    facts = replace(
        version.facts, share=evidence.share, fallback=evidence.reason, details=evidence.details, places=evidence.places
    )
    return restore_version(replace(version, facts=facts).files())


@pytest.mark.parametrize("language", ["zh", "en"])
def test_where_model_and_rule_were_compared__is_said_of_other_villages(version, language):
    said = (text("held.places", language),)
    assert version.facts.held_where(language) == ()
    assert made(version, Evidence(1.0, "", {}, {}, places=True)).facts.held_where(language) == said
    assert made(version, Evidence(0.0, "no_evidence", {}, {}, places=True)).facts.held_where(language) == said
    few = Evidence(0.0, "too_few_to_check", {"events": "3", "needed": "50"}, {}, places=True)
    assert made(version, few).facts.held_where(language) == ()


def test_a_list__says_it_where_the_model_orders(version, task):
    from relapse.flows.listing import list_head
    from relapse.flows.version import forecast_at

    told = {}
    for share in (1.0, 0.0):
        asked = made(version, Evidence(share, "" if share else "no_evidence", {}, {}, places=True))
        forecast = forecast_at(asked, task.panel, task.panel.last, asked.features())
        head = list_head(task.panel, asked, forecast, 2, "5pct", Origin("1", True), "en", "")
        told[share] = text("held.places", "en") in head.assumed
    assert told == {1.0: True, 0.0: False}
