"""What past lists came to: counted against the register by hand."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pandas as pd
import pytest

import relapse
from counties import made_county
from folders import month
from in_parts import split
from relapse.core.panel import Panel
from relapse.core.parts import Whole
from relapse.flows.past_lists import COLUMNS, what_came
from relapse.flows.version import Version

ORIGINS = ("2022-03", "2022-04", "2023-01")
AS_OF = "2023-06"


@pytest.fixture(scope="module")
def county(tmp_path_factory: pytest.TempPathFactory) -> tuple[Path, Panel, Version]:
    folder = made_county(tmp_path_factory.mktemp("past") / "county", households=150)
    panel = relapse.read(folder)
    fitted = relapse.train(panel, as_of="2022-01", model="distance_to_line", horizons=[1, 3, 6])
    return folder, panel, fitted.version


def listed(panel: Panel, seed: int) -> pd.DataFrame:
    """Forty households at random, whether at risk or not, in two tiers."""
    ids = np.random.default_rng(seed).permutation(panel.household_ids)[:40]
    return pd.DataFrame({"household_id": ids, "tier": ["visit"] * 15 + ["next"] * 25})


def by_hand(folder: Path, lists: dict[str, pd.DataFrame], horizon: int, maturity: int) -> dict[str, tuple[int, int]]:
    """(rows, hits) of everyone at risk, of the lists and of their tiers, from the CSV file of recognitions alone."""
    told = pd.read_csv(folder / "识别记录.csv", dtype=str)
    when = told["识别监测时间"].map(lambda text: month(f"{text[:4]}-{text[4:]}"))
    known = told["知晓日期"].map(month)
    homes = pd.read_csv(folder / "农户信息.csv", dtype=str, encoding="gb18030")["户编号"]
    sums: dict[str, tuple[int, int]] = {}
    for origin, rows in lists.items():
        begin, end = month(origin), month(origin) + horizon
        if end > month(AS_OF) - maturity:
            continue
        monitored = set(told["户编号"][(when <= begin) & (known <= begin)])
        came = set(told["户编号"][(when > begin) & (when <= end) & (known <= month(AS_OF))])
        at_risk = set(homes) - monitored
        groups = {"base": at_risk, "all": set(rows["household_id"])}
        groups |= {tier: set(some["household_id"]) for tier, some in rows.groupby("tier")}
        for name, group in groups.items():
            n, hits = sums.get(name, (0, 0))
            sums[name] = (n + len(group & at_risk), hits + len(group & at_risk & came))
    return sums


def test_hits__are_those_of_the_register(county):
    folder, panel, version = county
    lists = {origin: listed(panel, seed) for seed, origin in enumerate(ORIGINS)}
    came = what_came(Whole(panel), version, {month(o): rows for o, rows in lists.items()}, month(AS_OF), (1, 3, 6))
    assert list(came.columns) == list(COLUMNS)
    maturity = int(version.recipe["label"]["matures_after"])
    for horizon in (1, 3, 6):
        wanted = by_hand(folder, lists, horizon, maturity)
        mine = came[came["horizon"] == horizon]
        names = mine["value"].where(mine["group"] == "tier", mine["group"])
        assert dict(zip(names, zip(mine["n"], mine["hits"], strict=True), strict=True)) == wanted
    assert came.loc[(came["group"] == "base"), "hits"].min() > 0
    assert list(came[came["horizon"] == 6]["lists"].unique()) == [2]  # the third list's half year is not over
    told = came[came["hits"] > 0]
    assert (told["low"] <= told["rate"]).all()
    assert (told["rate"] <= told["high"]).all()


def test_hits__where_nothing_came_have_an_upper_end_by_the_households_that_were_seen(county):
    """Draws of rows without a hit have none either: 0 (0 to 0) would say that nothing can come."""
    folder, panel, version = county
    recognised = set(pd.read_csv(folder / "识别记录.csv", dtype=str)["户编号"])
    never = [each for each in panel.household_ids if each not in recognised][:30]
    lists = {month(origin): pd.DataFrame({"household_id": never, "tier": "visit"}) for origin in ORIGINS[:2]}
    came = what_came(Whole(panel), version, lists, month(AS_OF), (1,))
    (row,) = came[came["group"] == "all"].to_dict("records")
    assert (row["lists"], row["n"], row["hits"], row["rate"], row["low"]) == (2, 60, 0, 0.0, 0.0)
    assert row["high"] == pytest.approx(2.996 / 30)  # the same household a month later is no new evidence


def test_hits__nothing_that_became_known_later_counts(county, tmp_path):
    _, panel, version = county
    lists = {month(origin): listed(panel, 7) for origin in ORIGINS}
    whole = what_came(Whole(panel), version, lists, month(AS_OF), (1, 3))
    cut = what_came(Whole(panel.until(month(AS_OF))), version, lists, month(AS_OF), (1, 3))
    pd.testing.assert_frame_equal(whole, cut)


def test_hits__of_a_county_in_parts_are_those_of_the_whole(county):
    _, panel, version = county
    lists = {month(origin): listed(panel, 7) for origin in ORIGINS}
    whole, parts = (
        what_came(each, version, lists, month(AS_OF), (1, 3, 6)) for each in (Whole(panel), split(panel, 7))
    )
    assert len(whole)
    pd.testing.assert_frame_equal(whole, parts)


def test_hits__of_lists_that_are_too_young_are_none(county):
    _, panel, version = county
    assert what_came(Whole(panel), version, {month("2023-06"): listed(panel, 1)}, month(AS_OF), (1,)).empty
    assert what_came(Whole(panel), version, {}, month(AS_OF), (1,)).empty
