"""What is wrong with a county's files: each fault named, with its row, in one pass; none hides another."""

from __future__ import annotations

import re
from pathlib import Path

import openpyxl
import pandas as pd
import pytest

from folders import (
    LINE,
    Row,
    Tables,
    believed,
    county,
    doubted,
    examine,
    home,
    month,
    of,
    plain,
    report,
    rules,
    state,
    write,
    year,
)
from relapse import config
from relapse.core.errors import InputError
from relapse.core.results import Finding
from relapse.core.texts import finding_sentence
from relapse.data.panel_checks import masked
from relapse.flows.examine import all_findings

OLE = b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1"


def where(findings: list[Finding]) -> list[tuple[str, str, int, str]]:
    return [(each.table, each.severity, each.row, each.household_id) for each in findings]


def many(*more: Row) -> Tables:
    """Eight households with a year's wages, so that one report more is not as many as usual."""
    names = [f"h{place}" for place in range(1, 9)]
    return {
        "households": [home(each) for each in names],
        "income": [*(row for each in names for row in year(each)), *more],
    }


def person(household: str, number: str, **more: object) -> dict[str, object]:
    return {
        "household_id": household,
        "person_id": number,
        "birth_month": "1980-05",
        "as_of": "2023-01-01",
        "known_at": "2023-01-05",
        **more,
    }


# ---- rows --------------------------------------------------------------------------------------------------------------


def test_household__of_income_that_is_nowhere_is_named_and_left_out(tmp_path):
    told = examine(tmp_path, plain(income=[*year("h1"), report("h9"), *year("h2")]))
    assert where(of(told.findings, "household_unknown")) == [("income.csv", "fix", 14, "h9")]
    assert told.panel is not None
    assert told.panel.household_ids.tolist() == ["h1", "h2"]
    assert len(told.panel.income) == 24


def test_township__that_is_silent_for_a_month_is_named(tmp_path):
    homes = [home("h1"), home("h2"), home("h3", township="t2"), home("h4", township="t2")]
    income = [row for h in ("h1", "h2", "h3", "h4") for row in year(h)]
    gap = [row for row in income if not (row["household_id"] in ("h3", "h4") and row["from"] in ("2023-04", "2023-09"))]
    told = of(examine(tmp_path, {"households": homes, "income": gap}).findings, "township_silent")
    assert [(each.severity, each.value, each.details["township"]) for each in told] == [
        ("check", "2023-04", "t2"), ("check", "2023-09", "t2"),
    ]  # fmt: skip
    end = [row for row in income if not (row["household_id"] in ("h3", "h4") and row["from"] >= "2023-11")]
    told = of(examine(tmp_path / "end", {"households": homes, "income": end}).findings, "township_silent")
    assert [(each.value, each.details["township"]) for each in told] == [("2023-11", "t2"), ("2023-12", "t2")]
    one = [row for row in income if not (row["household_id"] == "h3" and row["from"] == "2023-04")]
    assert of(examine(tmp_path / "one", {"households": homes, "income": one}).findings, "township_silent") == []


def test_known__before_it_happened_is_named_and_left_out(tmp_path):
    income = [*year("h1"), *year("h2"), report("h2", "2023-05", 900, source="business", known_at="2023-03-05")]
    told = examine(tmp_path, plain(income=income))
    assert where(of(told.findings, "known_before_happened")) == [("income.csv", "fix", 26, "h2")]
    assert (
        of(told.findings, "known_before_happened")[0].column,
        of(told.findings, "known_before_happened")[0].value,
    ) == ("known_at", "2023-03-05")
    assert told.panel is not None
    assert believed(told.panel, "h2", "2023-05", "2023-12") == 100
    assert doubted(told.panel) == ["h2"]


def test_known__a_measure_may_be_planned(tmp_path):
    measures = [{"household_id": "h1", "kind": "job", "from": "2023-05", "known_at": "2023-03-05"}]
    assert examine(tmp_path, plain(measures=measures)).findings == ()


