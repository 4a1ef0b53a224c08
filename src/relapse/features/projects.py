"""Dividends that are due and did not come, what hangs on one project, and how the household's own projects are."""

from __future__ import annotations

import numpy as np
import pandas as pd
from pydantic.dataclasses import dataclass

from relapse.core import told
from relapse.core.catalogue import Feature, FeatureTable
from relapse.core.facts import Facts, Floats, per_household
from relapse.core.panel import HOUSEHOLDS, Histories, Ints
from relapse.core.projects import Trouble, own_projects, trouble
from relapse.core.recipe import STRICT, Count

DIVIDENDS, PROJECTS, MEMBERS = "dividends", "projects", "project_members"
Column = tuple[Feature, Floats]


@dataclass(frozen=True, config=STRICT)
class Projects:
    """Dividends unpaid, paid and fallen; number, state and weight of the projects that the household belongs to.

    Args:
        grace_months: months after the month in which it was due before a dividend counts as unpaid.
        season_months: a dividend of last year is missed where nothing came in so many months up to the same month.
        worst_last: states of a project, from well to worst.
        bad: those of them that are trouble.
    """

    grace_months: Count
    season_months: Count
    worst_last: tuple[str, ...]
    bad: tuple[str, ...]

    def table(self, known: Histories, leads: Ints) -> FeatureTable:
        """Project features of one unit.

        Args:
            known: histories of (n,) members as known at as_of.
            leads: not used.

        Returns:
            (n, features): counts, months, shares of the window income; NaN where the county tells nothing of it.
        """
        view, members = known.view, known.members
        if not told.has(view, HOUSEHOLDS):
            return FeatureTable.of([], len(members))
        columns = [
            *(self._dividends(known) if told.has(view, DIVIDENDS) else told.untold(_DIVIDENDS, len(members))),
            *(self._states(known) if told.has(view, MEMBERS) else told.untold(_STATES, len(members))),
        ]
        return FeatureTable.of(columns, len(members))

    def _dividends(self, known: Histories) -> list[Column]:
        view, members = known.view, known.members
        dividends, as_of, count = view.table(DIVIDENDS), view.as_of, len(view.panel.household_ids)
        due = np.nan_to_num(told.number(dividends, "amount"))
        when, came = _paid(dividends, as_of, due)
        overdue = told.past(dividends, as_of - self.grace_months) & (dividends.happened > as_of - 12)
        owed = np.where(overdue, due - came, 0)
        unpaid = overdue & (owed > 0)
        ago = as_of - when
        mine = (dividends.household >= 0) & (came > 0)

        def total(rows: told.Mask, values: Floats) -> Floats:
            return told.sums(dividends, rows, count, values)[members]

        last_year, before = mine & (ago < 12), mine & (ago >= 12) & (ago < 24)
        oldest = told.largest(dividends.household[unpaid], (as_of - dividends.happened[unpaid]).astype(float), count)
        month, missed = self._missed(dividends, came, ago, mine, count)
        month = as_of - month
        return [
            (_UNPAID, told.counts(dividends, unpaid, count)[members]),
            (_UNPAID_SHARE, told.share_of_income(known, total(unpaid, owed))),
            (_UNPAID_YUAN, total(unpaid, owed)),
            (_OVERDUE, oldest[members]),
            (_PAID_SHARE, told.share_of_income(known, total(last_year, came))),
            (_PAID_CHANGE, told.share_of_line(known, total(last_year, came) - total(before, came))),
            (_LARGEST, told.share_of_income(known, _largest_project(dividends, last_year, came, count)[members])),
            (_MISSED_SHARE, told.share_of_income(known, missed[members])),
            (_MISSED_YUAN, missed[members]),
            (_MISSED_MONTH, told.season(month[members])),
        ]

    def _missed(
        self, dividends: Facts, came: Floats, ago: Floats, mine: told.Mask, count: int
    ) -> tuple[Floats, Floats]:
        """(households,) months since last year's largest dividend of the season, and yuan; where none came since."""
        begin, end = 12 + self.grace_months, 12 + self.grace_months + self.season_months
        now = told.counts(dividends, mine & (ago < end - 12), count) > 0
        rows = np.flatnonzero(mine & (ago >= begin) & (ago < end))
        rows = rows[np.lexsort((-ago[rows], came[rows]))]  # the largest is assigned last
        who = dividends.household[rows]
        yuan, back = np.zeros(count), np.full(count, np.nan)
        yuan[who], back[who] = came[rows], ago[rows]
        return np.where(now, np.nan, back), np.where(now, 0, yuan)

    def _states(self, known: Histories) -> list[Column]:
        view, members = known.view, known.members
        count = len(view.panel.household_ids)
        mine = own_projects(view)
        number = told.counts(mine, mine.household >= 0, count)[members]
        if not told.has(view, PROJECTS, "status"):
            return [(_NUMBER, number), *told.untold(_STATES[1:], len(members))]
        told_of = trouble(view, self.worst_last, self.bad)
        return [
            (_NUMBER, number),
            (_WORST, _of_household(mine, told_of.rank, told_of, count)[members]),
            (_BAD_MONTHS, -_of_household(mine, -(view.as_of - told_of.since), told_of, count)[members]),
        ]


