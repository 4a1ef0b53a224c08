"""A simulated county that is played month by month: an office says whom it visits, and its doings change what comes.

What happens to a household by itself (work, illness, harvests, prices, the epidemic) is drawn by the simulator and is
the same whatever the office does: months pass as in `relapse.data.simulator.month`, but for its visits and its official
procedure, which draw from the same stream and would shift all that is drawn after them. These two are the office's,
and are drawn here by household and month from streams of their own. So two plays of one county are twins: who is not
visited has the same life, the same records, and is recognised in the same month, if at all.

A household **falls** in the month in which the simulator's own procedure would recognise it, if nobody had visited it.
A fall is **seen** at once, with the chance `finds`, where the household was visited within the last half a year; else
it is found with that chance by a later visit, or by other ways, of which each month brings some. Whoever is visited
before it has fallen is helped for a year. With the chance `prevents` the help does what it should: a fall within that
year does not come, and what is missing to the line is paid. A household that is recognised stays so until the play
ends, and what the recognition brings to it is left out.
"""

from __future__ import annotations

import datetime
import tempfile
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from pathlib import Path

import numpy as np
import pandas as pd
import pyarrow as pa
import pyarrow.compute as pc
import pyarrow.parquet as pq
from numpy.typing import NDArray

from relapse.data.simulator.begin import begin
from relapse.data.simulator.books import Books
from relapse.data.simulator.clock import LONG_AGO, NEVER
from relapse.data.simulator.help import begin_industry, mend_and_break, reference, support
from relapse.data.simulator.illness import fall_ill
from relapse.data.simulator.jobs import away_jobs, tell_running, work
from relapse.data.simulator.land import Land, first_of, make_land
from relapse.data.simulator.life import live
from relapse.data.simulator.log import Log
from relapse.data.simulator.money import Cash, earn
from relapse.data.simulator.month import pass_month
from relapse.data.simulator.procedure import CAUSES, leave_poverty, notice_chances
from relapse.data.simulator.settings import World
from relapse.data.simulator.simulate import plans, simulate
from relapse.data.simulator.state import (
    CATEGORIES,
    EDGE,
    FREE,
    IN_PROCEDURE,
    MONITORED,
    ORDINARY,
    SUDDEN,
    TROUBLES,
    UNSTABLE,
    State,
    body,
    places,
    ring_sum,
)
from relapse.data.simulator.tables import SCHEMAS, block_tables, cast, dates, household_ids, months

LAND, PLAN, BEGIN, MONTH, REPORT = range(1, 6)  # the simulator's streams: up to the play the county is its county
OFFICE = 101  # the stream of what the office does
UNSEEN = 3  # a status beside the simulator's: has fallen, and the office has not seen it
HELPED_MONTHS = 12  # for which help goes on after a visit, our assumption
WATCHED_MONTHS = 6  # after a visit in which a fall is seen when it comes, our assumption
OTHER_WAYS = 0.08  # a month: chance that a fall that was not seen becomes known without a visit, our assumption
LIFTED_TO = 1.05  # of the line, our assumption
_CAUSE_OF = {"death": "no_labour", "dividend": "industry"}  # troubles that the register calls otherwise
NEAR, TROUBLED = 1.25, 3  # what a visit calls at risk, as in the simulator: of the line; months since a trouble
WHOLE_COUNTY = ("prices", "villages", "projects", "lines")  # tables that speak of no household
KNOWN = {"clues": "pushed_at", "lines": "announced_on"}  # column that tells when, where it is not known_at
RECORDS = ("recognitions", "visits", "measures", "income")  # to which the office's doings add rows

Months = NDArray[np.int64]
Marks = NDArray[np.bool_]
Choose = Callable[[int, Path], NDArray[np.object_]]
"""Called at the end of a month with that month and a folder of all that is known by then; the ids of whom to visit in
the next one, in any order."""


@dataclass(frozen=True, eq=False)
class County:
    """A county to be played.

    Args:
        world: its settings; it ends when the play does.
        households: exited ones, few enough to be one block.
        seed: of everything that happens.
        first: month of the first visits; up to the month before it is the simulator's.
        tables: what is known of it at the end, but for what the office does from `first` on.
    """

    world: World
    households: int
    seed: int
    first: int
    tables: Mapping[str, pa.Table]


