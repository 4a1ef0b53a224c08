"""The season of the forecast period."""

from __future__ import annotations

import numpy as np

from panels import histories, read, table, values
from relapse import config


def test_season__of_quarters_turns_with_the_year():
    frame = table({"a": [1, 1]}).assign(period=["2000Q2", "2000Q3"])
    made = values(
        config.option("features", "season"), histories(read(frame, frequency="quarterly"), "2000Q3"), [1, 2, 6]
    )
    assert made["season__of_target"] == [[4, 1, 1]]
    assert made["season__years_ahead"] == [[0.25, 0.5, 1.5]]
    assert made["season__period_years"] == [[0.25, 0.25, 0.25]]


def test_season__of_years_there_is_none():
    made = values(config.option("features", "season"), histories(read(table({"a": [1, 1]})), "2001"), [1, 3])
    np.testing.assert_array_equal(made.pop("season__years_ahead"), [[1, 3]])
    np.testing.assert_array_equal(made.pop("season__period_years"), [[1, 1]])
    assert made == {}
