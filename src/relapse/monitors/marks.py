"""Dates that figures are marked with: policies, rounds of screening, shocks; a table that a county edits."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass as plain_dataclass
from typing import Annotated, Literal

from pydantic import Field
from pydantic.dataclasses import dataclass

from relapse.core.errors import InputError
from relapse.core.periods import Calendar
from relapse.core.recipe import STRICT, PeriodText

Kind = Literal["line", "policy", "sweep", "shock"]
_COUNTRY = "00"


@dataclass(frozen=True, config=STRICT)
class MarkRow:
    """Something that changes figures without any change of the households' own, or of all of them at once.

    Args:
        region_code: 2, 4 or 6 digits, 00 is the whole country.
        kind: policy, sweep (a round of screening), or shock.
        first: month from which on it holds.
        last: its last month; null where it goes on, and the mark stands at its beginning alone.
        known: month in which it became known.
        zh: what it is, in Chinese.
        en: what it is, in English.
        source: where that stands.
    """

    region_code: Annotated[str, Field(pattern=r"^(\d{2}|\d{4}|\d{6})$")]
    kind: Literal["policy", "sweep", "shock"]
    first: PeriodText
    last: PeriodText | None
    known: PeriodText
    zh: str
    en: str
    source: str

    def __post_init__(self) -> None:
        months = Calendar("monthly")
        first, last, _ = (months.parse(each or self.first) for each in (self.first, self.last, self.known))
        if last < first:
            raise InputError(f"marks: '{self.en}' ends in {self.last}, before it begins in {self.first}")


@plain_dataclass(frozen=True)
class Mark:
    """A date on a county's time axis.

    Args:
        kind: see `MarkRow`, or `line`.
        first: month in which it begins.
        last: its last month.
        zh, en: what it is.
        source: where that stands.
    """

    kind: Kind
    first: int
    last: int
    zh: str
    en: str
    source: str


@dataclass(frozen=True, config=STRICT)
class Marks:
    """The table.

    Args:
        rows: of it.
    """

    rows: tuple[MarkRow, ...]

    def between(self, region: str, first: int, as_of: int) -> list[Mark]:
        """The marks of a region that lie in some months and were known by the last of them, by month.

        Args:
            region: administrative code of the county; of an unknown one the whole country's marks hold.
            first: month.
            as_of: month; what became known later is not told.
        """
        parse, found = Calendar("monthly").parse, []
        for row in self.rows:
            begin, known = parse(row.first), parse(row.known)
            end = begin if row.last is None else parse(row.last)
            fits = row.region_code == _COUNTRY or region.startswith(row.region_code)
            if fits and known <= as_of and begin <= as_of and end >= first:
                found.append(Mark(row.kind, begin, end, row.zh, row.en, row.source))
        return in_order(found)


def in_order(marks: Sequence[Mark]) -> list[Mark]:
    """Marks by month."""
    return sorted(marks, key=lambda mark: (mark.first, mark.last, mark.kind, mark.en))
