"""Counties for the tests: a made one with a signal in it, written as the files that an office has. Nobody in it exists."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pandas as pd

from exports import identity_number

FIRST, MONTHS = 2019 * 12, 60  # 2019-01 to 2023-12
REGION = "990101"
LINES = ((2019, 5000, "2019-01-01"), (2021, 6000, "2021-01-01"), (2022, 6600, "2022-04-15"), (2023, 7300, "2023-01-01"))


def month(index: np.ndarray | int) -> pd.Series:
    """Months from year 0 as people write them."""
    told = np.atleast_1d(index)
    return pd.Series([f"{m // 12:04d}-{m % 12 + 1:02d}" for m in told])


def made_county(folder: Path, households: int = 400, seed: int = 0) -> Path:
    """Households, persons, income, claims, recognitions and lines, as CSV with Chinese headers.

    An illness takes wages away for half a year and costs money; whose income over twelve months falls below the line is
    recognised some months later, most of the time.
    """
    rng = np.random.default_rng(seed)
    folder.mkdir(parents=True, exist_ok=True)
    ids = np.array([f"9901{each:08d}" for each in range(households)])
    size = rng.integers(1, 5, households)
    kind = rng.choice(["脱贫户", "一般农户"], households, p=[0.8, 0.2])
    homes = pd.DataFrame({
        "户编号": ids, "县代码": REGION, "乡镇": [f"第{each % 4 + 1}镇" for each in range(households)],
        "行政村": [f"第{each % 12 + 1}村" for each in range(households)], "户类型": kind, "家庭人口": size,
        "是否危房户": np.where(rng.random(households) < 0.02, "是", "否"),
        "是否解决安全饮用水": np.where(rng.random(households) < 0.01, "否", "是"), "截至日期": "2018-12-31", "知晓日期": "2018-12-31",
    })  # fmt: skip
    homes.to_csv(folder / "农户信息.csv", index=False, encoding="gb18030")
    _persons(ids, size, rng).to_csv(folder / "家庭成员信息.csv", index=False, encoding="utf-8-sig")
    wage, ill = _wages(households, rng)
    _income(ids, size, wage, rng).to_csv(folder / "收入.csv", index=False)
    _claims(ids, ill, rng).to_csv(folder / "医疗费用.csv", index=False)
    _recognitions(ids, kind, wage, rng).to_csv(folder / "识别记录.csv", index=False)
    lines = pd.DataFrame([{"区划代码": "99", "生效日期": f"{year}-01-01", "监测线": line, "公布日期": when, "依据": "模拟"}
                          for year, line, when in LINES])  # fmt: skip
    lines.to_csv(folder / "监测线.csv", index=False)
    return folder


def _persons(ids: np.ndarray, size: np.ndarray, rng: np.random.Generator) -> pd.DataFrame:
    home = np.repeat(np.arange(len(ids)), size)
    member = np.concatenate([np.arange(each) for each in size])
    days = pd.to_datetime("1945-01-01") + pd.to_timedelta(rng.integers(0, 24_000, len(home)), unit="D")
    return pd.DataFrame({
        "户编号": ids[home], "人编号": [f"{ids[h]}{m:02d}" for h, m in zip(home, member, strict=True)],
        "姓名": [f"虚拟{chr(0x4E00 + place % 900)}" for place in range(len(home))], "证件类型": "居民身份证",
        "证件号码": [identity_number(day.date(), place) for place, day in enumerate(days)],
        "与户主关系": np.where(member == 0, "户主", "其他"), "性别": rng.choice(["男", "女"], len(home)),
        "出生日期": days.strftime("%Y年%m月%d日"), "健康状况": rng.choice(["健康", "长期慢性病"], len(home), p=[0.8, 0.2]),
        "劳动技能": rng.choice(["普通劳动力", "无劳动力"], len(home), p=[0.7, 0.3]), "截至日期": "2018-12-31", "知晓日期": "2018-12-31",
    })  # fmt: skip


def _wages(households: int, rng: np.random.Generator) -> tuple[np.ndarray, np.ndarray]:
    """(households, months) yuan per person and month, and the month of a household's illness (past the end: none)."""
    level = rng.lognormal(np.log(850), 0.35, households)
    trend = 1 + 0.005 * np.arange(MONTHS)
    wage = level[:, None] * trend * rng.lognormal(0, 0.25, (households, MONTHS))
    ill = np.where(rng.random(households) < 0.45, rng.integers(6, MONTHS, households), 10 * MONTHS)
    for each in range(households):
        wage[each, ill[each] : ill[each] + 8] *= 0.25
    return wage, ill


