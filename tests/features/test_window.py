"""What is banked, what leaves, what must still come in: a window of four months against a line of 100."""

from __future__ import annotations

import numpy as np
import pytest

from panels import histories, read, table, task_of, values
from relapse import config

MONTHS = ["2000-01", "2000-02", "2000-03", "2000-04"]


def window(incomes, leads, **settings):
    frame = table({"a": incomes, "z": [1, 1, 1, 1]})
    frame["period"] = frame["period"].map(lambda year: MONTHS[int(year) - 2000])
    said = {"frequency": "monthly", "window": 4, "reported_share": 0.5, "lookback": 1, **settings}
    made = values(config.option("features", "window"), histories(read(frame, **said), "2000-04"), leads)
    return {name.removeprefix("window__"): np.array(column[0]) for name, column in made.items()}


def test_window__of_a_household_with_all_months():
    # months 10, 20, 30, 60 sum to 120; usually 30 a month comes in
    made = window([10, 20, 30, 60], [1, 2, 4, 6])
    # at lead 1 the window is months 2 … 5: 110 is banked, 10 leaves; at lead 4 and beyond nothing is banked
    np.testing.assert_allclose(made["still_needed_share"], [-0.1, 0.1, 1.0, 1.0], atol=1e-6)
    np.testing.assert_allclose(made["leaving_share"], [0.1, 0.3, 1.2, 1.2], atol=1e-6)
    # needed less what came in a window ago
    np.testing.assert_allclose(made["needed_over_leaving_share"], [-0.2, -0.2, -0.2, -0.2], atol=1e-6)
    # needed less what usually does: 30 a month, over at most a window
    np.testing.assert_allclose(made["needed_over_usual_share"], [-0.4, -0.5, -0.2, -0.2], atol=1e-6)
    np.testing.assert_array_equal(made["unreported_share"], [0, 0, 0, 0])


def test_window__counts_what_is_not_reported_as_usual_and_says_so():
    # month 3 is missing: the others say 30 a month, so 10 + 50 + 30 + 30
    made = window([10, 50, None, 30], [1, 3])
    np.testing.assert_allclose(made["still_needed_share"], [1 - 1.10, 1 - 0.30], atol=1e-6)
    np.testing.assert_allclose(made["unreported_share"], [0.25, 0])  # month 3 lies behind at lead 1, not at lead 3


def test_window__at_the_line_nothing_more_is_needed_when_the_future_repeats_the_past():
    made = window([25, 25, 25, 25], [1, 2, 3, 4])
    np.testing.assert_allclose(made["needed_over_usual_share"], 0, atol=1e-6)
    np.testing.assert_allclose(made["needed_over_leaving_share"], 0, atol=1e-6)


def test_window__of_one_period_has_no_such_features():
    known = histories(read(table({"a": [1, 2]})), "2001")
    assert values(config.option("features", "window"), known) == {}


def test_window__looks_as_far_ahead_as_the_gap_moves_the_leads(cases):
    """With a gap of two months, lead 1 is the window that ends three months ahead."""
    monthly = cases["monthly"]
    panel, as_of = monthly.panel(), monthly.periods()[1]
    moved, plain = (task_of(panel, [1, 3, 6], "first_entry", gap).unit(as_of) for gap in (2, 0))
    np.testing.assert_array_equal(moved.column("window__leaving_share", 0), plain.column("window__leaving_share", 2))
    assert moved.column("season__of_target", 0)[0] == plain.column("season__of_target", 2)[0]
    assert moved.column("lead__periods", 0)[0] == pytest.approx(1)
