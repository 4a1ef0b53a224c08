"""The columns of a list, in the one order that every edition of it has, and the cells under them."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Literal

import pandas as pd

from relapse.core.results import Language, ListHead
from relapse.core.texts import numbered, periods, text

COLUMN_VERSION, COUNTY_COLUMN_VERSION = "1", "3"
Kind = Literal["count", "rank", "text", "money", "signed", "chance", "reasons", "sentences", "head", "hand_back"]
Cell = str | float | None

CHOICES = {
    "visit_way": ("way.visit", "way.phone", "way.video", "way.village"),
    "verdict": ("found.risk", "found.no_risk", "found.unclear", "found.not_met", "found.wrong"),
    "action": (
        "action.identify", "action.help_first", "action.refer", "action.watch", "action.nothing", "action.monitored",
    ),
}  # fmt: skip
COUNTY_CHOICES = {
    "cause_found": (
        "cause.illness", "cause.disability", "cause.schooling", "cause.disaster", "cause.accident", "cause.industry",
        "cause.job", "cause.no_labour", "cause.housing", "cause.water", "cause.other", "cause.none",
    ),
    "not_included": (
        "not_included.steady", "not_included.bears_cost", "not_included.assets", "not_included.children",
        "not_included.covered", "not_included.gone", "not_included.wrong_data", "not_included.other",
    ),
    "referred_to": (
        "referred.medical_insurance", "referred.civil_affairs", "referred.education", "referred.labour",
        "referred.housing", "referred.water", "referred.disabled_federation", "referred.agriculture",
        "referred.emergency", "referred.other",
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


@dataclass(frozen=True)
class Column:
    """One column of a list.

    Args:
        key: `rank`, `household_id` … as the English header has it.
        header: what is printed above it.
        kind: how its cells are written; `hand_back` columns are empty and filled in after the visit, `head` columns
            name a person and stand in an office's workbook alone.
        width: in a workbook, in digits of its usual font; 0 where it follows from what stands there.
        folded: whether a workbook folds it away at first.
    """

    key: str
    header: str
    kind: Kind
    width: float = 0
    folded: bool = False


def columns(head: ListHead) -> list[Column]:
    """All columns of a plain panel's list in order: what was worked out, the chances, what is handed back."""
    language = head.language
    own = [Column(key, text(f"column.{key}", language), kind) for key, kind in _OWN]
    chances = [Column(f"chance_{horizon}", _chance_header(head, horizon), "chance") for horizon in head.horizons]
    back = [Column(key, text(f"column.{key}", language), "hand_back") for key in _HAND_BACK]
    return own + chances + back


def choices(head: ListHead) -> dict[str, list[str]]:
    """The allowed values of each hand-back column that has such."""
    offered = {**CHOICES, **(COUNTY_CHOICES if head.county else {})}
    return {key: [text(name, head.language) for name in names] for key, names in offered.items()}


def column_version(head: ListHead) -> str:
    """By which a handed-back file is known to have these columns."""
    return COUNTY_COLUMN_VERSION if head.county else COLUMN_VERSION


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
    if column.key == "tier":
        return [text(f"{column.key}.{value}", language) for value in values]
    if column.kind == "text":
        return ["" if pd.isna(value) else str(value) for value in values]
    return [None if pd.isna(value) else float(value) for value in values]


def _chance_header(head: ListHead, horizon: int) -> str:
    ahead = periods(horizon, head.frequency, head.language)
    return text(head.worded("column.chance"), head.language, horizon=ahead, count=horizon)
