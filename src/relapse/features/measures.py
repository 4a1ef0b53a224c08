"""Help that runs, ends or is missing, what of income is policy's, and payments that stopped."""

from __future__ import annotations

from typing import Annotated

import numpy as np
import pandas as pd
from pydantic import Field
from pydantic.dataclasses import dataclass

from relapse.core import told
from relapse.core.catalogue import Feature, FeatureTable
from relapse.core.facts import Facts, Floats, per_household
from relapse.core.panel import HOUSEHOLDS, Histories, Ints
from relapse.core.recipe import STRICT, Count

MEASURES, INCOME, PERSONS, WORK = "measures", "income", "persons", "work"
TRANSFER = "transfer"
Column = tuple[Feature, Floats]


@dataclass(frozen=True, config=STRICT)
class Measures:
    """Running and ending measures of help, the share of policy in income, and payments that stopped.

    Args:
        development: kinds of measures that let a household earn; all others are relief.
        able: what the record of a person has under labour where the household counts as one with labour.
        open_months: a measure that tells no last month counts as running for so many months.
        soon: a measure whose last month lies at most so many months ahead ends soon; two spans.
        lately: so many months back a measure counts as ended lately, or a payment as stopped lately.
        without_months: a household with labour and no development measure for so many months is without one.
        least_missing: months in which the household was reported, but a regular payment was not, before it counts as
            stopped.
        regular: of the six months up to its last one, those in which a payment came, for it to be a regular one.
    """

    development: tuple[str, ...]
    able: tuple[str, ...]
    open_months: Count
    soon: tuple[Count, Count]
    lately: Count
    without_months: Count
    least_missing: Count
    regular: Annotated[int, Field(ge=1, le=6)]

    def table(self, known: Histories, leads: Ints) -> FeatureTable:
        """Measure features of one unit.

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
            *(self._running(known) if told.has(view, MEASURES) else told.untold(_MEASURES, len(members))),
            *self._policy(known),
            *(self._stopped(known) if told.has(view, INCOME) else told.untold(_STOPPED, len(members))),
        ]
        return FeatureTable.of(columns, len(members))

    def _running(self, known: Histories) -> list[Column]:
        view, members = known.view, known.members
        measures, as_of, count = view.table(MEASURES), view.as_of, len(view.panel.household_ids)
        there = told.past(measures, as_of) & ~told.kinds(measures, "status", "not_yet")
        last = told.month(measures, "to")
        open_end = np.where(np.isnan(last), measures.happened + self.open_months - 1.0, last)
        runs, helps = there & (open_end >= as_of), told.kinds(measures, "kind", *self.development)
        ends = last - as_of  # a last month that is told, from the as_of
        told_end = there & (ends > 0)

        def number_of(rows: told.Mask) -> Floats:
            return told.counts(measures, rows, count)[members]

        labour, (near, far) = self._labour(known), self.soon
        next_end = told.smallest(measures.household[told_end], ends[told_end], count)[members]
        recently = there & helps & (open_end > as_of - self.without_months)
        return [
            (_RUNNING, number_of(runs)),
            (_KINDS, _kinds(measures, runs, count)[members]),
            (_DEVELOPMENT, number_of(runs & helps)),
            (_RELIEF, number_of(runs & ~helps)),
            (_ENDING_NEAR, number_of(told_end & (ends <= near))),
            (_ENDING, number_of(told_end & (ends <= far))),
            (_NEXT_END, next_end),
            (_ENDED, number_of(there & (ends <= 0) & (ends > -self.lately))),
            (_WITHOUT, np.where(np.isnan(labour), np.nan, (labour == 1) & (number_of(recently) == 0))),
        ]

    def _labour(self, known: Histories) -> Floats:
        """(n,) 1 where a member can work, 0 where none can, NaN where nothing tells it."""
        view, count = known.view, len(known.view.panel.household_ids)
        if not told.has(view, PERSONS, "labour"):
            return np.full(len(known.members), np.nan)
        persons = view.table(PERSONS).newest
        labour, mine = persons.text("labour"), persons.household >= 0
        said = told.counts(persons, mine & (labour.codes >= 0), count)
        able = told.counts(persons, mine & labour.holds(*self.able), count)
        return np.where(said > 0, able > 0, np.nan)[known.members]

    def _policy(self, known: Histories) -> list[Column]:
        """What of the newest window's income is transfers, and what is transfers and wages of public posts."""
        panel = known.view.panel
        untold = np.full(len(known.members), np.nan)
        transfer = told.per_person_of_newest_window(known, TRANSFER) if TRANSFER in panel.sources else untold
        post = self._post_wages(known)
        if not told.has(known.view, WORK) and TRANSFER not in panel.sources:
            return [(_TRANSFER, untold), (_POLICY, untold)]
        both = np.nan_to_num(transfer) + told.per_person(known, post)
        income, line = known.newest(known.window_income), told.newest_line(known)
        whole = np.maximum(income, 0.01 * line)
        return [(_TRANSFER, told.over(transfer, whole)), (_POLICY, told.over(both, whole))]

    def _post_wages(self, known: Histories) -> Floats:
        """(n,) wages of the window's months in public posts, as the spells of work tell them."""
        view, count = known.view, len(known.view.panel.household_ids)
        if not told.has(view, WORK, "channel"):
            return np.zeros(len(known.members))
        work = view.table(WORK)
        mine = told.past(work, view.as_of) & told.kinds(work, "channel", "public_post")
        last = np.fmin(told.month(work, "to"), view.as_of)
        first = np.maximum(work.happened, view.as_of - view.panel.window + 1)
        months = np.maximum(last - first + 1, 0)
        return told.sums(work, mine, count, months * np.nan_to_num(told.number(work, "monthly_wage")))[known.members]

    def _stopped(self, known: Histories) -> list[Column]:
        """Payments by item that came month by month, and no longer do though the household was reported."""
        view, members = known.view, known.members
        income, as_of, count = view.table(INCOME), view.as_of, len(view.panel.household_ids)
        span = 18 + self.lately + self.least_missing
        asked = np.zeros(count + 1, dtype=bool)  # the last place is of rows that speak of no household
        asked[members] = True
        recent = income.take(np.flatnonzero((income.happened > as_of - span) & asked.take(income.household)))
        monthly = told.past(recent, as_of) & (recent.number("to") == recent.happened)
        end = told.newest(recent, monthly & ~told.kinds(recent, "source", "payout"), count)
        end = np.where(as_of - end > view.panel.max_age, np.nan, end)  # nothing new of it: a gap, and no stop
        paid = recent.take(np.flatnonzero(monthly & told.kinds(recent, "source", TRANSFER)))
        amount, ago = paid.number("amount"), end[paid.household] - paid.happened
        now, before = (told.sums(paid, (ago >= back) & (ago < back + 3), count, amount) for back in (0, 12))
        lost, when, largest = self._lost(paid, amount, ago, count)
        change = told.over(told.per_person(known, (now - before)[members]), told.newest_line(known) / 4)
        return [
            (_CHANGE, np.where(np.isnan(end[members]), np.nan, change)),
            (_STOPPED_SHARE, told.share_of_income(known, 12 * lost[members])),
            (_STOPPED_YUAN, largest[members]),
            (_STOPPED_MONTH, told.season(when[members])),
        ]

    def _lost(self, paid: Facts, amount: Floats, ago: Floats, count: int) -> tuple[Floats, Floats, Floats]:
        """(households,) yuan a month of the payments that stopped lately; of the largest its first month without, yuan.

        Args:
            paid: reports of transfers for one month each.
            amount: (reports,) yuan.
            ago: (reports,) months from the report to the household's newest one of any income.
            count: number of households.
        """
        item = paid.text("item").codes if "item" in paid else np.full(len(paid), -1)
        group, key = pd.factorize(paid.household.astype(np.int64) * (int(item.max(initial=0)) + 2) + item + 1)
        last = told.smallest(group, ago, len(key))  # months since its last payment
        before = ago - last[group]
        came = np.bincount(group[before < 6], minlength=len(key))
        recent = before < 3
        month_sum = np.bincount(group[recent], weights=np.nan_to_num(amount[recent]), minlength=len(key))
        monthly = month_sum / np.maximum(np.bincount(group[recent], minlength=len(key)), 1)
        gone = (came >= self.regular) & (last >= self.least_missing) & (last < self.lately + self.least_missing)
        first = np.zeros(len(key), dtype=np.int64)
        first[group[::-1]] = np.arange(len(group))[::-1]
        whose = paid.household[first]
        begins = paid.happened[first] + ago[first] - last + 1  # the month after the last payment
        stopped = np.flatnonzero(gone)
        stopped = stopped[np.lexsort((begins[stopped], monthly[stopped]))]  # the largest is assigned last
        when, largest = np.full(count, np.nan), np.zeros(count)
        when[whose[stopped]], largest[whose[stopped]] = begins[stopped], monthly[stopped]
        return per_household(whose[stopped], count, monthly[stopped]), when, largest


