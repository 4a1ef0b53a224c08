"""What the calendar tells beforehand of the month that is forecast: sweeps, year's end, epidemic, line, festival."""

from __future__ import annotations

import re
from collections.abc import Callable
from typing import Annotated

import numpy as np
from pydantic import Field, field_validator
from pydantic.dataclasses import dataclass

from relapse.core.catalogue import Feature, FeatureTable
from relapse.core.panel import HOUSEHOLDS, Histories, Ints
from relapse.core.recipe import STRICT, Count

_DATE = re.compile(r"\d{4}-(0[1-9]|1[0-2])(-([0-2]\d|3[01]))?")
_COUNTRY = "00"
Month = Annotated[int, Field(ge=1, le=12)]


def _date(text: str | None) -> str | None:
    if text is not None and not _DATE.fullmatch(text):
        raise ValueError(f"'{text}' is no month and no date; write it like 2024-09 or 2024-09-30")
    return text


@dataclass(frozen=True, config=STRICT)
class Sweep:
    """Months in which all households of a region were gone through (集中排查).

    Args:
        region_code: administrative code of 2, 4 or 6 digits; 00 is the whole country.
        first, last: months.
        announced_on: day or month from which it was known; null where that is not known: then the first month.
        source: where it stands.
    """

    region_code: Annotated[str, Field(pattern=r"^(\d{2}|\d{4}|\d{6})$")]
    first: str
    last: str
    announced_on: str | None
    source: str

    _checked = field_validator("first", "last", "announced_on")(_date)

    def holds(self, month: int) -> bool:
        """Whether a month lies in it."""
        return _month(self.first) <= month <= _month(self.last)

    def is_known(self, as_of: int) -> bool:
        """Whether it had been announced by the end of a month."""
        return _month(self.announced_on or self.first) <= as_of


@dataclass(frozen=True, config=STRICT)
class Phase:
    """A phase of the epidemic.

    Args:
        code: 0 none; see the config.
        begins: day or month from which it held.
        known_on: day or month from which that was known.
        source: where it stands.
    """

    code: Annotated[int, Field(ge=0)]
    begins: str
    known_on: str
    source: str

    _checked = field_validator("begins", "known_on")(_date)


@dataclass(frozen=True, config=STRICT)
class Calendar:
    """Figures of the month that is forecast, each as known at the as_of; only on a county's tables.

    Args:
        sweeps: of the country and of regions.
        usual_years: so many years back a sweep makes its months usual ones.
        adjusted: months of the year in which removals and adjustments bunch.
        phases: of the epidemic.
        festivals: by year, the day of the Spring Festival.
    """

    sweeps: tuple[Sweep, ...]
    usual_years: Count
    adjusted: tuple[Month, ...]
    phases: tuple[Phase, ...]
    festivals: tuple[str, ...]

    _checked = field_validator("festivals")(lambda dates: tuple(_date(each) for each in dates))

    def table(self, known: Histories, leads: Ints) -> FeatureTable:
        """Calendar features of one unit.

        Args:
            known: histories of (n,) members as known at as_of.
            leads: (leads,) months ahead.

        Returns:
            (n, features) of the as_of, and (leads, features), the same for all, of each lead's month.
        """
        panel, members, as_of = known.view.panel, len(known.members), known.view.as_of
        if HOUSEHOLDS not in panel.tables or panel.calendar.frequency != "monthly":
            return FeatureTable.of([], members)
        targets = [as_of + int(lead) for lead in leads]
        sweeps = [each for each in self.sweeps if each.is_known(as_of) and _fits(each.region_code, panel.region)]
        festivals = {_month(each) for each in self.festivals}
        lines = _lines(known, targets)
        by_lead: list[tuple[Feature, Callable[[int], float]]] = [
            (_SWEEP, lambda month: any(each.holds(month) for each in sweeps)),
            (_USUAL, lambda month: self._usual(sweeps, month, as_of)),
            (_ADJUSTED, lambda month: month % 12 + 1 in self.adjusted),
            (_EPIDEMIC, lambda month: self._phase(month, as_of)),
            (_FESTIVAL, lambda month: month in festivals),
            (_STEP, lambda month: lines[month]),
        ]
        each = np.array([[float(value(month)) for _, value in by_lead] for month in targets], dtype=np.float32)
        now = [
            (_EPIDEMIC_NOW, np.full(members, float(self._phase(as_of, as_of)))),
            (_SINCE_LINE, np.full(members, _since_change(known))),
        ]
        return FeatureTable.of(now, members).with_common(tuple(entry for entry, _ in by_lead), each)

    def _usual(self, sweeps: list[Sweep], month: int, as_of: int) -> float:
        """In how many of the last years, up to the as_of, the same month of the year was one of a sweep."""
        earlier = [month - 12 * back for back in range(1, self.usual_years + 1)]
        return sum(any(sweep.holds(same) for sweep in sweeps) for same in earlier if same <= as_of)

    def _phase(self, month: int, as_of: int) -> int:
        """The phase of a month, as known at the as_of: the last one announced by then that holds from it on."""
        told = [each for each in self.phases if _month(each.known_on) <= as_of and _month(each.begins) <= month]
        return max(told, key=lambda each: (each.begins, each.known_on)).code if told else 0


def _month(date: str) -> int:
    return int(date[:4]) * 12 + int(date[5:7]) - 1


def _fits(region_code: str, region: str) -> bool:
    return region_code == _COUNTRY or region.startswith(region_code)


def _is_everybodys(known: Histories) -> bool:
    """Whether all households have one line."""
    return known.line.shape[0] == 1 and known.view.panel.line_column is None


def _lines(known: Histories, targets: list[int]) -> dict[int, float]:
    """By month, ln of the line that is known to hold then over that of the as_of; NaN where lines differ by household.

    A line is provisional until the next one is announced: as long as nothing is known, nothing changes.
    """
    view, last = known.view, max(targets)
    if not _is_everybodys(known):
        return dict.fromkeys(targets, np.nan)
    line = view.histories(known.members[:1], end=last, lags=last - view.as_of + 1).line
    at = {month: float(line[0, last - month]) for month in (view.as_of, *targets)}
    now = at[view.as_of]
    return {month: float(np.log(value / now)) if value > 0 and now > 0 else np.nan for month, value in at.items()}


def _since_change(known: Histories) -> float:
    """Months since the line of the as_of began to hold, as known; NaN where it has not changed in the lookback."""
    line = known.line
    if not _is_everybodys(known):
        return np.nan
    changed = np.flatnonzero(~np.isnan(line[0, 1:]) & (line[0, :-1] != line[0, 1:]))
    return float(changed[0]) if len(changed) else np.nan


_SWEEP = Feature("calendar__sweep_announced", "count", "1 where a sweep of that month is announced", "season")
_USUAL = Feature(
    "calendar__sweep_usual_years", "count", "earlier years with a sweep in that month of the year", "season"
)
_ADJUSTED = Feature("calendar__year_end", "count", "1 in the months in which removals and adjustments bunch", "season")
_EPIDEMIC = Feature("calendar__epidemic_of_target", "code", "phase of the epidemic in that month as known", "season")
_FESTIVAL = Feature("calendar__spring_festival", "count", "1 where the Spring Festival falls into that month", "season")
_STEP = Feature(
    "calendar__line_log_step", "log_ratio", "ln of the line known to hold then over that of the as_of", "distance"
)
_EPIDEMIC_NOW = Feature("calendar__epidemic_now", "code", "phase of the epidemic at the as_of", "season")
_SINCE_LINE = Feature("calendar__line_change_months", "periods", "months since the line changed last", "distance")
