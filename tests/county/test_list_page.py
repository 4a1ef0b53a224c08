"""A county's page in a real browser: filters, keyboard, phone, without scripts, and on paper a village a page."""

from __future__ import annotations

import base64
import html
import re
import shutil
import subprocess
import time
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from listed import EXACT, TIERS, column, county_list, heads
from relapse.core.results import RiskList
from relapse.core.texts import text
from relapse.county.reports import list_html
from relapse.county.reports.list_cards import IN_SHORT, MOST_ROWS, MOST_WHOLE
from relapse.county.reports.sparkline import sparks

COUNT = 60
PAPER = {"printBackground": True, "preferCSSPageSize": True}


def words(page: bytes) -> str:
    return html.unescape(re.sub("<[^>]+>", " ", page.decode()))


@pytest.fixture(scope="module")
def page(tmp_path_factory: pytest.TempPathFactory) -> Path:
    path = tmp_path_factory.mktemp("page") / "list.html"
    listed = county_list(COUNT)
    path.write_bytes(list_html.render(listed, heads(listed)))
    return path


@pytest.fixture(scope="module")
def chromium(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Any]:
    if not (shutil.which("chromium") and shutil.which("chromedriver")):
        pytest.skip("needs Debian's chromium and chromium-driver on the path")
    from selenium import webdriver

    options = webdriver.ChromeOptions()
    flags = "headless no-sandbox disable-gpu disable-quic no-first-run disable-background-networking"
    profile = tmp_path_factory.mktemp("profile")
    for flag in (*flags.split(), "disable-component-update", "disable-sync", f"user-data-dir={profile}"):
        options.add_argument(f"--{flag}")
    options.binary_location = shutil.which("chromium")
    browser = webdriver.Chrome(options=options, service=webdriver.ChromeService(shutil.which("chromedriver")))
    yield browser
    browser.quit()


@pytest.fixture
def browser(chromium: Any, page: Path) -> Iterator[Any]:
    """The page as it opens, on a wide screen."""
    screen(chromium, 1200)
    chromium.get(page.as_uri())
    yield chromium
    chromium.execute_cdp_cmd("Emulation.setScriptExecutionDisabled", {"value": False})


def screen(browser: Any, width: int) -> None:
    told = {"width": width, "height": 800, "deviceScaleFactor": 1, "mobile": width < 500}
    browser.execute_cdp_cmd("Emulation.setDeviceMetricsOverride", told)


def choose(browser: Any, **values: str) -> None:
    for name, value in values.items():
        browser.execute_script(
            "var s = document.forms[0].elements[arguments[0]]; s.value = arguments[1];"
            "s.dispatchEvent(new Event('change', {bubbles: true}))", name, value,
        )  # fmt: skip


def shown(browser: Any, what: str = "article") -> int:
    count: int = browser.execute_script(
        "return [].filter.call(document.querySelectorAll(arguments[0]), e => e.offsetParent !== null).length", what
    )
    return count


def printed(browser: Any, tmp_path: Path) -> list[str]:
    """The text of each page on paper."""
    if not shutil.which("pdftotext"):
        pytest.skip("needs poppler's pdftotext")
    paper = tmp_path / "list.pdf"
    paper.write_bytes(base64.b64decode(browser.execute_cdp_cmd("Page.printToPDF", PAPER)["data"]))
    told = subprocess.run(["pdftotext", "-layout", str(paper), "-"], capture_output=True, text=True, check=True).stdout
    return told.split("\f")[:-1]


def villages_of(paper: str) -> set[str]:
    return {f"{town} {village}" for town, village in re.findall(r"([一二]镇) (第\d村)", paper)}


@pytest.mark.browser
def test_filters__by_village_tier_and_cause_together(browser):
    listed = county_list(COUNT).rows
    assert shown(browser) == COUNT
    assert shown(browser, "main > section") == 4
    choose(browser, tier="visit")
    assert shown(browser) == (listed["tier"] == "visit").sum()
    choose(browser, where="v0")
    first = (listed["tier"] == "visit") & (listed["township"] == "一镇") & (listed["village"] == "第1村")
    assert shown(browser) == first.sum() > 0
    assert shown(browser, "main > section") == 1
    said = browser.find_element("id", "shown").text
    assert said == text("page.shown", "zh", n=first.sum(), all=COUNT)
    choose(browser, where="t0", tier="", cause="0")  # the commonest: distance, every other household
    town = np.array([number % 4 in (0, 3) for number in range(COUNT)]) & (listed["township"] == "一镇")
    assert shown(browser) == town.sum()
    browser.find_element("css selector", "button[type=reset]").click()
    time.sleep(0.1)
    assert shown(browser) == COUNT


