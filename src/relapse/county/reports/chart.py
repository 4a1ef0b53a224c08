"""Where the points of a small line chart lie: income over the periods against the line, for an inline SVG."""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass

from relapse.core.texts import amount

_WIDTH, _HEIGHT = 720, 300
_LEFT, _RIGHT, _TOP, _BOTTOM = 88, 48, 16, 40
_X_TICKS, _Y_TICKS = 6, 4
Point = tuple[float, float]


@dataclass(frozen=True)
class Chart:
    """Coordinates in the units of the drawing.

    Args:
        width, height: of the drawing.
        income, line: unbroken pieces, each as the `points` of an SVG polyline.
        dots: of the known incomes.
        x_ticks, y_ticks: place and text.
        left, right, bottom: edges of the plotted field.
    """

    width: int
    height: int
    income: tuple[str, ...]
    line: tuple[str, ...]
    dots: tuple[Point, ...]
    x_ticks: tuple[tuple[float, str], ...]
    y_ticks: tuple[tuple[float, str], ...]
    left: int
    right: int
    bottom: int


def draw(history: Sequence[tuple[str, float | None, float | None]], decimals: int) -> Chart | None:
    """The chart of a history, or None where no income is known.

    Args:
        history: label, income and line of each period, oldest first; None where not known.
        decimals: of the money at the axis.
    """
    known = [value for _, *both in history for value in both if value is not None]
    if not any(income is not None for _, income, _ in history):
        return None
    ticks = _round_ticks(min(0.0, *known), max(known))
    low, high = ticks[0], max(1.05 * max(known), ticks[-1])
    span = _WIDTH - _LEFT - _RIGHT
    across = [_LEFT + span * (place + 0.5) / len(history) for place in range(len(history))]

    def up(value: float) -> float:
        return round(_HEIGHT - _BOTTOM - (_HEIGHT - _TOP - _BOTTOM) * (value - low) / (high - low), 1)

    def points(which: int) -> list[Point | None]:
        values = [row[which] for row in history]
        return [
            None if value is None else (round(x, 1), up(float(value))) for x, value in zip(across, values, strict=True)
        ]

    income, line = points(1), points(2)
    step = math.ceil(len(history) / _X_TICKS)
    newest_first = range(len(history) - 1, -1, -step)
    return Chart(
        width=_WIDTH, height=_HEIGHT, income=_pieces(income), line=_pieces(line),
        dots=tuple(point for point in income if point is not None),
        x_ticks=tuple((round(across[place], 1), history[place][0]) for place in reversed(newest_first)),
        y_ticks=tuple((up(tick), amount(tick, decimals)) for tick in ticks),
        left=_LEFT, right=_WIDTH - _RIGHT, bottom=_HEIGHT - _BOTTOM,
    )  # fmt: skip


def _round_ticks(low: float, high: float) -> list[float]:
    """A few round numbers from below the lowest value up to the highest."""
    rough = max(high - low, 1e-9) / _Y_TICKS
    size = 10.0 ** math.floor(math.log10(rough))
    step = next(size * factor for factor in (1, 2, 2.5, 5, 10) if size * factor >= rough)
    first, last = math.floor(low / step), math.floor(high / step)
    return [place * step for place in range(first, max(last, first + 1) + 1)]


def _pieces(points: Sequence[Point | None]) -> tuple[str, ...]:
    pieces: list[list[str]] = [[]]
    for point in points:
        if point is None:
            pieces.append([])
        else:
            pieces[-1].append(f"{point[0]},{point[1]}")
    return tuple(" ".join(piece) for piece in pieces if len(piece) > 1)
