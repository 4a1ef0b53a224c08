"""The page of a month's first figures: what past lists came to, whether the chances moved, which tables are late."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from relapse.core.results import Language
from relapse.core.texts import text, text_or
from relapse.county.reports.pages import page


def render(figures: Mapping[str, Any], language: Language) -> bytes:
    """The page, one or two A4 sheets; no household stands on it.

    Args:
        figures: as `figures.json` has them.
        language: of the wording.
    """
    horizons = list(dict.fromkeys(row["horizon"] for row in figures["hits"]))
    return page(
        "monitor.html.j2",
        language,
        figures=figures,
        warning=_marks(figures, language),
        tables=[(horizon, hit_lines(figures["hits"], horizon, language)) for horizon in horizons],
        first=min(figures["horizons"], default=1),
        drift=drift_sentences(figures["drift"], language),
        feeds=feed_lines(figures["feeds"], language),
    )


def hit_lines(hits: Sequence[Mapping[str, Any]], horizon: int, language: Language) -> list[tuple[str, ...]]:
    """Cells of the table at a horizon: group, lists, rows, hits, rate and its range."""
    return [
        (
            _group(row, language),
            f"{row['lists']:,}",
            f"{row['n']:,}",
            _count(row, language),
            "" if row["rate"] is None else f"{100 * row['rate']:.1f}",
            "" if row["low"] is None else f"{100 * row['low']:.1f}–{100 * row['high']:.1f}",
        )
        for row in hits
        if row["horizon"] == horizon
    ]


def drift_sentences(drift: Mapping[str, Any] | None, language: Language) -> list[str]:
    """What is said of two lists' chances."""
    if drift is None:
        return [text("monitor.drift.none", language)]
    said = text(
        "monitor.drift.value",
        language,
        before=drift["before"],
        now=drift["now"],
        value=f"{drift['stability']:.3f}",
        what=text(f"monitor.drift.{drift['verdict']}", language),
    )
    other = [] if drift["same_version"] else [text("monitor.drift.model", language)]
    return [said, *other, text("monitor.drift.rule", language)]


def feed_lines(feeds: Sequence[Mapping[str, Any]], language: Language) -> list[tuple[str, str, str, bool]]:
    """Title, newest month, state in words, and whether it is late, the latest first."""
    ordered = sorted(feeds, key=lambda feed: (-feed["late"], feed["usual"] is None, feed["table"]))
    return [
        (
            text_or(f"table.{feed['table']}", language, feed["title"] if language == "zh" else feed["table"]),
            feed["newest"] or text("feed.never", language),
            _state(feed, language),
            feed["late"] > 0,
        )
        for feed in ordered
    ]


def _state(feed: Mapping[str, Any], language: Language) -> str:
    if feed["late"]:
        return text("feed.behind", language, late=feed["late"])
    return text("feed.no_rhythm" if feed["usual"] is None else "feed.in_time", language)


def _group(row: Mapping[str, Any], language: Language) -> str:
    group, value = row["group"], row["value"]
    if group not in ("tier", "source"):
        return text(f"monitor.group.{group}", language)
    word = text_or(f"{group}.county.{value}" if group == "tier" else f"{group}.{value}", language, value)
    return text(f"monitor.group.{group}", language, value=word)


def _count(row: Mapping[str, Any], language: Language) -> str:
    if row["hits"] is not None:
        return f"{row['hits']:,}"
    return text("monitor.hidden" if row["few"] else "monitor.not_told", language)


def _marks(figures: Mapping[str, Any], language: Language) -> str:
    keys = [*(["mark.simulated"] if figures["simulated"] else []), "notice.short"]
    return text("word.gap", language).join(text(key, language) for key in keys)
