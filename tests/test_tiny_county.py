"""The policy's own terms on a county of fourteen households; `tiny_county` has the answers worked out."""

from __future__ import annotations

import numpy as np
import pytest

import tiny_county
from relapse import config
from relapse.core.errors import InputError
from relapse.core.panel import Panel, PanelView
from relapse.core.texts import finding_sentence
from relapse.flows.examine import all_findings, audit_findings
from relapse.flows.rows import make_task

NAMES = sorted(tiny_county.SIZES)


@pytest.fixture(scope="module")
def panel(tmp_path_factory: pytest.TempPathFactory) -> Panel:
    return tiny_county.read(tmp_path_factory.mktemp("tiny") / "county")


def at(panel: Panel, month: str) -> PanelView:
    return panel.as_of(panel.calendar.parse(month))


def by_name(panel: Panel, values: np.ndarray) -> dict[str, float]:
    return dict(zip(panel.household_ids.tolist(), np.round(values, 6).tolist(), strict=True))


def window(panel: Panel, as_of: str, end: str, what: str = "window_income") -> dict[str, float]:
    """A figure of the window that ends with a month, as known at an as_of."""
    known = at(panel, as_of)
    history = known.histories(np.arange(len(NAMES), dtype=np.int32), end=panel.calendar.parse(end), lags=1)
    return by_name(panel, np.broadcast_to(getattr(history, what), (len(NAMES), 1))[:, 0])


def names(panel: Panel, mask: np.ndarray) -> list[str]:
    return panel.household_ids[np.flatnonzero(mask)].tolist()


# ---- income ------------------------------------------------------------------------------------------------------------


def test_net_income__is_per_person_over_the_twelve_months(panel):
    told = window(panel, "2022-07", "2022-06")
    assert np.isnan(told.pop("a9"))
    assert told == tiny_county.NET


def test_reference_income__takes_payouts_and_own_medical_cost_into_account(panel):
    told = window(panel, "2022-07", "2022-06", "reference_income")
    assert told["a6"] == 6200
    assert told["a1"] == 9000


def test_spread_months__count_for_the_parts_that_were_measured(panel):
    told = window(panel, "2022-07", "2022-06", "measured")
    assert told["a1"] == 12
    assert told["a5"] == pytest.approx(9 + 3 / 3)
    assert told["a9"] == 0


def test_corrections__hold_from_the_day_on_which_they_were_known(panel):
    assert window(panel, "2022-03", "2022-02")["c1"] == 12_000 + 500 + 900  # told 1,500 and a bonus of 900
    assert window(panel, "2022-05", "2022-02")["c1"] == 12_000 - 700 + 900  # corrected to 300
    assert window(panel, "2022-06", "2022-02")["c1"] == 12_000 - 700  # the bonus taken back


def test_late_reports__are_not_known_before_they_came(panel):
    early, late = (window(panel, month, "2021-12") for month in ("2022-01", "2022-02"))
    assert np.isnan(early["a9"])
    assert late["a9"] == 10_000


def test_formula__a_change_of_policy_is_a_row(tmp_path):
    told = config.option("data", "county", path="x").formula
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
        for p in told.parts
    ]
    relief = {
        "part": "transfer",
        "item": "临时救助",
        "net": 1,
        "reference": 1,
        "first": "2022-02",
        "last": None,
        "source": "a test",
    }
    formula = config.option("formula", "national", parts=[*parts, relief])
    assert window(tiny_county.read(tmp_path, formula=formula), "2022-07", "2022-06")["a7"] == 6900 + 2500


# ---- the line ----------------------------------------------------------------------------------------------------------


def test_line__holds_provisionally_until_the_next_is_announced(panel):
    assert set(window(panel, "2022-07", "2022-06", "line").values()) == {6600}
    assert set(window(panel, "2022-08", "2022-06", "line").values()) == {7260}
    assert set(window(panel, "2022-08", "2021-12", "line").values()) == {6600}


def test_line__a_row_of_the_countys_own_table_wins_by_the_longest_code(tmp_path):
    own = [{"区划代码": "219901", "生效日期": "2022-03-14", "监测线": 8800, "公布日期": "2022-03-01", "依据": "县文件"}]
    panel = tiny_county.read(tmp_path, {"监测线": own})
    assert set(window(panel, "2022-07", "2022-04", "line").values()) == {8800}
    assert set(window(panel, "2022-07", "2022-02", "line").values()) == {6600}