def _paid(dividends: Facts, as_of: int, due: Floats) -> tuple[Floats, Floats]:
    """(rows,) month in which a dividend came and yuan; NaN and 0 where it has not come by the as_of."""
    when = told.month(dividends, "paid_month")
    amount = told.number(dividends, "paid_amount")
    came = ~np.isnan(when) & (when <= as_of)
    return np.where(came, when, np.nan), np.where(came, np.where(np.isnan(amount), due, amount), 0)


def _largest_project(dividends: Facts, rows: told.Mask, came: Floats, count: int) -> Floats:
    """(households,) yuan of the project that paid most."""
    who = dividends.household[rows]
    if "project_id" not in dividends:
        return told.sums(dividends, rows, count, came)
    project = dividends.text("project_id")
    group, key = pd.factorize(who.astype(np.int64) * (len(project.levels) + 1) + project.codes[rows] + 1)
    paid = per_household(group.astype(np.int32), len(key), came[rows])
    return np.nan_to_num(told.largest(key // (len(project.levels) + 1), paid, count))


def _of_household(mine: Facts, values: Floats, told_of: Trouble, count: int) -> Floats:
    """(households,) the largest value among the household's own projects."""
    whose = told_of.place(mine)
    rows = np.flatnonzero((whose >= 0) & (mine.household >= 0))
    return told.largest(mine.household[rows], values[whose[rows]], count)


_UNPAID = Feature("projects__unpaid_count_12m", "count", "dividends of a year that are due and unpaid", "industry", 1)
_UNPAID_YUAN = Feature(
    "projects__unpaid_yuan_12m", "money", "what the household is owed of them", "industry", modelled=False
)
_UNPAID_SHARE = Feature(
    "projects__unpaid_share_12m",
    "share",
    "what the household is owed of dividends, as a share of the window income",
    "industry",
    wording="reason.dividend_unpaid",
    true_of=_UNPAID_YUAN.name,
    true_above=0.5,  # less is written as 0
)
_OVERDUE = Feature("projects__overdue_months", "periods", "months since the oldest unpaid one was due", "industry")
_PAID_SHARE = Feature(
    "projects__dividend_share_12m", "share", "dividends of a year as a share of the window income", "industry"
)
_PAID_CHANGE = Feature(
    "projects__dividend_change_share_1y",
    "share",
    "dividends of a year less those of the year before, as a share of the line",
    "industry",
)
_LARGEST = Feature(
    "projects__largest_share_12m", "share", "what one project paid, as a share of the window income", "industry"
)
_MISSED_YUAN = Feature(
    "projects__dividend_missed_yuan",
    "money",
    "last year's largest dividend of the season, where nothing came in the same months of this year",
    "industry",
    modelled=False,
)
_MISSED_MONTH = Feature(
    "projects__dividend_missed_month", "count", "month of the year in which it came", "industry", modelled=False
)
_MISSED_SHARE = Feature(
    "projects__dividend_missed_share",
    "share",
    "last year's largest dividend that did not come again, as a share of the window income",
    "industry",
    wording="reason.dividend",
    true_of=_MISSED_YUAN.name,
    true_above=0.5,  # less is written as 0
)
_NUMBER = Feature("projects__count", "count", "projects that the household belongs to", "industry")
_WORST = Feature(
    "projects__worst_status",
    "code",
    "worst state of the household's projects: place in the list of the config, 0 being well",
    "industry",
    1,
)
_BAD_MONTHS = Feature(
    "projects__bad_months",
    "periods",
    "months since one of its projects came into trouble last",
    "industry",
    wording="reason.project_bad",
    true_above=-1,
)
_DIVIDENDS = (
    _UNPAID, _UNPAID_SHARE, _UNPAID_YUAN, _OVERDUE, _PAID_SHARE, _PAID_CHANGE, _LARGEST, _MISSED_SHARE, _MISSED_YUAN,
    _MISSED_MONTH,
)  # fmt: skip
_STATES = (_NUMBER, _WORST, _BAD_MONTHS)
