"""Names and numbers of persons stop where files are read: every file that commands leave is searched for them."""

from __future__ import annotations

import base64
import gzip
import io
import json
import re
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
from calls import Called, call, settled

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
TYPED = {"words": NAME, "misuse": "虚拟丙丙"}
OFFICE_WORKBOOK = re.compile(r"/lists/[^!]*/(list|townships/[^/!]*)\.xlsx!")  # a county's, and those of its townships


@dataclass(frozen=True)
class Played:
    """A folder in which several commands were called."""

    folder: Path
    secrets: Secrets
    calls: dict[str, Called]

    @property
    def traces(self) -> Traces:
        return Traces([PLANTED_NAME, PLANTED_WORDS[:5], *self.secrets.texts], self.secrets.numbers)


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
        calls["debug"] = call("run", *other, *FAST, "debug=true", cwd=folder)
        calls["headless"] = call("validate", WORDS[0], f"data.path={_headless(source)}", "debug=true", cwd=folder)
        calls["words"] = call("explain", *WORDS, f"household='{NAME}'", "debug=true", cwd=folder)
        calls["misuse"] = call("run", *WORDS, f"data.window={TYPED['misuse']}", "debug=true", cwd=folder)
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
    income.to_csv(folder / "收入.csv", index=False)
    lines = pd.read_csv(folder / "监测线.csv", dtype=str)  # of no region: this stops, and says what stands there
    lines.loc[0, "区划代码"], lines.loc[1, "区划代码"] = name[40], number[40]
    lines.to_csv(folder / "监测线.csv", index=False)
    for place, column in enumerate(["与户主关系", "性别", "出生日期", "健康状况", "劳动技能", "证件类型"]):
        persons.loc[place, column], persons.loc[place + 10, column] = name[place + 1], number[place + 1]
    persons.to_csv(folder / FILES["persons"], index=False, encoding="utf-8-sig")
    return folder


def _headless(source: Path) -> Path:
    """The table of persons begins with a person where its header should stand."""
    folder = shutil.copytree(source, source.with_name("headless"))
    path = folder / FILES["persons"]
    path.write_text(path.read_text(encoding="utf-8-sig").partition("\n")[2], encoding="utf-8-sig")
    return folder


def test_commands__did_what_they_were_meant_to(played):
    status = {name: done.status for name, done in played.calls.items()}
    assert status["run"] == 0, played.calls["run"].err
    assert status["explain"] == 0, played.calls["explain"].err
    failed = {name: status[name] for name in ("validate", "debug", "headless", "words", "misuse", "nobody")}
    assert set(failed.values()) == {2}, {name: played.calls[name].err[-300:] for name in failed}
    assert len(played.secrets.fields) > 20


def test_terminal__says_no_name_and_no_number(played):
    for name, done in played.calls.items():
        said = (done.out + done.err).replace(TYPED.get(name, "\0"), "")  # who types a name reads it in the answer
        assert not played.traces.inside(said.encode()), name


def test_terminal__of_cells_that_stop_says_the_begin_and_where_they_stand(played):
    assert "row 2, column 'region_code': '虚**'" in played.calls["debug"].err, played.calls["debug"].err
    assert "Traceback" in played.calls["debug"].err


def test_findings__of_names_in_wrong_cells_still_tell_where_to_mend(played):
    told = pd.read_csv(played.folder / "more" / "quality" / "findings.csv", dtype=str)
    cells = {(row.列, row.值) for row in told[told["规则"].str.startswith("not_a")].itertuples()}
    assert {("起始月份", "虚**"), ("金额(元)", "虚**"), ("知晓日期", "虚**"), ("收入来源", "***")} <= cells
    assert {("起始月份", "990" + "*" * 15), ("知晓日期", "990" + "*" * 15), ("区划代码", "虚**")} <= cells


def test_files__hold_no_name_and_no_number_but_the_lists_workbooks_those_of_heads(played):
    folders = [
        path for path in played.folder.iterdir() if path.is_dir() and path.name not in ("county", "bad", "headless")
    ]
    assert {"outputs", "state", "more", "temporary"} <= {path.name for path in folders}
    loose = {path for path in played.folder.iterdir() if path.is_file()}
    assert not [path for path in loose if played.traces.inside(path.read_bytes())]
    found = hits(folders, played.traces)
    heads = {PLANTED_NAME, *_heads(played.folder / "county")}
    beyond = {
        place: sorted(what - heads if OFFICE_WORKBOOK.search(place) else what)[:3] for place, what in found.items()
    }
    assert {place: what for place, what in beyond.items() if what} == {}


