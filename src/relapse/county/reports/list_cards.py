"""A county's list as one self-contained page: a card a household, filters, and a sheet to print for each village.

Names are a surname and signs, and no medical cost is told to the yuan: the workbooks alone tell both.
"""

from __future__ import annotations

import base64
import hashlib
import math
from collections.abc import Hashable, Mapping, Sequence
from dataclasses import dataclass
from functools import cache
from importlib import resources
from typing import Any

import numpy as np
import pandas as pd

from relapse.core.heads import Head, Heads
from relapse.core.results import COUNTY_TIERS, Language, ListHead, RiskList
from relapse.core.texts import amount, text, text_or
from relapse.county.reports.list_words import facts, figures, marks, subtitle, tier_word, warning
from relapse.county.reports.pages import page
from relapse.county.reports.sparkline import Spark, sparks, width

MOST_ROWS = 12  # of a sheet: one A4 page
MOST_WHOLE = 1_000  # our choice: households of a page above which it tells in short of those not visited this month
IN_SHORT = ("next", "beyond")
ON_PAPER = COUNTY_TIERS[:-1]  # nobody is sent where nobody can go
Parts = tuple[str, ...]
_SHEET = {  # columns of a sheet, and their width in millimetres
    "number": 6, "clue": 12, "head": 11, "group": 9, "size": 7, "tier": 13, "why": 27, "look": 34, "date": 11,
    "way": 11, "verdict": 18, "action": 19, "sign": 12,
}  # fmt: skip
_NOTES = 20  # lines on the back of a sheet
_BOXES = ("way", "verdict", "action")  # to be ticked


@dataclass(frozen=True)
class Household:
    """One listed household as a card and a row of a sheet print it.

    Args:
        place: among all of the page, from 0.
        known_as: household_id, group, size and type.
        about: rank, source and what else stands in small print.
        causes: places of its causes among those of the page.
        others: text key of the label, and text, of what stands below reasons and checks.
        whole: whether its card is; one in short has no drawing, no checks and nothing below.
    """

    place: int
    number: str
    name: str
    household_id: str
    known_as: Parts
    tier: str
    tier_word: str
    about: Parts
    clue_id: str
    group: str
    size: str
    due: str
    causes: Parts
    spark: Spark | None
    money: Parts
    below: bool
    reasons: Parts
    triggers: str
    checks: Parts
    others: tuple[tuple[str, str], ...]
    whole: bool
    why: str
    look: Parts


@dataclass(frozen=True)
class Sheet:
    """One printed page of a village: at most twelve rows."""

    page: int
    households: Sequence[Household]


@dataclass(frozen=True)
class Village:
    """The households of a village, in the order of the list.

    Args:
        place: among all of the page, from 0.
        township, name: of it.
        households: all of them.
        sheets: those that somebody is sent to, page by page.
        due: the first day of reply.
        several: whether households have days of their own.
    """

    place: int
    township: str
    name: str
    households: Sequence[Household]
    sheets: Sequence[Sheet]
    due: str
    several: bool


def render(risk_list: RiskList, heads: Heads, township: str | None = None) -> bytes:
    """The page; where it is long, whom nobody visits this month is told of in short, and the townships' pages tell all.

    Args:
        risk_list: of a county.
        heads: who heads the households; of a name the surname alone is shown, of a number nothing.
        township: whose rows alone are shown; None for all.
    """
    shown = risk_list if township is None else risk_list.of_township(township)
    head, language = shown.head, shown.head.language
    causes = _causes(shown)
    villages = _villages(_households(shown, heads, causes), shown.rows, text("page.nowhere", language))
    script = _script()
    return page(
        "cards.html.j2",
        language,
        head.outcome,
        head=head,
        township=township or "",
        subtitle=subtitle(shown),
        warning=warning(head),
        marks=marks(head),
        figures=figures(head),
        facts=facts(shown),
        script=script,
        script_hash=base64.b64encode(hashlib.sha256(script.encode()).digest()).decode(),
        villages=villages,
        count=len(shown.rows),
        in_short=[tier_word(tier, head) for tier in IN_SHORT] if len(shown.rows) > MOST_WHOLE else [],
        tiers=[(tier, tier_word(tier, head)) for tier in COUNTY_TIERS if (shown.rows["tier"] == tier).any()],
        causes=[(str(place), text_or(f"group.{cause}", language, cause)) for place, cause in enumerate(causes)],
        months=len(shown.cards.months) if shown.cards else 0,
        width=width(len(shown.cards.months)) if shown.cards else 0,
        gap=text("word.gap", language),
        notes=_NOTES,
        sheet_heads=[f"sheet.{key}" for key in _SHEET],
        sheet_widths=_SHEET.values(),
        boxes=[(place, f"sheet.box.{key}") for place, key in enumerate(_SHEET, start=1) if key in _BOXES],
    )


@cache
def _script() -> str:
    return resources.files("relapse.county.reports").joinpath("templates/cards.js").read_text(encoding="utf-8")


def _causes(risk_list: RiskList) -> list[str]:
    """Causes of the page, the commonest first."""
    told = _told(risk_list, "causes")
    counts = pd.Series([cause for each in told for cause in each], dtype=object).value_counts()
    return sorted(counts.index, key=lambda cause: (-counts[cause], cause))


def _told(risk_list: RiskList, column: str) -> list[tuple[Any, ...]]:
    ids = [str(each) for each in risk_list.rows["household_id"]]
    return [()] * len(ids) if risk_list.cards is None else risk_list.cards.told(ids, column)


