"""What people read: opens again in the same order, is the same bytes twice, and runs nothing."""

from __future__ import annotations

import csv
import html
import io
import re
import shutil
import time
from dataclasses import replace

import numpy as np
import openpyxl
import pandas as pd
import pytest

from relapse.core.results import Finding, ListHead, RiskList
from relapse.core.texts import text
from relapse.county.reports import (
    backtest_html,
    explain_html,
    findings_csv,
    findings_html,
    list_csv,
    list_html,
    list_words,
    list_xlsx,
)
from relapse.county.reports.backtest_further import Worth, slice_table, worth_table
from relapse.county.reports.finding_words import by_rule

HOSTILE = ["=HYPERLINK(0)", "+1", "-1", "@SUM(1)", "\tx", "0012", "<script>alert(1)</script>", "普通"]


def head(**changes) -> ListHead:
    settled = {
        "panel": "A&B 县", "as_of": "2025-09", "horizon": 6, "horizons": (1, 6), "frequency": "monthly",
        "model": "lgbm_hazard", "fell_back": "", "version": "3", "digest": "7f3a9c", "data_digest": "b1946a",
        "reviewed": False, "simulated": True, "at_risk": 20411, "money": "yuan", "hit_rate": (0.23, 0.19, 0.27),
        "rule_hit_rate": (0.18, 0.15, 0.21), "base_rate": 0.0123, "best_hit_rate": 0.246, "rank_agreement": 0.997,
        "assumed": ("assumed something",), "language": "zh",
    }  # fmt: skip
    return ListHead(**{**settled, **changes})


def risk_list(**changes) -> RiskList:
    count = len(HOSTILE)
    income = np.array([7780.0, 7260.0, 7041.0, np.nan, 9000.456, 8000.0, 7000.0, 7500.0])
    rows = pd.DataFrame(
        {
            "rank": range(1, count + 1), "household_id": HOSTILE, "township": HOSTILE[::-1], "village": "",
            "tier": ["visit"] * 4 + ["next"] * 4, "income": income, "line": 7260.0, "gap": income - 7260.0,
            "chance_1": np.linspace(0.02, 0.001, count), "chance_6": np.linspace(0.4, 0.01, count),
            "reasons": [("第一条。", "第二条。", "第三条" * 12)] * (count - 1) + [()],
        }
    )  # fmt: skip
    return RiskList(head(**changes), rows)


def empty_list() -> RiskList:
    whole = risk_list()
    return RiskList(whole.head, whole.rows.iloc[:0])


def household(**changes) -> explain_html.HouseholdPage:
    settled = explain_html.HouseholdPage(
        head=head(), household_id="<b>9910</b>", rank=2, at_risk=20411, reasons=("人均收入7,780元，只比监测线高520元。",),
        chances={6: 0.11, 1: 0.02},
        history=[("2024", 9000.0, 7000.0), ("2025", None, 7000.0), ("2026", np.nan, 7000.0), ("2027", 7780.0, 7260.0)],
        raised=[("收入的升降", 0.2), ("收入距线的远近", 0.8)], lowered=[],
    )  # fmt: skip
    return replace(settled, **changes)


def metrics(models: tuple[str, ...]) -> pd.DataFrame:
    values = {
        "precision_at_5pct": 0.2, "recall_at_5pct": 0.4, "attainable_at_5pct": 0.25, "pr_auc": 0.15, "roc_auc": 0.8,
        "observed_expected": 1.02, "ece": 0.003, "brier_skill": 0.08,
    }  # fmt: skip
    return pd.DataFrame(
        [
            {
                "model": model, "outcome": "below_line", "horizon": horizon, "origin": origin, "metric": metric,
                "value": value + 0.01 * place, "ci_low": value - 0.02, "ci_high": value + 0.02,
                "n": 250 if "precision" in metric else 5000, "events": 100,
            }
            for model in models for horizon in (1, 6) for place, origin in enumerate(("all", "2024-06", "2024-12"))
            for metric, value in values.items()
        ]
    )  # fmt: skip


