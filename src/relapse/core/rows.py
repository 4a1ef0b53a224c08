"""The rows that models are fitted on and asked about: units, and many units stacked."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass, replace
from functools import cached_property

import numpy as np
from numpy.typing import NDArray

from relapse.core.catalogue import Feature, FeatureTable
from relapse.core.errors import InputError, nearest

Ints = NDArray[np.int32]
Floats = NDArray[np.float64]
Singles = NDArray[np.float32]

LEAD = Feature("lead__periods", "periods", "how many periods ahead the hazard is", "season")


@dataclass(frozen=True, eq=False)
class Unit:
    """The households at risk of one county at one as_of, with their features.

    Args:
        as_of: period.
        members: (n,) places of the households in the panel.
        household_ids: (n,) as in the input.
        cluster: (n,) number of the village, or of the household where villages are not known.
        leads: (leads,) periods ahead.
        table: features of the members.
        possible: (n, kinds) which kinds of entry each household can have; None where there is one kind, or it is not
            known.
    """

    as_of: int
    members: Ints
    household_ids: NDArray[np.object_]
    cluster: Ints
    leads: Ints
    table: FeatureTable
    possible: NDArray[np.bool_] | None = None

    @cached_property
    def entries(self) -> tuple[Feature, ...]:
        """Catalogue entries of the columns of `matrix`: features, by lead, by lead alone, the lead."""
        return (*self.table.every_entry, LEAD)

    @cached_property
    def _of_leads(self) -> NDArray[np.float32]:
        """(leads, entries) what differs by lead alone: the table's common features, and last the lead."""
        common = self.table.common_values
        parts = [] if common is None else [common]
        return np.hstack([*parts, self.leads[:, None]]).astype(np.float32)

    def matrix(
        self, place: int, rows: NDArray[np.intp] | slice = slice(None), only: NDArray[np.intp] | None = None
    ) -> NDArray[np.float32]:
        """(rows, entries) float32 at the lead `leads[place]`.

        Args:
            place: of the lead.
            rows: places of the members wanted; all by default.
            only: ascending places of the entries wanted; all by default.
        """
        fixed, by_lead = self.table.values, self.table.lead_values
        wide, deep = fixed.shape[1], 0 if by_lead is None else by_lead.shape[2]
        wanted = np.arange(len(self.entries)) if only is None else only
        begin, end = np.searchsorted(wanted, [wide, wide + deep])
        count = len(self.members) if isinstance(rows, slice) else len(rows)
        matrix = np.empty((count, len(wanted)), dtype=np.float32)
        matrix[:, :begin] = _some(fixed, rows, wanted[:begin])
        if by_lead is not None:
            matrix[:, begin:end] = _some(by_lead[:, place], rows, wanted[begin:end] - wide)
        matrix[:, end:] = self._of_leads[place, wanted[end:] - wide - deep]
        return matrix

    def each_lead(self, only: NDArray[np.intp]) -> Iterator[NDArray[np.float32]]:
        """The matrices of all members at each lead in turn: one array that is brought up to date, not to be kept.

        Args:
            only: places of the entries wanted, in the order of the columns.
        """
        wide = self.table.values.shape[1]
        differ = np.flatnonzero(only >= wide)
        order = differ[np.argsort(only[differ])]
        matrix: NDArray[np.float32] | None = None
        for place in range(len(self.leads)):
            if matrix is None:
                matrix = np.ascontiguousarray(self.matrix(place)[:, only])
            else:
                matrix[:, order] = self.matrix(place, only=only[order])
            yield matrix

    def column(self, name: str, place: int = 0) -> Floats:
        """(n,) one feature; at `leads[place]` where it differs by lead.

        Raises:
            InputError: no block made this feature.
        """
        names = [entry.name for entry in self.entries]
        if name not in names:
            raise InputError(f"the features lack '{name}', which this model needs; {nearest(name, names)}")
        at = names.index(name)
        if at < self.table.values.shape[1]:
            return self.table.values[:, at].astype(np.float64)
        return self.matrix(place, only=np.array([at]))[:, 0].astype(np.float64)


def _some(
    values: NDArray[np.float32], rows: NDArray[np.intp] | slice, columns: NDArray[np.intp]
) -> NDArray[np.float32]:
    """(rows, columns) of a matrix, touching no other column."""
    if len(columns) == values.shape[1]:
        return values[rows]
    return values[rows][:, columns] if isinstance(rows, slice) else values[rows[:, None], columns]


@dataclass(frozen=True, eq=False)
class TrainingRows:
    """Rows of households, origins and leads, with their labels.

    Args:
        entries: (columns,) catalogue entries of `matrix`.
        matrix: (rows, columns) float32.
        event: (rows,) 1.0 or 0.0.
        weight: (rows,) 1 for events; 1 / share for sampled non-events.
        lead: (rows,) periods ahead.
        leads: (leads,) all leads that are modelled.
        events: number of distinct (household, origin) with an event among all closed labels, before sampling.
        households: number of households.
        origins: training origins.
        cumulative: whether the events are first entries by lead (else states at each horizon).
        harmful: whether what makes a household poorer makes the event likelier: only then do rules that look at the
            line, and the catalogue's expected directions, hold as they stand.
        year_on: gives (rows,) ln of income over the line at the lead nearest to a year, as known when the labels were;
            NaN where not known. Worked out when asked: few models learn from incomes.
        age: (rows,) years from a row's origin to the as_of at which it is learned; None where no origin is told.
    """

    entries: tuple[Feature, ...]
    matrix: NDArray[np.float32]
    event: Floats
    weight: Floats
    lead: Ints
    leads: Ints
    events: int
    households: int
    origins: tuple[int, ...]
    cumulative: bool
    year_on: Callable[[], Floats]
    harmful: bool = True
    age: Floats | None = None

    def thinned(self, most: int, rng: np.random.Generator) -> TrainingRows:
        """About so many rows at most: all with an event, of the others a sample that weighs as much as they all did.

        Args:
            most: rows wanted; there are more where more have an event.
            rng: draws them.
        """
        ones = self.event == 1
        events = int(ones.sum())
        share = max(most - events, events, 1) / max(len(ones) - events, 1)
        if len(ones) <= most or share >= 1:
            return self
        kept = np.flatnonzero(ones | (rng.random(len(ones)) < share))
        weight = np.where(ones, self.weight, self.weight / share)
        some = {name: getattr(self, name)[kept] for name in ("matrix", "event", "lead")}
        age = None if self.age is None else self.age[kept]
        return replace(self, **some, weight=weight[kept], age=age, year_on=lambda: self.year_on()[kept])

    def column(self, name: str) -> Floats:
        """(rows,) one feature.

        Raises:
            InputError: no block made this feature.
        """
        names = [entry.name for entry in self.entries]
        if name not in names:
            raise InputError(f"the features lack '{name}', which this model needs; {nearest(name, names)}")
        return self.matrix[:, names.index(name)].astype(np.float64)
