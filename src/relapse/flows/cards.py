"""Listed households -> their cards: income against the line month by month, what happened, softened sentences."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from relapse.core import told
from relapse.core.cards import Cards
from relapse.core.facts import Facts, Ints
from relapse.core.panel import PanelView
from relapse.core.recognitions import NEVER, spells, told_by
from relapse.core.results import Finding, Language
from relapse.core.texts import TEXTS, text
from relapse.core.tones import lead_sentence, lead_sentences
from relapse.county.risk_list.measures import Advice
from relapse.explanation.reasons import Reason
from relapse.flows.county_rows import Listed, causes_of, objects

MONTHS = 36  # three years: what an officer asks about, and twice what a spell of hardship usually lasts; our choice
MOST_EVENTS, MOST_LOOKS = 6, 2
EVENTS, MEASURES = "events", "measures"


def make_cards(
    known: PanelView,
    members: Ints,
    rows: Listed,
    changed: Sequence[Sequence[str]],
    advice: Advice,
    language: Language,
) -> Cards:
    """The cards of the households of a list, in its order.

    Args:
        known: what was known by the end of the as_of, of a county's panel.
        members: (n,) places of the listed households.
        rows: (n,) their tiers, reasons and the rules that they hit.
        changed: (n,) what is new of them, where reasons and rules stand as they are.
        advice: what to look at.
        language: of all words.
    """
    panel, as_of = known.panel, known.as_of
    histories = known.histories(members, lags=MONTHS)
    income = histories.window_income[:, ::-1]
    line = np.broadcast_to(histories.line, histories.window_income.shape)[:, ::-1]
    happened = _happened(known, members, language)
    label = panel.calendar.label
    told_of = list(zip(rows.settled.tier.tolist(), rows.said, rows.settled.leads, changed, strict=True))
    words = pd.DataFrame(
        {
            "reasons": objects([tuple(reason.say("page") for reason in said) for _, said, _, _ in told_of]),
            "causes": objects([_groups(advice, said, leads) for _, said, leads, _ in told_of]),
            "triggers": objects([lead_sentences(leads, advice.rules, "page", language) for _, _, leads, _ in told_of]),
            "changed": objects([_softened(new, said, leads, language) for _, said, leads, new in told_of]),
            "why": objects([_why(tier, said, leads, language) for tier, said, leads, _ in told_of]),
            "look": objects([_look(advice, said, leads, language) for _, said, leads, _ in told_of]),
            "events": objects([tuple(f"{label(month)} {what}" for month, what in each) for each in happened]),
            "ticks": objects([tuple(MONTHS - 1 - (as_of - month) for month, _ in each) for each in happened]),
        },
        index=pd.Index(panel.household_ids[members], dtype=object),
    )
    return Cards(tuple(label(as_of - lag) for lag in reversed(range(MONTHS))), income, line, words)


def joined_cards(parts: Sequence[Cards], order: NDArray[np.intp]) -> Cards:
    """Cards of several parts of a county.

    Args:
        parts: at least one.
        order: (n,) places of the cards, in the order in which they are wanted.
    """
    income, line = (np.concatenate([getattr(each, name) for each in parts])[order] for name in ("income", "line"))
    return Cards(parts[0].months, income, line, pd.concat([each.words for each in parts]).iloc[order])


def _groups(advice: Advice, said: Sequence[Reason], leads: Sequence[Finding]) -> tuple[str, ...]:
    """Causes as the catalogue groups them: of the reasons, and of the rules that were hit."""
    by_rule = (advice.rules.get(hit.rule, "") for hit in leads)
    by_rule = ("guarantees" if cause.startswith("unmet_") else cause for cause in by_rule)
    groups = [*(reason.group for reason in said), *(cause for cause in by_rule if f"group.{cause}" in TEXTS)]
    return tuple(dict.fromkeys(groups))


def _softened(
    sentences: Sequence[str], said: Sequence[Reason], leads: Sequence[Finding], language: Language
) -> tuple[str, ...]:
    """Sentences in which reasons and triggers stand as they are, with those that a page may tell in their place."""
    pairs = [(reason.sentence, reason.say("page")) for reason in said]
    pairs += [(lead_sentence(hit, "exact", language), lead_sentence(hit, "page", language)) for hit in leads]
    made = list(sentences)
    for exact, page in pairs:
        made = [sentence.replace(exact, page) for sentence in made]
    return tuple(made)


def _why(tier: str, said: Sequence[Reason], leads: Sequence[Finding], language: Language) -> tuple[str]:
    """The one sentence of a sheet: what a department says, else the strongest reason; a random check is none."""
    if tier == "random":
        return (text("paper.random", language),)
    if leads:
        softened = f"lead.{leads[0].rule}.paper" in TEXTS
        told_of = lead_sentence(leads[0], "paper", language)
        return (told_of if softened else text("paper.lead", language, lead=told_of),)
    return (said[0].say("paper") if said else text("paper.listed", language),)


def _look(advice: Advice, said: Sequence[Reason], leads: Sequence[Finding], language: Language) -> tuple[str, ...]:
    """What to look at, softened where it is about illness, disability or school."""
    causes = causes_of(advice, leads, said)
    looks = [
        text(f"look.{cause}", language) if f"look.{cause}" in TEXTS else advice.checks([cause], language)[0]
        for cause in causes
    ]
    return tuple(dict.fromkeys(looks))[:MOST_LOOKS] or advice.checks([], language)


def _happened(known: PanelView, members: Ints, language: Language) -> list[list[tuple[int, str]]]:
    """(n,) months and words of what happened to each, newest first."""
    rows = pd.concat(
        [_events(known, language), _measures(known, language), _monitored(known, language)], ignore_index=True
    )
    place = np.full(len(known.panel.household_ids), -1)
    place[members] = np.arange(len(members))
    rows = rows[(rows["month"] > known.as_of - MONTHS) & (rows["month"] <= known.as_of)]
    rows = rows.assign(place=place[rows["household"].to_numpy(dtype=np.intp)])
    rows = rows[rows["place"] >= 0].drop_duplicates(["place", "month", "words"])
    rows = rows.sort_values(["place", "month", "words"], ascending=[True, False, True], kind="stable")
    rows = rows[rows.groupby("place").cumcount() < MOST_EVENTS]
    found: list[list[tuple[int, str]]] = [[] for _ in members]
    for row, month, words in zip(rows["place"].tolist(), rows["month"].tolist(), rows["words"].tolist(), strict=True):
        found[row].append((month, words))
    return found


def _events(known: PanelView, language: Language) -> pd.DataFrame:
    """Events of all households; a kind that has no words, such as a doctor's routine visit, is none."""
    if not told.has(known, EVENTS, "kind"):
        return _rows()
    events = known.table(EVENTS)
    kind = events.text("kind")
    words = [_word(f"happened.{level}", language) for level in kind.levels]
    return _rows(events, told.past(events, known.as_of), events.happened, kind.codes, words)


