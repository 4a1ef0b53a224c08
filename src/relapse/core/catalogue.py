"""The catalogue of features: a feature without an entry cannot exist.

A block returns `FeatureTable`s, and a table is made of entries and values together. What an entry says is used by the
models (expected direction), the explanations (group), the lists (wording) and the documents (meaning).
"""

from __future__ import annotations

import re
from collections.abc import Callable, Collection, Sequence
from dataclasses import dataclass, replace
from typing import Literal

import numpy as np
from numpy.typing import NDArray

from relapse.core.errors import InputError

_REFUSED = r",:\[\]{}\"\s"  # signs that LightGBM refuses in the names of its columns
_NAME = re.compile(rf"^[a-z0-9]+__[^{_REFUSED}]+$")

Direction = Literal[-1, 0, 1]
Sensitive = Literal["", "health", "disability", "minors"]
Unit = Literal["money", "log_ratio", "share", "periods", "persons", "count", "code", "own"]


@dataclass(frozen=True)
class Feature:
    """One entry of the catalogue.

    Args:
        name: `block__what_unit_window`; reasons and drift group by block.
        unit: money (of the panel: yuan, pesos …), log_ratio (natural logarithm), share (0-1), periods, persons,
            count, code (of a category), or own (whatever the file has).
        meaning: one English sentence for the documents.
        group: the cause it speaks of; contributions are summed by it (see `core.texts`, `group.<group>`).
        direction: 1 where a higher value must not lower the risk, -1 where it must not raise it, 0 unknown.
        wording: key of a sentence in `core.texts`, printed where the feature raised a household's score; its
            placeholders are names of features of the same row. Empty: never a reason by itself.
        true_of: name of the feature of the same row that decides whether the sentence is true, and whose number the
            sentence shows as `{value}`; its own by default.
        true_above, true_below: the sentence is printed only where that feature lies strictly between these.
        label: what people call the column, where the file's own column is shown.
        modelled: False where the value is there for the wording alone.
        sensitive: the group of sensitive data that it tells of, which `conf/sensitive/` can switch off; empty: none.
    """

    name: str
    unit: Unit
    meaning: str
    group: str
    direction: Direction = 0
    wording: str = ""
    true_of: str = ""
    true_above: float | None = None
    true_below: float | None = None
    label: str = ""
    modelled: bool = True
    sensitive: Sensitive = ""

    def __post_init__(self) -> None:
        if not _NAME.match(self.name):
            raise InputError(
                f"feature '{self.name}': a name is block__what_unit_window, without spaces or , : [ ] {{ }}"
            )
        if not (self.meaning and self.group):
            raise InputError(f"feature '{self.name}' has no meaning or no group in the catalogue")


def name_part(column: str) -> str:
    """A column of the file as a part of a feature's name.

    Example:
        >>> name_part("farm sales [yuan]")
        'farm_sales__yuan_'
    """
    return re.sub(f"[{_REFUSED}]", "_", column)


def by_entry(members: int, leads: int, entries: int) -> NDArray[np.float32]:
    """(members, leads, entries) to be filled: what all members have of one entry at one lead lies in one piece."""
    return np.empty((entries, leads, members), dtype=np.float32).transpose(2, 1, 0)


