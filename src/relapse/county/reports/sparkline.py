"""Income against the line as the paths of a small inline drawing: matrices come in, short texts go out."""

from __future__ import annotations

import itertools
import math
from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from relapse.core.facts import Floats

STEP, HEIGHT = 6, 60  # units of the drawing: between two months, and from nothing up to the highest amount
_TICK = 5


@dataclass(frozen=True)
class Spark:
    """One household's drawing, each the `d` of an SVG path.

    Args:
        income: of the known months; a month that stands alone is a dot.
        line: in steps.
        ticks: below the months in which something happened.
    """

    income: str
    line: str
    ticks: str


def width(months: int) -> int:
    """Of a drawing of so many months."""
    return STEP * (months - 1)


def sparks(income: Floats, line: Floats, ticks: Sequence[Sequence[int]]) -> list[Spark]:
    """The drawings of (n,) households, each with its own scale that begins at nothing (below it, where income does).

    Args:
        income: (n, months) NaN where not known.
        line: (n, months)
        ticks: (n,) places of months.

    Example:
        >>> sparks(np.array([[50.0, 100.0, np.nan, 0.0]]), np.full((1, 4), 80.0), [(1,)])
        [Spark(income='M0 30l6-30M18 60h0', line='M0 12H18', ticks='M6 62v5')]
    """
    both = np.concatenate([income, line], axis=1)
    low = np.fmin.reduce(both, axis=1, initial=0.0)[:, None]
    high = np.fmax.reduce(both, axis=1, initial=1.0)[:, None]
    up = [np.rint(HEIGHT * (high - values) / (high - low)) for values in (income, line)]
    return [
        Spark(_curve(mine), _steps(theirs), _ticks(when))
        for mine, theirs, when in zip(up[0].tolist(), up[1].tolist(), ticks, strict=True)
    ]


def _curve(ups: Sequence[float]) -> str:
    known = [(place, round(up)) for place, up in enumerate(ups) if not math.isnan(up)]
    pieces = [[known[0]]] if known else []
    for before, here in itertools.pairwise(known):
        if here[0] > before[0] + 1:
            pieces.append([])
        pieces[-1].append(here)
    return "".join(_piece(piece) for piece in pieces)


def _piece(points: Sequence[tuple[int, int]]) -> str:
    """One unbroken piece: where it begins, then steps; steps of the same slope are one."""
    moves: list[tuple[int, int]] = []
    slope = None
    for (_, before), (_, here) in itertools.pairwise(points):
        along, fall = moves.pop() if moves and here - before == slope else (0, 0)
        slope = here - before
        moves.append((along + STEP, fall + slope))
    begin = f"M{STEP * points[0][0]} {points[0][1]}"
    if not moves:
        return f"{begin}h0"  # a month that stands alone: a dot
    return f"{begin}l{' '.join(f'{along}{fall}' if fall < 0 else f'{along} {fall}' for along, fall in moves)}"


def _steps(ups: Sequence[float]) -> str:
    parts: list[str] = []
    before = None
    for place, up in enumerate(ups):
        x = STEP * place
        if math.isnan(up):
            parts += [f"H{x - STEP}"] if before is not None else []
            before = None
        elif before is None:
            parts.append(f"M{x} {up:.0f}")
            before = up
        elif up != before:
            parts.append(f"H{x}V{up:.0f}")
            before = up
    return "".join([*parts, f"H{width(len(ups))}"] if before is not None else parts)


def _ticks(places: Sequence[int]) -> str:
    return "".join(f"M{STEP * place} {HEIGHT + 2}v{_TICK}" for place in sorted(set(places)))
