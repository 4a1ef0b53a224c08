"""The sheets beside a county's list: summaries, departments' triggers, doubts about records, last month's results."""

from __future__ import annotations

from collections.abc import Callable, Hashable, Mapping, Sequence
from dataclasses import replace

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from relapse.core.handback import CHOICES
from relapse.core.heads import Head, Heads
from relapse.core.results import Language, ListHead, RiskList
from relapse.core.texts import percent, periods, text
from relapse.county.reports.list_words import horizon_words, tier_word
from relapse.county.reports.table_sheet import Field, Kind, Table, TableCell

COUNTY_SHEETS = ("townships", "villages", "triggered", "doubts", "answered")
TOWNSHIP_SHEETS = ("villages", "triggered", "doubts", "answered")
OUTCOMES = ("mended", "not_yet", "untrue", "open")  # of a doubt, as a township answers it
HIT_HORIZONS = (1, 3, 6)
_CHOSEN = {  # columns of the answers, and the hand-back column that each is
    "way": "way", "verdict": "verdict", "causes": "cause_found", "action": "action", "not_included": "not_included",
}  # fmt: skip
_UNPLANNED = ("beyond", "next", "phone")  # tiers that nobody visits this month: what paper is needed for
_LONG = ("triggered", "doubts")  # sheets that grow with all households, listed or not
_Spec = tuple[str, Kind, float]


MOST_ROWS = 100_000
"""Rows of a sheet of the county's workbook: our choice, what WPS opens on an old machine; Excel ends at 1,048,576."""


def beside_table(name: str, risk_list: RiskList, heads: Heads, outcomes: str, most: int | None = None) -> Table:
    """What stands on one of the sheets.

    Args:
        name: one of `COUNTY_SHEETS`.
        risk_list: of the county, or its part that is one township's.
        heads: who heads the households.
        outcomes: address of the allowed outcomes of a doubt.
        most: rows of hits and of doubts at most, which are then said to be more; all by default.
    """
    hits, doubts = risk_list.triggered, risk_list.supplement.doubts
    if name not in _LONG or most is None or max(len(hits), len(doubts)) <= most:
        return _TABLES[name](risk_list, heads, outcomes)
    beside = replace(risk_list.supplement, doubts=doubts[:most])
    table = _TABLES[name](
        replace(risk_list, triggered=_unplanned_first(hits)[:most], supplement=beside), heads, outcomes
    )
    whole = len(hits) if name == "triggered" else len(doubts)
    if whole <= most:
        return table
    more = text("beside.more", risk_list.head.language, shown=f"{most:,}", whole=f"{whole:,}")
    return replace(table, about=text("word.gap", risk_list.head.language).join((more, table.about)))


def _townships(risk_list: RiskList, _heads: Heads, _outcomes: str) -> Table:
    head, told = risk_list.head, risk_list.supplement.townships
    within = [each for each in HIT_HORIZONS if each in head.horizons] or list(head.horizons)
    horizons = "/".join(periods(each, head.frequency, head.language) for each in within)
    specs: list[_Spec] = [
        ("township", "text", 12), ("eligible", "count", 9), ("visit", "count", 8), ("next", "count", 8),
        ("phone", "count", 8), ("random", "count", 8), ("listed_before", "count", 9), ("verified", "count", 9),
        ("verified_share", "share", 8), ("confirmed", "count", 9), ("hits", "text", 21), ("base_rate", "share", 8),
        ("overdue", "count", 9), ("beyond", "count", 9),
    ]  # fmt: skip
    fields = [Field(text(f"towns.{key}", head.language, horizons=horizons), kind, width) for key, kind, width in specs]
    rows = [
        [_town_cell(row, key, within, head) for key, _, _ in specs] for row in told.to_dict("records")
    ]  # fmt: skip
    about = text("towns.about", head.language, horizon=horizon_words(head))
    return _table("townships", head, about, fields, rows, text("towns.empty", head.language), 1, last_is_total=True)


def _town_cell(row: Mapping[Hashable, object], key: str, within: Sequence[int], head: ListHead) -> TableCell:
    if key == "township":
        return str(row[key]) or text("towns.whole", head.language)
    if key == "hits":
        shares = [row.get(f"hit_{each}") for each in within]
        return " / ".join(percent(_number(share)) for share in shares)
    value = row.get(key)
    return value if isinstance(value, str) else _number(value)


def _villages(risk_list: RiskList, _heads: Heads, _outcomes: str) -> Table:
    head, told = risk_list.head, risk_list.supplement.villages
    specs: list[_Spec] = [
        ("township", "text", 14), ("village", "text", 34), ("eligible", "count", 11), ("visit", "count", 11),
        ("causes", "text", 56), ("doubts", "count", 11),
    ]  # fmt: skip
    rows = [[_plain(row[key]) for key, _, _ in specs] for row in told.to_dict("records")]
    return _of_keys("villages", head, specs, rows)


def _triggered(risk_list: RiskList, heads: Heads, _outcomes: str) -> Table:
    head, told = risk_list.head, _unplanned_first(risk_list.triggered)
    specs: list[_Spec] = [
        ("township", "text", 11), ("village", "text", 13), ("household_id", "text", 20), ("head_name", "text", 11),
        ("department", "text", 12), ("item", "text", 42), ("value", "number", 11), ("limit", "number", 11),
        ("on_list", "text", 10), ("tier", "text", 24),
    ]  # fmt: skip
    rows = [
        [
            row["township"], row["village"], row["household_id"], heads.get(row["household_id"], Head()).name,
            row["department"], row["item"], *_held_against(row["value"], row["limit"]),
            text("triggered.yes" if row["on_list"] else "triggered.no", head.language),
            tier_word(row["tier"], head) if row["tier"] else "",
        ]
        for row in told.to_dict("records")
    ]  # fmt: skip
    printed = int(_unplanned(told).sum()) if len(told) else None
    return replace(_of_keys("triggered", head, specs, rows, frozen=4), printed=printed)


