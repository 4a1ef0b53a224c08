"""The office's month: what it takes in, what it leaves, and that no kill and no late table spoils it."""

from __future__ import annotations

import hashlib
import json
import re
import shutil
import signal
from collections.abc import Callable, Mapping
from functools import partial
from pathlib import Path

import openpyxl
import pandas as pd
import pytest
from calls import Called, call, files, start
from office import Office

from relapse.data.county_store import examine_in_parts
from relapse.pipelines import month, score
from traces import Traces, hits

EXPORT = "收入_20230731.csv"
GOOD = {
    "核查日期": "2023-07-08", "核查方式": "入户", "核查结论": "不存在风险", "实际原因": "无", "处置意见": "不需处理",
    "未纳入原因": "收入稳定高于监测线", "核查人": "A012",
}  # fmt: skip


@pytest.fixture
def office(small_office: Path, tmp_path: Path) -> Office:
    return Office(Path(shutil.copytree(small_office, tmp_path / "home")))


@pytest.fixture(scope="module")
def done(small_office: Path, tmp_path_factory: pytest.TempPathFactory) -> Office:
    """An office whose month went well, with files in its inbox that nobody can use; nobody changes it."""
    office = Office(Path(shutil.copytree(small_office, tmp_path_factory.mktemp("done") / "home")))
    well(office.call("month", "as_of=2023-06", "inbox=none_yet"))
    (office.inbox / "照片.jpg").write_bytes(b"no table")
    (office.inbox / "医保.csv").write_bytes((office.home / "county" / "医疗费用.csv").read_bytes())
    hand_back(office, "一镇.xlsx")
    (office.inbox / "坏了.xlsx").write_bytes((office.inbox / "一镇.xlsx").read_bytes()[:9000])
    book = openpyxl.load_workbook(office.inbox / "一镇.xlsx")
    for row in book["_meta"].iter_rows():
        if row[0].value == "panel":
            row[1].value = "another"
    book.save(office.inbox / "别县.xlsx")
    shutil.copytree(office.inbox, office.home / "inbox_before")
    well(office.call("month"))
    return office


def hand_back(office: Office, name: str, month: str = "2023-06", rows: int = 4) -> None:
    """The list of a month with its first rows filled in, in the inbox."""
    book = openpyxl.load_workbook(office.home / f"outputs/lists/county/{month}/list.xlsx")
    sheet = book["风险线索清单"]
    head = next(row for row in sheet.iter_rows() if any(cell.value == "线索编号" for cell in row))
    places = {cell.value: cell.column for cell in head}
    for number in range(head[0].row + 1, head[0].row + 1 + rows):
        for field, value in GOOD.items():
            sheet.cell(number, places[field]).value = value
    book.save(office.inbox / name)


def well(called: Called) -> None:
    assert called.status == 0, called.err


def page(office: Office, name: str = "2023-07/note.html") -> str:
    return (office.outbox / name).read_text(encoding="utf-8")


def rewritten(office: Office, table: str, *rows: dict[str, str]) -> None:
    """A table of the county with other rows."""
    pd.DataFrame(list(rows)).to_csv(office.home / "county" / f"{table}.csv", index=False)


def claims(office: Office, last: str) -> None:
    """One claim a month, known in the next, up to a month."""
    told = [each for each in pd.period_range("2021-01", "2023-07", freq="M") if str(each) <= last]
    household = pd.read_csv(office.home / "county" / "农户信息.csv", dtype=str)["户编号"]
    rewritten(office, "医疗费用", *(
        {"户编号": household[place % 20], "结算月份": str(each - 1), "合规自付支出": "900", "知晓日期": f"{each}-20"}
        for place, each in enumerate(told)
    ))  # fmt: skip


