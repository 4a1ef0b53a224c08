"""`relapse monitor`: what past lists came to, whether the chances moved, and which tables are late."""

from __future__ import annotations

import json
from collections.abc import Mapping
from pathlib import Path
from typing import Any

from relapse.core.panel import Panel
from relapse.core.protocols import Data, Registry
from relapse.core.recipe import Horizons, PeriodText
from relapse.core.results import Language
from relapse.county.reports import monitor_html
from relapse.flows.listing import county_name
from relapse.flows.past_lists import what_came
from relapse.flows.version import Version
from relapse.monitors.feeds import bearing_late_incomes, feeds_of
from relapse.monitors.first_figures import drift, told_hits
from relapse.outputs import Paths, locked, write_all
from relapse.pipelines.common import WAIT_SECONDS, chosen_period, say
from relapse.pipelines.issued import issued_lists
from relapse.pipelines.score import open_version
from relapse.terminal import Stages, closing_table


def monitor(
    data: Data,
    registry: Registry,
    version: PeriodText,
    monitored: Horizons,
    paths: Paths,
    as_of: PeriodText | None,
    language: Language,
    allow_targets: list[str],
) -> None:
    """Hold past lists against what was recognised since, the last two lists against each other, and find late tables.

    Lists are those in lists/NAME/ of the outputs, the newest edition of each month; what became known after as_of
    does not count.

    Writes monitor/PERIOD/: figures.json, report.html.

    Examples:
        relapse monitor
        relapse monitor as_of=2024-06 monitored=[1,3,6,12]
    """
    stages = Stages()
    with locked(paths.outputs, WAIT_SECONDS, say):
        opened, _ = open_version(registry, data.panel_name, version, allow_targets)
        with stages.stage("read") as stage:
            panel = data.read(opened.line(allow_targets))
            period = chosen_period(panel, as_of)
            panel = bearing_late_incomes(panel, period)
            stage.say(panel=panel.name, as_of=panel.calendar.label(period))
        folder, figures = monitor_stage(stages, panel, period, opened, monitored, paths, language)
    rows = [[feed["title"], feed["newest"], str(feed["late"])] for feed in figures["feeds"] if feed["late"]]
    closing_table("Late tables", ["table", "newest", "months late"], rows, [("report", str(folder / "report.html"))])


def monitor_stage(
    stages: Stages,
    panel: Panel,
    period: int,
    version: Version,
    horizons: tuple[int, ...],
    paths: Paths,
    language: Language,
) -> tuple[Path, Mapping[str, Any]]:
    """Work the figures out and write them; gives the folder and the figures."""
    with stages.stage("monitor") as stage:
        figures = figures_of(panel, period, version, horizons, paths.outputs / "lists" / panel.name)
        folder = paths.outputs / "monitor" / str(figures["as_of"])
        write_all(folder, monitor_files(figures, language))
        stage.say(lists=len(figures["lists"]), late=sum(feed["late"] > 0 for feed in figures["feeds"]))
    return folder, figures


def figures_of(panel: Panel, period: int, version: Version, horizons: tuple[int, ...], folder: Path) -> dict[str, Any]:
    """All that a monitor tells of a month, as it stands in figures.json; no household and no small count."""
    label, parse = panel.calendar.label, panel.calendar.parse
    issued = [each for each in issued_lists(folder) if parse(each.as_of) <= period]
    asked = tuple(horizon for horizon in horizons if horizon <= max(version.facts.leads))
    came = what_came(panel, version, {parse(each.as_of): each.rows() for each in issued}, period, asked)
    return {
        "panel": panel.name,
        "place": county_name(panel, period) or panel.name,
        "as_of": label(period),
        "simulated": panel.simulated,
        "outcome": version.facts.outcome,
        "horizons": list(asked),
        "lists": [{"as_of": each.as_of, "edition": each.edition, "listed": each.manifest["listed"]} for each in issued],
        "hits": told_hits(came),
        "drift": drift([each.manifest for each in issued]),
        "feeds": [feed.told() for feed in feeds_of(panel.as_of(period))],
    }


def monitor_files(figures: Mapping[str, Any], language: Language) -> dict[str, bytes]:
    """The page, and the figures last."""
    return {
        "report.html": monitor_html.render(figures, language),
        "figures.json": (json.dumps(figures, indent=1, ensure_ascii=False) + "\n").encode(),
    }
