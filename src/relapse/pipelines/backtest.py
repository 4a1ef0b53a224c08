"""`relapse backtest`: every model and baseline at rolling origins, on the same households with the same labels."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from itertools import chain
from pathlib import Path
from typing import Literal

import pandas as pd
import pyarrow as pa

from relapse.core.errors import InputError
from relapse.core.panel import Line
from relapse.core.protocols import Auditor, Data
from relapse.core.recipe import Horizons, Periods, Seed
from relapse.core.results import Finding, Language
from relapse.core.sensitive import Sensitive
from relapse.core.texts import TEXTS, event_words, in_words, text, text_or
from relapse.core.worded import Worded
from relapse.county.reports import backtest_html
from relapse.county.reports.backtest_html import BacktestPage
from relapse.county.risk_list.build import ListSettings
from relapse.evaluation.alarms import Honesty
from relapse.evaluation.evaluate import Evaluation
from relapse.flows.assess import Assessment, assess, line_sentences, verdict_sentences
from relapse.flows.backtest import (
    OriginResult,
    backtest_origins,
    fitted_for,
    make_kind_trials,
    make_trials,
    not_applicable,
    predictions,
    require_alike,
    test_origins,
    usable_origins,
)
from relapse.flows.fit import TOO_FEW_TO_CHECK, Calibration, HazardModel
from relapse.flows.honesty import raised_alarms, same_households
from relapse.flows.listed_before import memory
from relapse.flows.look import county_name
from relapse.flows.rows import FeatureBlock, Task, make_task
from relapse.outcome.label.labels import BELOW_LINE, Outcome
from relapse.outcome.split import RollingOrigin
from relapse.outputs import Paths, locked, write_all
from relapse.pipelines.common import WAIT_SECONDS, chosen_origins, csv_bytes, open_panel, say, show_results
from relapse.pipelines.drawings import decision_picture, pictures
from relapse.pipelines.further import (
    further_tables,
    held_out_sentences,
    held_out_stage,
    page_tables,
    setting_sentences,
)
from relapse.terminal import Stages


@dataclass(frozen=True, eq=False)
class Backtest:
    """A finished backtest.

    Args:
        task: what was forecast.
        results: one an origin.
        assessment: figures and differences from the rule.
        alarms: what speaks against it.
        rule: name of the plain rule.
        kinds: figures of each kind of entry, of the rule and the main model; None where there is one kind.
        lacks: by model that is not applicable to the panel, the features that it lacks.
        held_out: what models lose in places of which they learned nothing; None where none were held out.
        same: households that are one under two ids.
        taught: the same on another panel, from which the models learned; None where they learned from the task's own.
        drawn: its pictures by language once they were drawn: the page and the record show the same.
        told: tables of `further_tables` once they were made: the page, the files and the record tell the same.
    """

    task: Task
    results: Sequence[OriginResult]
    assessment: Assessment
    alarms: tuple[Worded, ...]
    rule: str
    lacks: Mapping[str, tuple[str, ...]]
    same: pd.DataFrame
    kinds: Assessment | None = None
    held_out: pd.DataFrame | None = None
    taught: Task | None = None
    drawn: dict[Language, dict[str, bytes]] = field(default_factory=dict)
    told: dict[str, pd.DataFrame] = field(default_factory=dict)

    def further(self, evaluation: Evaluation, main: str, list_key: str) -> Mapping[str, pd.DataFrame]:
        """Slices, choices over time and net benefit, by the name of their file; made once."""
        if not self.told:
            shown = told_by_kind(self.rule, main)
            trials = self.assessment.trials
            self.told.update(further_tables(self.task, self.results, trials, evaluation, shown, list_key))
        return self.told

    def table(self, name: Literal["metrics", "comparisons"]) -> pd.DataFrame:
        """One of the tables, with the kinds' rows behind those of any entry."""
        parts = [self.assessment, *([] if self.kinds is None else [self.kinds])]
        tables: list[pd.DataFrame] = [getattr(part, name) for part in parts]
        return pd.concat(tables, ignore_index=True)

    def main(self, models: Iterable[str]) -> str:
        """The model that the report is about: the last one named that is applicable and not the rule."""
        return main_model([name for name in models if name not in self.lacks], self.rule)


