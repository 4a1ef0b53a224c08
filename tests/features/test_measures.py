"""Help and payments; a county of 1,000 yuan a month for one person, at the end of 2023-12."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from typing import Any

import numpy as np
import pandas as pd

from panels import read, table, values
from relapse import config
from snapshots import county_of, facts_of

BLOCK = config.option("features", "measures")


def measure(household: str, kind: str, begin: str, end: str | None = None, **more: Any) -> dict[str, Any]:
    return {"household_id": household, "kind": kind, "from": begin, "to": end, "status": "done", **more}


def of(households: str, **tables: Any) -> dict[str, list[Any]]:
    return values(BLOCK, county_of(households=[{"household_id": each} for each in households], **tables).known.everyone)


def test_measures__that_run_and_that_end():
    made = of("abc", measures=[
        measure("a", "industry", "2022-01", "2024-03"),  # three months ahead
        measure("a", "job", "2022-01", "2024-06"),  # six
        measure("a", "support", "2023-02"),  # no last month: runs for a year, to 2024-01
        measure("a", "health", "2022-12"),  # the same, to 2023-11
        measure("b", "support", "2020-01", "2023-12"),  # its last month is this one
        measure("b", "support", "2020-01", "2023-09"),  # ended before the last three months
        measure("c", "job", "2023-01", "2024-12", status="not_yet"),
        measure("c", "job", "2024-01", "2024-12"),  # begins later
    ])  # fmt: skip
    assert made["measures__running_count"] == [3, 1, 0]
    assert made["measures__running_kinds"] == [3, 1, 0]
    assert made["measures__development_count"] == [2, 0, 0]
    assert made["measures__relief_count"] == [1, 1, 0]
    assert made["measures__ending_3m"] == [1, 0, 0]
    assert made["measures__ending_6m"] == [2, 0, 0]
    assert made["measures__next_end_months"][0] == 3
    assert np.isnan(made["measures__next_end_months"][1:]).all()
    assert made["measures__ended_3m"] == [0, 1, 0]


def person(household: str, labour: str | None) -> dict[str, Any]:
    return {"household_id": household, "person_id": f"{household}1", "labour": labour, "as_of": "2020-01"}


def test_measures__a_household_with_labour_and_no_development():
    made = of(
        "abcde",
        persons=[*(person(each, "ordinary") for each in "abc"), person("d", "unable"), person("e", None)],
        measures=[
            measure("a", "support", "2020-01", "2024-12"),
            measure("b", "job", "2020-01", "2023-07"),  # within the last six months: 2023-07 to 2023-12
            measure("c", "job", "2020-01", "2023-06"),
        ],
    )
    assert made["measures__labour_without_development"][:4] == [1, 0, 1, 0]
    assert np.isnan(made["measures__labour_without_development"][4])


def test_measures__share_of_transfers_and_of_policy_in_income():
    made = of(
        "ab",
        sources={"transfer": {"a": [100.0] * 36, "b": [0.0] * 36}},
        work=[
            {"household_id": "b", "from": "2023-11", "to": None, "channel": "public_post", "monthly_wage": 600.0},
            {"household_id": "b", "from": "2022-12", "to": "2023-01", "channel": "public_post", "monthly_wage": 600.0},
            {"household_id": "a", "from": "2023-01", "to": None, "channel": "own", "monthly_wage": 9000.0},
        ],
    )
    assert np.allclose(made["measures__transfer_share_12m"], [0.1, 0])
    assert np.allclose(made["measures__policy_share_12m"], [0.1, 0.15])  # of b 2023-11, 2023-12 and 2023-01: 1,800


def test_measures__share_of_transfers__is_of_the_reported_months_as_income_is():
    made = of("a", income={"a": [None, None, *[1000.0] * 10]}, sources={"transfer": {"a": [None, None, *[100.0] * 10]}})
    assert np.allclose(made["measures__transfer_share_12m"], 0.1)


def paid(
    household: str, item: str, amount: float, begin: str, end: str, source: str = "transfer"
) -> Iterator[dict[str, Any]]:
    for month in pd.period_range(begin, end, freq="M"):
        yield {
            "household_id": household, "source": source, "item": item, "from": str(month), "to": str(month), "amount": amount,
        }  # fmt: skip


def with_reports(households: str, reports: list[dict[str, Any]]) -> dict[str, list[Any]]:
    panel = county_of(households=[{"household_id": each} for each in households]).known.panel
    panel = replace(panel, tables={**panel.tables, "income": facts_of("income", reports, list(panel.household_ids))})
    return values(BLOCK, panel.as_of(panel.calendar.parse("2023-12")).everyone)


def test_measures__a_payment_that_stopped():
    year = {"household_id": "b", "source": "transfer", "item": "pension", "from": "2022-01", "to": "2022-12"}
    made = with_reports("abcdef", [
        *(row for each in "abcde" for row in paid(each, "", 900.0, "2022-01", "2023-12", "wage")),
        *paid("a", "allowance", 300.0, "2022-01", "2023-10"),  # gone since 2023-11: two months
        *paid("a", "pension", 100.0, "2022-01", "2023-09"),  # gone since 2023-10, and smaller
        {**year, "amount": 9000.0},  # a year's sum is no monthly payment
        *paid("c", "allowance", 300.0, "2022-01", "2023-11"),  # one month may be late
        *paid("d", "allowance", 300.0, "2023-08", "2023-10"),  # three months are no habit
        *paid("e", "allowance", 300.0, "2022-01", "2023-06"),  # stopped long ago
        *paid("f", "", 900.0, "2022-01", "2023-10", "wage"), *paid("f", "allowance", 300.0, "2022-01", "2023-10"),
    ])  # fmt: skip
    assert made["measures__transfer_stopped_yuan"] == [300, 0, 0, 0, 0, 0]
    assert made["measures__transfer_stopped_month"][0] == 11
    assert np.allclose(made["measures__transfer_stopped_share"], [12 * 400 / 12000, 0, 0, 0, 0, 0])
    # of a: 300 + 0 + 0 in 2023-10 to 2023-12 against 3 × 400 a year ago; a quarter's line is 7,300 / 4 = 1,825
    assert np.isclose(made["measures__transfer_change_share_3m"][0], (300 - 1200) / 1825)
    assert made["measures__transfer_change_share_3m"][1] == 0  # told by the year alone: nothing is seen to fall
    assert np.isclose(made["measures__transfer_change_share_3m"][5], 0)  # of f nothing newer is known


def test_measures__missing_without_tables__and_no_features_without_a_county():
    made = of("a")
    assert len(made) == 15
    assert all(np.isnan(each).all() for each in made.values())
    assert values(BLOCK, read(table({"a": [1, 2]})).as_of(2001).everyone) == {}
