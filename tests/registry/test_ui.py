"""The review pages: a real server on loopback, asked by a program and opened in a real browser."""

from __future__ import annotations

import contextlib
import json
import os
import shutil
import socket
import sys
import urllib.request
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from relapse.core.errors import InputError, RelapseError
from relapse.core.record import Record
from relapse.county.reports.review_html import Answer, Part, ReviewPage, render
from relapse.registry import ui
from relapse.registry.mlflow_store import MlflowStore

BROWSER = shutil.which("chromium")
DRIVER = shutil.which("chromedriver")


@pytest.fixture(scope="module")
def reviewed(ready_db: Path, tmp_path_factory: pytest.TempPathFactory) -> MlflowStore:
    state = tmp_path_factory.mktemp("review state")
    shutil.copy(ready_db, state / "mlflow.db")
    store = MlflowStore(uri=None, state=str(state))
    store.prepare()
    return store


@pytest.fixture(scope="module")
def server(reviewed: MlflowStore) -> Iterator[ui.Server]:
    with socket.socket() as busy:
        busy.bind(("127.0.0.1", 0))
        busy.listen()
        taken = busy.getsockname()[1]
        with ui.serve(reviewed.tracking_uri(), reviewed.artifacts_uri(), host="127.0.0.1", port=taken) as running:
            assert running.address.startswith("http://127.0.0.1:")
            assert not running.address.endswith(f":{taken}")
            yield running
    assert running.process.poll() is not None


@pytest.fixture
def version(reviewed: MlflowStore, record: Callable[..., Record]) -> str:
    number = reviewed.log(record(), forbidden=[]).number
    reviewed.set_champion("wage_panel", number, {"reviewer": "Li"})
    return number


ANSWERS = """
import http.server, os, sys
print(os.environ.get("MLFLOW_SERVER_ENABLE_JOB_EXECUTION"), file=open(sys.argv[1] + ".jobs", "w"))
class Notes(http.server.BaseHTTPRequestHandler):
    def do_GET(self):
        with open(sys.argv[1], "a") as notes:
            notes.write(self.path + chr(10))
        self.send_response(200 if self.path == "/health" else 500)
        self.end_headers()
    def log_message(self, *_):
        pass
http.server.HTTPServer(("127.0.0.1", int(sys.argv[2])), Notes).serve_forever()
"""


