"""`relapse monitor` and what follows from it: the page, the verdict that is kept, and lists after a stop."""

from __future__ import annotations

import json
import re
import shutil
from functools import partial
from pathlib import Path
from typing import Any

import openpyxl
import pandas as pd
import pytest
from calls import Called, Ran, call, files, on
from office import Office

import relapse
from relapse.core.texts import text
from relapse.county.reports.monitor_html import reason_sentences
from relapse.data.county_store import read_in_parts
from relapse.registry.mlflow_store import MlflowStore

CLAIMS, INCOME = "医疗费用", "收入"
STOPPED = "预测已停用，按规则排序"


@pytest.fixture
def office(small_office: Path, tmp_path: Path) -> Office:
    return Office(Path(shutil.copytree(small_office, tmp_path / "home")))


def well(called: Called) -> None:
    assert called.status == 0, called.err


def silent(office: Office, since: str = "2022-12") -> None:
    """Nothing of incomes came after a month, while claims go on and a dated export moves the county on to July 2023."""
    county = office.home / "county"
    income = pd.read_csv(county / f"{INCOME}.csv", dtype=str)
    income[income["知晓日期"].str.slice(0, 7) <= since].to_csv(county / f"{INCOME}.csv", index=False)
    household = pd.read_csv(county / "农户信息.csv", dtype=str)["户编号"]
    told = pd.DataFrame([
        {"户编号": household[place % 20], "结算月份": str(each - 1), "合规自付支出": "900", "知晓日期": f"{each}-20"}
        for place, each in enumerate(pd.period_range("2021-01", "2023-06", freq="M"))
    ])  # fmt: skip
    told.to_csv(county / f"{CLAIMS}.csv", index=False)
    told.tail(3).drop(columns="知晓日期").to_csv(county / f"{CLAIMS}_20230731.csv", index=False)
    (office.inbox / f"{INCOME}_20230731.csv").unlink()


def figures(office: Office, month: str = "2023-07") -> dict[str, Any]:
    told: dict[str, Any] = json.loads((office.home / f"outputs/monitor/{month}/figures.json").read_text())
    return told


def words(path: Path) -> str:
    return re.sub(r"<[^>]+>", " ", path.read_text(encoding="utf-8"))


def every_cell(path: Path) -> str:
    book = openpyxl.load_workbook(path)
    return "\n".join(str(cell.value) for sheet in book for row in sheet.iter_rows() for cell in row if cell.value)


def test_monitor__leaves_a_page_figures_and_a_verdict_and_the_same_bytes_when_run_again(office):
    well(office.call("monitor"))
    told = figures(office, "2023-06")
    assert told["watch"]["made"] == "2022-12"
    assert [each["month"] for each in told["watch"]["months"]] == ["2022-12", *(f"2023-{m:02d}" for m in range(1, 6))]
    kept = json.loads((office.home / "state/monitor/county.json").read_text())
    assert kept == {told["version_digest"]: {"2023-06": told["watch"]["verdict"]}}
    page = words(office.home / "outputs/monitor/2023-06/report.html")
    for said in ("结论", "早期估计", "大事记", "监测线由6,600调整为7,300", "是否按时"):
        assert said in page
    before = files(office.home)
    well(office.call("monitor"))
    assert files(office.home) == before
    well(office.call("monitor", "language=en", "paths.outputs=en"))
    english = words(office.home / "en/monitor/2023-06/report.html")
    assert "early estimates" in english
    assert "The line went from 6,600 to 7,300" in english
    assert not re.search("[\u4e00-\u9fff]", english.replace("政策指南", ""))


def test_monitor__of_a_county_read_in_parts_leaves_the_bytes_of_the_whole(office, monkeypatch):
    for as_of in ("2023-03", "2023-05"):
        well(office.call("score", f"as_of={as_of}"))
    shutil.copytree(office.home / "outputs/lists", office.home / "parts/lists")
    well(office.call("monitor"))
    monkeypatch.setattr("relapse.pipelines.parts.read_in_parts", partial(read_in_parts, size=20, piece=700))
    done = office.call("monitor", "paths.outputs=parts", "paths.state=state_of_parts", "data.parts_above=0")
    well(done)
    assert "parts=5" in done.err
    monitored = {name: content for name, content in files(office.home / "outputs").items() if "monitor" in name}
    assert {name: content for name, content in files(office.home / "parts").items() if "monitor" in name} == monitored
    assert len(figures(office, "2023-06")["lists"]) == 2
    assert not list((office.home / "parts").glob(".writing-*"))


def test_monitor__tells_no_household_and_no_small_count(office):
    well(office.call("score"))
    well(office.call("monitor"))
    ids = pd.read_csv(office.home / "county" / "农户信息.csv", dtype=str)["户编号"]
    for content in files(office.home / "outputs/monitor").values():
        assert not [each for each in ids if each.encode() in content]
    watch = figures(office, "2023-06")["watch"]
    counts = [each["came"] for each in watch["months"]]
    counts += [each["hits"] for each in watch["groups"]] + [each["events"] for each in watch["horizons"].values()]
    counts.append((watch["early"] or {}).get("observed"))
    assert counts
    assert not {1, 2, 3, 4} & {count for count in counts if count is not None}
    shown = [each for each in watch["horizons"].values() if each["events"] is None]
    assert all(each["observed_expected"] is None and each["expected"] is None for each in shown)


