"""What lies in an inbox: told apart by content, taken whole, never lost."""

from __future__ import annotations

import os
import shutil
from pathlib import Path

import openpyxl
import pytest

from relapse.core.errors import InputError
from relapse.data import inbox as module
from relapse.data.contract_file import read_contract
from relapse.data.inbox import Received, look_through, take

CLAIMS = "户编号,结算月份,合规自付支出\n990100000001,2023-06,900\n"
LIST = "序号,线索编号,户编号,走访等级,核查结论\n1,202306-123456-001,990100000001,本月必访,\n"


@pytest.fixture
def office(tmp_path: Path) -> Path:
    (tmp_path / "inbox").mkdir()
    (tmp_path / "county").mkdir()
    return tmp_path


def put(office: Path, name: str, content: str | bytes, encoding: str = "utf-8") -> Path:
    path = office / "inbox" / name
    path.write_bytes(content if isinstance(content, bytes) else content.encode(encoding))
    return path


def look(office: Path, **columns: dict[str, str]) -> list[Received]:
    return look_through(office / "inbox", office / "county", read_contract("national"), columns)


def only(office: Path, **columns: dict[str, str]) -> Received:
    (found,) = look(office, **columns)
    return found


@pytest.mark.parametrize(
    "name", ["医疗费用_20230731.csv", "医疗费用20230731.csv", "claims-2023-07-31.csv", "医保_20230731.csv"]
)
@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "gb18030"])
def test_an_export__is_known_by_its_columns_and_gets_its_dated_name(office, name, encoding):
    put(office, name, CLAIMS, encoding)
    found = only(office)
    assert (found.kind, found.table, found.target) == ("export", "claims", "医疗费用_20230731.csv")


def test_a_list_handed_back__is_known_by_its_heads_or_its_hidden_sheet(office):
    put(office, "一镇.csv", LIST, "gb18030")
    book = openpyxl.Workbook()
    book.active.append(["随便"])
    book.create_sheet("_meta").sheet_state = "hidden"
    book.save(office / "inbox" / "二镇_20230731.xlsx")
    third = openpyxl.Workbook()
    third.active.append(["表头挪了位置"])
    third.active.append(["户编号", "核查结论", "线索编号"])
    third.save(office / "inbox" / "三镇.xlsx")
    assert [each.kind for each in look(office)] == ["hand_back"] * 3


@pytest.mark.parametrize(
    ("name", "content", "why"),
    [
        ("照片.jpg", b"\xff\xd8", "unknown"),
        ("通知.docx", b"PK", "unknown"),
        ("农户.xls", b"\xd0\xcf\x11\xe0", "old_kind"),
        ("空.csv", b"", "unreadable"),
        ("半.xlsx", b"PK\x03\x04 cut off", "unreadable"),
        ("加密_20230731.xlsx", b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + b"0" * 600, "unreadable"),
        ("医疗费用.csv", CLAIMS.encode(), "no_date"),
        ("医疗费用_202307.csv", CLAIMS.encode(), "no_date"),
        ("医疗费用_20230732.csv", CLAIMS.encode(), "no_date"),
        ("别的.csv", "甲,乙,丙\n1,2,3\n".encode(), "unknown"),
        ("二进制.csv", b"\x00\x01\x02" * 50, "unreadable"),
    ],
)
def test_what_cannot_be_used__stays_and_is_named_with_what_to_do(office, name, content, why):
    path = put(office, name, content)
    found = only(office)
    assert (found.kind, found.why) == ("left", why)
    assert path.read_bytes() == content


def test_a_needed_column__under_the_countys_own_header_is_enough(office):
    put(office, "医疗费用_20230731.csv", CLAIMS.replace("户编号", "我县户号"))
    assert (only(office).why, only(office).details) == ("columns", "户编号")
    assert only(office, claims={"household_id": "我县户号"}).kind == "export"


def test_two_of_one_name__are_taken_once_or_not_at_all(office):
    put(office, "医疗费用_20230731.csv", CLAIMS)
    put(office, "医保_20230731.csv", CLAIMS)
    assert sorted((each.kind, each.why) for each in look(office)) == [("export", ""), ("left", "twice")]
    put(office, "医保_20230731.csv", CLAIMS + "990100000002,2023-06,100\n")
    assert sorted((each.kind, each.why) for each in look(office)) == [("export", ""), ("left", "name_taken")]
    (office / "county" / "医疗费用_20230731.csv").write_text("else")
    assert {each.why for each in look(office)} == {"name_taken"}


def test_hidden_files_folders_and_notes__are_passed_over(office):
    for name in (".DS_Store", "~$医疗费用_20230731.xlsx", "README.txt"):
        put(office, name, b"x")
    (office / "inbox" / "旧").mkdir()
    assert look(office) == []
    assert look_through(office / "nowhere", office / "county", read_contract("national"), {}) == []
    with pytest.raises(InputError, match="name the folder in which files arrive"):
        look_through(office / "inbox" / "README.txt", office / "county", read_contract("national"), {})


@pytest.mark.parametrize("apart", [False, True])
def test_take__moves_the_bytes_as_they_are_also_to_another_disk(office, apart, monkeypatch):
    path = put(office, "医保_20230731.csv", CLAIMS, "gb18030")
    found, content = only(office), path.read_bytes()
    if apart:
        real = Path.stat
        monkeypatch.setattr(module, "_same_disk", lambda *paths: False)
        assert real(path)
    take(found, office / "county")
    assert not path.exists()
    assert (office / "county" / "医疗费用_20230731.csv").read_bytes() == content
    assert [each.name for each in (office / "county").iterdir()] == ["医疗费用_20230731.csv"]


def test_take__killed_between_copy_and_removal_is_made_good(office):
    path = put(office, "医疗费用_20230731.csv", CLAIMS)
    found = only(office)
    shutil.copy(path, office / "county" / found.target)
    assert only(office).kind == "export"
    take(found, office / "county")
    assert not path.exists()


def test_take__never_writes_over_another_file(office):
    path = put(office, "医疗费用_20230731.csv", CLAIMS)
    found = only(office)
    (office / "county" / found.target).write_text("came first")
    with pytest.raises(InputError, match="is there already with other content"):
        take(found, office / "county")
    assert path.is_file()
    assert (office / "county" / found.target).read_text() == "came first"


@pytest.mark.skipif(os.name != "posix" or os.geteuid() == 0, reason="root may write anywhere")
def test_take__without_permission_says_so(office):
    put(office, "医疗费用_20230731.csv", CLAIMS)
    found = only(office)
    (office / "county").chmod(0o500)
    with pytest.raises(InputError, match="cannot move"):
        take(found, office / "county")
