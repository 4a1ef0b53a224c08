"""Names and numbers of persons stop where files are read: every file that commands leave is searched for them."""

from __future__ import annotations

import base64
import gzip
import io
import json
import shutil
import sqlite3
import tempfile
import urllib.parse
import zipfile
from collections.abc import Iterator
from contextlib import closing
from dataclasses import dataclass
from pathlib import Path

import openpyxl
import pandas as pd
import pytest
from calls import Called, call

from conftest import settled
from counties import made_county
from county_secrets import FILES, Secrets, plant
from county_secrets import NAME as PLANTED_NAME
from county_secrets import WORDS as PLANTED_WORDS
from traces import Traces, contents, hits

WORDS = ("data=county", "data.path=county")
FAST = (
    "model=logit", "models=[distance_to_line]", "evaluation.draws=20", "calibration.draws=40", "horizons=[3]",
    "origins=[2022-12]",
)  # fmt: skip
NAME, NUMBER = "虚拟某某", "990101198001010011"
LIST = "list.xlsx"


@dataclass(frozen=True)
class Played:
    """A folder in which several commands were called."""

    folder: Path
    secrets: Secrets
    calls: dict[str, Called]

    @property
    def traces(self) -> Traces:
        return Traces([PLANTED_NAME, PLANTED_WORDS[:5]], self.secrets.numbers)  # few: thousands are slow to look for


@pytest.fixture(scope="module")
def played(tmp_path_factory: pytest.TempPathFactory, ready_db: Path) -> Iterator[Played]:
    """`run`, `explain`, `validate` and runs that fail, also with `debug=true`; temporary files lie in the folder as well."""
    folder = settled(tmp_path_factory.mktemp("privacy") / "home", ready_db)
    temporary = folder / "temporary"
    temporary.mkdir()
    source = made_county(folder / "county", households=200)
    secrets = plant(source)
    bad = _bad(source, folder / "bad")
    key = f"data.key_file={folder / 'safe' / 'county.key'}"
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("TMPDIR", str(temporary))
        patch.setattr(tempfile, "tempdir", None)
        calls = {"run": call("run", *WORDS, *FAST, key, cwd=folder)}
        listed = sorted((folder / "outputs" / "lists").rglob("list.csv"))
        household = pd.read_csv(listed[0], dtype=str)["户编号"][0] if listed else ""
        calls["explain"] = call("explain", *WORDS, key, f"household='{household}'", "debug=true", cwd=folder)
        other = ("data=county", f"data.path={bad}", "paths.outputs=more")
        calls["validate"] = call("validate", *other, cwd=folder)
        calls["failed"] = call("run", *other, *FAST, cwd=folder)
        calls["debug"] = call("run", *other, *FAST, "debug=true", cwd=folder)
        calls["nobody"] = call("explain", *WORDS, f"household='{secrets.numbers[0][:6]}'", "debug=true", cwd=folder)
        calls["sweep"] = call("validate", *other[:2], "language=zh", "-m", cwd=folder)
    yield Played(folder, secrets, calls)
    tempfile.tempdir = None


def _bad(source: Path, folder: Path) -> Path:
    """Names and numbers in the cells of other columns."""
    shutil.copytree(source, folder)
    persons = pd.read_csv(folder / FILES["persons"], dtype=str)
    name, number = persons["姓名"], persons["证件号码"]
    income = pd.read_csv(folder / "收入.csv", dtype=str)
    for place, column in enumerate(["户编号", "收入来源", "起始月份", "金额(元)", "知晓日期"]):
        income.loc[place, column], income.loc[place + 10, column] = name[place], number[place]
    income.rename(columns={"收入来源": "来源不明"}).to_csv(
        folder / "务工信息.csv", index=False
    )  # lacks a column: this stops
    income.to_csv(folder / "收入.csv", index=False)
    for place, column in enumerate(["与户主关系", "性别", "出生日期", "健康状况", "劳动技能", "证件类型"]):
        persons.loc[place, column], persons.loc[place + 10, column] = name[place + 1], number[place + 1]
    persons.to_csv(folder / FILES["persons"], index=False, encoding="utf-8-sig")
    return folder


def test_commands__did_what_they_were_meant_to(played):
    status = {name: done.status for name, done in played.calls.items()}
    assert status["run"] == 0, played.calls["run"].err
    assert status["explain"] == 0, played.calls["explain"].err
    failed = {name: status[name] for name in ("validate", "failed", "debug", "nobody")}
    assert set(failed.values()) == {2}, {name: played.calls[name].err[-300:] for name in failed}
    assert len(played.secrets.fields) > 20


