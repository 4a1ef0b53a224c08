"""What a county keeps of hand-backs: every version, the one that holds, and nothing twice."""

from __future__ import annotations

import io
import re
import zipfile
from functools import cache
from pathlib import Path

import pandas as pd
import pyarrow.parquet as pq
import pytest

from handbacks import COUNTY, DRAWN, GOOD, filled, heads, household, risk_list, saved
from relapse import config
from relapse.core.errors import InputError
from relapse.data.contract_file import read_contract
from relapse.data.handback import store
from relapse.data.handback.issued import read_issued
from relapse.data.handback.take import take
from relapse.outputs import write_all
from relapse.pipelines.score import list_files

SETTINGS = config.option("handback", "default")
COUNT = 6


@cache
def made(month: str) -> dict[str, bytes]:
    return list_files(risk_list(COUNT, month), heads(COUNT))


def test_rows_of_the_random_slice__keep_the_chance_with_which_they_were_drawn(tmp_path):
    office = Office(tmp_path)
    drawn = list_files(risk_list(COUNT, "2023-11", sources=("model", "random")), heads(COUNT))
    (tmp_path / "lists" / "2023-11").mkdir()
    (tmp_path / "lists" / "2023-11" / "list.csv").write_bytes(drawn["list.csv"])
    office.books["2023-11"] = drawn["list.xlsx"]
    visits = office.hand_in(office.paper("a.xlsx", said("不存在风险", 0, 1, 核查日期="2023-12-05"), "2023-11"))
    assert visits["source"].tolist() == ["model", "random"]
    assert visits["tier"].tolist() == ["visit", "random"]
    assert visits["listing_probability"].tolist() == [1.0, DRAWN]


def lay(lists: Path, month: str) -> bytes:
    (lists / month).mkdir(parents=True)
    (lists / month / "list.csv").write_bytes(made(month)["list.csv"])
    return made(month)["list.xlsx"]


class Office:
    """A county with lists, an inbox that is read again and again, and what it keeps."""

    def __init__(self, folder: Path, months: tuple[str, ...] = ("2023-12",)) -> None:
        self.folder, self.county = folder, folder / "county"
        self.books = {month: lay(folder / "lists", month) for month in months}

    def paper(self, name: str, answers, month: str = "2023-12", **touch: object) -> Path:
        book = filled(self.books[month], answers)
        for key, value in touch.items():
            setattr(book.properties, key, value)
        file = self.folder / name
        file.write_bytes(saved(book))
        return file

    def hand_in(self, *files: Path, received_on: str = "") -> pd.DataFrame:
        """Rows of visits.parquet after some files were taken."""
        back = take(
            [(file, file.name) for file in files], COUNTY, read_contract("national"), SETTINGS,
            read_issued(self.folder / "lists"), lambda ids: heads(len(ids)), None, received_on,
        )  # fmt: skip
        kept = store.read_kept(self.county)
        versions = store.with_rows(kept, back.rows)
        held = store.holding(versions, kept.settled)
        write_all(self.county / "feedback", store.files_of(back.papers, back.rows, versions, held))
        self.conflicts = store.conflicts(versions, held, back.rows)
        return self.visits()

    def visits(self) -> pd.DataFrame:
        return pd.read_parquet(self.county / "feedback" / "visits.parquet").set_index("household_id")

    def bytes(self) -> dict[str, bytes]:
        return {
            path.relative_to(self.county).as_posix(): path.read_bytes()
            for path in sorted(self.county.rglob("*"))
            if path.is_file()
        }


@pytest.fixture
def office(tmp_path) -> Office:
    return Office(tmp_path)


def said(verdict: str, *rows: int, **more: str):
    return lambda row: {**GOOD, "核查结论": verdict, **more} if row in (rows or range(COUNT)) else {}


def saved_on(file: Path, day: str) -> Path:
    """A workbook whose program says that it saved it on a day."""
    with zipfile.ZipFile(file) as archive:
        parts = {name: archive.read(name) for name in archive.namelist()}
    core = parts["docProps/core.xml"]
    parts["docProps/core.xml"] = re.sub(
        rb"(<dcterms:modified[^>]*>)[^<]+", rb"\g<1>" + day.encode() + b"T08:00:00Z", core
    )
    with zipfile.ZipFile(file, "w") as archive:
        for name, content in parts.items():
            archive.writestr(name, content)
    return file


def test_visits__are_what_the_contract_promises(office):
    visits = office.hand_in(office.paper("a.xlsx", said("存在风险", 0, 1, 实际原因="因病、因残")))
    first = visits.loc[household(0)]
    assert len(visits) == 2
    assert first["visited_at"].isoformat() == "2024-01-08"
    assert first["known_at"].isoformat() == "2024-01-08"  # a file cannot have come before its last visit
    assert (first["verdict"], first["cause_found"], first["way"]) == ("at_risk", "illness|disability", "house")
    assert (first["list_month"], first["tier"], first["source"]) == ("2023-12", "visit", "model")
    assert (first["listing_probability"], first["verified"], first["not_met_twice"]) == (1.0, True, False)
    assert first["clue_id"] == "202312-100000-001"
    assert (office.county / "feedback" / "received" / "2023-12" / f"{first['handed_in']}.xlsx").is_file()


def test_visits__are_known_from_the_day_on_which_the_file_came(office):
    visits = office.hand_in(office.paper("a.xlsx", said("存在风险", 0)), received_on="2024-02-01")
    assert visits["known_at"].iloc[0].isoformat() == "2024-02-01"


