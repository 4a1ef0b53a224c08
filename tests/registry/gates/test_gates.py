"""Each gate alone: where it holds, where it says no, and what it says."""

from __future__ import annotations

import re
from dataclasses import replace

import pandas as pd
import pytest
from pydantic import ValidationError

from relapse.core.errors import InputError
from relapse.core.results import Finding, Language, Verdict
from relapse.core.texts import verdict_words
from relapse.core.worded import Worded, bare
from relapse.registry.gates.alarms import Alarms
from relapse.registry.gates.beats_rule import BeatsRule
from relapse.registry.gates.calibration import Calibration
from relapse.registry.gates.data_quality import DataQuality
from relapse.registry.gates.evidence import Evidence, Reproduction, SchemaChange
from relapse.registry.gates.fresh_process import FreshProcess
from relapse.registry.gates.list_stability import ListStability
from relapse.registry.gates.missed_rates import MissedRates
from relapse.registry.gates.not_behind_champion import NotBehindChampion
from relapse.registry.gates.privacy import Privacy
from relapse.registry.gates.reproduces import Reproduces
from relapse.registry.gates.schema import Schema


def said(verdict: Verdict, language: Language = "en") -> dict[str, str | bool]:
    return verdict_words(verdict, language)


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


def missed(*rows: tuple[str, str, float, float, int], wider_low: float = 0.3, own_change: float = 0.1) -> pd.DataFrame:
    """Rows of a group against `others` or another list: slice, against, difference, ci_low, events."""
    table = pd.DataFrame(rows, columns=["slice", "against", "difference", "ci_low", "events"])
    return table.assign(
        slice_value="yes",
        outcome="below_line",
        horizon=1,
        ci_high=table["difference"] + 0.1,
        wider_low=wider_low,
        own_change=own_change,
        other_events=100,
    ).astype({"difference": float, "ci_low": float, "ci_high": float, "events": int})


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
        missed=missed(),
        list_key="300",
        frequency="annual",
        private=(),
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
    verdict = Alarms().check(
        replace(evidence, alarms=(Worded("alarm.few_trees", {"model": "m", "ended": "1", "origins": "2"}),))
    )
    assert not verdict.holds
    assert "the growth of m ended at its floor" in said(verdict)["why"]
    assert (said(verdict)["figure"], said(verdict, "zh")["figure"]) == ("1 raised", "1条")


def test_beats_rule__every_horizon_must_reach_the_margin(evidence: Evidence) -> None:
    assert BeatsRule(metric="pr_auc", margin=-0.01).check(evidence).holds
    verdict = BeatsRule(metric="pr_auc", margin=0.0).check(evidence)
    assert not verdict.holds
    assert said(verdict)["figure"] == "+0.020 [-0.005, +0.050]"
    assert "income below the line 2 years ahead" in said(verdict)["why"]


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
    assert f"{value:.2f}" in said(verdict)["figure"]


MISSED = MissedRates(gate="missed_groups", slices=["remote"], max_gap=0.2, max_worse=0.1, least_events=20)


@pytest.mark.parametrize(
    ("row", "holds"),
    [
        (("remote", "others", 0.40, 0.21, 20), False),  # surely a fifth more than of all others
        (("remote", "others", 0.40, 0.19, 20), True),  # perhaps
        (("remote", "others", 0.90, 0.80, 5), True),  # five events decide nothing
        (("remote", "champion", 0.15, 0.11, 20), False),  # surely worse than it was
        (("remote", "champion", 0.15, 0.09, 20), True),
        (("size", "others", 0.40, 0.30, 20), True),  # is not asked
        (("remote", "others", 0.40, float("nan"), 20), True),
    ],
)
def test_missed_rates__only_what_is_sure_and_of_enough_events_refuses(
    evidence: Evidence, row: tuple[str, str, float, float, int], holds: bool
) -> None:
    verdict = MISSED.check(replace(evidence, missed=missed(row)))
    assert verdict.holds is holds
    assert verdict.holds or "distance to the main road, yes, 1 year ahead" in said(verdict)["why"]


@pytest.mark.parametrize("change", [{"wider_low": -0.02}, {"own_change": 0.0}, {"own_change": -0.1}])
def test_missed_rates__a_gap_that_is_not_new_or_in_which_the_group_lost_nothing_is_told_and_passes(
    evidence: Evidence, change: dict[str, float]
) -> None:
    rows = missed(("remote", "others", 0.41, 0.31, 40), **change)
    verdict = MISSED.check(replace(evidence, missed=rows))
    assert verdict.holds
    assert said(verdict)["figure"] == "+0.41 [+0.31, +0.51]"
    assert "More of distance to the main road, yes, 1 year ahead is missed than of all others" in said(verdict)["why"]


def test_missed_rates__the_farthest_beyond_its_own_limit_is_named(evidence: Evidence) -> None:
    rows = missed(("remote", "others", 0.5, 0.25, 40), ("remote", "champion", 0.3, 0.24, 40))
    verdict = MISSED.check(replace(evidence, missed=rows))
    assert said(verdict)["figure"] == "+0.30 [+0.24, +0.40]"
    assert "by the champion" in said(verdict)["why"]


