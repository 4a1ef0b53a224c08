"""`line=county`: the line of a region from a date, by a table of announcements."""

from __future__ import annotations

import dataclasses
import re
from collections.abc import Sequence
from typing import Annotated

import numpy as np
from pydantic import Field, field_validator
from pydantic.dataclasses import dataclass

from relapse.core.errors import InputError
from relapse.core.panel import Floats, Histories, Panel
from relapse.core.recipe import STRICT, Count

_DATE = re.compile(r"\d{4}-(0[1-9]|1[0-2])-([0-2]\d|3[01])")
_COUNTRY = "00"
LINES = "lines"  # the county's own table
_OLDEST_YEAR = 1000  # smaller periods are numbers of waves


@dataclass(frozen=True, config=STRICT)
class LineRow:
    """One announcement.

    Args:
        region_code: administrative code of 2, 4 or 6 digits; 00 is the whole country.
        valid_from: first day for which the line holds, as 2024-01-01.
        line: yuan per person and year.
        announced_on: day on which it became known; null where that is not known: then the first day.
        source: where the figure stands.
        assumed: whether the figure was derived or its source is not at hand.
    """

    region_code: Annotated[str, Field(pattern=r"^(\d{2}|\d{4}|\d{6})$")]
    valid_from: str
    line: Annotated[float, Field(gt=0, allow_inf_nan=False)]
    announced_on: str | None
    source: str
    assumed: bool

    @field_validator("valid_from", "announced_on")
    @classmethod
    def _is_date(cls, value: str | None) -> str | None:
        if value is not None and not _DATE.fullmatch(value):
            raise ValueError(f"'{value}' is no date; write it like 2024-03-14")
        return value


@dataclass(frozen=True, config=STRICT)
class County:
    """The line of the panel's region: the longest code that fits, then the newest that holds and was announced.

    Args:
        rows: the table.
        holds_months: months after which a line without a successor no longer holds.
    """

    rows: tuple[LineRow, ...]
    holds_months: Count

    def values(self, known: Histories) -> Floats:
        """(1, lags): the line of each period as announced by `as_of`, per person and window; NaN before the data.

        Raises:
            InputError: the panel has no region, or the table no line for a year of the data.
        """
        panel = known.view.panel
        if panel.region == "":
            raise InputError(f"line=county needs the region of '{panel.name}': say data.region=CODE (2, 4 or 6 digits)")
        if panel.first < _OLDEST_YEAR:
            raise InputError("line=county needs years: name the column with each wave's year, data.columns.time=COLUMN")
        share = panel.window / panel.calendar.per_year
        periods = [known.end - lag for lag in range(known.lags)]
        rows = [_Told.of(panel, row) for row in (*self.rows, *_own_rows(panel)) if _fits(row, panel.region)]
        return share * np.array([[self._of(panel, rows, period, known.view.as_of) for period in periods]])

    def begins(self, panel: Panel) -> frozenset[int]:
        """Periods in which a line of the panel's region begins, by the table and the county's own."""
        rows = [row for row in (*self.rows, *_own_rows(panel)) if _fits(row, panel.region)]
        return frozenset(_Told.of(panel, row).begins for row in rows)

    def changes(self, panel: Panel, first: int, as_of: int) -> list[LineChange]:
        """Every change of the panel's line from one month to the next, as announced by an as_of.

        Args:
            panel: with a region.
            first: the month before which no change is looked for.
            as_of: the last month; what was announced later is not told.

        Raises:
            InputError: a month has no line.
        """
        rows = [_Told.of(panel, row) for row in (*self.rows, *_own_rows(panel)) if _fits(row, panel.region)]
        lines = {at: self._row_of(panel, rows, at, as_of) for at in range(max(first - 1, panel.first), as_of + 1)}
        return [
            LineChange(at, _Told.of(panel, lines[at]).known, lines[at - 1].line, lines[at].line, lines[at].source)
            for at in sorted(lines)
            if at - 1 in lines and lines[at].line != lines[at - 1].line
        ]

    def row_at(self, panel: Panel, as_of: int) -> LineRow:
        """The announcement that holds in a period, as announced by its end.

        Raises:
            InputError: there is none.
        """
        rows = [_Told.of(panel, row) for row in (*self.rows, *_own_rows(panel)) if _fits(row, panel.region)]
        return self._row_of(panel, rows, as_of, as_of)

    def _of(self, panel: Panel, fitting: Sequence[_Told], period: int, as_of: int) -> float:
        return np.nan if period < panel.first else self._row_of(panel, fitting, period, as_of).line

    def _row_of(self, panel: Panel, fitting: Sequence[_Told], period: int, as_of: int) -> LineRow:
        oldest = min(period, as_of) - self.holds_months * panel.calendar.per_year / 12
        holding = [told for told in fitting if oldest < told.begins <= period and told.known <= as_of]
        if not holding:
            raise InputError(
                f"no line for region {panel.region} in {period // panel.calendar.per_year}, as announced by "
                f"{panel.calendar.label(as_of)}; add that region and year to the county's table lines (region_code, "
                f"valid_from, line, announced_on) or to conf/line/county.yaml"
            )
        return max(holding, key=lambda told: told.order).row


@dataclasses.dataclass(frozen=True)
class LineChange:
    """A line that followed another.

    Args:
        begins: first period for which it holds.
        announced: period in which it became known.
        before, now: money per person and year.
        source: where the new figure stands.
    """

    begins: int
    announced: int
    before: float
    now: float
    source: str


@dataclasses.dataclass(frozen=True)
class _Told:
    """An announcement on the time axis of a panel.

    Args:
        row: the announcement.
        begins: first period for which the line holds.
        known: period in which it was announced.
        order: of several that hold the largest counts: the longest code, then the newest.
    """

    row: LineRow
    begins: int
    known: int
    order: tuple[int, str, str]

    @staticmethod
    def of(panel: Panel, row: LineRow) -> _Told:
        announced = row.announced_on or row.valid_from
        order = _length(row), row.valid_from, announced
        return _Told(row, _period(panel, row.valid_from), _period(panel, announced), order)


def _fits(row: LineRow, region: str) -> bool:
    return row.region_code == _COUNTRY or region.startswith(row.region_code)


def _own_rows(panel: Panel) -> list[LineRow]:
    """The county's own table of lines; of equal announcements the later row holds."""
    if LINES not in panel.tables:
        return []
    table = panel.tables[LINES].at(panel.latest)
    codes, lines, begins = table.text("region_code").texts(), table.number("line"), table.number("valid_from")
    announced = table.number("announced_on") if "announced_on" in table else np.full(len(table), np.nan)
    return [
        LineRow(str(code), _date(begin), float(line), None if np.isnan(told) else _date(told), f"table {LINES}", False)
        for code, line, begin, told in zip(codes, lines, begins, announced, strict=True)
    ]


def _date(months: float) -> str:
    """Months from year 0, the day as a fraction, as a date."""
    month = int(months)
    return f"{month // 12:04d}-{month % 12 + 1:02d}-{round((months - month) * 31) + 1:02d}"


def _length(row: LineRow) -> int:
    """Digits of a code that tell a place; the whole country has none."""
    return 0 if row.region_code == _COUNTRY else len(row.region_code)


def _period(panel: Panel, date: str) -> int:
    """The period in which a date lies."""
    year, month = int(date[:4]), int(date[5:7])
    return year * panel.calendar.per_year + (month - 1) * panel.calendar.per_year // 12
