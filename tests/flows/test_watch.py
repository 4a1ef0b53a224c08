"""Verdicts caused in worlds in which one thing changes after the version was made; and the same world that stays as it was.

Every household has a distance to the line and a debt that comes and goes; both tell who falls. From `MADE` on a world may
change: more fall in the same order, anybody falls, or debt protects where it did harm.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from functools import cache
from typing import Any

import numpy as np
import pandas as pd
import pytest

import relapse
from in_parts import split
from relapse import config
from relapse.core.panel import Panel
from relapse.core.parts import Whole
from relapse.flows.months_after import months_after, ratio_of
from relapse.flows.version import Version
from relapse.flows.watch import Rules, Watched, watch_version
from relapse.monitors.feeds import months_of_parts

HOUSEHOLDS, MONTHS, FIRST = 600, 48, 2019 * 12
MADE, AS_OF = "2021-06", "2022-10"
HORIZONS = (1, 3)
CHANGE = 30  # months after the first: the one after MADE


def world(kind: str = "clean", seed: int = 3) -> pd.DataFrame:
    """One row a household and month; who falls stays below the line for two months."""
    rng = np.random.default_rng(seed)
    level = rng.normal(0.45, 0.2, HOUSEHOLDS).clip(0.1, 1.2)
    debt, fallen = rng.random(HOUSEHOLDS) < 0.5, np.zeros(HOUSEHOLDS, dtype=int)
    rows = []
    for month in range(MONTHS):
        noise = rng.normal(0, 0.04, HOUSEHOLDS)
        income = np.where(fallen > 0, -0.3, np.maximum(level + noise, 0.03))
        rows.append(
            pd.DataFrame({
                "hhid": [f"HH-{place:05d}" for place in range(HOUSEHOLDS)],
                "month": f"{(FIRST + month) // 12}-{(FIRST + month) % 12 + 1:02d}",
                "income": (9000 * np.exp(income)).round(2), "debt": debt.astype(int),
                "village": [f"V{place % 30:02d}" for place in range(HOUSEHOLDS)],
            })
        )  # fmt: skip
        changed = month >= CHANGE
        odds = -3.6 - 2.2 * (level - 0.45) / 0.2 * 0.4 + np.where(debt, 0.9, -0.9)
        if changed and kind == "level":
            odds = odds + 1.0
        if changed and kind == "ranking":
            odds = np.full(HOUSEHOLDS, -3.3)
        if changed and kind == "turned":
            odds = -3.6 - 2.2 * (level - 0.45) / 0.2 * 0.4 - np.where(debt, 1.6, -0.9)
        falls = (rng.random(HOUSEHOLDS) < 1 / (1 + np.exp(-odds))) & (fallen == 0)
        fallen = np.where(falls, 2, np.maximum(fallen - 1, 0))
        if changed and kind == "debts":
            debt = debt | (rng.random(HOUSEHOLDS) < 0.25)
        else:
            debt = np.where(rng.random(HOUSEHOLDS) < 0.05, rng.random(HOUSEHOLDS) < 0.5, debt)
    return pd.concat(rows, ignore_index=True)


@cache
def panel(kind: str = "clean") -> Panel:
    return relapse.panel(
        world(kind), household_id="hhid", period="month", income="income", line=9000.0, frequency="monthly",
        village="village", name="made",
    )  # fmt: skip


@cache
def version() -> Version:
    """Made before anything changes; of its backtest it knows what the unchanged months are like."""
    made = relapse.train(panel(), as_of=MADE, model="logit", horizons=HORIZONS).version
    assert made.facts.share > 0
    told = watched("clean", made).told["horizons"]
    figures = {horizon: {name: each[name] for name in ("roc_auc", "gain")} for horizon, each in told.items()}
    return replace(made, figures=figures)


def rules(**changed: Any) -> Rules:
    few: Mapping[str, Any] = {"draws": 60, "households": 600, "pairs": 2, "trees": 15, "folds": 3, **changed}
    return Rules(
        config.option("watch", "default", **few),
        replace(config.option("evaluation", "default", draws=80), lists=[30]),
        config.option("verdict", "default"),
        config.option("marks", "national"),
    )


def watched(kind: str, made: Version | None = None, as_of: str = AS_OF, **lists: Any) -> Watched:
    county = panel(kind)
    return watch_version(
        Whole(county),
        version() if made is None else made,
        lists.get("lists", {}),
        county.calendar.parse(as_of),
        HORIZONS,
        rules(),
    )


def test_a_county_in_parts__is_watched_as_the_whole():
    county = panel("turned")
    ids = county.household_ids.astype(str)
    rows = pd.DataFrame({"household_id": ids[::3], "tier": "visit", "source": "model"})
    lists = {county.calendar.parse(f"2022-{number:02d}"): rows for number in range(1, 8)}
    as_of = county.calendar.parse(AS_OF)
    whole, parts = (
        watch_version(each, version(), lists, as_of, HORIZONS, rules()) for each in (Whole(county), split(county, 5))
    )
    assert whole.told == parts.told
    assert whole.verdict == parts.verdict
    assert whole.told["drift"]["features"] > 3
    assert len(whole.told["groups"]) == 3


def codes(found: Watched, name: str) -> set[str]:
    return {reason.code for reason in found.verdict.reasons if reason.verdict == name}


def test_a_world_that_stays__keeps_its_version():
    found = watched("clean")
    assert (found.verdict.name, codes(found, "keep")) == ("keep", {"level_holds", "ranking_holds"})
    assert found.told["drift"]["moved"] == 0


@pytest.mark.parametrize(
    ("kind", "name", "code"),
    [
        ("level", "recalibrate", "level_off"),
        ("ranking", "retrain", "ranking_fell"),
        ("turned", "stop", "worse_than_rule"),
    ],
)
def test_each_change__leads_to_its_verdict(kind, name, code):
    found = watched(kind)
    assert found.verdict.name == name, found.verdict
    assert code in codes(found, name)


def test_a_version_that_is_just_made__has_too_few_results():
    found = watched("turned", as_of="2021-07")
    assert found.verdict.name == "watch"
    assert "few_events" in codes(found, "watch")
    assert watched("clean", as_of=MADE).told["drift"] is None


def test_an_input_that_moves__is_named_with_what_it_does_to_scores():
    found = watched("debts")
    named = {each["feature"]: each for each in found.told["drift"]["named"]}
    assert "covariates__debt_now" in named
    assert named["covariates__debt_now"]["effect"] > 0.2
    causes = sum(each["effect"] for each in found.told["drift"]["causes"])
    assert causes == pytest.approx(found.told["effect"]["shift"], abs=1e-4)
    assert "inputs_moved" in {reason.code for reason in found.verdict.reasons}


def test_what_became_known_later__changes_nothing():
    county = panel("turned")
    as_of = county.calendar.parse(AS_OF)
    whole, cut = (
        watch_version(Whole(each), version(), {}, as_of, HORIZONS, rules()) for each in (county, county.until(as_of))
    )
    assert whole.told == cut.told
    assert whole.verdict == cut.verdict


def test_expected_and_observed__are_those_counted_by_hand():
    """The first horizon of one month from the forecast itself, and from next month's incomes."""
    county, made = panel(), version()
    origin, as_of = county.calendar.parse("2022-03"), county.calendar.parse(AS_OF)
    unit = made.unit(county, origin, made.features())
    frame = world()
    later = frame[frame["month"] == "2022-04"].set_index("hhid")["income"].reindex(unit.household_ids)
    found = watch_version(
        Whole(county), made, {}, as_of, (1,),
        replace(rules(), watch=config.option("watch", "default", months=7, draws=20, households=60, pairs=1)),
    )  # fmt: skip
    row = next(each for each in found.told["months"] if each["month"] == "2022-03")
    assert row["came"] == int((later < 9000).sum())
    assert row["expected"] == pytest.approx(float(made.hazard.forecast(unit).risk(1).sum()), abs=0.06)
    assert row["final"]


