"""Ids, texts and titles that mean harm, or only look odd, come out as the text that they are."""

from __future__ import annotations

import html
import re
import shutil
from pathlib import Path

import numpy as np
import openpyxl
import pandas as pd
import pytest
from calls import Called, on, plain, written

IDS = [
    "=cmd|'/c calc'!A1", "+1+1", "-2+3", "@SUM(1)", "<script>alert(1)</script>", "a" * 500, "two\nlines", "石桥村 12组",
    "00017",     "0017", "1e5", '"quoted", with comma', "' OR 1=1", "../../etc/passwd", "x\ty", "household; rm -rf",
    "{{ 7*7 }}", "%s%n", "\u202egnirts", "&amp;", "http://evil.example/", "True",
]  # fmt: skip


def hostile(folder: Path) -> Path:
    """The odd ids are those that come first on the list."""
    frame = plain(households=150).astype({"hhid": object})
    names = {f"{number:04d}": name for number, name in enumerate(IDS)}
    odd = frame["hhid"].isin(list(names))
    frame.loc[odd, "income_pc"] = 9001 + frame.loc[odd, "hhid"].astype(int)
    rng = np.random.default_rng(1)
    frame["hhid"] = frame["hhid"].map(lambda name: names.get(name, f"h{name}"))
    frame["village"] = rng.choice(["<b>bold</b>", "=1+1", "石桥村", "a & b"], len(frame))
    frame["trade"] = rng.choice(["<img src=x onerror=alert(1)>", "=HYPERLINK(1)", "ok"], len(frame))
    titles = {"rooms": "<script>alert('rooms')</script>"}
    frame["=2+2"] = rng.normal(size=len(frame))
    frame["名称, [x]: {y}"] = rng.normal(size=len(frame))
    return written(folder, frame.rename(columns=titles), "hostile.csv")


@pytest.fixture(scope="module")
def made(tmp_path_factory: pytest.TempPathFactory, ready_db: Path) -> Path:
    folder = tmp_path_factory.mktemp("hostile")
    (folder / "state").mkdir()
    shutil.copy(ready_db, folder / "state" / "mlflow.db")
    done: Called = on("run", hostile(folder), "risk_list.length=40", cwd=folder)
    assert done.status == 0, done.err
    return folder / "outputs"


def test_hostile__cells_of_the_csv_cannot_be_formulas(made):
    path = made / "lists/hostile/2014/list.csv"
    table = pd.read_csv(path, dtype=str, keep_default_na=False)
    ids = list(table.iloc[:, 1])
    for name in IDS:
        assert (f"'{name}" if name[0] in "=+-@" else name) in ids, name
    for column in table.columns:
        texts = table[column][~table[column].str.fullmatch(r"-?\d+(\.\d+)?")]
        assert not texts.str.match(r"[=+\-@\t\r]").any(), column


def test_hostile__cells_of_the_workbook_are_text(made):
    book = openpyxl.load_workbook(made / "lists/hostile/2014/list.xlsx")
    for sheet in book:
        for row in sheet.iter_rows():
            for cell in row:
                assert cell.data_type != "f", (sheet.title, cell.coordinate)
                assert cell.hyperlink is None
    shown = {str(cell.value) for row in book[book.sheetnames[1]].iter_rows() for cell in row}
    assert {name for name in IDS if "\t" not in name and "\n" not in name} <= shown


@pytest.mark.parametrize("page", ["lists/hostile/2014/list.html", "backtest/report.html", "quality/report.html"])
def test_hostile__pages_show_it_and_run_nothing(page, made):
    text = (made / page).read_text()
    assert "<script" not in text
    assert "<img src=x" not in text
    assert "onerror=" not in re.sub(r"&lt;.*?&gt;", "", text)
    assert "<b>bold" not in text
    assert "49" not in re.findall(r"\{\{.*?\}\}", text)
    if page.startswith("lists"):
        for name in IDS:
            assert html.escape(name, quote=False) in text.replace("&#39;", "'").replace("&#34;", '"'), name


def test_hostile__explain_writes_inside_its_folder(made, tmp_path):
    home = made.parent
    for name in ("../../etc/passwd", "<script>alert(1)</script>", "a" * 500):
        done = on("explain", home / "hostile.csv", f"household='{name}'", f"paths.outputs={tmp_path / 'out'}", cwd=home)
        assert done.status == 0, done.err
    there = sorted(path.relative_to(tmp_path).as_posix() for path in tmp_path.rglob("*") if path.suffix == ".html")
    assert len(there) == 3
    assert all(path.startswith("out/explain/2014-") and len(path) < 200 for path in there)
    assert all("<script" not in (tmp_path / path).read_text() for path in there)


def test_hostile__ids_that_look_like_numbers_stay_as_they_stand(made):
    ids = set(pd.read_parquet(made / "backtest/predictions.parquet")["household_id"])
    assert {"00017", "0017", "1e5", "True"} <= ids


def test_hostile__five_hundred_columns(home):
    frame = plain(households=80)
    rng = np.random.default_rng(2)
    more = pd.DataFrame(rng.normal(size=(len(frame), 500)), columns=[f"c{number}" for number in range(500)])
    done = on(
        "backtest",
        written(home, pd.concat([frame, more.round(2)], axis=1)),
        "models=[distance_to_line,logit]",
        cwd=home,
    )
    assert done.status == 0, done.err


def test_hostile__columns_whose_names_are_told_apart_by_signs_only(home):
    frame = plain(households=80)
    frame["a b"], frame["a_b"], frame["a,b"] = frame["rooms"], frame["rooms"], frame["rooms"]
    done = on("backtest", written(home, frame), cwd=home)
    assert done.status in (0, 2), done.err
    assert done.status == 0 or ("a b" in done.told or "a_b" in done.told)


def test_hostile__a_column_with_the_name_of_one_of_ours(home):
    frame = plain(households=80)
    for name in ("household_id", "period", "income", "state", "line", "known", "origin"):
        frame[name] = frame["rooms"]
    done = on("run", written(home, frame), cwd=home)
    assert done.status == 0, done.err
