"""Damaged hand-backs: all are read, or refused with a reason; no row of any is lost."""

from __future__ import annotations

import re
import shutil
import subprocess
from collections import Counter
from functools import cache
from pathlib import Path

import pytest
from damages import CASES, COUNT, Case

from handbacks import COUNTY, GOOD, filled, heads, issue, risk_list, saved
from relapse import config
from relapse.core.texts import TEXTS, text
from relapse.data.contract_file import read_contract
from relapse.data.handback.issued import read_issued
from relapse.data.handback.take import HandBack, take

issued_once = cache(read_issued)
SETTINGS = config.option("handback", "default")


@pytest.fixture(scope="module")
def lists(tmp_path_factory: pytest.TempPathFactory) -> tuple[Path, bytes]:
    folder = tmp_path_factory.mktemp("lists")
    return folder, issue(folder, risk_list(COUNT))


def taken(files: list[Path], lists: Path, received_on: str = "") -> HandBack:
    named = [(path, path.name) for path in files]
    contract = read_contract("national")
    return take(named, COUNTY, contract, SETTINGS, issued_once(lists), lambda ids: heads(len(ids)), None, received_on)


def rules(notes) -> dict[str, int]:
    return dict(Counter(note.rule for note in notes))


def test_there_are_more_damages_than_were_asked_for():
    assert len(CASES) >= 40


@pytest.mark.parametrize("case", CASES, ids=lambda case: case.name[:40])
def test_every_damage__is_read_or_refused_with_a_reason_and_nothing_is_lost(case: Case, lists, tmp_path):
    folder, workbook = lists
    file = tmp_path / f"back{case.suffix}"
    file.write_bytes(case.make(workbook))
    back = taken([file], folder)
    for note in [*back.refused, *back.unmatched, *back.notes]:
        assert f"back.{note.rule}" in TEXTS
        assert note.file == file.name
    if case.refused:
        assert [re.search(case.refused, note.details["why"]) is not None for note in back.refused] == [True]
        assert re.search("[\u4e00-\u9fff]", back.refused[0].details["why_zh"])
        assert not len(back.rows)
        return
    assert not back.refused
    assert len(back.rows) == case.rows
    assert int(back.rows["verified"].astype(bool).sum()) == case.verified
    assert rules(back.unmatched) == dict(case.unmatched)
    assert rules(back.notes) == dict(case.notes)
    assert back.blank == case.blank
    for (
        note
    ) in back.notes:  # names its cell; or the row, where the column is gone; or the column, where all of it is meant
        whole = {"clue_missing": note.row, "household_missing": note.row, "column_changed": note.column}
        assert re.fullmatch(r"[A-Z]{1,2}\d+", note.cell) or whole[note.rule]
    assert set(back.rows["household_id"]) <= set(issued_once(folder).rows["household_id"])


def test_libreoffice__saves_what_is_read_as_before(lists, tmp_path):
    if shutil.which("soffice") is None:
        pytest.fail("LibreOffice (Debian: libreoffice-calc) is needed for this test")
    folder, workbook = lists
    file = tmp_path / "list.xlsx"
    days = ["2024-01-08", 45299, "1月8日"]
    file.write_bytes(saved(filled(workbook, lambda row: {**GOOD, "核查日期": days[row % 3]})))
    words = ["soffice", f"-env:UserInstallation=file://{tmp_path}/profile", "--headless", "--convert-to", "xlsx", "--outdir", str(tmp_path / "xlsx"), str(file)]  # fmt: skip
    subprocess.run(words, check=True, capture_output=True, timeout=120)
    before, after = (taken([path], folder) for path in (file, tmp_path / "xlsx" / "list.xlsx"))
    assert len(after.rows) == int(after.rows["verified"].sum()) == COUNT
    assert rules(after.notes) == rules(before.notes) == {}
    kept = ["clue_id", "household_id", "visited_at", "way", "verdict", "action"]
    assert after.rows[kept].equals(before.rows[kept])
    assert set(after.rows["visited_at"]) == {"2024-01-08"}


def test_refusals__are_told_in_chinese_as_in_english(lists, tmp_path):
    file = tmp_path / "x.et"
    file.write_bytes(b"0")
    note = taken([file], lists[0]).refused[0]
    assert note.details["why_zh"] == text("unreadable.old", "zh")
