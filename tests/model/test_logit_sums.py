"""What a row adds up to is the same to the bit, whatever stands beside it and however its matrix lies in memory."""

from __future__ import annotations

import numpy as np
import pytest

from relapse.model.logit import _by_row


@pytest.mark.parametrize("columns", [3, 40, 273])
def test_a_rows_sum__does_not_depend_on_the_layout_or_on_other_rows(columns):
    rng = np.random.default_rng(1)
    by_rows, weights = rng.normal(size=(200, columns)), rng.normal(size=columns)
    whole = _by_row(by_rows, weights)
    assert np.array_equal(_by_row(np.asfortranarray(by_rows), weights), whole)
    assert np.array_equal([_by_row(by_rows[[row]], weights)[0] for row in range(200)], whole)
    np.testing.assert_allclose(whole, by_rows @ weights)
