"""`relapse promote`: a version is held against the champion and the rule; gates advise, a reviewer decides."""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from typing import Any, cast

import pandas as pd

from relapse.core.errors import GateError, InputError
from relapse.core.instantiate import instantiate
from relapse.core.protocols import Auditor, Data, Registry
from relapse.core.recipe import Periods, PeriodText
from relapse.core.record import Registered
from relapse.core.results import Trial, Verdict
from relapse.county.risk_list.build import ListSettings
from relapse.evaluation.alarms import Honesty
from relapse.evaluation.evaluate import Evaluation
from relapse.flows.assess import Assessment, assess
from relapse.flows.backtest import OriginResult, backtest_origins, usable_origins
from relapse.flows.contest import CANDIDATE, CHAMPION, Contender, contest_origins, joint_trials
from relapse.flows.examine import audit_findings
from relapse.flows.honesty import raised_alarms, same_households
from relapse.flows.rows import make_task
from relapse.flows.version import Version, restore_version
from relapse.outputs import Paths, locked, write_all
from relapse.pipelines.common import WAIT_SECONDS, chosen_origins, open_existing, open_panel, say, show_results
from relapse.pipelines.train import Gate
from relapse.registry.gates.evidence import Evidence
from relapse.terminal import Stages, closing_table


def promote(
    data: Data,
    evaluation: Evaluation,
    alarm: Honesty,
    audits: Auditor,
    gates: Mapping[str, Gate],
    registry: Registry,
    risk_list: ListSettings,
    paths: Paths,
    version: PeriodText | None,
    reviewer: str | None,
    reason: str | None,
    override: bool,
    rollback: bool,
    origins: Periods | None,
    allow_targets: list[str],
) -> None:
    """Hold a version against the champion and the rule on the same splits; make it champion if every gate holds.

    Both recipes are refitted at the same origins of today's data. A refused gate ends with 3 and changes nothing,
    unless override=true, which is kept with its reason. Promoting the champion itself records a reviewer's judgement.

    Writes promote/decision.json.

    Examples:
        relapse promote reviewer=Li reason='ahead of the rule at both horizons'
        relapse promote version=3 reviewer=Li reason='figures checked' override=true
        relapse promote rollback=true reviewer=Li reason='list of March unusable'
    """
    who, why = _signed(reviewer, reason)
    name = data.panel_name
    with locked(paths.outputs, WAIT_SECONDS, say):
        open_existing(registry)
        if rollback:
            chosen = registry.rollback(name)
            decision: dict[str, Any] = {"action": "rollback", "champion": chosen.number, "reviewer": who, "reason": why}
            _leave(paths, decision)
            return
        candidate = _candidate(registry, name, version)
        champion = registry.champion(name)
        evidence, assessment = _evidence(
            data, evaluation, alarm, audits, registry, candidate, champion, risk_list, origins, allow_targets
        )
        verdicts = [gate.check(evidence) for gate in gates.values()]
        promoted = override or all(verdict.holds for verdict in verdicts)
        decision = {
            "action": "promote",
            "model": name,
            "version": candidate.number,
            "digest": candidate.digest,
            "champion_before": None if champion is None else champion.number,
            "promoted": promoted,
            "override": override,
            "reviewer": who,
            "reason": why,
            "gates": [vars(verdict) for verdict in verdicts],
        }
        if promoted:
            tags = {"reviewed": "true", "reviewer": who, "reason": why, "override": str(override).lower()}
            registry.set_champion(name, candidate.number, tags | _gate_tags(verdicts))
        else:
            registry.tag(name, candidate.number, _gate_tags(verdicts))
        _leave(paths, decision)
    _close(assessment, risk_list.key(data.list_length), verdicts, paths)
    if not promoted:
        refused = "; ".join(f"{verdict.gate}: {verdict.why}" for verdict in verdicts if not verdict.holds)
        raise GateError(f"version {candidate.number} of '{name}' was not promoted: {refused}")


def _signed(reviewer: str | None, reason: str | None) -> tuple[str, str]:
    if not (reviewer and reviewer.strip() and reason and reason.strip()):
        raise InputError("promote needs who judged and why: reviewer=NAME reason='TEXT'")
    return reviewer.strip(), reason.strip()


def _candidate(registry: Registry, name: str, version: str | None) -> Registered:
    """The version that is meant: the newest where none is said.

    Raises:
        InputError: there is no such version.
    """
    there = registry.versions(name)
    if not there:
        raise InputError(f"the registry has no version of '{name}'; make one with `relapse train`")
    if version is None:
        return there[-1]
    found = [one for one in there if one.number == version]
    if not found:
        raise InputError(
            f"version={version}: '{name}' has no such version; there are {', '.join(v.number for v in there)}"
        )
    return found[0]


