"""Official recognitions as monitored households, and whose risk has been removed: what outcomes and audits share."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from relapse.core.facts import Facts
from relapse.core.panel import HOUSEHOLDS, Ints, Panel, PanelView

RECOGNITIONS = "recognitions"


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
