"""`relapse train`: one version fitted on all that was known at as_of, explained, logged and registered."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any, Protocol

from relapse import __version__
from relapse.core.errors import GateError
from relapse.core.panel import Line, Panel
from relapse.core.protocols import Auditor, Data, Registry
from relapse.core.recipe import Horizons, Periods, PeriodText, Seed
from relapse.core.record import Registered
from relapse.core.results import Finding, Language, Verdict
from relapse.core.sensitive import Sensitive
from relapse.core.texts import event_words, finding_sentence, in_words, text
from relapse.core.worded import Worded
from relapse.county.risk_list.build import ListSettings
from relapse.data.panel_checks import refuse
from relapse.evaluation.alarms import Honesty
from relapse.evaluation.evaluate import Evaluation
from relapse.flows.assess import verdict_sentences
from relapse.flows.beside import Review, Tested, beside_champion
from relapse.flows.drift import input_drift
from relapse.flows.examine import audit_findings
from relapse.flows.fit import Calibration, HazardModel, fit_hazard
from relapse.flows.left_out import left_out
from relapse.flows.rows import FeatureBlock, Task, kept_units
from relapse.flows.version import Version, make_version, restore_version
from relapse.outcome.label.labels import Outcome
from relapse.outcome.split import RollingOrigin
from relapse.outputs import Paths, locked, write_all
from relapse.pipelines.backtest import Backtest, backtest_stage, main_model, read_stage
from relapse.pipelines.candidates import files_of_folder
from relapse.pipelines.common import WAIT_SECONDS, chosen_period, open_existing, say, show_results
from relapse.pipelines.drawings import explanation
from relapse.pipelines.first_judgement import first_champion, for_the_record, gate_evidence, list_figures
from relapse.pipelines.logged import find_run, logged_arguments, logged_config, logged_data, require_same
from relapse.pipelines.model_card import render_card
from relapse.pipelines.record import code_digest, make_record
from relapse.pipelines.review_page import render_review
from relapse.pipelines.reviewed import Reviewed, champion_of
from relapse.pipelines.ways_out import how_to_leave_out
from relapse.registry.gates.evidence import Evidence
from relapse.terminal import Stages


class Gate(Protocol):
    """One rule of promotion."""

    def check(self, evidence: Evidence) -> Verdict:
        """What it says of a version."""
        ...


@dataclass(frozen=True, eq=False)
class Trained:
    """A version, and how it stands in the registry.

    Args:
        version: fitted and calibrated.
        registered: its place.
        champion: whether lists are made with it now.
        verdicts: of the gates.
    """

    version: Version
    registered: Registered
    champion: bool
    verdicts: Sequence[Verdict]


@dataclass(frozen=True, eq=False)
class TrainSettings:
    """With what a version is fitted, judged and kept.

    Args:
        line: the poverty line as configured.
        model: that is asked for.
        rule: plain rule that the model is held against.
        calibration: of its chances.
        evaluation: what a backtest reports.
        gates: of promotion, by name.
        registry: where versions stand.
        review: how a version is held beside the champion.
        horizon: periods ahead for which lists are made.
        list_key: name of the list length among the metrics.
        paths: of the outputs.
        language: of the pages.
        allowed: what a config that is read back may name beside what relapse ships.
        resolved: the whole config, as logged.
    """

    line: Line
    model: HazardModel
    rule: HazardModel
    calibration: Calibration
    evaluation: Evaluation
    gates: Mapping[str, Gate]
    registry: Registry
    review: Review
    horizon: int
    list_key: str
    paths: Paths
    language: Language
    allowed: Sequence[str]
    resolved: Mapping[str, Any]


def train(
    data: Data,
    line: Line,
    label: Outcome,
    features: Mapping[str, FeatureBlock],
    split: RollingOrigin,
    model: HazardModel,
    rule: HazardModel,
    calibration: Calibration,
    evaluation: Evaluation,
    alarm: Honesty,
    audits: Auditor,
    sensitive: Sensitive,
    gates: Mapping[str, Gate],
    registry: Registry,
    risk_list: ListSettings,
    review: Review,
    paths: Paths,
    seed: Seed,
    as_of: PeriodText | None,
    horizons: Horizons | None,
    origins: Periods | None,
    language: Language,
    run: PeriodText | None,
    allow_targets: list[str],
    resolved: dict[str, Any],
) -> None:
    """Fit one version on all that was known at as_of, explain it, and register it for review.

    The model is fitted on the labels that had closed, calibrated on later origins than a first fit's, and held against
    the plain rule there: where they do not bear it out, the version is the rule. Promotes nothing but a first version.

    With run= (a run's id, a version's number or its digest) all settings but the places of files are those that the run
    logged; a version that then comes out otherwise ends with status 3.

    Writes train/model/ (the version as a folder of text and JSON), train/review.html, train/model_card.md, and a run in
    MLflow.

    Examples:
        relapse train
        relapse train run=DIGEST
        relapse train as_of=1985 model=lgbm_hazard model.trees=200
        relapse train data=panel data.path=FILE data.columns.household_id=hhid data.columns.period=year \
            data.columns.income=income_pc data.frequency=annual line=relative
    """
    if run is not None:
        train_again(run, data, registry, paths, allow_targets)
        return
    stages = Stages()
    list_key = risk_list.key(data.list_length)
    with locked(paths.outputs, WAIT_SECONDS, say):
        task, told = read_stage(stages, data, line, label, features, split, audits, sensitive, horizons, seed)
        period = chosen_period(task.panel, as_of)
        findings = audit_stage(stages, task.panel, told, audits, period)
        horizon = risk_list.chosen_horizon(task.horizons)
        open_registry(stages, registry)
        task = replace(task, panel=task.panel.until(period), units=kept_units())
        findings = (*findings, *left_out_stage(stages, task, period))
        report = backtest_stage(
            stages, task, {rule.name: rule, model.name: model}, rule, calibration, evaluation, alarm, origins, list_key
        )
        settings = TrainSettings(
            line, model, rule, calibration, evaluation, gates, registry, review, horizon, list_key, paths, language,
            allow_targets, resolved,
        )  # fmt: skip
        trained = train_stage(stages, task, period, report, findings, settings)
    close(trained, report, list_key, paths, registry)
    refuse_alarms(report.alarms, task)


def train_again(run: str, data: Data, registry: Registry, paths: Paths, allowed: list[str]) -> None:
    """Train with the settings that a run logged, on the data as they lie here, and hold the result against it.

    Raises:
        InputError: there is no such run, or its settings do not fit.
        GateError: another version came of it.
    """
    open_existing(registry)
    one = find_run(registry, data.panel_name, run)
    tags, config = registry.tags(one.name, one.number), logged_config(registry, one)
    here: dict[str, Any] = {
        "data": logged_data(data, config, allowed),
        "registry": registry,
        "paths": paths,
        "run": None,
    }
    here |= {"as_of": tags["as_of"], "allow_targets": allowed, "resolved": config}
    say(f"settings are those of version {one.number}'s run; beside run=, only places and names of the data count")
    train(**here, **logged_arguments(train, config, here, allowed))
    made = restore_version(files_of_folder(paths.outputs / "train" / "model"), allowed)
    require_same(one, tags, made.digest, made.facts.data_digest, __version__, code_digest())
    say(f"the run of version {one.number} was reproduced: the digest is the same, {made.digest[:12]}")


def audit_stage(
    stages: Stages, panel: Panel, told: Sequence[Finding], audits: Auditor, period: int
) -> tuple[Finding, ...]:
    """What the files and the audit rules say; ends where a rule stops the work.

    Raises:
        InputError: a rule of severity `stop` is broken.
    """
    with stages.stage("validate") as stage:
        findings = (*told, *audit_findings(panel, audits, period))
        stage.say(findings=len(findings), fix=sum(finding.severity == "fix" for finding in findings))
        refuse(findings)
    return findings


def left_out_stage(stages: Stages, task: Task, period: int) -> tuple[Finding, ...]:
    """Rules that keep events out of training and hardly anybody else; each is said at the terminal, too.

    Raises:
        InputError: one rule keeps out more than half of the events.
    """
    with stages.stage("left out") as stage:
        findings = tuple(left_out(task, period))
        stage.say(rules=len(findings))
    for finding in findings:
        say(f"warning: {finding_sentence(finding, 'en')}")
    return findings


def open_registry(stages: Stages, registry: Registry) -> None:
    """Look at the registry before the long work: one that cannot be used is refused, and none is made yet."""
    with stages.stage("registry") as stage:
        stage.say(at=registry.tracking_uri())
        if registry.is_there():
            registry.prepare()


def train_stage(
    stages: Stages, task: Task, period: int, report: Backtest, findings: Sequence[Finding], settings: TrainSettings
) -> Trained:
    """Fit, explain, hold beside the champion and before the gates, register."""
    model, rule, calibration = settings.model, settings.rule, settings.calibration
    evaluation, review, registry = settings.evaluation, settings.review, settings.registry
    list_key, language, allowed = settings.list_key, settings.language, settings.allowed
    full, report = report, for_the_record(report)
    with stages.stage("train") as stage:
        fit = fit_hazard(task, model, rule, calibration, period)
        version = make_version(task, settings.line, model, rule, calibration, period, fit, __version__)
        version = replace(version, figures=list_figures(report.assessment, version, rule.name, model.name, list_key))
        stage.say(
            model=version.facts.model,
            share=version.facts.share,
            events=fit.events,
            households=fit.households,
            digest=version.digest[:12],
        )
    with stages.stage("explain") as stage:
        explained = explanation(task, version, report.results, list_key, language)
        drift = input_drift(task, version, period)
        stage.say(pictures=len(explained.pictures))
    with stages.stage("review") as stage:
        shown = rule.name if version.facts.model == rule.name else model.name
        tested = Tested(
            report.results, full.assessment, shown, rule, model, calibration, evaluation, settings.horizon, list_key
        )
        there = champion_of(registry, version.facts.panel, version.digest, allowed)
        beside = None if there is None else beside_champion(task, version, there, tested, review, allowed)
        stage.say(champion="none" if there is None else there.number)
    with stages.stage("register") as stage:
        kept = {**explained.tables(), **explained.pictures}
        evidence = gate_evidence(full, version, findings, evaluation, list_key, kept, model.name, rule.name, beside)
        verdicts = [gate.check(evidence) for gate in settings.gates.values()]
        told = Reviewed(
            version, report, evaluation, explained, beside, drift, verdicts, findings, review, settings.resolved,
            rule.name, main_model(list(report.results[0].forecasts), rule.name), list_key, language,
        )  # fmt: skip
        pages = {"review.html": render_review(told), "model_card.md": render_card(told)}
        registry.prepare()
        registered = registry.log(make_record(told, pages), {str(name) for name in task.panel.household_ids})
        champion = first_champion(registry, registered, verdicts)
        files = {f"model/{name}": content for name, content in version.files().items()}
        write_all(settings.paths.outputs / "train", {**files, **pages})
        stage.say(version=registered.number, reused=registered.reused, champion=champion)
    return Trained(version, registered, champion, verdicts)


def refuse_alarms(alarms: Sequence[Worded], task: Task) -> None:
    """An alarm ends a training with exit status 3; the version stays a candidate.

    Args:
        alarms: that were raised.
        task: what was forecast, and of what.

    Raises:
        GateError: there is an alarm.
    """
    if alarms:
        told = [*(in_words(alarm, "en") for alarm in alarms), how_to_leave_out(alarms, task)]
        raise GateError(f"leakage alarm, the version stays a candidate: {'; '.join(each for each in told if each)}")


def close(trained: Trained, report: Backtest, list_key: str, paths: Paths, registry: Registry) -> None:
    """The closing table."""
    state = "champion" if trained.champion else "candidate"
    places = [
        (
            "version",
            f"{trained.registered.name} {trained.registered.number} ({state}), digest {trained.version.digest[:12]}",
        ),
        ("model", str(paths.outputs / "train" / "model")),
        ("MLflow", registry.tracking_uri()),
    ]
    models = list(report.results[0].forecasts)
    show_results(
        f"Version of {trained.registered.name}", report.assessment, list_key, models, places, told_of(trained, report)
    )


def told_of(trained: Trained, report: Backtest) -> list[str]:
    """Whether the model beats the rule, and where the version is the rule or leans on it, why; in English."""
    facts, models = trained.version.facts, list(report.results[0].forecasts)
    main = main_model(models, report.rule)
    told = [*verdict_sentences(report.assessment, main, report.rule, facts.frequency, "en")]
    if not facts.fallback:
        return told
    return [*told, text(f"fallback.{facts.fallback}", "en", **facts.details, **event_words(facts.outcome, "en"))]
