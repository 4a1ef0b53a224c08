"""The search space of `relapse tune`, as its file in `conf/tune/` declares it, held against the model it is for."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import fields, is_dataclass, replace
from typing import Annotated, Any, Literal, TypeVar, cast

from pydantic import Field, ValidationError, model_validator
from pydantic.dataclasses import dataclass

from relapse.core.errors import InputError, nearest
from relapse.core.instantiate import faults_of
from relapse.core.recipe import STRICT, Count, PeriodText

Value = bool | int | float | str
M = TypeVar("M")


@dataclass(frozen=True, config=STRICT)
class Range:
    """What one setting may be.

    Args:
        kind: whole numbers, numbers, or one of several values.
        low, high: ends of a range of numbers, both included.
        log: whether equal factors count alike, not equal steps.
        choices: the values of a choice.
    """

    kind: Literal["int", "float", "choice"]
    low: float | None = None
    high: float | None = None
    log: bool = False
    choices: list[Value] | None = None

    @model_validator(mode="after")
    def _fits(self) -> Range:
        if self.kind == "choice":
            if not self.choices or self.low is not None or self.high is not None or self.log:
                raise ValueError("a choice has choices: [...] and neither low, high nor log")
            return self
        if self.low is None or self.high is None or self.choices is not None:
            raise ValueError("a range of numbers has low and high, and no choices")
        if self.low > self.high:
            raise ValueError(f"low={self.low:g} is above high={self.high:g}")
        if self.log and self.low <= 0:
            raise ValueError(f"log needs low above 0, not {self.low:g}")
        if self.kind == "int" and not (self.low.is_integer() and self.high.is_integer()):
            raise ValueError("low and high of whole numbers are whole")
        return self

    @property
    def ends(self) -> list[Value]:
        """The values that a model must take if it is to take all: the ends of a range, or every choice."""
        if self.kind == "choice":
            return list(self.choices or [])
        number = int if self.kind == "int" else float
        return [number(end) for end in (self.low, self.high) if end is not None]

    def holds(self, value: object) -> bool:
        """Whether a value can be proposed."""
        if self.kind == "choice":
            return value in self.ends
        low, high = cast(list[float], self.ends)
        return isinstance(value, int | float) and low <= value <= high


@dataclass(frozen=True, config=STRICT)
class Search:
    """How better settings of a model are looked for.

    Args:
        trials: in all; those of a study that was stopped count.
        until: period after which nothing is seen; None for the first origin of a default backtest.
        origins: choosing origins at most, the newest ones.
        spacing_years: between them (at least one period).
        least_trials: whole trials before others are pruned, and trials before TPE proposes instead of chance.
        draws: resamples behind the paired interval.
        space: by setting of the model.
    """

    trials: Count
    until: PeriodText | None
    origins: Count
    spacing_years: Annotated[float, Field(gt=0)]
    least_trials: Count
    draws: Annotated[int, Field(ge=20)]
    space: Annotated[Mapping[str, Range], Field(min_length=1)]

    def check(self, model: object) -> None:
        """Refuse a space that the model does not have.

        Raises:
            InputError: a setting that is none of the model's (the nearest is named), or an end that it does not take.
        """
        assert is_dataclass(model)
        known, faults = [field.name for field in fields(model)], []
        for name, each in self.space.items():
            if name not in known:
                faults.append(f"tune.space.{name}: the model has no such setting; {nearest(name, known)}")
                continue
            for value in each.ends:
                try:
                    with_settings(model, {name: value})
                except ValidationError as error:
                    faults.extend(faults_of(error, "tune.space", {name: value}))
        if faults:
            raise InputError("\n".join(dict.fromkeys(fault.partition("; for example")[0] for fault in faults)))


def with_settings(model: M, settings: Mapping[str, Value]) -> M:
    """The recipe with some settings changed, checked as any recipe is."""
    return replace(cast(Any, model), **settings)  # type: ignore[no-any-return]
