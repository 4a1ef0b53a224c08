"""A county's lists month by month, as `score` leaves them: tiers by capacity, what past lists say, and what breaks."""

from __future__ import annotations

import csv
import io
import json
import re
import shutil
from dataclasses import dataclass, fields, replace
from pathlib import Path

import openpyxl
import pandas as pd
import pytest

import relapse
from counties import made_county
from relapse import config
from relapse.core.errors import InputError
from relapse.core.panel import Panel
from relapse.core.parts import Whole
from relapse.core.results import COUNTY_TIERS, RiskList
from relapse.county.audits.audits import Audits
from relapse.county.risk_list.build import ListSettings
from relapse.county.risk_list.capacity import TownshipCapacity
from relapse.flows.listing import Origin
from relapse.flows.version import Version
from relapse.outputs import Paths
from relapse.pipelines.capacity_file import capacity_table
from relapse.pipelines.score import Listed, score_stage
from relapse.terminal import Stages

TOWNSHIPS = ("第1镇", "第2镇", "第3镇", "第4镇")
MARCH = "2023-03"
FRAMES = ("townships", "villages", "departments", "doubts", "answered")


@dataclass(frozen=True)
class Office:
    """A county, a version for it, and what its lists are made with."""

    folder: Path
    version: Version
    audits: Audits
    settings: ListSettings

    def panel(self, folder: Path | None = None) -> Panel:
        made: Panel = self.data(folder).read(self.version.line())
        return made

    def data(self, folder: Path | None = None):
        return config.option("data", "county", path=str(folder or self.folder), name="county")

    def score(self, outputs: Path, as_of: str, panel: Panel, language: str = "zh", **changes) -> Listed:
        settings = replace(self.settings, **changes)
        paths = Paths(outputs, outputs / "data", outputs / "state")
        return score_stage(
            Stages(), self.data(), Whole(panel), panel.calendar.parse(as_of), self.version, Origin("1", True), settings,
            self.audits, paths, language, (),
        )  # fmt: skip


@pytest.fixture(scope="module")
def office(tmp_path_factory) -> Office:
    folder = made_county(tmp_path_factory.mktemp("county") / "county", households=300)
    panel = relapse.read(folder)
    version = relapse.train(panel, as_of="2022-12", model="distance_to_line", horizons=[6])
    whole = config.option("risk_list", "default")
    return Office(folder, version.version, config.option("audits", "national"), replace(whole, length=40))


@pytest.fixture(scope="module")
def panel(office) -> Panel:
    return office.panel()


def lines(folder: Path) -> list[dict[str, str]]:
    return list(csv.DictReader(io.StringIO((folder / "list.csv").read_text("utf-8-sig"), newline="")))


def files(folder: Path) -> dict[str, bytes]:
    return {path.relative_to(folder).as_posix(): path.read_bytes() for path in folder.rglob("*") if path.is_file()}


def assert_sound(made: RiskList) -> None:
    """What holds of every county's list."""
    rows, towns = made.rows, made.townships.set_index("township")
    assert rows["household_id"].is_unique
    counted = (
        rows.groupby(["township", "tier"]).size().unstack(fill_value=0).reindex(columns=COUNTY_TIERS, fill_value=0)
    )
    for tier in ("visit", "next", "phone", "random"):
        assert counted[tier].to_dict() == towns.loc[counted.index, tier].to_dict()
    assert (towns["visit"] + towns["random"] <= towns["capacity"]).all()
    assert set(rows.loc[rows["source"] == "random", "tier"]) <= {"random"}
    assert rows.loc[rows["tier"] != "random", "listing_probability"].eq(1).all()
    assert (rows["tier"].map(COUNTY_TIERS.index).diff().dropna() >= 0).all()
    hit = made.triggered
    assert set(hit.loc[hit["on_list"], "household_id"]) <= set(rows["household_id"])
    assert set(rows.loc[rows["source"].isin(["rule", "both"]), "household_id"]) <= set(hit["household_id"])
    assert made.villages["eligible"].sum() == towns["eligible"].sum() == made.head.at_risk
    assert made.villages["visit"].sum() == towns["visit"].sum() == made.head.visits


