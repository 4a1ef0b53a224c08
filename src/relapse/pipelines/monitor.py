"""`relapse monitor`: whether a version may go on, what past lists came to, what moved, and which tables are late."""

from __future__ import annotations

import json
from collections.abc import Mapping
from contextlib import ExitStack
from dataclasses import replace
from typing import Any

from relapse.core.errors import RelapseError
from relapse.core.panel import Panel
from relapse.core.parts import Numbered
from relapse.core.protocols import Data, Registry
from relapse.core.recipe import Horizons, PeriodText
from relapse.core.results import Language
from relapse.core.verdict_words import leading_reasons
from relapse.county.reports import monitor_html
from relapse.evaluation.evaluate import Evaluation
from relapse.flows.listing import Origin
from relapse.flows.look import name_of_parts
from relapse.flows.past_lists import what_came
from relapse.flows.version import Version
from relapse.flows.watch import Rules, Watched, watch_version
from relapse.monitors.feeds import parts_bearing_late_incomes
from relapse.monitors.first_figures import drift, told_hits
from relapse.monitors.marks import Marks
from relapse.monitors.verdict import Thresholds
from relapse.monitors.watch import Watch
from relapse.outputs import Paths, locked, write_all
from relapse.pipelines.common import WAIT_SECONDS, chosen_period, say
from relapse.pipelines.issued import Issued, issued_lists
from relapse.pipelines.parts import opened_parts
from relapse.pipelines.score import open_version
from relapse.pipelines.verdicts import keep_verdict, tags_of
from relapse.pipelines.watch_record import watch_study
from relapse.terminal import Stages, closing_table


def monitor(
    data: Data,
    registry: Registry,
    version: PeriodText,
    monitored: Horizons,
    evaluation: Evaluation,
    watch: Watch,
    verdict: Thresholds,
    marks: Marks,
    paths: Paths,
    as_of: PeriodText | None,
    language: Language,
    allow_targets: list[str],
) -> None:
    """Watch a version: results against what it said, drift of inputs and scores, late tables, hits of past lists.

    What it said in each month since it was made is held against what came since, by the labels that are known at the
    as_of; where a window is only partly closed, against what was expected so far. The verdict (keep, watch,
    recalibrate, retrain, stop) belongs to this version of this county, and stop makes `score` refuse. Lists are those
    in lists/NAME/ of the outputs, the newest edition of each month. Nothing that became known after as_of counts.

    Writes monitor/PERIOD/: figures.json, report.html; a run in MLflow where the version stands in a registry; and the
    verdict in paths.state.

    Examples:
        relapse monitor
        relapse monitor as_of=2024-06 monitored=[1,3,6,12]
        relapse monitor version=outputs/train/model verdict.least_events=50
    """
    stages = Stages()
    with locked(paths.outputs, WAIT_SECONDS, say), ExitStack() as stack:
        opened, origin = open_version(registry, data.panel_name, version, allow_targets)
        with stages.stage("read") as stage:
            parts = stack.enter_context(opened_parts(data, opened.line(allow_targets), paths))
            head = parts.part(0)
            period = chosen_period(head, as_of)
            parts = parts_bearing_late_incomes(parts, period)
            stage.say(panel=head.name, parts=len(parts), as_of=head.calendar.label(period))
        rules = Rules(watch, replace(evaluation, lists=[data.list_length]), verdict, marks, tuple(allow_targets))
        watched = watch_stage(stages, parts, period, opened, monitored, rules, paths)
        figures, made = monitor_stage(stages, parts, period, opened, monitored, watched, paths, language)
        log_stage(stages, registry, parts, opened, origin, watched, figures, made, rules, language)
    rows = [[feed["title"], feed["newest"], str(feed["late"])] for feed in figures["feeds"] if feed["late"]]
    report = paths.outputs / "monitor" / figures["as_of"] / "report.html"
    closing_table("Late tables", ["table", "newest", "months late"], rows, [("report", str(report))])
    say(f"{watched.verdict.name}: {leading_reasons(watched.verdict.told(), 'en')}")


