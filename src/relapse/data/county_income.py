"""Reports of income and claims, in both clocks → rows of a household and month, each with the month it became known.

A report that spans several months is spread over them evenly and marked; where a narrower one covers the same month, it
holds. Every row is the whole state of its month as believed from its known month on, so a correction of one source is a
new row in which the others stand as before.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any

import numpy as np
from numpy.typing import NDArray

from relapse.core.facts import Facts, Floats, Ints
from relapse.core.sorting import order_by
from relapse.data.formula import Formula

OWN_COST = "own_cost"
INCOME_PARTS = ("wage", "business", "property", "transfer", "business_cost")
COSTS = ("business_cost",)
AMOUNTS = ("payout", OWN_COST)
_BLOCK = 500_000  # reports worked on together (of whole households), which bounds the memory
Parts = tuple[tuple[str, str], ...]
Column = tuple[str, str]  # of rows: a field, or a source or amount of it


@dataclass(frozen=True, eq=False)
class Cells:
    """Reports by household, month and part; a part is a source with its item.

    Args:
        household, month, known: (cells,)
        part: (cells,) place in `parts`.
        value: (cells,) yuan of the household in that month, NaN where taken back.
        span: (cells,) months over which the report was spread.
        fact: (cells,) number of the report, which its versions share.
        parts: (source, item) of each part.
    """

    household: Ints
    month: Ints
    known: Ints
    part: Ints
    value: Floats
    span: Ints
    fact: NDArray[np.integer]
    parts: Parts


@dataclass(frozen=True, eq=False)
class MonthlyRows:
    """Rows of a household, month and known month, sorted so.

    Args:
        household, period, known: (rows,)
        income: (rows,) net income of the household, yuan; NaN where no part of it was reported.
        sources: (rows,) each: the parts of it.
        amounts: (rows,) each: payouts and own cost, as they count in the reference income (both positive).
        measured: (rows,) share of the reported parts that were reported for that month alone.
    """

    household: Ints
    period: Ints
    known: Ints
    income: Floats
    sources: Mapping[str, Floats]
    amounts: Mapping[str, Floats]
    measured: Floats


def income_parts(income: Facts) -> tuple[Parts, Ints]:
    """The parts that are told, by source and item, and (rows,) of which part each report is."""
    source, item = income.text("source"), income.text("item") if "item" in income else None
    levels = ("",) if item is None else (*item.levels, "")
    width = len(levels)
    items = width - 1 if item is None else np.where(item.codes < 0, width - 1, item.codes)
    pair = source.codes * width + items
    occurs = np.zeros(len(source.levels) * width, dtype=bool)
    occurs[pair] = True
    parts = tuple((source.levels[code // width], levels[code % width]) for code in np.flatnonzero(occurs).tolist())
    return parts, (np.cumsum(occurs, dtype=np.int32) - np.int32(1))[pair]


def income_cells(income: Facts, parts: Parts, part: Ints) -> Cells:
    """All versions of all reports of income, spread over their months.

    Args:
        income: all versions, with from, to and amount.
        parts: all parts.
        part: (rows,) place in them.
    """
    first = income.number("from").astype(np.int32)
    last = np.maximum(income.number("to"), first).astype(np.int32)
    span = last - first + 1
    row = np.repeat(np.arange(len(income)), span)
    within = np.arange(len(row)) - np.repeat(np.cumsum(span) - span, span)
    amount = np.where(income.withdrawn, np.nan, income.number("amount"))
    return Cells(
        income.household[row],
        (first[row] + within).astype(np.int32),
        income.known[row],
        part[row],
        (amount / span)[row],
        span[row].astype(np.int32),
        income.fact[row],
        parts,
    )


def claim_cells(claims: Facts, part: int) -> Cells:
    """Compliant own cost (合规自付) of all claims of a household in a month, as it added up report by report."""
    believed = np.where(claims.withdrawn, 0.0, np.nan_to_num(claims.number(OWN_COST)))
    order = order_by(claims.fact, claims.known)
    before = np.zeros(len(claims))
    same = claims.fact[order[1:]] == claims.fact[order[:-1]]
    before[order[1:][same]] = believed[order[:-1][same]]
    order = order_by(claims.household, claims.happened, claims.known)
    household, month, known = claims.household[order], claims.happened[order], claims.known[order]
    total = _running_totals((believed - before)[order], _starts(household, month))
    rows = np.full(len(order), part, np.int32)
    return Cells(household, month, known, rows, total, np.ones(len(order), np.int32), rows, ((OWN_COST, ""),))


def monthly_rows(income: Facts, claims: Facts | None, formula: Formula) -> MonthlyRows:
    """Rows of all that was ever reported.

    Args:
        income: all versions, with source, from, to, amount (and item).
        claims: all versions, with own_cost; None where the county has none.
        formula: what counts.
    """
    parts, part = income_parts(income)
    most = int((np.maximum(income.number("to") - income.number("from"), 0) + 1).sum()) + (
        0 if claims is None else len(claims)
    )
    whole, count = dict[Column, NDArray[Any]](), 0
    for own, cost in _blocks(income.household, np.empty(0, np.int32) if claims is None else claims.household):
        cells = income_cells(income.take(own), parts, part[own])
        if claims is not None and len(claims):
            cells = _joined(cells, claim_cells(claims.take(cost), len(parts)))
        rows = _rows(_believed(cells), formula)
        for name, values in _columns(rows).items():
            if name not in whole:
                whole[name] = np.empty(most, dtype=values.dtype)  # what is not written to is never fetched
            whole[name][count : count + len(values)] = values
        count += len(rows.household)
    return _monthly({name: values[:count] for name, values in whole.items()})


def _blocks(income: Ints, claims: Ints) -> Iterator[tuple[NDArray[np.intp], NDArray[np.intp]]]:
    """Places of reports and of claims, by blocks of whole households; both are sorted by household."""
    last = np.unique(income[_BLOCK - 1 :: _BLOCK])
    own, cost = ([0, *np.searchsorted(told, last, side="right"), len(told)] for told in (income, claims))
    for place in range(len(last) + 1):
        yield np.arange(own[place], own[place + 1]), np.arange(cost[place], cost[place + 1])


def _columns(rows: MonthlyRows) -> dict[Column, NDArray[Any]]:
    """All columns of some rows, those of groups under the group and their name."""
    told: dict[Column, NDArray[Any]] = {}
    for name, values in vars(rows).items():
        told |= {
            (name, each): column for each, column in (values if isinstance(values, dict) else {"": values}).items()
        }
    return told


def _monthly(columns: Mapping[Column, NDArray[Any]]) -> MonthlyRows:
    """Rows of such columns."""
    plain = {name: values for (name, each), values in columns.items() if not each}
    sources, amounts = (
        {each: values for (name, each), values in columns.items() if name == group and each}
        for group in ("sources", "amounts")
    )
    return MonthlyRows(**plain, sources=sources, amounts=amounts)


def _rows(cells: Cells, formula: Formula) -> MonthlyRows:
    """Rows of whole households from their cells."""
    starts = _starts(cells.household, cells.month, cells.known)
    version = np.cumsum(starts) - 1
    first = np.flatnonzero(starts)
    household, month, known = cells.household[first], cells.month[first], cells.known[first]
    values, alone = _states(cells, version, _starts(household, month))
    return _summed(household, month, known, values, alone, cells.parts, formula)


def _joined(one: Cells, other: Cells) -> Cells:
    names = ("household", "month", "known", "part", "value", "span", "fact")
    arrays = {name: np.concatenate([getattr(one, name), getattr(other, name)]) for name in names}
    return Cells(**arrays, parts=(*one.parts, *other.parts))


def _believed(cells: Cells) -> Cells:
    """Without cells that a narrower report of the same month had replaced before; sorted by household, month, known."""
    order = order_by(cells.household, cells.month, cells.part, cells.known)
    group = np.cumsum(_starts(cells.household[order], cells.month[order], cells.part[order]), dtype=np.int64)
    cells, again = _reinstated(cells, order, _starts(group))
    span = np.where(again, 1, cells.span)[order]
    widest = int(span.max(initial=1)) + 1
    narrowest = np.minimum.accumulate(span - group * widest) + group * widest
    kept = order[span <= narrowest]
    kept = kept[order_by(cells.household[kept], cells.month[kept], cells.known[kept])]
    names = ("household", "month", "known", "part", "value", "span", "fact")
    return Cells(**{name: getattr(cells, name)[kept] for name in names}, parts=cells.parts)


def _reinstated(cells: Cells, order: NDArray[np.intp], begins: NDArray[np.bool_]) -> tuple[Cells, NDArray[np.bool_]]:
    """Where a report was taken back, what another one of its month tells; and (cells,) where that was looked at."""
    again = np.zeros(len(order), dtype=bool)
    back, fact, starts = np.isnan(cells.value[order]), cells.fact[order], np.flatnonzero(begins)
    if not back.any():
        return cells, again
    several = np.minimum.reduceat(fact, starts) < np.maximum.reduceat(fact, starts)
    value, span = cells.value.copy(), cells.span.copy()
    for group in np.flatnonzero(several & np.logical_or.reduceat(back, starts)).tolist():  # there are few such
        end = starts[group + 1] if group + 1 < len(starts) else len(order)
        for cell, (months, _, amount) in _standing(cells, order[starts[group] : end].tolist()):
            value[cell], span[cell], again[cell] = amount, months, True
    return replace(cells, value=value, span=span), again


def _standing(cells: Cells, group: Sequence[int]) -> Iterator[tuple[int, tuple[int, int, float]]]:
    """Of each cell of a month and part: its place; months, rank and amount of the report that stands from then on."""
    told: dict[int, tuple[int, int, float]] = {}
    for late, cell in enumerate(group):
        fact, span, value = int(cells.fact[cell]), int(cells.span[cell]), float(cells.value[cell])
        told.pop(fact, None)
        if not np.isnan(value):
            told[fact] = (span, -late, value)
        yield cell, min(told.values(), default=(span, 0, np.nan))


def _states(cells: Cells, version: NDArray[np.intp], starts: NDArray[np.bool_]) -> tuple[Floats, Floats]:
    """Values (versions, parts) as believed from each version on, and whether each was reported for that month alone."""
    count, parts = len(starts), len(cells.parts)
    values, alone = np.full((count, parts), np.nan), np.zeros((count, parts))
    told = np.zeros((count, parts), dtype=bool)
    values[version, cells.part] = cells.value
    alone[version, cells.part] = cells.span == 1
    told[version, cells.part] = True
    here = np.arange(count)
    begin = np.maximum.accumulate(np.where(starts, here, 0))
    for part in range(parts):
        last = np.maximum.accumulate(np.where(told[:, part], here, -1))
        known = last >= begin
        values[:, part] = np.where(known, values[last, part], np.nan)
        alone[:, part] = np.where(known, alone[last, part], 0)
    return values, alone


def _summed(
    household: Ints,
    month: Ints,
    known: Ints,
    values: Floats,
    alone: Floats,
    parts: Parts,
    formula: Formula,
) -> MonthlyRows:
    """Parts added up to sources, net income and amounts."""
    income, told, single = np.zeros(len(month)), np.zeros(len(month)), np.zeros(len(month))
    sums: dict[str, Floats] = {}
    amounts: dict[str, Floats] = {}
    for place, (source, item) in enumerate(parts):
        net, reference = formula.weights(source, item, month)
        value = values[:, place]
        there = ~np.isnan(value)
        if source in INCOME_PARTS:
            counted = there & (net != 0)
            income += np.where(counted, net * np.nan_to_num(value), 0)
            told += counted
            single += counted & (alone[:, place] == 1)
            _add(sums, source, np.where(counted, value, np.nan))
        else:
            _add(amounts, source, np.where(there, np.abs(reference) * value, np.nan))
    income = np.where(told > 0, income, np.nan)
    return MonthlyRows(household, month, known, income, sums, amounts, single / np.maximum(told, 1))


def _add(sums: dict[str, Floats], name: str, value: Floats) -> None:
    """Add to a sum in which missing and missing stay missing."""
    if name not in sums:
        sums[name] = value
        return
    both = np.isnan(sums[name]) & np.isnan(value)
    sums[name] = np.where(both, np.nan, np.nan_to_num(sums[name]) + np.nan_to_num(value))


def _starts(*keys: NDArray[np.integer]) -> NDArray[np.bool_]:
    """(rows,) where a group of equal keys begins, in sorted rows."""
    starts = np.ones(len(keys[0]), dtype=bool)
    if len(starts):
        starts[1:] = np.any([key[1:] != key[:-1] for key in keys], axis=0)
    return starts


def _running_totals(values: Floats, starts: NDArray[np.bool_]) -> Floats:
    """Running sums within groups, each from its own values alone (so other groups do not touch the last digit)."""
    here = np.arange(len(values))
    rank = here - np.maximum.accumulate(np.where(starts, here, 0))
    totals = values.copy()
    order = np.argsort(rank, kind="stable")
    bounds = np.searchsorted(rank[order], np.arange(1, int(rank.max(initial=0)) + 2))
    for place in range(len(bounds) - 1):
        rows = order[bounds[place] : bounds[place + 1]]
        totals[rows] += totals[rows - 1]
    return totals