def test_future__is_after_the_newest_reported_month_and_not_todays(tmp_path):
    # the newest report is of December 2023, known in January 2024
    events = [
        {"household_id": "h1", "kind": "illness", "happened_at": "2024-01-20", "known_at": "2024-01-25"},
        {"household_id": "h2", "kind": "illness", "happened_at": "2024-02-03", "known_at": "2024-02-04"},
    ]
    told = examine(tmp_path, plain(events=events))
    assert where(of(told.findings, "in_the_future")) == [("events.csv", "fix", 3, "h2")]
    assert [(each.column, each.value) for each in of(told.findings, "in_the_future")] == [("happened_at", "2024-02-03")]
    assert told.panel is not None
    assert len(told.panel.tables["events"]) == 1
    assert doubted(told.panel) == ["h2"]
    late = [
        {
            **row,
            "from": row["from"].replace("2023", "2093"),
            "to": row["to"].replace("2023", "2093"),
            "known_at": "2094-02-01",
        }
        for row in year("h1")
    ]
    far = [{**home(each), "as_of": "2093-01-01", "known_at": "2093-01-05"} for each in ("h1", "h2")]
    assert examine(tmp_path / "far", {"households": far, "income": late}).findings == ()


def test_future__a_line_may_be_announced_after_the_newest_report(tmp_path):
    lines = [
        {
            "region_code": "99",
            "valid_from": "2024-06-01",
            "line": 7000,
            "announced_on": "2024-05-20",
            "known_at": "2024-05-20",
        }
    ]
    told = examine(tmp_path, plain(lines=lines))
    assert told.findings == ()
    assert told.panel is not None
    assert len(told.panel.tables["lines"]) == 1


def test_future__one_slip_of_the_pen_does_not_move_the_newest_month(tmp_path):
    told = examine(tmp_path, many(report("h2", "2033-05", 900)))
    assert where(of(told.findings, "in_the_future")) == [("income.csv", "fix", 98, "h2")]
    assert told.panel is not None
    assert told.panel.last <= month("2024-01")


@pytest.mark.parametrize("text", ["民国112年5月", "112-05", "1402-02", "2566-05"])
def test_calendar__of_another_kind_is_named_and_the_row_left_out(tmp_path, text):
    told = examine(
        tmp_path,
        plain(income=[*year("h1"), *year("h2"), {**report("h2", source="business"), "from": text, "to": text}]),
    )
    found = of(told.findings, "not_a_month")
    assert [(each.row, each.column, each.severity, each.value) for each in found] == [
        (26, "from", "fix", text),
        (26, "to", "fix", text),
    ]
    assert rules(told.findings) == [("not_a_month", "fix")]  # told once, not as missing too
    assert told.panel is not None
    assert len(told.panel.income) == 24
    assert doubted(told.panel) == ["h2"]


def test_calendar__of_a_known_at_leaves_the_row_out(tmp_path):
    told = examine(
        tmp_path, plain(income=[*year("h1"), *year("h2"), report("h2", source="business", known_at="民国112年6月5日")])
    )
    assert rules(told.findings) == [("not_a_date", "fix")]
    assert told.panel is not None
    assert believed(told.panel, "h2", "2023-05", "2023-12") == 100
    assert doubted(told.panel) == ["h2"]


def test_needed__cells_that_are_blank_are_named(tmp_path):
    told = examine(
        tmp_path,
        plain(income=[*year("h1"), *year("h2"), report("h2", amount=""), report("h1", source="wage", **{"from": ""})]),
    )
    assert [(each.row, each.column, each.severity) for each in of(told.findings, "value_missing")] == [
        (26, "amount", "fix"),
        (27, "from", "fix"),
    ]
    assert told.panel is not None
    assert doubted(told.panel) == ["h1", "h2"]


def test_state__that_lacks_something_keeps_its_household_on_the_list(tmp_path):
    homes = [home("h1", type="外星户"), home("h2", village=""), home("h3", as_of="2023-04-01", known_at="2023-02-01"),
             home("h4", microloan=1e12), home("h5")]  # fmt: skip
    income = [row for each in ("h1", "h2", "h3", "h4", "h5") for row in year(each)]
    told = examine(tmp_path, {"households": homes, "income": income})
    assert rules(told.findings) == [
        ("absurd_amount", "fix"), ("known_before_happened", "fix"), ("not_a_choice", "fix"), ("out_of_range", "check"), ("value_missing", "fix"),
    ]  # fmt: skip
    panel = told.panel
    assert panel is not None
    assert panel.as_of(month("2023-12")).observed.tolist() == [0, 1, 2, 3, 4]
    assert doubted(panel) == ["h1", "h2", "h3", "h4"]
    assert state(panel, "h4", "microloan", "2023-12") != 1e12
    assert state(panel, "h3", "size", "2023-01") is None
    assert state(panel, "h3", "size", "2023-02") == 2


