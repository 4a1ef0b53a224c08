"""Hand-backs that look odd → questions for the county office. None is a finding: each has an innocent answer too."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

import numpy as np
import pandas as pd

from relapse.core.handback import HandBackSettings, Question

AT_RISK, AT_HOME, RANDOM = "at_risk", "house", "random"


def questions(rows: pd.DataFrame, held: pd.DataFrame, settings: HandBackSettings) -> list[Question]:
    """What to ask of a hand-back, by township.

    Args:
        rows: of the hand-back, with `who` and `remark` as written.
        held: the answers that hold, of all months.
        settings: from when on one asks.
    """
    asked = [*_many(rows, settings), *_copied(rows, settings), *_same_income(rows, settings)]
    asked += _streaks(rows, held, settings)
    return sorted(asked, key=lambda each: (each.township, each.rule, sorted(each.details.items())))


def _many(rows: pd.DataFrame, settings: HandBackSettings) -> list[Question]:
    """Many households visited at home by one person on one day; who it was is told by a code."""
    at_home = rows[(rows["way"] == AT_HOME) & (rows["who"] != "") & (rows["visited_at"] != "")]
    told = _counts(at_home, ["township", "visitor", "visited_at"])
    return [
        Question("many", str(township), {"day": str(day), "count": str(count), "visitor": str(visitor)})
        for township, visitor, day, count in told
        if count > settings.most_a_day
    ]


def _copied(rows: pd.DataFrame, settings: HandBackSettings) -> list[Question]:
    """The same remark on many rows. The remark itself is not repeated: it may name somebody."""
    plain = rows.assign(words=["".join(each.split()) for each in rows["remark"]])
    long = plain[plain["words"].str.len() >= settings.copied_length] if len(plain) else plain
    groups = long.groupby(["township", "words"], sort=True)
    return [
        Question("copied", str(township), {"count": str(count), "rows": _first_rows(group)})
        for (township, _), group in groups
        if (count := group["household_id"].nunique()) >= settings.copied_rows
    ]


def _same_income(rows: pd.DataFrame, settings: HandBackSettings) -> list[Question]:
    told = _counts(rows[rows["income_found"].notna()], ["township", "income_found"])
    return [
        Question("same_income", str(township), {"count": str(count), "income": f"{income:,.0f}"})
        for township, income, count in told
        if count >= settings.copied_rows
    ]


def _streaks(rows: pd.DataFrame, held: pd.DataFrame, settings: HandBackSettings) -> list[Question]:
    """Townships that found nobody at risk among those who were suspected, though the random slice finds some."""
    drawn = (held["source"] == RANDOM) | (held["tier"] == RANDOM)
    whole = held[held["verified"]]
    by_chance = whole[drawn[whole.index]]
    if len(by_chance) < settings.least_random:
        return []
    weight = 1 / by_chance["listing_probability"].fillna(1.0).to_numpy(np.float64)
    share = float(weight[(by_chance["verdict"] == AT_RISK).to_numpy(bool)].sum() / weight.sum())
    suspected = whole[~drawn[whole.index] & whole["month"].isin(set(rows["month"]))]
    suspected = suspected[suspected["township"].isin(set(rows["township"]))]
    asked = []
    for township, group in suspected.groupby("township", sort=True):
        count, found = len(group), int((group["verdict"] == AT_RISK).sum())
        if found == 0 and count >= settings.streak_rows and (1 - share) ** count < settings.streak_chance:
            details = {"count": str(count), "share": f"{share * 100:.1f}"}
            asked.append(Question("streak", str(township), details))
    return asked


def _counts(rows: pd.DataFrame, keys: list[str]) -> Iterable[tuple[Any, ...]]:
    """Different households for each combination of keys."""
    told = rows.groupby(keys, sort=True)["household_id"].nunique().reset_index()
    return told.itertuples(index=False, name=None)


def _first_rows(group: pd.DataFrame) -> str:
    """Where the first rows of a group stand."""
    return ", ".join(str(clue) for clue in group["clue_id"].head(3))