def test_line__a_missing_one_names_the_county_and_the_year_to_add(tmp_path):
    recipe = tiny_county.county(tiny_county.write(tmp_path), region="539901")
    line = config.option("line", "county", rows=[row for row in rows() if row["region_code"] == "53"])
    with pytest.raises(InputError, match="no line for region 539901 in 2022.*table lines.*conf/line/county.yaml"):
        make_task(
            recipe.read(line),
            config.option("label", "below_line"),
            {},
            config.option("split", "rolling_origin"),
            [1],
            1,
        ).unit(2022 * 12 + 6)
    found = all_findings(recipe.examine(line), config.option("audits", "national"), None)
    stops = [finding for finding in found if finding.severity == "stop"]
    assert next(finding.rule for finding in stops) == "line_missing"
    assert "region 539901" in stops[0].details["why"]
    assert finding_sentence(stops[0], "zh").startswith("539901缺少2023年的监测线，请在“监测线”表中补一行")
    assert "A11" in {finding.rule for finding in found}  # what does not hang on the line is told in the same pass


def rows() -> list[dict[str, object]]:
    return [vars(row) for row in config.option("line", "county").rows]


def test_line__its_rise_alone_is_a_finding_and_no_alarm(panel):
    found = [
        each for each in audit_findings(panel, config.option("audits", "national"), None) if each.rule == "line_rises"
    ]
    rise = next(each for each in found if each.value == "2022-01")
    assert dict(rise.details) == {
        "before": "6,600",
        "after": "7,260",
        "count": "4",
    }  # a2, a3 (still 7,200 then), a6 and a7
    assert rise.severity == "note"


def test_labels_with_the_line_held__do_not_count_who_fell_by_its_rise_alone(panel):
    outcome, known = config.option("label", "first_entry"), at(panel, "2022-12")
    members, origin = np.arange(len(NAMES), dtype=np.int32), panel.calendar.parse("2022-02")
    leads = np.array([1, 3], np.int32)
    fell = outcome.labels(known, members, origin, leads, "first_entry", 0).within[:, 1]
    held = outcome.labels_with_line_held(known, members, origin, leads, "first_entry", 0).within[:, 1]
    assert names(panel, fell == 1) == ["a2", "a3", "a6", "a7", "a8"]
    assert names(panel, held == 1) == ["a3", "a8"]


# ---- outcomes ----------------------------------------------------------------------------------------------------------


def recognition(panel: Panel, category: str = "any"):
    return config.option("label", "recognition", category=category).on(panel, None)


@pytest.mark.parametrize(
    ("category", "month", "can"),
    [
        # a8 has not left poverty; b1 is monitored up to 2022-02, b2 to the end; a9's missing income excludes nobody
        ("any", "2021-11", ["a1", "a2", "a3", "a4", "a5", "a6", "a7", "a9", "b3", "c1", "c2"]),
        ("unstable", "2021-11", ["a1", "a2", "a3", "a5", "a6", "a7", "a9", "b3", "c1", "c2"]),
        ("edge", "2021-11", ["a4"]),
        ("sudden", "2022-03", ["a1", "a2", "a3", "a4", "a5", "a6", "a7", "a9", "b1", "b3", "c1", "c2"]),
        ("any", "2022-07", ["a1", "a2", "a4", "a5", "a6", "a7", "a9", "b1", "b3", "c1", "c2"]),
    ],
)
def test_who_can_be_recognised__follows_type_and_state(panel, category, month, can):
    known = at(panel, month)
    assert panel.household_ids[known.observed[recognition(panel, category).at_risk(known)]].tolist() == can


def test_a_fall_below_the_line__is_forecast_for_nobody_who_is_looked_after_apart(panel):
    known = at(panel, "2022-07")
    can = panel.household_ids[known.observed[config.option("label", "below_line").at_risk(known)]].tolist()
    assert can == ["a1", "a2", "a4", "a5", "a6", "a7", "b1", "b3", "c1", "c2"]  # not a3, a8, a9, b2


