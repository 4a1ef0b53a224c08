"""`data=county`: a folder of the files that an office has → a `Panel` in both clocks, and what is wrong with them."""

from __future__ import annotations

import hashlib
import json
import re
from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import asdict, replace
from dataclasses import dataclass as plain_dataclass
from functools import cached_property
from pathlib import Path
from typing import Annotated

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc
from numpy.typing import NDArray
from pydantic import Field, field_validator
from pydantic.dataclasses import dataclass

from relapse.core.assumptions import Assumption
from relapse.core.broken import Broken
from relapse.core.contract import Access, Contract, Table
from relapse.core.errors import InputError, nearest
from relapse.core.facts import Category, Facts
from relapse.core.handback import NamesVisitors, Recognised
from relapse.core.heads import Heads
from relapse.core.panel import DOUBTS, HOUSEHOLDS, Line, Panel
from relapse.core.periods import Calendar
from relapse.core.protocols import Examined
from relapse.core.recipe import STRICT, Count, Horizon, Share
from relapse.core.results import Finding
from relapse.core.threads import side_by_side
from relapse.data.contract_file import read_contract
from relapse.data.county_checks import Order, OwnDays, between_tables, newest_reported, older_snapshots, within_table
from relapse.data.county_facts import HOUSEHOLD, Rows, facts_of, rows_of
from relapse.data.county_files import Files, Source, find_files
from relapse.data.county_heads import read_heads
from relapse.data.county_income import COSTS, INCOME_PARTS, MonthlyRows, monthly_rows
from relapse.data.county_read import Reading, Told, read_source
from relapse.data.county_typed import Typed
from relapse.data.formula import Formula
from relapse.data.hidden_names import hide
from relapse.data.panel_checks import refuse
from relapse.data.pseudonyms import PASSING, Key, KeyPlace, county_key

CALENDAR = Calendar("monthly")
RECOGNITIONS = "recognitions"
Faults = dict[str, dict[Order, Broken]]  # by table and order of the rules, those that were asked, with their findings
_OF_VISITOR = 12  # signs of a visitor's pseudonym that are kept
DERIVED = {  # what the reading says of a field that names a person, and of which
    **dict.fromkeys(("id_length", "id_valid", "id_placeholder", "id_same", "id_born", "id_sex"), "id_number"),
    **dict.fromkeys(("id_certificate_kind", "id_certificate_grade"), "id_number"),
    **dict.fromkeys(("phone_valid", "phone_same"), "phone"),
    "person_same": "person_id",
}


@plain_dataclass(frozen=True, eq=False)
class Draft:
    """What a folder holds, and what is wrong with it.

    Args:
        facts: tables in both clocks, of the households of the county.
        household_ids: (households,) sorted.
        rows: income and amounts by household, month and known month.
        findings: every fault, in the order of the files.
        assumed: what had to be assumed.
        digest: SHA-256 of all files and of the settings that change a value.
        newest: the newest reported month, NaN where nothing tells it.
    """

    facts: Mapping[str, Facts]
    household_ids: NDArray[np.object_]
    rows: MonthlyRows
    findings: list[Finding]
    assumed: tuple[Assumption, ...]
    digest: str
    newest: float


