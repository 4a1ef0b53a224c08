"""What the visits of issued lists found, counted against the register by hand; and that nothing later counts."""

from __future__ import annotations

import shutil
from pathlib import Path

import numpy as np
import pandas as pd
import pytest

import relapse
from counties import made_county
from folders import month
from relapse.core.panel import Panel
from relapse.core.parts import Whole
from relapse.flows.past_visits import by_township, came_of, visit_cohorts
from relapse.flows.version import Version

HORIZONS = (1, 6)
MONTHS = ("2022-04", "2022-08", "2022-10", "2023-04")
AS_OF = "2023-06"  # the first list is older than a year; the last one's half year is not over


@pytest.fixture(scope="module")
def county(tmp_path_factory: pytest.TempPathFactory) -> tuple[Path, Panel, Version]:
    folder = made_county(tmp_path_factory.mktemp("visits") / "county", households=200)
    panel = relapse.read(folder)
    fitted = relapse.train(panel, as_of="2022-01", model="distance_to_line", horizons=list(HORIZONS))
    return folder, panel, fitted.version


def issued(folder: Path, panel: Panel) -> pd.DataFrame:
    """Lists of some months: sixty households each, forty of them to visit; whom the register tells of later comes first."""
    told, parts = register(folder), []
    for seed, when in enumerate(MONTHS):
        ids = pd.Series(np.random.default_rng(seed).permutation(panel.household_ids))
        soon = ids.isin(told.loc[told["when"].between(month(when) + 1, month(when) + 6), "who"])
        ids = pd.concat([ids[soon], ids[~soon]])[:60].to_numpy()
        parts.append(pd.DataFrame({"month": when, "household_id": ids, "tier": ["visit"] * 40 + ["next"] * 20}))
    return pd.concat(parts, ignore_index=True)


def register(folder: Path) -> pd.DataFrame:
    told = pd.read_csv(folder / "识别记录.csv", dtype=str)
    when = told["识别监测时间"].map(lambda text: month(f"{text[:4]}-{text[4:]}"))
    return pd.DataFrame({"who": told["户编号"], "when": when, "known": told["知晓日期"].map(month)})


def by_hand(folder: Path, lists: pd.DataFrame, horizon: int, maturity: int) -> dict[str, list[int]]:
    """By township, rows to visit and hits of the lists of the last year whose window is over."""
    homes = pd.read_csv(folder / "农户信息.csv", dtype=str, encoding="gb18030").set_index("户编号")["乡镇"]
    told, sums = register(folder), {name: [0, 0] for name in sorted(set(homes))}
    for when, rows in lists[lists["tier"] == "visit"].groupby("month"):
        begin, end = month(str(when)), month(str(when)) + horizon
        if begin < month(AS_OF) - 12 or end > month(AS_OF) - maturity:
            continue
        monitored = set(told.loc[(told["when"] <= begin) & (told["known"] <= begin), "who"])
        came = set(told.loc[(told["when"] > begin) & (told["when"] <= end) & (told["known"] <= month(AS_OF)), "who"])
        for who in set(rows["household_id"]) - monitored:
            sums[homes[who]][0] += 1
            sums[homes[who]][1] += who in came
    return sums


def test_by_township__is_what_the_register_says(county):
    folder, panel, version = county
    lists = issued(folder, panel)
    cohorts = visit_cohorts(Whole(panel), version, lists, month(AS_OF), HORIZONS)
    told = by_township(cohorts, HORIZONS, max(HORIZONS))
    maturity = int(version.recipe["label"]["matures_after"])
    for horizon in HORIZONS:
        wanted = by_hand(folder, lists, horizon, maturity)
        found = told[[f"visits_{horizon}", f"hits_{horizon}"]]
        assert {name: row.tolist() for name, row in found.iterrows()} == wanted
        assert sum(rows for rows, _ in wanted.values()) > 60
        assert sum(hits for _, hits in wanted.values()) > 0
    assert (told["base"] > told["visits_6"]).all()


def test_came__tells_of_the_closed_months_and_of_as_many_by_the_rule(county):
    folder, panel, version = county
    lists = issued(folder, panel)
    cohorts = visit_cohorts(Whole(panel), version, lists, month(AS_OF), HORIZONS)
    maturity = int(version.recipe["label"]["matures_after"])
    by_horizon = {each.horizon: each for each in came_of(panel, cohorts, HORIZONS)}
    assert by_horizon[1].months == ("2022-08", "2022-10", "2023-04")[: 3 if maturity < 2 else 2]
    assert by_horizon[6].months == ("2022-08", "2022-10")
    for horizon, each in by_horizon.items():
        sums = by_hand(folder, lists, horizon, maturity)
        assert (each.visits, each.hits) == tuple(np.sum(list(sums.values()), axis=0))


def test_visits__nothing_that_became_known_later_counts(county, tmp_path):
    """The register is told another way from July on: everybody was recognised in May, and known to be so later."""
    folder, panel, version = county
    other = shutil.copytree(folder, tmp_path / "county")
    told = pd.read_csv(folder / "识别记录.csv", dtype=str)
    late = told["知晓日期"].map(month) > month(AS_OF)
    everybody = pd.DataFrame(
        {
            "户编号": panel.household_ids,
            "监测对象类别": "突发严重困难户",
            "识别监测时间": "202305",
            "知晓日期": "2023-07-02",
        }
    )
    pd.concat([told[~late], everybody]).to_csv(other / "识别记录.csv", index=False)
    incomes = pd.read_csv(folder / "收入.csv", dtype=str)
    after = incomes["知晓日期"].map(month) > month(AS_OF)
    assert late.any()
    assert after.any()
    incomes.assign(**{"金额(元)": incomes["金额(元)"].where(~after, "1")}).to_csv(other / "收入.csv", index=False)
    changed, lists = relapse.read(other), issued(folder, panel)

    def figures(of: Panel, as_of: str):
        cohorts = visit_cohorts(Whole(of), version, lists, month(as_of), HORIZONS)
        return by_township(cohorts, HORIZONS, 6), came_of(of, cohorts, HORIZONS)

    (one, came), (other_one, other_came) = figures(panel, AS_OF), figures(changed, AS_OF)
    pd.testing.assert_frame_equal(one, other_one)
    assert came == other_came
    later, _ = figures(changed, "2023-10")
    assert later["hits_1"].sum() > one["hits_1"].sum() + 20  # then it is known, and counts
