"""Long tables of households and periods, and everything that may be wrong with them."""

import gzip
import importlib.util
import io
import os
import zipfile
from pathlib import Path

import numpy as np
import pandas as pd
import pyarrow as pa
import pytest
from pydantic import ValidationError

from relapse.core.errors import InputError
from relapse.data.table_columns import numbers
from relapse.outcome.line.absolute import Absolute
from relapse.outcome.line.column import Column

LINE = Absolute(value=100)
PLAIN = "hh,year,income\n0012,2019,50\n0012,2020,150\n7,2019,200\n7,2020,\n"


def written(folder: Path, text: str, name: str = "table.csv", encoding: str = "utf-8") -> Path:
    path = folder / name
    path.write_bytes(text.encode(encoding))
    return path


def frame(**columns: object) -> pd.DataFrame:
    base = {"hh": ["a", "a", "b", "b"], "year": [2019, 2020, 2019, 2020], "income": [50.0, 150.0, 200.0, np.nan]}
    return pd.DataFrame({**base, **columns})


# what comes in


def test_read__rows_are_sorted_and_ids_stay_text(tmp_path, panel_file):
    panel = panel_file(written(tmp_path, PLAIN)).read(LINE)
    assert panel.name == "table"
    assert list(panel.household_ids) == ["0012", "7"]
    assert panel.household.tolist() == [0, 0, 1, 1]
    assert panel.period.tolist() == panel.known.tolist() == [2019, 2020, 2019, 2020]
    np.testing.assert_array_equal(panel.income, [50, 150, 200, np.nan])
    assert [each.sentence("en") for each in panel.assumed] == [
        "no known_at column: rows are taken as known 0 periods after their period"
    ]
    assert panel.assumed[0].sentence("zh") == "数据没有知晓日期一列，各行按所属时段之后0个时段知晓处理"
    below = panel.as_of(2020).everyone.below[:, :2]
    np.testing.assert_array_equal(below, [[0, 1], [np.nan, 0]])


@pytest.mark.parametrize("ids", [[17, 17, 5, 5], [17.0, 17.0, 5.0, 5.0]])
def test_of_frame__whole_numbers_become_plain_text(ids, panel_file):
    panel = panel_file().of_frame(frame(hh=ids), LINE)
    assert list(panel.household_ids) == ["17", "5"]  # in the order of texts
    np.testing.assert_array_equal(panel.income, [50, 150, 200, np.nan])


def test_read__the_same_table_in_every_form_is_the_same_panel(tmp_path, panel_file):
    csv = written(tmp_path, PLAIN)
    table = pd.read_csv(csv, dtype={"hh": str})
    table.to_parquet(tmp_path / "table.parquet")
    table.to_excel(tmp_path / "table.xlsx", index=False)
    (tmp_path / "table.csv.gz").write_bytes(gzip.compress(csv.read_bytes(), mtime=0))
    written(tmp_path, PLAIN.replace(",", "\t"), "table.tsv")
    written(tmp_path, "\ufeff" + PLAIN.replace("\n", "\r\n"), "bom.csv")
    names = ["table.csv", "table.parquet", "table.xlsx", "table.csv.gz", "table.tsv", "bom.csv"]
    for name in names:
        panel = panel_file(tmp_path / name).read(LINE)
        assert list(panel.household_ids) == ["0012", "7"], name
        np.testing.assert_array_equal(panel.income, [50, 150, 200, np.nan], name)


def test_read__chinese_headers_in_gbk(tmp_path, panel_file):
    path = written(tmp_path, "户编号,年度,收入,乡镇\n甲,2019,5,石门\n甲,2020,6,石门\n", encoding="gbk")
    panel = panel_file(path, {"household_id": "户编号", "period": "年度", "income": "收入", "township": "乡镇"}).read(
        LINE
    )
    assert panel.township is not None and panel.township.levels == ("石门",)


def test_read__relative_paths_spaces_and_home(tmp_path, panel_file, monkeypatch):
    (tmp_path / "a folder").mkdir()
    written(tmp_path / "a folder", PLAIN)
    monkeypatch.chdir(tmp_path)
    monkeypatch.setenv("HOME", str(tmp_path))
    monkeypatch.setenv("USERPROFILE", str(tmp_path))
    for path in ("a folder/table.csv", "~/a folder/table.csv"):
        assert panel_file(path).read(LINE).last == 2020


