"""A county's files for the promises of features: states that change, facts of its own, and what may become known later."""

from __future__ import annotations

from collections.abc import Mapping
from functools import cache
from pathlib import Path
from tempfile import TemporaryDirectory

import numpy as np
import pandas as pd

import county_events
from counties import made_county
from relapse import config
from relapse.core.panel import Panel

Tables = Mapping[str, pd.DataFrame]
KNOWN, ANNOUNCED, HOUSEHOLD = "知晓日期", "公布日期", "户编号"
NAMES = ("医疗欠款", "结对帮扶")
ENTRIES = {
    f"{how}_{place}": {
        "name": name, "how": how, "window_months": window, "levels": ["有"] if how == "is" else [], "unit": "own",
        "meaning": "a made-up fact", "group": "own_facts", "direction": 0, "label": name,
    }
    for place, (name, window) in enumerate([(NAMES[0], None), (NAMES[0], 12), (NAMES[1], None)])
    for how in ("newest", "sum", "count", "months_since", "is")
}  # fmt: skip
_CHOICES: Mapping[str, tuple[str, ...]] = {
    "户类型": ("脱贫户", "一般农户", "未脱贫户"), "行政村": ("第1村", "第2村", "新村"), "乡镇": ("第1镇", "新镇"),
    "家庭人口": ("1", "2", "5"), "是否危房户": ("是", "否", ""), "是否解决安全饮用水": ("是", "否", ""),
    "健康状况": ("健康", "长期慢性病"), "劳动技能": ("普通劳动力", "无劳动力"), "在校生状况": ("小学", "不在校", ""),
    "是否参加城乡居民基本医疗保险": ("是", "否", ""), "监测对象类别": ("突发严重困难户",), "致贫返贫风险1": ("因病", "因残"),
    "值": ("有", "已解除", "1", "7,000"),
    **county_events.CHOICES,
}  # fmt: skip
_AMOUNTS = ("金额(元)", "合规自付支出", "监测线", *county_events.AMOUNTS)


@cache
def told(households: int = 90) -> Tables:
    """The tables of a made county as texts: homes and persons are told of in five rounds, each known in the third month."""
    with TemporaryDirectory() as folder:
        made_county(Path(folder) / "made", households=households)
        tables = {path.stem: _text(path) for path in sorted((Path(folder) / "made").glob("*.csv"))}
    persons, rng = tables["家庭成员信息"], np.random.default_rng(7)
    persons.loc[persons["人编号"].str.endswith("02"), ["出生日期", "证件号码"]] = [
        "2012年05月04日",
        "",
    ]  # of school age
    tables["农户信息"] = tables["农户信息"].assign(
        主要产品="生猪", 脱贫年度="2018", 耕地面积="3", 更新日期="2018-12-20", 小额信贷="20000"
    )
    for name in ("农户信息", "家庭成员信息"):
        first = tables[name]
        rounds = [first, *(_round(first, year, rng) for year in (2020, 2021, 2022, 2023))]
        tables[name] = pd.concat(rounds, ignore_index=True)
    ids, months = tables["农户信息"][HOUSEHOLD].unique(), pd.period_range("2019-02", "2023-10", freq="M")
    count = 6 * len(ids)
    happened = rng.choice(np.arange(len(months)), count)
    tables["其他信息"] = pd.DataFrame({
        HOUSEHOLD: rng.choice(ids, count), "名称": rng.choice(NAMES, count), "值": rng.choice(_CHOICES["值"], count),
        "发生日期": [f"{months[place]}-10" for place in happened],
        KNOWN: [f"{months[place] + int(delay)}-20" for place, delay in zip(happened, rng.integers(0, 4, count), strict=True)],
    }).drop_duplicates([HOUSEHOLD, "名称", "发生日期"])  # fmt: skip
    tables["识别记录"] = county_events.earlier_spells(tables["识别记录"], ids, rng)
    tables["收入"] = county_events.with_monthly_payments(tables["收入"], ids, rng)
    return county_events.with_people(
        {**tables, **county_events.more_tables(ids, months, rng)}, np.random.default_rng(8)
    )


def poisoned(tables: Tables, as_of: str, seed: int = 0) -> Tables:
    """All that became known after a month changed, some of it gone, and much added: corrections, and new households."""
    rng = np.random.default_rng(seed)
    return {name: _poisoned(name, table, as_of, rng) for name, table in tables.items()}


def shuffled(tables: Tables) -> Tables:
    """The rows of each file in another order."""
    return {name: table.sample(frac=1, random_state=3) for name, table in tables.items()}


def half(tables: Tables) -> Tables:
    """Every other household, in all tables."""
    kept = sorted(tables["农户信息"][HOUSEHOLD].unique())[::2]
    return {name: table[table[HOUSEHOLD].isin(kept)] if HOUSEHOLD in table else table for name, table in tables.items()}


def read(tables: Tables) -> Panel:
    """The panel of a county's files."""
    with TemporaryDirectory() as folder:
        path = Path(folder) / "made"
        path.mkdir()
        for name, table in tables.items():
            table.to_csv(path / f"{name}.csv", index=False)
        panel: Panel = config.option("data", "county", path=str(path), max_age=2).read(config.option("line", "auto"))
    return panel


def _text(path: Path) -> pd.DataFrame:
    encoding = "gb18030" if path.stem == "农户信息" else "utf-8-sig"
    return pd.read_csv(path, dtype=str, keep_default_na=False, encoding=encoding)


def _round(first: pd.DataFrame, year: int, rng: np.random.Generator) -> pd.DataFrame:
    """What was found when everybody was asked again; persons also whether insured and in school."""
    more = dict.fromkeys(("在校生状况", "是否参加城乡居民基本医疗保险"), "") if "人编号" in first else {}
    asked = _spoilt(first.assign(**more), rng).assign(截至日期=f"{year}-06-30", 知晓日期=f"{year}-08-15")
    return asked.assign(行政村=first["行政村"], 乡镇=first["乡镇"]) if "行政村" in first else asked


def _poisoned(name: str, table: pd.DataFrame, as_of: str, rng: np.random.Generator) -> pd.DataFrame:
    clock = KNOWN if KNOWN in table else ANNOUNCED
    late = table[clock].str.slice(0, 7) > as_of
    assert late.any() and not late.all(), f"{name}: there must be something to poison, and something to keep"
    future = _spoilt(table[late], rng)
    if clock == ANNOUNCED:
        return pd.concat([table[~late], future], ignore_index=True)
    newest = future[clock] == future[clock].max()
    future = future[newest | (rng.random(len(future)) > 0.2)]
    after = future[clock].max()
    corrected = _spoilt(table[~late].sample(frac=0.3, random_state=int(rng.integers(99))), rng).assign(**{clock: after})
    told = pd.concat([table[~late], future, corrected], ignore_index=True)
    if HOUSEHOLD not in table:
        return told
    strangers = future.assign(**{HOUSEHOLD: "00" + future[HOUSEHOLD]})
    if "人编号" in strangers:
        strangers = strangers.assign(人编号="00" + strangers["人编号"], 证件号码="")
    return pd.concat([told, strangers], ignore_index=True)


def _spoilt(table: pd.DataFrame, rng: np.random.Generator) -> pd.DataFrame:
    made = {name: rng.choice(texts, len(table)) for name, texts in _CHOICES.items() if name in table}
    for name in (each for each in _AMOUNTS if each in table):
        made[name] = (table[name].astype(float) * rng.uniform(1.5, 9, len(table))).round(2).astype(str)
    return table.assign(**made)