def _income(ids: np.ndarray, size: np.ndarray, wage: np.ndarray, rng: np.random.Generator) -> pd.DataFrame:
    households, months = wage.shape
    home, when = np.repeat(np.arange(households), months), np.tile(np.arange(months), households)
    amount = (wage * size[:, None]).ravel()
    told = pd.DataFrame({
        "户编号": ids[home], "收入来源": "工资性收入", "起始月份": month(FIRST + when), "终止月份": month(FIRST + when),
        "金额(元)": amount.round(2), "知晓日期": month(FIRST + when + 1) + "-05",
    })  # fmt: skip
    kept = rng.random(len(told)) > 0.02
    years = [
        pd.DataFrame({
            "户编号": ids, "收入来源": "转移性收入", "起始月份": f"{year}-01", "终止月份": f"{year}-12",
            "金额(元)": (size * 600.0).round(2), "知晓日期": f"{year + 1}-02-10",
        })
        for year in range(2019, 2023)
    ]  # fmt: skip
    return pd.concat([told[kept], *years], ignore_index=True)


def _claims(ids: np.ndarray, ill: np.ndarray, rng: np.random.Generator) -> pd.DataFrame:
    hit = np.flatnonzero(ill < MONTHS)
    return pd.DataFrame({
        "户编号": ids[hit], "结算月份": month(FIRST + ill[hit]), "合规自付支出": rng.lognormal(8.5, 1, len(hit)).round(2),
        "知晓日期": month(np.minimum(FIRST + ill[hit] + 1, FIRST + MONTHS)) + "-20",
    })  # fmt: skip


def _recognitions(ids: np.ndarray, kind: np.ndarray, wage: np.ndarray, rng: np.random.Generator) -> pd.DataFrame:
    yearly = np.lib.stride_tricks.sliding_window_view(wage, 12, axis=1).sum(axis=2) + 600
    years = (FIRST + 11 + np.arange(yearly.shape[1])) // 12
    line = np.array([max(row[1] for row in LINES if row[0] <= year) for year in years])
    below = yearly < line
    rows = []
    for each in np.flatnonzero(below.any(axis=1) & (rng.random(len(ids)) < 0.85)):
        came = FIRST + 11 + int(below[each].argmax()) + int(rng.integers(1, 3))
        if 2019 * 12 + 10 <= came < FIRST + MONTHS - 1:
            rows.append({
                "户编号": ids[each], "监测对象类别": "脱贫不稳定户" if kind[each] == "脱贫户" else "边缘易致贫户",
                "识别监测时间": f"{came // 12:04d}{came % 12 + 1:02d}", "致贫返贫风险1": "因病",
                "知晓日期": f"{(came + 1) // 12:04d}-{(came + 1) % 12 + 1:02d}-03",
            })  # fmt: skip
    return pd.DataFrame(rows)


def foretold_county(folder: Path, households: int = 800, seed: int = 1) -> Path:
    """The made county, but whoever had a medical claim is recognised three to six months later, most of the time.

    The distance to the line tells next to nothing of it, the claims all there is to know.
    """
    rng = np.random.default_rng(seed)
    made_county(folder, households)
    claims = pd.read_csv(folder / "医疗费用.csv", dtype=str)
    homes = pd.read_csv(folder / "农户信息.csv", dtype=str, encoding="gb18030").set_index("户编号")["户类型"]
    claimed = claims["结算月份"].str[:4].astype(int) * 12 + claims["结算月份"].str[5:].astype(int) - 1
    came = (claimed + rng.integers(3, 7, len(claims))).to_numpy()
    kept = (rng.random(len(claims)) < 0.8) & (came < FIRST + MONTHS - 2)
    ids, came = claims["户编号"].to_numpy()[kept], came[kept]
    pd.DataFrame({
        "户编号": ids, "监测对象类别": np.where(homes.loc[ids] == "脱贫户", "脱贫不稳定户", "边缘易致贫户"),
        "识别监测时间": month(came), "致贫返贫风险1": "因病", "知晓日期": month(came + 1) + "-03",
    }).to_csv(folder / "识别记录.csv", index=False)  # fmt: skip
    return folder


def told_too_early(folder: Path, name: str, seed: int = 2) -> None:
    """A fact of everybody who is recognised, written down afterwards and dated four to seven months before."""
    recognised = pd.read_csv(folder / "识别记录.csv", dtype=str)
    back = np.random.default_rng(seed).integers(4, 8, len(recognised))
    when = pd.Series(pd.PeriodIndex(recognised["识别监测时间"], freq="M") - back).astype(str)
    facts = {"household_id": recognised["户编号"], "name": name, "value": "有", "happened_at": when, "known_at": when}
    pd.DataFrame(facts).to_csv(folder / "facts.csv", index=False)
