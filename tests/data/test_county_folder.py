"""A county's folder → a panel in both clocks. Answers are worked out in comments; nobody in it exists."""

from __future__ import annotations

from typing import Any

import numpy as np
import pandas as pd
import pytest
from omegaconf import OmegaConf

from folders import (
    LINE,
    believed,
    county,
    doubted,
    examine,
    home,
    month,
    of,
    plain,
    read,
    report,
    rules,
    state,
    write,
    year,
)
from relapse import config
from relapse.core.conf_dir import conf_dir
from relapse.core.errors import InputError
from relapse.core.facts import Category
from relapse.core.panel import Panel
from relapse.data.contract_file import read_contract
from relapse.flows.examine import audit_findings

HEADERS = {
    "households": {"household_id": "户编号", "township": "乡(镇)", "village": "行政村", "type": "户类型", "size": "家庭人口(人数)",
                   "as_of": "截至日期", "known_at": "知晓日期"},
    "income": {"household_id": "户编号", "source": "收入来源", "from": "起始月份", "to": "终止月份", "amount": "金额(元)",
               "known_at": "知晓日期"},
}  # fmt: skip


def same(one: Panel, other: Panel) -> bool:
    """Whether two panels hold the same, bit by bit, but for where it stood."""
    rows = ("household", "period", "known", "income", "measured")
    equal = [np.array_equal(getattr(one, name), getattr(other, name), equal_nan=True) for name in rows]
    equal += [one.household_ids.tolist() == other.household_ids.tolist(), sorted(one.tables) == sorted(other.tables)]
    for name, facts in one.tables.items():
        there = other.tables[name]
        equal += [
            np.array_equal(getattr(facts, k), getattr(there, k))
            for k in ("household", "happened", "known", "withdrawn")
        ]
        for column, values in facts.columns.items():
            told = there.columns[column]
            if isinstance(values, Category):
                equal.append(isinstance(told, Category) and values.texts().tolist() == told.texts().tolist())
            else:
                equal.append(np.array_equal(values, told, equal_nan=True))
    return all(equal)


# ---- formats -----------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("kind", ["parquet", "xlsx"])
def test_format__does_not_matter(tmp_path, kind):
    told = plain(claims=[{"household_id": "h1", "month": "2023-04", "own_cost": 70.5, "known_at": "2023-06-01"}])
    assert same(read(tmp_path / "csv", told), read(tmp_path / kind, told, kind))


def test_format__parquet_with_its_own_types_is_the_same(tmp_path):
    typed = plain()
    typed["income"] = [
        {
            **row,
            "from": pd.Timestamp(row["from"]),
            "to": pd.Timestamp(row["to"]),
            "known_at": pd.Timestamp(row["known_at"]),
        }
        for row in typed["income"]
    ]
    assert same(read(tmp_path / "csv", plain()), read(tmp_path / "parquet", typed, "parquet"))


def test_headers__in_chinese_are_the_same_as_in_english(tmp_path):
    chinese = {
        {"households": "农户信息", "income": "收入"}[name]: [
            {HEADERS[name][key]: value for key, value in row.items()} for row in rows
        ]
        for name, rows in plain().items()
    }
    panel = read(tmp_path / "zh", chinese)
    assert same(read(tmp_path / "en", plain()), panel)


def test_row_order__does_not_matter(tmp_path):
    told = plain(income=[*year("h1"), *year("h2"), report("h1", "2023-05", 70, known_at="2023-08-01")])
    turned = {name: list(reversed(rows)) for name, rows in told.items()}
    assert same(read(tmp_path / "a", told), read(tmp_path / "b", turned))


def test_duplicates__are_the_same_in_every_format(tmp_path):
    told = plain(income=[*year("h1"), report("h1", "2023-05", 70), report("h1", "2023-05", 70), *year("h2")])
    panels = [read(tmp_path / kind, told, kind) for kind in ("csv", "parquet", "xlsx")]
    assert same(panels[0], panels[1])
    assert same(panels[0], panels[2])
    assert believed(panels[0], "h1", "2023-05", "2023-12") == 70  # the later row of one day holds