def watch_stage(
    stages: Stages,
    parts: Numbered,
    period: int,
    version: Version,
    horizons: tuple[int, ...],
    rules: Rules,
    paths: Paths,
) -> Watched:
    """Watch the version, and keep the verdict for the lists to come."""
    with stages.stage("watch") as stage:
        panel = parts.part(0)
        parse = panel.calendar.parse
        lists = {parse(each.as_of): each.rows() for each in _lists(panel, period, paths)}
        watched = watch_version(parts, version, lists, period, horizons, rules)
        keep_verdict(paths.state, panel.name, version.digest, panel.calendar.label(period), watched.verdict)
        stage.say(months=len(watched.told["months"]), verdict=watched.verdict.name)
    return watched


def monitor_stage(
    stages: Stages,
    parts: Numbered,
    period: int,
    version: Version,
    horizons: tuple[int, ...],
    watched: Watched,
    paths: Paths,
    language: Language,
) -> tuple[Mapping[str, Any], dict[str, bytes]]:
    """Work out what past lists came to and write all figures; gives the figures and the files made of them."""
    with stages.stage("monitor") as stage:
        issued = _lists(parts.part(0), period, paths)
        figures = figures_of(parts, period, version, horizons, issued, watched)
        made = monitor_files(figures, language)
        write_all(paths.outputs / "monitor" / figures["as_of"], made)
        stage.say(lists=len(figures["lists"]), late=sum(feed["late"] > 0 for feed in figures["feeds"]))
    return figures, made


def log_stage(
    stages: Stages,
    registry: Registry,
    parts: Numbered,
    version: Version,
    origin: Origin,
    watched: Watched,
    figures: Mapping[str, Any],
    made: Mapping[str, bytes],
    rules: Rules,
    language: Language,
) -> None:
    """A run of its own in the county's experiment, and the verdict on the version; nothing of an exported folder.

    The page and the verdict are out already: a store that fails is told and does not spoil the month.
    """
    if not origin.number:
        return
    with stages.stage("log") as stage:
        try:
            panel = parts.part(0)
            study = watch_study(panel, version, watched, figures, rules, made, language)
            registry.log_study(study, {str(name) for _, part in parts.parts() for name in part.household_ids})
            registry.tag(panel.name, origin.number, tags_of(str(figures["as_of"]), watched.verdict))
            stage.say(run=study.whole.name)
        except RelapseError as error:
            stage.say(run="none")
            say(f"the registry kept nothing of it: {error}")


def _lists(panel: Panel, period: int, paths: Paths) -> list[Issued]:
    folder = paths.outputs / "lists" / panel.name
    return [each for each in issued_lists(folder) if panel.calendar.parse(each.as_of) <= period]


def figures_of(
    parts: Numbered,
    period: int,
    version: Version,
    horizons: tuple[int, ...],
    issued: list[Issued],
    watched: Watched,
) -> dict[str, Any]:
    """All that a monitor tells of a month, as it stands in figures.json; no household and no small count."""
    panel = parts.part(0)
    label, parse = panel.calendar.label, panel.calendar.parse
    asked = tuple(horizon for horizon in horizons if horizon <= max(version.facts.leads))
    came = what_came(parts, version, {parse(each.as_of): each.rows() for each in issued}, period, asked)
    return {
        "panel": panel.name,
        "place": name_of_parts(parts, period) or panel.name,
        "as_of": label(period),
        "simulated": panel.simulated,
        "outcome": version.facts.outcome,
        "version_digest": version.digest,
        "horizons": list(asked),
        "watch": watched.told,
        "lists": [{"as_of": each.as_of, "edition": each.edition, "listed": each.manifest["listed"]} for each in issued],
        "hits": told_hits(came),
        "drift": drift([each.manifest for each in issued]),
        "feeds": [feed.told() for feed in watched.feeds],
    }


def monitor_files(figures: Mapping[str, Any], language: Language) -> dict[str, bytes]:
    """The page, and the figures last."""
    return {
        "report.html": monitor_html.render(figures, language),
        "figures.json": (json.dumps(figures, indent=1, ensure_ascii=False) + "\n").encode(),
    }
