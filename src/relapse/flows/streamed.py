"""A county worked on part by part, so that its size does not bound it: features and units.

Parts are panels of some households each (see `core.parts`). What blocks need of everybody are sums; a light first pass
over the parts collects them, and the second makes the units. All figures are those of the county as a whole.
"""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace

import numpy as np
from numpy.typing import NDArray

from relapse.core.catalogue import FeatureTable
from relapse.core.errors import InputError
from relapse.core.panel import Panel
from relapse.core.parts import Changed, Numbered, Parts, changed
from relapse.core.rows import Floats, Ints, Unit
from relapse.core.sensitive import Sensitive
from relapse.core.tallies import Sums, added_up
from relapse.flows.explain import part_of
from relapse.flows.rows import FeatureBlock, clusters, make_unit, tallies
from relapse.outcome.label.labels import Kind, Labels, Outcome

Chosen = Callable[[NDArray[np.object_]], NDArray[np.bool_]]
ROOM = 128 << 20  # bytes of parts kept from the first pass for the second: more costs more to fetch than to read again


def shown(parts: Parts, sensitive: Sensitive | None) -> Parts:
    """A county's parts as features may see them; whole where nothing says what they may not read."""
    if sensitive is None:
        return parts
    return changed(parts, sensitive.on) if isinstance(parts, Numbered) else Changed(parts, sensitive.on)


@dataclass(frozen=True, eq=False)
class Part:
    """What is said of one part.

    Args:
        panel: of the part.
        places: (households,) of the part, in the whole panel.
        unit: its households at risk; `members` are places in the part.
    """

    panel: Panel
    places: Ints
    unit: Unit

    @property
    def whole_unit(self) -> Unit:
        """The unit with places, and clusters, as in the whole panel."""
        members = self.places[self.unit.members]
        mine = self.panel.as_of(self.unit.as_of).histories(self.unit.members, lags=self.panel.max_age + 1)
        return replace(self.unit, members=members, cluster=clusters(mine, members))


@dataclass(frozen=True, eq=False)
class Survey:
    """What is looked up in all parts before units are made.

    Args:
        sums: by block, those over everybody that it needs.
        risk: by part, who of the observed is at risk.
        kept: by number, places and panels of parts with what was read and believed, so that it is not read again; as
            many as there is room for, and of parts that can be had one by one alone.
        ids: by part, (n,) of those at risk; none where they are not asked for.
    """

    sums: Mapping[str, Sums]
    risk: Sequence[NDArray[np.bool_]]
    kept: dict[int, tuple[Ints, Panel]] = field(default_factory=dict)
    ids: Sequence[tuple[Ints, NDArray[np.object_]]] = ()


def survey(
    parts: Parts,
    as_of: int,
    outcome: Outcome,
    features: Mapping[str, FeatureBlock],
    room: int = 0,
    *,
    with_ids: bool = False,
) -> Survey:
    """The light first pass: histories reach no further back than blocks say, and other columns are not read.

    Args:
        parts: of the county.
        as_of: period.
        outcome: says who is at risk.
        features: blocks by name.
        room: bytes of parts that are kept for a second pass; none of parts that cannot be had one by one.
        with_ids: whether ids of those at risk are wanted.
    """
    sums, risk, kept = dict[str, dict[str, Floats]](), [], dict[int, tuple[Ints, Panel]]()
    ids = list[tuple[Ints, NDArray[np.object_]]]()
    room = room if isinstance(parts, Numbered) else 0
    for number, (places, panel) in enumerate(parts.parts()):
        known = panel.as_of(as_of)
        own = tallies(known, features) if len(known.observed) else {}
        risk.append(outcome.at_risk(known) if len(known.observed) else np.zeros(0, dtype=bool))
        sums = {**{name: dict[str, Floats]() for name in own}, **added_up([sums, own])}
        if with_ids:
            members = known.observed[risk[-1]]
            ids.append((places[members], panel.household_ids[members]))
        if room > 0 and risk[-1].any():
            room -= panel.held
            if room >= 0:
                kept[number] = places, panel
    return Survey(sums, risk, kept, ids)


def _again(parts: Parts, kept: dict[int, tuple[Ints, Panel]]) -> Iterator[tuple[Ints, Panel]]:
    """The parts once more; those that were kept are given away one after the other."""
    if not isinstance(parts, Numbered):
        yield from parts.parts()
        return
    for number in range(len(parts)):
        yield kept.pop(number) if number in kept else (parts.places(number), parts.part(number))


