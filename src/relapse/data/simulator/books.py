"""What the office learns of a month: reports of income, late, corrected, missing or rounded; yearly states of homes."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field

import numpy as np
from numpy.typing import NDArray

from relapse.data.simulator.clock import LONG_AGO, season
from relapse.data.simulator.jobs import away_jobs
from relapse.data.simulator.land import Land
from relapse.data.simulator.log import Log, Value
from relapse.data.simulator.money import Cash
from relapse.data.simulator.settings import Reporting
from relapse.data.simulator.state import NOT_EXITED, ORDINARY, State, body

_SEPTEMBER, _OCTOBER, _DECEMBER = 8, 9, 11
_TOLD = ("wage", "business", "property", "transfer", "business_cost")
_THERE = "there"  # beside the states: 1 where the household or person was told as there
_WRONG = (0.7, 1.3)  # by what a report that is corrected later was wrong, our assumption
_CORRECTED_AFTER = (2, 6)  # months
LABOURS = ("ordinary", "skilled", "weak", "lost", "unable")
HEALTHS = ("healthy", "chronic", "serious", "disabled", "chronic|disabled")
TYPES = ("not_exited", "exited", "ordinary")
POSTS = ("no_post", "cleaning")


@dataclass(eq=False)
class Books:
    """What is on the books of a block's households.

    Args:
        land: the county.
        log: where reports are noted.
        copied: (households, 12) of wage and of business, what was told a year ago.
        year: by source, (households,) what came in since last October.
        told_homes, told_people: rows of states as told last, by column; a household or person never told has none.
        on_books: (households,) who was on the books a month ago; None before the first month.
    """

    land: Land
    log: Log
    copied: dict[str, NDArray[np.float32]] = field(default_factory=dict)
    year: dict[str, NDArray[np.float32]] = field(default_factory=dict)
    told_homes: dict[str, NDArray[np.float64]] = field(default_factory=dict)
    told_people: dict[str, NDArray[np.float64]] = field(default_factory=dict)
    on_books: NDArray[np.bool_] | None = None

    def note(self, state: State, month: int, cash: Cash) -> None:
        """A month's reports, and the states that are asked for in it.

        Args:
            state: true, at the end of the month.
            month: that has passed.
            cash: what came in and went out.
        """
        _ledger(self, state, month, cash)
        _survey(self, state, month, cash)
        begun = self.on_books is None
        newly = np.zeros(len(state.homes), bool) if self.on_books is None else state.homes.on_books & ~self.on_books
        if begun or season(month) in (_OCTOBER, _DECEMBER):
            self.tell_states(state, month, state.homes.on_books)
        elif newly.any():
            self.tell_states(state, month, newly)
        self.on_books = state.homes.on_books.copy()

    def tell_states(self, state: State, month: int, whose: NDArray[np.bool_]) -> None:
        """States of households and people that were never told, or that changed."""
        late = self.land.world.reporting.states_late if self.told_homes else (1.0,)
        places = np.flatnonzero(whose)
        some, persons = state.part(places)
        here = some.people.here(month)
        there = some.any(here)
        columns = home_columns(some, self.land, month)
        told = _Told("households", columns, self.told_homes, len(state.homes), places, places, {})
        told.tell(self.log, there, month, late)
        kept = ((some.homes.kind != ORDINARY) | self.land.complete[self.land.township[some.homes.village]])[
            some.people.home
        ]
        rows = np.flatnonzero(kept)  # not of those whom a department merely named
        columns = {name: values[rows] for name, values in person_columns(some, self.land, month).items()}
        keys = {"member": some.people.member[rows]}
        home = places[some.people.home[rows]]
        told = _Told("persons", columns, self.told_people, len(state.people), persons[rows], home, keys)
        told.tell(self.log, here[rows], month, late)


@dataclass(frozen=True, eq=False)
class _Told:
    """States as they are now, beside those told last.

    Args:
        table: of the log.
        columns: (rows,) each: states now.
        before: (all,) by column: states as told last; filled in place.
        count: of all.
        places: (rows,) among all.
        home: (rows,) places of the households.
        keys: (rows,) columns that never change.
    """

    table: str
    columns: Mapping[str, NDArray[np.float64]]
    before: dict[str, NDArray[np.float64]]
    count: int
    places: NDArray[np.intp]
    home: NDArray[np.intp]
    keys: Mapping[str, NDArray[np.integer]]

    def tell(self, log: Log, here: NDArray[np.bool_], month: int, late: tuple[float, ...]) -> None:
        """Rows that are new or differ from those told last; and who is gone, (rows,) here says who is not."""
        before, places = self.before, self.places
        if not before:
            before |= {name: np.full(self.count, np.nan) for name in self.columns} | {_THERE: np.zeros(self.count)}
        there = before[_THERE][places]
        changed = there == 0
        last = {name: before[name][places] for name in self.columns}
        for name, values in self.columns.items():
            changed |= (last[name] != values) & ~(np.isnan(last[name]) & np.isnan(values))
        for rows, told, withdrawn in (
            (np.flatnonzero(here & changed), self.columns, False),
            (np.flatnonzero(~here & (there == 1)), last, True),
        ):
            known = month + 1 + log.late(late, len(rows)) - log.rng.random(len(rows)) * 0.9
            log.add(
                self.table, self.home[rows], **{name: values[rows] for name, values in self.keys.items()},
                **{name: values[rows] for name, values in told.items()}, as_of=np.full(len(rows), month + 0.9),
                known=known, withdrawn=np.full(len(rows), float(withdrawn)),
            )  # fmt: skip
            before[_THERE][places[rows]] = 0 if withdrawn else 1
            for name, values in told.items():
                before[name][places[rows]] = values[rows]


def home_columns(state: State, land: Land, month: int) -> dict[str, NDArray[np.float64]]:
    """(households,) each: a household's state as codes and numbers."""
    homes, people = state.homes, state.people
    seen = body(state, month, tuple(land.world.people.tracks), away_jobs(land.world))
    size = state.count(seen.here)
    exit_year = np.where(homes.exit_year > 0, homes.exit_year, np.nan)
    product = np.where(homes.farms, homes.product, np.nan)
    return {
        "village": homes.village.astype(float), "type": homes.kind.astype(float), "size": size.astype(float),
        "exit_year": exit_year, "listed": np.where(homes.kind == ORDINARY, np.nan, homes.listed).astype(float),
        "lacks_labour": (~state.any(seen.able | seen.weak)).astype(float),
        "dropout_child": state.any(seen.here & people.out & (seen.age >= 6)).astype(float),
        "all_insured": homes.insured.astype(float), "grade": homes.grade.astype(float),
        "safe_water": homes.water.astype(float), "road_distance": np.round(homes.remote, 1).clip(0, 5).astype(float),
        "arable": homes.mu.astype(float), "product": product, "relocated": homes.moved.astype(float),
        "cooperative": (homes.project[:, 0] >= 0).astype(float), "minority": homes.minority.astype(float),
        "not_exited": (homes.kind == NOT_EXITED).astype(float),
    }  # fmt: skip