def test_month__takes_in_what_came_and_leaves_a_note_the_list_and_what_came_of_past_ones(small_office, done):
    taken = done.home / "county" / EXPORT
    assert taken.read_bytes() == (small_office / "inbox" / EXPORT).read_bytes()  # as it came
    assert sorted(path.name for path in done.inbox.iterdir()) == ["别县.xlsx", "医保.csv", "坏了.xlsx", "照片.jpg"]
    manifest = json.loads((done.outbox / "2023-07" / "manifest.json").read_text())
    here = done.outbox / "2023-07"
    told = {name: hashlib.sha256((here / name).read_bytes()).hexdigest() for name in manifest["files"]}
    assert told == manifest["files"]
    assert {"note.html", "list/list.xlsx", "list/list.html", "quality/report.html", "monitor/report.html"} <= set(told)
    assert "list/office.html" in told
    assert sum(name.startswith("list/townships/") for name in told) == 8  # a workbook and a page for each of four
    issued = files(done.home / "outputs" / "lists" / "county" / "2023-07")
    assert {f"list/{name}": content for name, content in issued.items()}.items() <= files(here).items()
    note = page(done)
    assert {name for name in re.findall(r'href="([^"#:]+)"', note) if not (here / name).is_file()} == set()
    for said in (EXPORT, "照片.jpg", "医保.csv", "医疗费用_YYYYMMDD.csv", "坏了.xlsx", "线索，不作认定依据", "试运行"):
        assert said in note
    figures = json.loads((here / "monitor" / "figures.json").read_text())
    assert [each["as_of"] for each in figures["lists"]] == ["2023-06", "2023-07"]
    assert figures["drift"]["before"] == "2023-06"


def test_month__reads_what_townships_hand_back_and_keeps_it(done):
    kept = list((done.home / "county/feedback/received").rglob("*.xlsx"))
    assert [path.read_bytes() for path in kept] == [(done.home / "inbox_before" / "一镇.xlsx").read_bytes()]
    visits = pd.read_parquet(done.home / "county/feedback/visits.parquet")
    assert len(visits) == 4
    assert "交回的清单里填了4户，核查齐全4户，对不上的0行" in page(done)
    assert "一镇.xlsx" in page(done)
    assert "是乡镇交回的清单，但读不了" in page(done)
    assert "别县.xlsx" in page(done)
    assert json.loads((done.outbox / "2023-07/feedback/summary.json").read_text())["verified"] == 4
    called = done.call("status")
    assert "已交回0户，共" in called.out  # of July's own list


def test_month__leaves_names_in_its_workbooks_alone_and_numbers_nowhere(done):
    """Every file of a whole month is searched, also inside workbooks and tables: the outbox, the lists, state, what came back.

    A workbook names the heads of its own households, that of a township those of the township; what was handed in is
    kept as it came, and is a workbook of the county.
    """
    persons = pd.read_csv(done.home / "county" / "家庭成员信息.csv", dtype=str)
    homes = pd.read_csv(done.home / "county" / "农户信息.csv", dtype=str)
    heads = homes.merge(persons[persons["与户主关系"] == "户主"], on="户编号", validate="1:1")
    folders = [done.home / name for name in ("outputs", "state", "county/feedback")]
    found: dict[Path, set[str]] = {}
    for place, what in hits(folders, Traces(persons["姓名"], persons["证件号码"])).items():
        found.setdefault(Path(place.partition("!")[0]), set()).update(what)
    lists = [*done.home.glob("outputs/lists/county/*"), *done.outbox.glob("*/list")]
    books = [each / "list.xlsx" for each in lists] + [book for each in lists for book in each.glob("townships/*.xlsx")]
    (kept,) = (done.home / "county/feedback/received").rglob("*.xlsx")
    assert len(books) == 20  # of the county and its four townships, of two months, in the lists and in the outbox
    assert set(found) == {*books, kept}
    for book, names in found.items():
        on_it = listed_in(book)
        townships = set(on_it["乡镇"])
        allowed = set(heads.loc[heads["乡镇"].isin(townships), "姓名"])
        assert set(heads.loc[heads["户编号"].isin(on_it["户编号"]), "姓名"]) <= names <= allowed, book
        assert len(townships) == (1 if book.parent.name == "townships" else 4)


def listed_in(workbook: Path) -> pd.DataFrame:
    """The rows of a workbook's list."""
    lines = [line for line in openpyxl.load_workbook(workbook)["风险线索清单"].iter_rows(values_only=True) if any(line)]
    head = next(place for place, line in enumerate(lines) if "户编号" in line)
    return pd.DataFrame(lines[head + 1 :], columns=list(lines[head]))


def test_month__started_again_with_nothing_new_leaves_the_same_bytes(done):
    before = {name: content for name, content in files(done.home).items() if not name.startswith("state/")}
    well(done.call("month"))
    assert {name: content for name, content in files(done.home).items() if not name.startswith("state/")} == before


