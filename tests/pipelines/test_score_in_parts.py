"""`score` of a county in parts writes the bytes that it writes of the county as a whole, month after month."""

from __future__ import annotations

from dataclasses import dataclass, replace
from pathlib import Path

import numpy as np
import pandas as pd
import pytest

import relapse
from counties import made_county
from in_parts import split
from relapse import config
from relapse.core.panel import Panel
from relapse.core.parts import Numbered, Whole
from relapse.flows.listing import Origin
from relapse.flows.version import Version
from relapse.outputs import Paths
from relapse.pipelines.score import score_stage
from relapse.terminal import Stages

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


@pytest.mark.parametrize("parts", [3, 50])
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
