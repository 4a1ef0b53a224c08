"""A county for tests of rules, written as rows of dicts: months as `2023-05`, everything else as it is meant."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from typing import Any

import numpy as np
import pandas as pd

from relapse import config
from relapse.core.facts import NO_MONTH, Category, Facts
from relapse.core.panel import Panel
from relapse.core.periods import Calendar
from relapse.county.audits.snapshot import Snapshot

Row = Mapping[str, Any]
MONTHLY = Calendar("monthly")
AS_OF = "2023-12"
_MONTH = re.compile(r"\d{4}-\d{2}")
_SUBJECT = {"persons": "person_id", "projects": "project_id", "project_members": "project_id", "villages": "village"}
_HAPPENED = {
    "households": "as_of", "persons": "as_of", "work": "from", "claims": "month", "events": "happened_at",
    "measures": "from", "dividends": "due_month", "prices": "month", "clues": "pushed_at",
    "recognitions": "recognised_at", "visits": "visited_at", "lines": "valid_from", "facts": "happened_at",
    "projects": "as_of", "villages": "as_of", "project_members": "since", "income": "from",
}  # fmt: skip


def facts_of(name: str, rows: Sequence[Row], ids: Sequence[str], recognition: Sequence[str] = ()) -> Facts:
    """A table in both clocks; `known_at` and `withdrawn` of a row count, every row is a fact of its own."""
    table = pd.DataFrame([dict(row) for row in rows])
    happened_field, subject_field = _HAPPENED.get(name, ""), _SUBJECT.get(name, "household_id")
    months = table.get(happened_field, pd.Series([None] * len(table)))
    happened = np.array([_month(text) for text in months], dtype=np.int32)
    known = np.array([_month(text, default=0) for text in table.get("known_at", [None] * len(table))], dtype=np.int32)
    who = [list(ids).index(h) if h in ids else -1 for h in table.get("household_id", [""] * len(table))]
    household = np.array(who, dtype=np.int32)
    whose = pd.Series([str(text) for text in table.get(subject_field, [""] * len(table))])
    if name == "project_members":  # a household in a project
        whose += "·" + table["household_id"].astype(str)
    subject = pd.factorize(whose)[0].astype(np.int64)
    order = np.lexsort((known, happened, subject, household))
    columns = {
        key: _column(table[key].iloc[order])
        for key in table.columns
        if key not in ("household_id", "known_at", "withdrawn")
    }
    return Facts(
        name, household[order], subject[order], np.arange(len(table), dtype=np.int64), happened[order], known[order],
        table.get("withdrawn", pd.Series([False] * len(table))).fillna(False).to_numpy(dtype=bool)[order],
        columns, {key: "recognition" if key in recognition else "known" for key in columns},
        order.astype(np.int64) + 2, Category(np.zeros(len(table), np.int32), (f"{name}.csv",)),
    )  # fmt: skip


def county_of(
    income: Mapping[str, Sequence[float | None]] | None = None,
    as_of: str = AS_OF,
    line: float = 7300.0,
    amounts: Mapping[str, Mapping[str, Sequence[float]]] | None = None,
    sources: Mapping[str, Mapping[str, Sequence[float]]] | None = None,
    **tables: Sequence[Row],
) -> Snapshot:
    """A county at an as_of.

    Args:
        income: by household, net income of the household in each of the last months, the as_of's last; without one
            every household of the table `households` gets 1,000 a month for three years.
        as_of: a month.
        line: yuan per person and year, fixed.
        amounts: by name (payout, own_cost) and household, money in each of the last months.
        sources: by source (wage …) and household, the same.
        tables: rows by table; `households` must be there, with `type` exited, `size` 1, `village` v and `township` t
            unless said otherwise.
    """
    homes = [
        {"township": "t", "village": "v", "type": "exited", "size": 1.0, "as_of": "2015-01", **row}
        for row in tables["households"]
    ]
    ids = sorted({str(row["household_id"]) for row in homes})
    told = income if income is not None else {household: [1000.0] * 36 for household in ids}
    end = MONTHLY.parse(as_of)
    cells = [
        (ids.index(household), end - len(values) + 1 + place, household, place)
        for household, values in sorted(told.items())
        for place in range(len(values))
    ]
    count = len(cells)

    def column(by_household: Mapping[str, Sequence[float | None]]) -> np.ndarray:
        """Values of the cells, aligned at the as_of."""
        made = np.full(count, np.nan)
        for at, (_, month, household, _place) in enumerate(cells):
            values = by_household.get(household, ())
            back = end - month
            if back < len(values) and values[len(values) - 1 - back] is not None:
                made[at] = values[len(values) - 1 - back]
        return made

    periods = np.array([month for _, month, _, _ in cells], dtype=np.int32)
    panel = Panel(
        name="made", calendar=MONTHLY, window=12, reported_share=0.75, max_age=2, lookback=37, money="yuan",
        simulated=True, household_ids=np.array(ids, dtype=object),
        household=np.array([place for place, *_ in cells], dtype=np.int32), period=periods, known=periods,
        income=column(told), size=None,
        sources={name: column(by) for name, by in (sources or {}).items()}, covariates={}, categories={},
        village=None, township=None, weight=None, state=None, line_column=None, region="99",
        line=config.option("line", "absolute", value=line), titles={}, digest="",
        amounts={name: column(by) for name, by in (amounts or {}).items()},
        tables={
            name: facts_of(name, homes if name == "households" else rows, ids) for name, rows in tables.items()
        },
        references={name: 1.0 if name == "payout" else -1.0 for name in (amounts or {})},
    )  # fmt: skip
    return Snapshot(panel.as_of(end))


def hit_households(snapshot: Snapshot, hits: Any) -> list[str]:
    """Ids of the households that a rule names, sorted, each once."""
    who = hits.facts.household[hits.rows]
    return sorted({str(snapshot.known.panel.household_ids[place]) for place in who if place >= 0})


def _column(values: pd.Series) -> Any:
    if any(isinstance(value, str) and not _MONTH.fullmatch(value) for value in values):
        codes, levels = pd.factorize(values.astype("str").where(values.notna()), sort=True)
        return Category(codes.astype(np.int32), tuple(str(level) for level in levels))
    return np.array(
        [_month(value) if isinstance(value, str) else np.nan if value is None else float(value) for value in values]
    )


def _month(text: Any, default: int = NO_MONTH) -> int:
    """A month, or the month of a date that counts months from year 0 with the day as a fraction."""
    if isinstance(text, float) and not np.isnan(text):
        return int(text)
    return MONTHLY.parse(text) if isinstance(text, str) else default
