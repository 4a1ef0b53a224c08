"""What a training leaves in MLflow: figures, pages and pictures of many households, never a row of one."""

from __future__ import annotations

import hashlib
import math
import re
from collections.abc import Mapping, Sequence
from functools import cache
from pathlib import Path, PurePosixPath, PureWindowsPath
from typing import Any

import pandas as pd

from relapse import __version__
from relapse.core.record import LONGEST_DESCRIPTION, Record
from relapse.core.results import Verdict
from relapse.core.texts import DASH, event_words, percent, text_or, verdict_words
from relapse.county.reports import review_tables
from relapse.county.reports.markdown import bullets, escaped, table
from relapse.county.reports.review_tables import Setting
from relapse.flows.assess import Assessment
from relapse.flows.contest import CHAMPION
from relapse.flows.drift import SCORE
from relapse.flows.version import REASONS, Version
from relapse.pipelines.common import csv_bytes
from relapse.pipelines.reviewed import SHORT_DIGEST, Reviewed, alarm_sentences, better, fair, reproduced_by, safe
from relapse.registry.aliases import NOBODY, REFUSED_BY

GAP = "&emsp;"  # MLflow shows the tables of a description without any space between their columns
_KEY = ("key_file", "key_state")
_PATHS = (PurePosixPath, PureWindowsPath)
_FIGURES = ("pr_auc", "roc_auc", "brier", "ece", "observed_expected")


def make_record(told: Reviewed, pages: Mapping[str, bytes]) -> Record:
    """What the run leaves in MLflow: figures, curves and pictures of many households, never a row of one.

    Args:
        told: the version and all that is told of it.
        pages: by name, at the top of the run's artifacts.
    """
    version, report, facts = told.version, told.report, told.version.facts
    short = {"lgbm_hazard": "lgbm", "distance_to_line": "rule"}.get(facts.model, facts.model[:6])
    drawn = told.explained.pictures
    return Record(
        facts.panel,
        f"relapse-{facts.panel}",
        f"{facts.as_of} h{max(facts.horizons)} {short} {version.digest[:4]}"[:20],
        version.digest,
        version.files(),
        tags(version, version.digest) | refused_tag(told.verdicts, bool(report.alarms)),
        params(told.resolved),
        metrics_for_log(told),
        curves_for_log(told),
        {
            **pages,
            "config/resolved.yaml": yaml_bytes(told.resolved),
            "config/environment.txt": environment(),
            **tables_for_log(told),
            **{f"shap/{name}.png": picture for name, picture in drawn.items()},
            **{f"eval/{name}.png": picture for name, picture in report.drawn[told.language].items()},
        },
        description(told),
        list(version.feature_names),
        outputs_of(version),
        REASONS,
        version.example(),
        told.say("describe.model", panel=facts.panel),
    )


def outputs_of(version: Version) -> list[str]:
    """The numbers of a forecast from feature rows."""
    return ["score", *(f"chance_{horizon}" for horizon in version.facts.horizons)]


def tables_for_log(told: Reviewed) -> dict[str, bytes]:
    """Tables of figures that may be told, by path."""
    comparisons = [told.report.assessment.comparisons]
    if told.champion_comparisons is not None:
        comparisons.append(told.champion_comparisons)
    tables = {
        "eval/metrics.csv": told.metrics,
        "eval/comparisons.csv": pd.concat(comparisons, ignore_index=True),
        "eval/slices.csv": told.further["slices"],
        "eval/gates.csv": pd.DataFrame([verdict_words(verdict, told.language) for verdict in told.verdicts]),
        "eval/drift.csv": told.drift,
    }
    return {**{path: csv_bytes(table) for path, table in tables.items()}, **told.explained.tables()}


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


def refused_tag(verdicts: Sequence[Verdict], alarmed: bool) -> dict[str, str]:
    """Which gates refuse a version, `alarms` where one was raised, in a word by which versions are told apart."""
    names = dict.fromkeys([*(one.gate for one in verdicts if not one.holds), *(["alarms"] if alarmed else [])])
    return {REFUSED_BY: ",".join(names) or NOBODY}


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