def backtest(
    data: Data,
    line: Line,
    label: Outcome,
    features: Mapping[str, FeatureBlock],
    split: RollingOrigin,
    models: Mapping[str, HazardModel],
    rule: HazardModel,
    calibration: Calibration,
    evaluation: Evaluation,
    alarm: Honesty,
    audits: Auditor,
    sensitive: Sensitive,
    risk_list: ListSettings,
    paths: Paths,
    seed: Seed,
    horizons: Horizons | None,
    origins: Periods | None,
    language: Language,
    trained_on: Data | None,
) -> None:
    """Hold models and plain rules against what happened, at rolling origins.

    Every model sees only what was known at each origin, and is asked about the same households with the same labels.

    Writes backtest/metrics.csv, comparisons.csv, slices.csv, selection.csv, decision_curve.csv, predictions.parquet and
    report.html; and held_out.csv where split.hold_out=village or township.

    Examples:
        relapse backtest
        relapse backtest models=[distance_to_line,lgbm_hazard] horizons=[1,2]
        relapse backtest split.hold_out=village models=[lgbm_hazard]
        relapse backtest data=mountain_2020 data@trained_on=yi_2020
        relapse backtest data=panel data.path=FILE data.columns.household_id=hhid data.columns.period=wave \
            data.columns.income=income_pc data.frequency=annual line=relative line.fraction=0.6 horizons=[1,2]
    """
    if not models:
        raise InputError("models=[] names no model; write models=[NAME,…]")
    stages = Stages()
    with locked(paths.outputs, WAIT_SECONDS, say):
        task, _ = read_stage(stages, data, line, label, features, split, audits, sensitive, horizons, seed)
        taught = None
        if trained_on is not None:
            settings = (line, label, features, split, audits, sensitive)
            taught, _ = read_stage(stages, trained_on, *settings, task.horizons, seed)
        list_key = risk_list.key(data.list_length)
        report = backtest_stage(stages, task, models, rule, calibration, evaluation, alarm, origins, list_key, taught)
        write_stage(stages, report, models, rule, evaluation, risk_list.key(data.list_length), paths.outputs, language)
    close(report, risk_list.key(data.list_length), list(models), paths.outputs)


def read_stage(
    stages: Stages,
    data: Data,
    line: Line,
    label: Outcome,
    features: Mapping[str, FeatureBlock],
    split: RollingOrigin,
    audits: Auditor,
    sensitive: Sensitive,
    horizons: Sequence[int] | None,
    seed: int,
) -> tuple[Task, tuple[Finding, ...]]:
    """Read the panel and say what is in it, and what is odd about its files; a simulated county is made first."""
    if data.simulated:
        with stages.stage("simulate") as stage:
            stage.say(county=data.panel_name, written=data.prepare())
    with stages.stage("read") as stage:
        panel, findings = open_panel(data, line)
        asked = horizons or data.default_horizons
        task = make_task(panel, label, features, split, asked, seed, audits, sensitive)
        name = panel.calendar.label
        stage.say(
            panel=panel.name,
            rows=len(panel.household),
            households=len(panel.household_ids),
            periods=f"{name(panel.first)}..{name(panel.last)}",
            outcome=task.outcome.outcome,
            label=task.kind,
        )
    return task, findings


