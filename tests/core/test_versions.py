"""Versions of facts, counted by their months."""

from __future__ import annotations

from collections import Counter

import numpy as np
from hypothesis import given
from hypothesis import strategies as st

from relapse.core.facts import NO_MONTH, Category, Facts
from relapse.core.versions import Versions

ROW = st.tuples(st.integers(0, 5), st.integers(0, 6), st.booleans())  # fact, known, withdrawn


@given(st.lists(ROW, max_size=30), st.lists(st.sampled_from([NO_MONTH, 0, 3]), min_size=6, max_size=6))
def test_versions__count_what_is_believed_at_every_month(rows, months):
    fact, known, withdrawn = (np.array(each) for each in zip(*sorted(rows), strict=True)) if rows else [np.empty(0)] * 3
    fact, known, withdrawn = fact.astype(np.int64), known.astype(np.int32), withdrawn.astype(bool)
    happened = np.array(months, dtype=np.int32)[fact]
    nobody, file = np.zeros(len(fact), dtype=np.int32), Category(np.zeros(len(fact), dtype=np.int32), ("a",))
    table = Facts("claims", nobody, nobody, fact, happened, known, withdrawn, {}, {}, nobody, file)
    versions = Versions.of(fact, happened, known, withdrawn)
    keys = list(zip(versions.happened.tolist(), versions.known.tolist(), versions.until.tolist(), strict=True))
    assert len(keys) == len(set(keys))
    for as_of in range(-1, 8):
        told: Counter[tuple[int, int]] = Counter()
        for when, since, number in zip(*versions.at(as_of), strict=True):
            told[when, since] += number
        believed = table.at(as_of)
        assert told == Counter(zip(believed.happened.tolist(), believed.known.tolist(), strict=True))
