"""What MLflow's own calls add to a training run, and what a version's page takes with 100 versions registered.

    python benchmarks/mlflow_cost.py [FILE: a review.html]

A made-up record as large as a real one is logged under 100 digests; nothing is fitted. Seconds of CPU of this process;
import and first store apart. Pages: the calls that stand behind a version's page, in wall-clock seconds.
"""

from __future__ import annotations

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
        "A version.\n\n" + "| a | b |\n| --- | --- |\n" + "| 1 | 2 |\n" * 100, names, ["score"],
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
        print(f"each further version    {sorted(others)[len(others) // 2]:6.2f} s CPU (median), last {others[-1]:.2f}")
        with ui.serve(store.tracking_uri(), store.artifacts_uri(), "127.0.0.1", 0) as server:
            measure_pages(server.address, store)


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


if __name__ == "__main__":
    main()
