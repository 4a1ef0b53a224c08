"""The one order of a list."""

from __future__ import annotations

import numpy as np
from hypothesis import given
from hypothesis import strategies as st

from relapse.core.ranking import rank


def ids(count: int) -> np.ndarray:
    return np.array([f"h{k}" for k in range(count)], dtype=object)


def test_rank__riskiest_first__then_nearest_to_the_line():
    # scores 2 > 1 = 1 > 0; of the two the one at distance 0.1 comes before the one at 0.5
    place = rank(np.array([1.0, 2.0, 1.0, 0.0]), np.array([0.5, 9.0, 0.1, 0.0]), ids(4), seed=1)
    assert place.tolist() == [3, 1, 2, 4]


def test_rank__what_is_not_known_comes_last():
    place = rank(np.array([np.nan, 0.0, 0.0]), np.array([0.0, np.nan, 5.0]), ids(3), seed=1)
    assert place.tolist() == [3, 2, 1]


def test_rank__full_ties_are_settled_by_the_seed_and_not_by_the_order_of_ids():
    flat = np.zeros(200)
    one, other = (rank(flat, flat, ids(200), seed) for seed in (1, 2))
    assert one.tolist() != other.tolist()
    assert abs(np.corrcoef(one, np.arange(200))[0, 1]) < 0.2
    assert rank(flat, flat, ids(200), 1).tolist() == one.tolist()


@given(
    st.lists(
        st.tuples(st.sampled_from([0.0, 1.0, np.nan]), st.sampled_from([0.0, 0.5, np.nan])), min_size=1, max_size=12
    ),
    st.randoms(use_true_random=False),
)
def test_rank__does_not_depend_on_the_order_of_the_rows(pairs, random):
    score, distance = np.array(pairs).T
    names = ids(len(pairs))
    place = rank(score, distance, names, seed=3)
    assert sorted(place) == list(range(1, len(pairs) + 1))
    order = list(range(len(pairs)))
    random.shuffle(order)
    assert rank(score[order], distance[order], names[order], seed=3).tolist() == place[order].tolist()
