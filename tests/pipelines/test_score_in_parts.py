"""`score` of a county in parts writes the bytes that it writes of the county as a whole, month after month."""

from __future__ import annotations

import shutil
import time
from dataclasses import dataclass, replace
from functools import partial
from pathlib import Path

import numpy as np
import pandas as pd
import pytest
from calls import call, start

import relapse
from counties import made_county
from in_parts import split
from relapse import config
from relapse.core.panel import Panel
from relapse.core.parts import Numbered, Whole
from relapse.data.county_store import examine_in_parts, read_in_parts
from relapse.flows.listing import Origin
from relapse.flows.version import Version
from relapse.outputs import Paths, write_all
from relapse.pipelines.score import score_stage
from relapse.terminal import Stages
from simulated_counties import county as simulated

MONTHS = ("2022-11", "2022-12", "2023-01", "2023-07", "2023-08")
VERDICTS = ("存在风险", "不存在风险", "未见到人")


@dataclass(frozen=True)
class Office:
    """A county and a version for it."""

    folder: Path
    version: Version

    def data(self):
        return config.option("data", "county", path=str(self.folder), name="county")

    def panel(self) -> Panel:
        panel: Panel = self.data().read(self.version.line())
        return panel

    def score(self, outputs: Path, parts: Numbered, as_of: str, language: str = "zh"):
        head = parts.part(0)
        settings = replace(config.option("risk_list", "default"), length=40)
        return score_stage(
            Stages(), self.data(), parts, head.calendar.parse(as_of), self.version, Origin("1", True), settings,
            config.option("audits", "national"), Paths(outputs, outputs / "data", outputs / "state"), language, (),
        )  # fmt: skip


@pytest.fixture(scope="module")
def office(tmp_path_factory) -> Office:
    folder = made_county(tmp_path_factory.mktemp("county") / "county", households=260)
    persons = pd.read_csv(folder / "家庭成员信息.csv", dtype=str)
    places = np.random.default_rng(4).permutation(len(persons))[:20]
    persons.loc[places[:10], "证件号码"] = persons.loc[places[10:], "证件号码"].to_numpy()
    persons.to_csv(folder / "家庭成员信息.csv", index=False, encoding="utf-8-sig")
    version = relapse.train(relapse.read(folder), as_of="2022-10", model="lgbm_hazard", horizons=[1, 3, 6]).version
    return Office(folder, version)


def files(folder: Path) -> dict[str, bytes]:
    return {
        path.relative_to(folder).as_posix(): path.read_bytes()
        for path in sorted(folder.rglob("*"))
        if path.is_file() and "state" not in path.parts
    }


def visited(folder: Path, listed: pd.DataFrame) -> None:
    """Visits of a list's rows as they come back: a third at risk, a third clean, a third not met."""
    rows = listed[listed["tier"].isin(["visit", "random"])]
    told = pd.DataFrame({
        "户编号": rows["household_id"], "线索编号": rows["clue_id"], "走访日期": "2022-12-10", "知晓日期": "2022-12-12",
        "核实结论": [VERDICTS[place % 3] for place in range(len(rows))],
    })  # fmt: skip
    told.to_csv(folder / "走访.csv", index=False, encoding="utf-8-sig")


@pytest.fixture(scope="module")
def scored(office, tmp_path_factory) -> tuple[Office, Path]:
    """All months from the county as a whole; after the first one its visits come back."""
    outputs = tmp_path_factory.mktemp("whole")
    for place, as_of in enumerate(MONTHS):
        made = office.score(outputs, Whole(office.panel()), as_of)
        if place == 0:
            visited(office.folder, made.risk_list.rows)
    return office, outputs


