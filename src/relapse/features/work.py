"""Spells of work: months worked now and a year ago, where and by which channel, what ends, and at what wage."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Annotated, Literal, get_args

import numpy as np
from pydantic import Field
from pydantic.dataclasses import dataclass

from relapse.core import told
from relapse.core.catalogue import Feature, FeatureTable, Unit
from relapse.core.facts import Floats
from relapse.core.panel import HOUSEHOLDS, Histories, Ints
from relapse.core.recipe import STRICT, Count
from relapse.core.spells import WORK, Spells
from relapse.core.told import Mask

Channel = Literal["post", "workshop", "park", "relief"]
_SPANS = (3, 6, 12)
_HALF, _YEAR = 6, 12


@dataclass(frozen=True, config=STRICT)
class Work:
    """Months of work of a household's members and how they changed; places, channels, ends and wages.

    Args:
        away: places of work beyond the county; all others are at home or near.
        channels: by name, the channel through which work was found whose months are counted.
        ended_months: a spell that ended so many months back, or fewer, ended lately.
        ending_months: a spell whose announced last month lies so many months ahead, or fewer, ends soon.
        epidemic: first and last month for which work lost by the epidemic is counted.
        epidemic_base: the year against whose months they are held.
    """

    away: tuple[str, ...]
    channels: Mapping[Channel, str]
    ended_months: Count
    ending_months: Count
    epidemic: tuple[str, str]
    epidemic_base: Annotated[int, Field(ge=2000)]

    def table(self, known: Histories, leads: Ints) -> FeatureTable:
        """Work features of one unit.

        Args:
            known: histories of (n,) members as known at as_of.
            leads: not used.

        Returns:
            (n, features): months of all members together, spells, shares of the line; NaN where the county tells no
            work, 0 where it tells none of the household.
        """
        view, members = known.view, known.members
        if HOUSEHOLDS not in view.panel.tables:
            return FeatureTable.of([], len(members))
        if not told.has(view, WORK):
            return FeatureTable.untold(tuple(_ENTRIES.values()), len(members))
        spells, as_of = Spells.of(view), view.as_of
        made = self._months(spells, as_of) | self._now(spells, as_of) | _anyone(spells, as_of)
        made["epidemic_months_lost"] = self._lost(known, spells)
        picked = {name: values[members] for name, values in made.items()} | _wages(known, spells)
        return FeatureTable.of([(entry, picked[name]) for name, entry in _ENTRIES.items()], len(members))

    def _months(self, spells: Spells, as_of: int) -> dict[str, Floats]:
        made = {f"months_{span}m": spells.months(as_of - span + 1, as_of) for span in _SPANS}
        ago = as_of - _YEAR
        made["months_6m_year_ago"] = spells.months(ago - _HALF + 1, ago)
        made["months_6m_change"] = made["months_6m"] - made["months_6m_year_ago"]
        begin = as_of - _YEAR + 1
        placed = _placed(spells)
        away = told.kinds(spells.facts, "place", *self.away)
        made |= {
            "away_months_12m": spells.months(begin, as_of, placed & away),
            "home_months_12m": spells.months(begin, as_of, placed & ~away),
        }
        for name in get_args(Channel):
            mine = told.kinds(spells.facts, "channel", *filter(None, [self.channels.get(name)]))
            months = spells.months(begin, as_of, mine)
            made[f"{name}_months_12m"] = months if "channel" in spells.facts else np.full_like(months, np.nan)
        return made

    def _now(self, spells: Spells, as_of: int) -> dict[str, Floats]:
        """What runs, ended and ends; the last end only where nobody works now."""
        runs, last = spells.run_in(as_of), spells.last
        away = told.kinds(spells.facts, "place", *self.away)
        running = spells.count(runs)
        over = spells.has_end & (last < as_of)
        newest = told.largest(spells.facts.household[over], last[over].astype(np.float64), spells.households)
        return {
            "running_count": running,
            "running_away_count": spells.count(runs & away),
            "since_last_months": np.where(running == 0, as_of - newest, np.nan),
            "ended_count_3m": spells.count(over & (last >= as_of - self.ended_months)),
            "ending_count_6m": spells.count(runs & spells.has_end & (last <= as_of + self.ending_months)),
        }

    def _lost(self, known: Histories, spells: Spells) -> Floats:
        """(households,) months of work fewer than in the same months of the base year, 0 outside of the epidemic."""
        parse, as_of = known.view.panel.calendar.parse, known.view.as_of
        first, last = (parse(month) for month in self.epidemic)
        lost = np.zeros(spells.households)
        if not first <= as_of <= last:
            return lost
        for year in range(first // 12, as_of // 12 + 1):
            begin, end = max(first, year * 12), min(as_of, year * 12 + 11)
            back = (year - self.epidemic_base) * 12
            lost += spells.months(begin - back, end - back) - spells.months(begin, end)
        return np.maximum(lost, 0)


def _placed(spells: Spells) -> Mask:
    """(spells,) whose place is told."""
    facts = spells.facts
    return facts.text("place").codes >= 0 if "place" in facts else np.zeros(len(facts), dtype=bool)


def _anyone(spells: Spells, as_of: int) -> dict[str, Floats]:
    """Months in which at least one member worked: what can be said where persons are not told apart."""
    worked = spells.anyone(as_of - _YEAR - _HALF + 1, as_of)
    now, before = worked[:, -_HALF:].sum(axis=1), worked[:, :_HALF].sum(axis=1)
    return {
        "anyone_months_6m": now.astype(np.float64),
        "anyone_months_6m_year_ago": before.astype(np.float64),
        "anyone_months_lost_6m": (before - now).astype(np.float64),
    }


def _wages(known: Histories, spells: Spells) -> dict[str, Floats]:
    """Wages a month of what runs, and as a share of the line now and against a year ago, both by today's line."""
    as_of = known.view.as_of
    now, before = (_wage_in(spells, month)[known.members] for month in (as_of, as_of - _YEAR))
    share = told.share_of_line(known, now * _YEAR)
    return {
        "wage_yuan_month": now,
        "wage_line_share": share,
        "wage_line_share_change": share - told.share_of_line(known, before * _YEAR),
    }


