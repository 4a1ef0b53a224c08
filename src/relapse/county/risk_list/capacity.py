"""How many households each township can visit in a month, and how a county's visits are shared among its townships."""

from __future__ import annotations

import math
from collections.abc import Mapping
from typing import Annotated, Literal

import numpy as np
from numpy.typing import NDArray
from pydantic import Field
from pydantic.dataclasses import dataclass

from relapse.core.errors import InputError, nearest
from relapse.core.recipe import STRICT, Share

Counts = NDArray[np.int64]
NotNegative = Annotated[int, Field(ge=0)]


@dataclass(frozen=True, config=STRICT)
class TownshipCapacity:
    """What one township can do in a month.

    Args:
        visits: households that can be visited.
        calls: that can be asked by phone; None for `Capacity.calls` times the visits.
    """

    visits: NotNegative
    calls: NotNegative | None = None


@dataclass(frozen=True, config=STRICT)
class Capacity:
    """Visits of a month by township; without a figure of their own townships share those of the county.

    Args:
        townships: visits by name of the township.
        file: a table with a row a township (and month, if they differ); None where there is none.
        a_village: visits a village and month, where neither of these is told.
        calls: households asked by phone, as a multiple of a township's visits.
        beyond: rows of households that exceed all this, as a multiple of the county's visits.
        allocation: county (the county's order decides how its visits are shared) or township (by households at risk).
        floor: visits a township at least, as far as it has so many households.
        village_months: months in which each village is visited once at least; 0 for no such floor.
        rules_share: of a township's visits, for households that hit a rule, before the forecast's.
        random_share: of a township's visits, for households drawn at random.
        random_least: households drawn at random a township at least.
    """

    townships: Mapping[str, TownshipCapacity | NotNegative]
    file: str | None
    a_village: Annotated[float, Field(gt=0)] | None
    calls: Annotated[float, Field(ge=0)]
    beyond: Annotated[float, Field(ge=0)]
    allocation: Literal["county", "township"]
    floor: NotNegative
    village_months: NotNegative
    rules_share: Share
    random_share: Share
    random_least: NotNegative

    def limits(
        self, townships: tuple[str, ...], villages: Counts, told: Mapping[str, TownshipCapacity]
    ) -> Counts | None:
        """(townships,) visits of each, where they are told; None where only the county's are known.

        Args:
            townships: names in order.
            villages: (townships,) with households at risk.
            told: read from `file`.

        Raises:
            InputError: a township has no figure, or a figure has no township.
        """
        table = self.table(told)
        if table:
            _fits(table, townships)
            return np.array([table[name].visits if name else 0 for name in townships], dtype=np.int64)
        if self.a_village is not None:
            return np.asarray(np.ceil(villages * self.a_village - 1e-9), dtype=np.int64)
        return None

    def table(self, told: Mapping[str, TownshipCapacity]) -> dict[str, TownshipCapacity]:
        """Figures by township: those of the config before those of the file."""
        own = {
            name: each if isinstance(each, TownshipCapacity) else TownshipCapacity(each)
            for name, each in self.townships.items()
        }
        return {**told, **own}

    def phone(self, townships: tuple[str, ...], visits: Counts, told: Mapping[str, TownshipCapacity]) -> Counts:
        """(townships,) calls of each."""
        table = self.table(told)
        own = [table[name].calls if name in table else None for name in townships]
        usual = np.ceil(visits * self.calls - 1e-9).astype(np.int64)
        calls = [of if each is None else each for each, of in zip(own, usual.tolist(), strict=True)]
        return np.array(calls, dtype=np.int64)

    def drawn(self, visits: Counts) -> Counts:
        """(townships,) households drawn at random: a part of the visits, which leaves one for those listed at least."""
        share = np.ceil(visits * self.random_share - 1e-9).astype(np.int64)
        least = self.random_least if self.random_share > 0 else 0
        return np.asarray(np.minimum(np.maximum(share, least), np.maximum(visits - 1, 0)))


def _fits(table: Mapping[str, TownshipCapacity], townships: tuple[str, ...]) -> None:
    """Names of the table against those of the data; who knows no township of a household can visit nobody there."""
    strange = sorted(set(table) - set(townships))
    missing = [name for name in townships if name and name not in table]
    if missing:
        raise InputError(
            f"risk_list.capacity says nothing of the township '{missing[0]}'; add it, with 0 where nobody can visit"
            + (f"; {nearest(missing[0], strange)}" if strange else "")
        )
    if strange:
        raise InputError(
            f"risk_list.capacity names a township that the data do not have: '{strange[0]}'; "
            f"{nearest(strange[0], townships)}"
        )


def share_out(
    order: NDArray[np.int64], township: NDArray[np.int64], limits: Counts, total: int, floor: int, by_county: bool
) -> Counts:
    """Visits of each township out of the county's, with a floor for each.

    Args:
        order: (k,) places of the households that may be visited, the most urgent first.
        township: (n,) number of each household's township.
        limits: (townships,) that none goes beyond.
        total: of the county.
        floor: of each township, as far as its limit goes.
        by_county: whether the county's order decides; else the limits do, by largest remainders.

    Returns:
        (townships,) that sum to the total, or to the limits where these are fewer.
    """
    if total >= limits.sum():
        return limits.copy()
    least = np.minimum(limits, min(floor, total // max(int(np.count_nonzero(limits)), 1)))
    if not by_county:
        return _by_size(limits, total, least)
    queue = township[order]
    at = _count_before(queue, len(limits))
    taken = np.flatnonzero(at < limits[queue])[:total]  # in the county's order, until a township is full
    visits: Counts = np.maximum(np.bincount(queue[taken], minlength=len(limits)), least)
    for number in queue[taken[::-1]].tolist():  # the county's last make room for floors
        if visits.sum() <= total:
            break
        visits[number] -= visits[number] > least[number]
    return visits


def _by_size(limits: Counts, total: int, least: Counts) -> Counts:
    """Largest remainders over what each may have beyond its floor."""
    room = limits - least
    exact = room * (total - least.sum()) / max(room.sum(), 1)
    whole = np.floor(exact + 1e-9).astype(np.int64)
    left = total - int(least.sum()) - int(whole.sum())
    more = np.argsort(-(exact - whole), kind="stable")[: max(left, 0)]
    whole[more] += 1
    return np.asarray(least + whole)


def _count_before(group: NDArray[np.int64], groups: int) -> Counts:
    """(k,) how many of its own group stand before each."""
    order = np.argsort(group, kind="stable")
    begins = np.concatenate([[0], np.cumsum(np.bincount(group, minlength=groups))[:-1]])
    place = np.empty(len(group), dtype=np.int64)
    place[order] = np.arange(len(group)) - begins[group[order]]
    return place


def part(count: int, share: float) -> int:
    """A share of a count, rounded down.

    Example:
        >>> part(20, 0.4), part(10, 0.7)
        (8, 7)
    """
    return math.floor(count * share + 1e-9)
