"""The columns of a list, in the one order that every edition of it has, and the cells under them."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Literal

import pandas as pd

from relapse.core.results import Language, ListHead
from relapse.core.texts import numbered, periods, text

COLUMN_VERSION = "1"
Kind = Literal["count", "text", "money", "chance", "reasons", "hand_back"]
Cell = str | float | None

CHOICES = {
    "visit_way": ("way.visit", "way.phone", "way.video", "way.village"),
    "verdict": ("found.risk", "found.no_risk", "found.unclear", "found.not_met", "found.wrong"),
    "action": (
        "action.identify", "action.help_first", "action.refer", "action.watch", "action.nothing", "action.monitored",
    ),
}  # fmt: skip
_HAND_BACK = ("visit_date", "visit_way", "verdict", "cause_found", "action", "visitor", "remark")
_OWN: tuple[tuple[str, Kind], ...] = (
    ("rank", "count"),
    ("household_id", "text"),
    ("township", "text"),
    ("village", "text"),
    ("tier", "text"),
    ("income", "money"),
    ("line", "money"),
    ("above_line", "money"),
    ("reasons", "reasons"),
)
_COUNTY: tuple[tuple[str, Kind], ...] = (("credibility", "text"),)


@dataclass(frozen=True)
class Column:
    """One column of a list.

    Args:
        key: `rank`, `household_id` … as the English header has it.
        header: what is printed above it.
        kind: how its cells are written; `hand_back` columns are empty and filled in after the visit.
    """

    key: str
    header: str
    kind: Kind


def columns(head: ListHead) -> list[Column]:
    """All columns in order: what was worked out, the chances (not on a county's list), what is handed back."""
    language = head.language
    own = [
        Column(key, text(f"column.{key}", language), kind) for key, kind in (*_OWN, *(_COUNTY if head.county else ()))
    ]
    told = () if head.county else head.horizons  # an office gets an order, never a household's percentage
    chances = [Column(f"chance_{horizon}", _chance_header(head, horizon), "chance") for horizon in told]
    back = [Column(key, text(f"column.{key}", language), "hand_back") for key in _HAND_BACK]
    return own + chances + back


def choices(key: str, language: Language) -> list[str]:
    """The allowed values of a hand-back column, empty where it is free."""
    return [text(name, language) for name in CHOICES.get(key, ())]


def cells(rows: pd.DataFrame, column: Column, language: Language, joint: str) -> Sequence[Cell]:
    """What stands under a column: text, numbers, or None where nothing is known.

    Args:
        rows: of a `RiskList`.
        column: one of `columns`.
        language: of tiers.
        joint: between the numbered reasons.
    """
    if column.kind == "hand_back":
        return [None] * len(rows)
    values = rows["gap" if column.key == "above_line" else column.key].tolist()
    if column.kind == "reasons":
        return [numbered(reasons, joint) for reasons in values]
    if column.key in ("tier", "credibility"):
        return [text(f"{column.key}.{value}", language) for value in values]
    if column.kind == "text":
        return ["" if pd.isna(value) else str(value) for value in values]
    return [None if pd.isna(value) else float(value) for value in values]


def _chance_header(head: ListHead, horizon: int) -> str:
    ahead = periods(horizon, head.frequency, head.language)
    return text(head.worded("column.chance"), head.language, horizon=ahead, count=horizon)
