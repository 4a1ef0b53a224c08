"""Slices, choices over time and the list's worth as tables that people read."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from functools import partial

import pandas as pd

from relapse.core.results import Language
from relapse.core.texts import DASH, amount, part_key, percent, periods, text, text_or

Row = tuple[str, ...]
_one = partial(amount, decimals=1)


@dataclass(frozen=True)
class PlainTable:
    """A table of texts.

    Args:
        title: above it.
        words: what it shows, in a sentence or two.
        heads: of the columns; the first `texts` of them are texts, all others numbers.
        texts: columns of texts.
        rows: as many cells each as there are heads.
    """

    title: str
    words: str
    heads: Row
    texts: int
    rows: tuple[Row, ...]


@dataclass(frozen=True)
class Worth:
    """What is said of the list's worth.

    Args:
        list_key: length of the list as in the names of metrics.
        listed: the same in words.
        memory: periods before an origin whose lists count.
        visit_cost, money: of a visit.
        frequency: of the periods.
    """

    list_key: str
    listed: str
    memory: int
    visit_cost: float
    money: str
    frequency: str


def worth_table(metrics: pd.DataFrame, slices: pd.DataFrame, worth: Worth, language: Language) -> PlainTable:
    """Lead time, stability, missed falls, precision among those not listed before, visits and cost.

    Args:
        metrics: rows of `metrics.csv`.
        slices: rows of `slices.csv`, whose models are those of the table.
        worth: length of the list and what is assumed.
        language: of the table.
    """
    pooled = _by(metrics[metrics["origin"].astype(str) == "all"])
    new = _by(slices[(slices["slice"] == "listed") & (slices["slice_value"] == "not_before")])
    at, rows = worth.list_key, []
    for model, horizon in dict.fromkeys(zip(slices["model"], slices["horizon"], strict=True)):
        figures, among_new = pooled.get((model, horizon), {}), new.get((model, horizon), {})
        cells = (
            with_interval(figures.get(f"lead_time_mean_at_{at}"), _one),
            with_interval(figures.get(f"kept_at_{at}"), percent),
            with_interval(figures.get(f"exclusion_error_at_{at}"), percent),
            with_interval(among_new.get(f"precision_at_{at}"), percent),
            with_interval(figures.get(f"visits_per_fall_at_{at}"), _one),
            with_interval(figures.get(f"cost_per_early_fall_at_{at}"), amount),
        )
        ahead = periods(int(horizon), worth.frequency, language)
        rows.append((ahead, text_or(f"model.{model}", language, model), *cells))
    said = {
        "memory": periods(worth.memory, worth.frequency, language),
        "cost": f"{worth.visit_cost:g}",
        "money": worth.money,
    }
    keys = ("lead", "kept", "missed", "new", "visits", "cost")
    return PlainTable(
        text("worth.title", language, list=worth.listed),
        text("worth.words", language, **said),
        (*_heads(language, "horizon", "model"), *(text(f"worth.{key}", language) for key in keys)),
        2,
        tuple(rows),
    )


def slice_table(
    slices: pd.DataFrame, model: str, horizon: int, list_key: str, frequency: str, language: Language
) -> PlainTable:
    """Of whom the list of one model misses how many, at one horizon.

    Args:
        slices: rows of `slices.csv` that may be shown (see `evaluation.small_cells`).
        model: whose list.
        horizon: periods ahead.
        list_key: length of the list.
        frequency: of the periods.
        language: of the table.
    """
    mine = slices[(slices["model"] == model) & (slices["horizon"] == horizon)]
    missed = mine[mine["metric"] == f"exclusion_error_at_{list_key}"]
    shares = mine[mine["metric"] == f"listed_share_at_{list_key}"].set_index(["slice", "slice_value"])["value"]
    rows = tuple(
        (
            *slice_names(row["slice"], row["slice_value"], language),
            f"{row['n']:,}",
            f"{row['events']:,}",
            with_interval((row["value"], row["ci_low"], row["ci_high"]), percent),
            percent(shares.get((row["slice"], row["slice_value"]))),
        )
        for row in missed[missed["slice"] != "listed"].to_dict("records")
    )
    keys = ("slice", "part", "rows", "events", "missed", "listed")
    named = {"model": text_or(f"model.{model}", language, model), "horizon": periods(horizon, frequency, language)}
    heads = tuple(text(f"slice.{key}", language) for key in keys)
    return PlainTable(text("slice.title", language, **named), text("slice.words", language), heads, 2, rows)


def slice_names(division: str, part: str, language: Language) -> tuple[str, str]:
    """What a slice and one of its parts are called; a township and the like by their own names.

    Args:
        division: name of the slice, such as `type`.
        part: such as `exited`.
        language: of the names.
    """
    return text_or(f"slice.{division}", language, division), text_or(part_key(division, part), language, part)


def selection_table(selection: pd.DataFrame, frequency: str, language: Language) -> PlainTable:
    """Which model would have been chosen at each origin, and what it reached.

    Args:
        selection: rows of `selection.csv`.
        frequency: of the periods.
        language: of the table.
    """
    rows = []
    for row in selection.to_dict("records"):
        pooled = str(row["origin"]) == "all"
        chosen = DASH if pooled else text_or(f"model.{row['chosen']}", language, row["chosen"])
        best = text_or(f"model.{row['best_model']}", language, row["best_model"])
        rows.append(
            (
                periods(int(row["horizon"]), frequency, language),
                text("selection.all", language) if pooled else str(row["origin"]),
                chosen,
                amount(row["reached"], 3),
                f"{amount(row['best'], 3)} ({best})",
                amount(row["rule"], 3),
            )
        )
    keys = ("origin", "chosen", "reached", "best", "rule")
    heads = (*_heads(language, "horizon"), *(text(f"selection.{key}", language) for key in keys))
    return PlainTable(text("selection.title", language), text("selection.words", language), heads, 3, tuple(rows))


def _heads(language: Language, *keys: str) -> Row:
    return tuple(text(f"backtest.{key}", language) for key in keys)


def _by(table: pd.DataFrame) -> dict[tuple[str, int], dict[str, tuple[float, float, float]]]:
    """Figures with their intervals by (model, horizon) and metric, of the outcome that stands first."""
    first = table[table["outcome"] == table["outcome"].iloc[0]] if len(table) else table
    found: dict[tuple[str, int], dict[str, tuple[float, float, float]]] = {}
    for row in first.to_dict("records"):
        figures = found.setdefault((row["model"], row["horizon"]), {})
        figures[row["metric"]] = (row["value"], row["ci_low"], row["ci_high"])
    return found


def with_interval(figure: tuple[float, float, float] | None, written: Callable[[float], str]) -> str:
    """A figure with its interval in brackets."""
    if figure is None or pd.isna(figure[0]):
        return DASH
    value, low, high = figure
    return written(value) if pd.isna(low) else f"{written(value)} ({written(low)}–{written(high)})"
