"""The list as one self-contained page: a `RiskList` comes in, bytes go out. A county's has cards, a panel's a table."""

from __future__ import annotations

from dataclasses import dataclass

import pandas as pd

from relapse.core.heads import NOBODY, Heads
from relapse.core.results import ListHead, RiskList
from relapse.core.texts import amount, event_words, percent, periods, signed, text
from relapse.county.reports import list_cards
from relapse.county.reports.list_words import facts, figures, money_decimals, subtitle, tier_word, warning
from relapse.county.reports.pages import page


@dataclass(frozen=True)
class _Line:
    """One household of a panel as it is printed."""

    rank: str
    household: str
    place: str
    tier: str
    first: bool
    income: str
    gap: str
    below: bool
    reasons: tuple[str, ...]
    chances: tuple[str, ...]


def render(risk_list: RiskList, heads: Heads = NOBODY, township: str | None = None) -> bytes:
    """The page; nothing is loaded from elsewhere.

    Args:
        risk_list: what is shown.
        heads: who heads the households of a county; of a name the surname alone is shown, of a number nothing.
        township: of a county whose rows alone are shown; None for all.
    """
    head = risk_list.head
    if head.county:
        return list_cards.render(risk_list, heads, township)
    lines = _lines(risk_list)
    return page(
        "list.html.j2",
        head.language,
        head.outcome,
        head=head,
        subtitle=subtitle(risk_list),
        warning=warning(head),
        figures=figures(head),
        facts=facts(risk_list),
        chances=text("head.chances", head.language, **event_words(head.outcome, head.language)),
        chance_heads=[_chance_heads(head, horizon) for horizon in head.horizons],
        with_place=any(line.place for line in lines),
        lines=lines,
    )


def _chance_heads(head: ListHead, horizon: int) -> tuple[str, str]:
    """The short head under a common one, and the whole one for a card on a phone."""
    ahead = periods(horizon, head.frequency, head.language)
    return text(head.worded("head.within"), head.language, horizon=ahead), text(
        head.worded("head.chance"), head.language, horizon=ahead, **event_words(head.outcome, head.language)
    )


def _lines(risk_list: RiskList) -> list[_Line]:
    head, rows = risk_list.head, risk_list.rows
    decimals = money_decimals(risk_list)
    chances = rows[[f"chance_{horizon}" for horizon in head.horizons]].to_numpy(dtype=float)
    return [
        _Line(
            rank=str(row["rank"]),
            household=str(row["household_id"]),
            place=_place(row["township"], row["village"]),
            tier=tier_word(row["tier"], head),
            first=row["tier"] == "visit",
            income=amount(row["income"], decimals),
            gap=signed(row["gap"], decimals),
            below=row["gap"] < 0,
            reasons=tuple(row["reasons"]),
            chances=tuple(percent(chance) for chance in chance_row),
        )
        for row, chance_row in zip(rows.to_dict("records"), chances.tolist(), strict=True)
    ]


def _place(*parts: str | float | None) -> str:
    return " ".join(str(part) for part in parts if part and not pd.isna(part))
