"""Prices and business; a county of 1,000 yuan a month for one person, at the end of 2023-12."""

from __future__ import annotations

from typing import Any

import numpy as np

from panels import read, table, values
from relapse import config
from snapshots import county_of

BLOCK = config.option("features", "prices")


def of(**tables: Any) -> dict[str, list[Any]]:
    homes = [
        {"household_id": "a", "product": "pigs"}, {"household_id": "b", "product": "peanuts"},
        {"household_id": "c", "product": "silk"}, {"household_id": "d", "product": None},
    ]  # fmt: skip
    return values(BLOCK, county_of(households=homes, **tables).known.everyone)


def price(product: str, month: str, value: float, **more: Any) -> dict[str, Any]:
    return {"product": product, "month": month, "price": value, **more}


def test_prices__change_of_the_own_product():
    made = of(prices=[
        price("pigs", "2023-11", 14.0), price("pigs", "2023-11", 16.0),  # two markets: 15
        price("pigs", "2023-08", 10.0), price("pigs", "2022-11", 20.0), price("pigs", "2019-01", 900.0),
        price("pigs", "2024-01", 1.0), price("peanuts", "2023-07", 9.0), price("peanuts", "2022-07", 18.0),
    ])  # fmt: skip
    assert np.allclose(made["prices__change_share_3m"][0], 0.5)
    assert np.allclose(made["prices__change_share_12m"][0], -0.25)
    assert np.allclose(made["prices__against_mean_share_36m"][0], 0.0)  # mean of 15, 10 and 20
    for name in ("prices__change_share_3m", "prices__change_share_12m", "prices__against_mean_share_36m"):
        assert np.isnan(made[name][1:]).all()  # too old a price, a product without one, no product


def test_prices__business_against_its_cost():
    made = of(sources={
        "business": {"a": [100.0] * 36, "b": [50.0] * 12}, "business_cost": {"a": [25.0] * 36, "b": [150.0] * 12, "c": [9.0]},
    })  # fmt: skip
    assert made["prices__business_income_yuan"][:2] == [1200, 600]
    assert made["prices__business_cost_yuan"][:3] == [300, 1800, 9]
    assert np.allclose(made["prices__business_margin_share_12m"][:2], [900 / 7300, -1200 / 7300])
    assert np.allclose(made["prices__business_cost_share_12m"][:2], [0.2, 0.75])
    assert made["prices__business_loss_yuan"][:2] == [0, 1200]
    assert np.isnan(
        made["prices__business_loss_yuan"][2:]
    ).all()  # without a word of its income nothing is called a loss


def test_prices__a_business_without_a_row_of_cost_had_none():
    made = of(sources={"business": {"a": [100.0] * 12}, "business_cost": {"b": [25.0] * 12}})
    assert made["prices__business_cost_yuan"][0] == 0
    assert made["prices__business_cost_share_12m"][0] == 0
    assert made["prices__business_loss_yuan"][0] == 0
    assert np.allclose(made["prices__business_margin_share_12m"][0], 1200 / 7300)


def test_prices__business_is_of_the_reported_months_as_income_is():
    gaps = [None, None, *[1000.0] * 10]
    made = of(
        income={"a": gaps},
        sources={"business": {"a": [None, None, *[100.0] * 10]}, "business_cost": {"a": [None, None, *[25.0] * 10]}},
    )
    assert np.allclose(made["prices__business_income_yuan"][0], 1200)
    assert np.allclose(made["prices__business_margin_share_12m"][0], 900 / 7300)


def test_prices__missing_without_tables__and_no_features_without_a_county():
    made = of()
    assert len(made) == 8
    assert all(np.isnan(each).all() for each in made.values())
    assert values(BLOCK, read(table({"a": [1, 2]})).as_of(2001).everyone) == {}