def test_state__a_bad_optional_date_is_blank_and_in_doubt(tmp_path):
    told = examine(
        tmp_path, plain(households=[home("h1", house_graded_at="民国99年"), home("h2", house_graded_at="2020-05-01")])
    )
    assert rules(told.findings) == [("not_a_date", "fix")]
    assert told.panel is not None
    assert doubted(told.panel) == ["h1"]
    assert state(told.panel, "h1", "size", "2023-12") == 2


def test_household__without_a_number_is_nobody(tmp_path):
    told = examine(tmp_path, plain(households=[home("h1"), home("h2"), home("")]))
    assert [(each.row, each.column) for each in of(told.findings, "value_missing")] == [(4, "household_id")]
    assert told.panel is not None
    assert told.panel.tables["households"].household.tolist() == [0, 1]


def test_person__without_a_number_is_named(tmp_path):
    told = examine(tmp_path, plain(persons=[person("h1", "p1"), person("h2", "")]))
    assert [(each.row, each.column, each.severity) for each in of(told.findings, "value_missing")] == [
        (3, "person_id", "fix")
    ]
    assert told.panel is not None
    assert len(told.panel.tables["persons"]) == 1


def test_household__told_twice_is_named_and_the_later_row_holds(tmp_path):
    told = examine(tmp_path, plain(households=[home("h1"), home("h2"), home("h1", size=5)]))
    assert where(of(told.findings, "told_twice")) == [("households.csv", "check", 4, "h1")]
    assert of(told.findings, "told_twice")[0].value == "2023-01-01"
    assert told.panel is not None
    assert state(told.panel, "h1", "size", "2023-12") == 5


def test_report__told_twice_is_named_and_a_correction_is_not(tmp_path):
    again = [report("h2", amount=7, known_at="2023-06-05"), report("h1", amount=7, known_at="2023-07-05")]
    told = examine(tmp_path, plain(income=[*year("h1"), *year("h2"), *again]))
    assert where(of(told.findings, "told_twice")) == [("income.csv", "check", 26, "h2")]


def test_person__in_two_households_bears_one_number_for_the_audits(tmp_path):
    number = "11010519491231002X"
    told = examine(
        tmp_path,
        plain(
            persons=[
                person("h1", "p1", id_number=number),
                person("h2", "p2", id_number="11010519491231002x"),
                person("h2", "p3", id_number=""),
            ]
        ),
    )
    assert told.panel is not None
    same = told.panel.tables["persons"].number("id_same")
    assert same[0] == same[1]
    assert same[2] != same[2]  # missing


def test_amounts__beyond_reason_are_left_out(tmp_path):
    told = examine(tmp_path, plain(income=[*year("h1"), *year("h2"), report("h2", amount=5e9, source="business")]))
    assert [(each.severity, each.value) for each in of(told.findings, "absurd_amount")] == [("fix", "5,000,000,000")]
    assert told.panel is not None
    assert believed(told.panel, "h2", "2023-05", "2023-12") == 100


@pytest.mark.parametrize(
    ("column", "value", "shown"),
    [("region_code", "9901011", "9901011"), ("region_code", "贵州", "贵**"), ("line", -3, "-3"), ("line", 0, "0")],
)
def test_lines__that_are_none_are_named_and_the_others_hold(tmp_path, column, value, shown):
    # the line recipe took every row of the table for an announcement, and validate ended in a traceback
    good = {"region_code": "99", "valid_from": "2022-01-01", "line": 6000, "announced_on": "2022-01-01"}
    bad = {**good, "valid_from": "2022-02-01", "announced_on": "2022-02-01", column: value}
    recipe = county(write(tmp_path, plain(lines=[good, bad])))
    line = config.option("line", "county")
    found = all_findings(recipe.examine(line), config.option("audits", "national"), month("2023-12"))
    assert [(each.row, each.severity, each.column, each.value) for each in of(found, "not_a_line")] == [
        (3, "stop", column, shown)
    ]
    assert of(found, "line_missing") == []


# ---- files -------------------------------------------------------------------------------------------------------------


