"""What comes back from visits: the columns that are filled in, their codes, and how they are read and asked about.

A verdict is a report of a visit. It is no label and no feature: the label stays the register's recognition.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Annotated, Protocol, runtime_checkable

import numpy as np
import pandas as pd
from numpy.typing import NDArray
from pydantic import Field
from pydantic.dataclasses import dataclass as checked

from relapse.core.contract import Contract
from relapse.core.recipe import STRICT, Count, Horizon, Share
from relapse.core.results import Language

FIELDS = {  # columns that are filled in, and the field of the contract's table `visits` that each is
    "visited_at": "visited_at", "way": "way", "verdict": "verdict", "cause_found": "found_causes", "action": "action",
    "not_included": "not_included_reason", "income_found": "checked_income_pc", "referred_to": "referred_to",
    "visitor": "visitor", "remark": "remark",
}  # fmt: skip
HEADERS = {  # the same as the list calls them: keys `clue.…` of `core.texts`
    "visited_at": "visit_date", "way": "visit_way", "verdict": "verdict", "cause_found": "cause_found",
    "action": "action", "not_included": "not_included", "income_found": "income_found", "referred_to": "referred_to",
    "visitor": "visitor", "remark": "remark",
}  # fmt: skip
CHOICES: Mapping[str, Mapping[str, str]] = {  # by column and code, what the list offers: keys of `core.texts`
    "way": {"house": "way.visit", "phone": "way.phone", "video": "way.video", "village": "way.village"},
    "verdict": {
        "at_risk": "found.risk", "no_risk": "found.no_risk", "unclear": "found.unclear", "not_met": "found.not_met",
        "wrong_data": "found.wrong",
    },
    "cause_found": {
        **{name: f"cause.{name}" for name in (
            "illness", "disability", "schooling", "disaster", "accident", "industry", "job", "no_labour", "housing",
            "water", "other",
        )},
        "no_cause": "cause.none",
    },
    "action": {
        "start": "action.identify", "help_first": "action.help_first", "refer": "action.refer",
        "watch": "action.watch", "nothing": "action.nothing", "already": "action.monitored",
    },
    "not_included": {
        "income": "not_included.steady", "affordable": "not_included.bears_cost",
        "comparison": "not_included.assets", "children": "not_included.children",
        "covered": "not_included.covered", "gone": "not_included.gone", "data_error": "not_included.wrong_data",
        "other": "not_included.other",
    },
    "referred_to": {name: f"referred.{name}" for name in (
        "medical_insurance", "civil_affairs", "education", "labour", "housing", "water", "disabled_federation",
        "agriculture", "emergency", "other",
    )},
}  # fmt: skip
NEEDED = ("visited_at", "way", "verdict", "action", "visitor")  # without which a row does not count as verified
START = "start"  # the action after which no reason for leaving a household out is asked
ANSWERS = ("visited_at", "way", "verdict", "cause_found", "action", "not_included", "income_found", "referred_to")
Texts = Mapping[str, tuple[str, ...]]


@checked(frozen=True, config=STRICT)
class HandBackSettings:
    """How handed-back lists are read, and what is asked about them; `conf/handback/default.yaml` says whose it is.

    Args:
        latest_days: days after the end of a list's month in which a visit of it may lie.
        words: by column and code, further words for it.
        fillers: words around an answer that change nothing.
        ticked: signs before the chosen one of several printed choices.
        empty_box: signs before those not chosen.
        skipped_sheets: names of sheets that are never read.
        disease_words: what a remark must not name.
        longest_remark: characters.
        most_a_day: households that one person can visit at home in a day.
        copied_rows: rows that say the same from which one asks.
        copied_length: characters of a remark that counts for that.
        streak_rows: rows of a township without any risk from which one asks.
        streak_chance: how unlikely such a streak must be.
        least_random: verified random rows from which the share at risk is worked out.
        horizons: months after the list's month in which recognitions are counted.
        matures_after: months until recognitions count as told.
        least_rate: rows from which a rate is printed.
        least_count: from which a count of households is printed.
        causes: by key of a printed sentence, the causes that agree with it.
    """

    latest_days: Count
    words: Mapping[str, Texts]
    fillers: tuple[str, ...]
    ticked: tuple[str, ...]
    empty_box: tuple[str, ...]
    skipped_sheets: tuple[str, ...]
    disease_words: tuple[str, ...]
    longest_remark: Count
    most_a_day: Count
    copied_rows: Annotated[int, Field(ge=2)]
    copied_length: Count
    streak_rows: Count
    streak_chance: Share
    least_random: Count
    horizons: tuple[Horizon, ...]
    matures_after: Annotated[int, Field(ge=0)]
    least_rate: Count
    least_count: Count
    causes: Texts


@dataclass(frozen=True)
class Note:
    """What is to be said of one cell, row or file.

    Args:
        rule: its texts are `back.<rule>` in `core.texts`.
        file: name of the file.
        sheet: name of the sheet, empty for a text file or the whole file.
        cell: address such as `AE7`; empty where the whole row, sheet or file is meant.
        row: number of the row, 0 where none is meant.
        column: header of the column.
        value: what stands there, as it may be shown.
        clue_id, household_id: of the row, as far as told.
        details: for the placeholders of the text.
    """

    rule: str
    file: str
    sheet: str = ""
    cell: str = ""
    row: int = 0
    column: str = ""
    value: str = ""
    clue_id: str = ""
    household_id: str = ""
    details: Mapping[str, str] = field(default_factory=dict)


@dataclass(frozen=True)
class Question:
    """Something odd about a hand-back, to be asked of a township: never a finding.

    Args:
        rule: its text is `ask.<rule>` in `core.texts`.
        township: of whom it is asked.
        details: for the placeholders.
    """

    rule: str
    township: str
    details: Mapping[str, str]


@dataclass(frozen=True, eq=False)
class Came:
    """What came back, as it is reported: plain tables, no name of anybody but in `rows`, for the ledger alone.

    Args:
        county: short name of its data.
        place: what it is called in print.
        language, simulated: of the county.
        files: one row a file that was read: `file`, `digest`, `saved`, `months`, `rows`, `verified`.
        rows: of the hand-back, see `data.handback.take.HandBack`.
        refused, unmatched, notes: what is to be said.
        conflicts: versions that contradict each other, with `holds`.
        progress: by month and township.
        hits: what lists came to, as it may be printed.
        agreement: counts of causes.
        questions: for the county office alone.
        known_month: up to which recognitions are known, YYYY-MM.
        blank: rows in which nothing is filled in.
    """

    county: str
    place: str
    language: Language
    simulated: bool
    files: pd.DataFrame
    rows: pd.DataFrame
    refused: Sequence[Note]
    unmatched: Sequence[Note]
    notes: Sequence[Note]
    conflicts: pd.DataFrame
    progress: pd.DataFrame
    hits: pd.DataFrame
    agreement: Mapping[str, int]
    questions: Sequence[Question]
    known_month: str
    blank: int


@dataclass(frozen=True, eq=False)
class Recognised:
    """Recognitions as they were believed at a month.

    Args:
        household_id: (k,)
        month: (k,) of each, counted from year 0.
        newest: the last month by whose end recognitions are known.
    """

    household_id: NDArray[np.object_]
    month: NDArray[np.int64]
    newest: int


class NamesVisitors(Protocol):
    """Makes a code of who went: who it was is told by no table."""

    def __call__(self, names: Sequence[str]) -> Sequence[str]:
        """(names,) a code each, equal for equal names; empty for an empty one."""
        ...


@runtime_checkable
class TakesFeedback(Protocol):
    """A county that keeps what came back from its visits."""

    @property
    def panel_name(self) -> str:
        """Of the county."""
        ...

    @property
    def simulated(self) -> bool:
        """Whether a simulator made it."""
        ...

    @property
    def place(self) -> Path:
        """The county's folder."""
        ...

    @property
    def tables(self) -> Contract:
        """What its tables hold."""
        ...

    @property
    def visitor_code(self) -> NamesVisitors | None:
        """Makes codes of visitors with the county's key; None where it has no key that lasts."""
        ...

    def prepare(self) -> bool:
        """Make what is to be read, where it is made at all."""
        ...

    def recognised(self, as_of: str | None) -> Recognised:
        """Recognitions as believed at the end of a month (by default the newest one that they were told in)."""
        ...