def test_read__a_file_that_a_package_ships(panel_file):
    if importlib.util.find_spec("linearmodels") is None:
        pytest.skip("linearmodels is not installed")
    path = "distribution://linearmodels/linearmodels/datasets/wage_panel/wage_panel.csv.bz2"
    panel = panel_file(path, {"household_id": "nr", "log_income": "lwage"}).read(LINE)
    assert (panel.name, len(panel.household_ids), len(panel.income)) == ("wage_panel", 545, 4360)
    assert panel.income[panel.household_ids[panel.household] == "13"][0] == pytest.approx(np.exp(1.19754), rel=1e-5)


def test_read__numbers_in_texts_with_commas_between_thousands(tmp_path, panel_file):
    path = written(tmp_path, 'hh,year,income\na,2019,"1,250.5"\na,2020, 7 \n')
    np.testing.assert_array_equal(panel_file(path).read(LINE).income, [1250.5, 7])


def test_of_frame__covariates_by_their_kind(panel_file):
    table = frame(
        job=["farm", None, "town", "farm"],
        region=[1, 1, 40, 40],
        owns=[True, False, True, True],
        share=["0.5", "1", "x", "2"],
        seen=pd.to_datetime(["2020-01-01"] * 4),
        empty=[None] * 4,
        poor=[0, 0, 1, 1],
    )
    recipe = panel_file(categories=["region"], exclude=["poor"])
    panel = recipe.of_frame(table, LINE)
    assert set(panel.covariates) == {"owns", "share"}
    assert panel.covariates["owns"].dtype == np.float32
    np.testing.assert_array_equal(panel.covariates["owns"], [1, 0, 1, 1])
    np.testing.assert_array_equal(panel.covariates["share"], [0.5, 1, np.nan, 2])
    assert panel.categories["job"].codes.tolist() == [0, -1, 1, 0]
    assert panel.categories["region"].levels == ("1", "40")


def test_of_frame__a_named_index_is_taken_as_columns(panel_file):
    assert panel_file().of_frame(frame().set_index(["hh", "year"]), LINE).last == 2020


def test_of_frame__names_and_identity_numbers_stay_outside(panel_file):
    table = frame(phone=[13912345678] * 4, card=["110101199003070011"] * 4, remark=["a", "b", "c", "d"])
    panel = panel_file(max_levels=3).of_frame(table, LINE)
    assert not panel.covariates and not panel.categories


# parts of income, windows, size


def test_of_frame__income_of_parts_by_household_over_a_window(panel_file):
    table = pd.DataFrame({
        "hh": ["a"] * 4, "year": [2017, 2018, 2019, 2020], "wage": [100.0, 200.0, None, 80.0],
        "farm": [20.0, None, None, 40.0], "seed": [20.0, 50.0, 10.0, None], "n": [2, 2, 2, 4],
    })  # fmt: skip
    columns = {"sources": ["wage", "farm"], "costs": ["seed"], "size": "n"}
    panel = panel_file(columns=columns, window=2, reported_share=0.5).of_frame(table, LINE)
    # net 100, 150, none (no source), 120 of the household; per person 50, 75, -, 30
    np.testing.assert_array_equal(panel.income, [100, 150, np.nan, 120])
    known = panel.as_of(2020).histories(np.array([0], np.int32), lags=3)
    np.testing.assert_allclose(known.income[0], [30, np.nan, 75, 50])
    np.testing.assert_allclose(known.window_income[0], [60, 150, 125])  # one of two years is scaled to both
    assert "2 rows have an empty part of income" in panel.assumed[1].sentence("en")
    assert set(panel.sources) == {"wage", "farm"} and not panel.covariates
    strict = panel_file(columns=columns, missing_parts_are_zero=False).of_frame(table, LINE)
    np.testing.assert_array_equal(strict.income, [100, np.nan, np.nan, np.nan])


def test_of_frame__parts_beside_an_income_per_person_are_made_per_person(panel_file):
    panel = panel_file(columns={"income": "income", "sources": ["wage"], "size": "n"}).of_frame(
        frame(wage=[80.0] * 4, n=[2, 4, 0, 1]), LINE
    )
    assert panel.size is None
    np.testing.assert_array_equal(panel.sources["wage"], [40, 20, np.nan, 80])
    np.testing.assert_array_equal(panel.covariates["n"], [2, 4, np.nan, 1])


def test_of_frame__a_state_in_the_file_replaces_the_line(panel_file):
    panel = panel_file(columns={"label": "poor"}).of_frame(frame(poor=[1, 1, 0, 1]), LINE)
    np.testing.assert_array_equal(panel.as_of(2020).everyone.below[:, 0], [1, 1])


