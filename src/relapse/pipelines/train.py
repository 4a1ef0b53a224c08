"""`relapse train`: one version fitted on all that was known at as_of, explained, logged and registered."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any, Protocol

import numpy as np
import pandas as pd

from relapse import __version__
from relapse.core.errors import GateError
from relapse.core.panel import Line
from relapse.core.protocols import Registry
from relapse.core.recipe import Horizons, Periods, PeriodText, Seed
from relapse.core.record import Record, Registered
from relapse.core.results import Finding, Language, Verdict
from relapse.core.texts import text, text_or
from relapse.county.reports import backtest_html
from relapse.county.risk_list.build import ListSettings, list_length
from relapse.evaluation.alarms import LeakAlarm
from relapse.evaluation.evaluate import Evaluation
from relapse.evaluation.small_cells import comparisons_of, without_small_cells
from relapse.explanation import curves as curve_plots
from relapse.explanation import plots
from relapse.explanation.contributions import Contributions
from relapse.flows.assess import Assessment, verdict_sentences
from relapse.flows.explain import contributions_of, importance, part_of, profiles, sample_rows, values_at
from relapse.flows.fit import Calibration, HazardModel, fit_hazard
from relapse.flows.rows import FeatureBlock, Task
from relapse.flows.version import Version, make_version
from relapse.outcome.label import FallBelowLine
from relapse.outcome.split import RollingOrigin
from relapse.outputs import Paths, locked, write_all
from relapse.pipelines.backtest import (
    Backtest,
    backtest_page,
    backtest_stage,
    main_model,
    plot_words,
    read_stage,
)
from relapse.pipelines.common import WAIT_SECONDS, Data, chosen_period, csv_bytes, result_rows, say
from relapse.registry.gates.evidence import Evidence
from relapse.terminal import Stages, closing_table

SAMPLE = 2000  # households whose contributions are drawn and averaged
FEWEST_DRAWN = 200  # households in a picture that shows them one by one


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


def train(
    data: Data,
    line: Line,
    label: FallBelowLine,
    features: Mapping[str, FeatureBlock],
    split: RollingOrigin,
    model: HazardModel,
    rule: HazardModel,
    calibration: Calibration,
    evaluation: Evaluation,
    alarm: LeakAlarm,
    gates: Mapping[str, Gate],
    registry: Registry,
    risk_list: ListSettings,
    paths: Paths,
    seed: Seed,
    as_of: PeriodText | None,
    horizons: Horizons | None,
    origins: Periods | None,
    language: Language,
    resolved: dict[str, Any],
) -> None:
    """Fit one version on all that was known at as_of, explain it, and register it for review.

    The model is fitted on the labels that had closed, calibrated on later origins than a first fit's, and held against
    the plain rule there: where they do not bear it out, the version is the rule. Promotes nothing but a first version.

    Writes train/model/ (the version as a folder of text and JSON) and a run in MLflow.

    Examples:
        relapse train
        relapse train as_of=1985 model=lgbm_hazard model.trees=200
        relapse train data=panel data.path=FILE data.columns.household_id=hhid data.columns.period=year \
            data.columns.income=income_pc data.frequency=annual line=relative
    """
    stages = Stages()
    list_key = risk_list.key(data.list_length)
    with locked(paths.outputs, WAIT_SECONDS, say):
        task = read_stage(stages, data, line, label, features, split, horizons, seed)
        period = chosen_period(task.panel, as_of)
        risk_list.chosen_horizon(task.horizons)
        open_registry(stages, registry)
        task = replace(task, panel=task.panel.until(period), units={})
        report = backtest_stage(stages, task, {rule.name: rule, model.name: model}, rule, calibration, evaluation, alarm, origins, list_key)
        findings = data.check(line)
        trained = train_stage(
            stages, task, period, line, model, rule, calibration, evaluation, gates, registry, report, findings, list_key,
            paths, language, resolved,
        )
    close(trained, report, list_key, paths, registry)
    refuse_alarms(report.alarms)


def open_registry(stages: Stages, registry: Registry) -> None:
    """Look at the registry before the long work: one that cannot be used is refused, and none is made yet."""
    with stages.stage("registry") as stage:
        stage.say(at=registry.tracking_uri())
        if registry.is_there():
            registry.prepare()


def train_stage(
    stages: Stages,
    task: Task,
    period: int,
    line: Line,
    model: HazardModel,
    rule: HazardModel,
    calibration: Calibration,
    evaluation: Evaluation,
    gates: Mapping[str, Gate],
    registry: Registry,
    report: Backtest,
    findings: Sequence[Finding],
    list_key: str,
    paths: Paths,
    language: Language,
    resolved: Mapping[str, Any],
) -> Trained:
    """Fit, explain, hold before the gates, register."""
    full, report = report, for_the_record(report)
    with stages.stage("train") as stage:
        fit = fit_hazard(task, model, rule, calibration, period)
        version = make_version(task, line, model, rule, calibration, period, fit, __version__)
        version = replace(version, figures=list_figures(report.assessment, version, rule.name, model.name, list_key))
        stage.say(model=version.facts.model, share=version.facts.share, events=fit.events, households=fit.households,
                  digest=version.digest[:12])
    with stages.stage("explain") as stage:
        pictures, tables = explanation(task, version, report, list_key, language)
        stage.say(pictures=len(pictures))
    with stages.stage("register") as stage:
        evidence = gate_evidence(full, version, findings, len(task.panel.household), model.name, rule.name)
        verdicts = [gate.check(evidence) for gate in gates.values()]
        record = make_record(task, version, report, evaluation, verdicts, pictures, tables, list_key, language, resolved, rule.name)
        registry.prepare()
        registered = registry.log(record, {str(name) for name in task.panel.household_ids})
        champion = first_champion(registry, registered, verdicts)
        write_all(paths.outputs / "train" / "model", version.files())
        stage.say(version=registered.number, reused=registered.reused, champion=champion)
    return Trained(version, registered, champion, verdicts)


def list_figures(assessment: Assessment, version: Version, rule: str, model: str, list_key: str) -> dict[str, Any]:
    """What the lists print above themselves: figures of the backtest at the list's length, by horizon."""
    shown = rule if version.facts.model == rule else model
    figures: dict[str, Any] = {"list_key": list_key}
    for trial in assessment.trials:
        best = assessment.figure(shown, trial.horizon, f"attainable_at_{list_key}")
        figures[str(trial.horizon)] = {
            "hit_rate": assessment.figure(shown, trial.horizon, f"precision_at_{list_key}"),
            "rule_hit_rate": assessment.figure(rule, trial.horizon, f"precision_at_{list_key}"),
            "base_rate": assessment.base_rate(trial.horizon),
            "best_hit_rate": None if best is None else best[0],
        }
    return figures


