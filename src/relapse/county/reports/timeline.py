"""Where the marks of a time axis lie: a figure by month, and the dates that may have moved it, for an inline SVG."""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from relapse.core.periods import Calendar

_WIDTH, _LEFT, _RIGHT = 860, 44, 20
_PLOT, _BOTTOM = 150, 34  # height of the field of the figure, and below it
_ROW, _RADIUS = 24, 10  # of the numbers above the field
_X_TICKS = 8
_LEAST_TOP = 2.0  # of the scale: twice as many as were expected
_HIGHEST = 5.0  # what lies above is drawn at the edge


@dataclass(frozen=True)
class Flag:
    """One date.

    Args:
        number: as in the table of dates.
        x: where it begins, at the edge where that lies before the axis.
        until: where it ends; the same where it is a month alone.
        y: of its number.
    """

    number: int
    x: float
    until: float
    y: float


@dataclass(frozen=True)
class Timeline:
    """Coordinates in the units of the drawing.

    Args:
        width, height: of the drawing.
        left, right, top, bottom, radius: of the field, and of the numbers' circles.
        flags: dates, oldest first.
        pieces: of the figure by month, each the `points` of an SVG polyline.
        dots: place of each month's figure, and whether it is final.
        one: height of the value 1.
        x_ticks, y_ticks: place and text.
    """

    width: int
    height: int
    left: int
    right: int
    top: int
    bottom: int
    radius: int
    flags: tuple[Flag, ...]
    pieces: tuple[str, ...]
    dots: tuple[tuple[float, float, bool], ...]
    one: float
    x_ticks: tuple[tuple[float, str], ...]
    y_ticks: tuple[tuple[float, str], ...]


def draw(months: Sequence[Mapping[str, Any]], marks: Sequence[Mapping[str, Any]], as_of: str) -> Timeline | None:
    """The drawing, or None where no month's figure is told, or nothing lies between the first and the as_of.

    Args:
        months: `month`, `ratio` (None where not told) and `final` of each, oldest first.
        marks: `first` and `last` of each, oldest first; they are numbered from 1.
        as_of: the last month of the axis.
    """
    known = [each for each in months if each["ratio"] is not None]
    if not known:
        return None
    calendar = Calendar("monthly")
    first, last = calendar.parse(str(months[0]["month"])), calendar.parse(as_of)
    if last <= first:
        return None
    right = _WIDTH - _RIGHT

    def across(month: int) -> float:
        return round(_LEFT + (right - _LEFT) * (min(max(month, first), last) - first) / (last - first), 1)

    spans = [tuple(across(calendar.parse(str(mark[end]))) for end in ("first", "last")) for mark in marks]
    rows = _rows([begin for begin, _ in spans])
    top = _ROW * (max(rows, default=0) + 1) + 6
    bottom = top + _PLOT
    scale = min(max([_LEAST_TOP, *(float(each["ratio"]) for each in known)]), _HIGHEST)

    def place_of(month: Mapping[str, Any]) -> float:
        return across(calendar.parse(str(month["month"])))

    def up(value: float) -> float:
        return round(bottom - _PLOT * min(value, scale) / scale, 1)

    step = math.ceil((last - first + 1) / _X_TICKS)
    return Timeline(
        _WIDTH, bottom + _BOTTOM, _LEFT, right, top, bottom, _RADIUS,
        tuple(
            Flag(place + 1, begin, end, (row + 0.5) * _ROW)
            for place, ((begin, end), row) in enumerate(zip(spans, rows, strict=True))
        ),
        _pieces([(place_of(each), each["ratio"]) for each in months], up),
        tuple((place_of(each), up(float(each["ratio"])), bool(each["final"])) for each in known),
        up(1.0),
        tuple((across(month), calendar.label(month)) for month in range(last, first - 1, -step))[::-1],
        tuple((up(value), f"{value:g}") for value in range(int(scale) + 1)),
    )  # fmt: skip


def _rows(begins: Sequence[float]) -> list[int]:
    """The row of each number, the lowest in which none stands too near to it."""
    taken: list[list[float]] = []
    rows = []
    for begin in begins:
        free = (row for row, there in enumerate(taken) if all(abs(begin - each) > 2 * _RADIUS + 2 for each in there))
        row = next(free, len(taken))
        if row == len(taken):
            taken.append([])
        taken[row].append(begin)
        rows.append(row)
    return rows


def _pieces(points: Sequence[tuple[float, float | None]], up: Any) -> tuple[str, ...]:
    """Unbroken stretches of months with a figure."""
    pieces: list[list[str]] = [[]]
    for x, value in points:
        if value is None:
            pieces.append([])
        else:
            pieces[-1].append(f"{x},{up(float(value))}")
    return tuple(" ".join(piece) for piece in pieces if len(piece) > 1)
