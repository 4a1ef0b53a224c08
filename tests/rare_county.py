"""A small simulated county, into whose tables is put what seldom or never happens there, known by December 2024.

Every rule and every sentence of a list has somebody then to speak of.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from functools import cache, cached_property
from pathlib import Path

import pandas as pd

from raw_county import RawCounty
from relapse import config
from relapse.core.panel import Panel
from simulated_counties import county

AS_OF, HORIZON, HOUSEHOLDS = "2024-12", 6, 500
KNOWN = date(2024, 12, 20)
EVENTS: tuple[Mapping[str, object], ...] = (
    {"kind": "dropout", "happened_at": date(2024, 11, 12)},
    {"kind": "disaster", "happened_at": date(2024, 10, 3), "loss": 23_400.0, "payout": 0.0},
    {"kind": "fire", "happened_at": date(2024, 12, 1), "loss": 31_050.0, "payout": 5_000.0},
    {"kind": "appeal", "happened_at": date(2024, 11, 2)},
    {"kind": "water_cut", "happened_at": date(2024, 11, 20)},
    {"kind": "house_damage", "happened_at": date(2024, 12, 9)},
    {"kind": "traffic", "happened_at": date(2024, 11, 15), "injury": "dead"},
    {"kind": "accident", "happened_at": date(2024, 10, 15), "injury": "grave"},
    {"kind": "illness", "happened_at": date(2024, 10, 20)},
)
STATES: tuple[Mapping[str, object], ...] = (
    {"house_grade": "c", "dangerous_house": 1.0}, {"house_grade": "d"}, {"safe_water": 0.0}, {"food_clothing": 0.0},
)  # fmt: skip
PEOPLE: tuple[Mapping[str, object], ...] = ({"support": "dispersed"}, {"allowance": "rural"}, {"orphan": 1.0})


@dataclass(frozen=True)
class RareCounty:
    """The county, and what its tables say without the package.

    Args:
        folder: of its tables.
    """

    folder: Path

    @cached_property
    def panel(self) -> Panel:
        made: Panel = county(path=str(self.folder), households=HOUSEHOLDS).read(config.option("line", "auto"))
        return made

    @cache  # noqa: B019 - as long as the tests
    def raw(self, as_of: str = AS_OF) -> RawCounty:
        """The tables as they were known at the end of a month."""
        return RawCounty(self.folder, as_of, self.panel.max_age, HORIZON)


def make(folder: Path) -> None:
    """Make the tables in a folder."""
    county(path=str(folder), households=HOUSEHOLDS).prepare()
    add(folder)


def add(folder: Path) -> None:
    """Add it to a folder of Parquet tables, each thing to a household of its own that was never recognised."""
    tables = {path.stem: plain(pd.read_parquet(path)) for path in folder.glob("*.parquet")}
    who = iter(never_recognised(tables))
    tables["persons"]["orphan"] = 0.0
    tables["persons"]["not_in_school_reason"] = pd.Series(None, index=tables["persons"].index, dtype=object)
    tables["clues"]["verified_at"] = pd.Series(None, index=tables["clues"].index, dtype=object)
    add_rows(tables, "events", [{"household_id": next(who), **event} for event in EVENTS])
    for table, changes in (("households", STATES), ("persons", PEOPLE)):
        add_rows(tables, table, [{**newest(tables[table], next(who)), **change} for change in changes])
    add_rows(tables, "clues", [{"household_id": next(who), "department": "health", "item": "大病", "pushed_at": KNOWN}])
    helped = [("support", "temporary_relief", 3_000.0), ("support", "allowance", None)]
    add_rows(tables, "measures", [
        {"household_id": next(who), "kind": kind, "item": item, "from": "2024-11", "amount": amount}
        for kind, item, amount in helped
    ])  # fmt: skip
    prices, projects, members = tables["prices"], tables["projects"], tables["project_members"]
    prices.loc[(prices["product"] == "maize") & (prices["month"] >= "2024-10"), "price"] *= 0.5
    running = projects.sort_values("as_of").drop_duplicates("project_id", keep="last").query("status == 'running'")
    stopped = running[running["project_id"].isin(members["project_id"])].iloc[0]
    add_rows(tables, "projects", [{**stopped, "status": "stopped", "as_of": date(2024, 12, 3)}])
    mine = members[
        members["project_id"] == running[running["project_id"].isin(members["project_id"])].iloc[1]["project_id"]
    ]
    add_rows(tables, "dividends", [
        {"household_id": mine.iloc[0]["household_id"], "project_id": mine.iloc[0]["project_id"], "due_month": "2024-08", "amount": 400.0}
    ])  # fmt: skip
    for name, table in tables.items():
        table.to_parquet(folder / f"{name}.parquet")


def plain(table: pd.DataFrame) -> pd.DataFrame:
    """Without categories, which take no new word."""
    return table.astype({name: object for name, kind in table.dtypes.items() if isinstance(kind, pd.CategoricalDtype)})


def never_recognised(tables: Mapping[str, pd.DataFrame]) -> list[str]:
    """Exited households that are still there, with work, an income of November and no measure of the last years."""
    homes = tables["households"].sort_values("as_of", kind="stable").drop_duplicates("household_id", keep="last")
    there = homes[(homes["type"] == "exited") & (homes["withdrawn"] != 1) & (homes["house_grade"] == "a")][
        "household_id"
    ]
    told = tables["income"].query("to >= '2024-11'")["household_id"]
    helped = tables["measures"].query("`from` >= '2022-01' or item == 'allowance'")["household_id"]
    busy = [tables["recognitions"]["household_id"], tables["events"]["household_id"], helped]
    free = there[there.isin(told) & ~there.isin(pd.concat(busy))]
    return sorted(free.astype(str))


def newest(table: pd.DataFrame, who: str) -> dict[str, object]:
    """The newest state of a household, or of its first member, told anew."""
    rows = table[table["household_id"] == who].sort_values("as_of", kind="stable")
    if "person_id" in rows:
        rows = rows[(rows["person_id"] == rows["person_id"].min())]
    return {**rows.iloc[-1], "as_of": date(2024, 11, 15)}


def add_rows(tables: dict[str, pd.DataFrame], name: str, rows: list[dict[str, object]]) -> None:
    table = tables[name]
    more = pd.DataFrame([{**row, **({"known_at": KNOWN} if "known_at" in table else {})} for row in rows])
    tables[name] = pd.concat([table, more.reindex(columns=table.columns).astype(table.dtypes)], ignore_index=True)