@pytest.mark.parametrize("parts", [3, 20])
def test_lists_of_parts__are_those_of_the_whole_month_after_month(scored, parts, tmp_path):
    office, outputs = scored
    whole, panel = files(outputs), office.panel()
    first = {name: content for name, content in whole.items() if f"/{MONTHS[0]}/" in f"/{name}"}
    for name, content in first.items():  # both ways see the same past
        (tmp_path / name).parent.mkdir(parents=True, exist_ok=True)
        (tmp_path / name).write_bytes(content)
    for as_of in MONTHS[1:]:
        made = office.score(tmp_path, split(panel, parts), as_of)
        assert len(made.risk_list.rows) > 40
    found = files(tmp_path)
    assert found.keys() == whole.keys()
    assert [name for name in whole if whole[name] != found[name]] == []
    assert sum(name.endswith("list.csv") for name in whole) == len(MONTHS)
    last = made.risk_list
    assert len(last.supplement.answered), "last month's visits are looked at"
    assert last.head.previous == MONTHS[-2]


def test_an_english_list_of_parts__is_that_of_the_whole(scored, tmp_path):
    office, _ = scored
    panel = office.panel()
    for name, parts in (("one", Whole(panel)), ("other", split(panel, 7))):
        office.score(tmp_path / name, parts, "2023-08", "en")
    assert files(tmp_path / "one") == files(tmp_path / "other")


def test_parts_of_one_household__make_a_list_too(scored, tmp_path):
    office, _ = scored
    panel = office.panel()
    few = next(panel.split((np.arange(len(panel.household_ids)) >= 12).astype(np.int32)))[1]
    few = replace(few, span=None)
    single = replace(split(few, 1), part_of=np.arange(12, dtype=np.int32))
    for name, parts in (("one", Whole(few)), ("other", single)):
        office.score(tmp_path / name, parts, "2023-08")
    assert files(tmp_path / "one") == files(tmp_path / "other")


def test_a_simulated_county_in_parts__with_all_of_its_tables(tmp_path):
    """Events, work, projects, prices, clues: whatever a county may tell."""
    county = simulated(households=150, path=str(tmp_path / "yi"))
    panel = county.read(config.option("line", "auto"))
    assert {"events", "work", "projects", "project_members", "prices", "clues", "visits"} <= set(panel.tables)
    version = relapse.train(panel, model="distance_to_line", horizons=[1, 3, 6]).version
    made = Office(tmp_path / "yi", version)
    store = read_in_parts(county, version.line(), tmp_path, size=101, piece=2000)
    assert len(store) > 4
    for name, parts in (("one", Whole(panel)), ("other", store)):
        made.score(tmp_path / name, parts, panel.calendar.label(panel.latest))
    assert files(tmp_path / "one") == files(tmp_path / "other")


# ---- the command itself: a folder of more rows than are held at once ---------------------------------------------------


WORDS = ("score", "data=county", "data.region=990101", "version=version", "risk_list.length=40")
PARTS = "data.parts_above=0"


@pytest.fixture(scope="module")
def called(office, tmp_path_factory) -> Path:
    """A folder with a county, a version of it, and the list made of the whole."""
    home = tmp_path_factory.mktemp("home")
    shutil.copytree(office.folder, home / "county")
    write_all(home / "version", office.version.files())
    done = on(*WORDS, "data.path=county", "paths.outputs=whole", cwd=home)
    assert done.status == 0, done.err
    assert "parts=1" in done.err
    return home


def on(*words: str, cwd: Path):
    return call(*words, f"paths.state={cwd / 'state'}", cwd=cwd)


def test_score__of_many_rows_reads_them_in_parts_and_makes_the_same_files(called, monkeypatch):
    monkeypatch.setattr("relapse.pipelines.parts.read_in_parts", partial(read_in_parts, size=30, piece=900))
    done = on(*WORDS, "data.path=county", "paths.outputs=parts", PARTS, cwd=called)
    assert done.status == 0, done.err
    assert "parts=9" in done.err
    assert files(called / "parts") == files(called / "whole")
    again = on(*WORDS, "data.path=county", "paths.outputs=parts", PARTS, cwd=called)
    assert "written=False" in again.err
    assert files(called / "parts") == files(called / "whole")


