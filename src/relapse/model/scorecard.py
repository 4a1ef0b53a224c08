"""A scorecard for a pencil: items in bands, whole points for each band, more points for more risk.

Each band's points come from its weight of evidence, ln(share of those who fell / share of those who did not), times the
item's coefficient in a logistic regression, scaled so that so many points double the odds.
"""

from __future__ import annotations

import json
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass as plain_dataclass
from functools import partial
from typing import Annotated, Any

import numpy as np
from numpy.typing import NDArray
from pydantic import Field
from pydantic.dataclasses import dataclass
from scipy.optimize import minimize
from scipy.special import expit

from relapse.core.catalogue import Feature
from relapse.core.errors import InputError
from relapse.core.recipe import STRICT
from relapse.core.rows import TrainingRows, Unit
from relapse.model.calibration.by_lead import ByLead, LeadMaps

Floats = NDArray[np.float64]
Ints = NDArray[np.intp]
UNKNOWN = -1  # the band of a household of which the item is not known


@dataclass(frozen=True, config=STRICT)
class Sign:
    """A feature that puts a household into a band of an item.

    Args:
        feature: by name.
        edges: rising where more is riskier, falling where less is; the band is how many of them are reached.
        riskier: whether more or less of it is.
    """

    feature: str
    edges: Annotated[tuple[float, ...], Field(min_length=1)]
    riskier: Annotated[str, Field(pattern="^(more|less)$")]

    def bands(self, values: Floats) -> Ints:
        """(rows,) bands, `UNKNOWN` where the feature is missing: reached is at least an edge, or less than it."""
        edges = np.array(self.edges)
        reached = values[:, None] >= edges if self.riskier == "more" else values[:, None] < edges
        return np.where(np.isnan(values), UNKNOWN, reached.sum(axis=1))


@dataclass(frozen=True, config=STRICT)
class Item:
    """One line of the card.

    Args:
        says: what is looked at.
        signs: features, of which the gravest counts.
    """

    says: str
    signs: Annotated[tuple[Sign, ...], Field(min_length=1)]

    def bands(self, column: Callable[[str], Floats]) -> tuple[Ints, Ints]:
        """(rows,) the gravest band that a sign tells, and the first sign that tells it."""
        found = np.stack([sign.bands(column(sign.feature)) for sign in self.signs])
        return found.max(axis=0), found.argmax(axis=0)


@plain_dataclass(frozen=True, eq=False)
class Line:
    """An item with its points.

    Args:
        item: with the signs that the data tell.
        points: (bands,) whole numbers, the least is 0.
        unknown: points where the item is not known: those of everybody's odds.
        evidence: (bands,) weights of evidence; bands that were merged have the same.
        rows, events: (bands,) of the training rows, by weight.
        mean: points of the training rows.
    """

    item: Item
    points: Floats
    unknown: float
    evidence: Floats
    rows: Floats
    events: Floats
    mean: float

    def points_of(self, column: Callable[[str], Floats]) -> tuple[Floats, Ints]:
        """(rows,) points, and the sign that gives them."""
        bands, sign = self.item.bands(column)
        return np.append(self.points, self.unknown)[bands], sign


@plain_dataclass(frozen=True, eq=False)
class FittedScorecard:
    """A fitted card: log-odds are linear in the sum of points.

    Args:
        lines: items that the data tell.
        left_out: what the others look at.
        constant: points that everybody has, so that `base_points` stand for the odds of all.
        doubling: points that double the odds.
        maps: from points to chance, by lead.
    """

    lines: tuple[Line, ...]
    left_out: tuple[str, ...]
    constant: float
    doubling: float
    maps: LeadMaps

    def margin(self, unit: Unit) -> Floats:
        """(n, leads) log-odds of the event at each lead."""
        leads = [sum(line.points_of(partial(unit.column, place=k))[0] for line in self.lines) for k in _each(unit)]
        return self.maps.log_odds(np.stack(leads, axis=1) + self.constant)

    def contributions(self, unit: Unit, places: NDArray[np.intp]) -> Floats:
        """(n, entries + 1) shares of the mean margin over some leads: points above the mean; the last is the base."""
        names = [entry.name for entry in unit.entries]
        out, slope = np.zeros((len(unit.members), len(names) + 1)), self.maps.slope
        usual = self.constant + sum(line.mean for line in self.lines)
        for place in places:
            for line in self.lines:
                points, sign = line.points_of(partial(unit.column, place=int(place)))
                columns = np.array([names.index(each.feature) for each in line.item.signs])[sign]
                out[np.arange(len(out)), columns] += slope[place] * (points - line.mean)
            out[:, -1] += self.maps.level[place] + slope[place] * usual
        return out / len(places)

    def table(self) -> dict[str, object]:
        """The card as one would print it: points by band, and what is left out because these data do not tell it."""
        return {
            "constant": self.constant,
            "points_that_double_the_odds": self.doubling,
            "items": [_printed(line) for line in self.lines],
            "left_out_since_the_data_do_not_tell": list(self.left_out),
        }

    def dump(self) -> Mapping[str, bytes]:
        """The card as JSON, to be printed and restored, and the maps."""
        return {
            "scorecard.json": json.dumps(self.table(), indent=1, ensure_ascii=False).encode(),
            "maps.json": self.maps.dump(),
        }


