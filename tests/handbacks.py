"""Lists for the tests of what comes back: issued as `relapse score` does, filled in as people do. Nobody in them exists."""

from __future__ import annotations

import io
from collections.abc import Callable, Mapping, Sequence
from pathlib import Path
from typing import Any

import numpy as np
import openpyxl
import pandas as pd

from relapse.core.heads import Head, Heads
from relapse.core.results import ListHead, RiskList
from relapse.data.county_files import FEEDBACK
from relapse.pipelines.score import MANIFEST, list_files

COUNTY, MONTH, SHEET = "made", "2023-12", "风险线索清单"
DRAWN = 0.25  # chance of a row of the random slice
NAMES = ("丁甲乙", "丙丁", "欧阳戊己", "庚辛", "壬癸子", "丑寅", "卯辰巳", "午未", "申酉戌", "亥甲")
GOOD = {
    "核查日期": "2024-01-08", "核查方式": "入户", "核查结论": "不存在风险", "实际原因": "无", "处置意见": "不需处理",
    "未纳入原因": "收入稳定高于监测线", "核查人": "A012",
}  # fmt: skip
Changes = Mapping[str, Any]


def household(place: int) -> str:
    return f"99010112345678{place:04d}"


def heads(count: int) -> Heads:
    """The first ten have names of their own; after that they repeat."""
    return {household(place): Head(NAMES[place % len(NAMES)], f"{place:04d}"[-4:]) for place in range(count)}


def tuples(values: Sequence[tuple[str, ...]]) -> np.ndarray:
    made = np.empty(len(values), dtype=object)
    made[:] = values
    return made


def risk_list(count: int = 12, month: str = MONTH, sources: Sequence[str] = ("model",), **head: Any) -> RiskList:
    """A county's list; sources of the rows take turns."""
    place = np.arange(count)
    income = 6000.0 + 100 * place
    nothing, drawn = tuples([()] * count), np.array([sources[each % len(sources)] == "random" for each in place])
    rows = pd.DataFrame({
        "rank": place + 1, "household_id": [household(each) for each in place],
        "township": [("东镇", "西乡")[each % 2] for each in place], "village": [f"{each % 4 + 1}村" for each in place],
        "tier": np.where(drawn, "random", "visit"), "listing_probability": np.where(drawn, DRAWN, 1.0), "stratum": drawn * 1,
        "months_listed": 1, "last_verdict": "", "measures": nothing, "protects": nothing, "changed": nothing,
        "income": income, "line": 7000.0, "gap": income - 7000, "chance_1": 0.1, "chance_6": 0.2, "credibility": "high",
        "reasons": tuples([("近12个月看病自付9,000元，占家庭年收入的41%。",) if each % 3 else ("全家4口人，只有1人务工，工资占收入80%。",) for each in place]),
        "number": place // 2 + 1.0, "clue_id": [f"{month.replace('-', '')}-{100000 + each % 4}-{each + 1:03d}" for each in place],
        "village_group": "一组", "size": 3, "type": "exited", "source": [sources[each % len(sources)] for each in place],
        "category": tuples([("unstable", "sudden")] * count), "change_1y": -615.0, "own_cost": 9000.0, "after_own_cost": 3000.0,
        "work_now": 3.0, "work_before": 6.0, "unmet": tuples([("none",)] * count), "triggers": nothing,
        "checks": tuples([("看票据",)] * count), "due": "2024-01-15",
    })  # fmt: skip
    return RiskList(list_head(month, count, **head), rows)


def list_head(month: str, count: int, **changes: Any) -> ListHead:
    settled = {
        "panel": COUNTY, "as_of": month, "horizon": 6, "horizons": (1, 6), "frequency": "monthly", "model": "logit",
        "fell_back": "", "version": "1", "digest": "7f3a9c", "data_digest": "b1946a", "reviewed": True,
        "simulated": False, "at_risk": 2000, "money": "yuan", "hit_rate": (0.2, 0.1, 0.3),
        "rule_hit_rate": (0.1, 0.05, 0.2), "base_rate": 0.01, "best_hit_rate": 0.3, "rank_agreement": 0.99,
        "assumed": (), "language": "zh", "outcome": "any", "county": True, "reply_days": 15, "trigger_reply_days": 4,
    }  # fmt: skip
    return ListHead(**{**settled, **changes})


def issue(lists: Path, made: RiskList) -> bytes:
    """Lay a list where `relapse score` lays it.

    Args:
        lists: folder of the county's lists.
        made: the list.

    Returns:
        Its workbook.
    """
    files = list_files(made, heads(len(made.rows)))
    folder = lists / made.head.as_of
    folder.mkdir(parents=True, exist_ok=True)
    for name in ("list.csv", MANIFEST):
        (folder / name).write_bytes(files[name])
    return files["list.xlsx"]


def filled(workbook: bytes, answers: Callable[[int], Changes] = lambda row: GOOD) -> Any:
    """The workbook as openpyxl has it, with answers by header for each row (counted from 0) of the list."""
    book = openpyxl.load_workbook(io.BytesIO(workbook))
    sheet = book[SHEET]
    place = places(sheet)
    for row in range(first_of(sheet), sheet.max_row + 1):
        for header, value in answers(row - first_of(sheet)).items():
            sheet.cell(row, place[header]).value = value
    return book


def keep_visits(folder: Path, **columns: object) -> None:
    """Visits as `relapse feedback` keeps them."""
    told = {
        "household_id": ["990100000000", "990100000001"], "clue_id": ["202310-1-001", "202310-1-002"],
        "visited_at": pd.to_datetime(["2023-11-05", "2023-11-06"]).date, "way": "house", "verdict": ["not_met", "no_risk"],
        "cause_found": [None, "illness|job"], "action": "watch", "not_included": "other", "income_found": [np.nan, 8000.0],
        "referred_to": None, "visitor": "A012", "list_month": "2023-10", "tier": "visit", "source": ["rule", "model"],
        "listing_probability": 1.0, "verified": True, "not_met_twice": [True, False], "handed_in": "f00ba4",
        "known_at": pd.to_datetime(["2023-11-10", "2023-11-10"]).date,
    }  # fmt: skip
    (folder / FEEDBACK).mkdir(exist_ok=True)
    pd.DataFrame({**told, **columns}).to_parquet(folder / FEEDBACK / "visits.parquet")


def first_of(sheet: Any) -> int:
    """The row of a list in which the first household stands: below the header."""
    for row in sheet.iter_rows(min_row=1, max_row=10):
        if {cell.value for cell in row} & {"线索编号", "clue_id"}:
            return int(row[0].row) + 1
    raise AssertionError("the sheet has no header of a list")


def places(sheet: Any) -> dict[str, int]:
    """By header, the number of its column."""
    return {str(cell.value): cell.column for cell in sheet[first_of(sheet) - 1] if cell.value}


def saved(book: Any) -> bytes:
    out = io.BytesIO()
    book.save(out)
    return out.getvalue()