def person_columns(state: State, land: Land, month: int) -> dict[str, NDArray[np.float64]]:
    """(persons,) each: a person's state as codes and numbers."""
    homes, people = state.homes, state.people
    seen = body(state, month, tuple(land.world.people.tracks), away_jobs(land.world))
    lost = (seen.age >= 16) & (seen.age < 60) & (seen.school == 0)
    labour = np.select([seen.able & people.skilled, seen.able, seen.weak, lost], [1, 0, 2, 3], 4)
    ill, disabled = month < people.ill_until, people.grade > 0
    told = disabled & (people.certified > LONG_AGO) & (people.certified <= month)
    health = np.select([ill, people.chronic & disabled, disabled, people.chronic], [2, 4, 3, 1], 0)
    allowance = homes.allowance[people.home] > people.member
    posts = np.array([job.channel == "public_post" for job in land.world.work.jobs.values()] + [False])
    return {
        "born": people.born.astype(float), "female": people.female.astype(float),
        "relation": people.relation.astype(float),
        "minority": homes.minority[people.home].astype(float),
        "education": np.where((seen.school == 0) & (seen.age >= 6), people.track, np.nan).astype(float),
        "school": np.where(seen.age < 30, seen.school, np.nan).astype(float), "health": health.astype(float),
        "disability_grade": np.where(disabled, people.grade - 1, np.nan).astype(float),
        "certified": np.where(told, people.certified, np.nan).astype(float),
        "labour": labour.astype(float), "resident": seen.away.astype(float),
        "public_post": posts[people.job].astype(float), "allowance": allowance.astype(float),
        "support": (homes.support[people.home] & (people.member == 0)).astype(float),
        "insured": (homes.insured[people.home] | (people.member > 0)).astype(float),
        "pension": (seen.age >= 16).astype(float),
        "family_doctor": (people.doctor > LONG_AGO).astype(float),
    }  # fmt: skip


