"""Panel -> units -> training rows: the one way in which training, backtest and scoring come by their rows."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from functools import cached_property
from typing import Protocol, runtime_checkable

import numpy as np
from numpy.typing import NDArray

from relapse.core.catalogue import FeatureTable
from relapse.core.panel import Histories, Panel, PanelView
from relapse.core.protocols import Auditor
from relapse.core.rows import LEAD, Floats, Ints, Singles, TrainingRows, Unit
from relapse.core.sensitive import Sensitive
from relapse.core.tallies import Sums
from relapse.core.threads import Kept, free_cores
from relapse.model.blend import FittedHazard
from relapse.model.kinds import FittedKinds
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


@runtime_checkable
class SpeaksOfOthers(Protocol):
    """A block that speaks of other households too: what it needs of everybody are sums, so parts can be added up.

    Its `table` is `table_among` with the tally of everyone that its view observes.
    """

    def reach(self, panel: Panel) -> int:
        """Periods of everybody's history that the sums are made of; 0 where there is nothing to add up."""
        ...

    def tally(self, everyone: Histories) -> Sums:
        """Sums over everyone observed, by name; see `core.tallies` for sums that are exact in any order.

        Args:
            everyone: histories over `reach` periods at least.
        """
        ...

    def table_among(self, known: Histories, leads: NDArray[np.int32], sums: Sums) -> FeatureTable:
        """Features of the members of `known`, with the sums of everyone in the county."""
        ...


def kept_units(made: Mapping[int, Unit] | None = None) -> Kept[int, Unit]:
    """Units by as_of, none if None: for a task that is another's but for what its units are made of."""
    return Kept(made or {}, alone=True)


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
        sensitive: what features may not read; None closes nothing.
        held_out: (households,) of which no label is learned from, while what is known of them makes features as ever;
            None where all are learned from.
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
    sensitive: Sensitive | None = None
    held_out: NDArray[np.bool_] | None = None
    units: Kept[int, Unit] = field(default_factory=kept_units, repr=False)  # already made, by as_of
    closed: Kept[int, dict[int, Singles]] = field(  # see training_events
        default_factory=lambda: Kept(most=2 * free_cores(), alone=True), init=False, repr=False
    )
    fitted: Kept[tuple[str, int], FittedHazard] = field(default_factory=Kept, init=False, repr=False)  # see flows.fit
    fitted_kinds: Kept[tuple[str, int], FittedKinds] = field(default_factory=Kept, init=False, repr=False)  # likewise

    @cached_property
    def shown(self) -> Panel:
        """The panel as features may see it."""
        return self.panel if self.sensitive is None else self.sensitive.on(self.panel)

    def place(self, horizon: int) -> int:
        """Where a horizon stands among the leads."""
        return int(np.flatnonzero(self.leads == horizon)[0])

    def unit(self, as_of: int) -> Unit:
        """The households at risk at an as_of with their features; made once."""
        view = self.shown.as_of
        return self.units.get_or_make(
            as_of, lambda: make_unit(view(as_of), self.outcome, self.features, self.leads, self.split.gap)
        )

    def keep_units(self, as_ofs: Collection[int]) -> None:
        """Let go of all other units made so far: they are large, and are made again when asked for."""
        for as_of in self.units.keys() - as_ofs:
            del self.units[as_of]

    def labels(self, known: PanelView, origin: int) -> Labels:
        """Labels of an origin's unit with what was known."""
        return self.outcome.labels(known, self.unit(origin).members, origin, self.leads, self.kind, self.split.gap)

    def within_with_line_held(self, known: PanelView, origin: int) -> Floats | None:
        """(n, leads) what had come of an origin's unit if its line had stayed; None where no policy's line decides."""
        members = self.unit(origin).members
        held = self.outcome.labels_with_line_held(known, members, origin, self.leads, self.kind, self.split.gap)
        return None if held is None else held.within

    def training_origins(self, as_of: int) -> list[int]:
        """Origins that train at an as_of: with a label that can have come, had closed, and was known."""
        first = self.outcome.first_window(self.panel) - self.split.gap - 1
        return [each for each in self.split.training_origins(self.panel, as_of, self.outcome.maturity) if each >= first]

    def training_events(self, as_of: int) -> Mapping[int, Singles]:
        """Labels (n, leads) of every training origin with what was known at an as_of, by origin.

        Those of the last as_ofs are kept: all models of an origin learn from them and from its cross-fit's.
        """

        def make() -> dict[int, Singles]:
            known = self.panel.as_of(as_of)
            left_out = self._left_out(known)
            return {origin: self._closed_events(known, origin, left_out) for origin in self.training_origins(as_of)}

        return self.closed.get_or_make(as_of, make)

    def has_events(self, as_of: int, least: int) -> bool:
        """Whether so many events are among the closed labels known at an as_of; looks no further than needed."""
        known, found = self.panel.as_of(as_of), 0
        left_out = self._left_out(known)
        for origin in reversed(self.training_origins(as_of)):
            found += int((self._closed_events(known, origin, left_out) == 1).any(axis=1).sum())
            if found >= least:
                return True
        return False

    def is_held_out(self, origin: int) -> NDArray[np.bool_]:
        """(n,) which households of an origin's unit nothing is learned of."""
        members = self.unit(origin).members
        return np.zeros(len(members), dtype=bool) if self.held_out is None else self.held_out[members]

    def without_each(self, part: NDArray[np.intp]) -> list[Task]:
        """The task without the labels of each part in turn, of whom nothing is learned then; what is held out stays so.

        Args:
            part: (households,) number of each one's part, from 0; -1 of those who are in none.
        """
        parts = (part == number for number in range(int(part.max()) + 1))
        return [replace(self, held_out=each if self.held_out is None else each | self.held_out) for each in parts]

    def _closed_events(self, known: PanelView, origin: int, left_out: NDArray[np.bool_]) -> Singles:
        """(n, leads) of one origin, NaN for those of which nothing is learned."""
        event = self.labels(known, origin).event.astype(np.float32)
        return np.where(left_out[self.unit(origin).members][:, None], np.nan, event)

    def _left_out(self, known: PanelView) -> NDArray[np.bool_]:
        """(households,) of which nothing is learned: they are held out, or their records are in doubt as known."""
        count = len(self.panel.household_ids)
        doubtful = np.zeros(count, dtype=bool) if self.audits is None else self.audits.doubtful(known)
        return doubtful if self.held_out is None else doubtful | self.held_out

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
    sensitive: Sensitive | None = None,
) -> Task:
    """A task on a panel, with the outcome and the kind of label that the panel allows.

    Raises:
        InputError: nobody is observed at one of the horizons, or the panel does not tell the outcome.
    """
    chosen = tuple(sorted(set(horizons)))
    taken = outcome.on(panel, split.cut_on(panel))
    kind = taken.kind_on(panel, chosen)
    return Task(panel, taken, features, split, chosen, kind, taken.leads(kind, chosen), seed, audits, sensitive)


