"""No label whose window had not closed, or was not known: s + gap + lead + maturity <= as_of, also in calibration."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field, replace

import numpy as np
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from own_features import Clock
from panels import Case, poisoned, read, signal_case, table, task_of
from relapse import config
from relapse.core.errors import InputError
from relapse.core.rows import TrainingRows, Unit
from relapse.flows.fit import fit_hazard
from relapse.flows.rows import Task, kept_units, stack
from relapse.outcome.split import RollingOrigin

SPLIT = config.option("split", "rolling_origin")
YEARS = 12
FATES = np.where(np.random.default_rng(3).random((40, YEARS)) < 0.2, 50, 200)
TABLE = table({f"{number:03d}": fates.tolist() for number, fates in enumerate(FATES)})
PANELS = {delay: read(TABLE, delay=delay) for delay in (0, 1)}


def clocked(task: Task) -> Task:
    """The task with features that tell the origin of a row, and nothing else."""
    return replace(task, features={"income": task.features["income"], "clock": Clock()}, units=kept_units())


@settings(deadline=None, max_examples=25, suppress_health_check=[HealthCheck.too_slow])
@given(
    label=st.sampled_from(["first_entry", "at_horizon"]),
    delay=st.sampled_from([0, 1]),
    horizon=st.integers(1, 4),
    gap=st.integers(0, 2),
    maturity=st.integers(0, 2),
    back=st.integers(0, 9),
    most_rows=st.sampled_from([None, 40]),
)
def test_stack__holds_only_labels_that_had_closed(label, delay, horizon, gap, maturity, back, most_rows):
    task = clocked(task_of(PANELS[delay], [horizon], label, gap, maturity=maturity))
    as_of = task.panel.latest - back
    rows = stack(task, as_of, most_rows)
    ends = rows.column("own__as_of") + gap + rows.lead
    assert (ends + maturity <= as_of).all()
    assert (ends + delay <= as_of).all(), "a label counts only once it is known"
    assert set(np.unique(rows.event)) <= {0.0, 1.0}
    if len(rows.event):  # and nothing that had closed is left out
        assert ends.max() == as_of - max(maturity, delay)


@settings(deadline=None, max_examples=60)
@given(
    gap=st.integers(0, 3),
    maturity=st.integers(0, 3),
    longest=st.integers(1, 6),
    years=st.floats(0.2, 4),
    as_of=st.integers(2004, 2011),
)
def test_calibration__begins_where_the_labels_of_the_first_fit_end(gap, maturity, longest, years, as_of):
    split = replace(SPLIT, gap=gap, calibration_years=years)
    cut = split.calibration_cut(PANELS[0], as_of, longest, maturity)
    origins = split.training_origins(PANELS[0], cut, maturity)
    assert all(origin + gap + 1 + maturity <= cut for origin in origins)
    assert cut + gap + longest + maturity <= as_of, "the first calibration origin has its whole window behind it"


@dataclass
class Probe:
    """A model that learns nothing and writes down what it was given and asked."""

    name: str = "probe"
    guarded: bool = True
    given: list[float] = field(default_factory=list)
    asked: list[tuple[int, int]] = field(default_factory=list)

    def fit(self, rows: TrainingRows, rng: np.random.Generator) -> Probe:
        self.given.append(float((rows.column("own__as_of") + rows.lead).max()))
        return self

    def restore(self, files: Mapping[str, bytes]) -> Probe:
        return self

    def margin(self, unit: Unit) -> np.ndarray:
        self.asked.append((unit.as_of, len(self.given)))
        return -unit.column("income__log_ratio_mean")[:, None] * np.ones(len(unit.leads))

    def dump(self) -> dict[str, bytes]:
        return {}


@pytest.mark.parametrize(("gap", "maturity"), [(0, 0), (1, 0), (0, 1), (1, 2)])
def test_cross_fit__is_asked_only_about_origins_after_its_own_labels(gap, maturity, rule, calibration):
    task = clocked(task_of(PANELS[0], [1, 2], "first_entry", gap, maturity=maturity))
    probe, as_of = Probe(), PANELS[0].last
    fit_hazard(task, probe, rule, replace(calibration, least_events=5, required_gain=-1.0), as_of)
    first_fit, refit = probe.given
    asked = [origin for origin, fits in probe.asked if fits == 1]
    assert first_fit + gap + maturity <= min(asked)
    assert refit + gap + maturity == as_of
    assert max(asked) + gap + 1 + maturity <= as_of


@pytest.mark.parametrize("name", ["distance_to_line", "logit", "lgbm_hazard"])
def test_fit__does_not_know_what_became_known_later(name, fitted, signal_task, quick, rule, calibration):
    """Later incomes, illnesses and households are all different: the fitted files are the same, byte for byte."""
    as_of = signal_task.panel.last - 4
    clean = fitted(name)
    case = replace(signal_case(), as_of=(signal_task.panel.calendar.label(as_of),))
    spoilt = task_of(case.panel(poisoned(case, as_of)), [1, 2, 4])
    again = fit_hazard(spoilt, quick(name), rule, calibration, as_of)
    if name == "lgbm_hazard":
        assert clean.evidence.share > 0, "the panel must be one on which the model is used"
    assert again.hazard.dump() == clean.hazard.dump()
    assert again.evidence == clean.evidence
    one, other = clean.hazard.forecast(signal_task.unit(as_of)), again.hazard.forecast(spoilt.unit(as_of))
    np.testing.assert_array_equal(one.chance, other.chance)


@pytest.mark.parametrize("name", ["monthly", "annual", "rotating"])
def test_fit__does_not_know_what_became_known_later__on_panels_of_every_kind(name, cases: Mapping[str, Case], rule):
    """Both clocks, windows, delays, and a line that is a median: the rule's maps and its forecasts stay."""
    case = cases[name]
    as_of = case.periods()[-1]
    dumps = []
    for panel in (case.panel(), case.panel(poisoned(case, as_of))):
        task = task_of(panel, case.horizons, "at_horizon")
        fit = fit_hazard(task, rule, rule, config.option("calibration", "by_lead"), as_of)
        dumps.append(
            (fit.hazard.dump(), fit.events, fit.households, fit.hazard.forecast(task.unit(as_of)).chance.tobytes())
        )
    assert dumps[0] == dumps[1]