@dataclass(frozen=True, eq=False)
class Played:
    """What came of a play; months from year 0, households as their places among `household_ids`.

    Args:
        household_ids: (households,) all of the county's.
        village: (households,)
        months: (months,) that were played, from the first visits on.
        alone: (households, months) falls as they would come if nobody was visited, each month by itself.
        fallen: (households,) month of the fall, NEVER for none.
        visited, helped: (households, months) visited; paid something by help.
        recognised, told: (households,) month of the recognition, and in which it became known; NEVER for none. Those
            of before the play count.
        by_visit, averted: (households,) whether a visit led to it; whether help prevented a fall.
    """

    household_ids: NDArray[np.object_]
    village: NDArray[np.int32]
    months: Months
    alone: Marks
    fallen: Months
    visited: Marks
    helped: Marks
    recognised: Months
    told: Months
    by_visit: Marks
    averted: Marks


def make_county(world: World, households: int, seed: int, first: int) -> County:
    """A county with all that is known of it apart from the office's doings.

    Args:
        world: its settings.
        households: exited ones.
        seed: of everything that happens.
        first: month of the first visits.

    Raises:
        ValueError: it is too large for one block.
    """
    bare = County(world, households, seed, first, {})
    log = Log(np.random.default_rng([seed, REPORT, 0]))
    *_, (state, land, projects) = _months(bare, log)
    tables = block_tables(log, state, projects, land)
    tables.pop("returns", None)  # what no county knows
    with tempfile.TemporaryDirectory() as own:
        simulate(world, 40, seed, Path(own) / "county")  # what comes over the whole county hangs on the seed alone
        tables |= {name: pq.read_table(Path(own) / "county" / f"{name}.parquet") for name in WHOLE_COUNTY}
    return replace(bare, tables=tables)


def play(county: County, lists: int, prevents: float, choose: Choose | None, recorded: bool = True) -> Played:
    """Play the months of a county.

    Args:
        county: to be played.
        lists: months for which `choose` is asked, the first one at the end of the month before `county.first`.
        prevents: chance that help does what it should.
        choose: says whom to visit; None visits nobody.
        recorded: whether visits and measures are written down (recognitions, and income, are).
    """
    steps, span = _months(county), county.world.end - county.first + 1
    state, land, _ = next(steps)
    ids = np.asarray(household_ids(county.world, state.homes.number).to_pylist(), dtype=object)
    place = pd.Series(np.arange(len(ids)), index=ids)
    office = _begun(state, ids, county.world)
    alone, visited, helped = (np.zeros((len(ids), span), dtype=bool) for _ in range(3))
    for number in range(span):
        month = county.first + number
        chosen = np.empty(0, dtype=np.intp)
        if choose is not None and number < lists:
            with tempfile.TemporaryDirectory() as own:
                write_known(county, office.rows, month - 1, Path(own) / "county")
                chosen = np.sort(place.loc[choose(month - 1, Path(own) / "county")].to_numpy())
        persons = state.count(state.people.here(month))
        next(steps)  # the state is changed in place
        drawn = np.random.default_rng([county.seed, OFFICE, month]).random((7, len(ids)))  # a row a question

        office.extra[places(month)] = 0
        due, falls = _falls(office.as_begun(state), land, month, persons, drawn)[:2]
        late = np.minimum(due - county.first, span)
        for months_late in np.unique(late[falls & (late < span)]):
            alone[falls & (late == months_late), months_late] = True
        visited[chosen, number] = True
        office.visit(state, land, month, chosen, prevents, recorded, drawn)
        office.fall(state, land, month, persons, drawn)
        office.see(state, land, month, chosen, drawn)
        office.help(state, land, month)
        helped[:, number] = office.write_help(state, month)
    return Played(
        ids, state.homes.village.copy(), county.first + np.arange(span), alone, office.fallen, visited, helped,
        office.recognised, office.told, office.by_visit, office.averted,
    )  # fmt: skip