def test_month__says_what_came_in_that_month_alone(office):
    well(office.call("month"))
    late = office.home / "whole" / "收入.csv"
    rows = pd.read_csv(late, dtype=str)
    rows[rows["知晓日期"].str.startswith("2023-08")].drop(columns="知晓日期").to_csv(
        office.inbox / "收入_20230831.csv", index=False
    )
    well(office.call("month"))
    assert EXPORT in page(office)
    assert "收入_20230831.csv" in page(office, "2023-08/note.html")
    assert EXPORT not in page(office, "2023-08/note.html")


def test_month__lists_fill_in_hand_back_and_the_next_list__and_a_second_batch_within_the_month(office):
    """June's list goes out; two townships answer with July's exports, a third some days later."""
    well(office.call("month", "as_of=2023-06", "inbox=none_yet"))
    june = listed_in(office.outbox / "2023-06/list/list.xlsx")
    hand_back(office, "一批.xlsx", rows=12)
    well(office.call("month"))
    july = office.outbox / "2023-07"
    first = sheet_of(july / "list/list.xlsx", "上月回填结果").set_index("线索编号")
    answered = set(june["线索编号"][:12])
    assert set(first.index) == set(june["线索编号"])
    assert set(first.index[first["是否已核查"] == "是"]) == answered
    assert set(first.loc[sorted(answered), "核查结论"]) == {"不存在风险"}
    assert rested(july, june[:12])
    hand_back(office, "二批.xlsx", rows=20)  # the twelve once more, and eight others
    well(office.call("month"))
    assert list((office.inbox).glob("*.xlsx")) == []
    edition = july / "edition-2"
    summary = json.loads((edition / "feedback/summary.json").read_text())
    assert (summary["files"], summary["rows"], summary["verified"], summary["conflicts"]) == (2, 32, 32, 0)
    second = sheet_of(edition / "list/list.xlsx", "上月回填结果").set_index("线索编号")
    assert set(second.index[second["是否已核查"] == "是"]) == set(june["线索编号"][:20])
    assert rested(edition, june[:20]) > rested(july, june[:12])
    assert len(pd.read_parquet(office.home / "county/feedback/visits.parquet")) == 20
    note = page(office, "2023-07/edition-2/note.html")
    assert "这是本月第2版，以这一版为准" in note
    assert "交回的清单里填了20户，核查齐全20户，对不上的0行" in note  # each household once
    assert "交回的清单，2个" in note
    before = files(office.outbox)
    well(office.call("month"))
    assert files(office.outbox) == before


def rested(outbox: Path, visited: pd.DataFrame) -> int:
    """How many of those who were visited with a clean finding are not on the new list; whoever is there hits a rule."""
    now = listed_in(outbox / "list/list.xlsx").set_index("户编号")
    again = now.loc[now.index.intersection(visited["户编号"])]
    assert set(again["线索来源"]) <= {"部门预警", "模型+部门预警"}
    return len(visited) - len(again)


def sheet_of(workbook: Path, name: str) -> pd.DataFrame:
    """A sheet's rows below its header."""
    lines = [line for line in openpyxl.load_workbook(workbook)[name].iter_rows(values_only=True) if any(line)]
    head = next(place for place, line in enumerate(lines) if "线索编号" in line)
    return pd.DataFrame(lines[head + 1 :], columns=list(lines[head]))


STEPS = (
    "take",
    "keep_receipts",
    "examine_stage",
    "check_stage",
    "watch_stage",
    "remember",
    "score_stage",
    "monitor_stage",
    "log_stage",
    "outbox_files",
    "issue",
    "last",
)


def after(step: str, then: Callable[[], None], patched: pytest.MonkeyPatch) -> None:
    """Have something happen as soon as a step has done its work for the first time; `last` is the receipts' own end."""
    where, name = score if step == "remember" else month, "keep_receipts" if step == "last" else step
    real, calls = getattr(where, name), []

    def watched(*arguments, **named):
        given = real(*arguments, **named)
        calls.append(1)
        if len(calls) == (2 if step == "last" else 1):
            then()
        return given

    patched.setattr(where, name, watched)


def dies() -> None:
    raise RuntimeError("the power is gone")


def before_july(office: Office, done: Office) -> Office:
    """An office whose July is to be that of `done`: June's list is out, and the same lies in its inbox."""
    shutil.copytree(
        done.home / "outputs" / "lists" / "county" / "2023-06", office.home / "outputs/lists/county/2023-06"
    )
    shutil.copytree(done.home / "inbox_before", office.inbox, dirs_exist_ok=True)
    return office


