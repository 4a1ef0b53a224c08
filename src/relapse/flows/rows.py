"""Panel -> units -> training rows: the one way in which training, backtest and scoring come by their rows."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Protocol

import numpy as np
from numpy.typing import NDArray

from relapse.core.catalogue import FeatureTable
from relapse.core.panel import Histories, Panel, PanelView
from relapse.core.protocols import Auditor
from relapse.core.rows import LEAD, Floats, Ints, TrainingRows, Unit
from relapse.outcome.label.labels import Kind, Labels, Outcome
from relapse.outcome.split import RollingOrigin


class FeatureBlock(Protocol):
    """One block of features."""

    def table(self, known: Histories, leads: NDArray[np.int32]) -> FeatureTable:
        """Features of the members of `known`, one row a member in their order; float32, NaN where not known.

        Args:
            known: what was known at as_of.
            leads: (leads,) periods ahead of the as_of.
        """
        ...


@dataclass(frozen=True, eq=False)
class Task:
    """What is forecast on which panel, with what features: the same for every model that is compared.

    Args:
        panel: with both clocks.
        outcome: what is forecast, as taken on the panel.
        features: blocks by name.
        split: rolling origins and embargo.
        horizons: periods ahead that are reported.
        kind: of the labels.
        leads: (leads,) that are modelled.
        seed: of everything that is drawn.
        audits: which households' records are too doubtful to learn from; None where nothing looks for such.
    """

    panel: Panel
    outcome: Outcome
    features: Mapping[str, FeatureBlock]
    split: RollingOrigin
    horizons: tuple[int, ...]
    kind: Kind
    leads: Ints
    seed: int
    audits: Auditor | None = None
    units: dict[int, Unit] = field(default_factory=dict, repr=False)  # units already made, by as_of
    closed: dict[int, dict[int, Floats]] = field(default_factory=dict, init=False, repr=False)  # see training_events

    def unit(self, as_of: int) -> Unit:
        """The households at risk at an as_of with their features; made once."""
        if as_of not in self.units:
            known = self.panel.as_of(as_of)
            self.units[as_of] = make_unit(known, self.outcome, self.features, self.leads, self.split.gap)
        return self.units[as_of]

    def labels(self, known: PanelView, origin: int) -> Labels:
        """Labels of an origin's unit with what was known."""
        return self.outcome.labels(known, self.unit(origin).members, origin, self.leads, self.kind, self.split.gap)

    def within_with_line_held(self, known: PanelView, origin: int) -> Floats | None:
        """(n, leads) what had come of an origin's unit if its line had stayed; None where no policy's line decides."""
        members = self.unit(origin).members
        held = self.outcome.labels_with_line_held(known, members, origin, self.leads, self.kind, self.split.gap)
        return None if held is None else held.within

    def training_events(self, as_of: int) -> Mapping[int, Floats]:
        """Labels (n, leads) of every training origin with what was known at an as_of, by origin.

        Those of the last two as_ofs are kept: all models of an origin learn from them and from its cross-fit's.
        """
        if as_of not in self.closed:
            known = self.panel.as_of(as_of)
            origins = self.split.training_origins(self.panel, as_of, self.outcome.maturity)
            while len(self.closed) > 1:
                del self.closed[next(iter(self.closed))]
            doubtful = self._doubtful(known)
            self.closed[as_of] = {origin: self._closed_events(known, origin, doubtful) for origin in origins}
        return self.closed[as_of]

    def _closed_events(self, known: PanelView, origin: int, doubtful: NDArray[np.bool_]) -> Floats:
        """(n, leads) of one origin; nothing is learned from records in doubt."""
        event = self.labels(known, origin).event
        return np.where(doubtful[self.unit(origin).members][:, None], np.nan, event)

    def _doubtful(self, known: PanelView) -> NDArray[np.bool_]:
        """(households,) whose records are in doubt, as known."""
        if self.audits is None:
            return np.zeros(len(self.panel.household_ids), dtype=bool)
        return self.audits.doubtful(known)

    def rng(self, *what: int) -> np.random.Generator:
        """Randomness that depends on the seed and on what it is for, and on nothing else."""
        return np.random.default_rng([self.seed, *what])


def make_task(
    panel: Panel,
    outcome: Outcome,
    features: Mapping[str, FeatureBlock],
    split: RollingOrigin,
    horizons: Sequence[int],
    seed: int,
    audits: Auditor | None = None,
) -> Task:
    """A task on a panel, with the outcome and the kind of label that the panel allows.

    Raises:
        InputError: nobody is observed at one of the horizons, or the panel does not tell the outcome.
    """
    chosen = tuple(sorted(set(horizons)))
    taken = outcome.on(panel, split.cut_on(panel))
    kind = taken.kind_on(panel, chosen)
    return Task(panel, taken, features, split, chosen, kind, taken.leads(kind, chosen), seed, audits)