def test_months_partly_closed__are_early_estimates_and_no_result():
    found = watched("clean")
    final = [each for each in found.told["months"] if each["final"]]
    part = [each for each in found.told["months"] if not each["final"]]
    assert [each["closed"] for each in part] == [2, 1]  # of three months
    assert found.told["horizons"]["3"]["months"] == len(final)
    early = found.told["early"]
    assert (early["months"], early["leads"]) == (2, 1.5)


def test_the_listed__are_told_by_tier_and_source_and_no_small_part_is():
    county = panel()
    ids = county.household_ids.astype(str)
    rows = pd.DataFrame({
        "household_id": ids[:300], "tier": ["visit"] * 200 + ["random"] * 100,
        "source": ["rule"] * 50 + ["both"] * 50 + ["model"] * 100 + ["random"] * 100,
    })  # fmt: skip
    lists = {county.calendar.parse(f"2022-{number:02d}"): rows for number in range(1, 8)}
    groups = watched("clean", lists=lists).told["groups"]
    assert [(each["group"], each["value"]) for each in groups] == [
        ("all", ""), ("tier", "visit"), ("tier", "random"),
        ("source", "random"), ("source", "rule"), ("source", "both"), ("source", "model"),
    ]  # fmt: skip
    whole = groups[0]
    assert whole["hits"] == sum(each["hits"] for each in groups if each["group"] == "tier")
    few = {county.calendar.parse("2022-01"): rows.assign(tier=["visit"] * 298 + ["random"] * 2)}
    told = watched("clean", lists=few).told["groups"]
    assert all(each["rate"] is None for each in told if each["n"] < 20)


def test_where_nothing_came__the_ratio_has_an_upper_end_all_the_same():
    """Were it without a range, a register that stopped being kept would go unnoticed."""
    found = watched("clean")
    made, county = version(), panel()
    parts, as_of = Whole(county), county.calendar.parse(AS_OF)
    months = months_after(parts, made, as_of, HORIZONS, rules().watch, months_of_parts(parts, as_of))
    none = [(replace(month, came=np.where(np.isnan(month.came), np.nan, 0.0)), month.expected > 0) for month in months]
    told = ratio_of(none, 60, 1)
    assert told["observed"] == 0
    assert told["ratio"] == (0.0, 0.0, pytest.approx(2.996 / told["expected"], rel=1e-3))
    assert found.told["early"]["ratio"][1] > 0
