"""What a training lays before its gates, and what of its backtest may be kept: nothing of small cells."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from contextlib import suppress
from dataclasses import replace
from typing import Any

from relapse.core.errors import GateError
from relapse.core.protocols import Registry
from relapse.core.record import Registered
from relapse.core.results import Finding, Verdict
from relapse.evaluation.evaluate import Evaluation
from relapse.evaluation.small_cells import comparisons_of, without_small_cells
from relapse.flows.assess import Assessment
from relapse.flows.beside import Beside
from relapse.flows.missed import missed_differences
from relapse.flows.version import Version
from relapse.pipelines.backtest import Backtest
from relapse.registry.gates.evidence import Evidence
from relapse.registry.privacy import places_of_ids


def list_figures(assessment: Assessment, version: Version, rule: str, model: str, list_key: str) -> dict[str, Any]:
    """What lists print above themselves, and what later months are held against: the backtest's figures, by horizon."""
    shown = rule if version.facts.model == rule else model
    figures: dict[str, Any] = {"list_key": list_key}
    for trial in assessment.trials:
        best = assessment.figure(shown, trial.horizon, f"attainable_at_{list_key}")
        figures[str(trial.horizon)] = {
            "hit_rate": assessment.figure(shown, trial.horizon, f"precision_at_{list_key}"),
            "rule_hit_rate": assessment.figure(rule, trial.horizon, f"precision_at_{list_key}"),
            "base_rate": assessment.base_rate(trial.horizon),
            "best_hit_rate": None if best is None else best[0],
            "roc_auc": assessment.figure(shown, trial.horizon, "roc_auc"),
            "gain": None if shown == rule else assessment.difference(shown, rule, trial.horizon, "pr_auc"),
        }
    return figures


def gate_evidence(
    report: Backtest,
    version: Version,
    findings: Sequence[Finding],
    evaluation: Evaluation,
    list_key: str,
    kept: Mapping[str, bytes],
    model: str,
    rule: str,
    beside: Beside | None,
) -> Evidence:
    """What is laid before the gates: the candidate's figures, or the rule's where the version is the rule."""
    shown, panel = rule if version.facts.model == rule else model, report.task.panel
    metrics, comparisons = report.assessment.metrics, report.assessment.comparisons
    against = comparisons[(comparisons["model"] == shown) & (comparisons["against"] == rule)]
    return Evidence(
        findings,
        len(panel.household),
        report.alarms,
        metrics[metrics["model"] == shown],
        against,
        None if beside is None else beside.comparisons,
        shown == rule,
        missed_differences(report.task, report.results, report.assessment.trials, evaluation, shown, rule, list_key),
        list_key,
        panel.calendar.frequency,
        places_of_ids({**version.files(), **kept}, {str(name) for name in panel.household_ids}),
    )


def first_champion(registry: Registry, registered: Registered, verdicts: Sequence[Verdict]) -> bool:
    """Whether the version is champion: at once if it is the first and the data and alarm gates hold."""
    current = registry.champion(registered.name)
    if current is not None:
        return current.number == registered.number
    if all(verdict.holds for verdict in verdicts if verdict.gate in ("data_quality", "alarms")):
        with suppress(GateError):  # another run's version was first
            registry.set_champion(registered.name, registered.number, {"reviewed": "false"}, None)
            return True
    return False


def for_the_record(report: Backtest) -> Backtest:
    """The backtest with the figures that may enter MLflow and a version: without small cells."""
    assessment = report.assessment
    metrics = without_small_cells(assessment.metrics)
    kept = replace(assessment, metrics=metrics, comparisons=comparisons_of(assessment.comparisons, metrics))
    return replace(report, assessment=kept)
