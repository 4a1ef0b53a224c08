"""Official recognitions as monitored households, and whose risk has been removed: what outcomes and audits share."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from relapse.core.facts import NO_MONTH, Facts, Floats, per_household
from relapse.core.panel import HOUSEHOLDS, Ints, Panel, PanelView

RECOGNITIONS = "recognitions"
NEVER = 10**6  # a month after all others
HISTORY = ("removed", "removed_at", "reopened_at")  # of a recognition that is over: all that `earlier_spells` reads


def told_by(panel: Panel) -> bool:
    """Whether the panel tells official recognitions."""
    return RECOGNITIONS in panel.tables and len(panel.tables[RECOGNITIONS]) > 0


def monitored(known: PanelView) -> Ints:
    """Places of the households that are recognised and whose risk is not removed at the as_of, as known.

    Args:
        known: what was known by the end of the as_of; without recognitions nobody is monitored.
    """
    if RECOGNITIONS not in known.panel.tables:
        return np.empty(0, dtype=np.int32)
    table = known.whole_table(RECOGNITIONS)
    return np.unique(table.household[(table.happened <= known.as_of) & ~removed(table, known.as_of)])


def apart(known: PanelView) -> NDArray[np.bool_]:
    """(households,) that no entry is forecast for, as known: monitored already, or not out of poverty yet.

    Args:
        known: of a panel with the table of households.
    """
    states = known.table(HOUSEHOLDS).newest
    found = np.zeros(len(known.panel.household_ids), dtype=bool)
    found[states.household[states.text("type").holds("not_exited")]] = True
    found[monitored(known)] = True
    return found


def removed(table: Facts, as_of: int) -> NDArray[np.bool_]:
    """(rows,) whether the risk of a recognition had been removed by the end of a month, and has not been reopened."""
    gone = np.zeros(len(table), dtype=bool)
    if "removed_at" in table:
        gone |= table.number("removed_at") <= as_of
    if "removed" in table:
        gone |= (table.number("removed") == 1) & (
            np.isnan(table.number("removed_at")) if "removed_at" in table else np.ones(len(table), dtype=bool)
        )
    if "reopened_at" in table:
        reopened = table.number("reopened_at")
        again = table.number("removed_at") > reopened if "removed_at" in table else np.zeros(len(table), dtype=bool)
        gone &= ~((reopened <= as_of) & ~again)
    return gone


@dataclass(frozen=True, eq=False)
class Spells:
    """Times for which households were monitored: (spells,) each, by household and begin, apart from each other.

    Args:
        household: places.
        begins: month of the recognition, or in which a removal was taken back.
        ends: month in which the risk was removed, NEVER where it was not.
        reopened: whether it began because a removal was taken back, and not with a recognition.
    """

    household: Ints
    begins: NDArray[np.int64]
    ends: NDArray[np.int64]
    reopened: NDArray[np.bool_]

    def place_in(self, month: int, households: int) -> NDArray[np.int64]:
        """(households,) the spell in which each is in a month, -1 where it is not monitored then."""
        found = np.full(households, -1, dtype=np.int64)
        there = np.flatnonzero((self.begins <= month) & (self.ends > month))
        found[self.household[there]] = there
        return found

    def last_removed(self, month: int, households: int) -> NDArray[np.int64]:
        """(households,) the newest removal up to a month, -1 where there was none."""
        found = np.full(households, -1, dtype=np.int64)
        over = self.ends <= month
        np.maximum.at(found, self.household[over], self.ends[over])
        return found

    def first_begin(self, month: int, households: int, reopened: bool) -> NDArray[np.int64]:
        """(households,) the first begin after a month, by a recognition or by a removal taken back; else NEVER."""
        found = np.full(households, NEVER, dtype=np.int64)
        later = (self.begins > month) & (self.reopened == reopened)
        np.minimum.at(found, self.household[later], self.begins[later])
        return found


def spells(known: PanelView) -> Spells:
    """All times for which households were monitored, as known; what was withdrawn is none, corrections hold.

    The newest version of a recognition forgets a removal that was taken back and made again, so older versions are read
    as well. A removal without a month counts from the month in which it became known. Recognitions that overlap are one
    spell, which ends with the last of them.

    Args:
        known: what was known by the end of the as_of; with recognitions.
    """
    table = _told_removals(known)
    happened, removed_at = table.happened.astype(np.int64), _removed_at(table)
    reopened_at = _until(table, "reopened_at", known.as_of)
    again = reopened_at < removed_at  # removed, taken back, removed again
    last = np.append(table.fact[1:] != table.fact[:-1], np.ones(min(len(table), 1), dtype=bool))
    back = last & (reopened_at >= removed_at)
    begins = np.concatenate([np.where(again, np.nan_to_num(reopened_at), happened), reopened_at[back]])
    ends = np.concatenate([np.nan_to_num(removed_at, nan=NEVER), np.full(back.sum(), NEVER)])
    who = np.concatenate([table.household, table.household[back]])
    return _apart(
        who, begins.astype(np.int64), ends.astype(np.int64), np.concatenate([again, np.ones(back.sum(), bool)])
    )


def _told_removals(known: PanelView) -> Facts:
    """Of each recognition that holds the newest version, and the last one before each further removal."""
    whole, believed = known.panel.tables[RECOGNITIONS].until(known.as_of), known.whole_table(RECOGNITIONS)
    whole = whole.take(np.isin(whole.fact, believed.fact) & ~whole.withdrawn & (whole.household >= 0))
    if "removed_at" not in whole or "reopened_at" not in whole:
        return believed.take(believed.household >= 0)
    removed_at, reopened_at = _removed_at(whole), _until(whole, "reopened_at", known.as_of)
    last = np.append(whole.fact[1:] != whole.fact[:-1], np.ones(min(len(whole), 1), dtype=bool))
    between = (reopened_at >= np.roll(removed_at, 1)) & (reopened_at < removed_at)
    return whole.take(last | np.roll(between, -1))


def _removed_at(table: Facts) -> Floats:
    """(rows,) month of the removal, as told or as known; NaN where there was none."""
    told = np.floor(table.number("removed_at")) if "removed_at" in table else np.full(len(table), np.nan)
    over = table.number("removed") == 1 if "removed" in table else np.zeros(len(table), dtype=bool)
    return np.where(np.isnan(told) & over, table.known.astype(np.float64), told)


def _apart(household: Ints, begins: NDArray[np.int64], ends: NDArray[np.int64], reopened: NDArray[np.bool_]) -> Spells:
    """Spells in order, with those that overlap joined; one that ends before it begins is none."""
    sound = ends > begins
    order = np.flatnonzero(sound)[np.lexsort((ends[sound], begins[sound], household[sound]))]
    who, begins, ends, reopened = household[order], begins[order], ends[order], reopened[order]
    if not len(who):
        return Spells(who, begins, ends, reopened)
    furthest = np.maximum.accumulate(who.astype(np.int64) * 2 * NEVER + ends) - who.astype(np.int64) * 2 * NEVER
    first = np.ones(len(who), dtype=bool)
    first[1:] = (who[1:] != who[:-1]) | (begins[1:] >= furthest[:-1])
    return Spells(who[first], begins[first], np.maximum.reduceat(furthest, np.flatnonzero(first)), reopened[first])


@dataclass(frozen=True, eq=False)
class EarlierSpells:
    """Times for which each household was monitored before, as known: (households,) each.

    Neither the kind nor the causes of a recognition are among it: those are written down with the label.

    Args:
        count: recognitions whose risk is removed, or was and has been reopened.
        reopened: of the removals, how many were taken back.
        since_removed: months since the newest removal; NaN where there is none, or no month was told.
        months: months monitored, over all removed recognitions that tell both months.
    """

    count: Floats
    reopened: Floats
    since_removed: Floats
    months: Floats


def earlier_spells(known: PanelView) -> EarlierSpells:
    """What the register tells of recognitions that are over: history of a household, and known at the as_of.

    A feature may read it, since it looks at no recognition but those that were known to be made, and at no removal or
    reopening after the as_of; what is recognised at the as_of and not removed is no spell that is over.

    Args:
        known: what was known by the end of the as_of; without recognitions all is 0.
    """
    count, as_of = len(known.panel.household_ids), known.as_of
    if RECOGNITIONS not in known.panel.tables:
        return EarlierSpells(np.zeros(count), np.zeros(count), np.full(count, np.nan), np.zeros(count))
    table = known.whole_table(RECOGNITIONS)
    table = table.take((table.household >= 0) & (table.happened != NO_MONTH) & (table.happened <= as_of))
    over, who = removed(table, as_of), table.household
    reopened = _until(table, "reopened_at", as_of)
    at = np.where(over, _until(table, "removed_at", as_of), np.nan)
    newest = np.full(count, -np.inf)
    told = ~np.isnan(at)
    np.maximum.at(newest, who[told], at[told])
    return EarlierSpells(
        per_household(who[over | ~np.isnan(reopened)], count),
        per_household(who[~np.isnan(reopened)], count),
        np.where(np.isfinite(newest), as_of - newest, np.nan),
        per_household(who[told], count, (at - table.happened.astype(np.float64))[told]),
    )


def recognised_lately(known: PanelView, months: int) -> NDArray[np.bool_]:
    """(households,) recognised in so many months up to the as_of, as known; whatever came of it.

    For sums over other households alone: of a household itself it would tell the label's own past.
    """
    found = np.zeros(len(known.panel.household_ids), dtype=bool)
    if RECOGNITIONS in known.panel.tables:
        table = known.whole_table(RECOGNITIONS)
        lately = (table.happened <= known.as_of) & (table.happened > known.as_of - months) & (table.household >= 0)
        found[table.household[lately]] = True
    return found


def _until(table: Facts, column: str, as_of: int) -> Floats:
    """(rows,) a month of the table that lies not after the as_of, else NaN."""
    if column not in table:
        return np.full(len(table), np.nan)
    month = np.floor(table.number(column))
    return np.where(month <= as_of, month, np.nan)
