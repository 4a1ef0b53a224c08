"""A list and its hand-back of an older layout, kept as files since: they are read as those of today."""

from __future__ import annotations

import shutil
from pathlib import Path

import pandas as pd
import pytest

from handbacks import COUNTY, heads, household
from relapse import config
from relapse.county.reports.list_columns import COUNTY_COLUMN_VERSION
from relapse.data.contract_file import read_contract
from relapse.data.handback import store
from relapse.data.handback.issued import read_issued
from relapse.data.handback.take import take
from relapse.outputs import write_all

OLDER = Path(__file__).parent / "columns_2"


@pytest.fixture
def lists(tmp_path: Path) -> Path:
    shutil.copytree(OLDER / "2023-12", tmp_path / "lists" / "2023-12")
    return tmp_path / "lists"


def test_an_older_hand_back__is_matched_to_its_older_list_and_kept(lists: Path, tmp_path: Path) -> None:
    meta = pd.read_excel(OLDER / "returned.xlsx", sheet_name="_meta", header=None, dtype=str)
    assert "2" in meta.loc[meta[0] == "column_version", 1].to_list()  # the file is that of before
    assert COUNTY_COLUMN_VERSION != "2"
    back = take(
        [(OLDER / "returned.xlsx", "returned.xlsx")], COUNTY, read_contract("national"),
        config.option("handback", "default"), read_issued(lists), lambda ids: heads(len(ids)), None, "",
    )  # fmt: skip
    versions = store.with_rows(store.read_kept(tmp_path / "county"), back.rows)
    held = store.holding(versions, store.read_kept(tmp_path / "county").settled)
    write_all(tmp_path / "county" / "feedback", store.files_of(back.papers, back.rows, versions, held))
    visits = pd.read_parquet(tmp_path / "county" / "feedback" / "visits.parquet").set_index("household_id")
    assert list(visits.index) == [household(0), household(1), household(2)]
    assert visits["verdict"].tolist() == ["no_risk", "at_risk", "no_risk"]
    assert visits["way"].tolist() == ["house", "house", "phone"]
    assert visits.loc[household(1), "cause_found"] == "illness"
    assert visits.loc[household(1), "action"] == "start"
    assert (visits["list_month"] == "2023-12").all()
    assert (visits["tier"] == "visit").all()
    assert [(note.rule, note.row) for note in back.notes] == []