def test_files__name_nobody_but_a_townships_workbook_the_heads_of_its_own_households(office, panel, tmp_path):
    folder = office.score(tmp_path, MARCH, panel).folder
    persons = pd.read_csv(office.folder / "家庭成员信息.csv", dtype=str)
    homes = pd.read_csv(office.folder / "农户信息.csv", dtype=str, encoding="gb18030").set_index("户编号")["乡镇"]
    heads = persons[persons["与户主关系"] == "户主"]
    looked = re.compile("|".join(map(re.escape, {*persons["姓名"], *persons["证件号码"]})))
    named = {}
    for path in sorted(folder.rglob("*.xlsx")):
        sheets = openpyxl.load_workbook(path)
        told = {str(cell) for sheet in sheets for row in sheet.iter_rows(values_only=True) for cell in row if cell}
        named[path.name] = {name for cell in told for name in looked.findall(cell)}
        place = sheets["说明"]["B7"].value
        mine = heads if path.name == "list.xlsx" else heads[heads["户编号"].map(homes) == place]
        assert named[path.name] <= set(mine["姓名"]), path
        assert named[path.name], path
    assert len(named) == 1 + len(TOWNSHIPS)
    others = [path for path in sorted(folder.rglob("*")) if path.suffix in (".html", ".csv", ".json")]
    assert {"list.csv", "list.html", "office.html"} < {path.name for path in others}
    assert len(others) == 4 + len(TOWNSHIPS)
    assert not [path for path in others if looked.search(path.read_text(encoding="utf-8-sig"))]


def test_score__tiers_sources_and_what_is_told_of_them(office, panel, tmp_path):
    listed = office.score(tmp_path, MARCH, panel)
    made = listed.risk_list
    assert_sound(made)
    assert set(made.rows["source"]) == {"model", "rule", "both", "random"}
    assert made.townships["capacity"].sum() == 40
    assert (made.townships["random"] == 3).all()
    assert (made.townships["capacity"] >= 6).all()  # the floor
    unlisted = made.triggered[~made.triggered["on_list"]]
    assert set(unlisted["tier"]) <= {"", "beyond"}
    words = made.triggered[["department", "item"]]
    assert (words != "").all(axis=None)
    assert "应纳未纳" in set(words["department"])
    manifest = json.loads((listed.folder / "manifest.json").read_text())
    assert manifest["tiers"] == made.rows["tier"].value_counts().reindex(COUNTY_TIERS, fill_value=0).to_dict()
    assert "previous" not in manifest
    told = lines(listed.folder)
    assert {line["较上月变化"] for line in told} == {""}  # the first list: nobody is new against none
    assert {line["连续上榜月数"] for line in told} == {"1"}
    assert "名单外漏掉多少" in (listed.folder / "list.html").read_text()


def test_score__the_month_after(office, panel, tmp_path):
    before = office.score(tmp_path, MARCH, panel)
    after = office.score(tmp_path, "2023-04", panel)
    manifest = json.loads((after.folder / "manifest.json").read_text())
    assert manifest["previous"]["as_of"] == MARCH
    was = before.risk_list.rows.set_index("household_id")["tier"]
    rows = after.risk_list.rows.set_index("household_id")
    stayed = rows.index.isin(was[was != "random"].index) & (rows["tier"] != "random")
    assert rows.loc[stayed, "months_listed"].eq(2).all()
    assert rows.loc[~stayed, "months_listed"].eq(1).all()
    assert stayed.sum() > 60
    new = ~rows.index.isin(was[was != "random"].index) & (rows["tier"] != "random").to_numpy()
    assert {each[0] for each in rows.loc[new, "changed"]} == {"上月不在清单上"}
    moved = rows[stayed & (rows["tier"] != was.reindex(rows.index))]
    assert all(each[0].startswith("走访等级由") for each in moved["changed"])
    was_income, seen = before.risk_list.rows.set_index("household_id")["income"], 0
    for household, row in rows[stayed].iterrows():
        for sentence in row["changed"]:
            if told := re.fullmatch(r"人均收入比上月清单(多|少)([\d,]+)元", sentence):
                more = (row["income"] - was_income[household]) * (1 if told[1] == "多" else -1)
                assert abs(more - float(told[2].replace(",", ""))) <= 0.5
                seen += 1
    assert seen > 20
    alone = office.score(tmp_path / "alone", "2023-04", panel)
    common = len(set(was[was.isin(["visit", "next"])].index) & set(rows.index[rows["tier"].isin(["visit", "next"])]))
    others = alone.risk_list.rows
    kept = set(others.loc[others["tier"].isin(["visit", "next"]), "household_id"])
    assert common >= len(set(was[was.isin(["visit", "next"])].index) & kept)  # less comes and goes


