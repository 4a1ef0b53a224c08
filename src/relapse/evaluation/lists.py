"""Lists of a given length: who is on them, and what they found.

In go ranks by origin; out come columns to sum over rows, and precision, recall, lift and the best attainable.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass
from fractions import Fraction

import numpy as np
from numpy.typing import NDArray

from relapse.evaluation.metrics import Floats, Ints, Numbers, ratio

_SHARE = re.compile(r"(\d+(?:\.\d+)?)pct")


@dataclass(frozen=True)
class ListLength:
    """How long a list is at an origin.

    Args:
        label: as it stands in the name of a metric, such as `300` or `5pct`.
        count: households, or None where it is a share.
        share: of the rows of the origin, or None where it is a count.
    """

    label: str
    count: int | None
    share: Fraction | None

    @staticmethod
    def of(text: int | str) -> ListLength:
        """A length from a count such as 300 or a share such as `5pct`.

        Raises:
            ValueError: it is neither, or is not positive, or is a share above 100pct.
        """
        label = str(text).strip()
        if label.isascii() and label.isdigit() and int(label) > 0:
            return ListLength(str(int(label)), int(label), None)
        match = _SHARE.fullmatch(label)
        share = Fraction(match[1]) / 100 if match else Fraction(0)
        if not 0 < share <= 1:
            raise ValueError(f"list length {label!r} is neither a count such as 300 nor a share such as 5pct")
        return ListLength(label, None, share)

    def at(self, rows: int) -> int | None:
        """Households on the list of an origin with that many rows; None where a count is longer than the origin."""
        if self.share is not None:
            return -(-self.share.numerator * rows // self.share.denominator)
        return self.count if self.count is not None and self.count <= rows else None


def lengths_of(texts: Sequence[int | str]) -> list[ListLength]:
    """Lengths in the order given, each once (300 and `300` are the same).

    Raises:
        ValueError: one cannot be read.
    """
    return list({length.label: length for length in map(ListLength.of, texts)}.values())


@dataclass(frozen=True, eq=False)
class Lists:
    """Which rows one model lists, at one length.

    Args:
        length: of the list.
        has: (origins,) whether the origin has as many rows as the list is long.
        listed: (n,) whether the row is listed; the first of `rank`, never of the chance.
    """

    length: ListLength
    has: NDArray[np.bool_]
    listed: NDArray[np.bool_]

    @staticmethod
    def of(length: ListLength, rank: NDArray[np.int32], row_origin: Ints, origins: int) -> Lists:
        """Lists of all origins.

        Args:
            length: of each list.
            rank: (n,) place on the origin's list, from 1.
            row_origin: (n,) number of the row's origin.
            origins: how many there are.
        """
        sizes = [length.at(int(rows)) for rows in np.bincount(row_origin, minlength=origins)]
        places = np.array([size or 0 for size in sizes], dtype=np.int64)
        return Lists(length, np.array([size is not None for size in sizes], dtype=bool), rank <= places[row_origin])


def list_figures_of(rows: Numbers, events: Numbers, listed: Numbers, hits: Numbers) -> dict[str, Floats]:
    """Figures of lists at several origins taken together, each (draws,).

    Args:
        rows: (origins, draws) weighted rows of each origin that has the list.
        events: the same, rows with an event.
        listed: the same, listed rows.
        hits: the same, listed rows with an event.

    Returns:
        precision_at, hits over listed; recall_at, hits over events; attainable_at, the precision if events came first
        at each origin; lift_at, precision over the base rate.
    """
    best = np.minimum(listed, events).sum(axis=0, dtype=np.float64)
    all_rows, all_events, all_listed, all_hits = (
        part.sum(axis=0, dtype=np.float64) for part in (rows, events, listed, hits)
    )
    precision = ratio(all_hits, all_listed)
    return {
        "precision_at": precision,
        "recall_at": ratio(all_hits, all_events),
        "attainable_at": ratio(best, all_listed),
        "lift_at": ratio(precision, ratio(all_events, all_rows)),
    }
