"""What a training leaves in MLflow: figures, pages and pictures of many households, never a row of one."""

from __future__ import annotations

import hashlib
import re
from collections.abc import Mapping, Sequence
from dataclasses import replace
from functools import cache
from pathlib import Path, PurePosixPath, PureWindowsPath
from typing import Any

import pandas as pd

from relapse import __version__
from relapse.core.record import Record
from relapse.core.results import Language, Verdict
from relapse.core.texts import event_words, periods, text, text_or
from relapse.county.reports import backtest_html
from relapse.evaluation.evaluate import Evaluation
from relapse.flows.assess import Assessment, verdict_sentences
from relapse.flows.version import REASONS, Version
from relapse.pipelines.backtest import Backtest, backtest_page, main_model
from relapse.pipelines.common import csv_bytes, result_rows

_KEY = ("key_file", "key_state")
_PATHS = (PurePosixPath, PureWindowsPath)


def make_record(
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
        list(version.feature_names),
        outputs_of(version),
        REASONS,
        version.example(),
    )


def outputs_of(version: Version) -> list[str]:
    """The numbers of a forecast from feature rows."""
    return ["score", *(f"chance_{horizon}" for horizon in version.facts.horizons)]


def tags(version: Version, digest: str) -> dict[str, str]:
    """What runs and versions can be filtered by."""
    facts = version.facts
    return {
        "as_of": facts.as_of,
        "horizons": ",".join(map(str, facts.horizons)),
        "outcome": facts.outcome,
        "label": facts.kind,
        "model": facts.model,
        "model_share": f"{facts.share:g}",
        "fallback": facts.fallback or "none",
        "county": facts.panel,
        "data_digest": facts.data_digest,
        "digest": digest,
        "relapse_version": facts.relapse,
        "code": code_digest(),
        "simulated": str(facts.simulated).lower(),
        "stage": "train",
        "seed": str(facts.seed),
        "sensitive": ",".join(facts.sensitive) or "none",
    }


def params(resolved: Mapping[str, Any]) -> dict[str, str]:
    """The settings that charts are compared by: those of the model, the split and the calibration, flattened."""
    flat: dict[str, str] = {}
    for group in ("model", "split", "calibration", "label", "line"):
        flat |= _flat(group, resolved.get(group))
    return dict(list(flat.items())[:60])


def _flat(path: str, node: Any) -> dict[str, str]:
    if isinstance(node, Mapping):
        return {
            key: value
            for name, inner in node.items()
            for key, value in _flat(f"{path}.{name}".replace("._target_", ""), inner).items()
        }
    return {path: str(node)[:500]}


def metrics_for_log(assessment: Assessment, main: str, rule: str, list_key: str) -> dict[str, float]:
    """Final figures by chart: `eval/h4_pr_auc`, the rule's under `eval_rule/`."""
    figures = {}
    for trial in assessment.trials:
        for chart, name in (("eval", main), ("eval_rule", rule)):
            for metric in (
                f"precision_at_{list_key}",
                f"recall_at_{list_key}",
                "pr_auc",
                "roc_auc",
                "brier",
                "ece",
                "observed_expected",
            ):
                found = assessment.figure(name, trial.horizon, metric)
                if found is not None:
                    figures[f"{chart}/h{trial.horizon}_{metric}"] = found[0]
        base = assessment.base_rate(trial.horizon)
        if base is not None:
            figures[f"eval/h{trial.horizon}_base_rate"] = base
    return figures


def description(
    version: Version,
    report: Backtest,
    verdicts: Sequence[Verdict],
    main: str,
    rule: str,
    list_key: str,
    language: Language,
) -> str:
    """What a reviewer reads first: a plain sentence, then the figures beside the rule's, then the gates."""
    facts = version.facts
    assessment = report.assessment
    told = {
        "panel": facts.panel,
        "as_of": facts.as_of,
        "model": text_or(f"model.{facts.model}", language, facts.model),
        "events": facts.events,
        "households": facts.households,
        "first": facts.origins[0],
        "last": facts.origins[1],
    }
    parts = [text("record.first_line", language, **told, **event_words(facts.outcome, language))]
    if facts.simulated:
        parts.append(f"**{text('mark.simulated', language)}**")
    if facts.fallback:
        words = event_words(facts.outcome, language)
        parts.append(text(f"fallback.{facts.fallback}", language, **facts.details, **words))
    parts += verdict_sentences(assessment, main, rule, facts.frequency, language)
    parts += sensitive_sentences(version, language)
    parts.append(f"**{text('record.figures', language)}**")
    parts.append(
        _markdown(*_figures(assessment, list_key, list(dict.fromkeys([rule, main])), facts.frequency, language))
    )
    parts += [f"**{text('record.gates', language)}**", gate_table(verdicts, language)]
    parts.append(
        text("record.lineage", language, digest=version.digest, data_digest=facts.data_digest, relapse=facts.relapse)
    )
    return "\n\n".join(parts)


