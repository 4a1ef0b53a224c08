"""The note of an office's month, one A4 sheet: what came, what is late, what was done without it, what to do now."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from relapse.core.name_texts import table_called
from relapse.core.results import Language, RiskList
from relapse.core.texts import text
from relapse.core.verdict_words import leading_reasons
from relapse.county.reports.list_words import horizon_words, tier_word, warning
from relapse.county.reports.pages import page

_MOST = 14  # lines of a table: the note is one sheet, and the manifest has all
_NAMED = 6  # handed-back lists that are named; the report on them has all
_SEVERITIES = ("stop", "fix", "check", "note")


@dataclass(frozen=True)
class Taken:
    """A file that was taken in: its name, what it is (in Chinese and by its key), and the name under which it lies."""

    name: str
    title: str
    table: str
    target: str


@dataclass(frozen=True)
class Left:
    """A file that lies in the inbox as before: its name, a key of `inbox.` texts, and what that text needs."""

    name: str
    why: str
    details: str


@dataclass(frozen=True, eq=False)
class Note:
    """What a note tells.

    Args:
        risk_list: of the month.
        edition: `edition-1` and so on.
        taken, left: files of the inbox.
        findings: how many of each severity.
        figures: of the monitor.
        back: of the lists handed back, how many rows were answered, verified and not matched; empty where none came.
        feedback: the report on them, by name of its files.
    """

    risk_list: RiskList
    edition: str
    taken: Sequence[Taken]
    left: Sequence[Left]
    findings: Mapping[str, int]
    figures: Mapping[str, Any]
    back: Mapping[str, int]
    feedback: Mapping[str, bytes]


def render(note: Note) -> bytes:
    """The page in the list's language; it prints on one sheet, and links to what lies beside it."""
    head = note.risk_list.head
    language = head.language
    late = [feed for feed in head.feeds if feed.late]
    return page(
        "month.html.j2",
        language,
        head.outcome,
        head=head,
        warning=warning(head),
        subtitle=text("month.subtitle", language, panel=head.place, as_of=head.as_of),
        listed=_listed(note),
        edition="" if note.edition == "edition-1" else text("month.edition", language, edition=note.edition[8:]),
        taken=_taken(note, language),
        late=[
            text("feed.late", language, title=feed.called(language), newest=feed.newest, late=feed.late)
            for feed in late[:_MOST]
        ],
        left=_first(((each.name, _why(each, language)) for each in note.left), language, 2),
        back=text("month.back", language, **{name: f"{count:,}" for name, count in note.back.items()})
        if note.back
        else "",
        findings=_findings(note, language),
        hits=_hits(note, language),
        stopped=_stopped(note, language),
        verdict=_verdict(note, language),
        steps=[text(f"month.step.{number}", language) for number in (1, 2, 3, 4)],
    )


def _listed(note: Note) -> str:
    head, tiers = note.risk_list.head, note.risk_list.rows["tier"].value_counts(sort=False)
    comma = text("cell.and", head.language)
    told = comma.join(
        text("month.tier", head.language, tier=tier_word(str(tier), head), count=f"{count:,}")
        for tier, count in tiers.items()
    )
    return text(
        "month.listed", head.language, at_risk=f"{head.at_risk:,}", listed=f"{len(note.risk_list.rows):,}",
        horizon=horizon_words(head), tiers=told,
    )  # fmt: skip


def _taken(note: Note, language: Language) -> list[tuple[str, ...]]:
    """The exports, a row each, then all lists that were handed back in one row."""
    same = text("month.same_name", language)
    exports = [
        (each.name, _what(each, language), same if each.target == each.name else each.target or "–")
        for each in note.taken
        if each.table
    ]
    back = [each for each in note.taken if not each.table]
    rows = _first(exports, language, 3)
    if back:
        names = text("cell.and", language).join(each.name for each in back[:_NAMED])
        told = text("month.hand_backs", language, count=len(back)) if len(back) > 1 else _what(back[0], language)
        rows.append((names + ("…" if len(back) > _NAMED else ""), told, "–"))
    return rows


def _what(taken: Taken, language: Language) -> str:
    if not taken.table:
        return text("month.hand_back", language)
    return table_called(taken.table, taken.title, language)


def _why(left: Left, language: Language) -> str:
    return text(f"inbox.{left.why}", language, details=left.details)


def _first(rows: Iterable[tuple[str, ...]], language: Language, width: int) -> list[tuple[str, ...]]:
    """The first rows, and how many more there are."""
    every = list(rows)
    more = [(text("month.more", language, count=f"{len(every) - _MOST:,}"), *[""] * (width - 1))]
    return every if len(every) <= _MOST else [*every[:_MOST], *more]


def _findings(note: Note, language: Language) -> str:
    counts = [(name, note.findings.get(name, 0)) for name in _SEVERITIES]
    told = [
        text("month.findings.some", language, severity=text(f"severity.{name}", language), count=f"{count:,}")
        for name, count in counts
        if count
    ]
    return text("cell.and", language).join(told) or text("month.findings.none", language)


def _stopped(note: Note, language: Language) -> str:
    """That the forecast was stopped, by what the list is ordered, and what brings it back; empty where it was not."""
    head = note.risk_list.head
    if not head.stopped:
        return ""
    why = _why_so(note, language)
    key = "month.stopped" if head.stopped == "rule" else "month.stopped.go_on"
    return text(key, language, when=note.figures["as_of"], why=why, do=text("month.stopped.do", language))


def _verdict(note: Note, language: Language) -> str:
    """The monitor's verdict, with its first reason where something is to be done; a stop stands above already."""
    name = note.figures["watch"]["verdict"]["name"]
    if note.risk_list.head.stopped:
        return ""
    why = "" if name in ("keep", "watch") else _why_so(note, language)
    return text("month.verdict", language, verdict=text(f"watch.verdict.{name}", language), why=why).strip()


def _why_so(note: Note, language: Language) -> str:
    titles = {feed["table"]: feed["title"] for feed in note.figures["feeds"]}
    return leading_reasons(note.figures["watch"]["verdict"], language, titles, 1)


def _hits(note: Note, language: Language) -> str:
    """The longest horizon at which lists have closed, in one sentence; only what may be told."""
    told = [row for row in note.figures["hits"] if row["group"] == "all" and row["rate"] is not None]
    if not told:
        return text("month.hits.none", language)
    row = told[-1]
    base = next(each for each in note.figures["hits"] if each["horizon"] == row["horizon"] and each["group"] == "base")
    known = base["rate"] is not None
    return text(
        "month.hits.base" if known else "month.hits", language, lists=row["lists"], horizon=row["horizon"],
        n=f"{row['n']:,}", hits=f"{row['hits']:,}", rate=f"{100 * row['rate']:.1f}",
        base=f"{100 * base['rate']:.1f}" if known else "",
    )  # fmt: skip