def backtest_stage(
    stages: Stages,
    task: Task,
    models: Mapping[str, HazardModel],
    rule: HazardModel,
    calibration: Calibration,
    evaluation: Evaluation,
    alarm: Honesty,
    origins: Sequence[str] | None,
    list_key: str,
    taught: Task | None = None,
) -> Backtest:
    """Fit and ask every model at every origin, then measure; `taught` is another panel from which they learn."""
    if taught is not None:
        require_alike(task, taught)
        if task.split.hold_out:
            raise InputError("split.hold_out= and data@trained_on= exclude each other: another panel is held out whole")
    with stages.stage("backtest") as stage:
        asked = chosen_origins(task.panel, origins)
        tested = usable_origins(task, rule, calibration, backtest_origins(task, asked), taught)
        others = {name: model for name, model in models.items() if name != rule.name}
        lacks = not_applicable(task, others, tested[-1])
        if taught is not None:
            lacks = not_applicable(taught, others, fitted_for(task, taught, tested[-1])) | lacks
        applied = {name: model for name, model in models.items() if name not in lacks}
        everyone = {**applied, rule.name: applied.get(rule.name, rule)}
        between = memory(task.panel, evaluation) if evaluation.lists_between else 0
        results = list(stage.track(tested, test_origins(task, everyone, rule, calibration, tested, between, taught)))
        rows = sum(len(result.unit.members) for result in results)
        stage.say(origins=len(tested), models=len(everyone), households_at_risk=rows)
    with stages.stage("measure") as stage:
        trials = [trial for trial in make_trials(task, results) if len(trial.observed)]
        wanted = evaluation.with_list(list_key)
        main = main_model(list(applied), rule.name)
        assessment = assess(task, trials, wanted, rule.name, main)
        by_kind = make_kind_trials(task, results, told_by_kind(rule.name, main))
        kinds = assess(task, by_kind, wanted, rule.name, main) if by_kind else None
        stage.say(events=" ".join(f"h{trial.horizon}:{int(trial.observed.sum())}" for trial in trials))
    held_out = held_out_stage(stages, task, everyone, rule, calibration, wanted, results)
    with stages.stage("alarms") as stage:
        same = same_households(task, alarm)
        alarms = raised_alarms(task, results, assessment, alarm, rule.name, main, everyone, same, held_out)
        stage.say(raised=len(alarms))
    for raised in alarms:
        say(f"warning: {in_words(raised, 'en')}")
    return Backtest(task, results, assessment, alarms, rule.name, lacks, same, kinds, held_out, taught)


def write_stage(
    stages: Stages,
    report: Backtest,
    models: Mapping[str, HazardModel],
    rule: HazardModel,
    evaluation: Evaluation,
    list_key: str,
    outputs: Path,
    language: Language,
) -> None:
    """Leave the figures, the forecasts and the page."""
    with stages.stage("write"):
        task, assessment = report.task, report.assessment
        main = report.main(models)
        shown = told_by_kind(rule.name, main)
        tables = report.further(evaluation, main, list_key)
        page = backtest_page(report, main, rule.name, evaluation, list_key, language)
        page = replace(
            page,
            further=page_tables(tables, task, assessment.metrics, evaluation, main, list_key, language),
            pictures={**page.pictures, **decision_picture(tables["decision_curve"], shown, language)},
        )
        files = {
            "metrics.csv": csv_bytes(report.table("metrics")),
            "comparisons.csv": csv_bytes(report.table("comparisons")),
            **{f"{name}.csv": csv_bytes(table) for name, table in tables.items()},
            "same_households.csv": csv_bytes(report.same),
            "predictions.parquet": parquet_bytes(predictions(task, report.results, shown)),
            "report.html": backtest_html.render(page),
        }
        if report.held_out is not None:
            files["held_out.csv"] = csv_bytes(report.held_out)
        write_all(outputs / "backtest", files)


def told_by_kind(rule: str, main: str) -> list[str]:
    """The models whose chances of each kind are told: the rule and the one that the report is about."""
    return list(dict.fromkeys([rule, main]))


def main_model(models: Sequence[str], rule: str) -> str:
    """The model that the report is about: the last one named that is not the rule."""
    others = [name for name in models if name != rule]
    return others[-1] if others else rule