def disk(home: Path) -> dict[str, bytes | None]:
    """All that lies below a folder, also locks and empty folders."""
    return {str(path.relative_to(home)): path.read_bytes() if path.is_file() else None for path in home.rglob("*")}


@pytest.fixture(scope="module")
def killed(small_office: Path, done: Office, tmp_path_factory: pytest.TempPathFactory) -> Mapping[str, Path]:
    """What lies on the disk at the end of each step of a month: what a run that is killed then leaves; nobody changes it."""
    folder = tmp_path_factory.mktemp("killed")
    office = before_july(Office(Path(shutil.copytree(small_office, folder / "home"))), done)
    with pytest.MonkeyPatch.context() as patched:
        for step in STEPS:
            after(step, partial(shutil.copytree, office.home, folder / step), patched)
        well(office.call("month"))
    return {step: folder / step for step in STEPS}


@pytest.fixture(scope="module")
def started_again(killed: Mapping[str, Path], tmp_path_factory: pytest.TempPathFactory) -> Callable[[str], Office]:
    """The office after a month killed at the end of a step was started again; steps that left the same share one start."""
    folder = tmp_path_factory.mktemp("started_again")
    ended: list[tuple[dict[str, bytes | None], Office]] = []

    def office_of(step: str) -> Office:
        left = disk(killed[step])
        for same, office in ended:
            if same == left:
                return office
        office = Office(Path(shutil.copytree(killed[step], folder / step)))
        well(office.call("month"))
        ended.append((left, office))
        return office

    return office_of


@pytest.mark.parametrize("step", STEPS)
def test_month__killed_at_any_step_and_started_again_leaves_the_same_outbox(done, started_again, step):
    office = started_again(step)
    assert files(office.outbox / "2023-07") == files(done.outbox / "2023-07")
    assert not list(office.home.rglob(".writing-*"))
    assert not list(office.home.rglob(".taking-*"))
    assert files(office.home / "county") == files(done.home / "county")
    assert files(office.inbox) == files(done.inbox)
    made_lists = (office.home / "state" / "log" / "lists.csv").read_text(encoding="utf-8-sig").splitlines()
    assert len(made_lists) == 2  # the head, and the one list


@pytest.mark.parametrize("step", ["examine_stage", "remember", "issue"])
def test_month__that_fails_at_a_step_leaves_what_a_kill_leaves(office, done, killed, step, monkeypatch):
    """Within the run, within the stage of the list, and within that of the outbox."""
    before = disk(killed[step])
    before_july(office, done)
    after(step, dies, monkeypatch)
    assert office.call("month").status == 1
    assert disk(office.home) == before


def test_month__killed_outright_and_started_again_leaves_the_same_outbox(office, done):
    before_july(office, done)
    process = start("month", *office.words, cwd=office.home)
    assert process.stderr is not None
    for line in process.stderr:
        if line.startswith("score"):
            process.send_signal(signal.SIGKILL)
            break
    process.communicate()
    assert process.returncode == -signal.SIGKILL
    assert not (office.outbox / "2023-07" / "manifest.json").exists()
    well(office.call("month"))
    assert files(office.outbox / "2023-07") == files(done.outbox / "2023-07")


def test_month__of_a_county_read_in_parts__killed_and_started_again_leaves_the_outbox_of_the_whole(
    office, done, monkeypatch
):
    before_july(office, done)
    process = start("month", *office.words, "data.parts_above=0", cwd=office.home)
    assert process.stderr is not None
    for line in process.stderr:
        if line.startswith("validate"):
            process.send_signal(signal.SIGKILL)
            break
    process.communicate()
    assert process.returncode == -signal.SIGKILL
    assert list(office.home.rglob(".writing-*")), "what was put down of the county"
    monkeypatch.setattr("relapse.pipelines.parts.examine_in_parts", partial(examine_in_parts, size=20, piece=700))
    well(office.call("month", "data.parts_above=0"))
    assert files(office.outbox / "2023-07") == files(done.outbox / "2023-07")
    assert not list(office.home.rglob(".writing-*"))


