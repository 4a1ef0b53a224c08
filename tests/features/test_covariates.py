"""Other columns: newest value, change since the report before, and for texts the means of those that share them."""

from __future__ import annotations

import numpy as np

from panels import histories, read, table, values
from relapse import config

NAN = np.nan


def covariates(frame, as_of="2002", shrink=0.0, **settings):
    known = histories(read(frame, **{"lookback": 4, **settings}), as_of)
    made = values(config.option("features", "covariates", shrink_households=shrink), known)
    return {name.removeprefix("covariates__"): np.array(column) for name, column in made.items()}


def test_numbers__newest_value_and_change_since_the_report_before():
    frame = table({"a": [1, 1, 1], "b": [1, None, 1], "c": [None, None, 1]})
    frame["land"] = [1.0, 2.0, 5.0, 3.0, 4.0, 7.0]  # a: 1, 2, 5; b: 3, -, 4; c: -, -, 7
    made = covariates(frame)
    np.testing.assert_array_equal(made["land_now"], [5, 4, 7])
    np.testing.assert_array_equal(made["land_change"], [3, 1, NAN])


def test_numbers__a_value_that_was_not_told_now_is_not_known():
    frame = table({"a": [1, 1, 1], "b": [1, 1, 1]}).assign(land=[1.0, 2.0, NAN, 1.0, 2.0, 3.0])
    np.testing.assert_array_equal(covariates(frame)["land_now"], [NAN, 3])
    np.testing.assert_array_equal(covariates(frame, max_age=1)["land_now"], [2, 3])


def test_texts__means_of_the_households_that_share_them():
    # farmers have 200 and 50 against a line of 100, shopkeepers 400; one of two farmers is below
    frame = table({"a": [200], "b": [50], "c": [400], "z": [None, 1]}, first=2002).assign(
        trade=["farm", "farm", "shop", "farm"]
    )
    made = covariates(frame)
    farmers = (np.log(2) + np.log(0.5)) / 2
    np.testing.assert_allclose(made["trade_log_ratio"], [farmers, farmers, np.log(4)], atol=1e-7)
    np.testing.assert_allclose(made["trade_below_share"], [0.5, 0.5, 0])


def test_texts__small_groups_are_drawn_to_everybody():
    # everybody: 1 of 3 below; two farmers and three households' worth of everybody: (1 + 3 / 3) / (2 + 3)
    frame = table({"a": [200], "b": [50], "c": [400], "z": [None, 1]}, first=2002).assign(
        trade=["farm", "farm", "shop", "farm"]
    )
    np.testing.assert_allclose(covariates(frame, shrink=3.0)["trade_below_share"], [0.4, 0.4, 0.25])


def test_texts__a_missing_one_has_no_mean():
    frame = table({"a": [200], "b": [50], "z": [None, 1]}, first=2002).assign(trade=["farm", None, "farm"])
    np.testing.assert_allclose(covariates(frame)["trade_below_share"], [0, NAN])
