"""What befell the household: disaster, accident, a lost job, a death; how long ago, how often, at what loss."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Annotated, Literal, get_args

import numpy as np
from pydantic import Field
from pydantic.dataclasses import dataclass

from relapse.core import told
from relapse.core.catalogue import Feature, FeatureTable, Sensitive
from relapse.core.facts import Facts, Floats
from relapse.core.panel import HOUSEHOLDS, Histories, Ints
from relapse.core.recipe import STRICT

EVENTS = "events"
Cause = Literal["disaster", "accident", "job", "industry", "death", "schooling", "housing", "appeal"]
Column = tuple[Feature, Floats]


@dataclass(frozen=True, config=STRICT)
class Events:
    """Months since the newest event and number of events by cause; loss less payout; the household's first event.

    Args:
        causes: by cause, the kinds of the table `events` that count for it; other kinds are no event here.
        months: so many months up to the as_of are counted.
    """

    causes: Mapping[Cause, tuple[str, ...]]
    months: Annotated[int, Field(ge=1)]

    def table(self, known: Histories, leads: Ints) -> FeatureTable:
        """Event features of one unit.

        Args:
            known: histories of (n,) members as known at as_of.
            leads: not used.

        Returns:
            (n, features): months, counts, shares of the window income; NaN where the county has no such table.
        """
        view, members = known.view, known.members
        if not told.has(view, HOUSEHOLDS):
            return FeatureTable.of([], len(members))
        if not told.has(view, EVENTS):
            return FeatureTable.untold(_ALL, len(members))
        told_of = view.table(EVENTS)
        there = told.past(told_of, view.as_of)
        recent = there & (told_of.happened > view.as_of - self.months)
        columns = [
            *self._by_cause(known, told_of, there, recent),
            *self._losses(known, told_of, recent),
            *self._at_all(known, told_of, there, recent),
        ]
        return FeatureTable.of(columns, len(members))

    def _by_cause(self, known: Histories, events: Facts, there: told.Mask, recent: told.Mask) -> list[Column]:
        count, members, columns = len(known.view.panel.household_ids), known.members, list[Column]()
        for cause in get_args(Cause):
            mine = told.kinds(events, "kind", *self.causes.get(cause, ()))
            since = known.view.as_of - told.newest(events, there & mine, count)
            columns += [
                (_SINCE[cause], since[members]),
                (_COUNT[cause], told.counts(events, recent & mine, count)[members]),
            ]
        return columns

    def _losses(self, known: Histories, events: Facts, recent: told.Mask) -> list[Column]:
        """Loss and payout of what befell it lately, and of disasters alone for the sentence."""
        count, members = len(known.view.panel.household_ids), known.members
        mine = recent & told.kinds(events, "kind", *(kind for kinds in self.causes.values() for kind in kinds))
        disaster = recent & told.kinds(events, "kind", *self.causes.get("disaster", ()))
        loss, payout = told.number(events, "loss"), told.number(events, "payout")

        def total(rows: told.Mask, values: Floats) -> Floats:
            return told.sums(events, rows, count, values)[members]

        hurt = disaster & (loss > 0)
        return [
            (_LOSS, told.share_of_income(known, np.maximum(total(mine, loss) - total(mine, payout), 0))),
            (_DISASTER_LOSS, total(hurt, loss)),
            (_DISASTER_PAID, total(hurt, payout)),
            (_DISASTER_MONTH, told.season(told.newest(events, hurt, count)[members])),
        ]

    def _at_all(self, known: Histories, events: Facts, there: told.Mask, recent: told.Mask) -> list[Column]:
        count, members = len(known.view.panel.household_ids), known.members
        mine = told.kinds(events, "kind", *(kind for kinds in self.causes.values() for kind in kinds))
        ever, lately = (told.counts(events, rows & mine, count)[members] for rows in (there, recent))
        return [(_LATELY, lately), (_FIRST, ((lately > 0) & (lately == ever)).astype(np.float64))]


_WORDS: Mapping[Cause, tuple[str, str, Sensitive, str]] = {  # meaning, group, sensitive, wording
    "disaster": ("a disaster, a loss of crops or animals, or a fire", "disaster", "", ""),
    "accident": ("an accident or a crime", "accident", "", "reason.accident_happened"),
    "job": ("a lost job or unpaid wages", "job", "", "reason.job_event"),
    "industry": ("goods not sold or a failed project", "industry", "", "reason.industry_event"),
    "death": ("a death in the household", "events", "", ""),
    "schooling": ("a member newly at school, or out of it", "schooling", "minors", ""),
    "housing": ("a damaged house or a cut of water", "events", "", "reason.housing_event"),
    "appeal": ("its own report or call for help", "events", "", "reason.own_report"),
}
_SINCE = {
    cause: Feature(
        f"events__{cause}_months_since", "periods", f"months since the newest report of {what}", group, sensitive=kind
    )
    for cause, (what, group, kind, _) in _WORDS.items()
}
_DISASTER_LOSS = Feature(
    "events__disaster_loss_12m",
    "money",
    "loss of the household by disasters lately",
    "disaster",
    modelled=False,
)
_DISASTER_PAID = Feature(
    "events__disaster_payout_12m", "money", "what insurances paid for these", "disaster", modelled=False
)
_DISASTER_MONTH = Feature(
    "events__disaster_month", "count", "month of the year of the newest of these", "disaster", modelled=False
)
_COUNT = {
    cause: Feature(
        f"events__{cause}_count_12m",
        "count",
        f"reports lately of {what}",
        group,
        wording="reason.disaster" if cause == "disaster" else wording,
        true_of=_DISASTER_LOSS.name if cause == "disaster" else "",
        true_above=0.5,  # of yuan, less is written as 0
        sensitive=kind,
    )
    for cause, (what, group, kind, wording) in _WORDS.items()
}
_LOSS = Feature(
    "events__net_loss_share_12m",
    "share",
    "loss by events lately, less what insurances paid, as a share of the window income",
    "disaster",
)
_LATELY = Feature("events__count_12m", "count", "events of all these kinds lately", "events")
_FIRST = Feature("events__first_ever", "count", "1 where all its known events were lately", "events")
_ALL = (
    *(each for cause in get_args(Cause) for each in (_SINCE[cause], _COUNT[cause])),
    _LOSS,
    _DISASTER_LOSS,
    _DISASTER_PAID,
    _DISASTER_MONTH,
    _LATELY,
    _FIRST,
)