def test_files__of_one_table_are_read_together(tmp_path):
    told = plain()
    parted = {"households": told["households"], "income": told["income"][:12], "收入": told["income"][12:]}
    assert same(read(tmp_path / "one", told), read(tmp_path / "two", parted))


def test_units__of_headers_and_cells_are_yuan(tmp_path):
    told = plain(
        income=[{**{k: v for k, v in row.items() if k != "amount"}, "金额(万元)": "0.01"} for row in year("h1")]
    )
    told["income"][0]["金额(万元)"] = "100元"
    told["income"][1]["金额(万元)"] = "０．０１"
    panel = read(tmp_path, told)
    assert [believed(panel, "h1", f"2023-{m:02d}", "2024-02") for m in (1, 2, 3)] == [100, 100, 100]


def test_ids__keep_their_zeros_whatever_the_format(tmp_path):
    told = {"households": [home("0012")], "income": year("0012")}
    for kind in ("csv", "parquet", "xlsx"):
        assert read(tmp_path / kind, told, kind).household_ids.tolist() == ["0012"]


def test_names__of_a_countys_own_headers_come_first(tmp_path):
    told = plain()
    told["households"] = [{**row, "我县户号": row["household_id"], "household_id": "x"} for row in told["households"]]
    panel = read(tmp_path, told, columns={"households": {"household_id": "我县户号"}})
    assert panel.household_ids.tolist() == ["h1", "h2"]


def test_names__of_fields_and_tables_that_are_not_there_are_refused(tmp_path):
    with pytest.raises(InputError, match="household_id"):
        read(tmp_path, plain(), columns={"households": {"household": "户"}})
    with pytest.raises(InputError, match="income"):
        read(tmp_path, plain(), delays={"incomes": 2})


def test_digest__is_of_contents_and_of_settings_that_change_a_value(tmp_path):
    one, again = read(tmp_path / "a", plain()), read(tmp_path / "b", plain())
    assert one.digest == again.digest
    assert one.digest != read(tmp_path / "c", plain(), window=6).digest
    assert one.digest != read(tmp_path / "d", plain(income=[*year("h1"), *year("h2", 201)])).digest


# ---- clocks ------------------------------------------------------------------------------------------------------------


def test_known_at__of_late_and_corrected_and_withdrawn_reports(tmp_path):
    income = [
        *year("h2"),
        report("h1", "2023-03", 100, known_at="2023-06-20"),  # late
        report("h1", "2023-03", 40, known_at="2023-08-02"),  # corrected
        report("h1", "2023-03", 40, known_at="2023-10-09", withdrawn="是"),
        report("h1", "2023-03", 55, known_at="2023-12-01"),  # told again
    ]
    panel = read(tmp_path, plain(income=income))
    at = {as_of: believed(panel, "h1", "2023-03", f"2023-{as_of:02d}") for as_of in range(3, 13)}
    assert at == {3: None, 4: None, 5: None, 6: 100, 7: 100, 8: 40, 9: 40, 10: None, 11: None, 12: 55}


def test_known_at__two_versions_of_one_month_hold_in_the_order_of_their_days(tmp_path):
    income = [
        *year("h2"),
        report("h1", amount=30, known_at="2023-06-20"),
        report("h1", amount=90, known_at="2023-06-02"),
    ]
    assert believed(read(tmp_path, plain(income=income)), "h1", "2023-05", "2023-06") == 30


def test_known_at__a_correction_of_one_source_leaves_the_others(tmp_path):
    income = [
        *year("h2"),
        report("h1", amount=100),
        report("h1", amount=60, source="business"),
        report("h1", amount=20, source="business_cost"),
        report("h1", amount=70, known_at="2023-09-01"),
    ]
    panel = read(tmp_path, plain(income=income))
    assert believed(panel, "h1", "2023-05", "2023-08") == 100 + 60 - 20
    assert believed(panel, "h1", "2023-05", "2023-09") == 70 + 60 - 20
    assert believed(panel, "h1", "2023-05", "2023-09", "business_cost") == 20