def _wage_in(spells: Spells, month: int) -> Floats:
    """(households,) wages of a month; 0 where nobody worked, NaN where no wage is told of any who did."""
    runs, wage = spells.run_in(month), told.number(spells.facts, "monthly_wage")
    paid = runs & ~np.isnan(wage)
    total, some = told.sums(spells.facts, paid, spells.households, wage), spells.count(paid) > 0
    return np.where(some | (spells.count(runs) == 0), total, np.nan)


def _entry(
    name: str,
    unit: Unit,
    meaning: str,
    *,
    wording: str = "",
    above: float | None = None,
    modelled: bool = True,
) -> tuple[str, Feature]:
    return name, Feature(
        f"work__{name}", unit, meaning, "job", wording=wording, true_above=above, modelled=modelled
    )  # fmt: skip


_CHANNELS: Mapping[Channel, str] = {
    "post": "public posts", "workshop": "workshops of help", "park": "parks", "relief": "relief works",
}  # fmt: skip
_ENTRIES = dict([
    *(_entry(f"months_{span}m", "periods", f"months worked by all members in {span} months") for span in _SPANS),
    _entry("months_6m_year_ago", "periods", "the same of six months, a year ago"),
    _entry("months_6m_change", "periods", "months worked in six months against a year ago"),
    _entry("home_months_12m", "periods", "months of a year worked in the county"),
    _entry("away_months_12m", "periods", "months of a year worked beyond the county"),
    *(_entry(f"{name}_months_12m", "periods", f"months of a year worked in {words}")
      for name, words in _CHANNELS.items()),
    _entry("running_count", "count", "spells of work that run"),
    _entry("running_away_count", "count", "spells that run beyond the county"),
    _entry("since_last_months", "periods", "months since the last spell ended, where none runs"),
    _entry("ended_count_3m", "count", "spells that ended within three months"),
    _entry("ending_count_6m", "count", "spells whose end within six months is announced", wording="reason.work_ending",
           above=0),
    _entry("wage_yuan_month", "money", "wages a month of the spells that run", modelled=False),
    _entry("wage_line_share", "share", "these wages of a year per person, over the line"),
    _entry("wage_line_share_change", "share", "the same less that of a year ago"),
    _entry("anyone_months_6m", "periods", "months of six in which some member worked"),
    _entry("anyone_months_6m_year_ago", "periods", "the same a year ago"),
    _entry("anyone_months_lost_6m", "periods", "such months fewer than a year ago", wording="reason.job_loss",
           above=1.5),
    _entry("epidemic_months_lost", "periods", "months of work fewer since 2020-02 than in the same months of 2019"),
])  # fmt: skip