@pytest.mark.browser
def test_keyboard__alone_is_enough_and_one_sees_where_one_is(browser):
    from selenium.webdriver.common.action_chains import ActionChains
    from selenium.webdriver.common.keys import Keys

    def press(*keys: str) -> Any:
        ActionChains(browser).send_keys(*keys).perform()
        return browser.switch_to.active_element

    def outlined(element: Any) -> bool:
        return "solid" in element.value_of_css_property("outline-style")

    skip = press(Keys.TAB)
    assert skip.text == text("page.skip", "zh")
    assert outlined(skip)
    assert skip.rect["x"] >= 0
    village = press(Keys.TAB)
    assert village.get_attribute("name") == "where"
    assert outlined(village)
    tier = press(Keys.TAB)
    press(text("tier.county.next", "zh")[0])  # typing the first sign chooses
    assert tier.get_attribute("value") == "next"
    assert shown(browser) == sum(TIERS[number // 2 % 5] == "next" for number in range(COUNT))
    names = [press(Keys.TAB).get_attribute("name") or "reset" for _ in range(4)]
    assert names == ["cause", "reset", "print", "back"]
    press(Keys.SPACE)
    assert browser.find_element("tag name", "body").get_attribute("class") == "one-sided"
    contents = press(Keys.TAB)
    assert contents.tag_name == "summary"
    assert outlined(contents)
    press(Keys.ENTER)
    link = press(Keys.TAB)
    press(Keys.ENTER)
    assert browser.current_url.endswith(link.get_attribute("href").rpartition("/")[2])


@pytest.mark.browser
@pytest.mark.parametrize("width", [360, 390, 800, 1400])
def test_page__never_scrolls_sideways(browser, width):
    screen(browser, width)
    assert browser.execute_script("return document.documentElement.scrollWidth") <= width


@pytest.mark.browser
def test_without_scripts__all_is_there_and_nothing_that_needs_them(browser, page, tmp_path):
    browser.execute_cdp_cmd("Emulation.setScriptExecutionDisabled", {"value": True})
    browser.get(page.as_uri())
    browser.execute_cdp_cmd("Emulation.setScriptExecutionDisabled", {"value": False})  # asked, not run again
    assert shown(browser) == COUNT
    assert shown(browser, "form") == 0
    assert shown(browser, "nav, summary") >= 2
    assert len(printed(browser, tmp_path)) == 8


@pytest.mark.browser
def test_page__asks_for_nothing_and_breaks_no_rule_of_its_own(browser):
    assert browser.execute_script("return performance.getEntriesByType('resource').length") == 0
    assert not [entry for entry in browser.get_log("browser") if entry["level"] == "SEVERE"]


@pytest.mark.browser
def test_paper__a_village_a_page_with_its_own_back(browser, tmp_path):
    pages = printed(browser, tmp_path)
    assert len(pages) == 8
    for front, back in zip(pages[::2], pages[1::2], strict=True):
        assert len(villages_of(front)) == 1
        assert villages_of(back) == villages_of(front)
        assert text("sheet.back", "zh") in back
        for said in ("sheet.internal", "mark.unreviewed", "mark.simulated"):
            assert text(said, "zh") in front
        told = re.sub(r"\s", "", front)
        assert text("notice.long", "zh") in told
        assert "拨打12317或向村委会提出" in told
        assert told.count("□未见到人") == 12
    assert len({frozenset(villages_of(page)) for page in pages}) == 4


@pytest.mark.browser
def test_paper__follows_the_filters_and_may_have_one_side(browser, tmp_path):
    choose(browser, where="v1", tier="visit")
    browser.execute_script("document.forms[0].elements.back.click()")
    pages = printed(browser, tmp_path)
    listed = county_list(COUNT).rows
    rows = (listed["tier"] == "visit") & (listed["township"] == "一镇") & (listed["village"] == "第2村")
    assert len(pages) == 1
    assert villages_of(pages[0]) == {"一镇 第2村"}
    assert pages[0].count("王**") == rows.sum()


@pytest.mark.browser
def test_paper__twelve_long_rows_fit_on_one_page_and_the_thirteenth_on_another(chromium, tmp_path):
    whole = county_list(2 * MOST_ROWS + 2, villages=1, language="zh")
    rows = whole.rows.assign(
        tier="visit",
        township="一镇",
        village_group="上坝自然村第12组",
        clue_id=[f"202412-123456-{n:04d}" for n in range(26)],
    )
    long = whole.cards.words.assign(
        why=column([("全家10口人没有劳动力，近12个月人均收入约12,300元，需要当面了解家里情况。",)] * 26),
        look=column(
            [("看票据，是否还要继续治疗，报销是否到账，有无外债", "是否转学、送教上门或确实未上学，有无困难")] * 26
        ),
    )
    listed = replace(whole, rows=rows, cards=replace(whole.cards, words=long))
    path = tmp_path / "long.html"
    path.write_bytes(list_html.render(listed, heads(listed)))
    chromium.get(path.as_uri())
    fronts = printed(chromium, tmp_path)[::2]
    assert [page.count("王**") for page in fronts] == [12, 12, 2]
    assert text("sheet.of", "zh", page=3, pages=3) in fronts[2]


# what stands in the file ---------------------------------------------------------------------------------------------


@pytest.mark.parametrize("language", ["zh", "en"])
def test_file__tells_no_name_no_number_and_no_exact_medical_cost(language):
    listed = county_list(COUNT, language=language)
    page = list_html.render(listed, heads(listed)).decode()
    assert "王**" in page
    for secret in ("王某", "123X", EXACT, "12400", "2,000", "9.9%", "0.0987"):
        assert secret not in page
    assert "约1.2万元" in page


def test_file__without_cards_shows_no_sentence_that_was_not_made_for_it():
    listed = replace(county_list(8), cards=None)
    said = words(list_html.render(listed, heads(listed)))
    assert EXACT not in said
    assert "王**" in said
    assert "问清缘由" in said


def test_file__loads_nothing_and_its_script_is_the_one_it_allows():
    page = list_html.render(county_list(8)).decode()
    assert not re.findall(r"https?://|(?:src|href)=\"(?!data:|#)|url\(|@import", page)
    assert page.count("<script>") == 1
    script = re.search(r"<script>(.*?)</script>", page, re.DOTALL)[1]
    assert not re.search(r"=>|\b(let|const|class|fetch|import)\b|`|\.\.\.", script), "old browsers read ES5 alone"


def test_file__says_what_a_card_has_to_say_and_leaves_out_what_is_not_known():
    said = words(list_html.render(county_list(12)))
    for told in (
        "近12个月人均纯收入7,780元，比监测线高520元。", "近期收入没有记录。", "比上月有变化：", "有利情况：", "通常对应的帮扶：", "医疗救助、公益岗",
        "2024-09 庄稼受灾", "连续3个月在清单上", "上次核查结论：不存在风险", "超出本月走访能力，未安排", "线索，不作认定依据。", "试运行", "模拟数据",
    ):  # fmt: skip
        assert told in said, told


def test_file__of_a_township_has_its_rows_alone():
    page = list_html.render(county_list(COUNT), township="二镇").decode()
    assert "一镇" not in page
    assert page.count("<article") == COUNT // 2
    assert "<h1>二镇" in page


@pytest.mark.parametrize("language", ["zh", "en"])
def test_file__may_be_empty(language):
    whole = county_list(4, language=language)
    page = list_html.render(RiskList(whole.head, whole.rows.iloc[:0])).decode()
    assert text("list.empty", language) in page
    assert "<script>" not in page


def test_file__hostile_texts_stay_texts():
    whole = county_list(4)
    rows = whole.rows.assign(village="<script>alert(1)</script>", village_group="</style>\"'", township="&amp;")
    page = list_html.render(replace(whole, rows=rows)).decode()
    assert "<script>alert" not in page
    assert page.count("</style>") == 1


def test_file__is_light_and_quick():
    """Fifteen hundred cards and their sheets; measured: 1.5 kB a household and 0.4 s (benchmarks of lists tell more)."""
    whole = county_list(1500, villages=60)
    begin = time.process_time()
    page = list_html.render(whole, heads(whole))
    assert time.process_time() - begin < 5
    assert len(page) < 2_500_000


def test_drawings__lie_within_their_field_and_break_where_nothing_is_known():
    income = np.array([[100.0, -50, np.nan, 30, 40], [np.nan] * 5])
    drawn = sparks(income, np.full((2, 5), 60.0), [(4, 0), ()])
    assert drawn[0].income == "M0 0l6 60M18 28l6-4"
    assert drawn[0].line == "M0 16H24"
    assert drawn[0].ticks == "M0 62v5M24 62v5"
    assert (drawn[1].income, drawn[1].ticks) == ("", "")


def test_page__of_many_households_tells_in_short_of_those_whom_nobody_visits_this_month():
    many = county_list(MOST_WHOLE + 200, villages=30)
    told = list_html.render(many, heads(many)).decode()
    cards = re.findall(r'<article class="(\w+)"[^>]*>(.*?)</article>', told, re.DOTALL)
    drawn = {tier for tier, card in cards if "<svg" in card}
    assert drawn == set(TIERS) - set(IN_SHORT)
    assert {tier for tier, card in cards if "<ol>" in card} == set(TIERS), "reasons stand on short cards, too"
    money = re.compile(r'<div(?: class="below")?>\s*((?:<p>[^<]*</p>)*)</div>')
    of_short = {found[1].count("<p>") for tier, card in cards if tier in IN_SHORT and (found := money.search(card))}
    assert of_short == {1}, "each tells its income, and nothing else of it"
    assert sum(tier in IN_SHORT and money.search(card) is None for tier, card in cards) == 0
    assert len(cards) == len(many.rows)
    assert text("page.in_short", "zh", tiers="次月轮访、超出本月走访能力，未安排") in told
    township = list_html.render(many, heads(many), many.rows["township"].iloc[0]).decode()
    assert "本页户数多" not in township
    assert set(re.findall(r'<article class="(\w+)"', township)) == set(TIERS)
    assert len(re.findall("<h4>建议核实要点</h4>", township)) == len(re.findall("<article", township))
