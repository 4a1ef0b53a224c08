"""The columns of a county's list (风险线索清单) in their fixed order, and the cells under them."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass

import pandas as pd

from relapse.core.heads import NOBODY, Head, Heads
from relapse.core.results import Language, ListHead
from relapse.core.texts import numbered, text
from relapse.county.reports.list_columns import Cell, Column, Kind
from relapse.county.reports.list_words import horizon_words, tier_rate, tier_word


@dataclass(frozen=True)
class _Spec:
    key: str
    kind: Kind
    width: float
    folded: bool = False


_SPECS = (
    _Spec("number", "count", 4),
    _Spec("clue_id", "text", 7.4),
    _Spec("township", "text", 6.4),
    _Spec("village", "text", 6.6),
    _Spec("village_group", "text", 8, folded=True),
    _Spec("household_id", "text", 7.4),
    _Spec("head_name", "head", 7),
    _Spec("id_last_four", "head", 6, folded=True),
    _Spec("size", "count", 4.2),
    _Spec("type", "text", 8, folded=True),
    _Spec("tier", "text", 4.4),
    _Spec("source", "text", 8, folded=True),
    _Spec("category", "text", 12, folded=True),
    _Spec("horizon", "text", 7, folded=True),
    _Spec("rank", "rank", 6.6),
    _Spec("tier_rate", "text", 9, folded=True),
    _Spec("income", "money", 6.8),
    _Spec("line", "money", 7.8, folded=True),
    _Spec("above_line", "signed", 7),
    _Spec("change_1y", "signed", 8, folded=True),
    _Spec("own_cost", "money", 8, folded=True),
    _Spec("after_own_cost", "money", 8, folded=True),
    _Spec("work_months", "text", 12, folded=True),
    _Spec("guarantees", "text", 8, folded=True),
    _Spec("reasons", "sentences", 30),
    _Spec("triggers", "sentences", 11),
    _Spec("checks", "sentences", 22),
    _Spec("credibility", "text", 4.4),
    _Spec("months_listed", "count", 5, folded=True),
    _Spec("due", "text", 6.2),
    _Spec("visit_date", "hand_back", 7),
    _Spec("visit_way", "hand_back", 5),
    _Spec("verdict", "hand_back", 6.4),
    _Spec("cause_found", "hand_back", 6.4),
    _Spec("action", "hand_back", 6.4),
    _Spec("not_included", "hand_back", 6.4),
    _Spec("income_found", "hand_back", 6.4),
    _Spec("referred_to", "hand_back", 5),
    _Spec("visitor", "hand_back", 6),
    _Spec("remark", "hand_back", 8),
)
_ASIDE = (
    _Spec("changed", "sentences", 16),
    _Spec("protects", "sentences", 16),
    _Spec("measures", "text", 16),
    _Spec("last_verdict", "text", 8),
    _Spec("stratum", "count", 5),
    _Spec("listing_probability", "chance", 6),
)


def clue_columns(head: ListHead, aside: bool = False) -> list[Column]:
    """All columns; the same in every edition, whether the data fill them or not.

    Args:
        head: of the list.
        aside: whether those come last that are no part of the office's form.
    """
    return [
        Column(
            spec.key, text(f"clue.{spec.key}", head.language, window=head.window), spec.kind, spec.width, spec.folded
        )
        for spec in (_SPECS + _ASIDE if aside else _SPECS)
    ]


def clue_cells(rows: pd.DataFrame, column: Column, head: ListHead, joint: str, heads: Heads = NOBODY) -> Sequence[Cell]:
    """What stands under a column: text, numbers, or None where nothing is known.

    Args:
        rows: of a county's `RiskList`.
        column: one of `clue_columns`.
        head: of the list.
        joint: between numbered sentences.
        heads: who heads the households, for the columns that name them.
    """
    if column.kind == "hand_back":
        return [None] * len(rows)
    if column.kind == "head":
        named = (heads.get(str(household), Head()) for household in rows["household_id"])
        return [each.name if column.key == "head_name" else each.id_last_four for each in named]
    if column.key in _WORDED:
        return _WORDED[column.key](rows, head)
    values = rows["gap" if column.key == "above_line" else column.key].tolist()
    if column.key == "triggers":
        between = joint if joint == "\n" else text("cell.and", head.language)
        told: Sequence[Cell] = [between.join(each) for each in values]
    elif column.kind == "sentences":
        told = [numbered(each, joint) for each in values]
    elif column.kind == "text":
        told = ["" if pd.isna(value) else str(value) for value in values]
    else:
        told = [None if pd.isna(value) else float(value) for value in values]
    return told


def _coded(key: str, language: Language, codes: Iterable[str]) -> list[Cell]:
    return [text(f"{key}.{code}", language) if code else "" for code in codes]


def _categories(rows: pd.DataFrame, head: ListHead) -> list[Cell]:
    between = text("category.or", head.language)
    told = [between.join(text(f"outcome.{one}", head.language) for one in each) for each in rows["category"]]
    return [text("category.may_be", head.language, what=what) if what else "" for what in told]


def _work(rows: pd.DataFrame, head: ListHead) -> list[Cell]:
    told = zip(rows["work_now"].tolist(), rows["work_before"].tolist(), strict=True)
    return [
        "" if pd.isna(now) else text("cell.work_months", head.language, now=f"{now:g}", before=f"{before:g}")
        for now, before in told
    ]


def _guarantees(rows: pd.DataFrame, head: ListHead) -> list[Cell]:
    between = text("cell.and", head.language)
    return [between.join(text(f"unmet.{one}", head.language) for one in each) for each in rows["unmet"]]


_WORDED: Mapping[str, Callable[[pd.DataFrame, ListHead], Sequence[Cell]]] = {
    "tier": lambda rows, head: [tier_word(tier, head) for tier in rows["tier"]],
    "type": lambda rows, head: _coded("type", head.language, rows["type"]),
    "source": lambda rows, head: _coded("source", head.language, rows["source"]),
    "credibility": lambda rows, head: _coded("credibility", head.language, rows["credibility"]),
    "horizon": lambda rows, head: [text("cell.horizon", head.language, horizon=horizon_words(head))] * len(rows),
    "tier_rate": lambda rows, head: [
        "" if source == "rule" else tier_rate(tier, head)
        for tier, source in zip(rows["tier"], rows["source"], strict=True)
    ],
    "measures": lambda rows, head: [text("cell.and", head.language).join(each) for each in rows["measures"]],
    "last_verdict": lambda rows, head: _coded("verdict", head.language, rows["last_verdict"]),
    "category": _categories,
    "work_months": _work,
    "guarantees": _guarantees,
}
