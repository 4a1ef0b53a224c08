"""Work side by side: in order, each thing made once, errors told, cores left to the others."""

from __future__ import annotations

import threading
import time

import pytest

from relapse.core import threads
from relapse.core.threads import Kept, free_cores, in_order, side_by_side


@pytest.fixture(autouse=True)
def two_cores(monkeypatch):
    monkeypatch.setattr(threads.os, "cpu_count", lambda: 2)


def test_what_is_made__keeps_the_order_of_the_items():
    def slow_first(item: int) -> int:
        time.sleep(0.02 * (3 - item))
        return item * 10

    assert side_by_side(slow_first, [1, 2, 3]) == [10, 20, 30]


def test_two_pieces_of_work__run_at_the_same_time():
    met = threading.Barrier(2, timeout=10)  # breaks where one waits for the other to end
    assert side_by_side(lambda item: (met.wait(), item)[1], [1, 2]) == [1, 2]


def test_free_cores__are_one_for_everybody_while_anything_runs_side_by_side():
    """LightGBM keeps the number of its threads for the whole process."""
    assert free_cores() == 2
    told = in_order(lambda _: (free_cores(), side_by_side(lambda _: free_cores(), [1, 2])), [1, 2])
    assert next(told) == (1, [1, 1])
    assert free_cores() == 1
    assert list(told) == [(1, [1, 1])]
    assert free_cores() == 2


def test_an_error__is_raised_and_the_cores_are_free_again():
    def broken(item: int) -> int:
        raise ValueError(str(item))

    with pytest.raises(ValueError, match="1"):
        side_by_side(broken, [1, 2, 3])
    assert free_cores() == 2


@pytest.mark.parametrize("alone", [False, True])
def test_kept__is_made_once_however_many_want_it(alone):
    made: list[int] = []

    def make() -> int:
        time.sleep(0.05)
        made.append(1)
        return len(made)

    kept: Kept[str, int] = Kept(alone=alone)
    assert side_by_side(lambda _: kept.get_or_make("a", make), range(6)) == [1] * 6


def test_kept__makes_two_at_once_but_where_each_is_made_alone():
    met = threading.Barrier(2)

    def meet() -> bool:
        try:
            met.wait(timeout=0.3)
        except threading.BrokenBarrierError:
            return False
        return True

    free: Kept[int, bool] = Kept()
    assert side_by_side(lambda key: free.get_or_make(key, meet), [1, 2]) == [True, True]
    alone: Kept[int, bool] = Kept(alone=True)
    assert side_by_side(lambda key: alone.get_or_make(key, meet), [1, 2]) == [False, False]