def _falls(
    state: State, land: Land, month: int, persons: NDArray[np.floating], drawn: NDArray[np.float64]
) -> tuple[Months, Marks, Marks]:
    """(households,) each: month in which a fall that begins now counts; whether one begins; as low income, not sudden.

    Args:
        state: after the month has passed, as it is shown to the procedure.
        land: the county.
        month: that has passed.
        persons: (households,) at its begin.
        drawn: see `play`.
    """
    settings = land.world.procedure
    low, sudden = notice_chances(state, land, month, reference(state, land, month - 1, persons))
    begins = state.homes.on_books & (drawn[0] < (low + sudden) * (1 - settings.refused))
    takes = np.cumsum(settings.takes) / sum(settings.takes)
    due = month + np.searchsorted(takes[:-1], drawn[1], side="right")
    return due, begins, drawn[0] < low * (1 - settings.refused)


@dataclass(eq=False)
class _Office:
    """What the office knows and does, by household.

    Args:
        world: settings of the county.
        ids: (households,)
        status, due, category: of the procedure, as in the simulator, and `UNSEEN`; month in which a fall counts.
        fallen, recognised, told, by_visit, averted: see `Played`.
        visited: newest month.
        helped_until: month before which help goes on, where it does what it should.
        extra: (RING, households) yuan by month that help adds to income.
        rows: what was written down, by table.
    """

    world: World
    ids: NDArray[np.object_]
    status: NDArray[np.int8]
    due: Months
    category: NDArray[np.int8]
    fallen: Months
    recognised: Months
    told: Months
    by_visit: Marks
    averted: Marks
    visited: Months
    helped_until: Months
    extra: NDArray[np.float32]
    rows: dict[str, list[pa.Table]] = field(default_factory=lambda: {name: [] for name in RECORDS})

    def as_begun(self, state: State) -> State:
        """The state as it is by itself, with the procedure as it stood when the play began, and nobody visited."""
        return State(replace(state.homes, visited=np.full(len(self.ids), LONG_AGO)), state.people)

    def shown(self, state: State) -> State:
        """The state with what help has changed of it, and with the office's own procedure."""
        homes = state.homes
        changed = replace(
            homes, net=homes.net + self.extra, status=self.status,
            visited=np.full(len(homes), LONG_AGO),
        )  # fmt: skip
        return State(changed, state.people)

    def visit(
        self, state: State, land: Land, month: int, chosen: NDArray[np.intp], prevents: float, recorded: bool,
        drawn: NDArray[np.float64],
    ) -> None:  # fmt: skip
        """Whoever is visited and has not fallen is watched, and helped."""
        self.visited[chosen] = month
        helped = chosen[self.status[chosen] == FREE]
        works = helped[drawn[2, helped] < prevents]
        self.helped_until[works] = month + HELPED_MONTHS
        if not recorded:
            return
        persons = state.count(state.people.here(month))
        after = reference(self.shown(state), land, month, persons)[1][chosen]
        near = np.nan_to_num(after, nan=9.0) < np.log(NEAR)
        at_risk = (self.status[chosen] == UNSEEN) | near
        at_risk |= month - state.homes.last[chosen].max(axis=1) <= TROUBLED
        when = month + drawn[3, chosen] * 0.8
        verdict = pa.array(np.where(at_risk, "at_risk", "no_risk"))
        self._write("visits", chosen, visited_at=dates(when), verdict=verdict, known_at=dates(when + 0.1))
        span = np.full(len(helped), month)
        self._write(
            "measures", helped, kind=pa.array(["support"] * len(helped)),
            item=pa.array(["temporary_relief"] * len(helped)), known_at=dates(span + 0.9),
            to=months(span + HELPED_MONTHS - 1), **{"from": months(span)},
        )  # fmt: skip

    def fall(
        self, state: State, land: Land, month: int, persons: NDArray[np.floating], drawn: NDArray[np.float64]
    ) -> None:
        """Falls that begin, but for those that help prevents."""
        due, begins, low = _falls(self.shown(state), land, month, persons, drawn)
        self.averted |= begins & (self.helped_until > month)
        new = np.flatnonzero(begins & (self.helped_until <= month))
        self.status[new], self.due[new] = IN_PROCEDURE, due[new]
        own = np.where(state.homes.kind[new] == ORDINARY, EDGE, UNSTABLE)
        self.category[new] = np.where(low[new], own, SUDDEN)

    def see(self, state: State, land: Land, month: int, chosen: NDArray[np.intp], drawn: NDArray[np.float64]) -> None:
        """Falls that come now, or came before, and become known."""
        comes = (self.status == IN_PROCEDURE) & (self.due <= month)
        nobody = comes & (state.count(state.people.here(month)) == 0)
        self.status[nobody] = FREE
        comes &= ~nobody
        self.fallen[comes] = month
        self.status[comes] = UNSEEN
        visited = np.zeros(len(comes), dtype=bool)
        visited[chosen] = True
        watched = visited | (comes & (month - self.visited < WATCHED_MONTHS))
        unseen = self.status == UNSEEN
        found = unseen & watched & (drawn[4] < land.world.help.finds)
        others = unseen & ~comes & ~found & (drawn[5] < OTHER_WAYS)
        new = np.flatnonzero(found | others)
        self.by_visit[found] = True
        shares = np.cumsum(land.world.reporting.recognitions_late)
        late = np.searchsorted(shares[:-1] / shares[-1], drawn[6, new], side="right")
        self.status[new], self.recognised[new], self.told[new] = MONITORED, month, month + late
        self._write(
            "recognitions", new, category=pa.array(np.array(CATEGORIES, dtype=object)[self.category[new]], pa.string()),
            recognised_at=months(np.full(len(new), month)), known_at=dates(month + 0.9 + late),
            cause_1=pa.array(_causes(state, month, new), pa.string()),  # without one the row would be in doubt
        )  # fmt: skip

    def help(self, state: State, land: Land, month: int) -> None:
        """Pay what is missing, to those whose help does what it should."""
        who = (self.helped_until > month) & (self.status == FREE)
        if not who.any():
            return
        persons = state.count(state.people.here(month + 1))
        homes = self.shown(state).homes
        after = ring_sum(homes.net, month, 12) + ring_sum(homes.payout, month, 12) - ring_sum(homes.own, month, 12)
        lacks = LIFTED_TO * float(land.line[land.place(month)]) * persons - after
        self.extra[places(month)] = np.where(who & (lacks > 0), lacks, 0).astype(np.float32)

    def write_help(self, state: State, month: int) -> Marks:
        """(households,) whom help paid something in a month; what it adds to income is written where all income is."""
        extra = self.extra[places(month)]
        told = np.flatnonzero((extra >= 1) & state.homes.ledger)
        span = np.full(len(told), month)
        self._write(
            "income", told, source=pa.array(["transfer"] * len(told)), item=pa.array(["relief"] * len(told)),
            amount=pa.array(np.round(extra[told]).astype(float)), known_at=dates(span + 1.1), to=months(span),
            **{"from": months(span)},
        )  # fmt: skip
        return np.asarray(extra >= 1)

    def _write(self, table: str, who: NDArray[np.intp], **columns: pa.Array) -> None:
        if len(who):
            columns["household_id"] = pa.array(self.ids[who], pa.string())
            rows = {name: cast(columns.get(name), kind, len(who)) for name, kind in SCHEMAS[table].items()}
            self.rows[table].append(pa.table(rows))


