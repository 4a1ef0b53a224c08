"""What a county's list tells beside the rank, on the hand-made county: the figures of `tiny_county`."""

from __future__ import annotations

import numpy as np
import pytest

import tiny_county
from relapse import config
from relapse.core.catalogue import Feature, FeatureTable
from relapse.core.periods import Calendar
from relapse.core.rows import Unit
from relapse.core.texts import TEXTS
from relapse.county.audits.audits import Audits
from relapse.county.risk_list.clues import COUNTY_COLUMNS
from relapse.county.risk_list.measures import read_advice
from relapse.explanation.reasons import Reason
from relapse.flows.county_list import leads_of
from relapse.flows.county_rows import Listed, Settled, county_columns, row_numbers, work_months
from relapse.flows.look import place_names
from relapse.flows.urgency import rules_hit

AS_OF = Calendar("monthly").parse("2022-07")
MONEY = Reason("illness", "reason.after_own_cost", "…")
NOWHERE = Reason("nothing_of_ours", "reason.of_theirs", "…")


@pytest.fixture(scope="module")
def audits() -> Audits:
    made: Audits = config.option("audits", "national")
    return made


def spell(household: str, person: int, first: str, last: str) -> dict:
    return {"户编号": household, "人编号": f"{household}-{person}", "开始时间": first, "结束时间": last, "务工地点": "县外省内",
            "知晓日期": "2022-07-10"}  # fmt: skip


def part(panel, *wanted: str, unmet: float = np.nan) -> Unit:
    members = np.searchsorted(panel.household_ids, np.array(wanted, dtype=object)).astype(np.int32)
    entries = tuple(
        Feature(f"guarantees__{name}_unmet", "count", "…", "guarantees")
        for name in ("schooling", "medical", "housing", "water")
    )
    values = np.tile(np.array([0, 0, unmet, 0], np.float32), (len(members), 1))
    table = FeatureTable(entries, values)
    return Unit(AS_OF, members, panel.household_ids[members], members, np.array([1], np.int32), table)


def told(panel, audits, *wanted: str, said=(), outcome="any", unmet: float = np.nan, language="zh"):
    settings = config.option("risk_list", "default")
    unit, known = part(panel, *wanted, unmet=unmet), panel.as_of(AS_OF)
    leads, department = leads_of(rules_hit(known, audits, settings.missed, 0), unit.members)
    count = len(wanted)
    settled = Settled(
        np.full(count, "visit", dtype=object), np.full(count, "model", dtype=object), leads, department,
        np.full(count, "", dtype=object), [None] * count, np.full(count, np.nan), np.zeros(count, dtype=bool),
    )  # fmt: skip
    rows = Listed(settled, said or [()] * count, [()] * count)
    township, village = place_names(known, np.arange(len(panel.household_ids), dtype=np.int32))
    observed = np.isin(np.arange(len(panel.household_ids)), known.observed)
    numbers = row_numbers(panel.calendar.label(AS_OF), township, village, observed, unit.members)
    return {**numbers, **county_columns(known, unit, rows, settings, outcome, language)}


def test_county_columns__are_all_that_are_promised_but_credibility(tmp_path, audits):
    found = told(tiny_county.read(tmp_path), audits, "a1", "b3")
    assert set(found) == set(COUNTY_COLUMNS) - {"credibility", "stratum", "listing_probability"}
    assert {len(values) for values in found.values()} == {2}


def test_county_columns__money_is_of_the_newest_known_window(tmp_path, audits):
    found = told(tiny_county.read(tmp_path), audits, "a6", "a1", "a9")
    assert found["own_cost"].tolist() == [3000, 0, 0]
    assert found["after_own_cost"][:2].tolist() == [6200, 9000]  # a6: (14,400 - 3,000 + 1,000) / 2
    assert np.isnan(found["after_own_cost"][2])  # its income is not known
    assert found["size"].tolist() == [2, 2, 2]


def test_county_columns__without_claims_nothing_is_said_of_illness(tmp_path, audits):
    folder = tiny_county.write(tmp_path)
    (folder / "医疗费用.csv").unlink()
    panel = tiny_county.county(folder).read(config.option("line", "auto"))
    found = told(panel, audits, "a6")
    assert np.isnan(found["own_cost"][0])
    assert np.isnan(found["after_own_cost"][0])


@pytest.mark.parametrize(
    ("outcome", "categories"),
    [
        ("any", [("unstable", "sudden"), ("edge", "sudden"), ()]),
        ("below_line", [("unstable",), ("edge",), ()]),
        ("sudden", [("sudden",)] * 3),
    ],
)
def test_county_columns__say_no_more_of_the_category_than_the_forecast_tells(outcome, categories, tmp_path, audits):
    found = told(tiny_county.read(tmp_path), audits, "a1", "a4", "a8", outcome=outcome)
    assert found["category"].tolist() == categories
    assert found["type"].tolist() == ["exited", "ordinary", "not_exited"]


