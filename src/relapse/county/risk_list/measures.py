"""What to look at on a visit, and which kinds of measure causes usually call for: one table, which a county edits."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from functools import cache
from itertools import zip_longest

from pydantic import Field, TypeAdapter, ValidationError, model_validator
from pydantic.dataclasses import dataclass

from relapse.core.conf_dir import read_table
from relapse.core.errors import InputError, nearest
from relapse.core.recipe import STRICT
from relapse.core.results import Language

FOLDER = "measures"
MOST_CHECKS, MOST_MEASURES = 3, 4
USUAL = "usual"


@dataclass(frozen=True, config=STRICT)
class Words:
    """The same in both languages."""

    zh: str
    en: str

    def said(self, language: Language) -> str:
        """In one of them."""
        return self.zh if language == "zh" else self.en


@dataclass(frozen=True, config=STRICT)
class Cause(Words):
    """What to look at where something speaks of a cause.

    Args:
        measures: kinds of measure that it usually calls for, the likeliest first.
    """

    measures: tuple[str, ...] = ()


@dataclass(frozen=True, config=STRICT)
class Advice:
    """The whole table.

    Args:
        kinds: of measures.
        causes: by group of reasons, or by sentence.
        rules: by number of a rule, the cause of which it speaks.
    """

    kinds: Mapping[str, Words]
    causes: Mapping[str, Cause]
    rules: Mapping[str, str] = Field(default_factory=dict)

    @model_validator(mode="after")
    def _is_whole(self) -> Advice:
        if USUAL not in self.causes:
            raise ValueError(f"causes lacks '{USUAL}', what to look at where nothing is known")
        for name, cause in self.causes.items():
            for kind in cause.measures:
                if kind not in self.kinds:
                    raise ValueError(f"causes.{name}: there is no kind '{kind}'; {nearest(kind, self.kinds)}")
        for rule, cause_name in self.rules.items():
            if cause_name not in self.causes:
                raise ValueError(f"rules.{rule}: no cause '{cause_name}'; {nearest(cause_name, self.causes)}")
        return self

    def cause_of(self, group: str, wording: str) -> str:
        """The cause of a reason: by its sentence, else by its group."""
        return next((each for each in (wording.removeprefix("reason."), group) if each in self.causes), USUAL)

    def checks(self, causes: Iterable[str], language: Language) -> tuple[str, ...]:
        """What to look at, each once and at most three."""
        told = dict.fromkeys(self.causes[each].said(language) for each in causes)
        return tuple(told)[:MOST_CHECKS] or (self.causes[USUAL].said(language),)

    def measures(self, causes: Iterable[str], language: Language) -> tuple[str, ...]:
        """Kinds of measure, the likeliest of each cause before the second ones, each once and at most four."""
        lists = [self.causes[each].measures for each in causes]
        ranked = [each for row in zip_longest(*lists) for each in row if each is not None]
        return tuple(self.kinds[kind].said(language) for kind in dict.fromkeys(ranked))[:MOST_MEASURES]


@cache
def read_advice(name: str) -> Advice:
    """The table of a name, or of a file of the county's own.

    Raises:
        InputError: there is no such table, or it is none.
    """
    try:
        return TypeAdapter(Advice).validate_python(read_table(FOLDER, name))
    except ValidationError as error:
        first = error.errors()[0]
        where = ".".join(str(part) for part in first["loc"])
        said = first["msg"].removeprefix("Value error, ")
        raise InputError(f"measures {name}: {where + ': ' if where else ''}{said}") from error
