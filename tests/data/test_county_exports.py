"""Wide exports of persons, and dated ones: snapshots that are compared. Nobody in them exists."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd
import pytest

import exports
from folders import LINE, Row, believed, county, examine, home, month, of, plain, rules, state, write, year
from relapse.core.facts import Category
from relapse.core.panel import Panel

COUNT = 12
SOURCES = {"wage": "工资性收入", "business": "生产经营性收入", "property": "财产性收入", "transfer": "转移性收入",
           "business_cost": "生产经营性支出"}  # fmt: skip


def put(folder: Path, *rolls: exports.Roll, writer: Callable = exports.write_gbk_csv, suffix: str = "csv") -> Path:
    folder.mkdir(parents=True, exist_ok=True)
    for roll in rolls:
        writer(roll, folder / f"脱贫户信息_{roll.date}.{suffix}")
    return folder


def panel_of(folder: Path) -> Panel:
    panel: Panel = county(folder).read(LINE)
    return panel


@pytest.fixture(scope="module")
def roll() -> exports.Roll:
    return exports.exited_roll(COUNT)


@pytest.fixture(scope="module")
def one(tmp_path_factory: pytest.TempPathFactory, roll: exports.Roll) -> Panel:
    return panel_of(put(tmp_path_factory.mktemp("one"), roll))


@pytest.fixture(scope="module")
def three(tmp_path_factory: pytest.TempPathFactory) -> Panel:
    return panel_of(put(tmp_path_factory.mktemp("three"), *exports.three_rolls(COUNT)))


def ids_of(roll: exports.Roll) -> list[str]:
    return [str(each) for each in dict.fromkeys(roll.persons["户编号"])]


# ---- one export --------------------------------------------------------------------------------------------------------


def test_export__its_households_are_folded_from_persons(one, roll):
    assert one.household_ids.tolist() == sorted(ids_of(roll))
    homes = roll.persons.groupby("户编号").first()
    for name, meant in homes.iterrows():
        told = {
            column: state(one, name, column, "2024-09")
            for column in ("size", "house_area", "arable", "dangerous_house", "township", "village", "type")
        }
        assert told == {
            "size": meant["人数"], "house_area": meant["住房面积"], "arable": meant["耕地面积"], "dangerous_house": meant["危房"],
            "township": meant["乡(镇)"], "village": meant["行政村"], "type": "exited",
        }  # fmt: skip


def test_export__its_sums_are_of_the_year_to_september_and_spread(one, roll):
    # an export of 2024-09-02 speaks of 2022-10 to 2023-09: that year was over
    for name, meant in roll.persons.groupby("户编号").first().iterrows():
        net = sum(meant[zh] * (-1 if en == "business_cost" else 1) for en, zh in SOURCES.items())
        assert believed(one, name, "2023-09", "2024-09") == pytest.approx(net / 12)
        assert believed(one, name, "2022-10", "2024-09", "wage") == pytest.approx(meant["工资性收入"] / 12)
        assert believed(one, name, "2023-10", "2024-09") is None
        assert believed(one, name, "2022-09", "2024-09") is None
        assert believed(one, name, "2023-09", "2024-08") is None
        assert believed(one, name, "2023-09", "2024-09", "payout") == pytest.approx(meant["理赔收入"] / 12)
        assert believed(one, name, "2023-09", "2024-09", "measured") == 0


def test_export__its_persons_are_all_there(one, roll):
    persons = one.as_of(month("2024-09")).whole_table("persons").newest
    meant = roll.persons
    assert len(persons) == len(meant)
    order = np.lexsort((persons.number("birth_month"), persons.household))
    place = {name: k for k, name in enumerate(one.household_ids)}
    expected = meant.assign(h=meant["户编号"].map(place)).sort_values(["h", "born"], kind="stable")
    assert persons.household[order].tolist() == expected["h"].tolist()
    assert persons.number("birth_month")[order].tolist() == expected["born"].tolist()
    health = {"健康": "healthy", "长期慢性病": "chronic", "长期慢性病,残疾": "chronic|disabled"}
    assert sorted(persons.text("health").texts()) == sorted(expected["健康状况"].map(health))
    assert persons.number("id_valid").all()
    assert persons.number("id_born")[order].tolist() == expected["born"].tolist()


def test_export__unknown_columns_are_listed_in_one_note_and_ignored(tmp_path, roll):
    told = county(put(tmp_path, roll)).examine(LINE)
    ignored = of(told.findings, "columns_ignored")
    assert len(ignored) == 1
    unknown = [f"{group}/{name}" for group, members in exports.UNKNOWN.items() for name in members]
    assert ignored[0].details == {"count": str(len(unknown)), "names": ", ".join(unknown)}
    assert rules(told.findings) == [("out_of_range", "check")]  # made-up incomes are anything


def test_export__columns_of_another_stage_are_never_the_plain_ones(tmp_path):
    # the plain wages are blank; those at recognition and after removal are not
    roll = exports.exited_roll(3)
    cells = [list(row) for row in roll.cells]
    for place, path in enumerate(roll.paths):
        for row in cells:
            if path[-1].startswith("工资性收入"):
                row[place] = "" if path[0] == "近一年收入" else "77777"
    panel = panel_of(put(tmp_path, exports.Roll(roll.date, roll.paths, cells, roll.persons)))
    assert "wage" not in panel.sources or np.isnan(panel.sources["wage"]).all()
    assert "recognised_wage_income" not in {
        name for facts in panel.tables.values() for name in facts.only_known().columns
    }


def test_export__what_was_written_at_a_recognition_and_after_is_a_recognition(tmp_path, roll):
    first = ids_of(roll)[0]
    written = {
        ("监测对象类别",): "脱贫不稳定户", ("识别监测时间",): "202405", ("致贫/返贫风险1",): "因病", ("识别时", "收支情况", "工资性收入"): "7,777",
        ("识别时", "三保障情况", "是否住房损毁"): "是", ("风险是否已消除",): "是", ("消除监测时间",): "202407",
        ("风险消除后", "收支情况", "工资性收入"): "0.8888万元", ("风险消除后", "三保障情况", "是否住房损毁"): "否", ("信息采集人",): "虚拟员",
    }  # fmt: skip
    of_first = [household == first for household in roll.persons["户编号"]]
    cells = [
        [written.get(path, cell) if mine else cell for path, cell in zip(roll.paths, row, strict=True)]
        for row, mine in zip(roll.cells, of_first, strict=True)
    ]
    panel = panel_of(put(tmp_path, exports.Roll(roll.date, roll.paths, cells, roll.persons)))
    told = panel.tables["recognitions"]
    assert len(told) == 1
    assert told.happened.tolist() == [month("2024-05")]
    assert {name: told.text(name).texts()[0] for name in ("category", "cause_1")} == {
        "category": "unstable",
        "cause_1": "illness",
    }
    numbers = {name: told.number(name)[0] for name in ("recognised_wage_income", "recognised_house_damaged", "removed",
               "removed_at", "removed_wage_income", "removed_house_damaged")}  # fmt: skip
    assert numbers == {
        "recognised_wage_income": 7777, "recognised_house_damaged": 1, "removed": 1, "removed_at": month("2024-07"),
        "removed_wage_income": 8888, "removed_house_damaged": 0,
    }  # fmt: skip
    assert "collector" not in told
    assert believed(panel, first, "2023-09", "2024-09", "wage") == pytest.approx(roll.persons["工资性收入"][0] / 12)


def test_export__of_either_kind_gives_the_same(tmp_path, one, roll):
    book = panel_of(put(tmp_path, roll, writer=exports.write_xlsx, suffix="xlsx"))
    assert book.household_ids.tolist() == one.household_ids.tolist()
    for name in ("household", "period", "known", "income"):
        assert np.array_equal(getattr(book, name), getattr(one, name), equal_nan=True)


def test_export__without_a_date_stops(tmp_path, roll):
    exports.write_gbk_csv(roll, tmp_path / "脱贫户信息.csv")
    assert rules(county(tmp_path).examine(LINE).findings) == [("export_undated", "stop")]


# ---- three dated ones --------------------------------------------------------------------------------------------------


def test_three__a_changed_value_is_known_since_the_export_that_tells_it(three):
    name = three.household_ids[0]  # other wages in the second
    before, after = (believed(three, name, "2023-09", as_of, "wage") for as_of in ("2024-10", "2024-11"))
    assert before is not None
    assert after is not None
    # the second and third export speak of the year to 2024-09; what the first said of the year before stays believed
    first, second, _ = exports.three_rolls(COUNT)
    wages = [roll.persons.groupby("户编号").first().loc[name, "工资性收入"] for roll in (first, second)]
    assert wages[1] == wages[0] + 1000
    assert before == after == pytest.approx(wages[0] / 12)
    assert believed(three, name, "2024-09", "2024-10", "wage") is None
    assert believed(three, name, "2024-09", "2024-11", "wage") == pytest.approx(wages[1] / 12)


def test_three__a_corrected_house_is_known_since_the_third(three):
    name = three.household_ids[2]
    told = [state(three, name, "house_area", as_of) for as_of in ("2024-09", "2024-11", "2024-12", "2025-01")]
    assert told[0] == told[1] == told[2] == told[3] - 15


def test_three__a_household_that_is_gone_ends(three):
    name = three.household_ids[1]
    there = [
        state(three, name, "size", as_of) is not None
        for as_of in ("2024-08", "2024-09", "2024-10", "2024-11", "2025-01")
    ]
    assert there == [False, True, True, False, False]
    place = three.household_ids.tolist().index(name)
    assert place in three.as_of(month("2024-10")).observed
    assert place not in three.as_of(month("2024-11")).observed


def test_three__a_household_that_appears_was_not_known_before(three):
    name = three.household_ids[-1]
    assert [state(three, name, "size", as_of) is not None for as_of in ("2024-10", "2024-11")] == [False, True]


def test_three__an_unchanged_household_is_one_fact(three):
    facts = three.tables["households"]
    versions = np.bincount(facts.household, minlength=len(three.household_ids))
    # 0: only income changed; 1: there, and gone; 2: there, and corrected; the others: there
    assert versions.tolist() == [1, 2, 2, *[1] * (COUNT - 2)]


def test_three__no_row_of_them_is_a_fault(tmp_path):
    told = county(put(tmp_path, *exports.three_rolls(COUNT))).examine(LINE)
    assert rules(told.findings) == [("out_of_range", "check")]  # made-up incomes are anything
    assert {each.column for each in of(told.findings, "out_of_range")} <= {"net_income_pc", "net_income", "ref_income"}


# ---- dated tables ------------------------------------------------------------------------------------------------------


def homes(*names: str, **more: Any) -> list[Row]:
    return [{k: v for k, v in home(each, **more).items() if k not in ("as_of", "known_at")} for each in names]


def dated(folder: Path, *states: tuple[str, Sequence[Row]], name: str = "households") -> Panel:
    tables = {f"{name}_{date}": rows for date, rows in states}
    income = {"income": [*year("h1"), *year("h2")]}
    panel: Panel = county(write(folder, {**income, **tables})).read(LINE)
    return panel


def test_dated__a_household_that_comes_back_is_there_again(tmp_path):
    panel = dated(tmp_path, ("20230201", homes("h1", "h2")), ("20230501", homes("h1")), ("20230801", homes("h1", "h2")))
    there = [state(panel, "h2", "size", f"2023-{m:02d}") is not None for m in (1, 2, 4, 5, 7, 8, 12)]
    assert there == [False, True, True, False, False, True, True]


def test_dated__two_exports_of_one_month_are_two_days(tmp_path):
    panel = dated(
        tmp_path, ("20230502", homes("h1", "h2")), ("20230512", homes("h1")), ("20230731", homes("h1", size=4))
    )
    assert [state(panel, "h2", "size", f"2023-{m:02d}") for m in (4, 5, 6)] == [None, None, None]
    assert [state(panel, "h1", "size", f"2023-{m:02d}") for m in (5, 6, 7)] == [2, 2, 4]
    back = dated(
        tmp_path / "back",
        ("20230502", homes("h1", "h2")),
        ("20230512", homes("h1")),
        ("20230530", homes("h1", "h2", size=3)),
    )
    assert [state(back, "h2", "size", f"2023-{m:02d}") for m in (4, 5, 6)] == [None, 3, 3]


def test_dated__row_order_does_not_matter(tmp_path):
    rolls = exports.three_rolls(COUNT)
    turned = [exports.Roll(r.date, r.paths, list(reversed(r.cells)), r.persons) for r in rolls]
    one, other = (panel_of(put(tmp_path / name, *each)) for name, each in (("a", rolls), ("b", turned)))
    assert one.household_ids.tolist() == other.household_ids.tolist()
    for name in ("household", "period", "known", "income", "measured"):
        assert np.array_equal(getattr(one, name), getattr(other, name), equal_nan=True)
    assert one.tables["households"].happened.tolist() == other.tables["households"].happened.tolist()


@pytest.mark.parametrize(
    "name",
    ["households_20230201", "households-20230201", "households 2023-02-01", "农户信息_2023.02.01", "农户信息20230201"],
)
def test_dated__the_day_stands_at_the_end_of_the_name(tmp_path, name):
    told = examine(tmp_path, {f"{name}.csv": homes("h1", "h2"), "income": [*year("h1"), *year("h2")]})
    assert told.findings == ()
    assert told.panel is not None
    assert state(told.panel, "h1", "size", "2023-02") == 2
    assert state(told.panel, "h1", "size", "2023-01") is None


@pytest.mark.parametrize("name", ["households_20230231", "households_20231301", "households_2023-0201"])
def test_dated__a_day_that_is_none_makes_an_unknown_name(tmp_path, name):
    told = examine(tmp_path, {**plain(), f"{name}.csv": homes("h1", "h2")})
    assert [(each.rule, each.table) for each in told.findings] == [("file_ignored", f"{name}.csv")]


def test_dated__a_value_that_changes_back_is_told_again(tmp_path):
    panel = dated(
        tmp_path,
        ("20230201", homes("h1", "h2")),
        ("20230501", homes("h1", "h2", size=5)),
        ("20230801", homes("h1", "h2")),
    )
    assert [state(panel, "h1", "size", f"2023-{m:02d}") for m in (4, 5, 7, 8)] == [2, 5, 5, 2]


def test_dated__two_kinds_of_exports_of_one_day_complete_each_other(tmp_path):
    # the monitored roll does not list h1; that does not take h1 off the books, nor its house
    put(tmp_path, exports.exited_roll(COUNT))
    names = ids_of(exports.exited_roll(COUNT))
    rows = [{"户编号": names[0], "人编号": "p1", "乡(镇)": "第1镇", "行政村": "第1村", "户类型": "脱贫户", "出生日期": "1980-05",
             "监测对象类别": "脱贫不稳定户", "识别监测时间": "202405"}]  # fmt: skip
    for date in ("20240902", "20241102"):
        pd.DataFrame(rows).to_csv(tmp_path / f"防止返贫致贫监测对象信息_{date}.csv", index=False)
    panel = panel_of(tmp_path)
    assert state(panel, names[1], "house_area", "2024-11") is not None
    assert state(panel, names[0], "house_area", "2024-11") is not None  # the other roll has no such column
    assert panel.as_of(month("2024-10")).observed.tolist() == list(range(COUNT))
    told = panel.tables["recognitions"]
    assert [(int(h), int(m), int(k)) for h, m, k in zip(told.household, told.happened, told.known, strict=True)] == [
        (panel.household_ids.tolist().index(names[0]), month("2024-05"), month("2024-09"))
    ]


def test_dated__an_older_snapshot_under_a_newer_name_is_named(tmp_path):
    tables = {
        "households_20230201": homes("h1", "h2", updated_on="2023-01-30"),
        "households_20230501": homes("h1", "h2", size=3, updated_on="2023-01-12"),
        "income": [*year("h1"), *year("h2")],
    }
    told = examine(tmp_path, tables)
    assert [(each.table, each.severity, each.value) for each in of(told.findings, "snapshot_older")] == [
        ("households_20230501.csv", "check", "2023-01-12")
    ]
    tables["households_20230501"] = homes("h1", "h2", size=3, updated_on="2023-04-12")
    assert of(examine(tmp_path / "right", tables).findings, "snapshot_older") == []


@pytest.mark.parametrize("other", ["households_20230501.parquet", "农户信息_20230501.csv", "农户信息-20230501.xlsx"])
def test_dated__two_exports_of_one_name_and_day_stop(tmp_path, other):
    tables = {"households_20230501": homes("h1", "h2"), other: homes("h1", "h2"), "income": [*year("h1"), *year("h2")]}
    told = examine(tmp_path, tables)
    assert sorted((each.table, each.severity) for each in of(told.findings, "snapshot_twice")) == sorted(
        [("households_20230501.csv", "stop"), (other, "stop")]
    )
    apart = {**tables, "income_20230501": tables["income"]}
    apart.pop(other)
    assert of(examine(tmp_path / "apart", apart).findings, "snapshot_twice") == []


def test_dated__a_claim_that_the_next_export_does_not_repeat_stays(tmp_path):
    claims = (
        [{"household_id": "h1", "month": "2023-02", "own_cost": 90}],
        [{"household_id": "h1", "month": "2023-03", "own_cost": 50}],
    )
    tables = {"households": [home("h1"), home("h2")], "income": [*year("h1"), *year("h2")]}
    tables |= {"claims_20230305": claims[0], "claims_20230405": claims[1]}
    panel = county(write(tmp_path, tables)).read(LINE)
    assert believed(panel, "h1", "2023-02", "2023-03", "own_cost") == 90
    assert believed(panel, "h1", "2023-02", "2023-12", "own_cost") == 90
    assert believed(panel, "h1", "2023-03", "2023-03", "own_cost") is None


# ---- nobody's number -----------------------------------------------------------------------------------------------------


def test_export__names_and_numbers_of_persons_are_nowhere_in_the_panel(three):
    persons = pd.concat([roll.persons for roll in exports.three_rolls(COUNT)])
    hidden = {*persons["姓名"], *persons["证件号码"], *persons["人编号"]}
    texts = {
        text
        for facts in three.tables.values()
        for values in (*facts.columns.values(), facts.file)
        if isinstance(values, Category)
        for text in values.levels
    }
    texts |= {*three.household_ids, *three.titles.values(), *(each.sentence("zh") for each in three.assumed)}
    assert not [text for text in texts if any(each in str(text) for each in hidden)]
    numbers = {float(each) for each in persons["人编号"] if each.isdigit()}
    numbers |= {float(each) for each in persons["证件号码"] if each.isdigit()}
    assert not [
        name
        for facts in three.tables.values()
        for name, values in facts.columns.items()
        if not isinstance(values, Category) and numbers & set(values.tolist())
    ]


def test_export__what_is_derived_from_a_persons_number_is_for_audits_alone(three):
    known = three.as_of(month("2025-01"))
    derived = {"id_same", "id_born", "id_valid", "id_length", "id_sex", "id_placeholder", "id_certificate_kind",
               "id_certificate_grade", "phone_same", "phone_valid", "person_same"}  # fmt: skip
    assert derived <= set(known.whole_table("persons").columns)
    assert not derived & set(known.table("persons").columns)
    assert not {
        name
        for facts in three.tables.values()
        for name in facts.only_known().columns
        if name.startswith(("recognised_", "removed"))
    }
