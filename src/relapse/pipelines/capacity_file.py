"""The county's own table of what each township can do in a month."""

from __future__ import annotations

import math
from typing import Any

import pandas as pd

from relapse.core.errors import InputError, nearest
from relapse.county.risk_list.capacity import TownshipCapacity
from relapse.data.read_table import read_table

_HEADERS = {
    "township": ("township", "乡镇", "乡镇(街道)"),
    "visits": ("visits", "可走访户数", "走访户数"),
    "calls": ("calls", "可电话问询户数", "电话问询户数"),
    "month": ("month", "月份"),
}


def capacity_table(path: str | None, period: int) -> dict[str, TownshipCapacity]:
    """Visits and calls by township in a month: a row of that month before one of all months.

    Args:
        path: of a CSV, Parquet or xlsx file with `township` (乡镇) and `visits` (可走访户数), and where they differ
            `calls` (可电话问询户数) and `month` (月份): 1 to 12, or such as 2026-03; None for no file.
        period: month, counted from year 0.

    Raises:
        InputError: there is no such file, or it cannot be used.
    """
    if path is None:
        return {}
    table = read_table(path, _HEADERS["township"])
    frame = _renamed(table.columns.to_pandas(), table.name)
    rows = table.rows.tolist()
    where = [f"{table.name} row {row}" for row in rows]
    told: dict[tuple[str, str], TownshipCapacity] = {}
    for place, line in enumerate(frame.to_dict("records")):
        month = _month(line.get("month"), where[place])
        name = str(line["township"]).strip()
        if not _is_of(month, period):
            continue
        if (name, month) in told:
            raise InputError(f"{where[place]}: the township '{name}' stands there twice for the same month; keep one")
        calls = _count(line.get("calls"), "calls", where[place])
        visits = _count(line["visits"], "visits", where[place])
        if visits is None:
            raise InputError(f"{where[place]}: visits is empty; write 0 where nobody can visit")
        told[name, month] = TownshipCapacity(visits, calls)
    usual = {name: each for (name, month), each in told.items() if not month}
    yearly = {name: each for (name, month), each in told.items() if month and "-" not in month}
    return usual | yearly | {name: each for (name, month), each in told.items() if "-" in month}


def _renamed(frame: pd.DataFrame, file: str) -> pd.DataFrame:
    names = {header: key for key, headers in _HEADERS.items() for header in headers}
    frame = frame.rename(columns=lambda header: names.get(str(header).strip(), str(header)))
    for key in ("township", "visits"):
        if key not in frame.columns:
            raise InputError(
                f"{file} has no column '{key}' ({_HEADERS[key][1]}), which risk_list.capacity.file needs; "
                f"{nearest(key, frame.columns)}"
            )
    return frame


def _month(value: Any, where: str) -> str:
    """Empty for all months, `3` for every March, `2026-03` for one."""
    said = "" if pd.isna(value) else str(value).strip().removesuffix(".0")
    year, _, month = said.rpartition("-")
    if said and not (month.isdigit() and 1 <= int(month) <= 12 and (not year or (year.isdigit() and len(year) == 4))):
        raise InputError(f"{where}: '{said}' is no month; write 1 to 12, or such as 2026-03")
    return f"{year}-{int(month):02d}" if year else str(int(month)) if said else ""


def _is_of(month: str, period: int) -> bool:
    year, in_year = divmod(period, 12)
    return month in ("", str(in_year + 1), f"{year:04d}-{in_year + 1:02d}")


def _count(value: Any, name: str, where: str) -> int | None:
    said = "" if pd.isna(value) else str(value).strip()
    if not said:
        return None
    try:
        number = float(said)
    except ValueError:
        number = math.nan
    if not (number >= 0 and number == int(number)):
        raise InputError(f"{where}: {name} is '{said}'; write how many households, a whole number")
    return int(number)
