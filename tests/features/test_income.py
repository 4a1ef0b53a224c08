"""Distance to the line, answers worked out by hand; the line is 100, so ln 1.5 is an income of 150."""

from __future__ import annotations

from math import log, sqrt

import numpy as np
import pytest

from panels import histories, read, table, values
from relapse import config
from snapshots import county_of

NAN = np.nan
L15, L2, L4 = log(1.5), log(2), log(4)


def income(frame, as_of="2003", **settings):
    lags = {"annual": [1, 2], "wave": [1, 2], "quarterly": [1, 4], "monthly": [1, 12]}
    block = config.option("features", "income", half_life_years=1.0, lags=lags)
    return values(block, histories(read(frame, **{"lookback": 4, **settings}), as_of))


def test_income__of_a_household_seen_every_year():
    # 2000 to 2003: 200, 100, 400, 150; newest first their log ratios are ln 1.5, ln 4, 0, ln 2
    made = income(table({"a": [200, 100, 400, 150]}))
    mean = (L15 + L4 + 0 + L2) / 4
    squares = (L15 - mean) ** 2 + (L4 - mean) ** 2 + mean**2 + (L2 - mean) ** 2
    spread = sqrt(squares / 3)
    # the slope a year over times -3 … 0: sum of (t + 1.5)(x) over 5
    slope = (-1.5 * L2 - 0.5 * 0 + 0.5 * L4 + 1.5 * L15) / 5
    # the weights halve every year: 1, 1/2, 1/4, 1/8
    weighted = (L15 + L4 / 2 + 0 / 4 + L2 / 8) / 1.875
    assert made == {
        "income__log_ratio_now": pytest.approx([L15]),
        "income__log_ratio_1_ago": pytest.approx([L4]),
        "income__log_ratio_2_ago": pytest.approx([0]),
        "income__log_ratio_mean": pytest.approx([mean]),
        "income__log_ratio_weighted": pytest.approx([weighted]),
        "income__log_ratio_lowest": pytest.approx([0]),
        "income__log_ratio_lowest_recent": pytest.approx([0]),
        "income__log_ratio_spread": pytest.approx([spread]),
        "income__log_ratio_mean_in_spreads": pytest.approx([mean / spread]),
        "income__log_ratio_slope_year": pytest.approx([slope]),
        "income__log_ratio_change_1y": pytest.approx([L15 - L4]),
        "income__per_person": [150],
        "income__line": [100],
        "income__above_line": [50],
        "income__fall_1y": [250],
        "income__rise_1y": [-250],
        "income__fall_share_1y": pytest.approx([250 / 400]),
        "income__lowest": [100],
        "income__at_lowest_ratio": [100],
    }


def test_income__of_a_household_that_was_seldom_seen():
    # 2000 and 2003 only: two windows are too few for a spread or a slope; a year ago nothing is known
    made = income(table({"a": [200, None, None, 150], "z": [1, 1, 1, 1]}))
    first = {name: column[0] for name, column in made.items()}
    assert first["income__log_ratio_mean"] == pytest.approx((L2 + L15) / 2)
    assert first["income__log_ratio_weighted"] == pytest.approx((L15 + L2 / 8) / 1.125)
    assert first["income__log_ratio_lowest_recent"] == pytest.approx(L15)
    assert first["income__log_ratio_lowest"] == pytest.approx(L15)
    for name in ("1_ago", "2_ago", "spread", "slope_year", "change_1y", "mean_in_spreads"):
        assert np.isnan(first[f"income__log_ratio_{name}"]), name
    assert np.isnan(first["income__fall_1y"])


def test_income__falls_back_to_the_newest_report_that_is_not_too_old():
    made = income(table({"a": [None, 300, 150, None], "z": [1, 1, 1, 1]}), max_age=1)
    assert made["income__log_ratio_now"][0] == pytest.approx(L15)
    assert made["income__per_person"][0] == 150


def test_income__a_year_ago_is_a_year_before_the_newest_report():
    """Reports come a year late: in 2003 the newest is of 2002 (400), and a year before it 100 came in.

    Once both were looked for at the same place, and every change was 0.
    """
    made = income(table({"a": [200, 100, 400, 150]}), delay=1, lookback=5)
    assert made["income__per_person"] == [400]
    assert made["income__log_ratio_change_1y"] == pytest.approx([L4])
    assert made["income__fall_1y"] == [-300]
    assert made["income__log_ratio_lowest_recent"] == pytest.approx([0])  # of 2000, 2001, 2002


def test_income__a_year_is_four_quarters():
    incomes = dict(zip(["2000Q1", "2000Q4", "2001Q1"], [400, 100, 200], strict=True))
    frame = table({"a": list(incomes.values())}).assign(period=list(incomes))
    made = income(frame, "2001Q1", frequency="quarterly", lookback=8)
    assert made["income__log_ratio_1_ago"] == pytest.approx([0])  # the quarter before
    assert made["income__log_ratio_4_ago"] == pytest.approx([L4])
    assert made["income__log_ratio_change_1y"] == pytest.approx([L2 - L4])
    assert made["income__fall_1y"] == [200]
    # times in quarters -4, -1, 0 (mean -5/3): the slope a year is four times that of a quarter
    times, ratios = np.array([-4, -1, 0]), np.array([L4, 0, L2])
    assert made["income__log_ratio_slope_year"] == pytest.approx([4 * np.polyfit(times, ratios, 1)[0]])


def test_income__of_months_is_that_of_windows():
    """Two months summed and held against a line of 100 for two months."""
    frame = table({"a": [50, 50, 100, 20]}).assign(period=["2000-01", "2000-02", "2000-03", "2000-04"])
    made = income(frame, "2000-04", frequency="monthly", window=2, lookback=3)
    # windows, newest first: 100 + 20, 50 + 100, 50 + 50
    assert made["income__per_person"] == [120]
    assert made["income__log_ratio_1_ago"] == pytest.approx([L15])
    assert made["income__lowest"] == [100]


def test_after_own_cost__is_said_where_the_cost_takes_income_below_the_line():
    """Line 7,300; a: 9,000 less 3,000; b: 9,000 less 1,000; c: 6,000 and no cost; d: 9,000 less 12,000, and 4,000 paid out."""
    months = {who: [value / 12] * 36 for who, value in {"a": 9000, "b": 9000, "c": 6000, "d": 9000}.items()}
    cost = {"a": [3000.0], "b": [1000.0], "d": [12_000.0]}
    county = county_of(
        income=months,
        amounts={"own_cost": cost, "payout": {"d": [4000.0]}},
        households=[{"household_id": who} for who in "abcd"],
    )
    made = values(config.option("features", "income"), county.known.everyone)
    told = made["income__own_cost_when_below"]
    assert told[0] == 3000
    assert np.isnan(told[1:3]).all()
    assert told[3] == 12_000  # 1,000 are left
    assert made["income__reference_log_ratio_now"] == pytest.approx(np.log(np.array([6000, 8000, 6000, 1000]) / 7300))