def test_a_stop__makes_score_refuse_until_somebody_says_how_to_go_on(office):
    silent(office)
    well(office.call("monitor"))
    verdict = figures(office)["watch"]["verdict"]
    assert (verdict["name"], verdict["reasons"][0]["code"]) == ("stop", "income_silent")
    assert verdict["reasons"][0]["values"]["late"] == 7
    refused = office.call("score")
    assert refused.status == 3
    assert "Incomes are 7 months later than usual" in refused.told
    assert "after_stop=rule" in refused.told
    assert "after_stop=go_on" in refused.told
    assert "\n" not in refused.told
    assert not (office.home / "outputs/lists").exists()
    well(office.call("score", "after_stop=rule", "paths.outputs=rule"))
    lists = office.home / "rule/lists/county/2023-07"
    manifest = json.loads((lists / "manifest.json").read_text())
    assert manifest["stopped"] == "rule"
    assert manifest["version_digest"] == figures(office)["version_digest"]
    pages = list(lists.rglob("*.html"))
    assert len(pages) > 5
    assert all(STOPPED in words(path) for path in pages)
    assert all(STOPPED in every_cell(path) for path in lists.rglob("*.xlsx"))
    assert "预测自2023-07的监测起停用" in every_cell(lists / "list.xlsx")
    well(office.call("score", "after_stop=go_on", "paths.outputs=on"))
    gone_on = every_cell(office.home / "on/lists/county/2023-07/list.xlsx")
    assert "2023-07的监测已停用这个版本：收入数据比平时晚了7个月" in gone_on
    wrong = office.call("score", "after_stop=perhaps")
    assert wrong.status == 2
    assert "after_stop" in wrong.told


def test_a_stop__holds_for_its_own_month_and_later_ones_and_not_for_a_list_before_it(office):
    well(office.call("score", "paths.outputs=before"))
    silent(office)
    well(office.call("monitor"))
    assert office.call("score").status == 3
    well(office.call("score", "as_of=2023-06"))


def test_a_stop__belongs_to_the_version_and_a_new_one_clears_it(office):
    silent(office)
    well(office.call("monitor"))
    panel = relapse.read(office.home / "county")
    relapse.train(panel, as_of="2022-10", model="distance_to_line", horizons=[1, 3]).save(office.home / "another")
    assert office.call("score").status == 3
    other = [word for word in office.words if not word.startswith("version=")]
    well(call("score", *other, "version=another", cwd=office.home))


def test_a_stop__is_over_once_what_was_missing_has_come(office):
    whole = (office.home / "county" / f"{INCOME}.csv").read_bytes()
    silent(office, "2023-01")
    well(office.call("monitor"))
    assert office.call("score").status == 3
    (office.home / "county" / f"{INCOME}.csv").write_bytes(whole)
    well(office.call("monitor"))
    assert figures(office)["watch"]["verdict"]["name"] != "stop"
    well(office.call("score"))


def test_month__after_a_stop_lists_by_the_rule_and_says_so_and_comes_back(office):
    whole = (office.home / "county" / f"{INCOME}.csv").read_bytes()
    silent(office)
    well(office.call("month"))
    outbox = office.outbox / "2023-07"
    note = words(outbox / "note.html")
    assert "预测已停用（2023-07的监测）：收入数据比平时晚了7个月" in note
    assert "走访照常安排" in note
    assert STOPPED in note
    rows = pd.read_csv(outbox / "list/list.csv", dtype=str)
    assert len(rows) > 20
    before = files(office.outbox)
    well(office.call("month"))
    assert files(office.outbox) == before
    screen = office.call("status")
    assert "监测结论：停用（2023-07）收入数据比平时晚了7个月" in screen.out
    assert office.call("month", "after_stop=refuse", "paths.outputs=none").status == 3
    (office.home / "county" / f"{INCOME}.csv").write_bytes(whole)
    well(office.call("month"))
    again = words(outbox / "edition-2/note.html")
    assert "预测已停用" not in again
    assert "监测结论" in again


def test_month__killed_after_the_verdict_makes_the_same_outbox(office, monkeypatch):
    from relapse.pipelines import month

    silent(office)
    twin = Office(Path(shutil.copytree(office.home, office.home.parent / "twin")))
    well(twin.call("month"))
    real = month.watch_stage

    def dies(*arguments: Any) -> None:
        real(*arguments)
        raise RuntimeError("the power is gone")

    with monkeypatch.context() as patched:
        patched.setattr(month, "watch_stage", dies)
        assert office.call("month").status == 1
    well(office.call("month"))
    assert files(office.outbox) == files(twin.outbox)


