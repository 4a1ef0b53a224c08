"""Pictures of how far a model can be trusted: weights over origins, calibration, precision by length of the list.

In: small tables of figures, no row of a household; all texts come from the caller, in one language. Out: PNG bytes.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING

import numpy as np
import pandas as pd

from relapse.explanation.canvas import BLUE, FONT_SIZE, GREY, INK, RED, figure, plain, png, two_lines

if TYPE_CHECKING:
    from matplotlib.axes import Axes


def importance_over_origins(table: pd.DataFrame, texts: Mapping[str, str], most: int = 8) -> bytes:
    """How the weight of each cause or feature moves from origin to origin.

    Args:
        table: one row an origin (index: its label, in order), one column a cause or feature, mean size in log-odds.
        texts: `importance` and `origin` for the axes.
        most: lines drawn, the strongest on average.
    """
    strongest = table.mean().sort_values(ascending=False, kind="stable").index[:most]
    with figure(4.2) as (drawn, axes):
        places = np.arange(len(table))
        for number, name in enumerate(strongest):
            axes.plot(places, table[name], marker="o", markersize=4, color=f"C{number}", label=two_lines(str(name)))
        _name_places(axes, [str(label) for label in table.index])
        plain(axes, texts["origin"], texts["importance"])
        axes.set_ylim(bottom=0)
        axes.legend(fontsize=FONT_SIZE - 1, loc="upper left", bbox_to_anchor=(1.0, 1.0))
        return png(drawn)


def calibration(curve: pd.DataFrame, texts: Mapping[str, str]) -> bytes:
    """What came of households by the chance that was forecast.

    Args:
        curve: one row a bin of households, in order, with columns forecast, observed (both 0-1), low, high (interval of
            observed, NaN where none) and, where several are compared, model.
        texts: `forecast`, `observed` and `perfect` (the diagonal).
    """
    top = float(np.nanmax(curve[["forecast", "observed", "high"]].to_numpy(np.float64), initial=1e-6)) * 1.05
    with figure(4.6) as (drawn, axes):
        axes.plot([0, top], [0, top], color=GREY, linestyle="--", linewidth=1, label=texts["perfect"])
        for number, (name, rows) in enumerate(_by_model(curve)):
            below = (rows["observed"] - rows["low"]).fillna(0).clip(lower=0)
            above = (rows["high"] - rows["observed"]).fillna(0).clip(lower=0)
            spread = np.vstack([below, above])
            color = (BLUE, RED, GREY)[number % 3]
            axes.errorbar(
                rows["forecast"], rows["observed"], yerr=spread, color=color, label=name, marker="o", capsize=3
            )
        _percent(axes, "xy", top)
        plain(axes, texts["forecast"], texts["observed"])
        axes.set_xlim(0, top)
        axes.set_ylim(0, top)
        axes.legend(fontsize=FONT_SIZE - 1, loc="upper left")
        return png(drawn)


def precision_by_length(table: pd.DataFrame, texts: Mapping[str, str]) -> bytes:
    """Share of households on the list that fell, by the length of the list.

    Args:
        table: one row a model and length, with columns model, length, precision, low, high (interval, NaN where none),
            attainable (the best possible) and base_rate.
        texts: `length`, `precision`, `attainable`, `base_rate`.
    """
    with figure(4.4) as (drawn, axes):
        for number, (name, rows) in enumerate(_by_model(table)):
            color = f"C{number}"
            axes.plot(rows["length"], rows["precision"], marker="o", markersize=4, color=color, label=name)
            axes.fill_between(rows["length"], rows["low"], rows["high"], color=color, alpha=0.15, linewidth=0)
        best = table.drop_duplicates("length").sort_values("length")
        axes.plot(best["length"], best["attainable"], color=INK, linestyle=":", label=texts["attainable"])
        axes.plot(best["length"], best["base_rate"], color=GREY, linestyle="--", label=texts["base_rate"])
        top = min(1.02, 1.08 * float(np.nanmax(table[["precision", "high", "attainable"]].to_numpy(np.float64))))
        _percent(axes, "y", top)
        plain(axes, texts["length"], texts["precision"])
        axes.set_ylim(0, top)
        axes.set_xlim(left=0)
        axes.legend(fontsize=FONT_SIZE - 1, loc="upper left", bbox_to_anchor=(1.0, 1.0))
        return png(drawn)


def net_benefit(curve: pd.DataFrame, texts: Mapping[str, str]) -> bytes:
    """Net benefit of visiting all whose chance reaches a threshold (Vickers and Elkin 2006).

    Args:
        curve: one row a model and threshold, with columns model, threshold, net_benefit, low, high (interval, NaN where
            none).
        texts: `threshold` and `net_benefit` for the axes.
    """
    with figure(4.4) as (drawn, axes):
        for number, (name, rows) in enumerate(_by_model(curve)):
            color = (GREY, INK, BLUE, RED)[number % 4]
            axes.plot(rows["threshold"], rows["net_benefit"], marker="o", markersize=3, color=color, label=name)
            axes.fill_between(rows["threshold"], rows["low"], rows["high"], color=color, alpha=0.12, linewidth=0)
        top = float(np.nanmax(curve[["net_benefit", "high"]].to_numpy(np.float64), initial=1e-6)) * 1.05
        _percent(axes, "x", float(curve["threshold"].max()))
        plain(axes, texts["threshold"], texts["net_benefit"])
        axes.set_ylim(-0.3 * top, top)
        axes.legend(fontsize=FONT_SIZE - 1, loc="upper right")
        return png(drawn)


def _by_model(table: pd.DataFrame) -> list[tuple[str, pd.DataFrame]]:
    if "model" not in table.columns:
        return [("", table)]
    return [(str(name), table[table["model"] == name]) for name in table["model"].drop_duplicates()]


def _percent(axes: Axes, which: str, top: float) -> None:
    from matplotlib.ticker import PercentFormatter

    for axis in (axes.xaxis if one == "x" else axes.yaxis for one in which):
        axis.set_major_formatter(PercentFormatter(1, decimals=0 if top > 0.08 else 1))


def _name_places(axes: Axes, labels: Sequence[str]) -> None:
    """Labels along the axis, as many as fit."""
    step = -(-len(labels) // 10)
    axes.set_xticks(range(0, len(labels), step), [labels[place] for place in range(0, len(labels), step)])
