"""A county's folder in parts: too many rows to be held → a store of its panel, which nobody has to hold either."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from relapse.core.broken import together
from relapse.core.facts import Facts, Ints
from relapse.core.panel import HOUSEHOLDS, Line, Panel
from relapse.core.results import Finding
from relapse.data.county_checks import (
    TownshipMonths,
    months_known,
    newest_of,
    older_snapshots,
    silent_townships,
    township_months,
    two_counties,
)
from relapse.data.county_facts import HOUSEHOLD
from relapse.data.county_files import Source, find_files
from relapse.data.county_folder import CountyFolder, Draft, Faults, ages_of, file_findings, median_age, told_of, usable
from relapse.data.county_income import INCOME_PARTS, OWN_COST, MonthlyRows
from relapse.data.county_parts import HOUSEHOLDS_A_PART, Spread, findings_of, spread
from relapse.data.county_read import INCOME, PIECE, read_pieces
from relapse.data.hidden_names import hide
from relapse.data.panel_checks import refuse
from relapse.data.panel_store import PanelStore, open_store, write_parts
from relapse.data.read_export import parquet_rows

_TEXT_ROW = 50  # bytes of a row of a text file or a workbook, about: what is not Parquet does not tell its rows


def rows_about(county: CountyFolder) -> int:
    """About how many rows the files of a county hold.

    Raises:
        InputError: there is no such folder, or no table in it.
    """
    return sum(_rows_about(source.path) for source in find_files(county.place, county.tables).sources)


def _rows_about(path: Path) -> int:
    return parquet_rows(path) if path.suffix.lower() == ".parquet" else path.stat().st_size // _TEXT_ROW


def read_in_parts(
    county: CountyFolder, line: Line, folder: Path, size: int = HOUSEHOLDS_A_PART, piece: int = PIECE
) -> PanelStore:
    """The panel of a county's folder as a store; no more is held than a piece of a file, or a part of the households.

    Args:
        county: that is read.
        line: the line recipe.
        folder: empty, for the store and for what is put down on the way; up to three times as large as the files.
        size: households of a part.
        piece: rows of a Parquet file that are looked at together.

    Raises:
        InputError: no such folder, or a fault that stops the work.
    """
    rows, said = _put_down(county, folder / "rows", size, piece)
    refuse(hide([finding for finding in said if finding.severity == "stop"], rows.named, county.tables))
    rows.named.clear()
    parts = _Parts(county, line, rows, _newest(rows, county))
    store = _written(parts, folder / "store")
    refuse(hide(parts.findings(said), [], county.tables))
    assert store is not None, "a county of which nothing can be used is a fault that stops"
    return store


def examine_in_parts(
    county: CountyFolder, line: Line, folder: Path, size: int = HOUSEHOLDS_A_PART, piece: int = PIECE
) -> tuple[tuple[Finding, ...], PanelStore | None]:
    """Every fault of a county's folder, as `CountyFolder.examine` tells it, and the panel of all that can be used.

    Args:
        county: that is read.
        line: the line recipe.
        folder: see `read_in_parts`.
        size: households of a part.
        piece: rows of a Parquet file that are looked at together.

    Returns:
        The faults, and the store; None where nothing can be used.

    Raises:
        InputError: there is no such folder, or no table in it.
    """
    rows, said = _put_down(county, folder / "rows", size, piece)
    parts = _Parts(county, line, rows, _newest(rows, county))
    store = _written(parts, folder / "store")
    return tuple(hide(parts.findings(said), rows.named, county.tables)), store


def _put_down(county: CountyFolder, folder: Path, size: int, piece: int) -> tuple[Spread, list[Finding]]:
    """The rows of a folder by part, and what is wrong with its files and their cells."""
    county.prepare()
    county.check_fields()
    files = find_files(county.place, county.tables)
    ids = _ids(files.sources, county, piece)
    rows = spread(folder, files.sources, ids, county.reading, size, piece)
    said = [*file_findings(files), *(finding for pieces in rows.told for finding in findings_of(pieces))]
    stopped = any(finding.severity == "stop" for finding in said)
    brought = {name for source in files.sources for name in county.feeds(source)} if stopped else set(rows.tables)
    said += [Finding("table_missing", "stop", name) for name in (HOUSEHOLDS, INCOME) if name not in brought]
    return rows, said


def _written(parts: _Parts, folder: Path) -> PanelStore | None:
    """The panel as a store; None where nothing of the county can be used."""
    try:
        write_parts(folder, parts.head, parts.panels(), parts.whole)
    except _NothingUsableError:
        return None
    return open_store(folder, parts.line)


class _NothingUsableError(Exception):
    """No household has an income that can be used."""


def _ids(sources: Sequence[Source], county: CountyFolder, piece: int) -> NDArray[np.object_]:
    """(households,) all ids of the table households, sorted."""
    found: set[str] = set()
    for source in sources:
        if HOUSEHOLDS in county.feeds(source):
            for told in read_pieces(source, county.reading, piece):
                for rows in told.tables:
                    if rows.name == HOUSEHOLDS:
                        found.update(getattr(rows.columns[HOUSEHOLD], "levels", ()))
    return np.array(sorted(found), dtype=object)


def _newest(rows: Spread, county: CountyFolder) -> float:
    """The newest reported month, see `county_checks.newest_reported`."""
    exports = [seen.first.date for seen in rows.seen.values() if seen.first.date is not None]
    if INCOME not in rows.tables:
        return newest_of({}, exports)
    known = months_known(county.rows(INCOME, rows.of_nobody(INCOME)))
    for part in range(len(rows)):
        known += months_known(county.rows(INCOME, rows.of_part(INCOME, part)))
    return newest_of(known, exports)


@dataclass(eq=False)
class _Parts:
    """Panels of the parts, one after the other, and what all of them say together when all are made.

    Args:
        county: that is read.
        line: the line recipe.
        spread: its rows, by part.
        newest: the newest reported month of the county.
        faults: by table, every rule that was asked, with what all parts so far tell.
        counties: whether there are two in the folder.
        townships: reports of income of the parts so far, by township and month.
        assumed: by table, rows whose known date had to be assumed.
        ages: reports of income by their age when they became known.
        names: of sources and amounts that somebody has.
        begin: by table, facts and subjects of the parts so far.
        order: sources of income as a whole folder has them.
        usable: whether somebody has an income.
        span: first and last month.
        last: the panel of the last part that was made.
    """

    county: CountyFolder
    line: Line
    spread: Spread
    newest: float
    faults: Faults = field(default_factory=dict)
    counties: list[Finding] = field(default_factory=list)
    townships: TownshipMonths | None = None
    assumed: Counter[str] = field(default_factory=Counter)
    ages: Counter[int] = field(default_factory=Counter)
    names: dict[str, set[str]] = field(default_factory=lambda: {"sources": set(), "amounts": set()})
    begin: Counter[tuple[str, str]] = field(default_factory=Counter)
    order: tuple[str, ...] = ()
    usable: bool = False
    span: tuple[int, int] | None = None
    last: Panel | None = None

    @property
    def whole(self) -> set[str]:
        """Tables that tell of no household."""
        tables = self.county.tables.tables
        return {name for name in self.spread.tables if HOUSEHOLD not in tables[name].fields}

    def panels(self) -> Iterator[tuple[Ints, Panel]]:
        """Places in the whole panel, and panel, of each part."""
        whole, county = self._of_everybody(), self.county
        for part in range(len(self.spread)):
            places = self.spread.places(part)
            ids = self.spread.ids[places]
            mine = [name for name in self.spread.tables if name not in whole]
            tables = {name: county.rows(name, self.spread.of_part(name, part)) for name in mine}
            self.spread.forget(part)
            self.assumed.update({name: rows.assumed for name, rows in tables.items()})
            made, faults = county.facts(tables, ids, self.newest)
            self._keep(faults)
            facts = {
                name: self._numbered(made[name]) if name in made else whole[name]
                for name in dict.fromkeys((*self.spread.tables, *made))
            }
            self.ages += ages_of(facts.get(INCOME))
            if INCOME in facts:
                self.order = facts[INCOME].text("source").levels
            monthly = county.monthly(facts)
            self._note(monthly, ids, facts)
            self.last = county.panel(Draft(facts, ids, monthly, [], (), "", self.newest), self.line)
            yield places, self.last
        self._of_nobody()

    def head(self) -> Panel:
        """What the whole panel says of itself; its rows are those of the last part.

        Raises:
            _NothingUsableError: nobody has an income.
        """
        county = self.county
        if not self.usable or self.last is None:
            raise _NothingUsableError
        usual = median_age(self.ages) if county.max_age is None else county.max_age
        return replace(
            self.last,
            max_age=usual,
            assumed=county.assumed_rows({name: self.assumed[name] for name in self.spread.tables}),
            digest=county.digest_of(self.spread.digests),
            sources=self._ordered("sources"),
            amounts=self._ordered("amounts"),
            span=self.span,
        )

    def findings(self, said: Sequence[Finding]) -> list[Finding]:
        """Every fault, once all panels were made, in the order in which a whole folder has them.

        Args:
            said: of files and cells.
        """
        ordered = {name: self.faults[name] for name in self.spread.tables if name in self.faults}
        found = [*said, *older_snapshots(self.spread.days), *told_of(ordered), *self.counties]
        found += silent_townships(self.townships)
        if not self.usable and not any(finding.severity == "stop" for finding in found):
            found.append(Finding("nothing_usable", "stop", INCOME))
        return found

    def _numbered(self, facts: Facts) -> Facts:
        """Facts and subjects of a part numbered after those of the parts before, as those of a whole folder are."""
        fact, own = self._after(facts.name, "fact", facts.fact), facts.subject is not facts.household
        subject = self._after(facts.name, "subject", facts.subject) if own else facts.household
        return replace(facts, fact=fact, subject=subject)

    def _after(self, table: str, what: str, numbers: NDArray[np.integer]) -> NDArray[np.integer]:
        """(rows,) numbers from where those of the parts before ended."""
        begin = self.begin[table, what]
        self.begin[table, what] += int(numbers.max(initial=-1)) + 1
        made: NDArray[np.integer] = (numbers + begin).astype(numbers.dtype)
        return made

    def _of_everybody(self) -> dict[str, Facts]:
        """Tables that tell of no household: the same for all parts."""
        told = {name: self.county.rows(name, self.spread.of_everybody(name)) for name in sorted(self.whole)}
        self.assumed.update({name: rows.assumed for name, rows in told.items()})
        made, faults = self.county.facts(told, np.empty(0, dtype=object), self.newest)
        self._keep(faults)
        return {name: made[name] for name in made if name in self.whole}

    def _of_nobody(self) -> None:
        """Rows that tell no household of the county: their faults, and how many dates had to be assumed."""
        mine = [name for name in self.spread.tables if name not in self.whole]
        told = {name: self.county.rows(name, self.spread.of_nobody(name)) for name in mine}
        self.assumed.update({name: rows.assumed for name, rows in told.items()})
        self._keep(self.county.facts(told, np.empty(0, dtype=object), self.newest)[1])

    def _keep(self, faults: Faults) -> None:
        """Put what a part tells to what those before told."""
        for name, rules in faults.items():
            mine = self.faults.setdefault(name, {})
            for order, broken in rules.items():
                mine[order] = together((mine[order], broken)) if order in mine else broken

    def _note(self, monthly: MonthlyRows, ids: NDArray[np.object_], facts: Mapping[str, Facts]) -> None:
        """Remember what the part tells of the whole."""
        self.names["sources"] |= set(monthly.sources)
        self.names["amounts"] |= set(monthly.amounts)
        self.usable |= usable(ids, monthly)
        months = township_months(facts)
        if months is not None:
            self.townships = months if self.townships is None else self.townships + months
        if not self.counties:
            self.counties = two_counties(facts, self.spread.ids)
        if not len(monthly.period):
            return
        told = monthly.period[~np.isnan(monthly.income)]
        first, last = int(monthly.period.min()), int(told.max(initial=monthly.period.min()))
        self.span = (first, last) if self.span is None else (min(first, self.span[0]), max(last, self.span[1]))

    def _ordered(self, group: str) -> dict[str, NDArray[np.float64]]:
        """Names of a group in the order in which a whole folder has them; nobody looks at the values."""
        order = [*self.order, *(name for name in (*INCOME_PARTS, OWN_COST) if name not in self.order)]
        return {name: np.empty(0) for name in order if name in self.names[group]}