def metrics_for_log(told: Reviewed) -> dict[str, float]:
    """The figures of `figures_for_log`, differences from the champion too; those under `watch/` should be small."""
    figures = figures_for_log(told.report.assessment, told.metrics, told.main, told.rule, told.list_key)
    if told.champion_comparisons is not None:
        figures |= _differences(told.champion_comparisons, told.shown, CHAMPION, "gain_champion")
    inputs = told.inputs[told.inputs["feature"] != SCORE]
    figures["watch/drift_largest"] = float(inputs["psi"].max()) if len(inputs) else float("nan")
    figures["watch/groups_missed_more"] = float(len(told.missed.more))
    figures["watch/gates_refused"] = float(sum(not verdict.holds for verdict in told.verdicts))
    figures["watch/alarms"] = float(len(told.report.alarms))
    return {name: float(value) for name, value in figures.items() if math.isfinite(value)}


def figures_for_log(
    assessment: Assessment, metrics: pd.DataFrame, main: str, rule: str, list_key: str
) -> dict[str, float]:
    """Final figures by chart: `eval/h04_pr_auc`, the rule's under `eval_rule/`, paired differences under `gain/`.

    Horizons have two digits, so that charts and columns stand in their order; differences have the ends of their
    intervals beside them.

    Args:
        assessment: without small cells.
        metrics: rows of `metrics.csv`, without small cells, the champion's among them where there is one.
        main: name of the model.
        rule: name of the rule.
        list_key: length of the list.
    """
    wanted = [f"precision_at_{list_key}", f"recall_at_{list_key}", *_FIGURES]
    charts = {"eval_rule": rule, "eval": main, "eval_champion": CHAMPION}
    pooled = metrics[(metrics["origin"] == "all") & metrics["metric"].isin(wanted)]
    figures = {
        f"{chart}/{_short(row['horizon'])}_{row['metric']}": row["value"]
        for chart, model in charts.items()
        for row in pooled[pooled["model"] == model].to_dict("records")
    }
    for trial in assessment.trials:
        base = assessment.base_rate(trial.horizon)
        if base is not None and len(pooled):
            figures[f"eval/{_short(trial.horizon)}_base_rate"] = base
    figures |= _differences(assessment.comparisons, main, rule, "gain")
    return {name: float(value) for name, value in figures.items() if math.isfinite(value)}


def _differences(table: pd.DataFrame, model: str, against: str, chart: str) -> dict[str, float]:
    rows = table[(table["model"] == model) & (table["against"] == against) & (table["metric"] == "pr_auc")]
    return {
        f"{chart}/{_short(row['horizon'])}_pr_auc{end}": row[column]
        for row in rows.to_dict("records")
        for end, column in (("", "difference"), ("_low", "ci_low"), ("_high", "ci_high"))
    }


def curves_for_log(told: Reviewed) -> dict[str, list[tuple[int, float]]]:
    """Figures of each origin, from the first one on: a line a run where several are compared."""
    metrics, label = told.report.assessment.metrics, told.report.task.panel.calendar.label
    step = {label(result.unit.as_of): place for place, result in enumerate(told.report.results)}
    rows = metrics[(metrics["model"] == told.main) & (metrics["origin"] != "all")]
    curves: dict[str, list[tuple[int, float]]] = {}
    for row in rows[rows["metric"].isin(["pr_auc", f"precision_at_{told.list_key}"])].to_dict("records"):
        if math.isfinite(row["value"]):
            name = f"origins/{_short(row['horizon'])}_{row['metric']}"
            curves.setdefault(name, []).append((step[row["origin"]], float(row["value"])))
    return curves


def _short(horizon: int) -> str:
    return f"h{horizon:02d}"


def description(told: Reviewed) -> str:
    """What a reviewer reads first: a plain sentence, then the four questions and the figures beside them.

    MLflow keeps 5,000 characters: tables are cut where that is too few, the least important first.
    """
    for rows in (6, 4, 2):
        parts = _description(told, rows)
        if len(parts) <= LONGEST_DESCRIPTION:
            return parts
    return parts[: parts.rindex("\n\n", 0, LONGEST_DESCRIPTION)]


