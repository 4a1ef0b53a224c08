"""What can be said about a long table of households and periods; shared by files and tables in memory."""

from __future__ import annotations

import hashlib
import json
import re
from collections.abc import Mapping
from dataclasses import asdict
from typing import Annotated

from pydantic import Field, field_validator, model_validator
from pydantic.dataclasses import dataclass

from relapse.core.errors import InputError, nearest
from relapse.core.periods import Calendar, Frequency
from relapse.core.recipe import STRICT, Count, Horizon, Share

_LENGTH = re.compile(r"\d+(\.\d+)?pct")
_WORDS_ONLY = ("path", "name", "titles", "money", "horizons", "list_length", "by_frequency")  # change no value


@dataclass(frozen=True, config=STRICT)
class Columns:
    """Which column of the table is what; null where there is none.

    Args:
        household_id: of the unit that is followed; always text.
        period: the period (or the wave) that a row speaks of.
        time: year of the wave, where waves lie in unequal steps.
        income: per person and period (or consumption).
        log_income: its natural logarithm.
        sources: parts of income: of the household where `size` is given, else per person. They make the income where
            neither `income` nor `log_income` is given.
        costs: parts to be taken from the sources, positive numbers.
        size: persons in the household.
        township, village: where the household lives.
        weight: survey weight.
        label: a 0/1 state, used instead of income below the line.
        known_at: date or period in which the row became known.
    """

    household_id: str
    period: str
    time: str | None
    income: str | None
    log_income: str | None
    sources: tuple[str, ...]
    costs: tuple[str, ...]
    size: str | None
    township: str | None
    village: str | None
    weight: str | None
    label: str | None
    known_at: str | None

    @model_validator(mode="after")
    def _has_income(self) -> Columns:
        if self.income and self.log_income:
            raise ValueError("give income or log_income, not both")
        if not (self.income or self.log_income or self.sources):
            raise ValueError("give income=COLUMN, log_income=COLUMN, or sources=[COLUMN,…]")
        if self.costs and (self.income or self.log_income or not self.sources):
            raise ValueError("costs are taken from sources: they need sources, and neither income nor log_income")
        return self

    @property
    def income_from_parts(self) -> bool:
        """Whether the income is made of sources and costs."""
        return not (self.income or self.log_income)

    @property
    def named(self) -> dict[str, str]:
        """Each column that is needed, by the setting that names it."""
        single = {key: value for key, value in asdict(self).items() if isinstance(value, str) and value}
        parts = {
            f"{key}[{place}]": name for key in ("sources", "costs") for place, name in enumerate(getattr(self, key))
        }
        return single | parts

    @property
    def texts(self) -> tuple[str, ...]:
        """Columns that are read as text whatever they hold."""
        own = (self.household_id, self.period, self.time, self.township, self.village, self.known_at)
        return tuple(name for name in own if name)


@dataclass(frozen=True, config=STRICT)
class Defaults:
    """What holds for a frequency where the panel's config says nothing."""

    lookback: Count
    horizons: tuple[Horizon, ...]


@dataclass(frozen=True, config=STRICT)
class PanelSettings:
    """How a long table is read; `conf/data/panel.yaml` has the defaults and whose they are.

    Args:
        name: of the panel; the file's name by default.
        columns: which column is what.
        frequency: step of the panel.
        window: periods whose income is summed before it is held against the line.
        reported_share: share of a window's periods that must be reported.
        delay: periods after which a row is taken as known where it has no `known_at`.
        max_age: periods by which the newest known state may lag behind `as_of`; by default the delay (with `known_at`
            the usual one, as measured).
        lookback: periods of history that features may use; by default that of `by_frequency`.
        exclude: columns that are no covariates (those that `columns` or the line name are read all the same).
        categories: columns whose numbers are codes.
        titles: what people call a column.
        money: what money is called.
        region: administrative code for the county-and-date table of lines, or empty.
        horizons: periods ahead; by default those of `by_frequency`.
        simulated: whether a simulator made the table.
        list_length: households on a list: a count, or a share such as `5pct`.
        missing_parts_are_zero: whether an empty part of income is nothing earned (else the row's income is missing).
        losses_allowed: whether an income below zero is taken for a loss of a farm or a shop, not for a mistake.
        absurd_above: amounts beyond this are taken for mistakes.
        max_levels: a text covariate with more different texts is left out.
        by_frequency: defaults by frequency.
    """

    name: str | None
    columns: Columns
    frequency: Frequency
    window: Count
    reported_share: Share
    delay: Annotated[int, Field(ge=0)]
    max_age: Annotated[int, Field(ge=0)] | None
    lookback: Count | None
    exclude: tuple[str, ...]
    categories: tuple[str, ...]
    titles: Mapping[str, str]
    money: str
    region: str
    horizons: tuple[Horizon, ...] | None
    simulated: bool
    list_length: Count | str
    missing_parts_are_zero: bool
    losses_allowed: bool
    absurd_above: Annotated[float, Field(gt=0)]
    max_levels: Count
    by_frequency: Mapping[Frequency, Defaults]

    @field_validator("list_length")
    @classmethod
    def _is_length(cls, value: int | str) -> int | str:
        if isinstance(value, str) and not (_LENGTH.fullmatch(value) and 0 < float(value[:-3]) <= 100):
            raise ValueError(f"'{value}' is no length of a list: write a count such as 300, or a share such as 5pct")
        return value

    @field_validator("name")
    @classmethod
    def _is_name(cls, value: str | None) -> str | None:
        if value is not None and re.fullmatch(r"\w[\w.-]*", value) is None:
            raise ValueError(f"'{value}' names a folder and a model: use letters, digits, - and _")
        return value

    @property
    def calendar(self) -> Calendar:
        """The panel's time axis."""
        return Calendar(self.frequency)

    @property
    def default_horizons(self) -> tuple[int, ...]:
        """Periods ahead where the command names none."""
        return self.horizons or self.by_frequency[self.frequency].horizons

    @property
    def periods_back(self) -> int:
        """Periods of history that features may use."""
        return self.lookback or self.by_frequency[self.frequency].lookback

    def digest(self, table: str, needs: tuple[str, ...]) -> str:
        """SHA-256 of a table's digest, the columns the line needs, and every setting that changes a value."""
        told = {key: value for key, value in asdict(self).items() if key not in _WORDS_ONLY}
        told |= {"lookback": self.periods_back, "needs": needs, "table": table}
        return hashlib.sha256(json.dumps(told, sort_keys=True).encode()).hexdigest()

    def look_up(self, table: str, there: list[str], needs: tuple[str, ...]) -> None:
        """Every column that a setting names must be there.

        Raises:
            InputError: one is not; the nearest name is offered.
        """
        named = {f"data.columns.{setting}": column for setting, column in self.columns.named.items()}
        named |= {f"line.column[{place}]": column for place, column in enumerate(needs)}
        for setting in ("exclude", "categories", "titles"):
            named |= {f"data.{setting}[{column}]": column for column in getattr(self, setting)}
        missing = [(setting, column) for setting, column in named.items() if column not in there]
        if missing:
            told = "; ".join(f"{setting} names '{column}': {nearest(column, there)}" for setting, column in missing[:3])
            raise InputError(f"{table} has not every column that the config names. {told}")