def test_known_at__without_it_the_delay_is_assumed_and_said(tmp_path):
    told = plain()
    told["income"] = [{k: v for k, v in row.items() if k != "known_at"} for row in told["income"]]
    panel = read(tmp_path / "a", told)  # one month in the contract
    assert believed(panel, "h1", "2023-05", "2023-05") is None
    assert believed(panel, "h1", "2023-05", "2023-06") == 100
    said = [each.sentence("en") for each in panel.assumed]
    assert any("24 rows of income" in each and "1 months later" in each for each in said)
    assert any("收入" in each.sentence("zh") and "24行" in each.sentence("zh") for each in panel.assumed)
    slow = read(tmp_path / "b", told, delays={"income": 3})
    assert believed(slow, "h1", "2023-05", "2023-07") is None
    assert believed(slow, "h1", "2023-05", "2023-08") == 100


def test_known_at__the_delay_counts_from_the_last_month_of_a_span(tmp_path):
    told = plain()
    told["income"] = [
        *year("h2"),
        {"household_id": "h1", "source": "wage", "from": "2023-01", "to": "2023-06", "amount": 600},
    ]
    panel = read(tmp_path, told)
    assert believed(panel, "h1", "2023-01", "2023-06") is None
    assert believed(panel, "h1", "2023-01", "2023-07") == 100


def test_states__are_those_that_were_believed(tmp_path):
    homes = [
        home("h1"), home("h2"), home("h1", size=3, as_of="2023-06-01", known_at="2023-08-10"),
        home("h1", size=4, as_of="2023-06-01", known_at="2023-10-02"),  # the same day, corrected
    ]  # fmt: skip
    panel = read(tmp_path, plain(households=homes))
    assert [state(panel, "h1", "size", f"2023-{m:02d}") for m in (7, 8, 9, 10)] == [2, 3, 3, 4]


def test_states__of_two_days_of_one_month_hold_in_the_order_of_their_days(tmp_path):
    later, earlier = (
        home("h1", size=4, as_of="2023-06-20", known_at="2023-07-01"),
        home("h1", size=3, as_of="2023-06-05", known_at="2023-07-01"),
    )
    told = examine(tmp_path, plain(households=[home("h1"), home("h2"), later, earlier]))
    assert told.findings == ()
    assert told.panel is not None
    assert state(told.panel, "h1", "size", "2023-07") == 4


def test_events__of_two_days_of_one_month_are_two(tmp_path):
    events = [{"household_id": "h1", "kind": "illness", "happened_at": f"2023-05-{day}", "own_cost": cost, "known_at": known}
              for day, cost, known in (("03", 50, "2023-06-01"), ("21", 70, "2023-06-01"), ("21", 90, "2023-07-01"))]  # fmt: skip
    told = examine(tmp_path, plain(events=events))
    assert told.findings == ()
    assert told.panel is not None
    for as_of, costs in (("2023-06", [50, 70]), ("2023-07", [50, 90])):
        assert sorted(told.panel.as_of(month(as_of)).table("events").number("own_cost")) == costs


# ---- months ------------------------------------------------------------------------------------------------------------


def test_spans__are_spread_evenly_and_marked(tmp_path):
    panel = read(tmp_path, plain(income=[*year("h2"), report("h1", "2023-01", 1200, to="2023-04")]))
    assert [believed(panel, "h1", f"2023-{m:02d}", "2023-12") for m in (1, 4, 5)] == [300, 300, None]
    assert believed(panel, "h1", "2023-01", "2023-12", "measured") == 0
    assert believed(panel, "h2", "2023-01", "2023-12", "measured") == 1