def test_validate__of_many_rows_reads_them_in_parts_and_makes_the_same_files(called, monkeypatch):
    monkeypatch.setattr("relapse.pipelines.parts.examine_in_parts", partial(examine_in_parts, size=30, piece=900))
    words = ("validate", "data=county", "data.region=990101", "data.path=county")
    for outputs, more in (("checked", ()), ("checked_in_parts", (PARTS,))):
        done = on(*words, f"paths.outputs={outputs}", *more, cwd=called)
        assert done.status == 0, done.err
    assert files(called / "checked") == files(called / "checked_in_parts")
    assert len((called / "checked/quality/findings.csv").read_text(encoding="utf-8-sig").splitlines()) > 100
    assert not list((called / "checked_in_parts").glob(".writing-*"))


def test_validate__of_a_county_in_parts_that_stops_lists_every_fault(office, called, tmp_path):
    folder = tmp_path / "county"
    shutil.copytree(office.folder, folder)
    (folder / "收入.csv").unlink()
    for outputs, more in (("one", ()), ("other", (PARTS,))):
        words = ("validate", "data=county", f"data.path={folder}", f"paths.outputs={tmp_path / outputs}", *more)
        done = on(*words, cwd=called)
        assert done.status == 2
    assert files(tmp_path / "one") == files(tmp_path / "other")


@pytest.mark.parametrize("households", [1, 250])
def test_score__of_one_village_or_one_household(office, called, households, tmp_path):
    folder = tmp_path / "county"
    shutil.copytree(office.folder, folder)
    homes = pd.read_csv(folder / "农户信息.csv", dtype=str, encoding="gb18030")
    homes[:households].assign(行政村="第1村", 乡镇="第1镇").to_csv(
        folder / "农户信息.csv", index=False, encoding="gb18030"
    )
    for outputs, more in (("one", ()), ("other", (PARTS,))):
        words = (*WORDS, f"data.path={folder}", f"paths.outputs={tmp_path / outputs}", "as_of=2022-12", *more)
        done = on(*words, cwd=called)
        assert done.status == 0, done.err
    assert files(tmp_path / "one") == files(tmp_path / "other")
    assert "at_risk=1 " in done.err or households > 1


def test_score__killed_as_it_reads_leaves_no_list_and_the_next_run_clears_up(called):
    words = (*WORDS, "data.path=county", "paths.outputs=killed", PARTS, f"paths.state={called / 'state'}")
    process = start(*words, cwd=called)
    deadline = time.monotonic() + 120
    while not list((called / "killed").glob(".writing-*/rows/*/*.parquet")) and time.monotonic() < deadline:
        time.sleep(0.01)
    process.kill()
    process.communicate()
    assert not list((called / "killed").glob("lists/**/*.*"))
    assert list((called / "killed").glob(".writing-*"))
    done = on(*WORDS, "data.path=county", "paths.outputs=killed", PARTS, cwd=called)
    assert done.status == 0, done.err
    assert not list((called / "killed").glob(".writing-*"))
    assert files(called / "killed") == files(called / "whole")


def test_score__refused_in_parts_leaves_nothing(office, called, tmp_path):
    folder = tmp_path / "county"
    shutil.copytree(office.folder, folder)
    (folder / "收入.csv").unlink()
    done = on(*WORDS, f"data.path={folder}", f"paths.outputs={tmp_path / 'out'}", PARTS, cwd=called)
    assert done.status == 2
    assert "income cannot be used" in done.told
    assert not (tmp_path / "out").exists()


def test_score__of_parts_with_a_line_that_asks_for_everybody_says_what_to_do(called, office, tmp_path):
    version = replace(office.version, recipe={**office.version.recipe, "line": {
        "_target_": "relapse.outcome.line.relative.Relative", "fraction": 0.6,
    }})  # fmt: skip
    write_all(tmp_path / "version", version.files())
    words = [word for word in WORDS if not word.startswith("version=")]
    done = on(*words, "data.path=county", f"version={tmp_path / 'version'}", "paths.outputs=out", PARTS, cwd=called)
    assert done.status == 2
    assert "data.parts_above" in done.told
