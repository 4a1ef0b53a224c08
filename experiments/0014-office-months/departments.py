"""A simulated county's tables as its departments' exports: Chinese headers and choices, told month by month."""

from __future__ import annotations

from pathlib import Path

import pandas as pd

from relapse.core.contract import Field
from relapse.data.contract_file import read_contract

TABLES = read_contract("national").tables
WHOLE = ("households", "persons", "project_members", "recognitions")  # exported whole each time, as registers are
KNOWN, CLOCK = "known_at", ("known_at", "withdrawn")
WORDS = {1.0: "是", 0.0: "否"}


def read(world: Path) -> dict[str, pd.DataFrame]:
    """By name, the tables of a simulated county."""
    tables = {path.stem: pd.read_parquet(path) for path in sorted(world.glob("*.parquet"))}
    kinds = {name: rows.select_dtypes("category").columns for name, rows in tables.items()}
    return {name: rows.astype(dict.fromkeys(kinds[name], object)) for name, rows in tables.items()}


def known(rows: pd.DataFrame) -> pd.Series:
    """The month in which each row became known, such as 2024-05."""
    column = KNOWN if KNOWN in rows else "pushed_at" if "pushed_at" in rows else "announced_on"
    return rows[column].astype(str).str.slice(0, 7)


def first(tables: dict[str, pd.DataFrame], folder: Path, month: str) -> None:
    """What the county's files hold at the end of a month, with the day on which each row was known."""
    folder.mkdir(parents=True, exist_ok=True)
    for name, rows in tables.items():
        write(rows[known(rows) <= month], name, folder / f"{TABLES[name].zh[0]}.csv")


def arriving(tables: dict[str, pd.DataFrame], inbox: Path, month: str, without: tuple[str, ...] = ()) -> list[str]:
    """What departments export at the end of a month: registers whole, of all else what is new.

    Args:
        tables: of the county, to the end of its days.
        inbox: where the exports arrive.
        month: such as 2024-06.
        without: tables of a department that is late.

    Returns:
        The files' names.
    """
    made = []
    day = pd.Period(month).end_time.strftime("%Y%m%d")
    for name, rows in tables.items():
        told = current(rows, name, month) if name in WHOLE else rows[known(rows) == month]
        if name not in without and len(told):
            made.append(f"{TABLES[name].zh[0]}_{day}.csv")
            write(told.drop(columns=[each for each in CLOCK if each in told]), name, inbox / made[-1])
    return made


def current(rows: pd.DataFrame, name: str, month: str) -> pd.DataFrame:
    """A register as it stands at the end of a month: of each entry the last that is known, without what has ended."""
    rows = rows[known(rows) <= month]
    key = [each for each in TABLES[name].key if each != "as_of"]
    order = [each for each in ("as_of", KNOWN) if each in rows]
    last = rows.sort_values(order, kind="stable").drop_duplicates(key, keep="last")
    there = last[last["withdrawn"] != 1] if "withdrawn" in last else last
    return there.drop(columns="as_of", errors="ignore").sort_index()


def write(rows: pd.DataFrame, name: str, path: Path) -> None:
    """A table under the headers and with the words of the templates, as Excel saves it in China."""
    fields = TABLES[name].fields
    told = {fields[column].zh[0]: said(rows[column], fields[column]) for column in rows}
    pd.DataFrame(told, index=rows.index).to_csv(path, index=False, encoding="gb18030", errors="replace")


def said(values: pd.Series, field: Field) -> pd.Series:
    """Codes in the words of the templates; numbers as they are written."""
    if field.kind == "choice":
        return values.map({code: words[0] for code, words in field.choices.items()}).fillna(values)
    if field.kind == "flag":
        return values.map(WORDS)
    return values.map(lambda each: f"{each:g}", na_action="ignore") if field.kind == "count" else values
