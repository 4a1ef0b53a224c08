"""Columns that give an outcome away: each alone, cut into pieces, is held against what came.

A column can tell by its value, by being blank, by one of its levels (a text, a code), or by a mark that few households
bear and hardly any but those to whom the outcome comes.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from relapse.core.catalogue import Feature
from relapse.core.texts import brief
from relapse.core.worded import Worded, bare

Floats = NDArray[np.float64]
Halves = Floats  # (2, 2, pieces)
MOST_HOUSEHOLDS = 20_000  # our choice: households that alarms on a whole history look at, evenly drawn
Z90 = 1.645  # of intervals of 90 %

_PIECES = 48  # our choice: pieces of a column with more different values; the ROC-AUC of pieces is lower by under 0.01
_OTHERS = 10_000  # our choice: rows without an event that are looked at, evenly drawn; more make no interval narrower
_SHRINK = 10.0  # our choice: a piece's rate is drawn to everybody's as if by so many more rows


def evenly(count: int, most: int) -> NDArray[np.int32]:
    """At most so many of `count` places, at equal distances.

    Example:
        >>> evenly(7, 3).tolist()
        [0, 3, 6]
    """
    return np.arange(0, count, max(1, -(-count // most)), dtype=np.int32)


@dataclass(frozen=True, eq=False)
class Pieces:
    """One column cut into pieces of values that lie side by side; a frequent value is a piece of its own.

    Args:
        code: (rows,) number of the piece, 0 where blank.
        low, high: (pieces - 1,) the smallest and the largest value of each piece from 1 on, ascending.
    """

    code: NDArray[np.intp]
    low: Floats
    high: Floats

    @staticmethod
    def of(values: Floats) -> Pieces:
        """The pieces of a column (rows,), NaN where blank.

        Example:
            >>> Pieces.of(np.array([3.0, np.nan, 1.0, 3.0])).code.tolist()
            [2, 0, 1, 2]
        """
        known = ~np.isnan(values)
        distinct, place, count = np.unique(values[known], return_inverse=True, return_counts=True)
        number = np.arange(len(distinct))
        if len(distinct) > _PIECES:
            step = (np.cumsum(count) - count) * _PIECES // count.sum()
            frequent = count * _PIECES >= count.sum()
            number = np.cumsum((np.diff(step, prepend=-1) > 0) | frequent | np.roll(frequent, 1)) - 1
        code = np.zeros(len(values), dtype=np.intp)
        code[known] = number[place] + 1
        first = np.flatnonzero(np.diff(number, prepend=-1))
        return Pieces(code, distinct[first], distinct[np.append(first[1:], len(distinct))[: len(first)] - 1])

    def __len__(self) -> int:
        return len(self.low) + 1

    def named(self, piece: int) -> Worded:
        """What a piece is called."""
        if piece == 0:
            return Worded("alarm.mark.blank")
        low, high = (brief(bound[piece - 1], 6) for bound in (self.low, self.high))
        return bare(low) if low == high else Worded("alarm.mark.range", {"low": low, "high": high})

    def holds(self, piece: int, values: Floats) -> NDArray[np.bool_]:
        """(n,) which values lie in a piece."""
        return np.isnan(values) if piece == 0 else (values >= self.low[piece - 1]) & (values <= self.high[piece - 1])


@dataclass(frozen=True, eq=False)
class Columns:
    """Columns of features at several origins, and those of their rows that are looked at.

    Args:
        entries: (columns,) of the catalogue.
        values: (n, columns), NaN where blank.
        rows: (rows,) places that are looked at: all with an event, and others evenly drawn.
        pieces: (columns,) of these rows.
    """

    entries: tuple[Feature, ...]
    values: NDArray[np.floating]
    rows: NDArray[np.intp]
    pieces: tuple[Pieces, ...]

    @staticmethod
    def of(entries: Sequence[Feature], values: NDArray[np.floating], came: NDArray[np.bool_]) -> Columns:
        """Cut columns into pieces.

        Args:
            entries: (columns,).
            values: (n, columns).
            came: (n,) whether there is an event at any horizon.
        """
        others = np.flatnonzero(~came)
        drawn = others[evenly(len(others), _OTHERS)]
        rows = np.sort(np.concatenate([np.flatnonzero(came), drawn]))
        cut = tuple(Pieces.of(values[rows, place].astype(np.float64)) for place in range(len(entries)))
        return Columns(tuple(entries), values, rows, cut)

    def against(self, observed: Floats) -> Against:
        """The columns beside what came at one horizon: (n,) 1.0 where it came, 0.0 where not, NaN where not known."""
        came = observed[self.rows]
        told = np.flatnonzero(~np.isnan(came))
        others = float((came == 0).sum())
        return Against(self, observed, told, came[told], float((observed == 0).sum()) / max(others, 1), others)


@dataclass(frozen=True, eq=False)
class Against:
    """Columns beside what came at one horizon, see `Columns.against`.

    Args:
        columns: cut into pieces.
        observed: (n,) what came.
        told: (told,) places among the rows that are looked at of those of which that is known.
        came: (told,) what came of them.
        weight: rows without the event for each of those that are looked at.
        others: rows without the event that are looked at.
    """

    columns: Columns
    observed: Floats
    told: NDArray[np.intp]
    came: Floats
    weight: float
    others: float

    def halves(self, place: int) -> Halves:
        """(2, 2, pieces): in every other row, and in the rest, events and others in each piece of a column."""
        pieces = self.columns.pieces[place]
        code = pieces.code[self.told]
        half = np.arange(len(code)) % 2
        cell = (half * 2 + (self.came == 0)) * len(pieces) + code
        return np.bincount(cell, minlength=4 * len(pieces)).reshape(2, 2, -1).astype(np.float64)

    def areas(self, place: int, halves: Halves) -> dict[str, float]:
        """ROC-AUC of one column alone by what it tells with: in either direction, since a leak may be upside down.

        Args:
            place: of the column.
            halves: of the column, see `halves`.

        Returns:
            Of its `value` (a blank counts as the mean), of being `blank`, and of its `level`: pieces in the order of
            how often the outcome came among every other row, whatever their values.
        """
        pieces, (events, others) = self.columns.pieces[place], halves.sum(axis=0)
        count = events + others
        middle = count[1:] @ (pieces.low + pieces.high) / 2 / max(count[1:].sum(), 1)
        by_value = _area(np.append(middle, pieces.low), events, others)
        by_blank = _area(np.arange(len(pieces)) == 0, events, others)
        base = events.sum() / count.sum()
        rates = (halves[:, 0] + _SHRINK * base) / (halves.sum(axis=1) + _SHRINK)
        by_level = float(np.mean([_area(rates[1 - half], *halves[half]) for half in (0, 1)]))
        return {"value": max(by_value, 1 - by_value), "blank": max(by_blank, 1 - by_blank), "level": by_level}

    def marks(self, place: int, halves: Halves, least_events: int, share: float) -> list[tuple[Worded, Floats]]:
        """Marks of one column that few bear but those to whom the outcome comes.

        A mark is a piece, to be told at all, or to be told and other than what is usual.

        Args:
            place: of the column.
            halves: of the column, see `halves`.
            least_events: so many events at least bear it.
            share: of those who bear it, to whom the outcome comes at least.

        Returns:
            What the mark is, and what came (bearers,) of all who bear it, not only of the rows that are looked at.
        """
        pieces, (events, others) = self.columns.pieces[place], halves.sum(axis=0)
        count = events + self.weight * others
        usual = 1 + int(np.argmax(count[1:])) if len(pieces) > 1 else 0
        own = np.eye(len(pieces), dtype=bool)
        some = np.vstack([own, ~own[0], ~own[0] & ~own[usual]])
        events, count = some @ events, some @ count
        found = []
        for mark in np.flatnonzero((events >= least_events) & (events >= share * count)).tolist():
            values = self.columns.values[:, place].astype(np.float64)
            if mark < len(pieces):
                what, bears = pieces.named(mark), pieces.holds(mark, values)
            else:
                what, bears = Worded("alarm.mark.told"), ~np.isnan(values)
                if mark > len(pieces):
                    what = Worded("alarm.mark.told_not", {"usual": pieces.named(usual)})
                    bears &= ~pieces.holds(usual, values)
            found.append((what, self.observed[bears & ~np.isnan(self.observed)]))
        return found


def least_share(came: Floats) -> float:
    """The lower end of the interval of 90 % of a share.

    Args:
        came: (n,) 1.0 and 0.0.

    Source:
        Wilson (1927), Journal of the American Statistical Association 22:209-212.
    """
    n, share = len(came), float(came.mean())
    middle, spread = share + Z90**2 / (2 * n), Z90 * np.sqrt(share * (1 - share) / n + (Z90 / (2 * n)) ** 2)
    return float((middle - spread) / (1 + Z90**2 / n))


def _area(score: NDArray[np.number] | NDArray[np.bool_], events: Floats, others: Floats) -> float:
    """ROC-AUC of pieces (pieces,) by a score; equal scores count as half."""
    _, place = np.unique(score, return_inverse=True)
    ones, zeros = (np.bincount(place, weights=each) for each in (events, others))
    pairs = ones.sum() * zeros.sum()
    return float(ones @ (np.cumsum(zeros) - zeros / 2) / pairs) if pairs else 0.5
