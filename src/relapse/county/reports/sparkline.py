"""Income against the line as the paths of a small inline drawing: matrices come in, short texts go out."""

from __future__ import annotations

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
    parts: list[str] = []
    before, pieces = None, 0  # height of the month before; points of the piece by now
    for place, up in enumerate(ups):
        if math.isnan(up):
            parts += ["h0"] if pieces == 1 else []
            before, pieces = None, 0
            continue
        if before is None:
            parts.append(f"M{STEP * place} {up:.0f}")
        else:
            fall = f"{up - before:.0f}"
            parts.append(f"{'l' if pieces == 1 else ' '}{STEP}{fall if fall[0] == '-' else ' ' + fall}")
        before, pieces = up, pieces + 1
    return "".join([*parts, "h0"] if pieces == 1 else parts)


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