def test_the_same_file_twice__changes_nothing(office):
    file = office.paper("a.xlsx", said("存在风险"))
    office.hand_in(file)
    before = office.bytes()
    office.hand_in(file)
    assert office.bytes() == before
    office.hand_in(file, file)
    assert office.bytes() == before


def test_the_same_answers_in_another_file__change_no_visit_and_the_file_is_kept(office):
    office.hand_in(office.paper("a.xlsx", said("存在风险")))
    before = office.bytes()
    office.hand_in(office.paper("b.xlsx", said("存在风险 "), title="saved again"))
    after = office.bytes()
    assert len(after) == len(before) + 1
    assert {name: after[name] for name in before} == before
    assert not len(office.conflicts)


def test_a_partial_file__takes_nothing_away(office):
    office.hand_in(office.paper("a.xlsx", said("存在风险", 0, 1, 2)))
    visits = office.hand_in(office.paper("b.xlsx", said("不存在风险", 3)))
    assert visits["verdict"].to_dict() == {household(row): "at_risk" for row in (0, 1, 2)} | {household(3): "no_risk"}


def test_a_later_answer__holds_and_the_earlier_one_is_kept_and_shown(office):
    office.hand_in(office.paper("a.xlsx", said("存在风险", 0)))
    visits = office.hand_in(office.paper("b.xlsx", said("不存在风险", 0)))
    assert visits["verdict"].tolist() == ["no_risk"]
    assert office.conflicts["verdict"].tolist() == ["at_risk", "no_risk"]
    assert office.conflicts["holds"].tolist() == [False, True]
    visits = office.hand_in(office.paper("a.xlsx", said("存在风险", 0)))  # the first file once more: nothing new
    assert visits["verdict"].tolist() == ["no_risk"]


def test_an_answer_that_counts__is_not_displaced_by_a_later_one_that_does_not(office):
    office.hand_in(office.paper("a.xlsx", said("存在风险", 0)))
    visits = office.hand_in(office.paper("b.xlsx", said("不存在风险", 0, 核查人=None)))
    assert visits["verdict"].tolist() == ["at_risk"]
    assert len(office.conflicts) == 2


def test_an_answer_that_completes_another__contradicts_nothing(office):
    office.hand_in(office.paper("a.xlsx", said("存在风险", 0, 处置意见=None)))
    visits = office.hand_in(office.paper("b.xlsx", said("存在风险", 0)))
    assert visits["verified"].tolist() == [True]
    assert not len(office.conflicts)


def test_two_files_at_once__the_one_that_was_saved_last_holds_in_whatever_order_they_are_named(office):
    early = saved_on(office.paper("z.xlsx", said("存在风险", 0)), "2024-01-09")
    late = saved_on(office.paper("a.xlsx", said("不存在风险", 0)), "2024-01-10")
    one = office.hand_in(late, early)
    assert one["verdict"].tolist() == ["no_risk"]
    assert office.conflicts["holds"].tolist() == [False, True]


def test_the_office__may_settle_which_answer_holds(office):
    first = office.hand_in(office.paper("a.xlsx", said("存在风险", 0))).iloc[0]["handed_in"]
    office.hand_in(office.paper("b.xlsx", said("不存在风险", 0)))
    line = f"month,household_id,digest\n2023-12,{household(0)},{first[:12]}\n"
    (office.county / "feedback" / "settled.csv").write_text(line)
    visits = office.hand_in(office.paper("c.xlsx", said("不存在风险", 1)))
    assert visits.loc[household(0), "verdict"] == "at_risk"
    (office.county / "feedback" / "settled.csv").write_text("month,digest\n2023-12,1\n")
    with pytest.raises(InputError, match="must have the columns"):
        office.hand_in(office.paper("d.xlsx", said("不存在风险", 1)))


def test_a_household_that_nobody_met_in_two_months__is_marked_for_the_telephone(tmp_path):
    office = Office(tmp_path, ("2023-10", "2023-11", "2023-12"))
    for month, rows, day in (
        ("2023-10", (0, 1, 3), "2023-11-05"),
        ("2023-11", (0, 2), "2023-12-05"),
        ("2023-12", (2, 3), "2024-01-05"),
    ):
        visits = office.hand_in(office.paper(f"{month}.xlsx", said("未见到人", *rows, 核查日期=day), month))
    told = visits.reset_index().set_index(["household_id", "list_month"])["not_met_twice"]
    assert set(told.index[told]) == {(household(0), "2023-11"), (household(2), "2023-12")}


def test_a_row_without_day_or_verdict__is_kept_and_is_no_visit(office):
    visits = office.hand_in(office.paper("a.xlsx", said("存在风险", 0, 1, 核查日期=None)))
    assert not len(visits)
    assert len(store.read_kept(office.county).versions) == 2


def test_visitors__are_kept_as_codes(office):
    office.hand_in(office.paper("a.xlsx", lambda row: {**GOOD, "核查人": ("丁甲乙", "丙丁", "A012")[row % 3]}))
    visits = office.visits()
    digest = visits["handed_in"].iloc[0][:6]
    assert visits["visitor"].tolist() == [f"{digest}-1", f"{digest}-2", "A012"] * 2
    for name, content in office.bytes().items():
        if name.endswith(".parquet"):
            assert "丁甲乙" not in pq.read_table(io.BytesIO(content)).to_pandas().to_string()


def test_a_damaged_store__is_named_and_left(office):
    (office.county / "feedback").mkdir(parents=True)
    (office.county / "feedback" / "versions.parquet").write_bytes(b"PAR1")
    with pytest.raises(InputError, match="versions.parquet is damaged"):
        office.hand_in(office.paper("a.xlsx", said("存在风险", 0)))
    assert list(office.bytes()) == ["feedback/versions.parquet"]
