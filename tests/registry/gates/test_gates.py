"""Each gate alone: where it holds, where it says no, and what it says."""

from __future__ import annotations

from dataclasses import replace

import pandas as pd
import pytest
from pydantic import ValidationError

from relapse.core.errors import InputError
from relapse.core.results import Finding
from relapse.registry.gates.alarms import Alarms
from relapse.registry.gates.beats_rule import BeatsRule
from relapse.registry.gates.calibration import Calibration
from relapse.registry.gates.data_quality import DataQuality
from relapse.registry.gates.evidence import Evidence
from relapse.registry.gates.not_behind_champion import NotBehindChampion


def differences(*bounds: tuple[float, float, float]) -> pd.DataFrame:
    columns = ["difference", "ci_low", "ci_high"]
    table = pd.DataFrame(bounds, columns=columns).assign(model="lgbm_hazard", against="distance_to_line")
    return table.assign(outcome="below_line", metric="pr_auc", horizon=range(1, len(bounds) + 1))


def observed_expected(value: float, low: float, high: float) -> pd.DataFrame:
    row = {
        "model": "lgbm_hazard",
        "outcome": "below_line",
        "horizon": 1,
        "origin": "all",
        "metric": "observed_expected",
    }
    other = {**row, "origin": "2020", "value": 9.0, "ci_low": 8.0, "ci_high": 10.0}
    return pd.DataFrame([{**row, "value": value, "ci_low": low, "ci_high": high}, other])


@pytest.fixture
def evidence() -> Evidence:
    return Evidence(
        findings=(),
        rows=100,
        alarms=(),
        metrics=observed_expected(1.0, 0.9, 1.1),
        against_rule=differences((0.10, 0.05, 0.15), (0.02, -0.005, 0.05)),
        against_champion=None,
        is_rule=False,
    )


def test_data_quality__counts_a_row_with_two_faults_once(evidence: Evidence) -> None:
    twice = [Finding("text_in_number", "fix", "income.csv", row, "income") for row in (7, 7, 8)]
    assert DataQuality(max_share=0.02).check(replace(evidence, findings=twice)).holds
    assert not DataQuality(max_share=0.019).check(replace(evidence, findings=twice)).holds


def test_data_quality__a_stop_or_a_fault_of_the_whole_table_refuses(evidence: Evidence) -> None:
    gate = DataQuality(max_share=0.5)
    assert not gate.check(replace(evidence, findings=[Finding("period_twice", "stop", "income.csv", 3)])).holds
    more = Finding("and_more", "fix", "persons.csv", details={"count": "1,000", "broken": "F09"})
    assert gate.check(replace(evidence, rows=2_000, findings=[more])).holds
    assert not gate.check(replace(evidence, rows=1_999, findings=[more])).holds
    assert not gate.check(replace(evidence, findings=[Finding("column_text", "fix", "income.csv")])).holds
    assert gate.check(replace(evidence, findings=[Finding("spread", "note", "income.csv")])).holds


def test_alarms__names_what_was_raised(evidence: Evidence) -> None:
    assert Alarms().check(evidence).holds
    verdict = Alarms().check(replace(evidence, alarms=("leakage",)))
    assert not verdict.holds
    assert "leakage" in verdict.why


def test_beats_rule__every_horizon_must_reach_the_margin(evidence: Evidence) -> None:
    assert BeatsRule(metric="pr_auc", margin=-0.01).check(evidence).holds
    verdict = BeatsRule(metric="pr_auc", margin=0.0).check(evidence)
    assert not verdict.holds
    assert verdict.figure == "+0.020 [-0.005, +0.050]"
    assert "below_line at horizon 2" in verdict.why


def test_beats_rule__the_rule_passes_and_nothing_measured_does_not(evidence: Evidence) -> None:
    gate = BeatsRule(metric="pr_auc", margin=0.0)
    assert gate.check(replace(evidence, is_rule=True)).holds
    assert not gate.check(replace(evidence, against_rule=differences())).holds


def test_not_behind_champion__the_first_version_passes(evidence: Evidence) -> None:
    gate = NotBehindChampion(metric="pr_auc", margin=-0.01)
    assert gate.check(evidence).holds
    assert not gate.check(replace(evidence, against_champion=differences((-0.1, -0.2, 0.0)))).holds
    assert gate.check(replace(evidence, against_champion=differences((0.0, 0.0, 0.0)))).holds


@pytest.mark.parametrize(
    ("value", "low", "high", "holds"),
    [(1.0, 0.9, 1.1, True), (1.5, 1.2, 1.9, True), (1.5, 1.3, 1.9, False), (0.6, 0.5, 0.7, False)],
)
def test_calibration__the_interval_must_meet_the_range(
    evidence: Evidence, value: float, low: float, high: float, holds: bool
) -> None:
    verdict = Calibration(low=0.8, high=1.25).check(replace(evidence, metrics=observed_expected(value, low, high)))
    assert verdict.holds is holds
    assert f"{value:.2f}" in verdict.figure


def test_recipes__refuse_what_makes_no_sense() -> None:
    with pytest.raises(InputError, match="no range"):
        Calibration(low=1.2, high=0.8)
    with pytest.raises(ValidationError):
        DataQuality(max_share=1.5)
    with pytest.raises(ValidationError):
        BeatsRule(metric="pr_auc", margin=0.0, margn=0.1)  # type: ignore[call-arg]
