"""Pictures of what drives a model, drawn by shap: by feature, by cause, by value.

In: contributions in log-odds and feature values of a seeded sample; all texts come from the caller, in one language.
Out: PNG bytes. Pictures of single points show at least 200 households, moved by noise, so that none can be recognised.
"""

from __future__ import annotations

import warnings
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from relapse.core.errors import RelapseError
from relapse.explanation.canvas import BLUE, FONT_SIZE, GREY, INK, figure, plain, png, two_lines

if TYPE_CHECKING:
    from matplotlib.axes import Axes

FEWEST_POINTS = 200
NOISE = 0.02  # of the spread between the 5th and 95th percentile
ROW = 0.38  # inches

Matrix = NDArray[np.floating[Any]]


@dataclass(frozen=True, eq=False)
class Sample:
    """What a model says of a sample of households.

    Args:
        contributions: (households, features) log-odds.
        values: (households, features), NaN where not known.
        labels: of the features, as people call them.
        groups: of the features, the cause each speaks of, as people call it.
        categories: by number of the feature, whether its values are codes without an order (drawn grey).
    """

    contributions: Matrix
    values: Matrix
    labels: Sequence[str]
    groups: Sequence[str]
    categories: frozenset[int] = frozenset()


def beeswarm(sample: Sample, texts: Mapping[str, str], seed: int, most: int = 12) -> bytes:
    """One point a household and feature, by contribution and coloured by value.

    Args:
        sample: at least 200 households.
        texts: `contribution`, `value`, `low`, `high` for axis and colour bar; `others` with `{n}` for the rest.
        seed: of noise and layout.
        most: rows drawn; the features beyond are one row together.

    Raises:
        RelapseError: fewer than 200 households.
    """
    shap = _shap()
    _enough(sample)
    rows, others = _strongest(sample.contributions, most)
    shown = _blurred(sample.contributions, np.random.default_rng(seed))
    frame = pd.DataFrame({place: sample.values[:, one].astype(np.float64) for place, one in enumerate(rows)})
    for place, one in enumerate(rows):
        if frame[place].isna().all():  # known of nobody: grey, as a category is
            frame[place] = pd.Series(0, index=frame.index).astype("category")
        elif one in sample.categories:
            frame[place] = frame[place].astype("category")
    values = shown[:, rows]
    labels = [two_lines(sample.labels[one]) for one in rows]
    if others.size:
        values = np.column_stack([values, shown[:, others].sum(axis=1)])
        frame[len(rows)] = pd.Series(0, index=frame.index).astype("category")
        labels.append(texts["others"].format(n=others.size))
    with figure(len(labels) * ROW + 1.2, seed) as (drawn, axes):
        told = shap.Explanation(values, data=frame, feature_names=labels)
        order = np.arange(len(labels))
        shap.plots.beeswarm(told, order=order, max_display=len(labels), ax=axes, plot_size=None, show=False, s=9)
        plain(axes, texts["contribution"], "")
        axes.tick_params("y", length=0, labelsize=FONT_SIZE)
        axes.set_ylim(-0.6, len(labels) - 0.4)
        bar = drawn.axes[-1]
        bar.set_ylabel(texts["value"], fontsize=FONT_SIZE, color=INK)
        bar.set_yticks([0, 1], [texts["low"], texts["high"]], fontsize=FONT_SIZE - 1)
        return png(drawn)


def bars_by_feature(sample: Sample, texts: Mapping[str, str], most: int = 15) -> bytes:
    """Mean size of the contribution by feature.

    Args:
        sample: of any size; means only are drawn.
        texts: `importance` for the axis; `others` with `{n}` for the rest.
        most: rows drawn; the features beyond are one row together.
    """
    size = np.abs(sample.contributions).mean(axis=0)
    rows, others = _strongest(sample.contributions, most)
    figures = [(two_lines(sample.labels[one]), float(size[one])) for one in rows]
    if others.size:
        figures.append((texts["others"].format(n=others.size), float(size[others].sum())))
    return _bars(figures, texts["importance"])


def bars_by_group(sample: Sample, texts: Mapping[str, str]) -> bytes:
    """Mean size of the contribution by cause: contributions of a cause's features are summed a household first.

    Args:
        sample: of any size; means only are drawn.
        texts: `importance` for the axis.
    """
    names = list(dict.fromkeys(sample.groups))
    place = np.array([names.index(group) for group in sample.groups])
    sums = np.column_stack([sample.contributions[:, place == one].sum(axis=1) for one in range(len(names))])
    size = np.abs(sums).mean(axis=0)
    order = np.argsort(-size, kind="stable")
    return _bars([(two_lines(names[one]), float(size[one])) for one in order], texts["importance"])


