"""Independent pieces of work side by side: numpy, Arrow and LightGBM let other threads run while they compute.

Two LightGBM fits of one thread each take a little more time than one fit of two threads.
"""

from __future__ import annotations

import os
import threading
from collections.abc import Callable, Hashable, Iterable, Iterator
from concurrent.futures import ThreadPoolExecutor
from typing import Generic, TypeVar

Item = TypeVar("Item")
Made = TypeVar("Made")
Key = TypeVar("Key", bound=Hashable)

_MOST = 4  # our choice: more threads wait for each other between the calls into numpy
_pools = 0  # at work now


def free_cores() -> int:
    """Cores that a piece of work may use: one where others run beside it.

    LightGBM keeps the number of its threads for the whole process: two fits that ask for other numbers at the same time
    write into memory that is not theirs. So nothing asks for more than one as long as anything runs side by side.
    """
    return 1 if _pools else min(os.cpu_count() or 1, _MOST)


def in_order(work: Callable[[Item], Made], items: Iterable[Item]) -> Iterator[Made]:
    """What is made of each item, in their order, as soon as it is there; later ones are being made meanwhile.

    Args:
        work: changes nothing that it needs for another item, but what is kept in a `Kept`.
        items: few and large.
    """
    some = list(items)
    workers = min(len(some), free_cores())
    if workers < 2:
        yield from map(work, some)
        return
    global _pools  # noqa: PLW0603 - see free_cores
    _pools += 1
    try:
        with ThreadPoolExecutor(workers) as pool:
            yield from pool.map(work, some)
    finally:
        _pools -= 1


def side_by_side(work: Callable[[Item], Made], items: Iterable[Item]) -> list[Made]:
    """What is made of each item, in their order; the first error is raised. See `in_order`.

    Example:
        >>> side_by_side(len, ["a", "bcd"])
        [1, 3]
    """
    return list(in_order(work, items))


class Kept(dict[Key, Made], Generic[Key, Made]):
    """What was made already, by key: threads that want the same wait for the one that makes it.

    Args:
        most: so many are kept, the ones made last; None: all.
        alone: whether two are never made at once, because making one takes much memory.
    """

    def __init__(self, *args: object, most: int | None = None, alone: bool = False) -> None:
        super().__init__(*args)
        self._most, self._one = most, threading.RLock() if alone else None
        self._here, self._making = threading.Lock(), dict[Key, threading.RLock]()

    def get_or_make(self, key: Key, make: Callable[[], Made]) -> Made:
        """What is kept under a key, made where there is nothing yet.

        Example:
            >>> kept = Kept(most=1)
            >>> kept.get_or_make("a", lambda: 1), kept.get_or_make("a", lambda: 2), kept.get_or_make("b", lambda: 3)
            (1, 1, 3)
            >>> list(kept)
            ['b']
        """
        with self._here:
            if key in self:
                return self[key]
            making = self._one or self._making.setdefault(key, threading.RLock())
        with making:
            with self._here:
                if key in self:
                    return self[key]
            made = make()
            with self._here:
                while self._most is not None and len(self) >= self._most:
                    del self[next(iter(self))]
                self[key] = made
        return made