def make_unit(
    known: PanelView,
    outcome: Outcome,
    features: Mapping[str, FeatureBlock],
    leads: Ints,
    gap: int,
    sums: Mapping[str, Sums] | None = None,
    risk: NDArray[np.bool_] | None = None,
) -> Unit:
    """The households at risk at the view's as_of, with their features from what was known.

    Args:
        known: what was known by the end of the as_of; where groups of sensitive data are closed in its panel, features
            that tell of them are left out (see `core.sensitive`).
        outcome: says who is at risk.
        features: blocks by name.
        leads: (leads,) from 1, counted from the end of the gap.
        gap: periods between the as_of and the first lead; blocks are told how far ahead of the as_of each lead lies.
        sums: by block, those over everybody, where the view is of a part of the county (see `flows.streamed`).
        risk: who is at risk, of those observed, where that is known already.
    """
    if sums is None:
        sums = tallies(known, features)
    risk = outcome.at_risk(known) if risk is None else risk
    histories, ahead = known.histories(known.observed[risk]), leads + gap
    tables = []
    for name, block in features.items():
        if isinstance(block, SpeaksOfOthers):
            tables.append(block.table_among(histories, ahead, sums[name]))
        else:
            tables.append(block.table(histories, ahead))
    members = histories.members
    return Unit(
        known.as_of,
        members,
        known.panel.household_ids[members],
        clusters(histories, members),
        leads,
        FeatureTable.join(tables, len(members), len(leads)).leave_out(known.panel.closed.groups),
        outcome.possible(known, members),
    )


def stack(
    task: Task,
    as_of: int,
    most_rows: int | None = None,
    only: Sequence[str] | None = None,
    others_per_event: int | None = None,
    since: int | None = None,
) -> TrainingRows:
    """All closed labels known at an as_of with the features of their origins.

    Args:
        task: what is forecast.
        as_of: labels whose window had closed and was known then count, no others.
        most_rows: non-events are sampled down to about so many rows and weighted; None keeps all.
        only: names of the features wanted (the lead is always there); None for all.
        others_per_event: where they are sampled, so many non-events an event, but no fewer rows than a quarter of
            `most_rows`; None for `most_rows`.
        since: origins from this one on; None for all.
    """
    events = {at: event for at, event in task.training_events(as_of).items() if since is None or at >= since}
    share = _sampled_share(list(events.values()), most_rows, others_per_event)
    rng = task.rng(as_of, 1)
    of_origins = {origin: _rows_of(task.unit(origin), event, share, rng, only) for origin, event in events.items()}
    of_origins = {origin: part for origin, part in of_origins.items() if len(part[1])}
    parts, members = list(of_origins.values()), {origin: part[3] for origin, part in of_origins.items()}
    columns, per_year = _columns(task.unit(as_of), only), task.panel.calendar.per_year
    empty = (np.empty((0, len(columns)), np.float32), np.empty(0), np.empty(0, np.int32), np.empty(0, np.intp))
    matrix, event, lead, _ = (np.concatenate([empty[k], *(part[k] for part in parts)]) for k in range(4))
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
        lambda: _year_on(task, as_of, members),
        task.outcome.harmful,
        np.repeat((as_of - np.array(list(members))) / per_year, [len(places) for places in members.values()]),
    )


