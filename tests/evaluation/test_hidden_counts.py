"""No count of one to four can be worked out from a printed table: every table that a reader could think of is tried."""

from __future__ import annotations

import numpy as np
import pytest

from relapse.evaluation.hidden_counts import FEW, HELD_BACK, SHOWN, Sum, hidden, pinned


def possible_values(counts, sums, state) -> dict[int, set[int]]:
    """By hidden cell, values that it has in tables that look the same: two of each are enough.

    Written without linear programming: numbers are put into the hidden cells one after the other, and a sum in which
    one cell is left says what it must be.
    """
    top = int(counts.max()) + 6
    allowed = {
        int(place): range(1, 5) if state[place] == FEW else range(5 if counts[place] >= 5 else 1, top + 1)
        for place in np.flatnonzero(state != SHOWN)
    }
    found: dict[int, set[int]] = {place: set() for place in allowed}

    def value(told: dict[int, int], place: int) -> int | None:
        return told.get(place) if place in allowed else int(counts[place])

    def completed(told: dict[int, int]) -> dict[int, int] | None:
        """With all that follows; None where a sum is broken."""
        told, again = dict(told), True
        while again:
            again = False
            for each in sums:
                cells = [*each.parts, each.total]
                open_cells = [place for place in cells if value(told, place) is None]
                added = sum(value(told, part) or 0 for part in each.parts)
                if not open_cells and added != value(told, each.total):
                    return None
                if len(open_cells) == 1:
                    (left,) = open_cells
                    must = added if left == each.total else (value(told, each.total) or 0) - added
                    if must not in allowed[left]:
                        return None
                    told[left], again = must, True
        return told

    def search(told: dict[int, int] | None) -> None:
        if told is None or all(len(values) > 1 for values in found.values()):
            return
        left = next((place for place in allowed if place not in told), None)
        if left is None:
            for place, each in told.items():
                found[place].add(each)
            return
        for each in allowed[left]:
            search(completed({**told, left: each}))

    search(completed({}))
    return found


def column(*parts: int) -> tuple[np.ndarray, list[Sum]]:
    return np.array([sum(parts), *parts]), [Sum(0, tuple(range(1, len(parts) + 1)))]


def two_ways(rows: list[list[int]]) -> tuple[np.ndarray, list[Sum]]:
    """A table with the sums of its rows and columns and of all."""
    table = np.array(rows)
    whole = np.block([[table, table.sum(axis=1, keepdims=True)], [table.sum(axis=0), table.sum()]])
    place = np.arange(whole.size).reshape(whole.shape)
    sums = [Sum(int(row[-1]), tuple(row[:-1].tolist())) for row in place]
    sums += [Sum(int(each[-1]), tuple(each[:-1].tolist())) for each in place.T]
    return whole.ravel(), sums


CASES = {
    "one_small": column(3, 9, 20),
    "the_next_is_five": column(1, 5, 30),  # held back alone it would have to be five
    "all_at_the_top": column(4, 4),
    "all_at_the_bottom": column(1, 1, 1, 1, 1),
    "zeros_are_printed": column(2, 0, 0, 17),
    "sum_of_ones_is_few": (
        np.array([14, 4, 10, 1, 1, 1, 1]),
        [Sum(0, (1, 2)), Sum(1, (3, 4, 5, 6))],
    ),  # four that are at least one, and fewer than five
    "nothing_small": column(5, 6, 0),
    "two_ways": two_ways([[1, 6], [7, 8]]),
    "two_ways_with_zeros": two_ways([[2, 0], [0, 9]]),
    "two_ways_three_columns": two_ways([[0, 7, 3], [6, 0, 8]]),
}


@pytest.mark.parametrize("name", CASES)
def test_hidden__every_hidden_count_could_be_another_as_well(name):
    counts, sums = CASES[name]
    state = hidden(counts, sums)
    assert {int(count) for count in counts[state == SHOWN]}.isdisjoint(range(1, 5))
    for place, values in possible_values(counts, sums, state).items():
        assert len(values) > 1, f"cell {place} of {counts.tolist()} must be {values}, {state.tolist()}"


@pytest.mark.parametrize("seed", range(40))
def test_hidden__random_tables(seed):
    rng = np.random.default_rng(seed)
    counts, sums = column(*rng.choice([0, 1, 2, 3, 4, 5, 6, 9], rng.integers(1, 5)).tolist())
    state = hidden(counts, sums)
    assert all(len(values) > 1 for values in possible_values(counts, sums, state).values())


def test_pinned__what_a_careless_table_gives_away_is_found():
    counts, sums = column(3, 9, 20)
    careless = np.array([SHOWN, FEW, SHOWN, SHOWN], dtype=np.int8)
    assert pinned(counts, sums, careless).tolist() == [1]
    counts, sums = column(1, 5, 30)
    assert pinned(counts, sums, np.array([SHOWN, FEW, HELD_BACK, SHOWN], dtype=np.int8)).tolist() == [1, 2]


def test_hidden__sums_of_sums__villages_townships_county():
    villages = [1, 2, 0, 3, 12, 7, 4]  # of three townships: 3, 15, 11
    counts = np.array([29, 3, 15, 11, *villages])
    sums = [Sum(0, (1, 2, 3)), Sum(1, (4, 5, 6)), Sum(2, (7, 8)), Sum(3, (9, 10))]
    state = hidden(counts, sums)
    assert state[0] == SHOWN
    assert not len(pinned(counts, sums, state))


def test_hidden__a_countys_villages_take_no_time_and_give_nothing_away():
    rng = np.random.default_rng(3)
    parts = rng.poisson(1.5, 300)
    townships = parts.reshape(20, 15)
    counts = np.array([parts.sum(), *townships.sum(axis=1), *parts])
    sums = [Sum(0, tuple(range(1, 21)))]
    sums += [Sum(1 + place, tuple(range(21 + 15 * place, 36 + 15 * place))) for place in range(20)]
    state = hidden(counts, sums)
    assert not len(pinned(counts, sums, state))
    assert state[0] == SHOWN


@pytest.mark.parametrize("seed", range(12))
def test_hidden__random_tables_of_two_ways(seed):
    rng = np.random.default_rng(seed)
    counts, sums = two_ways(rng.choice([0, 1, 2, 4, 5, 7], (2, 2)).tolist())
    state = hidden(counts, sums)
    assert all(len(values) > 1 for values in possible_values(counts, sums, state).values())


def test_hidden__the_countys_totals_are_told_where_they_give_nothing_away():
    """Of each township what was listed, what was verified and what is overdue, and of the county the same."""
    verified, overdue = [14, 9, 12, 8, 11, 16, 7, 13], [2, 0, 1, 3, 0, 0, 2, 1]
    table = np.array([verified, overdue, np.add(verified, overdue)])
    whole = np.column_stack([table, table.sum(axis=1)])
    place = np.arange(whole.size).reshape(whole.shape)
    sums = [Sum(int(row[-1]), tuple(row[:-1].tolist())) for row in place]
    sums += [Sum(int(each[2]), tuple(each[:2].tolist())) for each in place.T]
    state = hidden(whole.ravel(), sums).reshape(whole.shape)
    assert (state[:, -1] == SHOWN).all()
    assert (state[1, :-1][np.array(overdue) > 0] == FEW).all()
    assert not len(pinned(whole.ravel(), sums, state.ravel()))
