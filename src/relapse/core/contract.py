"""The data contract: what each table of a county holds, field by field, and what a field may be used for.

The contract itself stands in `conf/contract/`; here are its words. A field's `access` decides where it may go: only
what is `known` at an as_of can ever reach a feature; what is written down at a recognition, or after it, serves
outcomes and audits alone; what names a person stays where files are read.
"""

from __future__ import annotations

from collections.abc import Mapping
from functools import cached_property
from typing import Annotated, Literal

from pydantic import Field as Limit
from pydantic import field_validator, model_validator
from pydantic.dataclasses import dataclass

from relapse.core.errors import InputError, nearest
from relapse.core.recipe import STRICT

Kind = Literal["id", "text", "choice", "flag", "month", "date", "money", "number", "count"]
Access = Literal["known", "recognition", "post_label", "identity"]
Severity = Literal["stop", "fix", "check", "note"]


@dataclass(frozen=True, config=STRICT)
class Field:
    """One column of a table.

    Args:
        kind: id and text stay text; a choice is one of `choices`; a flag is yes or no; month and date are calendar
            points; money is yuan; number and count are numbers.
        access: known (at the as_of, a feature may use it), recognition (fixed when a household is recognised),
            post_label (written after that), identity (never leaves the reading).
        meaning: one English sentence.
        zh: Chinese headers, the template's first; the others are met in exports.
        unit: yuan, months, persons, mu, km, m2 …; empty where there is none.
        low, high: plausible range, inclusive (a later bound than the type's).
        choices: by code, the texts that stand for it in files (the code itself always does).
        several: a choice may hold several codes in one cell, separated by signs.
        required: the table cannot be used without it.
        severity: of a value outside the range or the choices.
    """

    kind: Kind
    access: Access
    meaning: str
    zh: tuple[str, ...] = ()
    unit: str = ""
    low: float | None = None
    high: float | None = None
    choices: Mapping[str, tuple[str, ...]] = Limit(default_factory=dict)
    several: bool = False
    required: bool = False
    severity: Severity = "check"

    @model_validator(mode="after")
    def _is_sound(self) -> Field:
        if (self.kind == "choice") != bool(self.choices):
            raise ValueError("a choice, and nothing else, has choices")
        if not self.zh:
            raise ValueError("a field needs a Chinese header")
        return self


@dataclass(frozen=True, config=STRICT)
class Table:
    """One table.

    Args:
        meaning: what one row is.
        zh: Chinese names that its files bear, the template's first.
        key: fields that together name one fact; rows with equal keys are versions of it, the last known one holds.
        happened: the field that says when the fact was so (a month or a date).
        until: the field up to which it was so, where a row spans several months.
        fields: by English header.
        months_to_know: months after which a row counts as known where it has no known_at.
        gone: what it means where a fact of one dated export is missing from the next: `ended` (the household or person
            is no more on the books), `withdrawn` (it was taken back), or `kept` (exports do not repeat it).
    """

    meaning: str
    zh: tuple[str, ...]
    key: tuple[str, ...]
    happened: str | None
    until: str | None
    fields: Mapping[str, Field]
    months_to_know: Annotated[int, Limit(ge=0)]
    gone: Literal["ended", "withdrawn", "kept"] = "kept"

    @model_validator(mode="after")
    def _has_its_fields(self) -> Table:
        for name in (*self.key, *(each for each in (self.happened, self.until) if each)):
            if name not in self.fields:
                raise ValueError(f"'{name}' is no field of the table; {nearest(name, self.fields)}")
        return self

    @cached_property
    def required(self) -> tuple[str, ...]:
        """Fields without which the table cannot be used."""
        return tuple(name for name, field in self.fields.items() if field.required)


@dataclass(frozen=True, config=STRICT)
class Export:
    """A wide export of the national system, one row a person, that feeds several tables.

    Args:
        meaning: what it lists.
        zh: names that its files bear, without the date.
        feeds: tables that take their fields from its columns.
        amounts: by source of income, the header of the column that holds a year's sum of the household.
        measures: by kind of measure, the header of the column that lists what was done.
    """

    meaning: str
    zh: tuple[str, ...]
    feeds: tuple[str, ...]
    amounts: Mapping[str, tuple[str, ...]]
    measures: Mapping[str, tuple[str, ...]]


@dataclass(frozen=True, config=STRICT)
class Words:
    """Words in files that are no data of their own.

    Args:
        yes, no: of flags.
        blank: cells that hold nothing.
        footer: first words of rows that sum up or close a sheet.
        stages: words above a column that make it speak of another time (at recognition, after removal): such a column
            is never taken for the one without them.
    """

    yes: tuple[str, ...]
    no: tuple[str, ...]
    blank: tuple[str, ...]
    footer: tuple[str, ...]
    stages: tuple[str, ...]


@dataclass(frozen=True, config=STRICT)
class Contract:
    """All tables of a county.

    Args:
        tables: by English name.
        exports: wide files, by name.
        words: words in files that are no data.
    """

    tables: Mapping[str, Table]
    exports: Mapping[str, Export]
    words: Words

    @field_validator("tables")
    @classmethod
    def _names_sources(cls, tables: Mapping[str, Table]) -> Mapping[str, Table]:
        if not {"households", "income"} <= set(tables):
            raise ValueError("a county has at least the tables households and income")
        return tables

    def table(self, name: str) -> Table:
        """A table by its name.

        Raises:
            InputError: there is none; the nearest is offered.
        """
        if name not in self.tables:
            raise InputError(f"the contract has no table '{name}'; {nearest(name, self.tables)}")
        return self.tables[name]
