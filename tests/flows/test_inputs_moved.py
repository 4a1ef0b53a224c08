"""Inputs of a version against its training window: what a clock moves is no drift, what really moved is told."""

from __future__ import annotations

import numpy as np
import pandas as pd
import pytest

from panels import signal_case, task_of
from relapse.flows.drift import SCORE, input_drift
from relapse.flows.fit import fit_hazard
from relapse.flows.version import make_version


@pytest.fixture(scope="module")
def drift(rule, calibration) -> pd.DataFrame:
    """Of a panel with an age, a count since the start, a price, and a debt that doubled at the end."""
    case = signal_case(households=400)
    frame, rng = case.frame.copy(), np.random.default_rng(4)
    periods = sorted(frame["period"].unique())
    step = frame["period"].map({period: place for place, period in enumerate(periods)}).to_numpy()
    number = pd.factorize(frame["hh"])[0]
    frame["age"] = (20 + rng.permutation(number.max() + 1) % 6)[number] + step / 4
    frame["since_start"] = step
    frame["price"] = np.array([1.0, 2.0, 3.0])[number % 3] * (1 + 0.017 * step)
    frame["owed"] = rng.lognormal(8, 0.4, len(frame)) * np.where(step >= len(periods) - 2, 2.5, 1.0)
    panel = case.panel(frame)
    task = task_of(panel, [1, 2])
    fit = fit_hazard(task, rule, rule, calibration, panel.last)
    version = make_version(task, panel.line, rule, rule, calibration, panel.last, fit, "0.0.0")
    return input_drift(task, version, panel.last).set_index("feature")


@pytest.mark.parametrize("name", ["age", "since_start", "price"])
def test_what_grows_by_construction__is_called_a_clock_however_far_it_went(drift, name):
    level = drift.loc[f"covariates__{name}_now"]
    assert level["psi"] > 0.1
    assert level["clock"]


def test_what_really_moved__is_not(drift):
    level = drift.loc["covariates__owed_now"]
    assert level["psi"] > 0.25
    assert not level["clock"]
    assert not drift.loc[SCORE, "clock"]
