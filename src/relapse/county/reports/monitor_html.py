"""The page of a month's monitor: verdict, results, what came so far, drift, what past lists came to, late tables."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from functools import partial
from typing import Any

from relapse.core.name_texts import table_called
from relapse.core.results import Language
from relapse.core.texts import DASH, amount, feature_called, percent, periods, signed, text, text_or
from relapse.core.verdict_words import reason_sentence
from relapse.county.reports.pages import page
from relapse.county.reports.timeline import draw

_CAUSES = 8  # that are told one by one
_ZERO = 0.0005  # an effect that is printed as zero
_two = partial(amount, decimals=2)


def render(figures: Mapping[str, Any], language: Language) -> bytes:
    """The page, a few A4 sheets; no household stands on it.

    Args:
        figures: as `figures.json` has them.
        language: of the wording.
    """
    horizons = list(dict.fromkeys(row["horizon"] for row in figures["hits"]))
    watch = figures["watch"]
    return page(
        "monitor.html.j2",
        language,
        figures=figures,
        watch=watch,
        warning=_marks(figures, language),
        reasons=reason_sentences(figures, language),
        results=result_lines(watch["horizons"], language),
        early=early_sentence(watch["early"], language),
        groups=group_lines(watch["groups"], language),
        longest=periods(max(figures["horizons"], default=1), "monthly", language),
        months=month_lines(watch["months"], max(figures["horizons"], default=1), language),
        moved=moved_sentences(watch, language),
        causes=cause_lines(watch, language),
        blocks=block_lines(watch, language),
        named=named_lines(watch, language),
        timeline=draw(watch["months"], watch["marks"], figures["as_of"]),
        dates=date_lines(watch["marks"], language),
        tables=[
            (periods(horizon, "monthly", language), hit_lines(figures["hits"], horizon, language))
            for horizon in horizons
        ],
        first=min(figures["horizons"], default=1),
        drift=drift_sentences(figures["drift"], language),
        feeds=feed_lines(figures["feeds"], language),
    )


def reason_sentences(figures: Mapping[str, Any], language: Language) -> list[str]:
    """Why the verdict is as it is, the gravest first."""
    titles = {feed["table"]: feed["title"] for feed in figures["feeds"]}
    return [reason_sentence(reason, language, titles) for reason in figures["watch"]["verdict"]["reasons"]]


def result_lines(results: Mapping[str, Mapping[str, Any]], language: Language) -> list[tuple[str, ...]]:
    """Cells of the closed windows, a row a horizon."""
    return [
        (
            text("watch.horizon", language, horizon=periods(int(horizon), "monthly", language)),
            f"{told['months']}",
            _told_count(told["events"], told.get("few", False), language),
            amount(told["expected"]),
            _interval(told["observed_expected"]),
            _interval(told["slope"]),
            _interval(told["roc_auc"]),
            _interval(told["backtest"]["roc_auc"]),
            _interval(told["gain"], partial(signed, decimals=3)),
        )
        for horizon, told in results.items()
    ]


def early_sentence(early: Mapping[str, Any] | None, language: Language) -> str:
    """What came so far against what was expected so far."""
    if early is None:
        return text("watch.early.none", language)
    if early["observed"] is None:
        return text("watch.early.hidden", language, months=early["months"], leads=early["leads"])
    return text(
        "watch.early.value", language, months=early["months"], leads=early["leads"],
        expected=f"{early['expected']:,.0f}", observed=f"{early['observed']:,}", ratio=_interval(early["ratio"]),
    )  # fmt: skip


def group_lines(groups: Sequence[Mapping[str, Any]], language: Language) -> list[tuple[str, ...]]:
    """Cells of the listed so far: group, lists, rows, expected, came, ratio."""
    return [
        (
            _group(row, language),
            f"{row['lists']:,}",
            f"{row['n']:,}",
            f"{row['expected']:,.1f}",
            _count(row, language),
            DASH if row["rate"] is None else _interval((row["rate"], row["low"], row["high"])),
        )
        for row in groups
    ]


def month_lines(months: Sequence[Mapping[str, Any]], horizon: int, language: Language) -> list[tuple[str, ...]]:
    """Cells of each month: at risk, expected, came, ratio, state, numbers of the marks."""
    return [
        (
            row["month"],
            f"{row['n']:,}" if row["closed"] else DASH,
            amount(row["expected"]),
            _told_count(row["came"], row["few"], language) if row["closed"] else DASH,
            amount(row["ratio"], 2),
            text("watch.final", language)
            if row["final"]
            else text("watch.part", language, closed=row["closed"], of=horizon),
            " ".join(str(number) for number in row["marks"]),
        )
        for row in months
    ]


def moved_sentences(watch: Mapping[str, Any], language: Language) -> list[str]:
    """What moved between then and now, how scores moved, and whether then and now are told apart."""
    drift = watch["drift"]
    if drift is None:
        return [text("watch.drift.none", language)]
    numbers = {name: drift[name] for name in ("then", "now", "months", "apart", "pairs", "clocks", "moved")}
    score, effect, apart = watch["score"], watch["effect"], watch["told_apart"]
    said = [
        text("watch.drift.about", language, features=drift["features"] - drift["clocks"], **numbers),
        text(
            "watch.drift.score", language, psi=amount(score["psi"], 3), usual=_number(score["usual"], 3, language),
            shift=signed(effect["shift"], 2), usual_shift=_number(effect["usual"], 2, language),
        ),
    ]  # fmt: skip
    if apart["roc_auc"] is not None:
        columns = [f"{_called(each, language)} {percent(each['share'])}" for each in apart["columns"][:5]]
        value, low, high = (amount(end, 2) for end in apart["roc_auc"])
        usual = text("watch.unknown", language) if apart["usual"] is None else _interval(apart["usual"])
        joined = text("cell.and", language).join(columns) or DASH
        said.append(text("watch.drift.apart", language, value=value, low=low, high=high, usual=usual, columns=joined))
    return said


def cause_lines(watch: Mapping[str, Any], language: Language) -> list[tuple[str, ...]]:
    """Cells of what each cause did to the mean score; the rest and the sum come last."""
    if watch["drift"] is None:
        return []
    causes = sorted(watch["drift"]["causes"], key=_is_nothing)
    most = min(_CAUSES, sum(not _is_nothing(each) for each in causes))
    first, rest = causes[:most], causes[most:]
    lines = [(_cause(each["group"], language), *_effects(each)) for each in first]
    if rest:
        lines.append((text("watch.others", language), signed(sum(each["effect"] for each in rest), 3), ""))
    return [*lines, (text("watch.total", language), signed(watch["effect"]["shift"], 3), "")]


def block_lines(watch: Mapping[str, Any], language: Language) -> list[tuple[str, ...]]:
    """Cells of each block of features: columns, moved ones, mean index, the usual one, effect."""
    if watch["drift"] is None:
        return []
    return [
        (
            text_or(f"watch.block.{each['block']}", language, each["block"]),
            f"{each['features']}",
            f"{each['moved']}",
            amount(each["psi"], 3),
            amount(each["usual"], 3),
            *_effects(each),
        )
        for each in watch["drift"]["blocks"]
        if each["features"] or not _is_nothing(each)
    ]


def named_lines(watch: Mapping[str, Any], language: Language) -> list[tuple[str, ...]]:
    """Cells of the columns that moved more than usual."""
    if watch["drift"] is None:
        return []
    return [
        (
            _called(each, language),
            amount(each["psi"], 3),
            amount(each["usual"], 3),
            f"{percent(each['missing_then'])} → {percent(each['missing_now'])}",
            signed(each["effect"], 3),
        )
        for each in watch["drift"]["named"]
    ]


def date_lines(marks: Sequence[Mapping[str, Any]], language: Language) -> list[tuple[str, ...]]:
    """Cells of the dates: number, months, kind, what, source."""
    return [
        (
            str(place + 1),
            mark["first"] if mark["first"] == mark["last"] else f"{mark['first']} – {mark['last']}",
            text(f"watch.mark.{mark['kind']}", language),
            mark[language],
            mark["source"],
        )
        for place, mark in enumerate(marks)
    ]


def _called(row: Mapping[str, Any], language: Language) -> str:
    return feature_called(row["feature"], language, row["label"])


def _cause(group: str, language: Language) -> str:
    return text("watch.base", language) if group == "base" else text_or(f"group.{group}", language, group)


def _is_nothing(row: Mapping[str, Any]) -> bool:
    """Whether nothing happened to scores by it, neither now nor between months of training."""
    return max(abs(float(row["effect"])), float(row["effect_usual"] or 0.0)) < _ZERO


def _effects(row: Mapping[str, Any]) -> tuple[str, str]:
    return signed(row["effect"], 3), amount(row["effect_usual"], 3)


def _interval(ends: Sequence[float] | None, written: Callable[[float], str] = _two) -> str:
    if ends is None or any(end is None for end in ends):
        return DASH
    value, low, high = (written(end) for end in ends)
    return f"{value} ({low}–{high})"


def _number(value: float | None, decimals: int, language: Language) -> str:
    return text("watch.unknown", language) if value is None else amount(value, decimals)


def _told_count(count: int | None, few: bool, language: Language) -> str:
    if count is not None:
        return f"{count:,}"
    return text("monitor.hidden" if few else "monitor.not_told", language)


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
            table_called(feed["table"], feed["title"], language),
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