def _description(told: Reviewed, most: int) -> str:
    """The description with so many rows or sentences of what there may be many of."""
    facts, language = told.version.facts, told.language
    words = event_words(facts.outcome, language)
    first = {
        "panel": facts.panel,
        "as_of": facts.as_of,
        "model": text_or(f"model.{facts.model}", language, facts.model),
        "events": facts.events,
        "households": facts.households,
        "first": facts.origins[0],
        "last": facts.origins[1],
    }
    parts = [told.say("record.first_line", **first, **words)]
    if facts.simulated:
        parts.append(f"**{told.say('mark.simulated')}**")
    if facts.fallback:
        parts.append(told.say(f"fallback.{facts.fallback}", **facts.details, **words))
    parts += facts.held_where(language)
    if told.report.alarms:
        parts += [f"**{told.say('describe.alarm')}**", bullets(alarm_sentences(told))]
    parts += _headed(told, "review.better", bullets(better(told)))
    parts += [*_headed(told, "record.figures", table(*_figures(told), GAP)), GAP]
    parts += [*_headed(told, "record.gates", gate_table(told.verdicts, told.setting)), GAP]
    parts += _headed(told, "describe.missed", bullets(fair(told, most)))
    parts += _headed(told, "describe.drivers", escaped(drivers(told, most)))
    parts += _headed(
        told, "review.safe", bullets([*([] if told.report.alarms else alarm_sentences(told)), *safe(told)])
    )
    if told.beside is not None and told.beside.changed:
        parts.append(escaped(changes(told, most)))
    lineage = {"digest": told.version.digest[:SHORT_DIGEST], "data_digest": facts.data_digest[:SHORT_DIGEST]}
    lineage["relapse"] = facts.relapse
    parts += [told.say("record.lineage", **lineage), f"{told.say('describe.again')}\n`{reproduced_by(told.version)}`"]
    return "\n\n".join([*parts, told.say("describe.page")])


def _headed(told: Reviewed, key: str, content: str) -> list[str]:
    return [f"**{told.say(key)}**", content]


def drivers(told: Reviewed, most: int) -> str:
    """The causes that push most, with their shares."""
    groups = told.explained.groups
    total = float(groups.sum()) or 1.0
    return told.say("sensitive.joint").join(
        told.say(
            "describe.driver", group=text_or(f"group.{group}", told.language, str(group)), share=percent(size / total)
        )
        for group, size in groups.head(most + 2).items()
        if size > 0
    )


def changes(told: Reviewed, most: int) -> str:
    """What is set differently from the champion."""
    assert told.beside is not None
    changed = told.beside.changed
    named = told.say("sensitive.joint").join(
        f"{one.setting} {one.before or DASH} → {one.now or DASH}" for one in changed[:most]
    )
    return told.say(
        "describe.changed",
        number=told.beside.champion.number,
        count=len(changed),
        settings=f"{named}…" if len(changed) > most else named,
    )


def _figures(told: Reviewed) -> tuple[list[str], list[list[str]]]:
    """Heads and rows of the figures in the language of the page; the base rate stands beside the horizon."""
    assessment, base = told.report.assessment, {}
    for trial in assessment.trials:
        base[trial.horizon] = assessment.base_rate(trial.horizon)
    found = review_tables.list_figures(told.metrics, told.models, base, told.setting)
    order = review_tables.order_figures(told.metrics, told.models, told.setting)
    heads = [*found.heads, *order.heads[2:4]]
    return heads, [[*one, *other[2:4]] for one, other in zip(found.rows, order.rows, strict=True)]


def gate_table(verdicts: Sequence[Verdict], setting: Setting) -> str:
    """What each gate says, as a table in Markdown; why one refuses is on the page."""
    rows = review_tables.gate_rows(verdicts, setting)
    return table(rows.heads[:4], [row[:4] for row in rows.rows], GAP)


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