def test_month__a_table_that_is_late_marks_the_list_and_does_not_prevent_it(office):
    claims(office, "2023-05")
    well(office.call("month"))
    said = "医疗费用最近一次更新是2023-05，比平时晚2个月"
    assert said in page(office)
    assert said in page(office, "2023-07/list/list.html")
    book = openpyxl.load_workbook(office.outbox / "2023-07/list/list.xlsx")
    assert any(said in str(cell.value) for sheet in book for row in sheet.iter_rows() for cell in row)
    claims(office, "2023-07")  # it comes after all
    well(office.call("month"))
    assert "各类数据都按时" in page(office, "2023-07/edition-2/note.html")
    assert "比平时晚" not in page(office, "2023-07/edition-2/list/list.html")
    assert said in page(office)  # what was issued stays


def test_month__of_which_the_incomes_are_late_counts_the_last_known_ones_for_longer(office):
    (office.inbox / EXPORT).unlink()
    claims(office, "2023-06")
    monthly = pd.read_csv(office.home / "county" / "医疗费用.csv", dtype=str).tail(3).drop(columns="知晓日期")
    monthly.assign(**{"合规自付支出": "1200"}).to_csv(office.inbox / "医疗费用_20230731.csv", index=False)
    well(office.call("month"))
    assert "收入最近一次更新是2023-06，比平时晚1个月" in page(office)
    rows = pd.read_csv(office.outbox / "2023-07/list/list.csv", dtype=str)
    assert rows["近12个月人均纯收入(元)"].notna().mean() > 0.9  # known a month ago, and no worse known now


def test_month__a_fault_that_stops_keeps_what_was_taken_and_goes_on_once_it_is_mended(office):
    whole = (office.inbox / EXPORT).read_text(encoding="utf-8")
    (office.inbox / EXPORT).write_text(whole + "没有这一户,工资性收入,2023-06,2023-06,\n", encoding="utf-8")
    homes = office.home / "county" / "农户信息.csv"
    good = homes.read_text(encoding="utf-8")
    homes.write_text(good.replace("户编号", "户的号码", 1), encoding="utf-8")
    stopped = office.call("month")
    assert stopped.status == 2
    assert "faults stop the work" in stopped.told
    assert "what was taken in is kept" in stopped.told
    assert (office.home / "outputs" / "quality" / "findings.csv").is_file()
    assert not office.outbox.exists()
    homes.write_text(good, encoding="utf-8")
    well(office.call("month"))
    assert EXPORT in page(office)


@pytest.mark.parametrize(
    ("words", "said"),
    [
        (("data=wage_panel",), "for one long table use `relapse score`"),
        (("as_of=2030-01",), "choose a period from 2019-01 to 2023-07"),
        (("version=9",), "run `relapse train` first"),
        (("inbox=version/version.json",), "is a file; name the folder in which files arrive"),
        (("inbox=null",), "no folder is named"),
    ],
)
def test_month__what_cannot_be_is_refused_and_no_list_is_made(office, words, said):
    given = [word for word in office.words if word.partition("=")[0] not in {each.partition("=")[0] for each in words}]
    given = [word for word in given if words[0] != "data=wage_panel" or not word.startswith("data.")]
    refused = call("month", *given, *words, cwd=office.home)
    assert refused.status == 2
    assert said in refused.told
    assert not office.outbox.exists()


def test_month__damaged_receipts_are_told(office):
    (office.home / "state" / "month").mkdir(parents=True)
    (office.home / "state" / "month" / "county.json").write_text("[{]")
    refused = office.call("month")
    assert refused.status == 2
    assert "county.json is damaged" in refused.told


def test_month__the_note_prints_on_one_sheet_in_either_language(done, tmp_path):
    pytest.importorskip("selenium")
    if not (chromium := shutil.which("chromium")):
        pytest.skip("needs chromium")
    import subprocess

    well(done.call("month", "language=en", f"paths.outputs={tmp_path / 'en'}"))
    for note in (done.outbox / "2023-07" / "note.html", tmp_path / "en" / "outbox" / "2023-07" / "note.html"):
        printed = tmp_path / "note.pdf"
        subprocess.run(
            [chromium, "--headless", "--no-sandbox", "--disable-gpu", f"--user-data-dir={tmp_path / 'profile'}",
             "--no-pdf-header-footer", f"--print-to-pdf={printed}", note.as_uri()],
            check=True, capture_output=True, timeout=60,
        )  # fmt: skip
        assert printed.read_bytes().count(b"/Type /Page\n") == 1 or b"/Count 1" in printed.read_bytes()