@pytest.mark.parametrize("content", ["[", "[]", '{"a": 1}', '{"a": {"2023-06": {"name": "perhaps", "reasons": []}}}'])
def test_a_damaged_verdict__is_told_and_no_list_is_made(office, content):
    (office.home / "state/monitor").mkdir(parents=True)
    (office.home / "state/monitor/county.json").write_text(content)
    refused = office.call("score")
    assert refused.status == 2
    assert "county.json is damaged" in refused.told
    assert not (office.home / "outputs/lists").exists()
    assert "county.json is damaged" in office.call("status").out


def test_monitor__what_became_known_later_changes_no_byte(office):
    well(office.call("monitor", "as_of=2023-04"))
    before = files(office.home / "outputs/monitor")
    county = office.home / "county"
    for name, when in ((INCOME, "知晓日期"), ("识别记录", "知晓日期")):
        rows = pd.read_csv(county / f"{name}.csv", dtype=str)
        later = rows[when].str.slice(0, 7) > "2023-04"
        changed = rows.copy()
        if name == INCOME:
            changed.loc[later, "金额(元)"] = "1"
        else:
            changed = changed[~later]
        changed.to_csv(county / f"{name}.csv", index=False)
    well(office.call("monitor", "as_of=2023-04"))
    assert files(office.home / "outputs/monitor") == before


@pytest.fixture
def copied(won: Ran, tmp_path: Path) -> Path:
    return Path(shutil.copytree(won.folder, tmp_path / "copied"))


MONITOR = ("monitor", "data=panel", "data.columns.household_id=hhid", "data.columns.period=year",
           "data.columns.income=income_pc", "data.columns.village=village", "data.frequency=annual",
           "evaluation.draws=20", "watch.draws=20", "monitored=1")  # fmt: skip


def test_monitor__leaves_one_run_in_the_experiment_without_any_household(copied, hidden_csv):
    from mlflow import MlflowClient

    for _ in range(2):
        well(call(*MONITOR, f"data.path={hidden_csv}", cwd=copied))
    store = MlflowStore(uri=None, state=str(copied / "state"))
    client = MlflowClient(store.tracking_uri())
    experiment = client.get_experiment_by_name("relapse-hidden")
    assert experiment is not None
    runs = client.search_runs([experiment.experiment_id], "tags.stage = 'monitor'")
    assert len(runs) == 1
    run = runs[0]
    told = json.loads((copied / "outputs/monitor/2014/figures.json").read_text())
    assert run.info.run_name == f"2014 watch {told['version_digest'][:4]}"
    assert run.data.tags["verdict"] == told["watch"]["verdict"]["name"]
    assert run.data.metrics["watch/verdict"] in (0, 1, 2, 3, 4)
    description = run.data.tags["mlflow.note.content"]
    verdict = text(f"watch.verdict.{told['watch']['verdict']['name']}", "zh")
    assert description.startswith(f"**结论：{verdict}**")
    assert all(reason in description for reason in reason_sentences(told, "zh"))
    assert "0 继续使用、1 继续使用，留意观察" in description
    assert {"watch.months", "verdict.least_events"} <= set(run.data.params)
    artifacts = {each.path for each in client.list_artifacts(run.info.run_id)}
    assert artifacts == {"monitor.html", "figures.json"}
    assert store.tags("hidden", "champion")["verdict"] == told["watch"]["verdict"]["name"]
    ids = set(pd.read_csv(hidden_csv, dtype=str)["hhid"])
    for path in artifacts:
        content = Path(client.download_artifacts(run.info.run_id, path, str(copied))).read_text()
        assert not {each for each in ids if each in content}
    assert not {each for each in ids if each in description}
    assert not {name for name in run.data.metrics if any(each in name for each in ids)}


def test_monitor__a_store_that_fails_does_not_spoil_the_page(copied, hidden_csv, monkeypatch):
    from relapse.core.errors import RelapseError

    def fails(*_: object) -> None:
        raise RelapseError("the MLflow store failed: gone")

    monkeypatch.setattr(MlflowStore, "log_study", fails)
    done = call(*MONITOR, f"data.path={hidden_csv}", cwd=copied)
    well(done)
    assert "the registry kept nothing of it" in done.err
    assert (copied / "outputs/monitor/2014/report.html").is_file()


def test_a_stop_in_the_registry_alone__is_heeded_by_others_who_share_it(copied, hidden_csv):
    store = MlflowStore(uri=None, state=str(copied / "state"))
    reasons = [{"code": "income_silent", "verdict": "stop", "values": {"late": 7, "limit": 6}}]
    told = json.dumps({"name": "stop", "reasons": reasons})
    store.tag("hidden", "champion", {"verdict": "stop", "verdict_as_of": "2013", "verdict_told": told})
    refused = on("score", hidden_csv, cwd=copied)
    assert refused.status == 3
    assert "stopped this version at 2013" in refused.told
    well(on("score", hidden_csv, "after_stop=rule", "paths.outputs=rule", cwd=copied))
    manifest = json.loads((copied / "rule/lists/hidden/2014/manifest.json").read_text())
    assert (manifest["stopped"], manifest["model"]) == ("rule", "distance_to_line")
