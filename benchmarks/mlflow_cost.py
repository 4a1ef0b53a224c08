"""What MLflow's own calls add to a training run, and what a version's page takes with 100 versions registered.

    python benchmarks/mlflow_cost.py [FILE: a review.html] [SECONDS: of CPU of a training run]

A made-up record as large as a real one is logged under 100 digests; nothing is fitted. Seconds of CPU of this process;
import and first store apart; beside them the share of a training run, where its seconds are told. Pages: the calls that
stand behind a version's page, and, where chromium and chromedriver are there, the time from a cold browser's request
until the version's description is shown, in wall-clock seconds.
"""

from __future__ import annotations

import os
import shutil
import sys
import tempfile
import time
import urllib.parse
import urllib.request
from collections.abc import Callable
from pathlib import Path

import pandas as pd

from relapse.core.record import Record
from relapse.registry import ui
from relapse.registry.mlflow_store import MlflowStore

VERSIONS = 100
NAME = "benchmark"


def cpu(work: Callable[[], object]) -> float:
    before = time.process_time()
    work()
    return time.process_time() - before


def record(number: int, page: bytes, files: dict[str, bytes]) -> Record:
    """As large as a real one."""
    names = [f"block__feature_{place}" for place in range(266)]
    metrics = {f"eval/h{horizon:02d}_figure_{place}": 0.5 for horizon in (1, 3, 6, 12) for place in range(20)}
    return Record(
        NAME, f"relapse-{NAME}", f"2024-12 h12 ml {number:04d}", f"{number:064d}", files,
        {"as_of": "2024-12", "model": "lgbm_hazard"}, {f"model.p{place}": "1" for place in range(60)}, metrics,
        {f"origins/h{horizon:02d}_pr_auc": [(step, 0.1) for step in range(8)] for horizon in (1, 3, 6, 12)},
        {"review.html": page, "model_card.md": b"# card\n", "eval/metrics.csv": b"a,b\n1,2\n" * 2000},
        "A version.\n\n" + "| a | b |\n| --- | --- |\n" + "| 1 | 2 |\n" * 100, names, ["score"], [],
        pd.DataFrame([[0.5] * len(names)], columns=names),
    )  # fmt: skip


def main() -> None:
    page = Path(sys.argv[1]).read_bytes() if len(sys.argv) > 1 else b"<p>page</p>" * 60_000
    files = {"version.json": b"{}", "model/lightgbm_0.txt": b"tree 0.123456\n" * 40_000}
    with tempfile.TemporaryDirectory() as folder:
        store = MlflowStore(uri=None, state=folder)
        print(f"import and first store  {cpu(store.prepare):6.2f} s CPU")
        first = cpu(lambda: store.log(record(0, page, files), []))
        others = [cpu(lambda n=n: store.log(record(n, page, files), [])) for n in range(1, VERSIONS)]
        print(f"first version           {first:6.2f} s CPU")
        median = sorted(others)[len(others) // 2]
        print(f"each further version    {median:6.2f} s CPU (median), last {others[-1]:.2f}")
        if len(sys.argv) > 2:
            print(f"ratio to a training run {median / float(sys.argv[2]):6.1%} of {float(sys.argv[2]):.1f} s CPU")
        with ui.serve(store.tracking_uri(), store.artifacts_uri(), "127.0.0.1", 0) as server:
            measure_pages(server.address, store)
            measure_browser(server.address, store)


def measure_pages(address: str, store: MlflowStore) -> None:
    """Wall-clock seconds of the calls behind a version's page."""
    found = store.versions(NAME)[-1]
    at = f"{address}/ajax-api/2.0/mlflow"
    where = urllib.parse.urlencode({"name": NAME, "version": found.number})
    calls = {
        "version": f"{at}/model-versions/get?{where}",
        "model": f"{at}/registered-models/get?name={NAME}",
        "run": f"{at}/runs/get?run_id={found.run_id}",
        "review.html": f"{address}/get-artifact?path=review.html&run_uuid={found.run_id}",
    }
    total = 0.0
    for name, url in calls.items():
        begun = time.perf_counter()
        with urllib.request.urlopen(url, timeout=60) as answer:
            size = len(answer.read())
        took = time.perf_counter() - begun
        total += took
        print(f"{name:22} {took:8.3f} s  {size:,} bytes")
    print(f"all calls of the page  {total:8.3f} s with {VERSIONS} versions")


def measure_browser(address: str, store: MlflowStore, times: int = 5) -> None:
    """Wall-clock seconds until a browser shows a version's description: first with an empty cache, then again."""
    chromium, driver = shutil.which("chromium"), shutil.which("chromedriver")
    if chromium is None or driver is None:
        print("browser: chromium and chromedriver are not there, not measured")
        return
    from selenium import webdriver
    from selenium.webdriver.support.ui import WebDriverWait

    options = webdriver.ChromeOptions()
    options.binary_location = chromium
    for flag in ("--headless=new", "--no-sandbox", "--disable-dev-shm-usage", "--window-size=1400,1000"):
        options.add_argument(flag)
    browser = webdriver.Chrome(options=options, service=webdriver.ChromeService(driver))
    took = []
    try:
        for number in (found.number for found in store.versions(NAME)[-times:]):
            browser.get("about:blank")
            begun = time.perf_counter()
            browser.get(f"{address}/#/models/{NAME}/versions/{number}")
            shown = WebDriverWait(browser, 60, poll_frequency=0.02)
            shown.until(lambda page: "A version." in page.execute_script("return document.body.innerText"))
            took.append(time.perf_counter() - begun)
    finally:
        browser.quit()
    load = os.getloadavg()[0] / (os.cpu_count() or 1)
    print(f"version in a browser   {took[0]:8.3f} s cold, {sorted(took[1:])[len(took[1:]) // 2]:.3f} s again (median)")
    print(f"load of the machine    {load:8.1f} processes a core while this was measured")


if __name__ == "__main__":
    main()