def test_serve__has_asked_both_stores_before_anybody_opens_a_page(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    notes = tmp_path / "asked.txt"

    def command(uri: str, artifacts: str, host: str, port: int, workers: int) -> list[str]:
        return [sys.executable, "-c", ANSWERS, str(notes), str(port)]

    monkeypatch.setattr(ui, "command", command)
    with ui.serve("sqlite:///none.db", "file:///none", "127.0.0.1", 0):
        asked = [line.partition("?")[0] for line in notes.read_text().splitlines()]
    store = "/api/2.0/mlflow"
    assert asked[-2:] == [f"{store}/experiments/search", f"{store}/registered-models/search"]
    assert Path(f"{notes}.jobs").read_text() == "false\n"  # MLflow reads this where it would start its runner of jobs


@pytest.mark.slow
def test_serve__no_process_runs_jobs_beside_the_pages(server: ui.Server) -> None:
    told = commands_of(server.process.pid)
    assert any("uvicorn" in words for words in told)
    assert not [words for words in told if "huey" in words or "mlflow.server.jobs" in words]


def commands_of(group: int) -> list[str]:
    """Command lines of the processes of a group; what ends meanwhile is left out."""
    told = []
    for folder in Path("/proc").glob("[0-9]*"):
        with contextlib.suppress(OSError):
            if os.getpgid(int(folder.name)) == group:
                told.append((folder / "cmdline").read_text())
    return told


@pytest.mark.slow
def test_serve__answers_for_what_was_logged(server: ui.Server, version: str) -> None:
    address = f"{server.address}/api/2.0/mlflow/registered-models/alias?name=wage_panel&alias=champion"
    with urllib.request.urlopen(address, timeout=30) as answer:
        told = json.load(answer)["model_version"]
    assert told["version"] == version
    assert told["description"].startswith("Trained on 545 households")


@pytest.mark.slow
def test_serve__is_a_store_of_its_own_for_other_machines(
    server: ui.Server, version: str, record: Callable[..., Record], tmp_path: Path
) -> None:
    remote = MlflowStore(uri=server.address, state=str(tmp_path / "elsewhere"))
    remote.prepare()
    assert remote.files("wage_panel", "champion") == dict(record().files)
    other = record(name="other panel", experiment="other panel")
    assert not remote.log(other, forbidden=[]).reused
    assert remote.log(other, forbidden=[]).reused
    assert remote.files("other panel", "1") == dict(other.files)
    assert remote.artifact("other panel", "1", "report.html") == other.artifacts["report.html"]


@pytest.mark.slow
@pytest.mark.browser
@pytest.mark.skipif(BROWSER is None or DRIVER is None, reason="needs Debian's chromium and chromium-driver")
def test_serve__a_versions_page_opens_in_a_browser(server: ui.Server, version: str) -> None:
    from selenium import webdriver
    from selenium.webdriver.support.ui import WebDriverWait

    options = webdriver.ChromeOptions()
    options.binary_location = str(BROWSER)
    for flag in ("--headless=new", "--no-sandbox", "--disable-dev-shm-usage", "--window-size=1400,1000"):
        options.add_argument(flag)
    browser = webdriver.Chrome(options=options, service=webdriver.ChromeService(str(DRIVER)))
    try:
        browser.get(f"{server.address}/#/models/wage_panel/versions/{version}")
        shown = ("Trained on 545 households", "champion", "reviewer", "Inputs (2)", "Outputs (3)")
        WebDriverWait(browser, 60).until(lambda page: all(text in page.page_source for text in shown))
    finally:
        browser.quit()


@pytest.mark.slow
@pytest.mark.browser
@pytest.mark.skipif(BROWSER is None or DRIVER is None, reason="needs Debian's chromium and chromium-driver")
@pytest.mark.parametrize("width", [1400, 800])
def test_serve__the_review_page_is_shown_inline_with_its_contents(
    server: ui.Server, reviewed: MlflowStore, record: Callable[..., Record], width: int
) -> None:
    from selenium import webdriver
    from selenium.webdriver.common.by import By
    from selenium.webdriver.support.ui import WebDriverWait

    part = Part("gates", "Gates", sentences=("All 5 gates hold.",))
    page = render(ReviewPage("Review of a version", "2021Q4", (), (Answer("Is it fair?", ("Yes.",)),), (part,), "en"))
    found = reviewed.log(record(digest="b" * 64, artifacts={"review.html": page}), forbidden=[])
    experiment = reviewed._client.get_run(found.run_id).info.experiment_id
    options = webdriver.ChromeOptions()
    options.binary_location = str(BROWSER)
    for flag in ("--headless=new", "--no-sandbox", "--disable-dev-shm-usage", f"--window-size={width},1000"):
        options.add_argument(flag)
    browser = webdriver.Chrome(options=options, service=webdriver.ChromeService(str(DRIVER)))
    try:
        browser.get(f"{server.address}/#/experiments/{experiment}/runs/{found.run_id}/artifacts/review.html")
        frame = WebDriverWait(browser, 60).until(lambda shown: shown.find_element(By.TAG_NAME, "iframe"))
        browser.switch_to.frame(frame)
        wanted = ("Is it fair?", "All 5 gates hold.", "1 Gates")
        body = WebDriverWait(browser, 30).until(lambda shown: shown.find_element(By.TAG_NAME, "body"))
        WebDriverWait(browser, 30).until(lambda _: all(words in body.text for words in wanted))
        assert browser.execute_script("return document.documentElement.scrollWidth <= window.innerWidth")
    finally:
        browser.quit()


def test_serve__says_why_it_did_not_start(tmp_path: Path) -> None:
    broken = tmp_path / "mlflow.db"
    broken.write_text("no database\n" * 100, encoding="utf-8")
    with pytest.raises(RelapseError, match=r"ended at once: .+"), ui.serve(f"sqlite:///{broken}", "x", "127.0.0.1", 0):
        pass


def test_serve__refuses_a_server_and_a_strange_host() -> None:
    with pytest.raises(InputError, match="server already"), ui.serve("http://127.0.0.1:5000", "x", "127.0.0.1", 0):
        pass
    with pytest.raises(InputError, match="no port"):
        ui.free_port("192.0.2.1", 5000)