def test_score__again_gives_the_same_bytes__and_another_language_says_no_more_than_it_knows(office, panel, tmp_path):
    office.score(tmp_path, MARCH, panel)
    first = office.score(tmp_path, "2023-04", panel)
    content = files(first.folder)
    again = office.score(tmp_path, "2023-04", panel)
    assert not again.fresh
    assert files(first.folder) == content
    english = office.score(tmp_path, "2023-05", panel, language="en").risk_list.rows
    assert english["months_listed"].max() == 3
    assert not [each for changed in english["changed"] for each in changed if "new trigger" in each]


def test_score__another_edition_of_last_month_is_the_one_that_is_read(office, panel, tmp_path):
    first = office.score(tmp_path, MARCH, panel)
    second = office.score(tmp_path, MARCH, panel, length=30)
    assert second.folder == first.folder / "edition-2"
    seen = office.score(tmp_path, "2023-04", panel).risk_list
    shutil.rmtree(tmp_path / "lists" / "county" / "2023-04")
    shutil.rmtree(second.folder)
    assert office.score(tmp_path, "2023-04", panel).risk_list.head.previous_digest != seen.head.previous_digest


@pytest.mark.parametrize("harm", ["changed", "cut", "gone", "foreign", "half"])
def test_score__last_months_list_that_was_touched_counts_as_none__and_the_list_says_so(harm, office, panel, tmp_path):
    folder = office.score(tmp_path, MARCH, panel).folder
    file = folder / ("manifest.json" if harm in ("foreign", "half") else "list.csv")
    if harm == "gone":
        file.unlink()
    else:
        data = file.read_bytes()
        file.write_bytes(
            {"changed": data.replace(b"1", b"2", 5), "cut": data[:400], "foreign": b"[]", "half": data[:300]}[harm]
        )
    made = office.score(tmp_path, "2023-04", panel).risk_list
    assert made.rows["months_listed"].eq(1).all()
    assert made.head.previous == made.head.previous_digest == ""
    assert f"上月清单（{MARCH}）与其校验值不符" in made.head.assumed[-1]


def test_score__what_becomes_known_later_changes_no_tier(office, panel, tmp_path):
    folder = shutil.copytree(office.folder, tmp_path / "county")
    household = office.score(tmp_path / "plain", MARCH, panel).risk_list.rows["household_id"]
    late = {
        "走访核查": [{"户编号": each, "核查日期": "2023-03-05", "核查结论": "不存在风险", "知晓日期": "2023-04-02"} for each in household],
        "突发事件": [{"户编号": each, "事件类型": "失业", "发生日期": "2023-02-05", "知晓日期": "2023-04-02"} for each in household],
    }  # fmt: skip
    for name, rows in late.items():
        pd.DataFrame(rows).to_csv(folder / f"{name}.csv", index=False)
    told = office.panel(folder)
    one, other = (office.score(tmp_path / str(n), MARCH, each).risk_list for n, each in enumerate((panel, told)))
    pd.testing.assert_frame_equal(one.rows, other.rows)
    pd.testing.assert_frame_equal(one.triggered, other.triggered)
    pd.testing.assert_frame_equal(one.townships, other.townships)
    after = office.score(
        tmp_path / "april", "2023-04", told
    ).risk_list  # now it is known, and they lost their work since
    assert after.townships["resting"].sum() == 0


