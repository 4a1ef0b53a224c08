"""What a county's list tells of its households beside their rank, from features and from believed tables."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from relapse.core import told
from relapse.core.facts import Floats, Ints, per_household
from relapse.core.panel import HOUSEHOLDS, PanelView
from relapse.core.results import Finding, Language
from relapse.core.rows import Unit
from relapse.core.tones import lead_sentences
from relapse.county.audits.newness import persons_of, tell_persons
from relapse.county.audits.snapshot import Snapshot
from relapse.county.audits.spells import WORK, spells_of
from relapse.county.risk_list.build import ListSettings
from relapse.county.risk_list.clues import clue_ids, due_days, numbers_within, village_codes
from relapse.county.risk_list.measures import Advice, read_advice
from relapse.county.risk_list.previous import PreviousRow, months_listed, what_changed
from relapse.explanation.reasons import Reason

Texts = NDArray[np.object_]
YEAR, HALF_YEAR = 12, 6
TOLD_GUARANTEES = ("housing", "medical", "schooling", "water")
_MAY_BE = {"exited": "unstable", "ordinary": "edge"}  # by type: what a household can be recognised as


@dataclass(frozen=True, eq=False)
class Settled:
    """What is settled of the rows of a list before they are told: (rows,) each.

    Args:
        tier: code of each.
        source: model, rule, both or random.
        leads: findings of the rules that it hits.
        department: whether one of them is a department's trigger.
        verdict: of its newest visit.
        before: its row on last month's list.
        income: per person, NaN where not known.
        doubtful: whether its records must be corrected.
    """

    tier: Texts
    source: Texts
    leads: Sequence[tuple[Finding, ...]]
    department: NDArray[np.bool_]
    verdict: Texts
    before: Sequence[PreviousRow | None]
    income: Floats
    doubtful: NDArray[np.bool_]

    def take(self, rows: NDArray[np.intp]) -> Settled:
        """Some rows."""
        leads, before = [self.leads[row] for row in rows.tolist()], [self.before[row] for row in rows.tolist()]
        return Settled(
            self.tier[rows], self.source[rows], leads, self.department[rows], self.verdict[rows], before,
            self.income[rows], self.doubtful[rows],
        )  # fmt: skip


@dataclass(frozen=True, eq=False)
class Listed:
    """Rows of a list with what is told of them: (rows,) each.

    Args:
        settled: what was settled before.
        said: reasons.
        protects: sentences.
    """

    settled: Settled
    said: Sequence[Sequence[Reason]]
    protects: Sequence[tuple[str, ...]]


def county_columns(
    known: PanelView, part: Unit, rows: Listed, settings: ListSettings, outcome: str, language: Language
) -> dict[str, Floats | Texts]:
    """The columns of `county.risk_list.clues.COUNTY_COLUMNS` that are told of a household alone, row by row.

    Args:
        known: what was known by the end of the as_of, of a county's panel or a part of it.
        part: the listed households, or those of them that are in the part.
        rows: what is settled of them.
        settings: days of reply, and the table of what to look at.
        outcome: what is forecast.
        language: of sentences.
    """
    members, advice = part.members, read_advice(settings.measures)
    homes, place = homes_of(known), np.searchsorted(known.observed, members)
    kind = homes["type"][place]
    now, before = work_months(known)
    unmet = _unmet(part)
    causes = [causes_of(advice, leads, said) for leads, said in zip(rows.settled.leads, rows.said, strict=True)]
    leads = [lead_sentences(each, advice.rules, "exact", language) for each in rows.settled.leads]
    return {
        "village_group": homes["village_group"][place],
        "size": _size(known)[members],
        "type": kind,
        "source": rows.settled.source,
        "category": objects([_categories(str(each), outcome) for each in kind]),
        **_money(known, members),
        "work_now": now[members],
        "work_before": before[members],
        "unmet": objects(unmet),
        "triggers": objects(leads),
        "checks": objects([advice.checks(each, language) for each in causes]),
        "measures": objects([advice.measures(each, language) for each in causes]),
        "protects": objects(list(rows.protects)),
        "last_verdict": rows.settled.verdict,
        **_since_last(rows, leads, language),
        "due": due_days(
            known.as_of, rows.settled.tier, rows.settled.department, settings.reply_days, settings.trigger_reply_days
        ),
    }


def row_numbers(
    month: str, township: Texts, village: Texts, observed: NDArray[np.bool_], members: Ints
) -> dict[str, Floats | Texts]:
    """The columns that hang on the other rows, or on everybody: the place of a row in its township, and its lead's id.

    Args:
        month: of the list, as YYYY-MM.
        township: (households,) of the whole county, empty where not told.
        village: (households,) likewise.
        observed: (households,) who is there.
        members: (rows,) places of the listed households, in the order of the list.
    """
    leads = clue_ids(month, village_codes(township[observed], village[observed]))
    place = np.searchsorted(np.flatnonzero(observed), members)
    return {"number": numbers_within(township[members]).astype(np.float64), "clue_id": leads[place]}


def causes_of(advice: Advice, leads: Sequence[Finding], said: Sequence[Reason]) -> list[str]:
    """What the rules that a row hits speak of, then its reasons."""
    by_rule = [advice.rules[finding.rule] for finding in leads if finding.rule in advice.rules]
    return list(dict.fromkeys([*by_rule, *(advice.cause_of(reason.group, reason.wording) for reason in said)]))


def _since_last(rows: Listed, leads: Sequence[tuple[str, ...]], language: Language) -> dict[str, Floats | Texts]:
    """For how long each row is listed, and what is new."""
    settled = rows.settled
    now = [
        PreviousRow(tier, 1, None if np.isnan(income) else income, _lines(each.sentence for each in said), _lines(hit))
        for tier, income, said, hit in zip(
            settled.tier.tolist(), settled.income.tolist(), rows.said, leads, strict=True
        )
    ]
    pairs = list(zip(now, settled.before, strict=True))
    return {
        "months_listed": np.array([months_listed(row.tier, before) for row, before in pairs], dtype=np.float64),
        "changed": objects([what_changed(row, before, language) for row, before in pairs]),
    }


def work_months(known: PanelView) -> tuple[Floats, Floats]:
    """(households,) months that members worked in the last half year, and in the same months a year before.

    Sums over members, of whom none works more than each month once; NaN where no work of a household is told at all.
    """
    county = Snapshot(known)
    if WORK not in known.panel.tables:
        nothing = np.full(county.count, np.nan)
        return nothing, nothing
    spells = spells_of(county)
    household = spells.facts.household
    told = per_household(household[household >= 0], county.count) > 0
    person = persons_of(spells.facts)
    of = np.full(int(person.max(initial=-1)) + 1, -1, dtype=np.int32)
    of[person] = household

    def worked(last: int) -> Floats:
        overlap = spells.overlap(last - HALF_YEAR + 1, last)
        months: Floats = np.bincount(person, weights=overlap, minlength=len(of)).astype(np.float64)
        months = np.minimum(months, HALF_YEAR) if tell_persons(spells.facts) else months
        return np.where(told, per_household(of[of >= 0], county.count, months[of >= 0]), np.nan)

    return worked(known.as_of), worked(known.as_of - YEAR)


def homes_of(known: PanelView) -> Mapping[str, Texts]:
    """(observed,) texts of the newest state of each household that is there, empty where not told."""
    states = known.table(HOUSEHOLDS).newest
    row = np.full(len(known.panel.household_ids), -1, dtype=np.int64)
    row[states.household] = np.arange(len(states))
    names = ("township", "village", "village_group", "type")
    nothing = np.full(len(states), "", dtype=object)
    texts = {name: states.text(name).texts() if name in states else nothing for name in names}
    return {name: values[row[known.observed]] for name, values in texts.items()}


def _size(known: PanelView) -> Floats:
    """(households,) persons of the newest state."""
    homes = known.table(HOUSEHOLDS)
    return told.of_subjects(homes, told.filled(homes, "size"), len(known.panel.household_ids))


def _money(known: PanelView, members: Ints) -> dict[str, Floats]:
    """Change of income over a year, and what illness costs, at the newest known window of each household."""
    panel = known.panel
    histories = known.histories(members, lags=panel.max_age + 1 + YEAR)
    income = histories.window_income
    nothing = np.full(len(members), np.nan)
    told = "own_cost" in panel.amounts
    return {
        "change_1y": histories.newest(income) - histories.before_newest(income, YEAR),
        "own_cost": _own_cost(known, members, income[:, : panel.max_age + 1]) if told else nothing,
        "after_own_cost": histories.newest(histories.reference_income) if told else nothing,
    }


def _own_cost(known: PanelView, members: Ints, income: Floats) -> Floats:
    """(n,) own medical cost of the household in the window of its newest income; in the last one where none is."""
    age = np.where(np.isnan(income), 0, 1).argmax(axis=1)
    last = np.full(len(known.panel.household_ids), known.as_of, dtype=np.int64)
    last[members] = known.as_of - age
    claims = known.table("claims")
    rows = claims.household >= 0
    end = last[claims.household]
    rows &= (claims.happened <= end) & (claims.happened > end - known.panel.window)
    return per_household(claims.household[rows], len(last), claims.number("own_cost")[rows])[members]


def _unmet(part: Unit) -> list[tuple[str, ...]]:
    """(n,) what each household lacks; it is `none` only where all four are told."""
    names = {entry.name for entry in part.entries}
    wanted = {name: f"guarantees__{name}_unmet" for name in TOLD_GUARANTEES}
    nothing = np.full(len(part.members), np.nan)
    told = np.array([part.column(name) if name in names else nothing for name in wanted.values()])
    lacks = [
        tuple(name for name, value in zip(TOLD_GUARANTEES, each, strict=True) if value == 1) for each in told.T.tolist()
    ]
    whole = ~np.isnan(told).any(axis=0)
    return [each or (("none",) if all_told else ("unknown",)) for each, all_told in zip(lacks, whole, strict=True)]


def _categories(kind: str, outcome: str) -> tuple[str, ...]:
    """What may come of a household, no further than the forecast tells: what it may be recognised as, or removed."""
    own = _MAY_BE.get(kind, "")
    if outcome in ("unstable", "edge", "sudden", "removal"):
        return (outcome,)
    if not own:
        return ()
    return (own, "sudden") if outcome in ("any", "return") else (own,)


def _lines(sentences: Iterable[str]) -> str:
    return "\n".join(sentences)


def objects(values: Sequence[tuple[Any, ...]]) -> Texts:
    """(n,) tuples as one column."""
    made = np.empty(len(values), dtype=object)
    made[:] = values
    return made