@dataclass(frozen=True, config=STRICT)
class CountyFolder:
    """A county's folder; `conf/data/county.yaml` has the defaults and whose they are.

    Args:
        path: the folder.
        name: of the county: one model and one folder of lists bear it; None for the folder's name.
        region: administrative code of 2, 4 or 6 digits, for the line.
        contract: what the tables hold: a name in `conf/contract/`, or a file.
        formula: what counts as income.
        columns: by table and field, the header that this county's files have, where it is another.
        delays: by table, months after which a row counts as known where nothing tells it; the contract's by default.
        year_ends_in: last month of the year that annual sums in an export speak of.
        window: months whose income is summed before it is held against the line.
        reported_share: share of a window's months that must be reported.
        max_age: months by which the newest known income may lag behind `as_of`; None: as the reports came.
        lookback: months of history that features may use.
        money: what money is called.
        horizons: months ahead.
        simulated: whether a simulator made the folder.
        list_length: households on a list: a count, or a share such as `5pct`.
        absurd_above: amounts beyond this are taken for mistakes.
        longest_span: an income of more months is taken for a mistake.
        key_file: with the key of the county's pseudonyms; None: a key of each run's own, which is kept nowhere.
        key_state: folder that remembers which key was used.
        key_outside: folders in which no key may lie, besides the county's own.
        parts_above: rows of all files; a county of more is read in parts where that can be done.
    """

    path: str
    name: str | None
    region: str
    contract: str
    formula: Formula
    columns: Mapping[str, Mapping[str, str]]
    delays: Mapping[str, Annotated[int, Field(ge=0)]]
    year_ends_in: Annotated[int, Field(ge=1, le=12)]
    window: Count
    reported_share: Share
    max_age: Annotated[int, Field(ge=0)] | None
    lookback: Count
    money: str
    horizons: tuple[Horizon, ...]
    simulated: bool
    list_length: Count | str
    absurd_above: Annotated[float, Field(gt=0)]
    longest_span: Count
    key_file: str | None
    key_state: str
    key_outside: tuple[str, ...]
    parts_above: Annotated[float, Field(ge=0)]

    @field_validator("name")
    @classmethod
    def _is_name(cls, value: str | None) -> str | None:
        if value is not None and re.fullmatch(r"\w[\w.-]*", value) is None:
            raise ValueError(f"'{value}' names a folder and a model: use letters, digits, - and _")
        return value

    @field_validator("region", mode="before")
    @classmethod
    def _is_text(cls, value: object) -> object:  # YAML takes a code without quotation marks for a number
        return str(value) if isinstance(value, int) and not isinstance(value, bool) else value

    @field_validator("region")
    @classmethod
    def _is_region(cls, value: str) -> str:
        if re.fullmatch(r"(\d{2}|\d{4}|\d{6})?", value) is None:
            raise ValueError(f"'{value}' is no administrative code of 2, 4 or 6 digits")
        return value

    @property
    def panel_name(self) -> str:
        """The county's name: as said, else that of the folder."""
        return self.name or re.sub(r"[^\w-]+", "_", Path(self.path).expanduser().resolve().name).strip("_") or "county"

    @property
    def default_horizons(self) -> tuple[int, ...]:
        """Months ahead where the command names none."""
        return self.horizons

    @property
    def calendar(self) -> Calendar:
        """Months."""
        return CALENDAR

    def prepare(self) -> bool:
        """Nothing is made: the files are there."""
        return False

    def read(self, line: Line) -> Panel:
        """The panel of the folder.

        Args:
            line: the line recipe.

        Raises:
            InputError: no such folder, or a fault that stops the work.
        """
        draft = self.draft()
        refuse(draft.findings)
        return self.panel(draft, line)

    def examine(self, line: Line) -> Examined:
        """Every fault of the files in one pass, and the panel of all that can be used, also where a fault stops.

        Raises:
            InputError: there is no such folder, or no table in it.
        """
        draft = self.draft()
        panel = self.panel(draft, line) if usable(draft.household_ids, draft.rows) else None
        return Examined(tuple(draft.findings), panel)

    def draft(self) -> Draft:
        """All files read, every fault noted; rows that cannot be used are left out.

        Raises:
            InputError: there is no such folder, or no table in it.
        """
        self.check_fields()
        files = find_files(Path(self.path).expanduser(), self.tables)
        reading = self.reading
        told = side_by_side(lambda source: read_source(source, reading), files.sources)
        findings = [*file_findings(files), *(finding for each in told for finding in each.findings)]
        digests, parts, named = [each.digest for each in told], _by_table(told), [each.named for each in told]
        del told  # a table's rows are let go of as soon as its facts are made
        stopped = any(finding.severity == "stop" for finding in findings)
        brought = {name for source in files.sources for name in self.feeds(source)} if stopped else set(parts)
        findings += [Finding("table_missing", "stop", name) for name in (HOUSEHOLDS, "income") if name not in brought]
        draft = self._draft(parts, findings, digests)
        return replace(draft, findings=hide(draft.findings, named, self.tables))

    def panel(self, draft: Draft, line: Line) -> Panel:
        """The panel of a draft."""
        rows = draft.rows
        return Panel(
            name=self.panel_name,
            calendar=CALENDAR,
            window=self.window,
            reported_share=self.reported_share,
            max_age=_usual_age(draft) if self.max_age is None else self.max_age,
            lookback=self.lookback,
            money=self.money,
            simulated=self.simulated,
            household_ids=draft.household_ids,
            household=rows.household,
            period=rows.period,
            known=rows.known,
            income=rows.income,
            size=None,
            sources=rows.sources,
            covariates={},
            categories={},
            village=None,
            township=None,
            weight=None,
            state=None,
            line_column=None,
            region=self.region or _told_region(draft),
            line=line,
            titles=_titles(self.tables),
            digest=draft.digest,
            assumed=draft.assumed,
            amounts=rows.amounts,
            measured=rows.measured,
            tables=draft.facts,
            references={"payout": 1.0, "own_cost": -1.0},
            costs=COSTS,
            newest=None if np.isnan(draft.newest) else int(draft.newest),
        )

    def heads(self, household_ids: Sequence[str]) -> Heads:
        """Who heads some households: for an office's own files alone, see `core.heads`.

        Raises:
            InputError: a file cannot be read.
        """
        return read_heads(find_files(Path(self.path).expanduser(), self.tables).sources, self.reading, household_ids)

    def called(self) -> str:
        """What most households of the newest file say that their county is called; empty where none tells it."""
        try:
            sources = find_files(self.place, self.tables).sources
        except InputError:  # no folder, or no table in it: nothing tells it
            return ""
        mine = [each for each in sources if HOUSEHOLDS in self.feeds(each)]
        parts = _by_table([read_source(each, self.reading) for each in mine[-1:]]).get(HOUSEHOLDS, [])
        said = [part.columns["county"] for part in parts if "county" in part.columns]
        names = Counter(name for each in said if isinstance(each, Category) for name in each.texts() if name)
        return min(names, key=lambda name: (-names[name], name)) if names else ""

    def recognised(self, as_of: str | None) -> Recognised:
        """Recognitions as believed at the end of a month; no other table is looked at.

        Args:
            as_of: YYYY-MM; None for the newest month in which one became known.

        Raises:
            InputError: there is no such folder, or it is no month.
        """
        files = find_files(Path(self.path).expanduser(), self.tables)
        mine = [source for source in files.sources if RECOGNITIONS in self.feeds(source)]
        parts = _by_table([read_source(source, self.reading) for source in mine]).get(RECOGNITIONS, [])
        month = None if as_of is None else CALENDAR.parse(as_of)
        if not parts:
            return Recognised(np.empty(0, dtype=object), np.empty(0, np.int64), month or 0)
        rows = self.rows(RECOGNITIONS, parts)
        ids = rows.columns[HOUSEHOLD]
        assert isinstance(ids, Category)
        table = self.tables.tables[RECOGNITIONS]
        facts = facts_of(RECOGNITIONS, table, rows, ids.codes.astype(np.int32), _access(table))
        newest = int(facts.known.max()) if month is None else month
        held = facts.at(newest)
        held = held.take((held.household >= 0) & (held.happened > 0))
        return Recognised(np.array(ids.levels, dtype=object)[held.household], held.happened.astype(np.int64), newest)

    @property
    def visitor_code(self) -> NamesVisitors | None:
        """Pseudonyms of visitors under the county's key; None where it has no key that lasts."""
        if self.key_file is None:
            return None
        key = self._key
        return lambda names: [key.pseudonym(f"visitor {name}")[:_OF_VISITOR] for name in names]

    @property
    def place(self) -> Path:
        """The county's folder."""
        return Path(self.path).expanduser()

    @cached_property
    def tables(self) -> Contract:
        """The contract itself."""
        return read_contract(self.contract)

    @property
    def reading(self) -> Reading:
        """How its files are read."""
        return Reading(self.tables, self.columns, self.year_ends_in, self._key)

    @property
    def key_place(self) -> KeyPlace | None:
        """Where the key of the county's pseudonyms lies; None where each run has its own."""
        if self.key_file is None:
            return None
        outside = tuple(Path(place) for place in (self.path, *self.key_outside))
        return KeyPlace(Path(self.key_file), self.panel_name, Path(self.key_state), outside)

    @cached_property
    def _key(self) -> Key:
        """Of the county's pseudonyms."""
        return PASSING if self.key_place is None else county_key(self.key_place)

    def feeds(self, source: Source) -> tuple[str, ...]:
        """Tables that a file feeds, if it can be read."""
        return self.tables.exports[source.name].feeds if source.export else (source.name,)

    def check_fields(self) -> None:
        """Refuse settings that name a table or a field which there is not.

        Raises:
            InputError: they do.
        """
        for setting in ("columns", "delays"):
            for table in getattr(self, setting):
                self.tables.table(table)
        for table, fields in self.columns.items():
            for field in fields:
                if field not in self.tables.tables[table].fields:
                    known = self.tables.tables[table].fields
                    raise InputError(f"data.columns.{table}.{field}: no such field; {nearest(field, known)}")

    def _draft(self, parts: dict[str, list[Typed]], findings: list[Finding], digests: Sequence[str]) -> Draft:
        exports = [part.date for each in parts.values() for part in each if part.date is not None]
        days = OwnDays()
        for part in (part for each in parts.values() for part in each):
            days.add(part)
        findings += older_snapshots(days)
        tables = {name: self.rows(name, parts.pop(name)) for name in list(parts)}
        ids, newest = _household_ids(tables), newest_reported(tables, exports)
        assumed = self.assumed_rows({name: rows.assumed for name, rows in tables.items()})
        facts, faults = self.facts(tables, ids, newest)
        findings += told_of(faults)
        findings += between_tables(facts, ids)
        monthly, digest = self.monthly(facts), self.digest_of(digests)
        if not usable(ids, monthly) and not any(finding.severity == "stop" for finding in findings):
            findings.append(Finding("nothing_usable", "stop", "income"))
        return Draft(facts, ids, monthly, findings, assumed, digest, newest)

    def assumed_rows(self, rows: Mapping[str, int]) -> tuple[Assumption, ...]:
        """Of how many rows of each table the known date had to be assumed."""
        return tuple(
            Assumption(
                "table_known_at",
                {"rows": f"{count:,}", "table": name, "delay": str(self._delay(name))},
                {"table": self.tables.tables[name].zh[0]},
            )
            for name, count in rows.items()
            if count
        )

    def facts(
        self, tables: dict[str, Rows], ids: NDArray[np.object_], newest: float
    ) -> tuple[dict[str, Facts], Faults]:
        """Tables in both clocks, and every fault of each; rows are let go of as soon as their facts are made.

        Args:
            tables: rows of each table, of some households.
            ids: (households,) of these, sorted.
            newest: the newest reported month of the county.
        """
        facts: dict[str, Facts] = {}
        faults: Faults = {}
        doubts: list[tuple[NDArray[np.int32], NDArray[np.float64]]] = []
        for name in list(tables):
            table, rows = self.tables.tables[name], tables.pop(name)
            household = _places(rows, ids)
            checked = within_table(name, table, rows, household, self.absurd_above, self.longest_span, newest)
            faults[name] = checked.faults
            doubts.append((household[checked.doubted], rows.known[checked.doubted]))
            del rows
            usable, access = checked.usable, _access(table)
            facts[name] = facts_of(name, table, checked.rows.take(usable), household[usable], access)
        facts[DOUBTS] = _doubts(doubts, newest)
        return facts, faults

    def rows(self, name: str, parts: Sequence[Typed]) -> Rows:
        """The rows of all files of a table with both clocks."""
        return rows_of(name, self.tables.tables[name], parts, self._delay(name))

    def _delay(self, name: str) -> int:
        """Months after which a row of a table counts as known where nothing tells it."""
        return self.delays.get(name, self.tables.tables[name].months_to_know)

    def monthly(self, facts: Mapping[str, Facts]) -> MonthlyRows:
        """Rows of a household and month from the tables of income and claims."""
        if "income" not in facts:
            empty = np.empty(0)
            none = np.empty(0, np.int32)
            return MonthlyRows(none, none, none, empty, {}, {}, empty)
        return monthly_rows(facts["income"], facts.get("claims"), self.formula)

    def digest_of(self, digests: Sequence[str]) -> str:
        """SHA-256 over those of all files, and the settings that change a value."""
        settings = asdict(self)
        for words in (
            "path", "name", "money", "horizons", "list_length", "key_file", "key_state", "key_outside", "parts_above",
        ):  # fmt: skip
            settings.pop(words)
        text = json.dumps([settings, sorted(digests)], sort_keys=True, default=str)
        return hashlib.sha256(text.encode()).hexdigest()


