"""A county of fourteen households, written by hand as an office's files; the answers stand beside it in comments.

Region 219901 is in Liaoning (21) and given to no county. Its shipped lines: 5,000 yuan in 2019 and 2020, 6,600 in 2021,
7,260 for 2022, announced on 2022-08-22 and so provisional at 6,600 until then. Incomes run from 2021-01 to 2022-12; a
month's report is known on the 5th of the next, unless said otherwise.

Net income per person of the twelve months 2021-07 … 2022-06, as known at the end of 2022-07, line 6,600:

a1  2 persons, wage 1,500 a month                                     18,000 / 2 = 9,000
a2  1 person, wage 580                                                 6,960          (below 7,260: by the line's rise alone)
a3  2, wage 1,200, from 2022-03 on 200            8 × 1,200 + 4 × 200 = 10,400 / 2 = 5,200   (first below in 2022-04: 6,200)
a4  3, ordinary, wage 2,000                                           24,000 / 3 = 8,000
a5  2, wage 1,300; 2021-10 to 2021-12 business 6,000, its cost 1,500  20,100 / 2 = 10,050  (10 months measured, see below)
a6  2, wage 1,200; own medical cost 3,000, payout 1,000               14,400 / 2 = 7,200   reference 12,400 / 2 = 6,200
a7  2, wage 1,150; one-off relief 5,000, which is no income           13,800 / 2 = 6,900
a8  1, not out of poverty, wage 400                                    4,800
a9  2, one figure for the year 2021: 20,000, known in 2022-02         6 of 12 months: not known
b1  1, wage 1,000                                                     12,000
b2  1, wage 1,000                                                     12,000
b3  1, wage 1,000                                                     12,000
c1  1, wage 1,000, in 2022-01 told as 1,500, corrected to 300 in 2022-05, a bonus of 900 for 2022-02 taken back in 2022-06
                                                                      11 × 1,000 + 300 = 11,300
c2  3 persons, of whom 2 are listed: to be mended (A11); wage 3,000   36,000 / 3 = 12,000

a5: a month in which wage, business and cost are told counts for a third, since two of three parts were spread.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

import pandas as pd

from relapse import config
from relapse.core.panel import Panel

MONTHS = [f"{year}-{month:02d}" for year in (2021, 2022) for month in range(1, 13)]
REGION = "219901"
SIZES = {
    "a1": 2,
    "a2": 1,
    "a3": 2,
    "a4": 3,
    "a5": 2,
    "a6": 2,
    "a7": 2,
    "a8": 1,
    "a9": 2,
    "b1": 1,
    "b2": 1,
    "b3": 1,
    "c1": 1,
    "c2": 3,
}
WAGES = {
    "a1": 1500,
    "a2": 580,
    "a3": 1200,
    "a4": 2000,
    "a5": 1300,
    "a6": 1200,
    "a7": 1150,
    "a8": 400,
    "b1": 1000,
    "b2": 1000,
    "b3": 1000,
    "c1": 1000,
    "c2": 3000,
}
TYPES = {"a4": "一般农户", "a8": "未脱贫户"}
NET = {
    "a1": 9000,
    "a2": 6960,
    "a3": 5200,
    "a4": 8000,
    "a5": 10050,
    "a6": 7200,
    "a7": 6900,
    "a8": 4800,
    "b1": 12000,
    "b2": 12000,
    "b3": 12000,
    "c1": 11300,
    "c2": 12000,
}
Rows = list[dict[str, Any]]


def tables() -> dict[str, Rows]:
    """Rows by the name of the file."""
    return {
        "农户信息": [*map(home, SIZES), {**home("b3"), "是否危房户": "是", "截至日期": "2022-03-10", "知晓日期": "2022-04-02"}],
        "家庭成员信息": [*person("c2", 1, "户主"), *person("c2", 2, "配偶"), *person("a1", 1, "户主"), *person("a1", 2, "配偶")],
        "收入": income(),
        "医疗费用": [{"户编号": "a6", "结算月份": "2022-03", "合规自付支出": 3000, "知晓日期": "2022-04-20"}],
        "识别记录": [
            {"户编号": "a3", "监测对象类别": "脱贫不稳定户", "识别监测时间": "202206", "致贫返贫风险1": "因务工就业不稳", "知晓日期": "2022-07-03"},
            {"户编号": "a4", "监测对象类别": "边缘易致贫户", "识别监测时间": "202209", "致贫返贫风险1": "因病", "知晓日期": "2022-10-03"},
            {"户编号": "b1", "监测对象类别": "突发严重困难户", "识别监测时间": "202107", "致贫返贫风险1": "因病", "知晓日期": "2021-08-03"},
            {"户编号": "b1", "监测对象类别": "突发严重困难户", "识别监测时间": "202107", "致贫返贫风险1": "因病", "风险是否已消除": "是",
             "消除监测时间": "202202", "知晓日期": "2022-03-03"},
            {"户编号": "b2", "监测对象类别": "脱贫不稳定户", "识别监测时间": "202109", "致贫返贫风险1": "因病", "知晓日期": "2021-10-03"},
        ],
    }  # fmt: skip


def home(name: str) -> dict[str, Any]:
    return {
        "户编号": name, "县代码": REGION, "乡镇": "一镇", "行政村": "一村" if name < "b" else "二村",
        "户类型": TYPES.get(name, "脱贫户"), "家庭人口": SIZES[name], "是否危房户": "否", "是否解决安全饮用水": "是",
        "截至日期": "2020-12-31", "知晓日期": "2020-12-31",
    }  # fmt: skip


def person(household: str, number: int, relation: str) -> Rows:
    return [{"户编号": household, "人编号": f"{household}-{number}", "出生日期": "1980-05", "与户主关系": relation,
             "截至日期": "2020-12-31", "知晓日期": "2020-12-31"}]  # fmt: skip


def following(month: str) -> str:
    return str(pd.Period(month, "M") + 1)


def report(
    household: str, source: str, first: str, last: str, amount: float, known: str = "", **more: Any
) -> dict[str, Any]:
    return {
        "户编号": household, "收入来源": source, "收入项目": "", "起始月份": first, "终止月份": last, "金额(元)": amount,
        "知晓日期": known or f"{following(last)}-05", "撤销": "", **more,
    }  # fmt: skip


def income() -> Rows:
    rows = [
        report(name, "工资性收入", month, month, 200 if name == "a3" and month >= "2022-03" else wage)
        for name, wage in WAGES.items()
        for month in MONTHS
        if (name, month) != ("c1", "2022-01")
    ]
    rows += [
        report("a5", "生产经营性收入", "2021-10", "2021-12", 6000),
        report("a5", "生产经营性支出", "2021-10", "2021-12", 1500),
        report("a6", "理赔收入", "2022-04", "2022-04", 1000),
        report("a7", "转移性收入", "2022-02", "2022-02", 5000, 收入项目="临时救助"),
        report("a9", "工资性收入", "2021-01", "2021-12", 20_000, "2022-02-10"),
        report("c1", "工资性收入", "2022-01", "2022-01", 1500),
        report("c1", "工资性收入", "2022-01", "2022-01", 300, "2022-05-11"),
        report("c1", "财产性收入", "2022-02", "2022-02", 900),
        report("c1", "财产性收入", "2022-02", "2022-02", 900, "2022-06-08", 撤销="是"),
    ]
    return rows


def write(folder: Path, changed: Mapping[str, Sequence[Mapping[str, Any]]] | None = None) -> Path:
    """The county's files as CSV in GBK; some tables may be others."""
    folder.mkdir(parents=True, exist_ok=True)
    for name, rows in {**tables(), **(changed or {})}.items():
        pd.DataFrame(list(rows)).to_csv(folder / f"{name}.csv", index=False, encoding="gb18030")
    return folder


def county(folder: Path, **settings: Any) -> Any:
    """The recipe of a written folder."""
    return config.option("data", "county", path=str(folder), **settings)


def read(folder: Path, changed: Mapping[str, Sequence[Mapping[str, Any]]] | None = None, **settings: Any) -> Panel:
    """The panel of the county, with the lines that are shipped."""
    panel: Panel = county(write(folder, changed), **settings).read(config.option("line", "auto"))
    return panel
