"""What lists came to: recognitions and verdicts by what put a household on the list, and causes that were right.

Visits find recognitions and help prevents falls, so no figure here is a test of the forecast; the random slice alone
speaks of those whom nobody suspected. A verdict is never taken for a recognition.
"""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from relapse.core.handback import HandBackSettings, Recognised
from relapse.core.texts import TEXTS

GROUPS = ("rule", "both", "model", "random")  # what put a household on a list, in the order of the page
AT_RISK, NOT_MET, NO_CAUSE = "at_risk", "not_met", "no_cause"
_PLACEHOLDER = re.compile(r"\\\{\w+\\\}")


def month_of(label: str) -> int:
    """A month from year 0.

    Example:
        >>> month_of("2024-01")
        24288
    """
    year, of_year = label.split("-")
    return int(year) * 12 + int(of_year) - 1


def hits(listed: pd.DataFrame, held: pd.DataFrame, known: Recognised, settings: HandBackSettings) -> pd.DataFrame:
    """Recognitions and verdicts, apart for rule cases, forecast cases and the random slice.

    A list counts for a horizon once its months are over and their recognitions told. Of a household, the first
    recognition after the list's month counts, as believed at the month of `known`.

    Args:
        listed: rows of all lists: `month`, `household_id`, `source`, `listing_probability`.
        held: the answers that hold.
        known: recognitions.
        settings: horizons and maturity.

    Returns:
        One row a group and horizon: `group`, `horizon`, `lists`, `listed`, `recognised`, `rate` (of the random slice
        weighted by the chance with which each was drawn), `verified`, `at_risk` (both of these lists' rows), all as
        counted; what may be printed is another matter, see `printed`.
    """
    rows = listed.assign(at=[month_of(each) for each in listed["month"]])
    ahead = _months_ahead(rows, known)
    answers = held.set_index(["month", "household_id"])[["verified", "verdict"]]
    told = answers.reindex(pd.MultiIndex.from_frame(rows[["month", "household_id"]]))
    verified = told["verified"].fillna(False).to_numpy(bool)
    at_risk = verified & (told["verdict"] == AT_RISK).to_numpy(bool)
    weight = 1 / rows["listing_probability"].fillna(1.0).to_numpy(np.float64)
    made = []
    for horizon in settings.horizons:
        closed = (rows["at"] + horizon + settings.matures_after <= known.newest).to_numpy(bool)
        came = ahead <= horizon
        for group in GROUPS:
            mine = closed & (rows["source"] == group).to_numpy(bool)
            made.append({
                "group": group, "horizon": horizon, "lists": rows.loc[mine, "month"].nunique(),
                "listed": int(mine.sum()), "recognised": int((mine & came).sum()),
                "rate": float(weight[mine & came].sum() / weight[mine].sum()) if mine.any() else float("nan"),
                "verified": int((mine & verified).sum()), "at_risk": int((mine & at_risk).sum()),
            })  # fmt: skip
    return pd.DataFrame(made)


def _months_ahead(rows: pd.DataFrame, known: Recognised) -> NDArray[np.float64]:
    """(rows,) months from a list to the household's first recognition after it, infinite where none came."""
    found = np.full(len(rows), np.inf)
    told = pd.DataFrame({"household_id": known.household_id, "came": known.month})
    pairs = rows[["household_id", "at"]].assign(row=np.arange(len(rows))).merge(told, on="household_id")
    later = pairs[pairs["came"] > pairs["at"]]
    np.minimum.at(found, later["row"].to_numpy(np.int64), (later["came"] - later["at"]).to_numpy(np.float64))
    return found


def printed(table: pd.DataFrame, settings: HandBackSettings) -> pd.DataFrame:
    """The figures that may be printed: counts of few households are missing, and with them rates that tell them."""
    few = table["recognised"].between(1, settings.least_count - 1)
    thin = table["listed"] < settings.least_rate
    found_few = table["at_risk"].between(1, settings.least_count - 1)
    return table.assign(
        recognised=table["recognised"].mask(few).astype("Int64"),
        rate=table["rate"].mask(few | thin),
        at_risk=table["at_risk"].mask(found_few).astype("Int64"),
    )


def causes_in(sentences: str, templates: Sequence[tuple[re.Pattern[str], tuple[str, ...]]]) -> tuple[str, ...]:
    """Causes of which printed sentences speak, in their order.

    Args:
        sentences: a cell of a list.
        templates: of `cause_templates`.
    """
    found = [(match.start(), causes) for pattern, causes in templates for match in [pattern.search(sentences)] if match]
    return tuple(dict.fromkeys(cause for _, causes in sorted(found) for cause in causes))


def cause_templates(settings: HandBackSettings) -> list[tuple[re.Pattern[str], tuple[str, ...]]]:
    """How the sentences that have causes read with whatever numbers, in both languages."""
    made = []
    for key, causes in settings.causes.items():
        for words in TEXTS[key]:
            pattern = _PLACEHOLDER.sub(r"[^①-⑳。；\\n]{1,24}?", re.escape(words.rstrip("。.")))
            made.append((re.compile(pattern), causes))
    return made


def agreement(held: pd.DataFrame, listed: pd.DataFrame, settings: HandBackSettings) -> Mapping[str, int]:
    """How often a cause found on a visit is one that the list had printed.

    Args:
        held: the answers that hold.
        listed: rows of all lists with `reasons` and `triggers`.
        settings: which sentences have which causes.

    Returns:
        Of the verified rows with a cause: `found`; of these `printed`, where a printed sentence has a cause at all; of
        these `agree`, where one of the causes found is among them, and `first`, where it is the first one printed.
    """
    asked = held[held["verified"] & ~held["cause_found"].isin(["", NO_CAUSE])]
    cells = listed.set_index(["month", "household_id"])[["reasons", "triggers"]]
    there = cells.reindex(pd.MultiIndex.from_frame(asked[["month", "household_id"]])).fillna("")
    templates = cause_templates(settings)
    told = {cell: causes_in(cell, templates) for cell in set(there["reasons"]) | set(there["triggers"])}
    pairs = [
        (dict.fromkeys((*told[reasons], *told[triggers])), set(found.split("|")))
        for reasons, triggers, found in zip(there["reasons"], there["triggers"], asked["cause_found"], strict=True)
    ]
    with_cause = [(tuple(said), found) for said, found in pairs if said]
    return {
        "found": len(pairs),
        "printed": len(with_cause),
        "agree": sum(bool(found.intersection(said)) for said, found in with_cause),
        "first": sum(said[0] in found for said, found in with_cause),
    }


def progress(listed: pd.DataFrame, held: pd.DataFrame, months: Sequence[str]) -> pd.DataFrame:
    """How far each township is with some months' lists.

    Args:
        listed: rows of all lists.
        held: the answers that hold.
        months: of the lists.

    Returns:
        One row a month and township: `month`, `township`, `listed`, `answered`, `verified`, `at_risk`, `not_met`.
    """
    rows = listed[listed["month"].isin(list(months))]
    answers = held.set_index(["month", "household_id"])[["verified", "verdict"]]
    told = answers.reindex(pd.MultiIndex.from_frame(rows[["month", "household_id"]])).reset_index(drop=True)
    marks = pd.DataFrame({
        "listed": 1, "answered": told["verified"].notna(), "verified": told["verified"].fillna(False).astype(bool),
        "at_risk": told["verdict"] == AT_RISK, "not_met": told["verdict"] == NOT_MET,
    }).astype(int)  # fmt: skip
    keys = [rows[name].reset_index(drop=True) for name in ("month", "township")]
    return marks.groupby(keys, sort=True).sum().reset_index()
