"""A version made again from its own settings: what comes out otherwise, and what another program would notice."""

from __future__ import annotations

from dataclasses import replace

from relapse.core.panel import Line
from relapse.core.rows import Unit
from relapse.core.worded import Worded
from relapse.flows.fit import Calibration, HazardModel, fit_hazard
from relapse.flows.rows import Task, kept_units
from relapse.flows.version import SUMS, Version, make_version

FIGURES = "figures.json"  # of the backtest that was made when it was trained; promotion measures anew


def made_again(
    version: Version,
    task: Task,
    line: Line,
    model: HazardModel,
    rule: HazardModel,
    calibration: Calibration,
    package: str,
) -> Version:
    """The version that its settings make of what was known at its as_of.

    Args:
        version: with its as_of; its backtest's figures are taken as they are.
        task: its recipe on the panel of today.
        line: its recipe, as the next three.
        model: what is fitted.
        rule: what it is held against.
        calibration: of its chances.
        package: version of the package that makes it.
    """
    period = task.panel.calendar.parse(version.facts.as_of)
    then = replace(task, panel=task.panel.until(period), units=kept_units())
    fit = fit_hazard(then, model, rule, calibration, period)
    made = make_version(then, line, model, rule, calibration, period, fit, package)
    return replace(made, figures=version.figures)


def unlike(version: Version, made: Version) -> tuple[str, ...]:
    """Names of the files that differ, sorted; the file of their sums is no further one."""
    one, other = version.files(), made.files()
    return tuple(sorted(name for name in {*one, *other} - {SUMS} if one.get(name) != other.get(name)))


def forecast_changes(version: Version, champion: Version) -> tuple[Worded, ...]:
    """In what a version forecasts another thing than the champion."""
    keys = ("outcome", "kind", "frequency", "window")
    pairs = {key: (getattr(champion.facts, key), getattr(version.facts, key)) for key in keys}
    return tuple(
        Worded(
            "gate.schema.changed",
            {"what": Worded(f"gate.schema.{key}"), "now": _named(key, now), "before": _named(key, before)},
        )
        for key, (before, now) in pairs.items()
        if before != now
    )


def _named(key: str, value: object) -> Worded:
    """An outcome or a kind of label by its name, a number as it is."""
    room = {"outcome": "outcome", "kind": "label", "frequency": "period"}.get(key, "")
    return Worded(f"{room}.{value}", otherwise=str(value))


def unmade_inputs(version: Version, unit: Unit) -> tuple[str, ...]:
    """Features that the version wants and a unit of today does not have, sorted."""
    wanted = {entry.name for entry in (*version.entries, *version.lead_entries)}
    return tuple(sorted(wanted - {entry.name for entry in unit.table.every_entry}))
