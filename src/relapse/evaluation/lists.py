"""Lists of a given length: who is on them, what they found and how early, and who stayed on them.

In go ranks by origin; out come columns to sum over rows, and the figures of lists.
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

    def on_the_last(self, household: Ints, row_origin: Ints) -> NDArray[np.bool_]:
        """(n,) whether the row's household was on the list of the origin before; of the first origin nobody was.

        Args:
            household: (n,) number of the household, below 2**31.
            row_origin: (n,) number of the row's origin, ascending in time.
        """
        listed = household[self.listed] + ((row_origin[self.listed] + 1) << 32)
        return np.isin(household + (row_origin << 32), listed)


def list_figures_of(rows: Numbers, events: Numbers, listed: Numbers, hits: Numbers) -> dict[str, Floats]:
    """Figures of lists at several origins taken together, each (draws,).

    Args:
        rows: (origins, draws) weighted rows of each origin that has the list.
        events: the same, rows with an event.
        listed: the same, listed rows.
        hits: the same, listed rows with an event.

    Returns:
        precision_at, hits over listed; recall_at, hits over events; attainable_at, the precision if events came first
        at each origin; lift_at, precision over the base rate; exclusion_error_at, share of events that were not listed;
        inclusion_error_at, share of the listed without an event; visits_per_fall_at, listed over hits.
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
        "exclusion_error_at": ratio(all_events - all_hits, all_events),
        "inclusion_error_at": ratio(all_listed - all_hits, all_listed),
        "visits_per_fall_at": ratio(all_listed, all_hits),
    }


@dataclass(frozen=True, eq=False)
class Timing:
    """When events came, and how early is early enough.

    Args:
        ahead: (n,) periods from the origin to the event, NaN where none came.
        steps: (steps,) the different ones, ascending.
        early: an event so many periods ahead of which the household was listed was found early.
        visit_cost: of looking at one listed household.
    """

    ahead: Floats
    steps: Floats
    early: int
    visit_cost: float

    @staticmethod
    def of(ahead: Floats, early: int, visit_cost: float) -> Timing:
        """The timing of (n,) rows."""
        return Timing(ahead, np.unique(ahead[np.isfinite(ahead)]), early, visit_cost)

    @property
    def width(self) -> int:
        """Columns that `columns` gives."""
        return 1 + len(self.steps)

    def columns(self, listed: NDArray[np.bool_], rows: Ints) -> Floats:
        """(rows, 1 + steps): listed rows whose event came late enough to be found early, and by when it came."""
        ahead = np.where(listed, self.ahead[rows], np.nan)
        return np.column_stack([ahead >= self.early, ahead[:, None] == self.steps]).astype(np.float64)

    def figures_of(self, listed: Numbers, early: Numbers, by_step: Numbers) -> dict[str, Floats]:
        """How early the list was, each (draws,).

        Args:
            listed: (draws,) weighted listed rows.
            early: (draws,) those among them that were found early.
            by_step: (steps, draws) those among them with an event, by when it came.

        Returns:
            lead_time_mean_at and lead_time_median_at, periods between the list and the event among those found (the
            median is the first period by which half of them had come); cost_per_early_fall_at, cost of looking at all
            listed over the events found early.
        """
        counts = np.asarray(by_step, dtype=np.float64)
        found = counts.sum(axis=0)
        half = np.append(counts.cumsum(axis=0), [found], axis=0) * 2 >= found
        middle = np.append(self.steps, np.nan)[half.argmax(axis=0)]
        return {
            "lead_time_mean_at": ratio(self.steps @ counts, found),
            "lead_time_median_at": np.where(found > 0, middle, np.nan),
            "cost_per_early_fall_at": self.visit_cost * ratio(listed, early),
        }