def _unplanned_first(triggered: pd.DataFrame) -> pd.DataFrame:
    """Those on the list who are not visited this month come first, each part in the order that it has."""
    if not len(triggered):
        return triggered
    return triggered.iloc[np.argsort(~_unplanned(triggered), kind="stable")]


def _unplanned(triggered: pd.DataFrame) -> NDArray[np.bool_]:
    """(rows,) of a household on the list whom nobody visits this month."""
    listed = triggered["on_list"].to_numpy(dtype=bool)
    return np.asarray(listed & triggered["tier"].isin(_UNPLANNED).to_numpy())


def _doubts(risk_list: RiskList, heads: Heads, outcomes: str) -> Table:
    head, beside = risk_list.head, risk_list.supplement
    specs: list[_Spec] = [
        ("number", "count", 5), ("township", "text", 9), ("village", "text", 11), ("household_id", "text", 19),
        ("head_name", "text", 8), ("rule", "text", 7), ("sentence", "text", 40), ("column", "text", 12),
        ("value", "text", 9), ("severity", "text", 8), ("outcome", "open", 11), ("corrected", "open", 10),
        ("checked_by", "open", 8), ("checked_at", "open_date", 11),
    ]  # fmt: skip
    rows: list[list[TableCell]] = [
        [
            float(number), row["township"], row["village"], row["household_id"],
            heads.get(row["household_id"], Head()).masked, row["rule"], row["sentence"], row["column"], row["value"],
            text(f"doubts.severity.{row['severity']}", head.language), None, None, None, None,
        ]
        for number, row in enumerate(beside.doubts.to_dict("records"), start=1)
    ]  # fmt: skip
    if beside.doubts_elsewhere is None:
        about = text("doubts.about.township", head.language)
    else:
        about = text("doubts.about", head.language, elsewhere=f"{beside.doubts_elsewhere:,}")
    fields = [
        Field(text(f"doubts.{key}", head.language), kind, width, outcomes if key == "outcome" else "")
        for key, kind, width in specs
    ]
    return _table("doubts", head, about, fields, rows, text("doubts.empty", head.language), 5)


def _answered(risk_list: RiskList, heads: Heads, _outcomes: str) -> Table:
    head, beside = risk_list.head, risk_list.supplement
    language = head.language
    specs: list[_Spec] = [
        ("clue_id", "text", 18), ("township", "text", 9), ("village", "text", 10), ("household_id", "text", 19),
        ("head_name", "text", 9), ("tier", "text", 10), ("source", "text", 10), ("visited_at", "text", 11),
        ("way", "text", 7), ("verdict", "text", 10), ("causes", "text", 12), ("action", "text", 12),
        ("not_included", "text", 14), ("verified", "text", 8), ("recognised", "text", 9),
    ]  # fmt: skip
    rows: list[list[TableCell]] = [
        [
            row["clue_id"], row["township"], row["village"], row["household_id"],
            heads.get(row["household_id"], Head()).name, tier_word(row["tier"], head),
            text(f"source.{row['source']}", language), row["visited_at"],
            *(_chosen(column, row[key], language) for key, column in _CHOSEN.items()),
            text("answered.yes" if row["verified"] else "answered.no", language), row["recognised"],
        ]
        for row in beside.answered.to_dict("records")
    ]  # fmt: skip
    about = text("answered.about", language, month=beside.last_month) if rows else text("answered.about.none", language)
    fields = [Field(text(f"answered.{key}", language), kind, width) for key, kind, width in specs]
    return _table("answered", head, about, fields, rows, text("answered.none", language), 5)


def _chosen(column: str, codes: str, language: Language) -> str:
    """Codes of a hand-back column, joined by `|` where there are several, in the words of the list."""
    words = (text(CHOICES[column][code], language) for code in codes.split("|") if code)
    return text("cell.and", language).join(words)


def _of_keys(
    name: str, head: ListHead, specs: Sequence[_Spec], rows: Sequence[Sequence[TableCell]], frozen: int = 2
) -> Table:
    fields = [Field(text(f"{name}.{key}", head.language), kind, width) for key, kind, width in specs]
    about, empty = (text(f"{name}.{key}", head.language) for key in ("about", "empty"))
    return _table(name, head, about, fields, rows, empty, frozen)


def _table(
    name: str, head: ListHead, about: str, fields: Sequence[Field], rows: Sequence[Sequence[TableCell]], empty: str,
    frozen: int, *, last_is_total: bool = False,
) -> Table:  # fmt: skip
    title = text("word.gap", head.language).join((text(f"sheet.{name}", head.language), head.as_of))
    return Table(title, about, fields, rows, empty, last_is_total and bool(rows), frozen)


def _held_against(value: object, limit: object) -> tuple[float | None, float | None]:
    """An amount and the limit that it is held against; a limit alone says nothing."""
    amount = _number(value)
    return amount, None if amount is None else _number(limit)


def _number(value: object) -> float | None:
    return None if value is None or pd.isna(value) else float(value)  # type: ignore[call-overload, arg-type]


def _plain(value: object) -> TableCell:
    return value if isinstance(value, str) else _number(value)


_TABLES: Mapping[str, Callable[[RiskList, Heads, str], Table]] = {
    "townships": _townships,
    "villages": _villages,
    "triggered": _triggered,
    "doubts": _doubts,
    "answered": _answered,
}
