"""Tables of events, help, projects and prices for the county of the promises: late reports, ends and removals among them."""

from __future__ import annotations

import numpy as np
import pandas as pd

HOUSEHOLD, KNOWN = "户编号", "知晓日期"
CHOICES = {  # what a version told later may say instead
    "灾害类型": ("洪涝", "干旱"), "伤亡情况": ("无", "重伤"), "措施内容": ("种植", "低保", "公益岗位"), "实施状态": ("未实施", "已实施"),
    "结束时间": ("2021-05", "2023-12", ""), "项目状态": ("正常", "拖欠分红", "倒闭"), "到账月份": ("2021-12", "2022-07", ""),
    "退出时间": ("2021-06", ""), "风险是否已消除": ("是", "否"), "就业渠道": ("公益性岗位", "自行外出"), "务工地点": ("县内", "省外"),
    "常住情况": ("常住", "外出", ""), "留守情况": ("留守儿童", "留守老人", "否"), "残疾等级": ("一级", "四级", ""), "毕业年份": ("2021", "2022", ""),
    "残疾证发证日期": ("2020-11", "2022-05", ""), "是否参加养老保险": ("是", "否", ""), "是否享受低保": ("是", "否"), "是否特困": ("是", "否"),
    "是否失能": ("是", "否"), "医疗类别": ("住院", "门诊"), "是否大病专项救治病种": ("是", "否"), "是否已务工": ("是", "否", ""),
    "主要产品": ("生猪", "花生", ""), "脱贫年度": ("2016", "2019"), "耕地面积": ("1", "9"), "更新日期": ("2019-05-03", ""),
}  # fmt: skip
AMOUNTS = ("损失金额", "理赔金额", "应分红金额", "实发金额", "价格", "月工资", "小额信贷")
PROJECTS = [f"P{place}" for place in range(9)]


def more_tables(ids: np.ndarray, months: pd.PeriodIndex, rng: np.random.Generator) -> dict[str, pd.DataFrame]:
    """Rows by the name of the file; each is told in its month or up to four months later.

    Args:
        ids: of the households.
        months: in which things happen.
        rng: randomness.
    """

    def some(count: int) -> tuple[np.ndarray, np.ndarray, list[str]]:
        """Households, places of months, and days on which the rows were known."""
        place = rng.integers(0, len(months), count)
        delay = rng.integers(0, 5, count)
        return rng.choice(ids, count), place, [f"{months[at] + int(d)}-20" for at, d in zip(place, delay, strict=True)]

    def later(place: np.ndarray, most: int) -> list[str]:
        """A month after each, or none."""
        return [str(months[at] + int(rng.integers(1, most))) if rng.random() < 0.7 else "" for at in place]

    def yuan(count: int) -> list[str]:
        return [f"{value:.0f}" for value in rng.uniform(50, 4000, count)]

    count, tables = 4 * len(ids), {}
    who, at, known = some(count)
    tables["突发事件"] = pd.DataFrame({
        HOUSEHOLD: who, "发生日期": [f"{months[place]}-07" for place in at], "损失金额": yuan(count), "理赔金额": yuan(count),
        "事件类型": rng.choice(["受灾", "农作物受灾", "交通事故", "失业", "欠薪", "价格下跌", "死亡", "辍学", "住房损毁", "自主申报"], count),
        "灾害类型": rng.choice(CHOICES["灾害类型"], count), KNOWN: known,
    }).drop_duplicates([HOUSEHOLD, "发生日期", "事件类型"])  # fmt: skip
    who, at, known = some(count)
    tables["帮扶措施"] = pd.DataFrame({
        HOUSEHOLD: who, "开始时间": [str(months[place]) for place in at], "结束时间": later(at, 30),
        "措施类型": rng.choice(["产业帮扶", "就业帮扶", "公益岗位帮扶", "健康帮扶", "综合保障"], count),
        "措施内容": rng.choice(CHOICES["措施内容"], count), "实施状态": rng.choice(CHOICES["实施状态"], count), KNOWN: known,
    }).drop_duplicates([HOUSEHOLD, "开始时间", "措施类型"])  # fmt: skip
    who, at, known = some(count)
    tables["务工信息"] = pd.DataFrame({
        HOUSEHOLD: who, "人编号": [f"{each}00" for each in who], "开始时间": [str(months[place]) for place in at],
        "结束时间": later(at, 12), "务工地点": rng.choice(CHOICES["务工地点"], count), "月工资": yuan(count),
        "就业渠道": rng.choice(CHOICES["就业渠道"], count), KNOWN: known,
    }).drop_duplicates([HOUSEHOLD, "开始时间"])  # fmt: skip
    who, at, known = some(count)
    tables["分红"] = pd.DataFrame({
        HOUSEHOLD: who, "项目编号": rng.choice(PROJECTS, count), "应发月份": [str(months[place]) for place in at],
        "到账月份": later(at, 4), "应分红金额": yuan(count), "实发金额": yuan(count), KNOWN: known,
    }).drop_duplicates([HOUSEHOLD, "项目编号", "应发月份"])  # fmt: skip
    who, at, known = some(2 * len(ids))
    tables["项目成员"] = pd.DataFrame({
        HOUSEHOLD: who, "项目编号": rng.choice(PROJECTS, len(who)), "加入时间": [str(months[place]) for place in at],
        "退出时间": later(at, 40), KNOWN: known,
    }).drop_duplicates([HOUSEHOLD, "项目编号"])  # fmt: skip
    _, at, known = some(8 * len(PROJECTS))
    tables["项目"] = pd.DataFrame({
        "项目编号": np.resize(PROJECTS, len(at)), "截至日期": [f"{months[place]}-01" for place in at], "项目类型": "种植",
        "项目状态": rng.choice(CHOICES["项目状态"], len(at)), KNOWN: known,
    }).drop_duplicates(["项目编号", "截至日期"])  # fmt: skip
    every = [(product, place) for product in ("生猪", "花生") for place in range(len(months))]
    tables["价格"] = pd.DataFrame({
        "产品": [product for product, _ in every], "月份": [str(months[place]) for _, place in every],
        "价格": [f"{value:.2f}" for value in rng.uniform(5, 30, len(every))],
        KNOWN: [f"{months[place] + int(rng.integers(1, 4))}-05" for _, place in every],
    })  # fmt: skip
    return tables