def backtest(**changes) -> backtest_html.BacktestPage:
    row = {
        "model": "lgbm_hazard", "against": "distance_to_line", "outcome": "below_line", "horizon": 6,
        "metric": "pr_auc", "difference": 0.0312, "ci_low": 0.011, "ci_high": 0.052,
        "range_low": -0.01, "range_high": 0.06,
    }  # fmt: skip
    settled = backtest_html.BacktestPage(
        panel="Panel", frequency="monthly", label="label.first_entry", horizons=(1, 6), origins=("2024-06", "2024-12"),
        metrics=metrics(("lgbm_hazard", "distance_to_line")), comparisons=pd.DataFrame([row]), list_key="5pct",
        pictures={"calibration": b"<svg xmlns='http://www.w3.org/2000/svg'/>", "mine": b"\x89PNG\r\n"},
        sentences=("It is ahead.",), assumed=("assumed",), simulated=True, language="en", money="yuan",
    )  # fmt: skip
    return replace(settled, **changes)


def findings(count: int) -> list[Finding]:
    told = [Finding("income_negative", "check", "p.csv", row, "income", "-5") for row in range(2, count)]
    return [*told, Finding("not_a_number", "stop", "p.csv", 9, "income", "=1+1"), Finding("no_income", "note", "p.csv")]


def words(page: bytes) -> str:
    return html.unescape(re.sub("<[^>]+>", "", page.decode()))


RENDERED = {
    "list.csv": lambda: list_csv.render(risk_list()),
    "list.xlsx": lambda: list_xlsx.render(risk_list()),
    "list.html": lambda: list_html.render(risk_list()),
    "explain.html": lambda: explain_html.render(household()),
    "findings.csv": lambda: findings_csv.render(findings(20), "zh"),
    "findings.html": lambda: findings_html.render(findings(20), "zh"),
    "backtest.html": lambda: backtest_html.render(backtest()),
}


@pytest.mark.parametrize("name", RENDERED)
def test_render__same_input_same_bytes(name):
    first = RENDERED[name]()
    time.sleep(0.01)
    assert RENDERED[name]() == first


@pytest.mark.parametrize("name", [name for name in RENDERED if name.endswith("html")])
def test_pages__load_nothing_and_run_nothing(name):
    page = RENDERED[name]().decode()
    assert "<script" not in page
    assert not re.findall(r"(?:src|href)=\"(?!data:)[^\"]*\"|url\(|@import", page)
    assert "default-src 'none'" in page


def read_csv(data: bytes) -> list[list[str]]:
    assert data.startswith(b"\xef\xbb\xbf")
    return list(csv.reader(io.StringIO(data.decode("utf-8-sig"), newline="")))


def test_list_csv__english_headers_are_those_that_programs_know():
    header = read_csv(list_csv.render(risk_list(language="en")))[0]
    assert header == [
        "rank",
        "household_id",
        "township",
        "village",
        "tier",
        "income",
        "line",
        "above_line",
        "reasons",
        "chance_1",
        "chance_6",
        "visit_date",
        "visit_way",
        "verdict",
        "cause_found",
        "action",
        "visitor",
        "remark",
    ]


def test_list_csv__text_that_looks_like_a_formula_is_text_and_numbers_stay_numbers():
    lines = read_csv(list_csv.render(risk_list()))
    ids = [line[1] for line in lines[1:]]
    assert ids == ["'=HYPERLINK(0)", "'+1", "'-1", "'@SUM(1)", "'\tx", "0012", "<script>alert(1)</script>", "普通"]
    assert [line[7] for line in lines[1:4]] == ["520", "0", "-219"]
    assert lines[4][5] == ""
    assert lines[5][5] == "9000.46"
    assert [line[9] for line in lines[1:]] == sorted((line[9] for line in lines[1:]), reverse=True)
    assert lines[1][8].startswith("①第一条。②第二条。③")


def opened(data: bytes) -> openpyxl.Workbook:
    return openpyxl.load_workbook(io.BytesIO(data))