@dataclass(frozen=True)
class FeatureTable:
    """Features of one unit (a county at one as_of).

    Args:
        entries: the catalogue entry of each column of `values`.
        values: (members, entries) float32, NaN where not known.
        lead_entries: the catalogue entry of each feature that differs by lead.
        lead_values: (members, leads, lead_entries) float32.
        common_entries: the catalogue entry of each feature that differs by lead alone, and is the same for all members.
        common_values: (leads, common_entries) float32.
    """

    entries: tuple[Feature, ...]
    values: NDArray[np.float32]
    lead_entries: tuple[Feature, ...] = ()
    lead_values: NDArray[np.float32] | None = None
    common_entries: tuple[Feature, ...] = ()
    common_values: NDArray[np.float32] | None = None

    def __post_init__(self) -> None:
        if self.values.shape[1] != len(self.entries):
            raise InputError(f"{self.values.shape[1]} columns of features for {len(self.entries)} catalogue entries")
        for entries, values in ((self.lead_entries, self.lead_values), (self.common_entries, self.common_values)):
            if entries and (values is None or values.shape[-1] != len(entries)):
                raise InputError("the features by lead do not fit their catalogue entries")
        names = [entry.name for entry in self.every_entry]
        if len(set(names)) < len(names):
            twice = sorted({name for name in names if names.count(name) > 1})
            raise InputError(f"features with the same name: {', '.join(twice)}")

    @property
    def every_entry(self) -> tuple[Feature, ...]:
        """Entries of the members' features, of those by lead too, and of those by lead alone."""
        return (*self.entries, *self.lead_entries, *self.common_entries)

    @staticmethod
    def of(columns: Sequence[tuple[Feature, NDArray[np.floating]]], members: int) -> FeatureTable:
        """A table of entries with their values, in the given order."""
        values = np.empty((len(columns), members), dtype=np.float32).T  # a column of all members lies in one piece
        for place, (_, column) in enumerate(columns):
            values[:, place] = column
        return FeatureTable(tuple(entry for entry, _ in columns), values)

    def with_common(self, entries: tuple[Feature, ...], values: NDArray[np.float32]) -> FeatureTable:
        """The table with features (leads, entries) that are the same for all members."""
        return replace(self, common_entries=entries, common_values=values)

    @staticmethod
    def untold(entries: Sequence[Feature], members: int) -> FeatureTable:
        """A table of entries of which a county tells nothing: all values missing."""
        return FeatureTable(tuple(entries), np.full((members, len(entries)), np.nan, dtype=np.float32))

    def leave_out(self, groups: Collection[str]) -> FeatureTable:
        """The table without the features of some groups of sensitive data."""
        if not any(entry.sensitive in groups for entry in self.every_entry):
            return self
        return self.only(lambda entry: entry.sensitive not in groups)

    def only(self, wanted: Callable[[Feature], bool]) -> FeatureTable:
        """The table with those of the members' features that are wanted; those by lead alone stay."""
        kept, by_lead = (
            [place for place, entry in enumerate(entries) if wanted(entry)]
            for entries in (self.entries, self.lead_entries)
        )
        return FeatureTable(
            tuple(self.entries[place] for place in kept),
            np.ascontiguousarray(self.values[:, kept]),
            tuple(self.lead_entries[place] for place in by_lead),
            None if self.lead_values is None else np.ascontiguousarray(self.lead_values[:, :, by_lead]),
            self.common_entries,
            self.common_values,
        )

    def rows(self, places: NDArray[np.intp]) -> FeatureTable:
        """The table of some of its members."""
        by_lead = None if self.lead_values is None else self.lead_values[places]
        return replace(self, values=self.values[places], lead_values=by_lead)

    @staticmethod
    def stacked(tables: Sequence[FeatureTable]) -> FeatureTable:
        """The tables of several parts of the members of one unit, one below the other."""
        by_lead = [table.lead_values for table in tables if table.lead_values is not None]
        values = np.concatenate([table.values for table in tables])
        return replace(tables[0], values=values, lead_values=np.concatenate(by_lead) if by_lead else None)

    @staticmethod
    def join(tables: Sequence[FeatureTable], members: int, leads: int) -> FeatureTable:
        """The tables of several blocks side by side."""
        lead_entries = tuple(entry for table in tables for entry in table.lead_entries)
        common = [np.empty((leads, 0), np.float32)]
        common += [table.common_values for table in tables if table.common_values is not None]
        by_lead, begin = by_entry(members, leads, len(lead_entries)), 0
        for table in tables:
            if table.lead_values is not None:
                by_lead[:, :, begin : begin + len(table.lead_entries)] = table.lead_values
                begin += len(table.lead_entries)
        return FeatureTable(
            tuple(entry for table in tables for entry in table.entries),
            np.concatenate([np.empty((0, members), np.float32), *(table.values.T for table in tables)]).T,
            lead_entries,
            by_lead,
            tuple(entry for table in tables for entry in table.common_entries),
            np.hstack(common),
        )
