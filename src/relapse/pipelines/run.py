"""`relapse run`: the main job in one go."""

from __future__ import annotations

import json
import os
from collections.abc import Mapping
from dataclasses import replace
from pathlib import Path
from typing import Any

from relapse.core.errors import InputError
from relapse.core.panel import Line
from relapse.core.parts import Whole
from relapse.core.protocols import Auditor, Data, Registry
from relapse.core.recipe import Horizons, Periods, PeriodText, Seed
from relapse.core.results import Language
from relapse.core.sensitive import Sensitive
from relapse.county.reports import findings_csv, findings_html
from relapse.county.risk_list.build import ListSettings
from relapse.evaluation.alarms import Honesty
from relapse.evaluation.evaluate import Evaluation
from relapse.flows.beside import Review
from relapse.flows.fit import Calibration, HazardModel
from relapse.flows.rows import FeatureBlock, kept_units
from relapse.outcome.label.labels import Outcome
from relapse.outcome.split import RollingOrigin
from relapse.outputs import Paths, locked, write_all
from relapse.pipelines.backtest import backtest_stage, read_stage, write_stage
from relapse.pipelines.common import WAIT_SECONDS, chosen_period, say, show_results
from relapse.pipelines.score import Listed, open_version, score_stage
from relapse.pipelines.train import (
    Gate,
    Trained,
    TrainSettings,
    audit_stage,
    left_out_stage,
    open_registry,
    refuse_alarms,
    told_of,
    train_stage,
)
from relapse.pipelines.verdicts import AfterStop, heed, in_force
from relapse.terminal import Stages


def run(
    data: Data,
    line: Line,
    label: Outcome,
    features: Mapping[str, FeatureBlock],
    split: RollingOrigin,
    model: HazardModel,
    models: Mapping[str, HazardModel],
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
    after_stop: AfterStop,
    paths: Paths,
    seed: Seed,
    as_of: PeriodText | None,
    horizons: Horizons | None,
    origins: Periods | None,
    language: Language,
    allow_targets: list[str],
    resolved: dict[str, Any],
) -> None:
    """Do the main job: check the data, backtest, train, explain, register, and make the list.

    The last line printed is the path of run.json, which says what was found and where it lies.

    Examples:
        relapse run
        relapse run language=en paths.outputs=OUT
        relapse run data=panel data.path=FILE data.columns.household_id=hhid data.columns.period=year \
            data.columns.income=income_pc data.frequency=annual line=relative
    """
    stages, list_key = Stages(), risk_list.key(data.list_length)
    with locked(paths.outputs, WAIT_SECONDS, say):
        task, told = read_stage(stages, data, line, label, features, split, audits, sensitive, horizons, seed)
        whole, period = task.panel, chosen_period(task.panel, as_of)
        findings = audit_stage(stages, whole, told, audits, period)
        horizon = risk_list.chosen_horizon(task.horizons)
        open_registry(stages, registry)
        task = replace(task, panel=task.panel.until(period), units=kept_units())
        findings = (*findings, *left_out_stage(stages, task, period))
        compared = {**models, model.name: model}
        report = backtest_stage(stages, task, compared, rule, calibration, evaluation, alarm, origins, list_key)
        settings = TrainSettings(
            line, model, rule, calibration, evaluation, gates, registry, review, horizon, list_key, paths, language,
            allow_targets, resolved,
        )  # fmt: skip
        trained = train_stage(stages, task, period, report, findings, settings)
        task.keep_units({result.unit.as_of for result in report.results})
        quality = {
            "findings.csv": findings_csv.render(findings, language),
            "report.html": findings_html.render(findings, language),
        }
        write_all(paths.outputs / "quality", quality)
        write_stage(stages, report, compared, rule, evaluation, list_key, paths.outputs, language)
        if registry.champion(trained.registered.name) is None:
            refuse_alarms(report.alarms, task)
            raise InputError(
                f"the first version of '{trained.registered.name}' was kept from being champion by the data gate: see "
                f"{paths.outputs / 'quality' / 'findings.csv'}"
            )
        opened, origin = open_version(registry, data.panel_name, "champion", allow_targets)
        kept = in_force(paths.state, registry, whole, opened, origin, period)
        opened, origin = heed(opened, origin, kept, after_stop, language)
        listed = score_stage(
            stages, data, Whole(whole), period, opened, origin, risk_list, audits, paths, language, allow_targets
        )
        summary = run_json(stages, paths, registry, trained, listed)
        write_all(paths.outputs, {"run.json": (json.dumps(summary, indent=1, ensure_ascii=False) + "\n").encode()})
    places = [(name, str(listed.folder / name)) for name in ("list.xlsx", "list.html", "list.csv")]
    places += [("report", str(paths.outputs / "backtest" / "report.html"))]
    models_shown = list(dict.fromkeys([rule.name, *compared]))
    show_results(
        f"Backtest of {whole.name}", report.assessment, list_key, models_shown, places, told_of(trained, report)
    )
    refuse_alarms(report.alarms, task)
    print(relative(paths.outputs / "run.json"))  # noqa: T201 - the result of the command


def run_json(stages: Stages, paths: Paths, registry: Registry, trained: Trained, listed: Listed) -> dict[str, Any]:
    """What was found and where it lies; paths relative to the folder of the call."""
    folder = listed.folder
    return {
        "status": "alarm" if any(not v.holds for v in trained.verdicts if v.gate == "alarms") else "ok",
        "outputs": relative(paths.outputs),
        "tracking_uri": registry.tracking_uri(),
        "experiment": f"relapse-{trained.registered.name}",
        "run_id": trained.registered.run_id,
        "model_name": trained.registered.name,
        "model_version": trained.registered.number,
        "as_of": listed.risk_list.head.as_of,
        "list": {
            **{kind: relative(folder / f"list.{kind}") for kind in ("xlsx", "html", "csv")},
            "rows": len(listed.risk_list.rows),
        },
        "backtest": {"metrics": relative(paths.outputs / "backtest" / "metrics.csv")},
        "seconds": stages.seconds,
    }


def relative(path: Path) -> str:
    """A path as seen from the folder of the call."""
    return Path(os.path.relpath(path)).as_posix()
