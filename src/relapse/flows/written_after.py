"""Columns that are told, or corrected, of hardly anybody but those to whom the outcome has come already.

Such a column is no use to a forecast of first entries: it is written down because of the event, and where its known
dates are wrong, or assumed, it gives the event away.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from relapse.core.facts import NO_MONTH, Category, Column, Ints
from relapse.core.recognitions import NEVER, RECOGNITIONS
from relapse.core.worded import Worded
from relapse.evaluation.alarms import Honesty
from relapse.evaluation.columns import MOST_HOUSEHOLDS, evenly
from relapse.features.facts import FACTS
from relapse.features.facts import Facts as FactsBlock
from relapse.flows.rows import Task
from relapse.outcome.label.labels import BELOW_LINE

NOT_LOOKED_AT = -NEVER
_ENTRIES = (BELOW_LINE, "any", "unstable", "edge", "sudden")  # of others everybody at risk has a history


@dataclass(frozen=True, eq=False)
class Tellings:
    """One column as it was told: (rows,) sorted by what is told of and by when it became known.

    Args:
        name: of the column, as people know it.
        household: places.
        period: spoken of.
        known: period in which it became known.
        told: whether anything was told.
        corrects: whether the row tells otherwise what an earlier one told.
    """

    name: str
    household: Ints
    period: Ints
    known: Ints
    told: NDArray[np.bool_]
    corrects: NDArray[np.bool_]


def written_after(task: Task, alarm: Honesty) -> tuple[Worded, ...]:
    """Covariates, and facts that features are made of, that are written once the outcome has come.

    Args:
        task: what is forecast; of removals and returns nothing is said: who is at risk of them was recognised before.
        alarm: bounds.
    """
    columns = list(_tellings(task)) if task.outcome.outcome in _ENTRIES else []
    if not columns:
        return ()
    had = _first_had(task)
    looked_at = had != NOT_LOOKED_AT
    base = float((had[looked_at] < NEVER).mean())
    raised: list[Worded] = []
    for each in columns:
        at = had[each.household]
        for what, rows, after in (
            ("told", each.told, at <= each.period),
            ("corrected", each.corrects, (at >= each.period) & (at <= each.known)),
        ):
            kept = rows & (at != NOT_LOOKED_AT)
            households = len(np.unique(each.household[kept & after]))
            share = float(after[kept].mean()) if kept.any() else 0.0
            raised += alarm.written_after(each.name, what, households, share, base)
    return tuple(raised)


def _first_had(task: Task) -> NDArray[np.int64]:
    """(households,) the first period in which each had the outcome, with all that is known by the end.

    NEVER where it had not; NOT_LOOKED_AT for households that are left out.
    """
    panel = task.panel
    final, count = panel.as_of(panel.latest), len(panel.household_ids)
    had = np.full(count, NOT_LOOKED_AT, dtype=np.int64)
    some = evenly(count, MOST_HOUSEHOLDS)
    had[some] = NEVER
    if task.outcome.outcome == BELOW_LINE:
        below = final.histories(some, lags=panel.latest - panel.first + 1).below == 1
        oldest_lag = below.shape[1] - 1 - below[:, ::-1].argmax(axis=1)
        had[some] = np.where(below.any(axis=1), panel.latest - oldest_lag, NEVER)
        return had
    table = final.whole_table(RECOGNITIONS)
    rows = np.flatnonzero(had[table.household] == NEVER)
    first = np.full(count, NEVER, dtype=np.int64)
    np.minimum.at(first, table.household[rows], table.happened[rows])
    return np.where(had == NEVER, first, had)


def _tellings(task: Task) -> Iterator[Tellings]:
    """Covariates with blanks or corrections, and facts of which features are made: that one is there tells."""
    panel = task.panel
    same = np.zeros(len(panel.household), dtype=bool)
    same[1:] = (np.diff(panel.household) == 0) & (np.diff(panel.period) == 0)
    for columns in (panel.covariates, panel.categories):
        for name, values in columns.items():
            told, corrects = _told(values, same)
            if not told.all() or corrects.any():  # else there is nothing to see in it
                yield Tellings(name, panel.household, panel.period, panel.known, told, corrects)
    block = task.features.get(FACTS)
    if not isinstance(block, FactsBlock) or FACTS not in panel.tables:
        return
    table = panel.tables[FACTS]
    for name in sorted({entry.name for entry in block.entries.values()}):
        mine = table.take(table.text("name").holds(name) & (table.household >= 0) & (table.happened != NO_MONTH))
        versions = np.zeros(len(mine), dtype=bool)
        versions[1:] = np.diff(mine.fact) == 0
        yield Tellings(name, mine.household, mine.happened, mine.known, *_told(mine.text("value"), versions))


def _told(values: Column, same: NDArray[np.bool_]) -> tuple[NDArray[np.bool_], NDArray[np.bool_]]:
    """(rows,) whether a value is told, and whether it is another than that of the row before on the same thing."""
    plain = values.codes if isinstance(values, Category) else values
    told = plain >= 0 if isinstance(values, Category) else ~np.isnan(plain)
    corrects = np.zeros(len(told), dtype=bool)
    corrects[1:] = same[1:] & told[1:] & (plain[1:] != plain[:-1])
    return told, corrects
