"""`relapse simulate`, and Yi County as what every command takes without a word."""

from __future__ import annotations

from pathlib import Path

import pyarrow.parquet as pq
import pytest
from calls import call

from relapse import config

SMALL = ("data.households=120", "data.world.last=2020-12")


@pytest.mark.parametrize("command", ["run", "validate", "backtest", "train", "score", "promote"])
def test_yi_county__is_what_commands_take_without_a_word(command):
    assert config.compose(command)["data"]["name"] == "yi_2020"


def test_simulate__writes_the_tables_once(tmp_path):
    first = call("simulate", *SMALL, cwd=tmp_path)
    assert (first.status, "written=True" in first.err) == (0, True), first.err
    county = tmp_path / "data" / "yi_2020"
    before = {path.name: path.read_bytes() for path in county.iterdir()}
    assert {"households.parquet", "income.parquet", "recognitions.parquet", "lines.parquet"} <= set(before)
    again = call("simulate", *SMALL, cwd=tmp_path)
    assert "written=False" in again.err
    assert {path.name: path.read_bytes() for path in county.iterdir()} == before
    other = call("simulate", *SMALL, "data.world_seed=7", cwd=tmp_path)
    assert "written=True" in other.err
    assert (county / "income.parquet").read_bytes() != before["income.parquet"]


def test_simulate__writes_the_truth_apart(tmp_path):
    done = call("simulate", *SMALL, "truth_origins=[2020-06]", "truth_paths=2", cwd=tmp_path)
    assert done.status == 0, done.err
    truth = pq.read_table(tmp_path / "data" / "yi_2020.truth" / "chances.parquet").to_pandas()
    assert set(truth["origin"]) == {"2020-06"}
    assert truth["any_6"].between(0, 1).all()
    assert not [path for path in Path(tmp_path / "data" / "yi_2020").iterdir() if "chance" in path.name]


@pytest.mark.parametrize(
    ("words", "told"),
    [
        (["data=county", "data.path=."], "no simulated county"),
        (["data.households=0"], "households"),
        (["truth_origins=[2030-01]"], "2030-01"),
        (["truth_origins=[soon]"], "soon"),
    ],
)
def test_simulate__refuses_in_one_message(tmp_path, words, told):
    done = call("simulate", *words, cwd=tmp_path)
    assert done.status == 2
    assert told in done.told
    assert not (tmp_path / "data" / "yi_2020").exists()