def explanation(
    task: Task, version: Version, report: Backtest, list_key: str, language: Language
) -> tuple[dict[str, bytes], dict[str, bytes]]:
    """Pictures and tables of what drives the version; nothing of one household."""
    horizon = max(version.facts.horizons)
    unit = task.unit(task.panel.calendar.parse(version.facts.as_of))
    rows = sample_rows(len(unit.members), SAMPLE, task.rng(7))
    sample = part_of(unit, rows)
    parts = contributions_of(version.hazard, sample, horizon)
    words = plot_words(language)
    moved = pd.DataFrame(
        [_importance_at(task, version, result.unit, horizon) for result in report.results],
        index=[task.panel.calendar.label(result.unit.as_of) for result in report.results],
    ).rename(columns=lambda group: text_or(f"group.{group}", words.language, str(group)))
    drawn = draw(parts, values_at(sample, horizon), task, words.language, words.words)
    drawn["importance_over_origins"] = curve_plots.importance_over_origins(moved, words.words)
    forecast = version.hazard.forecast(sample)
    order = np.argsort(-forecast.score(horizon), kind="stable")
    listed = np.zeros(len(rows), dtype=bool)
    listed[order[: list_length(list_key, len(rows))]] = True
    strength = pd.DataFrame({
        "feature": [entry.name for entry in parts.entries],
        "group": [entry.group for entry in parts.entries],
        "meaning": [entry.meaning for entry in parts.entries],
        "mean_size_log_odds": np.abs(parts.values).mean(axis=0).round(5),
    }).sort_values("mean_size_log_odds", ascending=False, kind="stable")
    tables = {
        "shap/importance.csv": csv_bytes(strength[strength["mean_size_log_odds"] > 0]),
        "shap/profiles.csv": csv_bytes(profiles(parts, sample, forecast, horizon, listed)),
    }
    return drawn, tables


