"""Heads of households as a list shows them: read when a list is written, and known to nothing else."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Protocol, runtime_checkable

from relapse.core.list_texts import COMPOUND_SURNAMES

MASK = "*"
MOST_MASKS = 2


@dataclass(frozen=True)
class Head:
    """Who a household is to the office.

    Args:
        name: of its head, empty where not told.
        id_last_four: the last four signs of the number of the head's document, empty where not told.
    """

    name: str = ""
    id_last_four: str = ""

    def __repr__(self) -> str:
        return "Head(…)"  # a name must not get into a log or a message

    @property
    def masked(self) -> str:
        """The surname, with a sign for each further one, at most two.

        Example:
            >>> Head("王某某").masked, Head("王某").masked, Head("欧阳某某").masked, Head("").masked
            ('王**', '王*', '欧阳**', '')
        """
        if not self.name:
            return ""
        surname = 2 if len(self.name) > 2 and self.name.startswith(COMPOUND_SURNAMES) else 1
        return self.name[:surname] + MASK * min(max(len(self.name) - surname, 1), MOST_MASKS)


Heads = Mapping[str, Head]  # by household_id
NOBODY: Heads = {}


@runtime_checkable
class NamesHeads(Protocol):
    """Data that can tell an office's list who the heads of households are."""

    def heads(self, household_ids: Sequence[str]) -> Heads:
        """The heads of some households, as far as told."""
        ...