def test_counties__two_in_one_folder_stop(tmp_path):
    told = examine(
        tmp_path / "column", plain(households=[home("h1", region_code="990101"), home("h2", region_code="990102")])
    )
    assert rules(told.findings) == [("two_counties", "stop")]
    numbers = ("990101000000000001", "990102000000000002")
    told = examine(
        tmp_path / "number",
        {"households": [home(each) for each in numbers], "income": [row for each in numbers for row in year(each)]},
    )
    assert rules(told.findings) == [("two_counties", "stop")]
    assert of(told.findings, "two_counties")[0].details == {"codes": "990101, 990102"}
    with pytest.raises(InputError, match="990102"):
        county(tmp_path / "number").read(LINE)


def test_columns__that_are_shifted_stop(tmp_path):
    shifted = [dict(zip(row, ["", *list(row.values())[:-1]], strict=True)) for row in plain()["income"]]
    told = examine(tmp_path, plain(income=shifted))
    assert ("column_shifted", "stop") in rules(told.findings)
    assert {each.column for each in of(told.findings, "column_shifted")} >= {"source", "from", "amount"}


def test_columns__that_are_shifted_further_right_are_named_too(tmp_path):
    homes = [home(f"h{place}", toilet="120", house_area="是", microloan="否") for place in range(4)]
    told = examine(tmp_path, {"households": homes, "income": [row for place in range(4) for row in year(f"h{place}")]})
    assert sorted((each.column, each.severity) for each in of(told.findings, "column_shifted")) == [
        ("house_area", "check"), ("microloan", "check"), ("toilet", "check"),
    ]  # fmt: skip
    assert told.panel is not None


def test_rows__that_are_shifted_are_told_by_number(tmp_path):
    folder = write(tmp_path, plain())
    lines = (folder / "income.csv").read_text().splitlines()
    lines[4], lines[8] = lines[4] + ",x", lines[8].rpartition(",")[0]
    (folder / "income.csv").write_text("\n".join(lines))
    told = county(folder).examine(LINE)
    assert [(each.row, each.severity) for each in of(told.findings, "row_width")] == [(5, "stop"), (9, "stop")]


def test_workbook__with_a_password_is_named_beside_the_others(tmp_path):
    folder = write(tmp_path, plain())
    (folder / "persons.xlsx").write_bytes(OLE + bytes(4096))
    (folder / "claims.csv").write_bytes(b"")
    (folder / "work.parquet").write_bytes(b"PAR1")
    told = county(folder).examine(LINE)
    assert {each.table: each.severity for each in of(told.findings, "file_unreadable")} == {
        "persons.xlsx": "stop", "claims.csv": "stop", "work.parquet": "stop",
    }  # fmt: skip
    why = {each.table: [each.details["why"], each.zh["why"]] for each in of(told.findings, "file_unreadable")}
    assert "password" in why["persons.xlsx"][0]
    assert "密码" in why["persons.xlsx"][1]
    assert "空的" in why["claims.csv"][1]
    assert "不完整" in why["work.parquet"][1]
    assert told.panel is not None


def test_workbook__of_an_old_kind_is_named(tmp_path):
    folder = write(tmp_path, plain())
    (folder / "医疗费用.xls").write_bytes(OLE + bytes(4096))
    told = county(folder).examine(LINE)
    assert [(each.table, each.severity) for each in of(told.findings, "file_unreadable")] == [("医疗费用.xls", "stop")]


def test_files__of_a_table_in_a_kind_that_is_not_read_are_named(tmp_path):
    folder = write(tmp_path, plain())
    (folder / "claims.csv.gz").write_bytes(b"x")
    (folder / "notes.docx").write_bytes(b"x")
    told = county(folder).examine(LINE)
    assert [(each.rule, each.table, each.severity) for each in told.findings] == [
        ("file_ignored", "claims.csv.gz", "note")
    ]


def test_files__that_are_no_table_are_named_and_ignored(tmp_path):
    folder = write(tmp_path, plain())
    (folder / "incomes.csv").write_text("a,b\n1,2\n")
    told = county(folder).examine(LINE)
    assert [(each.table, each.severity) for each in told.findings] == [("incomes.csv", "note")]
    assert "income" in told.findings[0].details["nearest"]


def test_tables__that_are_needed_and_missing_stop(tmp_path):
    assert rules(examine(tmp_path / "a", {"households": [home("h1")]}).findings) == [("table_missing", "stop")]
    told = examine(tmp_path / "b", {"income": [{k: v for k, v in row.items() if k != "amount"} for row in year("h1")]})
    assert {(each.rule, each.table) for each in told.findings} == {
        ("column_missing", "income.csv"),
        ("table_missing", "households"),
    }
    assert told.panel is None