def test_list_xlsx__opens_again_with_its_sheets_in_order():
    book = opened(list_xlsx.render(risk_list()))
    assert book.sheetnames == ["说明", "风险线索清单", "代码表", "_meta"]
    assert book["_meta"].sheet_state == "hidden"
    meta = dict(book["_meta"].values)
    assert (meta["digest"], meta["as_of"], meta["horizon"], meta["column_version"]) == ("7f3a9c", "2025-09", "6", "1")


def test_list_xlsx__rows_keep_their_order_and_text_stays_text():
    sheet = opened(list_xlsx.render(risk_list()))["风险线索清单"]
    header = [cell.value for cell in sheet[4]]
    assert header[:4] == ["位次", "户编号", "乡镇", "走访等级"]  # no village is known: no empty column
    cells = [sheet.cell(5 + place, 2) for place in range(len(HOSTILE))]
    assert [cell.value for cell in cells] == HOSTILE
    assert {cell.data_type for cell in cells} == {"s"}
    assert [sheet.cell(5 + place, 1).value for place in range(len(HOSTILE))] == list(range(1, len(HOSTILE) + 1))
    assert sheet.cell(7, header.index("高于/低于线") + 1).value == -219


def test_list_xlsx__only_hand_back_cells_are_open_and_they_have_their_choices():
    book = opened(list_xlsx.render(risk_list()))
    sheet = book["风险线索清单"]
    assert all(book[name].protection.sheet for name in book.sheetnames)
    header = [cell.value for cell in sheet[4]]
    first_open = header.index("核查日期")
    assert [cell.protection.locked for cell in sheet[5]] == [place < first_open for place in range(len(header))]
    checks = {
        check.formula1: str(check.sqref) for check in sheet.data_validations.dataValidation if check.type == "list"
    }
    for formula, where in checks.items():
        column = re.fullmatch(r"'代码表'!\$(\w)\$2:\$\1\$(\d+)", formula)
        codes = book["代码表"]
        title = header[openpyxl.utils.column_index_from_string(re.match("[A-Z]+", where)[0]) - 1]
        assert codes[f"{column[1]}1"].value == title
        assert all(codes[f"{column[1]}{row}"].value for row in range(2, int(column[2]) + 1))
    assert len(checks) == 3


def test_list_xlsx__every_page_carries_the_marks_and_one_line_is_high_enough_for_its_reasons():
    book = opened(list_xlsx.render(risk_list()))
    for name in book.sheetnames[:3]:
        assert "试运行" in book[name].oddFooter.left.text
        assert "模拟数据" in book[name].oddHeader.right.text
        assert "线索，不作认定依据。" in book[name].oddFooter.left.text
    sheet = book["风险线索清单"]
    assert sheet.print_title_rows == "$1:$4"
    assert (sheet.page_setup.orientation, int(sheet.page_setup.paperSize)) == ("landscape", 9)
    assert sheet.sheet_properties.pageSetUpPr.fitToPage
    assert sheet.page_setup.fitToHeight == 0  # one page wide, as many high as it takes
    assert sheet.row_dimensions[5].height > 3 * 15 > sheet.row_dimensions[12].height


def test_list_xlsx__a_reviewed_version_on_real_data_has_no_marks():
    data = list_xlsx.render(risk_list(reviewed=True, simulated=False))
    said = "\n".join(str(cell) for sheet in opened(data) for row in sheet.values for cell in row if cell)
    assert "试运行" not in said
    assert "模拟数据" not in said


def test_list_html__shows_the_list_in_order_escaped_and_marked():
    page = list_html.render(risk_list())
    said = words(page)
    assert [said.index(name) for name in HOSTILE[:4]] == sorted(said.index(name) for name in HOSTILE[:4])
    assert "<script>alert(1)</script>" in said
    assert "试运行　模拟数据　线索，不作认定依据。" in said
    assert "23%（90%区间 19%～27%）" in said
    assert text("notice.rights", "zh") in said


@pytest.mark.parametrize("render", [list_csv.render, list_xlsx.render, list_html.render])
def test_lists__may_be_empty_and_may_lack_a_backtest(render):
    nothing_known = head(
        hit_rate=None, rule_hit_rate=None, base_rate=None, best_hit_rate=None, rank_agreement=float("nan")
    )
    assert render(RiskList(nothing_known, empty_list().rows))