def _titles(contract: Contract) -> dict[str, str]:
    """What people call a source of income, a table, and each field of it (`table.field`): the templates' words."""
    sources = contract.tables["income"].fields["source"].choices
    titles = {name: sources[name][0] for name in INCOME_PARTS}
    for name, table in contract.tables.items():
        titles |= {name: table.zh[0]} | {f"{name}.{key}": field.zh[0] for key, field in table.fields.items()}
        for made, field_name in DERIVED.items():
            if field_name in table.fields:
                titles[f"{name}.{made}"] = table.fields[field_name].zh[0]
    return titles


def told_of(faults: Faults) -> list[Finding]:
    """The findings of all tables, in their order."""
    return [finding for rules in faults.values() for _, broken in sorted(rules.items()) for finding in broken.told()]


def file_findings(files: Files) -> list[Finding]:
    """What is odd about the files themselves: names that are none of a table, two exports of one day."""
    ignored = [Finding("file_ignored", "note", name, details={"nearest": near}) for name, near in files.unknown]
    days = [(source.name, source.date) for source in files.sources if source.date]
    twice = [
        Finding("snapshot_twice", "stop", source.path.name, value=source.date)
        for source in files.sources
        if days.count((source.name, source.date)) > 1
    ]
    return [*ignored, *twice]