def _causes(state: State, month: int, who: NDArray[np.intp]) -> NDArray[np.object_]:
    """(who,) the newest trouble of the year, as the register calls it; other where there was none."""
    last = state.homes.last[who]
    names = [_CAUSE_OF.get(name, name) for name in TROUBLES]
    told = np.array([name if name in CAUSES else "other" for name in names], dtype=object)
    return np.where(month - last.max(axis=1) <= 12, told[last.argmax(axis=1)], "other")


def _begun(state: State, ids: NDArray[np.object_], world: World) -> _Office:
    """The office when the play begins, with the procedures that run."""
    homes = state.homes
    monitored, count = homes.status == MONITORED, len(homes)
    recognised = np.where(monitored, homes.since, NEVER).astype(np.int64)
    return _Office(
        world=world, ids=ids, status=homes.status.copy(), due=homes.decided.astype(np.int64),
        category=homes.category.copy(), fallen=recognised.copy(), recognised=recognised, told=recognised.copy(),
        by_visit=np.zeros(count, dtype=bool), averted=np.zeros(count, dtype=bool),
        visited=np.full(count, LONG_AGO, dtype=np.int64), helped_until=np.full(count, LONG_AGO, dtype=np.int64),
        extra=np.zeros_like(homes.net),
    )  # fmt: skip


