"""No household enters the registry, and no count is mistaken for one."""

from __future__ import annotations

import io
from collections.abc import Callable

import pandas as pd
import pytest

from relapse.core.errors import RelapseError
from relapse.core.record import PlainRun, Record, Study
from relapse.registry.privacy import check_privacy, check_study

Make = Callable[..., Record]


@pytest.mark.parametrize(
    ("changes", "place"),
    [
        ({"tags": {"note": "see HH00042"}}, "the tags"),
        ({"params": {"only": "[HH00042]"}}, "the params"),
        ({"description": "Household HH00042 fell."}, "the description"),
        ({"artifacts": {"eval/worst.csv": b"id,score\nHH00042,0.9\n"}}, "eval/worst.csv"),
        ({"artifacts": {"shap/HH00042.png": b"\x89PNG\r\n\x1a\n"}}, "shap/HH00042.png"),
        ({"files": {"version.json": b'{"seen": ["HH00042"]}'}}, "version.json"),
        ({"experiment": "HH00042"}, "the names"),
        ({"artifacts": {"card.md": "\u6237HH00042\u5728".encode()}}, "card.md"),
    ],
)
def test_check_privacy__finds_an_id_wherever_it_stands(record: Make, changes: dict[str, object], place: str) -> None:
    with pytest.raises(RelapseError, match=f"1 household ids stand in {place}") as refusal:
        check_privacy(record(**changes), ["HH00042", "HH00043"])
    assert "HH00042" not in str(refusal.value).replace(place, "")


@pytest.mark.parametrize(
    "household_id", ["522727-001-03", "GZ/522727/1", "\u8d35\u5dde\u7701\u4e00\u4e8c", "99990000111122"]
)
def test_check_privacy__knows_ids_of_several_words_and_long_numbers(record: Make, household_id: str) -> None:
    with pytest.raises(RelapseError, match="household ids stand in the description"):
        check_privacy(record(description=f"First of all {household_id}, then others."), [household_id])


@pytest.mark.parametrize(
    ("household_id", "text"),
    [
        ("17", "17 events"),
        ("2021", "until 2021"),
        ("100051", "100051 rows"),
        ("100051.0", "100051.0 yuan"),
        ("12345678", "a share of 0.12345678"),
        ("HH00042", "HH000421 and XHH00042"),
        ("522727-001-03", "522727-001-035"),
        ("abcdef12", '<img src="data:image/png;base64,abcdef12 abcdef12">'),
    ],
)
def test_check_privacy__lets_pass_what_is_no_household(record: Make, household_id: str, text: str) -> None:
    check_privacy(record(artifacts={"report.html": text.encode()}), [household_id])


def test_check_privacy__tables_of_rows_and_what_cannot_be_searched_are_refused(record: Make) -> None:
    table = io.BytesIO()
    pd.DataFrame({"household_id": ["HH00042"]}).to_parquet(table)
    with pytest.raises(RelapseError, match="table of rows"):
        check_privacy(record(artifacts={"rows.parquet": table.getvalue()}), [])
    with pytest.raises(RelapseError, match="cannot be searched"):
        check_privacy(record(artifacts={"list.xlsx": b"PK\x03\x04\xff"}), [])
    with pytest.raises(RelapseError, match=r"model/bins\.parquet"):
        check_privacy(record(files={"model/bins.parquet": table.getvalue()}), ["HH00042"])


def test_check_study__finds_an_id_in_any_of_its_runs() -> None:
    def run(tag: str, description: str = "") -> PlainRun:
        return PlainRun("trial 0", {"state": tag}, {}, {}, {}, {}, description)

    check_study(Study("relapse-tiny-tune", "k", run("whole"), [run("pruned")]), ["HH-ZX81-00001"])
    with pytest.raises(RelapseError, match="the tags of 'trial 0'"):
        check_study(Study("relapse-tiny-tune", "k", run("whole"), [run("HH-ZX81-00001")]), ["HH-ZX81-00001"])
    with pytest.raises(RelapseError, match="the description of 'trial 0'"):
        check_study(Study("relapse-tiny-tune", "k", run("whole", "HH-ZX81-00001"), []), ["HH-ZX81-00001"])
