"""A county's folder read in parts: the panel that reading it whole gives, to the bit, and the same refusals."""

from __future__ import annotations

import shutil
from collections.abc import Callable
from functools import cache
from pathlib import Path

import numpy as np
import pandas as pd
import pyarrow as pa
import pyarrow.parquet as pq
import pytest

import counties
import tiny_county
from exports import three_rolls, write_gbk_csv, write_xlsx
from folders import county as folder_of
from folders import home, plain, report, write
from panel_equality import assert_same_panel
from relapse import config
from relapse.core.errors import InputError
from relapse.core.panel import Panel
from relapse.core.protocols import Examined
from relapse.data.county_store import examine_in_parts, read_in_parts, rows_about
from relapse.pipelines.parts import is_large
from simulated_counties import county as simulated

SIZES = [  # households a part: one alone, some, all; the largest county in few parts, each of which has all of its tables
    *((name, size) for name in ("tiny", "dated") for size in (1, 7, 50_000)),
    *((name, size) for name in ("csv", "odd", "rolls") for size in (7, 50_000)),
    *(("yi", size) for size in (23, 50_000)),
]


def line():
    return config.option("line", "auto")


def of(folder: Path):
    return config.option("data", "county", path=str(folder), name="county", key_file=None)


def as_parquet(source: Path, target: Path, group: int) -> Path:
    """The same files as Parquet, in groups of so many rows."""
    target.mkdir()
    for path in source.glob("*.csv"):
        encoding = "gb18030" if path.name == "农户信息.csv" else "utf-8-sig"
        frame = pd.read_csv(path, dtype=str, encoding=encoding)
        pq.write_table(pa.Table.from_pandas(frame), target / f"{path.stem}.parquet", row_group_size=group)
    return target


@pytest.fixture(scope="module")
def made(tmp_path_factory) -> dict[str, Path]:
    base = tmp_path_factory.mktemp("counties")
    made = counties.made_county(base / "csv", households=90)
    parquet = as_parquet(made, base / "parquet", 700)
    odd = as_parquet(made, base / "odd", 300)
    income = pd.read_parquet(odd / "收入.parquet")
    rng = np.random.default_rng(3)
    income.loc[rng.integers(0, len(income), 40), "金额(元)"] = "不知道"  # marks in some pieces alone
    income.loc[rng.integers(0, len(income), 40), "户编号"] = "9999"  # nobody of the county
    income.loc[rng.integers(0, len(income), 40), "户编号"] = None
    income = pd.concat([income.sample(frac=1, random_state=1), income.tail(50)])
    pq.write_table(pa.Table.from_pandas(income, preserve_index=False), odd / "收入.parquet", row_group_size=111)
    rolls = base / "rolls"
    rolls.mkdir()
    for roll, writer, suffix in zip(
        three_rolls(30), (write_gbk_csv, write_xlsx, write_gbk_csv), ("csv", "xlsx", "csv"), strict=True
    ):
        writer(roll, rolls / f"脱贫户信息_{roll.date}.{suffix}")
    dated = tiny_county.write(base / "dated")
    (dated / "农户信息.csv").rename(dated / "农户信息_20201231.csv")
    rows = [row.split(",") for row in (dated / "农户信息_20201231.csv").read_text(encoding="gb18030").splitlines()]
    fewer = "\n".join(",".join([*row[:6], *row[7:]]) for row in rows if row[0] != "b2")  # nothing of houses, b2 gone
    (dated / "农户信息_20220430.csv").write_text(fewer, encoding="gb18030")
    yi = simulated(households=60, path=str(base / "yi"))
    yi.prepare()
    return {
        "csv": made, "parquet": parquet, "odd": odd, "tiny": tiny_county.write(base / "tiny"), "dated": dated,
        "yi": base / "yi", "rolls": rolls,
    }  # fmt: skip


@pytest.fixture(scope="module")
def whole(made) -> Callable[[str], Panel]:
    """Each county read whole, once."""
    return cache(lambda name: of(made[name]).read(line()))


@pytest.fixture(scope="module")
def examined(made) -> Callable[[str], Examined]:
    """Each county examined whole, once."""
    return cache(lambda name: of(made[name]).examine(line()))


@pytest.mark.parametrize(("name", "size"), SIZES)
def test_a_folder_in_parts__is_the_panel_of_the_whole_folder(made, whole, name, size, tmp_path):
    county = of(made[name])
    store = read_in_parts(county, line(), tmp_path, size, piece=500)
    assert (len(store) == 1) == (size == 50_000)
    assert store.households == len(whole(name).household_ids)
    assert_same_panel(whole(name), store.whole())
    assert not list((tmp_path / "rows").glob("0*")), "what was put down of a part goes when it is made"


@pytest.mark.parametrize(("name", "size"), SIZES)
def test_a_folder_in_parts__has_the_faults_of_the_whole_folder(made, examined, name, size, tmp_path):
    county = of(made[name])
    found, store = examine_in_parts(county, line(), tmp_path, size, piece=100_000 if name == "odd" else 500)
    assert list(found) == list(examined(name).findings)
    assert store is not None
    assert store.households == len(examined(name).panel.household_ids)