def test_columns__that_are_needed_and_missing_stop_and_offer_the_nearest(tmp_path):
    told = examine(
        tmp_path,
        plain(income=[{**{k: v for k, v in row.items() if k != "amount"}, "amounts": 3} for row in year("h1")]),
    )
    assert [(each.severity, each.column, each.details["nearest"]) for each in of(told.findings, "column_missing")] == [
        ("stop", "amount", "amounts")
    ]


def test_ids__that_lost_their_digits_stop(tmp_path):
    told = examine(tmp_path, plain(income=[*year("h1"), *year("h2"), report("2.10727E+17")]))
    assert [(each.row, each.severity) for each in of(told.findings, "id_damaged")] == [(26, "stop")]


# ---- together ----------------------------------------------------------------------------------------------------------


def test_examine__tells_all_of_them_in_one_pass(tmp_path):
    homes = [*(home(f"h{k}", region_code="990101") for k in range(1, 9)), home("h2", region_code="990102")]
    income = [
        *many()["income"], report("h9"), report("h2", source="business", known_at="2022-01-01"), report("h2", "2033-01"),
        report("h1", source="transfer", amount=1e12), report("h1", source="property", known_at="1402-03-01"), report("h1", source="?"),
    ]  # fmt: skip
    folder = write(
        tmp_path, {"households": homes, "income": income, "claims_20230501": [], "events": [{"household_id": "h1"}]}
    )
    (folder / "persons.xlsx").write_bytes(OLE + bytes(4096))
    (folder / "visits_20230501.csv").write_text("household_id,visited_at,verdict\n")
    (folder / "走访记录_20230501.csv").write_text("household_id,visited_at,verdict\n")
    told = county(folder).examine(LINE)
    assert rules(told.findings) == [
        ("absurd_amount", "fix"), ("column_missing", "stop"), ("file_unreadable", "stop"), ("household_unknown", "fix"),
        ("in_the_future", "fix"), ("known_before_happened", "fix"), ("not_a_choice", "fix"), ("not_a_date", "fix"),
        ("out_of_range", "check"), ("snapshot_twice", "stop"), ("told_twice", "check"), ("two_counties", "stop"),
    ]  # fmt: skip
    for language in ("zh", "en"):
        said = [finding_sentence(each, language) for each in told.findings]
        assert all(said)
        assert not [each for each in said if re.search(r"[{}]", each)]
    with pytest.raises(InputError, match="cannot be used"):
        county(folder).read(LINE)


def test_validate__tells_faults_of_files_line_and_audits_together(tmp_path):
    names = [f"h{place}" for place in range(1, 9)]
    number = "99010119491231002X"
    folder = write(
        tmp_path,
        {
            "households_20230201": [home(each, township=f"t{each > 'h4'}", region_code="990101", updated_on="2023-01-30") for each in names],
            "households_20240105": [home(each, township=f"t{each > 'h4'}", region_code=f"99010{1 + (each == 'h8')}", updated_on="2023-01-12") for each in names],
            "income": [
                *(row for each in names for row in year(each) if each <= "h4" or row["from"] != "2023-04"),
                report("h9"), report("h2", "2033-01"), report("h2", source="business", known_at="2022-01-01"),
                report("h1", source="property", known_at="1402-03-01"),
            ],
            "persons": [person("h1", "p1", id_number=number), person("h2", "p2", id_number=number)],
            "claims": [{"household_id": each, "month": "是", "own_cost": "省外"} for each in names],
            "走访记录_20230501.csv": [{"household_id": "h1", "visited_at": "2023-04-01", "verdict": "无风险"}],
            "visits_20230501": [{"household_id": "h1", "visited_at": "2023-04-01", "verdict": "无风险"}],
        },
    )  # fmt: skip
    (folder / "work.xlsx").write_bytes(OLE + bytes(4096))
    line = config.option("line", "county", rows=[])
    found = all_findings(county(folder, region="539901").examine(line), config.option("audits", "national"), None)
    wanted = {
        "household_unknown", "township_silent", "known_before_happened", "in_the_future", "not_a_date", "A16",
        "line_missing", "snapshot_older", "snapshot_twice", "column_shifted", "file_unreadable", "two_counties",
    }  # fmt: skip
    assert wanted - {each.rule for each in found} == set()
    assert not [each for each in found if number in str(each)]


