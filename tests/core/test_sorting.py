"""One sort for several keys: the same order as a sort a key."""

from __future__ import annotations

import numpy as np
import pytest

from relapse.core.sorting import order_by


@pytest.mark.parametrize("wide", [3, 2**40])  # as many as fit one number, and more than do
def test_order_by__is_a_sort_by_each_key_and_keeps_equal_rows_in_place(wide):
    rng = np.random.default_rng(1)
    keys = [rng.integers(-3, 3, 500), rng.integers(0, 3, 500) * wide, rng.integers(-2, 2, 500).astype(np.int32) * 7]
    np.testing.assert_array_equal(order_by(*keys), np.lexsort(keys[::-1]))


def test_order_by__no_rows():
    assert len(order_by(np.empty(0, dtype=np.int32), np.empty(0, dtype=np.int64))) == 0