@pytest.mark.parametrize("seed", range(4))
def test_reports__are_believed_as_a_slow_reader_would_at_every_month(tmp_path, seed):
    rng = np.random.default_rng(seed)
    rows = [*year("h2")]
    for _ in range(60):
        first, width = int(rng.integers(1, 13)), int(rng.choice([1, 1, 1, 2, 3, 6]))
        last = min(first + width - 1, 12)
        sent = pd.Timestamp(2023, last, 1) + pd.DateOffset(days=int(rng.integers(31, 200)))
        rows.append(
            report(
                "h1", f"2023-{first:02d}", float(rng.integers(1, 90) * 12), to=f"2023-{last:02d}", source=str(rng.choice(["wage", "business"])),
                known_at=f"{sent:%Y-%m-%d}", withdrawn="是" if rng.random() < 0.25 else "",
            )
        )  # fmt: skip
    late = {
        (row["source"], row["from"], row["to"], row["known_at"]): row for row in rows if row["household_id"] == "h1"
    }
    panel = county(write(tmp_path, plain(income=[*year("h2"), *late.values()]))).read(LINE)
    for as_of in (f"{2023 + m // 12}-{m % 12 + 1:02d}" for m in range(20)):
        for period in (f"2023-{m:02d}" for m in range(1, 13)):
            parts = [slowly(list(late.values()), source, period, as_of) for source in ("wage", "business")]
            told = [each for each in parts if each is not None]
            seen = believed(panel, "h1", period, as_of)
            assert seen == (pytest.approx(sum(told)) if told else None), (as_of, period)


def slowly(rows: list[dict[str, Any]], source: str, period: str, as_of: str) -> float | None:
    """Of a source in a month: the report of fewest months, of those the one of the latest month, none that is taken back."""
    newest: dict[tuple[str, str], dict[str, Any]] = {}
    for row in sorted(rows, key=lambda row: row["known_at"]):
        if row["source"] == source and row["from"] <= period <= row["to"] and row["known_at"][:7] <= as_of:
            newest[row["from"], row["to"]] = row
    there = [row for row in newest.values() if row["withdrawn"] != "是"]
    spans = [month(row["to"]) - month(row["from"]) + 1 for row in there]
    least = [(row, span) for row, span in zip(there, spans, strict=True) if span == min(spans)]
    if not least:
        return None
    row, span = max(least, key=lambda each: (each[0]["known_at"][:7], each[0]["from"], each[0]["to"]))
    return float(row["amount"]) / span


def test_spans__a_narrow_report_that_is_taken_back_gives_way_to_the_wide_one(tmp_path):
    income = [*year("h2"), report("h1", "2023-01", 1200, to="2023-04", known_at="2023-05-05"), report("h1", "2023-02", 50, known_at="2023-06-05"),
              report("h1", "2023-02", 50, known_at="2023-09-05", withdrawn=1)]  # fmt: skip
    panel = read(tmp_path, plain(income=income))
    assert [believed(panel, "h1", "2023-02", f"2023-{m:02d}") for m in (4, 5, 6, 8, 9)] == [None, 300, 50, 50, 300]
    assert [believed(panel, "h1", "2023-02", f"2023-{m:02d}", "measured") for m in (5, 6, 9)] == [0, 1, 0]


@pytest.mark.parametrize("late", [True, False])
def test_spans__a_narrower_report_holds_whichever_came_first(tmp_path, late):
    wide = report("h1", "2023-01", 1200, to="2023-04", known_at="2023-08-01" if not late else "2023-05-05")
    narrow = report("h1", "2023-02", 50, known_at="2023-08-01" if late else "2023-03-05")
    panel = read(tmp_path, plain(income=[*year("h2"), wide, narrow]))
    assert believed(panel, "h1", "2023-02", "2023-12") == 50
    assert believed(panel, "h1", "2023-03", "2023-12") == 300
    assert believed(panel, "h1", "2023-02", "2023-12", "measured") == 1
    assert believed(panel, "h1", "2023-02", "2023-07") == (300 if late else 50)


def test_spans__a_part_of_the_sources_is_measured(tmp_path):
    income = [*year("h2"), report("h1", "2023-02", 100), report("h1", "2023-01", 900, to="2023-03", source="business")]
    panel = read(tmp_path, plain(income=income))
    assert believed(panel, "h1", "2023-02", "2023-12", "measured") == 0.5
    assert believed(panel, "h1", "2023-02", "2023-12") == 400


