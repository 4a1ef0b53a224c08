"""Sensitive data: what no feature may ever read, and what features may read for a stated need until it is switched off.

A field that is closed is for features as if the county had no such column; a closed table as if it had no such file.
Outcomes, audits and lists read what they need: what is closed here is closed to the model alone.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import replace
from typing import Annotated, Literal

from pydantic import Field, field_validator
from pydantic.dataclasses import dataclass

from relapse.core.panel import Closed, Panel
from relapse.core.recipe import STRICT

Group = Literal["health", "disability", "minors"]
ALL = "*"  # all fields of a table
_FIELD = re.compile(r"[a-z_]+\.([a-z0-9_]+|\*)")
_NEEDED = re.compile(r"households\.(size|type|village|township|\*)|(recognitions|income|lines)\..+")


def _fields(names: tuple[str, ...]) -> tuple[str, ...]:
    for name in names:
        if not _FIELD.fullmatch(name):
            raise ValueError(f"'{name}' is no field; write it like persons.sex, or claims.* for a whole table")
        if _NEEDED.fullmatch(name):
            raise ValueError(f"'{name}' cannot be closed: without it nobody is at risk, or nothing is forecast")
    return names


@dataclass(frozen=True, config=STRICT)
class SensitiveGroup:
    """Fields of one kind of sensitive data.

    Args:
        fields: as `table.field`, or `table.*`.
        amounts: of the panel, made of these fields.
        need: what the model needs them for, one sentence.
        allowed: whether features may read them.
    """

    fields: tuple[str, ...]
    amounts: tuple[str, ...]
    need: Annotated[str, Field(min_length=10)]
    allowed: bool

    _checked = field_validator("fields")(_fields)


@dataclass(frozen=True, config=STRICT)
class Sensitive:
    """What of a county's tables is sensitive; everything that is not named is free.

    Args:
        never: fields that no feature may read, whatever anybody needs.
        groups: fields that features may read as long as their group is allowed.
    """

    never: tuple[str, ...]
    groups: Mapping[Group, SensitiveGroup]

    _checked = field_validator("never")(_fields)

    @property
    def closed(self) -> tuple[Group, ...]:
        """The groups that are switched off, in their order."""
        return tuple(name for name, group in self.groups.items() if not group.allowed)

    def on(self, panel: Panel) -> Panel:
        """The panel as features may see it.

        Args:
            panel: whole.

        Returns:
            The same panel, without the tables and amounts that are closed; what its views give of the other tables
            lacks the closed fields, and features of the groups that are off are left out.
        """
        if not panel.tables:
            return panel
        off = [self.groups[name] for name in self.closed]
        fields: dict[str, set[str]] = {}
        for name in (*self.never, *(field for group in off for field in group.fields)):
            table, _, field = name.partition(".")
            fields.setdefault(table, set()).add(field)
        amounts = {name for group in off for name in group.amounts}
        return replace(
            panel,
            tables={name: facts for name, facts in panel.tables.items() if ALL not in fields.get(name, ())},
            amounts={name: values for name, values in panel.amounts.items() if name not in amounts},
            references={name: sign for name, sign in panel.references.items() if name not in amounts},
            closed=Closed({table: frozenset(names) for table, names in fields.items()}, frozenset(self.closed)),
        )
