"""What a county's workbook holds beside the list: summaries, doubts, results of last month's visits, past lists."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field, replace

import pandas as pd

Figure = tuple[float, float, float]  # a share, and both ends of its 90 % range
FEW, HELD_BACK = "<5", "*"  # what stands for a count of 1 to 4, and for one by which such a count could be worked out


@dataclass(frozen=True)
class Tried:
    """What a list of this length found in the backtest, at one horizon.

    Args:
        horizon: months ahead.
        hit_rate: share of listed households to which the outcome came, None where it was not tried out.
        rule_hit_rate: the same where the rule orders the list.
        base_rate: share of all households at risk.
        best_hit_rate: the best attainable at this length.
    """

    horizon: int
    hit_rate: Figure | None
    rule_hit_rate: Figure | None
    base_rate: float | None
    best_hit_rate: float | None


@dataclass(frozen=True)
class Came:
    """What the lists of past months really found, at one horizon: those whose window has closed.

    Args:
        horizon: months ahead.
        months: labels of the lists that count, oldest first.
        visits: rows to visit on these lists.
        hits: to how many of them the outcome came.
        rate: share, with its range; None where it may not be told.
        rule_hits, rule_rate: the same of as many households, taken by the rule in the same months.
        base_rate: share of all households at risk in the same months; None where it may not be told.
    """

    horizon: int
    months: tuple[str, ...]
    visits: int
    hits: int
    rate: Figure | None
    rule_hits: int
    rule_rate: Figure | None
    base_rate: float | None


def _no_rows() -> pd.DataFrame:
    return pd.DataFrame()


def in_township(frame: pd.DataFrame, township: str) -> pd.DataFrame:
    """The rows of one township; a frame without rows stays as it is."""
    return frame[frame["township"] == township].reset_index(drop=True) if len(frame) else frame


@dataclass(frozen=True, eq=False)
class Supplement:
    """The sheets of a county's workbook beside the list.

    Args:
        region: its administrative code, empty where not known.
        codes: by township, its code of three digits.
        lines: the rows of the table of lines that were used, in words.
        tried: of the backtest, by horizon.
        tried_length: households on each list of the backtest.
        came: of past lists, by horizon; empty where no window has closed.
        changed: what is another way than last month, in words.
        last_month: label of the list that was handed back last, empty where there was none.
        townships: one row a township and a last one for the county (`township` empty): `eligible`, `visit`, `next`,
            `phone`, `random`, `beyond`, `listed_before`, `verified`, `verified_share`, `confirmed`, `hit_<h>`,
            `base_rate`, `overdue`. Counts are whole numbers, FEW or HELD_BACK; shares are 0-1, None where not told.
        villages: one row a village, small ones put together: `township`, `village`, `eligible`, `visit`, `causes` (in
            words), `doubts`.
        departments: of the county, one row a department, or a kind of rule (`department`, in words), that hit somebody,
            and a last one for all (`department` empty): `households` that are hit, `now` (visited this month),
            `later` (next month, or by phone), `beyond` (nobody can visit), `rest` (verified lately, or of no list).
            Counts are whole numbers, FEW or HELD_BACK.
        doubts: one row a doubt about records: `household_id`, `township`, `village`, `rule`, `sentence`, `column` (in
            words), `value`, `severity` (`fix` or `check`).
        doubts_elsewhere: further doubts, of households that are not on the list; None in the part of a township, whose
            county has them.
        answered: one row a row of last month's list: `clue_id`, `household_id`, `township`, `village`, `tier`,
            `source`, `visited_at`, `way`, `verdict`, `causes`, `action`, `not_included` (codes), `verified` (bool),
            `recognised` (month, empty where it was not).
    """

    region: str = ""
    codes: Mapping[str, str] = field(default_factory=dict)
    lines: tuple[str, ...] = ()
    tried: tuple[Tried, ...] = ()
    tried_length: int = 0
    came: tuple[Came, ...] = ()
    changed: tuple[str, ...] = ()
    last_month: str = ""
    townships: pd.DataFrame = field(default_factory=_no_rows)
    villages: pd.DataFrame = field(default_factory=_no_rows)
    departments: pd.DataFrame = field(default_factory=_no_rows)
    doubts: pd.DataFrame = field(default_factory=_no_rows)
    doubts_elsewhere: int | None = 0
    answered: pd.DataFrame = field(default_factory=_no_rows)

    def of_township(self, township: str) -> Supplement:
        """The part that is one township's."""
        return replace(
            self,
            townships=in_township(self.townships, township),
            villages=in_township(self.villages, township),
            departments=_no_rows(),  # of the county alone
            doubts=in_township(self.doubts, township),
            doubts_elsewhere=None,
            answered=in_township(self.answered, township),
        )
