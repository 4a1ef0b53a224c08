"""A review as a reviewer plays it: MLflow's pages in a real browser, opened after each command.

A better version becomes champion, a worse one is refused, one that was told the outcome is caught, the champion goes
back. The county is made up: its claims tell who will be recognised, and a fact in it was written down afterwards.
"""

from __future__ import annotations

import re
import shlex
import shutil
import signal
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from calls import Called, call, settled, start

from counties import foretold_county, told_too_early
from relapse.core.texts import text
from relapse.registry.mlflow_store import MlflowStore

pytestmark = [
    pytest.mark.slow,
    pytest.mark.browser,
    pytest.mark.skipif(
        not (shutil.which("chromium") and shutil.which("chromedriver")),
        reason="needs Debian's chromium and chromium-driver",
    ),
]
DATA = ("data=county", "data.path=county", "evaluation.draws=20", "origins=[2022-12,2023-05]", "risk_list.length=40")
TRAIN = ("horizons=[6]", "calibration.draws=20", "calibration.least_events=50", "model.seeds=1", "model.trees=60",
         "model.regression=null")  # fmt: skip
FEW = "features=[income,history,window,people,health,events{more}]"  # of all blocks what this county's tables tell
BLIND = ("~features.health", "~features.events")  # without the claims, which tell who will be recognised
QUICK = "~gates.fresh_process"  # a process of its own, tried in test_promote
FACT = """facts:
  _target_: relapse.features.facts.Facts
  entries:
    help_after: {name: 后续帮扶, how: is, levels: [有], unit: count, meaning: help that came afterwards,
      group: own_facts, direction: 0, label: 后续帮扶}
"""


@pytest.fixture(scope="module")
def office(tmp_path_factory: pytest.TempPathFactory, ready_db: Path) -> Path:
    folder = settled(tmp_path_factory.mktemp("review") / "home", ready_db)
    foretold_county(folder / "county")
    (folder / "conf" / "features").mkdir(parents=True)
    (folder / "conf" / "features" / "my_facts.yaml").write_text(FACT, encoding="utf-8")
    return folder


@pytest.fixture(scope="module")
def address(office: Path) -> Iterator[str]:
    """Of the pages that `relapse ui` serves while all the rest goes on."""
    server = start("ui", "port=0", cwd=office)
    assert server.stderr is not None
    try:
        told = next(line for line in server.stderr if "Ctrl-C ends it" in line)
        found = re.search(r"http://127\.0\.0\.1:\d+", told)
        assert found is not None, told
        yield found[0]
    finally:
        server.send_signal(signal.SIGINT)
        server.communicate(timeout=60)


class Reviewer:
    """Who reads the pages.

    Args:
        browser: a driver of chromium.
        address: of the server.
        store: to find where a version's run is.
    """

    def __init__(self, browser: Any, address: str, store: MlflowStore) -> None:
        self.browser, self.address, self.store = browser, address, store

    def reads(self, number: str, *words: str) -> None:
        """A version's page says so, in words that are shown."""
        self.browser.get("about:blank")  # else the page stays, which changes behind its # alone
        self.browser.get(f"{self.address}/#/models/county/versions/{number}")
        self._await(words)

    def reads_model(self, *words: str) -> None:
        """The page of the registered model says so."""
        self.browser.get("about:blank")
        self.browser.get(f"{self.address}/#/models/county")
        self._await(words)

    def reads_page(self, number: str, *words: str) -> None:
        """The review page says so, inline below the version's run, and nothing is cut at the side."""
        from selenium.webdriver.common.by import By
        from selenium.webdriver.support.ui import WebDriverWait

        run = self.store._client.get_run(self.store._client.get_model_version("county", number).run_id)
        place = f"#/experiments/{run.info.experiment_id}/runs/{run.info.run_id}/artifacts/review.html"
        for width in (1400, 800):
            self.browser.set_window_size(width, 1000)
            self.browser.get("about:blank")
            self.browser.get(f"{self.address}/{place}")
            frame = WebDriverWait(self.browser, 90).until(lambda shown: shown.find_element(By.TAG_NAME, "iframe"))
            self.browser.switch_to.frame(frame)
            self._await(words)
            fits = "return document.documentElement.scrollWidth <= window.innerWidth"
            assert self.browser.execute_script(fits), width
            self.browser.switch_to.default_content()
        self.browser.set_window_size(1400, 1000)

    def _await(self, words: tuple[str, ...]) -> None:
        from selenium.common.exceptions import TimeoutException, WebDriverException
        from selenium.webdriver.support.ui import WebDriverWait

        shown = ""

        def all_there(browser: Any) -> bool:
            nonlocal shown
            shown = " ".join(browser.execute_script("return document.body.innerText").split())
            return all(" ".join(each.split()) in shown for each in words)

        try:
            WebDriverWait(self.browser, 90, ignored_exceptions=[WebDriverException]).until(all_there)
        except TimeoutException:
            raise AssertionError(f"{[each for each in words if each not in shown]} not in: {shown[:4000]}") from None


