"""A made-up export of the national system: people of exited households, some 180 columns under three header rows.

Nobody in it exists: names are invented, and the region code 99 of the identity numbers is given to no place. The cells
are as untidy as in an office; what they mean is returned beside them. Three dated exports of one county differ by known
changes.
"""

from __future__ import annotations

import csv
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import date
from pathlib import Path

import numpy as np
import pandas as pd

DATES = ("20240902", "20241102", "20250102")
TITLE = "示例县脱贫户信息表"
FOOTERS = ("合计", "总计", "填表人")
INCOMES = [
    "工资性收入",
    "生产经营性收入",
    "财产性收入",
    "转移性收入",
    "生产经营性支出",
    "理赔收入",
    "合规自付支出",
    "家庭纯收入",
    "人均纯收入",
]
UNMET = ["是否义务教育阶段适龄儿童少年失学辍学", "是否住房损毁", "是否有家庭成员未参加基本医疗保险", "是否饮水设施损毁"]
LAND = ["耕地面积", "林地面积", "退耕还林面积", "林果面积", "牧草地面积", "水面面积"]
MEASURES = ["产业帮扶", "就业帮扶", "金融帮扶", "公益岗位帮扶", "健康帮扶", "教育帮扶", "住房安全保障", "饮水安全保障", "综合保障", "社会帮扶", "搬迁", "生产生活条件改善", "义务教育保障", "基础设施"]  # fmt: skip
PLACE = ["县(市、区、旗)", "乡(镇)", "行政村", "自然村"]
HOUSEHOLD = ["户类型", "脱贫年度", "首次识别时间", "人数", "户联系电话", "银行卡号", "整户无劳动能力兜底保障户", "是否危房户", "住房面积", "住房安全等级", "是否解决安全饮用水", "是否通生活用电", "是否有卫生厕所", "入户道路是否硬化", "与村主干路距离", "加入合作社", "企业/能人带动", "小额信贷", "是否易地搬迁户"]  # fmt: skip
PERSON = ["人编号", "姓名", "证件类型", "证件号码", "与户主关系", "性别", "民族", "出生日期", "文化程度", "在校生状况", "义务教育阶段未上学原因", "健康状况", "劳动技能", "务工所在地", "务工时间(月)", "公益性岗位", "公益性岗位(月数)", "是否参加城乡居民基本医疗保险", "是否参加城镇职工基本医疗保险", "是否参加大病保险", "是否参加养老保险", "是否接受医疗救助", "签约医生", "享受低保政策情况", "享受特困供养政策情况", "低保金", "特困金", "人员识别时间", "家庭成员联系电话"]  # fmt: skip
RECOGNITION = [
    "监测对象类别",
    "识别监测时间",
    *(f"致贫/返贫风险{place}" for place in range(1, 6)),
    "其他备注",
    "自然灾害类型",
]
REMOVAL = ["风险是否已消除", "消除监测时间", "风险消除方式"]
UNKNOWN = {  # columns of real exports that no contract need know
    "生产条件": ["农机台数", "大棚个数", "灌溉面积", "圈舍面积", "林下面积", "养殖品种", "种植品种", "技术员姓名", "龙头企业", "订单数量", "设施投入", "保险亩数"],
    "生活条件": ["主要燃料类型", "电视户", "宽带户", "冰箱", "洗衣机", "垃圾处理方式", "污水处理方式", "取暖方式", "厨房类型", "晾晒场地", "到集市距离", "到医院距离"],
    "其他信息": ["政治面貌", "是否军烈属", "是否双女户", "是否独生子女户", "帮扶责任人", "帮扶单位", "帮扶单位隶属", "责任人职务", "走访次数", "档案编号", "采集批次", "审核状态", "数据版本", "流转状态", "备用字段1", "备用字段2", "备用字段3"],
}  # fmt: skip


@dataclass(frozen=True)
class Roll:
    """One export.

    Args:
        date: as the file's name bears it.
        paths: header texts of each column, from the top.
        cells: rows of texts as they are written.
        persons: what is meant, one row a person in the order of `cells`: clean texts, whole yuan, months from year 0.
    """

    date: str
    paths: tuple[tuple[str, ...], ...]
    cells: list[list[str]]
    persons: pd.DataFrame

    def column(self, *path: str) -> list[str]:
        """The cells of a column as they are written."""
        place = self.paths.index(path)
        return [row[place] for row in self.cells]


def columns() -> tuple[tuple[str, ...], ...]:
    """Header paths: plain ones stand in one cell over all three rows, groups over their columns."""
    single = [*PLACE, "户编号", *PERSON, *HOUSEHOLD]
    return (
        *((name,) for name in single),
        *(("土地情况(亩)", name) for name in LAND),
        *(("近一年收入", "家庭收支", f"{name}({'万元' if name == '合规自付支出' else '元'})") for name in INCOMES),
        *((name,) for name in RECOGNITION),
        *(("识别时", "收支情况", name) for name in INCOMES),
        *(("识别时", "三保障情况", name) for name in UNMET),
        *(("帮扶措施", name) for name in MEASURES),
        *((name,) for name in ("实施开发式帮扶措施情况", *REMOVAL)),
        *(("风险消除后", "收支情况", name) for name in INCOMES),
        *(("风险消除后", "三保障情况", name) for name in UNMET),
        *((group, name) for group, names in UNKNOWN.items() for name in names),
        *((name,) for name in ("信息采集人", "信息采集人电话")),
    )