def _access(table: Table) -> dict[str, Access]:
    """What each column may be used for: what is said of a person's number is for audits alone."""
    return {**{name: field.access for name, field in table.fields.items()}, **dict.fromkeys(DERIVED, "identity")}


def usable(ids: NDArray[np.object_], rows: MonthlyRows) -> bool:
    """Whether a household has an income."""
    return bool(len(ids)) and not bool(np.isnan(rows.income).all())


def _by_table(told: Sequence[Told]) -> dict[str, list[Typed]]:
    parts: dict[str, list[Typed]] = {}
    for each in told:
        for part in each.tables:
            if len(part):
                parts.setdefault(part.name, []).append(part)
    return parts


def _household_ids(tables: Mapping[str, Rows]) -> NDArray[np.object_]:
    """(households,) all ids of the table households, sorted."""
    if HOUSEHOLDS not in tables:
        return np.empty(0, dtype=object)
    ids = tables[HOUSEHOLDS].columns[HOUSEHOLD]
    assert isinstance(ids, Category)
    return np.array(sorted(ids.levels), dtype=object)


def _places(rows: Rows, ids: NDArray[np.object_]) -> NDArray[np.int32]:
    """(rows,) the place of each row's household, -1 where it has none or is not in the table households."""
    told = rows.columns.get(HOUSEHOLD)
    if not isinstance(told, Category):
        return np.full(len(rows.row), -1, np.int32)
    levels = pa.array(told.levels, type=pa.large_string())
    place = pc.fill_null(pc.index_in(levels, pa.array(ids, type=pa.large_string())), -1)
    return np.append(place.to_numpy(), np.int32(-1))[told.codes]