def test_store__holds_no_household_and_no_key(played):
    ids = pd.read_csv(played.folder / "county" / FILES["households"], dtype=str, encoding="gb18030")["户编号"]
    found = hits([played.folder / "state"], Traces([(played.folder / "safe" / "county.key").read_text().strip()], ids))
    assert found == {}


def test_workbook__has_of_numbers_the_last_four_signs_at_most(played):
    paths = sorted((played.folder / "outputs" / "lists").rglob("*.xlsx"))
    assert {path.parent.name for path in paths} >= {"townships"}
    long = {number for number in played.secrets.numbers if len(number) >= 11}
    heads = _heads(played.folder / "county")
    for path in paths:
        for sheet in openpyxl.load_workbook(path):
            cells = {str(cell) for row in sheet.iter_rows(values_only=True) for cell in row if cell is not None}
            assert not [cell for cell in cells if cell in long]
            assert {cell for cell in cells if PLANTED_NAME in cell} <= heads


def _heads(folder: Path) -> set[str]:
    persons = pd.read_csv(folder / FILES["persons"], dtype=str)
    homes = pd.read_csv(folder / FILES["households"], dtype=str, encoding="gb18030")
    return {*persons.loc[persons["与户主关系"] == "户主", "姓名"], *homes["head_name"]}


def test_page__shows_surnames_and_signs_and_the_csv_file_no_name(played):
    lists = played.folder / "outputs" / "lists"
    pages = [*lists.rglob("list.html"), *lists.rglob("townships/*.html")]
    assert {page.parent.name for page in pages} >= {"townships"}
    for page in pages:
        told = set(re.findall(r"[\u4e00-\u9fff]\*+", page.read_text(encoding="utf-8")))
        assert told == {"虚**"}
    for table in lists.rglob("list.csv"):
        assert "虚" not in table.read_text(encoding="utf-8-sig")


def test_store__does_not_tell_where_the_key_lies(played):
    for done in played.calls.values():
        assert done.status in (0, 2)
    configs = list((played.folder / "state").rglob("resolved.yaml"))
    assert configs
    for path in configs:
        assert "key_file: '***'" in path.read_text()
    assert hits([played.folder / "state"], Traces(["county.key"], [])) == {}


@pytest.fixture(scope="module")
def simulated(tmp_path_factory: pytest.TempPathFactory, ready_db: Path) -> Path:
    """A whole run on a small simulated county."""
    folder = settled(tmp_path_factory.mktemp("simulated") / "home", ready_db)
    words = ("data=yi_2020", "data.households=150", f"paths.data={folder / 'county'}", "model=logit")
    done = call("run", *words, *FAST[1:4], "horizons=[3]", "origins=[2023-12]", cwd=folder)
    assert done.status == 0, done.err
    return folder


def test_run__of_a_simulated_county_leaves_none_of_its_names_and_numbers(simulated):
    persons = pd.read_parquet(simulated / "county" / "yi_2020" / "persons.parquet")
    persons = persons.astype(str)
    heads = set(persons.loc[persons["relation"].isin(["head", "户主"]), "name"])
    names, numbers = set(persons["name"]), set(persons["id_number"])
    assert min(len(names), len(numbers), len(heads)) > 200
    folders = [path for path in simulated.iterdir() if path.is_dir() and path.name != "county"]
    assert {"outputs", "state"} <= {path.name for path in folders}
    assert hits(folders, Traces([], set(persons["person_id"]), digits=18)) == {}
    found = hits(folders, Traces(names, {number for number in numbers if len(number) >= 11}))
    listed = {place: what for place, what in found.items() if OFFICE_WORKBOOK.search(place)}
    assert listed
    assert set().union(*listed.values()) <= heads
    assert {place: sorted(what)[:3] for place, what in found.items() if place not in listed} == {}


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
        lambda name: f"{int(name):,}".encode() if name.isdigit() else name.encode("gb18030"),
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
