"""Periods as whole numbers: months, quarters or years since year 0, or waves by number or by year.

A panel's clock is one `Calendar`. A period is an `int` on its axis, so that a lag of one year is a subtraction and
never a count of rows.
"""

from __future__ import annotations

import re
from collections.abc import Iterable
from typing import Annotated, Literal

import numpy as np
import pandas as pd
from numpy.typing import NDArray
from pydantic import Field
from pydantic.dataclasses import dataclass

from relapse.core.errors import InputError
from relapse.core.recipe import STRICT

Frequency = Literal["monthly", "quarterly", "annual", "wave"]

_PER_YEAR = {"monthly": 12, "quarterly": 4, "annual": 1, "wave": 1}
_PATTERNS = {
    "monthly": re.compile(r"^(\d{4})[-/.年M]?(\d{1,2})月?(?:[-/.]\d{1,2})?$"),
    "quarterly": re.compile(r"^(\d{4})[-/ ]?[Qq]([1-4])$"),
    "annual": re.compile(r"^(\d{4})年?(?:[-/.]\d{1,2}(?:[-/.]\d{1,2})?)?$"),
    "wave": re.compile(r"^(-?\d{1,6})$"),
}
_EXAMPLES = {"monthly": "2020-03", "quarterly": "2020Q1", "annual": "2020", "wave": "3"}
_DATE = re.compile(r"^(\d{4})[-/.年](\d{1,2})(?:[-/.月](\d{1,2}))?")


@dataclass(frozen=True, config=STRICT)
class Calendar:
    """The time axis of a panel.

    Args:
        frequency: monthly, quarterly, annual, or wave (waves in unequal steps, on the axis of their years where the
            file gives them, else on that of their numbers).
    """

    frequency: Frequency

    @property
    def per_year(self) -> Annotated[int, Field(ge=1)]:
        """Periods in a year (1 for waves)."""
        return _PER_YEAR[self.frequency]

    def parse(self, text: object) -> int:
        """The period that a text, a number or a date names.

        Raises:
            InputError: the text is no period of this frequency.

        Example:
            >>> Calendar("quarterly").parse("2020Q3") - Calendar("quarterly").parse("2019Q4")
            3
        """
        period = self._parse(text)
        if period is None:
            raise InputError(f"'{text}' is no {self.frequency} period; write it like {_EXAMPLES[self.frequency]}")
        return period

    def parse_all(self, values: Iterable[object]) -> tuple[NDArray[np.int32], NDArray[np.bool_]]:
        """Periods of a column, and where there is none.

        Args:
            values: texts, numbers or dates, one a row.

        Returns:
            Periods (rows,), 0 where the value is none; and a mask (rows,) of the values that are no period.
        """
        codes, uniques = pd.factorize(pd.Series(values), use_na_sentinel=True)
        parsed = [self._parse(value) for value in uniques]
        table = np.array([0 if period is None else period for period in parsed] + [0], dtype=np.int32)
        wrong = np.array([period is None for period in parsed] + [True])
        return table[codes], wrong[codes]

    def label(self, period: int) -> str:
        """The period as people write it, such as `2020-03`, `2020Q1` or `2020`."""
        if self.frequency == "monthly":
            return f"{period // 12:04d}-{period % 12 + 1:02d}"
        if self.frequency == "quarterly":
            return f"{period // 4:04d}Q{period % 4 + 1}"
        return str(period)

    def season(self, period: int) -> int:
        """Place of the period in its year, from 1 (always 1 for years and waves)."""
        return period % self.per_year + 1

    def known_in(self, values: Iterable[object]) -> tuple[NDArray[np.int32], NDArray[np.bool_]]:
        """The period in which each date lies: when a row became known.

        Args:
            values: dates (any day of a month), or periods of this frequency.

        Returns:
            As `parse_all`.
        """
        codes, uniques = pd.factorize(pd.Series(values), use_na_sentinel=True)
        parsed = [self._of_date(value) for value in uniques]
        table = np.array([0 if period is None else period for period in parsed] + [0], dtype=np.int32)
        wrong = np.array([period is None for period in parsed] + [True])
        return table[codes], wrong[codes]

    def _of_date(self, value: object) -> int | None:
        match = _DATE.match(str(value).strip())
        if match is None:
            return self._parse(value)
        year, month = int(match[1]), int(match[2])
        if not 1 <= month <= 12:
            return None
        return {"monthly": year * 12 + month - 1, "quarterly": year * 4 + (month - 1) // 3}.get(self.frequency, year)

    def _parse(self, value: object) -> int | None:
        if isinstance(value, float) and value.is_integer():
            value = int(value)
        if hasattr(value, "year") and hasattr(value, "month"):
            value = f"{value.year:04d}-{value.month:02d}"
            return self._of_date(value)
        match = _PATTERNS[self.frequency].match(str(value).strip())
        if match is None:
            return None
        first = int(match[1])
        if self.frequency == "monthly":
            month = int(match[2])
            return first * 12 + month - 1 if 1 <= month <= 12 else None
        if self.frequency == "quarterly":
            return first * 4 + int(match[2]) - 1
        return first