# both clocks


def test_of_frame__corrections_hold_from_the_day_they_are_known(panel_file):
    table = pd.DataFrame({
        "hh": ["a"] * 4, "month": ["2020-01", "2020-01", "2020-01", "2020-02"], "income": [10.0, 30.0, 20.0, 5.0],
        "known": ["2020-01-31", "2020-03-20", "2020/3/5", "2020-03-01"],
    })  # fmt: skip
    recipe = panel_file(columns={"period": "month", "known_at": "known"}, frequency="monthly")
    panel = recipe.of_frame(table, LINE)
    month = panel.calendar.parse

    def seen(as_of: str) -> float:
        return float(panel.as_of(month("2020-02")).earlier(month(as_of)).histories(
            np.array([0], np.int32), end=month("2020-01"), lags=1).income[0, 0])  # fmt: skip

    assert seen("2020-02") == 10
    later = panel_file(columns={"period": "month", "known_at": "known"}, frequency="monthly").of_frame(
        pd.concat([table, pd.DataFrame({"hh": ["b"], "month": ["2020-04"], "income": [1.0], "known": ["2020-04-30"]})]),
        LINE,
    )
    row = later.as_of(month("2020-03")).histories(np.array([0], np.int32), end=month("2020-01"), lags=1)
    assert row.income[0, 0] == 30  # of two corrections in one month the later day's


def test_of_frame__one_day_written_in_two_ways_is_no_correction(panel_file):
    table = frame(year=[2019, 2019, 2019, 2020], k=["2020-03-05", "2020/3/5", "2020-03-05", "2021-01-01"])
    with pytest.raises(InputError, match="row 3, column 'year': The same household and period stand in row 2"):
        panel_file(columns={"known_at": "k"}).of_frame(table, LINE)


@pytest.mark.parametrize(("text", "value"), [
    ("1,250", 1250), ("+3", 3), ("-.5", -0.5), ("2.", 2), ("1e3", 1000), (" 7 ", 7), ("1,25", None), ("1,2345", None),
    ("12,34,567", None), (".", None), ("-", None), ("0x1F", None), ("5%", None), ("1 000", None), ("inf", None),
])  # fmt: skip
def test_numbers__only_clean_texts_count(text, value):
    found, wrong = numbers(pa.chunked_array([[text, None, ""]]))
    np.testing.assert_array_equal(found, [np.nan if value is None else value, np.nan, np.nan])
    assert wrong.tolist() == [value is None, False, False]


def test_of_frame__without_known_at_the_delay_is_assumed_and_said(panel_file):
    panel = panel_file(delay=1).of_frame(frame(), LINE)
    assert panel.known.tolist() == [2020, 2021, 2020, 2021]
    assert panel.max_age == 1
    assert "1 period after" in panel.assumed[0].sentence("en")


def test_of_frame__rows_without_known_at_get_the_delay(panel_file):
    panel = panel_file(columns={"known_at": "k"}, delay=1).of_frame(
        frame(k=["2019-12-31", None, "2021-01-01", "2021"]), LINE
    )
    assert panel.known.tolist() == [2019, 2021, 2021, 2021]
    assert "1 rows have no known_at" in panel.assumed[0].sentence("en")


def test_of_frame__waves_lie_on_the_axis_of_their_years(panel_file):
    table = pd.DataFrame({"hh": ["a"] * 3, "year": [1, 2, 3], "fielded": [2010, 2012, 2016], "income": [1.0, 2.0, 3.0]})
    panel = panel_file(columns={"time": "fielded"}, frequency="wave").of_frame(table, LINE)
    assert panel.period.tolist() == [2010, 2012, 2016]
    known = panel.as_of(2016).histories(np.array([0], np.int32), lags=7)
    np.testing.assert_array_equal(known.income[0], [3, np.nan, np.nan, np.nan, 2, np.nan, 1])
    assert panel_file(frequency="wave").of_frame(table.drop(columns="fielded"), LINE).last == 3