def make_unit(known: PanelView, outcome: Outcome, features: Mapping[str, FeatureBlock], leads: Ints, gap: int) -> Unit:
    """The households at risk at the view's as_of, with their features from what was known.

    Args:
        known: what was known by the end of the as_of.
        outcome: says who is at risk.
        features: blocks by name.
        leads: (leads,) from 1, counted from the end of the gap.
        gap: periods between the as_of and the first lead; blocks are told how far ahead of the as_of each lead lies.
    """
    risk = outcome.at_risk(known)
    histories = known.everyone.take(risk)
    tables = [block.table(histories, leads + gap) for block in features.values()]
    members = histories.members
    return Unit(
        known.as_of,
        members,
        known.panel.household_ids[members],
        _clusters(histories),
        leads,
        FeatureTable.join(tables, len(members), len(leads)),
    )


def stack(task: Task, as_of: int, most_rows: int | None = None, only: Sequence[str] | None = None) -> TrainingRows:
    """All closed labels known at an as_of with the features of their origins.

    Args:
        task: what is forecast.
        as_of: labels whose window had closed and was known then count, no others.
        most_rows: non-events are sampled down to about so many rows and weighted; None keeps all.
        only: names of the features wanted (the lead is always there); None for all.
    """
    events = task.training_events(as_of)
    share = _sampled_share(list(events.values()), most_rows)
    rng = task.rng(as_of, 1)
    parts = [_rows_of(task.unit(origin), event, share, rng, only) for origin, event in events.items()]
    parts = [part for part in parts if len(part[1])]
    columns = _columns(task.unit(as_of), only)
    empty = (np.empty((0, len(columns)), np.float32), np.empty(0), np.empty(0, np.int32))
    matrix, event, lead = (np.concatenate([empty[k], *(part[k] for part in parts)]) for k in range(3))
    return TrainingRows(
        tuple(task.unit(as_of).entries[k] for k in columns),
        matrix,
        event,
        np.where(event == 1, 1.0, 1 / share),
        lead,
        task.leads,
        int(sum((each == 1).any(axis=1).sum() for each in events.values())),
        _distinct(task, events),
        tuple(events),
        task.kind == "first_entry",
    )


def _distinct(task: Task, origins: Iterable[int]) -> int:
    """Households at risk at any of the origins."""
    met = np.zeros(len(task.panel.household_ids), dtype=bool)
    for origin in origins:
        met[task.unit(origin).members] = True
    return int(met.sum())


def _sampled_share(events: Sequence[NDArray[np.float64]], most_rows: int | None) -> float:
    """Share of the non-events that is kept: all where there is room, and at least two for each event."""
    ones = sum(float((each == 1).sum()) for each in events)
    zeros = sum(float((each == 0).sum()) for each in events)
    if most_rows is None or ones + zeros <= most_rows:
        return 1.0
    return float(min(1.0, max(most_rows - ones, 2 * ones) / zeros))


def _rows_of(
    unit: Unit, event: NDArray[np.float64], share: float, rng: np.random.Generator, only: Sequence[str] | None
) -> tuple[NDArray[np.float32], NDArray[np.float64], Ints]:
    """Feature rows, labels and leads of one origin, lead by lead."""
    columns = _columns(unit, only)
    matrices, labels, leads = [np.empty((0, len(columns)), np.float32)], [np.empty(0)], [np.empty(0, np.int32)]
    for place, lead in enumerate(unit.leads):
        drawn = rng.random(len(event)) < share
        rows = np.flatnonzero((event[:, place] == 1) | ((event[:, place] == 0) & drawn))
        matrices.append(unit.matrix(place, rows, columns))
        labels.append(event[rows, place])
        leads.append(np.full(len(rows), lead, np.int32))
    return np.concatenate(matrices), np.concatenate(labels), np.concatenate(leads)


def _columns(unit: Unit, only: Sequence[str] | None) -> NDArray[np.intp]:
    """Places of the entries wanted; the lead is always among them."""
    wanted = [only is None or entry.name in {*only, LEAD.name} for entry in unit.entries]
    return np.flatnonzero(wanted)


def _clusters(known: Histories) -> Ints:
    """(n,) the newest known village, else the household itself, as numbers that do not collide."""
    village = known.home("village")
    if village is None or len(village.levels) < 2:  # one village alone cannot be resampled
        return known.members
    return np.where(village.codes >= 0, village.codes, len(village.levels) + known.members).astype(np.int32)