def with_people(tables: dict[str, pd.DataFrame], rng: np.random.Generator) -> dict[str, pd.DataFrame]:
    """More columns of persons, claims and work, and more kinds of events; each round of persons tells them anew."""
    more = {
        "家庭成员信息": ("常住情况", "留守情况", "残疾等级", "残疾证发证日期", "毕业年份", "是否参加养老保险", "是否享受低保", "是否特困", "是否失能"),
        "医疗费用": ("医疗类别", "是否大病专项救治病种"), "务工信息": ("是否已务工",),
    }  # fmt: skip
    for name, columns in more.items():
        table = tables[name]
        tables[name] = table.assign(**{column: rng.choice(CHOICES[column], len(table)) for column in columns})
    events = tables["突发事件"]
    others = events.sample(frac=0.5, random_state=5)
    kinds = rng.choice(["大病", "致残", "往诊", "出生"], len(others))
    tables["突发事件"] = pd.concat([events, others.assign(事件类型=kinds)], ignore_index=True)
    return tables


def earlier_spells(recognitions: pd.DataFrame, ids: np.ndarray, rng: np.random.Generator) -> pd.DataFrame:
    """Recognitions of 2019, most of them removed in 2020 to 2022, some of these reopened; the removal is told later."""
    who = rng.choice(ids, len(ids) // 3, replace=False)
    begun = pd.DataFrame({
        HOUSEHOLD: who, "监测对象类别": "脱贫不稳定户", "识别监测时间": "201908", "致贫返贫风险1": "因病", KNOWN: "2019-09-03",
    })  # fmt: skip
    ended = rng.integers(2020 * 12, 2023 * 12, len(who))
    over = begun.assign(
        风险是否已消除="是", 消除监测时间=[f"{month // 12}{month % 12 + 1:02d}" for month in ended],
        知晓日期=[f"{(month + 2) // 12}-{(month + 2) % 12 + 1:02d}-03" for month in ended],
    )  # fmt: skip
    again = over[rng.random(len(over)) < 0.3]
    again = again.assign(风险消除回退时间="202301", 知晓日期="2023-02-03")
    rest = recognitions[~recognitions[HOUSEHOLD].isin(who)]
    return pd.concat([rest, begun, over, again], ignore_index=True).fillna("")


def with_monthly_payments(income: pd.DataFrame, ids: np.ndarray, rng: np.random.Generator) -> pd.DataFrame:
    """The reports, each with an item, and an allowance a month of every third household, which some day stops."""
    rows = []
    for household in ids[::3]:
        last = int(rng.integers(6, 60))
        rows += [
            {HOUSEHOLD: household, "收入来源": "转移性收入", "收入项目": "低保金", "起始月份": str(month), "终止月份": str(month),
             "金额(元)": "200", KNOWN: f"{month + 1}-05"}
            for month in pd.period_range("2019-01", periods=last, freq="M")
        ]  # fmt: skip
    for household in ids[::4]:
        for quarter in pd.period_range("2019Q1", "2022Q4", freq="Q"):
            first, end = (str(each)[:7] for each in (quarter.start_time, quarter.end_time))
            rows += [
                {HOUSEHOLD: household, "收入来源": source, "收入项目": "", "起始月份": first, "终止月份": end,
                 "金额(元)": f"{rng.uniform(100, 900):.0f}", KNOWN: f"{pd.Period(end, 'M') + 1}-15"}
                for source in ("生产经营性收入", "生产经营性支出")
            ]  # fmt: skip
    return pd.concat([income.assign(收入项目=""), pd.DataFrame(rows)], ignore_index=True)