def identity_number(born: date, order: int) -> str:
    """A number with the right check character and a region that does not exist."""
    body = f"990101{born:%Y%m%d}{order % 1000:03d}"
    weights = [7, 9, 10, 5, 8, 4, 2, 1, 6, 3, 7, 9, 10, 5, 8, 4, 2]
    return body + "10X98765432"[sum(int(digit) * weight for digit, weight in zip(body, weights, strict=True)) % 11]


def exited_roll(households: int, seed: int = 0, date: str = DATES[0], change: Callable[[pd.DataFrame], pd.DataFrame] | None = None) -> Roll:  # fmt: skip
    """An export; how a cell is written differs from date to date, what it means only by `change`."""
    persons = _persons(households, np.random.default_rng(seed))
    if change is not None:
        persons = change(persons).reset_index(drop=True)
    rng = np.random.default_rng([seed, int(date)])
    paths = columns()
    written = [_written(path, persons, rng) for path in paths]
    return Roll(date, paths, [list(row) for row in zip(*written, strict=True)], persons)


def three_rolls(households: int, seed: int = 0) -> tuple[Roll, Roll, Roll]:
    """Three exports of one county: household 0 gets other wages in the second, household 1 is gone from the second on,
    a household appears in the second, and the house of household 2 is corrected in the third."""

    def second(persons: pd.DataFrame) -> pd.DataFrame:
        ids = persons["户编号"].unique()
        persons = persons.assign(工资性收入=persons["工资性收入"] + 1000 * (persons["户编号"] == ids[0]))
        return persons[persons["户编号"] != ids[1]]

    def third(persons: pd.DataFrame) -> pd.DataFrame:
        ids = persons["户编号"].unique()
        changed = second(persons)
        return changed.assign(住房面积=changed["住房面积"] + 15 * (changed["户编号"] == ids[2]))

    def first(persons: pd.DataFrame) -> pd.DataFrame:
        return persons[persons["户编号"] != persons["户编号"].unique()[-1]]

    changes = zip(DATES, (first, second, third), strict=True)
    one, two, three = (exited_roll(households + 1, seed, when, change) for when, change in changes)
    return one, two, three


def header_grid(paths: Sequence[tuple[str, ...]]) -> list[list[str]]:
    """Three rows as a workbook shows them: a text in the first cell of each merged range alone, with stray spaces."""
    grid = [[""] * len(paths) for _ in range(3)]
    for place, path in enumerate(paths):
        for row, text in enumerate(path):
            if row == len(path) - 1 or place == 0 or paths[place - 1][: row + 1] != path[: row + 1]:
                grid[row][place] = text
    for row, place, text in ((0, 4, " 户 编号\u3000"), (0, 6, "姓\n名"), (2, 54 + 6, " 工资性收入(元) ")):
        if "".join(text.split()) == grid[row][place]:
            grid[row][place] = text
    return grid


def merged_ranges(paths: Sequence[tuple[str, ...]]) -> list[tuple[int, int, int, int]]:
    """Top, left, bottom, right of the merged ranges in the three header rows, from 0."""
    ranges = []
    for row in range(3):
        starts = [p for p, path in enumerate(paths) if len(path) > row and (not p or paths[p - 1][: row + 1] != path[: row + 1] or row == len(path) - 1)]  # fmt: skip
        for start in starts:
            path = paths[start]
            if row == len(path) - 1:
                ranges.append((row, start, 2, start))
                continue
            end = start
            while end + 1 < len(paths) and len(paths[end + 1]) > row + 1 and paths[end + 1][: row + 1] == path[: row + 1]:  # fmt: skip
                end += 1
            ranges.append((row, start, row, end))
    return [each for each in ranges if each[0] != each[2] or each[1] != each[3]]


def write_gbk_csv(roll: Roll, path: Path) -> Path:
    """The export as a CSV file in GBK: title, three header rows, an empty row, a repeated header and a sum."""
    width = len(roll.paths)
    header, half = header_grid(roll.paths), len(roll.cells) // 2
    total = ["合 计", *[""] * (width - 2), "3"]
    rows = [[TITLE, *[""] * (width - 1)], *header, *roll.cells[:half], [""] * width, *header, *roll.cells[half:], total]
    with path.open("w", encoding="gb18030", newline="") as file:
        csv.writer(file).writerows(rows)
    return path