def _measures(known: PanelView, language: Language) -> pd.DataFrame:
    """When measures of help began and ended."""
    if not told.has(known, MEASURES, "kind"):
        return _rows()
    measures, as_of = known.table(MEASURES), known.as_of
    kind, there, last = measures.text("kind"), told.past(measures, as_of), told.month(measures, "to")
    words = [_word(f"measure.{level}", language) for level in kind.levels]
    began = [each and text("happened.measure_began", language, measure=each) for each in words]
    over = [each and text("happened.measure_ended", language, measure=each) for each in words]
    return pd.concat(
        [
            _rows(measures, there, measures.happened, kind.codes, began),
            _rows(measures, there & (last <= as_of), np.nan_to_num(last).astype(np.int64), kind.codes, over),
        ]
    )


def _monitored(known: PanelView, language: Language) -> pd.DataFrame:
    """When a household was recognised, and when its risk was removed."""
    if not told_by(known.panel):
        return _rows()
    spell = spells(known)
    over = spell.ends < NEVER
    came, gone = (text(f"happened.{what}", language) for what in ("recognised", "removed"))
    household = np.concatenate([spell.household, spell.household[over]])
    month = np.concatenate([spell.begins, spell.ends[over]])
    words = [came] * len(over) + [gone] * int(over.sum())
    return pd.DataFrame({"household": household, "month": month, "words": words})


def _rows(
    facts: Facts | None = None,
    wanted: NDArray[np.bool_] | None = None,
    month: NDArray[np.integer] | None = None,
    codes: Ints | None = None,
    words: Sequence[str] = (),
) -> pd.DataFrame:
    """Household, month and words of some rows of a table; none of those that have no words."""
    if facts is None or wanted is None or month is None or codes is None:
        return pd.DataFrame({"household": [], "month": [], "words": []}).astype({"household": int, "month": int})
    said = np.array([*words, ""], dtype=object)[codes]
    rows = np.flatnonzero(wanted & (facts.household >= 0) & (said != ""))
    return pd.DataFrame({"household": facts.household[rows], "month": month[rows], "words": said[rows]})


def _word(key: str, language: Language) -> str:
    return text(key, language) if key in TEXTS else ""
