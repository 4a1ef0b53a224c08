"""Last month's list with what visits found of its rows, as known: what came back, and who was recognised since."""

from __future__ import annotations

import numpy as np
import pandas as pd

from relapse.core.handback import FIELDS
from relapse.core.panel import PanelView
from relapse.core.parts import Parts
from relapse.core.recognitions import RECOGNITIONS

VISIT, AT_RISK = "visit", "at_risk"
_VISITS = "visits"
_DAYS = 31  # of a month as dates count them
_WORDS = {
    "way": "way",
    "verdict": "verdict",
    "causes": "cause_found",
    "action": "action",
    "not_included": "not_included",
}
_KEEP = ["clue_id", "household_id", "township", "village", "tier", "source"]
_KEY = ["clue_id", "household_id"]
COLUMNS = [*_KEEP, "visited_at", *_WORDS, "verified", "recognised"]


def answered(parts: Parts, as_of: int, listed: pd.DataFrame, month: int) -> pd.DataFrame:
    """One row a row of last month's list, by township and village; see `core.supplement.Supplement`.

    Args:
        parts: of the county.
        as_of: what was known by the end of that month counts.
        listed: rows of that list; may be empty.
        month: of that list.
    """
    if not len(listed):
        return pd.DataFrame(columns=COLUMNS)
    rows, told = listed[_KEEP].astype(str).reset_index(drop=True), list[pd.DataFrame]()
    for _, panel in parts.parts():
        mine = rows["household_id"].isin(panel.household_ids.astype(str))
        told.append(_answered(panel.as_of(as_of), rows[mine].reset_index(drop=True), month))
        rows = rows[~mine]
    left = rows.assign(verified=False, recognised="", visited_at="", **dict.fromkeys(_WORDS, ""))  # no longer there
    whole = pd.concat([*(each for each in (*told, left) if len(each))], ignore_index=True)
    return whole.sort_values(["township", "village", "clue_id"], kind="stable")[COLUMNS].reset_index(drop=True)


def _answered(known: PanelView, rows: pd.DataFrame, month: int) -> pd.DataFrame:
    """Rows of a part's households with what became of them."""
    if not len(rows):
        return rows
    asked = pd.MultiIndex.from_frame(rows[_KEY])
    told = pd.concat([rows, _visits(known).reindex(asked).reset_index(drop=True)], axis=1)
    told["verified"] = told["verified"].eq(1)
    told["recognised"] = _recognised(known, rows["household_id"], month)
    told[["visited_at", *_WORDS]] = told[["visited_at", *_WORDS]].fillna("")
    return told


def by_township(told: pd.DataFrame) -> pd.DataFrame:
    """Of the rows to visit: how many there were, how many were verified, found at risk, and are overdue.

    Args:
        told: of `answered`.

    Returns:
        Index township; `listed_before`, `verified`, `confirmed`, `overdue`.
    """
    visits = told[told["tier"] == VISIT]
    verified = visits["verified"].astype(bool)
    counted = pd.DataFrame({
        "township": visits["township"], "listed_before": 1, "verified": verified.astype(int),
        "confirmed": (verified & (visits["verdict"] == AT_RISK)).astype(int), "overdue": (~verified).astype(int),
    })  # fmt: skip
    return counted.groupby("township").sum().astype(np.int64)


def _visits(known: PanelView) -> pd.DataFrame:
    """By clue_id and household, the newest visit that a row of a list led to."""
    nobody = pd.MultiIndex.from_arrays([[], []], names=_KEY)
    empty = pd.DataFrame(columns=["visited_at", *_WORDS, "verified"], index=nobody, dtype=object)
    if _VISITS not in known.panel.tables:
        return empty
    table = known.whole_table(_VISITS)
    if "clue_id" not in table:
        return empty
    told: dict[str, object] = {
        "clue_id": table.text("clue_id").texts(),
        "household_id": known.panel.household_ids[table.household].astype(str),
        "visited_at": _days(table.number("visited_at")),
    }
    for name, column in _WORDS.items():
        field = FIELDS[column]
        told[name] = table.text(field).texts() if field in table else np.full(len(table), "", dtype=object)
    told["verified"] = table.number("verified") if "verified" in table else np.full(len(table), np.nan)
    frame = pd.DataFrame(told)[np.asarray(table.household >= 0)]
    frame = frame[frame["clue_id"].astype(str) != ""]
    return frame.drop_duplicates(_KEY, keep="last").set_index(_KEY)  # rows come by household and time


def _days(months: np.ndarray) -> np.ndarray:
    """Months from year 0 with the day as a fraction, as dates; empty where not told."""
    whole = np.floor(np.nan_to_num(months)).astype(np.int64)
    day = np.round((np.nan_to_num(months) - whole) * _DAYS).astype(np.int64) + 1
    told = [f"{month // 12:04d}-{month % 12 + 1:02d}-{at:02d}" for month, at in zip(whole, day, strict=True)]
    return np.where(np.isnan(months), "", np.array(told, dtype=object))


def _recognised(known: PanelView, households: pd.Series, month: int) -> list[str]:
    """(n,) the month of the first recognition after the list's month, empty where there is none."""
    if RECOGNITIONS not in known.panel.tables:
        return [""] * len(households)
    table = known.whole_table(RECOGNITIONS)
    rows = (table.happened > month) & (table.happened <= known.as_of) & (table.household >= 0)
    ids = known.panel.household_ids[table.household[rows]].astype(str)
    first = pd.Series(table.happened[rows], index=ids).groupby(level=0).min()
    found = first.reindex(households.to_numpy())
    return ["" if np.isnan(each) else known.panel.calendar.label(int(each)) for each in found.tolist()]
