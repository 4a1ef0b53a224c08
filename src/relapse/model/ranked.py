"""A plain rule as a hazard model: one score a household, and for each lead a strictly increasing map to a chance."""

from __future__ import annotations

import json
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field, replace
from functools import partial
from typing import ClassVar

import numpy as np
from numpy.typing import NDArray

from relapse.core.rows import TrainingRows, Unit
from relapse.model.calibration.by_lead import ByLead, LeadMaps

Floats = NDArray[np.float64]
Score = Callable[[Callable[[str], Floats]], Floats]


@dataclass(frozen=True, eq=False)
class RankedHazard:
    """A fitted rule: log-odds = level_k + slope_k * score, linear in its score.

    Args:
        name: of the rule.
        needs: the features that the score reads; contributions go to the first.
        score: from a function that gives a feature's column to (rows,) higher is nearer to poverty.
        maps: from score to chance, by lead.
        worst: the score of a household for which the rule has none (the end of the list).
        highest: the highest score of the training rows; what lies beyond counts as much and no more, so that no chance
            runs beyond those that were fitted.
        reference: the mean score of the training rows; contributions are counted from it.
        sign: 1.0, or -1.0 where the event is the opposite of a fall and the rule's score counts backward.
        learned: files of the numbers that the score itself was fitted with, by name; none for a plain rule.
    """

    name: str
    needs: tuple[str, ...]
    score: Score
    maps: LeadMaps
    worst: float
    highest: float
    reference: float
    sign: float = 1.0
    learned: Mapping[str, bytes] = field(default_factory=dict)

    def margin(self, unit: Unit) -> Floats:
        """(n, leads) log-odds of the event at each lead."""
        return self.maps.log_odds(self._scores(unit))

    def margin_of_rows(self, rows: TrainingRows) -> Floats:
        """(rows,) log-odds of the event at the lead of each training row."""
        scores, place = self._filled(self.sign * self.score(rows.column)), np.searchsorted(rows.leads, rows.lead)
        return np.asarray(self.maps.level[place] + self.maps.slope[place] * scores)

    def contributions(self, unit: Unit, places: NDArray[np.intp]) -> Floats:
        """(n, entries + 1) shares of the mean margin over some leads; the last column is the base value.

        The rule is linear in its score: what lies above the training rows' mean score is the first needed feature's.
        """
        scores = self._scores(unit)[:, places]
        slope = self.maps.slope[places]
        out = np.zeros((len(scores), len(unit.entries) + 1))
        first = [entry.name for entry in unit.entries].index(self.needs[0])
        out[:, first] = (slope * (scores - self.reference)).mean(axis=1)
        out[:, -1] = (self.maps.level[places] + slope * self.reference).mean()
        return out

    def raised(self, shift: float) -> RankedHazard:
        """The same order at another level: all log-odds raised by as much."""
        return replace(self, maps=self.maps.raised(shift))

    def dump(self) -> Mapping[str, bytes]:
        """The rule's files: maps, the score for households that have none, and what the score learned."""
        rule = {"worst": self.worst, "highest": self.highest, "reference": self.reference, "sign": self.sign}
        return {"maps.json": self.maps.dump(), "rule.json": json.dumps(rule).encode(), **self.learned}

    def _scores(self, unit: Unit) -> Floats:
        columns = [self.sign * self.score(partial(unit.column, place=place)) for place in range(len(unit.leads))]
        return self._filled(np.stack(columns, axis=1))

    def _filled(self, scores: Floats) -> Floats:
        return np.minimum(np.where(np.isnan(scores), self.worst, scores), self.highest)


def fit_ranked(
    name: str,
    needs: tuple[str, ...],
    score: Score,
    rows: TrainingRows,
    maps: ByLead,
    learned: Mapping[str, bytes] | None = None,
) -> RankedHazard:
    """A rule with its maps fitted on closed labels; households without a score count as the end of the list.

    Args:
        name: of the rule.
        needs: the features that the score reads.
        score: see `RankedHazard`.
        rows: stacked rows of households, origins and leads.
        maps: how the score is mapped to chances by lead.
        learned: files of the numbers that the score itself was fitted with, by name.

    Raises:
        InputError: a feature that the rule needs is not made by the configured blocks.
    """
    sign = 1.0 if rows.harmful else -1.0
    values = sign * score(rows.column)
    known = ~np.isnan(values)
    worst, highest = (float(values[known].min()), float(values[known].max())) if known.any() else (0.0, 0.0)
    filled = np.where(known, values, worst)
    fitted = maps.fit(filled, rows.event, rows.weight, rows.lead, rows.leads)
    return RankedHazard(name, needs, score, fitted, worst, highest, float(filled.mean()), sign, learned or {})


def restore_ranked(
    name: str, needs: tuple[str, ...], score: Score, files: Mapping[str, bytes], learned: tuple[str, ...] = ()
) -> RankedHazard:
    """A rule from its files.

    Args:
        name: of the rule.
        needs: the features that the score reads.
        score: see `RankedHazard`.
        files: that it left.
        learned: names of those from which its score was restored.
    """
    rule = json.loads(files["rule.json"])
    fitted = LeadMaps.restore(files["maps.json"])
    sign = rule.get("sign", 1.0)  # rules of before told of falls alone
    kept = {file: files[file] for file in learned}
    return RankedHazard(name, needs, score, fitted, rule["worst"], rule["highest"], rule["reference"], sign, kept)


class Rule:
    """A recipe of a plain rule, as far as all are alike: each says its name, what it reads and how it scores."""

    name: ClassVar[str]
    needs: ClassVar[tuple[str, ...]]
    guarded = False
    maps: ByLead

    @property
    def _score(self) -> Score:
        raise NotImplementedError

    def fit(self, rows: TrainingRows, rng: np.random.Generator) -> RankedHazard:
        """The rule with its maps fitted on closed labels.

        Raises:
            InputError: the blocks that are configured do not make what the rule needs.
        """
        return fit_ranked(self.name, self.needs, self._score, rows, self.maps)

    def restore(self, files: Mapping[str, bytes]) -> RankedHazard:
        """The fitted rule from its files."""
        return restore_ranked(self.name, self.needs, self._score, files)
