"""How a recipe is declared: a frozen dataclass whose annotations are its schema, checked once by pydantic.

A recipe is what YAML says; `fit` makes a new, fitted thing of it. Unknown keys, wrong types and values out of range
are refused when the recipe is made, before any data are read.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import fields, is_dataclass
from typing import Annotated

from pydantic import AfterValidator, BeforeValidator, ConfigDict, Field

STRICT = ConfigDict(extra="forbid", arbitrary_types_allowed=True, strict=False)

Share = Annotated[float, Field(ge=0, le=1)]
Count = Annotated[int, Field(ge=1)]
Horizon = Annotated[int, Field(ge=1)]
Seed = Annotated[int, Field(ge=0)]


def _as_period(value: object) -> object:
    """A period as text: `2020-03`, `1987`, wave `3`."""
    if isinstance(value, float):
        raise ValueError(f"{value} is a number with a fraction; write 2020-10, or in quotes")
    return str(value).strip() if isinstance(value, int) and not isinstance(value, bool) else value


def _as_list(value: object) -> object:
    """One value alone is a list of one."""
    return list(value) if isinstance(value, list | tuple | set | frozenset) else [value]


PeriodText = Annotated[str, BeforeValidator(_as_period), Field(min_length=1)]
"""A period as the user wrote it (text or whole number); the panel's calendar parses it."""

Periods = Annotated[
    tuple[PeriodText, ...], BeforeValidator(_as_list), AfterValidator(lambda v: tuple(dict.fromkeys(v)))
]
"""Periods as text, each once, in the order given; one alone may stand without brackets."""

Horizons = Annotated[
    tuple[Horizon, ...], BeforeValidator(_as_list), Field(min_length=1), AfterValidator(lambda v: tuple(sorted(set(v))))
]
"""Periods ahead, each once, rising; one alone may stand without brackets."""

Names = Annotated[tuple[str, ...], BeforeValidator(_as_list), AfterValidator(lambda v: tuple(dict.fromkeys(v)))]
"""Names, each once, in the order given; one alone may stand without brackets."""


def describe(recipe: object) -> object:
    """A recipe as plain settings, from which `core.instantiate` makes it again.

    Args:
        recipe: a dataclass of settings, or mappings, lists and values of such.

    Returns:
        Dicts with `_target_`, lists and plain values.
    """
    if is_dataclass(recipe) and not isinstance(recipe, type):
        kind = type(recipe)
        settings = {field.name: describe(getattr(recipe, field.name)) for field in fields(recipe) if field.init}
        return {"_target_": f"{kind.__module__}.{kind.__qualname__}", **settings}
    if isinstance(recipe, Mapping):
        return {str(key): describe(value) for key, value in recipe.items()}
    if isinstance(recipe, list | tuple):
        return [describe(value) for value in recipe]
    return recipe if recipe is None or isinstance(recipe, bool | int | float | str) else str(recipe)