@pytest.fixture(scope="module")
def reviewer(office: Path, address: str) -> Iterator[Reviewer]:
    from selenium import webdriver

    options = webdriver.ChromeOptions()
    options.binary_location = str(shutil.which("chromium"))
    for flag in ("--headless=new", "--no-sandbox", "--disable-dev-shm-usage", "--window-size=1400,1000"):
        options.add_argument(flag)
    browser = webdriver.Chrome(options=options, service=webdriver.ChromeService(str(shutil.which("chromedriver"))))
    yield Reviewer(browser, address, MlflowStore(uri=None, state=str(office / "state")))
    browser.quit()


def zh(key: str, **words: object) -> str:
    return text(key, "zh", **words)


def test_a_review__from_the_first_version_to_a_rollback(office: Path, reviewer: Reviewer) -> None:
    def train(*words: str, more: str = "") -> Called:
        return call("train", *DATA, *TRAIN, FEW.format(more=more), *words, cwd=office)

    def decide(*words: str) -> int:
        return call("promote", *DATA, QUICK, "reviewer=Li", *words, cwd=office).status

    # a first version, which is champion at once and not reviewed yet
    assert train(*BLIND).status == 0
    reviewer.reads_model(zh("describe.model", panel="county"), "champion")
    reviewer.reads("1", "champion", zh("review.better"), zh("record.gates"))

    # a better one: the page says so before anybody decides, the decision stands above it afterwards
    assert train().status == 0
    better = zh("gate.not_behind_champion")
    reviewer.reads("2", "challenger", "好于现用版本", zh("review.gates_hold", count=9), better)
    reviewer.reads_page("2", zh("review.beside", number=1), "好于现用版本", "features.health")
    assert decide("reason='ahead of rule and champion'") == 0
    said = zh("decision.promoted", reviewer="Li", before="1", count=11, reason="ahead of rule and champion")
    reviewer.reads("2", zh("decision.said", what=said), "champion", "gate_beats_rule")

    # a worse one is refused, and says by which gates and why
    assert train(*BLIND, "seed=3").status == 0
    reviewer.reads("3", "不如现用版本", zh("review.gates_refuse", gates=better))
    assert decide("reason='newer data'") == 3
    refused = zh("decision.said", what=zh("decision.refused", reviewer="Li", reason="newer data"))
    reviewer.reads("3", refused, f"未通过“{better}”", "refused: -0.")
    assert champion_of(office, "2") == ("champion",)
    assert champion_of(office, "3") == ()

    # one that was told the outcome is caught when it is trained, and cannot be promoted
    told_too_early(office / "county", "后续帮扶")
    own = ("--config-dir", "conf")
    caught = train(*own, more=",my_facts")
    assert caught.status == 3
    reviewer.reads("4", zh("describe.alarm"), "“后续帮扶”")
    reviewer.reads_page("4", "“后续帮扶”", zh("review.gates_refuse", gates=zh("gate.alarms")))
    assert champion_of(office, "4") == ()
    assert decide("reason='looks splendid'") == 3
    assert champion_of(office, "4") == ()
    reviewer.reads("4", f"未通过“{zh('gate.alarms')}”", "refused: 2条")

    # what the message says to leave out heals it: the next one may challenge
    way_out = re.search("to leave out what is named: (.*)", caught.told)
    assert way_out is not None, caught.told
    assert way_out[1] == "'~features.facts.entries.help_after'"
    assert train(*own, *shlex.split(way_out[1]), more=",my_facts").status == 0
    assert champion_of(office, "5") == ("challenger",)

    # back to the one before; both say who said so
    assert decide("rollback=true", "reason='list of March unusable'") == 0
    withdrawn = zh("decision.withdrawn", reviewer="Li", version="1", reason="list of March unusable")
    reviewer.reads("2", zh("decision.said", what=withdrawn), "withdrawn_by")
    returned = zh("decision.returned", reviewer="Li", before="2", reason="list of March unusable")
    reviewer.reads("1", zh("decision.said", what=returned), "champion", "returned_by")
    assert "champion" in champion_of(office, "1")


def champion_of(office: Path, number: str) -> tuple[str, ...]:
    """Aliases of a version."""
    client = MlflowStore(uri=None, state=str(office / "state"))._client
    return tuple(client.get_model_version("county", number).aliases)