def backtest_page(
    report: Backtest, main: str, rule: str, evaluation: Evaluation, list_key: str, language: Language
) -> BacktestPage:
    """What the page of a backtest tells."""
    task, assessment = report.task, report.assessment
    label = task.panel.calendar.label
    sentences = [*verdict_sentences(assessment, main, rule, task.panel.calendar.frequency, language)]
    sentences += setting_sentences(task, report.taught, language)
    sentences += held_out_sentences(report.held_out, main, task.panel.calendar.frequency, language)
    sentences += line_sentences(task, report.results, assessment.trials, language)
    sentences += stand_ins(report, main, language)
    sentences += not_applied(report, language)
    if language not in report.drawn:
        compared = [rule, main] if main != rule else [rule]
        report.drawn[language] = pictures(task, assessment, compared, evaluation, language)
    return BacktestPage(
        county_name(task.panel, task.panel.latest) or task.panel.name,
        task.panel.calendar.frequency,
        label_key(task),
        tuple(trial.horizon for trial in assessment.trials),
        tuple(label(result.unit.as_of) for result in report.results),
        assessment.metrics,
        shown_comparisons(assessment, main, list_key),
        list_key,
        report.drawn[language],
        tuple(sentences),
        tuple(each.sentence(language) for each in task.panel.assumed),
        task.panel.simulated,
        language,
        task.panel.money,
        tuple(report.lacks),
    )


def label_key(task: Task) -> str:
    """The wording of what a label counts: a fall's by its kind, else the outcome's own where it has one."""
    if task.outcome.outcome == BELOW_LINE:
        return f"label.{task.kind}"
    own = f"label.{task.outcome.outcome}"
    return own if own in TEXTS else "label.recognition"


def shown_comparisons(assessment: Assessment, main: str, list_key: str) -> pd.DataFrame:
    """The differences that the page shows: of the model it is about, in ranking, level and at the list's length."""
    table = assessment.comparisons
    wanted = ["pr_auc", "roc_auc", "brier_skill", f"precision_at_{list_key}"]
    return table[(table["model"] == main) & table["metric"].isin(wanted)].reset_index(drop=True)


def stand_ins(report: Backtest, main: str, language: Language) -> list[str]:
    """At which origins the rule stood in for the model and why, and at which both were compared in other villages."""
    label = report.task.panel.calendar.label
    words = event_words(report.task.outcome.outcome, language)
    told: dict[str, list[str]] = {}
    for result in report.results:
        evidence = result.evidence[main]
        sentences = (
            [text(f"fallback.{evidence.reason}", language, **evidence.details, **words)] if evidence.reason else []
        )
        if evidence.places and evidence.reason != TOO_FEW_TO_CHECK:
            sentences.append(text("held.places", language))
        for sentence in sentences:
            told.setdefault(sentence, []).append(label(result.unit.as_of))
    return [
        text("fallback.at", language, origins=", ".join(where), sentence=sentence) for sentence, where in told.items()
    ]


def not_applied(report: Backtest, language: Language) -> list[str]:
    """Which models could not be asked on this panel, and what they lack, a sentence each."""
    return [
        text(
            "backtest.not_applicable",
            language,
            model=text_or(f"model.{name}", language, name),
            lacks=text_or(f"model_lacks.{name}", language, ", ".join(missing)),
        )
        for name, missing in report.lacks.items()
    ]


def parquet_bytes(tables: Iterator[pa.Table]) -> bytes:
    """Tables of one schema as Parquet, numbers at full precision; texts that were dictionaries are read as texts."""
    import io

    import pyarrow.parquet as pq

    buffer, first = io.BytesIO(), next(tables)
    with pq.ParquetWriter(buffer, first.schema, compression="zstd", store_schema=False) as writer:
        for table in chain([first], tables):
            writer.write_table(table)
    return buffer.getvalue()


def close(report: Backtest, list_key: str, models: Sequence[str], outputs: Path) -> None:
    """The closing table."""
    panel, main = report.task.panel, report.main(models)
    told = [*verdict_sentences(report.assessment, main, report.rule, panel.calendar.frequency, "en")]
    told += setting_sentences(report.task, report.taught, "en")
    told += held_out_sentences(report.held_out, main, panel.calendar.frequency, "en")
    told += line_sentences(report.task, report.results, report.assessment.trials, "en")
    told += not_applied(report, "en")
    places = [("figures", str(outputs / "backtest")), ("report", str(outputs / "backtest" / "report.html"))]
    show_results(f"Backtest of {panel.name}", report.assessment, list_key, models, places, told, report.lacks)
