"""What a county's list tells of a row beside its rank: number of the lead, place in the township, day of reply."""

from __future__ import annotations

import hashlib
from collections.abc import Iterable

import numpy as np
import pandas as pd
from numpy.typing import NDArray

COUNTY_COLUMNS = {
    "number": "place among the rows of its township, from 1",
    "clue_id": "number of the lead, the same for a month and household",
    "village_group": "natural village or group, empty where not told",
    "size": "persons, NaN where not told",
    "type": "exited, ordinary or not_exited; empty where not told",
    "source": "model, rule (it is listed because it hit one), both, or random",
    "category": "tuple of outcomes that may come of it: what it may be recognised as, or a removal of risk",
    "change_1y": "income per person less that of a year before, NaN where not known",
    "own_cost": "compliant own medical cost of the household in the window of its income, NaN where no claims are told",
    "after_own_cost": "reference income per person, NaN where no claims are told",
    "work_now": "months that its members worked in the last half year, NaN where not told",
    "work_before": "the same a year before",
    "unmet": "tuple of guarantees that are not met; `none` alone where all are, `unknown` alone where nobody can say",
    "triggers": "tuple of what departments' triggers say, in the list's language",
    "checks": "tuple of at most three things to look at, in the list's language",
    "measures": "tuple of at most four kinds of measure that its causes usually call for, in the list's language",
    "protects": "tuple of at most two sentences of what lowers its place, in the list's language",
    "months_listed": "months in a row on the list, this one included; random checks count for nothing",
    "changed": "tuple of what is new against last month's list, in the list's language",
    "last_verdict": "code of what the newest visit found, empty where there was none",
    "stratum": "stratum of risk of a random check, from 1; 0 for other rows",
    "listing_probability": "that a random check was drawn; 1 for other rows",
    "credibility": "high, medium or low",
    "due": "day by which the row is to be handed back, YYYY-MM-DD; empty where nobody can visit",
}
_DIGITS, _CODES = 6, 10**6


def village_codes(townships: NDArray[np.object_], villages: NDArray[np.object_]) -> NDArray[np.object_]:
    """(n,) six digits for the village of each household, made of the names of township and village alone.

    The tables hold no code of a village. A code that followed the order of the villages would change for all when one
    is added; this one does not. Two villages may share a code: leads are counted within a code, so none is met twice.

    Example:
        >>> village_codes(np.array(["A", "A"], dtype=object), np.array(["x", "y"], dtype=object)).tolist()
        ['246826', '705761']
    """
    pairs = pd.MultiIndex.from_arrays([townships, villages])
    codes, levels = pairs.factorize()
    told = [_code("\x1f".join(str(part) for part in level)) for level in levels]
    return np.array(told, dtype=object)[codes] if told else np.empty(0, dtype=object)


def _code(words: str) -> str:
    digest = hashlib.sha256(words.encode()).digest()
    return f"{int.from_bytes(digest[:8]) % _CODES:0{_DIGITS}d}"


def clue_ids(month: str, codes: NDArray[np.object_]) -> NDArray[np.object_]:
    """(n,) numbers of leads: month, code of the village, place of the household in it (three digits or more).

    Args:
        month: of the list, as YYYY-MM.
        codes: (n,) of all households of the county in the order of their ids, listed or not: a number then depends on
            no rank, and a further edition of the month gives the same.

    Example:
        >>> clue_ids("2026-03", np.array(["000007", "000007", "000009"], dtype=object)).tolist()
        ['202603-000007-001', '202603-000007-002', '202603-000009-001']
    """
    place = pd.Series(codes, dtype=object).groupby(codes).cumcount() + 1
    head = month.replace("-", "")
    told = [f"{head}-{code}-{at:03d}" for code, at in zip(codes.tolist(), place.tolist(), strict=True)]
    return np.array(told, dtype=object)


def numbers_within(townships: Iterable[str]) -> NDArray[np.int64]:
    """(rows,) the place of each row among those of its township, from 1, in the order of the list.

    Example:
        >>> numbers_within(["a", "b", "a"]).tolist()
        [1, 1, 2]
    """
    told = pd.Series(list(townships), dtype=object)
    return np.asarray(told.groupby(told, sort=False).cumcount() + 1, dtype=np.int64)


def due_days(
    as_of: int, tier: NDArray[np.object_], hit: NDArray[np.bool_], days: int, working_days: int
) -> NDArray[np.object_]:
    """(n,) the day of reply of each row, from the last day of the list's month on; of a visit next month a month later.

    No clock is asked, so equal data give equal lists. Weekends are no working days; holidays are not known.

    Args:
        as_of: month, counted from year 0.
        tier: (n,) of the rows; what exceeds the capacity has no day.
        hit: (n,) whether a department's trigger is hit.
        days: for the other rows.
        working_days: for those.

    Example:
        >>> tiers = np.array(["visit", "phone", "next", "beyond"], dtype=object)
        >>> due_days(2023 * 12 + 11, tiers, np.array([False, True, True, True]), 15, 4).tolist()
        ['2024-01-15', '2024-01-04', '2024-02-15', '']
    """
    end, later = _last_day(as_of), _last_day(as_of + 1)
    soon = np.busday_offset(end, working_days, roll="backward")
    now = np.where(hit, str(soon), str(end + np.timedelta64(days, "D")))
    told = np.where(tier == "next", str(later + np.timedelta64(days, "D")), now)
    return np.where(tier == "beyond", "", told).astype(object)


def _last_day(month: int) -> np.datetime64:
    next_month = month + 1
    return np.datetime64(f"{next_month // 12:04d}-{next_month % 12 + 1:02d}-01", "D") - np.timedelta64(1, "D")
