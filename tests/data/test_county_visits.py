"""What came back stands in the county's table of visits, survives a re-making, and is read nowhere else."""

from __future__ import annotations

from pathlib import Path

import pandas as pd
import pytest

from counties import made_county
from handbacks import keep_visits
from relapse import config
from relapse.core.errors import InputError
from relapse.core.periods import Calendar
from relapse.data.county_files import FEEDBACK
from relapse.data.simulator import simulate as simulator

MONTH = Calendar("monthly").parse


def county(folder: Path):
    return config.option("data", "county", path=str(folder))


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    made = made_county(tmp_path_factory.mktemp("visits") / "county", households=60)
    keep_visits(made)
    return made


def test_visits__are_read_with_all_that_a_list_asks_of_them(folder):
    examined = county(folder).examine(config.option("line", "auto"))
    assert not [each for each in examined.findings if each.table == "visits.parquet"]
    table = examined.panel.as_of(MONTH("2023-11")).table("visits")
    assert table.text("verdict").texts().tolist() == ["not_met", "no_risk"]
    assert table.text("found_causes").texts().tolist() == ["", "illness|job"]
    assert table.text("not_included_reason").texts().tolist() == ["other", "other"]
    assert table.text("source").texts().tolist() == ["rule", "model"]
    assert table.text("tier").texts().tolist() == ["visit", "visit"]
    assert table.number("not_met_twice").tolist() == [1, 0]
    assert table.number("verified").tolist() == [1, 1]
    assert table.number("list_month").tolist() == [MONTH("2023-10")] * 2
    assert table.number("checked_income_pc").tolist()[1] == 8000
    assert "visitor" not in table.columns  # who went stays where files are read


def test_visits__are_not_known_before_they_came(folder):
    panel = county(folder).read(config.option("line", "auto"))
    assert len(panel.as_of(MONTH("2023-10")).table("visits")) == 0
    assert len(panel.as_of(MONTH("2023-11")).table("visits")) == 2


def test_visits__stand_beside_those_of_the_countys_own_table(folder, tmp_path):
    made = made_county(tmp_path / "county", households=60)
    pd.DataFrame(
        {"户编号": ["990100000002"], "走访日期": ["2023-06-05"], "核查结论": ["无风险"], "知晓日期": ["2023-06-20"]}
    ).to_csv(made / "走访核查.csv", index=False)
    keep_visits(made)
    panel = county(made).read(config.option("line", "auto"))
    assert len(panel.as_of(MONTH("2023-11")).table("visits")) == 3


def test_visits__of_the_newest_list_wait_without_a_word_until_their_month_is_reported(folder, tmp_path):
    made = made_county(tmp_path / "county", households=60)
    days = pd.to_datetime(["2024-02-05", "2024-02-06"]).date
    keep_visits(made, visited_at=days, known_at=days)
    examined = county(made).examine(config.option("line", "auto"))
    assert not [each for each in examined.findings if each.table == "visits.parquet"]
    years = pd.to_datetime(["2029-02-05", "2029-02-06"]).date
    keep_visits(made, visited_at=years, known_at=years)
    told = county(made).examine(config.option("line", "auto")).findings
    assert {each.rule for each in told if each.table == "visits.parquet"} == {"in_the_future"}


def test_recognised__is_what_was_believed_at_a_month(folder):
    told = county(folder).recognised("2022-06")
    rows = pd.read_csv(folder / "识别记录.csv", dtype=str)
    known = rows[rows["知晓日期"] <= "2022-06-31"]
    assert told.newest == MONTH("2022-06")
    assert sorted(told.household_id) == sorted(known["户编号"])
    assert len(county(folder).recognised(None).household_id) == len(rows)
    with pytest.raises(InputError):
        county(folder).recognised("soon")


def test_recognised__of_a_county_without_that_table_is_nobody(tmp_path):
    made = made_county(tmp_path / "county", households=20)
    (made / "识别记录.csv").unlink()
    assert len(county(made).recognised(None).household_id) == 0


def test_a_simulated_county_that_is_made_again__keeps_what_came_back(tmp_path):
    folder = tmp_path / "county"
    for name in ("one", "two", "three"):
        made = tmp_path / name
        made.mkdir()
        (made / "households.parquet").write_bytes(name.encode())
        simulator._replace(made, folder)
        assert (folder / "households.parquet").read_bytes() == name.encode()
        if name == "one":
            (folder / FEEDBACK).mkdir()
            (folder / FEEDBACK / "visits.parquet").write_bytes(b"kept")
        else:
            assert (folder / FEEDBACK / "visits.parquet").read_bytes() == b"kept"


def test_a_making_that_was_killed_between_its_two_moves__keeps_what_came_back(tmp_path):
    folder, old, made = tmp_path / "county", tmp_path / ".county-old", tmp_path / "made"
    (old / FEEDBACK).mkdir(parents=True)
    (old / FEEDBACK / "visits.parquet").write_bytes(b"kept")
    made.mkdir()
    simulator._replace(made, folder)
    assert (folder / FEEDBACK / "visits.parquet").read_bytes() == b"kept"
    assert not old.exists()


@pytest.mark.parametrize("key_file", [None, "county.key"])
def test_visitors__get_codes_under_the_countys_key_where_it_has_one(folder, tmp_path, key_file):
    settings = {} if key_file is None else {"key_file": str(tmp_path / "keys" / key_file), "key_state": str(tmp_path)}
    made = config.option("data", "county", path=str(folder), **settings)
    if key_file is None:
        assert made.visitor_code is None
        return
    again = config.option("data", "county", path=str(folder), **settings)
    codes = made.visitor_code(["丁甲乙", "丙丁"])
    assert codes == again.visitor_code(["丁甲乙", "丙丁"])
    assert len(set(codes)) == 2
    assert all(len(code) == 12 and "丁" not in code for code in codes)