def _kinds(measures: Facts, rows: told.Mask, count: int) -> Floats:
    """(households,) how many different kinds there are among the rows."""
    kind = measures.text("kind")
    width = len(kind.levels) + 1
    pair = measures.household[rows].astype(np.int64) * width + kind.codes[rows] + 1
    seen = np.bincount(pair, minlength=count * width).reshape(count, width) > 0
    return np.asarray(seen[:, 1:].sum(axis=1), dtype=np.float64)


_RUNNING = Feature("measures__running_count", "count", "measures of help that run", "measures")
_KINDS = Feature("measures__running_kinds", "count", "kinds of measures that run", "measures")
_DEVELOPMENT = Feature("measures__development_count", "count", "running measures that let it earn", "measures")
_RELIEF = Feature("measures__relief_count", "count", "running measures of relief", "measures")
_ENDING_NEAR = Feature("measures__ending_3m", "count", "measures whose last month comes very soon, as told", "measures")
_NEXT_END = Feature("measures__next_end_months", "periods", "months to the next last month that is told", "measures")
_ENDING = Feature(
    "measures__ending_6m",
    "count",
    "measures whose last month comes soon, as told",
    "measures",
    wording="reason.measure_ending",
    true_above=0,
)
_ENDED = Feature("measures__ended_3m", "count", "measures that ended lately", "measures")
_WITHOUT = Feature(
    "measures__labour_without_development",
    "count",
    "1 where a member can work and no development measure ran for half a year",
    "measures",
)
_MEASURES = (_RUNNING, _KINDS, _DEVELOPMENT, _RELIEF, _ENDING_NEAR, _ENDING, _NEXT_END, _ENDED, _WITHOUT)
_TRANSFER = Feature(
    "measures__transfer_share_12m",
    "share",
    "share of transfers in the newest window's income",
    "measures",
)
_POLICY = Feature(
    "measures__policy_share_12m",
    "share",
    "share of transfers and of wages in public posts in the newest window's income",
    "measures",
)
_CHANGE = Feature(
    "measures__transfer_change_share_3m",
    "share",
    "transfers of three months less those of the same months a year before, as a share of the line for as long",
    "measures",
)
_STOPPED_SHARE = Feature(
    "measures__transfer_stopped_share",
    "share",
    "monthly payments that stopped lately, for a year, as a share of the window income",
    "measures",
    wording="reason.transfer_stop",
    true_of="measures__transfer_stopped_yuan",
    true_above=0.5,  # less is written as 0
)
_STOPPED_YUAN = Feature(
    "measures__transfer_stopped_yuan",
    "money",
    "the largest monthly payment of the household that stopped lately",
    "measures",
    modelled=False,
)
_STOPPED_MONTH = Feature(
    "measures__transfer_stopped_month",
    "count",
    "month of the year from which it did not come",
    "measures",
    modelled=False,
)
_STOPPED = (_CHANGE, _STOPPED_SHARE, _STOPPED_YUAN, _STOPPED_MONTH)
