"""What a monitor leaves in MLflow: a run of its own in the county's experiment; figures and the page, no household."""

from __future__ import annotations

import hashlib
import math
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import asdict
from typing import Any

from relapse import __version__
from relapse.core.panel import Panel
from relapse.core.record import PlainRun, Study
from relapse.core.results import Language
from relapse.core.texts import text
from relapse.county.reports.monitor_html import reason_sentences
from relapse.flows.version import Version
from relapse.flows.watch import Rules, Watched
from relapse.monitors.verdict import VERDICTS

_INTERVALS = ("observed_expected", "slope", "roc_auc", "gain")
_ENDS = ("", "_low", "_high")


def watch_study(
    panel: Panel,
    version: Version,
    watched: Watched,
    figures: Mapping[str, Any],
    rules: Rules,
    files: Mapping[str, bytes],
    language: Language,
) -> Study:
    """The run; the same figures are one run, however often it is kept.

    Args:
        panel: of the county.
        version: that was watched.
        watched: verdict and figures.
        figures: all of the month, as in figures.json.
        rules: settings.
        files: page and figures.
        language: of the run's description.
    """
    as_of, content = str(figures["as_of"]), hashlib.sha256(files["figures.json"]).hexdigest()
    tags = {
        "stage": "monitor",
        "as_of": as_of,
        "verdict": watched.verdict.name,
        "digest": version.digest,
        "data_digest": panel.digest,
        "county": panel.name,
        "model": version.facts.model,
        "outcome": version.facts.outcome,
        "simulated": str(panel.simulated).lower(),
        "relapse_version": __version__,
    }
    params = {
        f"{group}.{name}": str(value)
        for group, settings in (("watch", rules.watch), ("verdict", rules.limits))
        for name, value in asdict(settings).items()
    }
    run = PlainRun(
        f"{as_of} watch {version.digest[:4]}"[:20],
        tags,
        params,
        dict(_metrics(watched, figures)),
        _curves(watched.told["months"]),
        {"monitor.html": files["report.html"], "figures.json": files["figures.json"]},
        _description(figures, language),
    )
    return Study(f"relapse-{panel.name}", f"watch {as_of} {content[:16]}", run, ())


def _description(figures: Mapping[str, Any], language: Language) -> str:
    """Verdict, what to do and why, as the page has them, and what the figures' names mean."""
    verdict = figures["watch"]["verdict"]["name"]
    scale = text("sensitive.joint", language).join(
        f"{number} {text(f'watch.verdict.{name}', language)}" for number, name in enumerate(VERDICTS)
    )
    return "\n\n".join(
        [
            text("watch.run.verdict", language, verdict=text(f"watch.verdict.{verdict}", language)),
            text(f"watch.do.{verdict}", language),
            "\n".join(f"- {reason}" for reason in reason_sentences(figures, language)),
            text("watch.run", language, scale=scale),
        ]
    )


def _metrics(watched: Watched, figures: Mapping[str, Any]) -> Iterator[tuple[str, float]]:
    """`live/` has figures of months that the version did not learn from; those under `watch/` should be small."""
    told = watched.told
    for horizon, result in told["horizons"].items():
        for name in _INTERVALS:
            yield from _ends(f"live/h{int(horizon):02d}_{name}", result[name])
        if result["events"] is not None:
            yield f"live/h{int(horizon):02d}_events", float(result["events"])
    if told["early"] is not None:
        yield from _ends("live/so_far_observed_expected", told["early"]["ratio"])
    if told["drift"] is not None:
        yield "watch/columns_moved", float(told["drift"]["moved"])
        yield "watch/score_drift", float(told["score"]["psi"])
        yield "watch/score_shift", abs(float(told["effect"]["shift"]))
        if told["told_apart"]["roc_auc"] is not None:
            yield "watch/told_apart_roc_auc", float(told["told_apart"]["roc_auc"][0])
    yield "watch/tables_late", float(sum(feed["late"] > 0 for feed in figures["feeds"]))
    yield "watch/verdict", float(VERDICTS.index(watched.verdict.name))


def _ends(name: str, interval: Sequence[float] | None) -> Iterator[tuple[str, float]]:
    for end, value in zip(_ENDS, interval or (), strict=False):
        if math.isfinite(value):
            yield name + end, float(value)


def _curves(months: Sequence[Mapping[str, Any]]) -> dict[str, list[tuple[int, float]]]:
    """Observed over expected by month, from the first one that is watched."""
    points = [(step, float(month["ratio"])) for step, month in enumerate(months) if month["ratio"] is not None]
    return {"live_months/observed_expected": points} if points else {}
