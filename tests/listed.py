"""A county's list made up by hand, with cards: nobody in it exists."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
import pandas as pd

from relapse.core.cards import Cards
from relapse.core.heads import Head, Heads
from relapse.core.results import ListHead, RiskList

MONTHS = tuple(f"{year}-{month:02d}" for year in (2022, 2023, 2024) for month in range(1, 13))
TOWNSHIPS = ("一镇", "二镇")
TIERS = ("visit", "next", "phone", "random", "beyond")
CAUSES = (("illness", "distance"), ("job",), (), ("distance",))
REASONS = (
    ("近12个月看病自付约1.2万元，占家庭年收入的约40%。", "人均收入7,780元，只比监测线高520元。"),
    ("近6个月有人务工的只有2个月，上年同期6个月。",), (), ("人均收入7,780元，只比监测线高520元。",),
)  # fmt: skip
EXACT = "12,400"  # yuan that stand in the workbook alone


def head(**changes: object) -> ListHead:
    settled = {
        "panel": "某县", "as_of": "2024-12", "horizon": 6, "horizons": (1, 6), "frequency": "monthly",
        "model": "lgbm_hazard", "fell_back": "", "version": "3", "digest": "7f3a9c", "data_digest": "b1946a",
        "reviewed": False, "simulated": True, "at_risk": 20411, "money": "yuan", "hit_rate": (0.234, 0.19, 0.27),
        "rule_hit_rate": (0.18, 0.15, 0.21), "base_rate": 0.0123, "best_hit_rate": 0.246, "rank_agreement": 0.997,
        "assumed": (), "language": "zh", "outcome": "any", "county": True, "reply_days": 15, "trigger_reply_days": 4,
        "hotline": "12317",
    }  # fmt: skip
    return ListHead(**{**settled, **changes})


def column(values: Sequence[tuple[str, ...]]) -> np.ndarray:
    made = np.empty(len(values), dtype=object)
    made[:] = values
    return made


def county_list(count: int = 60, villages: int = 2, **changes: object) -> RiskList:
    """So many rows, in turn by township, village, tier and cause; every fourth income is not known."""
    each = np.arange(count)
    income = np.where(each % 4 == 2, np.nan, 7780.0)
    ids = [f"9901{number:08d}" for number in each]
    turn = each // len(TOWNSHIPS)
    rows = pd.DataFrame({
        "rank": each + 1, "household_id": ids, "township": [TOWNSHIPS[number % 2] for number in each],
        "village": [f"第{number % villages + 1}村" for number in turn], "tier": [TIERS[number % 5] for number in turn],
        "income": income, "line": 7260.0, "gap": income - 7260.0, "chance_1": 0.0123, "chance_6": 0.0987,
        "credibility": "high", "reasons": column([("近12个月看病自付12,400元。",)] * count), "number": each // 2 + 1.0,
        "clue_id": [f"202412-123456-{number:03d}" for number in each], "village_group": "3组", "size": 3.0,
        "type": "exited", "source": ["model", "rule", "both", "random"] * (count // 4) + ["model"] * (count % 4),
        "category": column([("unstable",)] * count), "change_1y": -615.0, "own_cost": 12_400.0, "after_own_cost": 2000.0,
        "work_now": 3.0, "work_before": 9.0, "unmet": column([("none",)] * count),
        "triggers": column([("医保 今年自付12,400元",)] * count), "checks": column([("看票据", "问清缘由")] * count),
        "measures": column([("医疗救助", "公益岗")] * count), "protects": column([("近6个月一直有人务工。",)] * count),
        "months_listed": each % 3 + 1, "changed": column([("新增预警：医保 今年自付12,400元",)] * count),
        "last_verdict": ["", "no_risk"] * (count // 2) + [""] * (count % 2), "stratum": 0, "listing_probability": 1.0,
        "due": "2025-01-15",
    })  # fmt: skip
    return RiskList(head(**changes), rows, cards=cards(ids))


def cards(ids: Sequence[str]) -> Cards:
    count = len(ids)
    income = 9000 + 2500 * np.sin(np.arange(36) / 5 + np.arange(count)[:, None])
    income[:, 34:] = np.nan
    income[2::4] = np.nan
    quarter = [number % 4 for number in range(count)]
    words = pd.DataFrame({
        "reasons": column([REASONS[each] for each in quarter]), "causes": column([CAUSES[each] for each in quarter]),
        "triggers": column([("医保 今年自付约1.2万元",) if each == 0 else () for each in quarter]),
        "changed": column([("新增预警：医保 今年自付约1.2万元",) if each == 0 else () for each in quarter]),
        "why": column([("家中有较大医疗支出，请先听本人讲。",)] * count),
        "look": column([("问有什么难处，开支能否承受", "核对工资、卖粮卖畜和补贴是否漏记")] * count),
        "events": column([("2024-09 庄稼受灾", "2023-05 开始公益岗位")] * count), "ticks": column([(32, 16)] * count),
    }, index=pd.Index(ids, dtype=object))  # fmt: skip
    return Cards(MONTHS, income, np.full((count, 36), 7260.0), words)


def heads(risk_list: RiskList) -> Heads:
    return {str(each): Head("王某某", "123X") for each in risk_list.rows["household_id"]}
