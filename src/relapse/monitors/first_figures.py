"""What a monitor tells of a month: which counts may be told, and how far the last two lists lie apart."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

import numpy as np
import pandas as pd

from relapse.monitors.drift import MOVED, STEADY, stability

LEAST_COUNT, LEAST_ROWS = 5, 20  # risk_list design, small cells: counts of 1 to 4, rates of fewer than 20
_WHOLE = ("base", "all")


def told_hits(came: pd.DataFrame) -> list[dict[str, Any]]:
    """The figures of past lists that may be told, one an entry; what may not is None.

    Where one part of a total is small, no part is told: a single gap could be filled by subtraction, and of two gaps
    that add up to little both are known.

    Args:
        came: see `flows.past_lists.what_came`.
    """
    told = []
    for _, group in came.groupby(["horizon", "group"], sort=False):
        secret = _few(group["hits"]) | _few(group["n"] - group["hits"])
        hidden = secret if group["group"].iloc[0] in _WHOLE else np.full(len(group), bool(secret.any()))
        for row, hide in zip(group.to_dict("records"), hidden.tolist(), strict=True):
            few = hide and 0 < row["hits"] < LEAST_COUNT and row["group"] in _WHOLE
            bare = hide or row["n"] < LEAST_ROWS
            figures: dict[str, Any] = {"hits": None if hide else row["hits"], "few": few}
            figures["rate"] = None if bare else round(row["rate"], 6)
            for end in ("low", "high"):
                figures[end] = None if bare else round(row[end], 6)
            told.append({str(name): value for name, value in row.items()} | figures)
    return _without_pairs(told)


def drift(manifests: Sequence[Mapping[str, Any]]) -> dict[str, Any] | None:
    """How the chances moved between the last two lists that tell them; None where there are not two.

    Args:
        manifests: of the lists, oldest first.
    """
    telling = [each for each in manifests if each.get("chances")][-2:]
    if len(telling) < 2 or telling[0]["horizon"] != telling[1]["horizon"]:
        return None
    before, now = telling
    value = stability(before["chances"], now["chances"])
    return {
        "before": before["as_of"],
        "now": now["as_of"],
        "horizon": now["horizon"],
        "stability": round(value, 6),
        "verdict": "steady" if value < STEADY else "some" if value < MOVED else "much",
        "same_version": before["version_digest"] == now["version_digest"],
    }


def _few(counts: pd.Series) -> np.ndarray:
    return counts.between(1, LEAST_COUNT - 1).to_numpy()


def _without_pairs(told: list[dict[str, Any]]) -> list[dict[str, Any]]:
    """Parts are told only beside a whole list that is told: their sum is the whole."""
    hidden = {row["horizon"] for row in told if row["group"] == "all" and row["hits"] is None}
    for row in told:
        if row["horizon"] in hidden and row["group"] not in _WHOLE:
            row.update(hits=None, rate=None, low=None, high=None)
    return told