def _households(risk_list: RiskList, heads: Heads, causes: Sequence[str]) -> list[Household]:
    head, language = risk_list.head, risk_list.head.language
    told = {
        name: _told(risk_list, name) for name in ("reasons", "triggers", "causes", "changed", "why", "look", "events")
    }
    drawn = _drawn(risk_list)
    stop = text("page.stop", language)
    number = {cause: str(place) for place, cause in enumerate(causes)}
    long = len(risk_list.rows) > MOST_WHOLE
    return [
        Household(
            place=place,
            number=f"{row['number']:g}",
            name=heads.get(row["household_id"], Head()).masked,
            household_id=row["household_id"],
            known_as=_known_as(row, language),
            tier=row["tier"],
            tier_word=tier_word(row["tier"], head),
            about=_about(row, head),
            clue_id=row["clue_id"],
            group=row["village_group"],
            size="" if pd.isna(row["size"]) else f"{row['size']:g}",
            due=row["due"],
            causes=tuple(number[cause] for cause in told["causes"][place]),
            spark=drawn[place][0],
            money=tuple(words for words in (_money(row, head), drawn[place][1]) if words),
            below=row["gap"] < 0,
            reasons=told["reasons"][place],
            triggers=stop.join(told["triggers"][place]),
            checks=tuple(row["checks"]),
            others=_others(row, told["changed"][place], told["events"][place], language),
            whole=not long or row["tier"] not in IN_SHORT,
            why="".join(told["why"][place]),
            look=told["look"][place],
        )
        for place, row in enumerate(risk_list.rows.to_dict("records"))
    ]


def _known_as(row: Mapping[Hashable, Any], language: Language) -> Parts:
    size = "" if pd.isna(row["size"]) else text("page.persons", language, count=f"{row['size']:g}")
    kind = text(f"type.{row['type']}", language) if row["type"] else ""
    return tuple(part for part in (row["household_id"], row["village_group"], size, kind) if part)


def _about(row: Mapping[Hashable, Any], head: ListHead) -> Parts:
    """Small print: what the row is by, and by when it is to be handed back."""
    language = head.language
    running = (
        text("page.months_listed", language, count=f"{row['months_listed']:g}") if row["months_listed"] > 1 else ""
    )
    verdict = row["last_verdict"] and text(
        "page.last_verdict", language, verdict=text_or(f"verdict.{row['last_verdict']}", language, row["last_verdict"])
    )
    said = (
        text(f"source.{row['source']}", language),
        text("page.rank", language, rank=f"{row['rank']:,}", at_risk=f"{head.at_risk:,}"),
        running,
        verdict,
        text("page.credibility", language, level=text(f"credibility.{row['credibility']}", language)),
        row["due"] and text("page.due", language, due=row["due"]),
        row["clue_id"],
    )
    return tuple(part for part in said if part)


def _others(
    row: Mapping[Hashable, Any], changed: Parts, events: Parts, language: Language
) -> tuple[tuple[str, str], ...]:
    """Text key of the label, and what stands behind it."""
    stop = text("page.stop", language)
    said = (
        ("page.changed", stop.join(changed)),
        ("page.events", stop.join(events)),
        ("page.protects", text("word.between", language).join(row["protects"])),
        ("page.measures", text("cell.and", language).join(row["measures"])),
    )
    return tuple((key, words) for key, words in said if words)


def _money(row: Mapping[Hashable, Any], head: ListHead) -> str:
    """Income against the line in a sentence."""
    if pd.isna(row["gap"]):
        return text("page.no_income", head.language)
    key = "page.below" if row["gap"] < 0 else "page.above"
    return text(key, head.language, window=head.window, income=amount(row["income"]), gap=amount(abs(row["gap"])))


def _drawn(risk_list: RiskList) -> list[tuple[Spark | None, str]]:
    """The drawing of each row, and its lowest and highest income in a sentence; nothing where no income is known."""
    cards, language = risk_list.cards, risk_list.head.language
    if cards is None or not len(cards.words):
        return [(None, "")] * len(risk_list.rows)
    rows = np.array([cards.place.get(household, -1) for household in risk_list.rows["household_id"]], dtype=np.intp)
    income, line = (np.where(rows[:, None] >= 0, values[rows], np.nan) for values in (cards.income, cards.line))
    drawn = sparks(income, line, _told(risk_list, "ticks"))
    lowest = np.argmin(np.where(np.isnan(income), np.inf, income), axis=1)
    ends = zip(
        lowest.tolist(), np.fmin.reduce(income, axis=1).tolist(), np.fmax.reduce(income, axis=1).tolist(),
        (income < line).sum(axis=1).tolist(), strict=True,
    )  # fmt: skip
    said = [
        text(
            "page.range_below" if below else "page.range", language,
            low=amount(low), high=amount(high), when=cards.months[when], months=below,
        ) if math.isfinite(low) else ""
        for when, low, high, below in ends
    ]  # fmt: skip
    return [(spark if words else None, words) for spark, words in zip(drawn, said, strict=True)]


def _villages(households: Sequence[Household], rows: pd.DataFrame, nowhere: str) -> list[Village]:
    """Villages by township and name; their households in the order of the list."""
    by_name: dict[tuple[str, str], list[Household]] = {}
    for township, village, each in zip(rows["township"], rows["village"], households, strict=True):
        by_name.setdefault((township, village), []).append(each)
    made = []
    for place, ((township, village), mine) in enumerate(sorted(by_name.items())):
        sent = [each for each in mine if each.tier in ON_PAPER]
        chunks = [sent[begin : begin + MOST_ROWS] for begin in range(0, len(sent), MOST_ROWS)]
        sheets = [Sheet(page, chunk) for page, chunk in enumerate(chunks, start=1)]
        due = sorted({each.due for each in sent if each.due})
        first = due[0] if due else ""
        made.append(Village(place, township, village or nowhere, mine, sheets, first, len(due) > 1))
    return made
