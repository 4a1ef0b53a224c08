"""Sentences of events, help, dividends, business and prices: with the household's own numbers, and only where they are true.

A county of 1,000 yuan a month for one person, at the end of 2023-12; household a has something to say, b has nothing.
"""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import numpy as np
import pandas as pd
import pytest

from relapse import config
from relapse.core.panel import Panel
from relapse.explanation.contributions import Contributions
from relapse.explanation.reasons import reasons
from snapshots import county_of, facts_of

HOMES = [{"household_id": "a", "product": "pigs"}, {"household_id": "b", "product": "peanuts"}]


def sentence(block: str, wording: str, language: Any = "zh", panel: Panel | None = None, **tables: Any) -> list[str]:
    """What is said of a and of b where the feature with that wording raised the score; empty where nothing is."""
    made = county_of(households=HOMES, **tables).known.panel if panel is None else panel
    known = made.as_of(made.calendar.parse("2023-12")).everyone
    table = config.option("features", block).table(known, np.array([1], np.int32))
    entries = [entry for entry in table.entries if entry.wording in ("", wording)]
    kept = [table.entries.index(entry) for entry in entries]
    added = np.array([[1.0 if entry.wording == wording else 0.0 for entry in entries]] * 2)
    said = reasons(
        Contributions(tuple(entries), added, np.zeros(2)), table.values[:, kept].astype(float), "yuan", language
    )
    return [each[0] if each else "" for each in said]


def test_disaster__month_loss_and_payout():
    events = [
        {"household_id": "a", "kind": "crop_loss", "happened_at": "2023-07", "loss": 8000.0, "payout": 2000.0},
        {"household_id": "b", "kind": "crop_loss", "happened_at": "2023-07", "loss": None, "payout": None},
    ]
    assert sentence("events", "reason.disaster", events=events) == ["近一年受灾报损8,000元，理赔2,000元（7月）。", ""]


def test_other_events__how_often():
    events = [
        {"household_id": "a", "kind": kind, "happened_at": "2023-07"} for kind in ("job_loss", "house_damage", "appeal")
    ]
    assert sentence("events", "reason.job_event", events=events) == ["近一年有失业、返乡或欠薪1次。", ""]
    assert sentence("events", "reason.housing_event", events=events) == ["近一年住房或饮水受损1次。", ""]
    assert sentence("events", "reason.own_report", events=events) == ["近一年自己申报或求助过1次。", ""]


def test_dividend__that_did_not_come_again_and_that_is_owed():
    dividends = [
        {"household_id": "a", "project_id": "p", "due_month": "2022-10", "paid_month": "2022-10", "amount": 1500.0},
        {"household_id": "a", "project_id": "p", "due_month": "2023-10", "paid_month": None, "amount": 1500.0},
    ]
    assert sentence("projects", "reason.dividend", dividends=dividends) == [
        "去年10月有分红1,500元，今年同期未见到账。",
        "",
    ]
    assert sentence("projects", "reason.dividend_unpaid", dividends=dividends) == ["有1笔分红到期未付，共1,500元。", ""]


def test_project__in_trouble():
    told = {
        "projects": [{"project_id": "p", "as_of": "2023-09", "status": "stopped"}],
        "project_members": [{"household_id": "a", "project_id": "p", "since": "2020-01"}],
    }
    assert sentence("projects", "reason.project_bad", **told) == ["参加的项目欠分红、闲置或停产，已有3个月。", ""]


def test_help__that_ends_and_a_payment_that_stopped():
    measures = [
        {"household_id": "a", "kind": "industry", "from": "2020-01", "to": "2024-02"},
        {"household_id": "a", "kind": "job", "from": "2020-01", "to": "2024-05"},
        {"household_id": "b", "kind": "job", "from": "2020-01", "to": "2025-05"},
    ]
    assert sentence("measures", "reason.measure_ending", measures=measures) == [
        "有2项帮扶快到期，最早的还剩2个月。",
        "",
    ]
    rows = [
        {"household_id": who, "source": source, "item": item, "from": str(month), "to": str(month), "amount": 260.0}
        for who, source, item, last in (("a", "wage", "", "2023-12"), ("a", "transfer", "x", "2023-09"), ("b", "wage", "", "2023-12"))
        for month in pd.period_range("2022-01", last, freq="M")
    ]  # fmt: skip
    panel = county_of(households=HOMES).known.panel
    panel = replace(panel, tables={**panel.tables, "income": facts_of("income", rows, list(panel.household_ids))})
    assert sentence("measures", "reason.transfer_stop", panel=panel) == [
        "有一项补助从10月起没有到账，每月少260元。",
        "",
    ]


def test_business__that_costs_more_than_it_earns_and_a_price_that_fell():
    sources = {
        "business": {"a": [100.0] * 36, "b": [300.0] * 36},
        "business_cost": {"a": [250.0] * 36, "b": [250.0] * 36},
    }
    assert sentence("prices", "reason.industry", sources=sources) == [
        "近一年经营支出3,000元，经营收入只有1,200元，可能亏本。",
        "",
    ]
    prices = [
        {"product": product, "month": month, "price": price}
        for product, month, price in (
            ("pigs", "2022-12", 20.0), ("pigs", "2023-12", 15.0), ("peanuts", "2022-12", 20.0), ("peanuts", "2023-12", 19.0),
        )
    ]  # fmt: skip
    assert sentence("prices", "reason.price_fall", prices=prices) == ["主要产品的价格比一年前低25%。", ""]


def test_register__monitored_before():
    rows = [
        {"household_id": "a", "recognised_at": "2020-01", "removed": 1.0, "removed_at": "2021-01", "reopened_at": None}
    ]
    assert sentence("register", "reason.monitored_before", recognitions=rows) == [
        "以前当过监测对象1次，风险已消除。",
        "",
    ]


@pytest.mark.parametrize("language", ["zh", "en"])
def test_sentences__are_short_and_have_no_gap(language):
    events = [{"household_id": "a", "kind": "fire", "happened_at": "2023-07", "loss": 123456.0, "payout": 23456.0}]
    said = sentence("events", "reason.disaster", language, events=events)[0]
    assert "–" not in said
    assert "{" not in said
    assert language == "en" or len(said) <= 40