@dataclass(frozen=True, config=STRICT)
class Scorecard:
    """Settings of the card.

    Args:
        items: in the order of the card.
        doubling: points that double the odds (PDO).
        base_points: points at the odds of all.
        maps: how points are mapped to chances by lead.

    Source:
        Siddiqi (2006), Credit Risk Scorecards, for weights of evidence and scaling; bands are merged until risk rises
        with them, by pooling adjacent violators (Ayer et al. 1955, Annals of Mathematical Statistics 26(4):641-647).
    """

    items: Annotated[tuple[Item, ...], Field(min_length=1)]
    doubling: Annotated[float, Field(gt=0)]
    base_points: float
    maps: ByLead

    name = "scorecard"
    guarded = False

    @property
    def needs(self) -> tuple[str, ...]:
        """Features of its signs; those that the data do not tell leave their item out."""
        return tuple(dict.fromkeys(sign.feature for item in self.items for sign in item.signs))

    def lacking(self, entries: Sequence[Feature]) -> tuple[str, ...]:
        """Its signs, where the data make none of its items; where they make some, it does with those."""
        there = {entry.name for entry in entries}
        return () if any(_told(item, there) is not None for item in self.items) else self.needs

    def fit(self, rows: TrainingRows, rng: np.random.Generator) -> FittedScorecard:
        """The card with its points fitted on closed labels.

        Args:
            rows: stacked rows of households, origins and leads.
            rng: not used; the problem is convex.

        Raises:
            InputError: the data tell none of the items.
        """
        there = {entry.name: k for k, entry in enumerate(rows.entries)}
        told = {name for name, k in there.items() if not np.isnan(rows.matrix[:, k]).all()}
        items = [_told(item, told) for item in self.items]
        known = [item for item in items if item is not None]
        if not known:
            raise InputError(f"the scorecard needs at least one of {', '.join(self.needs)}, and these data tell none")
        bands = [item.bands(rows.column)[0] for item in known]
        counted = [_counted(each, _many(item), rows) for each, item in zip(bands, known, strict=True)]
        evidence = [weights_of_evidence(*each) for each in counted]
        columns = np.stack([np.append(w, 0)[band] for w, band in zip(evidence, bands, strict=True)], axis=1)
        intercept, share = _regression(columns, rows.event, rows.weight)
        factor = self.doubling / np.log(2)
        lines, lowest = [], 0.0
        for item, band, each, weight, beta in zip(known, bands, counted, evidence, share, strict=True):
            raw = np.rint(factor * beta * weight)
            points, unknown = raw - raw.min(), -raw.min()
            lowest += raw.min()
            mean = float(np.average(np.append(points, unknown)[band], weights=rows.weight))
            lines.append(Line(item, points, float(unknown), weight, each[0] + each[1], each[0], mean))
        base = np.average(rows.event, weights=rows.weight)
        offset = self.base_points - factor * np.log(base / (1 - base))
        constant = float(np.rint(offset + factor * intercept) + lowest)
        score = sum(line.points_of(rows.column)[0] for line in lines) + constant
        maps = self.maps.fit(np.asarray(score), rows.event, rows.weight, rows.lead, rows.leads)
        left_out = tuple(item.says for item, kept in zip(self.items, items, strict=True) if kept is None)
        return FittedScorecard(tuple(lines), left_out, constant, self.doubling, maps)

    def restore(self, files: Mapping[str, bytes]) -> FittedScorecard:
        """The fitted card from its files."""
        table = json.loads(files["scorecard.json"])
        lines = tuple(_line(each) for each in table["items"])
        left_out = tuple(table["left_out_since_the_data_do_not_tell"])
        maps = LeadMaps.restore(files["maps.json"])
        return FittedScorecard(lines, left_out, table["constant"], table["points_that_double_the_odds"], maps)


