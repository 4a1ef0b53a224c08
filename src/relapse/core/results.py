"""What one step hands to the next: trials, findings, verdicts, reasons, the list."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from typing import Literal

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from relapse.core.cards import Cards
from relapse.core.contract import Severity
from relapse.core.feeds import Feed
from relapse.core.supplement import Supplement, in_township
from relapse.core.worded import Worded

Language = Literal["zh", "en"]
TIERS = ("visit", "next")
"""Of a plain panel: those to visit first, and as many again."""
COUNTY_TIERS = ("visit", "next", "phone", "random", "beyond")
"""Of a county: to visit this month, next month, to ask by phone, drawn at random, beyond what can be done."""
MORE = "and_more"  # rule of a finding that stands for `count` more of the rule `broken`, not told one by one


@dataclass(frozen=True)
class Finding:
    """One fault of the input.

    Args:
        rule: short fixed code of the rule, such as `period_twice`; its texts are `finding.<rule>` in `core.texts`.
        severity: stop (the run fails), fix (the row leaves training), check, note.
        table: file or table name.
        row: row number in the file as a person counts (header is row 1), 0 where the fault is of the whole table.
        column: name in the file, empty where none.
        value: what stands there, as text (identity values masked), empty where none.
        details: values for the placeholders of the rule's text.
        household_id: of the household that the fault is of, empty where none.
        zh: details and `column` in Chinese, where the files' own words are English.
    """

    rule: str
    severity: Severity
    table: str
    row: int = 0
    column: str = ""
    value: str = ""
    details: Mapping[str, str] = field(default_factory=dict)
    household_id: str = ""
    zh: Mapping[str, str] = field(default_factory=dict)

    def column_in(self, language: Language) -> str:
        """The column as it is called in a language."""
        return self.zh.get("column", self.column) if language == "zh" else self.column


@dataclass(frozen=True, eq=False)
class Trial:
    """What several models said of the same rows at one horizon, and what came of it.

    All arrays have one entry a row (a household at an origin whose outcome at this horizon is known).

    Args:
        outcome: such as `below_line`.
        horizon: periods ahead.
        origin: period of the forecast.
        cluster: number of the village (or household) that is resampled as a whole.
        household_id: as in the input.
        observed: 1.0 where the outcome came within the horizon, 0.0 where not.
        probability: by model, the chance that was forecast.
        rank: by model, place on that origin's list from 1 (ties already settled), without gaps.
        ahead: periods from the origin to the outcome, NaN where none came; None where it is a state that holds at the
            horizon, of which nobody says when it began.
    """

    outcome: str
    horizon: int
    origin: NDArray[np.int32]
    cluster: NDArray[np.int32]
    household_id: NDArray[np.object_]
    observed: NDArray[np.float64]
    probability: Mapping[str, NDArray[np.float64]]
    rank: Mapping[str, NDArray[np.int32]]
    ahead: NDArray[np.float64] | None = None


@dataclass(frozen=True)
class Verdict:
    """What one gate says of a version.

    Args:
        gate: its name, that of `conf/gates/`.
        holds: whether the version may pass.
        figure: what was measured.
        threshold: what it was held against.
        why: one sentence.
    """

    gate: str
    holds: bool
    figure: Worded
    threshold: Worded
    why: Worded


@dataclass(frozen=True)
class Drawn:
    """What households drawn at random from those not listed can tell of what a list misses.

    Args:
        households: drawn for this list.
        noticed: share of those not listed, and after how many months of such draws one of them would have been met.
        power: chance with which that is so.
        pooled_months: months that are pooled before a figure is told.
        months: of which checks are known by now.
        checked, found: households drawn in these whose check is known, and of these with a risk.
        rate: weighted share with a risk, of those not listed: (value, low, high); None while months are too few.
    """

    households: int
    noticed: tuple[tuple[float, int], ...]
    power: float
    pooled_months: int
    months: int = 0
    checked: int = 0
    found: int = 0
    rate: tuple[float, float, float] | None = None


@dataclass(frozen=True)
class ListHead:
    """What is printed above a list (texts are made from it in the list's language).

    Args:
        panel: name of the panel or county.
        as_of, horizon, horizons: labels of the period, and periods ahead; `period_word` is a key of `core.texts`
            (`period.monthly` …).
        model: name of the model that orders the list (the rule's where the version fell back).
        fell_back: why the version is the rule, empty where it is a model.
        version: number in the registry, or empty for an exported folder.
        digest: the version's content digest.
        data_digest: of the input files.
        reviewed: whether a reviewer has promoted this version.
        simulated: whether the data are.
        at_risk: households that were ranked.
        money: unit of money.
        hit_rate: in the backtest, of the same list length: (value, low, high), or None.
        rule_hit_rate: the distance rule's.
        base_rate: share of all households at risk that fell, in the backtest, or None.
        best_hit_rate: the best attainable at this length, or None.
        rank_agreement: rank correlation between the order and the risk.
        assumed: what had to be assumed while reading.
        language: of everything printed.
        label: `first_entry` (chances are those of a fall within the horizon) or `at_horizon` (of being below the line
            at it).
        outcome: what is forecast, such as `below_line` or `any`.
        county: whether the list is a county's: it tells how far the data can be trusted, and no household's chance.
        window: periods whose income is summed.
        reply_days, trigger_reply_days: days, and working days where a department gave a trigger, in which a county's
            rows are to be handed back.
        visits: households of the first tier.
        expected: to how many of these the outcome is expected to come: nine times of ten between the two.
        feeds: how fresh each of a county's tables was.
        chances: of all at risk, how many have a chance in each bin of `monitors.drift`; no household's own.
        hotline: number that a household of the county can call to report itself.
        previous: month of the county's list before that this one was compared with, empty where there was none.
        previous_digest: of what was read of it and of random checks of the months before; empty where nothing was.
        drawn: of a county, what random checks can tell; None where nobody was drawn.
        county_name: what the county is called, empty where its data do not tell it.
        stopped: whether a monitor stopped the version: empty, `rule` where its rule orders the list, or `go_on`.
    """

    panel: str
    as_of: str
    horizon: int
    horizons: tuple[int, ...]
    frequency: str
    model: str
    fell_back: str
    version: str
    digest: str
    data_digest: str
    reviewed: bool
    simulated: bool
    at_risk: int
    money: str
    hit_rate: tuple[float, float, float] | None
    rule_hit_rate: tuple[float, float, float] | None
    base_rate: float | None
    best_hit_rate: float | None
    rank_agreement: float
    assumed: tuple[str, ...]
    language: Language
    label: str = "first_entry"
    outcome: str = "below_line"
    county: bool = False
    window: int = 12
    reply_days: int = 0
    trigger_reply_days: int = 0
    visits: int = 0
    expected: tuple[int, int] | None = None
    feeds: tuple[Feed, ...] = ()
    chances: tuple[int, ...] = ()
    hotline: str = ""
    previous: str = ""
    previous_digest: str = ""
    drawn: Drawn | None = None
    county_name: str = ""
    stopped: str = ""

    @property
    def place(self) -> str:
        """What the county or panel is called in print: readers know no short name of a folder."""
        return self.county_name or self.panel

    def worded(self, key: str) -> str:
        """The key of a wording that depends on the kind of label."""
        return key if self.label == "first_entry" else f"{key}.{self.label}"


def _no_rows() -> pd.DataFrame:
    return pd.DataFrame()


@dataclass(frozen=True, eq=False)
class RiskList:
    """The households to look at first, in order, and what is printed above them.

    Args:
        head: see `ListHead`.
        rows: one row a listed household, with columns `rank` (place on the order of the forecast, from 1),
            `household_id` (text), `township`, `village` (text, empty where unknown), `tier`, `income`, `line`, `gap`
            (money per person; gap = income - line), `chance_<h>` (0-1, for each of `head.horizons`), and `reasons` (a
            tuple of at most three sentences in the list's language). Of a plain panel the best rank comes first, and
            tiers are `visit` and `next`; of a county rows come by tier (`COUNTY_TIERS`), in it
            those whom a rule put there first, and have the columns of `county.risk_list.clues.COUNTY_COLUMNS` as well.
            No name of a person, ever.
        triggered: of a county, one row a household and rule that it hits, listed or not: `household_id`, `township`,
            `village`, `department`, `item` (words), `value`, `limit` (NaN where there are none), `on_list` (whether it
            has a row), `tier` (code; empty where it rests after a visit, or no entry is forecast for it).
        townships: of a county, one row a township: `township`, `eligible` (households at risk), `villages`, `capacity`
            (visits, random checks among them), households of each tier (all that are `beyond`, also those without a
            row), `resting` (verified lately, nothing new).
        villages: of a county, one row a village: `township`, `village`, `eligible`, `visit`, `causes` (listed
            households by group of their first reason), `doubts` (rows that break rules of logic).
        supplement: what a county's workbooks hold beside the list.
        cards: what a county's page shows of the rows beside these columns; None where nobody asked for it.
    """

    head: ListHead
    rows: pd.DataFrame
    triggered: pd.DataFrame = field(default_factory=_no_rows)
    townships: pd.DataFrame = field(default_factory=_no_rows)
    villages: pd.DataFrame = field(default_factory=_no_rows)
    supplement: Supplement = field(default_factory=Supplement)
    cards: Cards | None = None

    @property
    def households(self) -> list[str]:
        """All that its workbooks speak of, listed or not."""
        frames = (self.rows, self.triggered, self.supplement.doubts, self.supplement.answered)
        return sorted({str(each) for frame in frames if len(frame) for each in frame["household_id"]})

    def of_township(self, township: str) -> RiskList:
        """The part of a county's list that is one township's, by village; all that is said of the county stays.

        Args:
            township: its name.
        """
        return replace(
            self,
            rows=in_township(self.rows, township).sort_values("village", kind="stable").reset_index(drop=True),
            triggered=in_township(self.triggered, township),
            townships=in_township(self.townships, township),
            villages=in_township(self.villages, township),
            supplement=self.supplement.of_township(township),
        )