@pytest.mark.parametrize(("frequency", "column", "label"), [
    ("monthly", ["2020年3月", "202004"], "2020-04"),
    ("quarterly", ["2020Q1", "2020-Q2"], "2020Q2"),
    ("monthly", pd.to_datetime(["2020-03-31", "2020-04-30"]), "2020-04"),
    ("quarterly", pd.period_range("2020Q1", periods=2, freq="Q"), "2020Q2"),
])  # fmt: skip
def test_of_frame__periods_as_people_write_them(frequency, column, label, panel_file):
    table = pd.DataFrame({"hh": ["a", "a"], "year": column, "income": [1.0, 2.0]})
    panel = panel_file(frequency=frequency).of_frame(table, LINE)
    assert panel.calendar.label(panel.last) == label


# the line in the file


def test_read__the_column_that_the_line_needs_is_read_even_if_excluded(panel_file):
    recipe = panel_file(exclude=["z"])
    panel = recipe.of_frame(frame(z=[100.0, 200.0, np.nan, 100.0]), Column(column="z"))
    assert "z" not in panel.covariates
    known = panel.as_of(2020).everyone
    np.testing.assert_array_equal(known.below[:, :2], [[1, 1], [np.nan, np.nan]])
    with pytest.raises(InputError, match=r"line\.column.*'zz'.*did you mean 'z'"):
        recipe.of_frame(frame(z=1.0), Column(column="zz"))


# digests


def test_digest__says_whether_data_or_settings_changed(tmp_path, panel_file):
    path = written(tmp_path, PLAIN)
    digest = panel_file(path).read(LINE).digest
    assert panel_file(path, titles={"income": "what comes in"}, money="rupees").read(LINE).digest == digest
    assert panel_file(path, reported_share=0.5).read(LINE).digest != digest
    assert panel_file(path, delay=1).read(LINE).digest != digest
    assert panel_file(written(tmp_path, PLAIN.replace("50", "51"))).read(LINE).digest != digest
    assert panel_file().of_frame(frame(), LINE).digest == panel_file().of_frame(frame(), LINE).digest
    assert panel_file().of_frame(frame(), LINE).digest != panel_file().of_frame(frame(income=1.0), LINE).digest


# bad files


def zipped() -> bytes:
    packed = io.BytesIO()
    with zipfile.ZipFile(packed, "w") as archive:
        archive.writestr("a.txt", "x")
    return packed.getvalue()


@pytest.mark.parametrize(("name", "content", "said"), [
    ("empty.csv", b"", "is empty"),
    ("empty.parquet", b"", "is empty"),
    ("header.csv", b"hh,year,income\n", "has a header and no rows"),
    ("blank.csv", b"\n\n", "first row is empty"),
    ("zip.csv", zipped() + bytes(9), "no text table"),
    ("exe.csv", b"MZ\x90\x00\x03\x00", "no text table"),
    ("zip.xlsx", zipped(), "no whole workbook"),
    ("noise.parquet", b"PAR1 and then nothing", "no whole Parquet"),
    ("cut.csv.gz", gzip.compress(PLAIN.encode() * 50, mtime=0)[:-20], "cannot be unpacked"),
    ("cut.csv.bz2", b"BZh9", "cannot be unpacked"),
    ("latin.csv", "hh,year,income\nMuñoz,2019,1\nPeña,2020,2\n".encode("latin-1"), "neither UTF-8 nor GBK"),
    ("utf16.csv", PLAIN.encode("utf-16"), "no text table"),
    ("prose.csv", b"Dear colleagues,\nplease find, as agreed, what, we\nhave, all, of, it\nyours\n", "no table"),
    ("page.csv", b"<!DOCTYPE html>\n<html><body>\n</body></html>\n", "not every column"),
    ("twice.csv", b"hh,year,income,income\na,2019,1,2\n", "'income' stands there more than once"),
    ("table.dta", b"x", "kind of file"),
])  # fmt: skip
def test_read__what_is_no_table_is_refused_in_one_sentence(name, content, said, tmp_path, panel_file):
    (tmp_path / name).write_bytes(content)
    with pytest.raises(InputError, match=said) as refused:
        panel_file(tmp_path / name).read(LINE)
    assert "\n" not in str(refused.value)


def test_read__truncated_parquet(tmp_path, panel_file):
    pd.DataFrame({"hh": range(999)}).to_parquet(tmp_path / "t.parquet")
    (tmp_path / "t.parquet").write_bytes((tmp_path / "t.parquet").read_bytes()[:-9])
    with pytest.raises(InputError, match="no whole Parquet"):
        panel_file(tmp_path / "t.parquet").read(LINE)