def test_recognition_labels__come_at_the_month_of_recognition_once_it_is_known(panel):
    outcome, origin = recognition(panel), panel.calendar.parse("2022-03")
    members, leads = np.arange(len(NAMES), dtype=np.int32), np.array([1, 3, 6], np.int32)
    label = outcome.labels(at(panel, "2022-12"), members, origin, leads, "first_entry", 0)
    within = {name: row.tolist() for name, row in zip(NAMES, label.within, strict=True)}
    assert within["a3"] == [0, 1, 1]  # 2022-06
    assert within["a4"] == [0, 0, 1]  # 2022-09
    assert within["a1"] == [0, 0, 0]
    early = outcome.labels(at(panel, "2022-06"), members, origin, leads, "first_entry", 0)
    assert outcome.maturity == 1  # each was known a month later
    assert np.isnan(early.within[NAMES.index("a3"), 1:]).all()


def test_recognition_of_one_kind__a_recognition_of_another_ends_the_time_at_risk(panel):
    origin, leads = panel.calendar.parse("2022-03"), np.array([1, 2, 3, 4], np.int32)
    members = np.array([NAMES.index("a3")], np.int32)
    label = recognition(panel, "sudden").labels(at(panel, "2022-12"), members, origin, leads, "first_entry", 0)
    assert label.event[0, :3].tolist() == [0, 0, 0]
    assert np.isnan(label.event[0, 3])  # recognised as unstable at lead 3
    assert label.within[0].tolist() == [0, 0, 0, 0]


@pytest.mark.parametrize(
    ("cut", "outcome"),
    [(None, "any"), ("2020-02", "below_line"), ("2020-10", "below_line"), ("2020-11", "any")],
)
def test_auto_label__takes_the_official_outcome_unless_a_cut_lies_before_it_had_begun_for_a_year(panel, cut, outcome):
    before = None if cut is None else panel.calendar.parse(cut)
    assert config.option("label", "auto").on(panel, before).outcome == outcome


def test_auto_label__without_recognitions_takes_the_fall(tmp_path):
    panel = tiny_county.read(tmp_path, {"识别记录": [tiny_county.tables()["识别记录"][0]][:0] or [{"户编号": ""}]})
    assert config.option("label", "auto").on(panel, None).outcome == "below_line"


# ---- audits and doubts ---------------------------------------------------------------------------------------------------


def test_audits__name_the_households_that_break_a_rule_and_say_what_cannot_be_asked(panel):
    found = audit_findings(panel, config.option("audits", "national"), panel.calendar.parse("2022-07"))
    hit: dict[str, set[str]] = {}
    for finding in found:
        hit.setdefault(finding.rule, set()).add(finding.household_id)
    assert hit["A11"] == {"c2"}
    assert hit["B01"] == {"b3"}
    assert hit["B06"] == {"a6"}
    assert "B05" not in hit  # a3 is below the line, but monitored since 2022-06
    lacking = {
        finding.details["broken"]: finding.details["lacks"] for finding in found if finding.rule == "audit_not_asked"
    }
    assert "work.from" in lacking["H05"]
    assert not {"A11", "B01", "B06"} & set(lacking)


def test_b05__is_about_households_that_nobody_monitors(panel):
    found = audit_findings(panel, config.option("audits", "national"), panel.calendar.parse("2022-06"))
    told = [finding for finding in found if finding.rule == "B05"]
    assert {finding.household_id for finding in told} == {"a3"}  # recognised in 2022-06, which nobody knew before July
    assert told[0].details["line"] == "6,600"


def test_doubtful_records__leave_training_and_stay_on_the_list(panel):
    audits, known = config.option("audits", "national"), at(panel, "2022-12")
    assert names(panel, audits.doubtful(known)) == ["c2"]
    task = make_task(
        panel,
        config.option("label", "recognition"),
        {},
        config.option("split", "rolling_origin", training_spacing_years=0.25),
        [1],
        1,
        audits,
    )
    origin = panel.calendar.parse("2022-03")
    place = task.unit(origin).household_ids.tolist().index("c2")
    events = task.training_events(panel.calendar.parse("2022-12"))[origin]
    assert np.isnan(events[place]).all()
    assert not np.isnan(np.delete(events, place, axis=0)).any()
