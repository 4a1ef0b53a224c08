"""The village and the township around a household, by hand; the line is 100."""

from __future__ import annotations

import numpy as np

from panels import histories, read, table, values
from relapse import config

NAN = np.nan


def place(frame, as_of="2002", shrink=0.0, **settings):
    block = config.option("features", "place", shrink_households=shrink, fall_periods=2)
    made = values(block, histories(read(frame, **{"lookback": 4, **settings}), as_of))
    return {name.removeprefix("place__"): np.array(column) for name, column in made.items()}


def test_village__shares_means_and_falls():
    frame = table(
        {
            "a": [200, 200, 50],  # fell in 2002: one of two steps at risk
            "b": [200, 200, 200],  # none of two
            "c": [50, 200, 400],  # none of one, since it was below in 2000
        }
    )
    frame["village"] = ["v"] * 6 + ["w"] * 3
    made = place(frame, village="village")
    np.testing.assert_allclose(made["village_below_share"], [0.5, 0.5, 0])
    means = [(np.log(0.5) + np.log(2)) / 2] * 2 + [np.log(4)]
    np.testing.assert_allclose(made["village_log_ratio"], means, atol=1e-7)
    np.testing.assert_allclose(made["village_fall_share"], [0.25, 0.25, 0])
    np.testing.assert_allclose(made["village_below_share_plain"], [0.5, 0.5, 0])
    # everybody: 1 of 3 below; v with one household's worth of everybody: (1 + 1 / 3) / 3
    np.testing.assert_allclose(
        place(frame, village="village", shrink=1.0)["village_below_share"], [4 / 9, 4 / 9, 1 / 6]
    )


def test_place__where_someone_lives_is_the_newest_that_is_known():
    frame = table({"a": [200, 200, 200], "b": [50, 50, 50], "c": [50, 50, 50]})
    frame["village"] = ["w", "w", "v", "v", "v", "v", "w", "w", "w"]  # a moved to v in 2002
    np.testing.assert_allclose(place(frame, village="village")["village_below_share"], [0.5, 0.5, 1])


def test_village__counts_the_newest_reports_where_they_come_late():
    frame = table({"a": [200, 200, 50], "b": [200, 50, 200], "c": [200, 200, 200]}).assign(village="v")
    made = place(frame, village="village", delay=1)  # in 2002 the newest are of 2001: b alone is below
    np.testing.assert_allclose(made["village_below_share_plain"], [1 / 3] * 3, rtol=1e-6)


def test_growth__around_the_household():
    frame = table({"a": [100, 100, 200], "b": [100, 100, 50], "c": [100, 100, 100], "d": [100, None, 100]})
    frame["township"] = ["t"] * 6 + ["u"] * 5
    # t: ln 2 and ln 1/2 cancel; u: only c was seen a year ago
    np.testing.assert_allclose(place(frame, township="township")["growth_log_1y"], 0, atol=1e-7)
    # without a township everybody's: (ln 2 - ln 2 + 0) / 3
    frame.loc[2, "income"] = 400
    np.testing.assert_allclose(place(frame, exclude=["township"])["growth_log_1y"], [np.log(2) / 3] * 4, rtol=1e-6)


def test_growth__is_over_a_year_also_where_reports_come_late():
    made = place(table({"a": [100, 200, 400]}), delay=1)
    np.testing.assert_allclose(made["growth_log_1y"], [np.log(2)], rtol=1e-6)


def test_growth__is_none_in_the_first_year():
    np.testing.assert_array_equal(place(table({"a": [100, 200, 300]}), "2000")["growth_log_1y"], [0])


def test_place__of_a_panel_without_places_is_the_growth_alone():
    assert set(place(table({"a": [1, 2, 3]}))) == {"growth_log_1y"}