def test_read__no_such_file_offers_the_nearest(tmp_path, panel_file):
    written(tmp_path, PLAIN, "panel_2020.csv")
    with pytest.raises(InputError, match=r"no such file.*did you mean 'panel_2020\.csv'"):
        panel_file(tmp_path / "panel_2002.csv").read(LINE)
    with pytest.raises(InputError, match="there is no folder"):
        panel_file(tmp_path / "nowhere" / "x.csv").read(LINE)
    with pytest.raises(InputError, match="is a folder"):
        panel_file(tmp_path).read(LINE)


def test_read__a_package_that_is_not_installed_is_named_with_its_extra(panel_file):
    with pytest.raises(InputError, match=r'pip install "relapse-forecast\[examples\]"'):
        panel_file("distribution://no-such-thing/a.csv").read(LINE)
    with pytest.raises(InputError, match="has no file"):
        panel_file("distribution://pyarrow/a.csv").read(LINE)
    with pytest.raises(InputError, match="write it like"):
        panel_file("distribution://pyarrow/../a.csv").read(LINE)


# bad columns


@pytest.mark.parametrize(("settings", "said"), [
    ({"columns": {"household_id": "hhh"}}, r"household_id names 'hhh': did you mean 'hh'"),
    ({"columns": {"income": "incom"}}, r"did you mean 'income'"),
    ({"columns": {"sources": ["wage"]}}, r"sources\[0\] names 'wage'"),
    ({"exclude": ["incme"]}, r"data.exclude.*'incme'.*did you mean 'income'"),
    ({"categories": ["yeer"]}, r"data.categories.*did you mean 'year'"),
    ({"columns": {"time": "year"}}, r"needs no time"),
])  # fmt: skip
def test_of_frame__a_column_that_is_not_there_offers_the_nearest(settings, said, panel_file):
    with pytest.raises(InputError, match=said):
        panel_file(**settings).of_frame(frame(), LINE)


@pytest.mark.parametrize("settings", [
    {"frequency": "weekly"}, {"window": 0}, {"reported_share": 1.5}, {"delay": -1}, {"list_length": "5 %"},
    {"list_length": 0}, {"list_length": "0pct"}, {"horizons": [0]}, {"name": "../x"}, {"nonsense": 1},
    {"columns": {"income": "a", "log_income": "b"}}, {"columns": {"income": None}},
    {"columns": {"income": "a", "costs": ["c"]}}, {"columns": {"incme": "a"}},
])  # fmt: skip
def test_panel_file__settings_out_of_range_are_refused_before_any_data(settings, panel_file):
    with pytest.raises(ValidationError):
        panel_file(**settings)


def test_default_horizons__by_frequency_unless_said(panel_file):
    assert panel_file(frequency="monthly").default_horizons == (1, 3, 6, 12)
    assert panel_file(horizons=[1, 4]).default_horizons == (1, 4)


# bad rows

BAD_ROWS = [
    ("hh,year,income\na,2019,1\na,2020,abc\n", "not_a_number", 3, "income", "abc"),
    ("hh,year,income\na,2019,1\na,2020,\"1,5\"\n", "not_a_number", 3, "income", "1,5"),
    ("hh,year,income\na,2019,1\na,2020,inf\n", "absurd", 3, "income", "inf"),
    ("hh,year,income\na,2019,1\na,2020,8e12\n", "absurd", 3, "income", "8000000000000.0"),
    ("hh,year,income\na,2019,1\na,soon,2\na,2020,2\n", "period_wrong", 3, "year", "soon"),
    ("hh,year,income\na,2019,1\na,,2\na,2020,2\n", "period_wrong", 3, "year", ""),
    ("hh,year,income\na,2019,1\na,9999,2\na,2020,1\n", "period_absurd", 3, "year", "9999"),
    ("hh,year,income\na,2019,1\n,2020,2\n", "id_missing", 3, "hh", ""),
    ("hh,year,income\na,2019,1\n\na,2020,2\na,2019,3\n", "period_twice", 5, "year", "2019"),
    ("hh,year,income\na,2019,1\na,2020\na,2020,2\n", "row_width", 3, "", ""),
    ("hh,year,income\na,2019,1\nb,2019,2\n", "one_period", 0, "year", "2019"),
    ("hh,year,income\na,2019,\na,2020,\n", "no_income", 0, "", ""),
]  # fmt: skip