def _doubts(doubts: Sequence[tuple[NDArray[np.int32], NDArray[np.float64]]], newest: float) -> Facts:
    """Since when there are rows of a household that must be corrected: since the newest month where no row tells it."""
    household = np.concatenate([who for who, _ in doubts] or [np.empty(0, np.int32)])
    known = np.fmin(np.concatenate([when for _, when in doubts] or [np.empty(0)]), newest)
    kept = (household >= 0) & ~np.isnan(known)
    order = np.lexsort((known[kept], household[kept]))
    who, when = household[kept][order].astype(np.int32), np.floor(known[kept][order]).astype(np.int32)
    rows = np.arange(len(who), dtype=np.int64)
    none = Category(np.full(len(who), -1, np.int32), ())
    return Facts(DOUBTS, who, rows, rows, when, when, np.zeros(len(who), dtype=bool), {}, {}, rows * 0, none)


def _told_region(draft: Draft) -> str:
    """The code of the county where all households tell the same, else nothing."""
    homes = draft.facts.get(HOUSEHOLDS)
    told = {level[:6] for level in homes.text("region_code").levels} if homes and "region_code" in homes else set()
    return told.pop() if len(told) == 1 else ""


def _usual_age(draft: Draft) -> int:
    """Months by which the newest income lags just before the next report: the median age of a report's first month."""
    return median_age(ages_of(draft.facts.get("income")))


def ages_of(income: Facts | None) -> Counter[int]:
    """How many reports became known so many months after their first month."""
    if income is None or not len(income):
        return Counter()
    told = (income.known > -(10**6)) & ~income.withdrawn
    ages = (income.known - income.happened)[told]
    if not len(ages):
        return Counter()
    counts = np.bincount(ages - ages.min())  # counted: a search for the middle one of so few ages is slow
    there = np.flatnonzero(counts)
    return Counter(dict(zip((there + ages.min()).tolist(), counts[there].tolist(), strict=True)))


def median_age(ages: Mapping[int, int]) -> int:
    """The median of counted ages, rounded up; 0 where there are none."""
    if not ages:
        return 0
    months = np.array(sorted(ages))
    upto = np.cumsum([ages[month] for month in months.tolist()])
    low, high = months[np.searchsorted(upto, [(upto[-1] - 1) // 2, upto[-1] // 2], side="right")].tolist()
    return int(np.ceil((low + high) / 2))