def write_known(county: County, rows: Mapping[str, Sequence[pa.Table]], month: int, folder: Path) -> None:
    """Write a county's tables as they were known at the end of a month.

    Args:
        county: with what happened by itself.
        rows: what the office has written since the play began, by table.
        month: whose end it is.
        folder: that is made.
    """
    folder.mkdir(parents=True)
    day = datetime.date((month + 1) // 12, (month + 1) % 12 + 1, 1)
    known = {
        name: _known(name, pa.concat_tables([table, *rows.get(name, ())]), day) for name, table in county.tables.items()
    }
    named = pc.unique(known["households"]["household_id"])
    for name, table in known.items():
        mine = table.filter(pc.is_in(table["household_id"], named)) if "household_id" in table.schema.names else table
        pq.write_table(mine, folder / f"{name}.parquet", compression="none")


def _known(name: str, table: pa.Table, before: datetime.date) -> pa.Table:
    when = table[KNOWN.get(name, "known_at")]
    return table.filter(pc.less(when, before.isoformat() if pa.types.is_string(when.type) else pa.scalar(before)))


def _months(county: County, log: Log | None = None) -> Iterator[tuple[State, Land, NDArray[np.int32]]]:
    """The county month by month: at the end of the month before the play, and after each of its months.

    The state is the same one, changed in place. What is noted changes nothing of what happens.

    Yields:
        State, county, and the projects of each household in the first month of all.
    """
    world, seed = county.world, county.seed
    land = make_land(world, np.random.default_rng([seed, LAND]))
    blocks = list(plans(world, county.households, np.random.default_rng([seed, PLAN])))
    if len(blocks) > 1:
        raise ValueError(f"{county.households} exited households are more than one block")
    rng = np.random.default_rng([seed, BEGIN, 0])
    state = begin(land, blocks[0], rng)
    noted = Log(np.random.default_rng([seed, REPORT, 0])) if log is None else log
    books = Books(land, noted)

    def streams(month: int) -> np.random.Generator:
        return np.random.default_rng([seed, MONTH, 0, month])

    for month in range(first_of(world), world.begin):
        pass_month(state, land, month, streams(month), None)
    first = state.homes.project.copy()
    tell_running(state, land, noted, world.begin)
    begin_industry(state, land, world.begin, rng, noted)
    for month in range(world.begin, world.end + 1):
        if month == county.first:
            yield state, land, first
        passes = pass_month if month < county.first else _pass_untouched
        cash = passes(state, land, month, streams(month), log)
        if log is not None:
            books.note(state, month, cash)
        if month >= county.first:
            yield state, land, first


def _pass_untouched(state: State, land: Land, month: int, rng: np.random.Generator, log: Log | None) -> Cash:
    """A month without visits and procedure; see `relapse.data.simulator.month.pass_month`."""
    persons = state.count(state.people.here(month))
    seen = body(state, month, tuple(land.world.people.tracks), away_jobs(land.world))
    net = reference(state, land, month - 1, persons)[0]
    live(state, land, month, seen, rng, log)
    fall_ill(state, land, month, seen, rng, log)
    work(state, land, month, seen, rng, log)
    mend_and_break(state, land, month, rng, log)
    cash = earn(state, land, month, seen, rng, log)
    support(state, land, month, seen, net, rng, log)
    leave_poverty(state, month)
    return cash