def gate_table(verdicts: Sequence[Verdict], language: Language) -> str:
    """What each gate says, as a table in Markdown."""
    rows = [
        [
            text_or(f"gate.{verdict.gate}", language, verdict.gate),
            "✓" if verdict.holds else "✗",
            verdict.figure,
            verdict.threshold,
        ]
        for verdict in verdicts
    ]
    return _markdown([text(f"record.{key}", language) for key in ("gate", "holds", "figure", "threshold")], rows)


def sensitive_sentences(version: Version, language: Language) -> list[str]:
    """Which groups of sensitive data the version's features tell of, and which were switched off; none: no word."""
    closed = () if version.sensitive is None else version.sensitive.closed

    def named(groups: Sequence[str]) -> str:
        return text("sensitive.joint", language).join(text(f"sensitive.{group}", language) for group in groups)

    told = {"record.sensitive": version.facts.sensitive, "record.sensitive_off": closed}
    return [text(key, language, groups=named(groups)) for key, groups in told.items() if groups]


def _figures(
    assessment: Assessment, list_key: str, models: Sequence[str], frequency: str, language: Language
) -> tuple[list[str], list[list[str]]]:
    """Heads and rows of the figures in the language of the page."""
    listed = re.sub("pct$", "%", list_key)
    heads = [text("backtest.model", language), text("backtest.horizon", language)]
    heads += [f"{text(f'metric.{metric}', language)} ({listed})" for metric in ("precision", "recall", "attainable")]
    heads += [text(f"metric.{metric}", language) for metric in ("pr_auc", "roc_auc")]
    rows = result_rows(assessment, list_key, models)[1]
    return heads, [
        [text_or(f"model.{row[0]}", language, row[0]), periods(int(row[1]), frequency, language), *row[2:]]
        for row in rows
    ]


def _markdown(heads: Sequence[str], rows: Sequence[Sequence[str]]) -> str:
    lines = ["| " + " | ".join(heads) + " |", "|" + " --- |" * len(heads)]
    return "\n".join([*lines, *("| " + " | ".join(row) + " |" for row in rows)])


def yaml_bytes(resolved: Mapping[str, Any]) -> bytes:
    """The whole config as YAML; folders of this machine by their last names alone, and not where a key lies."""
    from omegaconf import OmegaConf

    kept = {key: _placeless(value) for key, value in resolved.items() if key not in ("paths", "tracking")}
    return OmegaConf.to_yaml(OmegaConf.create(kept)).encode()


def _placeless(node: Any) -> Any:
    """A part of a config without the places of this machine."""
    if isinstance(node, Mapping):
        return {key: "***" if key in _KEY and inner else _placeless(inner) for key, inner in node.items()}
    if isinstance(node, list | tuple):
        return [_placeless(inner) for inner in node]
    if not isinstance(node, str) or not (node.startswith("~/") or any(kind(node).is_absolute() for kind in _PATHS)):
        return node
    return re.split(r"[/\\]", node.rstrip("/\\"))[-1] or node


@cache
def code_digest() -> str:
    """SHA-256 over the package's own source files: which code made a version, whatever its version number says."""
    root, summed = Path(__file__).parents[1], hashlib.sha256()
    for path in sorted(root.rglob("*.py")):
        summed.update(f"{path.relative_to(root).as_posix()}\0".encode())
        summed.update(path.read_bytes())
    return summed.hexdigest()


def environment() -> bytes:
    """Exact versions of Python and of every installed distribution that the package needs."""
    import platform
    from importlib.metadata import PackageNotFoundError, requires, version

    names = sorted(
        {re.split(r"[^\w.-]", need)[0] for need in requires("relapse-forecast") or []} - {"relapse-forecast"}
    )
    lines = [f"python {platform.python_version()}", f"relapse-forecast {__version__}"]
    for name in names:
        try:
            lines.append(f"{name} {version(name)}")
        except PackageNotFoundError:
            continue  # an extra that is not installed here
    return ("\n".join(lines) + "\n").encode()