def test_spans__whose_end_lies_before_their_begin_are_named_and_left_out(tmp_path):
    told = examine(
        tmp_path,
        plain(income=[*year("h1"), *year("h2"), report("h2", "2023-05", 900, to="2023-02", source="business")]),
    )
    assert [(each.row, each.severity) for each in of(told.findings, "ends_before_begin")] == [(26, "fix")]
    assert told.panel is not None
    assert believed(told.panel, "h2", "2023-05", "2023-12") == 100


def test_spans__of_a_hundred_years_are_a_slip_and_do_not_fill_the_memory(tmp_path):
    told = examine(
        tmp_path,
        plain(income=[*year("h1"), *year("h2"), report("h2", "1923-05", 900, to="2023-05", source="business")]),
    )
    assert of(told.findings, "span_too_long")
    assert told.panel is not None
    assert len(told.panel.income) == 24


def test_annual_income__alone_is_enough(tmp_path):
    # a year's sum is known 3 months later; two years, so that there is a window
    income = [
        report(h, f"{y}-01", 12_000, to=f"{y}-12", known_at=f"{y + 1}-03-10")
        for h in ("h1", "h2")
        for y in (2021, 2022)
    ]
    told = examine(
        tmp_path,
        plain(income=income, households=[home(h, as_of="2021-01-01", known_at="2021-01-02") for h in ("h1", "h2")]),
    )
    assert rules(told.findings) == []
    panel = told.panel
    assert panel is not None
    assert believed(panel, "h1", "2021-07", "2022-02") is None
    assert believed(panel, "h1", "2021-07", "2022-03") == 1000
    assert panel.max_age == 14  # 2021-01 is known in 2022-03
    known = panel.as_of(month("2022-03"))
    history = known.histories(np.array([0], np.int32), end=month("2021-12"), lags=1)
    assert np.ravel(history.window_income)[0] == 12_000 / 2
    assert np.ravel(history.measured)[0] == 0


def test_payouts_and_own_cost__stand_beside_the_income(tmp_path):
    claims = [
        {"household_id": "h1", "month": "2023-05", "own_cost": 300, "claim_id": "c1", "known_at": "2023-06-09"},
        {"household_id": "h1", "month": "2023-05", "own_cost": 200, "claim_id": "c2", "known_at": "2023-08-09"},
        {
            "household_id": "h1",
            "month": "2023-05",
            "own_cost": 250,
            "claim_id": "c1",
            "known_at": "2023-09-09",
        },  # corrected
        {
            "household_id": "h1",
            "month": "2023-05",
            "own_cost": 200,
            "claim_id": "c2",
            "known_at": "2023-11-09",
            "withdrawn": 1,
        },
    ]
    income = [*year("h1"), *year("h2"), report("h1", amount=80, source="payout")]
    panel = read(tmp_path, plain(income=income, claims=claims))
    assert [believed(panel, "h1", "2023-05", f"2023-{m:02d}", "own_cost") for m in (5, 6, 8, 9, 11)] == [
        None,
        300,
        500,
        450,
        250,
    ]
    assert believed(panel, "h1", "2023-05", "2023-12", "payout") == 80
    assert believed(panel, "h1", "2023-05", "2023-12") == 100
    assert panel.references == {"payout": 1.0, "own_cost": -1.0}


def test_formula__one_off_relief_is_no_income(tmp_path):
    income = [
        *year("h1"),
        *year("h2"),
        report("h1", amount=5000, source="transfer", item="临时救助"),
        report("h1", amount=30, source="transfer", item="养老金"),
    ]
    panel = read(tmp_path, plain(income=income))
    assert believed(panel, "h1", "2023-05", "2023-12") == 130
    assert believed(panel, "h1", "2023-05", "2023-12", "transfer") == 30