def test_score__what_becomes_known_later_changes_no_sheet_beside_the_list(office, panel, tmp_path):
    """Another April from May on: visits, recognitions, incomes and households of which nobody knew in April."""
    months = ("2022-08", "2022-09", MARCH)
    for when in months:
        seen = office.score(tmp_path / "one", when, panel).risk_list.rows
    shutil.copytree(tmp_path / "one", tmp_path / "other")
    answers = [
        {"户编号": household, "核查日期": "2023-04-12", "核查结论": "存在风险" if place % 3 else "不存在风险", "线索编号": clue,
         "是否已核查": "是", "知晓日期": "2023-04-20" if place % 2 else "2023-05-03"}
        for place, (household, clue) in enumerate(zip(seen["household_id"], seen["clue_id"], strict=True))
    ]  # fmt: skip
    on_time = shutil.copytree(office.folder, tmp_path / "on_time")
    pd.DataFrame(answers[1::2]).to_csv(on_time / "走访核查.csv", index=False)
    later = shutil.copytree(office.folder, tmp_path / "later")
    pd.DataFrame(answers).to_csv(later / "走访核查.csv", index=False)
    told = pd.read_csv(later / "识别记录.csv", dtype=str)
    new = [
        {"户编号": each, "监测对象类别": "突发严重困难户", "识别监测时间": "202304", "知晓日期": "2023-05-09"}
        for each in seen["household_id"]
    ]
    pd.concat([told[told["知晓日期"] < "2023-05"], pd.DataFrame(new)]).to_csv(later / "识别记录.csv", index=False)
    income = pd.read_csv(later / "收入.csv", dtype=str)
    income["金额(元)"] = income["金额(元)"].where(income["知晓日期"] < "2023-05", "3")
    income.to_csv(later / "收入.csv", index=False)
    one, other = (
        office.score(tmp_path / name, "2023-04", office.panel(folder)).risk_list.supplement
        for name, folder in (("one", on_time), ("other", later))
    )
    assert one.answered["verified"].sum() > 20
    for name in FRAMES:
        pd.testing.assert_frame_equal(getattr(one, name), getattr(other, name), obj=name)
    others = [each.name for each in fields(one) if each.name not in FRAMES]
    assert {name: getattr(one, name) for name in others} == {name: getattr(other, name) for name in others}
    assert one.came
    assert one.came[0].months == months[:2]
    known = office.score(tmp_path / "other", "2023-05", office.panel(later)).risk_list
    before = office.score(tmp_path / "one", "2023-05", office.panel(on_time)).risk_list
    assert known.head.at_risk < before.head.at_risk  # in May it is known


def test_score__a_clean_finding_lets_rest(office, panel, tmp_path):
    folder = shutil.copytree(office.folder, tmp_path / "county")
    first = office.score(tmp_path, MARCH, panel).risk_list.rows
    seen = first[first["tier"] == "visit"]
    rows = [
        {
            "户编号": household,
            "核查日期": "2023-04-12",
            "核查结论": "不存在风险",
            "线索编号": clue,
            "知晓日期": "2023-04-20",
        }
        for household, clue in zip(seen["household_id"], seen["clue_id"], strict=True)
    ]
    pd.DataFrame(rows).to_csv(folder / "走访核查.csv", index=False)
    told = office.panel(folder)
    made = office.score(tmp_path, "2023-04", told).risk_list
    assert_sound(made)
    rested = set(seen["household_id"]) - set(made.rows["household_id"])
    assert len(rested) >= made.townships["resting"].sum() > 15
    back = office.score(tmp_path, "2023-07", told).risk_list
    assert back.townships["resting"].sum() == 0
    assert set(back.rows["last_verdict"]) == {"", "no_risk"}