@pytest.mark.parametrize("case", BAD_ROWS, ids=lambda case: case[1])
def test_check__says_the_fault_with_row_column_and_value(case, tmp_path, panel_file):
    text, rule, row, column, value = case
    recipe = panel_file(written(tmp_path, text))
    found = {
        (each.rule, each.row, each.column, each.value)
        for each in recipe.examine(LINE).findings
        if each.severity == "stop"
    }
    assert found == {(rule, row, column, value)}
    with pytest.raises(InputError, match="relapse validate") as refused:
        recipe.read(LINE)
    assert f"row {row}" in str(refused.value) or not row


@pytest.mark.parametrize("case", [
    ("weight", [1, -1, 1, 1], "weight_negative", "stop"),
    ("size", [1, 0, 1, 1], "size_not_positive", "check"),
    ("label", [0, 2, 1, 1], "label_not_01", "stop"),
    ("known_at", ["2019", "never", "2020", "2020"], "known_at_wrong", "stop"),
    ("known_at", ["2019-12-31", "2019-12-31", "2020", "2020"], "known_before_happened", "stop"),
])  # fmt: skip
def test_check__other_columns(case, tmp_path, panel_file):
    column, values, rule, severity = case
    frame(x=values).to_csv(tmp_path / "t.csv", index=False)
    found = panel_file(tmp_path / "t.csv", {column: "x"}).examine(LINE).findings
    assert [(each.rule, each.severity, each.row, each.column) for each in found] == [(rule, severity, 3, "x")]


def test_check__waves_need_whole_years(tmp_path, panel_file):
    frame(x=["2010", "2010.5", "2012", ""]).to_csv(tmp_path / "t.csv", index=False)
    found = panel_file(tmp_path / "t.csv", {"time": "x"}, frequency="wave").examine(LINE).findings
    assert [(each.rule, each.row) for each in found] == [("time_wrong", 3), ("time_wrong", 5)]


def test_check__negative_income_is_refused_unless_it_may_be_a_loss(tmp_path, panel_file):
    path = written(tmp_path, PLAIN.replace("50", "-50", 1))
    with pytest.raises(InputError, match="row 2, column 'income': .*negative.*losses_allowed=true"):
        panel_file(path).read(LINE)
    recipe = panel_file(path, losses_allowed=True)
    assert [(each.rule, each.severity) for each in recipe.examine(LINE).findings] == [("income_negative", "check")]
    assert recipe.read(LINE).income[0] == -50


def test_check__every_fault_in_one_pass_in_the_order_of_rows(tmp_path, panel_file):
    text = "hh,year,income\na,2019,x\na,x,1\n,2020,1\nb,2020,-1\nb,2020,1\nb,2020\n"
    found = panel_file(written(tmp_path, text)).examine(LINE).findings
    assert [(each.row, each.rule) for each in found] == [
        (2, "not_a_number"), (3, "period_wrong"), (4, "id_missing"), (5, "income_negative"), (6, "period_twice"),
        (7, "row_width"),
    ]  # fmt: skip
    assert found[4].details["first"] == "5"


def test_check__identity_numbers_are_masked_and_long_lists_are_cut(tmp_path, panel_file):
    rows = "".join(f"a{n},2019,11010119900307001X\na{n},2020,1\n" for n in range(1200))
    found = panel_file(written(tmp_path, "hh,year,income\n" + rows)).examine(LINE).findings
    assert not any("19900307" in each.value for each in found)
    assert len(found) == 1001
    assert [(each.rule, each.details["count"]) for each in found if each.row == 0] == [("and_more", "200")]


@pytest.mark.skipif("RELAPSE_REAL_DATA" not in os.environ, reason="the real panels are not here")
@pytest.mark.parametrize(("name", "fell", "at_risk"), [
    ("argentina_eph_2016_2021", 9390, 89560), ("argentina_eph_2004_2015", 19237, 244680),
])  # fmt: skip
def test_read__real_panels_have_the_published_transitions(name, fell, at_risk, panel_file):
    path = Path(os.environ["RELAPSE_REAL_DATA"]) / name / "panel.parquet"
    recipe = panel_file(path, {"household_id": "household_id", "period": "period", "income": "income_per_person"},
                        frequency="quarterly")  # fmt: skip
    panel = recipe.read(Column(column="line_per_person"))
    counts = np.zeros(2, dtype=int)
    for period in range(panel.first + 1, panel.last + 1):
        view = panel.as_of(period)
        below = view.histories(view.observed, lags=2).below
        both = (below[:, 1] == 0) & ~np.isnan(below[:, 0])
        counts += [int((below[both, 0] == 1).sum()), int(both.sum())]
    assert counts.tolist() == [fell, at_risk]