def test_formula__a_row_holds_between_its_dates(tmp_path):
    recipe = county(write(tmp_path, plain(income=[*year("h1", source="transfer", item="补贴"), *year("h2")])))
    parts = [
        {
            "part": p.part,
            "item": p.item,
            "net": p.net,
            "reference": p.reference,
            "first": p.first,
            "last": p.last,
            "source": p.source,
        }
        for p in recipe.formula.parts
    ]
    parts.append(
        {
            "part": "transfer",
            "item": "补贴",
            "net": 0,
            "reference": 0,
            "first": "2023-03",
            "last": "2023-06",
            "source": "x",
        }
    )
    panel = county(tmp_path, formula={"_target_": "relapse.data.formula.Formula", "parts": parts}).read(LINE)
    assert [believed(panel, "h1", f"2023-{m:02d}", "2024-02") for m in (2, 3, 6, 7)] == [100, None, None, 100]


# ---- persons and work --------------------------------------------------------------------------------------------------


def test_persons__of_one_number_are_the_same_in_every_table(tmp_path):
    persons = [{"household_id": h, "person_id": p, "birth_month": "1980-05", "as_of": "2023-01-01", "known_at": "2023-01-05"}
               for h, p in (("h1", "p1"), ("h1", "0p2"), ("h2", "p3"))]  # fmt: skip
    work = [
        {"household_id": "h1", "person_id": "0p2", "from": "2023-02", "place": "省外"},
        {"household_id": "h2", "person_id": "zz", "from": "2023-02", "place": "省外"},
    ]
    claims = [{"household_id": "h2", "person_id": "p3", "month": "2023-02", "own_cost": 3}]
    panel = read(tmp_path, plain(persons=persons, work=work, claims=claims))
    same_ = {name: panel.tables[name].number("person_same").tolist() for name in ("persons", "work", "claims")}
    assert len(set(same_["persons"])) == 3
    assert same_["work"][0] in same_["persons"]
    assert same_["work"][1] not in same_["persons"]
    assert same_["claims"][0] in same_["persons"]


NEEDS = sorted(
    {
        tuple(need.split("."))
        for name in ("audits_a_e", "audits_f_n")
        for rule in OmegaConf.load(conf_dir() / "rules" / f"{name}.yaml").values()
        for need in rule.get("needs", [])
        if "." in need
    }
)


def test_derived__everything_that_audits_ask_for_is_made(tmp_path):
    contract = read_contract("national")
    wanted = {(table, column) for table, column in NEEDS if column not in contract.tables[table].fields}
    assert {
        ("persons", "id_same"),
        ("persons", "person_same"),
        ("work", "person_same"),
        ("work", "phone_same"),
    } <= wanted
    number = {"person_id": "p1", "id_number": "11010519491231002X", "phone": "13900000000"}
    persons = [
        {"household_id": "h1", **number, "birth_month": "1949-12", "as_of": "2023-01-01", "known_at": "2023-01-05"}
    ]
    work = [{"household_id": "h1", **number, "from": "2023-02", "place": "省外"}]
    panel = read(tmp_path, plain(persons=persons, work=work))
    assert not [(table, column) for table, column in wanted if column not in panel.tables[table]]
    assert not [(table, column) for table, column in wanted if panel.tables[table].access[column] != "identity"]


def test_derived__a_spell_of_work_finds_its_person_in_the_audits(tmp_path):
    base = {"household_id": "h1", "as_of": "2023-01-01", "known_at": "2023-01-05"}
    persons = [
        {**base, "person_id": "p1", "birth_month": "1980-05", "labour": "无劳动力"},
        {**base, "person_id": "p2", "birth_month": "1982-05", "labour": "普通劳动力"},
    ]
    work = [{"household_id": "h1", "person_id": each, "from": "2023-02", "place": "省外"} for each in ("p1", "p2")]
    panel = read(tmp_path, plain(persons=persons, work=work))
    hits = [
        each
        for each in audit_findings(panel, config.option("audits", "national"), month("2023-12"))
        if each.rule == "H02"
    ]
    assert len(hits) == 1


def test_nothing_wrong__no_finding_and_nothing_assumed(tmp_path):
    told = examine(tmp_path, plain())
    assert told.findings == ()
    assert doubted(told.panel) == []
    assert told.panel.assumed == ()