# where a backtest tests ----------------------------------------------------------------------------------------------


def split(**changes) -> RollingOrigin:
    made: RollingOrigin = config.option("split", "rolling_origin", **changes)
    return made


def test_test_origins__are_the_newest_whose_shortest_window_has_closed():
    # data of 2000 to 2011; windows of two years and a year's maturity: the newest origin is 2008
    assert split(origins=3, spacing_years=1).test_origins(PANELS[0], shortest=2, maturity=1) == [2006, 2007, 2008]
    assert split(origins=3, spacing_years=2).test_origins(PANELS[0], shortest=1, maturity=0) == [2006, 2008, 2010]
    assert split(origins=2, spacing_years=1, gap=2).test_origins(PANELS[0], shortest=1, maturity=0) == [2007, 2008]


def test_test_origins__need_a_closed_label_before_them():
    assert min(split(origins=99, spacing_years=1).test_origins(PANELS[0], shortest=1, maturity=0)) == 2001
    with pytest.raises(InputError, match=r"from 2000 to 2011: too short to train before an origin and test 11 periods"):
        split().test_origins(PANELS[0], shortest=11, maturity=0)


def test_training_origins__reach_back_as_far_as_they_may():
    assert split(train_years=3).training_origins(PANELS[0], 2010, maturity=0) == [2007, 2008, 2009]
    assert split(history_years=8).training_origins(PANELS[0], 2010, maturity=0) == [2008, 2009]
    assert split(gap=1).training_origins(PANELS[0], 2003, maturity=1) == [2000]