@pytest.mark.parametrize(
    "tables",
    [
        {"households": [home("h1")], "income": year("h9")},  # nobody of them is known
        {"households": [home("")], "income": year("h1")},
        {"households": [home("h1")], "income": [report("h1", amount="")]},
        {"households": [home("h1")], "income": [report("h1", source="payout")]},  # no income
    ],
)
def test_nothing_usable__stops_and_says_so(tmp_path, tables):
    told = examine(tmp_path, tables)
    assert [each.severity for each in of(told.findings, "nothing_usable")] == ["stop"]
    assert told.panel is None
    with pytest.raises(InputError, match="No household has an income"):
        county(tmp_path).read(LINE)


def test_folder__that_is_not_there_or_empty_says_what_to_do(tmp_path):
    with pytest.raises(InputError, match="relapse init"):
        county(tmp_path / "x").read(LINE)
    with pytest.raises(InputError, match=r"households\.csv"):
        county(tmp_path).read(LINE)


# ---- nobody is named ---------------------------------------------------------------------------------------------------


def test_findings__show_no_name_number_or_telephone(tmp_path: Path):
    secrets = {"王小明", "虚拟甲", "11010519491231002X", "13912345678", "6217000000000000001"}
    rows = [
        person(
            "h1",
            "p1",
            name="王小明",
            id_number="11010519491231002X",
            phone="13912345678",
            sex="王小明",
            allowance_amount="13912345678",
        ),
        person(
            "h2", "p2", name="虚拟甲", bank_card="6217000000000000001", sex="虚拟甲", work_months="11010519491231002X"
        ),
        person("h2", "p3", sex="欧阳小明", health="电话13912345678", birth_month="11010519491231002X"),
        person("h2", "p4", name="6217000000000000001", work_months="6217000000000000001"),
    ]
    told = examine(tmp_path, plain(persons=rows))
    assert len(of(told.findings, "not_a_choice")) == 4
    shown = [" ".join([each.value, *each.details.values(), finding_sentence(each, "zh")]) for each in told.findings]
    assert not [each for each in shown if any(secret in each for secret in {*secrets, "欧阳小明"})]
    assert any("欧***" in each for each in shown)


@pytest.mark.parametrize(
    ("text", "shown"),
    [
        ("11010519491231002x", "110***************"),
        ("11010519491231002X43", "110*****************"),  # a certificate of disability
        ("110105491231002", "110************"),
        ("6217000000000000001", "621****************"),  # a bank card
        ("电话13912345678转1", "电话139********转1"),
        ("电话 139-1234-5678", "电话 139**********"),
        ("990101 19491231 002X", "990*****************"),
        ("2023-05-01 2023-06-01", "2023-05-01 2023-06-01"),
        ("买买提·艾力", "买*****"),
        ("王小明", "王**"),
        ("欧阳小明", "欧***"),
        ("1234567.50", "1234567.50"),
        ("20230501", "20230501"),
        ("一万元左右", "一万元左右"),
        ("好", "好"),
    ],
)
def test_masked__leaves_no_number_or_name_to_be_read(text, shown):
    assert masked(text) == shown


def test_findings__show_no_number_of_a_person_where_a_households_should_stand(tmp_path):
    told = examine(
        tmp_path, plain(income=[*year("h1"), *year("h2"), report("11010519491231002X"), report("990101000000000001")])
    )
    assert [each.household_id for each in of(told.findings, "household_unknown")] == [
        "110***************",
        "990101000000000001",
    ]


def test_findings__of_persons_told_twice_do_not_tell_their_numbers(tmp_path):
    told = examine(
        tmp_path,
        plain(
            claims=[{"household_id": "h1", "person_id": "p77", "month": "2023-04", "own_cost": 9}] * 2,
            persons=[person("h1", "p77")] * 2,
        ),
    )
    assert len(of(told.findings, "told_twice")) == 2
    assert not [each for each in told.findings if "p77" in str(each)]


def test_workbook__shows_its_sheets_that_are_not_read(tmp_path):
    folder = write(tmp_path, plain())
    book = openpyxl.Workbook()
    book.worksheets[0].append(["household_id", "month", "own_cost"])
    book.worksheets[0].append(["h1", "2023-05", 5])
    book.create_sheet("旧数据").append(["household_id", "month", "own_cost"])
    book.save(folder / "claims.xlsx")
    told = county(folder).examine(LINE)
    assert [(each.rule, each.value) for each in told.findings] == [("sheet_ignored", "旧数据")]
    assert pd.notna(told.panel.amounts["own_cost"]).any()
