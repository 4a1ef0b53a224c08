"""Figures, groups, profiles, moves, drift and gates of a version as tables that people read."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from functools import partial

import numpy as np
import pandas as pd

from relapse.core.results import Language, Verdict
from relapse.core.texts import DASH, amount, brief, in_words, percent, periods, signed, text, text_or
from relapse.county.reports.backtest_further import PlainTable, Row, with_interval
from relapse.county.reports.backtest_tables import metric_name

three = partial(amount, decimals=3)
FEWEST = 5  # households of a count that is told


@dataclass(frozen=True)
class Setting:
    """What all tables of a page share.

    Args:
        list_key: length of the list as in the names of metrics.
        frequency: of the periods.
        language: of the page.
    """

    list_key: str
    frequency: str
    language: Language

    def ahead(self, horizon: int) -> str:
        """A horizon in words."""
        return periods(horizon, self.frequency, self.language)

    def heads(self, *keys: str) -> Row:
        """Heads of columns, by their keys."""
        return tuple(text(key, self.language) for key in keys)

    def named(self, room: str, name: str) -> str:
        """What a model, a cause or the like is called."""
        return text_or(f"{room}.{name}", self.language, name)


def facts(rows: Iterable[tuple[str, str]], setting: Setting) -> PlainTable:
    """What is said of a version, each fact with its name."""
    return PlainTable("", "", setting.heads("review.fact", "review.value"), 2, tuple(rows))


def list_figures(
    metrics: pd.DataFrame, models: Sequence[str], base: Mapping[int, float | None], setting: Setting
) -> PlainTable:
    """What a list of the given length finds, a row a horizon and model."""
    at = setting.list_key
    rows = [
        (
            setting.ahead(horizon),
            setting.named("model", model),
            with_interval(told.get(f"precision_at_{at}"), percent),
            with_interval(told.get(f"recall_at_{at}"), percent),
            _plain(told.get(f"attainable_at_{at}"), percent),
            percent(base.get(horizon)),
        )
        for horizon, model, told in _figures(metrics, models)
    ]
    heads = setting.heads(
        "backtest.horizon", "backtest.model", "metric.precision", "metric.recall", "metric.attainable", "backtest.base"
    )
    return PlainTable("", "", heads, 2, tuple(rows))


def order_figures(metrics: pd.DataFrame, models: Sequence[str], setting: Setting) -> PlainTable:
    """How well the order and the chances hold, a row a horizon and model."""
    names = ("pr_auc", "roc_auc", "observed_expected", "ece", "brier_skill")
    rows = [
        (
            setting.ahead(horizon),
            setting.named("model", model),
            *(with_interval(told.get(name), three) for name in names),
        )
        for horizon, model, told in _figures(metrics, models)
    ]
    heads = setting.heads("backtest.horizon", "backtest.model", *(f"metric.{name}" for name in names))
    return PlainTable(text("review.order", setting.language), "", heads, 2, tuple(rows))


def gains(comparisons: pd.DataFrame, setting: Setting) -> PlainTable:
    """Paired differences, a row each."""
    rows = [
        (
            setting.ahead(int(row["horizon"])),
            setting.named("model", row["against"]),
            metric_name(row["metric"], setting.language),
            _difference(row["difference"], row["ci_low"], row["ci_high"], setting),
            _range(row["range_low"], row["range_high"], setting),
        )
        for row in comparisons.to_dict("records")
    ]
    keys = ("horizon", "against", "metric", "difference", "range")
    models, others = (
        text("sensitive.joint", setting.language).join(
            setting.named("model", name) for name in dict.fromkeys(comparisons[column])
        )
        for column in ("model", "against")
    )
    return PlainTable(
        text("review.gain_of", setting.language, model=models, against=others),
        "",
        setting.heads(*(f"backtest.{key}" for key in keys)),
        3,
        tuple(rows),
    )


def strongest(strength: pd.DataFrame, labels: Mapping[str, str], setting: Setting, most: int = 20) -> PlainTable:
    """The features that push most."""
    total = float(strength["mean_size_log_odds"].sum()) or 1.0
    rows = [
        (
            labels[row["feature"]],
            setting.named("group", row["group"]),
            three(row["mean_size_log_odds"]),
            percent(row["mean_size_log_odds"] / total),
        )
        for row in strength.head(most).to_dict("records")
    ]
    heads = setting.heads("review.feature", "review.group", "review.push", "review.share")
    return PlainTable("", "", heads, 2, tuple(rows))


def profile_rows(profiles: pd.DataFrame, horizon: int, setting: Setting) -> PlainTable:
    """Means of households that share tier and strongest cause, with the causes that push them most."""
    head = {"tier", "strongest", "households", "chance", "log_ratio"}
    groups = [column for column in profiles.columns if column not in head]
    rows = []
    for row in profiles.to_dict("records"):
        pushes = sorted(groups, key=lambda group: -abs(row[group]))[:3]
        told = text("sensitive.joint", setting.language).join(
            f"{setting.named('group', group)} {signed(row[group], 2)}" for group in pushes if abs(row[group]) >= 0.005
        )
        rows.append(
            (
                text(f"review.tier.{row['tier']}", setting.language),
                setting.named("group", row["strongest"]),
                told or DASH,
                f"{row['households']:,}",
                percent(row["chance"]),
                percent(float(np.exp(row["log_ratio"]))) if np.isfinite(row["log_ratio"]) else DASH,
            )
        )
    heads = (
        *setting.heads("review.tier", "review.group", "review.pushes", "review.households"),
        text("review.chance", setting.language, horizon=setting.ahead(horizon)),
        text("review.ratio", setting.language),
    )
    return PlainTable("", "", heads, 3, tuple(rows))


def by_origin(metrics: pd.DataFrame, models: Sequence[str], horizon: int, setting: Setting) -> PlainTable:
    """Each origin by itself, at one horizon: events, precision, order of every model."""
    mine = metrics[(metrics["horizon"] == horizon) & (metrics["origin"].astype(str) != "all")]
    wanted = (f"precision_at_{setting.list_key}", "pr_auc")
    rows = []
    for origin in dict.fromkeys(mine["origin"].astype(str)):
        of_origin = mine[mine["origin"].astype(str) == origin]
        known = of_origin[of_origin["metric"] == "pr_auc"]
        cells = [
            _plain(told.get(metric), percent if metric.startswith("precision") else three)
            for metric in wanted
            for told in (_told(of_origin[of_origin["model"] == model]) for model in models)
        ]
        rows.append((origin, f"{int(known['events'].iloc[0]):,}" if len(known) else DASH, *cells))
    heads = [text("review.origin", setting.language), text("slice.events", setting.language)]
    heads += [
        f"{metric_name(metric, setting.language)} · {setting.named('model', model)}"
        for metric in wanted
        for model in models
    ]
    return PlainTable(setting.ahead(horizon), "", tuple(heads), 1, tuple(rows))


def month_moves(months: pd.DataFrame, setting: Setting) -> PlainTable:
    """How many move on and off the list in each month; counts under five are not told."""
    rows = [
        (
            str(row["as_of"]),
            f"{row['at_risk']:,}",
            f"{row['listed']:,}",
            count(row["on"], setting),
            count(row["off"], setting),
            amount(row["agreement"], 2),
        )
        for row in months.to_dict("records")
    ]
    keys = ("month", "asked", "listed", "on", "off", "agreement")
    return PlainTable(
        text("review.moves", setting.language),
        text("review.moves.words", setting.language),
        setting.heads(*(f"review.{key}" for key in keys)),
        1,
        tuple(rows),
    )


def move_causes(causes: pd.DataFrame, least: int, setting: Setting, most: int = 5) -> PlainTable:
    """By which causes households move, the strongest of each direction."""
    rows = [
        (
            text(f"review.{row['direction']}", setting.language),
            setting.named("group", row["group"]),
            f"{row['households']:,}",
            signed(row["push"], 2),
        )
        for _, part in causes.groupby("direction", sort=False)
        for row in part.head(most).to_dict("records")
    ]
    return PlainTable(
        text("review.causes", setting.language),
        text("review.causes.words", setting.language, least=least),
        setting.heads("review.direction", "review.group", "review.households", "review.push"),
        2,
        tuple(rows),
    )


def settings_changed(changed: Sequence[tuple[str, str, str]], setting: Setting, most: int = 20) -> PlainTable:
    """Settings with their values before and now."""
    rows = [(name, before or DASH, now or DASH) for name, before, now in changed[:most]]
    left = len(changed) - len(rows)
    words = text("review.more_settings", setting.language, count=left) if left else ""
    heads = setting.heads("review.setting", "review.before", "review.now")
    return PlainTable(text("review.settings", setting.language), words, heads, 3, tuple(rows))


def drift_rows(drift: pd.DataFrame, labels: Mapping[str, str], setting: Setting, most: int = 15) -> PlainTable:
    """The inputs that have moved farthest, and the score itself."""
    shown = pd.concat([drift.head(most), drift[drift["feature"] == "score"]]).drop_duplicates("feature")
    rows = [
        (
            labels.get(row["feature"], text("review.score", setting.language)),
            DASH if row["feature"] == "score" else setting.named("group", row["group"]),
            amount(row["psi"], 2),
            amount(row["by_chance"], 2),
            f"{percent(row['missing_before'])} → {percent(row['missing_now'])}",
            f"{brief(row['median_before'], 4)} → {brief(row['median_now'], 4)}",
        )
        for row in shown.to_dict("records")
    ]
    keys = ("feature", "group", "psi", "by_chance", "missing", "median")
    return PlainTable("", "", setting.heads(*(f"review.{key}" for key in keys)), 2, tuple(rows))


def sensitive_rows(sensitive: pd.DataFrame, setting: Setting) -> PlainTable:
    """What each group of sensitive data adds to the order."""
    rows = [
        (
            setting.named("sensitive", row["group"]),
            f"{row['features']:,}",
            percent(row["share"]),
            text("review.few", setting.language) if np.isnan(row["others"]) else f"{row['others']:,.0f}",
        )
        for row in sensitive.to_dict("records")
    ]
    keys = ("sensitive_group", "features", "share", "others_listed")
    return PlainTable("", "", setting.heads(*(f"review.{key}" for key in keys)), 1, tuple(rows))


def gate_rows(verdicts: Sequence[Verdict], setting: Setting) -> PlainTable:
    """What each gate says."""
    rows = [
        (
            setting.named("gate", verdict.gate),
            "✓" if verdict.holds else "✗",
            in_words(verdict.figure, setting.language),
            in_words(verdict.threshold, setting.language),
            "" if verdict.holds else in_words(verdict.why, setting.language),
        )
        for verdict in verdicts
    ]
    keys = ("record.gate", "record.holds", "record.figure", "record.threshold", "review.why_refused")
    return PlainTable("", "", setting.heads(*keys), 5, tuple(rows))


def count(households: int, setting: Setting) -> str:
    """A count of households; of fewer than five only that they are few."""
    return text("review.few", setting.language) if 0 < households < FEWEST else f"{households:,}"


def _figures(
    metrics: pd.DataFrame, models: Sequence[str]
) -> Iterable[tuple[int, str, dict[str, tuple[float, float, float]]]]:
    """Pooled figures of each horizon and model that has some."""
    pooled = metrics[metrics["origin"].astype(str) == "all"]
    for horizon in sorted(set(pooled["horizon"])):
        for model in models:
            told = _told(pooled[(pooled["horizon"] == horizon) & (pooled["model"] == model)])
            if told:
                yield int(horizon), model, told


def _told(rows: pd.DataFrame) -> dict[str, tuple[float, float, float]]:
    """Value, low and high by metric, of one model at one horizon."""
    return {
        row["metric"]: (float(row["value"]), float(row["ci_low"]), float(row["ci_high"]))
        for row in rows.to_dict("records")
    }


def _plain(figure: tuple[float, float, float] | None, written: Callable[[float], str]) -> str:
    return DASH if figure is None or np.isnan(figure[0]) else written(figure[0])


def _difference(value: float, low: float, high: float, setting: Setting) -> str:
    interval = _range(low, high, setting)
    return signed(value, 3) if interval == DASH else f"{signed(value, 3)} ({interval})"


def _range(low: float, high: float, setting: Setting) -> str:
    if not (np.isfinite(low) and np.isfinite(high)):
        return DASH
    return text("interval.short", setting.language, low=signed(low, 3), high=signed(high, 3))