def _evidence(
    data: Data,
    evaluation: Evaluation,
    alarm: Honesty,
    audits: Auditor,
    registry: Registry,
    candidate: Registered,
    champion: Registered | None,
    risk_list: ListSettings,
    origins: Sequence[str] | None,
    allowed: Sequence[str],
) -> tuple[Evidence, Assessment]:
    """Refit both recipes at the same origins and measure them on the same draws."""
    stages = Stages()
    with stages.stage("read") as stage:
        made = _contender(data, audits, registry, candidate, CANDIDATE, allowed)
        other = champion if champion is not None and champion.number != candidate.number else None
        against = None if other is None else _contender(data, audits, registry, other, CHAMPION, allowed)
        asked = chosen_origins(made.task.panel, origins)
        tested = usable_origins(made.task, made.rule, made.calibration, backtest_origins(made.task, asked))
        stage.say(panel=made.task.panel.name, origins=len(tested), champion=other.number if other else "none")
    with stages.stage("contest") as stage:
        results = list(stage.track(tested, contest_origins(made, tested)))
        others: list[OriginResult] = (
            [] if against is None else list(stage.track(tested, contest_origins(against, tested)))
        )
        trials = joint_trials(made, results, against, others)
        wanted = evaluation.with_list(risk_list.key(data.list_length))
        assessment = assess(made.task, trials, wanted, made.rule.name, CANDIDATE)
    findings = (*made.findings, *audit_findings(made.task.panel, audits, None))
    models = {CANDIDATE: made.model}
    same = same_households(made.task, alarm)
    alarms = raised_alarms(made.task, results, assessment, alarm, made.rule.name, CANDIDATE, models, same)
    return _laid(made, against, trials, wanted, assessment, alarms, findings), assessment


def _laid(
    made: Contender,
    against: Contender | None,
    trials: Sequence[Trial],
    evaluation: Evaluation,
    assessment: Assessment,
    alarms: tuple[str, ...],
    findings: Sequence[Any],
) -> Evidence:
    metrics, comparisons = assessment.metrics, assessment.comparisons
    beside = None
    if against is not None:
        beside = pd.concat(
            [evaluation.compare(trial, CANDIDATE, CHAMPION, made.task.rng(trial.horizon, 4)) for trial in trials],
            ignore_index=True,
        )
    ahead = comparisons[comparisons["model"] == CANDIDATE]
    rows = len(made.task.panel.household)
    same = bool((ahead["difference"].dropna() == 0).all()) and bool(
        (ahead[["ci_low", "ci_high"]].dropna() == 0).all().all()
    )
    return Evidence(findings, rows, alarms, metrics[metrics["model"] == CANDIDATE], ahead, beside, same)


def _contender(
    data: Data, audits: Auditor, registry: Registry, one: Registered, name: str, allowed: Sequence[str]
) -> Contender:
    """A version's recipe on the data of today."""
    version: Version = restore_version(registry.files(one.name, one.number), allowed)
    parts = cast("dict[str, Any]", instantiate(dict(version.recipe), allowed))
    panel, findings = open_panel(data, parts["line"])
    facts = version.facts
    made_of = (parts["label"], parts["features"], parts["split"])
    task = make_task(panel, *made_of, facts.horizons, facts.seed, audits, parts.get("sensitive"))
    return Contender(name, task, findings, parts["model"], parts["rule"], parts["calibration"])


def _gate_tags(verdicts: Sequence[Verdict]) -> dict[str, str]:
    return {
        f"gate_{verdict.gate}": f"{'holds' if verdict.holds else 'refused'}: {verdict.figure}"[:500]
        for verdict in verdicts
    }


def _leave(paths: Paths, decision: Mapping[str, Any]) -> None:
    content = (json.dumps(decision, indent=1, ensure_ascii=False) + "\n").encode()
    write_all(paths.outputs / "promote", {"decision.json": content})


def _close(assessment: Assessment, list_key: str, verdicts: Sequence[Verdict], paths: Paths) -> None:
    models = list(assessment.trials[0].probability)
    show_results("Candidate, champion and rule on the same splits", assessment, list_key, models, [])
    rows = [
        [verdict.gate, "holds" if verdict.holds else "REFUSED", verdict.figure, verdict.threshold]
        for verdict in verdicts
    ]
    place = str(paths.outputs / "promote" / "decision.json")
    closing_table("Gates", ["gate", "verdict", "figure", "threshold"], rows, [("decision", place)])