def dependence(sample: Sample, feature: int, texts: Mapping[str, str], seed: int) -> bytes:
    """One point a household: the value of a feature and what it contributes.

    Args:
        sample: at least 200 households; those where the value is not known are left out.
        feature: its number.
        texts: `contribution` for the axis.
        seed: of noise and layout.

    Raises:
        RelapseError: fewer than 200 households with a known value.
    """
    shap = _shap()
    known = np.isfinite(sample.values[:, feature])
    values = sample.values[known, feature].astype(np.float64)
    if values.size < FEWEST_POINTS:
        raise RelapseError(f"{values.size} households with a value are too few to draw; {FEWEST_POINTS} are needed")
    rng = np.random.default_rng(seed)
    contributions = _blurred(sample.contributions[known, feature : feature + 1], rng)[:, 0]
    x = _blurred(values[:, None], rng)[:, 0]
    label = sample.labels[feature]
    with figure(4.2, seed) as (drawn, axes):
        told = shap.Explanation(contributions, data=x, feature_names=label)
        _without_pyplot(shap.plots.scatter, told, axes)
        axes.axhline(0, color=GREY, linewidth=0.8, zorder=-1)
        plain(axes, label, texts["contribution"])
        left, right = _range(x)
        axes.set_xlim(left, right)
        seen = contributions[(x >= left) & (x <= right)]
        room = 0.05 * np.ptp(seen) + 1e-9
        axes.set_ylim(seen.min() - room, seen.max() + room)
        return png(drawn)


def _shap() -> Any:
    """Import shap (seconds, so only where something is drawn), quietly."""
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")  # of its own code, not of ours
        import shap
    return shap


def _enough(sample: Sample) -> None:
    households = sample.contributions.shape[0]
    if households < FEWEST_POINTS:
        raise RelapseError(f"{households} households are too few to draw one by one; {FEWEST_POINTS} are needed")


def _strongest(contributions: Matrix, most: int) -> tuple[NDArray[np.intp], NDArray[np.intp]]:
    """Numbers of the strongest features, and of the others; a single other is drawn by itself."""
    order = np.argsort(-np.abs(contributions).mean(axis=0), kind="stable")
    cut = most - 1 if order.size > most else order.size
    return order[:cut], order[cut:]


def _blurred(values: Matrix, rng: np.random.Generator) -> NDArray[np.float64]:
    """Values moved by noise of a fiftieth of their spread (of their range where most are equal)."""
    full = values.astype(np.float64)
    low, high = np.nanpercentile(full, [5, 95], axis=0)
    spread = np.where(high > low, high - low, np.nanmax(full, axis=0) - np.nanmin(full, axis=0))
    return full + rng.normal(0, 1, full.shape) * NOISE * np.where(spread > 0, spread, 1e-9)


def _range(values: NDArray[np.float64]) -> tuple[float, float]:
    """The axis without the outermost hundredth, which would press all others into a corner."""
    low, high = np.percentile(values, [0.5, 99.5])
    room = 0.03 * max(high - low, 1e-9)
    return float(low - room), float(high + room)


def _bars(figures: Sequence[tuple[str, float]], axis: str) -> bytes:
    """Bars from the top, each with its figure."""
    shap = _shap()
    labels, sizes = zip(*figures, strict=True)
    with figure(len(figures) * ROW + 1.0) as (drawn, axes):
        told = shap.Explanation(np.array(sizes), feature_names=list(labels))
        order = np.arange(len(figures))
        shap.plots.bar(told, order=order, max_display=len(figures), ax=axes, show=False)
        plain(axes, axis, "")
        axes.tick_params("y", length=0, labelsize=FONT_SIZE)
        axes.set_yticks(np.arange(len(figures), 0, -1), labels)  # shap writes each label twice
        axes.set_ylim(0.4, len(figures) + 0.6)
        for bar in axes.patches:
            bar.set_color(BLUE)
        for text, size in zip(axes.texts, sizes, strict=True):
            text.set_text(f"{size:.2f}")
            text.set_fontsize(FONT_SIZE)
            text.set_color(INK)
        return png(drawn)


def _without_pyplot(scatter: Any, told: Any, axes: Axes) -> None:
    """Draw shap's scatter on axes that pyplot does not know, and leave pyplot as it was."""
    import matplotlib.pyplot as plt

    open_before = plt.get_fignums()
    scatter(told, color=BLUE, hist=True, dot_size=9, x_jitter=0, alpha=0.6, ax=axes, show=False)
    for number in set(plt.get_fignums()) - set(open_before):
        plt.close(number)
