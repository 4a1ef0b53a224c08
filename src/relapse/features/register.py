"""What the register says of the household: its exit, earlier times as a monitored one, house, land, loan and ties."""

from __future__ import annotations

from typing import Annotated

import numpy as np
from pydantic import Field
from pydantic.dataclasses import dataclass

from relapse.core import told
from relapse.core.catalogue import Direction, Feature, FeatureTable, Unit
from relapse.core.facts import NO_MONTH, Facts, Floats
from relapse.core.panel import HOUSEHOLDS, Histories, Ints
from relapse.core.recipe import STRICT
from relapse.core.recognitions import earlier_spells, spells, told_by

Column = tuple[Feature, Floats]
_EXITED, _ORDINARY = 0.0, 1.0


@dataclass(frozen=True, config=STRICT)
class Register:
    """The newest state of the household, and the times for which it was monitored before.

    Args:
        exit_month: month of the year in which an exit counts, 1 to 12; the register tells its year alone.
    """

    exit_month: Annotated[int, Field(ge=1, le=12)]

    def table(self, known: Histories, leads: Ints) -> FeatureTable:
        """Register features of one unit.

        Args:
            known: histories of (n,) members as known at as_of.
            leads: not used.

        Returns:
            (n, features): months, counts, codes; NaN where it is not told. None where the panel has no county's tables.
        """
        view, members = known.view, known.members
        if not told.has(view, HOUSEHOLDS):
            return FeatureTable.of([], len(members))
        homes, count = view.table(HOUSEHOLDS), len(view.panel.household_ids)
        states = {
            name: told.of_subjects(homes, told.filled(homes, name), count)[members]
            for name in (*_PLAIN, "microloan", "size", "arable")
        }
        exit_year = told.of_subjects(homes, told.filled(homes, "exit_year"), count)[members]
        left = view.as_of - (exit_year * 12 + self.exit_month - 1)
        columns = [
            (_SINCE_EXIT, np.where(left < 0, np.nan, left)),
            (_COHORT, exit_year),
            (_TYPE, told.of_subjects(homes, _type(homes.newest), count)[members]),
            *((entry, states[name]) for name, entry in _PLAIN.items()),
            (_LOAN, told.share_of_line(known, states["microloan"])),
            (_ARABLE, told.over(states["arable"], states["size"])),
            (_UPDATED, view.as_of - told.of_subjects(homes, _updated(homes.newest), count)[members]),
            *_earlier(known),
        ]
        return FeatureTable.of(columns, len(members))


def _type(states: Facts) -> Floats:
    """(states,) 0 exited, 1 ordinary, NaN another."""
    if "type" not in states:
        return np.full(len(states), np.nan)
    kind = states.text("type")
    return np.where(kind.holds("exited"), _EXITED, np.where(kind.holds("ordinary"), _ORDINARY, np.nan))


def _updated(states: Facts) -> Floats:
    """(states,) month in which the record was last changed: as it says, else the month in which the state was known."""
    said = told.month(states, "updated_on")
    known = np.where(states.known > NO_MONTH, states.known, np.nan)
    return np.where(said <= known, said, known)


def _earlier(known: Histories) -> list[Column]:
    earlier, members = earlier_spells(known.view), known.members
    return [
        (_SPELLS, earlier.count[members]),
        (_REOPENED, earlier.reopened[members]),
        (_SINCE_REMOVED, earlier.since_removed[members]),
        (_MONTHS, earlier.months[members]),
        (_MONITORED, _monitored(known)),
    ]


def _monitored(known: Histories) -> Floats:
    """(n,) months since the spell began in which each is monitored; NaN where it is not."""
    if not told_by(known.view.panel):
        return np.full(len(known.members), np.nan)
    told, as_of = spells(known.view), known.view.as_of
    place = told.place_in(as_of, len(known.view.panel.household_ids))[known.members]
    return np.append(as_of - told.begins, np.nan)[place]


def _entry(what: str, unit: Unit, meaning: str, group: str = "register", direction: Direction = 0) -> Feature:
    return Feature(f"register__{what}", unit, meaning, group, direction)


_SINCE_EXIT = _entry("exit_months", "periods", "months since the household left poverty")
_COHORT = _entry("exit_cohort", "own", "year in which the household left poverty")
_TYPE = _entry("type", "code", "0 exited from poverty, 1 ordinary")
_PLAIN = {
    "relocated": _entry("relocated", "count", "1 where it was moved in the relocation programme"),
    "house_area": _entry("house_area", "own", "floor of the house, square metres"),
    "cooperative": _entry("cooperative", "count", "1 where it is a member of a cooperative"),
    "led_by_firm": _entry("led_by_firm", "count", "1 where it is tied to a firm or an able person"),
    "road_distance": _entry("road_distance", "own", "distance to the village's main road, km"),
}
_LOAN = _entry("microloan_share", "share", "small loan with subsidised interest per person, as a share of the line")
_ARABLE = _entry("arable_pp", "own", "arable land per person, mu")
_UPDATED = Feature(  # a visit, and a department's push, leave their trace there: neither may feed the model
    "register__updated_months", "periods", "months since its record was last changed", "data", modelled=False
)
_SPELLS = Feature(
    "register__earlier_spells",
    "count",
    "times it was monitored before and counted as out of risk",
    "register",
    wording="reason.monitored_before",
    true_above=0,
)
_REOPENED = _entry("earlier_reopened", "count", "times such a removal was taken back")
_SINCE_REMOVED = _entry("removed_months", "periods", "months since it last counted as out of risk")
_MONTHS = _entry("earlier_months", "periods", "months for which it was monitored before")
_MONITORED = _entry(
    "monitored_months", "periods", "months for which it has been monitored by now; for removal of risk alone"
)