def write_xlsx(roll: Roll, path: Path) -> Path:
    """The export as a workbook: merged title and header cells, amounts and days partly as numbers and dates."""
    import openpyxl

    book = openpyxl.Workbook()
    sheet = book.worksheets[0]
    sheet.title = "脱贫户信息"
    sheet.append([TITLE])
    for row in header_grid(roll.paths):
        sheet.append([text or None for text in row])
    typed = {place for place, path_ in enumerate(roll.paths) if path_[-1] in ("住房面积", *LAND)}
    for cells in roll.cells:
        sheet.append([float(text) if place in typed and text else text or None for place, text in enumerate(cells)])
    for top, left, bottom, right in [(-1, 0, -1, len(roll.paths) - 1), *merged_ranges(roll.paths)]:
        sheet.merge_cells(start_row=top + 2, start_column=left + 1, end_row=bottom + 2, end_column=right + 1)
    sheet.append(["填表人：甲"])
    book.create_sheet("说明")["A1"] = "本表仅供内部使用"
    book.save(path)
    return path


def _persons(households: int, rng: np.random.Generator) -> pd.DataFrame:
    """What is meant: a row a person, in the order of households."""
    size = rng.integers(1, 6, households)
    home = np.repeat(np.arange(households), size)
    member = np.concatenate([np.arange(each) for each in size])
    days = pd.to_datetime("1940-01-01") + pd.to_timedelta(rng.integers(0, 29_000, len(home)), unit="D")
    orders = rng.permutation(len(home))
    money = {name: rng.integers(0, 400, households) * 100 + rng.integers(0, 2, households) for name in INCOMES}
    made = {
        "户编号": [f"0099{each:014d}" for each in home], "人编号": [f"0099{each:014d}{m:02d}" for each, m in zip(home, member, strict=True)],
        "姓名": [f"虚拟{chr(0x4E00 + order % 900)}" for order in orders],
        "证件号码": [identity_number(day.date(), int(order)) for day, order in zip(days, orders, strict=True)],
        "born": days.year * 12 + days.month - 1, "day": days.day,
        "head": member == 0, "人数": size[home], "乡(镇)": [f"第{each % 5 + 1}镇" for each in home],
        "行政村": [f"第{each % 20 + 1}村" for each in home], "住房面积": (60 + home * 7 % 90).astype(float),
        "健康状况": rng.choice(["健康", "长期慢性病", "长期慢性病,残疾"], len(home)), "危房": (home % 11) == 0,
        **{name: values[home] for name, values in money.items()}, **{name: (home * (k + 2) % 30) / 10 for k, name in enumerate(LAND)},
    }  # fmt: skip
    return pd.DataFrame(made)


def _written(path: tuple[str, ...], persons: pd.DataFrame, rng: np.random.Generator) -> list[str]:  # noqa: PLR0911
    """A column as people fill it in."""
    name, count = path[-1].split("(元)")[0].split("(万元)")[0], len(persons)
    plain = {"县(市、区、旗)": "示例县", "民族": "汉族", "证件类型": "居民身份证", "户类型": " 脱贫户", "脱贫年度": "2019", "文化程度": "小学", "劳动技能": "普通劳动力"}  # fmt: skip
    if path[0] in ("识别时", "风险消除后") or name in (*RECOGNITION, *REMOVAL):
        return [""] * count
    if name in INCOMES:
        return [_money(int(value), int(style), "万元" in path[-1]) for value, style in zip(persons[name], rng.integers(0, 5, count), strict=True)]  # fmt: skip
    if name == "出生日期":
        return [_day(int(born), int(day), int(style)) for born, day, style in zip(persons["born"], persons["day"], rng.integers(0, 4, count), strict=True)]  # fmt: skip
    if name in plain:
        return [plain[name]] * count
    if name in ("住房面积", *LAND):
        return [f"{value:g}" for value in persons[name]]
    if name == "与户主关系":
        return ["户主" if head else "之子" for head in persons["head"]]
    if name == "是否危房户":
        return ["是" if bad else "否 " for bad in persons["危房"]]
    if name == "健康状况":
        signs = rng.choice(np.array(["、", ",", "，", "；", "/"]), count)
        return [text.replace(",", str(sign)) for text, sign in zip(persons[name], signs, strict=True)]
    if name in persons:
        return [f"{value}" for value in persons[name]]
    if name.startswith("是否"):  # the same in every export
        return ["是" if (int(home[-6:]) + len(name)) % 3 else "否" for home in persons["户编号"]]
    return [f"值{place}" if path[0] in UNKNOWN else "" for place in range(count)]


def _money(value: int, style: int, in_ten_thousands: bool) -> str:
    if in_ten_thousands and style != 2:
        return f"{value / 10_000:.4f}"
    return (f"{value}", f"{value:,}.00", f"{value / 10_000:.4f}万元", f" {value}元", _wide(f"{value}"))[style]


def _day(born: int, day: int, style: int) -> str:
    year, month = born // 12, born % 12 + 1
    return (f"{year}{month:02d}{day:02d}", f"{year}年{month}月{day}日", f"{year}-{month:02d}-{day:02d}", _wide(f"{year}/{month}/{day}"))[style]  # fmt: skip


def _wide(text: str) -> str:
    """Full-width digits."""
    return text.translate({ord(str(digit)): 0xFF10 + digit for digit in range(10)})
