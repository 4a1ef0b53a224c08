"""What is past its time is shown, then deleted, and nothing else is; and the draft of the impact assessment."""

from __future__ import annotations

import os
import re
from pathlib import Path

import pytest
from calls import Called, call, files

WORDS = ("data=county", "data.path=county")
OLD = {
    "outputs/lists/county/2021-11/list.csv", "outputs/lists/county/2021-11/edition-2/list.csv",
    "outputs/lists/county/2021-12/manifest.json", "outputs/outbox/2021-12/note.html",
    "outputs/explain/2021-10-990100000001.html", "county/feedback/received/2021-12/ab12.xlsx",
}  # fmt: skip
KEPT = {
    "outputs/lists/county/2022-01/list.csv", "outputs/lists/county/2023-12/list.csv", "outputs/lists/other/2020-01/list.csv",
    "outputs/outbox/2022-01/note.html", "outputs/explain/2022-01-990100000001.html", "outputs/explain/notes.txt",
    "outputs/monitor/2020-01/figures.json", "county/feedback/received/2022-01/cd34.xlsx",
    "county/feedback/received/unmatched/x.xlsx", "county/feedback/visits.parquet", "county/农户信息.csv",
    "state/log/lists.csv",
}  # fmt: skip


@pytest.fixture
def home(tmp_path: Path) -> Path:
    for name in OLD | KEPT:
        (tmp_path / name).parent.mkdir(parents=True, exist_ok=True)
        (tmp_path / name).write_text("x")
    return tmp_path


def expire(home: Path, *more: str) -> Called:
    return call("expire", *WORDS, "as_of=2024-01", *more, cwd=home)


def there(home: Path) -> set[str]:
    return set(files(home))


def test_expire__shows_first_and_deletes_nothing(home):
    called = expire(home)
    assert called.status == 0, called.err
    assert there(home) == OLD | KEPT
    for said in ("2021-11", "2021-12", "2021-10", "nothing was deleted", "confirm=true"):
        assert said in called.err
    assert "2022-01/" not in called.err


def test_expire__confirmed_deletes_what_was_shown_and_logs_it_without_households(home):
    assert expire(home, "confirm=true").status == 0
    assert there(home) == KEPT | {"state/log/deleted.csv"}
    log = (home / "state/log/deleted.csv").read_text(encoding="utf-8-sig")
    assert [row.split(",")[1:] for row in log.splitlines()[1:]] == [
        ["county", "list", "2021-11", "2"], ["county", "list", "2021-12", "1"], ["county", "outbox", "2021-12", "1"],
        ["county", "page", "2021-10", "1"], ["county", "handed back", "2021-12", "1"],
    ]  # fmt: skip
    assert "9901" not in log
    again = expire(home, "confirm=true")
    assert "nothing is older than 2022-01" in again.err
    assert there(home) == KEPT | {"state/log/deleted.csv"}


def test_expire__the_months_are_the_countys_to_set(home):
    called = expire(home, "keep.months=120", "confirm=true")
    assert "nothing is older than 2014-01" in called.err
    assert there(home) == OLD | KEPT
    assert expire(home, "keep.months=0").status == 2


def test_expire__by_todays_date_where_no_month_is_said(home):
    """Everything here is older than two years by now."""
    called = call("expire", *WORDS, "confirm=true", cwd=home)
    assert called.status == 0, called.err
    assert not [name for name in there(home) if name.startswith("outputs/lists/county/")]


def test_expire__follows_no_link_out_of_its_folders(home, tmp_path):
    outside = tmp_path / "elsewhere"
    outside.mkdir()
    (outside / "mine.txt").write_text("x")
    (home / "outputs/outbox/2020-01").symlink_to(outside, target_is_directory=True)
    assert expire(home, "confirm=true").status == 0
    assert not (home / "outputs/outbox/2020-01").exists()
    assert (outside / "mine.txt").is_file()


def test_expire__what_cannot_be_deleted_stops_and_a_rerun_goes_on(home, monkeypatch):
    real = os.unlink
    path = "2021-10-990100000001.html"

    def held(name: object, *more: object, **named: object) -> None:
        if str(name).endswith(path):
            raise PermissionError(13, "in use", path)
        real(name, *more, **named)  # type: ignore[arg-type]

    with monkeypatch.context() as patched:
        patched.setattr(os, "unlink", held)
        stopped = expire(home, "confirm=true")
    assert stopped.status == 2
    assert "Close it where it is open" in stopped.told
    assert expire(home, "confirm=true").status == 0
    assert there(home) == KEPT | {"state/log/deleted.csv"}


@pytest.mark.parametrize("command", ["expire", "impact"])
def test_expire_and_impact__are_a_countys(command, tmp_path):
    called = call(command, "data=wage_panel", cwd=tmp_path)
    assert called.status == 2
    assert "is no county's folder" in called.told
    assert not (tmp_path / "outputs").exists()


def words(page: Path) -> str:
    return re.sub(r"<style>.*?</style>|<[^>]+>", "", page.read_text(encoding="utf-8"), flags=re.S)


def test_impact__is_filled_from_the_config_and_marks_what_a_lawyer_must_complete(tmp_path):
    (tmp_path / "county").mkdir()
    page = tmp_path / "outputs" / "impact" / "assessment.html"
    more = ("data.region=990101", "keep.months=18", "risk_list.reply_days=9", "data.list_length=77")
    called = call("impact", *WORDS, *more, cwd=tmp_path)
    assert called.status == 0, called.err
    said = words(page)
    for each in (
        "990101",
        "保存18个月",
        "异议9天内",
        "每月必访77户",
        "未来12个月",
        "每次运行另取一把",
        "民族、性别",
        "户主姓名",
    ):
        assert each in said
    assert said.count("【待填】") >= 20
    assert "使用" in said
    before = page.read_bytes()
    assert call("impact", *WORDS, *more, cwd=tmp_path).status == 0
    assert page.read_bytes() == before
    closed = ("sensitive.groups.health.allowed=false", "data.key_file=/nowhere/county.key", "language=en")
    assert call("impact", *WORDS, *closed, cwd=tmp_path).status == 0
    assert "switched off" in words(page)
    assert "with a sealed copy" in words(page)
    assert "/nowhere" not in words(page)
    assert not re.search("[\u4e00-\u9fff]", words(page))