def test_score__checks_of_a_year_say_what_the_lists_miss(office, panel, tmp_path):
    folder, rows = shutil.copytree(office.folder, tmp_path / "county"), []
    pooled = {"pooled_months": 3}
    for month in ("2023-01", "2023-02", MARCH):
        made = office.score(tmp_path, month, panel, **pooled).risk_list.rows
        for place, household in enumerate(made.loc[made["tier"] == "random", "household_id"]):
            found = "存在风险" if place == 0 else "不存在风险"
            rows.append({"户编号": household, "核查日期": f"{month}-28", "核查结论": found, "知晓日期": f"{month}-28"})
    pd.DataFrame(rows).to_csv(folder / "走访核查.csv", index=False)
    drawn = office.score(tmp_path, "2023-04", office.panel(folder), **pooled).risk_list.head.drawn
    assert drawn is not None
    assert (drawn.months, drawn.checked) == (3, 36)
    assert drawn.found == 3
    value, low, high = drawn.rate
    assert 0 < low < value < high < 1
    few = office.score(tmp_path, "2023-05", panel, pooled_months=12).risk_list.head.drawn
    assert few is not None
    assert few.rate is None


def test_score__by_a_table_of_the_countys_own(office, panel, tmp_path):
    file = tmp_path / "能力.csv"
    file.write_bytes(
        "乡镇,可走访户数,可电话问询户数,月份\n第1镇,8,2,\n第2镇,0,5,\n第3镇,12,,\n第4镇,5,,\n第1镇,9,2,3\n".encode(
            "gb18030"
        )
    )
    capacity = replace(office.settings.capacity, file=str(file))
    made = office.score(tmp_path, MARCH, panel, capacity=capacity, length=None).risk_list
    assert_sound(made)
    towns = made.townships.set_index("township")
    assert towns["capacity"].to_dict() == {"第1镇": 9, "第2镇": 0, "第3镇": 12, "第4镇": 5}
    assert towns["phone"].to_dict() == {"第1镇": 2, "第2镇": 5, "第3镇": 12, "第4镇": 5}
    assert towns.loc["第2镇", ["visit", "next", "random"]].sum() == 0
    assert towns.loc["第2镇", "beyond"] > 0
    beyond = made.rows[made.rows["tier"] == "beyond"]
    assert set(beyond["due"]) == {""}


@pytest.mark.parametrize(
    ("content", "said"),
    [
        ("乡镇,户数\n第1镇,8\n", "has no column 'visits' (可走访户数"),
        ("乡镇,可走访户数\n第1镇,八\n", "row 2: visits is '八'; write how many households"),
        ("乡镇,可走访户数\n第1镇,-1\n", "row 2: visits is '-1'"),
        ("乡镇,可走访户数\n第1镇,\n第2镇,3\n", "row 2: visits is empty; write 0"),
        ("乡镇,可走访户数,月份\n第1镇,3,13\n", "row 2: '13' is no month"),
        ("乡镇,可走访户数\n第1镇,3\n第1镇,4\n", "row 3: the township '第1镇' stands there twice"),
    ],
)
def test_capacity_file__a_fault_is_told_by_its_row(content, said, tmp_path):
    file = tmp_path / "capacity.csv"
    file.write_text(content, encoding="utf-8")
    with pytest.raises(InputError) as told:
        capacity_table(str(file), 2023 * 12 + 2)
    assert said in str(told.value)


def test_capacity_file__a_month_before_a_season_before_all_months(tmp_path):
    file = tmp_path / "capacity.csv"
    file.write_text("township,visits,month\na,5,\na,6,3\na,7,2023-03\nb,1,\nb,2,4\n", encoding="utf-8")
    at = {month: {name: each.visits for name, each in capacity_table(str(file), month).items()}
          for month in (2023 * 12 + 2, 2024 * 12 + 2, 2023 * 12 + 3)}  # fmt: skip
    assert list(at.values()) == [{"a": 7, "b": 1}, {"a": 6, "b": 1}, {"a": 5, "b": 2}]
    assert capacity_table(None, 0) == {}
    assert TownshipCapacity(5) == capacity_table(str(file), 2023 * 12 + 3)["a"]