@pytest.mark.parametrize("piece", [300, 1111])
def test_a_file_in_pieces__has_the_faults_of_the_whole_file(made, piece, tmp_path, monkeypatch):
    """Also where a rule is broken by more rows than are told one by one."""
    county = of(made["odd"])
    for most in (1000, 25):
        for module in (
            "relapse.core.broken.MOST",
            "relapse.data.county_checks.MOST",
            "relapse.data.panel_checks._MOST",
        ):
            monkeypatch.setattr(module, most)
        found, _ = examine_in_parts(county, line(), tmp_path / str(most), 20, piece)
        whole = county.examine(line()).findings
        assert list(found) == list(whole)
    assert {"and_more", "not_a_number", "household_unknown"} <= {finding.rule for finding in whole}


def test_parts__are_told_what_only_all_of_them_know(made, tmp_path):
    county = of(made["odd"])
    whole = county.read(line())
    store = read_in_parts(county, line(), tmp_path, 9, piece=300)
    for number in range(len(store)):
        part = store.part(number)
        for name in ("first", "last", "latest", "max_age", "digest", "region", "assumed"):
            assert getattr(part, name) == getattr(whole, name), name
        assert list(part.sources) == list(whole.sources)


@pytest.mark.parametrize(
    ("tables", "said"),
    [
        ({"households": []}, "households"),
        ({"income": []}, "income"),
        ({"lines": [{"region_code": "9", "valid_from": "2020-01-01", "line": 5000}]}, "line"),
        ({"households": [home("h1", region_code="110101"), home("h2", region_code="220202")]}, "Two county"),
        ({"income": [report("h9"), report("h8")]}, "income"),
    ],
)
def test_a_fault_that_stops__stops_in_parts_too(tables, said, tmp_path):
    write(tmp_path / "county", plain(**tables))
    county = folder_of(tmp_path / "county")
    with pytest.raises(InputError, match="cannot be used") as whole:
        county.read(line())
    with pytest.raises(InputError, match="cannot be used") as parts:
        read_in_parts(county, line(), tmp_path / "scratch", 1, piece=1)
    found, store = examine_in_parts(county, line(), tmp_path / "examined", 1, piece=1)
    examined = county.examine(line())
    assert list(found) == list(examined.findings)
    assert (store is None) == (examined.panel is None)
    assert said in str(parts.value)
    assert str(parts.value).split(": ")[0] == str(whole.value).split(": ")[0]


def test_names__stand_in_no_refusal(tmp_path):
    folder = counties.made_county(tmp_path / "county", households=20)
    persons = pd.read_csv(folder / "家庭成员信息.csv", dtype=str)
    persons["户编号"] = persons["姓名"]  # columns are shifted: names stand where households should
    persons.loc[::2, "户编号"] = "2.10727E+17"
    persons.to_csv(folder / "家庭成员信息.csv", index=False, encoding="utf-8-sig")
    with pytest.raises(InputError) as stopped:
        read_in_parts(of(folder), line(), tmp_path / "scratch", 5, piece=10)
    assert not [name for name in set(persons["姓名"]) if name in str(stopped.value)]


def test_nothing_of_a_person__is_put_down(made, tmp_path, monkeypatch):
    """Not on the way either: names and identity numbers stop where files are read."""
    kept = tmp_path / "kept"
    monkeypatch.setattr("relapse.data.county_parts.Spread.forget", lambda self, part: shutil.copytree(self.folder, kept, dirs_exist_ok=True))  # fmt: skip
    read_in_parts(of(made["parquet"]), line(), tmp_path / "scratch", 20, piece=500)
    persons = pd.read_parquet(made["parquet"] / "家庭成员信息.parquet")
    told = {*persons["姓名"], *persons["证件号码"]}
    for path in (*kept.rglob("*.parquet"), *(tmp_path / "scratch").rglob("*.parquet")):
        for column in pq.read_table(path).columns:
            if pa.types.is_string(column.type) or pa.types.is_dictionary(column.type):
                assert told.isdisjoint(column.cast(pa.string()).to_pylist()), path
    assert list(kept.rglob("persons-*.parquet"))


def test_rows__are_told_by_parquet_files_and_guessed_of_others(made):
    income = len(pd.read_parquet(made["parquet"] / "收入.parquet"))
    assert income < rows_about(of(made["parquet"])) < 2 * income
    assert 0.5 < rows_about(of(made["csv"])) / rows_about(of(made["parquet"])) < 3


@pytest.mark.parametrize("value", [-1, "many", float("nan"), None])
def test_parts_above__is_a_number_of_rows(value):
    with pytest.raises(InputError, match="parts_above"):
        config.option("data", "county", path="county", parts_above=value)


@pytest.mark.parametrize(("value", "large"), [(0, True), (1, True), (1e12, False), (float("inf"), False)])
def test_parts_above__says_from_how_many_rows_on_a_county_is_read_in_parts(value, large, tmp_path):
    write(tmp_path / "county", plain())
    assert is_large(folder_of(tmp_path / "county", parts_above=value)) == large