def _year_on(task: Task, as_of: int, members: Mapping[int, NDArray[np.intp]]) -> Floats:
    """(rows,) see `TrainingRows.year_on`.

    Args:
        task: what is forecast.
        as_of: what was known then counts.
        members: by origin, places of the households of its rows in its unit.
    """
    known, year = task.panel.as_of(as_of), task.panel.calendar.per_year
    ahead = task.split.gap + int(task.leads[np.abs(task.leads - year).argmin()])
    parts = [np.empty(0)]
    for origin, places in members.items():
        later = known.histories(task.unit(origin).members, end=origin + ahead, lags=1)
        parts.append(later.log_ratio[places, 0])
    return np.concatenate(parts)


_FEWEST = 4  # our choice: where few non-events an event are kept, rows are still so many times fewer than `most_rows`


def _distinct(task: Task, origins: Iterable[int]) -> int:
    """Households at risk at any of the origins."""
    met = np.zeros(len(task.panel.household_ids), dtype=bool)
    for origin in origins:
        met[task.unit(origin).members] = True
    return int(met.sum())


def _sampled_share(events: Sequence[Singles], most_rows: int | None, others: int | None) -> float:
    """Share of the non-events that is kept: all where there is room, and at least two for each event."""
    ones = sum(float((each == 1).sum()) for each in events)
    zeros = sum(float((each == 0).sum()) for each in events)
    if most_rows is None or ones + zeros <= most_rows:
        return 1.0
    room = most_rows if others is None else min(most_rows, max(ones * (1 + others), most_rows / _FEWEST))
    return float(min(1.0, max(room - ones, 2 * ones) / zeros))


def _rows_of(
    unit: Unit, event: Singles, share: float, rng: np.random.Generator, only: Sequence[str] | None
) -> tuple[NDArray[np.float32], NDArray[np.float64], Ints, NDArray[np.intp]]:
    """Feature rows, labels, leads and places in the unit of one origin, lead by lead."""
    columns = _columns(unit, only)
    matrices, labels, leads = [np.empty((0, len(columns)), np.float32)], [np.empty(0)], [np.empty(0, np.int32)]
    places = [np.empty(0, np.intp)]
    for place, lead in enumerate(unit.leads):
        drawn = rng.random(len(event)) < share
        rows = np.flatnonzero((event[:, place] == 1) | ((event[:, place] == 0) & drawn))
        matrices.append(unit.matrix(place, rows, columns))
        labels.append(event[rows, place])
        leads.append(np.full(len(rows), lead, np.int32))
        places.append(rows)
    return np.concatenate(matrices), np.concatenate(labels), np.concatenate(leads), np.concatenate(places)


def _columns(unit: Unit, only: Sequence[str] | None) -> NDArray[np.intp]:
    """Places of the entries wanted; the lead is always among them."""
    wanted = [only is None or entry.name in {*only, LEAD.name} for entry in unit.entries]
    return np.flatnonzero(wanted)


def tallies(known: PanelView, features: Mapping[str, FeatureBlock]) -> dict[str, Sums]:
    """By block that speaks of others, its sums over everyone observed; histories reach as far back as blocks say."""
    speaking = {name: block for name, block in features.items() if isinstance(block, SpeaksOfOthers)}
    reach = {name: block.reach(known.panel) for name, block in speaking.items()}
    furthest = max(reach.values(), default=0)
    return {name: block.tally(known.lately(furthest)) if reach[name] else {} for name, block in speaking.items()}


def clusters(known: Histories, places: Ints) -> Ints:
    """(n,) the newest known village, else the household itself, as numbers that do not collide.

    Args:
        known: histories of (n,) members.
        places: (n,) of theirs in the whole panel.
    """
    village = known.home("village")
    if village is None or len(village.levels) < 2:  # one village alone cannot be resampled
        return places
    return np.where(village.codes >= 0, village.codes, len(village.levels) + places).astype(np.int32)
