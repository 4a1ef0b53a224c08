"""Facts of a county: columns of some rows are taken when asked for, and what may not be known stays hidden."""

from __future__ import annotations

import numpy as np
import pytest

from relapse.core.facts import Category, Facts, SomeRows, smallest


def facts() -> Facts:
    """Three facts of two households; the second was corrected a month later."""
    rows = np.arange(4, dtype=np.int32)
    return Facts(
        "recognitions",
        household=np.array([0, 0, 0, 1], dtype=np.int32),
        subject=np.array([0, 0, 0, 1]),
        fact=np.array([0, 1, 1, 2]),
        happened=np.array([1, 2, 2, 1], dtype=np.int32),
        known=np.array([1, 2, 3, 3], dtype=np.int32),
        withdrawn=np.zeros(4, dtype=bool),
        columns={"cost": np.array([1.0, 2.0, 3.0, 4.0]), "cause": Category(rows, ("a", "b", "c", "d"))},
        access={"cost": "known", "cause": "recognition"},
        row=rows,
        file=Category(np.broadcast_to(np.int32(0), 4), ("f.csv",)),
    )


def test_at__takes_a_column_when_it_is_asked_for():
    early, late = facts().at(2), facts().at(3)
    np.testing.assert_array_equal(early.number("cost"), [1, 2])
    np.testing.assert_array_equal(late.number("cost"), [1, 3, 4])
    np.testing.assert_array_equal(late.newest.number("cost"), [3, 4])  # rows of rows
    assert list(late.newest.text("cause").texts()) == ["c", "d"]
    assert list(late.file.texts()) == ["f.csv"] * 3 and late.take(np.zeros(3, dtype=bool)).file.codes.shape == (0,)


def test_only_known__hides_a_column_also_where_it_was_taken_before():
    believed = facts().at(2)
    assert list(believed.text("cause").texts()) == ["a", "b"]
    seen = believed.only_known()
    assert list(seen.columns) == ["cost"] and "cause" not in seen and len(seen.columns) == 1
    with pytest.raises(KeyError):
        seen.columns["cause"]
    again = SomeRows(seen.columns, np.array([1]))
    assert list(again) == ["cost"] and again["cost"][0] == 2


def test_smallest__halves_numbers_that_lose_nothing():
    assert smallest(np.array([24281.0, np.nan])).dtype == np.float32
    assert smallest(np.array([0.1])).dtype == np.float64
    assert smallest(np.array([1e300])).dtype == np.float64