def test_explain_html__says_what_was_known_and_how_to_object():
    said = words(explain_html.render(household()))
    for sentence in ("notice.rights", "notice.object", "household.lead", "notice.short"):
        assert text(sentence, "zh") in said
    assert "最近一期（2027）人均收入7,780元，线为7,260元。" in said
    assert said.index("收入距线的远近") < said.index("收入的升降")
    assert "<b>9910</b>" in said


def test_explain_html__of_a_county_tells_how_to_object_and_no_percentage():
    page = household(head=head(county=True, outcome="any", reply_days=15))
    said = words(explain_html.render(page))
    for key in ("object.say", "object.correct", "object.refuse", "object.further", "object.form.answer"):
        assert text(key, "zh") in said
    assert "15天内把结果和理由告诉您" in said
    assert "监测线是7,260元" in said
    assert "11%" not in said
    assert "11%" in words(explain_html.render(household()))
    assert not re.search("模型|算法|权重|概率|SHAP|特征|返贫户|高危", said)


def test_explain_html__reads_no_more_causes_than_one_can_listen_to():
    many = [(f"情况{number}", 0.1) for number in range(9)]
    said = words(explain_html.render(household(raised=many, lowered=many)))
    assert said.count("情况") - said.count("哪些情况") - said.count("收入或情况") <= 2 * 5 + 1


def test_explain_html__breaks_the_curve_where_no_income_is_known():
    known = [(str(year), None if year == 2003 else 100.0 + year, 100.0) for year in range(2000, 2008)]
    page = explain_html.render(household(history=known)).decode()
    assert page.count('<polyline class="income"') == 2
    assert page.count('<polyline class="line"') == 1
    assert page.count("<circle") == 7


def test_explain_html__without_any_income_has_no_chart():
    page = explain_html.render(household(history=[], raised=[], reasons=()))
    assert b"<svg" not in page
    assert text("household.no_history", "zh") in words(page)


def test_findings__gravest_first_and_none_said_so():
    lines = read_csv(findings_csv.render(findings(5), "en"))
    assert lines[0] == ["rule", "severity", "table", "row", "column", "value", "sentence", "household"]
    assert lines[1] == ["not_a_number", "stop", "p.csv", "9", "income", "'=1+1", "'=1+1' is no number.", ""]
    assert lines[-1][3] == ""
    assert text("findings.none", "zh") in words(findings_html.render([], "zh"))


def test_findings_html__counts_by_rule_and_stays_fast():
    start = time.process_time()
    said = words(findings_html.render(findings(10_002), "zh"))
    assert time.process_time() - start < 5
    assert "共 10,002 处，其中 1 处必须先改。" in said
    assert said.count("income_negative") == 201  # one example, and the first 200 one by one
    assert "10,000" in said
    assert text("findings.left_out", "zh", most="200") in said


def test_findings_by_rule__those_not_told_one_by_one_are_counted_too():
    more = Finding("and_more", "fix", "p.csv", details={"count": "2,000", "broken": "F09"})
    told = [Finding("F09", "fix", "p.csv", row, details={"age": "15"}) for row in range(2, 5)]
    assert [(each.rule, count) for each, count in by_rule([*told, more])] == [("F09", 2_003)]


def test_backtest_html__verdict_first_then_the_rule_before_every_model():
    said = words(backtest_html.render(backtest()))
    assert said.index("It is ahead.") < said.index("Next 1 month")
    for title in ("Next 1 month: income below the line", "Next 6 months: income below the line"):
        part = said[said.index(title) :]
        assert part.index("\ndistance to the line") < part.index("\nboosted trees")
    assert "base rate 2.0%, best attainable with a list of this length 25%" in said
    assert "+0.031" in said
    assert "21% to 22%" in said  # precision over the two origins


def test_backtest_html__gives_no_figure_without_the_rule_beside_it():
    said = words(backtest_html.render(backtest(metrics=metrics(("logit",)))))
    assert text("backtest.no_rule", "en") in said
    assert "20%" not in said


