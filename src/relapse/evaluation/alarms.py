"""Alarms: a result that is too good to be a forecast, and what else makes one that cannot be trusted.

Everything here looks at figures; what has to be fitted or read for them is in `flows.honesty`.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Annotated

import numpy as np
from numpy.typing import NDArray
from pydantic import Field
from pydantic.dataclasses import dataclass
from scipy.stats import rankdata

from relapse.core.catalogue import Feature
from relapse.core.feature_texts import feature_named
from relapse.core.recipe import STRICT, Share
from relapse.core.worded import Values, Worded
from relapse.evaluation.columns import Z90, Against, Columns, least_share

Floats = NDArray[np.float64]
Interval = tuple[float, float, float]  # value, low, high
FEATURE = "feature"  # value of an alarm that is of a feature: its name in the catalogue


@dataclass(frozen=True, config=STRICT)
class Honesty:
    """What raises an alarm.

    Args:
        margin: a column outside income and line that alone ranks better than the distance rule by more than this
            (ROC-AUC, lower end of its interval) is a leak until proven otherwise.
        bar_without_rule: ROC-AUC of a single column that takes the rule's place where distance to the line is no
            yardstick: for official outcomes, which an illness alone may well foretell better.
        income_blocks: of features, which tell of income and line: they may well beat the rule, and are not looked at.
        sure: a mark of a column gives the outcome away where it comes to so many of those that bear it (lower end of
            the interval, on a scale on which 0 is the share of all and 1 is everybody), and to more than among as many
            by the distance rule, by `margin`: few may bear it, so that its ROC-AUC tells nothing.
        after_share: a column of which so many tellings or corrections come after the outcome is written because of it.
        least_events: with fewer events nothing is said.
        gain: a model whose ROC-AUC exceeds the rule's by more (lower end of the paired interval) is too good.
        official: for official outcomes, which income and line alone tell little of, a fixed bound instead: months ahead
            and the ROC-AUC that the lower end of a model's may not exceed; between the months the next longer one's.
        same_periods: two households with the same incomes in so many periods or more are one under two ids.
        shuffles: times that labels are shuffled and learned, to see that nothing is left to learn; 0: not done.
        shuffle_z: how many standard errors above one half the mean ROC-AUC of shuffled labels may lie.
        lost_share: the share of the gain over the rule that a model may lose in places held out.

    Source:
        Bounds of the project's own: a rolling line is mechanical at short horizons, so the rule itself is the yardstick
        and no fixed ROC-AUC. Those of official outcomes are about what true chances reach in simulated counties.
    """

    margin: Annotated[float, Field(ge=0, lt=0.5)]
    bar_without_rule: Annotated[float, Field(gt=0.5, lt=1)]
    income_blocks: list[str]
    sure: Share
    after_share: Share
    least_events: Annotated[int, Field(ge=1)]
    gain: Annotated[float, Field(gt=0, lt=0.5)]
    official: dict[int, Annotated[float, Field(gt=0.5, le=1)]]
    same_periods: Annotated[int, Field(ge=2)]
    shuffles: Annotated[int, Field(ge=0)]
    shuffle_z: Annotated[float, Field(gt=0)]
    lost_share: Share

    def check(self, columns: Columns, rule: Floats, observed: Floats, *, yardstick: bool) -> dict[str, Worded]:
        """The columns that give the outcome away at one horizon.

        Args:
            columns: features at the origins.
            rule: (n,) score of the distance rule, higher is riskier.
            observed: (n,) 1.0 where the outcome came, 0.0 where not, NaN where not known.
            yardstick: whether distance to the line is one: where the outcome is the fall below it.

        Returns:
            An alarm by the name of the column, worst first; empty where all is well.
        """
        told = ~np.isnan(observed)
        came, score = observed[told], rule[told]
        events = float((came == 1).sum())
        if events < self.least_events or events == len(came):
            return {}
        ruled = roc_auc(score, came)
        against = columns.against(observed)
        order = np.argsort(-np.nan_to_num(score, nan=-np.inf), kind="stable")
        of_list = np.cumsum(came[order]) / np.arange(1, len(came) + 1)
        bar = ruled + self.margin if yardstick else self.bar_without_rule
        found: list[tuple[float, str, Worded]] = []
        for place, entry in enumerate(columns.entries):
            if entry.name.partition("__")[0] in self.income_blocks or not entry.modelled:
                continue
            halves = against.halves(place)
            what, area = max(against.areas(place, halves).items(), key=lambda each: each[1])
            if area - Z90 * auc_error(area, events, against.others) > bar:
                by = Worded(f"alarm.by.{what}")
                values: Values = {**_of(entry), "what": by, "area": f"{area:.3f}", "ruled": f"{ruled:.3f}"}
                found.append((area, entry.name, Worded("alarm.column", values)))
                continue
            marked = self._mark(against, place, halves, float(came.mean()), of_list)
            if marked is not None:
                found.append((0.0, entry.name, marked))
        return {name: raised for _, name, raised in sorted(found, key=lambda each: (-each[0], each[1]))}

    def _mark(self, against: Against, place: int, halves: Floats, base: float, of_list: Floats) -> Worded | None:
        """What to say of the surest mark of a column; nothing where it has none that is too sure."""
        bar = base + self.sure * (1 - base)
        marks = [
            (least_share(came), what, came)
            for what, came in against.marks(place, halves, self.least_events, bar)
            if least_share(came) > max(bar, of_list[len(came) - 1] + self.margin)
        ]
        if not marks:
            return None
        _, what, came = max(marks, key=lambda each: each[0])
        shares = {"share": f"{100 * came.mean():.0f}", "base": f"{100 * base:.1f}"}
        shares["ruled"] = f"{100 * of_list[len(came) - 1]:.0f}"
        column = _of(against.columns.entries[place])
        return Worded("alarm.mark", {**column, "what": what, "bearers": f"{len(came):,}", **shares})

    def written_after(self, name: str, what: str, households: int, share: float, base: float) -> tuple[Worded, ...]:
        """Whether a column is written because the outcome came.

        Args:
            name: of the column.
            what: `told` or `corrected`.
            households: of which it was, after the outcome had come.
            share: of the times that it was, those after the outcome had come.
            base: share of the households that ever had the outcome; where it is most of them nothing is said.
        """
        if households < self.least_events or share < self.after_share or base > 0.5:
            return ()
        shares = {"share": f"{100 * share:.0f}", "base": f"{100 * base:.0f}"}
        return (Worded(f"alarm.written.{what}", {"column": name, "households": f"{households:,}", **shares}),)

    def too_good(
        self, model: str, months: float, area: Interval, ahead: Interval | None, *, official: bool
    ) -> tuple[Worded, ...]:
        """Whether a result is beyond what the rule and the horizon make plausible.

        Args:
            model: name.
            months: ahead.
            area: ROC-AUC with its interval.
            ahead: that of the model less the rule's, with its interval; None where the rule stands alone.
            official: whether what is forecast is an official outcome.
        """
        said: Values = {"model": _model(model), "months": f"{months:g}", "area": f"{area[0]:.3f}"}
        if official:
            bound = next((self.official[month] for month in sorted(self.official) if months <= month), None)
            if bound is None or not area[1] > bound:
                return ()
            return (Worded("alarm.too_good.official", {**said, "low": f"{area[1]:.3f}", "bound": f"{bound:g}"}),)
        if ahead is None or not ahead[1] > self.gain:
            return ()
        gained = {"ahead": f"{ahead[0]:.3f}", "low": f"{ahead[1]:.3f}", "gain": f"{self.gain:g}"}
        return (Worded("alarm.too_good", {**said, **gained}),)

    def lost_in_places(self, model: str, places: str, lost: Interval, gain: float) -> tuple[Worded, ...]:
        """Whether a model loses more in places held out than it may.

        Args:
            model: name.
            places: what was held out.
            lost: average precision lost there, beside a fit on as many households of all places, with its interval.
            gain: average precision of the model less the rule's.
        """
        if not (lost[1] > 0 and lost[0] > self.lost_share * max(gain, 0.0)):
            return ()
        figures = {"lost": f"{lost[0]:.4f}", "low": f"{lost[1]:.4f}", "gain": f"{gain:.4f}"}
        held = Worded(f"column.{places}", otherwise=places)
        return (Worded("alarm.lost_in_places", {"model": _model(model), "places": held, **figures}),)

    def two_ids(self, households: int) -> tuple[Worded, ...]:
        """Whether households are there under two ids; their own ids stand in a file, and in no alarm or registry."""
        if not households:
            return ()
        counts = {"households": f"{households:,}", "periods": f"{self.same_periods}"}
        return (Worded("alarm.two_ids", counts),)

    def learned_of_shuffled(self, areas: Sequence[float]) -> tuple[Worded, ...]:
        """Whether shuffled labels still score: ROC-AUC (shuffles,) of fits on shuffled labels, by the true outcomes."""
        spread = float(np.std(areas, ddof=1)) if len(areas) > 1 else np.inf
        error = max(spread, np.finfo(float).tiny) / np.sqrt(max(len(areas), 1))
        z = (float(np.mean(areas)) - 0.5) / error if len(areas) else 0.0
        if z <= self.shuffle_z:
            return ()
        return (Worded("alarm.shuffled", {"times": str(len(areas)), "area": f"{np.mean(areas):.3f}", "z": f"{z:.1f}"}),)


def _of(entry: Feature) -> Values:
    """A feature as an alarm says it, and by its own name, by which it can be left out."""
    return {"column": feature_named(entry.name, entry.label), FEATURE: entry.name}


def _model(name: str) -> Worded:
    return Worded(f"model.{name}", otherwise=name)


def under_two_ids(incomes: Floats, periods: int) -> tuple[NDArray[np.intp], NDArray[np.intp]]:
    """Households that are the same one under two ids: the same incomes in the same periods, and no flat line.

    Args:
        incomes: (households, periods), NaN where not known.
        periods: so many known incomes one after the other at least, wherever they lie, and among them half as many
            different amounts that nobody else has then: what many receive alike tells nothing.

    Returns:
        (found,) places of the households, and a number that those with the same history have in common.
    """
    known = ~np.isnan(incomes)
    enough = np.flatnonzero(known.sum(axis=1) >= periods)
    values, known = incomes[enough], known[enough]
    household, end, digest = _runs(values, known, periods)
    _, first, group, count = np.unique(digest, return_index=True, return_inverse=True, return_counts=True)
    shared = np.flatnonzero(count > 1)
    places = np.argsort(~known, axis=1, kind="stable")[household[first[shared]]]
    run = places[np.arange(len(shared))[:, None], end[first[shared]][:, None] - np.arange(periods)]
    amounts = values[household[first[shared]][:, None], run]
    held = np.empty(amounts.shape, dtype=np.int64)  # by how many households in that period
    for lag in np.unique(run):
        column, cells = np.sort(values[:, lag]), run == lag
        held[cells] = np.searchsorted(column, amounts[cells], "right") - np.searchsorted(column, amounts[cells])
    own = np.sort(np.where(held <= count[shared][:, None], amounts, np.nan), axis=1)
    different = (~np.isnan(own[:, :1])).sum(axis=1) + (np.diff(own, axis=1) > 0).sum(axis=1)
    varied = shared[2 * different >= periods]
    found = np.isin(group, varied)
    twice, first_run = np.unique(household[found], return_index=True)
    return enough[twice], group[found][first_run]


def _runs(
    values: Floats, known: NDArray[np.bool_], periods: int
) -> tuple[NDArray[np.intp], NDArray[np.intp], NDArray[np.uint64]]:
    """All runs of so many known incomes one after the other; equal ones have equal digests.

    Args:
        values: (n, lags).
        known: (n, lags).
        periods: of a run.

    Returns:
        (runs,) household, place of the run's last income among its known ones, digest of incomes and their periods.

    Source:
        The mixing of splitmix64: Steele, Lea and Flood (2014), Fast splittable pseudorandom number generators, OOPSLA.
    """
    salt = np.random.default_rng(0).integers(0, 2**63, values.shape[1], dtype=np.uint64)
    mixed = (np.where(known, values, 0.0) + 0.0).view(np.uint64) + salt  # no sum of round amounts may equal another
    for shift, factor in ((30, 0xBF58476D1CE4E5B9), (27, 0x94D049BB133111EB)):
        mixed = (mixed ^ (mixed >> np.uint64(shift))) * np.uint64(factor)
    mixed = np.where(known, mixed ^ (mixed >> np.uint64(31)), np.uint64(0))
    total = np.take_along_axis(np.cumsum(mixed, axis=1), np.argsort(~known, axis=1, kind="stable"), axis=1)
    before = np.hstack([np.zeros((len(values), 1), np.uint64), total[:, :-periods]])
    household, start = np.nonzero(np.arange(before.shape[1]) + periods <= known.sum(axis=1)[:, None])
    end = start + periods - 1
    return household, end, total[household, end] - before[household, start]


def roc_auc(score: Floats, observed: Floats) -> float:
    """ROC-AUC by ranks; a missing score counts as the mean of the known ones, ties as half."""
    known = ~np.isnan(score)
    filled = np.where(known, score, score[known].mean() if known.any() else 0.0)
    ranks = rankdata(filled)
    events = float((observed == 1).sum())
    others = len(observed) - events
    return float((ranks[observed == 1].sum() - events * (events + 1) / 2) / (events * others))


def auc_error(area: float, events: float, others: float) -> float:
    """Standard error of a ROC-AUC.

    Source:
        Hanley and McNeil (1982), Radiology 143:29-36.
    """
    q1, q2 = area / (2 - area), 2 * area**2 / (1 + area)
    spread = area * (1 - area) + (events - 1) * (q1 - area**2) + (others - 1) * (q2 - area**2)
    return float(np.sqrt(spread / (events * others)))
