"""Official recognitions as monitored households, and whose risk has been removed: what outcomes and audits share."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from relapse.core.facts import NO_MONTH, Facts, Floats, per_household
from relapse.core.panel import HOUSEHOLDS, Ints, Panel, PanelView

RECOGNITIONS = "recognitions"
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