def _importance_at(task: Task, version: Version, unit: Any, horizon: int) -> Mapping[str, float]:
    rows = sample_rows(len(unit.members), SAMPLE // 4, task.rng(unit.as_of, 7))
    return importance(contributions_of(version.hazard, part_of(unit, rows), horizon))


def draw(
    parts: Contributions, values: np.ndarray, task: Task, language: Language, words: Mapping[str, str]
) -> dict[str, bytes]:
    """SHAP's pictures of a sample: bars always, single points only where there are enough to hide one."""
    used = np.flatnonzero(np.abs(parts.values).max(axis=0) > 0)
    sample = plots.Sample(
        parts.values[:, used],
        values[:, used],
        [feature_label(parts.entries[place], language) for place in used],
        [text_or(f"group.{parts.entries[place].group}", language, parts.entries[place].group) for place in used],
    )
    drawn = {"bars_by_feature": plots.bars_by_feature(sample, words), "bars_by_group": plots.bars_by_group(sample, words)}
    if len(values) >= FEWEST_DRAWN:
        drawn["beeswarm"] = plots.beeswarm(sample, words, task.seed)
        strongest = np.argsort(-np.abs(sample.contributions).mean(axis=0), kind="stable")[:3]
        for place, feature in enumerate(strongest):
            if np.isfinite(sample.values[:, feature]).sum() >= FEWEST_DRAWN and np.ptp(np.nan_to_num(sample.values[:, feature])) > 0:
                drawn[f"dependence_{place + 1}"] = plots.dependence(sample, int(feature), words, task.seed)
    return drawn


def feature_label(entry: Any, language: Language) -> str:
    """What a feature is called on a picture."""
    return text_or(f"feature.{entry.name}", language, entry.label or entry.name.split("__", 1)[1].replace("_", " "))


def gate_evidence(
    report: Backtest, version: Version, findings: Sequence[Finding], rows: int, model: str, rule: str
) -> Evidence:
    """What is laid before the gates: the candidate's figures, or the rule's where the version is the rule."""
    shown = rule if version.facts.model == rule else model
    metrics, comparisons = report.assessment.metrics, report.assessment.comparisons
    against = comparisons[(comparisons["model"] == shown) & (comparisons["against"] == rule)]
    return Evidence(findings, rows, report.alarms, metrics[metrics["model"] == shown], against, None, shown == rule)


def first_champion(registry: Registry, registered: Registered, verdicts: Sequence[Verdict]) -> bool:
    """Whether the version is champion: at once if it is the first and the data and alarm gates hold."""
    current = registry.champion(registered.name)
    if current is not None:
        return current.number == registered.number
    if all(verdict.holds for verdict in verdicts if verdict.gate in ("data_quality", "alarms")):
        registry.set_champion(registered.name, registered.number, {"reviewed": "false"})
        return True
    return False


def make_record(
    task: Task,
    version: Version,
    report: Backtest,
    evaluation: Evaluation,
    verdicts: Sequence[Verdict],
    pictures: Mapping[str, bytes],
    tables: Mapping[str, bytes],
    list_key: str,
    language: Language,
    resolved: Mapping[str, Any],
    rule: str,
) -> Record:
    """What the run leaves in MLflow: figures, curves and pictures of many households, never a row of one."""
    facts, digest = version.facts, version.digest
    main = main_model(list(report.results[0].forecasts), rule)
    page = backtest_page(report, main, rule, evaluation, list_key, language)
    page = replace(page, pictures={**page.pictures, **pictures})
    short = {"lgbm_hazard": "lgbm", "distance_to_line": "rule"}.get(facts.model, facts.model[:6])
    names = version.feature_names
    example = pd.DataFrame([[0.5] * len(names), [0.1] * len(names)], columns=list(names))
    return Record(
        facts.panel,
        f"relapse-{facts.panel}",
        f"{facts.as_of} h{max(facts.horizons)} {short} {digest[:4]}"[:20],
        digest,
        version.files(),
        tags(version, digest),
        params(resolved),
        metrics_for_log(report.assessment, main, rule, list_key),
        {},
        {
            "report.html": backtest_html.render(page),
            "config/resolved.yaml": yaml_bytes(resolved),
            "config/environment.txt": environment(),
            "eval/metrics.csv": csv_bytes(page.metrics),
            "eval/comparisons.csv": csv_bytes(page.comparisons),
            "eval/gates.csv": csv_bytes(pd.DataFrame([vars(verdict) for verdict in verdicts])),
            **tables,
            **{f"shap/{name}.png": picture for name, picture in pictures.items()},
            **{f"eval/{name}.png": page.pictures[name] for name in page.pictures if name not in pictures},
        },
        description(version, report, verdicts, main, rule, list_key, language),
        list(names),
        ["score", *(f"chance_{horizon}" for horizon in facts.horizons)],
        example,
    )


def tags(version: Version, digest: str) -> dict[str, str]:
    """What runs and versions can be filtered by."""
    facts = version.facts
    return {
        "as_of": facts.as_of, "horizons": ",".join(map(str, facts.horizons)), "outcome": facts.outcome,
        "label": facts.kind, "model": facts.model, "model_share": f"{facts.share:g}", "fallback": facts.fallback or "none",
        "county": facts.panel, "data_digest": facts.data_digest, "digest": digest, "relapse_version": facts.relapse,
        "simulated": str(facts.simulated).lower(), "stage": "train", "seed": str(facts.seed),
    }


def params(resolved: Mapping[str, Any]) -> dict[str, str]:
    """The settings that charts are compared by: those of the model, the split and the calibration, flattened."""
    flat: dict[str, str] = {}
    for group in ("model", "split", "calibration", "label", "line"):
        flat |= _flat(group, resolved.get(group))
    return dict(list(flat.items())[:60])


def _flat(path: str, node: Any) -> dict[str, str]:
    if isinstance(node, Mapping):
        return {key: value for name, inner in node.items() for key, value in _flat(f"{path}.{name}".replace("._target_", ""), inner).items()}
    return {path: str(node)[:500]}


def metrics_for_log(assessment: Assessment, main: str, rule: str, list_key: str) -> dict[str, float]:
    """Final figures by chart: `eval/h4_pr_auc`, the rule's under `eval_rule/`."""
    figures = {}
    for trial in assessment.trials:
        for chart, name in (("eval", main), ("eval_rule", rule)):
            for metric in (f"precision_at_{list_key}", f"recall_at_{list_key}", "pr_auc", "roc_auc", "brier", "ece", "observed_expected"):
                found = assessment.figure(name, trial.horizon, metric)
                if found is not None:
                    figures[f"{chart}/h{trial.horizon}_{metric}"] = found[0]
        base = assessment.base_rate(trial.horizon)
        if base is not None:
            figures[f"eval/h{trial.horizon}_base_rate"] = base
    return figures


def for_the_record(report: Backtest) -> Backtest:
    """The backtest with the figures that may enter MLflow and a version: without small cells."""
    assessment = report.assessment
    metrics = without_small_cells(assessment.metrics)
    kept = replace(assessment, metrics=metrics, comparisons=comparisons_of(assessment.comparisons, metrics))
    return replace(report, assessment=kept)


def description(
    version: Version, report: Backtest, verdicts: Sequence[Verdict], main: str, rule: str, list_key: str, language: Language
) -> str:
    """What a reviewer reads first: a plain sentence, then the figures beside the rule's, then the gates."""
    facts = version.facts
    assessment = report.assessment
    told = dict(
        panel=facts.panel, as_of=facts.as_of, model=text_or(f"model.{facts.model}", language, facts.model),
        events=facts.events, households=facts.households, first=facts.origins[0], last=facts.origins[1],
    )
    parts = [text("record.first_line", language, **told)]
    if facts.simulated:
        parts.append(f"**{text('mark.simulated', language)}**")
    if facts.fallback:
        parts.append(text(f"fallback.{facts.fallback}", language, **facts.details))
    parts += verdict_sentences(assessment, main, rule, facts.frequency, language)
    parts.append(_markdown(*result_rows(assessment, list_key, list(dict.fromkeys([rule, main])))))
    gates = [[verdict.gate, "✓" if verdict.holds else "✗", verdict.figure, verdict.threshold] for verdict in verdicts]
    parts.append(_markdown([text(f"record.{key}", language) for key in ("gate", "holds", "figure", "threshold")], gates))
    parts.append(text("record.lineage", language, digest=version.digest, data_digest=facts.data_digest, relapse=facts.relapse))
    return "\n\n".join(parts)


def _markdown(heads: Sequence[str], rows: Sequence[Sequence[str]]) -> str:
    lines = ["| " + " | ".join(heads) + " |", "|" + " --- |" * len(heads)]
    return "\n".join([*lines, *("| " + " | ".join(row) + " |" for row in rows)])


def yaml_bytes(resolved: Mapping[str, Any]) -> bytes:
    """The whole config as YAML; folders of this machine by their last names alone."""
    from omegaconf import OmegaConf

    kept = {key: value for key, value in resolved.items() if key not in ("paths", "tracking")}
    return OmegaConf.to_yaml(OmegaConf.create(kept)).encode()


def environment() -> bytes:
    """Exact versions of Python and of every installed distribution that the package needs."""
    import platform
    from importlib.metadata import PackageNotFoundError, requires, version

    names = sorted({re.split(r"[^\w.-]", need)[0] for need in requires("relapse-forecast") or []} - {"relapse-forecast"})
    lines = [f"python {platform.python_version()}", f"relapse-forecast {__version__}"]
    for name in names:
        try:
            lines.append(f"{name} {version(name)}")
        except PackageNotFoundError:
            continue  # an extra that is not installed here
    return ("\n".join(lines) + "\n").encode()


def refuse_alarms(alarms: Sequence[str]) -> None:
    """An alarm ends a training with exit status 3; the version stays a candidate.

    Raises:
        GateError: there is an alarm.
    """
    if alarms:
        raise GateError(
            "leakage alarm, the version stays a candidate: " + "; ".join(alarms)
            + "; leave such columns out with data.exclude=[…]"
        )


def close(trained: Trained, report: Backtest, list_key: str, paths: Paths, registry: Registry) -> None:
    """The closing table."""
    heads, rows = result_rows(report.assessment, list_key, list(report.results[0].forecasts))
    state = "champion" if trained.champion else "candidate"
    places = [
        ("version", f"{trained.registered.name} {trained.registered.number} ({state}), digest {trained.version.digest[:12]}"),
        ("model", str(paths.outputs / "train" / "model")),
        ("MLflow", registry.tracking_uri()),
    ]
    closing_table(f"Version of {trained.registered.name}", heads, rows, places)