def test_terminal__says_no_name_and_no_number(played):
    for name, done in played.calls.items():
        assert not played.traces.inside((done.out + done.err).encode()), name


def test_files__hold_no_name_and_no_number_but_the_lists_workbooks_those_of_heads(played):
    folders = [path for path in played.folder.iterdir() if path.is_dir() and path.name not in ("county", "bad")]
    assert {"outputs", "state", "more", "temporary"} <= {path.name for path in folders}
    loose = {path for path in played.folder.iterdir() if path.is_file()}
    assert not [path for path in loose if played.traces.inside(path.read_bytes())]
    found = hits(folders, played.traces)
    heads = {PLANTED_NAME}  # which ones: see the test of the workbook
    beyond = {
        place: sorted(what - heads if "/lists/" in place and f"{LIST}!" in place else what)[:3]
        for place, what in found.items()
    }
    assert {place: what for place, what in beyond.items() if what} == {}


def test_store__holds_no_household_and_no_key(played):
    ids = pd.read_csv(played.folder / "county" / FILES["households"], dtype=str, encoding="gb18030")["户编号"]
    found = hits([played.folder / "state"], Traces([(played.folder / "safe" / "county.key").read_text().strip()], ids))
    assert found == {}


def test_workbook__has_of_numbers_the_last_four_signs_at_most(played):
    paths = sorted((played.folder / "outputs" / "lists").rglob(LIST))
    assert paths
    long = {number for number in played.secrets.numbers if len(number) >= 11}
    persons = pd.read_csv(played.folder / "county" / FILES["persons"], dtype=str)
    homes = pd.read_csv(played.folder / "county" / FILES["households"], dtype=str, encoding="gb18030")
    heads = {
        *persons.loc[persons["与户主关系"] == "户主", "姓名"],
        *homes["head_name"],
    }
    for path in paths:
        for sheet in openpyxl.load_workbook(path):
            cells = {str(cell) for row in sheet.iter_rows(values_only=True) for cell in row if cell is not None}
            assert not [cell for cell in cells if cell in long]
            assert {cell for cell in cells if PLANTED_NAME in cell} <= heads


def _archive(name: str) -> bytes:
    book, opened = openpyxl.Workbook(), io.BytesIO()
    book.active["B7"] = f"户主{name}"
    book.save(opened)
    outer = io.BytesIO()
    with zipfile.ZipFile(outer, "w", zipfile.ZIP_DEFLATED) as archive:
        archive.writestr("inside/list.xlsx", opened.getvalue())
    return outer.getvalue()


def _database(name: str) -> bytes:
    with closing(sqlite3.connect(":memory:")) as base:
        base.execute("create table t (a blob)")
        base.execute("insert into t values (?)", (gzip.compress(name.encode()),))
        base.commit()
        return base.serialize()


def _parquet(name: str) -> bytes:
    return pd.DataFrame({"a": [name]}).to_parquet()


@pytest.mark.parametrize("secret", [NAME, NUMBER])
@pytest.mark.parametrize(
    "hide",
    [
        _archive,
        _database,
        _parquet,
        lambda name: f"...{name}...".encode(),
        lambda name: name.encode("utf-16"),
        lambda name: json.dumps(f"..{name}").encode(),
        lambda name: urllib.parse.quote(name).encode(),
        lambda name: base64.b64encode(f"some words, then {name} and more".encode()),
        lambda name: "".join(f"&#{ord(sign)};" for sign in name).encode(),
        lambda name: name[:14].encode(),
    ],
)
def test_search__finds_what_is_planted(hide, secret, tmp_path):
    (tmp_path / "deep").mkdir()
    (tmp_path / "deep" / "file.bin").write_bytes(hide(secret))
    (tmp_path / "clean.txt").write_text("99010119800 虚构 1990")
    found = hits([tmp_path], Traces([NAME], [NUMBER]))
    assert found
    assert all("file.bin" in place for place in found)


def test_search__reads_names_of_files(tmp_path):
    (tmp_path / f"{NUMBER}.html").write_text("")
    assert hits([tmp_path], Traces([NAME], [NUMBER]))
    assert list(contents(b"x", "f")) == [("f", b"x")]