def units_of(
    parts: Parts,
    as_of: int,
    outcome: Outcome,
    features: Mapping[str, FeatureBlock],
    leads: Ints,
    gap: int,
    chosen: Chosen | None = None,
) -> Iterator[Part]:
    """The units of all parts in which somebody is at risk, one after the other.

    Args:
        parts: of the county.
        as_of: period.
        outcome: says who is at risk, as taken on the whole panel.
        features: blocks by name.
        leads: (leads,) periods ahead.
        gap: see `flows.rows.make_unit`.
        chosen: says of (n,) ids of all households at risk, as the whole panel has them, which are wanted; None for all.
    """
    told = survey(parts, as_of, outcome, features, ROOM, with_ids=chosen is not None)
    risks = told.risk if chosen is None else _narrowed(told, chosen)
    for (places, panel), risk in zip(_again(parts, told.kept), risks, strict=True):
        if risk.any():
            unit = make_unit(panel.as_of(as_of), outcome, features, leads, gap, told.sums, risk)
            yield Part(panel, places, unit)


def _narrowed(told: Survey, chosen: Chosen) -> list[NDArray[np.bool_]]:
    """By part, who of the observed is at risk and chosen."""
    places, ids = (np.concatenate(each) for each in zip(*told.ids, strict=True))
    order = np.argsort(places, kind="stable")
    wanted = np.zeros(len(places), dtype=bool)
    wanted[order] = chosen(ids[order])
    ends = np.cumsum([int(risk.sum()) for risk in told.risk])
    risks = [risk.copy() for risk in told.risk]
    for risk, mine in zip(risks, np.split(wanted, ends[:-1]), strict=True):
        risk[risk] = mine
    return risks


def labels_of(
    parts: Numbered, known_by: int, outcome: Outcome, members: Ints, origin: int, leads: Ints, kind: Kind, gap: int
) -> Labels:
    """Labels of some households of a county in parts, as known.

    Args:
        parts: of the county.
        known_by: nothing that became known later is used.
        outcome: what is forecast, as taken on the whole panel.
        members: (n,) places in the whole panel, ascending.
        origin: period at which they were at risk.
        leads: (leads,) periods ahead.
        kind: of the labels.
        gap: periods between the origin and the first lead.
    """
    told = list[tuple[NDArray[np.intp], Labels]]()
    for number in range(len(parts)):
        places = parts.places(number)
        rows = np.flatnonzero(np.isin(members, places))
        if len(rows) or not (told or number + 1 < len(parts)):
            mine = np.searchsorted(places, members[rows]).astype(np.int32)
            known = parts.part(number).as_of(known_by)
            told.append((rows, outcome.labels(known, mine, origin, leads, kind, gap)))
    if len(told) == 1:
        return told[0][1]
    order = np.argsort(np.concatenate([rows for rows, _ in told]), kind="stable")
    event, within = (np.concatenate([getattr(each, name) for _, each in told])[order] for name in ("event", "within"))
    kinds = [each.kind for _, each in told if each.kind is not None]
    return Labels(told[0][1].leads, event, within, np.concatenate(kinds)[order] if kinds else None)


def whole_unit(parts: Iterator[Part]) -> Unit:
    """The units of all parts put together, as the unit of the whole panel is; for counties that fit into memory.

    Raises:
        InputError: nobody is at risk in any part.
    """
    units = [part.whole_unit for part in parts]
    if not units:
        raise InputError("nobody is at risk in any part of the county")
    order = np.argsort(np.concatenate([unit.members for unit in units]), kind="stable")
    return part_of(joined(units), order)


def joined(units: list[Unit]) -> Unit:
    """Units of one as_of, one after the other."""
    first = units[0]
    table = FeatureTable.stacked([unit.table for unit in units])
    members, ids, cluster = (
        np.concatenate([getattr(unit, name) for unit in units]) for name in ("members", "household_ids", "cluster")
    )
    known = [unit.possible for unit in units if unit.possible is not None]
    possible = np.concatenate(known) if len(known) == len(units) else None
    return Unit(first.as_of, members, ids, cluster, first.leads, table, possible)


def thin(unit: Unit, places: Ints, columns: Collection[str]) -> Unit:
    """A part's unit with some features alone; members, and clusters, are places in the whole panel.

    Args:
        unit: of a part.
        places: (households,) of the part, in the whole panel.
        columns: names of the features that stay.
    """
    members = places[unit.members]
    table = unit.table.only(lambda entry: entry.name in columns)
    return replace(unit, members=members, cluster=members, table=table)