def _ledger(books: Books, state: State, month: int, cash: Cash) -> None:
    """Income of registered households, source by source."""
    homes, settings, log = state.homes, books.land.world.reporting, books.log
    here = np.flatnonzero(homes.ledger & state.any(state.people.here(month)))
    _fall_silent(state, settings, month, here, log)
    told = here[(homes.silent_until[here] <= month) & (log.rng.random(len(here)) >= settings.missing)]
    late = log.late(settings.months_late, len(told))
    known = month + 1 + late - 0.9 * log.rng.random(len(told))
    words = books.land.world.words.items
    rest = cash.transfer - cash.pension - cash.allowance
    parts = [
        ("wage", "", cash.wage), ("business", "", cash.business), ("property", "", cash.property),
        ("transfer", words["pension"], cash.pension), ("transfer", words["allowance"], cash.allowance),
        ("transfer", words["rest"], rest), ("business_cost", "", cash.business_cost),
    ]  # fmt: skip
    something = np.zeros(len(homes), dtype=bool)
    for source, item, amounts in parts:
        values = _as_told(books, state, month, source, amounts)[told]
        rows = np.flatnonzero(values >= 1)
        something[told[rows]] = True
        _report(log, settings, told[rows], source, item, month, month, values[rows], known[rows])
    nothing = told[~something[told]]
    _report(
        log, settings, nothing, "wage", "", month, month, np.zeros(len(nothing)), np.full(len(nothing), month + 1.0)
    )


def _as_told(books: Books, state: State, month: int, source: str, amounts: NDArray[np.floating]) -> NDArray[np.float64]:
    """(households,) what is told: less than came in, rounded, or last year's."""
    homes = state.homes
    share, to = homes.told_share, books.land.world.reporting.rounded[1]
    values = np.asarray(amounts * (share if source in ("wage", "business") else 1), dtype=np.float64)
    if source in ("wage", "business"):
        ring = books.copied.setdefault(source, np.full((len(homes), 12), np.nan, np.float32))
        before = ring[:, season(month)].astype(np.float64)
        values = np.where(homes.copies & ~np.isnan(before), before, values)
        ring[:, season(month)] = values
    return np.where(homes.rounds, np.round(values / to) * to, np.round(values, 0))


def _report(
    log: Log, settings: Reporting, home: NDArray[np.integer], source: str, item: str, first: int, last: int,
    amount: NDArray[np.float64], known: NDArray[np.float64],
) -> None:  # fmt: skip
    """Reports of one source, some of which are wrong at first and corrected later."""
    wrong = log.rng.random(len(home)) < settings.corrected
    shown = np.where(wrong, np.round(amount * log.rng.uniform(*_WRONG, len(home))), amount)
    span: dict[str, Value] = {"source": source, "item": item, "first": float(first), "last": float(last)}
    log.add("income", home, amount=shown, known=known, **span)
    again = np.flatnonzero(wrong & (shown != amount))
    later = known[again] + log.rng.integers(*_CORRECTED_AFTER, len(again))
    log.add("income", home[again], amount=amount[again], known=later, **span)


def _fall_silent(state: State, settings: Reporting, month: int, here: NDArray[np.intp], log: Log) -> None:
    homes = state.homes
    new = here[log.rng.random(len(here)) < settings.silent_year / 12]
    homes.silent_until[new] = month + log.rng.integers(
        settings.silent_months[0], settings.silent_months[1] + 1, len(new)
    )


def _survey(books: Books, state: State, month: int, cash: Cash) -> None:
    """Some ordinary households of complete townships are asked about the year from October to September."""
    homes, settings, log = state.homes, books.land.world.reporting, books.log
    for source in _TOLD:
        books.year[source] = books.year.get(source, np.zeros(len(homes), np.float32)) + getattr(cash, source)
    if season(month) != _SEPTEMBER:
        return
    complete = books.land.complete[books.land.township[homes.village]]
    whole_year = month - books.land.world.begin >= 11
    lived_in = state.any(state.people.here(month))
    drawn = log.rng.random(len(homes)) < settings.surveyed_year
    asked = np.flatnonzero((homes.kind == ORDINARY) & complete & lived_in & drawn)
    for source in _TOLD if whole_year else ():
        values = np.round(books.year[source][asked] * homes.told_share[asked] / 100) * 100
        rows = np.flatnonzero(values > 0)
        known = month + 2 + log.rng.random(len(rows)) * 1.5
        _report(log, settings, asked[rows], source, "", month - 11, month, values[rows], known)
    books.year.clear()