@pytest.mark.parametrize(("unmet", "said"), [(1, ("housing",)), (0, ("none",)), (np.nan, ("unknown",))])
def test_county_columns__no_problem_is_said_only_where_all_four_are_told(unmet, said, tmp_path, audits):
    assert told(tiny_county.read(tmp_path), audits, "a1", unmet=unmet)["unmet"].tolist() == [said]


def test_county_columns__a_departments_trigger_is_told_and_makes_the_reply_due_sooner(tmp_path, audits):
    claim = {
        "户编号": "a1",
        "结算月份": "2022-05",
        "合规自付支出": 12_400,
        "医疗类别": "住院",
        "知晓日期": "2022-06-20",
    }
    panel = tiny_county.read(tmp_path, {"医疗费用": [claim]})
    found = told(panel, audits, "a1", "a2")
    assert "应纳未纳 今年看病自付12,400元（医保也有预警）" in found["triggers"][0]
    assert sum("12,400" in each for each in found["triggers"][0]) == 1  # one illness, one line
    assert found["triggers"][1] == ()
    assert found["due"].tolist() == ["2022-08-04", "2022-08-15"]  # 31 July 2022 was a Sunday
    english = told(panel, audits, "a1", language="en")["triggers"][0]
    assert "missed inclusion: own medical cost of 12,400 yuan this year (also medical insurance)" in english


def test_leads__are_told_of_the_households_that_rules_hit(tmp_path, audits):
    work = [spell("a1", 1, "2021-02", "2021-12"), spell("a4", 1, "2022-01", "2022-12")]
    known = tiny_county.read(tmp_path, {"务工信息": work}).as_of(AS_OF)
    hit = audits.triggered(known, [name for name, rule in audits.rules.items() if rule.department or name == "B01"])
    everybody = np.arange(len(known.panel.household_ids), dtype=np.int32)
    leads, department = leads_of(rules_hit(known, audits, ("B01",), 0), everybody)
    assert [{finding.rule for finding in each} for each in leads] == [
        {rule for rule, is_hit in zip(hit.rules, row, strict=True) if is_hit} for row in hit.hit.tolist()
    ]
    assert department.tolist() == audits.triggered(known).any.tolist()
    assert department.sum() > 0
    assert hit.any.sum() > department.sum()


def test_county_columns__what_became_known_later_changes_nothing(tmp_path, audits):
    claim = {
        "户编号": "a1",
        "结算月份": "2022-05",
        "合规自付支出": 12_400,
        "医疗类别": "住院",
        "知晓日期": "2022-08-20",
    }
    found = told(tiny_county.read(tmp_path, {"医疗费用": [claim]}), audits, "a1")
    assert found["triggers"].tolist() == [()]
    assert found["own_cost"].tolist() == [0]


def test_clue_ids__are_the_same_whoever_is_listed_and_in_whatever_order(tmp_path, audits):
    panel = tiny_county.read(tmp_path)
    one, other = told(panel, audits, "a1", "b3", "a4"), told(panel, audits, "a4", "a1")
    assert one["clue_id"][[2, 0]].tolist() == other["clue_id"].tolist()
    assert len(set(one["clue_id"])) == 3
    assert all(each.startswith("202207-") for each in one["clue_id"])
    assert one["number"].tolist() == [1, 2, 3]  # all live in one township


def test_checks__by_the_sentence_then_by_its_group_and_never_twice(tmp_path, audits):
    said = [(MONEY, MONEY, NOWHERE), (), (Reason("guarantees", "reason.unmet_housing", "…"),)]
    found = told(tiny_county.read(tmp_path), audits, "a1", "a2", "a4", said=said)["checks"].tolist()
    words = {key: read_advice("national").causes[key].zh for key in ("illness", "usual", "unmet_housing")}
    assert found == [(words["illness"], words["usual"]), (words["usual"],), (words["unmet_housing"],)]


def test_work_months__are_sums_over_members_none_of_whom_works_a_month_twice(tmp_path, audits):
    work = [
        spell("a1", 1, "2022-02", "2022-04"),
        spell("a1", 2, "2022-01", "2022-12"),  # the last half year is 2022-02 to 2022-07
        spell("a1", 2, "2022-03", "2022-05"),  # beside the one above: she still works six months
        spell("c2", 1, "2021-02", "2021-03"),
    ]
    panel = tiny_county.read(tmp_path, {"务工信息": work})
    now, before = work_months(panel.as_of(AS_OF))
    at = {name: place for place, name in enumerate(panel.household_ids)}
    assert (now[at["a1"]], before[at["a1"]]) == (9, 0)
    assert (now[at["c2"]], before[at["c2"]]) == (0, 2)
    assert np.isnan(now[at["a2"]])  # nobody has told of its work
    assert np.isnan(work_months(tiny_county.read(tmp_path / "none").as_of(AS_OF))[0]).all()


def test_every_rule_that_puts_a_household_on_the_list__is_told_in_a_few_words_and_has_a_cause(audits):
    missed = config.option("risk_list", "default").missed
    asked = [name for name, rule in audits.rules.items() if (rule.department or name in missed) and not rule.lacks]
    assert len(asked) > 35
    assert not [name for name in asked if f"lead.{name}" not in TEXTS]
    assert not set(asked) - read_advice("national").rules.keys()
