"""How the month stands on one screen: read only, quick, and true; and the key's copy on the command line."""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
from pathlib import Path

import pandas as pd
import pytest
from calls import SOURCE, Called, call, files
from office import Office

LOOK = """
import sys
from relapse.cli import main
status = main(sys.argv[1:])
print(sorted({name.split(".")[0] for name in sys.modules} & {"lightgbm", "mlflow", "shap", "sklearn", "jinja2", "openpyxl"}))
sys.exit(status)
"""


@pytest.fixture(scope="module")
def office(tmp_path_factory: pytest.TempPathFactory, ready_db: Path, small_office: Path) -> Office:
    """An office whose month went well."""
    office = Office(Path(shutil.copytree(small_office, tmp_path_factory.mktemp("status") / "home")))
    (office.home / "state").mkdir()
    shutil.copy(ready_db, office.home / "state" / "mlflow.db")
    done = office.call("month")
    assert done.status == 0, done.err
    return office


def lines(out: str) -> dict[str, str]:
    return dict(line.strip(" !").split("：", 1) for line in out.splitlines() if "：" in line)


def test_status__tells_everything_on_one_screen_and_changes_nothing(office):
    (office.inbox / "新来的.csv").write_text("x")
    before = files(office.home)
    called = office.call("status")
    assert called.status == 0, called.err
    told = lines(called.out)
    rows = pd.read_csv(office.home / "outputs/lists/county/2023-07/list.csv", dtype=str)
    visits = int((rows["走访等级"] == "本月必访").sum())
    assert told["最近一期清单"].startswith(f"2023-07第1版，共{len(rows)}户，本月必访{visits}户，试运行")
    assert told["回填"].startswith(f"已交回0户，共{len(rows)}户；还有4个乡镇一户未交（第1镇、第2镇")
    assert told["收件箱"] == "有1个文件等着处理（新来的.csv）"
    assert told["现用版本"] == "还没有，先运行 relapse run"
    assert told["密钥"].startswith("没有设密钥")
    assert told["收入"].startswith("2023-07（距今")
    assert len(called.out.splitlines()) <= 24
    assert files(office.home) == before


def test_status__in_english_and_without_anything(tmp_path):
    office = Office(tmp_path)
    (tmp_path / "county").mkdir()
    called = office.call("status", "language=en")
    assert called.status == 0
    assert "last list: none yet" in called.out
    assert not [path for path in tmp_path.iterdir() if path.name != "county"]


def test_status__counts_what_was_handed_back(office, tmp_path):
    home = Path(shutil.copytree(office.home, tmp_path / "home"))
    rows = pd.read_csv(home / "outputs/lists/county/2023-07/list.csv", dtype=str)
    (home / "county" / "feedback").mkdir()
    first = rows[rows["乡镇"] == rows["乡镇"][0]]
    table = pd.DataFrame({"clue_id": [*first["线索编号"], "202301-000000-001", None]})
    table.to_parquet(home / "county" / "feedback" / "visits.parquet", index=False)
    assert lines(Office(home).call("status").out)["回填"].startswith(
        f"已交回{len(first)}户，共{len(rows)}户；还有3个乡镇"
    )


def test_status__loads_neither_mlflow_nor_a_model_library(office):
    done = subprocess.run(
        [sys.executable, "-c", LOOK, "status", "data=county", "data.path=county"],
        cwd=office.home, capture_output=True, text=True, env={**os.environ, "PYTHONPATH": str(SOURCE)},
    )  # fmt: skip
    assert done.returncode == 0, done.stderr
    assert done.stdout.splitlines()[-1] == "[]"


def test_status__names_the_champion_without_mlflow(office, tmp_path):
    from relapse.registry.glance import Glance, champion_at_a_glance
    from relapse.registry.mlflow_store import MlflowStore

    store = MlflowStore(None, str(shutil.copytree(office.home / "state", tmp_path / "state")))
    uri = store.tracking_uri()
    assert champion_at_a_glance(uri, "county") is None
    client = store._client
    client.create_registered_model("county")
    made = tmp_path / "made" / "artifacts" / "version"  # an alias points at versions that have their files alone
    made.mkdir(parents=True)
    (made / "version.json").write_text("{}")
    for _ in range(2):
        client.create_model_version("county", source=(tmp_path / "made").as_uri(), tags={"digest": "ab12" * 16})
    store.set_champion("county", "2", {"reviewed": "false"})
    assert champion_at_a_glance(uri, "county") == Glance("2", "ab12" * 16, False)
    store.set_champion("county", "1", {"reviewed": "true"})
    found = champion_at_a_glance(uri, "county")
    assert found == Glance("1", "ab12" * 16, True)
    assert store.champion("county").number == found.number
    (tmp_path / "broken.db").write_text("no database at all, and long enough to be looked at as one")
    assert champion_at_a_glance(f"sqlite:///{tmp_path / 'broken.db'}", "county") is None
    assert champion_at_a_glance("http://localhost:1", "county") is None


def test_key__from_its_copy_to_its_loss_and_back(office, tmp_path):
    home = Office(Path(shutil.copytree(office.home, tmp_path / "home")))
    kept, sheet = tmp_path / "safe" / "county.key", tmp_path / "stick" / "sheet.html"
    given = f"data.key_file='{kept}'"

    def key(word: str) -> int:
        return _called(home.home, "key", given, word).status

    def screen() -> str:
        return lines(home.call("status", given).out)["密钥"]

    assert screen().startswith("还没有，第一次读数据时生成")
    assert key(f"copy='{sheet}'") == 2
    assert not kept.exists()
    done = _called(home.home, "month", "version=version", "risk_list.length=20", given)
    assert done.status == 0, done.err
    assert "has no sealed copy yet" in done.err
    assert screen().startswith("在，但还没有封存件")
    assert key(f"copy='{kept.with_name('copy.html')}'") == 2
    assert key(f"copy='{sheet}'") == 0
    assert key(f"copy='{sheet}'") == 2  # nothing is written over
    assert key(f"check='{sheet}'") == 0
    assert screen().startswith("在，封存件已核对")
    secret = kept.read_text().strip()
    kept.unlink()
    assert screen().startswith("丢失！")
    (home.inbox / "收入_20230831.csv").write_text(
        "户编号,收入来源,起始月份,终止月份,金额\n990100000001,工资性收入,2023-07,2023-07,1\n"
    )
    stopped = _called(home.home, "month", "version=version", given)
    assert stopped.status == 2
    assert "relapse key restore=FILE" in stopped.told
    assert (home.inbox / "收入_20230831.csv").exists()  # nothing was taken in
    assert not kept.exists()
    assert key(f"restore='{sheet}'") == 0
    assert kept.read_text().strip() == secret
    assert screen().startswith("在，封存件已核对")
    held = [path for root in ("outputs", "state", "county") for path in (home.home / root).rglob("*") if path.is_file()]
    assert held
    assert not [path for path in held if secret[:16].encode() in path.read_bytes()]


def _called(home: Path, command: str, *more: str) -> Called:
    return call(command, "data=county", "data.path=county", *more, cwd=home)


@pytest.mark.parametrize(
    ("words", "said"),
    [
        ((), "keeps no key: each run draws one"),
        (("data.key_file=safe/c.key", "copy=a.html", "check=b.html"), "copy and check: one at a time"),
        (("data.key_file=safe/c.key", "restore=nowhere.html"), "there is no file nowhere.html"),
    ],
)
def test_key__wrong_use_is_told(office, words, said):
    called = _called(office.home, "key", *words)
    assert called.status == 2
    assert said in called.told