@pytest.mark.parametrize(("high", "holds"), [(0.04, False), (0.06, True)])
def test_list_stability__the_upper_bound_must_reach_the_least(evidence: Evidence, high: float, holds: bool) -> None:
    rows = observed_expected(0.03, 0.01, high).assign(metric="kept_at_300")
    assert ListStability(least=0.05).check(replace(evidence, metrics=rows)).holds is holds
    assert said(ListStability(least=0.05).check(evidence))["figure"] == "one list"


def test_privacy__names_the_place(evidence: Evidence) -> None:
    assert Privacy().check(evidence).holds
    verdict = Privacy().check(replace(evidence, private=("report.html",)))
    assert not verdict.holds
    assert "report.html" in said(verdict)["why"]


def test_schema__new_inputs_pass_what_others_read_may_not_change(evidence: Evidence) -> None:
    assert Schema().check(evidence).holds
    same = SchemaChange((), (), (), (), ())
    grown = Schema().check(replace(evidence, schema=replace(same, added=("a__b",), removed=("c__d",))))
    assert grown.holds
    assert "+a__b, -c__d" in said(grown)["why"]
    for change in (
        replace(same, changed=(bare("outcome any instead of edge"),)),
        replace(same, lost=("chance_12",)),
        replace(same, unmade=("prices__pork",)),
    ):
        assert not Schema().check(replace(evidence, schema=change)).holds


def test_reproduces__the_same_digest_or_the_senders_word(evidence: Evidence) -> None:
    gate, same = Reproduces(), Reproduction((), "a" * 64, data_changed=False)
    assert not gate.check(evidence).holds
    assert gate.check(replace(evidence, reproduction=lambda: same)).holds
    unlike = replace(same, unlike=("model/seed_0.txt",), data_changed=True)
    other = gate.check(replace(evidence, reproduction=lambda: unlike))
    assert not other.holds
    assert "the data changed since" in said(other)["why"]
    away = Reproduction((), "", data_changed=True)
    assert "digest=" in said(gate.check(replace(evidence, reproduction=lambda: away)))["why"]
    assert not gate.check(replace(evidence, reproduction=lambda: away)).holds
    assert gate.check(replace(evidence, reproduction=lambda: replace(away, vouched=True))).holds


def test_fresh_process__says_what_the_other_process_said(evidence: Evidence) -> None:
    assert not FreshProcess().check(evidence).holds
    assert FreshProcess().check(replace(evidence, alone=lambda: None)).holds
    verdict = FreshProcess().check(replace(evidence, alone=lambda: bare("no module named shap")))
    assert not verdict.holds
    assert "no module named shap" in said(verdict)["why"]


def test_gates__say_the_same_figures_in_chinese_and_no_word_of_english(evidence: Evidence) -> None:
    """Names of figures and files aside, whoever reads the page in Chinese meets no English sentence."""
    changed = SchemaChange((), ("chance_12",), (), (), ())
    bad = replace(
        evidence,
        rows=10,
        findings=[Finding("period_twice", "stop", "income.csv", 3)],
        metrics=pd.concat(
            [observed_expected(1.5, 1.3, 1.9), observed_expected(0.03, 0.01, 0.04).assign(metric="kept_at_300")]
        ),
        against_rule=differences((-0.1, -0.2, 0.0)),
        against_champion=differences((-0.1, -0.2, 0.0)),
        missed=missed(("remote", "champion", 0.30, 0.24, 40)),
        schema=changed,
        alone=lambda: Worded("gate.alone.otherwise"),
    )
    gates = (
        DataQuality(max_share=0.01), BeatsRule(metric="pr_auc", margin=0.0), NotBehindChampion(metric="pr_auc", margin=0.0),
        Calibration(low=0.8, high=1.25), MISSED, ListStability(least=0.05), Schema(), Reproduces(), FreshProcess(),
    )  # fmt: skip
    for gate in gates:
        verdict = gate.check(bad)
        assert not verdict.holds
        chinese, english = said(verdict, "zh"), said(verdict)
        told = " ".join(str(chinese[name]) for name in ("figure", "threshold", "why"))
        assert set(re.findall("[A-Za-z_]{2,}", told)) <= {"chance_", "relapse", "train"}, told
        assert re.findall(r"\d+\.\d+", str(chinese["figure"])) == re.findall(r"\d+\.\d+", str(english["figure"]))


def test_recipes__refuse_what_makes_no_sense() -> None:
    with pytest.raises(InputError, match="no range"):
        Calibration(low=1.2, high=0.8)
    with pytest.raises(ValidationError):
        DataQuality(max_share=1.5)
    with pytest.raises(ValidationError):
        BeatsRule(metric="pr_auc", margin=0.0, margn=0.1)  # type: ignore[call-arg]