def test_backtest_html__pictures_are_inside():
    page = backtest_html.render(backtest()).decode()
    assert page.count('<img src="data:image/') == 2
    assert "data:image/png;base64," in page


@pytest.mark.browser
@pytest.mark.parametrize("width", [360, 1400])
def test_list_html__never_scrolls_sideways(width, tmp_path):
    if not (shutil.which("chromium") and shutil.which("chromedriver")):
        pytest.skip("needs Debian's chromium and chromium-driver on the path")
    from selenium import webdriver

    page = tmp_path / "list.html"
    page.write_bytes(list_html.render(risk_list()))
    options = webdriver.ChromeOptions()
    flags = "headless no-sandbox disable-gpu disable-quic no-first-run disable-background-networking"
    for flag in (*flags.split(), "disable-component-update", "disable-sync", f"user-data-dir={tmp_path / 'profile'}"):
        options.add_argument(f"--{flag}")
    options.binary_location = shutil.which("chromium")
    browser = webdriver.Chrome(options=options, service=webdriver.ChromeService(shutil.which("chromedriver")))
    try:
        screen = {"width": width, "height": 800, "deviceScaleFactor": 1, "mobile": width < 500}
        browser.execute_cdp_cmd("Emulation.setDeviceMetricsOverride", screen)
        browser.get(page.as_uri())
        assert browser.execute_script("return document.documentElement.scrollWidth") <= width
        assert browser.execute_script("return document.querySelectorAll('.list tbody tr').length") == len(HOSTILE)
    finally:
        browser.quit()


@pytest.mark.parametrize(
    ("language", "sentence"),
    [("zh", "优先走访的4户中，预计未来6个月内有1至3户"), ("en", "1 to 3 falls below the line")],
)
def test_how_many_will_fall__is_told_as_a_range(language, sentence):
    told = dict(list_words.facts(risk_list(language=language, visits=4, expected=(1, 3))))
    assert any(sentence in value for value in told.values())
    assert not any(sentence in value for value in dict(list_words.facts(risk_list(language=language))).values())


def slices_of(values: dict[str, float]) -> pd.DataFrame:
    return pd.DataFrame(
        [
            {
                "slice": name, "slice_value": part, "model": "lgbm_hazard", "outcome": "any", "horizon": 6, "origin": "all",
                "metric": metric, "value": value, "ci_low": value - 0.1, "ci_high": value + 0.1, "n": 400, "events": 40,
            }
            for name, part in (("listed", "not_before"), ("disabled", "yes"))
            for metric, value in values.items()
        ]
    )  # fmt: skip


def test_backtest_page__tables_of_slices_and_of_the_lists_worth_say_what_they_hold():
    pooled = metrics(("lgbm_hazard",)).query("origin == 'all' and horizon == 6 and metric == 'precision_at_5pct'")
    figures = pd.concat(
        [
            pooled.assign(metric="lead_time_mean_at_5pct", value=3.25, ci_low=3.0, ci_high=3.5),
            pooled.assign(metric="cost_per_early_fall_at_5pct", value=1234.0, ci_low=1000.0, ci_high=1500.0),
        ]
    )
    sliced = slices_of({"precision_at_5pct": 0.3, "exclusion_error_at_5pct": 0.6, "listed_share_at_5pct": 0.07})
    worth = worth_table(figures, sliced, Worth("5pct", "the first 5%", 6, 200, "yuan", "monthly"), "en")
    missed = slice_table(sliced, "lgbm_hazard", 6, "5pct", "monthly", "en")
    said = words(backtest_html.render(backtest(further=(worth, missed))))
    assert worth.rows == (
        (
            "6 months",
            "boosted trees (LightGBM)",
            "3.2 (3.0–3.5)",
            "–",
            "–",
            "30% (20%–40%)",
            "–",
            "1,234 (1,000–1,500)",
        ),
    )
    assert missed.rows == (("disabled member", "yes", "400", "40", "60% (50%–70%)", "7.0%"),)
    assert "1,234 (1,000–1,500)" in said
    assert "at 200 yuan a visit" in said
    assert "60% (50%–70%)" in said