def weights_of_evidence(events: Floats, others: Floats) -> Floats:
    """Weights of evidence of bands from least to most risky, merged where the next one would be less risky.

    Args:
        events: (bands,) those who fell.
        others: (bands,) those who did not.

    Returns:
        (bands,) ln((events + 0.5) / (all events + 1)) - ln((others + 0.5) / (all others + 1)), never falling.

    Example:
        >>> weights_of_evidence(np.array([9.5, 9.5]), np.array([79.5, 9.5])).round(4)
        array([-0.5754,  1.5041])
    """
    groups: list[list[int]] = []
    for band in range(len(events)):
        groups.append([band])
        while len(groups) > 1 and _rate(groups[-1], events, others) <= _rate(groups[-2], events, others):
            groups[-2:] = [groups[-2] + groups[-1]]
    made = np.empty(len(events))
    for group in groups:
        fell, stayed = events[group].sum(), others[group].sum()
        made[group] = np.log((fell + 0.5) / (events.sum() + 1)) - np.log((stayed + 0.5) / (others.sum() + 1))
    return made


def _rate(group: Sequence[int], events: Floats, others: Floats) -> float:
    """Odds of a group of bands, as the weight of evidence has them; a band of nobody is no riskier than the next."""
    fell, stayed = float(events[list(group)].sum()), float(others[list(group)].sum())
    return (fell + 0.5) / (stayed + 0.5) if fell + stayed else 0.0


def _told(item: Item, names: set[str]) -> Item | None:
    """The item with the signs that the data tell; None where they tell none."""
    signs = tuple(sign for sign in item.signs if sign.feature in names)
    return Item(item.says, signs) if signs else None


def _many(item: Item) -> int:
    """How many bands."""
    return 1 + max(len(sign.edges) for sign in item.signs)


def _counted(bands: Ints, many: int, rows: TrainingRows) -> tuple[Floats, Floats]:
    """(bands,) weight of the events, and of the others; who is unknown counts in no band."""
    known = bands != UNKNOWN
    weight = rows.weight[known]
    everyone, events = (
        np.bincount(bands[known], weights=each, minlength=many) for each in (weight, weight * rows.event[known])
    )
    return np.asarray(events, np.float64), np.asarray(everyone - events, np.float64)


def _regression(columns: Floats, event: Floats, weight: Floats) -> tuple[float, Floats]:
    """Intercept and (items,) coefficients, none below 0: an item never counts against its evidence."""

    def loss(theta: Floats) -> tuple[float, Floats]:
        linear = theta[0] + columns @ theta[1:]
        missed = weight * (expit(linear) - event)
        value = float((weight * (np.logaddexp(0, linear) - event * linear)).sum())
        return value, np.append(missed.sum(), missed @ columns)

    share = np.clip(np.average(event, weights=weight), 1e-6, 1 - 1e-6)
    start = np.append(np.log(share / (1 - share)), np.ones(columns.shape[1]))
    bounds = [(None, None), *[(0, None)] * columns.shape[1]]
    found = minimize(loss, start, jac=True, method="L-BFGS-B", bounds=bounds).x
    return float(found[0]), found[1:]


def _each(unit: Unit) -> range:
    return range(len(unit.leads))


def _printed(line: Line) -> dict[str, object]:
    signs = [{"feature": sign.feature, "riskier": sign.riskier, "edges": list(sign.edges)} for sign in line.item.signs]
    values = (line.points, line.evidence, line.rows, line.events)
    bands = [
        dict(zip(("points", "weight_of_evidence", "rows", "events"), each, strict=True))
        for each in zip(*(value.tolist() for value in values), strict=True)
    ]
    unknown = {"points_unknown": line.unknown, "points_mean": line.mean}
    return {"item": line.item.says, "signs": signs, "bands": bands, **unknown}


def _line(values: Mapping[str, Any]) -> Line:
    """A line from what `_printed` gave."""
    signs = tuple(Sign(sign["feature"], tuple(sign["edges"]), sign["riskier"]) for sign in values["signs"])
    points, evidence, rows, events = (
        np.array([band[key] for band in values["bands"]], np.float64)
        for key in ("points", "weight_of_evidence", "rows", "events")
    )
    return Line(
        Item(values["item"], signs), points, values["points_unknown"], evidence, rows, events, values["points_mean"]
    )
